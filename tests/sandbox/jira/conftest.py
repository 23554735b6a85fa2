"""Plain HTTP clients on the sandbox's Jira."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from supportctl.sandbox.server import serve
from supportctl.sandbox.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.fixtures.sandbox import Sandbox

AUTH = ("ops@harborlight.example", "sandbox-jira-token")


class Jira:
    """Few words for the calls the tests make; asserts nothing."""

    def __init__(self, client: httpx.Client) -> None:
        self.http = client

    def get(self, path: str, **params: Any) -> Any:
        return self.http.get(path, params=params).raise_for_status().json()

    def search(self, jql: str, **body: Any) -> httpx.Response:
        return self.http.post("/rest/api/3/search/jql", json={"jql": jql, **body})

    def keys(self, jql: str, **body: Any) -> list[str]:
        """Every key a query gives, page by page."""
        found: list[str] = []
        token: dict[str, str] = {}
        while True:
            page = self.search(jql, fields=["key"], **body, **token).raise_for_status().json()
            found += [issue["key"] for issue in page["issues"]]
            if "nextPageToken" not in page:
                assert page["isLast"] is True
                return found
            token = {"nextPageToken": page["nextPageToken"]}

    def fields(self, key: str, version: int = 2) -> dict[str, Any]:
        found: dict[str, Any] = self.get(f"/rest/api/{version}/issue/{key}")["fields"]
        return found


@pytest.fixture(scope="package")
def reading(sandbox_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jira]:
    """The seeded site for tests that change nothing."""
    path = tmp_path_factory.mktemp("jira") / "sandbox.sqlite"
    shutil.copyfile(sandbox_template, path)
    with Store(path) as store:
        store.set_clock(datetime(2026, 3, 2, 12, 0, tzinfo=UTC))
        with serve(store) as server, httpx.Client(base_url=server.url, auth=AUTH, timeout=30) as client:
            yield Jira(client)


@pytest.fixture
def jira(sandbox: Sandbox) -> Iterator[Jira]:
    """The seeded site for tests that change it."""
    with httpx.Client(base_url=sandbox.url, auth=AUTH, timeout=30) as client:
        yield Jira(client)


@pytest.fixture
def loaded(tmp_path: Path) -> Iterator[tuple[Store, Jira]]:
    """An empty site to load issues into."""
    with (
        Store(tmp_path / "loaded.sqlite") as store,
        serve(store) as server,
        httpx.Client(base_url=server.url, auth=AUTH, timeout=30) as client,
    ):
        yield store, Jira(client)


PAT = {"Authorization": "Bearer sandbox-jira-pat"}
"""Signs in to Data Center."""


@pytest.fixture(scope="package")
def both(
    sandbox_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[httpx.Client, httpx.Client]]:
    """Clients of Data Center and of Cloud, for tests that change nothing."""
    path = tmp_path_factory.mktemp("jira") / "sandbox.sqlite"
    shutil.copyfile(sandbox_template, path)
    with Store(path) as store:
        store.set_clock(datetime(2026, 3, 2, 12, 0, tzinfo=UTC))
        with (
            serve(store) as server,
            httpx.Client(base_url=f"{server.url}/jira", headers=PAT, timeout=30) as here,
            httpx.Client(base_url=server.url, auth=AUTH, timeout=30) as there,
        ):
            yield here, there


@pytest.fixture
def reading_dc(both: tuple[httpx.Client, httpx.Client]) -> httpx.Client:
    return both[0]


@pytest.fixture
def writing_dc(sandbox: Sandbox) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{sandbox.url}/jira", headers=PAT, timeout=30) as client:
        yield client
