"""Shared fixtures. Tests that need the recordings folder are deselected without ``--recordings=DIR``."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A busy computer is slow at drawing examples, which is no fault of a test's.
settings.register_profile("suite", deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", settings.get_profile("suite"), max_examples=1000)
settings.load_profile("suite")

# Nobody out there is spoken to, and the authorities of the web take each client 25 ms to load.
os.environ.pop("SSL_CERT_FILE", None)
os.environ["SSL_CERT_DIR"] = os.devnull

pytest_plugins = ["tests.fixtures.sandbox", "tests.conformance.printing"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--recordings", metavar="DIR", help="folder with recordings/, data/ and openapi/")
    parser.addoption("--slow", action="store_true", help="run the slow suites too")
    parser.addoption("--night", action="store_true", help="run what takes too long for CI too")


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
    if not config.getoption("--night"):
        unwanted.add("night")
    left_out = [item for item in items if any(item.get_closest_marker(name) for name in unwanted)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]
    # The longest begins first: nobody waits for it alone at the end.
    items.sort(key=lambda item: "test_planted_faults_are_found" not in item.name)


@pytest.fixture(scope="session")
def recordings(request: pytest.FixtureRequest) -> Path:
    """The folder given with ``--recordings``; mark tests that use it with ``pytest.mark.recordings``."""
    return Path(request.config.getoption("--recordings"))


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
