"""Reading a table to its end by sys_id.

Offsets drift while records change; sys_ids do not. The limit counts records before access rules hide some, so a
short page, even an empty one, is not the end while the total says there is more.
"""

from collections.abc import Iterable, Iterator

import msgspec

from supportctl.adapters.servicenow.client import Client, cell_text
from supportctl.adapters.servicenow.encoded import Condition, encode
from supportctl.adapters.servicenow.keys import SYS_ID
from supportctl.adapters.servicenow.platform import OutOfTimeError
from supportctl.adapters.servicenow.types import Row
from supportctl.errors import ProtocolError

SMALLEST = 1
"""Records on a page: an instance that runs out of time over one has none to spare."""


class Position(msgspec.Struct, frozen=True):
    """Where to go on: after this sys_id; ``offset`` skips records behind it that are all hidden from us."""

    after: str | None = None
    offset: int = 0


class Slice(msgspec.Struct, frozen=True, kw_only=True):
    """One page. ``next`` None: the table has been read to its end; then ``hidden`` is how many records
    the instance counted and did not show (an estimate: the table may have changed meanwhile)."""

    rows: list[Row]
    next: Position | None
    total: int | None = None
    hidden: int = 0


def scan(
    client: Client,
    table: str,
    condition: Condition,
    fields: Iterable[str] | None,
    *,
    size: int,
    display: str = "all",
    start: Position | None = None,
    first: int | None = None,
    path: str | None = None,
) -> Iterator[Slice]:
    """Every record that matches, page by page; each page is yielded before the next is asked for.

    ``first`` is the size of the first page, so that something is seen soon; the page halves when the instance runs
    out of time, and later readings of the table begin at what it could do. Raises `OutOfTimeError` when one record is
    too much, `ProtocolError` when the instance ignores the paging.
    """
    size = min(size, client.manageable.get(table, size))
    place = start or Position()
    wanted = None if fields is None else tuple(dict.fromkeys(("sys_id", *fields)))
    total: int | None = None
    seen = 0
    count = True
    step = min(first or size, size)
    while True:
        query = encode(condition, after=place.after, ordered=True)
        try:
            answer = client.page(
                table, query, wanted, limit=step, offset=place.offset, display=display, count=count, path=path
            )
        except OutOfTimeError:
            if step <= SMALLEST:
                raise
            size = step = client.manageable[table] = max(SMALLEST, step // 2)
            continue
        rows = answer.rows
        if not rows and not count:
            count = True
            continue
        total = answer.total if total is None else total
        seen += len(rows)
        if rows:
            following: Position | None = Position(_last(rows, place.after))
        else:
            following = Position(place.after, place.offset + step)
        if count and _exhausted(answer.total, place.offset + step, rows):
            following = None
        hidden = max(0, (total or 0) - seen) if following is None else 0
        yield Slice(rows=rows, next=following, total=total, hidden=hidden)
        if following is None:
            return
        # The page expected to be the last, and the one after a short page, must say how much there is.
        count = len(rows) < step or total is None or seen + size >= total
        place, step = following, size


def _exhausted(left: int | None, reached: int, rows: list[Row]) -> bool:
    """Whether that was the last page: by the count where there is one, by its emptiness otherwise."""
    return reached >= left if left is not None else not rows


def _last(rows: list[Row], after: str | None) -> str:
    """The sys_id to go on after. Records out of order, or read before, mean that the paging was ignored."""
    ids = [cell_text(row, "sys_id") for row in rows]
    usual = [identity for identity in ids if SYS_ID.fullmatch(identity)]
    if not ids[-1] or usual != sorted(usual) or (after is not None and any(each <= after for each in ids)):
        raise ProtocolError(
            "ServiceNow ignored the paging by sys_id: records came back out of order, or had been read before",
            hint="run: supportctl check",
        )
    return ids[-1]
