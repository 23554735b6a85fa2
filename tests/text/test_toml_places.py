"""Where keys of a TOML text stand: whatever a file looks like, the text at a place begins with the key."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from supportctl.text.toml_places import Path, Place, place, places

TEXT = '''# c
a.b = 1
"x y" = """ several
[ z ] = 3
"""  # c
[t]
k = [ "a", # no ]
  {q = 1, "r" = [2, 3]}, ]
[[m]]
n = 2020-01-01
[[m]]
n = 'it = ]'
[m.sub]
o = true
'''


@pytest.mark.parametrize(
    ("path", "line", "column"),
    [
        (("a", "b"), 2, 3),
        (("x y",), 3, 1),
        (("t", "k"), 7, 1),
        (("t", "k", 0), 7, 7),
        (("t", "k", 1, "q"), 8, 4),
        (("t", "k", 1, "r", 1), 8, 21),
        (("m", 0, "n"), 10, 1),
        (("m", 1, "n"), 12, 1),
        (("m", 1, "sub", "o"), 14, 1),
    ],
)
def test_places(path: Path, line: int, column: int) -> None:
    tomllib.loads(TEXT)
    assert places(TEXT)[path] == Place(line, column)


def test_what_is_not_there_stands_where_it_should_be() -> None:
    found = places(TEXT)
    assert place(found, ("m", 1, "sub", "missing")) == found["m", 1, "sub"]
    assert place(found, ("nothing",)) == Place(1, 1)


def test_a_text_with_carriage_returns() -> None:
    assert places("a = 1\r\n[b]\r\nc = 2\r\n")["b", "c"] == Place(3, 1)


KEYS = st.text(alphabet="ab_-. \"'é#[]", min_size=1, max_size=5)
LEAVES = st.one_of(st.booleans(), st.integers(-9, 9), st.text(alphabet="ab\n\"'#[]{},=\\é", max_size=8))
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=8,
)


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_every_key_of_any_document_is_found(document: dict[str, Any]) -> None:
    text = tomlkit.dumps(document)
    assert tomllib.loads(text) == document
    found, lines = places(text), text.split("\n")
    for path in _paths(document):
        at = found[path]
        here = lines[at.line - 1][at.column - 1 :]
        assert here
        if isinstance(path[-1], str):
            assert here.startswith((path[-1], '"', "'"))


def _paths(value: Any, path: Path = ()) -> list[Path]:
    inner: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    found: list[Path] = [path] if path else []
    for step, each in inner:
        found += _paths(each, (*path, step))
    return found


@given(st.text(alphabet="ab[]{}=\"'\n#.,\\ ", max_size=40))
def test_no_text_at_all_is_too_much(text: str) -> None:
    places(text)
