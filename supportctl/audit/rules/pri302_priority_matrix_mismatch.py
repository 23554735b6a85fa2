import re
from collections.abc import Hashable
from functools import lru_cache
from typing import ClassVar

import msgspec

from supportctl.audit.rule import Context, Options, TicketRule
from supportctl.audit.scope import is_noise, lacks
from supportctl.audit.verdict import CLEAN, OUTSIDE, Verdict, fault
from supportctl.model import Confidence, Evidence, FieldFix, Fix, Priority, Severity, Ticket
from supportctl.text.fold import fold_word


class PriorityMatrixMismatchOptions(Options, frozen=True):
    matrix: dict[str, Priority] = msgspec.field(default_factory=dict)
    """``"impact/urgency" = "p2"``, in the ticket's own values (``"1/2"``). Nothing is learned where this is set."""
    share: float = 0.8
    """A learned cell with a majority smaller than this is undecided, and no ticket is held against it."""
    raised_tags: tuple[str, ...] = ("vip", "executive", "exec", "board")
    """A ticket with such a tag, or a tag made of such a word, may be more urgent than the matrix says."""


class PriorityMatrixMismatch(TicketRule):
    """A ticket's priority is not the one its impact and urgency make.

    ## What it does
    Compares the priority with the matrix of impact and urgency. The matrix is the option `matrix`; without it, it is
    learned: what most tickets of the queue with the same impact and urgency have. A cell counts when at least 20
    tickets have this impact and urgency and any priority, and at least 80 % of them the same one.

    ## Why is this bad?
    Priority decides who is woken up and which clock runs. If it does not follow from impact and urgency, it follows
    from who shouted.

    ## Example
    Impact 1, urgency 1, priority p4, where 212 of 215 such tickets are p1.

    ## Fix
    Set the priority that the matrix gives, or correct impact or urgency. With the option `matrix` the fix is safe: it
    is the team's own rule. A learned priority is a guess, and wants a person's eye.

    ## False positives
    No matrix is built in: each team has its own. Tickets without priority, impact or urgency belong to other
    rules. Tickets raised by policy are passed over: a tag of the option `raised_tags`, and more urgent than the
    matrix says. Cells with few tickets or without a clear majority decide nothing. Merged tickets, spam and
    cancelled tickets are out of scope.

    ## Fields
    Zendesk custom fields mapped to `impact` and `urgency`, `priority`; JSM the same; ServiceNow `impact`, `urgency`,
    `priority`.
    """

    code = "PRI302"
    name = "priority-matrix-mismatch"
    severity = Severity.MEDIUM
    confidence = Confidence.HIGH
    fields: ClassVar[frozenset[str]] = frozenset({"impact", "urgency", "priority"})
    options = PriorityMatrixMismatchOptions
    learns = True

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if unknown := lacks(ticket, "impact", "urgency", "priority"):
            return unknown
        if ticket.impact is None or ticket.urgency is None or ticket.priority is None or is_noise(ticket, context):
            return OUTSIDE
        options = context.options(self.code, PriorityMatrixMismatchOptions)
        if options.matrix:
            expected, origin = _given(ticket.impact, ticket.urgency, options), "option matrix"
        else:
            expected, origin = _learned(ticket, context, options)
        if expected is None:
            return OUTSIDE
        if ticket.priority is expected:
            return CLEAN
        if ticket.priority < expected and _raised(ticket, options):
            return OUTSIDE
        return fault(
            f"priority {ticket.priority} where impact and urgency make {expected}",
            f"{ticket.impact}/{ticket.urgency}/{ticket.priority}/{expected}",
            [
                Evidence(field="priority", seen=ticket.priority.value),
                Evidence(field="impact", seen=ticket.impact),
                Evidence(field="urgency", seen=ticket.urgency),
            ],
            threshold=f"{expected} ({origin})",
            passes=f"priority {expected}, or an impact and urgency that make {ticket.priority}",
            fixes=(
                Fix(
                    title=f"set the priority to {expected}",
                    safe=bool(options.matrix),
                    remedy=FieldFix(field="priority", value=expected.value),
                ),
            ),
        )

    def case(self, ticket: Ticket, context: Context) -> Hashable | None:
        """Platform, profile, impact, urgency, priority, and whether it may be raised."""
        if lacks(ticket, "impact", "urgency", "priority") or is_noise(ticket, context):
            return None
        if ticket.impact is None or ticket.urgency is None or ticket.priority is None:
            return None
        raised = bool(ticket.tags) and _raised(ticket, context.options(self.code, PriorityMatrixMismatchOptions))
        return ticket.platform, ticket.profile, ticket.impact, ticket.urgency, ticket.priority, raised


def _given(impact: str, urgency: str, options: PriorityMatrixMismatchOptions) -> Priority | None:
    found = options.matrix.get(f"{impact}/{urgency}")
    if found is not None:
        return found
    wanted = f"{_plain(impact)}/{_plain(urgency)}"
    return next((priority for cell, priority in options.matrix.items() if _cell(cell) == wanted), None)


def _cell(written: str) -> str:
    """Spaces around the stroke and case do not matter."""
    impact, _, urgency = written.partition("/")
    return f"{_plain(impact)}/{_plain(urgency)}"


def _plain(value: str) -> str:
    return fold_word(value.strip())


def _learned(ticket: Ticket, context: Context, options: PriorityMatrixMismatchOptions) -> tuple[Priority | None, str]:
    cell = context.learned.usual_priority(ticket)
    if cell is None or cell.share < options.share:
        return None, ""
    return Priority(cell.priority), f"learned from {cell.support} tickets, {cell.share:.1%} of them"


_WORDS = re.compile(r"[^\W_]+")


def _raised(ticket: Ticket, options: PriorityMatrixMismatchOptions) -> bool:
    return any(_raises(tag, options.raised_tags) for tag in ticket.tags)


@lru_cache(maxsize=4096)
def _raises(tag: str, marks: tuple[str, ...]) -> bool:
    folded = fold_word(tag)
    return not {folded, *_WORDS.findall(folded)}.isdisjoint(map(fold_word, marks))
