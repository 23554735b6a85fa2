"""One request to Data Center: signed in its way, answered in its shapes."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from supportctl.sandbox.border import UNREADABLE
from supportctl.sandbox.jira import call as shared
from supportctl.sandbox.jira import sight
from supportctl.sandbox.jira.data_center import gate, people
from supportctl.sandbox.jira.data_center.shape import Shaper
from supportctl.sandbox.store import Store

DATA_CENTER = shared.Deployment(
    context="/jira", unbounded=True, comment_page=None, embedded_comments=None, changelog=None, bare_ids=False
)
_APIS = ("/jira/rest/api/2/", "/jira/rest/api/latest/", "/jira/rest/servicedeskapi/")
EXPERIMENTAL = (
    "This API is experimental. Experimental APIs are not guaranteed to be stable within the preview period. You must "
    "set the header 'X-ExperimentalApi: opt-in' to opt into using this API."
)


@dataclass
class Call(shared.Call):
    """The shared call, with Data Center's people and documents; always version 2."""

    deployment = DATA_CENTER

    def users(self, db: Any, text: str) -> list[str]:
        return people.named(db, text)

    def person(self, db: Any, given: dict[str, Any]) -> dict[str, Any] | None:
        return people.reference(db, given)

    def json(self) -> dict[str, Any]:
        given = super().json()
        with self.reading() as db:
            return people.taken(db, given)

    def answer(self, body: Any, status: int = 200) -> Response:
        with self.reading() as db:
            return super().answer(Shaper(db)(body), status)


def route(
    store: Store,
    path: str,
    handler: shared.Handler,
    method: str = "GET",
    *,
    visitor: shared.Handler | None = None,
    experimental: bool = False,
) -> Route:
    """A route under the context path. ``visitor`` answers who is not signed in; by default they are refused.

    Experimental resources of the service desk want to be asked for as such.
    """

    def run(request: Request, content: bytes) -> Response:
        call = Call(request, store, content, user="", role="anonymous", version=2, path=request.path_params)
        account = gate.enter(request, store, call.base)
        known = request.path_params.get("v", "2") in {"2", "latest"}
        if isinstance(account, Response):
            return gate.stamped(account, None, _minutes(call))
        if account is not None:
            with call.reading() as db:
                call.user, call.role = gate.id_of(db, account), account.role
        elif visitor is None and known:
            issue = path.startswith("/rest/api/{v}/issue/")
            return gate.stamped(gate.login_required(call.base, issue=issue), None, _minutes(call))
        chosen = handler if account is not None or visitor is None else visitor
        if not known:
            chosen = missing
        if experimental and request.headers.get("x-experimentalapi", "").lower() != "opt-in":
            chosen = _not_opted_in
        with call.reading() as db:
            seen = sight.sight_of(db, account, call.user)
        try:
            with sight.seen_by(seen):
                response = chosen(call)
        except shared.ApiError as error:
            response = call.answer(error.body, error.status)
        except UNREADABLE:
            if not content:
                raise
            wrong = shared.unreadable()
            response = call.answer(wrong.body, wrong.status)
        return gate.stamped(response, account, _minutes(call))

    return shared.threaded(DATA_CENTER.context + path, run, method)


def missing(call: shared.Call) -> Response:
    return not_found(call.request.url.path)


def not_found(path: str) -> Response:
    """Within an API that exists, JSON; anywhere else a page for people."""
    if path.startswith(_APIS):
        return JSONResponse({"message": "HTTP 404 Not Found", "status-code": 404, "sub-code": -1}, 404)
    return gate.page(404, "Oops, you've found a dead link.", "The page you are looking for does not exist.")


def _not_opted_in(call: shared.Call) -> Response:
    raise shared.DeskError(412, EXPERIMENTAL, "sd.rest.experimental.opt.in")


def _minutes(call: shared.Call) -> int:
    return call.now.hour * 60 + call.now.minute
