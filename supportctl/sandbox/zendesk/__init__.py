"""Zendesk Support as the vendor documents it: listings, search, exports, configuration and writes."""

from typing import TYPE_CHECKING

from supportctl.sandbox.zendesk.front import front
from supportctl.sandbox.zendesk.http import Router, invalid_endpoint
from supportctl.sandbox.zendesk.http import routes as _routes
from supportctl.sandbox.zendesk.load import load
from supportctl.sandbox.zendesk.schema import SCHEMA
from supportctl.sandbox.zendesk.seed import seed

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from supportctl.sandbox.records import Record
    from supportctl.sandbox.store import Store

PATHS = ("/api/v2", "/oauth/")

not_found = invalid_endpoint


def router() -> Router:
    """All endpoints under ``/api/v2``."""
    from supportctl.sandbox.zendesk import (
        directory,
        fates,
        incremental,
        jira,
        jobs,
        merge,
        oauth,
        search,
        settings,
        threads,
        tickets,
        writes,
    )

    found = Router()
    for module in (
        tickets,
        jobs,
        merge,
        fates,
        writes,
        threads,
        directory,
        search,
        incremental,
        settings,
        jira,
        oauth,
    ):
        module.register(found)
    return found


def routes(store: "Store") -> "list[BaseRoute]":
    from supportctl.sandbox.zendesk import oauth
    from supportctl.sandbox.zendesk.threads import content_routes

    return [*_routes(store, router(), oauth.require_scope), *oauth.routes(store), *content_routes(store)]


def key(record: "Record") -> str:
    """Zendesk tickets are named by number: ``#123``."""
    return f"#{record.number}"


__all__ = ["PATHS", "SCHEMA", "front", "key", "load", "not_found", "routes", "seed"]
