"""Jira Service Management, Cloud and Data Center: issues as tickets, JQL, labels."""
