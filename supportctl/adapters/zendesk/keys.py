"""What people type for a ticket, and how a resumable position is written."""

import base64
import binascii
import re
from urllib.parse import urlsplit

import msgspec

from supportctl.errors import UsageError

_NUMBER = re.compile(r"#?([0-9]{1,19})")
_PATH = re.compile(
    r"/(?:agent/tickets|api/v2/(?:tickets|requests)|tickets|requests|hc(?:/[\w-]+)?/requests)/([0-9]{1,19})(?:\.json)?/?"
)
_JIRA = re.compile(r"[A-Za-z][A-Za-z0-9_]+-[0-9]+")
_SERVICENOW = re.compile(r"(?:INC|PRB|REQ|RITM|SCTASK|CHG|TASK|STRY|KB)[0-9]{5,}|[0-9a-f]{32}", re.IGNORECASE)


def normalize(text: str, site: str) -> str:
    """``#123`` for ``123``, ``#123`` or one of the ticket's addresses on ``site``. Raises `UsageError` otherwise."""
    typed = text.strip()
    if match := _NUMBER.fullmatch(typed):
        return f"#{int(match[1])}"
    if "://" in typed:
        return _from_address(typed, site)
    if _SERVICENOW.fullmatch(typed):
        raise _foreign(typed, "a ServiceNow record")
    if _JIRA.fullmatch(typed):
        raise _foreign(typed, "a Jira issue")
    raise UsageError(
        f"{typed[:60]!r} is no Zendesk ticket: a ticket is a number (123 or #123) or its address",
        hint="run: supportctl list",
    )


def _from_address(typed: str, site: str) -> str:
    try:
        address, own = urlsplit(typed), urlsplit(site)
    except ValueError:
        raise UsageError("the address given for a ticket cannot be read", hint="give the ticket's number") from None
    if (address.hostname, address.port) != (own.hostname, own.port):
        raise UsageError(
            f"the address given lies on {address.hostname or 'no host'}, but the profile's instance is {own.hostname}",
            hint="choose the profile of that instance with --profile, or give the ticket's number",
        )
    match = _PATH.fullmatch(address.path) or _PATH.fullmatch("/agent/" + address.fragment.lstrip("/"))
    if match is None:
        raise UsageError("the address given is not that of a ticket", hint="give the ticket's number")
    return f"#{int(match[1])}"


def _foreign(typed: str, what: str) -> UsageError:
    return UsageError(
        f"{typed} looks like {what}; this profile's tickets are Zendesk's, which have numbers",
        hint="choose another profile with --profile",
    )


def number(key: str) -> int:
    """The ticket id behind a normalized key."""
    return int(key.removeprefix("#"))


class Position(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a reading stands: enough for another process to go on."""

    by: str
    """``search``, ``export``, ``list``, ``view`` or ``recent``."""
    after: str | None = None
    """The platform's cursor."""
    query: str | None = None
    """The search text (of the search that follows, while ``recent``)."""
    view: str | None = None
    floor: str | None = None
    """``recent``: read down to updates of this instant."""
    top: str | None = None
    """The latest update seen: by the whole export, or by this round of ``recent``."""
    rounds: int = 0
    pages: int = 0
    """Pages of this round of ``recent``."""
    size: int = 0
    """Page size of the export, once it had to be lowered."""
    restarted: bool = False


def write(position: Position) -> str:
    return "zd1." + base64.urlsafe_b64encode(msgspec.json.encode(position)).decode("ascii").rstrip("=")


def read(text: str) -> Position:
    """Raises `UsageError` when the text is no position of this adapter."""
    body = text.removeprefix("zd1.")
    try:
        if body == text:
            raise ValueError
        raw = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
        return msgspec.json.decode(raw, type=Position)
    except (ValueError, binascii.Error, msgspec.DecodeError):
        raise UsageError(
            "the cursor to resume from was not written by a Zendesk reading", hint="start again without --cursor"
        ) from None
