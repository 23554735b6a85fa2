"""Who may see what: the projects a person browses, the levels of issue security, and the desks' internal side.

Issues that somebody may not see are as if they were not there: absent from searches, 404 when named.
(developer.atlassian.com, Jira Cloud platform v3: "Browse projects" and "issue-level security" among the permissions
of every operation on issues; a customer of a service desk has requests and no issues.)
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from supportctl.sandbox.jira import entities, vocabulary
from supportctl.sandbox.profiles import Account

Doc = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sight:
    """What one account sees. ``projects`` are keys, ``levels`` ids of security levels; None: all of them."""

    user: str = ""
    projects: frozenset[str] | None = None
    levels: frozenset[str] | None = None
    customer: bool = False

    @property
    def whole(self) -> bool:
        return self.projects is None and self.levels is None and not self.customer

    def condition(self) -> tuple[str, list[Any]]:
        """SQL on ``i`` (jira_issue)."""
        if self.customer:
            return "0", []
        parts, values = ["1"], list[Any]()
        if self.projects is not None:
            parts.append(f"i.project IN ({', '.join('?' * len(self.projects))})")
            values += sorted(self.projects)
        if self.levels is not None:
            level = "json_extract(i.doc, '$.fields.security.id')"
            parts.append(f"({level} IS NULL OR {level} IN ({', '.join('?' * len(self.levels))}))")
            values += sorted(self.levels)
        return " AND ".join(parts), values

    def browses(self, project: str) -> bool:
        return not self.customer and (self.projects is None or project in self.projects)

    def sees(self, key: str, fields: Doc) -> bool:
        """Whether an issue of that key is there for this person."""
        level = str((fields.get("security") or {}).get("id", ""))
        return self.browses(key.rpartition("-")[0]) and (not level or self.levels is None or level in self.levels)

    def takes_part(self, fields: Doc) -> bool:
        """Whether a request is a customer's own: raised by them, or shared with them."""
        people = [fields.get("reporter"), *(fields.get(vocabulary.PARTICIPANTS) or ())]
        return any(isinstance(each, dict) and each.get("accountId") == self.user for each in people)


EVERYTHING = Sight()
_CURRENT: ContextVar[Sight] = ContextVar("jira_sight", default=EVERYTHING)


def current() -> Sight:
    """Of whoever asked for what is being answered; everything outside of a request."""
    return _CURRENT.get()


@contextmanager
def seen_by(sight: Sight) -> Iterator[None]:
    token = _CURRENT.set(sight)
    try:
        yield
    finally:
        _CURRENT.reset(token)


def sight_of(db: sqlite3.Connection, account: Account | None, user: str) -> Sight:
    """By the role, and by what the site grants (entity ``access``). Administrators see everything here.

    Without a grant of their own, people browse every project and are in no security level.
    """
    if account is None or account.role == "admin":
        return Sight(user)
    if account.role == "customer":
        return Sight(user, customer=True)
    grant = entities.get(db, "access", user) or {}
    projects = grant.get("projects")
    return Sight(user, None if projects is None else frozenset(projects), frozenset(grant.get("levels") or ()))


def row_is_seen(row: sqlite3.Row) -> bool:
    """Of a row with ``key`` and ``doc``."""
    sight = current()
    return sight.whole or sight.sees(row["key"], json.loads(row["doc"])["fields"])


def issue_is_seen(db: sqlite3.Connection, issue: int) -> bool:
    if current().whole:
        return True
    row = db.execute("SELECT key, doc FROM jira_issue WHERE id = ?", (issue,)).fetchone()
    return row is not None and row_is_seen(row)


def hide_others(db: sqlite3.Connection, fields: Doc) -> None:
    """Take out of a document what it says of other issues that are here and hidden from who asks."""
    if current().whole:
        return

    def seen(other: Any) -> bool:
        key = str((other or {}).get("key", ""))
        row = db.execute("SELECT key, doc FROM jira_issue WHERE key = ?", (key,)).fetchone()
        return row is None or row_is_seen(row)

    for name in ("issuelinks", "subtasks"):
        if isinstance(fields.get(name), list):
            fields[name] = [
                each for each in fields[name] if seen(each.get("inwardIssue") or each.get("outwardIssue") or each)
            ]
    if fields.get("parent") and not seen(fields["parent"]):
        del fields["parent"]


def filter_is_shared(doc: Doc) -> bool:
    """Whether a saved filter is there for whoever asks: their own, shared with all, or with a project they browse.

    Filters that say nothing about shares are everybody's.
    """
    sight = current()
    if sight.whole or "sharePermissions" not in doc:
        return not sight.customer
    if (doc.get("owner") or {}).get("accountId") == sight.user:
        return True
    for share in doc["sharePermissions"]:
        project = (share.get("project") or {}).get("key")
        if share.get("type") in {"global", "authenticated"} or (project is not None and sight.browses(project)):
            return not sight.customer
    return False
