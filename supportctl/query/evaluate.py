"""Three-valued evaluation: True, False, or None when the ticket does not let us know.

Kleene's strong logic: ``not`` unknown is unknown, one False decides an ``and``, one True decides an ``or``.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from supportctl.model import CustomField, NamedRef, Person, Sla, Ticket
from supportctl.query.ast import (
    And,
    Anything,
    Longer,
    Node,
    Not,
    Nothing,
    NumberRange,
    OneOf,
    Or,
    Phrase,
    Shorter,
    Term,
    TimeRange,
    Value,
    terms,
)
from supportctl.query.fields import FIELDS, custom_id
from supportctl.query.times import BadTimeError, moment
from supportctl.text.fold import fold, fold_word

Truth = bool | None


def evaluate(node: Node, ticket: Ticket, now: datetime) -> Truth:
    """Whether ``ticket`` satisfies the query at ``now`` (aware). None: something needed is unknown."""
    match node:
        case Term():
            return _term(node, ticket, now)
        case Not(item=item):
            inner = evaluate(item, ticket, now)
            return None if inner is None else not inner
        case And(items=items):
            return all_of(evaluate(item, ticket, now) for item in items)
        case Or(items=items):
            return any_of(evaluate(item, ticket, now) for item in items)


def needs(node: Node) -> frozenset[str]:
    """What must be fetched beyond the tickets themselves, by the names of `adapters.base.Need`."""
    wanted = set()
    for term in terms(node):
        if term.field == "custom":
            wanted.add("custom")
        elif (need := FIELDS[term.field].need) is not None and not (
            need == "people" and isinstance(term.value, Nothing | Anything)
        ):
            wanted.add(need)
    return frozenset(wanted)


def all_of(truths: Iterable[Truth]) -> Truth:
    result: Truth = True
    for truth in truths:
        if truth is False:
            return False
        if truth is None:
            result = None
    return result


def any_of(truths: Iterable[Truth]) -> Truth:
    result: Truth = False
    for truth in truths:
        if truth is True:
            return True
        if truth is None:
            result = None
    return result


def _term(term: Term, ticket: Ticket, now: datetime) -> Truth:
    if term.field == "custom":
        return _custom(term, ticket)
    if term.field == "text":
        return _text(term.value, ticket)
    attribute = FIELDS[term.field].attributes[0]
    if attribute in ticket.unknown:
        return None
    held = getattr(ticket, attribute)
    match term.value:
        case Nothing():
            return not _filled(held)
        case Anything():
            return _filled(held)
        case OneOf(values=values):
            return any_of(_SAME.get(term.field, _same_word)(held, value) for value in values)
        case NumberRange() as bounds:
            return held is not None and _within(float(held), bounds)
        case TimeRange() as period:
            return held is not None and _during(held, period)
        case Longer(span=span, or_equal=or_equal):
            return held is not None and (now - held > span or (or_equal and now - held == span))
        case Shorter(span=span, or_equal=or_equal):
            return held is not None and (now - held < span or (or_equal and now - held == span))
        case Phrase():
            return None


def _filled(held: Any) -> bool:
    return held is not None and held != [] and held != ""


def _within(number: float, bounds: NumberRange) -> bool:
    return (bounds.low is None or bounds.low <= number) and (bounds.high is None or number <= bounds.high)


def _during(at: datetime, period: TimeRange) -> bool:
    return (period.since is None or period.since <= at) and (period.until is None or at < period.until)


def _same_word(held: str | None, value: str) -> Truth:
    return held is not None and fold_word(held) == fold_word(value)


def _same_tag(held: list[str], value: str) -> Truth:
    wanted = fold_word(value)
    return any(fold_word(tag) == wanted for tag in held)


def _same_key(held: str, value: str) -> Truth:
    return fold_word(held).removeprefix("#") == fold_word(value.strip()).removeprefix("#")


def _same_named(held: NamedRef | None, value: str) -> Truth:
    """By id or by name; a group of which only the id is known may bear any name."""
    if held is None:
        return False
    wanted = fold_word(value)
    if fold_word(held.id) == wanted:
        return True
    return None if held.name is None else fold_word(held.name) == wanted


def _same_person(held: Person | None, value: str) -> Truth:
    """By id, name or e-mail address; what the platform did not tell cannot be denied."""
    if held is None:
        return False
    wanted = fold_word(value)
    if any(known is not None and fold_word(known) == wanted for known in (held.id, held.name, held.email)):
        return True
    untold = held.email if "@" in value else held.name
    return None if untold is None else False


def _same_sla(held: list[Sla], value: str) -> Truth:
    """At least one clock is in this state."""
    return any_of(_clock(sla, value) for sla in held)


def _clock(sla: Sla, state: str) -> Truth:
    breached = sla.breached
    if breached is None and sla.remaining is not None:
        breached = sla.remaining < 0
    stopped = sla.stopped_at is not None
    match state:
        case "breached":
            return breached
        case "met":
            return False if not stopped or breached else (None if breached is None else True)
        case "paused":
            return False if stopped else sla.paused
        case _:
            return False if stopped else (None if sla.paused is None else not sla.paused)


def _same_link(held: list[Any], value: str) -> Truth:
    return any(link.type == value for link in held)


_SAME: dict[str, Callable[[Any, str], Truth]] = {
    "tag": _same_tag,
    "key": _same_key,
    "group": _same_named,
    "organization": _same_named,
    "requester": _same_person,
    "assignee": _same_person,
    "sla": _same_sla,
    "link": _same_link,
}


def _text(value: Value, ticket: Ticket) -> Truth:
    if not isinstance(value, Phrase):
        return None
    wanted = fold_word(value.text)
    return any_of(_holds(ticket, field, wanted) for field in ("title", "description"))


def _holds(ticket: Ticket, field: str, wanted: str) -> Truth:
    if field in ticket.unknown:
        return None
    text = getattr(ticket, field)
    return text is not None and wanted in fold(text)


def _custom(term: Term, ticket: Ticket) -> Truth:
    """Unknown when custom fields were not fetched, or when this ticket does not mention the field."""
    if "custom" in ticket.unknown or term.custom is None:
        return None
    field = _find(ticket.custom, term.custom)
    if field is None:
        return None
    values = list(_plain(field.value))
    match term.value:
        case Nothing():
            return not values
        case Anything():
            return bool(values)
        case OneOf(values=wanted):
            folded = {fold_word(word) for word in wanted}
            return any(fold_word(value) in folded for value in values)
        case NumberRange() as bounds:
            return any(_within(number, bounds) for number in _numbers(values))
        case TimeRange() as period:
            return any(_during(at, period) for at in _moments(values))
        case _:
            return None


def _find(fields: list[CustomField], name: str) -> CustomField | None:
    wanted, wanted_id = fold_word(name.strip()), custom_id(name)
    for field in fields:
        if custom_id(field.id) == wanted_id or (field.name is not None and fold_word(field.name.strip()) == wanted):
            return field
    return None


def _plain(value: Any) -> Iterator[str]:
    """The texts a JSON value can be called by: an option is known by its label and by its id."""
    match value:
        case None | "":
            return
        case bool():
            yield "true" if value else "false"
        case float() if value.is_integer():
            yield str(int(value))
        case str() | int() | float():
            yield str(value)
        case list():
            for item in value:
                yield from _plain(item)
        case dict():
            for name in ("value", "name", "label", "displayName", "display_value", "key", "id", "child"):
                yield from _plain(value.get(name))


def _numbers(values: list[str]) -> Iterator[float]:
    for value in values:
        try:
            yield float(value)
        except ValueError:
            continue


def _moments(values: list[str]) -> Iterator[datetime]:
    for value in values:
        try:
            yield datetime.fromisoformat(value).astimezone(UTC) if "T" in value else moment(value)[0]
        except (ValueError, OverflowError, BadTimeError):
            continue
