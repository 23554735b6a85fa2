"""What must hold of a ticket (``--require``) or must not (``--unless``) before a change of it is planned.

Three-valued: where a condition cannot be told, the ticket is left out and that is said.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from supportctl.adapters.base import Need, Needs
from supportctl.errors import UsageError
from supportctl.model import DONE, Comment, LinkType, Person, Role, Ticket
from supportctl.query import evaluate, parse
from supportctl.query import needs as query_needs
from supportctl.query.fields import guess
from supportctl.query.times import BadTimeError, duration, moment

Truth = bool | None
LookUp = Callable[[Sequence[str]], Mapping[str, Ticket]]
"""Tickets by the keys or ids given, in bulk; those that are hidden are missing."""

CUSTOMER_REPLIED = "customer-replied"
OPEN_CHILDREN = "open-children"
FORMS = (
    "resolved-for=3d, idle-for=2d, touched-within=24h, created-before=2026-01-01, customer-replied, open-children, "
    "tag=NAME, status=WORD, or a query such as 'priority:p1'"
)
OPENING = timedelta(seconds=2)
"""Platforms that keep the description among the comments date it like the ticket."""


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One condition. ``judge`` answers for many tickets at once, so that what it looks up is looked up in bulk."""

    text: str
    """As somebody typed it."""
    wanted: bool
    """Whether it must hold (``--require``) or must not (``--unless``)."""
    judge: Callable[[Sequence[Ticket], LookUp], list[Truth]]
    needs: Needs = frozenset()
    standing: bool = False
    """Nobody asked for it: the command has it by itself."""


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    ticket: Ticket
    reason: str
    intended: bool
    """Somebody asked for exactly this; False: it could not be told, or a standing condition held the ticket back."""


def condition(text: str, *, wanted: bool, now: datetime, standing: bool = False) -> Condition:
    """Read one condition. Raises `UsageError` (a `QueryError` for a query) saying what may be written."""
    name, equals, value = (part.strip() for part in text.strip().partition("="))
    judge: Callable[[Ticket], Truth] | None = None
    wants: Needs = frozenset()
    if name == CUSTOMER_REPLIED and not equals:
        judge, wants = customer_replied, frozenset({Need.COMMENTS, Need.PEOPLE})
    elif name == OPEN_CHILDREN and not equals:
        return Condition(
            text=name, wanted=wanted, judge=_open_children, needs=frozenset({Need.LINKS}), standing=standing
        )
    elif name in _SPANS and equals:
        span, test = _span(name, value), _SPANS[name]

        def judge(ticket: Ticket) -> Truth:
            return test(ticket, span, now)
    elif name == "created-before" and equals:
        start = _moment(name, value)

        def judge(ticket: Ticket) -> Truth:
            return None if ticket.created_at is None else ticket.created_at < start
    else:
        query = _query(text, name, equals, value)
        node = parse(query, now=now)
        wants = frozenset(Need(need) for need in query_needs(node))

        def judge(ticket: Ticket) -> Truth:
            return evaluate(node, ticket, now)

    return Condition(text=text.strip(), wanted=wanted, judge=_each(judge), needs=wants, standing=standing)


_STANDING = {
    CUSTOMER_REPLIED: "the customer replied since the last answer",
    OPEN_CHILDREN: "it has children that are not done",
}


def sift(
    conditions: Iterable[Condition], tickets: Sequence[Ticket], look_up: LookUp
) -> tuple[list[Ticket], list[LeftOut]]:
    """Tickets all conditions let through, and the others with the first reason."""
    kept, left = list(tickets), []
    for each in conditions:
        passed = []
        for ticket, truth in zip(kept, each.judge(kept, look_up), strict=True):
            if truth is None:
                reason = f"whether {each.text!r} holds cannot be told: what it looks at is unknown there"
                left.append(LeftOut(ticket=ticket, reason=reason, intended=False))
            elif truth is not each.wanted:
                reason = f"--unless {each.text}" if truth else f"not as --require {each.text}"
                if each.standing:
                    reason = f"{_STANDING.get(each.text, each.text)} (--even-if {each.text} lifts this)"
                left.append(LeftOut(ticket=ticket, reason=reason, intended=not each.standing))
            else:
                passed.append(ticket)
        kept = passed
    return kept, left


def customer_replied(ticket: Ticket) -> Truth:
    """Whether a customer's reply is newer than the last public reply of an agent.

    The requester is a customer even with an agent's account. Whoever may be either leaves it open, unless what is
    known decides. The description is no reply, and bots are nobody.
    """
    if "comments" in ticket.unknown:
        return None
    customers: list[tuple[datetime, bool]] = []
    agents: list[tuple[datetime, bool]] = []
    for each in ticket.comments:
        if each.public is False or _is_description(each, ticket):
            continue
        who = speaker(each.author, ticket)
        at, dated = each.created_at or datetime.max.replace(tzinfo=UTC), each.created_at is not None
        if who in (Role.END_USER, Role.UNKNOWN):
            customers.append((at, dated and who is Role.END_USER))
        if who in (Role.AGENT, Role.UNKNOWN):
            agents.append((at, dated and who is Role.AGENT and each.public is True))
    said, perhaps_said = _latest(customers)
    answered, perhaps_answered = _latest(agents)
    if said is not None and (perhaps_answered is None or said > perhaps_answered):
        return True
    if perhaps_said is None or (answered is not None and perhaps_said <= answered):
        return False
    return None


def speaker(person: Person | None, ticket: Ticket) -> Role:
    """``END_USER``, ``AGENT``, ``BOT``, or ``UNKNOWN`` where neither platform nor ticket tells."""
    if person is None:
        return Role.UNKNOWN
    if person.role is Role.BOT:
        return Role.BOT
    if ticket.requester is not None and _same(person, ticket.requester):
        return Role.END_USER
    if person.role is not Role.UNKNOWN:
        return person.role
    return Role.AGENT if any(_same(person, each) for each in _team(ticket)) else Role.UNKNOWN


def _team(ticket: Ticket) -> list[Person]:
    """Who works on the ticket for certain: the assignee, and whoever wrote an internal note."""
    writers = (each.author for each in ticket.comments if each.public is False)
    return [each for each in (ticket.assignee, *writers) if each is not None]


def _same(one: Person, other: Person) -> bool:
    return not _handles(one).isdisjoint(_handles(other))


def _handles(person: Person) -> set[str]:
    """Some platforms name people by id in one place and by login in another."""
    login = person.native.get("user_name")
    return {each.casefold() for each in (person.id, person.email, login) if isinstance(each, str) and each}


def _is_description(comment: Comment, ticket: Ticket) -> bool:
    if comment.created_at is None or ticket.created_at is None:
        return False
    return comment.created_at <= ticket.created_at + OPENING


def _latest(said: Iterable[tuple[datetime, bool]]) -> tuple[datetime | None, datetime | None]:
    """The last that is certain, and the last that is possible."""
    known = list(said)
    certain = [at for at, sure in known if sure]
    return max(certain, default=None), max((at for at, _ in known), default=None)


def _open_children(tickets: Sequence[Ticket], look_up: LookUp) -> list[Truth]:
    """Children whose status the link does not tell are looked up, all at once."""
    children = {
        ticket.id: [link for link in ticket.links if link.type is LinkType.CHILD and link.platform is None]
        for ticket in tickets
    }
    wanted = {link.id or link.key for links in children.values() for link in links if link.status is None}
    found = look_up(sorted(wanted)) if wanted else {}
    answers: list[Truth] = []
    for ticket in tickets:
        if "links" in ticket.unknown:
            answers.append(None)
            continue
        ended: list[Truth] = []
        for link in children[ticket.id]:
            child = found.get(link.id or link.key)
            status = link.status or (child.status if child is not None else None)
            ended.append(None if status is None else status in DONE)
        answers.append(True if False in ended else None if None in ended else False)
    return answers


def _each(judge: Callable[[Ticket], Truth]) -> Callable[[Sequence[Ticket], LookUp], list[Truth]]:
    return lambda tickets, _look_up: [judge(ticket) for ticket in tickets]


def _resolved_for(ticket: Ticket, span: timedelta, now: datetime) -> Truth:
    if ticket.done is False:
        return False
    since = ticket.resolved_at or ticket.closed_at
    return None if ticket.done is None or since is None else now - since >= span


def _idle_for(ticket: Ticket, span: timedelta, now: datetime) -> Truth:
    return None if ticket.updated_at is None else now - ticket.updated_at >= span


def _touched_within(ticket: Ticket, span: timedelta, now: datetime) -> Truth:
    return None if ticket.updated_at is None else now - ticket.updated_at <= span


_SPANS = {"resolved-for": _resolved_for, "idle-for": _idle_for, "touched-within": _touched_within}
_NAMES = (*_SPANS, "created-before", CUSTOMER_REPLIED, OPEN_CHILDREN, "tag", "status")


def _span(name: str, value: str) -> timedelta:
    try:
        return duration(value)
    except BadTimeError as bad:
        raise UsageError(f"the condition {name} cannot be {value[:40]!r}: {bad}", hint=f"write {name}=3d") from None


def _moment(name: str, value: str) -> datetime:
    try:
        return moment(value)[0]
    except BadTimeError as bad:
        raise UsageError(f"the condition {name} cannot be {value[:40]!r}: {bad}") from None


def _query(text: str, name: str, equals: str, value: str) -> str:
    """The query a condition stands for. Raises `UsageError` for what is neither a condition nor a query."""
    if name in ("tag", "status") and equals and value:
        quoted = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'{name}:"{quoted}"' if name == "tag" else f"status:{value}"
    if any(mark in text for mark in ":<>~"):
        return text
    close = guess(name, _NAMES)
    meant = f": did you mean {close!r}?" if close else ""
    raise UsageError(f"there is no condition {text.strip()[:60]!r}{meant}; nothing was changed", hint=FORMS)
