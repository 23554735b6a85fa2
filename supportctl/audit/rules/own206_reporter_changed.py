from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar

from supportctl.adapters.base import Need
from supportctl.audit.actors import is_bot, same_person
from supportctl.audit.moves import by_machine
from supportctl.audit.rule import Context, HistoryRule, Options
from supportctl.audit.scope import is_duplicate, is_noise
from supportctl.audit.settings import HOUR, spoken
from supportctl.audit.verdict import CLEAN, OUTSIDE, Verdict, fault
from supportctl.model import Confidence, Event, Evidence, Person, Persona, Severity, Ticket
from supportctl.text.fold import fold_word


class ReporterOptions(Options, frozen=True):
    intake: timedelta = HOUR
    """How long after creation the requester may be put right without a word."""


class ReporterChanged(HistoryRule):
    """The requester was replaced after the ticket was created.

    ## What it does
    Reports tickets whose requester a person changed from one customer to another more than an hour after creation.

    ## Why is this bad?
    The first customer stops hearing of their own problem, satisfaction is asked of somebody else, and the new
    requester can read what the old one wrote.

    ## Example
    A ticket of Monday gets another requester on Thursday; the thread stays.

    ## Fix
    Add the second person as a participant or follower, or open a linked ticket. Where the change is right, say so in
    a note.

    ## False positives
    Tickets opened on behalf of somebody begin with the agent as requester: putting the customer in is no finding, nor
    is any change within the first hour, by a machine, or between two accounts of one name. Merged and duplicate
    tickets, spam and cancelled tickets are out of scope. This rule is for auditors.

    ## Fields
    Zendesk audits of `requester_id`; JSM changelog of the reporter; ServiceNow `sys_audit` of `caller_id`.
    """

    code = "OWN206"
    name = "reporter-changed"
    severity = Severity.INFO
    confidence = Confidence.MEDIUM
    persona = Persona.AUDITOR
    fields: ClassVar[frozenset[str]] = frozenset({"history", "created_at"})
    wants: ClassVar[frozenset[Need]] = frozenset({Need.PEOPLE, Need.LINKS})
    options = ReporterOptions

    def check_history(self, ticket: Ticket, events: Sequence[Event], context: Context) -> Verdict:
        if is_noise(ticket, context) or is_duplicate(ticket):
            return OUTSIDE
        changes = [event for event in events if event.field == "requester" and event.before and event.after]
        if not changes:
            return CLEAN
        if not ticket.knows("created_at") or ticket.created_at is None:
            return OUTSIDE
        intake = context.options(self.code, ReporterOptions).intake
        for event in changes:
            if event.at is None or event.at - ticket.created_at <= intake or by_machine(event, ticket, context):
                continue
            if _one_person(event) or _on_behalf(event, ticket, events, context):
                continue
            return fault(
                "the requester was replaced",
                event.at.isoformat(),
                [Evidence(field="requester", seen="one person in place of another", at=event.at)],
                threshold=f"later than {spoken(intake)} after creation"
                f" ({'default' if intake == HOUR else 'option intake'})",
                passes="the first requester, and the other one as a participant",
            )
        return CLEAN


def _one_person(event: Event) -> bool:
    """The same id, or two accounts of one name."""
    if str(event.before) == str(event.after):
        return True
    if not event.before_label or not event.after_label:
        return False
    return fold_word(event.before_label.strip()) == fold_word(event.after_label.strip())


def _on_behalf(event: Event, ticket: Ticket, events: Sequence[Event], context: Context) -> bool:
    """Whether the one who was replaced is of the team: the actor, an assignee, somebody who worked on it, a machine."""
    first = Person(id=str(event.before), name=event.before_label)
    if is_bot(first, context):
        return True
    if event.actor is not None and same_person(first, event.actor) is not False:
        # None: known by a login and another id. Whether it is the same person cannot be told, so it may be.
        return True
    if ticket.assignee is not None and same_person(first, ticket.assignee) is True:
        return True
    return any(first.id in (str(each.before), str(each.after)) for each in events if each.field == "assignee")
