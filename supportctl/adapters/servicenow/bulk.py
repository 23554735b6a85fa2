"""Rows of a side table for many tickets at once: ``fieldIN…`` in chunks, a few chunks at a time."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import msgspec

from supportctl.adapters.servicenow.client import Client, cell_text
from supportctl.adapters.servicenow.encoded import Condition, among, compare
from supportctl.adapters.servicenow.paging import scan
from supportctl.adapters.servicenow.platform import OutOfTimeError
from supportctl.adapters.servicenow.types import Row

T = TypeVar("T")
CHUNK = 50
"""sys_ids per request: longer URLs are cut off by some proxies."""
WORKERS = 4
"""Instances run few REST transactions at a time; more would only queue."""
PAGE = 1000


class Gathered(msgspec.Struct):
    """``hidden``: records the instance counted and did not show, by the keys asked about."""

    rows: list[Row]
    hidden: dict[str, int]

    @property
    def all_hidden(self) -> bool:
        return not self.rows and bool(self.hidden)


def chunks(items: Sequence[T], size: int = CHUNK) -> list[Sequence[T]]:
    return [items[start : start + size] for start in range(0, len(items), size)]


def gather(
    client: Client,
    table: str,
    field: str,
    keys: Sequence[str],
    fields: Iterable[str],
    *,
    conditions: Sequence[str] = (),
    display: str = "false",
    path: str | None = None,
) -> Gathered:
    """All rows whose ``field`` is one of ``keys``."""
    wanted = tuple(fields)

    def read(part: Sequence[str]) -> Gathered:
        condition = Condition((((among(field, "IN", part),), *((each,) for each in conditions)),))
        rows: list[Row] = []
        hidden = 0
        for page in scan(client, table, condition, wanted, size=PAGE, display=display, path=path):
            rows.extend(page.rows)
            hidden += page.hidden
        return Gathered(rows, dict.fromkeys(part, hidden) if hidden else {})

    found = Gathered([], {})
    for each in side_by_side(read, chunks(list(dict.fromkeys(keys)))):
        found.rows.extend(each.rows)
        found.hidden.update(each.hidden)
    return found


def gather_between(
    client: Client,
    table: str,
    field: str,
    keys: Sequence[str],
    fields: Iterable[str],
    *,
    conditions: Sequence[str] = (),
    display: str = "false",
) -> Gathered | None:
    """All rows whose ``field`` lies between the least and the greatest of ``keys``: one question where chunks would
    be many, for keys that lie close together (a page in sys_id order).

    None when that is no bargain: too many foreign rows in between, hidden ones, or a server that ignores the bounds.
    """
    low, high = min(keys), max(keys)
    bounds = ((compare(field, ">=", low),), (compare(field, "<=", high),))
    condition = Condition(((*bounds, *((each,) for each in conditions)),))
    rows: list[Row] = []
    try:
        for page in scan(client, table, condition, fields, size=PAGE, display=display):
            if page.total is None or page.total > len(keys) * PAGE // CHUNK or page.hidden:
                return None
            if any(not low <= cell_text(row, field) <= high for row in page.rows):
                return None
            rows.extend(page.rows)
    except OutOfTimeError:
        return None
    return Gathered(rows, {})


def side_by_side(work: Callable[[Sequence[T]], Gathered], parts: Sequence[Sequence[T]]) -> list[Gathered]:
    """One after the other when there is one; otherwise `WORKERS` at a time, answers in order."""
    if len(parts) < 2:
        return [work(part) for part in parts]
    with ThreadPoolExecutor(max_workers=min(WORKERS, len(parts))) as pool:
        return list(pool.map(work, parts))
