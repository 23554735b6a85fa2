"""Where the work on many tickets is done: problems and major incidents lead, whatever their age.

One rule for sets and for links: what leads a cluster is not linked away.
"""

from supportctl.model import Kind, Ticket
from supportctl.text.fold import fold

MAJOR = frozenset({"major", "major_incident", "major-incident", "majorincident", "major incident", "sev1", "sev-1"})
PROBLEM, MAJOR_INCIDENT = 2, 1


def lead(ticket: Ticket) -> int:
    """The higher goes before the lower; 0: an ordinary ticket."""
    if ticket.kind is Kind.PROBLEM:
        return PROBLEM
    return MAJOR_INCIDENT if is_major(ticket) else 0


def is_major(ticket: Ticket) -> bool:
    """Accepted as a major incident: by the platform's own state, or by a tag."""
    state = ticket.native.get("major_incident_state")
    if state is not None and fold(str(state)) == "accepted":
        return True
    return not MAJOR.isdisjoint(map(fold, ticket.tags))
