"""Keys, jobs, error answers: the pure parts."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportctl.adapters.writing import Handle
from supportctl.adapters.zendesk import jobs, keys, platform
from supportctl.adapters.zendesk.failures import api_error
from supportctl.adapters.zendesk.keys import Position
from supportctl.adapters.zendesk.results import polled
from supportctl.errors import (
    AuthError,
    ConflictError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    SupportctlError,
    TemporaryError,
    UsageError,
)
from supportctl.model import Applied, Conflict, Failed, Skipped
from supportctl.wire import Response

from .conftest import SITE


@pytest.mark.parametrize(
    "typed",
    [
        "12",
        "#12",
        " #12 ",
        "012",
        f"{SITE}/agent/tickets/12",
        f"{SITE}/agent/tickets/12/",
        f"{SITE}/agent/#/tickets/12",
        f"{SITE}/api/v2/tickets/12.json",
        f"{SITE}/hc/en-us/requests/12",
        f"{SITE}/tickets/12?from=mail#comment",
    ],
)
def test_what_people_type(typed: str) -> None:
    assert keys.normalize(typed, SITE) == "#12"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("ITSM-12", "Jira"),
        ("INC0010001", "ServiceNow"),
        ("a" * 32, "ServiceNow"),
        ("https://other.zendesk.com/agent/tickets/12", "other.zendesk.com"),
        (f"{SITE}/agent/users/12", "not that of a ticket"),
        ("https://[broken/agent/tickets/12", "cannot be read"),
        ("twelve", "number"),
        ("", "number"),
        ("-1", "number"),
        ("٣", "number"),
    ],
)
def test_what_is_no_ticket(typed: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        keys.normalize(typed, SITE)


@given(st.builds(Position, by=st.just("search"), after=st.none() | st.text(), query=st.none() | st.text()))
def test_positions_survive_being_written(position: Position) -> None:
    assert keys.read(keys.write(position)) == position


@pytest.mark.parametrize("text", ["", "zd1.", "zd1.!!!", "zd1.e30", "abc", "zd1.é"])
def test_a_foreign_cursor_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        keys.read(text)


HANDLE = Handle(id="V3-1", kind="job", ids=("4", "5"))


def outcomes(results: Any, status: str = "completed") -> dict[str, Any]:
    job = jobs.job({"id": "V3-1", "status": status, "results": results})
    poll = polled(job, HANDLE)
    assert poll.done
    return dict(poll.outcomes)


def test_every_shape_of_job_results() -> None:
    good = [{"action": "update", "id": 4, "status": "Updated", "success": True}]
    assert outcomes(good) == {"4": Applied()}
    assert outcomes([{"id": 4, "status": "Updated"}, {"id": 5, "status": "Updated"}]) == {
        "4": Applied(),
        "5": Applied(),
    }
    # These say nothing of success: the tickets are read back.
    assert outcomes([{"index": 0, "id": 4, "account_id": 1}]) == {}
    assert outcomes({"success": True}) == {}
    assert outcomes(None) == {}
    assert outcomes([]) == {}


def test_failures_of_single_tickets() -> None:
    told = outcomes(
        [
            {"index": 0, "success": False, "status": "Failed", "error": "TicketUpdateConflict", "details": "prose"},
            {"id": 5, "action": "update", "error": "RecordNotFound"},
        ]
    )
    assert isinstance(told["4"], Conflict)
    assert isinstance(told["5"], Skipped)
    (refused,) = outcomes([{"id": 4, "success": False, "error": "Herr Müller darf das nicht"}]).values()
    assert isinstance(refused, Failed)
    assert "Müller" not in refused.error
    assert isinstance(outcomes([{"success": False}, {"success": True, "id": 5}])["4"], Failed)


def test_ids_that_were_not_sent_are_ignored() -> None:
    assert outcomes([{"id": 999, "success": True}, {"index": 7, "success": True}]) == {}


@pytest.mark.parametrize("status", ["queued", "working", "Queued"])
def test_a_job_under_way(status: str) -> None:
    poll = polled(jobs.job({"id": "V3-1", "status": status, "results": None, "total": None}), HANDLE)
    assert not poll.done


def test_a_killed_job_is_over_and_says_so() -> None:
    poll = polled(jobs.job({"id": "V3-1", "status": "killed", "results": None}), HANDLE)
    assert poll.done
    assert poll.message == "the job ended as killed"


ENVELOPES = [
    (b'{"error":"RecordNotFound","description":"Not found"}', "RecordNotFound"),
    (b'{"error":{"title":"Forbidden","message":"no"}}', "Forbidden"),
    (b'{"errors":[{"code":"InvalidCursor","title":"t","detail":"d"}]}', "InvalidCursor"),
    (b'{"errors":{"parent":["cannot"]}}', None),
    (b"Requester creation collision - please try again", None),
    (b"", None),
    (b"null", None),
    (b"[1]", None),
    (b'{"error":null}', None),
]


@pytest.mark.parametrize(("body", "code"), ENVELOPES)
def test_all_error_envelopes(body: bytes, code: str | None) -> None:
    assert api_error(body).code == code


@given(st.binary(max_size=200))
def test_no_error_answer_breaks_the_reading(body: bytes) -> None:
    api_error(body)


def answer(status: int, body: bytes = b"") -> Response:
    return Response(
        status=status,
        headers=httpx.Headers(),
        content=body,
        url=f"{SITE}/api/v2/tickets/1.json?query=secret",
        method="GET",
    )


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, b'{"error":"Couldn\'t authenticate you"}', AuthError),
        (403, b'{"error":{"title":"Forbidden","message":"m"}}', PermissionDeniedError),
        (404, b'{"error":"RecordNotFound"}', NotFoundError),
        (404, b'{"error":"InvalidEndpoint"}', PermissionDeniedError),
        (404, b"{}", NotFoundError),
        (409, b"Requester creation collision - please try again", ConflictError),
        (409, b'{"error":"UpdateConflict"}', ConflictError),
        (422, b'{"error":"RecordInvalid"}', InvalidRequestError),
        (400, b'{"error":"TooManyValues","max_count":100}', InvalidRequestError),
        (524, b"<html>", TemporaryError),
    ],
)
def test_statuses_and_codes_decide(status: int, body: bytes, kind: type[SupportctlError]) -> None:
    error = platform.classify(answer(status, body))
    assert type(error) is kind
    assert "secret" not in error.message
    assert error.hint


def test_localised_texts_are_neither_matched_nor_shown() -> None:
    body = (
        '{"error":"RecordInvalid","description":"Fehler","details":{"base":[{"description":"Müller: é necessário",'
        '"error":null,"ticket_field_id":360,"ticket_field_type":"FieldTagger"}],"标题：":[{"description":"已被使用"}]}}'
    ).encode()
    error = platform.classify(answer(422, body))
    assert error is not None
    assert "FieldTagger 360" in error.message
    assert not any(word in error.message for word in ("Müller", "标题", "已被使用", "Fehler"))


@pytest.mark.parametrize("tag", ["vpn", "tier_1", "a-b/c.d", "größe", "日本", "12"])
def test_tags_zendesk_takes(tag: str) -> None:
    import re

    assert re.fullmatch(platform.TAG_PATTERN, tag)


@pytest.mark.parametrize("tag", ["VPN", "two words", "a,b", "", "a\tb", 'qu"ote', "x" * 300, "(a)"])
def test_tags_zendesk_would_change(tag: str) -> None:
    import re

    assert not re.fullmatch(platform.TAG_PATTERN, tag)
