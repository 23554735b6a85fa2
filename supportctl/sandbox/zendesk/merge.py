"""Merging tickets into one: the sources are closed for good, and both sides say so.

(developer.zendesk.com, "Merge Tickets into Target Ticket". No description says which tickets cannot be merged, or what
comments say that nobody gave: a solved target and closed sources are refused here.)
"""

import sqlite3
from hashlib import sha256
from typing import Any

from supportctl.sandbox.zendesk import names, tables
from supportctl.sandbox.zendesk.access import actor
from supportctl.sandbox.zendesk.changes import Actor, change
from supportctl.sandbox.zendesk.http import Call, Router, invalid_attribute, record_invalid
from supportctl.sandbox.zendesk.jobs import each_ticket, limit, start
from supportctl.sandbox.zendesk.threads import attachment_doc
from supportctl.sandbox.zendesk.tickets import ticket_row

TAG = "closed_by_merge"
_FOREIGN = frozenset({"twitter", "twitter_dm", "facebook", "any_channel"})
"""Channels whose tickets' merge comments are private, whatever is asked for."""


def via(**source: Any) -> dict[str, Any]:
    return {"channel": "web", "source": {"from": source, "to": {}, "rel": "merge"}}


def merge(call: Call, ticket_id: int) -> dict[str, Any]:
    """A job with a result per source; one that cannot be merged does not hinder the others."""
    given = call.json()
    ids = given.get("ids")
    if not isinstance(ids, list) or not ids or not all(isinstance(each, int) for each in ids):
        raise invalid_attribute("You passed an invalid value for the ids attribute. Invalid parameter")
    limit(len(ids), "ids")
    target = names.load(ticket_row(call, ticket_id)["doc"])
    if target["status"] in {"solved", "closed"}:
        raise record_invalid("base", f"Ticket {ticket_id} is {target['status']} and cannot be merged into")
    by = actor(call)
    with call.store.write() as connection:
        merging = _Merge(connection, by, target, given)
        merging.look_at(ids)
        results = each_ticket(connection, ids, "update", merging.close)
        merging.tell_target([result["id"] for result in results if result["success"]])
        return {"job_status": start(connection, call, "Bulk Ticket Merge", results)}


class _Merge:
    """One merge on its way: what is said, and whether customers read it."""

    def __init__(
        self, connection: sqlite3.Connection, by: Actor, target: dict[str, Any], given: dict[str, Any]
    ) -> None:
        self.connection = connection
        self.by = by
        self.target = target
        self.given = given
        self.private = _private(target)
        self.subjects: dict[int, str] = {}

    def look_at(self, ids: list[int]) -> None:
        for one in ids:
            row = self.connection.execute("SELECT doc FROM zd_tickets WHERE id = ?", (one,)).fetchone()
            if row is not None:
                doc = names.load(row["doc"])
                self.private = self.private or _private(doc)
                self.subjects[one] = doc["subject"]

    def _public(self, side: str) -> bool:
        return not self.private and self.given.get(f"{side}_comment_is_public") is True

    def close(self, source: int) -> None:
        number, subject = self.target["id"], self.target["subject"]
        if source == number:
            raise record_invalid("base", "A ticket cannot be merged into itself")
        said = (
            self.given.get("source_comment")
            or f'This request was closed and merged into request #{number} "{subject}".'
        )
        values = {
            "status": "closed",
            "additional_tags": [TAG],
            "comment": {"body": str(said), "public": self._public("source")},
        }
        change(self.connection, self.by, source, values, source=via(ticket_id=number, subject=subject))

    def tell_target(self, sources: list[int]) -> None:
        if not sources:
            return
        several = " and ".join(f'#{source} "{self.subjects[source]}"' for source in sources)
        verb = "was" if len(sources) == 1 else "were"
        said = self.given.get("target_comment") or f"Request {several} {verb} closed and merged into this request."
        values = {"comment": {"body": str(said), "public": self._public("target")}}
        copies = [copy for source in sources for copy in self._attachments(source)]
        done = change(
            self.connection, self.by, self.target["id"], values, source=via(ticket_ids=sources),
            attachments=[doc for _, doc in copies],
        )  # fmt: skip
        comment = done.audit["events"][0]["id"]
        self.connection.executemany(
            "UPDATE zd_attachments SET comment = ? WHERE id = ?", [(comment, key) for key, _ in copies]
        )

    def _attachments(self, source: int) -> list[tuple[int, dict[str, Any]]]:
        rows = self.connection.execute(
            "SELECT name, type, content FROM zd_attachments WHERE comment IN "
            "(SELECT id FROM zd_comments WHERE ticket = ?) ORDER BY id",
            (source,),
        ).fetchall()
        found = []
        for row in rows:
            key = tables.next_id(self.connection)
            token = sha256(f"{self.target['id']}/{key}/{row['name']}".encode()).hexdigest()[:25]
            self.connection.execute(
                "INSERT INTO zd_attachments VALUES (?, NULL, ?, ?, ?, ?)",
                (key, token, row["name"], row["type"], row["content"]),
            )
            found.append((key, attachment_doc(key, token, row["name"], row["type"], len(row["content"]))))
        return found


def _private(doc: dict[str, Any]) -> bool:
    return not doc["is_public"] or (doc.get("via") or {}).get("channel") in _FOREIGN


def register(router: Router) -> None:
    router.add("POST", "/tickets/{ticket_id}/merge", merge)
