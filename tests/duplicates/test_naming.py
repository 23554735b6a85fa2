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


def test_a_text_being_typed_names_it_too() -> None:
    typed = Finder([*background(30), made(31, *ONE)]).suggest("\n".join(OTHER), 3)
    assert (typed[0].of.key, typed[0].confidence, typed[0].ticket.key) == ("#31", ANYBODY, "")


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
        ("Customer number 482133. Order 77120 is late", {"77120"}),
        ("Kundennummer: 482133, contract no. V-20331", set()),
        ("Vertragsnummer 482133 und Konto 99120", set()),
        ("número de cliente 482133", set()),
        ("Room B-204: the projector shows E-45", {"e-45"}),
        ("the steps in KB-1042 and KB0010042", set()),
        ("numéro de contrat 482133", set()),
    ],
)
def test_names(text: str, those: set[str]) -> None:
    assert names("", text) == those


def test_what_is_not_measured_is_not_linked_by_itself() -> None:
    assert max(SAME_REQUESTER, SAME_ORGANIZATION, ANYBODY) < 0.5


def test_the_number_of_a_customer_joins_nothing() -> None:
    ann = person("ann")
    bill = made(100, "Wrong amount", "Customer number 482133. The invoice charges us twice.", requester=ann)
    door = made(101, "Cannot log in", "Customer number 482133. My password is refused.", requester=ann)
    assert all(each.confidence < ANYBODY for each in found(bill, door))
