"""Shows the account of decoded bodies at the end of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from _pytest.terminal import TerminalReporter

    from .harness import Report

REPORTS: pytest.StashKey[list[Report]] = pytest.StashKey()


@pytest.fixture(scope="session")
def account(request: pytest.FixtureRequest) -> list[Report]:
    return request.config.stash.setdefault(REPORTS, [])


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    reports = config.stash.get(REPORTS, [])
    if reports:
        from .harness import table

        terminalreporter.section("recorded bodies")
        terminalreporter.write_line(table(reports))
