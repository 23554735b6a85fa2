"""Accounts that may not see everything: what is hidden is missing or unknown, never empty, and never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from supportctl.adapters import reading
from supportctl.adapters.base import LISTING, Need, Selection
from supportctl.adapters.reading import Reading
from supportctl.adapters.writing import TagWish
from supportctl.errors import PermissionDeniedError
from supportctl.model import Applied, Status, Unchanged, Unknown
from supportctl.query import parse
from supportctl.sandbox.conditions import Conditions
from tests.conformance.subjects import EACH, SharedClock, Subject, made, planned

if TYPE_CHECKING:
    from supportctl.model import Ticket
    from tests.fixtures.sandbox import Sandbox

pytestmark = pytest.mark.night

HIDDEN_FIELDS = {"servicenow": ("resolution_notes", "urgency", "history")}
"""Fields the account of the subject may not read; Zendesk and Jira hide whole tickets only."""
SAID = {"zendesk": "tickets-out-of-sight"}
"""The notice of a platform that tells an account it is restricted; the others hide without a word."""


@pytest.fixture(params=EACH, ids=str)
def subject(request: pytest.FixtureRequest) -> Subject:
    chosen: Subject = request.param
    return chosen


def everything(sandbox: Sandbox) -> Selection:
    return Selection(now=sandbox.store.now())


@pytest.fixture
def every(subject: Subject, sandbox: Sandbox) -> dict[str, Ticket]:
    """By id, as an administrator sees them."""
    with subject.open(sandbox, SharedClock(sandbox.store)) as adapter:
        return {ticket.id: ticket for ticket in Reading(adapter, everything(sandbox), LISTING)}


@pytest.mark.parametrize("faults", [None, 0, 1, 2])
def test_what_is_hidden_is_missing_or_unknown(
    subject: Subject, sandbox: Sandbox, every: dict[str, Ticket], faults: int | None
) -> None:
    sandbox.store.conditions = Conditions(limits=True, faults=faults, fault_rate=0.2)
    with subject.open(sandbox, SharedClock(sandbox.store), subject.limited) as adapter:
        listing = Reading(adapter, everything(sandbox), frozenset({*LISTING, Need.LINKS, Need.HISTORY}))
        seen = {ticket.id: ticket for ticket in listing}
        gone = sorted(every.keys() - seen.keys())
        assert seen
        assert gone
        assert seen.keys() < every.keys()
        wanted = [*(every[id_].key for id_ in gone[:5]), next(iter(seen.values())).key]
        found = reading.get(adapter, wanted, LISTING)
    assert [ticket.id for ticket in found.tickets] == [next(iter(seen))]
    assert found.missing == wanted[:-1]
    for field in HIDDEN_FIELDS.get(subject.platform, ()):
        assert all(ticket.unknown.get(field) in (Unknown.HIDDEN, Unknown.ABSENT) for ticket in seen.values()), field
    hidden = set(HIDDEN_FIELDS.get(subject.platform, ()))
    for id_, ticket in seen.items():
        assert not {name for name in ticket.unknown if name not in every[id_].unknown} - hidden - {"history"}, id_
        assert ticket.title == every[id_].title
    if code := SAID.get(subject.platform):
        assert code in {notice.code for notice in listing.notices}
    assert sandbox.stats["violations"] == {}


def test_no_query_matches_a_hidden_field(subject: Subject, sandbox: Sandbox) -> None:
    """Neither the condition nor its opposite; what was left out for it is counted. Elsewhere the two make up all."""
    now = sandbox.store.now()
    with subject.open(sandbox, SharedClock(sandbox.store), subject.limited) as adapter:
        everybody = {ticket.id for ticket in Reading(adapter, everything(sandbox), LISTING)}
        readings = [
            Reading(adapter, Selection(now=now, query=parse(text, now=now)), LISTING)
            for text in ("urgency:any", "urgency:none")
        ]
        found = [{ticket.id for ticket in each} for each in readings]
    if "urgency" in HIDDEN_FIELDS.get(subject.platform, ()):
        assert found == [set(), set()]
        assert sum(each.undecided for each in readings) == len(everybody)
    else:
        assert found[0] | found[1] == everybody
        assert not found[0] & found[1]
        assert sum(each.undecided for each in readings) == 0


def test_nothing_hidden_is_changed(subject: Subject, sandbox: Sandbox, every: dict[str, Ticket]) -> None:
    with subject.open(sandbox, SharedClock(sandbox.store), subject.limited) as adapter:
        seen = {ticket.id for ticket in Reading(adapter, everything(sandbox), LISTING)}
        hidden = [every[id_] for id_ in sorted(every.keys() - seen)]
        targets = [ticket for ticket in hidden if ticket.status is not Status.CLOSED][:3]
        assert targets
        changes = planned(adapter, targets, TagWish(add=["conformance"]))
        try:
            outcomes = made(adapter, changes)
        except PermissionDeniedError:
            outcomes = {}
        assert not any(isinstance(outcome, Applied | Unchanged) for outcome in outcomes.values()), outcomes
    with subject.open(sandbox, SharedClock(sandbox.store)) as adapter:
        after = reading.get(adapter, [ticket.key for ticket in targets], LISTING).tickets
    assert len(after) == len(targets)
    assert not any("conformance" in ticket.tags for ticket in after)
