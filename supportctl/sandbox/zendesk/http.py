"""The dialect's own small web frame: sign-in, routing with optional ``.json``, error bodies, headers."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from supportctl.sandbox.border import UNREADABLE
from supportctl.sandbox.profiles import Account
from supportctl.sandbox.signin import account_of, bearer_token
from supportctl.sandbox.store import Store

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


class Failure(Exception):  # noqa: N818 (an answer, not a defect)
    """An error answer: status, body (JSON value, or text as it is) and further headers."""

    def __init__(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.body = body
        self.headers = headers or {}


def not_found_error() -> Failure:
    return Failure(404, {"error": "RecordNotFound", "description": "Not found"})


def forbidden() -> Failure:
    message = (
        "You do not have access to this page. Please contact the account owner of this help desk for further help."
    )
    return Failure(403, {"error": {"title": "Forbidden", "message": message}})


def invalid_attribute(message: str) -> Failure:
    return Failure(400, {"error": {"title": "Invalid attribute", "message": message}})


def record_invalid(field_name: str, description: str, **more: Any) -> Failure:
    details = {field_name: [{"description": description, **more}]}
    return Failure(422, {"error": "RecordInvalid", "description": "Record validation errors", "details": details})


@dataclass
class Call:
    """One request on its way: who asks, for what, with which parameters."""

    store: Store
    account: Account | None
    method: str
    path: str
    base: str
    """``http://host:port`` as the caller wrote it."""
    query: list[tuple[str, str]]
    body: bytes
    content_type: str
    headers: dict[str, str]
    note: Callable[[str], None]
    violation: Callable[[str], None]
    answer_headers: dict[str, str] = field(default_factory=dict)
    sight: str | None = None
    """Which tickets the account sees, as `access.sight` found; None: not looked up yet."""

    def param(self, name: str, default: str | None = None) -> str | None:
        """The last value of a query parameter."""
        for key, value in reversed(self.query):
            if key == name:
                return value
        return default

    def params(self) -> dict[str, str]:
        return dict(self.query)

    def number(self, name: str, default: int, *, low: int = 1, high: int | None = None) -> int:
        """An integer parameter, kept within bounds as Zendesk does for page sizes."""
        text = self.param(name)
        if text is None or text == "":
            return default
        try:
            value = int(text)
        except ValueError:
            raise invalid_attribute(
                f"You passed an invalid value for the {name} attribute. Invalid parameter"
            ) from None
        value = max(value, low)
        return value if high is None else min(value, high)

    def ids(self, name: str = "ids", most: int = 100) -> list[int]:
        """A comma separated list of ids, at most ``most``."""
        text = self.param(name) or ""
        found = [part.strip() for part in text.split(",") if part.strip()]
        if len(found) > most:
            raise Failure(
                400,
                {
                    "error": "TooManyValues",
                    "description": f"Parameter {name} cannot specify more than {most} values",
                    "max_count": most,
                },
            )
        if not all(part.isdigit() for part in found):
            raise invalid_attribute(f"You passed an invalid value for the {name} attribute. Invalid parameter")
        return [int(part) for part in found]

    def includes(self) -> frozenset[str]:
        return frozenset(part.strip() for part in (self.param("include") or "").split(",") if part.strip())

    def json(self) -> dict[str, Any]:
        """The JSON body; 400 or 422 as Zendesk when it is none or not an object."""
        if not self.body:
            return {}
        try:
            decoded = msgspec.json.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise Failure(422, {"error": "Unprocessable Entity", "message": "Server could not parse JSON"}) from None
        if not isinstance(decoded, dict):
            raise invalid_attribute("The body must be an object")
        return decoded

    def warn(self, controller: str, action: str, unpermitted: list[str], invalid: list[str] | None = None) -> None:
        """Tell which keys were dropped, the way Zendesk does: in a header of an answer that is a success."""
        if unpermitted or invalid:
            self.answer_headers["X-Zendesk-API-Warn"] = (
                "{:allowed_parameters=>{:controller=>"
                f'"{controller}", :action=>"{action}", :unpermitted_keys=>{_ruby(unpermitted)}, '
                f":invalid_values=>{_ruby(invalid or [])}}}}}"
            )


def _ruby(values: list[str]) -> str:
    return "[" + ", ".join('"' + value.replace('"', "") + '"' for value in values) + "]"


Answer = Any
"""A handler answers with a JSON value (200), ``(status, value)``, or a starlette Response."""
Handler = Callable[..., Answer]


@dataclass(frozen=True)
class Endpoint:
    method: str
    pattern: re.Pattern[str]
    handler: Handler
    admin: bool = False
    anonymous: bool = False


class Router:
    """Endpoints under ``/api/v2``; a path parameter ``{id}`` is a number, ``{name:str}`` any one segment."""

    def __init__(self) -> None:
        self.endpoints: list[Endpoint] = []

    def add(
        self,
        method: str,
        path: str,
        handler: Handler,
        *,
        admin: bool = False,
        anonymous: bool = False,
    ) -> None:
        pattern = re.sub(r"\{(\w+):str\}", r"(?P<\1>[^/]+?)", path)
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>\\d+)", pattern)
        compiled = re.compile(pattern + r"(?:\.json)?/?$")
        self.endpoints.append(Endpoint(method, compiled, handler, admin, anonymous))

    def find(self, method: str, path: str) -> tuple[Endpoint, dict[str, Any]] | None:
        for endpoint in self.endpoints:
            if endpoint.method == method and (match := endpoint.pattern.match(path)):
                groups = match.groupdict()
                return endpoint, {k: int(v) if v.isdigit() else v for k, v in groups.items()}
        return None


def render(value: Any, status: int, headers: dict[str, str]) -> Response:
    if isinstance(value, str):
        return Response(value, status, headers, media_type="text/plain")
    if value is None and status == 204:
        return Response(status_code=204, headers=headers)
    try:
        content = msgspec.json.encode(value)
    except UnicodeEncodeError:
        # Half a surrogate pair, which only an escape can carry.
        content = json.dumps(value).encode()
    return Response(content, status, {"content-type": "application/json; charset=utf-8", **headers})


def routes(store: Store, router: Router, allow: Callable[[Call], None]) -> list[BaseRoute]:
    """The starlette routes that lead every ``/api/v2`` path through ``router``, if ``allow`` does not refuse."""

    def dispatch(call: Call) -> Response:
        found = router.find(call.method, call.path)
        headers = {"X-Zendesk-API-Version": "v2"}
        headers["X-Request-Id"] = headers["X-Zendesk-Request-Id"] = str(uuid4())
        try:
            if found is None or not found[0].anonymous:
                _require_account(call)
            if found is None:
                raise Failure(404, {"error": "InvalidEndpoint", "description": "Not found"})
            allow(call)
            endpoint, arguments = found
            if endpoint.admin and call.account is not None and call.account.role != "admin":
                raise forbidden()
            answer = endpoint.handler(call, **arguments)
        except Failure as failure:
            return render(failure.body, failure.status, {**headers, **call.answer_headers, **failure.headers})
        except UNREADABLE:
            if not call.body:
                raise
            wrong = invalid_attribute("The body has an attribute with a value of the wrong type")
            return render(wrong.body, wrong.status, headers)
        headers.update(call.answer_headers)
        if isinstance(answer, Response):
            answer.headers.update(headers)
            return answer
        status, value = answer if isinstance(answer, tuple) else (200, answer)
        return render(value, status, headers)

    async def endpoint(request: Request) -> Response:
        body = await request.body()
        call = Call(
            store=store,
            account=account_of(request.headers.get("authorization", ""), "zendesk", store, user_suffix="/token"),
            method=request.method,
            path="/" + request.path_params["path"],
            base=str(request.base_url).rstrip("/"),
            query=parse_qsl(request.url.query, keep_blank_values=True),
            body=body,
            content_type=request.headers.get("content-type", ""),
            headers={key.lower(): value for key, value in request.headers.items()},
            note=request.app.state.stats.note,
            violation=request.app.state.stats.violation,
        )
        return await run_in_threadpool(dispatch, call)

    return [Route("/api/v2/{path:path}", endpoint, methods=METHODS)]


def _require_account(call: Call) -> None:
    if call.account is not None:
        return
    if bearer_token(call.headers.get("authorization", "")) is not None:
        description = "The access token provided is expired, revoked, malformed or invalid for other reasons."
        raise Failure(401, {"error": "invalid_token", "error_description": description})
    raise Failure(401, {"error": "Couldn't authenticate you"})


def invalid_endpoint(_: Request) -> Response:
    return render({"error": "InvalidEndpoint", "description": "Not found"}, 404, {})
