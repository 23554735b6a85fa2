"""What writing has to know of the account beyond reading: forms, agents, who is in which group.

Each is looked up at most once per run, and only when something needs it.
"""

from collections.abc import Callable
from threading import RLock
from typing import Any, TypeVar

from supportctl.adapters.zendesk.account import Account
from supportctl.adapters.zendesk.types import Json
from supportctl.errors import InvalidRequestError, NotFoundError, PermissionDeniedError, UsageError
from supportctl.model import NamedRef
from supportctl.text.fold import fold_word

T = TypeVar("T")

NOBODY = "none"
"""What takes an assignee or a group away."""


class Setup:
    """One account's configuration as far as writes depend on it. Thread-safe."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self._known: dict[object, Any] = {}
        self._lock = RLock()

    def _once(self, key: object, read: Callable[[], T]) -> T:
        with self._lock:
            if key not in self._known:
                self._known[key] = read()
            found: T = self._known[key]
            return found

    def fields(self) -> list[Json]:
        """Active ticket fields, system fields included."""
        return [field for field in self.account.fields() if field.get("active", True)]

    def field(self, number: int) -> Json | None:
        return next((field for field in self.fields() if field["id"] == number), None)

    def system_field(self, *types: str) -> Json | None:
        return next((field for field in self.fields() if field.get("type") in types), None)

    def form(self, number: int | None) -> Json | None:
        """The ticket form, or the default one; None where the account has no forms (or does not show them)."""

        def read() -> list[Json]:
            try:
                return list(self.account.each("/ticket_forms.json", "ticket_forms", "ticket forms"))
            except (NotFoundError, PermissionDeniedError):
                return []

        forms = self._once("forms", read)
        named = next((form for form in forms if form.get("id") == number), None)
        return named or next((form for form in forms if form.get("default")), None)

    def agent(self, named: str) -> Json:
        """The agent meant by ``me``, an address, an id or an exact name. Raises `UsageError` unless it is one."""
        typed = named.strip()
        return self._once(("agent", fold_word(typed)), lambda: self._agent(typed))

    def _agent(self, typed: str) -> Json:
        if typed.lower() == "me":
            found = [self.account.me()]
        elif typed.isascii() and typed.isdigit():
            try:
                found = [self.account.get(f"/users/{typed}.json", "a user").get("user") or {}]
            except NotFoundError:
                found = []
        else:
            try:
                answer = self.account.get("/users/search.json", "users of that name", query=typed, per_page=100)
            except InvalidRequestError:
                answer = {}
            word = fold_word(typed)
            found = [
                user
                for user in answer.get("users") or ()
                if word in (fold_word(user.get("email") or ""), fold_word(user.get("name") or ""))
            ]
        agents = [user for user in found if user.get("role") in ("agent", "admin") and not user.get("suspended")]
        if len(agents) == 1:
            return agents[0]
        if agents:
            ids = ", ".join(str(user["id"]) for user in agents)
            raise UsageError(f"{len(agents)} agents have the name given; their ids are {ids}", hint="give one id")
        if found:
            raise UsageError(
                "the user given is no active agent, and only agents can be assigned", hint="give an agent's address"
            )
        raise UsageError(
            "there is no user with the address, id or name given, or the account may not see them; nothing was changed",
            hint="give the agent's e-mail address, id or exact name",
        )

    def group(self, named: str) -> NamedRef:
        """The group of this exact name or id. Raises `UsageError`, naming the groups there are."""
        known = self.account.groups()
        ids = known.get(fold_word(named.strip()))
        if ids is None:
            names = sorted({group.name for group in self.account.context.groups.values() if group and group.name})
            shown = ", ".join(names[:20]) + (" …" if len(names) > 20 else "")
            raise UsageError(f"there is no group {named!r}; nothing was changed", hint=f"groups: {shown}")
        if "," in ids:
            raise UsageError(f"several groups are called {named!r}; their ids are {ids}", hint="give one of the ids")
        return self.account.context.groups[int(ids)] or NamedRef(id=ids)

    def groups_of(self, user: str) -> frozenset[str]:
        """Ids of the groups an agent is in."""
        path = f"/users/{user}/group_memberships.json"
        return self._once(
            ("groups of", user),
            lambda: frozenset(
                str(each["group_id"]) for each in self.account.each(path, "group_memberships", "an agent's groups")
            ),
        )

    def members_of(self, group: str) -> frozenset[str]:
        """Ids of the agents in a group."""
        path = f"/groups/{group}/memberships.json"
        return self._once(
            ("members of", group),
            lambda: frozenset(
                str(each["user_id"]) for each in self.account.each(path, "group_memberships", "a group's agents")
            ),
        )
