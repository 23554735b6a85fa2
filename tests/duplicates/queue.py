"""Made-up tickets of a platform, from the rows of `tests.duplicates.corpus`."""

from datetime import UTC, datetime, timedelta
from typing import Any

from supportctl.model import NamedRef, Person, Platform, Role, Ticket
from tests.duplicates.corpus import tickets

START = datetime(2026, 1, 1, tzinfo=UTC)


def made(number: int, title: str | None, body: str | None, *, hours: float | None = None, **wishes: Any) -> Ticket:
    """A ticket that came so many hours after `START` (its number, when left out)."""
    values: dict[str, Any] = {
        "platform": Platform.ZENDESK,
        "profile": "desk",
        "id": str(number),
        "key": f"#{number}",
        "title": title,
        "description": body,
        "created_at": START + timedelta(hours=number if hours is None else hours),
    }
    return Ticket(**(values | wishes))


def person(name: str, role: Role = Role.END_USER) -> Person:
    return Person(id=name, name=name, email=f"{name}@customer.example", role=role)


def background(count: int = 60) -> list[Ticket]:
    """Tickets about other things, one an hour."""
    return [
        made(
            at + 1,
            row["title"],
            row["body"],
            requester=person(f"p{at}"),
            service=NamedRef(id=row["product"], name=row["product"]),
        )
        for at, row in enumerate(tickets(count))
    ]
