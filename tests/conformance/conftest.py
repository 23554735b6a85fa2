"""A desk per subject, on the sample company."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from supportctl.sandbox.conditions import Conditions
from tests.conformance.desk import Desk
from tests.conformance.subjects import EACH, SharedClock, Subject

if TYPE_CHECKING:
    from tests.fixtures.sandbox import Sandbox


@pytest.fixture(params=EACH, ids=str)
def desk(request: pytest.FixtureRequest, sandbox: Sandbox, tmp_path: Path) -> Iterator[Desk]:
    """An administrator's; published limits hold, and none may be overstepped."""
    subject: Subject = request.param
    sandbox.store.conditions = Conditions(limits=True)
    clock = SharedClock(sandbox.store)
    with subject.open(sandbox, clock) as adapter:
        found = Desk(subject, sandbox, adapter, clock, tmp_path)
        yield found
        found.close()
    assert sandbox.stats["violations"] == {}
