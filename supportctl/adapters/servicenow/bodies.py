"""Which answer holds what: the bodies ServiceNow sends can be told by method, path and status, and read.

The reader knows what it asked for and does not need this; recorded traffic, exports and tests do. Besides the
Table API's three display modes, the flat rows of warehouse copies (``caller_id_value``, ``caller_id_link``) and of
the old JSONv2 processor are read.
"""

import base64
import binascii
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from supportctl.adapters.servicenow import parts
from supportctl.adapters.servicenow.decode import TicketDecoder
from supportctl.adapters.servicenow.failures import Refusal, refusal, refusal_of
from supportctl.adapters.servicenow.people import person_of
from supportctl.adapters.servicenow.types import ANYTHING, BATCH, STATS, BatchItem, Cell, Row, cells, rows_of
from supportctl.errors import ProtocolError
from supportctl.model import NamedRef, Ticket

VERBS = {"GET", "POST", "PUT", "PATCH", "DELETE", "*"}
ANY = VERBS | {"GET/PATCH/DELETE", "POST/PUT/PATCH", "GET/PUT/PATCH"}
EXTRACT = {"(table extract)"}
API = r"/api/now(?:/v\d+)?"
ID = r"(?:/[^/]+)?"
NOTE = r"(?: \(.*\))?"
TASKS = (
    r"incident|problem|change_request|sc_request|sc_req_item|sc_task|task|\w+_task|ticket|sn_\w+_case|sn_si_incident|"
    r"u_\w+"
)


class BodyDecoder(NamedTuple):
    """One kind of body. ``path`` is matched in full, without its query."""

    methods: set[str]
    path: re.Pattern[str]
    status: Callable[[int], bool]
    decode: Callable[[bytes], list[Any]]
    objects: str


class Serviced(msgspec.Struct, frozen=True):
    """One item of a batch: how it ended and the text it answered with (cut off ones as far as they go)."""

    item: BatchItem
    text: str


class Left(msgspec.Struct, frozen=True):
    """An item a batch did not get to."""

    id: str


def decoders() -> list[BodyDecoder]:
    """All kinds, most special first."""
    return [
        BodyDecoder(ANY | EXTRACT, re.compile(r".*", re.DOTALL), lambda status: status >= 400, _errors, "errors"),
        _table("sys_journal_field", _each(parts.comment_of), "comments"),
        _table("sys_audit", _each(parts.event_of), "history"),
        _table("metric_instance", _each(parts.metric_of), "history"),
        _table("task_sla", _each(parts.sla_of), "SLA clocks"),
        _table("label_entry", _rows, "tag entries"),
        _table("label", _rows, "tags"),
        _table("sys_attachment", _each(parts.attachment_of), "attachments"),
        _table("sys_user", _each(person_of), "people"),
        _table("sys_user_group", _groups, "groups"),
        _table("sys_user_has_role", _rows, "roles"),
        _table("sys_choice", _rows, "choices"),
        _table(TASKS, None, "tickets"),
        _at(rf"{API}/attachment(?:/(?:file|upload|[^/]+))?{NOTE}", _each(parts.attachment_of), "attachments"),
        _at(rf"{API}/batch", _batch, "batches"),
        _at(rf"{API}/stats/\w+", _stats, "counts"),
        _at(rf"/(?:{TASKS})\.do", _jsonv2, "tickets"),
    ]


def _success(status: int) -> bool:
    return 200 <= status < 300


def _at(path: str, decode: Callable[[bytes], list[Any]], objects: str) -> BodyDecoder:
    return BodyDecoder(ANY | EXTRACT, re.compile(path), _success, _whole(decode), objects)


def _table(names: str, decode: Callable[[bytes], list[Any]] | None, objects: str) -> BodyDecoder:
    path = rf"{API}/table/(?:{names}){ID}{NOTE}"
    return BodyDecoder(ANY | EXTRACT, re.compile(path), _success, _whole(decode or _tickets), objects)


def _whole(decode: Callable[[bytes], list[Any]]) -> Callable[[bytes], list[Any]]:
    """A 200 may break off into an error, or be empty (a deletion)."""

    def told(body: bytes) -> list[Any]:
        if not body.strip():
            return []
        if b'"error"' not in body or b'"failure"' not in body:
            return decode(body)
        try:
            return [*decode(body), refusal_of(body)]
        except ProtocolError:
            return [refusal_of(body)]

    return told


_DECODER = TicketDecoder()


def _tickets(body: bytes) -> list[Ticket]:
    return _DECODER.tickets(records(body))


def _each(read: Callable[[Row], Any]) -> Callable[[bytes], list[Any]]:
    return lambda body: [read(row) for row in records(body)]


def _rows(body: bytes) -> list[Any]:
    return list(records(body))


def _groups(body: bytes) -> list[Any]:
    groups: list[Any] = []
    for row in records(body):
        taken = parts.Taker(row)
        groups.append((NamedRef(id=taken.text("sys_id"), name=taken.text("name")), taken.rest()))
    return groups


def records(body: bytes) -> list[Row]:
    """Records of a Table API answer, or of a flat extract (a bare list)."""
    if body[:64].lstrip()[:1] == b"[":
        return [cells(unflatten(row)) for row in ANYTHING.decode(body)]
    return rows_of(body)


def unflatten(row: dict[str, Any]) -> dict[str, Cell | str | None]:
    """``caller_id_value`` and ``caller_id_link`` are one reference."""
    whole: dict[str, Cell | str | None] = {}
    for name, value in row.items():
        root = name.removesuffix("_value")
        if name.endswith("_link") and f"{name.removesuffix('_link')}_value" in row:
            continue
        whole[root if f"{root}_link" in row else name] = value
    return whole


def _errors(body: bytes) -> list[Refusal]:
    return [refusal_of(body)]


def _batch(body: bytes) -> list[Any]:
    answer = BATCH.decode(body)
    done = [Serviced(item, _text(item.body)) for item in answer.serviced_requests]
    return [answer.batch_request_id, *done, *(Left(each) for each in answer.unserviced_requests)]


def _text(encoded: str) -> str:
    try:
        return base64.b64decode(encoded + "=" * (-len(encoded) % 4)).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return encoded


def _stats(body: bytes) -> list[Any]:
    found = STATS.decode(body).result
    return found if isinstance(found, list) else [found]


def _jsonv2(body: bytes) -> list[Any]:
    """The old processor answers 200 and puts the refusal into the record."""
    found: list[Any] = []
    for row in ANYTHING.decode(body).get("records", []):
        error = row.pop("__error", None)
        if error is not None:
            status = row.pop("__status", None)
            told = {} if status is None else {"status": str(status)}
            found.append(refusal(str(error.get("message", "")), str(error.get("reason", "")), told))
        found.append(_DECODER.ticket(cells(row)))
    return found
