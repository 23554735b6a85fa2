"""Zendesk Support: tickets, comments, audits, SLAs, and tags in bulk."""
