"""Saved filters and list addresses: where ``--view`` starts."""

from urllib.parse import parse_qs, unquote, urlsplit

import msgspec

from supportctl.adapters.servicenow.client import Client, cell_text
from supportctl.adapters.servicenow.dictionary import REFUSED
from supportctl.adapters.servicenow.encoded import compare, speakable
from supportctl.adapters.servicenow.keys import SYS_ID, address_of
from supportctl.errors import NotFoundError, PermissionDeniedError, UsageError

FIELDS = ("title", "table", "filter", "user")


class View(msgspec.Struct, frozen=True):
    table: str
    query: str


def find_view(client: Client, named: str, host: str | None) -> View:
    """A saved filter by sys_id or exact title, or what a list's address shows.

    Raises `NotFoundError` when there is none, `UsageError` when a title is not unique.
    """
    wanted = named.strip()
    if "://" in wanted:
        return _of_address(wanted, host)
    by_id = SYS_ID.fullmatch(wanted.lower()) is not None
    if not by_id and not speakable(wanted):
        raise UsageError(
            "the title of this saved filter holds signs that cannot be looked up safely", hint="give its sys_id instead"
        )
    query = compare("sys_id", "=", wanted.lower()) if by_id else compare("title", "=", wanted)
    try:
        rows = client.page("sys_filter", query, ("sys_id", *FIELDS), limit=50).rows
    except REFUSED as error:
        raise PermissionDeniedError(
            "the account may not read saved filters (sys_filter); nothing was read",
            hint="open the list in a browser and give its address to --view, or use --native",
        ) from error
    field, value = ("sys_id", wanted.lower()) if by_id else ("title", wanted)
    rows = [row for row in rows if cell_text(row, field) == value]
    if not rows:
        raise NotFoundError(
            "there is no saved filter of this sys_id or title that the account may see",
            hint="titles are compared exactly; the address of a list works too",
        )
    if len(rows) > 1:
        ids = ", ".join(cell_text(row, "sys_id") for row in rows[:5])
        raise UsageError(f"{len(rows)} saved filters have this title", hint=f"give one of these sys_ids: {ids}")
    return View(cell_text(rows[0], "table"), cell_text(rows[0], "filter"))


def _of_address(url: str, host: str | None) -> View:
    address = address_of(url, host)
    if address.table is None:
        raise UsageError(
            "this address is not that of a list", hint="copy the address of a list such as incident_list.do"
        )
    text = unquote(url)
    inner = text[text.rfind(".do?") + 4 :] if ".do?" in text else urlsplit(text).query
    queries = parse_qs(inner).get("sysparm_query", [])
    return View(address.table, queries[0] if queries else "")
