"""Shared fixtures. Tests that need the recordings folder are deselected without ``--recordings=DIR``."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

pytest_plugins = ["tests.fixtures.sandbox", "tests.conformance.printing"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--recordings", metavar="DIR", help="folder with recordings/, data/ and openapi/")
    parser.addoption("--slow", action="store_true", help="run the slow suites too")


def pytest_configure(config: pytest.Config) -> None:
    folder = config.getoption("--recordings")
    if folder and (Path(folder) / "openapi").is_dir():
        from tests.openapi.plugin import Checking

        whole = config.getoption("--slow") and config.args_source.name != "ARGS"
        config.pluginmanager.register(Checking(Path(folder), whole=bool(whole)), "openapi-check")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    unwanted = set()
    if not config.getoption("--recordings"):
        unwanted.add("recordings")
    if not config.getoption("--slow"):
        unwanted.add("slow")
    left_out = [item for item in items if any(item.get_closest_marker(name) for name in unwanted)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


@pytest.fixture(scope="session")
def recordings(request: pytest.FixtureRequest) -> Path:
    """The folder given with ``--recordings``; mark tests that use it with ``pytest.mark.recordings``."""
    return Path(request.config.getoption("--recordings"))


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
