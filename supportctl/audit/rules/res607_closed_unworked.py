from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar

from supportctl.adapters.base import Need
from supportctl.audit.actors import Actor, actor_of, is_bot
from supportctl.audit.closing import closure_code, explains_itself, has_notes
from supportctl.audit.conversation import conversation
from supportctl.audit.periods import SOLVED, ending
from supportctl.audit.rule import Context, HistoryRule, Options
from supportctl.audit.scope import is_duplicate, is_noise, lacks
from supportctl.audit.settings import spoken
from supportctl.audit.verdict import CLEAN, OUTSIDE, Unjudged, Verdict, fault
from supportctl.model import Confidence, Event, Evidence, Severity, Ticket
from supportctl.text.courtesy import is_gone
from supportctl.text.fold import fold_word
from supportctl.text.stock import says_nothing


class ClosedUnworkedOptions(Options, frozen=True, kw_only=True):
    touch: timedelta = timedelta(minutes=2)
    """Shorter than this from an agent's first touch to the end is no work."""


class ClosedUnworked(HistoryRule):
    """A ticket was closed without a word and without any work.

    ## What it does
    Reports resolved and closed tickets on which no agent wrote anything, public or internal, and which an agent ended
    less than 2 minutes after first touching them.

    ## Why is this bad?
    Nobody looked. The customer waits for nothing, and the report counts a fast success.

    ## Example
    New for three days, then assigned, resolved and closed within forty seconds, no comment.

    ## Fix
    Answer, or say in a note why there is nothing to do; use a code for what needs no answer.

    ## False positives
    Spam, duplicates, merged and cancelled tickets, codes that say all there is to say, alerts that a machine opened
    or closed, tickets the customer ended or withdrew, an agent's own tickets, and calls and chats (channels of the
    setting `unprioritised_channels`), where the work was done before the ticket was written, are out of scope.
    Resolution notes that say something, and time booked on the ticket, are work.

    ## Fields
    Zendesk comments and audits; JSM comments and changelog; ServiceNow journal, `close_notes`, `time_worked`,
    `sys_audit`.
    """

    code = "RES607"
    name = "closed-unworked"
    severity = Severity.MEDIUM
    confidence = Confidence.MEDIUM
    needs: ClassVar[frozenset[Need]] = frozenset({Need.HISTORY, Need.COMMENTS})
    wants: ClassVar[frozenset[Need]] = frozenset({Need.LINKS, Need.PEOPLE, Need.TAGS, Need.CUSTOM})
    fields: ClassVar[frozenset[str]] = frozenset({"status", "comments", "requester"})
    options = ClosedUnworkedOptions

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if ticket.status not in SOLVED:
            return OUTSIDE if is_noise(ticket, context) else lacks(ticket, "status") or OUTSIDE
        return super().check(ticket, context)

    def check_history(self, ticket: Ticket, events: Sequence[Event], context: Context) -> Verdict:
        if is_noise(ticket, context) or is_duplicate(ticket):
            return OUTSIDE
        if unknown := lacks(ticket, "status", "comments", "requester"):
            return unknown
        said = conversation(ticket, context)
        if any(one.actor is Actor.AGENT for one in said):
            return CLEAN
        turn = ending(events)
        if turn is None or turn.at is None or _by_nature(ticket, context):
            return OUTSIDE
        if any(one.from_customer and is_gone(one.comment.body) for one in said):
            return OUTSIDE
        ender = actor_of(turn.actor, ticket, context)
        if ender in (Actor.BOT, Actor.CUSTOMER):
            return OUTSIDE
        if ender is Actor.UNKNOWN:
            return Unjudged("history")
        if any(one.actor is Actor.UNKNOWN for one in said):
            return Unjudged("comments")
        touched = min(
            event.at
            for event in events
            if event.at is not None and (event.at >= turn.at or actor_of(event.actor, ticket, context) is Actor.AGENT)
        )
        limit = context.options(self.code, ClosedUnworkedOptions).touch
        if turn.at - touched >= limit or _booked(ticket):
            return CLEAN
        if has_notes(ticket):
            if unknown := lacks(ticket, "resolution_notes"):
                return unknown
            if not says_nothing(ticket.resolution_notes):
                return CLEAN
        return fault(
            "was ended at first touch without a word",
            turn.at.isoformat(),
            [
                Evidence(field="history", seen="first touch by an agent", at=touched),
                Evidence(field="status", seen="ended", at=turn.at),
                Evidence(field="comments", seen="none by an agent"),
            ],
            threshold=f"{spoken(limit)} from first touch to the end ({_origin(limit)})",
        )


def _origin(limit: timedelta) -> str:
    return "default" if limit == ClosedUnworkedOptions().touch else "setting touch"


def _by_nature(ticket: Ticket, context: Context) -> bool:
    """There was nothing to write, or it was done before the ticket was written."""
    if ticket.channel is not None and fold_word(ticket.channel) in context.settings.unprioritised_channels:
        return True
    if ticket.requester is not None:
        if is_bot(ticket.requester, context):
            return True
        if ticket.assignee is not None and ticket.assignee.id == ticket.requester.id:
            return True
    code = closure_code(ticket, context)
    return isinstance(code, str) and explains_itself(code)


def _booked(ticket: Ticket) -> bool:
    """ServiceNow's timer: a duration, written as a moment counted from 1970."""
    worked = ticket.native.get("time_worked")
    return isinstance(worked, str) and worked not in ("", "1970-01-01 00:00:00", "0")
