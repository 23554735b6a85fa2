from datetime import datetime, timedelta
from typing import ClassVar

import msgspec

from supportctl.adapters.base import Need
from supportctl.audit.actors import Actor
from supportctl.audit.conversation import CALLS, Said, conversation, serves_nobody, undated, unsure
from supportctl.audit.limits import in_words, limit_for
from supportctl.audit.rule import Context, Options, TicketRule
from supportctl.audit.scope import is_duplicate, lacks, settling
from supportctl.audit.settings import DAY, HOUR
from supportctl.audit.verdict import CLEAN, OUTSIDE, Unjudged, Verdict, fault
from supportctl.model import Confidence, Evidence, Severity, Sla, Ticket
from supportctl.text.fold import fold_word

USUAL = {"p1": HOUR, "p2": 4 * HOUR, "other": DAY}
CALL_IS_LOGGED = timedelta(minutes=15)
"""What an agent writes this soon into a ticket that came by phone is the log of the call."""
MACHINE_ANSWERS = timedelta(minutes=2)
"""A first response the platform counts at the moment of a machine's comment is the machine's."""


class NoFirstResponseOptions(Options, frozen=True):
    target: dict[str, timedelta] = msgspec.field(default_factory=dict)
    """Priority (``p1`` … ``p5``, ``other``) -> time for the first public reply; wins over the ticket's own SLA."""


class NoFirstResponse(TicketRule):
    """Nobody answered the customer in public within the time for the first reply.

    ## What it does
    Reports unresolved tickets that wait for their first public reply by an agent longer than the target, and tickets
    whose first public reply came later than the target. The target is the option `target`, else the ticket's own SLA
    for the first response, else 1 h (P1), 4 h (P2) or 24 h, in the ticket's working hours.

    ## Why is this bad?
    The first reply tells customers that somebody cares; without it they call, and write again.

    ## Example
    A request from Monday morning with an automatic acknowledgement, two internal notes and, on Wednesday, no word to
    the customer.

    ## Fix
    Write to the customer now, if only to say who has it and when they hear more.

    ## False positives
    Acknowledgements by machines are not replies. An agent's note that they called the customer is one, as is
    what they write into a ticket that came by phone within 15 minutes, and the first public word of an agent who
    opened the ticket. Requests the customer took back before anybody could answer,
    tickets agents opened for themselves, tickets of machines, problems and changes, merged and duplicate tickets,
    spam and cancelled tickets are out of scope, and so are done tickets that never had a reply (COM402). When it is
    not known who wrote a comment in time, or whether it is public, the ticket is not judged. A queue in which no
    public comments are written at all is reported once (QUE901).

    ## Fields
    Zendesk public comments of agents, metric `reply_time_in_minutes`, SLA `first_reply_time`; JSM public comments,
    SLA "Time to first response"; ServiceNow journal `comments`, `task_sla` of the response.
    """

    code = "COM401"
    name = "no-first-response"
    severity = Severity.HIGH
    confidence = Confidence.HIGH
    hears_noise = False
    needs: ClassVar[frozenset[Need]] = frozenset({Need.COMMENTS})
    wants: ClassVar[frozenset[Need]] = frozenset({Need.METRICS, Need.SLAS, Need.PEOPLE, Need.LINKS})
    fields: ClassVar[frozenset[str]] = frozenset({"status", "requester", "created_at"})
    empty_field = "comments"
    options = NoFirstResponseOptions

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if settled := settling(ticket, context):
            return settled
        if is_duplicate(ticket):
            return OUTSIDE
        if unknown := lacks(ticket, "created_at", "requester"):
            return unknown
        if ticket.created_at is None:
            return OUTSIDE
        said = conversation(ticket, context) if ticket.knows("comments") else []
        first = _first_response(ticket, said)
        if first is None:
            if not ticket.knows("comments"):
                return Unjudged("comments")
            if ticket.done is not False:
                return OUTSIDE
        if serves_nobody(ticket, context):
            return OUTSIDE
        due = _Due.of(ticket, ticket.created_at, context)
        if not due.passed(first or context.now):
            return CLEAN
        # Notes must be read to know of calls: only now, when it hangs on them.
        called = next((one.at for one in said if one.is_contact and (first is None or one.at < first)), None)
        if called is not None:
            first = called
            if not due.passed(first):
                return CLEAN
        if _withdrawn(said, first):
            return OUTSIDE
        in_time = [one for one in said if first is None or one.at < first]
        if any(unsure(one) and not due.passed(one.at) for one in in_time) or undated(ticket, context):
            return Unjudged("comments")
        if first is None and any(map(unsure, in_time)):
            return Unjudged("comments")
        if first is None:
            return fault(
                "no public reply by an agent so far, and the time for it is over",
                ticket.created_at.isoformat(),
                [Evidence(field="comments", seen="no public reply since the ticket was opened", at=ticket.created_at)],
                threshold=due.words,
                passes="a public reply by an agent",
            )
        return fault(
            "the first public reply came late",
            first.isoformat(),
            [Evidence(field="first_response_at", seen="first public reply by an agent", at=first)],
            threshold=due.words,
            passes="an earlier reply; what is late stays late",
        )

    def threshold(self, ticket: Ticket, context: Context) -> str:
        return _Due.of(ticket, ticket.created_at or context.now, context).words

    def found_empty(self, ticket: Ticket) -> bool:
        return all(comment.public is False for comment in ticket.comments)


class _Due:
    """When the first reply is late: a moment the platform computed, or a span of working time."""

    def __init__(
        self, ticket: Ticket, created: datetime, context: Context, at: datetime | None, span: timedelta, origin: str
    ) -> None:
        self._ticket, self._created, self._context = ticket, created, context
        self._at, self._span, self._origin = at, span, origin

    @classmethod
    def of(cls, ticket: Ticket, created: datetime, context: Context) -> "_Due":
        options = context.options(NoFirstResponse.code, NoFirstResponseOptions)
        clock = None if options.target else _clock(ticket)
        if clock is not None and clock.breach_at is not None:
            return cls(ticket, created, context, clock.breach_at, timedelta(0), "the ticket's own SLA")
        limit, origin = limit_for(ticket.priority, options.target, USUAL, "target")
        return cls(ticket, created, context, None, limit, origin)

    @property
    def words(self) -> str:
        return self._origin if self._at is not None else in_words(self._span, self._origin, self._ticket, self._context)

    def passed(self, at: datetime) -> bool:
        if self._at is not None:
            return at > self._at
        return self._context.elapsed(self._ticket, self._created, at) > self._span


def _clock(ticket: Ticket) -> Sla | None:
    """The SLA for the first response, if the ticket has one and it is not paused."""
    for sla in ticket.slas if ticket.knows("slas") else []:
        name = fold_word(sla.metric.replace("_", " "))
        first = ("response" in name and "next" not in name) or ("reply" in name and "first" in name)
        if first and not sla.paused:
            return sla
    return None


def _first_response(ticket: Ticket, said: list[Said]) -> datetime | None:
    """The first public reply of a person, or what the platform counts as one."""
    found = [one.at for one in said if one.is_reply][:1]
    if ticket.channel in CALLS and ticket.created_at is not None:
        found += [one.at for one in said if _logs_call(one, ticket.created_at)][:1]
    counted = ticket.first_response_at if ticket.knows("first_response_at") else None
    if counted is not None and not any(
        abs(one.at - counted) < MACHINE_ANSWERS and one.public is not False and not one.is_reply for one in said
    ):
        found.append(counted)
    return min(found, default=None)


def _logs_call(said: Said, created: datetime) -> bool:
    return said.actor is Actor.AGENT and timedelta(0) <= said.at - created <= CALL_IS_LOGGED


def _withdrawn(said: list[Said], first: datetime | None) -> bool:
    """The customer took the request back before anybody answered, and did not come back to it."""
    talk = [one for one in said if one.from_customer and (first is None or one.at <= first)]
    return bool(talk) and talk[-1].withdraws
