"""Rows and postings against the plain way of counting."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from supportctl.duplicates import postings
from supportctl.duplicates.postings import Postings
from supportctl.duplicates.rows import Rows, distinct, ranges

SIZE = 16
corpora = st.lists(st.sets(st.integers(0, SIZE - 1), max_size=6), min_size=1, max_size=30)


def filled(rows: Rows, tickets: list[set[int]]) -> None:
    owner = np.repeat(np.arange(len(tickets)), [len(each) for each in tickets])
    term = np.array([term for each in tickets for term in sorted(each)], np.int32)
    rows.add(owner, term, (term % 7).astype(np.uint8), len(tickets))


@settings(max_examples=60, deadline=None)
@given(corpora, corpora, st.data())
def test_postings_are_the_tickets_that_hold_a_term(
    one: list[set[int]], two: list[set[int]], data: st.DataObject
) -> None:
    rows = Rows(SIZE)
    made = Postings(rows)
    for part in (one, two):
        filled(rows, part)
        made.refresh()
    tickets = one + two
    low = data.draw(st.integers(0, len(tickets)))
    high = data.draw(st.integers(low, len(tickets)))
    asked = np.arange(SIZE, dtype=np.int32)
    slices = made.slices(asked, low, high)
    found = [
        (int(asked[which]), int(ticket), int(mark))
        for each in slices
        for which, ticket, mark in zip(*each.of(np.arange(SIZE)), strict=True)
    ]
    assert sorted(found) == sorted((term, at, term % 7) for at in range(low, high) for term in tickets[at])
    for term in range(SIZE):
        assert sum(int(each.lengths[term]) for each in slices) == sum(term in tickets[at] for at in range(low, high))
    for at in (high, low):
        before = rows.known_before(at)
        assert before.tolist() == [sum(term in each for each in tickets[:at]) for term in range(SIZE)]


def test_small_segments_are_merged_and_large_ones_left_alone(monkeypatch) -> None:
    monkeypatch.setattr(postings, "LARGEST", 8)
    rows = Rows(SIZE)
    made = Postings(rows)
    for at in range(50):
        filled(rows, [{at % SIZE, 3}])
        made.refresh()
        assert len(made.segments) <= at // 8 + postings.MANY + 1
    assert [each.low for each in made.segments[1:]] == [each.high for each in made.segments[:-1]]
    assert sum(int(each.lengths[0]) for each in made.slices(np.array([3]), 0, 50)) == 50


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 5)), max_size=8))
def test_ranges(pairs: list[tuple[int, int]]) -> None:
    starts = np.array([start for start, _ in pairs], np.int64)
    ends = np.array([start + more for start, more in pairs], np.int64)
    assert ranges(starts, ends).tolist() == [n for start, more in pairs for n in range(start, start + more)]


def test_a_term_of_one_row_is_one_entry() -> None:
    row, term, counts = distinct(np.array([0, 0, 0, 1]), np.array([5, 2, 5, 5]), np.array([0, 1, 2, 0]), SIZE)
    assert list(zip(row.tolist(), term.tolist(), strict=True)) == [(0, 2), (0, 5), (1, 5)]
    assert [each.tolist() for each in counts] == [[0, 1, 1], [1, 0, 0], [0, 1, 0]]
