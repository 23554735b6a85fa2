"""What is true after a job, by SQL over the sandbox's file that shares nothing with the tools compared."""

import sqlite3
from contextlib import closing
from pathlib import Path

TAGGED = {
    # A ticket counts when it has the tag once, kept the tags it had, and its tags were changed once.
    "zendesk": """
        SELECT count(*) FROM zd_tickets t
        WHERE (SELECT count(*) FROM json_each(t.doc, '$.tags') WHERE value = 'bench-tag') = 1
          AND (SELECT count(*) FROM json_each(t.doc, '$.tags') WHERE value IN ('export', 'cat_booking')) = 2
          AND (SELECT count(*) FROM zd_audits a, json_each(a.doc, '$.events') e
               WHERE a.ticket = t.id AND json_extract(e.value, '$.field_name') = 'tags'
                 AND json_extract(e.value, '$.type') = 'Change') = 1
    """,
    "jsm": """
        SELECT count(*) FROM jira_issue t
        WHERE (SELECT count(*) FROM json_each(t.doc, '$.fields.labels') WHERE value = 'bench-tag') = 1
          AND (SELECT count(*) FROM json_each(t.doc, '$.fields.labels') WHERE value = 'export') = 1
          AND (SELECT count(*) FROM jira_history h, json_each(h.doc, '$.items') i
               WHERE h.issue = t.id AND json_extract(i.value, '$.field') = 'labels') = 1
    """,
    "servicenow": """
        WITH entry AS (SELECT json_extract(e.doc, '$.table_key') AS ticket, json_extract(l.doc, '$.name') AS name
                       FROM sn_record e JOIN sn_record l ON l.sys_id = json_extract(e.doc, '$.label')
                       WHERE e.cls = 'label_entry' AND l.cls = 'label'),
             of AS (SELECT ticket, sum(name = 'bench-tag') AS new, sum(name = 'export') AS old
                    FROM entry GROUP BY ticket)
        SELECT count(*) FROM sn_record t JOIN of ON of.ticket = t.sys_id
        WHERE t.cls = 'incident' AND of.new = 1 AND of.old = 1
    """,
}
CLOSED = {
    "zendesk": """
        SELECT count(*) FROM zd_tickets t
        WHERE json_extract(t.doc, '$.status') = 'solved'
          AND (SELECT count(*) FROM zd_audits a, json_each(a.doc, '$.events') e
               WHERE a.ticket = t.id AND json_extract(e.value, '$.field_name') = 'status'
                 AND json_extract(e.value, '$.type') = 'Change') = 1
    """,
    "jsm": """
        SELECT count(*) FROM jira_issue t
        WHERE json_extract(t.doc, '$.fields.status.statusCategory.key') = 'done'
          AND json_extract(t.doc, '$.fields.resolution.name') = 'Done'
          AND (SELECT count(*) FROM jira_history h, json_each(h.doc, '$.items') i
               WHERE h.issue = t.id AND json_extract(i.value, '$.field') = 'status') = 1
    """,
    "servicenow": """
        SELECT count(*) FROM sn_record t
        WHERE t.cls = 'incident' AND json_extract(t.doc, '$.state') = '6'
          AND json_extract(t.doc, '$.close_code') = 'Solution provided' AND json_extract(t.doc, '$.close_notes') <> ''
          AND (SELECT count(*) FROM sn_trail a
               WHERE a.cls = 'sys_audit' AND a.owner = t.sys_id
                 AND json_extract(a.doc, '$.fieldname') = 'state') = 1
    """,
}
QUESTIONS = {"tag": TAGGED, "close": CLOSED}


def done(database: Path, platform: str, job: str) -> int:
    """Tickets that are as the job wants them, and were changed exactly once."""
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute(QUESTIONS[job][platform]).fetchone()[0])
