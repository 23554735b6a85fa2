"""A packet from a case: masked, told in every form, verified, listed. Nothing touches a disk here."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from supportctl.errors import RefusedError
from supportctl.evidence.moments import Moment
from supportctl.evidence.packet import about, manifest, masking, render, tickets, timeline, verify
from supportctl.evidence.packet.blocks import Grid
from supportctl.evidence.packet.contents import Content, size
from supportctl.evidence.packet.masking import FileName, Masked, Progress, Prose
from supportctl.evidence.packet.parts import Case, Wish
from supportctl.evidence.packet.summary import Summary
from supportctl.evidence.packet.told import Evidence, Told, impact
from supportctl.evidence.redact import Identities, Redacted, Source, Tokens, report
from supportctl.evidence.redact import Packet as RedactedFiles
from supportctl.model import Platform, Ticket

README = "README.md"
REPORT = "redaction-report.json"
EVIDENCE = "evidence"
WHAT = {
    "summary.md": "the whole summary, to be pasted into an issue",
    "summary.html": "the same for a browser",
    "summary.jira.json": "the same as a document of Jira Cloud",
    "summary.wiki": "the same in the wiki markup of Jira Data Center",
    "ticket.json": "the ticket with its thread and history, redacted",
    "timeline.csv": "what happened when, ticket and evidence in one order",
    "timeline.md": "the same for people",
    f"{EVIDENCE}/": "files from the customer, redacted, each with what was read out of it",
    REPORT: "how much was hidden of which kind, and what no tool sees",
    manifest.NAME: "every file with its size and SHA-256",
}


@dataclass(frozen=True, kw_only=True)
class Built:
    manifest: manifest.Manifest
    files: Mapping[str, Content]
    """By name, all of them."""
    told: Told
    replaced: int
    """Places."""

    def close(self) -> None:
        """Lets go of the temporary files behind large ones."""
        for content in self.files.values():
            if not isinstance(content, bytes):
                content.close()


def packet_id(key: str, at: datetime) -> str:
    """``PKT-SUP-12-20260302``: a name for folder and zip."""
    return f"PKT-{re.sub(r'[^A-Za-z0-9]+', '-', key).strip('-')[:60] or 'ticket'}-{at:%Y%m%d}"


def build(case: Case, wish: Wish, *, identities: Identities, tokens: Tokens, progress: Progress | None = None) -> Built:
    """Raises `RefusedError` where anything that was to be hidden would be handed on."""
    identities, kept = without_own_names(identities, case.tickets)
    if kept:
        case = replace(case, left_out=[*case.left_out, _OWN_NAMES])
    masked = _masked(case, identities, tokens, progress)
    masked.tree = tickets.named(masked.tree)
    evidence, files, moments = _evidence(case, wish, masked, identities)
    told = _told(case, wish, masked, evidence, moments)
    derived = _derived(told, wish)
    report_files = [
        Redacted("ticket.json", "json", data=b"", counts=dict(sorted(masked.counts.items()))),
        *(replace(each, name=f"{EVIDENCE}/{each.name}") for each in masked.files),
    ]
    derived[REPORT] = report.document(RedactedFiles(report_files, masked.known_people, masked.tokens))
    _verify({**derived, **files}, masked.tokens, identities, wish)
    whole: dict[str, Content] = {**derived, **files}
    listed = _manifest(case, wish, told, whole)
    whole[manifest.NAME] = manifest.encoded(listed)
    replaced = sum(sum(each.counts.values()) for each in report_files)
    return Built(manifest=listed, files=dict(sorted(whole.items())), told=told, replaced=replaced)


_OWN_NAMES = (
    "A name that is part of the ticket's own key or address stays readable, there and elsewhere: the ticket could not "
    "be found without it."
)


def without_own_names(identities: Identities, listed: Sequence[Ticket]) -> tuple[Identities, int]:
    """Names that stand in the tickets' own keys or addresses are hidden nowhere; and how many those are."""
    own = " ".join(part for ticket in listed for part in (ticket.key, ticket.url or ""))
    hit = {(spot.start, spot.end) for spot in identities.spots(own)}
    if not hit:
        return identities, 0
    standing = {own[start:end].casefold() for start, end in hit}
    kept = tuple((kind, value) for kind, value in identities.known if value.casefold() not in standing)
    return Identities(kept), len(identities.known) - len(kept)


def _masked(case: Case, identities: Identities, tokens: Tokens, progress: Progress | None = None) -> Masked:
    tree = {
        "tickets": [tickets.drafted(ticket) for ticket in case.tickets],
        "elements": [
            {
                "element": each.name,
                "state": each.state,
                "told": Prose(each.text),
                "source": each.source,
                "question": each.question,
                "reason": each.reason,
            }
            for each in case.elements
        ],
        "asked": Prose(case.asked),
        "moments": [Prose(each.what) for each in case.moments],
        "written": [Prose(each.written) for each in case.moments],
        "names": [FileName(each.name, folders=True) for each in case.files],
        "notes": [Prose(each.note) for each in case.files],
        "left_out": [Prose(each) for each in case.left_out],
    }
    texts = [Source(each.name, each.data) for each in case.files if each.data is not None and not each.needs_eye]
    return masking.mask(tree, texts, identities=identities, tokens=tokens, progress=progress)


def _evidence(
    case: Case, wish: Wish, masked: Masked, identities: Identities
) -> tuple[list[Evidence], dict[str, Content], list[Moment]]:
    """What is listed, what is put below ``evidence``, and what happened according to it."""
    listed: list[Evidence] = []
    files: dict[str, Content] = {}
    moments: list[Moment] = []
    redacted = iter(masked.files)
    for number, file in enumerate(case.files):
        note = masked.tree["notes"][number]
        if file.data is None or file.needs_eye:
            name = _free(masked.tree["names"][number], files)
            content: Content | None = file.data
            what = file.what
        else:
            done = next(redacted)
            name = _free(done.name, files)
            done.name = name
            content = done.data if done.stream is None else done.stream
            what = about.WHAT.get(done.kind, done.kind)
            note = "; ".join(filter(None, (note, *done.notes)))
        path = None if content is None else f"{EVIDENCE}/{name}"
        said = None
        if path is not None and content is not None:
            files[path] = content
            if not file.needs_eye:
                read = about.read(
                    path,
                    done.kind,
                    content,
                    made_at=wish.created_at,
                    zone=wish.log_zone,
                    tokens=masked.tokens,
                    identities=identities,
                )
                moments += read.moments
                if read.text is not None:
                    said = f"{path}.md"
                    files[said] = read.text.encode("utf-8", "backslashreplace")
        listed.append(
            Evidence(
                name=name,
                path=path,
                size=file.size if content is None else size(content),
                what=what,
                note=note,
                needs_eye=file.needs_eye,
                of=file.of,
                about=said,
            )
        )
    return listed, files, moments


def _free(name: str, files: Mapping[str, Content]) -> str:
    """A name that no other file has, whatever its case."""
    taken = {each.casefold() for each in files}
    stem, dot, suffix = name.rpartition(".")
    told, number = name, 1
    while f"{EVIDENCE}/{told}".casefold() in taken:
        number += 1
        told = f"{stem or suffix}-{number}{dot}{suffix if stem else ''}"
    return told


def _told(case: Case, wish: Wish, masked: Masked, evidence: Sequence[Evidence], moments: Sequence[Moment]) -> Told:
    tree: Any = masked.tree
    named = [
        replace(each, what=what, written=written)
        for each, what, written in zip(case.moments, tree["moments"], tree["written"], strict=True)
    ]
    history = [moment for ticket in tree["tickets"] for moment in timeline.of_ticket(ticket, wish.to)]
    return Told(
        tickets=tree["tickets"],
        elements={each["element"]: {**each, "text": each["told"]} for each in tree["elements"]},
        score=case.score,
        impact=impact(case),
        asked=tree["asked"],
        rows=timeline.folded(timeline.merged([*history, *named, *moments])),
        evidence=evidence,
        left_out=tree["left_out"],
        names=report.people(RedactedFiles([], masked.known_people, masked.tokens)),
    )


def _derived(told: Told, wish: Wish) -> dict[str, bytes]:
    """Everything that is told from the masked case."""
    summary = Summary(told, wish)
    moments = [row.moment for row in told.rows]
    shown = timeline.chosen(told.rows, timeline.SHOWN)
    left = len(told.rows) - len(shown)
    note = f"{left} rows are left out here; timeline.csv has all." if left else "timeline.csv has the same as a table."
    grid = summary.rows(shown)
    texts = {
        "summary.md": render.markdown(summary),
        "summary.html": render.styled(render.html(summary)),
        "summary.wiki": render.wiki(summary),
        "timeline.md": render.timeline(
            str(told.lead["key"]), wish.zone_name, note, Grid(head=grid.head, rows=grid.rows)
        ),
    }
    told_json = json.dumps(tickets.told(told.tickets, wish.to), ensure_ascii=False, indent=2)
    texts["ticket.json"] = told_json + "\n"
    out = {name: text.encode("utf-8", "backslashreplace") for name, text in texts.items()}
    out["summary.jira.json"] = render.document(summary)
    out["timeline.csv"] = timeline.table(moments, wish.zone)
    present = [(name, what) for name, what in WHAT.items() if name != f"{EVIDENCE}/" or told.evidence]
    out[README] = render.readme(summary, present).encode("utf-8", "backslashreplace")
    return out


def _verify(files: Mapping[str, Content], tokens: Tokens, identities: Identities, wish: Wish) -> None:
    found = verify.left(files, tokens, identities, ours=_ours(wish))
    if found:
        counts = ", ".join(f"{number} {kind}" for kind, number in sorted(found.items()))
        raise RefusedError(
            f"something that should be hidden is still in the packet ({counts}); nothing was written",
            hint="this is a fault of ours: please report these counts",
        )


def _ours(wish: Wish) -> str:
    """What a packet says when there is nothing to say."""
    blank = Case(tickets=[Ticket(platform=Platform.FILES, profile="", id="0", key="0")])
    masked = _masked(blank, Identities(), Tokens())
    told = _told(blank, wish, masked, [], [])
    words = [data.decode() for data in _derived(told, wish).values()]
    return "\n".join([*words, *WHAT.values(), report.document(RedactedFiles([], 0, Tokens())).decode(), _OWN_NAMES])


def _manifest(case: Case, wish: Wish, told: Told, files: Mapping[str, Content]) -> manifest.Manifest:
    return manifest.Manifest(
        schema=manifest.SCHEMA,
        id=packet_id(case.tickets[0].key, wish.created_at),
        tool=f"supportctl {wish.version}",
        created_at=wish.created_at.replace(microsecond=0),
        to=wish.to,
        title=timeline.cut(str(told.lead["title"] or ""), 160),
        tickets=[
            manifest.ListedTicket(
                platform=str(each.platform), profile=each.profile, key=each.key, id=each.id, url=each.url
            )
            for each in case.tickets
        ],
        score=case.score,
        severity=told.impact["worst_priority"],
        zone=wish.zone_name,
        needs_eye=sorted(each.path for each in told.evidence if each.needs_eye and each.path is not None),
        files=manifest.listed(files),
    )
