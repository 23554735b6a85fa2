"""Brings the rows of all test processes together and prints them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance import report

_found: list[dict[str, object]] = []


def pytest_sessionfinish(session: pytest.Session) -> None:
    output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if output is None:
        _found.extend(report.taken())
    else:
        output["conformance"] = report.taken()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    _found.extend(getattr(node, "workeroutput", {}).get("conformance", []))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if _found:
        terminalreporter.section("conformance under faults")
        for line in report.lines(_found):
            terminalreporter.write_line(line)
