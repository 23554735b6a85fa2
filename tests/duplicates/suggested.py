"""Tickets and suggestions to try proposals on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from supportctl.duplicates.suggestion import Brief, Kind, Suggestion
from supportctl.model import Link, LinkType, Platform, Status, Ticket

BORN = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def ticket(number: int, **fields: Any) -> Ticket:
    """The higher the number the younger."""
    values: dict[str, Any] = {
        "platform": Platform.JSM,
        "profile": "prod",
        "id": str(10_000 + number),
        "key": f"SUP-{number}",
        "url": f"https://acme.example/browse/SUP-{number}",
        "status": Status.OPEN,
        "created_at": BORN + timedelta(hours=number),
    }
    return Ticket(**{**values, **fields})


def duplicate_of(number: int) -> Link:
    return Link(type=LinkType.DUPLICATE_OF, key=f"SUP-{number}", id=str(10_000 + number))


def suggestion(this: Ticket, of: Ticket, confidence: float = 0.8, **fields: Any) -> Suggestion:
    values: dict[str, Any] = {"kind": Kind.TEXT, "calibration": "uncalibrated", "score": 1.0, "reasons": []}
    return Suggestion(ticket=_brief(this), of=_brief(of), confidence=confidence, **{**values, **fields})


def _brief(each: Ticket) -> Brief:
    return Brief(platform=each.platform, profile=each.profile, id=each.id, key=each.key)
