"""How a ticket was ended: by which code, with which words, by whom and when."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from supportctl.adapters.base import Need
from supportctl.audit.actors import Actor, same_person
from supportctl.audit.conversation import Said, conversation
from supportctl.audit.rule import Context
from supportctl.audit.verdict import Unjudged
from supportctl.model import Kind, Person, Platform, Role, Ticket, Unknown
from supportctl.query.custom_values import custom_value, names_custom
from supportctl.text.fold import fold_word

LATE = timedelta(minutes=15)
"""Words that come so soon after the resolution, or so soon before the last ones, belong to it."""
SELF_EXPLAINING = (
    "duplicate",
    "spam",
    "cancel",
    "withdrawn",
    "reset",
    "resolved by caller",
    "closed by caller",
    "resolved by requester",
)
"""Parts of closure codes that say all there is to say."""
FULFILMENT = (Kind.TASK, Kind.CHANGE, Kind.PROBLEM)
"""Kinds whose records keep what was done in other fields."""


def no_code(context: Context) -> str | None:
    """Why closure codes cannot be read on this platform; None: they can."""
    if "closure_code" not in context.capabilities.unknown_fields:
        return None
    if context.settings.closure_field is None:
        return f"{context.capabilities.platform} has no closure code; name yours in the setting closure_field"
    return None if Need.CUSTOM in context.capabilities.reads else "needs custom, which cannot be read here"


def closure_code(ticket: Ticket, context: Context) -> str | Unjudged | None:
    """The platform's own code, else the value of the field that the settings name; None: empty."""
    if ticket.closure_code and ticket.knows("closure_code"):
        return ticket.closure_code
    field = context.settings.closure_field
    if field is None or (ticket.knows("closure_code") and not names_custom(ticket, field)):
        return None if ticket.knows("closure_code") else Unjudged("closure_code")
    if not names_custom(ticket, field):
        return Unjudged("custom")
    value = custom_value(ticket, field)
    if isinstance(value, Mapping):
        value = next((value[name] for name in ("display_value", "value", "name") if value.get(name)), None)
    return None if value is None else str(value)


def explains_itself(code: str | None) -> bool:
    """Whether the code says enough: there is nothing to add to a duplicate or to spam."""
    return code is not None and any(part in fold_word(code) for part in SELF_EXPLAINING)


def has_notes(ticket: Ticket) -> bool:
    """Whether the ticket has a field for resolution notes; where not, the last comment is the note.

    ServiceNow's tables have it always: there a field that does not come is hidden.
    """
    reason = ticket.unknown.get("resolution_notes")
    return reason is None or reason is not Unknown.ABSENT or ticket.platform is Platform.SERVICENOW


def last_words(ticket: Ticket, context: Context) -> list[Said]:
    """What the team said at the end: the last comment up to the resolution, and those written along with it.

    Includes a comment of which nobody knows whether an agent wrote it; of people who work on a ticket of their own,
    their own.
    """
    ended = ticket.resolved_at or ticket.closed_at
    team = (
        (Actor.AGENT, Actor.UNKNOWN, Actor.CUSTOMER) if works_for_themselves(ticket) else (Actor.AGENT, Actor.UNKNOWN)
    )
    said = [
        one for one in conversation(ticket, context) if one.actor in team and (ended is None or one.at - ended <= LATE)
    ]
    return [one for one in said if said[-1].at - one.at <= LATE] if said else []


def works_for_themselves(ticket: Ticket) -> bool:
    """Whether whoever asked is one of the team, or does the work."""
    if ticket.requester is None:
        return False
    mine = ticket.assignee is not None and same_person(ticket.requester, ticket.assignee) is True
    return mine or ticket.requester.role is Role.AGENT


class Resolved(msgspec.Struct, frozen=True, kw_only=True):
    by: Person
    at: datetime


def resolved_by(ticket: Ticket) -> Resolved | None:
    """Who resolved it, where the record says so itself; the history tells more platforms, see `periods.ending`.

    ServiceNow names in `closed_by` whoever runs the automatic closing; `resolved_by` is the person who did the work.
    """
    resolver = ticket.native.get("resolved_by")
    if not isinstance(resolver, str) or not resolver or ticket.resolved_at is None:
        return None
    shown = ticket.native.get("display_values")
    name = shown.get("resolved_by") if isinstance(shown, Mapping) else None
    return Resolved(by=Person(id=resolver, name=name if isinstance(name, str) else None), at=ticket.resolved_at)


def is_ours(native: Mapping[str, Any]) -> bool:
    """Whether a comment or an event bears the mark of a change plan that this tool carried out."""
    for holder in (native, native.get("audit")):
        if not isinstance(holder, Mapping):
            continue
        metadata = holder.get("metadata")
        custom = metadata.get("custom") if isinstance(metadata, Mapping) else None
        if isinstance(custom, Mapping) and any(str(name).startswith("supportctl") for name in custom):
            return True
    properties = native.get("properties")
    return isinstance(properties, list) and any(
        isinstance(each, Mapping) and str(each.get("key")).startswith("supportctl") for each in properties
    )
