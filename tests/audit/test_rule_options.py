"""Options of rules, from the project's file and from the command line."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from supportctl.audit import RULES
from supportctl.audit.catalogue import Catalogue
from supportctl.audit.configuration import load, resolve
from supportctl.audit.rule import Context, Options
from supportctl.errors import ConfigError, UsageError
from supportctl.model import Priority, Severity
from tests.audit.cases import NOW, PLATFORMS
from tests.audit.projects import OURS, mistakes, written
from tests.audit.test_catalogue import Sound


class Kit(Options, frozen=True):
    """Options of every shape."""

    days: dict[str, timedelta] = msgspec.field(default_factory=dict)
    pairs: tuple[tuple[str, str], ...] = ()
    matrix: dict[str, Priority] = msgspec.field(default_factory=dict)
    enabled: bool = False
    share: float = 0.5
    words: int | None = None
    wait: timedelta | None = None

    def __post_init__(self) -> None:
        if self.words == 13:
            raise ValueError("thirteen words are unlucky")


class Tooled(Sound):
    options = Kit


TOOLED = Catalogue(rules=(*RULES, Tooled()))


@pytest.mark.parametrize(
    ("toml", "pairs", "expected"),
    [
        ("days = {p1 = 10, other = '2w'}", ["days.p1=10", "days.other=2w"],
         {"days": {"p1": timedelta(days=10), "other": timedelta(days=14)}}),
        ("pairs = [['a', 'b'], ['c', 'd']]", ["pairs=a,b", "pairs=c,d"], {"pairs": (("a", "b"), ("c", "d"))}),
        ("matrix = {'1/2' = 'p2'}", ["matrix.1/2=p2"], {"matrix": {"1/2": Priority.P2}}),
        ("enabled = true", ["enabled=true"], {"enabled": True}),
        ("share = 1", ["share=1"], {"share": 1.0}),
        ("words = 3", ["words=3"], {"words": 3}),
        ("wait = '5m'", ["wait=5m"], {"wait": timedelta(minutes=5)}),
    ],
)  # fmt: skip
def test_options_of_a_rule(tmp_path: Path, toml: str, pairs: list[str], expected: dict[str, Any]) -> None:
    file = written(tmp_path, f"[audit.rules.XYZ101]\n{toml}\n")
    wanted = Kit(**expected)
    for resolved in (
        resolve(load(file, catalogue=TOOLED), catalogue=TOOLED),
        resolve(None, [f"XYZ101.{pair}" for pair in pairs], catalogue=TOOLED),
    ):
        context = Context(NOW, resolved.settings, PLATFORMS["jsm"])
        assert context.options("XYZ101", Kit) == wanted
        assert context.options("XYZ101", Kit) is context.options("XYZ101", Kit)


@pytest.mark.parametrize(
    ("toml", "pair", "told"),
    [
        ("days = {p1 = 'x'}", "days.p1=x", "a duration is a whole number"),
        ("pairs = [['a', 'b', 'c']]", "pairs=a,b,c", "is a list of 2, not of 3"),
        ("matrix = {'1/2' = 'p9'}", "matrix.1/2=p9", "cannot be 'p9'"),
        ("share = 7", "share=7", "a share lies between 0 and 1"),
        ("words = 13", "words=13", "thirteen words are unlucky"),
        ("wrods = 7", "wrods=7", "did you mean 'words'?"),
        ("words = 'x'", "words=x", "it is a whole number"),
    ],
)
def test_options_that_cannot_be(tmp_path: Path, toml: str, pair: str, told: str) -> None:
    file = written(tmp_path, f"[audit.rules.XYZ101]\n{toml}\n")
    with pytest.raises(ConfigError) as caught:
        load(file, catalogue=TOOLED)
    assert told in caught.value.message
    with pytest.raises(UsageError) as refused:
        resolve(None, [f"XYZ101.{pair}"], catalogue=TOOLED)
    assert told in refused.value.message


def test_severity_of_a_rule_on_the_command_line() -> None:
    assert resolve(None, ["stale.p1=1h", "TIM501.severity=info"], catalogue=OURS).settings.severities == {
        "TIM501": Severity.INFO
    }


@pytest.mark.parametrize(
    ("toml", "pair"),
    [
        ("[audit]\nguard_share = 7", "guard_share=7"),
        ("[audit]\nguard_support = 0", "guard_support=0"),
        ("[audit]\nreassignments = -1", "reassignments=-1"),
        ("[audit.rules.PRI302]\nshare = 7.0", "PRI302.share=7"),
        ("[audit.rules.CLS109]\nchanges = -2", "CLS109.changes=-2"),
    ],
)
def test_numbers_that_make_no_sense(tmp_path: Path, toml: str, pair: str) -> None:
    [(line, _, told)] = mistakes(tmp_path, toml + "\n")
    assert line == 2
    assert "cannot be" in told
    with pytest.raises(UsageError, match="cannot be"):
        resolve(None, [pair], catalogue=OURS)
