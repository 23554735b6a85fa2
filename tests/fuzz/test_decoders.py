"""Damaged answers of a platform: a ticket whose missing parts are unknown, or an error that quotes nothing."""

from __future__ import annotations

import os
import random
from collections import Counter
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from supportctl.adapters import reading
from supportctl.adapters.base import Need, Selection
from supportctl.errors import SupportctlError
from supportctl.wire import exchange
from supportctl.wire.response import Response
from tests.conformance.subjects import HOSTED, SharedClock, Subject
from tests.fuzz.mutation import CANARY, damaged_json

if TYPE_CHECKING:
    from tests.fixtures.sandbox import Sandbox

SEED = int(os.environ.get("SUPPORTCTL_TEST_SEED") or int.from_bytes(os.urandom(4)))
KEYS = {
    "zendesk": "SELECT '#' || id FROM zd_tickets ORDER BY id LIMIT 40",
    "jsm": "SELECT key FROM jira_issue ORDER BY id LIMIT 40",
    "servicenow": "SELECT number FROM sn_record WHERE cls = 'incident' ORDER BY number LIMIT 40",
}


class Damaging:
    """Stands between the adapter and its platform, and damages one answer in ``every``."""

    def __init__(self, rng: random.Random, every: int) -> None:
        self._rng = rng
        self._every = every
        self._attempt = exchange.attempt
        self.done = 0

    def __call__(self, *arguments: Any, **more: Any) -> Any:
        answer = self._attempt(*arguments, **more)
        if not isinstance(answer, Response) or self._rng.randrange(self._every):
            return answer
        try:
            content = damaged_json(self._rng, answer.content, self._rng.randint(1, 3))
        except ValueError:
            return answer
        self.done += 1
        return Response(answer.status, answer.headers, content, answer.url, answer.method, answer.intent)


def run(subject: Subject, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, rounds: int) -> Counter[str]:
    """Readings of a queue and of single tickets through damaged answers; how they ended."""
    ends: Counter[str] = Counter()
    keys = [row[0] for row in sandbox.store.rows(KEYS[subject.platform])]
    for number in range(rounds):
        seed = f"{SEED} {subject.platform} {number}"
        rng = random.Random(seed)
        damaging = Damaging(rng, every=rng.choice([1, 3, 8]))
        with subject.open(sandbox, SharedClock(sandbox.store)) as adapter, monkeypatch.context() as patch:
            patch.setattr(exchange, "attempt", damaging)
            needs = frozenset(Need) & adapter.capabilities.reads
            try:
                if number % 2:
                    found = reading.get(adapter, rng.sample(keys, 3), needs).tickets
                else:
                    found = list(reading.Reading(adapter, Selection(now=sandbox.store.now()), needs, limit=5))
                for ticket in found:
                    assert msgspec.json.encode(ticket)
                ends["tickets"] += 1
            except SupportctlError as error:
                assert CANARY not in f"{error.message} {error.hint}", f"repeat with SUPPORTCTL_TEST_SEED={SEED}: {seed}"
                ends[error.code] += 1
            except Exception as error:
                error.add_note(f"repeat with SUPPORTCTL_TEST_SEED={SEED}: {seed}")
                raise
        ends["damaged answers"] += damaging.done
    return ends


@pytest.mark.slow
@pytest.mark.parametrize("subject", HOSTED, ids=str)
def test_damage_ends_in_tickets_or_words(subject: Subject, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    ends = run(subject, sandbox, monkeypatch, 20)
    assert ends["tickets"] > 0
    assert ends["damaged answers"] > 10


@pytest.mark.night
@pytest.mark.parametrize("subject", HOSTED, ids=str)
def test_much_damage_ends_in_tickets_or_words(
    subject: Subject, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(subject, sandbox, monkeypatch, 30)["damaged answers"] > 25
