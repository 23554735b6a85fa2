"""ServiceNow in the sandbox: the Table API and its neighbours."""

from typing import TYPE_CHECKING

from supportctl.sandbox.servicenow.front import front
from supportctl.sandbox.servicenow.load import load
from supportctl.sandbox.servicenow.schema import SCHEMA
from supportctl.sandbox.servicenow.seed import key, seed

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from supportctl.sandbox.store import Store

PATHS = ("/api/now", "/oauth_token.do")


def routes(store: "Store") -> "list[BaseRoute]":
    from supportctl.sandbox.servicenow import dispatch, oauth

    return [*dispatch.routes(store), *oauth.routes(store)]


def not_found(_: "Request") -> "Response":
    from starlette.responses import JSONResponse

    error = {"message": "Requested URI does not represent any resource", "detail": None}
    return JSONResponse({"error": error, "status": "failure"}, 400)


__all__ = ["PATHS", "SCHEMA", "front", "key", "load", "not_found", "routes", "seed"]
