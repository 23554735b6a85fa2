"""Tickets as cells and JSON."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from supportctl.model import DONE, NamedRef, Person, Priority, Sla, Ticket
from supportctl.reports.base import Column, Sheet
from supportctl.reports.cells import ago
from supportctl.reports.fields import ticket_fields


def person(who: Person | None) -> str | None:
    """The name, else the address, else the platform's id."""
    return None if who is None else who.name or who.email or who.id


def named(what: NamedRef | None) -> str | None:
    return None if what is None else what.name or what.id


def sla_state(slas: Sequence[Sla]) -> str | None:
    """``breached``, ``running``, ``paused`` or ``met`` over all clocks, the worst first; None without a clock."""
    if not slas:
        return None
    if any(sla.breached for sla in slas):
        return "breached"
    open_clocks = [sla for sla in slas if sla.stopped_at is None]
    if not open_clocks:
        return "met"
    return "paused" if all(sla.paused for sla in open_clocks) else "running"


def _when(field: str) -> Callable[[Ticket, datetime], str]:
    return lambda ticket, now: ago(getattr(ticket, field), now)


def _time(name: str, field: str, rank: int) -> Column[Ticket]:
    return Column(
        name=name,
        field=field,
        value=lambda ticket: getattr(ticket, field),
        human=_when(field),
        rank=rank,
        width=7,
        right=True,
    )


def _priority_style(ticket: Ticket) -> str | None:
    return {Priority.P1: "bold red", Priority.P2: "red"}.get(ticket.priority) if ticket.priority else None


def _status_style(ticket: Ticket) -> str | None:
    return "dim" if ticket.status in DONE else None


def _sla_style(ticket: Ticket) -> str | None:
    return "red" if sla_state(ticket.slas) == "breached" else None


def _unknown(ticket: Ticket) -> str | None:
    return "; ".join(f"{field}: {why}" for field, why in ticket.unknown.items()) or None


COLUMNS: tuple[Column[Ticket], ...] = (
    Column(name="key", value=lambda t: t.key, rank=0, width=16, link=lambda t: t.url),
    Column(name="priority", value=lambda t: t.priority, rank=1, width=8, short="pri", style=_priority_style),
    Column(name="status", value=lambda t: t.status, rank=1, width=9, style=_status_style),
    Column(name="title", value=lambda t: t.title, rank=0, width=0),
    Column(name="assignee", value=lambda t: person(t.assignee), rank=4, width=18),
    Column(name="requester", value=lambda t: person(t.requester), rank=6, width=18),
    Column(name="group", value=lambda t: named(t.group), rank=5, width=18),
    Column(name="organization", value=lambda t: named(t.organization), rank=7, width=18),
    Column(name="kind", value=lambda t: t.kind, rank=7, width=9),
    Column(name="tags", value=lambda t: " ".join(t.tags) or None, rank=6, width=24),
    _time("created", "created_at", 3),
    _time("updated", "updated_at", 2),
    _time("resolved", "resolved_at", 6),
    _time("closed", "closed_at", 6),
    _time("due", "due_at", 5),
    _time("first_response", "first_response_at", 6),
    Column(name="sla", field="slas", value=lambda t: sla_state(t.slas), rank=3, width=8, style=_sla_style),
    Column(name="category", value=lambda t: t.category, rank=7, width=18),
    Column(name="subcategory", value=lambda t: t.subcategory, rank=7, width=18),
    Column(name="component", value=lambda t: named(t.component), rank=7, width=18),
    Column(name="service", value=lambda t: named(t.service), rank=7, width=18),
    Column(name="channel", value=lambda t: t.channel, rank=8, width=10),
    Column(name="impact", value=lambda t: t.impact, rank=8, width=6),
    Column(name="urgency", value=lambda t: t.urgency, rank=8, width=7),
    Column(name="reopens", value=lambda t: t.reopens, rank=8, width=7, right=True),
    Column(name="reassignments", value=lambda t: t.reassignments, rank=8, width=7, right=True),
    Column(name="closure_code", value=lambda t: t.closure_code, rank=8, width=18),
    Column(name="native_status", value=lambda t: t.native_status, rank=8, width=18),
    Column(name="native_priority", value=lambda t: t.native_priority, rank=8, width=12),
    Column(name="links", value=lambda t: " ".join(f"{k.type}:{k.key}" for k in t.links) or None, rank=8, width=24),
    Column(name="platform", value=lambda t: t.platform, rank=8, width=10),
    Column(name="profile", value=lambda t: t.profile, rank=8, width=12),
    Column(name="id", value=lambda t: t.id, rank=8, width=32),
    Column(name="url", value=lambda t: t.url, rank=9, width=40),
    Column(name="unknown", value=_unknown, rank=9, width=24),
)


def pick(ticket: Ticket, fields: Sequence[str]) -> dict[str, Any]:
    """Those fields, empty ones as null or []; ``unknown`` comes along when one of them is unknown."""
    chosen = {field: msgspec.to_builtins(getattr(ticket, field)) for field in fields}
    hidden = {field: str(why) for field, why in ticket.unknown.items() if field in chosen}
    if hidden and "unknown" not in chosen:
        chosen["unknown"] = hidden
    return chosen


_METRICS = (
    "resolved", "resolved_at", "closed", "closed_at", "first_response_at", "reopens", "reassignments", "first_response",
)  # fmt: skip


def columns_needing(names: Sequence[str]) -> frozenset[str]:
    """What must be fetched beyond the ticket itself to fill these columns or fields (values of `Need`)."""
    needs = {
        "tags": "tags",
        "assignee": "people",
        "requester": "people",
        "group": "people",
        "organization": "people",
        "sla": "slas",
        "slas": "slas",
        "links": "links",
        "custom": "custom",
        "comments": "comments",
        "history": "history",
        "attachments": "attachments",
        **dict.fromkeys(_METRICS, "metrics"),
    }
    return frozenset(needs[name] for name in names if name in needs)


TICKETS: Sheet[Ticket] = Sheet(
    name="tickets",
    columns=COLUMNS,
    default=("key", "priority", "status", "title", "assignee", "group", "created", "updated", "tags"),
    csv=(
        "key",
        "kind",
        "status",
        "priority",
        "title",
        "requester",
        "assignee",
        "group",
        "organization",
        "tags",
        "created",
        "updated",
        "resolved",
        "closed",
        "url",
        "unknown",
    ),
    fields=ticket_fields(),
    encode=msgspec.json.encode,
    pick=pick,
    unknown=lambda ticket, field: field in ticket.unknown,
)
