"""Tagging through whole command lines, on an adapter in memory."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from supportctl.adapters import registry
from supportctl.config import Auth, Profile
from supportctl.config_edit import save_profile
from supportctl.errors import RateLimitedError, TemporaryError
from supportctl.exits import Exit
from tests.changes.memory import MemoryAdapter, ticket
from tests.commands.fakes import Result

Cli = Callable[..., Result]
Pipe = Callable[[bytes], None]


def save(*, writes: bool) -> None:
    profile = Profile(
        name="prod",
        platform="zendesk",
        url="https://acme.zendesk.com",
        auth=Auth(kind="api_token", user="a@b.c"),
        writes=writes,
    )
    save_profile(profile)


@pytest.fixture
def desk(home: Path, monkeypatch: pytest.MonkeyPatch) -> MemoryAdapter:
    """A writable profile ``prod`` over five tickets, the even ones tagged ``even``."""
    adapter = MemoryAdapter([ticket(n, ["even"] if n % 2 == 0 else []) for n in range(1, 6)])
    monkeypatch.setenv("SUPPORTCTL_PROD_TOKEN", "s3cret")
    monkeypatch.setattr(registry, "open_adapter", lambda *_args, **_kwargs: adapter)
    save(writes=True)
    return adapter


def tags(desk: MemoryAdapter) -> dict[str, list[str]]:
    return {number: each.tags for number, each in desk.tickets.items()}


def test_without_yes_nothing_is_changed_and_the_plan_is_named(cli: Cli, desk: MemoryAdapter, home: Path) -> None:
    result = cli("tag", "add", "vpn", "tag:even", "-p", "prod")
    assert result.code == 0
    assert desk.sent == []
    assert "#2" in result.out
    assert "+vpn" in result.out
    assert "nothing was changed" in result.err
    (plan,) = (home / "state" / "plans").iterdir()
    assert str(plan) in result.err
    assert cli("plan", "apply", str(plan), "--yes", "-p", "prod").code == 0
    assert tags(desk) == {"1": [], "2": ["even", "vpn"], "3": [], "4": ["even", "vpn"], "5": []}


def test_yes_applies_and_the_run_can_be_looked_up(cli: Cli, desk: MemoryAdapter) -> None:
    assert cli("tag", "add", "vpn,net", "#1", "3", "--yes", "-p", "prod").code == 0
    assert tags(desk)["1"] == ["vpn", "net"]
    runs = cli("runs", "list", "--format", "ndjson")
    run = json.loads(runs.out)
    assert run["counts"] == {"applied": 2}
    shown = cli("runs", "show", run["id"], "--format", "ndjson")
    assert [json.loads(line)["key"] for line in shown.out.splitlines()] == ["#1", "#3"]


def test_dry_run_wins_over_yes(cli: Cli, desk: MemoryAdapter) -> None:
    assert cli("tag", "add", "vpn", "#1", "--yes", "--dry-run", "-p", "prod").code == 0
    assert desk.sent == []


def test_remove_and_set(cli: Cli, desk: MemoryAdapter) -> None:
    assert cli("tag", "remove", "even", "tag:even", "--yes", "-p", "prod").code == 0
    assert cli("tag", "set", "only", "#1", "--yes", "-p", "prod").code == 0
    assert tags(desk) == {"1": ["only"], "2": [], "3": [], "4": [], "5": []}


def test_nothing_to_change_is_success(cli: Cli, desk: MemoryAdapter) -> None:
    result = cli("tag", "add", "even", "#2", "--yes", "-p", "prod")
    assert result.code == 0
    assert "Nothing to change" in result.err
    assert desk.sent == []


def test_keys_come_from_standard_input(cli: Cli, desk: MemoryAdapter, pipe: Pipe) -> None:
    pipe(b'#1\n\n{"key": "#3", "title": "x"}\n')
    assert cli("tag", "add", "vpn", "-", "--yes", "-p", "prod").code == 0
    assert desk.sent == ["1", "3"]


def test_a_line_that_is_no_key_is_named(cli: Cli, desk: MemoryAdapter, pipe: Pipe) -> None:
    pipe(b'#1\n{"title": "SECRET"}\n')
    result = cli("tag", "add", "vpn", "-", "--yes", "-p", "prod")
    assert result.code == Exit.USAGE
    assert "line 2" in result.err
    assert "SECRET" not in result.err
    assert desk.sent == []


def test_a_read_only_profile_refuses_before_it_reads(cli: Cli, desk: MemoryAdapter) -> None:
    save(writes=False)
    result = cli("tag", "add", "vpn", "#1", "--yes", "-p", "prod")
    assert result.code == Exit.REFUSED
    assert "profile set prod --allow-writes" in result.err
    assert desk.sent == []


def test_a_tag_with_a_space_is_refused(cli: Cli, desk: MemoryAdapter) -> None:
    result = cli("tag", "add", "needs care", "#1", "--yes", "-p", "prod")
    assert result.code == Exit.USAGE
    assert "needs_care" in result.err


@pytest.mark.parametrize("selection", [(), (" ",), ("", " "), ("--native", " "), ("--view", "")], ids=str)
def test_no_selection_is_an_error_not_everything(cli: Cli, desk: MemoryAdapter, selection: tuple[str, ...]) -> None:
    result = cli("tag", "add", "vpn", *selection, "--yes", "-p", "prod")
    assert result.code == Exit.USAGE
    assert desk.sent == []


def test_a_cap_refuses_the_whole_plan(cli: Cli, desk: MemoryAdapter) -> None:
    result = cli("tag", "add", "vpn", "tag:even", "--yes", "--max-changes", "1", "-p", "prod")
    assert result.code == Exit.REFUSED
    assert "--max-changes 2" in result.err
    assert desk.sent == []


def test_missing_keys_are_told_and_the_rest_is_done(cli: Cli, desk: MemoryAdapter) -> None:
    result = cli("tag", "add", "vpn", "#1", "#99", "--yes", "-p", "prod")
    assert result.code == Exit.PARTIAL
    assert "#99" in result.err
    assert desk.sent == ["1"]
    assert cli("tag", "add", "vpn", "#98", "#99", "--yes", "-p", "prod").code == Exit.EMPTY


def test_one_failure_is_partial_and_names_the_run(cli: Cli, desk: MemoryAdapter) -> None:
    desk.failing = {"2"}
    result = cli("tag", "add", "vpn", "tag:even", "--yes", "-p", "prod")
    assert result.code == Exit.PARTIAL
    assert "supportctl runs show" in result.err


def test_a_platform_that_stops_us_says_how_to_go_on(cli: Cli, desk: MemoryAdapter) -> None:
    def limited(event: str) -> None:
        if event == "submit":
            raise RateLimitedError("429", retry_after=1800)

    desk.hook = limited
    result = cli("tag", "add", "vpn", "#1", "--yes", "-p", "prod")
    assert result.code == Exit.TEMPORARY
    assert "supportctl resume" in result.err
    assert "0 of 1 ticket" in result.err


def test_an_edited_plan_is_refused(cli: Cli, desk: MemoryAdapter, tmp_path: Path) -> None:
    path = tmp_path / "x.plan"
    cli("tag", "add", "vpn", "tag:even", "--plan", str(path), "-p", "prod")
    path.write_text(path.read_text().replace('"#2"', '"#3"'))
    result = cli("plan", "apply", str(path), "--yes", "-p", "prod")
    assert result.code == Exit.REFUSED
    assert "line 2" in result.err
    assert desk.sent == []


def test_a_plan_thinned_by_hand_changes_only_what_is_left(cli: Cli, desk: MemoryAdapter, tmp_path: Path) -> None:
    path = tmp_path / "x.plan"
    cli("tag", "add", "vpn", "tag:even", "--plan", str(path), "-p", "prod")
    lines = path.read_text().splitlines(keepends=True)
    path.write_text(lines[0] + lines[2])
    assert "1 row deleted by hand" in cli("plan", "show", str(path)).err
    assert cli("plan", "apply", str(path), "--yes", "-p", "prod").code == 0
    assert desk.sent == ["4"]


def test_a_plan_is_shown_without_asking_a_platform(cli: Cli, desk: MemoryAdapter, tmp_path: Path) -> None:
    path = tmp_path / "x.plan"
    cli("tag", "add", "vpn", "tag:even", "--plan", str(path), "-p", "prod")
    shown = cli("plan", "show", str(path), "--format", "ndjson")
    assert [json.loads(line)["outcome"] for line in shown.out.splitlines()] == ["planned", "planned"]


def test_an_unwritable_state_folder_stops_before_anything_is_sent(
    cli: Cli, desk: MemoryAdapter, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "file").write_text("")
    monkeypatch.setenv("SUPPORTCTL_STATE_DIR", str(home / "file"))
    result = cli("tag", "add", "vpn", "#1", "--yes", "-p", "prod")
    assert result.code == Exit.REFUSED
    assert desk.sent == []


@pytest.mark.parametrize("option", [("--view", "Mine"), ("--native", "x"), ("--limit", "1"), ("--sort", "created")])
def test_options_that_would_not_narrow_keys_are_refused(cli: Cli, desk: MemoryAdapter, option: tuple[str, str]) -> None:
    result = cli("tag", "add", "vpn", "#1", *option, "--yes", "-p", "prod")
    assert result.code == Exit.USAGE
    assert option[0] in result.err
    assert desk.sent == []


def test_a_sort_chooses_no_tickets(cli: Cli, desk: MemoryAdapter) -> None:
    result = cli("tag", "add", "vpn", "tag:even", "--sort", "created", "--limit", "1", "--yes", "-p", "prod")
    assert result.code == Exit.USAGE
    assert desk.sent == []


@pytest.mark.parametrize("line", ['{"key": "#1", "platform": "jsm"}', '{"key": "#1", "profile": "staging"}'])
def test_a_ticket_of_another_profile_is_refused(cli: Cli, desk: MemoryAdapter, pipe: Pipe, line: str) -> None:
    pipe(line.encode())
    result = cli("tag", "add", "vpn", "-", "--yes", "-p", "prod")
    assert result.code == Exit.USAGE
    assert desk.sent == []


def test_the_stop_line_promises_nothing_about_what_was_sent(cli: Cli, desk: MemoryAdapter) -> None:
    def down(event: str) -> None:
        if event == "read" and desk.sent:
            raise TemporaryError("GET answered 503; nothing was changed")

    desk.hook = down
    result = cli("tag", "add", "vpn", "#1", "--yes", "-p", "prod")
    assert result.code == Exit.TEMPORARY
    assert "nothing was changed" not in result.err
    assert "unverified" in result.err


def test_a_plan_is_applied_with_the_profile_it_names(cli: Cli, desk: MemoryAdapter, tmp_path: Path) -> None:
    path = tmp_path / "x.plan"
    cli("tag", "add", "vpn", "#1", "--plan", str(path), "-p", "prod")
    assert cli("plan", "apply", str(path), "--yes").code == 0
    assert desk.sent == ["1"]


def test_an_interrupted_run_tells_its_counts(cli: Cli, desk: MemoryAdapter) -> None:
    def interrupt(event: str) -> None:
        if event == "read" and desk.sent:
            raise KeyboardInterrupt

    desk.hook = interrupt
    result = cli("tag", "add", "vpn", "#1", "--yes", "-p", "prod")
    assert result.code == Exit.INTERRUPTED
    assert "0 of 1 ticket" in result.err
    assert "supportctl resume" in result.err


def test_no_keys_on_standard_input_is_said(cli: Cli, desk: MemoryAdapter, pipe: Pipe) -> None:
    pipe(b"\n")
    result = cli("tag", "add", "vpn", "-", "--yes", "-p", "prod")
    assert result.code == 0
    assert "held no keys" in result.err
