"""What people type for a record: its number, its sys_id or an address out of the browser."""

import re
from urllib.parse import parse_qs, unquote, urlsplit

from supportctl.adapters.servicenow.tables import PREFIXES
from supportctl.errors import UsageError

SYS_ID = re.compile(r"[0-9a-f]{32}")
_NUMBER = re.compile(r"[A-Z][A-Z_]{1,15}[0-9]{3,20}")
_JIRA = re.compile(r"[A-Z][A-Z0-9_]+-[0-9]+", re.IGNORECASE)
_ZENDESK = re.compile(r"#?[0-9]+")
_IN_PATH = re.compile(r"/(?:record|table)/([a-z][a-z0-9_]*)/([0-9a-f]{32})")
_FORM = re.compile(r"([a-z][a-z0-9_]*)\.do$")
HINT = "ServiceNow keys look like INC0010001, a 32-digit sys_id or the address of a record"


class Address:
    """A record as a URL names it."""

    def __init__(self, table: str | None, identity: str | None, number: str | None) -> None:
        self.table = table
        self.identity = identity
        self.number = number


def canonical(text: str, host: str | None = None) -> str:
    """The number in capitals, or the sys_id. Raises `UsageError` for keys of other platforms and for anything else."""
    typed = text.strip()
    if "://" in typed:
        address = address_of(typed, host)
        found = address.identity or address.number
        if found is None:
            raise UsageError("this address names no single record", hint=HINT)
        return found
    if SYS_ID.fullmatch(typed.lower()):
        return typed.lower()
    if _NUMBER.fullmatch(typed.upper()):
        return typed.upper()
    if _JIRA.fullmatch(typed):
        raise UsageError(f"{_safe(typed)} is a Jira key, and this profile is on ServiceNow", hint=HINT)
    if _ZENDESK.fullmatch(typed):
        raise UsageError(f"{_safe(typed)} is a Zendesk ticket number, and this profile is on ServiceNow", hint=HINT)
    raise UsageError(f"{_safe(typed)!r} is not a ServiceNow key", hint=HINT)


def address_of(url: str, host: str | None = None) -> Address:
    """Table and record out of a form, workspace or API address; nested addresses are unwrapped.

    Raises `UsageError` for another host.
    """
    parts = urlsplit(url)
    if host is not None and (parts.hostname or "").lower() != host.lower():
        raise UsageError("this address belongs to another host than the profile's", hint=HINT)
    path, query = unquote(parts.path), parse_qs(parts.query)
    nested = next((query[name][0] for name in ("uri", "URI", "target") if query.get(name)), None)
    if nested is None and "/params/target/" in path:
        nested = path.partition("/params/target/")[2]
        if parts.query and "?" not in nested:
            nested += f"?{parts.query}"
    if nested is not None:
        # nav_to.do?uri=incident.do?sys_id=… : what follows the inner question mark may have been split off.
        inner = urlsplit(unquote(nested))
        path, query = inner.path, parse_qs(inner.query) | {k: v for k, v in query.items() if k not in {"uri", "URI"}}
    if found := _IN_PATH.search(path):
        return Address(found[1], found[2], None)
    form = _FORM.search(path.rstrip("/"))
    table = form[1].removesuffix("_list") if form else None
    identity = next((value.lower() for value in query.get("sys_id", []) if SYS_ID.fullmatch(value.lower())), None)
    number = None
    for text in query.get("sysparm_query", []):
        if named := re.fullmatch(r"number=([A-Za-z_]{2,16}[0-9]{3,20})", text):
            number = named[1].upper()
    for value in query.get("number", []):
        if _NUMBER.fullmatch(value.upper()):
            number = value.upper()
    return Address(table, identity, number)


def prefix_of(number: str) -> str:
    """The letters a number begins with."""
    return re.match(r"[A-Z_]*", number.upper())[0]  # type: ignore[index]


def known_table(number: str) -> str | None:
    return PREFIXES.get(prefix_of(number))


def _safe(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable())[:60]
