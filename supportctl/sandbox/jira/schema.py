"""The tables of the Jira dialect: native issue documents, and beside them what JQL and paging look at."""

SITE = "@site@"
"""Stands in stored documents where the server's own address belongs; replaced when served."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS jira_issue (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  project TEXT NOT NULL,
  number INTEGER NOT NULL,
  issuetype TEXT,
  status TEXT,
  category TEXT,
  resolution TEXT,
  priority TEXT,
  rank INTEGER NOT NULL DEFAULT 0,
  assignee TEXT,
  reporter TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  resolved INTEGER,
  due TEXT,
  summary TEXT NOT NULL DEFAULT '',
  summary_words TEXT NOT NULL DEFAULT '',
  description_words TEXT NOT NULL DEFAULT '',
  doc TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS jira_issue_number ON jira_issue (project, number);
CREATE INDEX IF NOT EXISTS jira_issue_created ON jira_issue (created, id);
CREATE INDEX IF NOT EXISTS jira_issue_updated ON jira_issue (updated, id);
CREATE INDEX IF NOT EXISTS jira_issue_resolved ON jira_issue (resolved, id);
CREATE INDEX IF NOT EXISTS jira_issue_category ON jira_issue (category, created, id);
CREATE INDEX IF NOT EXISTS jira_issue_assignee ON jira_issue (assignee, id);
CREATE TABLE IF NOT EXISTS jira_alias (key TEXT PRIMARY KEY, issue INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS jira_archived (issue INTEGER PRIMARY KEY, at INTEGER NOT NULL, by TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS jira_value (
  issue INTEGER NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (issue, field, value)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS jira_value_field ON jira_value (field, value, issue);
CREATE TABLE IF NOT EXISTS jira_sla (
  issue INTEGER NOT NULL, field TEXT NOT NULL, breached INTEGER NOT NULL, ever INTEGER NOT NULL,
  running INTEGER NOT NULL, paused INTEGER NOT NULL, completed INTEGER NOT NULL, breach_at INTEGER, remaining INTEGER,
  PRIMARY KEY (issue, field)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS jira_comment (
  id INTEGER PRIMARY KEY, issue INTEGER NOT NULL, created INTEGER NOT NULL, words TEXT NOT NULL, doc TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS jira_comment_issue ON jira_comment (issue, created, id);
CREATE TABLE IF NOT EXISTS jira_history (
  id INTEGER PRIMARY KEY, issue INTEGER NOT NULL, created INTEGER NOT NULL, doc TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS jira_history_issue ON jira_history (issue, created, id);
CREATE TABLE IF NOT EXISTS jira_worklog (
  id INTEGER PRIMARY KEY, issue INTEGER NOT NULL, started INTEGER NOT NULL, doc TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS jira_worklog_issue ON jira_worklog (issue, started, id);
CREATE TABLE IF NOT EXISTS jira_link (
  id INTEGER PRIMARY KEY, type TEXT NOT NULL, source INTEGER NOT NULL, target INTEGER NOT NULL,
  UNIQUE (type, source, target)
);
CREATE INDEX IF NOT EXISTS jira_link_target ON jira_link (target);
CREATE INDEX IF NOT EXISTS jira_link_source ON jira_link (source);
CREATE TABLE IF NOT EXISTS jira_attachment (
  id INTEGER PRIMARY KEY, issue INTEGER NOT NULL, mime TEXT NOT NULL, doc TEXT NOT NULL, content BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS jira_attachment_issue ON jira_attachment (issue, id);
CREATE TABLE IF NOT EXISTS jira_entity (
  kind TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, rank INTEGER NOT NULL DEFAULT 0, doc TEXT NOT NULL,
  PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS jira_entity_name ON jira_entity (kind, name);
CREATE TABLE IF NOT EXISTS jira_past (
  number INTEGER PRIMARY KEY, issue INTEGER NOT NULL, at INTEGER NOT NULL, doc TEXT, archived INTEGER NOT NULL,
  last_comment INTEGER NOT NULL, last_history INTEGER NOT NULL, last_link INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS jira_remote_link (
  id INTEGER PRIMARY KEY, issue INTEGER NOT NULL, global_id TEXT, doc TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS jira_remote_link_issue ON jira_remote_link (issue, global_id);
CREATE TABLE IF NOT EXISTS jira_mail (
  number INTEGER PRIMARY KEY, issue INTEGER NOT NULL, at INTEGER NOT NULL, about TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS jira_task (id INTEGER PRIMARY KEY, doc TEXT NOT NULL);
"""
# jira_link: "source <outward> target" (source duplicates target).
# jira_entity kinds: project, issuetype, status, priority, resolution, linktype, field, user, filter, servicedesk,
# queue, requesttype, component, organization, access, option, screen, context.
# `name` is casefolded.
# access: id is an account id; what it may see beside its role: {"projects": [keys], "levels": [ids]}.
# option: a value of a select field; id is "field:option". screen: id is a status id; what the transition there asks.
# creating: id is a project key; ids of its issue types. createscreen: id is "KEY:type"; what its create screen asks
# for besides, or lacks: {"required": [fields], "without": [fields]}. counter: id is a project key; its last number.
# context: id is a field id; the issue types it applies to: {"issueTypes": [ids]}. Fields without one apply to all.
