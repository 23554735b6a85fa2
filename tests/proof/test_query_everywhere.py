"""What is pushed down is a superset of the answer, and with the residual it is the answer: on every platform.

Random tickets are loaded into the sandbox and random queries asked through the adapters, over HTTP, in the platform's
own dialect. The measure is the evaluation of the query on every ticket. Each run has a seed of its own; a failure
names it, and ``SUPPORTCTL_TEST_SEED`` repeats it.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pytest

from supportctl.adapters.base import LISTING, Need, Needs, Page, Selection
from supportctl.adapters.reading import Reading
from supportctl.query import evaluate, unparse
from supportctl.query.ast import Node
from supportctl.query.pushdown import Literal
from supportctl.sandbox.loading import load_file
from tests.conformance.subjects import HOSTED, SharedClock, Subject
from tests.proof import population

if TYPE_CHECKING:
    from pathlib import Path

    from supportctl.adapters.base import Adapter
    from supportctl.model import Ticket
    from tests.fixtures.sandbox import Sandbox

TICKETS = 20
QUERIES = 60
EXAMPLES = int(os.environ.get("SUPPORTCTL_TEST_QUERIES") or 120)
"""Queries a platform; 3,360 make ten thousand in all, and take a quarter of an hour."""
SEED = int(os.environ.get("SUPPORTCTL_TEST_SEED") or int.from_bytes(os.urandom(4)))

pytestmark = pytest.mark.slow


class Watched:
    """A reader that remembers what the platform answered before the rest of the query was evaluated."""

    def __init__(self, adapter: Adapter) -> None:
        self._adapter = adapter
        self.capabilities = adapter.capabilities
        self.sent: set[str] = set()
        self.normalize_key = adapter.normalize_key

    def search(self, selection: Selection, needs: Needs, cursor: str | None = None) -> Iterator[Page]:
        yield from self._watch(self._adapter.search(selection, needs, cursor))

    def get(self, keys: Sequence[str], needs: Needs) -> Iterator[Page]:
        yield from self._watch(self._adapter.get(keys, needs))

    def _watch(self, pages: Iterator[Page]) -> Iterator[Page]:
        for page in pages:
            self.sent.update(ticket.id for ticket in page.items)
            yield page


def ask(adapter: Adapter, node: Node, everything: dict[str, Ticket], selection: Selection) -> str | None:
    """What is wrong with the answer to a query; None when nothing is."""
    true = {key for key, ticket in everything.items() if evaluate(node, ticket, selection.now) is True}
    watched = Watched(adapter)
    answer = [ticket.id for ticket in Reading(watched, selection, LISTING)]  # type: ignore[arg-type]
    if not true <= watched.sent:
        return f"{len(true - watched.sent)} tickets not asked for"
    if sorted(answer) != sorted(true):
        return f"answered {len(answer)} tickets, {len(true)} match"
    return None


HIDDEN = {
    "zendesk": ("zd_tickets", "id", "$", ("priority", "tags", "due_at", "type", "description")),
    "jsm": (
        "jira_issue",
        "id",
        "$.fields",
        ("priority", "assignee", "reporter", "labels", "duedate", "resolutiondate", "description", "issuetype"),
    ),
}
"""Table, key, where the fields are, and fields an instance may not show."""


def hide(sandbox: Sandbox, subject: Subject, rng: random.Random) -> None:
    """Leave fields out of some tickets, as an instance does that does not show them to everybody."""
    if subject.platform not in HIDDEN:
        return
    table, key, root, fields = HIDDEN[subject.platform]
    with sandbox.store.write() as db:
        for (number,) in db.execute(f"SELECT {key} FROM {table}").fetchall():
            for field in rng.sample(fields, rng.choice([0, 0, 1, 2])):
                db.execute(f"UPDATE {table} SET doc = json_remove(doc, ?) WHERE {key} = ?", (f"{root}.{field}", number))


def batch(
    subject: Subject, sandbox: Sandbox, folder: Path, seed: str, *, limited: bool
) -> Iterator[tuple[str, str | None]]:
    """Queries as text, each with what is wrong with its answer."""
    rng = random.Random(seed)
    now = sandbox.store.now().replace(microsecond=0)
    made = population.tickets(rng, TICKETS, now)
    population.write(folder / "tickets.ndjson", made)
    load_file(sandbox.store, folder / "tickets.ndjson", subject.platform)
    hide(sandbox, subject, rng)
    account = subject.limited if limited else subject.account
    with subject.open(sandbox, SharedClock(sandbox.store), account) as adapter:
        needs = frozenset(Need) & adapter.capabilities.reads
        everything = {ticket.id: ticket for ticket in Reading(adapter, Selection(now=now), needs)}
        assert limited or len(everything) == TICKETS
        for node in population.queries(rng, QUERIES, now, made):
            selection = Selection(now=now, query=node)
            yield unparse(node), ask(adapter, node, everything, selection)


def prove(subject: Subject, sandbox: Sandbox, folder: Path, examples: int) -> int:
    """The number of queries asked, each of whose answers was right."""
    asked = 0
    for number in range(-(-examples // QUERIES)):
        seed = f"{SEED} {subject.platform} {number}"
        limited = subject.platform == "servicenow" and number % 3 == 2
        for text, wrong in batch(subject, sandbox, folder, seed, limited=limited):
            asked += 1
            assert wrong is None, f"{wrong}: {text} (repeat with SUPPORTCTL_TEST_SEED={SEED}, batch {number})"
    return asked


@pytest.mark.parametrize("subject", HOSTED, ids=str)
def test_the_answer_is_what_evaluation_says(
    subject: Subject, sandbox: Sandbox, tmp_path: Path, record_property: Any
) -> None:
    asked = prove(subject, sandbox, tmp_path, EXAMPLES)
    record_property("queries", asked)
    assert asked == EXAMPLES


LEAVES = {
    "zendesk": ("supportctl.adapters.zendesk.pushdown._leaf", 0),
    "jsm": ("supportctl.adapters.jsm.jql.Pusher._leaf", 1),
    "servicenow": ("supportctl.adapters.servicenow.translate.Translator.leaf", 1),
}
"""Where a leaf of a query is translated, and which argument it is."""


@pytest.mark.parametrize("subject", HOSTED, ids=str)
def test_a_translator_that_forgets_a_minus_is_caught(
    subject: Subject, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pydoc import locate

    name, place = LEAVES[subject.platform]
    right: Any = locate(name)

    def wrong(*arguments: Any) -> Any:
        given = list(arguments)
        given[place] = Literal(given[place].term, negated=False)
        return right(*given)

    monkeypatch.setattr(name, wrong)
    with pytest.raises(AssertionError, match="not asked for"):
        prove(subject, sandbox, tmp_path, 360)
