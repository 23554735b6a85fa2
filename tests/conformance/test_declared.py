"""What each adapter declares about its platform, held against what the platform does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from supportctl.adapters import reading
from supportctl.adapters.base import LISTING, Selection
from supportctl.adapters.reading import Reading
from supportctl.adapters.writing import TagWish
from supportctl.errors import NotFoundError, RateLimitedError, TemporaryError, UsageError
from supportctl.model import Applied
from supportctl.query import parse
from supportctl.sandbox.conditions import Conditions
from tests.conformance.subjects import EACH, SharedClock, Subject, made, planned

if TYPE_CHECKING:
    from supportctl.adapters.base import Adapter
    from tests.fixtures.sandbox import Sandbox

NATIVE = {"zendesk": "status:open", "jsm": 'statusCategory = "In Progress"', "servicenow": "active=true"}
WRONG = {"jsm": "nofield = 5 AND ("}
"""A native query nobody understands. Zendesk takes all for words, ServiceNow ignores what it does not know."""
QUERIES = ("status:open", "priority:p1..p2 is:unresolved", "tag:vpn", "created:2026-02-01..2026-02-10", "text:password")


@pytest.fixture(params=EACH, ids=str)
def subject(request: pytest.FixtureRequest) -> Subject:
    chosen: Subject = request.param
    return chosen


@pytest.fixture
def adapter(subject: Subject, sandbox: Sandbox) -> Iterator[Adapter]:
    sandbox.store.conditions = Conditions(limits=True)
    with subject.open(sandbox, SharedClock(sandbox.store)) as opened:
        yield opened
    assert sandbox.stats["violations"] == {}


def selected(sandbox: Sandbox, query: str | None = None, **more: str) -> Selection:
    now = sandbox.store.now()
    return Selection(now=now, query=parse(query, now=now) if query else None, **more)


def ids(adapter: Adapter, selection: Selection) -> set[str]:
    return {ticket.id for ticket in Reading(adapter, selection, LISTING)}


def test_a_closed_ticket_comes_back_only_where_closed_is_not_final(
    subject: Subject, adapter: Adapter, sandbox: Sandbox
) -> None:
    closed = next(iter(Reading(adapter, selected(sandbox, "status:closed kind:incident"), LISTING, limit=1)))
    with subject.client(sandbox) as client:
        assert subject.reopen(client, closed.id) is not adapter.capabilities.closed_is_final


def test_tags_that_differ_in_case_are_as_many_as_declared(adapter: Adapter, sandbox: Sandbox) -> None:
    ticket = next(iter(Reading(adapter, selected(sandbox, "status:open"), LISTING, limit=1)))
    for tag in ("Conformance", "conformance"):
        now = reading.get(adapter, [ticket.key], LISTING).tickets
        changes = planned(adapter, now, TagWish(add=[tag]))
        assert all(isinstance(outcome, Applied) for outcome in made(adapter, changes).values())
    (after,) = reading.get(adapter, [ticket.key], LISTING).tickets
    found = [tag for tag in after.tags if tag.casefold() == "conformance"]
    assert len(found) == (1 if adapter.capabilities.tags_fold_case else 2)


@pytest.mark.slow
def test_a_view_starts_a_list_and_one_that_is_not_there_is_named(
    subject: Subject, adapter: Adapter, sandbox: Sandbox
) -> None:
    assert adapter.capabilities.views
    with subject.client(sandbox) as client:
        view = subject.a_view(client)
    whole = ids(adapter, selected(sandbox))
    found = ids(adapter, selected(sandbox, view=view))
    assert found
    assert found < whole
    assert ids(adapter, selected(sandbox, "priority:p1..p2", view=view)) < found
    with pytest.raises(NotFoundError) as caught:
        ids(adapter, selected(sandbox, view="no view is called this"))
    assert caught.value.hint


@pytest.mark.slow
def test_a_native_query_starts_a_list_and_one_that_is_wrong_is_the_users_mistake(
    subject: Subject, adapter: Adapter, sandbox: Sandbox
) -> None:
    assert adapter.capabilities.native_language
    found = ids(adapter, selected(sandbox, native=NATIVE[subject.platform]))
    assert found
    assert found < ids(adapter, selected(sandbox))
    if wrong := WRONG.get(subject.platform):
        with pytest.raises(UsageError, match="--native"):
            ids(adapter, selected(sandbox, native=wrong))


@pytest.mark.slow
@pytest.mark.parametrize("query", QUERIES)
def test_a_count_is_no_less_than_what_a_list_finds(adapter: Adapter, sandbox: Sandbox, query: str) -> None:
    """It counts what the platform is asked for, which is no less than what is left when all is evaluated."""
    selection = selected(sandbox, query)
    count = adapter.count(selection)
    listing = Reading(adapter, selection, LISTING)
    assert count.value >= len(list(listing))
    if count.exact:
        assert count.value == listing.scanned


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["429", "5xx before commit", "reset before commit", "web page"])
def test_a_run_that_may_take_a_minute_takes_no_longer(subject: Subject, sandbox: Sandbox, kind: str) -> None:
    """Nothing but failures: the reading ends in time, with words, and can be taken up again."""
    clock = SharedClock(sandbox.store)
    with subject.open(sandbox, clock, max_time=60) as adapter:
        sandbox.store.conditions = Conditions(faults=1, fault_rate=1.0, fault_kinds=(kind,))
        began = clock.monotonic()
        listing = Reading(adapter, selected(sandbox), LISTING)
        with pytest.raises((TemporaryError, RateLimitedError)) as caught:
            list(listing)
        assert clock.monotonic() - began <= 61
        assert caught.value.exit_code == 5
        assert caught.value.hint
        sandbox.store.conditions = Conditions()
    with subject.open(sandbox, clock) as again:
        rest = {ticket.id for ticket in Reading(again, selected(sandbox), LISTING, cursor=listing.cursor)}
    assert rest == set(subject.ids(sandbox))
