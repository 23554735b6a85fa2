"""HAR files for tests, made from the few facts that matter."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

BEGIN = datetime(2024, 5, 1, 10, 0, 0, tzinfo=UTC)


def pairs(values: dict[str, str] | None) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in (values or {}).items()]


def entry(
    url: str = "https://app.acme.example/",
    status: int | None = 200,
    *,
    after: float = 0.0,
    method: str = "GET",
    sent: dict[str, str] | None = None,
    got: dict[str, str] | None = None,
    body: str | None = None,
    mime: str = "application/json",
    millis: float = 50.0,
    timings: dict[str, float] | None = None,
    **more: Any,
) -> dict[str, Any]:
    content: dict[str, Any] = {"size": 10 if body is None else len(body), "mimeType": mime}
    if body is not None:
        content["text"] = body
    response = {"status": status, "statusText": "", "headers": pairs(got), "cookies": [], "content": content}
    return {
        "startedDateTime": (BEGIN + timedelta(seconds=after)).isoformat().replace("+00:00", "Z"),
        "time": millis,
        "request": {"method": method, "url": url, "headers": pairs(sent), "cookies": [], "queryString": []},
        "response": {**response, **more.pop("response", {})},
        "timings": timings or {"send": 0, "wait": millis, "receive": 0},
        **more,
    }


def har(*entries: Any, **log: Any) -> bytes:
    return json.dumps(
        {"log": {"version": "1.2", "creator": {"name": "t", "version": "1"}, "entries": list(entries), **log}}
    ).encode()


def dated(after: float) -> str:
    """The ``Date`` header at a moment."""
    return (BEGIN + timedelta(seconds=after)).strftime("%a, %d %b %Y %H:%M:%S GMT")
