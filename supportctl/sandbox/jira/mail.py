"""The mail that Jira would have sent: kept where a test or a curious person can look (table ``jira_mail``).

Every change mails whoever watches the issue, unless the request says not to. ``notifyUsers=false`` on an edit counts
for administrators only: others' request not to mail is ignored. A bulk operation mails unless ``sendBulkNotification``
is false; comments and transitions always do.
(developer.atlassian.com, Jira Cloud platform v3, "Edit issue", "Bulk edit issues")
"""

import sqlite3

from supportctl.sandbox.jira.call import Call


def send(call: Call, db: sqlite3.Connection, issue: int, about: str) -> None:
    """``about``: created, edit, transition, comment, internal comment, bulk."""
    db.execute("INSERT INTO jira_mail (issue, at, about) VALUES (?, ?, ?)", (issue, call.now_ms, about))


def asked_for(call: Call) -> bool:
    """Whether an edit is to be told to people."""
    return (call.text("notifyUsers") or "true").lower() != "false" or call.role != "admin"
