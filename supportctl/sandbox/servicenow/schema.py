"""The tables of the ServiceNow dialect.

Every record of every class is one row of ``sn_record``: its document (field -> value as the database keeps it; empty
fields are left out) and the columns that queries, orders and keysets use. The audit trail and journals are many and
small, so they have a table of their own.
"""

SCHEMA = """
CREATE TABLE IF NOT EXISTS sn_record (
  sys_id TEXT PRIMARY KEY,
  cls TEXT NOT NULL,
  number TEXT,
  name TEXT,
  state TEXT,
  active TEXT,
  priority TEXT,
  caller_id TEXT,
  assignment_group TEXT,
  assigned_to TEXT,
  opened_at TEXT,
  sys_created_on TEXT,
  sys_updated_on TEXT,
  owner TEXT,
  label TEXT,
  doc TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS sn_record_class ON sn_record (cls, sys_id);
CREATE INDEX IF NOT EXISTS sn_record_number ON sn_record (number);
CREATE INDEX IF NOT EXISTS sn_record_class_number ON sn_record (cls, number);
CREATE INDEX IF NOT EXISTS sn_record_name ON sn_record (cls, name);
CREATE INDEX IF NOT EXISTS sn_record_state ON sn_record (cls, state);
CREATE INDEX IF NOT EXISTS sn_record_updated ON sn_record (cls, sys_updated_on, sys_id);
CREATE INDEX IF NOT EXISTS sn_record_created ON sn_record (cls, sys_created_on, sys_id);
CREATE INDEX IF NOT EXISTS sn_record_opened ON sn_record (cls, opened_at, sys_id);
CREATE INDEX IF NOT EXISTS sn_record_owner ON sn_record (owner) WHERE owner IS NOT NULL;
CREATE INDEX IF NOT EXISTS sn_record_class_owner ON sn_record (cls, owner) WHERE owner IS NOT NULL;
CREATE INDEX IF NOT EXISTS sn_record_label ON sn_record (label) WHERE label IS NOT NULL;
CREATE TABLE IF NOT EXISTS sn_trail (
  sys_id TEXT PRIMARY KEY,
  cls TEXT NOT NULL,
  owner TEXT NOT NULL,
  sys_created_on TEXT NOT NULL,
  doc TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sn_trail_owner ON sn_trail (owner, sys_created_on, sys_id);
CREATE TABLE IF NOT EXISTS sn_content (sys_id TEXT PRIMARY KEY, content BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sn_tiny (id TEXT PRIMARY KEY, query TEXT NOT NULL) WITHOUT ROWID;
"""

COLUMNS = (
    "number",
    "state",
    "active",
    "priority",
    "caller_id",
    "assignment_group",
    "assigned_to",
    "opened_at",
    "sys_created_on",
    "sys_updated_on",
    "label",
)
"""Columns of ``sn_record`` that hold the document's value of the same field."""

TRAIL = {"sys_audit": "documentkey", "sys_journal_field": "element_id"}
"""Classes kept in ``sn_trail``, and the field that names the record they are about."""

OWNER = {
    "label_entry": "table_key",
    "task_sla": "task",
    "sys_attachment": "table_sys_id",
    "metric_instance": "id",
    "sys_choice": "element",
    "sys_dictionary": "name",
    "sys_user_has_role": "user",
    "sys_user_grmember": "user",
    "incident": "parent_incident",
    "m2m_kb_task": "task",
}
"""Class -> field kept in ``owner``: what rows of that class are looked up by."""
