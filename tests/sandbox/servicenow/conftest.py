"""Plain HTTP clients on the sandbox's ServiceNow."""

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

ADMIN = ("ops", "sandbox-servicenow-password")
AGENT = ("itil.agent", "sandbox-servicenow-agent")
LIMITED = ("limited.reader", "sandbox-servicenow-limited")


class Now:
    """Few words for the calls the tests make; asserts nothing."""

    def __init__(self, client: httpx.Client) -> None:
        self.http = client

    def list(self, table: str, query: str = "", **params: Any) -> Any:
        params = {f"sysparm_{name}": value for name, value in params.items()}
        answer = self.http.get(f"/api/now/table/{table}", params={"sysparm_query": query, **params})
        return answer.raise_for_status().json()["result"]

    def numbers(self, query: str, table: str = "incident", **params: Any) -> list[str]:
        return [row["number"] for row in self.list(table, query, fields="number", **params)]

    def one(self, table: str, sys_id: str, **params: Any) -> Any:
        params = {f"sysparm_{name}": value for name, value in params.items()}
        return self.http.get(f"/api/now/table/{table}/{sys_id}", params=params).raise_for_status().json()["result"]

    def patch(self, sys_id: str, table: str = "incident", **values: Any) -> httpx.Response:
        return self.http.patch(f"/api/now/table/{table}/{sys_id}", json=values)

    def sign_in(self, *pair: str) -> httpx.Client:
        return httpx.Client(base_url=self.http.base_url, auth=(pair[0], pair[1]))


@pytest.fixture(scope="package")
def reading(sandbox_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Now]:
    """The seeded instance for tests that change nothing."""
    path = tmp_path_factory.mktemp("servicenow") / "sandbox.sqlite"
    shutil.copyfile(sandbox_template, path)
    with Store(path) as store:
        store.set_clock(datetime(2026, 3, 2, 12, 0, tzinfo=UTC))
        with serve(store) as server, httpx.Client(base_url=server.url, auth=ADMIN, timeout=30) as client:
            yield Now(client)


@pytest.fixture
def now_api(sandbox: Sandbox) -> Iterator[Now]:
    """The seeded instance for tests that change it."""
    with httpx.Client(base_url=sandbox.url, auth=ADMIN, timeout=30) as client:
        yield Now(client)
