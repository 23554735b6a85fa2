"""The audit on the sample companies, over HTTP: planted faults are found, nothing harmless is taken for one."""

import re
import subprocess
import sys

import pytest

from supportctl.commands._demo_check import held_against
from supportctl.sandbox.store import Truth
from tests.audit.findings import finding


@pytest.mark.slow
def test_planted_faults_are_found_and_traps_are_left_alone() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "supportctl", "demo", "--check"],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    rows = re.findall(r"^  ([A-Z]{3}\d{3}) +(\d+) +(\d+) +([\d.]+) +(\d+) +([\d.]+)", done.stdout, re.MULTILINE)
    assert len(rows) == 3 * 25
    for rule, planted, found, recall, further, precision in rows:
        assert planted == found, rule
        assert (recall, precision, further) == ("1.00", "1.00", "0"), rule


def plant(rule: str, key: str, detail: str = "") -> Truth:
    return Truth(platform="zendesk", number=1, key=key, rule=rule, detail=detail)


def test_what_was_missed_and_what_was_taken_in_is_told() -> None:
    truth = [plant("TIM501", "#1"), plant("TIM501", "#2"), plant("trap", "#3", "TIM501 OWN201: on hold until a date")]
    lines, rest = held_against(
        [finding(rule="TIM501", ticket="#1"), finding(rule="TIM501", ticket="#3"), finding(rule="QUE902", ticket="#1")],
        truth,
    )
    [line] = lines
    assert (line.missed, line.further, line.sprung) == ({"#2"}, {"#3"}, {"#3"})
    assert rest == {"QUE902": 1}
