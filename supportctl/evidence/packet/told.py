"""What is known once everything is masked: what summaries, the timeline and the list of evidence are told from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from supportctl.evidence.packet.parts import Case
from supportctl.evidence.packet.timeline import Row
from supportctl.model import DONE
from supportctl.reports.cells import timestamp


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """A file below ``evidence``, or one that is not taken."""

    name: str
    path: str | None
    """None where it is not in the packet."""
    size: int | None
    what: str
    note: str
    needs_eye: bool
    of: str
    about: str | None = None
    """Path of what is said about it (``evidence/session.har.md``)."""


@dataclass(frozen=True, kw_only=True)
class Told:
    tickets: Sequence[Mapping[str, Any]]
    elements: Mapping[str, Mapping[str, Any]]
    score: int | None
    impact: Mapping[str, Any]
    asked: str
    rows: Sequence[Row]
    evidence: Sequence[Evidence]
    left_out: Sequence[str]
    names: str
    """What the redactor says of names it cannot know."""

    @property
    def lead(self) -> Mapping[str, Any]:
        return self.tickets[0]


def impact(case: Case) -> dict[str, Any]:
    """Added up over all tickets: counts only, so that nobody is named."""
    tickets = case.tickets
    people = {each.requester.id for each in tickets if each.requester is not None}
    organizations = {each.organization.id for each in tickets if each.organization is not None}
    reported = sorted(each.created_at for each in tickets if each.created_at is not None)
    priorities = sorted(str(each.priority) for each in tickets if each.priority is not None)
    return {
        "tickets": len(tickets),
        "customers": len(people),
        "customers_unknown": sum(1 for each in tickets if each.requester is None),
        "organizations": len(organizations),
        "open": sum(1 for each in tickets if each.status is not None and each.status not in DONE),
        "users": case.users,
        "first": timestamp(reported[0]) if reported else None,
        "last": timestamp(reported[-1]) if reported else None,
        "worst_priority": priorities[0] if priorities else None,
        "reopens": sum(each.reopens or 0 for each in tickets),
    }
