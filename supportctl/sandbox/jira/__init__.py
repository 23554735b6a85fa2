"""Jira Service Management in the sandbox: the Cloud platform API (versions 2 and 3) and servicedeskapi."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from supportctl.sandbox.dialects import LoadReport
from supportctl.sandbox.jira.front import front
from supportctl.sandbox.jira.schema import SCHEMA

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from supportctl.sandbox.records import Company, Record
    from supportctl.sandbox.store import Store

__all__ = ["PATHS", "SCHEMA", "front", "key", "load", "not_found", "routes", "seed"]

PATHS = ("/rest/", "/_edge/", "/_auth/")


def routes(store: "Store") -> "list[BaseRoute]":
    """Everything the dialect answers; special paths before those with an issue key in the same place."""
    from supportctl.sandbox.jira import (
        bulk,
        creating,
        desk,
        fates,
        gateway,
        links,
        moves,
        reads,
        requests,
        screens,
        search,
        site,
        tasks,
        uploads,
        writes,
    )

    return [
        *gateway.routes(store),
        *site.routes(store),
        *search.routes(store),
        *screens.routes(store),
        *bulk.routes(store),
        *moves.routes(store),
        *tasks.routes(store),
        *fates.routes(store),
        *links.routes(store),
        *creating.routes(store),
        *uploads.routes(store),
        *writes.routes(store),
        *desk.routes(store),
        *requests.routes(store),
        *reads.routes(store),
    ]


def seed(store: "Store", company: "Company") -> None:
    """Add the sample company's tickets, people and configuration."""
    from supportctl.sandbox.jira.company import seed as run

    run(store, company)


def load(store: "Store", records: Iterable[dict[str, Any]], *, as_of: datetime | None = None) -> LoadReport:
    """Add issue documents in Jira's REST shape; they are served back as they came."""
    from supportctl.sandbox.jira.loading import load as run

    return run(store, records, as_of=as_of)


def key(record: "Record") -> str:
    """The issue key of a record of the sample company."""
    from supportctl.sandbox.jira.company import key as name

    return name(record)


def not_found(request: "Request") -> "Response":
    """Cloud answers unknown paths with an empty-bodied or JSON 404, never with HTML."""
    from starlette.responses import JSONResponse

    return JSONResponse(
        {"errorMessages": [f"No resource method found for {request.method}"], "errors": {}}, status_code=404
    )
