"""Where the work on many tickets is done: problems and major incidents lead, whatever their age.

One rule for sets and for links: what leads a cluster is not linked away.
"""

from supportctl.model import Kind, Ticket
from supportctl.query.major import is_major

PROBLEM, MAJOR_INCIDENT = 2, 1


def lead(ticket: Ticket) -> int:
    """The higher goes before the lower; 0: an ordinary ticket."""
    if ticket.kind is Kind.PROBLEM:
        return PROBLEM
    return MAJOR_INCIDENT if is_major(ticket) else 0
