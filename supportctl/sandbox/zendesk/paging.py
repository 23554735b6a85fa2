# ruff: noqa: S608 (SQL fragments are our own; values are always bound)
"""Zendesk's two ways to page a list: by cursor and by offset."""

import base64
import binascii
import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from supportctl.sandbox.zendesk.http import Call, Failure

DEFAULT_SIZE = 100
OFFSET_DEPTH = 10_000


@dataclass(frozen=True)
class Listing:
    """What may be listed: rows of ``table`` that satisfy ``where``.

    ``sorts``: cursor sort name -> column; ``offset_sorts``: ``sort_by`` name -> column. Ties are broken by id.
    """

    table: str
    where: str = "1"
    params: tuple[Any, ...] = ()
    sorts: tuple[tuple[str, str], ...] = (("id", "id"),)
    offset_sorts: tuple[tuple[str, str], ...] = ()
    default: str = "id"
    columns: str = "id, doc"
    prelude: str = ""
    """SQL that goes before the SELECT."""


def encode_cursor(value: Any) -> str:
    return base64.b64encode(json.dumps(value, separators=(",", ":")).encode()).decode()


def decode_cursor(text: str) -> Any:
    """Raises the 400 Zendesk answers a cursor it does not know with."""
    try:
        return json.loads(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        raise bad_parameter("page[after] or page[before] is not valid") from None


def bad_parameter(detail: str) -> Failure:
    error = {"code": "InvalidPaginationParameter", "title": "Invalid pagination parameter", "detail": detail}
    return Failure(400, {"errors": [error]})


def link(call: Call, **changes: Any) -> str:
    """The caller's own URL with some parameters replaced (None removes)."""
    kept = [(key, value) for key, value in call.query if key not in changes]
    kept += [(key, str(value)) for key, value in changes.items() if value is not None]
    path = call.path.removesuffix(".json").rstrip("/")
    return f"{call.base}/api/v2{path}.json?{urlencode(sorted(kept))}"


def is_cursor(call: Call) -> bool:
    return any(key.startswith("page[") for key, _ in call.query)


def page(call: Call, listing: Listing, key: str, render: Callable[[list[sqlite3.Row]], list[Any]]) -> dict[str, Any]:
    """One page under ``key``, by cursor when ``page[...]`` is given, else by offset."""
    if is_cursor(call):
        rows, ends = cursor_rows(call, listing)
        return {key: render(rows), **ends}
    return offset_page(call, listing, key, render)


def _size(call: Call, most: int = 100) -> int:
    text = call.param("page[size]")
    if text is None:
        return DEFAULT_SIZE
    if not text.isdigit() or not 1 <= int(text) <= most:
        raise bad_parameter(f"page[size] must be an integer between 1 and {most}")
    return int(text)


def cursor_rows(call: Call, listing: Listing) -> tuple[list[sqlite3.Row], dict[str, Any]]:
    """The rows of a cursor page, and its ``meta`` and ``links``.

    ``links.next`` is there whenever there are rows, whatever ``has_more`` says: so does Zendesk.
    """
    size = _size(call)
    wanted = call.param("sort") or listing.default
    descending = wanted.startswith("-")
    columns = dict(listing.sorts)
    column = columns.get(wanted.lstrip("-"))
    if column is None:
        raise bad_parameter(f"sort is not valid, it must be one of {', '.join(columns)}")
    after, before = call.param("page[after]"), call.param("page[before]")
    backwards = before is not None and after is None
    position = decode_cursor(after or before or "") if after or before else None
    clause, params = "", list(listing.params)
    if position is not None:
        if not isinstance(position, dict) or position.get("o") != wanted or not isinstance(position.get("v"), list):
            raise bad_parameter("the cursor belongs to another sort order")
        sign = "<" if descending != backwards else ">"
        clause = f" AND ({column}, id) {sign} (?, ?)"
        params += position["v"]
    direction = "DESC" if descending != backwards else "ASC"
    sql = (
        f"{listing.prelude}SELECT {column} AS sort_value, {listing.columns} FROM {listing.table} "
        f"WHERE ({listing.where}){clause} "
        f"ORDER BY {column} {direction}, id {direction} LIMIT {size + 1}"
    )
    rows = call.store.rows(sql, params)
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    first = encode_cursor({"o": wanted, "v": [rows[0]["sort_value"], rows[0]["id"]]}) if rows else None
    last = encode_cursor({"o": wanted, "v": [rows[-1]["sort_value"], rows[-1]["id"]]}) if rows else None
    meta = {"has_more": more, "after_cursor": last, "before_cursor": first}
    ends = {"page[after]": None, "page[before]": None, "page[size]": size}
    links = {
        "prev": link(call, **{**ends, "page[before]": first}) if first else None,
        "next": link(call, **{**ends, "page[after]": last}) if last else None,
    }
    return rows, {"meta": meta, "links": links}


def offset_numbers(call: Call, most: int = 100) -> tuple[int, int]:
    """Page number and size; 400 beyond the depth Zendesk serves."""
    number = call.number("page", 1)
    size = call.number("per_page", DEFAULT_SIZE, high=most)
    if number * size > OFFSET_DEPTH:
        error = {
            "code": "InvalidPaginationDepth",
            "title": "Pagination requests using Offset Pagination are limited to page 100 or up to 10000 records "
            "(page * per_page)",
            "detail": "There are limits to the number of records that can be returned",
        }
        raise Failure(400, {"errors": [error]})
    return number, size


def offset_page(
    call: Call, listing: Listing, key: str, render: Callable[[list[sqlite3.Row]], list[Any]]
) -> dict[str, Any]:
    number, size = offset_numbers(call)
    columns = dict(listing.offset_sorts or listing.sorts)
    column = columns.get(call.param("sort_by") or "", columns.get(listing.default.lstrip("-"), "id"))
    descending = (call.param("sort_order") or "").lower() == "desc" or (
        call.param("sort_by") is None and listing.default.startswith("-")
    )
    direction = "DESC" if descending else "ASC"
    with call.store.reader() as connection:
        total = connection.execute(
            f"{listing.prelude}SELECT count(*) FROM {listing.table} WHERE {listing.where}",
            listing.params,
        ).fetchone()[0]
        rows = connection.execute(
            f"{listing.prelude}SELECT {listing.columns} FROM {listing.table} WHERE {listing.where} "
            f"ORDER BY {column} {direction}, id {direction} LIMIT {size} OFFSET {(number - 1) * size}",
            listing.params,
        ).fetchall()
    return {
        key: render(rows),
        "next_page": link(call, page=number + 1) if number * size < total else None,
        "previous_page": link(call, page=number - 1) if number > 1 else None,
        "count": total,
    }
