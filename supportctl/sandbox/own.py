"""Our own NDJSON as a company: tickets in the portable model become records that any dialect can seed.

What the model knows and a dialect can hold is kept: texts, people, dates, priority, tags, links between loaded tickets,
comments, history of status, priority, assignee and group. Keys become the dialect's own.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from supportctl.errors import DataError
from supportctl.sandbox.company.people import people
from supportctl.sandbox.dialects import LoadReport, dialects
from supportctl.sandbox.records import Clock, Company, FieldChange, Message, Named, Person, Record

if TYPE_CHECKING:
    from supportctl.sandbox.store import Store

_HISTORY = frozenset({"status", "priority", "assignee", "group", "category"})


def load_own(
    store: "Store", platform: str, numbered: Iterable[tuple[int, dict[str, Any]]], *, as_of: datetime | None, name: str
) -> LoadReport:
    """Seed a dialect with tickets in our own form. Raises `DataError` with the line of what is no ticket."""
    report = LoadReport()
    reader = _Reader(name)
    records: list[Record] = []
    for line, ticket in numbered:
        record = reader.record(line, ticket)
        if as_of is not None and record.created > as_of:
            report.skipped["created later"] += 1
            continue
        records.append(record)
    for reason, count in reader.skipped.items():
        report.skipped[reason] += count
    report.loaded = len(records)
    report.events = sum(len(record.history) for record in records)
    latest = max((record.updated for record in records), default=datetime.now(UTC))
    company = Company(
        0, latest, tuple(reader.people.values()), tuple(reader.groups.values()), tuple(reader.organizations.values()),
        tuple(reader.linked(records)),
    )  # fmt: skip
    dialects()[platform].seed(store, company)
    return report


class _Reader:
    """Gives people, groups, organizations and tickets numbers as they come."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.people: dict[str, Person] = {
            f"staff:{person.id}": replace(person, groups=(), organization=None)
            for person in people()
            if person.role != "end_user"
        }
        """Whoever can sign in comes along, without the sample company's groups."""
        self.groups: dict[str, Named] = {}
        self.organizations: dict[str, Named] = {}
        self.numbers: dict[str, int] = {}
        self.links: dict[int, list[tuple[str, str]]] = {}
        self.skipped: Counter[str] = Counter()

    def record(self, line: int, ticket: dict[str, Any]) -> Record:
        try:
            return self._record(ticket)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise DataError(
                f"{self.name}, line {line}: not a ticket ({type(error).__name__}); nothing was loaded",
                hint="the shape of a line: supportctl schema ticket",
            ) from None

    def _record(self, ticket: dict[str, Any]) -> Record:
        number = len(self.numbers) + 1
        for known in (str(ticket["key"]), str(ticket["id"])):
            self.numbers.setdefault(known, number)
        number = self.numbers[str(ticket["key"])]
        created = _time(ticket.get("created_at")) or _time(ticket.get("updated_at")) or datetime(2000, 1, 1, tzinfo=UTC)
        requester = self.person(ticket.get("requester"), "end_user") or 1
        self.links[number] = [(each["type"], each.get("id") or each["key"]) for each in ticket.get("links") or ()]
        satisfaction = ticket.get("satisfaction")
        return Record(
            number=number,
            kind=ticket.get("kind") or "incident",
            title=ticket.get("title") or "",
            description=ticket.get("description") or "",
            language="en",
            status=ticket.get("status") or "open",
            priority=ticket.get("priority"),
            impact=_digit(ticket.get("impact")),
            urgency=_digit(ticket.get("urgency")),
            category=ticket.get("category"),
            subcategory=ticket.get("subcategory"),
            service=(ticket.get("service") or {}).get("name"),
            ci=(ticket.get("component") or {}).get("name"),
            tags=tuple(ticket.get("tags") or ()),
            requester=requester,
            assignee=self.person(ticket.get("assignee"), "agent"),
            group=self.named(self.groups, ticket.get("group")),
            organization=self.named(self.organizations, ticket.get("organization")),
            channel=ticket.get("channel") or "api",
            created=created,
            updated=_time(ticket.get("updated_at")) or created,
            resolved=_time(ticket.get("resolved_at")),
            closed=_time(ticket.get("closed_at")),
            due=_time(ticket.get("due_at")),
            closure_code=ticket.get("closure_code"),
            resolution_notes=ticket.get("resolution_notes"),
            satisfaction=(satisfaction["score"], satisfaction.get("comment")) if satisfaction else None,
            messages=tuple(self.messages(ticket.get("comments") or (), created, requester)),
            history=tuple(self.changes(ticket.get("history") or (), requester)),
            clocks=tuple(_clocks(ticket.get("slas") or (), created)),
        )

    def person(self, given: dict[str, Any] | None, role: str) -> int | None:
        if given is None:
            return None
        known = self.people.get(given["id"])
        if known is None:
            number = len(self.people) + 1
            name = given.get("name") or f"Person {given['id']}"
            email = given.get("email") or f"person{number}@loaded.example"
            known = Person(number, name, email, f"loaded.{number}", role, given.get("active", True) is not False)
            self.people[given["id"]] = known
        return known.id

    @staticmethod
    def named(table: dict[str, Named], given: dict[str, Any] | None) -> int | None:
        if given is None:
            return None
        if given["id"] not in table:
            table[given["id"]] = Named(len(table) + 1, given.get("name") or f"Number {given['id']}")
        return table[given["id"]].id

    def messages(self, comments: Iterable[dict[str, Any]], created: datetime, requester: int) -> Iterator[Message]:
        for comment in comments:
            author = self.person(comment.get("author"), "agent") or requester
            at = _time(comment.get("created_at")) or created
            yield Message(at, author, comment.get("public") is not False, comment.get("body") or "")

    def changes(self, history: Iterable[dict[str, Any]], requester: int) -> Iterator[FieldChange]:
        for event in history:
            at = _time(event.get("at"))
            if event.get("field") not in _HISTORY or at is None:
                self.skipped["history entry of a field dialects do not share"] += 1
                continue
            actor = self.person(event.get("actor"), "agent") or requester
            if event["field"] in {"assignee", "group"}:
                table: dict[str, Any] = self.people if event["field"] == "assignee" else self.groups
                pair = (event.get("before"), event.get("after"))
                before, after = (str(table[value].id) if value in table else None for value in pair)
            else:
                before, after = event.get("before"), event.get("after")
            yield FieldChange(at, actor, event["field"], before, after)

    def linked(self, records: Iterable[Record]) -> Iterator[Record]:
        """The records with links to others of the file; links that lead out of it are left out."""
        present = {record.number for record in records}
        for record in records:
            others = {
                kind: self.numbers[other]
                for kind, other in self.links[record.number]
                if self.numbers.get(other) in present
            }
            yield replace(
                record,
                duplicate_of=others.get("duplicate_of"),
                problem=others.get("problem"),
                parent=others.get("parent"),
            )


def _clocks(slas: Iterable[dict[str, Any]], created: datetime) -> Iterator[Clock]:
    for sla in slas:
        name = "first_response" if "response" in str(sla.get("metric", "")).lower() else "resolution"
        started = _time(sla.get("started_at")) or created
        breach = _time(sla.get("breach_at")) or started
        yield Clock(
            name, sla.get("target") or 0, started, _time(sla.get("stopped_at")), breach, bool(sla.get("breached")),
            bool(sla.get("paused")), sla.get("elapsed") or 0,
        )  # fmt: skip


def _time(text: str | None) -> datetime | None:
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _digit(text: str | None) -> int | None:
    return int(text) if text is not None and str(text).isdecimal() else None
