"""One ticket on a terminal. Everything a ticket holds passes through `safe`; unknown is never shown as empty."""

import textwrap
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from supportctl.console import Console, safe, safe_line
from supportctl.model import Comment, Event, Link, Person, Sla, Ticket, Unknown
from supportctl.reports.cells import ago, clock, duration
from supportctl.reports.tickets import named, person

WHY = {
    Unknown.HIDDEN: "unknown: hidden from this account",
    Unknown.ABSENT: "unknown: not given by the platform",
    Unknown.NOT_FETCHED: "not fetched",
}
LINES = 30
"""Lines of one comment, and entries of the history, before the rest waits for ``--full``."""


def page(ticket: Ticket, console: Console, now: datetime, *, full: bool = False) -> None:
    """Print the whole ticket."""
    for line in _Page(ticket, console, now, full).lines():
        console.line(line)
    console.flush()


class _Page:
    def __init__(self, ticket: Ticket, console: Console, now: datetime, full: bool) -> None:
        self.ticket = ticket
        self.console = console
        self.now = now
        self.full = full
        self.width = min(console.width, 100)

    def lines(self) -> Iterator[str]:
        yield from self.head()
        yield from self.block("Description", "description", self.description())
        yield from self.block("Resolution", "resolution_notes", self.resolution(), quiet=True)
        yield from self.block("SLA", "slas", [self.sla(sla) for sla in self.ticket.slas])
        yield from self.block("Links", "links", [self.link(link) for link in self.ticket.links])
        yield from self.block("Fields", "custom", self.custom(), quiet=True)
        yield from self.block("Attachments", "attachments", self.attachments(), quiet=True)
        yield from self.block("History", "history", list(self.history()))
        yield from self.block("Thread", "comments", list(self.thread()))

    def head(self) -> Iterator[str]:
        ticket, paint = self.ticket, self.console.paint
        key = self.console.link(paint(safe_line(ticket.key), "bold"), ticket.url)
        yield f"{key}  {self.known('title', ticket.title)}"
        status = self.known("status", ticket.status)
        if ticket.native_status and ticket.native_status.casefold() != str(ticket.status):
            status += f" ({safe_line(ticket.native_status)})"
        facts = [
            self.known("kind", ticket.kind),
            status,
            paint(
                self.known("priority", ticket.priority, empty="no priority"),
                "red" if ticket.priority in ("p1", "p2") else None,
            ),
        ]
        if ticket.updated_at:
            facts.append(f"updated {_age(ticket.updated_at, self.now)}")
        yield " · ".join(facts)
        yield ""
        rows = [
            ("requester", self.known("requester", _who(ticket.requester))),
            ("assignee", self.known("assignee", _who(ticket.assignee), empty="nobody")),
            ("group", self.known("group", named(ticket.group), empty="none")),
            ("organization", self.known("organization", named(ticket.organization), empty="")),
            ("category", " / ".join(part for part in (ticket.category, ticket.subcategory) if part)),
            ("service", named(ticket.service) or ""),
            ("component", named(ticket.component) or ""),
            ("tags", self.known("tags", " ".join(ticket.tags), empty="none")),
            ("channel", ticket.channel or ""),
            ("created", self.time(ticket.created_at)),
            ("first response", self.time(ticket.first_response_at)),
            ("due", self.time(ticket.due_at)),
            ("resolved", self.time(ticket.resolved_at)),
            ("closed", self.time(ticket.closed_at)),
            ("reopened", "" if not ticket.reopens else f"{ticket.reopens} times"),
            ("closure code", ticket.closure_code or ""),
            ("satisfaction", "" if ticket.satisfaction is None else ticket.satisfaction.score),
            ("address", ticket.url or ""),
        ]
        for name, value in rows:
            if value:
                yield f"{paint(f'{name:<16}', 'dim')}{safe_line(value)}"

    def block(self, title: str, field: str, lines: Sequence[str], *, quiet: bool = False) -> Iterator[str]:
        """A section; ``quiet`` ones are left out when there is nothing and nothing is unknown."""
        why = self.ticket.unknown.get(field)
        if not lines and (quiet and why is not Unknown.HIDDEN):
            return
        yield ""
        yield self.console.paint(title, "bold")
        if lines:
            yield from (f"  {line}".rstrip() for line in lines)
        else:
            yield f"  {WHY[why] if why else 'none'}"

    def known(self, field: str, value: Any, *, empty: str = "none") -> str:
        why = self.ticket.unknown.get(field)
        if not value and why:
            return WHY[why]
        return safe_line(str(value)) if value else empty

    def time(self, moment: datetime | None) -> str:
        return "" if moment is None else f"{clock(moment)} ({_age(moment, self.now)})"

    def description(self) -> list[str]:
        return self.body(self.ticket.description or "")

    def resolution(self) -> list[str]:
        return self.body(self.ticket.resolution_notes or "")

    def body(self, text: str) -> list[str]:
        """Foreign text, wrapped; long ones are cut and say so."""
        if not text.strip():
            return []
        lines: list[str] = []
        for line in safe(text).strip("\n").split("\n"):
            lines.extend(textwrap.wrap(line, self.width - 4, break_long_words=False) or [""])
        if self.full or len(lines) <= LINES:
            return lines
        return [*lines[:LINES], f"… {len(lines) - LINES} more lines: --full"]

    def sla(self, sla: Sla) -> str:
        facts = []
        if sla.breached:
            facts.append(self.console.paint("breached", "red"))
        elif sla.stopped_at is not None:
            facts.append("met")
        elif sla.paused:
            facts.append("paused")
        elif sla.breached is False:
            facts.append("running")
        else:
            facts.append("state unknown")
        if sla.target is not None:
            facts.append(f"target {duration(sla.target)}")
        if sla.elapsed is not None:
            facts.append(f"used {duration(sla.elapsed)}")
        if sla.remaining is not None and sla.stopped_at is None:
            facts.append(
                f"left {duration(sla.remaining)}" if sla.remaining >= 0 else f"over {duration(-sla.remaining)}"
            )
        if sla.breach_at is not None and sla.stopped_at is None:
            facts.append(f"due {clock(sla.breach_at)}")
        return f"{safe_line(sla.metric)}: {', '.join(facts)}"

    def link(self, link: Link) -> str:
        facts = [str(link.type).replace("_", " "), safe_line(link.key)]
        if link.status:
            facts.append(f"({link.status})")
        if link.title:
            facts.append(safe_line(link.title))
        return " ".join(facts)

    def custom(self) -> list[str]:
        return [
            f"{safe_line(field.name or field.id)}: {safe_line(_plain(field.value))}"
            for field in self.ticket.custom
            if field.value not in (None, "", [], {})
        ]

    def attachments(self) -> list[str]:
        return [
            safe_line(f"{item.filename}{'' if item.size is None else f' ({item.size:,} bytes)'}")
            for item in self.ticket.attachments
        ]

    def history(self) -> Iterator[str]:
        events = self.ticket.history
        left_out = 0 if self.full else max(0, len(events) - LINES)
        if left_out:
            yield f"… {left_out} earlier changes: --full"
        for event in events[left_out:]:
            yield self.event(event)

    def event(self, event: Event) -> str:
        before = event.before_label if event.before_label is not None else event.before
        after = event.after_label if event.after_label is not None else event.after
        who = person(event.actor) or "somebody"
        change = "" if before == after else f": {_short(before)} → {_short(after)}"
        return f"{clock(event.at) or 'no time':<21}{safe_line(who)}  {safe_line(event.field)}{change}"

    def thread(self) -> Iterator[str]:
        for number, comment in enumerate(self.ticket.comments):
            if number:
                yield ""
            yield self.console.paint(self.said(comment), "bold" if comment.public else "dim")
            yield from (f"  {line}" for line in self.body(comment.body) or ["(no text)"])
            for item in comment.attachments:
                yield f"  [attached: {safe_line(item.filename)}]"

    def said(self, comment: Comment) -> str:
        public = {True: "public", False: "internal", None: "public or internal: not said"}[comment.public]
        who = person(comment.author) or "author unknown"
        return f"{clock(comment.created_at) or 'no time'} · {safe_line(who)} · {public}"


def _age(moment: datetime, now: datetime) -> str:
    text = ago(moment, now)
    return text if text.startswith("in ") else f"{text} ago"


def _who(who: Person | None) -> str | None:
    if who is None:
        return None
    name = person(who) or ""
    return f"{name} <{who.email}>" if who.email and who.email != name else name


def _short(value: Any) -> str:
    text = safe_line(_plain(value))
    return text if len(text) <= 60 else text[:59] + "…"


def _plain(value: Any) -> str:
    if value is None or value == "":
        return "(empty)"
    if isinstance(value, list):
        return ", ".join(_plain(item) for item in value) or "(empty)"
    if isinstance(value, dict):
        for name in ("name", "value", "displayName", "label", "title"):
            if isinstance(value.get(name), str):
                return str(value[name])
        return ", ".join(f"{key}={_plain(item)}" for key, item in value.items())
    return str(value)
