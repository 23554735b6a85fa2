"""Few words for asking Data Center; asserts nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx

API = "/rest/api/2"


def search(client: httpx.Client, jql: str, **body: Any) -> dict[str, Any]:
    found: dict[str, Any] = client.post(f"{API}/search", json={"jql": jql, **body}).raise_for_status().json()
    return found


def a_key(client: httpx.Client, jql: str) -> str:
    return str(search(client, f"{jql} ORDER BY key ASC", maxResults=1)["issues"][0]["key"])


def everything_in(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield name, item
            yield from everything_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from everything_in(item)
