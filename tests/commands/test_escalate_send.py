"""``escalate send`` against the sandbox: the bug, the packet on it, the links both ways, once and never twice."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from supportctl.config import Auth, Profile
from supportctl.config_edit import save_profile
from supportctl.exits import Exit
from tests.fixtures.packets import TITLE, build

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.commands.fakes import Result
    from tests.fixtures.sandbox import Sandbox

    Cli = Callable[..., Result]

pytestmark = pytest.mark.slow

AUTH = {"zendesk": "api_token", "jsm": "api_token", "servicenow": "basic"}
WAYS = [("servicenow", "dc"), ("jsm", "jsm"), ("jsm", "dc")]
"""The ticket's profile, and the tracker's. From Zendesk to Cloud is what most of the others do."""


class Desk:
    """Whole command lines, with profiles ``zendesk``, ``servicenow``, ``jsm`` and ``dc`` on one sandbox."""

    def __init__(self, cli: Cli, sandbox: Sandbox, folder: Path) -> None:
        self.cli = cli
        self.sandbox = sandbox
        self.folder = folder

    def ticket(self, profile: str, place: int = 0) -> dict[str, Any]:
        result = self.cli("list", "status:open kind:incident", "-p", profile, "--limit", "3", "--json", "key,id,url")
        found: dict[str, Any] = json.loads(result.out)["tickets"][place]
        return {"platform": "jsm" if profile == "dc" else profile, "profile": profile, **found}

    def packet(self, *tickets: dict[str, Any], **changes: Any) -> str:
        return str(build(self.folder, tickets, **changes))

    def send(self, packet: str, to: str, *more: str) -> Result:
        return self.cli("escalate", "send", packet, "--to-profile", to, "--project", "ENG", "--format", "ndjson", *more)

    def show(self, profile: str, key: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.cli("show", key, "-p", profile, "--format", "json").out)
        return found

    def run(self) -> str:
        """The last run's id."""
        with sqlite3.connect(self.folder.parent / "state" / "journal.db") as db:
            return str(db.execute("SELECT id FROM run ORDER BY started_at DESC, rowid DESC LIMIT 1").fetchone()[0])

    def remote_links(self, key: str) -> list[str]:
        rows = self.sandbox.store.rows(
            "SELECT r.doc FROM jira_remote_link r JOIN jira_issue i ON i.id = r.issue WHERE i.key = ?", (key,)
        )
        return [json.loads(row["doc"])["object"]["url"] for row in rows]

    def bugs(self) -> list[str]:
        return [row["key"] for row in self.sandbox.store.rows("SELECT key FROM jira_issue WHERE project = 'ENG'")]


@pytest.fixture
def desk(cli: Cli, home: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Desk:
    for platform, kind in AUTH.items():
        given = sandbox.profiles[platform]
        auth = Auth(kind=kind, user=given["user"])
        save_profile(Profile(name=platform, platform=platform, url=sandbox.url, auth=auth, writes=True))
        monkeypatch.setenv(f"SUPPORTCTL_{platform.upper()}_TOKEN", given["secret"])
    url = f"{sandbox.url}/jira"
    dc = Profile(name="dc", platform="jsm", url=url, deployment="data_center", auth=Auth(kind="pat"), writes=True)
    save_profile(dc)
    monkeypatch.setenv("SUPPORTCTL_DC_TOKEN", sandbox.data_center["secret"])
    folder = home / "packets"
    folder.mkdir()
    return Desk(cli, sandbox, folder)


def rows(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.out.splitlines()]


def notes(ticket: dict[str, Any]) -> list[str]:
    return [each["body"] for each in ticket["comments"] if each["public"] is False and "ENG-" in each["body"]]


@pytest.mark.parametrize(("profile", "to"), WAYS)
def test_a_packet_becomes_one_bug_and_stays_one(desk: Desk, profile: str, to: str) -> None:
    ticket = desk.ticket(profile)
    packet = desk.packet(ticket)
    sent = desk.send(packet, to, "--yes")
    assert sent.code == 0, sent.err
    assert [row["outcome"] for row in rows(sent)] == ["applied", "applied"]
    bug = desk.show(to, "ENG-1")
    assert bug["title"] == TITLE
    assert "The sync fails since Monday." in bug["description"]
    (file,) = bug["attachments"]
    stored = desk.sandbox.store.value("SELECT content FROM jira_attachment WHERE id = ?", (int(file["id"]),))
    assert stored == (desk.folder / f"{packet}.zip").read_bytes()
    told = desk.show(profile, ticket["key"])
    assert len(notes(told)) == 1
    assert bug["url"] in notes(told)[0]
    if profile == to:
        assert [link["key"] for link in told["links"] if link["key"] == "ENG-1"] == ["ENG-1"]
        assert [link["key"] for link in bug["links"]] == [ticket["key"]]
    else:
        assert desk.remote_links("ENG-1") == [ticket["url"]]
    if profile == "jsm" and to == "dc":
        assert desk.remote_links(ticket["key"]) == [bug["url"]]
    again = desk.send(packet, to, "--yes")
    assert again.code == 0, again.err
    assert "Nothing to change: ENG-1 is as the packet says." in again.err
    newer = desk.packet(ticket, text="The sync fails since Sunday.")
    assert desk.send(newer, to, "--yes").code == 0
    assert desk.bugs() == ["ENG-1"]
    bug = desk.show(to, "ENG-1")
    assert "since Sunday" in bug["description"]
    assert len(bug["attachments"]) == 2
    assert len(notes(desk.show(profile, ticket["key"]))) == 1


def test_the_saved_plan_is_shown_applied_and_finds_nothing_left(desk: Desk) -> None:
    ticket = desk.ticket("zendesk")
    plan = desk.folder / "send.plan"
    assert desk.send(desk.packet(ticket), "jsm", "--plan", str(plan)).code == 0
    shown = desk.cli("plan", "show", str(plan))
    assert f"ENG Bug: {TITLE}" in shown.out
    assert "{bug.key}" in shown.err
    assert desk.cli("plan", "diff", str(plan)).code == 0
    applied = desk.cli("plan", "apply", str(plan), "--yes", "--format", "ndjson")
    assert applied.code == 0, applied.err
    assert [row["outcome"] for row in rows(applied)] == ["applied", "applied"]
    assert "{bug" not in applied.out
    assert "Nothing was left to do" in desk.cli("plan", "apply", str(plan), "--yes").err
    assert desk.cli("plan", "diff", str(plan)).code == 0
    assert desk.bugs() == ["ENG-1"]


def test_several_tickets_are_told_of_one_bug_whoever_leads_the_next_packet(desk: Desk) -> None:
    first, second, third = (desk.ticket("servicenow", place) for place in range(3))
    assert desk.send(desk.packet(first, second), "jsm", "--yes").code == 0
    assert desk.send(desk.packet(second, third), "jsm", "--yes").code == 0
    elsewhere = desk.send(desk.packet(third), "jsm", "--project", "SUP", "--yes")
    assert "ENG-1: it stays in its project" in elsewhere.err
    assert desk.bugs() == ["ENG-1"]
    for each in (first, second, third):
        assert len(notes(desk.show("servicenow", each["key"]))) == 1
    assert len(desk.show("jsm", "ENG-1")["tags"]) == 3
    assert len(desk.remote_links("ENG-1")) == 3


def test_a_lost_answer_to_the_making_makes_no_second_bug(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bug is made, the connection breaks, and the search knows nothing of it for five minutes."""
    from supportctl.sandbox.conditions import Conditions
    from supportctl.wire import bridge

    desk.sandbox.store.conditions = Conditions(search_lag=300)
    whole = bridge.TransportAdapter.send
    broken: list[str] = []

    def breaking(self: Any, request: Any, *arguments: Any, **named: Any) -> Any:
        answer = whole(self, request, *arguments, **named)
        if request.method == "POST" and request.url.endswith("/issue") and not broken:
            from supportctl.errors import AmbiguousWriteError

            broken.append(request.url)
            raise AmbiguousWriteError("the connection broke")
        return answer

    monkeypatch.setattr(bridge.TransportAdapter, "send", breaking)
    ticket = desk.ticket("zendesk")
    sent = desk.send(desk.packet(ticket), "jsm", "--yes", "--settle", "0")
    assert sent.code == 0, sent.err
    assert broken
    assert desk.bugs() == ["ENG-1"]
    assert len(desk.show("jsm", "ENG-1")["attachments"]) == 1
    again = desk.send(desk.packet(ticket), "jsm", "--yes")
    assert "Nothing to change" in again.err


@pytest.mark.parametrize(
    ("when", "request_"),
    [("after", "/issue"), ("before", "/attachments"), ("after", "/attachments"), ("after", "note")],
)
def test_an_interrupted_run_is_resumed_with_the_same_bug(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, request_: str, when: str
) -> None:
    from supportctl.wire import Transport

    whole = Transport.request
    struck: list[str] = []

    def striking(self: Any, method: str, path: str, **named: Any) -> Any:
        name = path.partition("?")[0]
        ours = name.endswith(request_) or (request_ == "note" and "/tickets/" in name)
        if method == "GET" or not ours or struck:
            return whole(self, method, path, **named)
        struck.append(path)
        if when == "after":
            whole(self, method, path, **named)
        raise KeyboardInterrupt

    ticket = desk.ticket("zendesk")
    packet = desk.packet(ticket)
    monkeypatch.setattr(Transport, "request", striking)
    stopped = desk.send(packet, "jsm", "--yes")
    assert struck
    assert stopped.code == Exit.INTERRUPTED, stopped.err
    assert "supportctl resume" in stopped.err
    resumed = desk.cli("resume", desk.run(), "--settle", "0", "--format", "ndjson")
    assert resumed.code == 0, resumed.err
    assert desk.bugs() == ["ENG-1"]
    assert len(desk.show("jsm", "ENG-1")["attachments"]) == 1
    assert desk.remote_links("ENG-1") == [ticket["url"]]
    assert len(notes(desk.show("zendesk", ticket["key"]))) == 1


@pytest.mark.parametrize(("profile", "to"), [("jsm", "jsm"), ("zendesk", "dc")])
def test_a_way_back_closes_the_bug_and_takes_the_links(desk: Desk, profile: str, to: str) -> None:
    ticket = desk.ticket(profile)
    packet = desk.packet(ticket)
    assert desk.send(packet, to, "--yes").code == 0
    run = desk.run()
    planned = desk.cli("undo", run, "--format", "ndjson")
    assert planned.code == 0, planned.err
    assert "never deleted" in planned.err
    undone = desk.cli("undo", run, "--yes", "--format", "ndjson")
    assert undone.code == 0, undone.err
    assert {row["outcome"] for row in rows(undone)} == {"applied"}
    bug = desk.show(to, "ENG-1")
    assert (bug["status"], bug["closure_code"]) == ("resolved", "Won't Do")
    assert len(bug["attachments"]) == 1
    assert bug.get("tags", []) == bug.get("links", []) == desk.remote_links("ENG-1") == []
    told = desk.show(profile, ticket["key"])
    assert [link for link in told.get("links", []) if link["key"] == "ENG-1"] == []
    assert desk.send(packet, to, "--yes").code == 0
    assert desk.bugs() == ["ENG-1", "ENG-2"]


def test_a_bug_somebody_took_up_is_not_closed_by_an_undo(desk: Desk) -> None:
    ticket = desk.ticket("zendesk")
    assert desk.send(desk.packet(ticket), "jsm", "--yes").code == 0
    run = desk.run()
    with httpx.Client(base_url=desk.sandbox.url, auth=("ops@harborlight.example", "sandbox-jira-token")) as jira:
        body = {"transition": {"id": "10032"}}
        jira.post("/rest/api/3/issue/ENG-1/transitions", json=body).raise_for_status()
    undone = desk.cli("undo", run, "--yes")
    assert undone.code == Exit.PARTIAL
    assert "taken it up (it is In Progress)" in undone.err
    assert desk.show("jsm", "ENG-1")["status"] == "open"


def test_what_people_wrote_on_the_bug_stays_and_a_done_bug_is_named(desk: Desk) -> None:
    ticket = desk.ticket("zendesk")
    assert desk.send(desk.packet(ticket), "dc", "--yes").code == 0
    person = desk.sandbox.store.value(
        "SELECT doc FROM jira_entity WHERE kind = 'user' AND json_extract(doc, '$.accountType') = 'atlassian' "
        "AND json_extract(doc, '$.emailAddress') != 'ops@harborlight.example' LIMIT 1"
    )
    with desk.sandbox.store.write() as db:
        from supportctl.sandbox.jira import documents, workflow
        from supportctl.sandbox.jira.search import any_row_of

        issue = workflow.document(any_row_of(db, "ENG-1"))  # type: ignore[arg-type]
        issue["fields"]["description"] = "I know this one."
        documents.index(db, issue)
        item = {"field": "description", "fieldtype": "jira", "fieldId": "description", "from": None, "to": None}
        at = int(desk.sandbox.store.now().timestamp() * 1000)
        documents.write_history(db, int(issue["id"]), json.loads(person), at, [item])
    newer = desk.send(desk.packet(ticket, text="More is known."), "dc", "--yes")
    assert newer.code == 0, newer.err
    assert "so it stays as it is" in newer.err
    bug = desk.show("dc", "ENG-1")
    assert bug["description"] == "I know this one."
    assert len(bug["attachments"]) == 2
    assert desk.cli("close", "ENG-1", "-p", "dc", "--code", "Done", "--yes").code == 0
    assert "ENG-1 is resolved" in desk.send(desk.packet(ticket, text="Again."), "dc").err


def test_two_bugs_for_one_ticket_are_not_guessed_between(desk: Desk) -> None:
    ticket = desk.ticket("zendesk")
    assert desk.send(desk.packet(ticket), "jsm", "--yes").code == 0
    (mark,) = desk.show("jsm", "ENG-1")["tags"]
    fields = {"project": {"key": "ENG"}, "issuetype": {"id": "10020"}, "summary": "copy", "labels": [mark]}
    with httpx.Client(base_url=desk.sandbox.url, auth=("ops@harborlight.example", "sandbox-jira-token")) as jira:
        jira.post("/rest/api/2/issue", json={"fields": fields}).raise_for_status()
    refused = desk.send(desk.packet(ticket), "jsm", "--yes")
    assert refused.code == Exit.REFUSED
    assert "ENG-1, ENG-2" in refused.err


REFUSED = [
    (["--to-profile", "jsm"], "--project ENG"),
    (["--project", "ENG"], "--to-profile"),
    (["--to-profile", "zendesk", "--project", "ENG"], "made in Jira only"),
    (["--to-profile", "none", "--project", "ENG"], "no profile 'none'"),
    (["--to-profile", "jsm", "--project", "NONE"], "no project 'NONE'"),
    (["--to-profile", "jsm", "--project", "ENG", "--type", "Epic"], "no type 'Epic'"),
    (["--to-profile", "jsm", "--project", "ENG", "--field", "x"], "NAME=VALUE"),
    (["--to-profile", "jsm", "--project", "ENG", "--images", "yes"], "reviewed"),
    (["--to-profile", "jsm", "--project", "ENG", "--message", "hello"], "does not name the bug"),
    (["--to-profile", "jsm", "--project", "ENG", "-p", "servicenow"], "--profile zendesk"),
]


def test_what_cannot_be_is_refused_before_anything_is_sent(desk: Desk) -> None:
    packet = desk.packet(desk.ticket("zendesk"))
    for words, said in REFUSED:
        refused = desk.cli("escalate", "send", packet, *words, "--yes")
        assert refused.code == Exit.USAGE, words
        assert said in refused.err
    desk_ticket = desk.ticket("servicenow")
    refused = desk.send(desk.packet(desk_ticket), "jsm", "--integration", "--yes")
    assert refused.code == Exit.USAGE
    assert "no integration of its own" in refused.err
    assert desk.bugs() == []


def test_both_profiles_must_allow_changes(desk: Desk) -> None:
    packet = desk.packet(desk.ticket("zendesk"))
    plan = str(desk.folder / "send.plan")
    assert desk.send(packet, "jsm", "--plan", plan).code == 0
    for profile in ("zendesk", "jsm"):
        desk.cli("profile", "set", profile, "--read-only")
        for refused in (desk.send(packet, "jsm", "--yes"), desk.cli("plan", "apply", plan, "--yes")):
            assert refused.code == Exit.REFUSED, refused.err
            assert f"profile '{profile}' is read-only" in refused.err
        desk.cli("profile", "set", profile, "--allow-writes")
    assert desk.bugs() == []


def test_a_packet_that_may_not_go_does_not(desk: Desk) -> None:
    ticket = desk.ticket("zendesk")
    refused = desk.send(desk.packet(ticket, needs_eye=["evidence/screen.png"]), "jsm", "--yes")
    assert refused.code == Exit.REFUSED
    assert "--images reviewed" in refused.err
    assert desk.bugs() == []
    sent = desk.send(desk.packet(ticket, needs_eye=["evidence/screen.png"]), "jsm", "--yes", "--images", "reviewed")
    assert sent.code == 0, sent.err


def test_a_packet_that_changed_after_the_plan_is_not_attached(desk: Desk) -> None:
    ticket = desk.ticket("zendesk")
    plan = str(desk.folder / "send.plan")
    packet = desk.packet(ticket)
    assert desk.send(packet, "jsm", "--plan", plan).code == 0
    desk.packet(ticket, text="Something else.")
    applied = desk.cli("plan", "apply", plan, "--yes", "--format", "ndjson")
    assert applied.code == Exit.PARTIAL
    outcomes = {row["key"]: row for row in rows(applied)}
    assert {row["outcome"] for row in outcomes.values()} == {"failed", "skipped"}
    assert any("not as it was when the plan was made" in str(row["detail"]) for row in outcomes.values())
    mended = desk.send(packet, "jsm", "--yes")
    assert mended.code == 0, mended.err
    assert desk.bugs() == ["ENG-1"]
    assert len(desk.show("jsm", "ENG-1")["attachments"]) == 1
    assert len(notes(desk.show("zendesk", ticket["key"]))) == 1


def test_zendesks_own_integration_links_where_it_is_asked_for(desk: Desk) -> None:
    ticket = desk.ticket("zendesk")
    sent = desk.send(desk.packet(ticket), "jsm", "--yes", "--integration")
    assert sent.code == 0, sent.err
    told = desk.show("zendesk", ticket["key"])
    assert [link["key"] for link in told["links"]] == ["ENG-1"]
    assert "Nothing to change" in desk.send(desk.packet(ticket), "jsm", "--yes", "--integration").err
