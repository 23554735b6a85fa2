"""A HAR file gone through once: facts and findings, without secrets."""

from collections import Counter
from collections.abc import Callable
from typing import Any, BinaryIO

from supportctl.evidence import decoding
from supportctl.evidence.har.exchange import Exchange, exchange, mapping, string
from supportctl.evidence.har.findings import in_order
from supportctl.evidence.har.hosts import site_of
from supportctl.evidence.har.model import HarFinding, HarSummary, Host, Slow
from supportctl.evidence.har.stream import parts
from supportctl.evidence.har.tally import Tally, host_of
from supportctl.evidence.redact import Identities, Tokens
from supportctl.evidence.redact import har as redact_har
from supportctl.evidence.shown import Shown

SLOW_MILLIS = 3000.0
"""From here on a slow exchange is a finding: people notice after one second and give up after some more."""
_HOSTS = 10
_WALKED = 262_144
"""Characters of a body that are looked through for values that must not be shown."""
_KEPT = frozenset(["name", "file", "kind", "severity", "at", "began", "ended", "zone", "readable", "ids_names"])
_FAULTS = 5


def summarize(
    name: str,
    data: bytes | BinaryIO,
    *,
    tokens: Tokens | None = None,
    identities: Identities | None = None,
    told: Callable[[int], None] | None = None,
) -> HarSummary:
    """Never raises on what the file holds: ``readable`` and ``notes`` say what is wrong with it.

    ``tokens`` and ``identities``: of the packet it is for. ``told`` is called with the bytes read so far.
    """
    source = decoding.opened(data, told)
    tally, shown = Tally(name), Shown(tokens, identities)
    faults: Counter[str] = Counter()
    creator = browser = None
    titles: list[str] = []
    log = False
    for part in parts(source.pieces()) if source.stream is not None else ():
        if part.kind == "entry":
            one = exchange(tally.entries + 1, part.value)
            _collect(part.value, shown)
            tally.add(one, shown)
        elif part.kind == "entries":
            log = True
        elif part.kind == "fault":
            faults[part.value] += 1
        elif part.kind == "page":
            titles.append(string(part.value.get("title")) or string(part.value.get("id")))
        elif part.kind == "creator":
            creator, log = _product(part.value), True
        else:
            browser = _product(part.value)
    notes = [
        *source.notes,
        *(f"{fault} ({times} times)" if times > 1 else fault for fault, times in faults.most_common(_FAULTS)),
    ]
    readable = tally.entries > 0 or (log and not faults)
    if not readable and source.stream is not None and "the file is empty" not in notes:
        notes.append("no HAR: no exchanges were found in it")
    summary = _summary(name, tally, notes, readable, creator, browser, titles)
    safe, vouched = shown.clean(summary, kept=_KEPT, public=_public(tally))
    if not vouched:
        withheld = "texts of the file are withheld: it could not be made sure that no secret is in them"
        safe.notes = [*summary.notes, withheld]
    return safe


def _public(tally: Tally) -> frozenset[str]:
    """Hosts are shown: what only repeats one of them, or a part of its name, hides nothing."""
    hosts = [host.partition(":")[0].lower() for host in tally.hosts]
    words = {
        part for host in hosts for part in (host, site_of(host), *host.split("."), f".{host}", f".{site_of(host)}")
    }
    return frozenset(
        words | {f"{scheme}://{host}{end}" for host in hosts for scheme in ("http", "https") for end in ("", "/")}
    )


def _collect(entry: dict[str, Any], shown: Shown) -> None:
    """Meet the values of one exchange that must not be shown. Pages, pictures and programs are passed over."""
    response = mapping(entry.get("response"))
    content = mapping(response.get("content"))
    text = content.get("text")
    if isinstance(text, str) and (len(text) > _WALKED or not _structured(string(content.get("mimeType")), text)):
        entry = {**entry, "response": {**response, "content": {**content, "text": ""}}}
    posted = mapping(mapping(entry.get("request")).get("postData"))
    if len(string(posted.get("text"))) > _WALKED:
        entry = {**entry, "request": {**entry["request"], "postData": {**posted, "text": ""}}}
    try:
        redact_har.walk({"log": {"entries": [entry]}}, shown.scrubber)
    except RecursionError:
        shown.full = True


def _structured(mime: str, text: str) -> bool:
    return "json" in mime or "form" in mime or "xml" in mime or text[:1] in ("{", "[")


def _summary(
    name: str,
    tally: Tally,
    notes: list[str],
    readable: bool,
    creator: str | None,
    browser: str | None,
    titles: list[str],
) -> HarSummary:
    site = tally.site()
    found = tally.findings.close(tally.skew)
    slow = [each for _, _, each in sorted(tally.slow, reverse=True)]
    found = in_order([*found, *(_slow_finding(name, each) for each in slow if each.millis >= SLOW_MILLIS)])
    for finding in found:
        finding.third_party = bool(finding.url) and site is not None and site_of(host_of(finding.url)) not in (site, "")
    agent = max(tally.agents, key=lambda each: tally.agents[each], default=("", ""))
    rows = sorted(tally.hosts.items(), key=lambda item: (-item[1][0], item[0]))
    third = [row for host, row in rows if site is not None and site_of(host) != site]
    ids = dict.fromkeys(value for each in found if each.severity != "note" for value in each.ids.values())
    return HarSummary(
        name=name,
        readable=readable,
        notes=notes + _notes(tally, creator),
        began=tally.began,
        ended=tally.ended,
        zone=max(tally.zones, key=lambda each: tally.zones[each], default=""),
        zone_assumed=tally.assumed > 0,
        creator=creator,
        browser=agent[0] or browser,
        system=agent[1] or None,
        pages=[title for title in dict.fromkeys(titles or tally.pages.values()) if title][:20],
        entries=tally.entries,
        failed=tally.failed,
        findings=found,
        slow=[_slow(each) for each in slow],
        hosts=[
            Host(host=host or "(none)", requests=int(row[0]), failed=int(row[1]), bytes=int(row[2]),
                 millis=round(row[3], 1), third_party=site is not None and site_of(host) != site)
            for host, row in rows[:_HOSTS]
        ],
        more_hosts=max(0, len(rows) - _HOSTS),
        protocols=dict(tally.protocols.most_common(8)),
        statuses=dict(sorted(tally.statuses.items())),
        site=site,
        third_party_requests=int(sum(row[0] for row in third)),
        request_ids=list(ids)[:200],
        skew_seconds=tally.skew.seconds(),
    )  # fmt: skip


def _notes(tally: Tally, creator: str | None) -> list[str]:
    notes = []
    if tally.undated:
        notes.append(f"{tally.undated:,} of {tally.entries:,} exchanges have no time that can be read")
    if tally.assumed:
        notes.append("times without a zone were taken for UTC")
    if tally.entries and not tally.bodies and tally.sized:
        notes.append("no answer's text was recorded")
    if tally.entries >= 5 and not tally.signed and creator is not None and "inspector" in creator.lower():
        notes.append(
            "recorded without cookies and sign-ins (the browser leaves them out): what depends on them cannot be told"
        )
    if tally.findings.left_out:
        notes.append(f"{tally.findings.left_out:,} more findings are not listed")
    return notes


def _slow(one: Exchange) -> Slow:
    return Slow(
        entry=one.number, at=one.at, method=one.method, url=one.url, status=one.status, millis=round(one.millis, 1),
        phases={name: round(value, 1) for name, value in one.phases.items()},
    )  # fmt: skip


_PHASES = {
    "blocked": "waited in the browser (its queue or its limit of connections)", "dns": "looking up the name",
    "connect": "connecting", "ssl": "the TLS handshake", "send": "sending", "wait": "the server's work",
    "receive": "the download",
}  # fmt: skip


def _slow_finding(name: str, one: Exchange) -> HarFinding:
    phases = dict(one.phases)
    if "ssl" in phases and "connect" in phases:
        phases["connect"] = max(0.0, phases["connect"] - phases["ssl"])
    longest = max(phases, key=lambda phase: phases[phase], default=None)
    what = f"took {one.millis / 1000:.1f} s"
    if longest is not None and phases[longest] > 0:
        what += f", {phases[longest] / 1000:.1f} s of it {_PHASES[longest]}"
    return HarFinding(
        file=name, kind="slow", severity="warning", at=one.at, entry=one.number, method=one.method, url=one.url,
        status=one.status, what=what, ids=one.ids(), third_party=False, millis=round(one.millis, 1),
    )  # fmt: skip


def _product(value: Any) -> str | None:
    told = mapping(value)
    return " ".join(part for part in (string(told.get("name")), string(told.get("version"))) if part)[:80] or None
