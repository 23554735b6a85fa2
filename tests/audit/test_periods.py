"""What the history of a ticket's status tells."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from supportctl.audit.periods import ending, next_working_day, reopenings, status_periods
from supportctl.calendars import ALWAYS
from supportctl.model import Event, Person, Platform, Status, Ticket
from tests.audit.cases import HOURS

DAWN = datetime(2026, 2, 2, 8, tzinfo=UTC)
KIM = Person(id="1")


def step(hour: int, before: str | None, after: str | None, **more: Any) -> Event:
    at = DAWN + timedelta(hours=hour)
    return Event(id=f"{hour}{before}", at=at, actor=KIM, field="status", before=before, after=after, **more)


def hold_reason(hour: int, after: str | None) -> Event:
    return Event(id=f"r{hour}", at=DAWN + timedelta(hours=hour), actor=KIM, field="hold_reason", after=after)


def ticket(status: Status = Status.OPEN) -> Ticket:
    return Ticket(platform=Platform.SERVICENOW, profile="test", id="1", key="INC1", status=status, created_at=DAWN)


def hours(event_time: datetime | None) -> float | None:
    return None if event_time is None else (event_time - DAWN) / timedelta(hours=1)


def told(events: list[Event]) -> list[tuple[str | None, float, float | None]]:
    return [(each.status, hours(each.start) or 0, hours(each.end)) for each in status_periods(ticket(), events)]


def test_periods_have_no_gaps() -> None:
    events = [step(1, "new", "open"), step(5, "open", "resolved"), step(9, "resolved", "closed")]
    assert told(events) == [("new", 0, 1), ("open", 1, 5), ("resolved", 5, 9), ("closed", 9, None)]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_changes_of_one_second_follow_from_each_other(order: tuple[int, ...]) -> None:
    events = [step(1, "new", "open"), step(1, "open", "pending"), step(1, "pending", "resolved")]
    shuffled = [events[place] for place in order]
    assert told(shuffled)[-1] == ("resolved", 1, None)
    assert reopenings(shuffled) == []
    last = ending(shuffled)
    assert last is not None and hours(last.at) == 1


def test_a_hold_for_the_customer_is_told_apart() -> None:
    events = [
        step(1, "open", "on_hold"),
        hold_reason(1, "1"),
        hold_reason(4, "4"),
        step(9, "on_hold", "open"),
        hold_reason(9, None),
    ]
    assert told(events) == [("open", 0, 1), ("pending", 1, 4), ("on_hold", 4, 9), ("open", 9, None)]
    assert [each.reason for each in status_periods(ticket(), events)] == [None, "1", "4", None]


def test_the_end_is_who_ended_the_work_not_who_closed() -> None:
    closed = step(50, "resolved", "closed", native={"by": "machine"})
    turn = ending([step(1, "new", "open"), step(5, "open", "resolved"), closed])
    assert turn is not None and hours(turn.at) == 5
    assert ending([step(1, "open", "resolved"), step(2, "resolved", "open")]) is None
    assert ending([step(1, "open", "cancelled")]) is None


def test_reopenings_know_how_long_it_was_solved() -> None:
    (turn,) = reopenings([step(1, "open", "resolved"), step(4, "resolved", "open"), step(5, "open", "closed")])
    assert (hours(turn.at), hours(turn.since)) == (4, 1)
    (unknown,) = reopenings([step(4, "resolved", "open")])
    assert unknown.since is None
    assert reopenings([step(4, "cancelled", "open"), step(5, "resolved", "cancelled")]) == []


def test_many_changes_in_one_second_cost_no_more_than_they_must() -> None:
    events = [step(1, str(number), str(number + 1)) for number in range(20_000)]
    assert len(status_periods(ticket(), events)) == 20_001


FRIDAY = datetime(2026, 2, 27, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "until"),
    [
        (FRIDAY, datetime(2026, 3, 2, 16, tzinfo=UTC)),
        (FRIDAY + timedelta(days=1), datetime(2026, 3, 3, tzinfo=UTC)),
        (FRIDAY - timedelta(days=1), FRIDAY),
    ],
)
def test_next_working_day_without_a_calendar(start: datetime, until: datetime) -> None:
    assert next_working_day(ALWAYS, start) == until


def test_next_working_day_of_a_calendar() -> None:
    assert next_working_day(HOURS["office"], FRIDAY) == datetime(2026, 3, 2, 16, tzinfo=UTC)
    assert next_working_day(HOURS["office"], FRIDAY + timedelta(hours=6)) == datetime(2026, 3, 2, 17, tzinfo=UTC)
