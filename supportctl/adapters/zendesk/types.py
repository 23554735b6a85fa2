"""Zendesk objects that have no place in the portable model, and how an answer is taken apart.

Tickets, comments and audits go straight to the portable model (`decode`, `threads`); what is left are jobs,
errors, metric sets, service-level policies and paging.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from supportctl.errors import ProtocolError

T = TypeVar("T")

Json = dict[str, Any]

decode_json: Callable[[bytes], Any] = msgspec.json.Decoder().decode


class JobItem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a job says about one item; ``ok`` None: it says nothing of success."""

    ok: bool | None
    id: str | None = None
    index: int | None = None
    error: str | None = None
    details: str | None = None
    native: Json = {}


class Job(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A background job. ``items`` None: the platform has not said anything about single items (yet)."""

    id: str
    status: str
    items: list[JobItem] | None = None
    total: int | None = None
    progress: int | None = None
    message: str | None = None
    native: Json = {}

    @property
    def over(self) -> bool:
        return self.status not in ("queued", "working")


class ErrorDetail(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One complaint of an error answer. ``field`` and ``text`` are localised: for showing, never for matching."""

    field: str | None = None
    text: str | None = None
    code: str | None = None
    ticket_field_id: str | None = None
    ticket_field_type: str | None = None
    native: Json = {}


class ApiError(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An error answer, whichever of the platform's envelopes it came in. ``code`` is safe to match on."""

    code: str | None = None
    title: str | None = None
    text: str | None = None
    details: list[ErrorDetail] = []
    native: Json = {}


class MetricSet(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What Zendesk counted about one ticket. ``first_reply`` is seconds of calendar time."""

    ticket_id: str | None
    reopens: int | None = None
    assignee_stations: int | None = None
    solved_at: datetime | None = None
    status_updated_at: datetime | None = None
    first_reply: int | None = None
    native: Json = {}


class SlaPolicy(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A service-level policy; ``targets`` as the platform has them (minutes)."""

    id: str
    title: str | None
    targets: list[Json] = []
    native: Json = {}


class Paging(msgspec.Struct, frozen=True, kw_only=True):
    """Where an answer says the next page is. ``more`` decides; a link alone does not."""

    more: bool
    cursor: str | None = None


def when(text: Any) -> datetime | None:
    """An instant as Zendesk writes it (ISO 8601, UTC). Empty is None."""
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def text_id(value: Any) -> str | None:
    return None if value is None else str(value)


def reading(what: str, body: bytes) -> Json:
    """An answer's envelope. Anything but a JSON object is a `ProtocolError` that shows no values."""
    try:
        doc = decode_json(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ProtocolError(
            f"Zendesk's answer with {what} is not JSON or was cut short; nothing was changed",
            hint="run the command again, or with --debug to see the exchange",
        ) from error
    if not isinstance(doc, dict):
        raise _shapeless(what, type(doc).__name__)
    return doc


def reading_shape(what: str, read: Callable[[], T]) -> T:
    """``read()``, with a `ProtocolError` when the documents are not what the API documents."""
    try:
        return read()
    except (AttributeError, KeyError, TypeError, ValueError, IndexError) as error:
        raise _shapeless(what, type(error).__name__) from error


def _shapeless(what: str, why: str) -> ProtocolError:
    return ProtocolError(
        f"Zendesk's answer with {what} does not have the documented shape ({why}); nothing was changed",
        hint="run the command again with --debug to see the exchange",
    )


def paging(envelope: Json) -> Paging:
    """The next page of a cursor-paged list, a search export or an incremental export.

    ``links.next`` is present even on the last page; ``meta.has_more`` and ``end_of_stream`` tell the truth.
    """
    if "end_of_stream" in envelope:
        return Paging(more=not envelope["end_of_stream"], cursor=envelope.get("after_cursor"))
    meta = envelope.get("meta")
    if meta:
        return Paging(more=bool(meta.get("has_more")), cursor=meta.get("after_cursor"))
    return Paging(more=False)
