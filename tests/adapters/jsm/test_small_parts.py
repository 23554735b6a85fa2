"""Keys, errors, comments, changelog, tasks, JQL text: the parts that need no exchange."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportctl.adapters.jsm import cursors, jql, keys
from supportctl.adapters.jsm.changelog import EventReader, counts, decode_bulk_changelog
from supportctl.adapters.jsm.comments import comment_of, decode_comments
from supportctl.adapters.jsm.failures import MAX_TEXT, classify, complaint
from supportctl.adapters.jsm.jobs import task_of
from supportctl.adapters.jsm.statuses import PriorityTable, StatusTable
from supportctl.errors import (
    AuthError,
    ConflictError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    ProtocolError,
    UsageError,
)
from supportctl.model import Applied, Event, Failed, Status
from supportctl.wire import Response

from .conftest import SITE, make_profile

KEYS = [
    ("SUP-12", "SUP-12"),
    (" sup-12 ", "SUP-12"),
    ("A1_B-9", "A1_B-9"),
    ("10001", "10001"),
    (f"{SITE}/browse/SUP-12?focusedCommentId=1", "SUP-12"),
    (f"{SITE}/servicedesk/customer/portal/1/SUP-12", "SUP-12"),
    (f"{SITE}/jira/servicedesk/projects/SUP/queues/custom/1/SUP-12", "SUP-12"),
    (f"{SITE}/jira/software/projects/SUP/boards/1?selectedIssue=SUP-12", "SUP-12"),
    (f"{SITE}/rest/api/3/issue/10001", "10001"),
]


@pytest.mark.parametrize(("typed", "key"), KEYS)
def test_keys(typed: str, key: str) -> None:
    assert keys.normalize(typed, SITE) == key
    assert keys.normalize(key, SITE) == key


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("#12", "Zendesk"),
        ("INC0010001", "ServiceNow"),
        ("RITM0010001", "ServiceNow"),
        ("9c573169c611228700193229fff72400", "ServiceNow"),
        ("https://acme.zendesk.com/agent/tickets/12", "Zendesk"),
        ("https://acme.service-now.com/incident.do?sys_id=1", "ServiceNow"),
        ("https://other.atlassian.net/browse/SUP-12", "this profile is for acme.atlassian.net"),
        (f"{SITE}/browse/", "names no issue"),
        ("SUP 12", "no issue key"),
        ("", "no issue key"),
    ],
)
def test_keys_of_others_are_refused(typed: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        keys.normalize(typed, SITE)


@given(st.text(max_size=40))
def test_any_text_is_a_key_or_a_usage_error(typed: str) -> None:
    try:
        key = keys.normalize(typed, SITE)
    except UsageError:
        return
    assert keys.normalize(key, SITE) == key


def answer(status: int, body: Any, method: str = "GET", **headers: str) -> Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Response(status, httpx.Headers(headers), content, f"{SITE}/rest/api/3/issue/SUP-1", method)


@pytest.mark.parametrize(
    ("response", "kind", "told"),
    [
        (answer(401, b"Client must be authenticated to access this resource."), AuthError, "not accept"),
        (answer(401, b""), AuthError, "credentials"),
        (answer(403, {"errorMessages": ["No permission"], "errors": {}}), PermissionDeniedError, "No permission"),
        (answer(403, b"", **{"X-Seraph-LoginReason": "AUTHENTICATION_DENIED"}), AuthError, "CAPTCHA"),
        (answer(404, {"errorMessages": ["Issue does not exist"], "errors": {}}), NotFoundError, "Issue does not"),
        (answer(404, b"<html>"), NotFoundError, "may not see it"),
        (answer(409, {}), ConflictError, "same time"),
        (answer(410, {"errorMessages": ["The requested API has been removed."]}), ProtocolError, "removed"),
        (
            answer(400, {"errorMessages": [], "errors": {"labels": "It is not on the appropriate screen"}}),
            InvalidRequestError,
            "labels: It",
        ),
        (answer(400, {"errors": [{"message": "not valid"}]}), InvalidRequestError, "not valid"),
        (
            answer(
                404,
                {"errorMessage": "No access", "i18nErrorMessage": {"i18nKey": "sd.customerview.error.vpOriginMissing"}},
            ),
            NotFoundError,
            "sd.customerview",
        ),
        (answer(413, {"errorMessages": ["too large"]}), InvalidRequestError, "too large"),
    ],
)
def test_every_shape_of_error(response: Response, kind: type[Exception], told: str) -> None:
    error = classify(response)
    assert type(error) is kind
    assert told in error.message
    assert error.hint


@pytest.mark.parametrize("response", [answer(500, {"errorMessages": ["x"]}), answer(503, b"<html>"), answer(400, b"")])
def test_what_the_body_does_not_say_is_left_to_the_status(response: Response) -> None:
    assert classify(response) is None


def test_error_text_is_one_short_line_without_long_quotations() -> None:
    said = complaint(json.dumps({"errorMessages": ["a\n\x1b[31mb", "'" + "secret " * 20 + "'", "x" * 900]}).encode())
    assert "\n" not in said.text
    assert "\x1b" not in said.text
    assert "secret" not in said.text
    assert len(said.text) <= MAX_TEXT


@given(st.binary(max_size=60))
def test_no_error_body_is_fatal(content: bytes) -> None:
    complaint(content)


def comment(**more: Any) -> dict[str, Any]:
    return {"id": "1", "body": "hi", "created": "2026-02-01T08:00:00.000+0000", **more}


@pytest.mark.parametrize(
    ("more", "public"),
    [
        ({}, None),
        ({"jsdPublic": True}, True),
        ({"jsdPublic": False}, False),
        ({"public": False}, False),
        ({"properties": [{"key": "sd.public.comment", "value": {"internal": True}}]}, False),
        ({"properties": [{"key": "sd.public.comment", "value": {"internal": "true"}}], "jsdPublic": True}, False),
        ({"properties": [{"key": "sd.public.comment", "value": {"internal": False}}]}, True),
        ({"properties": []}, None),
        ({"visibility": {"type": "role", "value": "Administrators"}}, None),
    ],
)
def test_who_may_see_a_comment(more: dict[str, Any], public: bool | None) -> None:
    assert comment_of(comment(**more)).public is public
    page, total = decode_comments(json.dumps({"comments": [comment(**more)], "total": 1}).encode())
    assert (page[0].public, total) == (public, 1)
    assert page[0] == comment_of(comment(**more)), "the fast and the slow way agree"


def test_comments_come_oldest_first() -> None:
    late = comment(id="2", created="2026-02-01T09:00:00.000+0100")
    late["created"] = "2026-02-01T10:00:00.000+0100"
    page, _ = decode_comments(json.dumps({"comments": [late, comment()]}).encode())
    assert [one.id for one in page] == ["1", "2"]


def events(*histories: dict[str, Any], statuses: dict[str, str] | None = None) -> list[Event]:
    table = StatusTable(make_profile())
    for id_, key in (statuses or {}).items():
        table.learn([{"id": id_, "name": id_, "statusCategory": {"key": key}}])
    return EventReader(table, PriorityTable(make_profile())).events(list(histories))


def history(id_: str, created: Any, *items: dict[str, Any]) -> dict[str, Any]:
    return {"id": id_, "created": created, "author": {"accountId": "5b10"}, "items": list(items)}


def test_errors_do_not_repeat_what_was_sent() -> None:
    """Jira quotes values of a query, and proxies write prose."""
    body = {"errorMessages": ["The value 'jane.private@customer.example' does not exist for the field 'reporter'."]}
    said = classify(answer(400, body))
    assert said is not None
    assert "jane" not in said.message
    assert "'reporter'" in said.message
    prose = classify(answer(400, b"Dear Ms Smith, your card 4111 1111 1111 1111 was declined"))
    assert prose is None or "Smith" not in prose.message


def test_events_of_every_kind() -> None:
    found = events(
        history(
            "2", 1767312000000, {"field": "Link", "from": None, "to": "SUP-2", "toString": "This issue clones SUP-2"}
        ),
        history(
            "1",
            "2026-01-01T00:00:00.000+0000",
            {"field": "status", "fieldId": "status", "from": "1", "fromString": "Neu", "to": "2", "toString": "Fertig"},
            {"field": "labels", "fieldId": "labels", "fromString": "a", "toString": "a b"},
            {"field": "Story Points", "fieldId": "customfield_10036", "to": None, "toString": "13"},
        ),
        statuses={"1": "new", "2": "done"},
    )
    assert [(event.field, event.before, event.after) for event in found] == [
        ("status", Status.NEW, Status.RESOLVED),
        ("tags", ["a"], ["a", "b"]),
        ("Story Points", None, "13"),
        ("links", None, "SUP-2"),
    ]
    assert found[0].native == {"from": "1", "to": "2"}
    assert found[0].after_label == "Fertig"
    assert found[3].at == datetime(2026, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize(("number", "at"), [(1492070429, 2017), (1767312000000, 2026)])
def test_numbers_are_seconds_or_milliseconds_by_size(number: int, at: int) -> None:
    body = {
        "issueChangeLogs": [{"issueId": "7", "changeHistories": [history("1", number, {"field": "x"})]}],
        "nextPageToken": "t",
    }
    reader = EventReader(StatusTable(make_profile()), PriorityTable(make_profile()))
    found, token = decode_bulk_changelog(json.dumps(body).encode(), reader)
    assert found["7"][0].at is not None
    assert found["7"][0].at.year == at
    assert token == "t"


def moved(id_: str, before: str, after: str, *more: dict[str, Any]) -> dict[str, Any]:
    return history(
        id_,
        f"2026-01-0{id_}T00:00:00.000+0000",
        {"field": "status", "fieldId": "status", "from": before, "to": after},
        *more,
    )


def test_reopens_and_reassignments() -> None:
    cleared = {
        "field": "resolution",
        "fieldId": "resolution",
        "from": "1",
        "fromString": "Done",
        "to": None,
        "toString": None,
    }
    given_ = {"field": "assignee", "fieldId": "assignee", "from": None, "to": "a"}
    passed = {"field": "assignee", "fieldId": "assignee", "from": "a", "to": "b"}
    known = {"1": "new", "2": "done", "3": "indeterminate"}
    found = counts(
        events(
            moved("1", "1", "2", given_), moved("2", "2", "3", cleared), moved("3", "3", "2", passed), statuses=known
        )
    )
    assert (found.reopens, found.reassignments) == (1, 1)
    deleted_status = counts(events(moved("1", "77", "3", cleared), statuses=known))
    assert deleted_status.reopens == 1


def test_tasks_as_documented_and_as_live() -> None:
    documented = task_of(b'{"taskId":"10641","status":"RUNNING","progressPercent":50}')
    assert not documented.poll.done
    assert documented.id == "10641"
    live = task_of(
        b'{"taskId":7,"status":"COMPLETE","processedAccessibleIssues":[1],"failedAccessibleIssues":{"2":["no"]},'
        b'"invalidOrInaccessibleIssueCount":1,"created":1709189449954}'
    )
    assert live.poll.done
    assert live.poll.outcomes == {"1": Applied(), "2": Failed(error="no")}
    assert live.poll.message is not None
    assert task_of(b'{"taskId":"1","status":"SOMETHING_NEW"}').poll.done
    assert not task_of(b'{"taskId":"10641"}').poll.done


@pytest.mark.parametrize(
    ("text", "condition", "order"),
    [
        ("project = SUP ORDER BY rank", "project = SUP", "rank"),
        ("project = SUP order  by created DESC, key", "project = SUP", "created DESC, key"),
        ('summary ~ "order by x"', 'summary ~ "order by x"', ""),
        (r'summary ~ "a \" order by x" ORDER BY key', r'summary ~ "a \" order by x"', "key"),
        ("ORDER BY key", "", "key"),
        ("", "", ""),
        ("order = by", "order = by", ""),
    ],
)
def test_splitting_off_the_order(text: str, condition: str, order: str) -> None:
    assert jql.split_order(text) == (condition, order)


@given(st.text(max_size=30))
def test_a_quoted_value_stays_one_value(text: str) -> None:
    quoted = jql.quote(text)
    assert quoted[0] == quoted[-1] == '"'
    inner, place = quoted[1:-1], 0
    while place < len(inner):
        assert inner[place] != '"'
        assert ord(inner[place]) >= 32
        place += 2 if inner[place] == "\\" else 1
    assert place == len(inner), "no escape reaches the closing quote"
    assert jql.split_order(f"x = {quoted}") == (f"x = {quoted}", "")


def test_conditions_are_kept_together() -> None:
    assert jql.conjoin("a or b", None, "", "c") == "(a or b) AND (c)"
    assert jql.conjoin("a or b") == "a or b"
    assert jql.conjoin() == ""


@given(st.text(max_size=20), st.none() | st.text(max_size=20), st.integers(0, 10**6))
def test_cursors_travel(text: str, token: str | None, start: int) -> None:
    position = cursors.Position(text, token=token, start=start)
    assert cursors.read(cursors.write(position)) == position


@pytest.mark.parametrize("cursor", ["", "jsm1:", "jsm1:!!!", "zendesk:abc", "jsm1:e30"])
def test_a_cursor_that_is_not_ours_is_refused(cursor: str) -> None:
    with pytest.raises(UsageError, match="cursor"):
        cursors.read(cursor)
