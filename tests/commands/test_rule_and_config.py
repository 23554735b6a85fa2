"""``rule`` and ``config`` through whole command lines."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from supportctl.audit import RULES
from supportctl.audit.docs import page
from supportctl.exits import Exit
from tests.audit.pages import DOCS
from tests.commands.fakes import Result

Cli = Callable[..., Result]


@pytest.fixture
def project(home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """A folder with a project's file, which is the working directory."""
    folder = home / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)

    def write(text: str) -> Path:
        path = folder / "supportctl.toml"
        path.write_text(text)
        return path

    return write


Project = Callable[[str], Path]
OWN = '[[audit.rule]]\ncode="ACME001"\nname="no-l2"\nquery="tag:escalated -tag:l2"\nmessage="escalated without l2"\n'


def test_all_rules(cli: Cli, project: Project) -> None:
    result = cli("rule")
    assert result.code == Exit.OK
    assert [line.split("\t")[0] for line in result.out.splitlines()] == [rule.code for rule in RULES]
    assert result.err == f"{len(RULES)} rules\n"
    document = json.loads(cli("rule", "--format", "json").out)
    assert [row["rule"] for row in document["rules"]] == [rule.code for rule in RULES]


def test_a_page_is_the_page_of_the_manual(cli: Cli, project: Project) -> None:
    for word in ("TIM501", "stale", "tim501"):
        result = cli("rule", word)
        assert result.code == Exit.OK
        assert result.out == (DOCS / "rules" / "TIM501.md").read_text()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_is_printed(rule: object, cli: Cli, project: Project) -> None:
    code = rule.code  # type: ignore[attr-defined]
    result = cli("rule", code)
    assert result.out.startswith(page(rule).rstrip())  # type: ignore[arg-type]
    parts = json.loads(cli("rule", code, "--format", "json").out)
    assert parts["rule"] == code
    assert set(parts["platforms"]) == {"zendesk", "jsm", "servicenow"}


def test_search(cli: Cli, project: Project) -> None:
    found = [line.split("\t")[0] for line in cli("rule", "--search", "PING pong").out.splitlines()]
    assert found[0] == "OWN204"
    nothing = cli("rule", "--search", "reasigned")
    assert (nothing.code, nothing.out) == (Exit.OK, "")
    assert "0 rules" in nothing.err


def test_a_ruleset(cli: Cli, project: Project) -> None:
    found = [line.split("\t")[0] for line in cli("rule", "--ruleset", "ci").out.splitlines()]
    assert "OWN201" in found
    assert "OWN204" not in found


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("TIM5O1",), "did you mean `TIM501`?"),
        (("--ruleset", "stict"), "did you mean strict?"),
        (("TIM501", "--search", "x"), "--search and --ruleset are for the list"),
        (("--search", " "), "--search has no words"),
        (("--config", "none.toml"), "cannot read none.toml"),
        (("--config", "x", "--no-config"), "cannot both be meant"),
        (("TIM501", "--format", "csv"), "comes as text or as json"),
    ],
)
def test_what_rule_cannot_do(arguments: tuple[str, ...], said: str, cli: Cli, project: Project) -> None:
    result = cli("rule", *arguments)
    assert result.code == Exit.USAGE
    assert said in result.err


def test_rules_of_the_project_and_what_it_sets(cli: Cli, project: Project) -> None:
    project(OWN + '[audit]\nignore=["OWN204"]\n[audit.rules.TIM501]\nseverity="low"\n')
    assert "ACME001\tno-l2" in cli("rule").out
    assert "tag:escalated -tag:l2" in cli("rule", "no-l2").out
    assert "severities.TIM501 is set in supportctl.toml:" in cli("rule", "TIM501").err
    assert "OWN204 does not run here" in cli("rule", "OWN204").err
    assert "ACME001" not in cli("rule", "--no-config").out


def test_validate(cli: Cli, project: Project) -> None:
    path = project("[audit]\nruleset = 'core'\n")
    result = cli("config", "validate")
    assert (result.code, result.out, result.err) == (Exit.OK, "", f"{path} is right\n")
    project("[audit]\nrulesset = 'core'\n[audit.rules.TIM501]\nurl = 'https://x.example'\n")
    result = cli("config", "validate")
    assert result.code == Exit.USAGE
    assert f"{path}:2:1: there is no 'rulesset' in audit: did you mean 'ruleset'?" in result.out
    assert f"{path}:4:1: 'url' does not belong" in result.out
    assert result.err == f"{path}: 2 mistakes\n"
    rows = json.loads(cli("config", "validate", str(path), "--format", "json").out)["problems"]
    assert [(row["line"], row["column"]) for row in rows] == [(2, 1), (4, 1)]
    project("[audit\n")
    result = cli("config", "validate")
    assert result.code == Exit.USAGE
    assert f"{path}:1:7:" in result.out


def test_no_project_here(cli: Cli, project: Project) -> None:
    for command in ("validate", "path"):
        result = cli("config", command)
        assert result.code == Exit.USAGE
        assert "there is no supportctl.toml here or above" in result.err
    assert cli("config", "validate", "none.toml").code == Exit.USAGE


def test_show_and_path(cli: Cli, project: Project) -> None:
    path = project("[audit]\nstale = {p1 = '12h'}\n")
    assert cli("config", "path").out == f"{path}\n"
    rows = [line.split("\t") for line in cli("config", "show", "--set", "grace=5m").out.splitlines()]
    told = {name: (value, source) for name, value, source in rows}
    assert told["stale.p1"] == ('"12h"', "supportctl.toml:2")
    assert told["stale.other"] == ('"5d"', "default")
    assert told["grace"] == ('"5m"', "--set")
    assert told["ruleset"] == ('"core"', "default")
    assert "file" in told
    rows = json.loads(cli("config", "show", "--no-config", "--format", "json").out)["settings"]
    assert {row["source"] for row in rows} == {"default"}


def test_a_mistake_ends_every_command_that_needs_the_file(cli: Cli, project: Project) -> None:
    project("[audit]\nrulesset = 'core'\n")
    for arguments in (("rule",), ("config", "show")):
        result = cli(*arguments)
        assert result.code == Exit.USAGE
        assert "supportctl.toml:2:1: there is no 'rulesset'" in result.err


def test_the_schema_is_the_published_one(cli: Cli, project: Project) -> None:
    result = cli("config", "schema")
    assert result.out.encode() == (DOCS / "supportctl.schema.json").read_bytes()


def test_the_topic_shows_a_file_that_is_right(cli: Cli, project: Project) -> None:
    text = cli("help", "project").out
    lines = [line[2:] for line in text.splitlines() if line.startswith("  ")]
    file = "\n".join(line.split("   ")[0] for line in lines)
    project(file)
    result = cli("config", "validate")
    assert result.code == Exit.OK, result.out


def test_the_page_of_a_rule_of_ones_own(cli: Cli, project: Project) -> None:
    project(OWN)
    text = cli("rule", "ACME001").out
    assert "every ruleset" in text
    assert "since" not in text
    document = json.loads(cli("rule", "ACME001", "--format", "json").out)
    assert document["rulesets"] == ["core", "standard", "strict", "ci"]


def test_the_file_may_be_named_with_the_option(cli: Cli, home: Path) -> None:
    file = home / "other.toml"
    file.write_text('[audit]\nstael = "1d"\n')
    by_option, by_word = cli("config", "validate", "--config", str(file)), cli("config", "validate", str(file))
    assert by_option.code == by_word.code == Exit.USAGE
    assert by_option.out == by_word.out
    assert "other.toml:2:1" in by_option.out
    assert cli("config", "validate", str(file), "--config", str(file)).code == Exit.USAGE


def test_a_ruleset_narrows_both_lists_of_rules_alike(cli: Cli) -> None:
    words = [
        [line.split("\t")[0] for line in cli(*command, "--ruleset", "ci").out.splitlines()]
        for command in (("rule",), ("audit", "--rules"))
    ]
    assert words[0] == words[1]
    assert 0 < len(words[0]) < 70
