"""The Table API over the transport: one page at a time, always by encoded query.

Source: ServiceNow product documentation, "Table API". Queries go out percent-encoded; the answer's count is asked
for only where the paging needs it, since the instance counts rows for it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from supportctl.adapters.servicenow.failures import OUT_OF_TIME
from supportctl.adapters.servicenow.platform import OutOfTimeError, classify
from supportctl.adapters.servicenow.types import Row, rows_of
from supportctl.errors import ProtocolError
from supportctl.wire import Intent, Response, Transport
from supportctl.wire.answers import is_html

TABLE = "/api/now/table"


class Rows(msgspec.Struct, frozen=True):
    """One answer. ``total`` counts matching records before access rules hid any: an upper bound."""

    rows: list[Row]
    total: int | None = None


class Client:
    """What the adapter asks of an instance."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.manageable: dict[str, int] = {}
        """Table -> records on a page that the instance can send in time, where it once ran out of it."""

    def page(
        self,
        table: str,
        query: str,
        fields: Iterable[str] | None,
        *,
        limit: int,
        offset: int = 0,
        display: str = "false",
        count: bool = False,
        path: str | None = None,
    ) -> Rows:
        """Records of ``table``. An empty list that comes as 404 (version 1 of the API) is an empty list.

        Raises `OutOfTimeError` when the instance ran out of time, half-way through the answer or before it.
        """
        params: dict[str, Any] = {
            "sysparm_query": query or None,
            "sysparm_fields": ",".join(fields) if fields is not None else None,
            "sysparm_display_value": display,
            "sysparm_exclude_reference_link": "true",
            "sysparm_limit": limit,
            "sysparm_offset": offset or None,
            "sysparm_suppress_pagination_header": "true",
            "sysparm_no_count": None if count else "true",
        }
        response = self.transport.request("GET", path or f"{TABLE}/{table}", params=params, ok={404})
        if response.status == 404:
            return self._empty(response)
        return Rows(read_rows(response), total_of(response.headers) if count else None)

    def _empty(self, response: Response) -> Rows:
        try:
            rows = rows_of(response.content)
        except ProtocolError:
            rows = None
        error = classify(response)
        if rows == [] or (error is not None and error.code == "NOT_FOUND"):
            return Rows([], 0)
        raise error or ProtocolError(
            f"{response.what} answered 404: there is no such table API here", hint="check the profile's url"
        )

    def first(self, table: str, query: str, fields: Iterable[str], *, display: str = "false") -> Row | None:
        rows = self.page(table, query, fields, limit=1, display=display).rows
        return rows[0] if rows else None

    def write(self, method: str, path: str, body: Mapping[str, Any] | None, *, intent: Intent) -> Response:
        """A write. The Table API wants a content type even on DELETE, which it answers with nothing, and no page."""
        response = self.transport.request(
            method,
            path,
            json=body,
            headers={"Content-Type": "application/json"},
            intent=intent,
            expect_json=method != "DELETE",
        )
        if is_html(response):
            raise response.unreadable("a web page instead of an empty answer")
        return response


def read_rows(response: Response) -> list[Row]:
    """The records of an answer, which must be whole."""
    try:
        rows = rows_of(response.content)
    except ProtocolError as error:
        if OUT_OF_TIME in response.content.lower():
            raise OutOfTimeError(
                f"{response.what} was cut short: the query ran longer than the instance allows",
                hint="narrow the query, or run the command again when the instance is less busy",
            ) from None
        raise ProtocolError(
            f"{response.what} answered {response.status} with a body that is cut short or not a result{response.trace}",
            hint=error.hint,
        ) from None
    if b'"error"' in response.content and (failed := classify(response)):
        raise failed
    return rows


def total_of(headers: Mapping[str, str]) -> int | None:
    text = headers.get("x-total-count") or ""
    return int(text) if text.isascii() and text.isdigit() else None


def cell_text(row: Row, name: str) -> str:
    """The value of a field, or nothing."""
    cell = row.get(name)
    return str(cell.value) if cell is not None and isinstance(cell.value, str) else ""


def cell_label(row: Row, name: str) -> str:
    """What people see of a field, or its value."""
    cell = row.get(name)
    if cell is None:
        return ""
    return str(cell.display_value) if isinstance(cell.display_value, str) else cell_text(row, name)
