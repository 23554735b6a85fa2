"""Whole runs of the engine over the adapter: what they cost, and that lost answers are neither repeated nor lost."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import httpx
import pytest

from supportctl.adapters.writing import CommentWish, StatusWish, TagWish
from supportctl.changes import plan as plans
from supportctl.changes.apply import apply
from supportctl.changes.journal import Journal
from supportctl.changes.means import Means
from supportctl.model import Applied, NewComment, Status

from .test_on_sandbox import connect, everything
from .writing import plan

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from supportctl.adapters.base import Adapter
    from supportctl.changes.apply import Report
    from supportctl.model import Change
    from tests.fixtures.sandbox import Sandbox


class Hurried:
    """A clock on which waiting takes no time."""

    def __init__(self) -> None:
        self.at = 0.0

    def monotonic(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += seconds


def carry_out(adapter: Adapter, changes: Sequence[Change], now: datetime, folder: Path) -> Report:
    whole = plans.make(adapter.profile, "test", changes, selected=len(changes), query=None, now=now)  # type: ignore[attr-defined]
    with closing(Journal(folder / "journal.sqlite")) as journal:
        return apply(whole, adapter.profile, Means(adapter, journal, Hurried()), allow_irreversible=True)  # type: ignore[attr-defined]


def test_tags_comment_and_status_cost_one_write_a_hundred(sandbox: Sandbox, now: datetime, tmp_path: Path) -> None:
    with closing(connect(sandbox, now)) as adapter:
        keys = [each.key for each in everything(adapter, now) if each.status is Status.OPEN]
        wishes = [TagWish(add=["outage"]), CommentWish(public=False), StatusWish(goal=Status.PENDING)]
        made = plan(adapter, keys, *wishes, comment=NewComment(body="The outage is over.", public=False))
        before = dict(sandbox.stats["requests"])
        report = carry_out(adapter, made.changes, now, tmp_path)
        assert report.complete, report.counts
        spent = {
            name: n - before.get(name, 0) for name, n in sandbox.stats["requests"].items() if n > before.get(name, 0)
        }
        hundreds = -(-len(made.changes) // 100)
        assert spent.pop("PUT /api/v2/tickets/update_many.json") == hundreds
        assert spent.pop("GET /api/v2/tickets/show_many.json") <= 2 * hundreds
        assert all("job_statuses" in name for name in spent), spent


@pytest.mark.parametrize("arrived", [True, False])
def test_a_lost_answer_is_looked_for(sandbox: Sandbox, now: datetime, tmp_path: Path, arrived: bool) -> None:
    """The platform did it, or it did not: either way every ticket has the comment exactly once in the end."""
    body = "Exactly once."
    with closing(connect(sandbox, now)) as adapter:
        keys = [each.key for each in everything(adapter, now) if each.status is Status.OPEN][:5]
        made = plan(adapter, keys, CommentWish(public=False), comment=NewComment(body=body, public=False))
        real, lost = adapter.submit, []

        def submit(steps):  # type: ignore[no-untyped-def]
            from supportctl.errors import AmbiguousWriteError

            if lost:
                return real(steps)
            lost.append(steps)
            if arrived:
                real(steps)
            raise AmbiguousWriteError("the answer was lost")

        adapter.submit = submit  # type: ignore[method-assign]
        report = carry_out(adapter, made.changes, now, tmp_path)
        assert all(isinstance(outcome, Applied) for outcome in report.outcomes.values()), report.outcomes
    profile = sandbox.profiles["zendesk"]
    with httpx.Client(base_url=f"{sandbox.url}/api/v2", auth=(f"{profile['user']}/token", profile["secret"])) as api:
        for change in made.changes:
            said = api.get(f"/tickets/{change.id}/comments").json()["comments"]
            assert [comment["body"] for comment in said].count(body) == 1
