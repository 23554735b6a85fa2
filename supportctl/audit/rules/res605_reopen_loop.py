from datetime import timedelta
from typing import ClassVar

from supportctl.adapters.base import Need
from supportctl.audit.actors import Actor, actor_of
from supportctl.audit.closing import is_ours
from supportctl.audit.conversation import conversation
from supportctl.audit.periods import SOLVED, Turn, reopenings
from supportctl.audit.rule import Context, Options, TicketRule, in_order
from supportctl.audit.scope import is_noise
from supportctl.audit.settings import DAY, spoken
from supportctl.audit.verdict import CLEAN, OUTSIDE, Unjudged, Verdict, fault
from supportctl.model import Confidence, Event, Evidence, Platform, Severity, Ticket
from supportctl.text.courtesy import is_gone, is_thanks

TOGETHER = timedelta(minutes=5)
"""A message and the reopening it caused are so close."""


class ReopenLoopOptions(Options, frozen=True, kw_only=True):
    reopens: int = 2
    """So many reopenings are a loop."""
    soon: timedelta = DAY
    """A ticket that comes back within this time had not been solved."""


class ReopenLoop(TicketRule):
    """A ticket was solved and came back, again and again or at once.

    ## What it does
    Reports tickets that were reopened 2 times or more, or less than 24 h after they had been solved. A reopening is a
    step from resolved or closed to a status of work; the platform's own counter counts where it says more than the
    history shows. Times are calendar time.

    ## Why is this bad?
    It was not solved when somebody said so. The customer explained it twice, and the time to resolve in the report is
    too short.

    ## Example
    Solved at ten, "still not working" at noon, solved again at one.

    ## Fix
    Ask before solving, and look for the cause; let somebody else look when it comes back a second time.

    ## False positives
    A customer's "thank you" reopens a ticket on many desks: a reopening that came with a message of thanks, or with
    word that all is well, does not count. Where comments cannot be read, thanks cannot be told from complaints: what
    the customer, a machine or somebody unknown reopened is then not judged, except on ServiceNow, where a comment
    alone reopens nothing. A reopening that a run of supportctl made (an `undo` of one that closed too much) does not
    count where the history says so. Only Zendesk's does: the histories of JSM and ServiceNow keep no mark of a run,
    nor does any counter, so that there and where the history is hidden it counts as a person's. Merged tickets, spam
    and cancelled tickets are out of scope.

    ## Fields
    Zendesk `metric_set.reopens`, audits of `status`; JSM changelog of `status`; ServiceNow `reopen_count`,
    `sys_audit` of `state`.
    """

    code = "RES605"
    name = "reopen-loop"
    severity = Severity.MEDIUM
    confidence = Confidence.HIGH
    wants: ClassVar[frozenset[Need]] = frozenset({Need.HISTORY, Need.COMMENTS, Need.METRICS, Need.PEOPLE})
    options = ReopenLoopOptions

    def unmet(self, context: Context) -> str | None:
        capabilities = context.capabilities
        if Need.HISTORY not in capabilities.reads and "reopens" in capabilities.unknown_fields:
            return "needs history, which cannot be read here"
        return super().unmet(context)

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        counted = ticket.reopens if ticket.knows("reopens") else None
        if not ticket.knows("history"):
            if is_noise(ticket, context):
                return OUTSIDE
            return self._counted(ticket, counted, context)
        if not counted and not any(map(_may_reopen, ticket.history)):
            return CLEAN
        turns = reopenings(context.of_ticket(ticket, "events", lambda: in_order(ticket.history)))
        if not turns and not counted:
            return CLEAN
        if is_noise(ticket, context):
            return OUTSIDE
        return self._told(ticket, turns, counted or 0, context)

    def _told(self, ticket: Ticket, turns: list[Turn], counted: int, context: Context) -> Verdict:
        options = context.options(self.code, ReopenLoopOptions)
        real: list[Turn] = []
        doubtful: list[Turn] = []
        for turn in turns:
            if is_ours(turn.native) or _with_thanks(ticket, turn, context):
                continue
            (doubtful if _may_be_thanks(ticket, turn, context) else real).append(turn)
        # What the counter says beyond the history is believed, as nobody knows with what it came.
        unseen = max(0, counted - len(turns))
        verdict = _loop(real, unseen, options)
        if verdict is None and _loop(real + doubtful, unseen, options) is not None:
            return Unjudged("comments")
        return verdict or CLEAN

    def _counted(self, ticket: Ticket, counted: int | None, context: Context) -> Verdict:
        """The counter alone can convict; it acquits only where it says that nothing came back."""
        options = context.options(self.code, ReopenLoopOptions)
        if counted == 0:
            return CLEAN
        if counted is None or counted < options.reopens:
            return Unjudged("history")
        if ticket.platform is not Platform.SERVICENOW:
            if not ticket.knows("comments"):
                return Unjudged("comments")
            said = [one for one in conversation(ticket, context) if one.from_customer]
            counted -= sum(_is_content(one.comment.body) for one in said)
        return (_loop([], counted, options) or Unjudged("history")) if counted > 0 else Unjudged("history")


def _may_reopen(event: Event) -> bool:
    return event.field == "status" and (event.before is None or event.before in SOLVED) and event.after not in SOLVED


def _loop(turns: list[Turn], unseen: int, options: ReopenLoopOptions) -> Verdict | None:
    defaults = ReopenLoopOptions()
    soon = [
        turn for turn in turns if turn.at is not None and turn.since is not None and turn.at - turn.since < options.soon
    ]
    told = [Evidence(field="status", seen="reopened", at=turn.at) for turn in turns]
    times = [turn.at.isoformat() for turn in turns if turn.at is not None]
    if len(turns) + unseen >= options.reopens:
        if unseen:
            told.append(Evidence(field="reopens", seen=f"counted by the platform: {len(turns) + unseen}"))
        return fault(
            f"was reopened {len(turns) + unseen} times",
            ";".join([*times, *([str(unseen)] if unseen else [])]),
            told,
            threshold=f"{options.reopens} reopenings ({_from(options.reopens == defaults.reopens, 'reopens')})",
        )
    if soon:
        return fault(
            "came back soon after it had been solved",
            ";".join(times),
            [
                *(Evidence(field="status", seen="solved", at=turn.since) for turn in soon),
                *(Evidence(field="status", seen="reopened", at=turn.at) for turn in soon),
            ],
            threshold=f"{spoken(options.soon)} of calendar time ({_from(options.soon == defaults.soon, 'soon')})",
        )
    return None


def _from(usual: bool, name: str) -> str:
    return "default" if usual else f"setting {name}"


def _with_thanks(ticket: Ticket, turn: Turn, context: Context) -> bool:
    if turn.at is None:
        return False
    said = [
        one
        for one in conversation(ticket, context)
        if one.actor is not Actor.BOT and one.public is not False and abs(one.at - turn.at) <= TOGETHER
    ]
    heard = [one for one in said if one.actor is not Actor.AGENT]
    return bool(heard) and all(_is_content(one.comment.body) for one in heard)


def _may_be_thanks(ticket: Ticket, turn: Turn, context: Context) -> bool:
    """Whether comments would have told, and cannot be read."""
    if ticket.knows("comments") or ticket.platform is Platform.SERVICENOW:
        return False
    return actor_of(turn.actor, ticket, context) is not Actor.AGENT


def _is_content(body: str) -> bool:
    return is_thanks(body) or is_gone(body)
