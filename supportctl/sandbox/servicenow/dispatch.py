"""From requests to handlers: the network's and those inside a batch go the same way."""

import re

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from supportctl.sandbox.border import UNREADABLE
from supportctl.sandbox.profiles import Account
from supportctl.sandbox.servicenow import attachments, batch, stats, table, tiny, writes
from supportctl.sandbox.servicenow.call import Answer, ApiError, Call, Handler, query_pairs, sign_in
from supportctl.sandbox.store import Store

_ID = r"(?P<sys_id>[0-9a-zA-Z_.-]+)"
_TABLE = r"(?P<table>[a-z0-9_]+)"
HIBERNATING = b"""<html><head><title>Instance Hibernating page</title></head>
<body><h1>Your instance is hibernating</h1><p>Sign in to the developer site to wake it.</p></body></html>"""


def endpoints() -> list[tuple[str, str, Handler]]:
    """Method, path after ``/api/now``, handler."""
    return [
        ("GET", f"/table/{_TABLE}", table.listing),
        ("GET", f"/table/{_TABLE}/{_ID}", table.one),
        ("POST", f"/table/{_TABLE}", writes.create),
        ("PUT", f"/table/{_TABLE}/{_ID}", writes.update),
        ("PATCH", f"/table/{_TABLE}/{_ID}", writes.update),
        ("DELETE", f"/table/{_TABLE}/{_ID}", writes.delete),
        ("GET", f"/stats/{_TABLE}", stats.aggregate),
        ("GET", "/attachment", attachments.listing),
        ("POST", "/attachment/file", attachments.upload),
        ("GET", f"/attachment/{_ID}", attachments.one),
        ("GET", f"/attachment/{_ID}/file", attachments.content),
        ("POST", "/attachment/upload", attachments.upload_form),
        ("DELETE", f"/attachment/{_ID}", attachments.delete),
        ("POST", "/tinyurl", tiny.create),
        ("POST", "/batch", batch.batch),
    ]


_PATTERNS = [(method, re.compile(pattern), handler) for method, pattern, handler in endpoints()]


def answer(
    store: Store,
    method: str,
    path: str,
    query: str,
    headers: dict[str, str],
    content: bytes,
    base: str,
    account: Account | None,
) -> Answer:
    """Find the handler of a path below ``/api/now`` and let it answer; refusals become error bodies."""
    if account is None:
        return Answer(
            {
                "error": {"message": "User Not Authenticated", "detail": "Required to provide Auth information"},
                "status": "failure",
            },
            401,
            {"WWW-Authenticate": 'BASIC realm="Service-now"'},
        )
    method = headers.get("x-http-method-override", method).upper()
    version, rest = "", path.removeprefix("/api/now")
    pinned = re.match(r"/(v[12])(?=/)", rest)
    if pinned:
        version, rest = pinned.group(1), rest[pinned.end() :]
    known = False
    for wanted, pattern, handler in _PATTERNS:
        match = pattern.fullmatch(rest)
        if match is None:
            continue
        known = True
        if wanted == ("GET" if method == "HEAD" else method):
            pairs = query_pairs(query)
            if (kept := dict(pairs).get("sysparm_tiny")) is not None:
                pairs = query_pairs(tiny.query_of(store, kept))
            call = Call(store, method, path, pairs, headers, content, base, account, version, match.groupdict())
            try:
                return handler(call)
            except ApiError as error:
                return Answer(error.body, error.status)
            except UNREADABLE:
                if not content:
                    raise
                wrong = ApiError(400, "Exception while reading request", "The payload has a value of the wrong type")
                return Answer(wrong.body, wrong.status)
    if known:
        return Answer({"error": {"message": "Method not supported", "detail": None}, "status": "failure"}, 405)
    return Answer(
        {"error": {"message": "Requested URI does not represent any resource", "detail": None}, "status": "failure"},
        400,
    )


def routes(store: Store) -> list[BaseRoute]:
    def run(request: Request, content: bytes) -> Response:
        if store.get_meta("servicenow_hibernating") == "1":
            return Response(HIBERNATING, media_type="text/html")
        headers = {name.lower(): value for name, value in request.headers.items()}
        found = answer(
            store,
            request.method,
            request.url.path,
            request.url.query,
            headers,
            content,
            str(request.base_url).rstrip("/"),
            sign_in(store, headers),
        )
        if found.inner is not None:
            request.app.state.stats.count_batch(found.inner)
        if found.raw is not None:
            return found.raw
        return Response(found.content(), found.status, {**found.headers, "content-type": found.media})

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(run, request, await request.body())

    methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    return [Route("/api/now/{rest:path}", endpoint, methods=methods)]
