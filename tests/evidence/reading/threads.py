"""Tickets as support sees them, for tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from supportctl.model import Attachment, Comment, Person, Platform, Role, Ticket

CUSTOMER = Person(id="7", name="Anna Berg", role=Role.END_USER)
AGENT = Person(id="1", name="Mira", role=Role.AGENT)
BOT = Person(id="2", name="Bot", role=Role.BOT)
START = datetime(2026, 3, 2, 8, tzinfo=UTC)


def thread(description: str | None, *said: tuple[Person, str] | Comment, **more: Any) -> Ticket:
    """A ticket of `CUSTOMER`; messages follow each other hour by hour, public unless they are comments of their own."""
    comments = [
        each
        if isinstance(each, Comment)
        else Comment(
            id=str(number), author=each[0], created_at=START + timedelta(hours=number), body=each[1], public=True
        )
        for number, each in enumerate(said, 1)
    ]
    usual: dict[str, Any] = {"title": "Help", "requester": CUSTOMER, "created_at": START}
    return Ticket(
        platform=Platform.FILES, profile="p", id="1", key="SUP-1", description=description, comments=comments,
        **{**usual, **more},
    )  # fmt: skip


def note(text: str, number: int = 5) -> Comment:
    """Internal."""
    return Comment(id=f"n{number}", author=AGENT, created_at=START + timedelta(hours=number), body=text, public=False)


def file(name: str, size: int | None = 40_000, **more: Any) -> Attachment:
    return Attachment(id=name, filename=name, size=size, **more)
