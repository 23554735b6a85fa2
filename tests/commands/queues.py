"""Tickets for audits: such as no core rule has anything against, and such as one rule has."""

from datetime import UTC, datetime, timedelta

from supportctl.model import Person, Ticket
from tests.commands.fakes import Result, ticket

NOW = datetime.now(UTC)


def fine(number: int, **changes: object) -> Ticket:
    """A ticket no core rule has anything against."""
    values: dict[str, object] = {
        "category": "network",
        "created_at": NOW - timedelta(hours=3),
        "updated_at": NOW - timedelta(minutes=5),
        "requester": Person(id="r1", name="Grace Hopper"),
        "description": "The tunnel closes after an hour, since Tuesday, on all three laptops.",
    }
    values |= changes
    created = values["created_at"]
    assert isinstance(created, datetime)
    return ticket(number, **{"first_response_at": created + timedelta(minutes=5), **values})


def unassigned(number: int, **changes: object) -> Ticket:
    """One high finding: OWN201."""
    return fine(number, **{"assignee": None, "created_at": NOW - timedelta(days=3), **changes})


def stale(number: int, **changes: object) -> Ticket:
    """One medium finding: TIM501."""
    old = NOW - timedelta(days=30)
    return fine(number, **{"created_at": old, "updated_at": old, **changes})


def keys_of(result: Result) -> list[str]:
    """Tickets of the findings in plain output."""
    return [line.split("\t")[0] for line in result.out.splitlines()]
