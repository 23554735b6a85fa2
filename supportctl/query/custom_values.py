"""What a ticket says in a custom field, by its human name or the platform's id."""

from typing import Any

from supportctl.model import CustomField, Ticket
from supportctl.query.fields import custom_id
from supportctl.text.fold import fold_word


def names_custom(ticket: Ticket, name: str) -> bool:
    """Whether the ticket says anything about this custom field; otherwise it is unknown, not empty."""
    return "custom" not in ticket.unknown and _find(ticket, name) is not None


def custom_value(ticket: Ticket, name: str) -> Any:
    """The value, or None when it is empty or not mentioned."""
    field = _find(ticket, name)
    return None if field is None or field.value in ("", [], {}) else field.value


def _find(ticket: Ticket, name: str) -> CustomField | None:
    wanted, wanted_id = fold_word(name.strip()), custom_id(name)
    for field in ticket.custom:
        if custom_id(field.id) == wanted_id or (field.name is not None and fold_word(field.name.strip()) == wanted):
            return field
    return None
