"""Winding back is the inverse of what happened."""

from datetime import timedelta
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from supportctl.audit.as_of import AsOf
from supportctl.model import Comment, CustomField, Event, NamedRef, Person, Priority, Status, Ticket, Unknown
from tests.audit.cases import NOW, ticket

START = NOW - timedelta(days=100)
HOUR = timedelta(hours=1)

_CHANGES = st.one_of(
    st.tuples(st.just("status"), st.sampled_from([Status.OPEN, Status.PENDING, Status.RESOLVED, Status.CLOSED])),
    st.tuples(st.just("priority"), st.sampled_from([None, Priority.P1, Priority.P3])),
    st.tuples(st.just("assignee"), st.sampled_from([None, "1", "2"])),
    st.tuples(st.just("group"), st.sampled_from([None, "5", "6"])),
    st.tuples(st.just("tags"), st.lists(st.sampled_from(["vpn", "billing"]), unique=True)),
    st.tuples(st.just("category"), st.sampled_from([None, "network", "email"])),
    st.tuples(st.just("360001"), st.sampled_from([None, "red", "blue"])),
    st.tuples(st.just("comment"), st.text(max_size=5)),
)


def worth(value: Any) -> Any:
    return value.id if isinstance(value, Person | NamedRef) else value


def lived(changes: list[tuple[str, Any]]) -> list[Ticket]:
    """A ticket after every one of its changes, an hour apart; the first is as it was made."""
    now = ticket("zendesk", {"created_at": "-1d", "tags": [], "assignee": "empty", "category": "empty", "history": []})
    now = msgspec.structs.replace(
        now, created_at=START, updated_at=START, custom=[CustomField(id="360001", name="Colour")], reopens=0
    )
    stages = [now]
    for number, (field, value) in enumerate(changes, 1):
        at = START + number * HOUR
        if field == "comment":
            said = Comment(id=str(number), author=None, created_at=at, body=value, public=True)
            now = msgspec.structs.replace(now, comments=[*now.comments, said], updated_at=at)
            stages.append(now)
            continue
        old = now.custom[0].value if field == "360001" else worth(getattr(now, field))
        if old == value:
            stages.append(now)
            continue
        event = Event(id=str(number), at=at, actor=None, field=field, before=old, after=value, native_field=field)
        new: Any = value
        if field == "assignee" and value is not None:
            new = Person(id=value)
        if field == "group" and value is not None:
            new = NamedRef(id=value)
        fields: dict[str, Any] = {field: new}
        if field == "360001":
            fields = {"custom": [CustomField(id="360001", name="Colour", value=value)]}
        ended = {Status.RESOLVED, Status.CLOSED}
        if field == "status":
            done = value in ended
            resolved = at if now.resolved_at is None or old not in ended else now.resolved_at
            fields["resolved_at"] = resolved if done else None
            fields["closed_at"] = at if value is Status.CLOSED else None
            fields["reopens"] = (now.reopens or 0) + (old in ended and not done)
        now = msgspec.structs.replace(now, history=[*now.history, event], updated_at=at, **fields)
        stages.append(now)
    return stages


COMPARED = (
    "status",
    "priority",
    "assignee",
    "group",
    "tags",
    "category",
    "custom",
    "comments",
    "updated_at",
    "history",
)


@given(st.lists(_CHANGES, max_size=12))
def test_every_stage_comes_back(changes: list[tuple[str, Any]]) -> None:
    stages = lived(changes)
    for number, then in enumerate(stages):
        back = AsOf(START + number * HOUR + HOUR / 2).wind(stages[-1])
        assert back is not None
        for field in COMPARED:
            assert worth(getattr(back, field)) == worth(getattr(then, field)), field
        assert back.reopens == then.reopens
        assert (back.resolved_at is None) == (then.status not in (Status.RESOLVED, Status.CLOSED))
        assert set(back.unknown) == set(then.unknown)


def test_what_was_not_there_or_cannot_be_told_is_left_out_and_counted() -> None:
    as_of = AsOf(NOW - timedelta(days=5))
    stream = [
        ticket("jsm", {"created_at": "-2d"}),
        ticket("jsm", {"history": "?hidden"}),
        ticket("jsm", {"history": "?hidden", "updated_at": "-6d"}),
        ticket("jsm", {"created_at": "empty"}),
        ticket("jsm", {}),
    ]
    assert len(list(as_of.tickets(stream))) == 2
    assert (as_of.later, as_of.hidden) == (1, 2)


def test_what_no_history_tells_is_unknown() -> None:
    now = ticket(
        "servicenow",
        {
            "slas": [{"metric": "resolution", "breached": True}],
            "reassignments": 3,
            "history": [{"id": "1", "at": "-1d", "actor": "agent", "field": "group", "before": "6", "after": "5"}],
        },
    )
    then = AsOf(NOW - timedelta(days=5)).wind(now)
    assert then is not None
    assert then.group == NamedRef(id="6")
    assert {then.unknown["slas"], then.unknown["reassignments"]} == {Unknown.ABSENT}
    assert then.version is None


def test_a_status_the_history_does_not_name_is_unknown() -> None:
    event = {"id": "1", "at": "-1d", "actor": "agent", "field": "status", "before": "Gone", "after": "open"}
    then = AsOf(NOW - timedelta(days=5)).wind(ticket("jsm", {"history": [event]}))
    assert then is not None
    assert then.status is None
    assert not then.knows("status")
