"""Whether a ticket was escalated, when and by whom: by tag, group, status, the platform's own mark, or a bug link."""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from supportctl.audit.rule import Context, in_order
from supportctl.model import Event, LinkType, Person, Ticket
from supportctl.text.fold import fold_word


class Escalation(msgspec.Struct, frozen=True, kw_only=True):
    by: str
    """The field that shows it: ``tags``, ``group``, ``status``, ``links``, ``escalation``."""
    at: datetime | None = None
    """When, where the history tells."""
    who: Person | None = None
    """Who did it, where the history tells."""


def escalation(ticket: Ticket, context: Context) -> Escalation | None:
    """The first sign whose time is known, else the first; None: no sign. Fields that are unknown give no sign."""
    first: Escalation | None = None
    for sign in _signs(ticket, context):
        if sign.at is not None:
            return sign
        first = first or sign
    return first


def tracked_elsewhere(ticket: Ticket) -> bool:
    """Whether the work goes on in a tracker whose comments are not among the ticket's own."""
    return any(
        link.type is LinkType.TRACKED_BY or (link.platform is not None and link.platform is not ticket.platform)
        for link in ticket.links
    )


def _signs(ticket: Ticket, context: Context) -> Iterator[Escalation]:
    groups, statuses, marks = context.of_run("escalated", lambda: _named(context))
    if ticket.group is not None and groups:
        for called in (ticket.group.name, ticket.group.id):
            if called is not None and fold_word(called) in groups:
                yield _told(ticket, "group", called)
                break
    if ticket.native_status is not None and fold_word(ticket.native_status) in statuses:
        yield _told(ticket, "status", ticket.native_status)
    if ticket.tags and (tag := next((tag for tag in ticket.tags if fold_word(tag) in marks), None)):
        yield _told(ticket, "tags", tag)
    if ticket.links and any(link.type is LinkType.TRACKED_BY for link in ticket.links):
        yield Escalation(by="links")
    mark = ticket.native.get("escalation")
    if mark is not None and str(mark) in ("2", "3"):
        # ServiceNow: 2 high, 3 overdue; 1 is moderate, which SLA timers set by themselves.
        yield Escalation(by="escalation")


def _named(context: Context) -> tuple[frozenset[str], ...]:
    """Groups, statuses and tags that mean escalated, folded."""
    settings = context.settings
    kinds = (settings.escalated_groups, settings.escalated_statuses, settings.escalated_tags)
    return tuple(frozenset(map(fold_word, kind)) for kind in kinds)


def _told(ticket: Ticket, field: str, value: str) -> Escalation:
    event = _since(ticket, field, value)
    return Escalation(by=field) if event is None else Escalation(by=field, at=event.at, who=event.actor)


def _since(ticket: Ticket, field: str, value: str) -> Event | None:
    """The last change to this value."""
    wanted = fold_word(value)
    for event in reversed(in_order(ticket.history)):
        if event.field != field:
            continue
        after = event.after if isinstance(event.after, list) else [event.after, event.after_label]
        before = event.before if isinstance(event.before, list) else [event.before, event.before_label]
        if wanted in _words(after) and wanted not in _words(before):
            return event
    return None


def _words(values: list[object]) -> set[str]:
    return {fold_word(str(value)) for value in values if value is not None}
