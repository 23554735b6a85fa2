"""The search index, which hears of a change ``search_lag`` seconds after it was made (see `Conditions`).

While the index lags, a ticket's values before each change are kept for as long as the index still has them. Searches
and views then read tables of the same names that hold, for every ticket that changed since, what it was like; tickets
made since are in none of them. Without lag nothing is kept and nothing else is read.

(developer.zendesk.com, "Search", warns that indexing takes minutes. That results then hold the old values, and that
changes come through one by one in the order they were made, is this sandbox's reading of it.)
"""

import sqlite3
from datetime import datetime

from supportctl.sandbox.store import Store

_COLUMNS = (
    "status, status_rank, priority_rank, type, created, updated, generated, solved, due, requester, submitter, "
    "assignee, group_id, organization, problem, form, brand, custom_status, external_id, channel, subject, deleted, doc"
)
SCHEMA = f"""
CREATE TABLE IF NOT EXISTS zd_versions (
  version INTEGER PRIMARY KEY, ticket INTEGER NOT NULL, until REAL NOT NULL, tags TEXT, custom TEXT, {_COLUMNS}
);
CREATE INDEX IF NOT EXISTS zd_versions_until ON zd_versions (until, ticket);
"""
"""``until``: when the ticket ceased to be so. No ``doc``: it was not there. The words of a version lie in ``zd_text``
under its number with a minus."""


def remember(connection: sqlite3.Connection, ticket_id: int, now: datetime, lag: float) -> None:
    """Keep what the index goes on to know of a ticket that is about to change, or to be made."""
    if not lag:
        return
    moment = now.timestamp()
    _forget(connection, moment - lag)
    kept = connection.execute(
        "INSERT INTO zd_versions SELECT NULL, id, ?, "  # noqa: S608 (our own columns)
        "(SELECT json_group_array(tag) FROM zd_ticket_tags WHERE ticket = zd_tickets.id), "
        "(SELECT json_group_array(json_array(field, value)) FROM zd_ticket_values WHERE ticket = zd_tickets.id), "
        f"{_COLUMNS} FROM zd_tickets WHERE id = ?",
        (moment, ticket_id),
    )
    if not kept.rowcount:
        connection.execute("INSERT INTO zd_versions (ticket, until) VALUES (?, ?)", (ticket_id, moment))
        return
    connection.execute(
        "INSERT INTO zd_text (rowid, subject, description, comments) "
        "SELECT -?, subject, description, comments FROM zd_text WHERE rowid = ?",
        (kept.lastrowid, ticket_id),
    )


def _forget(connection: sqlite3.Connection, horizon: float) -> None:
    """Versions that the index has caught up with."""
    old = connection.execute("DELETE FROM zd_versions WHERE until <= ? RETURNING version", (horizon,)).fetchall()
    connection.executemany("DELETE FROM zd_text WHERE rowid = -?", old)


def behind(store: Store) -> str:
    """What goes before a SELECT on tickets, so that it reads what the index knows; empty when it knows everything.

    ``zd_tickets.rowid`` is the key into ``zd_text`` with and without it.
    """
    lag = store.conditions.search_lag
    if not lag:
        return ""
    horizon = store.now().timestamp() - lag
    known = "(SELECT version FROM zd_behind)"
    changed = "(SELECT ticket FROM zd_behind)"
    return (
        "WITH zd_behind (ticket, version) AS MATERIALIZED (SELECT ticket, min(version) "  # noqa: S608
        f"FROM zd_versions WHERE until > {horizon!r} GROUP BY ticket), "
        f"zd_tickets AS (SELECT id AS rowid, id, {_COLUMNS} FROM main.zd_tickets WHERE id NOT IN {changed} "
        f"UNION ALL SELECT -version, ticket, {_COLUMNS} FROM main.zd_versions "
        f"WHERE doc IS NOT NULL AND version IN {known}), "
        f"zd_ticket_tags AS (SELECT tag, ticket FROM main.zd_ticket_tags WHERE ticket NOT IN {changed} "
        f"UNION ALL SELECT one.value, ticket FROM main.zd_versions, json_each(tags) AS one WHERE version IN {known}), "
        f"zd_ticket_values AS (SELECT field, value, ticket FROM main.zd_ticket_values WHERE ticket NOT IN {changed} "
        "UNION ALL SELECT json_extract(one.value, '$[0]'), json_extract(one.value, '$[1]'), ticket "
        f"FROM main.zd_versions, json_each(custom) AS one WHERE version IN {known}) "
    )
