"""Which suggestions become links, and to what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportctl.duplicates.decisions import Verdict, decide
from supportctl.duplicates.hanging import further
from supportctl.duplicates.proposing import Proposed, Proposer, Relation
from supportctl.duplicates.suggestion import OfCluster, Suggestion
from supportctl.duplicates.taking import want
from supportctl.model import Kind, Link, LinkType, Platform, Status, Ticket, Unknown
from tests.duplicates.suggested import BORN, duplicate_of, suggestion, ticket

JIRA = frozenset(LinkType)
ZENDESK = frozenset({LinkType.PROBLEM, LinkType.TRACKED_BY})


def propose(
    tickets: Iterable[Ticket],
    suggestions: Iterable[Suggestion],
    links: frozenset[LinkType] = JIRA,
    verdicts: Iterable[tuple[Suggestion, Verdict]] = (),
    minimum: float = 0.5,
    **more: Any,
) -> Proposed:
    decided = [decide(each, verdict, at=BORN, by="ada") for each, verdict in verdicts]
    wanted = want(suggestions, {each.name: each for each in decided}, minimum)
    return Proposer({(each.profile, each.id): each for each in tickets}, "prod", links, **more).propose(wanted)


def made(found: Proposed) -> set[tuple[str, str, str]]:
    return {(each.ticket.key, each.relation.value, each.master.key) for each in found.proposals}


def test_a_ticket_goes_to_the_oldest_open_of_those_it_was_found_to_be_the_same_as() -> None:
    a, b, c, d = ticket(1, status=Status.RESOLVED), ticket(2), ticket(3), ticket(4)
    mine = [suggestion(d, c, 0.9), suggestion(d, b, 0.6), suggestion(d, a, 0.95)]
    # Of which all that count are one story, as far as anybody knows.
    found = propose([a, b, c, d], [*mine, suggestion(b, a), suggestion(c, a)])
    assert ("SUP-4", "duplicate-of", "SUP-2") in made(found)
    found = propose([a, b, c, d], [*mine, suggestion(b, a, linked=True)])
    assert made(found) == {("SUP-4", "duplicate-of", "SUP-2")}


def test_the_surest_goes_before_an_older_one_of_another_story() -> None:
    a, b, c = ticket(1), ticket(2), ticket(3)
    mine = [suggestion(c, b, 0.95), suggestion(c, a, 0.51)]
    assert made(propose([a, b, c], mine)) == {("SUP-3", "duplicate-of", "SUP-2")}
    # Where the surest cannot be linked to, it is not linked to what is most likely another story.
    done = ticket(2, status=Status.RESOLVED)
    found = propose([a, done, c], mine)
    assert not found.proposals
    assert found.left == [("SUP-3", "SUP-2 is resolved (--even-if master-done lifts this)")]
    # What a person said is surest.
    called = propose([a, b, c], mine, verdicts=[(mine[1], Verdict.SAME)])
    assert made(called) == {("SUP-3", "duplicate-of", "SUP-1")}
    problem = ticket(2, kind=Kind.PROBLEM)
    assert made(propose([a, problem, c], [suggestion(c, problem, 0.51), suggestion(c, a, 0.95)])) == {
        ("SUP-3", "duplicate-of", "SUP-1")
    }


def test_a_bug_that_cannot_be_linked_to_does_not_stand_in_the_way() -> None:
    bug, a, b = ticket(1, profile="jira"), ticket(2), ticket(3)
    assert made(propose([bug, a, b], [suggestion(b, bug, 0.95), suggestion(b, a, 0.6)])) == {
        ("SUP-3", "duplicate-of", "SUP-2")
    }


def test_a_problem_or_a_major_incident_goes_before_age() -> None:
    old, problem, new = ticket(1), ticket(2, kind=Kind.PROBLEM), ticket(3, kind=Kind.INCIDENT)
    found = propose([old, problem, new], [suggestion(new, old), suggestion(new, problem)])
    assert made(found) == {("SUP-3", "problem", "SUP-2")}
    major = ticket(2, native={"major_incident_state": "accepted"})
    found = propose([old, major, new], [suggestion(new, old), suggestion(new, major)])
    assert made(found) == {("SUP-3", "duplicate-of", "SUP-2")}


def test_below_the_threshold_linked_and_refused_ones_are_not_taken() -> None:
    a, b, c, d = (ticket(number) for number in range(1, 5))
    refused = suggestion(c, a)
    every = [suggestion(b, a, 0.49), refused, suggestion(d, a, linked=True)]
    wanted = want(every, {}, 0.5)
    assert (wanted.below, wanted.linked, len(wanted.taken)) == (1, 1, 1)
    assert not propose([a, b, c, d], every, verdicts=[(refused, Verdict.DIFFERENT)]).proposals
    # The same pair named the other way round is the same pair.
    assert not propose([a, c], [suggestion(a, c)], verdicts=[(refused, Verdict.DIFFERENT)]).proposals


def test_what_a_person_called_the_same_needs_no_confidence() -> None:
    a, b = ticket(1), ticket(2)
    weak = suggestion(b, a, 0.1)
    found = propose([a, b], [weak], verdicts=[(weak, Verdict.SAME)])
    assert made(found) == {("SUP-2", "duplicate-of", "SUP-1")}
    assert found.proposals[0].decision is not None
    assert not propose([a, b], [weak], verdicts=[(weak, Verdict.LATER)]).proposals


def test_no_chains_unless_people_made_them() -> None:
    a, b, c = ticket(1), ticket(2), ticket(3)
    chain = [suggestion(b, a), suggestion(c, b)]
    found = propose([a, b, c], chain)
    assert made(found) == {("SUP-2", "duplicate-of", "SUP-1")}
    assert "SUP-2 is to be linked to SUP-1 itself" in dict(found.left)["SUP-3"]
    every = propose([a, b, c], [*chain, suggestion(c, a, 0.6)])
    assert ("SUP-3", "duplicate-of", "SUP-1") in made(every)
    confirmed = propose([a, b, c], chain, verdicts=[(each, Verdict.SAME) for each in chain])
    assert ("SUP-3", "duplicate-of", "SUP-1") in made(confirmed)


def test_what_is_a_duplicate_already_leads_to_its_own_master() -> None:
    a, b, c = ticket(1), ticket(2, links=[duplicate_of(1)]), ticket(3)
    assert further([b]) == ["SUP-1"]
    assert made(propose([a, b, c], [suggestion(c, b)])) == {("SUP-3", "duplicate-of", "SUP-1")}
    child = ticket(2, links=[Link(type=LinkType.PARENT, key="SUP-1", id="10001", native_type="parent_incident")])
    assert made(propose([a, child, c], [suggestion(c, child)])) == {("SUP-3", "duplicate-of", "SUP-1")}
    circle = ticket(1, links=[duplicate_of(2)])
    assert made(propose([circle, b, c], [suggestion(c, b)])) == {("SUP-3", "duplicate-of", "SUP-1")}


def test_tickets_that_are_done_linked_unknown_or_gone_are_left_out_with_the_reason() -> None:
    a = ticket(1)
    cases = [
        (ticket(2, status=Status.CLOSED), "it is closed"),
        (ticket(2, status=None), "its status is unknown"),
        (ticket(2, links=[duplicate_of(1)]), "it is linked to SUP-1 already"),
        (ticket(2, links=[duplicate_of(9)]), "it is a duplicate of SUP-9 already"),
        (ticket(2, unknown={"links": Unknown.HIDDEN}), "its links are unknown (hidden)"),
        (ticket(2, profile="other"), "it is of profile 'other'"),
    ]
    for other, reason in cases:
        found = propose([a, other], [suggestion(other, ticket(1, profile=other.profile))])
        assert not found.proposals
        assert dict(found.left)["SUP-2"].startswith(reason)
    found = propose([a], [suggestion(ticket(2), a)])
    assert found.left == [("SUP-2", "not found, or hidden from this account")]


def test_a_finished_master_needs_leave() -> None:
    a, b = ticket(1, status=Status.RESOLVED), ticket(2)
    assert "--even-if master-done" in dict(propose([a, b], [suggestion(b, a)]).left)["SUP-2"]
    assert made(propose([a, b], [suggestion(b, a)], even_done=True)) == {("SUP-2", "duplicate-of", "SUP-1")}


def test_where_only_problems_can_be_linked_to() -> None:
    problem = ticket(9, kind=Kind.PROBLEM)
    a = ticket(1, kind=Kind.INCIDENT, links=[Link(type=LinkType.PROBLEM, key="SUP-9", id="10009")])
    b, c = ticket(2), ticket(3)
    assert made(propose([a, b, problem], [suggestion(b, a)], ZENDESK)) == {("SUP-2", "problem", "SUP-9")}
    found = propose([b, c], [suggestion(c, b)], ZENDESK)
    assert found.problems == ["SUP-2"]
    assert not found.proposals
    merged = propose([b, c], [suggestion(c, b)], ZENDESK, relation=Relation.MERGE)
    assert made(merged) == {("SUP-3", "merge", "SUP-2")}


def test_across_platforms_it_is_tracked_by_whichever_is_older() -> None:
    bug = ticket(1, profile="jira")
    mine = ticket(2, platform=Platform.ZENDESK, key="#2")
    for each in (suggestion(mine, bug), suggestion(bug, mine)):
        assert made(propose([bug, mine], [each], ZENDESK)) == {("#2", "tracked-by", "SUP-1")}
    found = propose([bug, mine], [suggestion(mine, bug)], frozenset({LinkType.PARENT}))
    assert "cannot be linked to SUP-1 of profile 'jira'" in dict(found.left)["#2"]


def test_a_problem_is_a_master_and_the_older_one_is_whichever_is_named_first() -> None:
    old, problem = ticket(1, kind=Kind.INCIDENT), ticket(2, kind=Kind.PROBLEM)
    assert made(propose([old, problem], [suggestion(problem, old)])) == {("SUP-1", "problem", "SUP-2")}
    a, b = ticket(1), ticket(2)
    assert made(propose([a, b], [suggestion(a, b)])) == {("SUP-2", "duplicate-of", "SUP-1")}


@pytest.mark.parametrize("wish", [{"tags": ["SEV1"]}, {"native": {"major_incident_state": "Accepted"}}])
def test_what_leads_a_cluster_is_not_linked_away(wish: dict[str, Any]) -> None:
    old, major = ticket(1), ticket(5, **wish)
    for each in (suggestion(major, old), suggestion(old, major)):
        assert made(propose([old, major], [each])) == {("SUP-1", "duplicate-of", "SUP-5")}


def test_the_master_of_a_cluster_stays_one_though_a_member_is_older() -> None:
    done, first, second = ticket(1, status=Status.CLOSED), ticket(2), ticket(3)
    lines = [
        OfCluster(**{name: getattr(each, name) for name in each.__struct_fields__})
        for each in (suggestion(done, first), suggestion(second, first))
    ]
    found = propose([done, first, second], lines, even_done=True)
    assert made(found) == {("SUP-3", "duplicate-of", "SUP-2")}
    assert found.left == [("SUP-1", "it is closed")]
    # What has become a major incident since leads now.
    major = ticket(1, tags=["major"])
    assert ("SUP-2", "duplicate-of", "SUP-1") in made(propose([major, first, second], lines))


def test_only_what_was_selected_is_changed() -> None:
    old, new = ticket(1), ticket(2, tags=["sev1"])
    mine = frozenset({("prod", new.id)})
    found = propose([old, new], [suggestion(new, old)], selected=mine)
    assert not found.proposals
    assert found.left == [("SUP-1", "the query did not select it (found like SUP-2)")]
    both = mine | {("prod", old.id)}
    assert made(propose([old, new], [suggestion(new, old)], selected=both)) == {("SUP-1", "duplicate-of", "SUP-2")}
    # A master may be any ticket: it is not changed.
    plain = ticket(3)
    assert made(propose([old, plain], [suggestion(plain, old)], selected={("prod", plain.id)})) == {
        ("SUP-3", "duplicate-of", "SUP-1")
    }


def test_nothing_hangs_on_a_younger_master_that_is_linked_away() -> None:
    old, problem = ticket(1), ticket(3, kind=Kind.PROBLEM)
    major = ticket(2, native={"major_incident_state": "accepted"})
    found = propose([old, major, problem], [suggestion(major, old), suggestion(problem, major)])
    assert made(found) == {("SUP-2", "problem", "SUP-3")}
    assert "SUP-2 is to be linked to SUP-3 itself" in dict(found.left)["SUP-1"]


def test_two_that_a_person_called_different_are_not_linked_by_way_of_a_third() -> None:
    a, b, c = ticket(1), ticket(2), ticket(3)
    same = [suggestion(c, b), suggestion(b, a)]
    apart = (suggestion(c, a), Verdict.DIFFERENT)
    found = propose([a, b, c], same, verdicts=[*((each, Verdict.SAME) for each in same), apart])
    assert made(found) == {("SUP-2", "duplicate-of", "SUP-1")}
    assert dict(found.left)["SUP-3"] == "somebody said that it and SUP-1 are different"
    # What the platform has linked leads there as well.
    linked = ticket(2, links=[duplicate_of(1)])
    assert not propose([a, linked, c], same[:1], verdicts=[apart]).proposals
    top, middle = ticket(0), ticket(1, links=[duplicate_of(0)])
    assert not propose([top, middle, linked, c], same[:1], verdicts=[apart]).proposals
    problem = ticket(9, kind=Kind.PROBLEM)
    of_problem = ticket(2, links=[Link(type=LinkType.PROBLEM, key="SUP-9", id="10009")])
    apart = (suggestion(problem, c), Verdict.DIFFERENT)
    assert not propose([of_problem, c, problem], same[:1], ZENDESK, verdicts=[apart]).proposals


@given(
    st.lists(st.tuples(st.integers(1, 8), st.integers(1, 8), st.floats(0, 1)), max_size=20),
    st.floats(0, 1),
    st.sets(st.integers(1, 8), max_size=2),
    st.lists(st.tuples(st.integers(1, 8), st.integers(1, 8), st.sampled_from(Verdict)), max_size=12),
)
def test_whatever_is_suggested_nobody_hangs_on_what_is_linked_away(
    pairs: list[tuple[int, int, float]],
    minimum: float,
    problems: set[int],
    said: list[tuple[int, int, Verdict]],
) -> None:
    tickets = {
        number: ticket(number, kind=Kind.PROBLEM if number in problems else Kind.INCIDENT) for number in range(1, 9)
    }
    every = [suggestion(tickets[a], tickets[b], sure) for a, b, sure in pairs if a != b]
    latest = {frozenset((a, b)): verdict for a, b, verdict in said if a != b}
    verdicts = [(suggestion(tickets[min(pair)], tickets[max(pair)]), verdict) for pair, verdict in latest.items()]
    found = propose(tickets.values(), every, verdicts=verdicts, minimum=minimum)
    linked = [each.ticket.key for each in found.proposals]
    assert len(linked) == len(set(linked))
    assert not set(linked) & {each.master.key for each in found.proposals}
    allowed = {frozenset((each.ticket.key, each.of.key)) for each in every if each.confidence >= minimum}
    called = {frozenset((each.ticket.key, each.of.key)): verdict for each, verdict in verdicts}
    for each in found.proposals:
        pair = frozenset((each.ticket.key, each.master.key))
        assert called.get(pair) is not Verdict.DIFFERENT
        assert pair in allowed or each.decision is not None
