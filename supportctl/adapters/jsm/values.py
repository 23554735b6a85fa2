"""Small readings of Jira's JSON: times, people, and what is left when links and icons are taken away.

Status, project, priority and user objects repeat on every issue of a page, byte for byte. They are decoded once
per distinct spelling and shared; nothing that comes out of here is ever changed.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any, TypeVar

import msgspec

from supportctl.model import Person, Role

T = TypeVar("T")

NOISE = frozenset({"self", "avatarUrls", "iconUrl", "_links", "expand", "_expands"})
"""Addresses and pictures of an object: they say where it lives, not what it is."""

CONFIGURATION_NOISE = NOISE | {"description", "colorName", "statusColor", "avatarId"}
"""The same for statuses, types, priorities and the like: how their administrator described and coloured them."""

_ANY = msgspec.json.Decoder()
_ACCOUNT_ROLES = {"customer": Role.END_USER, "app": Role.BOT}
"""``accountType``: portal-only customers are ``customer``; ``atlassian`` may be either side of the desk."""


class Memo(dict[bytes, T]):
    """Decodes each distinct spelling once (``memo[raw]``); forgets everything when it grows too large."""

    def __init__(self, decode: Callable[[bytes], T], limit: int = 4096) -> None:
        super().__init__()
        self._decode = decode
        self._limit = limit

    def __missing__(self, raw: bytes) -> T:
        if len(self) >= self._limit:
            self.clear()
        value = self[raw] = self._decode(raw)
        return value


def loads(raw: bytes) -> Any:
    return _ANY.decode(raw)


def clean(value: Any, noise: frozenset[str] = NOISE) -> Any:
    """``value`` without the members named in ``noise``, at any depth."""
    if type(value) is dict:
        return {
            name: clean(item, noise) if type(item) in _CONTAINERS else item
            for name, item in value.items()
            if name not in noise
        }
    if type(value) is list:
        return [clean(item, noise) if type(item) in _CONTAINERS else item for item in value]
    return value


_CONTAINERS = (dict, list)


def moment(text: Any) -> datetime | None:
    """Jira's ``2021-10-11T12:49:07.232+0000``; numbers are epoch seconds or milliseconds by their size. UTC."""
    try:
        if isinstance(text, str):
            at = datetime.fromisoformat(text)
            if at.tzinfo is UTC:
                return at
            return at.astimezone(UTC) if at.tzinfo is not None and "T" in text else None
        if isinstance(text, int | float) and not isinstance(text, bool):
            return datetime.fromtimestamp(text if abs(text) < _MILLIS_FROM else text / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


_MILLIS_FROM = 100_000_000_000
"""As seconds the year 5138, as milliseconds 1973: no ticket is on the wrong side."""


def last_second(day: Any) -> datetime | None:
    """A due date is a day without a zone; it is kept until that day ends in UTC."""
    try:
        return datetime.combine(date.fromisoformat(day), time(23, 59, 59), UTC)
    except (TypeError, ValueError):
        return None


def person(value: Any) -> Person | None:
    """A user of Cloud (``accountId``, perhaps no e-mail address) or of Data Center (``name``, ``key``)."""
    if not isinstance(value, dict):
        return None
    rest = clean(value)
    ids = [rest[name] for name in ("accountId", "name", "key", "emailAddress", "displayName") if _filled(rest, name)]
    for name in ("accountId", "name", "key"):
        if _filled(rest, name) and rest[name] == ids[0]:
            del rest[name]
            break
    email, shown, active = rest.get("emailAddress"), rest.get("displayName"), rest.get("active")
    for name, kept in (("emailAddress", email), ("displayName", shown)):
        if isinstance(kept, str):
            del rest[name]
    if isinstance(active, bool):
        del rest["active"]
    kind = rest.get("accountType")
    return Person(
        id=ids[0] if ids else "",
        name=shown if isinstance(shown, str) else None,
        email=email if isinstance(email, str) and email else None,
        role=_ACCOUNT_ROLES.get(kind, Role.UNKNOWN) if isinstance(kind, str) else Role.UNKNOWN,
        active=active if isinstance(active, bool) else None,
        native=rest,
    )


def _filled(value: dict[str, Any], name: str) -> bool:
    return isinstance(value.get(name), str) and bool(value[name])


person_of: Memo[Person | None] = Memo(lambda raw: person(loads(raw)))
"""The person in a raw user object."""

_small: Memo[Any] = Memo(lambda raw: clean(loads(raw)))
_MEMO_BYTES = 1024


def leftover(raw: bytes) -> Any:
    """A native value to be kept as it is; short ones repeat and are shared."""
    return _small[raw] if len(raw) <= _MEMO_BYTES else clean(loads(raw))


def label(value: Any) -> str | None:
    """What people call a field's value: an option's label, a user's name, several joined by commas."""
    match value:
        case None | "" | []:
            return None
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(int(value)) if float(value).is_integer() else str(value)
        case list():
            return ", ".join(text for item in value if (text := label(item))) or None
        case dict():
            for name in ("value", "name", "displayName", "label", "key", "id"):
                if (text := label(value.get(name))) is not None:
                    child = label(value.get("child"))
                    return f"{text} / {child}" if child else text
    return None
