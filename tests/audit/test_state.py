"""What one run leaves for the next."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from supportctl.audit import state as states
from supportctl.audit.baseline import Scope
from supportctl.audit.state import Known, Run, State
from supportctl.errors import DataError, RefusedError
from supportctl.model import Severity

THEN = datetime(2026, 3, 2, 12, tzinfo=UTC)
EVERYTHING = Scope(rules=frozenset({"TIM501"}), whole=True, origin="i-q")


def known(number: int, rule: str = "TIM501") -> tuple[str, Known]:
    return f"{number:064x}", Known(rule=rule, ticket=f"SUP-{number}", severity=Severity.MEDIUM)


def state(*numbers: int, runs: int = 1) -> State:
    past = [Run(at=THEN, tickets=9, dirty=1, score=0.9) for _ in range(runs)]
    return State(instance="i", selection="s", started=THEN, runs=past, findings=dict(map(known, numbers)), origin="i-q")


def test_written_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    assert states.load(path, "i", "s") == (None, None)
    states.write(state(1, 2), path)
    assert states.load(path, "i", "s") == (state(1, 2), None)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert states.load(path, "i", "other") == (None, "the state is of another query, other rules or other settings")


def test_the_state_of_another_account_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    states.write(state(1), path)
    with pytest.raises(RefusedError, match="another account"):
        states.load(path, "j", "s")


@pytest.mark.parametrize(
    ("content", "why"),
    [("", "empty"), ("\n", "empty"), ('{"schema": "supportctl/audit-state/v9", "more": 1}', "another version")],
)
def test_one_to_begin_anew_from(content: str, why: str, tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_text(content)
    found, anew = states.load(path, "i", "s")
    assert found is None
    assert why in (anew or "")


@pytest.mark.parametrize(
    "content",
    ["<html>", "{}", "[1]", '{"schema": "supportctl/baseline/v1"}', '{"schema": "supportctl/audit-state/v1"}'],
)
def test_another_file_is_left_alone(content: str, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(content)
    with pytest.raises(DataError, match="left alone"):
        states.load(path, "i", "s")
    assert path.read_text() == content


def test_against_the_last_run() -> None:
    found = [known(1)[0], known(4)[0]]
    whole = states.compare(state(1, 2, 3), found, EVERYTHING)
    assert (len(whole.new), len(whole.known), len(whole.gone), len(whole.unseen)) == (1, 1, 2, 0)
    part = Scope(rules=frozenset({"TIM501"}), whole=False, read=frozenset({"SUP-1", "SUP-2"}))
    changed = states.compare(state(1, 2, 3), found, part)
    assert changed.gone == {known(2)[0]}
    assert changed.unseen == {known(3)[0]}
    stands = states.standing(dict(map(known, (1, 4))), state(1, 2, 3), changed)
    assert {each.ticket for each in stands.values()} == {"SUP-1", "SUP-3", "SUP-4"}


def test_the_oldest_runs_are_forgotten() -> None:
    later = states.advanced(state(1, runs=states.RUNS), state(2))
    assert len(later.runs) == states.RUNS
    assert later.findings.keys() == {known(2)[0]}


def test_the_order_of_rules_makes_no_other_selection() -> None:
    assert states.selection("q", ["A", "B"]) == states.selection("q", ["B", "A"])
    assert states.selection("q", ["A"]) != states.selection("q", ["A", "B"])
    assert states.selection("q", ["A"], "2/4") != states.selection("q", ["A"], "1/4")
