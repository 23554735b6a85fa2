"""Whatever stands in a project's file: it is right and can be used, or every mistake has a place. Never a defect."""

from __future__ import annotations

import tempfile
import tomllib
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from supportctl.adapters.jsm.platform import CAPABILITIES as JSM
from supportctl.audit import Audit, Settings
from supportctl.audit.catalogue import Catalogue
from supportctl.audit.configuration import load, problems_of, resolve
from supportctl.audit.declared import PRIORITIES
from supportctl.audit.field_docs import written
from supportctl.audit.project_tables import ExemptionTable, OwnRuleTable, RunTable
from supportctl.errors import ConfigError
from supportctl.query.times import BadTimeError, duration
from tests.audit.cases import NOW, ticket

OURS = Catalogue()
WORDS = (
    "TIM501", "stale", "core", "ci", "low", "high", "1h", "5d", "status:open", "tag:a -tag:b", "2026-12-31", "a", "b",
    "support", "mon-fri 09:00-17:00", "UTC", "ACME001", "p1", "other", "json=x.json", "/(/", "/a/", "*", "",
)  # fmt: skip
LEAVES = st.one_of(
    st.sampled_from(WORDS),
    st.booleans(),
    st.integers(-3, 10**9),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.dates(),
    st.text(max_size=4),
)
KEYS = st.one_of(
    st.sampled_from(
        sorted(
            {
                *Settings.__struct_fields__,
                *RunTable.__struct_fields__,
                *OwnRuleTable.__struct_fields__,
                *ExemptionTable.__struct_fields__,
                *("rules", "rule", "exemption", "hours", "zone", "holidays", "p1", "other", "url", "families", "need"),
                *("except", "enabled", "TIM501", "QUE901", "CLS106", "support", "a"),
            }
        )
    ),
    st.text(max_size=3),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=8,
)
DOCUMENTS = st.fixed_dictionaries(
    {},
    optional={
        "audit": st.one_of(st.dictionaries(KEYS, VALUES, max_size=6), LEAVES),
        "taxonomy": st.one_of(st.dictionaries(st.sampled_from(["tags", "families", "ignore"]), VALUES), LEAVES),
        "x": VALUES,
    },
)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(DOCUMENTS)
def test_any_document(document: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "supportctl.toml"
        path.write_text(tomlkit.dumps(document), encoding="utf-8")
        found = problems_of(path)
        lines = path.read_text(encoding="utf-8").split("\n")
        for each in found:
            assert each.message
            assert 1 <= each.line <= len(lines)
        if found:
            with pytest.raises(ConfigError):
                load(path, catalogue=OURS)
            return
        resolved = resolve(load(path, catalogue=OURS), catalogue=OURS, now=NOW)
        run = Audit(resolved.rules, resolved.settings, JSM, NOW, resolved.calendars, resolved.exemptions)
        list(run.findings([ticket("jsm", {"tags": ["a"]})]))


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 5000,
        "a = " + "[" * 5000 + "]" * 5000,
        "\x00",
        "[a]\n[a]\n",
        "a=1\na=2",
        "taxonomy = '\\u0000'",
        'taxonomy = "\\u0000"',
    ],
)
def test_what_is_no_toml(tmp_path: Path, text: str) -> None:
    path = tmp_path / "supportctl.toml"
    path.write_text(text)
    (problem,) = problems_of(path)
    assert problem.message


def test_the_end_of_time_is_a_day(tmp_path: Path) -> None:
    path = tmp_path / "supportctl.toml"
    path.write_text('[[audit.exemption]]\nrules = ["TIM501"]\nreason = "x"\nuntil = 9999-12-31\n')
    resolved = resolve(load(path, catalogue=OURS), catalogue=OURS, now=NOW)
    assert resolved.exemptions.report().expired == ()


def _right(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a setting as a file has them."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin is dict and inner[1] is timedelta:
        return st.dictionaries(st.sampled_from(PRIORITIES), _right(timedelta), max_size=3)
    if origin is dict:
        return st.dictionaries(st.text(max_size=3), _right(inner[1]), max_size=3)
    if origin is tuple:
        return st.lists(_right(inner[0]), max_size=3)
    if type(None) in inner:
        return _right(inner[0])
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from([member.value for member in kind])
    plain: dict[Any, st.SearchStrategy[Any]] = {
        str: st.text(max_size=4),
        int: st.integers(1, 9999),
        float: st.floats(0, 1, width=32),
        bool: st.booleans(),
        timedelta: st.builds("{}{}".format, st.integers(0, 999), st.sampled_from("mhdw")),
    }
    return plain[kind]


ELSEWHERE = {"options", "severities", "calendar", "calendars", "group_calendars", "tag_aliases"}
"""Settings whose values hang on others."""
RIGHT = st.fixed_dictionaries(
    {},
    optional={name: _right(kind) for name, kind in get_type_hints(Settings).items() if name not in ELSEWHERE},
)


@settings(deadline=None)
@given(RIGHT)
def test_any_right_settings(said: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "supportctl.toml"
        path.write_text(tomlkit.dumps({"audit": said}), encoding="utf-8")
        resolved = resolve(load(path, catalogue=OURS), catalogue=OURS)
    assert set(resolved.sources) == set(said)
    shown = "\n".join(f"{name} = {written(getattr(resolved.settings, name)) or '[]'}" for name in said)
    again = tomllib.loads(shown)
    for name, value in said.items():
        assert _alike(again[name]) == _alike(value), name


def _alike(value: Any) -> Any:
    """Durations may be written in another unit; nothing is nothing."""
    if isinstance(value, dict):
        return {name: _alike(each) for name, each in value.items()} or []
    if isinstance(value, list):
        return [_alike(each) for each in value]
    try:
        return duration(value) if isinstance(value, str) else value
    except BadTimeError:
        return value
