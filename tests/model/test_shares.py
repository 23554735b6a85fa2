"""Shares and their intervals."""

from hypothesis import given
from hypothesis import strategies as st

from supportctl.model.shares import wilson


def test_of_nothing_there_is_no_share() -> None:
    assert wilson(0, 0) is None


def test_a_published_interval() -> None:
    """81 of 263 (R. G. Newcombe, Statistics in Medicine 17, 1998, table I, method 3): 0.2553 to 0.3662."""
    share = wilson(81, 263)
    assert share is not None
    assert (round(share.low, 4), round(share.high, 4)) == (0.2553, 0.3662)


@given(st.integers(0, 500), st.integers(0, 500))
def test_the_interval_holds_the_share_and_shrinks(right: int, wrong: int) -> None:
    share = wilson(right, right + wrong)
    if share is None:
        assert right + wrong == 0
        return
    assert 0 <= share.low <= share.value <= share.high <= 1
    narrow = wilson(4 * right, 4 * (right + wrong))
    assert narrow is not None
    assert narrow.high - narrow.low < share.high - share.low
