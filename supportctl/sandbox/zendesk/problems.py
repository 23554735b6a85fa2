"""Problems and their incidents: solving the one solves the others, and a problem says whether it has some.

(developer.zendesk.com, "Tickets": ``problem_id``, ``has_incidents``; that incidents are solved with their problem, and
get its public comment, is in the vendor's support pages on problem tickets)
"""

import sqlite3
from dataclasses import replace
from typing import Any

from supportctl.sandbox.zendesk import names
from supportctl.sandbox.zendesk.changes import Actor, Changed, change
from supportctl.sandbox.zendesk.http import Failure


def update(
    connection: sqlite3.Connection, by: Actor, ticket_id: int, values: dict[str, Any], *, bulk: bool = False
) -> Changed:
    """One update, and what it does to other tickets."""
    old = connection.execute("SELECT problem FROM zd_tickets WHERE id = ?", (ticket_id,)).fetchone()
    done = change(connection, by, ticket_id, values, bulk=bulk)
    doc = done.doc
    for problem in {old["problem"] if old else None, doc["problem_id"]} - {None}:
        _tell(connection, problem)
    moves = {event.get("field_name"): event.get("value") for event in done.audit["events"] if event["type"] == "Change"}
    if doc["type"] == "problem" and moves.get("status") == "solved":
        comment = values.get("comment")
        public = isinstance(comment, dict) and comment.get("public") is not False
        _solve_incidents(connection, by, ticket_id, comment if public else None)
    return done


def _tell(connection: sqlite3.Connection, problem: int) -> None:
    """Keep ``has_incidents`` true to the tickets that name this problem. No update of the problem itself."""
    row = connection.execute("SELECT doc FROM zd_tickets WHERE id = ?", (problem,)).fetchone()
    some = connection.execute("SELECT 1 FROM zd_tickets WHERE problem = ? LIMIT 1", (problem,)).fetchone() is not None
    if row is not None:
        doc = names.load(row["doc"])
        if doc["has_incidents"] is not some:
            doc["has_incidents"] = some
            connection.execute("UPDATE zd_tickets SET doc = ? WHERE id = ?", (names.dump(doc), problem))


def _solve_incidents(connection: sqlite3.Connection, by: Actor, problem: int, comment: Any) -> None:
    """Seen or not; one that cannot be solved is passed over."""
    everywhere = replace(by, sight="")
    rows = connection.execute("SELECT id FROM zd_tickets WHERE problem = ? AND status_rank < 4", (problem,)).fetchall()
    for row in rows:
        connection.execute("SAVEPOINT incident")
        try:
            change(connection, everywhere, row["id"], {"status": "solved", "comment": comment})
        except Failure:
            connection.execute("ROLLBACK TO incident")
        finally:
            connection.execute("RELEASE incident")
