"""Records other than tickets by what people type: users, groups, and whatever a reference field points to."""

from collections.abc import Sequence

import msgspec

from supportctl.adapters.servicenow.client import Client, cell_text
from supportctl.adapters.servicenow.dictionary import REFUSED
from supportctl.adapters.servicenow.encoded import compare, one, speakable
from supportctl.adapters.servicenow.keys import SYS_ID
from supportctl.adapters.servicenow.session import Session
from supportctl.adapters.servicenow.types import Row
from supportctl.errors import PermissionDeniedError, UsageError

SOUGHT = {
    "sys_user": ("user_name", "email", "name"),
    "sys_user_group": ("name",),
    "kb_knowledge": ("number",),
}
"""By table: the fields a record may be named by, the surest first. Others have a name; tasks a number."""


class Found(msgspec.Struct, frozen=True):
    id: str
    name: str | None

    def plain(self) -> dict[str, str | None]:
        """As a plan holds it."""
        return {"id": self.id, "name": self.name}


class Finder:
    """Each thing is asked for once."""

    def __init__(self, client: Client, session: Session) -> None:
        self._client = client
        self._session = session
        self._known: dict[tuple[str, str], Found] = {}
        self._groups: dict[str, set[str] | None] = {}

    def user(self, text: str) -> Found:
        """``me``, a sys_id, user name, e-mail address or exact name. Raises `UsageError`."""
        if text.strip().lower() == "me":
            me = self._session.me()
            if me is None:
                raise UsageError(
                    "the instance does not say who is signed in; nothing was changed",
                    hint="name the user by user name or e-mail address",
                )
            return Found(me.id, me.name or None)
        return self.record("sys_user", text, "user")

    def group(self, text: str) -> Found:
        return self.record("sys_user_group", text, "group")

    def record(self, table: str, text: str, what: str) -> Found:
        """The one record so called. Raises `UsageError` when there is none, several, or only an inactive one."""
        key = (table, text)
        if key not in self._known:
            self._known[key] = self._find(table, text.strip(), what)
        return self._known[key]

    def _find(self, table: str, text: str, what: str) -> Found:
        fields = SOUGHT.get(table, ("name", "number"))
        if SYS_ID.fullmatch(text.lower()):
            conditions = [compare("sys_id", "=", text.lower())]
        elif speakable(text):
            conditions = [compare(field, "=", text) for field in fields]
        else:
            raise UsageError(
                f"this {what} cannot be asked for by this text; nothing was changed", hint=f"give the {what}'s sys_id"
            )
        try:
            rows = self._rows(table, conditions, fields)
        except REFUSED as error:
            raise PermissionDeniedError(
                f"the account may not read {table}, so that the {what} cannot be looked up; nothing was changed"
            ) from error
        best = _best(rows, text, fields)
        if not best:
            raise UsageError(
                f"no {what} {text!r} on this instance, or hidden from this account; nothing was changed",
                hint=f"give {_ways(table)}",
            )
        active = [row for row in best if cell_text(row, "active") != "false"]
        if not active:
            raise UsageError(f"the {what} {text!r} is not active; nothing was changed")
        if len(active) > 1:
            raise UsageError(
                f"{len(active)} records are called {text!r}; nothing was changed", hint=f"give the {what}'s sys_id"
            )
        row = active[0]
        return Found(cell_text(row, "sys_id"), cell_text(row, "name") or cell_text(row, "number") or None)

    def _rows(self, table: str, conditions: Sequence[str], fields: Sequence[str]) -> list[Row]:
        wanted = ("sys_id", "active", "name", *fields)
        if table in SOUGHT or len(conditions) == 1:
            return self._client.page(table, one(*conditions).text, dict.fromkeys(wanted), limit=50).rows
        # Of other tables we do not know which of the fields they have: a condition on one that is not there is ignored.
        found = []
        for condition in conditions:
            found += self._client.page(table, condition, dict.fromkeys(wanted), limit=50).rows
        return found

    def groups_of(self, user: str) -> set[str] | None:
        """sys_ids of the groups a user is in; None when memberships cannot be read."""
        if user not in self._groups:
            try:
                rows = self._client.page("sys_user_grmember", f"user={user}", ("user", "group"), limit=1000).rows
                self._groups[user] = {cell_text(row, "group") for row in rows if cell_text(row, "user") == user}
            except REFUSED:
                self._groups[user] = None
        return self._groups[user]


def _best(rows: Sequence[Row], text: str, fields: Sequence[str]) -> list[Row]:
    """Rows that bear the text exactly (the server may have ignored the condition), by the surest field that any has."""
    folded = text.casefold()
    for field in ("sys_id", *fields):
        found = {cell_text(row, "sys_id"): row for row in rows if cell_text(row, field).casefold() == folded}
        if found:
            return list(found.values())
    return []


def _ways(table: str) -> str:
    if table == "sys_user":
        return "a user name, an e-mail address, the exact name or the sys_id"
    return "the exact name or the sys_id"
