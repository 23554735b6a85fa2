"""Whether a ticket was escalated, and when: by tag, group, status, the platform's own mark, or a link to a bug."""

from datetime import datetime

import msgspec

from supportctl.audit.rule import Context, in_order
from supportctl.model import LinkType, Ticket
from supportctl.text.fold import fold_word


class Escalation(msgspec.Struct, frozen=True, kw_only=True):
    by: str
    """The field that shows it: ``tags``, ``group``, ``status``, ``links``, ``escalation``."""
    at: datetime | None = None
    """When, where the history tells."""


def escalation(ticket: Ticket, context: Context) -> Escalation | None:
    """The first sign found; None: no sign. Fields that are unknown give no sign."""
    settings = context.settings
    groups = {fold_word(group) for group in settings.escalated_groups}
    statuses = {fold_word(status) for status in settings.escalated_statuses}
    if groups and ticket.group is not None:
        for called in (ticket.group.name, ticket.group.id):
            if called is not None and fold_word(called) in groups:
                return Escalation(by="group", at=_since(ticket, "group", called))
    if ticket.native_status is not None and fold_word(ticket.native_status) in statuses:
        return Escalation(by="status", at=_since(ticket, "status", ticket.native_status))
    marks = {fold_word(tag) for tag in settings.escalated_tags}
    if tag := next((tag for tag in ticket.tags if fold_word(tag) in marks), None):
        return Escalation(by="tags", at=_since(ticket, "tags", tag))
    if any(link.type is LinkType.TRACKED_BY for link in ticket.links):
        return Escalation(by="links")
    if str(ticket.native.get("escalation") or "0") in ("2", "3"):
        # ServiceNow: 2 high, 3 overdue; 1 is moderate, which SLA timers set by themselves.
        return Escalation(by="escalation")
    return None


def _since(ticket: Ticket, field: str, value: str) -> datetime | None:
    wanted = fold_word(value)
    for event in reversed(in_order(ticket.history)):
        if event.field != field:
            continue
        after = event.after if isinstance(event.after, list) else [event.after, event.after_label]
        before = event.before if isinstance(event.before, list) else [event.before, event.before_label]
        if wanted in _words(after) and wanted not in _words(before):
            return event.at
    return None


def _words(values: list[object]) -> set[str]:
    return {fold_word(str(value)) for value in values if value is not None}
