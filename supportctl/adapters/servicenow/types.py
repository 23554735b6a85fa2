"""The wire shapes of the Table API, read without looking at what they mean.

Every field of a record is one of three things (``sysparm_display_value`` false, true, all): a text, null, or an
object of value, display value and link. Source: ServiceNow product documentation, "Table API".
"""

from enum import Enum
from typing import Any, cast

import msgspec
from msgspec import UNSET, UnsetType

from supportctl.errors import ProtocolError

Text = str | None | UnsetType


class Cell(msgspec.Struct, gc=False):
    """One field. ``value`` is for logic (UTC, codes, sys_ids), ``display_value`` for people."""

    value: Text = UNSET
    display_value: Text = UNSET
    link: Text = UNSET


Row = dict[str, Cell]
_Loose = dict[str, Cell | str | None]


class Mode(Enum):
    """``sysparm_display_value`` of an answer."""

    VALUES = "false"
    DISPLAY = "true"
    ALL = "all"


class Many(msgspec.Struct, gc=False):
    result: list[Row]


class LooseMany(msgspec.Struct, gc=False):
    result: list[_Loose] | _Loose


class Count(msgspec.Struct):
    """``stats.count`` of the Aggregate API, a number as text."""

    count: str | int | None = None


class Stats(msgspec.Struct):
    stats: dict[str, Any] = {}
    groupby_fields: list[dict[str, Any]] = []


class StatsAnswer(msgspec.Struct):
    result: Stats | list[Stats]


class BatchItem(msgspec.Struct, frozen=True):
    """One part of a batch answer; ``body`` is base64."""

    id: str
    status_code: int
    status_text: str = ""
    body: str = ""
    headers: list[dict[str, Any]] = []
    execution_time: int | None = None
    error_message: str | None = None
    redirect_url: str | None = None


class BatchAnswer(msgspec.Struct, frozen=True):
    """The outer 200 says nothing about the items; those not serviced were never run."""

    batch_request_id: str
    serviced_requests: list[BatchItem] = []
    unserviced_requests: list[str] = []


class ErrorText(msgspec.Struct, frozen=True):
    message: str | None = None
    detail: str | None = None


class ErrorBody(msgspec.Struct, frozen=True):
    """``{"error": {...}, "status": "failure"}``, or an OAuth error whose ``error`` is a word."""

    error: ErrorText | str
    status: str | None = None
    error_description: str | None = None


MANY = msgspec.json.Decoder(Many)
LOOSE = msgspec.json.Decoder(LooseMany)
STATS = msgspec.json.Decoder(StatsAnswer)
BATCH = msgspec.json.Decoder(BatchAnswer)
ERROR = msgspec.json.Decoder(ErrorBody)
ANYTHING = msgspec.json.Decoder()


def rows_of(content: bytes) -> list[Row]:
    """Records of a list or a single-record answer in any display mode.

    Raises `ProtocolError` when the body is no such answer.
    """
    try:
        return MANY.decode(content).result
    except msgspec.ValidationError:
        pass
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise broken() from error
    try:
        found = LOOSE.decode(content).result
        loose = found if isinstance(found, list) else [found]
    except msgspec.ValidationError:
        loose = _any_rows(_whole(content))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise broken() from error
    return [cells(row) for row in loose]


def _whole(content: bytes) -> Any:
    try:
        return ANYTHING.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise broken() from error


def broken() -> ProtocolError:
    return ProtocolError(
        "ServiceNow answered with JSON that is broken or cut short",
        hint="nothing was changed; run the command again",
    )


def _any_rows(document: Any) -> list[_Loose]:
    """Records whose fields hold more than texts (numbers, lists): kept as JSON text."""
    found = document.get("result") if isinstance(document, dict) else None
    rows = found if isinstance(found, list) else [found]
    if not all(isinstance(row, dict) for row in rows):
        raise ProtocolError(
            "ServiceNow answered without a result", hint="run: supportctl check; the URL may not be an instance"
        )
    return [{name: _any_cell(value) for name, value in cast(dict[str, Any], row).items()} for row in rows]


def _any_cell(value: Any) -> Cell | str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, dict) and value.keys() & {"value", "display_value"}:
        parts = {name: _any_text(value[name]) for name in ("value", "display_value", "link") if name in value}
        return Cell(**parts)
    return _any_text(value)


def _any_text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else msgspec.json.encode(value).decode()


def cells(row: _Loose) -> Row:
    """A record of the modes false and true in the shape of the mode all."""
    if mode_of(row) is Mode.DISPLAY:
        return {name: _shown(cell) for name, cell in row.items()}
    return {name: cell if isinstance(cell, Cell) else Cell(value=cell) for name, cell in row.items()}


def mode_of(row: _Loose) -> Mode:
    """Told by the record itself: references name their parts; without any, a ticket's state that is no number is a
    label (the states of attachments and SLA clocks are words)."""
    for cell in row.values():
        if isinstance(cell, Cell):
            if cell.display_value is UNSET:
                return Mode.VALUES
            return Mode.DISPLAY if cell.value is UNSET else Mode.ALL
    state = row.get("state")
    if "number" in row and isinstance(state, str) and state and not state.lstrip("-").isdigit():
        return Mode.DISPLAY
    return Mode.VALUES


def _shown(cell: Cell | str | None) -> Cell:
    """Only the link of a reference still holds its sys_id."""
    if not isinstance(cell, Cell):
        return Cell(display_value=cell)
    if isinstance(cell.link, str):
        return Cell(value=cell.link.rpartition("/")[2], display_value=cell.display_value, link=cell.link)
    return cell
