"""Escalation packets: what is redacted, read and put together before a ticket is handed on."""
