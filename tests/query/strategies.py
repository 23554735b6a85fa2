"""Random queries and tickets."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from supportctl.model import (
    CustomField,
    Kind,
    Link,
    LinkType,
    NamedRef,
    Person,
    Platform,
    Priority,
    Sla,
    Status,
    Ticket,
    Unknown,
)
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
    Span,
    Term,
    TimeRange,
)
from supportctl.query.fields import FIELDS

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HERE = Span(0, 0)
FEW = ["a", "B", "é", "-x", "none", "any", "me", "two words", 'quo"te', "back\\slash", "x..y", "(p)", "a,b", "1"]
words = st.sampled_from(FEW)
times = st.integers(0, 90 * 86400).map(lambda seconds: NOW - timedelta(seconds=seconds, microseconds=seconds % 3))
spans = st.integers(0, 60 * 24 * 90).map(lambda minutes: timedelta(minutes=minutes))
empties = st.sampled_from([Nothing(), Anything()])
one_of = st.lists(words, min_size=1, max_size=3, unique=True).map(lambda values: OneOf(tuple(values)))


@st.composite
def periods(draw: st.DrawFn) -> TimeRange:
    low, high = sorted([draw(times), draw(times)])
    since, until = draw(st.sampled_from([(low, None), (None, high), (low, high + timedelta(microseconds=1))]))
    return TimeRange(since, until)


@st.composite
def numbers(draw: st.DrawFn) -> NumberRange:
    low, high = sorted([draw(st.integers(0, 5)), draw(st.integers(0, 5))])
    return draw(st.sampled_from([NumberRange(low, None), NumberRange(None, high), NumberRange(low, high)]))


def _choices(*values: str) -> st.SearchStrategy[OneOf]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True).map(lambda v: OneOf(tuple(v)))


def _term(field: str, values: st.SearchStrategy, custom: str | None = None) -> st.SearchStrategy[Term]:
    return values.map(lambda value: Term(field, value, HERE, custom))


leaves: st.SearchStrategy[Term] = st.one_of(
    _term("status", _choices(*Status) | empties),
    _term("kind", _choices(*Kind) | empties),
    _term("priority", _choices(*Priority) | empties),
    _term("sla", _choices("breached", "running", "paused", "met") | empties),
    _term("link", _choices(*LinkType) | empties),
    *(_term(name, one_of | empties) for name in ("tag", "group", "organization", "category", "channel", "impact")),
    *(_term(name, one_of | empties) for name in ("requester", "assignee", "key")),
    _term("text", words.map(Phrase)),
    *(
        _term(name, st.builds(Longer, spans, st.booleans()) | st.builds(Shorter, spans, st.booleans()))
        for name in ("age", "idle")
    ),
    *(_term(name, periods() | empties) for name in ("created", "updated", "resolved", "due")),
    _term("reopens", numbers() | empties),
    _term("custom", one_of | empties | numbers() | periods(), "Root cause"),
    _term("custom", one_of | empties, "cf[10010]"),
)


def _joined(children: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(children, min_size=2, max_size=3).map(tuple)
    return several.map(And) | several.map(Or) | children.map(Not)


nodes: st.SearchStrategy[Node] = st.recursive(leaves, _joined, max_leaves=6)

people = st.none() | st.builds(Person, id=words, name=st.none() | words, email=st.none() | words)
named = st.none() | st.builds(NamedRef, id=words, name=st.none() | words)
slas = st.builds(
    Sla,
    metric=st.just("reply"),
    breached=st.sampled_from([None, True, False]),
    paused=st.sampled_from([None, True, False]),
    stopped_at=st.sampled_from([None, NOW]),
    remaining=st.sampled_from([None, -5, 5]),
)
fields_of_tickets = sorted({name for field in FIELDS.values() for name in field.attributes} | {"custom"})
tickets: st.SearchStrategy[Ticket] = st.builds(
    Ticket,
    platform=st.sampled_from(Platform),
    profile=st.just("p"),
    id=words,
    key=words,
    kind=st.none() | st.sampled_from(Kind),
    status=st.none() | st.sampled_from(Status),
    priority=st.none() | st.sampled_from(Priority),
    title=st.none() | words,
    description=st.none() | words,
    category=st.none() | words,
    channel=st.none() | words,
    impact=st.none() | words,
    tags=st.lists(words, max_size=3),
    requester=people,
    assignee=people,
    group=named,
    organization=named,
    created_at=st.none() | times,
    updated_at=st.none() | times,
    resolved_at=st.none() | times,
    due_at=st.none() | times,
    reopens=st.none() | st.integers(0, 5),
    slas=st.lists(slas, max_size=2),
    links=st.lists(st.builds(Link, type=st.sampled_from(LinkType), key=words), max_size=2),
    custom=st.lists(
        st.builds(
            CustomField,
            id=st.sampled_from(["customfield_10010", "77"]),
            name=st.sampled_from([None, "Root cause"]),
            value=st.none() | words | st.integers(0, 5) | st.lists(words, max_size=2),
        ),
        max_size=2,
    ),
    unknown=st.dictionaries(st.sampled_from(fields_of_tickets), st.sampled_from(Unknown), max_size=4),
)
