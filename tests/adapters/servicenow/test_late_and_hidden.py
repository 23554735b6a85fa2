"""The adapter on an instance that runs out of time, and with an account that sees little."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from supportctl.adapters.base import LISTING, Need, Selection
from supportctl.adapters.reading import Reading
from supportctl.adapters.servicenow.platform import OutOfTimeError
from supportctl.model import Unknown
from supportctl.sandbox.conditions import Conditions
from tests.conformance.subjects import SUBJECTS, SharedClock

if TYPE_CHECKING:
    from supportctl.adapters.base import Adapter
    from tests.fixtures.sandbox import Sandbox

SUBJECT = next(each for each in SUBJECTS if each.platform == "servicenow")
EVERYTHING = frozenset({*LISTING, Need.COMMENTS, Need.HISTORY, Need.SLAS, Need.ATTACHMENTS, Need.LINKS})


@pytest.fixture
def opened(sandbox: Sandbox) -> Iterator[Callable[..., Adapter]]:
    with ExitStack() as stack:

        def build(*, limited: bool = False) -> Adapter:
            account = SUBJECT.limited if limited else None
            return stack.enter_context(SUBJECT.open(sandbox, SharedClock(sandbox.store), account))

        yield build


@pytest.mark.slow
@pytest.mark.parametrize(
    "most", [pytest.param(60, marks=pytest.mark.night), 7, pytest.param(1, marks=pytest.mark.night)]
)
def test_nothing_is_lost_when_pages_must_shrink(opened: Callable[..., Adapter], sandbox: Sandbox, most: int) -> None:
    selection = Selection(now=sandbox.store.now())
    whole = {ticket.id: ticket for ticket in Reading(opened(), selection, EVERYTHING)}
    sandbox.store.conditions = Conditions(max_rows=most)
    found = list(Reading(opened(), selection, EVERYTHING if most > 1 else LISTING))
    assert len(found) == len(whole)
    for ticket in found:
        same = whole[ticket.id]
        assert ticket.title == same.title
        if most > 1:
            assert [each.id for each in ticket.comments] == [each.id for each in same.comments]
            assert [each.id for each in ticket.history] == [each.id for each in same.history]
            assert {each.id for each in ticket.slas} == {each.id for each in same.slas}
            assert ticket.tags == same.tags


def test_time_that_does_not_suffice_for_one_record_is_a_clear_error(
    opened: Callable[..., Adapter], sandbox: Sandbox
) -> None:
    sandbox.store.conditions = Conditions(max_rows=0)
    with pytest.raises(OutOfTimeError) as caught:
        list(Reading(opened(), Selection(now=sandbox.store.now()), frozenset()))
    assert "longer than the instance allows" in caught.value.message
    assert "narrow the query" in str(caught.value.hint)


def test_what_is_hidden_is_unknown_and_never_empty(opened: Callable[..., Adapter], sandbox: Sandbox) -> None:
    selection = Selection(now=sandbox.store.now())
    whole = {ticket.id: ticket for ticket in Reading(opened(), selection, EVERYTHING)}
    reading = Reading(opened(limited=True), selection, EVERYTHING)
    found = list(reading)
    assert 0 < len(found) < len(whole)
    for ticket in found:
        same = whole[ticket.id]
        assert ticket.unknown["history"] is ticket.unknown["comments"] is Unknown.HIDDEN
        assert ticket.unknown["resolution_notes"] in (Unknown.HIDDEN, Unknown.ABSENT)
        for name in ("tags", "slas", "attachments"):
            if ticket.knows(name):
                assert len(getattr(ticket, name)) == len(getattr(same, name)), (ticket.key, name)
            else:
                assert ticket.unknown[name] is Unknown.HIDDEN
    codes = {notice.code for notice in reading.notices}
    assert {"records-hidden", "comments-hidden", "history-hidden"} <= codes
