from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar

import msgspec

from supportctl.adapters.base import Need
from supportctl.audit.actors import Actor, actor_of, same_person
from supportctl.audit.escalation import Escalation, escalation, tracked_elsewhere
from supportctl.audit.limits import in_words, limit_for
from supportctl.audit.rule import Context, HistoryRule, Options
from supportctl.audit.scope import is_duplicate, lacks, settling
from supportctl.audit.verdict import CLEAN, OUTSIDE, Unjudged, Verdict, fault
from supportctl.model import Comment, Confidence, Event, Evidence, Severity, Status, Ticket

_HOUR = timedelta(hours=1)
_USUAL = {"p1": 4 * _HOUR, "p2": 8 * _HOUR, "other": 48 * _HOUR}


class EscalationStalledOptions(Options, frozen=True):
    silence: dict[str, timedelta] = msgspec.field(default_factory=dict)
    """Priority (``p1`` to ``p5``, ``other``) -> how long nobody it was escalated to may be silent. Default: 4 h for
    P1, 8 h for P2, 48 h for others, in the ticket's calendar."""


class EscalationStalled(HistoryRule):
    """A ticket was escalated, and nobody it was escalated to has said a word.

    ## What it does
    Reports open tickets that were escalated (by tag, group, status or the platform's own mark) more than 4 hours (P1),
    8 hours (P2) or 48 hours ago, when since then, or since they last did, nobody of the team but the one who escalated
    it has written a comment or changed the status.

    ## Why is this bad?
    An escalation is a promise that somebody better placed takes over. When they do not, the customer waits in a queue
    that the first level cannot see.

    ## Example
    Tagged `escalated` on Monday with a good description; on Thursday the last entry is still that one.

    ## Fix
    Ask the owner for a word, or take the ticket back and tell the customer. When engineers work elsewhere, link the
    bug.

    ## False positives
    Tickets with a link to another tracker are out of scope: its comments are not here. So are tickets that wait for
    the customer, and those on hold with a due date ahead. A comment by the assignee counts even when it was the
    assignee who escalated. Where the history does not tell when a ticket was escalated, it is not judged.

    ## Fields
    Changes of tags, group or status in Zendesk's audits, Jira's changelog and `sys_audit`; comments and work notes.
    """

    code = "ESC802"
    name = "escalation-stalled"
    severity = Severity.HIGH
    confidence = Confidence.HIGH
    needs: ClassVar[frozenset[Need]] = frozenset({Need.HISTORY, Need.COMMENTS})
    wants: ClassVar[frozenset[Need]] = frozenset({Need.LINKS, Need.TAGS, Need.PEOPLE})
    fields: ClassVar[frozenset[str]] = frozenset({"status", "comments", "history"})
    options = EscalationStalledOptions

    def without_history(self, ticket: Ticket, context: Context) -> Verdict:
        return Unjudged("history") if _speaks(ticket, context) is not None else OUTSIDE

    def check_history(self, ticket: Ticket, events: Sequence[Event], context: Context) -> Verdict:
        found = _speaks(ticket, context)
        if found is None:
            return OUTSIDE
        if settled := settling(ticket, context):
            return settled
        if unknown := lacks(ticket, "comments"):
            return unknown
        if found.at is None:
            return Unjudged("history")
        word = _last_word(ticket, events, found, found.at, context)
        since = max(found.at, word) if word is not None else found.at
        limit, _ = self._limit(ticket, context)
        if context.elapsed(ticket, since) <= limit:
            return CLEAN
        if any(comment.created_at is None for comment in ticket.comments):
            return Unjudged("comments")
        said = "nothing since" if word is None else "last word of its owner"
        return fault(
            "escalated, and nobody has taken it on" if word is None else "escalated, and its owner has fallen silent",
            since.isoformat(),
            [Evidence(field=found.by, seen="escalated", at=found.at), Evidence(field="comments", seen=said, at=since)],
            threshold=self.threshold(ticket, context),
            passes="a comment by the assignee or another agent than the one who escalated",
        )

    def threshold(self, ticket: Ticket, context: Context) -> str:
        return in_words(*self._limit(ticket, context), ticket, context)

    def _limit(self, ticket: Ticket, context: Context) -> tuple[timedelta, str]:
        silence = context.options(self.code, EscalationStalledOptions).silence
        return limit_for(ticket.priority, silence, _USUAL, "silence")


def _speaks(ticket: Ticket, context: Context) -> Escalation | None:
    """The escalation, if the rule speaks about this ticket."""
    if ticket.done is not False or ticket.status is Status.PENDING:
        return None
    found = escalation(ticket, context)
    if found is None or tracked_elsewhere(ticket) or is_duplicate(ticket):
        return None
    parked = ticket.status is Status.ON_HOLD and ticket.due_at is not None and ticket.due_at > context.now
    return None if parked else found


def _last_word(
    ticket: Ticket, events: Sequence[Event], found: Escalation, at: datetime, context: Context
) -> datetime | None:
    """When somebody it was escalated to last gave a sign."""
    times = [
        comment.created_at
        for comment in ticket.comments
        if comment.created_at is not None and comment.created_at > at and _is_owner(comment, ticket, found, context)
    ]
    times += [
        event.at
        for event in events
        if event.at is not None
        and event.at > at
        and event.field == "status"
        and _is_owner(event, ticket, found, context)
    ]
    return max(times, default=None)


def _is_owner(sign: Comment | Event, ticket: Ticket, found: Escalation, context: Context) -> bool:
    person = sign.author if isinstance(sign, Comment) else sign.actor
    actor = actor_of(person, ticket, context)
    if actor is Actor.UNKNOWN:
        # It may be the owner's.
        return True
    if actor is not Actor.AGENT or person is None:
        return False
    if ticket.assignee is not None and same_person(person, ticket.assignee) is not False:
        return True
    return found.who is None or same_person(person, found.who) is not True
