"""What came back: small, eager, and silent about its content when it cannot be read."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

import httpx
import msgspec

from supportctl.errors import AmbiguousWriteError, ProtocolError, SupportctlError
from supportctl.wire.redaction import readable_path

T = TypeVar("T")

REQUEST_ID_HEADERS = (
    "x-zendesk-request-id",
    "x-request-id",
    "atl-traceid",
    "atl-request-id",
    "x-arequestid",
    "x-transaction-id",
    "x-correlation-id",
)
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:/+=-]{1,100}")
_ANY = msgspec.json.Decoder()


class Intent(StrEnum):
    """What repeating a request would mean; decides the retry table's row."""

    READ = "read"
    """Safe to repeat, whatever the verb (a search by POST included)."""
    IDEMPOTENT = "idempotent"
    """A write whose repetition changes nothing more."""
    ONCE = "once"
    """A write that must not be repeated blindly."""


@dataclass(frozen=True, slots=True, repr=False)
class Response:
    """One answer, read to its end. ``content`` is decoded (no gzip); ``url`` is what was asked, query included."""

    status: int
    headers: httpx.Headers
    content: bytes
    url: str
    method: str
    intent: Intent = Intent.READ

    def __repr__(self) -> str:
        return f"<Response {self.status} to {self.what}, {len(self.content)} bytes>"

    @property
    def what(self) -> str:
        """Verb and path, without query values or tokens: fit for messages."""
        return f"{self.method} {readable_path(self.url)}"

    @property
    def request_id(self) -> str | None:
        """The platform's own name for this exchange, for its support desk."""
        for name in REQUEST_ID_HEADERS:
            value: str | None = self.headers.get(name)
            if value and _REQUEST_ID.fullmatch(value):
                return value
        return None

    def json(self) -> Any:
        """The body as plain Python values. Raises `ProtocolError` when it is not whole JSON."""
        return self.decode(_ANY)

    def decode(self, decoder: msgspec.json.Decoder[T]) -> T:
        """The body through a typed decoder.

        Raises `ProtocolError` naming the path that did not fit, never its value; after a write
        `AmbiguousWriteError`, since the platform has probably acted.
        """
        try:
            return decoder.decode(self.content)
        except msgspec.ValidationError as error:
            reason = f"an unexpected shape ({_shape(str(error))})"
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            reason = "JSON that is broken or cut short"
        raise self.unreadable(reason)

    def unreadable(self, reason: str, hint: str | None = None) -> SupportctlError:
        """The error for a successful answer nobody can read."""
        said = f"{self.what} answered {self.status} with {reason}{self.trace}"
        if self.intent is Intent.READ:
            return ProtocolError(
                said, hint=hint or "nothing was changed; run the command again, or with --debug to see the exchange"
            )
        return AmbiguousWriteError(
            f"{said}; the change was sent and may have been made", hint="look at the ticket before repeating the change"
        )

    @property
    def trace(self) -> str:
        """`` (request id …)`` or nothing."""
        return f" (request id {self.request_id})" if self.request_id else ""


_EXPECTED = re.compile(r"Expected `([^`]{1,80})`(?:, got `([a-z]{1,20})`)?")
_MISSING = re.compile(r"Object missing required field `([\w.-]{1,80})`")
_PATH = re.compile(r" - at `([^`]{1,200})`$")


def _shape(text: str) -> str:
    """What msgspec said, rebuilt from the parts that cannot hold a value."""
    where = _PATH.search(text)
    at = f" at {where[1]}" if where and where[1].isprintable() else ""
    if missing := _MISSING.match(text):
        return f"missing {missing[1]}{at}"
    if expected := _EXPECTED.match(text):
        got = f", got {expected[2]}" if expected[2] else ""
        return f"expected {expected[1]}{got}{at}"
    return f"a value out of range or of an unknown form{at}"
