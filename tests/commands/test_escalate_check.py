"""``escalate check``: what is printed, what the exit code says, what the project says."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from supportctl.exits import Exit
from supportctl.model import Unknown
from tests.commands.fakes import Result
from tests.evidence.reading.threads import AGENT, CUSTOMER, thread

Cli = Callable[..., Result]
ONE = thread(
    "Steps to reproduce:\n1. Open the plan\n2. Click Save\n\nError: PLAN-77 not saved",
    (AGENT, "Which version do you use?"),
    (CUSTOMER, "Version 5.2"),
)
OTHER = msgspec.structs.replace(thread("Please call me."), id="2", key="SUP-2")
HIDDEN = msgspec.structs.replace(thread("x", unknown={"comments": Unknown.HIDDEN}), id="3", key="SUP-3")


@pytest.fixture
def source(file_of: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return file_of(ONE, OTHER, HIDDEN)


def test_one_ticket_is_shown_element_by_element(cli: Cli, source: str) -> None:
    result = cli("escalate", "check", "SUP-1", "--file", source, "--format", "plain")
    assert result.code == 0
    assert "45 of 100" in result.out
    rows = {line.split("\t")[0]: line.split("\t")[1:] for line in result.out.splitlines() if "\t" in line}
    assert rows["actual"][0] == "present"
    assert rows["actual"][2] == "description, line 5"
    assert rows["environment"][2] == "comment 2, line 1"
    assert rows["expected"][0] == "missing"


def test_several_are_shown_one_a_row_and_in_json_whole(cli: Cli, source: str) -> None:
    result = cli("escalate", "check", "SUP-1", "SUP-2", "--file", source, "--format", "json")
    told = json.loads(result.out)
    assert told["schema"] == "supportctl/escalation-checks/v1"
    assert [(each["key"], each["score"]) for each in told["escalation-checks"]] == [("SUP-1", 45), ("SUP-2", 0)]
    one = told["escalation-checks"][0]
    assert one["present"] == ["steps", "actual", "environment"]
    assert {item["element"]: item.get("where") for item in one["items"]}["steps"] == "description, line 2"
    assert "1. What did you expect to happen?" in one["questions"]


def test_a_query_chooses(cli: Cli, source: str) -> None:
    result = cli("escalate", "check", "text:PLAN", "--file", source, "--json", "key")
    assert [each["key"] for each in json.loads(result.out)["escalation-checks"]] == ["SUP-1"]


def test_the_questions_alone_are_printed(cli: Cli, source: str) -> None:
    result = cli("escalate", "check", "SUP-2", "--file", source, "--questions", "--lang", "de")
    assert result.out.startswith("Guten Tag Anna Berg,\n")
    assert "1. Was genau haben Sie getan" in result.out
    both = cli("escalate", "check", "SUP-1", "SUP-2", "--file", source, "--questions").out
    assert "==> SUP-1 <==\n" in both
    assert "==> SUP-2 <==\n" in both


def test_the_gate(cli: Cli, source: str) -> None:
    assert cli("escalate", "check", "SUP-1", "--file", source, "--min-score", "45").code == 0
    low = cli("escalate", "check", "SUP-1", "SUP-2", "--file", source, "--min-score", "46")
    assert low.code == Exit.FOUND
    assert "2 of 2 tickets below 46" in low.err


def test_the_project_sets_weights_gate_and_language(cli: Cli, source: str) -> None:
    Path("supportctl.toml").write_text(
        '[escalation]\nmin_score = 50\nlanguage = "fr"\n[escalation.weights]\nenvironment = 100\n'
    )
    result = cli("escalate", "check", "SUP-1", "--file", source, "--json", "score,questions")
    [one] = json.loads(result.out)["escalation-checks"]
    assert (one["score"], result.code) == (71, 0)
    assert one["questions"].startswith("Bonjour Anna Berg,")
    assert cli("escalate", "check", "SUP-2", "--file", source).code == Exit.FOUND
    assert cli("escalate", "check", "SUP-2", "--file", source, "--no-config").code == 0
    shown = cli("config", "show", "--format", "json").out
    assert {each["name"]: each["source"] for each in json.loads(shown)["settings"]}["escalation.min_score"] == (
        "supportctl.toml:2"
    )


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("min_score = 101", "supportctl.toml:2:1: a score lies between 0 and 100"),
        ("min_scor = 10", "min_scor"),
        ("weights = { stepps = 1 }", "stepps"),
        ("weights = { steps = -1 }", "0 or more"),
        ("language = \"german\"", "two letters"),
        ("weights = { " + ", ".join(f"{name} = 0" for name in msgspec.structs.asdict(
            __import__("supportctl.model.escalation", fromlist=["Weights"]).Weights())) + " }", "every weight is 0"),
    ],
)  # fmt: skip
def test_mistakes_of_the_project_are_named(cli: Cli, source: str, table: str, said: str) -> None:
    Path("supportctl.toml").write_text(f"[escalation]\n{table}\n")
    result = cli("escalate", "check", "SUP-1", "--file", source)
    assert result.code == Exit.USAGE
    assert said in result.err
    assert said in cli("config", "validate").out


def test_a_file_beside_the_ticket_is_evidence(cli: Cli, source: str, tmp_path: Path) -> None:
    (tmp_path / "app.log").write_text("x")
    given = cli(
        "escalate", "check", "SUP-2", "--file", source, "--attach", str(tmp_path / "app.log"), "--json", "score"
    )
    assert json.loads(given.out)["escalation-checks"][0]["score"] == 5
    absent = cli("escalate", "check", "SUP-2", "--file", source, "--attach", "none.log")
    assert (absent.code, "there is no file none.log" in absent.err) == (Exit.USAGE, True)


def test_what_cannot_be_read_is_said(cli: Cli, source: str) -> None:
    result = cli("escalate", "check", "SUP-3", "--file", source)
    assert "1 ticket could not be read whole (comments); the score may be too low" in result.err
    assert "missing" not in result.out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((), Exit.USAGE),
        (("SUP-9",), Exit.EMPTY),
        (("SUP-1", "--limit", "1"), Exit.USAGE),
        (("SUP-1", "--questions", "--format", "json"), Exit.USAGE),
        (("SUP-1", "--questions", "--lang", "xx"), Exit.USAGE),
        (("SUP-1", "--min-score", "101"), Exit.USAGE),
    ],
)
def test_mistakes_on_the_command_line(cli: Cli, source: str, words: tuple[str, ...], code: int) -> None:
    assert cli("escalate", "check", *words, "--file", source).code == code
