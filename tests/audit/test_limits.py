"""Working days and limits of rules, and times that cannot be."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from supportctl.adapters.zendesk.platform import CAPABILITIES
from supportctl.audit import RULES, Context, Settings, find
from supportctl.audit.limits import business_days, limit_for
from supportctl.audit.rule import TicketRule
from supportctl.model import Priority, Status
from tests.audit.cases import NOW, ticket

CONTEXT = Context(NOW, Settings(), CAPABILITIES)
ANY = ticket("zendesk", {})


class FourDays:
    """Works from Monday to Thursday, around the clock."""

    name = "four days"

    def between(self, start: datetime, end: datetime) -> timedelta:
        return end - start if start.weekday() < 4 else timedelta(0)

    def after(self, start: datetime, span: timedelta) -> datetime:
        return start + span

    def is_open(self, at: datetime) -> bool:
        return at.weekday() < 4


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 2, 17, tzinfo=UTC), 0),
        (datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 9, 9, tzinfo=UTC), 5),
        (datetime(2026, 3, 6, 16, tzinfo=UTC), datetime(2026, 3, 9, 9, tzinfo=UTC), 1),
        (datetime(2026, 3, 7, 9, tzinfo=UTC), datetime(2026, 3, 8, 9, tzinfo=UTC), 0),
        (datetime(2026, 3, 9, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC), 0),
        (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC), 100),
    ],
)
def test_working_days_without_a_calendar(start: datetime, end: datetime, days: int) -> None:
    assert business_days(start, end, None, ANY, CONTEXT) == days


def test_working_days_of_the_customers_calendar() -> None:
    context = Context(NOW, Settings(), CAPABILITIES, calendars={"customers": FourDays()})
    week = datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 9, 9, tzinfo=UTC)
    assert business_days(*week, "customers", ANY, context) == 4
    assert business_days(*week, None, ANY, context) == 5


def test_a_limit_says_where_it_comes_from() -> None:
    usual = {"p1": timedelta(hours=1), "other": timedelta(days=1)}
    assert limit_for(Priority.P1, {}, usual, "target") == (timedelta(hours=1), "default, p1")
    assert limit_for(None, {}, usual, "target") == (timedelta(days=1), "default, other priorities")


def test_a_priority_that_is_not_named_keeps_its_default() -> None:
    """`other` stands for the priorities that have none of their own."""
    usual = {"p1": timedelta(hours=1), "p2": timedelta(hours=4), "other": timedelta(days=1)}
    own = {"p1": timedelta(hours=2), "other": timedelta(days=5)}
    assert limit_for(Priority.P1, own, usual, "target") == (timedelta(hours=2), "option target, p1")
    assert limit_for(Priority.P2, own, usual, "target") == (timedelta(hours=4), "default, p2")
    assert limit_for(Priority.P3, own, usual, "target") == (timedelta(days=5), "option target, other")
    assert limit_for(None, own, usual, "target") == (timedelta(days=5), "option target, other")
    assert limit_for(Priority.P1, own, {"other": timedelta(days=7)}, "limit") == (
        timedelta(hours=2),
        "option limit, p1",
    )
    assert limit_for(Priority.P2, own, {"other": timedelta(days=7)}, "limit")[1] == "option limit, other"


def test_settings_of_some_priorities_leave_the_others() -> None:
    settings = Settings(stale={"p1": timedelta(hours=12), "other": timedelta(days=7)})
    assert settings.stale_limit(Priority.P1) == (timedelta(hours=12), "settings, p1")
    assert settings.stale_limit(Priority.P2) == (timedelta(days=1), "default, p2")
    assert settings.stale_limit(Priority.P2, hours=True) == (timedelta(hours=8), "default, p2")
    assert settings.stale_limit(Priority.P4) == (timedelta(days=7), "settings, other")
    assert settings.pick_up_limit(None) == (timedelta(days=1), "default, other priorities")


@pytest.mark.parametrize("at", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
@pytest.mark.parametrize("code", [rule.code for rule in RULES if isinstance(rule, TicketRule)])
@pytest.mark.parametrize("status", [Status.OPEN, Status.PENDING, Status.CLOSED])
def test_times_that_cannot_be(code: str, at: datetime, status: Status) -> None:
    """No crash; what is made of them is told by another rule."""
    fields = {
        "comments": [
            {"id": "1", "author": "customer", "body": "See the attached log.", "public": True},
            {"id": "2", "author": "agent", "body": "Which version?", "public": True},
        ],
        "attachments": [{"id": "3", "filename": "a.log"}],
        "history": [
            {"id": "4", "at": "-1d", "actor": "agent", "field": "status", "before": "open", "after": status},
            {"id": "5", "at": "-1d", "actor": "agent", "field": "priority", "before": "p1", "after": "p3"},
        ],
        "slas": [
            {"metric": "first_reply_time", "breached": True},
            {"metric": "resolution_time", "breached": True, "target": -5, "remaining": -(10**15)},
        ],
        "closure_code": "No response",
    }
    odd = ticket("zendesk", fields)
    replace = msgspec.structs.replace
    odd = replace(
        odd,
        status=status,
        created_at=at,
        resolved_at=at,
        comments=[replace(comment, created_at=at) for comment in odd.comments],
        attachments=[replace(file, created_at=at) for file in odd.attachments],
        history=[replace(event, at=at) for event in odd.history],
        slas=[replace(odd.slas[0], breach_at=at), replace(odd.slas[1], started_at=at)],
    )
    rule = find(code)
    assert isinstance(rule, TicketRule)
    rule.check(odd, CONTEXT)
