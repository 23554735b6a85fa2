"""The tables behind the Zendesk dialect: JSON documents with the columns searches and listings need."""

from supportctl.sandbox.zendesk import index

_TABLES = """
CREATE TABLE IF NOT EXISTS zd_tickets (
  id INTEGER PRIMARY KEY,
  status TEXT NOT NULL, status_rank INTEGER NOT NULL, priority_rank INTEGER, type TEXT,
  created INTEGER NOT NULL, updated INTEGER NOT NULL, generated INTEGER NOT NULL, solved INTEGER, due INTEGER,
  requester INTEGER, submitter INTEGER, assignee INTEGER, group_id INTEGER, organization INTEGER,
  problem INTEGER, form INTEGER, brand INTEGER, custom_status INTEGER, external_id TEXT, channel TEXT, subject TEXT,
  deleted INTEGER,
  doc TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS zd_tickets_status ON zd_tickets (status_rank, id);
CREATE INDEX IF NOT EXISTS zd_tickets_created ON zd_tickets (created DESC, id);
CREATE INDEX IF NOT EXISTS zd_tickets_updated ON zd_tickets (updated, id);
CREATE INDEX IF NOT EXISTS zd_tickets_generated ON zd_tickets (generated, id);
CREATE INDEX IF NOT EXISTS zd_tickets_requester ON zd_tickets (requester);
CREATE INDEX IF NOT EXISTS zd_tickets_assignee ON zd_tickets (assignee);
CREATE INDEX IF NOT EXISTS zd_tickets_group ON zd_tickets (group_id);
CREATE INDEX IF NOT EXISTS zd_tickets_organization ON zd_tickets (organization);
CREATE INDEX IF NOT EXISTS zd_tickets_problem ON zd_tickets (problem) WHERE problem IS NOT NULL;
CREATE INDEX IF NOT EXISTS zd_tickets_external ON zd_tickets (external_id) WHERE external_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS zd_tickets_deleted ON zd_tickets (deleted) WHERE deleted IS NOT NULL;
CREATE TABLE IF NOT EXISTS zd_scrubbed (id INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS zd_ticket_tags (
  tag TEXT NOT NULL, ticket INTEGER NOT NULL, PRIMARY KEY (tag, ticket)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS zd_ticket_tags_ticket ON zd_ticket_tags (ticket);
CREATE TABLE IF NOT EXISTS zd_ticket_values (
  field INTEGER NOT NULL, value TEXT NOT NULL, ticket INTEGER NOT NULL, PRIMARY KEY (field, value, ticket)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS zd_ticket_values_ticket ON zd_ticket_values (ticket);
CREATE VIRTUAL TABLE IF NOT EXISTS zd_text USING fts5 (subject, description, comments, tokenize = 'unicode61');
CREATE TABLE IF NOT EXISTS zd_audits (
  id INTEGER PRIMARY KEY, ticket INTEGER NOT NULL, created INTEGER NOT NULL, doc TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS zd_audits_ticket ON zd_audits (ticket, created, id);
CREATE INDEX IF NOT EXISTS zd_audits_created ON zd_audits (created, id);
CREATE TABLE IF NOT EXISTS zd_comments (
  id INTEGER PRIMARY KEY, ticket INTEGER NOT NULL, audit INTEGER NOT NULL, created INTEGER NOT NULL,
  author INTEGER, public INTEGER NOT NULL, doc TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS zd_comments_ticket ON zd_comments (ticket, created, id);
CREATE TABLE IF NOT EXISTS zd_attachments (
  id INTEGER PRIMARY KEY, comment INTEGER, token TEXT NOT NULL UNIQUE, name TEXT NOT NULL, type TEXT NOT NULL,
  content BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS zd_uploads (token TEXT PRIMARY KEY, attachments TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS zd_metrics (ticket INTEGER PRIMARY KEY, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS zd_slas (ticket INTEGER PRIMARY KEY, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS zd_users (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT, role TEXT NOT NULL, organization INTEGER, doc TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS zd_users_email ON zd_users (email COLLATE NOCASE);
CREATE TABLE IF NOT EXISTS zd_groups (id INTEGER PRIMARY KEY, name TEXT NOT NULL, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS zd_organizations (id INTEGER PRIMARY KEY, name TEXT NOT NULL, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS zd_memberships (id INTEGER PRIMARY KEY, user INTEGER NOT NULL, group_id INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS zd_config (
  kind TEXT NOT NULL, id INTEGER NOT NULL, position INTEGER NOT NULL, doc TEXT NOT NULL, PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS zd_jobs (
  id TEXT PRIMARY KEY, created REAL NOT NULL, polls INTEGER NOT NULL, doc TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS zd_replies (
  key TEXT PRIMARY KEY, request TEXT NOT NULL, created REAL NOT NULL, answer TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS zd_jira_links (
  id INTEGER PRIMARY KEY, ticket INTEGER NOT NULL, issue TEXT NOT NULL, doc TEXT NOT NULL, UNIQUE (ticket, issue)
);
CREATE TABLE IF NOT EXISTS zd_counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
"""
SCHEMA = _TABLES + index.SCHEMA
