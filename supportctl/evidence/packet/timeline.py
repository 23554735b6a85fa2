"""What happened when: the ticket's own history, its texts, logs and HAR files in one order.

Everything here is masked already. Times are told in UTC and in one zone of people; where a source names no zone and
one was assumed, that is said in its row.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from itertools import groupby
from typing import Any

from supportctl.evidence.moments import Moment
from supportctl.evidence.packet.parts import Audience
from supportctl.reports.cells import timestamp
from supportctl.reports.spreadsheet import cell
from supportctl.text.automatic import automatic
from supportctl.text.cleaning import own_words

ROWS = 50_000
"""Of the CSV; a log that repeats itself is told as often as it does so."""
SHOWN = 300
"""Rows of the page for people."""
LONGEST = 240
COLUMNS = ("utc", "local", "source", "line", "what", "failed", "written", "zone_assumed")
_ROLES = {"end_user": "customer", "agent": "support", "bot": "automatic"}
_ARROW = " → "
_NOISE = frozenset(
    (
        "comment",
        "comments",
        "description",
        "work_notes",
        "notification",
        "custom_status_id",
        "attachment",
        "attachments",
    )
)
"""What the thread tells already, or what only the platform wants to know."""


@dataclass(frozen=True)
class Row:
    """A moment, with how many times it came one after the other."""

    moment: Moment
    times: int = 1
    until: datetime | None = None


def of_ticket(ticket: Mapping[str, Any], to: Audience) -> list[Moment]:
    """Of one masked ticket (`tickets.drafted`, masked)."""
    key = str(ticket["key"])
    roles = _roles(ticket)
    found = []
    opened = _at(ticket["created_at"])
    if opened is not None:
        by = _by(ticket["requester"], roles)
        found.append(_moment(opened, key, f"opened{f' by {by}' if by else ''}: {ticket['title'] or 'no title'}"))
    for comment in ticket["comments"]:
        if comment["number"] == 1 and comment["body"] == ticket["description"]:
            continue
        found.append(_moment(_at(comment["at"]), key, said(comment, roles)))
    found += _changes(ticket, key, roles)
    for name, words in (("resolved_at", "resolved"), ("closed_at", "closed")):
        if not ticket["history"] and (at := _at(ticket[name])) is not None:
            found.append(_moment(at, key, words))
    if to == "l2":
        for sla in ticket["slas"]:
            if sla["breached"] and (at := _at(sla["breach_at"])) is not None:
                found.append(replace(_moment(at, key, f"target missed: {sla['metric']}"), failed=True))
    return found


def said(comment: Mapping[str, Any], roles: Mapping[str, str] | None = None) -> str:
    """One line of a comment: who, to whom, and how it begins."""
    body = comment["body"][:20_000]
    if automatic(body, comment["channel"]) is not None:
        return f"automatic message: {cut(body, LONGEST)}"
    who = _by(comment["author"], roles or {}) or "somebody"
    how = {True: "answers", False: "notes internally", None: "writes"}[comment["public"]]
    if who.startswith(_ROLES["end_user"]):
        how = "writes"
    files = [each["file"] for each in comment["attachments"]]
    attached = f" [attached: {', '.join(files[:5])}{' …' if len(files) > 5 else ''}]" if files else ""
    return f"{who} {how}: {cut(own_words(body) or '(no text)', LONGEST)}{attached}"


def merged(moments: Iterable[Moment]) -> list[Moment]:
    """By time, sources in the order of their names and lines; what has no time last."""
    return sorted(
        moments,
        key=lambda each: (each.at is None, each.at or datetime.min.replace(tzinfo=UTC), each.source, each.line or 0),
    )


def folded(moments: Sequence[Moment]) -> list[Row]:
    """The same line of the same source, one after the other, is one row."""
    rows = []
    for _, group in groupby(moments, key=lambda each: (each.at is None, each.source, each.what)):
        first, *more = group
        rows.append(Row(first, 1 + len(more), more[-1].at if more else None))
    return rows


def chosen(rows: Sequence[Row], most: int) -> list[Row]:
    """The rows that tell most, in their order: what failed, what people said, what was changed."""
    if len(rows) <= most:
        return list(rows)
    seen: dict[str, int] = {}
    ranked = []
    for number, row in enumerate(rows):
        repeats = seen[row.moment.what] = seen.get(row.moment.what, 0) + 1
        told = row.moment.line is None and _ARROW not in row.moment.what
        rank = (0 if row.moment.failed else 1 if told else 2) + (2 if repeats > 1 else 0)
        ranked.append((row.moment.at is None, rank, number))
    return [rows[number] for _, _, number in sorted(sorted(ranked)[:most], key=lambda each: each[2])]


def table(moments: Sequence[Moment], zone: tzinfo | None) -> bytes:
    """``timeline.csv``."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for each in moments[:ROWS]:
        writer.writerow(
            cell(value)
            for value in (
                "" if each.at is None else timestamp(each.at),
                "" if each.at is None else each.at.astimezone(zone).isoformat(timespec="seconds"),
                each.source,
                each.line,
                " ".join(each.what.split()),
                each.failed,
                each.written,
                each.assumed_zone,
            )
        )
    return out.getvalue().encode("utf-8", "backslashreplace")


def place(moment: Moment) -> str:
    """``evidence/app.log, line 12``; a HAR file has entries."""
    if moment.line is None:
        return moment.source
    return f"{moment.source}, {'entry' if moment.source.endswith('.har') else 'line'} {moment.line}"


def cut(text: str, most: int) -> str:
    """One line, and not longer than ``most``."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def _changes(ticket: Mapping[str, Any], key: str, roles: Mapping[str, str]) -> list[Moment]:
    """What one person changed at one time is one line. What the ticket began with is no change."""
    found = []
    listed = [each for each in ticket["history"] if each["field"] not in _NOISE]
    for (at, actor), group in groupby(listed, key=lambda each: (each["at"], _by(each["actor"], roles))):
        parts = [text for event in group if not _first(event, ticket) and (text := _change(event))]
        if parts:
            found.append(_moment(_at(at), key, cut(f"{actor or 'somebody'}: {'; '.join(parts)}", 2 * LONGEST)))
    return found


def _first(event: Mapping[str, Any], ticket: Mapping[str, Any]) -> bool:
    return event["before"] in (None, "") and event["at"] == ticket["created_at"]


def _change(event: Mapping[str, Any]) -> str:
    before, after = (("" if event[side] is None else cut(str(event[side]), 60)) for side in ("before", "after"))
    if before == after:
        return "" if before else f"{event['field']} changed"
    return f"{event['field']}: {before or '(empty)'}{_ARROW}{after or '(empty)'}"


def _roles(ticket: Mapping[str, Any]) -> dict[str, str]:
    """By masked name: histories often do not say who is a customer."""
    people = [each["author"] for each in ticket["comments"]]
    known = {each["name"]: each["role"] for each in people if each is not None and each["role"] in _ROLES}
    if ticket["requester"] is not None:
        known.setdefault(ticket["requester"]["name"], "end_user")
    return {name: role for name, role in known.items() if name}


def _by(person: Mapping[str, Any] | None, roles: Mapping[str, str]) -> str:
    if person is None:
        return ""
    name = person["name"] or ""
    role = person["role"] if person["role"] in _ROLES else roles.get(name, "")
    return " ".join(filter(None, (_ROLES.get(role, ""), name)))


def _moment(at: datetime | None, key: str, what: str) -> Moment:
    return Moment(
        at=at, written="" if at is None else timestamp(at), assumed_zone=False, source=key, line=None, what=what
    )


def _at(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
