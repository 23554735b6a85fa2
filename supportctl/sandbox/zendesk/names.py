"""Zendesk's words and ids for what the sample company holds."""

from datetime import UTC, datetime
from typing import Any

import msgspec

STATUSES = ("new", "open", "pending", "hold", "solved", "closed", "deleted")
STATUS_RANK = {name: rank for rank, name in enumerate(STATUSES)}
PRIORITY_RANK = {"low": 1, "normal": 2, "high": 3, "urgent": 4}
TYPES = ("problem", "incident", "question", "task")

STATUS_FROM_MODEL = {
    "new": "new",
    "open": "open",
    "pending": "pending",
    "on_hold": "hold",
    "resolved": "solved",
    "closed": "closed",
    "cancelled": "closed",
    "deleted": "deleted",
}
PRIORITY_FROM_MODEL = {"p1": "urgent", "p2": "high", "p3": "normal", "p4": "low", "p5": "low"}
TYPE_FROM_MODEL = {
    "incident": "incident",
    "problem": "problem",
    "question": "question",
    "request": "question",
    "task": "task",
    "change": "task",
}

_BASE = 7_700_000_000_000
USER, GROUP, ORGANIZATION, FIELD, STATUS, FORM, VIEW, BRAND, POLICY, RATING = (
    _BASE + step * 1_000_000_000 for step in range(10)
)
BRAND_ID = BRAND + 1
FORM_ID = FORM + 1

CATEGORY, SUBCATEGORY, ROOT_CAUSE, NOTES, IMPACT, URGENCY, SERVICE, ASSET = (FIELD + n for n in range(101, 109))
"""Ids of the custom ticket fields."""


def stamp(at: datetime | int) -> str:
    """Zendesk's way to write a moment: UTC, whole seconds."""
    moment = datetime.fromtimestamp(at, UTC) if isinstance(at, int) else at.astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def epoch(at: datetime) -> int:
    return int(at.timestamp())


def parse_stamp(text: str) -> datetime:
    """Read an ISO 8601 moment or day, as UTC when it names no zone. Raises `ValueError`."""
    moment = datetime.fromisoformat(text.strip().replace(" +", "+"))
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


ARCHIVED_AFTER = 120 * 86_400
"""Seconds after its last change from which a closed ticket is archived."""


def archived(doc: dict[str, Any], now: datetime) -> bool:
    return doc["status"] == "closed" and epoch(parse_stamp(doc["updated_at"])) < epoch(now) - ARCHIVED_AFTER


def dump(doc: Any) -> str:
    return msgspec.json.encode(doc).decode()


def load(text: str) -> Any:
    return msgspec.json.decode(text)
