"""Going on and going back, as people and scripts do it: the commands that are printed are run as printed."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from supportctl.errors import TemporaryError
from supportctl.exits import Exit
from tests.changes.memory import MemoryAdapter, ticket
from tests.commands.fakes import Result

Cli = Callable[..., Result]


@pytest.fixture
def desk(writable: Callable[[object], None], monkeypatch: pytest.MonkeyPatch) -> MemoryAdapter:
    adapter = MemoryAdapter([ticket(n) for n in range(1, 8)], size=1)
    writable(adapter)
    monkeypatch.delenv("SUPPORTCTL_PROFILE")
    return adapter


def printed(result: Result, verb: str) -> list[str]:
    """The words of a command that the run told to use."""
    found = re.findall(rf"supportctl ({verb} .*)", result.err)
    assert found, result.err
    return shlex.split(found[-1])


def stop_at(desk: MemoryAdapter, number: int) -> None:
    def hook(event: str) -> None:
        if event == "submit" and len(desk.sent) == number:
            raise TemporaryError("503")

    desk.hook = hook


def tagged(desk: MemoryAdapter) -> int:
    return sum("vpn" in each.tags for each in desk.tickets.values())


def newest(cli: Cli, *words: str) -> dict[str, Any]:
    return dict(json.loads(cli("runs", "list", "--format", "ndjson", *words).out.splitlines()[0]))


def test_the_command_that_is_printed_goes_on_with_the_brakes_it_had(cli: Cli, desk: MemoryAdapter, home: Path) -> None:
    place = ["--journal", str(home / "a folder" / "j.db"), "--state-dir", str(home / "my state")]
    stop_at(desk, 3)
    brakes = ["--rate", "6000", "--max-error-rate", "0.5", "--pause-file", str(home / "pause here")]
    result = cli("tag", "add", "vpn", "status:open", "-p", "prod", "--yes", *place, *brakes)
    assert result.code == Exit.TEMPORARY
    desk.hook = lambda event: None
    words = printed(result, "resume")
    for option in ("--rate", "--max-error-rate", "--pause-file", "--journal", "--state-dir"):
        assert option in words
    again = cli(*words)
    assert again.code == 0, again.err
    assert tagged(desk) == 7
    assert cli(*words).code == 0
    assert len(desk.sent) == 7


def test_the_command_that_is_printed_applies_a_plan_in_a_folder_with_a_space(
    cli: Cli, desk: MemoryAdapter, home: Path
) -> None:
    plan = str(home / "my plans" / "a.plan")
    result = cli(
        "tag", "add", "vpn", "status:open", "-p", "prod", "--plan", plan, "--state-dir", str(home / "my state")
    )
    assert cli(*printed(result, "plan apply")).code == 0
    assert tagged(desk) == 7


def test_what_became_of_each_ticket_is_where_it_is_said_to_be(cli: Cli, desk: MemoryAdapter, home: Path) -> None:
    desk.failing = {"3"}
    result = cli("tag", "add", "vpn", "status:open", "-p", "prod", "--yes", "--journal", str(home / "own journal.db"))
    assert result.code == Exit.PARTIAL
    told = cli(*printed(result, "runs show"), "--format", "ndjson")
    assert {json.loads(line)["outcome"] for line in told.out.splitlines()} == {"applied", "failed"}


def test_a_missing_journal_is_no_success(cli: Cli, desk: MemoryAdapter, home: Path) -> None:
    for words in (("resume",), ("undo", "-p", "prod")):
        result = cli(*words, "--journal", str(home / "no" / "such.db"))
        assert result.code == Exit.EMPTY
        assert "there is no journal" in result.err
    assert not (home / "no").exists()


def test_nothing_to_go_on_with_is_no_success(cli: Cli, desk: MemoryAdapter) -> None:
    assert cli("tag", "add", "vpn", "#1", "-p", "prod", "--yes").code == 0
    result = cli("resume")
    assert result.code == Exit.EMPTY
    assert "every run has ended" in result.err


def test_a_plan_that_a_person_made_is_applied_by_the_environments_account(
    cli: Cli, desk: MemoryAdapter, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = str(home / "reviewed.plan")
    assert cli("tag", "add", "vpn", "status:open", "-p", "prod", "--plan", plan).code == 0
    for name, value in (
        ("PLATFORM", "zendesk"), ("URL", "https://acme.zendesk.com"), ("AUTH", "oauth"), ("TOKEN", "t"),
        ("ALLOW_WRITES", "1"), ("CONFIG", str(home / "none.toml")),
    ):  # fmt: skip
        monkeypatch.setenv(f"SUPPORTCTL_{name}", value)
    journal = ("--journal", str(home / "kept.db"))
    stop_at(desk, 4)
    stopped = cli("plan", "apply", plan, "--yes", *journal)
    assert stopped.code == Exit.TEMPORARY
    desk.hook = lambda event: None
    assert cli(*printed(stopped, "resume")).code == 0
    assert tagged(desk) == 7
    back = cli("undo", newest(cli, *journal)["id"], "--yes", *journal)
    assert back.code == 0, back.err
    assert tagged(desk) == 0


def test_the_environment_can_forbid_changes(cli: Cli, desk: MemoryAdapter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPPORTCTL_ALLOW_WRITES", "0")
    assert cli("tag", "add", "vpn", "#1", "-p", "prod", "--yes").code == Exit.REFUSED
    assert desk.sent == []


def test_undo_without_a_name_only_plans_and_says_for_which_run(cli: Cli, desk: MemoryAdapter) -> None:
    for tag in ("first", "second"):
        assert cli("tag", "add", tag, "#1", "-p", "prod", "--yes").code == 0
    last = newest(cli)["id"]
    assert cli("undo", "-p", "prod", "--yes").code == Exit.USAGE
    planned = cli("undo", "-p", "prod")
    assert planned.code == 0
    assert f"Taking back run {last}" in planned.err
    assert desk.tickets["1"].tags == ["first", "second"]
    assert cli("undo", last, "--yes").code == 0
    assert desk.tickets["1"].tags == ["first"]
    refused = cli("undo", "-p", "prod")
    assert refused.code == Exit.REFUSED
    assert f"took back run {last}" in refused.err
    assert cli("undo", last, "--yes").code == 0
    assert desk.tickets["1"].tags == ["first"]


def test_a_finished_plan_applied_again_says_that_nothing_was_left(cli: Cli, desk: MemoryAdapter, home: Path) -> None:
    plan = str(home / "x.plan")
    cli("tag", "add", "vpn", "#1", "-p", "prod", "--plan", plan, "--yes")
    result = cli("plan", "apply", plan, "--yes")
    assert result.code == 0
    assert "Nothing was left to do" in result.err
    header = Path(plan).read_text().splitlines()[0]
    Path(plan).write_text(header + "\n")
    emptied = cli("plan", "apply", plan, "--yes")
    assert emptied.code == 0
    assert "no rows left" in emptied.err


def test_what_is_unverified_is_looked_at_again(cli: Cli, desk: MemoryAdapter) -> None:
    desk.lost_before, desk.for_ever = {"1"}, True
    result = cli("tag", "add", "vpn", "#1", "#2", "-p", "prod", "--yes", "--settle", "0")
    assert result.code == Exit.PARTIAL
    desk.lost_before = set()
    again = cli(*printed(result, "resume"))
    assert again.code == 0, again.err
    assert tagged(desk) == 2


def test_plans_with_a_byte_order_mark_or_a_name_too_long(cli: Cli, desk: MemoryAdapter, home: Path) -> None:
    long = cli("tag", "add", "vpn", "#1", "-p", "prod", "--plan", str(home / ("x" * 300)))
    assert long.code == Exit.REFUSED
    assert "could not be written" in long.err
    plan = home / "x.plan"
    assert cli("tag", "add", "vpn", "#1", "-p", "prod", "--plan", str(plan)).code == 0
    plan.write_bytes(b"\xef\xbb\xbf" + plan.read_bytes())
    assert cli("plan", "apply", str(plan), "--yes").code == 0
    assert tagged(desk) == 1
