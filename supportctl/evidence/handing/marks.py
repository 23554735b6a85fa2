"""The labels a bug is found again by: one for each ticket it is about, on its own instance.

They name the ticket, not the packet: a packet built anew on another day belongs to the same bug.
"""

import hashlib

PREFIX = "supportctl-"
MOST = 20
"""Tickets of one packet that are marked: a bug with hundreds of labels is of no use to anybody."""


def mark_of(instance: str, ticket: str) -> str:
    """``supportctl-3f2a9c0d1b4e5f60``. ``instance``: the fingerprint of the ticket's instance, ``ticket``: its id."""
    return PREFIX + hashlib.sha256(f"{instance}\n{ticket}".encode()).hexdigest()[:16]
