"""``docs/audit.md`` is true: the rules and settings it lists are those there are."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from supportctl.audit import RULES, Rule, Settings
from supportctl.audit.docs import summary
from supportctl.commands._audit_settings import OTHERWISE, settings
from supportctl.model import Priority
from supportctl.query.times import duration

PAGE = (Path(__file__).parents[2] / "docs" / "audit.md").read_text()


def table(marker: str) -> list[list[str]]:
    """The rows of the first table after ``marker``."""
    lines = PAGE.partition(marker)[2].splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("|"))
    found = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        found.append([cell.strip() for cell in line.strip("|").split("|")])
    return found


def test_every_rule_in_order() -> None:
    assert [row[0].strip("`") for row in table("<!-- rules:")] == [rule.code for rule in RULES]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_as_it_is(rule: Rule) -> None:
    row = next(row for row in table("<!-- rules:") if row[0] == f"`{rule.code}`")
    needs = ", ".join(sorted(rule.needs)) or "–"
    assert row[1:] == [rule.name, rule.severity, rule.confidence, needs, summary(rule)]


def test_every_setting() -> None:
    named = {name.partition(".")[0] for row in table("## Settings") for name in re.findall(r"`([a-z_]\w+)", row[0])}
    assert named == set(Settings.__struct_fields__) - set(OTHERWISE)


def test_defaults_of_settings() -> None:
    said = {row[0].strip("`"): row[1] for row in table("## Settings")}
    plain = Settings()
    assert duration(said["grace"].strip("`")) == plain.grace
    assert int(said["reassignments"].strip("`")) == plain.reassignments
    assert tuple(said["ignored_tags"].strip("`").split(",")) == plain.ignored_tags
    assert tuple(said["ignored_channels"].strip("`").split(",")) == plain.ignored_channels
    assert [float(value) for value in re.findall(r"[\d.]+", said["guard_share`, `guard_support"])] == [
        plain.guard_share,
        plain.guard_support,
    ]
    for name, limit in (("pick_up", plain.pick_up_limit), ("stale", plain.stale_limit)):
        told = [duration(value) for value in re.findall(r"`(\d+[hd])`", said[f"{name}.p1` … `.other"])]
        assert told == [limit(priority)[0] for priority in (Priority.P1, Priority.P2, None)]


@pytest.mark.parametrize(
    ("pair", "name", "value"),
    [
        ("grace=30m", "grace", timedelta(minutes=30)),
        ("stale.p3=10d", "stale", {"p3": timedelta(days=10)}),
        ("reassignments=7", "reassignments", 7),
        ("one_team=Support EMEA, Support APAC", "one_team", (("Support EMEA", "Support APAC"),)),
        ("group_is_enough=true", "group_is_enough", True),
        ("closure_field=Root cause", "closure_field", "Root cause"),
        ("ignored_tags=", "ignored_tags", ()),
        ("severities.stale=low", "severities", {"TIM501": "low"}),
        ("guard_share=0.5", "guard_share", 0.5),
    ],
)
def test_settings_are_read(pair: str, name: str, value: Any) -> None:
    assert getattr(settings([pair]), name) == value


def test_two_teams_and_two_limits() -> None:
    read = settings(["one_team=a,b", "one_team=c,d", "stale.p1=1h", "stale.other=9d"])
    assert read.one_team == (("a", "b"), ("c", "d"))
    assert set(read.stale) == {"p1", "other"}
