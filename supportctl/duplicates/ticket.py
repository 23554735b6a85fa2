"""A ticket as the ranking sees it: its text, its time, and fields that are there from the start.

They are read as they are now. Agents may have corrected a title, or aligned categories, since it was created.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

KINDS = {
    "product": (
        "product",
        "project",
        "brand",
        "service",
        "business_service",
        "organization",
        "organisation",
        "company",
        "application",
        "repository",
    ),
    "component": ("component", "components", "category", "ci", "cmdb_ci", "module", "area", "form", "queue"),
    "version": ("version", "versions", "affects_version", "affects_versions", "release", "build", "environment"),
    "type": ("type", "kind", "issue_type", "issuetype", "request_type", "ticket_type", "subcategory"),
    "system": ("os", "op_sys", "operating_system", "platform", "hardware", "rep_platform", "browser", "device"),
}
"""Fields that are compared, by what they tell. Whatever is not here is not read: status, resolution, links and
everything else that is only known later must not be a reason."""


@dataclass(frozen=True, slots=True)
class Ticket:
    id: str
    born: float
    """Seconds since 1970, UTC; not a number when it is not known."""
    title: str
    body: str
    fields: dict[str, str] = field(default_factory=dict)


LATEST = datetime(2100, 1, 1, tzinfo=UTC).timestamp()
"""No ticket is younger; a larger number of seconds is something else."""
MILLISECONDS = 1e11
"""Numbers from here on are milliseconds: of 1973 and later."""


def moment(text: Any) -> float:
    """ISO 8601, or a number of seconds or milliseconds, as seconds since 1970; a time without zone is UTC.

    Not a number where it is none of these, or after 2100.
    """
    found = _moment(text)
    return found if found < LATEST else float("nan")


def _moment(text: Any) -> float:
    if isinstance(text, (int, float)) and not isinstance(text, bool):
        if text >= LATEST * 1000 or text < -LATEST:
            return float("nan")
        return float(text) / 1000 if text >= MILLISECONDS else float(text)
    if not isinstance(text, str):
        return float("nan")
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return float("nan")
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else str(value)


def _one(value: Any) -> str:
    if isinstance(value, Mapping):
        value = value.get("name") or value.get("value")
    if isinstance(value, list):
        return "\x1f".join(sorted(filter(None, (_one(each) for each in value))))
    return _text(value).strip().casefold()


def key(id_: Any, key_: Any) -> str:
    """Empty where it is neither text nor a number."""
    found = id_ if id_ is not None else key_
    return str(found) if isinstance(found, (str, int, float)) and not isinstance(found, bool) else ""


def is_number(id_: Any, key_: Any) -> bool:
    """Whether the key was written as a number."""
    return not isinstance(id_ if id_ is not None else key_, str)


def ticket(row: Mapping[str, Any]) -> Ticket:
    """From a plain object: id, created_at, title, body and any fields."""
    fields: dict[str, str] = {}
    for kind, names in KINDS.items():
        for name in names:
            if found := _one(row.get(name)):
                fields[kind] = found
                break
    return Ticket(
        key(row.get("id"), row.get("key")),
        moment(row.get("created_at")),
        _text(row.get("title") or row.get("subject") or row.get("summary")),
        _text(row.get("body") or row.get("description")),
        fields,
    )
