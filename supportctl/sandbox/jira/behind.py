"""Searches that lag: for a while after a change, they know an issue as it was before.

What an issue was is kept before each change, while the condition ``search_lag`` asks for it. A search then puts the
former state back within a transaction that is never committed, so that every part of JQL sees it alike.
(developer.atlassian.com, "Search and reconcile": ``reconcileIssues`` names issues that must be seen as they are;
reading an issue by its id or key always does)
"""

import json
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from supportctl.sandbox.jira import documents
from supportctl.sandbox.jira.call import Call

_LATER = {"jira_comment": "last_comment", "jira_history": "last_history"}


def keep(call: Call, db: sqlite3.Connection, issue: int) -> None:
    """Remember an issue as it is, before it is changed."""
    lag = round(call.store.conditions.search_lag * 1000)
    if lag <= 0:
        return
    db.execute("DELETE FROM jira_past WHERE at <= ?", (call.now_ms - lag,))
    db.execute(
        "INSERT INTO jira_past (issue, at, doc, archived, last_comment, last_history, last_link) SELECT ?1, ?2, "
        "(SELECT doc FROM jira_issue WHERE id = ?1), (SELECT count(*) FROM jira_archived WHERE issue = ?1), "
        "(SELECT COALESCE(max(id), 0) FROM jira_comment), (SELECT COALESCE(max(id), 0) FROM jira_history), "
        "(SELECT COALESCE(max(id), 0) FROM jira_link)",
        (issue, call.now_ms),
    )


@contextmanager
def reading(call: Call, fresh: Collection[int] = ()) -> Iterator[sqlite3.Connection]:
    """The issues as a search knows them now; those with ids in ``fresh`` as they are."""
    with call.reading() as db:
        past = _past(call, db, fresh)
        if not past:
            yield db
            return
    with call.store.write() as db:
        db.execute("SAVEPOINT past")
        try:
            for row in _past(call, db, fresh):
                _put_back(db, row)
            yield db
        finally:
            db.execute("ROLLBACK TO past")
            db.execute("RELEASE past")


def _past(call: Call, db: sqlite3.Connection, fresh: Collection[int]) -> list[sqlite3.Row]:
    """Per issue, what it was before the first of its changes that searches do not know yet."""
    lag = round(call.store.conditions.search_lag * 1000)
    if lag <= 0:
        return []
    rows = db.execute(
        "SELECT * FROM jira_past WHERE number IN (SELECT min(number) FROM jira_past WHERE at > ? GROUP BY issue)",
        (call.now_ms - lag,),
    )
    return [row for row in rows if row["issue"] not in fresh]


def _put_back(db: sqlite3.Connection, row: sqlite3.Row) -> None:
    issue = row["issue"]
    db.execute("DELETE FROM jira_issue WHERE id = ?", (issue,))
    if row["doc"] is not None:
        documents.index(db, json.loads(row["doc"]))
    db.execute("DELETE FROM jira_archived WHERE issue = ?", (issue,))
    if row["archived"]:
        db.execute("INSERT INTO jira_archived VALUES (?, ?, '')", (issue, row["at"]))
    for table, last in _LATER.items():
        db.execute(f"DELETE FROM {table} WHERE issue = ? AND id > ?", (issue, row[last]))  # noqa: S608
    db.execute("DELETE FROM jira_link WHERE (source = ?1 OR target = ?1) AND id > ?2", (issue, row["last_link"]))
