"""Where a listing stands, as text that says what it is: the query travels along, since a page token is bound to it."""

import base64
import binascii

import msgspec

from supportctl.errors import UsageError

_MARK = "jsm1:"


class Position(msgspec.Struct, frozen=True, omit_defaults=True):
    """``token`` for Cloud; ``start`` (offset) and ``last`` (id of the issue before it) for Data Center."""

    jql: str
    token: str | None = None
    start: int = 0
    last: str | None = None


def write(position: Position) -> str:
    return _MARK + base64.urlsafe_b64encode(msgspec.json.encode(position)).decode("ascii").rstrip("=")


def read(cursor: str) -> Position:
    """Raises `UsageError` for a cursor that is not ours."""
    try:
        if not cursor.startswith(_MARK):
            raise ValueError
        text = cursor[len(_MARK) :]
        return msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=Position)
    except (ValueError, binascii.Error, msgspec.DecodeError):
        raise UsageError(
            "the cursor is not one of a Jira listing", hint="give the cursor as it was printed, with the same profile"
        ) from None
