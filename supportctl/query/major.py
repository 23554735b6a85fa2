"""Whether an incident is marked as a major one: by the platform's own state, a field or a tag."""

from supportctl.model import Ticket
from supportctl.query.custom_values import custom_value, names_custom
from supportctl.text.fold import fold_word

STATE = "major_incident_state"
"""ServiceNow: ``proposed``, ``accepted``, ``rejected``, ``canceled``, or empty."""
FIELDS = ("Major incident", "Major Incident Process Status")
TAGS = frozenset({"major", "major_incident", "major-incident", "majorincident", "major incident", "sev1", "sev-1"})
_NO = frozenset({"", "no", "false", "none", "nein", "non", "null"})


def is_major(ticket: Ticket) -> bool:
    """Accepted as one."""
    state = ticket.native.get(STATE)
    if state is not None and fold_word(str(state)) == "accepted":
        return True
    return _field(ticket) or _tagged(ticket)


def is_proposed(ticket: Ticket) -> bool:
    """Somebody has at least asked whether it is one; also when the answer was no."""
    state = ticket.native.get(STATE)
    return (state is not None and fold_word(str(state)) not in _NO) or _field(ticket) or _tagged(ticket)


def says(ticket: Ticket) -> bool:
    """Whether the ticket has a place for it besides tags."""
    return STATE in ticket.native or any(names_custom(ticket, name) for name in FIELDS)


def _tagged(ticket: Ticket) -> bool:
    return bool(ticket.tags) and not TAGS.isdisjoint(map(fold_word, ticket.tags))


def _field(ticket: Ticket) -> bool:
    return bool(ticket.custom) and any(
        value is not None and fold_word(str(value)) not in _NO
        for value in (custom_value(ticket, name) for name in FIELDS)
    )
