"""Error answers: what ServiceNow says no to, told by its fixed words and never by its free text.

The Table API answers ``{"error": {"message", "detail"}, "status": "failure"}``, the token endpoint
``{"error": word, "error_description"}``. A list that ran out of time is a 200 whose JSON breaks off into an error.
Sources: ServiceNow product documentation, "REST API HTTP response codes", "Inbound REST API rate limiting".
"""

import re
from enum import StrEnum

import msgspec

from supportctl.adapters.servicenow.types import ERROR, ErrorText

OUT_OF_TIME = b"maximum execution time exceeded"


class Cause(StrEnum):
    """What stands behind an error answer."""

    UNAUTHENTICATED = "unauthenticated"
    TOKEN = "token"  # noqa: S105 - a cause, not a secret
    DATA_POLICY = "data policy"
    BUSINESS_RULE = "business rule"
    ACL = "acl"
    API_ACL = "api acl"
    NO_RECORD = "no record"
    INVALID_TABLE = "invalid table"
    NO_SUCH_URI = "no such uri"
    RATE_LIMIT = "rate limit"
    OUT_OF_TIME = "out of time"
    OTHER = "other"


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """An error answer, read. ``fields`` are the labels a data policy names; ``rule`` the business rule's name."""

    cause: Cause
    message: str = ""
    detail: str = ""
    fields: tuple[str, ...] = ()
    rule: str | None = None
    native: dict[str, str] = {}


_CAUSES = (
    (re.compile(r"data policy exception", re.IGNORECASE), Cause.DATA_POLICY),
    (re.compile(r"aborted by business rule", re.IGNORECASE), Cause.BUSINESS_RULE),
    (re.compile(r"api level acl", re.IGNORECASE), Cause.API_ACL),
    (re.compile(r"acl exception|security constraints|user not authorized", re.IGNORECASE), Cause.ACL),
    (re.compile(r"user not authenticated|required to provide auth", re.IGNORECASE), Cause.UNAUTHENTICATED),
    (re.compile(r"no record found", re.IGNORECASE), Cause.NO_RECORD),
    (re.compile(r"invalid table", re.IGNORECASE), Cause.INVALID_TABLE),
    (re.compile(r"does not represent any resource", re.IGNORECASE), Cause.NO_SUCH_URI),
    (re.compile(r"rate limit", re.IGNORECASE), Cause.RATE_LIMIT),
    (re.compile(r"maximum execution time exceeded|transaction cancelled", re.IGNORECASE), Cause.OUT_OF_TIME),
)
_RULE = re.compile(r"aborted by business rule '([^'^]{1,100})", re.IGNORECASE)
_LISTED = re.compile(r"mandatory:\s*(.+)$", re.IGNORECASE)
_SINGLE = re.compile(r"exception:\s*(.+?) (?:is|are) mandatory", re.IGNORECASE)


def refusal_of(body: bytes) -> Refusal:
    """Read an error body; anything that is none of the known shapes becomes `Cause.OTHER` with its text kept."""
    try:
        answer = ERROR.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _unread(body)
    if isinstance(answer.error, ErrorText):
        native = {} if answer.status is None else {"status": answer.status}
        return refusal(answer.error.message or "", answer.error.detail or "", native)
    return Refusal(cause=Cause.TOKEN, message=answer.error, detail=answer.error_description or "")


def refusal(message: str, detail: str, native: dict[str, str] | None = None) -> Refusal:
    both = f"{message}\n{detail}"
    cause = next((cause for pattern, cause in _CAUSES if pattern.search(both)), Cause.OTHER)
    rule = _RULE.search(both)
    return Refusal(
        cause=cause,
        message=message,
        detail=detail,
        fields=_mandatory(detail) if cause is Cause.DATA_POLICY else (),
        rule=rule[1].strip() if rule else None,
        native=native or {},
    )


def _mandatory(detail: str) -> tuple[str, ...]:
    found = _LISTED.search(detail.strip()) or _SINGLE.search(detail)
    labels = found[1].split(",") if found else []
    return tuple(label.strip() for label in labels if label.strip())


def _unread(body: bytes) -> Refusal:
    text = body.decode("utf-8", "replace")
    cause = Cause.OUT_OF_TIME if OUT_OF_TIME in body.lower() else Cause.OTHER
    return Refusal(cause=cause, native={"body": text})
