"""The verbs through whole command lines, on a desk in memory: what they plan, do, and refuse."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from supportctl.adapters import registry
from supportctl.adapters.writing import AssignWish, FieldWish
from supportctl.config import load
from supportctl.config_edit import save_profile
from supportctl.exits import Exit
from supportctl.model import Person, Platform, Status, Unknown
from tests.changes.memory import EPOCH, ticket
from tests.commands.desk import Desk, comments
from tests.commands.planned import Cli, Connect, left_out, plan, rows, summaries

# tag


def test_rename_needs_no_query(cli: Cli, desk: Desk) -> None:
    desk.tickets["1"] = ticket(1, ["net", "keep"])
    desk.tickets["2"] = ticket(2, ["net", "vpn"])
    assert summaries(plan(cli, "tag", "rename", "net", "vpn")) == {"#1": "+vpn -net", "#2": "-net"}
    assert cli("tag", "rename", "net", "vpn", "--yes").code == 0
    assert desk.tickets["1"].tags == ["keep", "vpn"]
    again = cli("tag", "rename", "net", "vpn", "--yes")
    assert again.code == 0
    assert "nothing to change" in again.err.lower()


def test_aliases_are_applied_with_the_reason_and_gaps_are_named(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "tags.toml"
    path.write_text('[tags]\nvpn = ["net"]\n[families.product]\ntags = ["vpn"]\n')
    desk.tickets["1"] = ticket(1, ["net", "other"])
    desk.tickets["2"] = ticket(2, ["vpn"])
    desk.tickets["3"] = ticket(3, unknown={"tags": Unknown.HIDDEN})
    result = plan(cli, "tag", "apply-aliases", "#1", "#2", "#3", "#4", "--taxonomy", str(path))
    (row,) = rows(result)
    assert (row["add"], row["remove"], row["reason"]) == (["vpn"], ["net"], "net → vpn")
    assert "#3 is left out: its tags are unknown" in result.err
    assert "1 ticket with no tag of product: #4" in result.err
    assert "other (1)" in result.err


def test_add_and_remove_in_one_change(cli: Cli, desk: Desk) -> None:
    desk.tickets["1"] = ticket(1, ["old"])
    assert summaries(plan(cli, "tag", "add", "new", "#1", "--remove", "old")) == {"#1": "+new -old"}


@pytest.mark.parametrize(
    "words",
    [
        ("add", "x", "#1", "--remove", "x"),
        ("rename", "x", "x"),
        ("rename", "x", "needs care"),
        ("rename", "", "x"),
        ("add", "needs care", "#1"),
        ("apply-aliases", "#1", "--taxonomy", "nosuch.toml"),
    ],
)
def test_tags_that_cannot_be_meant(cli: Cli, desk: Desk, words: tuple[str, ...]) -> None:
    result = cli("tag", *words, "--yes")
    assert result.code == Exit.USAGE
    assert "nothing was changed" in result.err
    assert desk.sent == []


# reopen


def test_reopen_opens_what_is_done_and_leaves_the_rest(cli: Cli, desk: Desk) -> None:
    desk.tickets["1"] = ticket(1, status=Status.RESOLVED)
    desk.tickets["2"] = ticket(2, status=Status.PENDING)
    result = plan(cli, "reopen", "#1", "#2", "--note", "again")
    assert list(summaries(result)) == ["#1"]
    assert "1 ticket already as wished" in result.err
    assert cli("reopen", "#1", "#2", "--note", "again", "--yes").code == 0
    assert desk.tickets["1"].status is Status.OPEN
    assert desk.tickets["2"].status is Status.PENDING
    assert comments(desk, "2") == []


# assign


def test_assign(cli: Cli, desk: Desk) -> None:
    desk.tickets["1"] = ticket(1, assignee=Person(id="b1", name="Bob"))
    result = plan(cli, "assign", "#1", "--to", "ME", "--group", "Tier 2")
    assert summaries(result) == {"#1": "assignee: Bob → me"}
    assert desk.wishes[-1] == AssignWish(assignee="me", group="Tier 2")
    assert summaries(plan(cli, "assign", "#1", "--to", "none")) == {"#1": "assignee: Bob → —"}


@pytest.mark.parametrize("words", [(), ("--to", ""), ("--group", " "), ("--to", "nobody@acme.example")])
def test_assign_needs_somebody(cli: Cli, desk: Desk, words: tuple[str, ...]) -> None:
    assert cli("assign", "#1", *words, "--yes").code == Exit.USAGE
    assert desk.sent == []


# comment


def test_comments_are_internal_unless_said(cli: Cli, desk: Desk) -> None:
    assert cli("comment", "Hello {{ ticket.requester.name }}", "#1", "#2", "--yes").code == 0
    assert comments(desk, "1") == [("Hello Cem Öz", False)]
    refused = cli("comment", "Hello", "#3", "--public", "--yes")
    assert refused.code == Exit.REFUSED
    assert cli("comment", "Hello", "#3", "--public", "--yes", "--allow-irreversible").code == 0
    assert comments(desk, "3") == [("Hello", True)]


def test_a_comment_is_summed_up_by_its_length(cli: Cli, desk: Desk) -> None:
    assert summaries(plan(cli, "comment", "x" * 1212, "#1")) == {"#1": "comment (internal, 1,212 characters)"}
    plain = cli("comment", "TELLTALE", "#1", "--format", "plain")
    assert "TELLTALE" not in plain.out + plain.err


@pytest.mark.parametrize("text", ["", "  ", "{{ tickett }}", "{% for x in y %}", "{{ ticket.key"])
def test_texts_that_cannot_be_meant(cli: Cli, desk: Desk, text: str) -> None:
    result = cli("comment", text, "#1", "--yes")
    assert result.code == Exit.USAGE
    assert desk.reads == []


# link


def test_link_and_unlink(cli: Cli, desk: Desk) -> None:
    result = plan(cli, "link", "#1", "#3", "--type", "duplicate-of", "--to", "3")
    assert summaries(result) == {"#1": "link duplicate_of #3"}
    assert "#3 is left out: it cannot be linked to itself" in result.err
    assert cli("link", "#1", "--type", "relates", "--to", "#3", "--yes").code == 0
    assert [link.key for link in desk.tickets["1"].links] == ["#3"]
    assert cli("link", "#1", "--type", "relates", "--to", "#3", "--remove", "--yes").code == 0
    assert desk.tickets["1"].links == []


def test_a_ticket_of_another_profile_is_read_there(cli: Cli, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    jira = Desk([ticket(3, id="10003", key="#ENG-3", platform=Platform.JSM)])
    jira.tickets = {"ENG-3": jira.tickets["10003"]}
    save_profile(msgspec.structs.replace(load().profiles["prod"], name="jira"))
    monkeypatch.setenv("SUPPORTCTL_JIRA_TOKEN", "s3cret")
    monkeypatch.setattr(registry, "open_adapter", lambda profile, **_: jira if profile.name == "jira" else desk)
    result = plan(cli, "link", "#1", "#3", "--type", "relates", "--to", "ENG-3", "--to-profile", "jira")
    assert summaries(result) == {"#1": "link relates #ENG-3", "#3": "link relates #ENG-3"}
    assert cli("link", "#1", "--type", "relates", "--to", "ENG-3").code == Exit.EMPTY


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--to", "#3"), Exit.USAGE, "duplicate-of, relates"),
        (("--type", "duplicat-of", "--to", "#3"), Exit.USAGE, "did you mean 'duplicate-of'"),
        (("--type", "problem", "--to", "#3"), Exit.USAGE, "cannot link tickets as problem"),
        (("--type", "relates"), Exit.USAGE, "--to KEY"),
        (("--type", "relates", "--to", "#99"), Exit.EMPTY, "#99"),
    ],
)
def test_what_link_refuses(cli: Cli, desk: Desk, words: tuple[str, ...], code: Exit, told: str) -> None:
    result = cli("link", "#1", *words, "--yes")
    assert result.code == code
    assert told in result.err
    assert desk.sent == []


# set


def test_set_takes_fields_and_then_the_tickets(cli: Cli, desk: Desk) -> None:
    result = plan(cli, "set", "Priority=p2", "title=a=b: c", "#1")
    assert summaries(result) == {"#1": "priority: — → p2 · title: — → a=b: c"}
    assert desk.wishes[-2:] == [FieldWish(field="priority", value="p2"), FieldWish(field="title", value="a=b: c")]
    assert plan(cli, "set", "title=", "status:open").code == 0
    assert desk.wishes[-1] == FieldWish(field="title", value=None)


def test_a_query_with_a_comparison_is_no_field(cli: Cli, desk: Desk) -> None:
    desk.tickets["2"] = ticket(2, created_at=EPOCH - timedelta(days=900))
    assert summaries(plan(cli, "set", "title=x", "age>=1d", "status:open")) == {"#2": "title: — → x"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("#1",), "no field was given"),
        (("status=resolved", "#1"), "supportctl close"),
        (("tags=x", "#1"), "supportctl tag"),
        (("assignee=me", "#1"), "supportctl assign"),
        (("priorty=p2", "#1"), "did you mean 'priority'"),
        (("created_at=x", "#1"), "priority, resolution_notes, title"),
        (("Nosuch=x", "#1"), "Root cause"),
        (("priority=p1", "priority=p2", "#1"), "two values"),
        (("priority=p1",), "no tickets were chosen"),
    ],
)
def test_what_set_refuses(cli: Cli, desk: Desk, words: tuple[str, ...], told: str) -> None:
    result = cli("set", *words, "--yes")
    assert result.code == Exit.USAGE
    assert told in result.err
    assert desk.sent == []


# all of them


VERBS: list[tuple[str, ...]] = [
    ("tag", "add", "vpn"),
    ("tag", "remove", "vpn"),
    ("tag", "set", "vpn"),
    ("close",),
    ("reopen",),
    ("assign", "--to", "me"),
    ("comment", "Hello"),
    ("link", "--type", "relates", "--to", "#5"),
    ("set", "priority=p2"),
]


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_no_choice_is_never_everything(cli: Cli, desk: Desk, verb: tuple[str, ...]) -> None:
    result = cli(*verb, "--yes")
    assert result.code == Exit.USAGE
    assert "no tickets were chosen" in result.err
    assert desk.sent == []


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_a_choice_of_nothing_is_no_fault(cli: Cli, desk: Desk, verb: tuple[str, ...]) -> None:
    result = cli(*verb, "tag:nosuch", "--yes")
    assert result.code == 0
    assert "No ticket matches" in result.err
    assert desk.sent == []


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_a_read_only_profile_plans_and_does_not_apply(
    cli: Cli, desk: Desk, verb: tuple[str, ...], tmp_path: Path
) -> None:
    profile = load().profiles["prod"]
    save_profile(msgspec.structs.replace(profile, writes=False))
    file = tmp_path / "x.plan"
    assert cli(*verb, "#1", "--plan", str(file)).code == 0
    result = cli(*verb, "#1", "--yes")
    assert result.code == Exit.REFUSED
    assert "--allow-writes" in result.err
    assert desk.sent == []


def test_a_verb_the_platform_cannot_do_is_refused(cli: Cli, writable: Connect) -> None:
    desk = Desk([ticket(1), ticket(5)], writes=frozenset({"tags"}))
    writable(desk)
    for verb in VERBS[3:]:
        result = cli(*verb, "#1", "--yes")
        assert result.code == Exit.USAGE, verb
        assert "takes no change of the kind" in result.err
    assert desk.sent == []


def test_a_state_folder_of_ones_own(cli: Cli, desk: Desk, home: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    assert cli("tag", "add", "vpn", "#1", "--yes", "--state-dir", str(own)).code == 0
    assert (own / "journal.db").exists()
    assert list((own / "plans").iterdir())
    assert [each.suffix for each in (home / "state").iterdir()] == [".lock"]


def test_machines_are_told_who_is_left_out_and_that_nothing_is_planned(cli: Cli, desk: Desk) -> None:
    desk.tickets["1"] = ticket(1, tags=["vip"])
    result = cli("tag", "add", "vpn", "#1", "#999", "--unless", "tag=vip", "--format", "json")
    assert result.code == Exit.PARTIAL
    document = json.loads(result.out)
    assert document["plan"] is None
    told = {row["key"]: (row["outcome"], row["detail"]) for row in document["changes"]}
    assert told == {
        "#1": ("left out", "--unless tag=vip"),
        "#999": ("left out", "not found, or hidden from this account"),
    }


def test_tickets_are_merged_only_with_leave(cli: Cli, desk: Desk) -> None:
    result = plan(cli, "merge", "#1", "--into", "#2", "--note", "Same outage")
    (row,) = rows(result)
    assert row["change"].startswith("merge into #2")
    assert row["final"] == ["merging"]
    refused = cli("merge", "#1", "--into", "#2", "--yes")
    assert refused.code == Exit.REFUSED
    assert "--allow-irreversible" in refused.err
    assert desk.sent == []
    assert "itself" in left_out(plan(cli, "merge", "#2", "--into", "#2"))["#2"]


def test_taking_back_comments_says_that_they_stay(cli: Cli, desk: Desk) -> None:
    assert cli("comment", "Hello", "#1", "#2", "--yes").code == 0
    undone = cli("undo")
    assert undone.code == 0
    assert "stays: 2 comments" in undone.err
    assert "2 tickets with nothing else to take back" in undone.err
    assert "Nothing else to take back." in undone.err
    assert "as before" not in undone.err
    assert comments(desk, "1") == [("Hello", False)]


def test_taking_back_what_came_with_a_comment_names_the_comment(cli: Cli, desk: Desk) -> None:
    assert cli("close", "#1", "--code", "Solved", "--note", "Bye", "--yes").code == 0
    undone = cli("undo")
    assert "stays: 1 comment\n" in undone.err
    assert "Planned: 1 ticket" in undone.err


def test_what_is_as_before_already_says_so(cli: Cli, desk: Desk) -> None:
    assert cli("tag", "add", "vpn", "#1", "--yes").code == 0
    assert cli("tag", "remove", "vpn", "#1", "--yes").code == 0
    run = json.loads(cli("runs", "list", "--format", "ndjson").out.splitlines()[-1])["id"]
    undone = cli("undo", run)
    assert "1 ticket already as before" in undone.err
    assert "Nothing to take back." in undone.err
