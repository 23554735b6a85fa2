"""Issues that end: deleted ones are gone for good, archived ones are read by their key only, until they come back.

(developer.atlassian.com, Jira Cloud platform v3, "Delete issue", "Archive issue(s) by issue ID/key", "Unarchive")
"""

import sqlite3
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from supportctl.sandbox.jira import behind
from supportctl.sandbox.jira.call import ApiError, Call, Handler, route
from supportctl.sandbox.jira.search import row_of
from supportctl.sandbox.store import Store

MOST = 1_000
_TABLES = ("jira_value", "jira_sla", "jira_comment", "jira_history", "jira_worklog", "jira_attachment", "jira_alias",
           "jira_archived", "jira_remote_link", "jira_mail")  # fmt: skip


def must_be_live(db: sqlite3.Connection, issue: int) -> None:
    """400 for an archived issue: it can be read and not changed."""
    if db.execute("SELECT 1 FROM jira_archived WHERE issue = ?", (issue,)).fetchone() is not None:
        raise ApiError(400, "The issue is archived and can not be changed.")


def delete(call: Call) -> Response:
    """204. An issue with subtasks only goes together with them, and when that is said."""
    from supportctl.sandbox.jira.reads import must

    with call.store.write() as db:
        row = must(db, call.path["key"])
        if call.role != "admin":
            raise ApiError(403, "You do not have permission to delete issues in this project.")
        below = db.execute(
            "SELECT issue FROM jira_value WHERE field = 'parent' AND value = ?", (row["key"].casefold(),)
        ).fetchall()
        if below and (call.text("deleteSubtasks") or "").lower() != "true":
            raise ApiError(400, f"The issue '{row['key']}' has subtasks. You must specify the 'deleteSubtasks' "
                           "parameter to delete this issue and all its subtasks.")  # fmt: skip
        for issue in (row["id"], *(each[0] for each in below)):
            behind.keep(call, db, issue)
            remove(db, issue)
    return Response(status_code=204)


def remove(db: sqlite3.Connection, issue: int) -> None:
    for table in _TABLES:
        db.execute(f"DELETE FROM {table} WHERE issue = ?", (issue,))  # noqa: S608
    db.execute("DELETE FROM jira_link WHERE source = ?1 OR target = ?1", (issue,))
    db.execute("DELETE FROM jira_issue WHERE id = ?", (issue,))


def shelve(away: bool) -> Handler:
    """Archive (``away``) or bring back up to a thousand issues by id or key; says how many, and what was wrong."""

    def handler(call: Call) -> Response:
        if call.role != "admin":
            raise ApiError(403, "Only admins can archive or unarchive issues. Access denied.")
        wanted = [str(each) for each in call.json().get("issueIdsOrKeys") or ()]
        errors: dict[str, Any] = {}
        with call.store.write() as db:
            found = {name: row_of(db, name) for name in wanted[:MOST]}
            gone = [name for name, row in found.items() if row is None]
            subtasks = [name for name, row in found.items() if row is not None and _is_subtask(db, row["id"])]
            for key, names, text in (
                ("issuesNotFound", gone, "Issue not found."),
                ("issueIsSubtask", subtasks, "Issue is subtask."),
            ):
                if names:
                    errors[key] = {"count": len(names), "issueIdsOrKeys": names, "message": text}
            issues = {row["id"] for name, row in found.items() if row is not None and name not in subtasks}
            if not issues:
                raise ApiError(400, "No valid issue to archive or unarchive. Bad request.")
            for issue in issues:
                behind.keep(call, db, issue)
                if away:
                    row = (issue, call.now_ms, call.user)
                    db.execute("INSERT OR IGNORE INTO jira_archived VALUES (?, ?, ?)", row)
                else:
                    db.execute("DELETE FROM jira_archived WHERE issue = ?", (issue,))
        if len(wanted) > MOST:
            raise ApiError(
                412,
                f"The number of issues to archive or unarchive exceeds the hard limit of {MOST}. Precondition failed.",
            )
        return call.answer({"errors": errors, "numberOfIssuesUpdated": len(issues)})

    return handler


def _is_subtask(db: sqlite3.Connection, issue: int) -> bool:
    row = db.execute(
        "SELECT json_extract(doc, '$.fields.issuetype.subtask') FROM jira_issue WHERE id = ?", (issue,)
    ).fetchone()
    return bool(row[0])


def routes(store: Store) -> list[BaseRoute]:
    api = "/rest/api/{v}"
    return [
        route(store, f"{api}/issue/archive", shelve(True), "PUT"),
        route(store, f"{api}/issue/unarchive", shelve(False), "PUT"),
        route(store, f"{api}/issue/{{key}}", delete, "DELETE"),
    ]
