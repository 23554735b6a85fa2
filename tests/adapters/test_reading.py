"""What is kept of tickets that were passed on."""

from hypothesis import given
from hypothesis import strategies as st

from supportctl.adapters.reading import _compact

ids = st.one_of(
    st.integers(0, 10**25).map(str),
    st.integers(0, 10**6).map(lambda number: f"0{number}"),
    st.text(alphabet="0123456789abcdefABCDEF", min_size=31, max_size=33),
    st.text(min_size=1, max_size=40),
)


@given(ids, ids)
def test_different_ids_stay_different(one: str, other: str) -> None:
    assert (_compact(one) == _compact(other)) is (one == other)
