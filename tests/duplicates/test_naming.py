"""Rare names that two tickets share."""

import pytest

from supportctl.duplicates.finder import Finder
from supportctl.duplicates.naming import ANYBODY, SAME_ORGANIZATION, SAME_REQUESTER, names
from supportctl.duplicates.suggestion import Suggestion
from supportctl.model import Link, LinkType, NamedRef, Ticket
from tests.duplicates.queue import background, made, person

ONE = ("Cards are refused", "The terminal at the front desk shows TX-489 since noon.")
OTHER = ("Kartenzahlung geht nicht", "Beim Bezahlen steht TX-489 auf dem Display.")


def found(*tickets: Ticket) -> list[Suggestion]:
    every = [*background(30), *tickets]
    return [each for each in Finder(every).suggest(every[-1], 3) if each.of.key == "#100"]


def test_a_shared_code_joins_two_languages() -> None:
    best = found(made(100, *ONE, requester=person("ann")), made(101, *OTHER, requester=person("ann")))[0]
    assert best.confidence == SAME_REQUESTER
    assert best.calibration == "uncalibrated"
    assert any(each.terms == {"TX-489": 2} for each in best.reasons)


@pytest.mark.parametrize(("place", "least"), [("hotel", SAME_ORGANIZATION), ("other", ANYBODY)])
def test_who_tells_it_counts(place: str, least: float) -> None:
    hotel, other = NamedRef(id="hotel"), NamedRef(id=place)
    first = made(100, *ONE, requester=person("ann"), organization=hotel)
    best = found(first, made(101, *OTHER, requester=person("bob"), organization=other))
    assert best[0].confidence == least


@pytest.mark.parametrize(
    "wishes",
    [
        {"hours": 100 + 24 * 15},
        {"links": [Link(type=LinkType.PARENT, key="REQ-1")]},
        {"description": "Beim Bezahlen steht TX-489 auf dem Display, Beleg RE-2026-7788."},
        {"description": "TX-489 " + "und noch ein anderes Wort " * 40},
    ],
)
def test_what_speaks_against_it_leaves_it_to_the_ranking(wishes: dict) -> None:
    ann = person("ann")
    first = made(100, *ONE, requester=ann, links=[Link(type=LinkType.PARENT, key="REQ-1")])
    if "Beleg" in str(wishes):
        first = made(100, ONE[0], f"{ONE[1]} Receipt RE-2026-1234.", requester=ann)
    second = made(101, OTHER[0], wishes.pop("description", OTHER[1]), requester=ann, **wishes)
    assert all(each.confidence < ANYBODY for each in found(first, second))


def test_another_component_halves_it() -> None:
    here, there = (NamedRef(id=name, name=name) for name in ("terminal", "payments"))
    ann = person("ann")
    best = found(made(100, *ONE, requester=ann, component=here), made(101, *OTHER, requester=ann, component=there))
    assert best[0].confidence == SAME_REQUESTER / 2


def test_a_code_that_many_name_tells_nothing() -> None:
    many = [made(100 + n, *ONE, requester=person(f"p{n}")) for n in range(4)]
    last = made(120, *OTHER, requester=person("p0"))
    assert all(each.confidence < ANYBODY for each in found(*many, last))


@pytest.mark.parametrize(
    ("text", "those"),
    [
        ("shows E-45 today", {"e-45"}),
        ("invoice RE-2026-9959", {"re-2026-9959"}),
        ("in UTF-8 and SHA-256", set()),
        ("no codes at all", set()),
        ("", set()),
        ("レジで TX-489 と出ます", {"tx-489"}),
    ],
)
def test_names(text: str, those: set[str]) -> None:
    assert names("", text) == those
