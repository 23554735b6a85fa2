"""Forms: lines that many tickets share say nothing, but the code that stands in one of them does."""

import random
import re
from itertools import count
from typing import Any

import numpy as np
import pytest

from supportctl.duplicates import terms, words
from supportctl.duplicates.asof import AsOf
from supportctl.duplicates.index import Index
from supportctl.duplicates.query import known
from supportctl.duplicates.rank import DAY, Ranker
from supportctl.duplicates.ticket import ticket
from tests.duplicates.corpus import FAULTS, PLACES, SYSTEMS, stamp

COUNT = 120
FEW = 6
"""Newest tickets, each with the code and the words of one older one; others have these words with another code."""


def forms(label: str, code: str) -> list[dict[str, Any]]:
    made, number = random.Random(2), count(1017, 7)
    said: list[tuple[str, str, str]] = []
    for at in range(COUNT):
        fresh = made.choice(SYSTEMS[:4]), made.choice(FAULTS[:4]), code.format(next(number))
        said.append(said[older(at)] if at >= COUNT - FEW else fresh)
    return [
        {
            "id": str(at),
            "created_at": stamp(at),
            "title": f"The {system} {fault}",
            "body": f"Site: {made.choice(PLACES)}\n{label}: {each}\nWhat happened?\nThe {system} {fault} since {at} h.",
        }
        for at, (system, fault, each) in enumerate(said)
    ]


def older(asked: int) -> int:
    return 60 + 5 * (asked - COUNT + FEW)


def found_first(rows: list[dict[str, Any]]) -> int:
    index = Index()
    index.add(map(ticket, rows))
    ranker, now, asked = Ranker(index), AsOf(index, COUNT - FEW, 0, COUNT), range(COUNT - FEW, COUNT)
    return sum(ranker.rank(now, known(index, each, 365 * DAY), 1)[0].ticket == older(each) for each in asked)


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("Error code", "E{}"),
        ("Device that is affected", "HT-{}"),
        ("Código de error", "0x8007{}"),
        ("注文番号", "AB{}"),
    ],
)
def test_of_forms_with_the_same_words_the_one_with_the_same_code_comes_first(label: str, code: str) -> None:
    assert found_first(forms(label, code)) >= FEW - 1


def test_without_the_code_it_would_be_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terms, "MOST_CODES", 0)
    assert found_first(forms("Error code", "E{}")) <= FEW // 2


def known_words(body: str) -> set[int]:
    """Of a ticket whose lines all many others have, but for its own first one."""
    index = Index()
    lines = body.splitlines()
    index.add(
        ticket({"id": str(at), "created_at": stamp(at), "title": f"ticket {at}", "body": body}) for at in range(9)
    )
    index.add([ticket({"id": "x", "created_at": stamp(99), "title": "ticket", "body": "\n".join(["own one", *lines])})])
    return set(index.words.row(9)[0].tolist())


def test_what_is_no_code_leaves_with_its_line() -> None:
    found = known_words("Error code: E4711\nVersion: 10.2.4b\nOn: 2026-03-04\nAt: 10:30\nOwner: Fred\nCount: 12345")
    there = {each for each in ("e4711", "10.2.4b", "2026-03-04", "fred", "12345") if terms.number(each) in found}
    assert there == {"e4711"}
    assert terms.number("own") in found


def test_many_codes_tell_of_a_machine() -> None:
    few, many = ([f"Part {chr(65 + at)}: AX-{500 + at}" for at in range(size)] for size in (8, 9))
    assert terms.number("ax-500") in known_words("\n".join(few))
    assert terms.number("ax-500") not in known_words("\n".join(many))


def test_a_code_joins_no_pair_with_its_neighbours() -> None:
    with_codes, without = Index(), Index()
    rows = forms("Error code", "E{}")
    with_codes.add(map(ticket, rows))
    without.add(ticket(row | {"body": re.sub(r"E\d+", "E 1", row["body"])}) for row in rows)
    for name in ("pairs", "lines"):
        one, other = (each.rows[name].row(COUNT - 1)[0] for each in (with_codes, without))
        assert np.array_equal(one, other)
    assert len(with_codes.words.row(COUNT - 1)[0]) == len(without.words.row(COUNT - 1)[0]) + 1
    assert np.all(with_codes.words.between(0, COUNT)[0] < terms.WORDS)


@pytest.mark.parametrize("token", ["e4711", "ht-65836", "0x80070005", "mt2001", "ora_00942"])
def test_codes(token: str) -> None:
    assert words.is_code(token)


@pytest.mark.parametrize(
    "token", ["4.2.1", "10.0.0.1", "2026-03-04", "2026-03-04t10", "12345", "error", "x64", "a_b_c_d"]
)
def test_no_codes(token: str) -> None:
    assert not words.is_code(token)
