"""The core rules as their catalogue words them, applied to the sample company's records (not to any platform)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from supportctl.sandbox.company.people import people
from supportctl.sandbox.company.terms import priority
from supportctl.sandbox.company.topics import TAXONOMY
from supportctl.sandbox.records import Company, Message, Record

PEOPLE = {person.id: person for person in people()}
STAFF = {person.id for person in PEOPLE.values() if person.role in {"agent", "admin"}}
OVER = {"resolved", "closed"}
THANKS = (
    "thank",
    "dank",
    "merci",
    "gracias",
    "ありがとう",
    "obrigado",
    "شكرا",
    "never mind",
    "erledigt",
    "réglé",
    "ya f",
)
STOCK = {"fixed", "done", "resolved", "n/a", ".", "erledigt", "ok", "résolu", "hecho", "対応済み", "resolvido", "تم"}
DAY = timedelta(days=1)
MISSPELT = {"termnal", "invoices", "permisions", "netwrok"}
"""Each is CLS105's alone."""


def _thanks(message: Message) -> bool:
    return len(message.text) < 120 and any(word in message.text.lower() for word in THANKS)


def violations(company: Company, platform: str) -> Iterator[tuple[int, str]]:
    by_number = {record.number: record for record in company.records}
    for record in company.records:
        noise = record.status == "cancelled" or not {"spam", "closed_by_merge"}.isdisjoint(record.tags)
        for code in {
            *_tags(record),
            *(() if noise else _fields(record, company, platform)),
            *(() if noise else _talk(record, company)),
            *(() if noise else _end(record, by_number)),
        }:
            yield record.number, code


def _tags(record: Record) -> Iterator[str]:
    strange = set(record.tags) - set(TAXONOMY)
    if strange & MISSPELT:
        yield "CLS105"
    if strange - MISSPELT:
        yield "CLS104"
    if not record.description.strip() or (len(record.description) < 60 and "\n\n" not in record.description):
        yield "TXT812"


def _fields(record: Record, company: Company, platform: str) -> Iterator[str]:
    age = company.now - record.created
    duplicate = (record.closure_code or "").lower() == "duplicate"
    if record.category is None and not duplicate and age > timedelta(hours=1):
        yield "CLS101"
    if record.category == "other" and record.status in OVER:
        yield "CLS102"
    if record.status not in OVER and record.assignee is None and age > timedelta(minutes=30):
        yield "OWN201"
    if record.group is None:
        yield "OWN202"
    if record.assignee is not None and record.status not in OVER:
        person = PEOPLE[record.assignee]
        if not person.active or (record.group is not None and record.group not in person.groups):
            yield "OWN203"
    path = []
    for change in record.history:
        if change.field == "group" and change.actor in STAFF:
            path += [change.before] * (not path) + [change.after]
    if len(set(path)) < len(path) or len(path) > 5:
        yield "OWN204"
    if record.priority is None:
        yield "PRI301"
    elif record.impact and record.urgency and record.priority != priority(platform, record.impact, record.urgency):
        yield "PRI302"


def _talk(record: Record, company: Company) -> Iterator[str]:
    now, open_ = company.now, record.status not in OVER
    clocks = {clock.name: clock for clock in record.clocks}
    if "first_response" in clocks and clocks["first_response"].breached:
        yield "COM401"
    answers = [m.at for m in record.messages if m.public and m.author in STAFF]
    heard = [m for m in record.messages if m.author == record.requester and not _thanks(m)]
    asked = max([record.created, *(m.at for m in heard if record.resolved is None or m.at <= record.resolved)])
    if not open_ and not record.duplicate_of and record.requester not in STAFF:
        gone = any(
            m.author == record.requester and _thanks(m) and record.resolved and m.at < record.resolved
            for m in record.messages
        )
        if not any(at >= asked for at in answers) and not gone:
            yield "COM402"
    last = record.messages[-1] if record.messages else None
    if (
        last in heard
        and record.requester not in STAFF
        and record.status not in {"new", "open"}
        and last
        and last.at < now - DAY
    ):
        yield "COM403"
    if record.status == "pending":
        since = max(c.at for c in record.history if c.field == "status")
        if max([since, *answers]) < now - 4 * DAY:
            yield "COM404"
    for change in record.history:
        asked_then = any(abs(at - change.at) < timedelta(minutes=15) for at in answers)
        if change.field == "status" and change.after == "pending" and not asked_then:
            yield "COM405"
    touches = [record.created, *(m.at for m in record.messages if m.author != 2)]
    touches += [c.at for c in record.history if c.actor != 2]
    limit = DAY if record.priority in {"p1", "p2"} else 5 * DAY
    if open_ and max(touches) < now - limit:
        yield "TIM501"
    for clock in record.clocks:
        until = clock.breach_at + DAY
        said = any(clock.breach_at <= m.at <= until for m in record.messages if m.author in STAFF)
        if clock.breached and not said and clock.breach_at < now - timedelta(hours=8):
            yield "TIM503"


def _end(record: Record, by_number: dict[int, Record]) -> Iterator[str]:
    if record.status in OVER:
        if not record.closure_code:
            yield "RES601"
        notes = record.resolution_notes or ""
        if notes in STOCK or len(notes.split()) <= 3:
            yield "RES603"
        if (record.closure_code or "").lower() == "duplicate" and record.duplicate_of is None:
            yield "LNK701"
    solved, reopened = None, []
    for change in record.history:
        if change.field == "status" and change.after == "resolved":
            solved = change.at
        if change.field == "status" and change.before in OVER and change.after == "open":
            said = [m for m in record.messages if m.at == change.at and _thanks(m)]
            reopened += [] if said else [change.at - solved if solved else DAY]
    if len(reopened) > 1 or any(gap < DAY for gap in reopened):
        yield "RES605"
    for number in (record.problem, record.parent):
        if number is not None and (by_number[number].status in OVER) != (record.status in OVER):
            yield "LNK704"
