"""A cheap look first never hides what the dear one would have found."""

from hypothesis import given
from hypothesis import strategies as st

from supportctl.text import boilerplate
from supportctl.text.hints import has_any


@given(st.from_regex(boilerplate._DISCLAIMER, fullmatch=True))
def test_every_disclaimer_has_a_hint(line: str) -> None:
    assert has_any(line, boilerplate._DISCLAIMER_HINTS)
