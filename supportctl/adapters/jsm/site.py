"""One Jira site: where its endpoints are, and what its own configuration says, each asked for once."""

import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar
from urllib.parse import quote as percent
from urllib.parse import urlsplit

import msgspec

from supportctl.adapters.base import Notice
from supportctl.adapters.jsm.fields import Catalogue
from supportctl.adapters.jsm.statuses import PriorityTable, category_of
from supportctl.adapters.jsm.values import person
from supportctl.config import Profile
from supportctl.errors import AuthError, InvalidRequestError, NotFoundError, PermissionDeniedError, ProtocolError
from supportctl.model import Person, Priority
from supportctl.wire import Intent, Response, Transport
from supportctl.wire.answers import is_html

T = TypeVar("T")

LABEL_PAGE = 1000
LABEL_PAGES = 20
"""A site with more labels than this is not asked for all of them."""

OPT_IN = {"X-ExperimentalApi": "opt-in"}
"""Some resources of the service desk API are refused without it (412), queues on Data Center among them."""
RECONCILE = 50
"""Issues that a search can be told to look at afresh; others may be seen as they were minutes ago."""

MAX_PAGES = 1000
REFUSALS = (NotFoundError, PermissionDeniedError, InvalidRequestError)


def anonymous(what: str) -> AuthError:
    return AuthError(
        f"{what}: Jira answers as to an anonymous visitor, so it does not accept the credentials; nothing was read",
        hint="run `supportctl check`; the token may be wrong, expired or revoked",
    )


class Site:
    """Look-ups are kept for the life of the adapter; what could not be had is named in ``notices``."""

    def __init__(self, profile: Profile, transport: Transport) -> None:
        self.profile = profile
        self.transport = transport
        self.cloud = profile.deployment == "cloud"
        self.api = "/rest/api/3" if self.cloud else "/rest/api/2"
        self.desk = "/rest/servicedeskapi"
        self.notices: list[Notice] = []
        self._known: dict[str, Any] = {}
        self._asking = threading.RLock()
        self._touched: dict[int, None] = {}
        self.marked: dict[str, str] = {}
        """Ids of the issues this run made or looked for, by the mark they carry."""

    def touched(self, id_: str) -> None:
        """An issue was changed, or may have been: searches have to be told to look at it afresh."""
        if id_.isascii() and id_.isdigit():
            self._touched.pop(int(id_), None)
            self._touched[int(id_)] = None

    def fresh(self) -> list[int]:
        """Ids of the issues changed last, as many as a search may be told (``reconcileIssues``)."""
        if len(self._touched) > RECONCILE:
            self.notices.append(
                Notice(
                    code="SEARCH_LAG",
                    message=f"{len(self._touched)} issues were changed just now, and Jira's search may show "
                    f"{len(self._touched) - RECONCILE} of them as they were before, for minutes",
                )
            )
        return list(self._touched)[-RECONCILE:]

    def get(self, path: str, **params: Any) -> Response:
        return self.transport.request(
            "GET", path, params=params, headers=OPT_IN if path.startswith(self.desk) else None
        )

    def post(self, path: str, body: Any) -> Response:
        """A question asked by POST; safe to repeat."""
        return self.transport.request("POST", path, json=body, intent=Intent.READ)

    def write(self, method: str, path: str, body: Any, *, params: Any = None, expect_json: bool = False) -> Response:
        """A change, sent once. Jira answers most with an empty body; a web page is of something in between."""
        response = self.transport.request(
            method, path, params=params, json=body, intent=Intent.ONCE, expect_json=expect_json
        )
        if is_html(response):
            raise response.unreadable("a web page instead of an empty answer")
        return response

    def issue(self, key: str, tail: str = "") -> str:
        return f"{self.api}/issue/{percent(key, safe='')}{tail}"

    def prove_signed_in(self) -> None:
        """Raises `AuthError` unless Jira knows who we are; asked once, when an answer is suspiciously empty."""

        def ask() -> bool:
            me = self.get(f"{self.api}/myself").json()
            if isinstance(me, dict) and (me.get("accountId") or me.get("name")):
                return True
            raise anonymous("GET myself")

        self.once("signed in", ask)

    def me(self) -> Person | None:
        """Whom Jira takes us for."""
        return self.once("myself", lambda: person(self.get(f"{self.api}/myself").json()))

    def once(self, name: str, read: Callable[[], T]) -> T:
        """What ``read`` gives, asked for by one thread and kept for all."""
        with self._asking:
            if name not in self._known:
                self._known[name] = read()
            found: T = self._known[name]
            return found

    def take_notices(self) -> list[Notice]:
        """What came up since the last call."""
        taken, self.notices = self.notices, []
        return taken

    def catalogue(self) -> Catalogue:
        """The field list; empty, with a notice, when the account may not see it."""
        return self.once("fields", self._catalogue)

    def _catalogue(self) -> Catalogue:
        try:
            answer = self.get(f"{self.api}/field")
        except (NotFoundError, PermissionDeniedError) as error:
            self._miss("fields", f"custom fields are shown by id only: {error.message}")
            return Catalogue()
        try:
            return Catalogue.decode(answer.content)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise answer.unreadable("a field list of an unexpected shape") from None

    def statuses(self) -> list[dict[str, Any]]:
        return self.once("statuses", lambda: self._list(f"{self.api}/status", "statuses"))

    def status_categories(self) -> Mapping[str, frozenset[str]]:
        """Categories by status id and by case-folded status name (several statuses may share a name)."""
        found: dict[str, set[str]] = {}
        for status in self.statuses():
            category = category_of(status)
            for name in (status.get("id"), status.get("name")):
                if name is not None and category is not None:
                    found.setdefault(str(name).casefold(), set()).add(category)
        return {name: frozenset(categories) for name, categories in found.items()}

    def priorities(self) -> list[dict[str, Any]]:
        """Most urgent first."""
        if not self.cloud:
            return self.once("priorities", lambda: self._list(f"{self.api}/priority", "priorities"))
        return self.once("priorities", lambda: list(self._paged(f"{self.api}/priority/search", "priorities")))

    def ranked_priorities(self) -> Mapping[str, Priority | None] | None:
        """Ours by priority id; None when JQL could take an id for a name."""
        table = PriorityTable(self.profile)
        listed = self.priorities()
        if not listed or any(str(item.get("name")).strip().isdigit() for item in listed):
            return None
        return {str(item["id"]): table.of(item.get("id"), item.get("name")) for item in listed if "id" in item}

    def resolutions(self) -> list[dict[str, Any]]:
        if not self.cloud:
            return self.once("resolutions", lambda: self._list(f"{self.api}/resolution", "resolutions"))
        return self.once("resolutions", lambda: list(self._paged(f"{self.api}/resolution/search", "resolutions")))

    def link_types(self) -> list[dict[str, Any]]:
        def read() -> list[dict[str, Any]]:
            try:
                found = self.get(f"{self.api}/issueLinkType").json()
            except REFUSALS as error:
                self._miss("link types", f"link types could not be read: {error.message}")
                return []
            listed = found.get("issueLinkTypes") if isinstance(found, dict) else None
            return [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []

        return self.once("link types", read)

    def labels(self) -> frozenset[str] | None:
        """Every label in use; None when there are too many, or no such list (Data Center)."""
        return self.once("labels", self._labels)

    def _labels(self) -> frozenset[str] | None:
        if not self.cloud:
            return None
        found: set[str] = set()
        try:
            for _ in range(LABEL_PAGES):
                page = self.get(f"{self.api}/label", startAt=len(found), maxResults=LABEL_PAGE).json()
                values = page.get("values") if isinstance(page, dict) else None
                if not isinstance(values, list):
                    return None
                before = len(found)
                found.update(value for value in values if isinstance(value, str))
                if page.get("isLast", True) is True or not values:
                    return frozenset(found)
                if len(found) == before:
                    return None
        except REFUSALS:
            return None
        return None

    def base_url(self) -> str:
        """Where people look at issues; tokens with scopes are used through Atlassian's gateway, which is not it."""
        return self.once("base url", self._base_url) if self.gateway else self.profile.url

    @property
    def gateway(self) -> bool:
        """Whether requests go to ``https://api.atlassian.com/ex/jira/{cloudId}``, as tokens bound to scopes need."""
        return urlsplit(self.profile.url).path.startswith("/ex/jira/")

    def _base_url(self) -> str:
        info = self.get("/rest/api/2/serverInfo").json()
        base = info.get("baseUrl") if isinstance(info, dict) else None
        scheme = urlsplit(self.profile.url).scheme
        return base if isinstance(base, str) and base.startswith(f"{scheme}://") else self.profile.url

    def _list(self, path: str, what: str) -> list[dict[str, Any]]:
        try:
            found = self.get(path).json()
        except REFUSALS as error:
            self._miss(what, f"the list of {what} could not be read: {error.message}")
            return []
        return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []

    def _paged(self, path: str, what: str) -> Iterator[dict[str, Any]]:
        """``startAt`` paging of the platform API."""
        try:
            yield from self.pages(path, "startAt", "maxResults", "isLast")
        except REFUSALS as error:
            self._miss(what, f"the list of {what} could not be read: {error.message}")

    def desk_values(self, path: str, **params: Any) -> Iterator[dict[str, Any]]:
        """``start``/``limit`` paging of the service desk API."""
        yield from self.pages(path, "start", "limit", "isLastPage", **params)

    def pages(self, path: str, start: str, size: str, last: str, **params: Any) -> Iterator[dict[str, Any]]:
        at = 0
        for _ in range(MAX_PAGES):
            page = self.get(path, **{start: at, size: 100, **params}).json()
            values = page.get("values") if isinstance(page, dict) else None
            if not isinstance(values, list):
                raise ProtocolError(f"GET {path} answered without values", hint="run again with --debug")
            yield from (item for item in values if isinstance(item, dict))
            at += len(values)
            if page.get(last, True) is True or not values:
                return

    def _miss(self, what: str, message: str) -> None:
        self.notices.append(Notice(code=f"NO_{what.upper().replace(' ', '_')}", message=message))
