"""What a condition says of a ticket, and what it cannot say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from supportctl.adapters.base import Need
from supportctl.changes.conditions import condition, customer_replied, sift
from supportctl.errors import UsageError
from supportctl.model import Comment, Link, LinkType, Person, Platform, Role, Status, Ticket, Unknown

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CUSTOMER = Person(id="c1", name="Cem", role=Role.END_USER)
AGENT = Person(id="a1", name="Ada", role=Role.AGENT)
SOMEBODY = Person(id="x1", name="Xi")
ROBOT = Person(id="b1", name="Bot", role=Role.BOT)


def ticket(**fields: object) -> Ticket:
    values: dict[str, object] = {
        "platform": Platform.ZENDESK,
        "profile": "p",
        "id": "1",
        "key": "#1",
        "status": Status.OPEN,
        "requester": CUSTOMER,
        "created_at": NOW - timedelta(days=30),
        "updated_at": NOW - timedelta(days=1),
    }
    return Ticket(**{**values, **fields})  # type: ignore[arg-type]


def said(by: Person | None, days_ago: float | None, public: bool | None = True) -> Comment:
    at = None if days_ago is None else NOW - timedelta(days=days_ago)
    return Comment(id=f"{by}{days_ago}", author=by, created_at=at, body="…", public=public)


def nothing(_keys: Sequence[str]) -> Mapping[str, Ticket]:
    return {}


def holds(text: str, each: Ticket) -> bool | None:
    (answer,) = condition(text, wanted=True, now=NOW).judge([each], nothing)
    return answer


@pytest.mark.parametrize(
    ("comments", "expected"),
    [
        ([], False),
        ([said(CUSTOMER, 30)], False),  # the description
        ([said(CUSTOMER, 5)], True),
        ([said(AGENT, 5), said(CUSTOMER, 3)], True),
        ([said(CUSTOMER, 5), said(AGENT, 3)], False),
        ([said(AGENT, 5), said(CUSTOMER, 3), said(AGENT, 2, public=False)], True),
        ([said(CUSTOMER, 5), said(AGENT, 3), said(ROBOT, 1)], False),
        ([said(AGENT, 5), said(CUSTOMER, 3), said(ROBOT, 1)], True),
        ([said(AGENT, 5), said(SOMEBODY, 3)], None),
        ([said(SOMEBODY, 5), said(AGENT, 3)], False),
        ([said(SOMEBODY, 5), said(CUSTOMER, 3)], True),
        ([said(CUSTOMER, 5), said(SOMEBODY, 3)], None),
        ([said(CUSTOMER, 5), said(AGENT, 3, public=None)], None),
        ([said(AGENT, 5), said(CUSTOMER, None)], None),
        ([said(AGENT, 5), said(None, 3)], None),
        ([said(AGENT, 5), said(SOMEBODY, 3, public=False)], False),
        ([said(CUSTOMER, 5), said(SOMEBODY, 3), said(SOMEBODY, 2, public=False)], False),
    ],
)
def test_whether_the_customer_spoke_last(comments: list[Comment], expected: bool | None) -> None:
    assert customer_replied(ticket(comments=comments)) is expected


def test_the_requester_is_a_customer_whatever_their_account() -> None:
    colleague = Person(id="a2", role=Role.AGENT)
    assert customer_replied(ticket(requester=colleague, comments=[said(AGENT, 5), said(colleague, 3)])) is True


def test_the_assignee_speaks_for_the_team() -> None:
    each = ticket(assignee=SOMEBODY, comments=[said(CUSTOMER, 5), said(SOMEBODY, 3)])
    assert customer_replied(each) is False
    assert customer_replied(ticket(comments=each.comments)) is None


def test_a_requester_is_known_by_address_and_login_too() -> None:
    requester = Person(id="f" * 32, email="cem@acme.example", native={"user_name": "cem"})
    by_login = ticket(requester=requester, comments=[said(AGENT, 5), said(Person(id="cem"), 3)])
    assert customer_replied(by_login) is True


def test_hidden_comments_say_nothing() -> None:
    assert customer_replied(ticket(unknown={"comments": Unknown.HIDDEN})) is None


@pytest.mark.parametrize(
    ("text", "fields", "expected"),
    [
        ("resolved-for=3d", {"status": Status.RESOLVED, "resolved_at": NOW - timedelta(days=3)}, True),
        ("resolved-for=3d", {"status": Status.RESOLVED, "resolved_at": NOW - timedelta(days=2)}, False),
        ("resolved-for=3d", {"status": Status.RESOLVED}, None),
        ("resolved-for=3d", {"status": Status.OPEN, "resolved_at": NOW - timedelta(days=9)}, False),
        ("resolved-for=3d", {"status": None, "resolved_at": NOW - timedelta(days=9)}, None),
        ("idle-for=1d", {}, True),
        ("idle-for=2d", {}, False),
        ("idle-for=2d", {"updated_at": None}, None),
        ("touched-within=24h", {}, True),
        ("touched-within=23h", {}, False),
        ("created-before=2026-02-01", {}, True),
        ("created-before=2026-01-31", {}, False),
        ("tag=needs care", {"tags": ["Needs Care"]}, True),
        ('tag=a"b', {"tags": ['a"b']}, True),
        ("tag=vip", {"unknown": {"tags": Unknown.NOT_FETCHED}}, None),
        ("status=open", {}, True),
        ("status=pending,resolved", {}, False),
        ("priority:none -tag:vip", {}, True),
    ],
)
def test_conditions(text: str, fields: dict[str, object], expected: bool | None) -> None:
    assert holds(text, ticket(**fields)) is expected


def test_children_are_looked_up_all_at_once() -> None:
    def child(key: str, status: Status | None = None) -> Link:
        return Link(type=LinkType.CHILD, key=key, id=key, status=status)

    parents = [
        ticket(id="1", links=[child("#11")]),
        ticket(id="2", links=[child("#12", Status.CLOSED)]),
        ticket(id="3", links=[child("#13")]),
        ticket(id="4", links=[child("#14"), child("#15", Status.OPEN)]),
        ticket(id="5", unknown={"links": Unknown.HIDDEN}),
        ticket(id="6", links=[Link(type=LinkType.RELATES, key="#16")]),
    ]
    asked: list[list[str]] = []

    def look_up(keys: Sequence[str]) -> Mapping[str, Ticket]:
        asked.append(list(keys))
        return {"#11": ticket(id="#11", status=Status.RESOLVED)}

    answers = condition("open-children", wanted=False, now=NOW).judge(parents, look_up)
    assert answers == [False, False, None, True, None, False]
    assert asked == [["#11", "#13", "#14"]]


def test_what_cannot_be_told_is_left_out_and_not_as_intended() -> None:
    conditions = [
        condition("tag=vip", wanted=False, now=NOW),
        condition("customer-replied", wanted=False, now=NOW, standing=True),
    ]
    tickets = [
        ticket(id="1"),
        ticket(id="2", tags=["vip"]),
        ticket(id="3", unknown={"comments": Unknown.HIDDEN}),
        ticket(id="4", comments=[said(CUSTOMER, 2)]),
    ]
    kept, left = sift(conditions, tickets, nothing)
    assert [each.id for each in kept] == ["1"]
    assert [(each.ticket.id, each.intended) for each in left] == [("2", True), ("3", False), ("4", False)]
    assert "cannot be told" in left[1].reason


def test_conditions_say_what_they_need() -> None:
    assert Need.COMMENTS in condition("customer-replied", wanted=False, now=NOW).needs
    assert condition("open-children", wanted=False, now=NOW).needs == {Need.LINKS}
    assert Need.TAGS in condition("tag=vip", wanted=False, now=NOW).needs
    assert condition("priority:p1", wanted=True, now=NOW).needs == frozenset()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("custommer-replied", "customer-replied"),
        ("resolved-for=soon", "resolved-for=3d"),
        ("created-before=yesterday", "2026-01-31"),
        ("customer-replied=yes", "customer-replied"),
        ("", "tag=NAME"),
        ("nosuch:thing", "unknown field"),
        ("status=opne", "open"),
    ],
)
def test_what_is_no_condition_is_refused_with_advice(text: str, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        condition(text, wanted=True, now=NOW)
    assert told in f"{caught.value.message} {caught.value.hint}"
