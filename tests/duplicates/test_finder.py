"""Suggestions for tickets of a platform."""

import random
from datetime import timedelta

import msgspec
import pytest

from supportctl.duplicates.finder import Finder
from supportctl.duplicates.suggestion import Kind
from supportctl.model import Comment, Link, LinkType, NamedRef, Platform, Role, Status, Ticket
from tests.duplicates.queue import START, background, made, person

BADGE = "At the north gate the badge reader flashes amber with E-4711 and stays shut."


def by_key(tickets: list[Ticket], most: int = 5) -> dict[str, list[tuple[str, Kind]]]:
    """Of the newer ones, which have candidates enough."""
    found = Finder(tickets).all(lambda ticket: len(tickets) < 20 or int(ticket.id) > 52, most)
    return {brief.key: [(each.of.key, each.kind) for each in some] for brief, some in found}


def planted() -> list[Ticket]:
    return [
        *background(),
        made(101, "Badge reader flashes amber", BADGE, requester=person("ann")),
        made(102, "North gate shut", "The badge reader flashes amber. It says E-4711.", requester=person("bob")),
    ]


def test_what_was_told_before_comes_first_with_its_reasons() -> None:
    finder = Finder(planted())
    best = finder.suggest(planted()[-1])[0]
    assert (best.ticket.key, best.of.key, best.kind) == ("#102", "#101", Kind.TEXT)
    assert best.calibration == "uncalibrated"
    codes = next(each for each in best.reasons if each.code == "codes")
    assert codes.terms == {"E-4711": 2}
    assert codes.text == '"E-4711" in 2 of 62'
    assert any(each.text == "60 min apart" for each in best.reasons)


def test_a_code_in_the_line_of_a_form_is_told_with_its_count() -> None:
    form = "{}\nDevice that is affected: HT-{}"
    others = [
        made(100 + n, f"Request {n}", form.format(f"Please look at it, {n} of us wait.", 10_000 + n)) for n in range(40)
    ]
    pair = [made(200 + n, "Badge reader flashes amber", form.format(BADGE, 46_953), hours=300 + n) for n in (0, 90)]
    best = Finder([*background(), *others, *pair]).suggest(pair[1])[0]
    assert best.of.key == "#200"
    codes = next(each for each in best.reasons if each.code == "codes")
    assert codes.terms["HT-46953"] == 2
    assert codes.text == '"E-4711" "HT-46953" in 2 of 102'


def test_a_code_among_many_of_a_form_is_told_without_a_count_that_is_wrong() -> None:
    form = "{}\n" + "\n".join(f"Part {chr(65 + at)}: AX-{{}}" for at in range(12))
    others = [made(100 + n, f"Request {n}", form.format("Look at it", *range(n, n + 12))) for n in range(10, 50)]
    pair = [
        made(200 + n, "Badge reader flashes amber", form.format(BADGE, *range(400, 412)), hours=300 + n)
        for n in (0, 90)
    ]
    best = Finder([*background(), *others, *pair]).suggest(pair[1])[0]
    assert best.of.key == "#200"
    texts = [each.text for each in best.reasons if "AX-4" in each.text]
    assert texts
    assert not any(" in 0 of " in text for text in texts)


def test_only_older_ones_and_the_order_changes_nothing() -> None:
    tickets = planted()
    whole = by_key(tickets)
    born = {each.key: each.created_at for each in tickets}
    assert all(born[key] >= born[of] for key, some in whole.items() for of, _ in some)
    random.Random(3).shuffle(tickets)
    assert by_key(tickets) == whole


def test_the_window_is_kept() -> None:
    finder = Finder(planted(), window_days=0.02)
    assert finder.suggest(planted()[-1]) == []


def test_of_one_moment_the_smaller_id_is_the_older() -> None:
    text = "The warehouse printer prints every delivery note twice since noon"
    found = by_key([made(9, text, text, hours=1), made(10, text, text, hours=1), made(8, text, text, hours=1)])
    assert found["#8"] == []
    assert {of for of, _ in found["#9"]} == {"#8"}
    assert {of for of, _ in found["#10"]} <= {"#8", "#9"}


def test_what_is_known_only_later_changes_no_score() -> None:
    later = Comment(id="1", author=person("x"), created_at=START, body="same as #101, E-4711", public=True)
    plain = Finder(planted()).suggest(planted()[-1])
    told = [
        msgspec.structs.replace(
            each,
            status=Status.CLOSED,
            resolution_notes="Duplicate of #101",
            closure_code="Duplicate",
            comments=[later],
            closed_at=START + timedelta(days=9),
        )
        for each in planted()
    ]
    assert [each.score for each in Finder(told).suggest(told[-1])] == [each.score for each in plain]


def test_a_new_ticket_and_a_text_being_typed() -> None:
    finder = Finder(planted())
    new = made(500, "Gate", "Badge reader at the gate flashes amber, E-4711")
    assert {each.of.key for each in finder.suggest(new)[:2]} == {"#101", "#102"}
    typed = finder.suggest("Badge reader amber E-4711\nNorth gate does not open")
    assert typed[0].of.key in ("#101", "#102")
    assert typed[0].ticket.key == ""
    assert len(finder) == 62
    assert finder.suggest("Badge reader amber E-4711\nNorth gate does not open") == typed


def test_a_ticket_without_date_is_nobodys_candidate_and_counts_as_new() -> None:
    undated = msgspec.structs.replace(planted()[-2], id="7000", key="#7000", created_at=None)
    finder = Finder([*planted(), undated])
    assert finder.undated == 1
    found = dict(finder.all(lambda ticket: int(ticket.id) > 55))
    assert "#7000" not in {each.of.key for some in found.values() for each in some}
    assert finder.suggest(undated)[0].of.key in ("#101", "#102")


def test_of_two_with_one_id_the_last_counts() -> None:
    tickets = planted()
    finder = Finder([*tickets, msgspec.structs.replace(tickets[-2], title="Nothing", description="at all")])
    assert (finder.repeated, len(finder)) == (1, 62)
    assert finder.ticket(60).title == "Nothing"


def test_links_are_told() -> None:
    tickets = planted()
    link = Link(type=LinkType.DUPLICATE_OF, key="#101", id="101")
    tickets[-1] = msgspec.structs.replace(tickets[-1], links=[link])
    assert Finder(tickets).suggest(tickets[-1])[0].linked


def test_two_incidents_of_one_problem_are_linked() -> None:
    tickets = planted()
    problem = Link(type=LinkType.PROBLEM, key="#9999")
    tickets[-2:] = [msgspec.structs.replace(each, links=[problem]) for each in tickets[-2:]]
    assert Finder(tickets).suggest(tickets[-1])[0].linked


def test_parts_of_one_larger_piece_of_work_are_not() -> None:
    tickets = planted()
    epic = Link(type=LinkType.PARENT, key="#9999")
    tickets[-2:] = [msgspec.structs.replace(each, links=[epic]) for each in tickets[-2:]]
    assert not Finder(tickets).suggest(tickets[-1])[0].linked


def test_what_was_fitted_to_a_site_says_nothing_of_pairs_with_another_profile() -> None:
    text = "The turnstile beside the canteen squeaks and stays shut"  # No code: its confidence is the ranking's.
    bug = made(100, "Turnstile squeaks", text, platform=Platform.JSM, profile="jira", key="ENG-7")
    other = made(101, "Turnstile stays shut", "It squeaks again beside the canteen", requester=person("ann"))
    asked = made(102, "Squeaking turnstile", "The turnstile squeaks, canteen shut", requester=person("bob"))
    found = Finder([*background(), bug, other, asked], calibration="site").suggest(asked)
    told = {each.of.key: each.calibration for each in found if each.kind is Kind.TEXT}
    assert (told["ENG-7"], told["#101"]) == ("uncalibrated", "site")


def test_across_profiles_a_tracking_link_is_proposed() -> None:
    tickets = planted()
    tickets[-2] = msgspec.structs.replace(tickets[-2], platform=Platform.JSM, profile="jira", key="ENG-7")
    best = Finder(tickets).suggest(tickets[-1])[0]
    assert (best.of.key, best.of.profile, best.relation) == ("ENG-7", "jira", LinkType.TRACKED_BY)


def test_the_same_id_on_two_profiles_is_two_tickets() -> None:
    one = made(1, "Badge reader flashes amber", BADGE)
    other = msgspec.structs.replace(one, platform=Platform.JSM, profile="jira", key="ENG-1")
    assert len(Finder([one, other])) == 2


def test_fields_that_differ_are_told() -> None:
    tickets = planted()
    for at, version in ((-2, "gate"), (-1, "door")):
        tickets[at] = msgspec.structs.replace(
            tickets[at], component=NamedRef(id="9", name=version), service=NamedRef(id="s", name="access")
        )
    best = Finder(tickets).suggest(tickets[-1])[0]
    assert "same product" in [each.text for each in best.reasons]
    assert "component differs" in [each.text for each in best.differs]


@pytest.mark.parametrize(
    "tickets",
    [
        [],
        [made(1, None, None)],
        [made(n, None, None) for n in range(1, 5)],
        [made(n, "", "") for n in range(1, 5)],
        [made(n, "x", "word " * 9000) for n in range(1, 9)],
        [made(n, "無法登入系統", "登入時系統顯示錯誤") for n in range(1, 9)],
        [made(n, "\u200b\ud800", "<b></b>\x00") for n in range(1, 4)],
        [made(n, "t", "b", created_at=None) for n in range(1, 4)],
    ],
)
def test_odd_tickets(tickets: list[Ticket]) -> None:
    finder = Finder(tickets)
    dated = [each for each in tickets if each.created_at is not None]
    assert len(list(finder.all(lambda ticket: True))) == len(dated)
    for each in tickets:
        finder.suggest(each)
    finder.suggest("")
    finder.suggest("one line")


def test_an_unknown_role_is_no_machine() -> None:
    text = "Please reset the password of the shared account at the front desk"
    tickets = [made(n, "Password", text, requester=person(f"p{n}", Role.UNKNOWN)) for n in range(1, 4)]
    assert all(kind is Kind.TEXT for some in by_key(tickets).values() for _, kind in some)
