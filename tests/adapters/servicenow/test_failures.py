"""What refusals mean: told by fixed words, shown without customer text."""

from __future__ import annotations

import httpx
import msgspec
import pytest

from supportctl.adapters.servicenow.failures import Cause, refusal_of
from supportctl.adapters.servicenow.platform import classify
from supportctl.errors import (
    AuthError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    ProtocolError,
    SupportctlError,
    TemporaryError,
)
from supportctl.wire import Response


def answer(status: int, message: str, detail: str | None) -> Response:
    body = msgspec.json.encode({"error": {"message": message, "detail": detail}, "status": "failure"})
    return Response(status, httpx.Headers(), body, "https://x.service-now.com/api/now/table/incident", "GET")


@pytest.mark.parametrize(
    ("status", "message", "detail", "kind", "told"),
    [
        (401, "User Not Authenticated", "Required to provide Auth information", AuthError, "does not accept"),
        (403, "Operation Failed", "ACL Exception Update Failed due to security", PermissionDeniedError, "roles"),
        (403, "User Not Authorized", "Failed API level ACL Validation", PermissionDeniedError, "this REST API"),
        (
            403,
            "Operation Failed",
            "Data Policy Exception: The following fields are mandatory: Resolution code, Resolution notes",
            InvalidRequestError,
            "Resolution code, Resolution notes",
        ),
        (403, "Invalid Insert", "Data Policy Exception:  Title is mandatory ", InvalidRequestError, ": Title"),
        (
            403,
            "Operation Failed",
            "Operation against file 'incident' was aborted by Business Rule 'Check caller^abc'. Error: Secret text",
            InvalidRequestError,
            "'Check caller'",
        ),
        (404, "No Record found", "Record doesn't exist or ACL restricts the record retrieval", NotFoundError, "hidden"),
        (400, "Invalid table u_nope", None, InvalidRequestError, "no such table"),
        (400, "Requested URI does not represent any resource", None, ProtocolError, "no such API"),
        (500, "Transaction cancelled: maximum execution time exceeded", "Check logs", TemporaryError, "longer than"),
    ],
)  # fmt: skip
def test_meanings(status: int, message: str, detail: str | None, kind: type[SupportctlError], told: str) -> None:
    error = classify(answer(status, message, detail))
    assert isinstance(error, kind)
    assert told in error.message
    assert "Secret" not in error.message
    assert error.hint


def test_oauth_errors_are_words() -> None:
    body = b'{"error":"invalid_client","error_description":"access_denied"}'
    response = Response(401, httpx.Headers(), body, "https://x/oauth_token.do", "POST")
    error = classify(response)
    assert isinstance(error, AuthError)
    assert "invalid_client" in error.message
    assert refusal_of(body).cause is Cause.TOKEN


def test_an_error_inside_a_success() -> None:
    assert isinstance(classify(answer(200, "Something", "odd")), ProtocolError)
    fine = Response(
        200, httpx.Headers(), b'{"result":[{"short_description":"an \\"error\\" occurred"}]}', "https://x/", "GET"
    )
    assert classify(fine) is None


def test_what_nobody_knows_is_left_to_the_status() -> None:
    assert classify(answer(418, "Teapot", None)) is None
    assert classify(Response(500, httpx.Headers(), b"<html>", "https://x/", "GET")) is None
