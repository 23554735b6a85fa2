"""Zendesk words and portable words, as data. A profile overrides statuses and priorities."""

from collections.abc import Iterable

from supportctl.model import Kind, Priority, Status

STATUSES = {
    "new": Status.NEW,
    "open": Status.OPEN,
    "pending": Status.PENDING,
    "hold": Status.ON_HOLD,
    "solved": Status.RESOLVED,
    "closed": Status.CLOSED,
    "deleted": Status.DELETED,
}
"""``deleted`` is only seen in exports. A custom status has one of these as its category, in the same field."""

PRIORITIES = {"urgent": Priority.P1, "high": Priority.P2, "normal": Priority.P3, "low": Priority.P4}

KINDS = {"incident": Kind.INCIDENT, "problem": Kind.PROBLEM, "question": Kind.QUESTION, "task": Kind.TASK}

MAPPABLE = frozenset({"impact", "urgency", "category", "subcategory", "closure_code", "resolution_notes"})
"""Portable text fields Zendesk has no field for; a profile may map each to a custom field."""

OWN = frozenset({"title", "priority", "kind", "due_at"})
"""Our fields that every ticket has and that can be set; others need a mapping in the profile."""


def settable(mapped: Iterable[str]) -> frozenset[str]:
    """Our fields that can be set under a profile that maps these."""
    return OWN | (MAPPABLE & frozenset(mapped))


UNKNOWN_FIELDS = MAPPABLE | {"component", "service"}
"""Portable fields Zendesk does not have of itself."""

EVENT_FIELDS = {
    "status": "status",
    "priority": "priority",
    "type": "kind",
    "subject": "title",
    "description": "description",
    "assignee_id": "assignee",
    "group_id": "group",
    "requester_id": "requester",
    "organization_id": "organization",
    "tags": "tags",
    "due_at": "due_at",
    "problem_id": "links",
    "satisfaction_score": "satisfaction",
}
"""Field names in audits -> portable field names."""
