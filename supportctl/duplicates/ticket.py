"""A ticket as the ranking sees it: only what was known when it was created."""

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
    ),
    "component": ("component", "components", "category", "ci", "cmdb_ci", "module", "form", "queue"),
    "version": ("version", "versions", "affects_version", "release", "environment"),
    "type": ("type", "kind", "issue_type", "issuetype", "request_type", "subcategory"),
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


def moment(text: Any) -> float:
    """ISO 8601 or a number of seconds as seconds since 1970; a time without zone is UTC."""
    if isinstance(text, (int, float)) and not isinstance(text, bool):
        return float(text)
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
    return _text(id_ if id_ is not None else key_)


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
