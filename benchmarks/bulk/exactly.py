"""After crashes: which tickets are as the mixed plan wants them, and how often the comment is there. SQL only."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

NOTE = "Closed in bulk after the outage of the export service."
CLOSING = {
    "zendesk": [],
    "jsm": ["--to", "Resolved", "--code", "Done"],
    "servicenow": ["--code", "Solution provided", "--notes", "The export runs again."],
}
RIGHT = {
    "zendesk": """
        SELECT count(*) FROM zd_tickets t
        WHERE json_extract(t.doc, '$.status') = 'solved'
          AND (SELECT count(*) FROM json_each(t.doc, '$.tags') WHERE value IN ('crash-one', 'crash-two')) = 2
          AND (SELECT count(*) FROM json_each(t.doc, '$.tags') WHERE value = 'export') = 1
          AND (SELECT count(*) FROM zd_comments c WHERE c.ticket = t.id AND c.doc LIKE :note) = 1
          AND (SELECT count(*) FROM zd_comments c WHERE c.ticket = t.id AND c.doc LIKE :note AND c.public = 1) = 0
    """,
    "jsm": """
        SELECT count(*) FROM jira_issue t
        WHERE json_extract(t.doc, '$.fields.status.statusCategory.key') = 'done'
          AND json_extract(t.doc, '$.fields.resolution.name') = 'Done'
          AND (SELECT count(*) FROM json_each(t.doc, '$.fields.labels')
               WHERE value IN ('crash-one', 'crash-two', 'export')) = 3
          AND (SELECT count(*) FROM jira_history h, json_each(h.doc, '$.items') i
               WHERE h.issue = t.id AND json_extract(i.value, '$.field') = 'status') = 1
          AND (SELECT count(*) FROM jira_comment c WHERE c.issue = t.id AND c.doc LIKE :note) = 1
    """,
    "servicenow": """
        WITH entry AS (SELECT json_extract(e.doc, '$.table_key') AS ticket, json_extract(l.doc, '$.name') AS name
                       FROM sn_record e JOIN sn_record l ON l.sys_id = json_extract(e.doc, '$.label')
                       WHERE e.cls = 'label_entry' AND l.cls = 'label'),
             of AS (SELECT ticket, sum(name = 'crash-one') AS one, sum(name = 'crash-two') AS two,
                           sum(name = 'export') AS old FROM entry GROUP BY ticket)
        SELECT count(*) FROM sn_record t JOIN of ON of.ticket = t.sys_id
        WHERE t.cls = 'incident' AND of.one = 1 AND of.two = 1 AND of.old = 1
          AND json_extract(t.doc, '$.state') = '6' AND json_extract(t.doc, '$.close_code') = 'Solution provided'
          AND (SELECT count(*) FROM sn_trail j WHERE j.cls = 'sys_journal_field' AND j.owner = t.sys_id
               AND json_extract(j.doc, '$.element') = 'work_notes' AND j.doc LIKE :note) = 1
    """,
}
COMMENTS = {
    "zendesk": "SELECT ticket, count(*) FROM zd_comments WHERE doc LIKE :note GROUP BY ticket",
    "jsm": "SELECT issue, count(*) FROM jira_comment WHERE doc LIKE :note GROUP BY issue",
    "servicenow": """
        SELECT owner, count(*) FROM sn_trail WHERE cls = 'sys_journal_field' AND doc LIKE :note GROUP BY owner
    """,
}


class Counted(NamedTuple):
    right: int
    comments_too_many: int


def counted(database: Path, platform: str) -> Counted:
    like = {"note": f"%{NOTE}%"}
    with closing(sqlite3.connect(database)) as connection:
        right = int(connection.execute(RIGHT[platform], like).fetchone()[0])
        numbers = [number for _, number in connection.execute(COMMENTS[platform], like)]
    return Counted(right, sum(number - 1 for number in numbers))


def resent(journal: Path) -> int:
    """Steps that were sent again, as the journal has it."""
    with closing(sqlite3.connect(journal)) as connection:
        query = "SELECT coalesce(sum(max(attempts - step - (state != 'planned'), 0)), 0) FROM change"
        return int(connection.execute(query).fetchone()[0])
