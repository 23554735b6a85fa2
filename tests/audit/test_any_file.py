"""Whatever stands in a project's file: it is right and can be used, or every mistake has a place. Never a defect."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from supportctl.adapters.jsm.platform import CAPABILITIES as JSM
from supportctl.audit import Audit, Settings
from supportctl.audit.catalogue import Catalogue
from supportctl.audit.configuration import load, problems_of, resolve
from supportctl.audit.project_tables import ExemptionTable, OwnRuleTable, RunTable
from supportctl.errors import ConfigError
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
