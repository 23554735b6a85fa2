"""Reading whole queues while people work on them and everything goes wrong: nothing lost, nothing twice."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from supportctl.adapters.base import LISTING, Need, Selection
from supportctl.adapters.reading import Reading
from supportctl.errors import TemporaryError
from supportctl.sandbox.conditions import Conditions
from tests.conformance.report import ROWS, Row
from tests.conformance.subjects import EACH, SharedClock, Subject

if TYPE_CHECKING:
    from tests.fixtures.sandbox import Sandbox

SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 3))]
"""Twenty; three of them in an ordinary run."""
CHANGES_A_PAGE = 3
ATTEMPTS = 60


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("subject", EACH, ids=str)
def test_no_ticket_is_lost_or_repeated(
    subject: Subject, seed: int, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject.small_pages(monkeypatch)
    expected = subject.ids(sandbox)
    sandbox.store.conditions = Conditions(limits=True, faults=seed, fault_rate=0.3)
    clock = SharedClock(sandbox.store)
    rng = random.Random(seed)
    needs = frozenset({*LISTING, Need.COMMENTS}) if seed % 4 == 0 else LISTING
    listed: list[str] = []
    touched: set[str] = set()
    resumed = pages = 0
    cursor: str | None = None
    with subject.open(sandbox, clock) as adapter, subject.client(sandbox) as somebody:
        for _ in range(ATTEMPTS):
            reading = Reading(adapter, Selection(now=sandbox.store.now()), needs, cursor=cursor)
            try:
                for ticket in reading:
                    listed.append(ticket.id)
                    if len(listed) % 25 == 0:
                        pages += 1
                        for changed in rng.sample(expected, CHANGES_A_PAGE):
                            subject.touch(somebody, changed, f"seen-{seed}-{len(listed)}")
                            touched.add(changed)
                break
            except TemporaryError:
                resumed += 1
                cursor = reading.cursor
        else:
            pytest.fail(f"not through the list after {ATTEMPTS} attempts")
        stats = adapter.transport.stats
    told = sandbox.stats
    repeated = {ticket for ticket, times in Counter(listed).items() if times > 1}
    if resumed:
        # A resumed reading does not know what was printed before; only what changed meanwhile may come again.
        repeated -= touched
    ROWS.append(
        Row(
            platform=str(subject),
            seed=seed,
            tickets=len(set(listed)),
            changes=CHANGES_A_PAGE * pages,
            requests=stats.requests,
            faults=sum(told["faults"].values()),
            retries=stats.retries,
            resumed=resumed,
            waited=clock.slept,
            violations=sum(told["violations"].values()),
            lost=len(set(expected) - set(listed)),
            repeated=len(repeated),
        )
    )
    assert set(expected) - set(listed) == set()
    assert repeated == set()
    assert set(listed) - set(expected) == set()
    assert told["violations"] == {}
    assert sum(told["faults"].values()) >= 3
