"""Native statuses, priorities and issue types to portable ones: profile overrides first, then the platform's data."""

from collections.abc import Iterable
from typing import Any

from supportctl.adapters.jsm.platform import CATEGORY_IDS, CATEGORY_STATUS, KINDS, PRIORITY_BY_ID
from supportctl.config import Profile
from supportctl.errors import ConfigError
from supportctl.model import Kind, Priority, Status


def category_of(status: dict[str, Any]) -> str | None:
    """The category's key; by its id where the key is one of a site's own invention."""
    category = status.get("statusCategory")
    if not isinstance(category, dict):
        return category.lower() if isinstance(category, str) else None
    key, id_ = category.get("key"), category.get("id")
    if isinstance(key, str) and key in CATEGORY_IDS.values():
        return key
    return CATEGORY_IDS.get(id_) if isinstance(id_, int) else None


class StatusTable:
    """Statuses by object, and by id once seen (a changelog gives ids only)."""

    def __init__(self, profile: Profile) -> None:
        self.overrides = {name.casefold(): _status(profile, name, to) for name, to in profile.statuses.items()}
        self._by_id: dict[str, Status | None] = {}

    def learn(self, beans: Iterable[dict[str, Any]]) -> None:
        for bean in beans:
            self.of(bean)

    def of(self, status: dict[str, Any]) -> Status | None:
        """None when neither the profile nor the category says what the status means."""
        id_, name = status.get("id"), status.get("name")
        found = self.overrides.get(str(id_).casefold()) if id_ is not None else None
        if found is None and isinstance(name, str):
            found = self.overrides.get(name.casefold())
        if found is None:
            found = CATEGORY_STATUS.get(category_of(status) or "")
        if id_ is not None and found is not None:
            self._by_id[str(id_)] = found
        return found

    def by_id(self, id_: Any, name: Any = None) -> Status | None:
        """For changelog items: overrides by id or name, then what was learned."""
        for text in (id_, name):
            if isinstance(text, str) and (found := self.overrides.get(text.casefold())):
                return found
        return self._by_id.get(id_) if isinstance(id_, str) else None


class PriorityTable:
    """Priorities by id or name; None for one nobody has ranked."""

    def __init__(self, profile: Profile) -> None:
        self.overrides = {name.casefold(): _priority(profile, name, to) for name, to in profile.priorities.items()}

    def of(self, id_: Any, name: Any) -> Priority | None:
        for text in (id_, name):
            if isinstance(text, str | int) and (found := self.overrides.get(str(text).casefold())):
                return found
        return PRIORITY_BY_ID.get(str(id_))


class KindTable:
    """Issue types by id or name (``kind.incident = "10007"`` in the profile's ``fields``), then as Jira ships them.

    ``untranslatedName`` is preferred to the shown name; a sub-task is a task whatever it is called.
    """

    def __init__(self, profile: Profile) -> None:
        named = {kind: profile.fields.get(f"kind.{kind.value}") for kind in Kind}
        self._named = {native.casefold(): kind for kind, native in named.items() if native}

    def of(self, issuetype: dict[str, Any]) -> Kind:
        shown, original = issuetype.get("name"), issuetype.get("untranslatedName")
        for text in (issuetype.get("id"), shown, original):
            if text is not None and (kind := self._named.get(str(text).casefold())):
                return kind
        for text in (original, shown):
            if isinstance(text, str) and (kind := KINDS.get(text.casefold())):
                return kind
        return Kind.TASK if issuetype.get("subtask") is True else Kind.OTHER


def _status(profile: Profile, name: str, to: str) -> Status:
    try:
        return Status(to.casefold())
    except ValueError:
        raise _unknown(profile, "statuses", name, to, Status) from None


def _priority(profile: Profile, name: str, to: str) -> Priority:
    try:
        return Priority(to.casefold())
    except ValueError:
        raise _unknown(profile, "priorities", name, to, Priority) from None


def _unknown(profile: Profile, table: str, name: str, to: str, choices: Iterable[str]) -> ConfigError:
    return ConfigError(
        f"profile {profile.name!r}: {table}.{name} is {to!r}, which is none of {', '.join(choices)}",
        hint=f"run: supportctl profile show {profile.name}",
    )
