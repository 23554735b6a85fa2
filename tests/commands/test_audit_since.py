"""``audit --state`` and ``--since last-run``: what is new, what still stands, what is gone."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from supportctl.audit import state as states
from supportctl.errors import RateLimitedError
from supportctl.exits import Exit
from supportctl.model import Status
from tests.commands.fakes import FakeReader, Result
from tests.commands.queues import NOW, fine, keys_of, unassigned

Cli = Callable[..., Result]
Connect = Callable[[FakeReader], FakeReader]
FileOf = Callable[..., str]

RULES = ("--rule", "OWN201")


def test_the_next_run_reads_what_changed_and_says_what_is_new(cli: Cli, file_of: FileOf, tmp_path: Path) -> None:
    old = NOW - timedelta(days=2)
    state = str(tmp_path / "state.json")
    words = (*RULES, "--since", "last-run", "--state", state)
    first = cli("audit", "--file", file_of(unassigned(1, updated_at=old), unassigned(2, updated_at=old)), *words)
    assert first.code == Exit.FOUND
    assert "Only tickets updated since" not in first.err
    soon = datetime.now(UTC)
    file = file_of(
        unassigned(1, updated_at=old), fine(2, updated_at=soon), unassigned(3, updated_at=soon), fine(4, updated_at=old)
    )
    second = cli("audit", "--file", file, *words)
    assert keys_of(second) == ["SUP-1", "SUP-3"]
    assert "Only tickets updated since" in second.err
    assert "did not judge the others again; a run without --since does" in second.err
    assert "1 new, 1 as before, 1 gone" in second.err
    assert second.err.splitlines()[-1] == "2 findings (2 high) in 3 tickets"
    remembered = json.loads(Path(state).read_text())
    assert {known["ticket"] for known in remembered["findings"].values()} == {"SUP-1", "SUP-3"}
    assert [run.get("score") for run in remembered["runs"]] == [0.0, None]
    assert [run["by_severity"] for run in remembered["runs"]] == [{"high": 2}, {"high": 2}]


def test_what_was_found_is_looked_at_again_although_nobody_touched_it(
    cli: Cli, connected: Connect, tmp_path: Path
) -> None:
    old = NOW - timedelta(days=2)
    state = str(tmp_path / "state.json")
    words = ("is:unresolved", *RULES, "--since", "last-run", "--state", state, "--set", "guard_support=9999")
    queue = [unassigned(number, updated_at=old) for number in range(1, 251)]
    connected(FakeReader(queue))
    assert cli("audit", *words).code == Exit.FOUND
    solved = unassigned(3, updated_at=datetime.now(UTC), status=Status.RESOLVED)
    reader = connected(FakeReader([*queue[:2], solved, *queue[4:]]))
    second = cli("audit", *words)
    assert second.code == Exit.FOUND
    assert sorted(keys_of(second)) == sorted(f"SUP-{number}" for number in (1, 2, *range(5, 251)))
    assert "0 new, 248 as before, 2 gone" in second.err
    assert reader.pages > 1
    connected(FakeReader([fine(number, updated_at=old) for number in range(1, 251)]))
    third = cli("audit", *words)
    assert third.code == Exit.OK
    assert "0 new, 0 as before, 248 gone" in third.err


def test_what_changed_teaches_nothing_about_the_queue(cli: Cli, connected: Connect, tmp_path: Path) -> None:
    """Ten unassigned tickets that changed are no sign that nobody uses the field; a queue of them was."""
    old, soon = NOW - timedelta(days=2), datetime.now(UTC)
    words = (*RULES, "--since", "last-run", "--state", str(tmp_path / "state.json"), "--set", "guard_support=10")
    connected(FakeReader([fine(number, updated_at=old) for number in range(1, 101)]))
    assert cli("audit", *words).code == Exit.OK
    changed = [unassigned(number, updated_at=soon) for number in range(1, 21)]
    connected(FakeReader([*changed, *(fine(number, updated_at=old) for number in range(21, 101))]))
    second = cli("audit", *words)
    assert len(keys_of(second)) == 20
    assert "QUE901 field-unused not run: looks at the whole queue, and what changed is a part of it" in second.err
    unused = [unassigned(number, updated_at=old) for number in range(1, 101)]
    other = ("--state", str(tmp_path / "other.json"))
    connected(FakeReader(unused))
    assert keys_of(cli("audit", *words, *other)) == [""]
    connected(FakeReader([*changed, *unused[20:]]))
    again = cli("audit", *words, *other)
    assert again.out == ""
    assert "OWN201" in again.err
    assert "its field was hardly used when all tickets were read (QUE901)" in again.err


def test_what_stands_in_a_view_counts(cli: Cli, connected: Connect, tmp_path: Path) -> None:
    old = NOW - timedelta(days=2)
    words = (*RULES, "--view", "Escalated", "--since", "last-run", "--state", str(tmp_path / "state.json"))
    connected(FakeReader([unassigned(1, updated_at=old)]))
    assert cli("audit", *words).code == Exit.FOUND
    second = cli("audit", *words)
    assert keys_of(second) == []
    assert "0 gone, 1 not looked at again, which count (1 high)" in second.err
    assert second.code == Exit.FOUND
    known = str(tmp_path / "hygiene.json")
    cli("audit", *RULES, "--view", "Escalated", "--write-baseline", known)
    assert cli("audit", *words, "--baseline", known).code == Exit.OK


@pytest.mark.parametrize("pair", ["grace=2h", "severities.OWN201=low", "pick_up.p1=3h"])
def test_other_settings_begin_anew(cli: Cli, file_of: FileOf, tmp_path: Path, pair: str) -> None:
    file = file_of(unassigned(1, updated_at=NOW - timedelta(days=2)))
    words = ("--file", file, *RULES, "--since", "last-run", "--state", str(tmp_path / "state.json"))
    cli("audit", *words)
    assert "begins anew" not in cli("audit", *words).err
    assert "other settings: everything was read" in cli("audit", *words, "--set", pair).err


def test_a_state_alone_reads_everything_and_compares(cli: Cli, file_of: FileOf, tmp_path: Path) -> None:
    state = str(tmp_path / "state.json")
    cli("audit", "--file", file_of(unassigned(1), fine(2)), *RULES, "--state", state)
    result = cli("audit", "--file", file_of(unassigned(1), unassigned(2)), *RULES, "--state", state, "-f", "json")
    document = json.loads(result.out)
    assert document["last_run"] == {
        "against": "the last run",
        "new": 1,
        "known": 1,
        "gone": 0,
        "expired": 0,
        "unseen": 0,
    }
    assert [run["score"] for run in json.loads(Path(state).read_text())["runs"]] == [0.5, 0.0]


def test_a_state_of_another_query_begins_anew(cli: Cli, file_of: FileOf, tmp_path: Path) -> None:
    state = str(tmp_path / "state.json")
    file = file_of(unassigned(1, updated_at=NOW - timedelta(days=2)))
    words = ("--file", file, *RULES, "--since", "last-run", "--state", state)
    cli("audit", *words)
    other = cli("audit", "status:open", *words)
    assert keys_of(other) == ["SUP-1"]
    assert "the state is of another query, other rules or other settings: everything was read" in other.err


def test_a_state_that_is_none_of_ours_is_left_alone(cli: Cli, connected: Connect, tmp_path: Path) -> None:
    connected(FakeReader([unassigned(1)]))
    path = tmp_path / "report.html"
    path.write_text("<html>")
    result = cli("audit", *RULES, "--state", str(path))
    assert result.code == Exit.USAGE
    assert path.read_text() == "<html>"
    state = tmp_path / "state.json"
    foreign = states.State(instance="other", selection="s", started=NOW, runs=[], findings={})
    states.write(foreign, state)
    result = cli("audit", *RULES, "--state", str(state))
    assert result.code == Exit.REFUSED
    assert "is of another account" in result.err


def test_without_a_file_named_the_state_is_kept_with_ours(cli: Cli, connected: Connect, home: Path) -> None:
    connected(FakeReader([unassigned(1, updated_at=NOW - timedelta(days=2))]))
    assert keys_of(cli("audit", *RULES, "--since", "last-run")) == ["SUP-1"]
    assert len(list((home / "state" / "audit").glob("*.json"))) == 1
    assert "0 new, 1 as before" in cli("audit", *RULES, "--since", "last-run").err


def test_a_run_that_failed_or_stopped_at_its_limit_is_no_last_run(cli: Cli, connected: Connect, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    reader = connected(FakeReader([unassigned(1), unassigned(2), unassigned(3)]))
    result = cli("audit", *RULES, "--state", str(state), "--limit", "1")
    assert f"{state} was left as it is: the run stopped at its limit" in result.err
    reader.before_page = lambda number: (_ for _ in ()).throw(RateLimitedError("wait")) if number else None
    reader.pages = 0
    assert cli("audit", *RULES, "--state", str(state)).code == Exit.TEMPORARY
    assert not state.exists()
