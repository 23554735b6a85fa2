"""Sets of tickets about one fault."""

from datetime import timedelta
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supportctl.duplicates.clusters import LINKED, Cluster, Clusters, Rules, bursts
from supportctl.duplicates.finder import Finder
from supportctl.duplicates.leading import lead
from supportctl.duplicates.rank import Candidate
from supportctl.duplicates.suggestion import Kind
from supportctl.model import CustomField, Link, LinkType, Status, Ticket
from supportctl.model import Kind as TicketKind
from tests.duplicates.queue import START, background, made, person


class Judged(Finder):
    """A finder whose likelihoods are given; ``asked`` counts how often."""

    likely: dict[tuple[int, int], float]
    asked = 0

    def candidates(self, number: int, sets: Any, most: int) -> list[Candidate]:
        self.asked += 1
        found = [Candidate(older, sure, sure) for (newer, older), sure in self.likely.items() if newer == number]
        sets(np.array([each.ticket for each in found], np.int64))
        return sorted(found, key=lambda each: -each.score)[:most]


def grouped(tickets: list[Ticket], likely: dict[tuple[int, int], float], **rules: Any) -> list[Cluster]:
    finder = Judged(tickets)
    finder.likely = likely
    return Clusters(finder, Rules(**rules)).all(lambda ticket: True)


def plain(count: int, **wishes: Any) -> list[Ticket]:
    words = ["payroll", "scanner", "intranet", "warehouse", "calendar", "invoice", "badge", "archive", "lift", "gate"]
    return [made(n, f"{words[n % 10]} {n} out of order", f"since {n} days", **wishes) for n in range(count)]


def shape(found: list[Cluster]) -> list[tuple[str, list[str]]]:
    return [(each.master.key, [member.ticket.key for member in each.members]) for each in found]


def test_a_chain_whose_ends_are_not_alike_is_split() -> None:
    found = grouped(plain(3), {(1, 0): 0.9, (2, 1): 0.9})
    assert shape(found) == [("#0", ["#1"])]


def test_who_is_like_the_oldest_is_in() -> None:
    found = grouped(plain(3), {(1, 0): 0.9, (2, 1): 0.9, (2, 0): 0.6})
    assert shape(found) == [("#0", ["#1", "#2"])]
    assert [member.confidence for member in found[0].members] == [0.9, 0.6]


def test_the_oldest_open_is_master_and_all_are_held_against_it() -> None:
    tickets = plain(4, status=Status.OPEN)
    tickets[0] = msgspec.structs.replace(tickets[0], status=Status.CLOSED)
    likely = {(1, 0): 0.9, (2, 0): 0.9, (2, 1): 0.8, (3, 0): 0.9}
    found = grouped(tickets, likely)
    assert found[0].rule == "oldest open"
    assert shape(found) == [("#1", ["#0", "#2"])]


def test_who_leaves_may_find_another_master() -> None:
    tickets = plain(5, status=Status.OPEN)
    tickets[0] = msgspec.structs.replace(tickets[0], status=Status.CLOSED)
    likely = {(1, 0): 0.9, (2, 0): 0.9, (3, 0): 0.9, (3, 2): 0.9}
    assert shape(grouped(tickets, likely)) == [("#1", ["#0"]), ("#2", ["#3"])]


def test_what_is_linked_stays_together_and_counts_as_sure() -> None:
    tickets = plain(3)
    tickets[2] = msgspec.structs.replace(tickets[2], links=[Link(type=LinkType.DUPLICATE_OF, key="#0", id="0")])
    found = grouped(tickets, {})
    assert shape(found) == [("#0", ["#2"])]
    assert found[0].members[0].calibration == LINKED


def test_a_problem_leads_whether_it_was_read_or_not() -> None:
    tickets = plain(4)
    problem = Link(type=LinkType.PROBLEM, key="PRB7", title="Gateway down")
    tickets[1:3] = [msgspec.structs.replace(each, links=[problem]) for each in tickets[1:3]]
    found = grouped(tickets, {(3, 1): 0.9})
    assert (found[0].master.key, found[0].rule, found[0].master.title) == ("PRB7", "problem", "Gateway down")
    assert shape(found)[0][1] == ["#1", "#2", "#3"]
    tickets[3] = msgspec.structs.replace(tickets[3], kind=TicketKind.PROBLEM)
    assert grouped(tickets, {(3, 1): 0.9})[0].master.key == "#3"


def test_a_major_incident_leads() -> None:
    tickets = plain(3, status=Status.OPEN)
    tickets[1] = msgspec.structs.replace(tickets[1], tags=["Major_Incident"])
    found = grouped(tickets, {(1, 0): 0.9, (2, 1): 0.9, (2, 0): 0.9})
    assert (found[0].master.key, found[0].rule) == ("#1", "major incident")


def test_copies_of_one_alert_are_one_set_and_looked_at_once() -> None:
    alerts = [
        made(n, f"ALERT disk usage {70 + n % 30}% on db7", f"At 2026-01-02 10:{n % 60:02}:00 event id {n}, code DSK-7")
        for n in range(300)
    ]
    finder = Judged(alerts)
    finder.likely = {}
    found = Clusters(finder, Rules(burst=24)).all(lambda ticket: True)
    assert [len(each.members) for each in found] == [299]
    assert {member.kind for member in found[0].members} == {Kind.ALERT}
    assert finder.asked == 1
    assert [each.tickets for each in found[0].bursts] == [25] * 12


def test_with_the_real_ranking() -> None:
    text = "The booking page shows E-4711 when a guest pays by card at the front desk"
    ann = person("ann")
    copies = [made(200 + n, "Booking page shows E-4711", f"{text}, {n} times", requester=ann) for n in range(2)]
    found = Clusters(Finder([*background(), *copies]), Rules(least=0.4)).all(lambda each: each.title == copies[0].title)
    assert shape(found) == [("#200", ["#201"])]


class Reopened(Judged):
    open_: set[int]

    def ticket(self, number: int) -> Ticket:
        status = Status.OPEN if number in self.open_ else Status.CLOSED
        return msgspec.structs.replace(super().ticket(number), status=status)


TWELVE = Reopened(plain(12))
TWELVE.open_ = set()

pairs = st.dictionaries(
    st.tuples(st.integers(0, 11), st.integers(0, 11)).filter(lambda pair: pair[0] > pair[1]),
    st.floats(0, 1),
    max_size=40,
)


@settings(deadline=None, max_examples=40)
@given(likely=pairs, open_=st.sets(st.integers(0, 11)))
def test_no_member_is_below_the_threshold_against_its_master(likely, open_) -> None:
    TWELVE.likely, TWELVE.open_ = likely, open_
    found = Clusters(TWELVE).all(lambda ticket: True)
    seen: list[str] = []
    for each in found:
        seen += [each.master.key, *(member.ticket.key for member in each.members)]
        for member in each.members:
            one, other = int(member.ticket.id), int(each.master.id)
            assert likely[max(one, other), min(one, other)] >= 0.5
            assert member.confidence >= 0.5 - 1e-4
    assert len(seen) == len(set(seen))


@settings(deadline=None, max_examples=5)
@given(likely=pairs, order=st.permutations(range(12)))
def test_the_order_of_reading_changes_nothing(likely, order) -> None:
    tickets = plain(12)
    assert grouped([tickets[n] for n in order], likely) == grouped(tickets, likely)


@pytest.mark.parametrize(
    ("hours", "found"),
    [
        ([], []),
        ([0, 1, 2], [(0, 2, 3)]),
        ([0, 30, 60], []),
        ([0, 1, 2, 40, 41, 42, 43], [(0, 2, 3), (40, 43, 4)]),
        ([0, 9, 18, 23, 24, 25, 26, 27, 28, 29], [(9, 29, 9)]),
        ([0, 1, 20, 26, 27, 28, 29, 30, 31, 32], [(20, 32, 8)]),
        ([0, 1, 2, 20, 26, 27, 28, 29, 30, 31, 32], [(0, 2, 3), (20, 32, 8)]),
    ],
)
def test_bursts(hours: list[int], found: list[tuple[int, int, int]]) -> None:
    born = [START + timedelta(hours=each) for each in hours]
    assert [
        ((each.since - START) // timedelta(hours=1), (each.until - START) // timedelta(hours=1), each.tickets)
        for each in bursts(born, 3, 24)
    ] == found


@given(minutes=st.lists(st.integers(0, 200), max_size=40), least=st.integers(1, 6))
def test_bursts_take_the_fullest_first_and_leave_none(minutes: list[int], least: int) -> None:
    left = sorted(START + timedelta(hours=each) for each in minutes)
    found = bursts(left, least, 24)
    assert [each.since for each in found] == sorted(each.since for each in found)

    def fullest() -> int:
        return max((sum(one <= each <= one + timedelta(hours=24) for each in left) for one in left), default=0)

    assert max((each.tickets for each in found), default=0) == (fullest() if fullest() >= least else 0)
    assert all(each.tickets >= least and each.until - each.since <= timedelta(hours=24) for each in found)
    assert sum(each.tickets for each in found) <= len(left)


def test_a_major_incident_by_a_field_of_jira_leads() -> None:
    field = CustomField(id="customfield_1", name="Major incident", value="Yes")
    assert lead(made(1, "Everything is down", None, custom=[field])) > lead(made(2, "Everything is down", None))
    assert lead(made(3, "Down", None, custom=[msgspec.structs.replace(field, value="No")])) == 0
