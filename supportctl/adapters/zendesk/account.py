"""What is learned about the account itself: who we are, custom statuses, fields, groups, names behind ids.

Each is looked up at most once per run and only when something needs it.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from threading import RLock
from typing import Any

from supportctl.adapters.base import Notice
from supportctl.adapters.zendesk.context import Context, learn
from supportctl.adapters.zendesk.mapping import MAPPABLE, PRIORITIES
from supportctl.adapters.zendesk.types import Json, paging, reading
from supportctl.config import Profile
from supportctl.errors import AuthError, ConfigError, NotFoundError, PermissionDeniedError, ProtocolError
from supportctl.model import NamedRef, Person, Priority, Status
from supportctl.text.fold import fold_word
from supportctl.wire import Transport

API = "/api/v2"
SHOW_MANY = 100
_MENTIONS = (
    ("requester_id", "users"),
    ("assignee_id", "users"),
    ("organization_id", "organizations"),
    ("group_id", "groups"),
)


class Account:
    """One account as this profile sees it. Thread-safe; holds the decoding `Context` that grows on the way."""

    def __init__(self, profile: Profile, transport: Transport, now: Callable[[], datetime]) -> None:
        self.profile = profile
        self.transport = transport
        self.now = now
        self.context = Context(
            profile=profile.name,
            site=profile.url.rstrip("/"),
            now=now,
            statuses=_statuses(profile),
            priorities=_priorities(profile),
        )
        self.categories: dict[str, str] = {}
        """Custom status id -> category."""
        self.notices: list[Notice] = []
        """Raised by look-ups; taken by the next page."""
        self.jira_hidden = False
        """Whether links to Jira turned out not to be readable."""
        self._fields: list[Json] | None = None
        self._statuses: list[Json] | None = None
        self._groups: dict[str, str] | None = None
        self._asked: dict[str, set[int]] = {"users": set(), "organizations": set(), "groups": set()}
        self._told = False
        self._lock = RLock()
        self._map_fields()

    def get(self, path: str, what: str, **params: Any) -> Json:
        """The envelope of one answer."""
        return reading(what, self.transport.request("GET", f"{API}{path}", params=params or None).content)

    def each(self, path: str, key: str, what: str, **params: Any) -> Iterator[Json]:
        """All objects of a cursor-paged list. Lists that know no cursors answer at once; that is fine too."""
        after: str | None = None
        seen: set[str] = set()
        while True:
            asked = {"page[size]": 100, **params}
            if after is not None:
                asked["page[after]"] = after
            envelope = self.page(path, what, seen, **asked)
            learn(envelope, self.context)
            yield from envelope.get(key) or ()
            following = paging(envelope)
            if not following.more:
                return
            after = following.cursor

    def page(self, path: str, what: str, seen: set[str], **asked: Any) -> Json:
        """One page of a cursor-paged list; ``seen`` holds the positions that pages before it led to.

        Raises `ProtocolError` when it leads twice to none, or to one of those: what was read so far is not whole.
        """
        for _ in range(2):
            envelope = self.get(path, what, **asked)
            following = paging(envelope)
            if not following.more:
                return envelope
            if following.cursor is not None and following.cursor not in seen:
                seen.add(following.cursor)
                return envelope
        raise ProtocolError(
            f"Zendesk says there is more and gives no new position while listing {what}; the list is not whole",
            hint="run the command again, or narrow the query",
        )

    def me(self) -> Json:
        """The signed-in user. Raises `AuthError` for the anonymous user Zendesk answers bad credentials with."""
        user = self._shown_user()
        if not user.get("id"):
            # A token that has ended looks the same here; where it is refused (401), it is renewed.
            self.get("/tickets.json?page[size]=1", "whether the credentials are accepted")
            user = self._shown_user()
        if not user.get("id"):
            raise AuthError(
                "Zendesk answered as to an anonymous user: the credentials were not accepted; nothing was read",
                hint="check user, token and url of the profile: supportctl profile show",
            )
        return dict(user)

    def _shown_user(self) -> Json:
        return self.get("/users/me.json", "the signed-in user").get("user") or {}

    def tell_restriction(self) -> None:
        """Once: a notice when the account does not see every ticket, which no list says by itself."""
        with self._lock:
            if self._told:
                return
            self._told = True
            try:
                sight = restriction(self.me())
            except (PermissionDeniedError, NotFoundError):
                message = "it could not be told whether the account sees every ticket: it may not read its own user"
                self.notices.append(Notice(code="tickets-out-of-sight", message=message))
                return
            if sight is not None:
                message = f"the account sees only {sight}; the others are missing here"
                self.notices.append(Notice(code="tickets-out-of-sight", message=message))

    def fields(self) -> list[Json]:
        """All ticket fields; their titles become the names of custom fields."""
        with self._lock:
            if self._fields is None:
                self._fields = list(self.each("/ticket_fields.json", "ticket_fields", "ticket fields"))
                for field in self._fields:
                    self.context.field_names[field["id"]] = field.get("title") or ""
            return self._fields

    def statuses(self) -> list[Json]:
        """Custom statuses; empty where the account has none or does not show them."""
        with self._lock:
            if self._statuses is None:
                try:
                    self._statuses = list(
                        self.get("/custom_statuses.json", "custom statuses").get("custom_statuses") or ()
                    )
                except (NotFoundError, PermissionDeniedError):
                    self._statuses = []
                for status in self._statuses:
                    self.context.status_labels[status["id"]] = status.get("agent_label") or ""
                    self.categories[str(status["id"])] = status.get("status_category") or ""
            return self._statuses

    def groups(self) -> dict[str, str]:
        """Folded group name, and id, -> the ids of groups so called, joined by commas. Deleted groups count."""
        with self._lock:
            if self._groups is None:
                found: dict[str, str] = {}
                for group in self.each("/groups.json", "groups", "groups"):
                    number, name = str(group["id"]), group.get("name") or ""
                    self.context.groups[group["id"]] = NamedRef(id=number, name=name)
                    found[number] = number
                    word = fold_word(name)
                    found[word] = f"{found[word]},{number}" if word in found else number
                self._groups = found
            return self._groups

    def learn_names(self, docs: Iterable[Json]) -> None:
        """Look up, in bulk, people and places that ticket documents mention and no sideload has named."""
        wanted: dict[str, set[int]] = {"users": set(), "organizations": set(), "groups": set()}
        for doc in docs:
            for key, table in _MENTIONS:
                if (number := doc.get(key)) is not None:
                    wanted[table].add(number)
        context = self.context
        for table, known in (("users", context.people), ("organizations", context.organizations)):
            unnamed = [number for number in wanted[table] - self._asked[table] if not _named(known.get(number))]
            self._asked[table].update(unnamed)
            unnamed.sort()
            for start in range(0, len(unnamed), SHOW_MANY):
                ids = ",".join(map(str, unnamed[start : start + SHOW_MANY]))
                try:
                    learn(self.get(f"/{table}/show_many.json", f"names of {table}", ids=ids), context)
                except (PermissionDeniedError, NotFoundError):
                    self.notices.append(Notice(code="names-hidden", message=f"names of {table} may not be read"))
        if any(not _named(context.groups.get(number)) for number in wanted["groups"] - self._asked["groups"]):
            self._asked["groups"] |= wanted["groups"]
            self.groups()

    def learn_status_labels(self, docs: Iterable[Json]) -> None:
        """Look up custom statuses once when a ticket has one nobody has named yet."""
        if self._statuses is None:
            used = {doc.get("custom_status_id") for doc in docs}
            if used - {None, *self.context.status_labels}:
                self.statuses()

    def take_notices(self) -> list[Notice]:
        with self._lock:
            taken, self.notices = self.notices, []
        return taken

    def _map_fields(self) -> None:
        """Resolve the profile's portable -> native fields; titles need the list of fields."""
        for portable, native in self.profile.fields.items():
            if portable not in MAPPABLE:
                continue
            if re.fullmatch(r"[0-9]+", native.strip()):
                self.context.mapped[int(native)] = portable
        self._titles = {
            portable: native
            for portable, native in self.profile.fields.items()
            if portable in MAPPABLE and portable not in self.context.mapped.values()
        }

    def resolve_titles(self) -> None:
        """Find the fields the profile names by title. Raises `ConfigError` for a title nobody has."""
        with self._lock:
            for portable, title in list(self._titles.items()):
                number = next(
                    (f["id"] for f in self.fields() if fold_word(f.get("title") or "") == fold_word(title.strip())),
                    None,
                )
                if number is None:
                    raise ConfigError(
                        f"profile {self.profile.name!r} maps {portable} to the ticket field {title!r}, "
                        "which this account does not have",
                        hint=f"correct fields.{portable} in the profile: a field's id or its exact title",
                    )
                self.context.mapped[number] = portable
                del self._titles[portable]


_SIGHT = {
    "groups": "those of the agent's groups",
    "assigned": "those assigned to the agent",
    "organization": "those of the agent's organization",
    "requested": "those the agent requested",
}


def restriction(user: Json) -> str | None:
    """Which tickets an agent sees, in words; None: all of them. A restriction of another name is one too."""
    found = user.get("ticket_restriction")
    if found is None:
        return None
    return _SIGHT.get(str(found), "some of them")


def _named(known: Person | NamedRef | None) -> bool:
    return known is not None and known.name is not None


def _statuses(profile: Profile) -> dict[str, Status]:
    try:
        return {native: Status(portable) for native, portable in profile.statuses.items()}
    except ValueError:
        raise ConfigError(
            f"profile {profile.name!r} maps a status to a word that is none of {', '.join(Status)}",
            hint=f"run: supportctl profile show {profile.name}",
        ) from None


def _priorities(profile: Profile) -> dict[str, Priority]:
    try:
        return PRIORITIES | {native: Priority(portable) for native, portable in profile.priorities.items()}
    except ValueError:
        raise ConfigError(
            f"profile {profile.name!r} maps a priority to a word that is none of {', '.join(Priority)}",
            hint=f"run: supportctl profile show {profile.name}",
        ) from None
