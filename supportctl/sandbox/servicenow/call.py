"""One request to the ServiceNow dialect, from the network or out of a batch; answers, errors and who asks."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from supportctl.sandbox import tokens
from supportctl.sandbox.profiles import Account, accounts
from supportctl.sandbox.servicenow.records import sys_id_of
from supportctl.sandbox.servicenow.scripts import to_value
from supportctl.sandbox.signin import basic_credentials, bearer_token
from supportctl.sandbox.store import Store

if TYPE_CHECKING:
    from starlette.responses import Response

ACCOUNTS = accounts("servicenow")


class ApiError(Exception):
    """An error answer of the platform's APIs."""

    def __init__(self, status: int, message: str, detail: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": {"message": message, "detail": detail}, "status": "failure"}


NO_RECORD = ("No Record found", "Record doesn't exist or ACL restricts the record retrieval")


@dataclass
class Answer:
    """``body`` is encoded as JSON unless it is bytes."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    media: str = "application/json;charset=UTF-8"
    rows: int = 1
    """Records that were read for it."""
    raw: "Response | None" = None
    """Sent as it is, instead of all this."""
    inner: tuple[tuple[str, str], ...] | None = None
    """Method and path of the requests inside a batch that were carried out; None: it is none."""

    def content(self) -> bytes:
        if self.body is None:
            return b""
        if isinstance(self.body, bytes):
            return self.body
        return json.dumps(self.body, ensure_ascii=False).encode("utf-8", "replace")


@dataclass
class Call:
    """``path`` holds the variable parts; ``headers`` has lower-case names."""

    store: Store
    method: str
    url: str
    query: list[tuple[str, str]]
    headers: Mapping[str, str]
    content: bytes
    base: str
    account: Account
    version: str = ""
    path: dict[str, str] = field(default_factory=dict)

    @cached_property
    def params(self) -> dict[str, str]:
        return dict(self.query)

    @cached_property
    def now(self) -> datetime:
        return self.store.now()

    @property
    def stamp(self) -> str:
        return to_value(self.now)

    @cached_property
    def user(self) -> dict[str, Any]:
        """The document of the signed-in user; made up when the instance has none of that name."""
        row = self.store.row("SELECT doc FROM sn_record WHERE sys_id = ?", (sys_id_of("sys_user", self.account.user),))
        if row is not None:
            found: dict[str, Any] = json.loads(row[0])
            return found
        return {"sys_id": sys_id_of("sys_user", self.account.user), "user_name": self.account.user}

    @cached_property
    def zone(self) -> tzinfo:
        name = self.user.get("time_zone") or "UTC"
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            return UTC

    def flag(self, name: str) -> bool:
        """A boolean parameter; clients send ``true`` as well as ``True``."""
        return self.params.get(name, "").strip().lower() == "true"

    def number(self, name: str, default: int) -> int:
        raw = self.params.get(name, "")
        try:
            value = int(raw) if raw else default
        except ValueError:
            return default
        if value < 0:
            raise ApiError(400, f"Invalid value for parameter {name}", "The value must not be negative")
        return value

    def names(self, name: str) -> list[str]:
        return [part.strip() for part in self.params.get(name, "").split(",") if part.strip()]

    def json(self) -> dict[str, Any]:
        kind = self.headers.get("content-type", "")
        if "json" not in kind:
            raise ApiError(415, "Unsupported media type", f"'{kind.partition(';')[0] or 'none'}' is not supported")
        try:
            found = json.loads(self.content)
        except (ValueError, UnicodeDecodeError):
            found = None
        if isinstance(found, list):
            found = found[0] if found else {}
        if not isinstance(found, dict):
            raise ApiError(400, "Exception while reading request", "The payload is not valid JSON")
        return found


Handler = Callable[[Call], Answer]


def query_pairs(query: str) -> list[tuple[str, str]]:
    return parse_qsl(query, keep_blank_values=True)


def sign_in(store: Store, headers: Mapping[str, str]) -> Account | None:
    """The account of a Basic, Bearer or API key sign-in."""
    header = headers.get("authorization", "")
    pair = basic_credentials(header)
    if pair is not None:
        for account in ACCOUNTS:
            if account.kind == "basic" and (account.user, account.secret) == pair:
                return account
        return None
    token = bearer_token(header)
    if token is None:
        key = headers.get("x-sn-apikey")
        return next((account for account in ACCOUNTS if account.kind == "api_key" and account.secret == key), None)
    for account in ACCOUNTS:
        if account.kind == "oauth" and account.secret == token:
            return account
    granted = tokens.find(store, "servicenow", "access", token)
    return by_user(granted.user) if granted else None


def by_user(user: str) -> Account | None:
    return next((account for account in ACCOUNTS if account.user == user), None)
