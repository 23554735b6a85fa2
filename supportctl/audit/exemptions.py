"""Excuses on the ticket itself: the tag ``hygiene-exempt``, or ``exempt:CODE`` for one rule."""

from supportctl.audit.registry import names
from supportctl.audit.rule import Rule
from supportctl.model import Ticket
from supportctl.text.fold import fold_word

ALL = "hygiene-exempt"
ONE = "exempt:"


def is_exempt(ticket: Ticket, rule: Rule) -> bool:
    """Whether a tag excuses this rule's fault; code, name and aliases count, in any case."""
    if not ticket.tags:
        return False
    tags = [fold_word(tag) for tag in ticket.tags]
    if ALL in tags:
        return True
    excused = {tag.removeprefix(ONE) for tag in tags if tag.startswith(ONE)}
    return bool(excused) and not excused.isdisjoint(names(rule))
