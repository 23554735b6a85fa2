"""What the receiver reads first: sections in the order that helps them, each text with where it stands.

Engineering is told the fault before the customer, the second line the customer before the fault.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, Any

from supportctl.evidence.packet import next_steps
from supportctl.evidence.packet.blocks import Block, Bullets, Caps, Facts, Grid, Page, Say, Section, capped
from supportctl.evidence.packet.parts import ELEMENTS, Wish
from supportctl.evidence.packet.timeline import Row, chosen, cut, place, said
from supportctl.evidence.packet.told import Evidence, Told
from supportctl.reports.cells import duration

if TYPE_CHECKING:
    from supportctl.evidence.moments import Moment

TICKET = "ticket.json"
TIMELINE = "timeline.csv"
_ASKED = {
    "engineering": "Find the cause, and tell support: what it is, what helps until it is mended, and what the customer "
    "may be told.",
    "l2": "Take this over from the first line: go on from what was tried, and answer the customer.",
}
_FOR = {"engineering": "engineering", "l2": "the second line"}


class Summary:
    """One packet's summary; `page` gives it in a size."""

    def __init__(self, told: Told, wish: Wish) -> None:
        self.told = told
        self.wish = wish

    def page(self, caps: Caps, *, short: bool = False) -> Page:
        """``short``: without timeline and thread, which have files of their own."""
        makers = _ENGINEERING if self.wish.to == "engineering" else _L2
        sections = []
        for title, maker, long in makers:
            blocks = list(maker(self, caps)) if not (short and long) else []
            if blocks:
                sections.append(Section(title=title, blocks=blocks))
        lead = self.told.lead
        return Page(
            title=f"{lead['key']}: {cut(lead['title'] or 'no title', 160)}",
            about=self._about(),
            url=lead["url"],
            sections=sections,
            foot=self._foot(),
        )

    def _about(self) -> str:
        keys = [str(each["key"]) for each in self.told.tickets]
        others = f", with {', '.join(keys[1:9])}{' …' if len(keys) > 9 else ''}" if len(keys) > 1 else ""
        made = f"{self.wish.created_at:%Y-%m-%d %H:%M} UTC"
        return f"Escalation to {_FOR[self.wish.to]} of {keys[0]}{others} · {self.told.lead['platform']} · {made}"

    def _foot(self) -> str:
        return (
            "Secrets and personal data are replaced by tokens such as [EMAIL_1], the same for the same value in every "
            f"file; {self.told.names}. Support can look a token up. Made by supportctl {self.wish.version}."
        )

    def overview(self, caps: Caps) -> Iterator[Block]:
        lead = self.told.lead
        yield Say(text=self.told.asked or _ASKED[self.wish.to], strong=True)
        rows = [("Severity", self._severity()), ("Impact", self._impact())]
        if (named := self._element("impact")) is not None:
            rows.append(("Impact in their words", f"{cut(named['text'], caps.text)} ({named['source']})"))
        where = " / ".join(filter(None, (lead["service"], lead["component"], lead["category"], lead["subcategory"])))
        rows.append(("Area", where))
        status = lead["native_status"] or lead["status"]
        group = f", with {lead['group']}" if lead["group"] else ""
        rows.append(("Ticket", f"{lead['key']}, {status or 'status unknown'}{group}"))
        owner = lead["assignee"]["name"] if lead["assignee"] is not None else None
        rows.append(("Owner", f"{owner} (support knows who that is)" if owner else ""))
        if self.wish.to == "l2":
            rows += [("Customer", lead["organization"] or ""), ("Targets", self._targets())]
        if self.told.score is not None:
            rows.append(("Completeness", f"{self.told.score} of 100"))
        yield Facts(rows=[(name, text) for name, text in rows if text])

    def next(self, caps: Caps) -> Iterator[Block]:
        steps = next_steps.of(self.told)
        if steps:
            yield Bullets(items=steps, ordered=True)

    def fault(self, caps: Caps) -> Iterator[Block]:
        """What happens; where nobody found it, what the customer wrote."""
        found = self._element("actual")
        if found is not None:
            yield self._quoted(found, caps)
            if found["state"] == "present":
                return
        for ticket in self.told.tickets:
            if (ticket["description"] or "").strip():
                yield Say(text="Not stated in so many words. What the customer wrote:")
                text = capped(ticket["description"], caps, TICKET)
                yield Say(text=text, source=f"{ticket['key']}, description", quoted=True)
                return
        if found is None:
            yield Say(text="The ticket has no description.")

    def expected(self, caps: Caps) -> Iterator[Block]:
        yield from self._or_missing("expected", caps)

    def steps(self, caps: Caps) -> Iterator[Block]:
        yield from self._or_missing("steps", caps)

    def environment(self, caps: Caps) -> Iterator[Block]:
        yield from self._or_missing("environment", caps)

    def details(self, caps: Caps) -> Iterator[Block]:
        """Ids, times, how often."""
        for name in ("trace", "times", "since", "reproduced"):
            found = self._element(name)
            if found is not None:
                yield Say(text=f"{ELEMENTS[name]}:", strong=True)
                yield self._quoted(found, caps)

    def failures(self, caps: Caps) -> Iterator[Block]:
        files = {each.path for each in self.told.evidence if each.path is not None}
        failed = [row for row in self.told.rows if row.moment.failed and row.moment.source in files]
        if not failed:
            return
        kinds: dict[tuple[str, str], tuple[Moment, int]] = {}
        for row in failed:
            key = (row.moment.source, row.moment.what)
            first, times = kinds.get(key, (row.moment, 0))
            kinds[key] = (first, times + row.times)
        rows = [
            (
                "no time" if moment.at is None else f"{moment.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC",
                cut(moment.what, 300) + (f" (× {times})" if times > 1 else ""),
                place(moment),
            )
            for moment, times in kinds.values()
        ]
        more = "" if len(rows) <= caps.items else f"{len(rows) - caps.items} more kinds in {TIMELINE}"
        yield Grid(head=("First seen", "What failed", "Where"), rows=rows[: caps.items], more=more)

    def timeline(self, caps: Caps) -> Iterator[Block]:
        rows = chosen(self.told.rows, caps.rows)
        more = len(self.told.rows) - len(rows)
        grid = self.rows(rows)
        yield Grid(head=grid.head, rows=grid.rows, more=f"{more} more in {TIMELINE}" if more else "")

    def rows(self, rows: Sequence[Row]) -> Grid:
        """Rows of the timeline for people."""
        zones: dict[str, tzinfo | None] = {"UTC": UTC, self.wish.zone_name: self.wish.zone}
        return Grid(
            head=(*zones, "Source", "What"),
            rows=[
                (
                    *(
                        "no time" if each.moment.at is None else f"{each.moment.at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
                        for zone in zones.values()
                    ),
                    place(each.moment),
                    ("failed: " if each.moment.failed else "")
                    + cut(each.moment.what, 240)
                    + (f" (× {each.times})" if each.times > 1 else "")
                    + (" (time zone assumed)" if each.moment.assumed_zone else ""),
                )
                for each in rows
            ],
        )

    def tried(self, caps: Caps) -> Iterator[Block]:
        items = [cut(f"{_clock(comment['at'])}: {said(comment)}", 400) for comment in self._by_support()]
        if not items:
            yield Say(text="Nobody of support has written anything on the ticket yet.")
        shown = items[-caps.items :]
        if len(items) > len(shown):
            yield Say(text=f"The last {len(shown)} of {len(items)} (all: {TICKET}):")
        if shown:
            yield Bullets(items=shown)
        for ticket in self.told.tickets:
            if (ticket["resolution_notes"] or "").strip():
                yield Say(text="Noted as resolution:", strong=True)
                source = f"{ticket['key']}, resolution notes"
                yield Say(text=capped(ticket["resolution_notes"], caps, TICKET), source=source, quoted=True)

    def stands(self, caps: Caps) -> Iterator[Block]:
        """The last word of each side."""
        for ticket in self.told.tickets:
            comments = ticket["comments"]
            customer = [each for each in comments if _role(each) == "end_user"]
            support = [each for each in comments if _role(each) == "agent" and each["public"] is not False]
            for who, listed in (("customer", customer), ("support to the customer", support)):
                if listed:
                    last = listed[-1]
                    yield Say(text=f"Last word of {who}, {_clock(last['at'])}:", strong=True)
                    source = f"{ticket['key']}, comment {last['number']}"
                    yield Say(text=capped(last["body"], caps, TICKET), source=source, quoted=True)
            return

    def missing(self, caps: Caps) -> Iterator[Block]:
        """What support has to ask, what it has to see to, and what could not be read."""
        ask, see = [], []
        for name, title in ELEMENTS.items():
            found = self.told.elements.get(name)
            if found is None or found["state"] == "present":
                continue
            why = f" ({found['reason']})" if found["reason"] else ""
            if found["question"]:
                ask.append(f"{title}{why}: {cut(found['question'], 300)}")
            else:
                see.append(f"{title}{why or ' (not told anywhere)'}")
        if ask:
            yield Say(text="Support has still to ask the customer:")
            yield Bullets(items=ask, open=True)
        if see:
            yield Say(text="Not known, and not for the customer to answer:")
            yield Bullets(items=see, open=True)
        if self.told.left_out:
            yield Bullets(items=self.told.left_out[: caps.items])

    def evidence(self, caps: Caps) -> Iterator[Block]:
        rows = [_evidence_row(each) for each in self.told.evidence]
        if not rows:
            yield Say(text="None was given.")
            return
        more = f"{len(rows) - 2 * caps.items} more, see manifest.json" if len(rows) > 2 * caps.items else ""
        yield Grid(head=("File", "What it is", "Size", "To know"), rows=rows[: 2 * caps.items], more=more)

    def _element(self, name: str) -> "dict[str, str] | None":
        found = self.told.elements.get(name)
        return (
            None if found is None or found["state"] not in ("present", "inferred") or not found["text"] else dict(found)
        )

    def _quoted(self, found: "dict[str, str]", caps: Caps) -> Say:
        unsure = found["state"] == "inferred"
        return Say(text=capped(found["text"], caps, TICKET), source=found["source"], quoted=True, unsure=unsure)

    def _or_missing(self, name: str, caps: Caps) -> Iterator[Block]:
        found = self._element(name)
        if found is not None:
            yield self._quoted(found, caps)
        elif name in self.told.elements:
            yield Say(text="Missing: the ticket does not say it.")

    def _severity(self) -> str:
        found = self._element("severity")
        worst = self.told.impact["worst_priority"]
        native = self.told.lead["native_priority"]
        told = "not set" if worst is None else str(worst).upper()
        if native and len(self.told.tickets) == 1:
            told += f" ({native})"
        if found is not None:
            # The priority stands here already.
            lines = [line for line in found["text"].splitlines() if not line.startswith("priority ")]
            if lines:
                told += f"; {cut(' / '.join(lines), 240)} ({found['source']})"
        return told

    def _impact(self) -> str:
        """``3 tickets of 3 customers in 2 organizations, 2 still open; first 2026-03-01 09:12 UTC``."""
        found = self.told.impact
        if found["tickets"] == 1:
            parts = [f"1 ticket, reported {_clock(found['first'])}" if found["first"] else "1 ticket"]
        else:
            customers = _counted(found["customers"], "customer")
            organizations = f" in {_counted(found['organizations'], 'organization')}" if found["organizations"] else ""
            parts = [f"{found['tickets']} tickets of {customers}{organizations}, {found['open']} still open"]
            if found["customers_unknown"]:
                parts.append(f"of {_counted(found['customers_unknown'], 'ticket')} the customer is not known")
            if found["first"]:
                parts.append(f"first {_clock(found['first'])}, last {_clock(found['last'])}")
        if found["users"] is not None:
            parts.append(f"{_counted(found['users'], 'user')} named as hit")
        if found["reopens"]:
            parts.append(f"reopened {_counted(found['reopens'], 'time')}")
        return "; ".join(parts)

    def _targets(self) -> str:
        parts = []
        for sla in self.told.lead["slas"]:
            state = "missed" if sla["breached"] else "paused" if sla["paused"] else "kept so far"
            left = sla["remaining_seconds"]
            parts.append(f"{sla['metric']}: {state}{f', {duration(left)} left' if left and left > 0 else ''}")
        return "; ".join(parts[:4])

    def _by_support(self) -> list[dict[str, Any]]:
        found = [dict(each) for ticket in self.told.tickets for each in ticket["comments"] if _role(each) == "agent"]
        return sorted(found, key=lambda each: each["at"] or "")


_Maker = Callable[[Summary, Caps], Iterator[Block]]
_Listed = Sequence[tuple[str, _Maker, bool]]

_ENGINEERING: _Listed = (
    ("What is asked", Summary.overview, False),
    ("What to do next", Summary.next, False),
    (ELEMENTS["actual"], Summary.fault, False),
    (ELEMENTS["expected"], Summary.expected, False),
    (ELEMENTS["steps"], Summary.steps, False),
    (ELEMENTS["environment"], Summary.environment, False),
    ("What failed, by the evidence", Summary.failures, False),
    ("Ids, times, how often", Summary.details, False),
    ("What is missing", Summary.missing, False),
    ("What support has tried", Summary.tried, True),
    ("Timeline", Summary.timeline, True),
    ("Evidence", Summary.evidence, False),
)
_L2: _Listed = (
    ("What is asked", Summary.overview, False),
    ("What to do next", Summary.next, False),
    ("Where it stands", Summary.stands, False),
    ("What support has tried", Summary.tried, False),
    (ELEMENTS["actual"], Summary.fault, False),
    (ELEMENTS["expected"], Summary.expected, True),
    (ELEMENTS["steps"], Summary.steps, False),
    (ELEMENTS["environment"], Summary.environment, False),
    ("What is missing", Summary.missing, False),
    ("What failed, by the evidence", Summary.failures, True),
    ("Ids, times, how often", Summary.details, True),
    ("Timeline", Summary.timeline, True),
    ("Evidence", Summary.evidence, False),
)


def _evidence_row(each: Evidence) -> tuple[str, str, str, str]:
    size = "" if each.size is None else f"{each.size:,} bytes"
    notes = [each.note] if each.note else []
    if each.about is not None:
        notes.insert(0, f"read for you: {each.about}")
    if each.path is None:
        notes.insert(0, "not in the packet")
    if each.needs_eye:
        notes.append("not read by the tool: somebody must look at it before it is passed on")
    return each.path or each.name, each.what, size, "; ".join(notes)


def _role(comment: Mapping[str, Any]) -> str | None:
    author = comment["author"]
    return None if author is None else str(author["role"])


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _clock(text: str | None) -> str:
    return "no time" if text is None else f"{text[:16].replace('T', ' ')} UTC"
