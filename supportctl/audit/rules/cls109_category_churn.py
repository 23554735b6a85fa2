from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from supportctl.adapters.base import Need
from supportctl.audit.moves import by_machine
from supportctl.audit.periods import status_periods
from supportctl.audit.rule import Context, HistoryRule, Options
from supportctl.audit.scope import is_duplicate, is_noise
from supportctl.audit.verdict import CLEAN, OUTSIDE, Verdict, fault
from supportctl.model import Confidence, Event, Evidence, Persona, Severity, Status, Ticket
from supportctl.query.fields import custom_id
from supportctl.text.fold import fold_word

CORRECTED_WITHIN = timedelta(minutes=2)

_OTHERS = frozenset(
    {"status", "assignee", "group", "tags", "priority", "comment", "title", "requester", "kind", "organization"}
    | {"custom_status_id", "notification", "closure_code", "links", "hold_reason", "brand_id", "ticket_form_id"}
)
"""What most histories are full of, and no category."""


class ChurnOptions(Options, frozen=True):
    changes: int = 2
    """So many changes of one category into another are a finding."""


class CategoryChurn(HistoryRule):
    """People changed the category again and again, or after the ticket was resolved.

    ## What it does
    Reports tickets whose category people changed into another at least twice, and tickets whose category was changed
    while they were resolved or closed.

    ## Why is this bad?
    The list of categories does not fit the work, or figures are being corrected after the fact. Routing went astray
    each time.

    ## Example
    network → hardware → software, in three days, by two teams.

    ## Fix
    Agree on the category at hand-over; where the same pair goes to and fro, the list needs a better word.

    ## False positives
    One correction in triage is good work. Filling in an empty category is no change, nor is what machines do, nor a
    slip that the same person put right within two minutes. A category set together with the resolution is set before
    it. Merged and duplicate tickets, spam and cancelled tickets are out of scope.

    ## Fields
    ServiceNow `sys_audit` of `category`. Zendesk audits and JSM changelog of the field the profile maps, the one named
    by `category_field`, or one called "Category".
    """

    code = "CLS109"
    name = "category-churn"
    severity = Severity.LOW
    confidence = Confidence.MEDIUM
    persona = Persona.PEDANTIC
    fields: ClassVar[frozenset[str]] = frozenset({"history"})
    wants: ClassVar[frozenset[Need]] = frozenset({Need.CUSTOM, Need.LINKS})
    options = ChurnOptions

    def check_history(self, ticket: Ticket, events: Sequence[Event], context: Context) -> Verdict:
        if is_noise(ticket, context) or is_duplicate(ticket):
            return OUTSIDE
        moves = _moves(ticket, events, context)
        if not moves:
            return CLEAN
        changes = _settled([event for event in moves if event.at and not by_machine(event, ticket, context)])
        limit = context.options(self.code, ChurnOptions).changes
        if len(changes) >= limit:
            return fault(
                "the category was changed again and again",
                ">".join(f"{at.isoformat()} {value}" for at, value in changes),
                [Evidence(field="category", seen=f"change {n}", at=at) for n, (at, _) in enumerate(changes[:5], 1)],
                threshold=f"{limit} changes by people ({'default' if limit == 2 else 'option changes'})",
            )
        if late := [at for at, _ in changes if _was_done(ticket, events, at)]:
            return fault(
                "the category was changed after the ticket was resolved",
                f"late {late[0].isoformat()}",
                [Evidence(field="category", seen="changed while resolved or closed", at=late[0])],
                threshold="no change between resolution and reopening (default)",
            )
        return CLEAN


def _names(ticket: Ticket, context: Context) -> frozenset[str]:
    """What the category is called in this ticket's history, folded."""
    wanted = {"category"}
    field = context.settings.category_field
    if field is not None:
        wanted |= {fold_word(field), custom_id(field)}
    mapped = [each for each in ticket.custom if ticket.category is not None and each.value == ticket.category]
    for each in ticket.custom:
        called = fold_word(each.name or "")
        if called in wanted or custom_id(each.id) in wanted or (len(mapped) == 1 and each is mapped[0]):
            wanted |= {fold_word(each.id), custom_id(each.id), *([called] if called else [])}
    return frozenset(wanted)


def _moves(ticket: Ticket, events: Sequence[Event], context: Context) -> list[Event]:
    """Changes of the category, whatever it is called here. Fields of the platform's own cost more."""
    if all(event.field == "category" or event.field in _OTHERS for event in events):
        return [event for event in events if event.field == "category"]
    names = _names(ticket, context)
    return [
        event
        for event in events
        if event.field == "category"
        or fold_word(event.field) in names
        or (event.native_field is not None and fold_word(event.native_field) in names)
    ]


def _settled(moves: Sequence[Event]) -> list[tuple[datetime, str]]:
    """Changes of one value into another, what one person put right at once taken together."""
    runs: list[list[Event]] = []
    for event in moves:
        if runs and _corrects(event, runs[-1][-1]):
            runs[-1].append(event)
            continue
        runs.append([event])
    found = []
    for run in runs:
        before, after, at = run[0].before, run[-1].after, run[-1].at
        assert at is not None
        if _filled(before) and _filled(after) and str(before) != str(after):
            found.append((at, str(after)))
    return found


def _corrects(event: Event, last: Event) -> bool:
    if event.at is None or last.at is None or not _filled(last.after):
        return False
    return _who(event) == _who(last) and event.at - last.at <= CORRECTED_WITHIN


def _who(event: Event) -> str | None:
    return None if event.actor is None else event.actor.id


def _filled(value: object) -> bool:
    return value not in (None, "", [], {})


def _was_done(ticket: Ticket, events: Sequence[Event], at: datetime) -> bool:
    """Whether the ticket was resolved before that moment and not reopened since."""
    for period in status_periods(ticket, events):
        if period.start < at and (period.end is None or at < period.end):
            return period.status in (Status.RESOLVED, Status.CLOSED)
    return False
