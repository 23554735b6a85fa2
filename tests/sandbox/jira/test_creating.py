"""Making issues and adding files, on both deployments: what is asked for, what comes of it, what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportctl.sandbox.jira import entities, uploads
from supportctl.sandbox.jira.uploads import _files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fixtures.sandbox import Sandbox

ADMIN = ("ops@harborlight.example", "sandbox-jira-token")
LIMITED = ("limited@harborlight.example", "sandbox-jira-limited")
NO_CHECK = {"X-Atlassian-Token": "no-check"}


@pytest.fixture(params=["cloud", "data_center"])
def either(request: pytest.FixtureRequest, sandbox: Sandbox) -> Iterator[httpx.Client]:
    if request.param == "cloud":
        client = httpx.Client(base_url=f"{sandbox.url}/rest/api/3", auth=ADMIN, timeout=30)
    else:
        pat = {"Authorization": "Bearer sandbox-jira-pat"}
        client = httpx.Client(base_url=f"{sandbox.url}/jira/rest/api/2", headers=pat, timeout=30)
    with client:
        yield client


def text(client: httpx.Client, said: str) -> Any:
    if "/rest/api/2" in str(client.base_url):
        return said
    return {
        "type": "doc",
        "version": 1,
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": said}]}],
    }


def fields(client: httpx.Client, **more: Any) -> dict[str, Any]:
    return {
        "project": {"key": "ENG"},
        "issuetype": {"id": "10020"},
        "summary": "Sync fails",
        "description": text(client, "It fails."),
        "labels": ["supportctl-1"],
        **more,
    }


def make(client: httpx.Client, **more: Any) -> httpx.Response:
    return client.post("/issue", json={"fields": fields(client, **more)})


def test_an_issue_is_made_found_and_counted_on(either: httpx.Client) -> None:
    first, second = make(either).json(), make(either, labels=[]).json()
    assert (first["key"], second["key"]) == ("ENG-1", "ENG-2")
    shown = either.get(f"/issue/{first['id']}").json()["fields"]
    assert shown["summary"] == "Sync fails"
    assert shown["description"] == text(either, "It fails.")
    assert shown["status"]["name"] == "To Do"
    assert shown["reporter"]["emailAddress"] == ADMIN[0]
    path = "/search/jql" if "/api/3" in str(either.base_url) else "/search"
    found = either.post(path, json={"jql": 'labels = "supportctl-1"', "fields": ["summary"]}).json()["issues"]
    assert [each["key"] for each in found] == ["ENG-1"]


def test_a_number_is_given_out_once(either: httpx.Client) -> None:
    made = make(either).json()["key"]
    either.delete(f"/issue/{made}")
    assert make(either).json()["key"] == "ENG-2"


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ({"project": {"key": "NONE"}}, "project"),
        ({"project": None}, "project"),
        ({"issuetype": {"id": "10001"}}, "issuetype"),
        ({"summary": " "}, "summary"),
        ({"labels": ["two words"]}, "labels"),
        ({"customfield_99999": "x"}, "customfield_99999"),
        ({"status": {"id": "10033"}}, "status"),
    ],
)
def test_what_is_wrong_is_told_by_field_and_nothing_is_made(
    either: httpx.Client, more: dict[str, Any], fault: str
) -> None:
    answer = make(either, **more)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [fault]
    assert either.get("/issue/ENG-1").status_code == 404


def test_the_create_screen_says_what_it_must_have(either: httpx.Client, sandbox: Sandbox) -> None:
    with sandbox.store.write() as db:
        asked = {"name": "x", "required": ["customfield_10050"], "without": ["duedate"]}
        entities.put(db, "createscreen", asked, id="ENG:10020")
    cloud = "/api/3" in str(either.base_url)
    types = either.get("/issue/createmeta/ENG/issuetypes").json()
    assert [each["name"] for each in types["issueTypes" if cloud else "values"]] == ["Bug", "Engineering task"]
    page = either.get("/issue/createmeta/ENG/issuetypes/10020", params={"maxResults": 3}).json()
    assert len(page["fields" if cloud else "values"]) == 3
    assert page.get("isLast") is (None if cloud else False)
    page = either.get("/issue/createmeta/ENG/issuetypes/10020", params={"maxResults": 200}).json()
    screen = {each["fieldId"]: each for each in page["fields" if cloud else "values"]}
    assert screen["customfield_10050"]["required"] is True
    assert screen["customfield_10050"]["hasDefaultValue"] is False
    assert screen["reporter"]["hasDefaultValue"] is True
    assert "duedate" not in screen
    assert make(either).json()["errors"] == {"customfield_10050": "Category is required."}
    option = screen["customfield_10050"]["allowedValues"][0]
    assert make(either, customfield_10050={"id": option["id"]}).status_code == 201


def test_a_page_too_large_and_an_unknown_project_or_type_are_refused(either: httpx.Client) -> None:
    assert either.get("/issue/createmeta/ENG/issuetypes", params={"maxResults": 201}).status_code == 400
    assert either.get("/issue/createmeta/NONE/issuetypes").status_code == 404
    assert either.get("/issue/createmeta/ENG/issuetypes/10001").status_code == 404


def test_a_project_somebody_does_not_browse_is_not_there(sandbox: Sandbox) -> None:
    with httpx.Client(base_url=f"{sandbox.url}/rest/api/3", auth=LIMITED, timeout=30) as client:
        assert client.get("/issue/createmeta/ENG/issuetypes").status_code == 404
        assert list(make(client).json()["errors"]) == ["project"]


def attach(client: httpx.Client, name: str, content: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
    path = f"/issue/{make(client).json()['key']}/attachments"
    return client.post(path, files={"file": (name, content)}, headers=NO_CHECK if headers is None else headers)


def test_a_file_is_there_as_it_was_sent(either: httpx.Client, sandbox: Sandbox) -> None:
    content = bytes(range(256)) + b"\r\n--boundary\r\n"
    (doc,) = attach(either, "paket ü.zip", content).json()
    assert (doc["filename"], doc["size"]) == ("paket ü.zip", len(content))
    shown = either.get("/issue/ENG-1", params={"fields": "attachment"}).json()["fields"]["attachment"]
    assert [(each["id"], each["filename"], each["size"]) for each in shown] == [
        (doc["id"], "paket ü.zip", len(content))
    ]
    assert sandbox.store.value("SELECT content FROM jira_attachment WHERE id = ?", (int(doc["id"]),)) == content


def test_uploads_need_their_header_a_file_and_room(either: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert attach(either, "a.zip", b"x", headers={}).status_code == 403
    path = "/issue/ENG-1/attachments"
    assert either.post(path, json={}, headers=NO_CHECK).status_code == 415
    assert either.post(path, files={"other": ("a.zip", b"x")}, headers=NO_CHECK).status_code == 400
    assert either.post("/issue/ENG-99/attachments", files={"file": ("a", b"x")}, headers=NO_CHECK).status_code == 404
    assert either.get("/attachment/meta").json() == {"enabled": True, "uploadLimit": uploads.UPLOAD_LIMIT}
    monkeypatch.setattr(uploads, "UPLOAD_LIMIT", 10)
    assert either.post(path, files={"file": ("a", b"x" * 11)}, headers=NO_CHECK).status_code == 413
    assert "attachment" not in (either.get("/issue/ENG-1").json()["fields"].get("attachment") or [])


NAMES = st.text(alphabet="abc -.äß山", min_size=1, max_size=20)


@given(st.lists(st.tuples(NAMES, st.binary(max_size=200)), min_size=1, max_size=3))
def test_any_bytes_come_through_a_form(parts: list[tuple[str, bytes]]) -> None:
    form = httpx.Request("POST", "http://x.invalid", files=[("file", (name, content)) for name, content in parts])
    found = _files(form.headers["content-type"], form.read())
    assert [(name, content) for name, _, content in found] == parts
