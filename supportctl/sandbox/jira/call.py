"""One request to the Jira dialect: who asks, in which version, and how answers and refusals are shaped."""

import json
import re
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from functools import cached_property
from typing import Any, ClassVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from supportctl.sandbox.border import UNREADABLE
from supportctl.sandbox.jira import entities, gateway, sight
from supportctl.sandbox.jira.jql_dates import milliseconds
from supportctl.sandbox.jira.schema import SITE
from supportctl.sandbox.signin import account_of
from supportctl.sandbox.store import Store

_STAMP = re.compile(r'"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{3})\+0000"')
BOUND = {"scoped_token", "oauth"}
"""Kinds of account whose tokens are bound to scopes."""
MISSING_ISSUE = "Issue does not exist or you do not have permission to see it."


class ApiError(Exception):
    """An error answer of the platform API. ``errors`` is by field."""

    def __init__(self, status: int, *messages: str, errors: dict[str, str] | None = None) -> None:
        super().__init__(messages)
        self.status = status
        self.body: Any = {"errorMessages": list(messages), "errors": errors or {}}


def unreadable() -> ApiError:
    """For a body with values of other kinds than documented."""
    return ApiError(400, "Invalid request payload. Refer to the REST API documentation and try again.")


class DeskError(ApiError):
    """An error answer of servicedeskapi: one message, and its translation key."""

    def __init__(self, status: int, message: str, key: str) -> None:
        super().__init__(status, message)
        self.body = {"errorMessage": message, "i18nErrorMessage": {"i18nKey": key, "parameters": []}}


class BulkError(ApiError):
    """An error answer of the bulk operations, where ``errors`` is a list."""

    def __init__(self, status: int, *messages: str) -> None:
        super().__init__(status, *messages)
        self.body = {"errors": [{"message": message} for message in messages]}


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """What Cloud and Data Center do differently with the same issues."""

    context: str = ""
    """The path before ``/rest``."""
    unbounded: bool = False
    """Whether JQL may do without a restriction."""
    comment_page: int | None = 100
    """Comments in one page at most; None: as many as are asked for, and all when none is said."""
    embedded_comments: int | None = 20
    """How many comments an issue brings along when ``comment`` is among the fields; None: all."""
    changelog: int | None = 100
    """Entries an expanded change history has at most, newest first; None: all of them, oldest first."""
    bare_ids: bool = True
    """Whether issues of which only ``id`` is asked for come as nothing but that."""


CLOUD = Deployment()


@dataclass
class Call:
    """``version`` is 2 or 3; ``user`` the account id of who asks."""

    deployment: ClassVar[Deployment] = CLOUD

    request: Request
    store: Store
    content: bytes
    user: str
    role: str
    version: int = 3
    path: Mapping[str, Any] = field(default_factory=dict)

    @property
    def base(self) -> str:
        return str(self.request.base_url).rstrip("/") + self.deployment.context

    @property
    def here(self) -> str:
        """The address of this request without its query, as stored documents write addresses."""
        return SITE + self.request.url.path.removeprefix(self.deployment.context)

    @property
    def home(self) -> str:
        """The site's own address, also for who comes through the gateway."""
        url = self.request.base_url
        return f"{url.scheme}://{url.netloc}"

    def reading(self) -> AbstractContextManager[sqlite3.Connection]:
        return self.store.reader()

    @cached_property
    def now(self) -> datetime:
        return self.store.now()

    @property
    def now_ms(self) -> int:
        return milliseconds(self.now)

    @cached_property
    def zone(self) -> tzinfo:
        with self.store.reader() as db:
            doc = entities.get(db, "user", self.user) or {}
        try:
            return ZoneInfo(doc.get("timeZone") or "Etc/UTC")
        except (ZoneInfoNotFoundError, ValueError):
            return UTC

    def users(self, db: sqlite3.Connection, text: str) -> list[str]:
        """Ids of the people that ``text`` names in a query."""
        return entities.users(db, text)

    def person(self, db: sqlite3.Connection, given: dict[str, Any]) -> dict[str, Any] | None:
        """The reference to a person in a request's body, as the shared code reads it."""
        return given

    def text(self, name: str) -> str | None:
        return self.request.query_params.get(name)

    def number(self, name: str, default: int, most: int | None = None) -> int:
        """A count in the query string; 400 when it is no number or negative."""
        raw = self.text(name)
        try:
            value = default if raw is None or raw == "" else int(raw)
        except ValueError:
            raise ApiError(400, f"The value of the query parameter '{name}' is not a number.") from None
        if value < 0:
            raise ApiError(400, f"The value of the query parameter '{name}' must not be negative.")
        return value if most is None else min(value, most)

    def names(self, name: str) -> list[str]:
        """A list given by repetition or commas."""
        return [
            part.strip() for raw in self.request.query_params.getlist(name) for part in raw.split(",") if part.strip()
        ]

    def json(self) -> dict[str, Any]:
        try:
            found = json.loads(self.content or b"")
        except (ValueError, UnicodeDecodeError):
            found = None
        if not isinstance(found, dict):
            raise ApiError(400, "There was an error parsing JSON. Check that your request body is valid.")
        return found

    def answer(self, body: Any, status: int = 200) -> Response:
        text = json.dumps(body, ensure_ascii=False)
        if SITE in text:
            text = text.replace(SITE, self.base)
        if self.zone.utcoffset(self.now):
            text = _STAMP.sub(self._localised, text)
        return Response(text.encode("utf-8", "replace"), status_code=status, media_type="application/json")

    def _localised(self, match: re.Match[str]) -> str:
        moment = datetime.fromisoformat(match.group(1)).replace(tzinfo=UTC).astimezone(self.zone)
        return f'"{moment:%Y-%m-%dT%H:%M:%S}.{match.group(2)}{moment:%z}"'


def stamp(moment: datetime | int) -> str:
    """Jira's form of a time: milliseconds, offset without a colon."""
    if isinstance(moment, int):
        moment = datetime.fromtimestamp(moment / 1000, UTC)
    moment = moment.astimezone(UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}+0000"


def read_stamp(text: str) -> int:
    """Milliseconds since 1970 of a time in Jira's form."""
    return milliseconds(datetime.fromisoformat(text))


Handler = Callable[[Call], Response]


def user_of(store: Store, address: str) -> str:
    """Account id of the person with that address; a steady made-up one when the site has no such person."""
    found = store.value(
        "SELECT id FROM jira_entity WHERE kind = 'user' AND json_extract(doc, '$.emailAddress') = ?", (address,)
    )
    return str(found) if found is not None else "sandbox:operator"


def route(store: Store, path: str, handler: Handler, method: str = "GET", *, open_to_all: bool = False) -> Route:
    """A route whose handler runs in a worker thread, signed in, with its refusals turned into answers."""

    def run(request: Request, content: bytes) -> Response:
        version = request.path_params.get("v", "3")
        if version not in {"2", "3", "latest"}:
            return Response(status_code=404)
        account = account_of(request.headers.get("authorization", ""), "jsm", store)
        # Tokens with scopes and OAuth tokens are good at the gateway, all others at the site.
        if account is not None and (account.kind in BOUND) is not gateway.is_gateway(request):
            account = None
        if account is None and not open_to_all:
            return Response(
                "Client must be authenticated to access this resource.",
                status_code=401,
                media_type="text/plain",
            )
        if account is not None and account.scope:
            needed = gateway.needed_scope(method, request.scope["path"])
            if needed not in account.scope.split():
                return JSONResponse({"code": 401, "message": "Unauthorized; scope does not match"}, 401)
        call = Call(
            request,
            store,
            content,
            user=user_of(store, account.user) if account else "",
            role=account.role if account else "anonymous",
            version=3 if version == "3" else 2,
            path=request.path_params,
        )
        with store.reader() as db:
            seen = sight.sight_of(db, account, call.user)
        try:
            with sight.seen_by(seen):
                return handler(call)
        except ApiError as error:
            refused = error
        except UNREADABLE:
            if not content:
                raise
            refused = unreadable()
        if "/bulk/issues/" in path and not isinstance(refused, BulkError):
            refused = BulkError(refused.status, *refused.body["errorMessages"], *refused.body["errors"].values())
        return call.answer(refused.body, refused.status)

    return threaded(path, run, method)


def threaded(path: str, run: Callable[[Request, bytes], Response], method: str) -> Route:
    """A route answered by ``run`` (request and its body) in a worker thread."""

    async def endpoint(request: Request) -> Response:
        content = await request.body()
        return await run_in_threadpool(run, request, content)

    return Route(path, endpoint, methods=[method])
