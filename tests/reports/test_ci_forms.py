"""What CI systems read: GitHub's annotations and step summary, GitLab's Code Quality report."""

import json
import re
from typing import Any

import jsonschema_rs
import pytest

from supportctl.model import Severity
from supportctl.reports.audit_forms import github_summary
from tests.reports.audits import EVERY, HOSTILE, audit, finding, many, written

COMMAND = re.compile(r"::(error|warning|notice) file=([^,:]+),line=1,title=([^,:]*)::(.*)")

# GitLab, "Code Quality report format" (docs.gitlab.com/ci/testing/code_quality), written down as a schema.
CODE_QUALITY = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^[^./][^\\s]*$"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
        "additionalProperties": False,
    },
}


def test_annotations_come_by_severity_and_privacy_first() -> None:
    found = [finding(1, "OWN201"), finding(2, "CLS101", severity=Severity.MEDIUM), finding(3, "PRV821")]
    commands, _ = github(audit(findings=[*found, finding(4, "PRV823", severity=Severity.MEDIUM)]))
    assert [re.search(r"title=(\w+)", command[0])[1] for command in commands] == [  # type: ignore[index]
        "PRV821",
        "OWN201",
        "PRV823",
        "CLS101",
    ]


def github(report: Any) -> tuple[list[re.Match[str]], list[str]]:
    """Annotations, and the other lines of the log."""
    lines = written("github", report).decode().splitlines()
    commands = [COMMAND.fullmatch(line) for line in lines if line.startswith("::")]
    assert all(commands)
    return [each for each in commands if each], [line for line in lines if not line.startswith("::")]


@pytest.mark.parametrize("make", EVERY.values(), ids=EVERY)
def test_never_more_annotations_than_a_step_shows(make: Any) -> None:
    commands, lines = github(make())
    assert len(commands) <= 10
    assert lines
    assert not any("##[" in line for line in lines)


def test_the_worst_of_5000_and_how_many_there_are() -> None:
    commands, lines = github(many(5_000))
    assert [each[1] for each in commands] == ["error"] * 10
    assert lines[0].startswith("5,000 findings (1,250 high,")
    assert lines[1].startswith("4,990 of them have no annotation here")


def test_an_annotation() -> None:
    commands, _ = github(audit())
    assert commands[0][0] == (
        "::error file=tickets/jsm/10001,line=1,title=OWN201 unassigned%3A SUP-1"
        "::unassigned for more than 24 h https://acme.example/browse/SUP-1"
    )
    assert [each[1] for each in commands] == ["error", "error", "warning"]


def test_no_text_is_a_command_of_its_own() -> None:
    commands, _ = github(audit(findings=[finding(1, message=f"a\n::error::b\r\n%0A{HOSTILE}")]))
    assert len(commands) == 1
    assert "%250A" in commands[0][4]


@pytest.mark.parametrize("make", EVERY.values(), ids=EVERY)
def test_the_summary_is_taken(make: Any) -> None:
    assert len(github_summary(make())) < 1024 * 1024


def test_a_summary_that_cannot_fit_is_cut_and_says_so() -> None:
    report = audit(notices=["x" * 300_000] * 5)
    text = github_summary(report)
    assert len(text) <= 1_000_000
    assert b"Cut here" in text
    text.decode()


def test_a_summary_of_5000_findings_says_what_it_leaves_out() -> None:
    text = github_summary(many(5_000)).decode()
    assert "**5,000 findings" in text
    shown = text.count("](<https://acme.example/browse/")
    left = sum(int(number.replace(",", "")) for number in re.findall(r"and ([\d,]+) more:", text))
    assert shown + left == 5_000


@pytest.mark.parametrize("make", EVERY.values(), ids=EVERY)
def test_gitlab_reads_it(make: Any) -> None:
    report = make()
    rows = json.loads(written("gitlab", report))
    assert [str(error) for error in jsonschema_rs.validator_for(CODE_QUALITY).iter_errors(rows)] == []
    assert len(rows) == len(report.findings)
    assert len({row["fingerprint"] for row in rows}) == len(rows)


def test_gitlab_never_merges_two_findings() -> None:
    rows = json.loads(written("gitlab", audit(findings=[finding(1), finding(1), finding(1)])))
    assert len({row["fingerprint"] for row in rows}) == 3
    assert rows[0]["fingerprint"] == finding(1).fingerprint


def test_gitlab_severities() -> None:
    rows = json.loads(written("gitlab", many(4)))
    assert sorted(row["severity"] for row in rows) == ["critical", "info", "major", "minor"]
