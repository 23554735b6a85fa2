"""Applying one change to one ticket: what is refused, what follows from it, and the audit it leaves.

After the vendor's pages "Tickets", "Creating and updating tickets" (collisions, closed tickets) and "Ticket audits".
"""

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from supportctl.sandbox.zendesk import documents, index, measures, names, tables
from supportctl.sandbox.zendesk.configuration import DEFAULT_STATUS, STATUS_CATEGORY
from supportctl.sandbox.zendesk.coupling import set_custom, set_tags
from supportctl.sandbox.zendesk.http import Failure, forbidden, invalid_attribute, not_found_error, record_invalid
from supportctl.sandbox.zendesk.required import require

PLAIN = (
    "subject", "type", "priority", "status", "custom_status_id", "assignee_id", "group_id", "requester_id",
    "organization_id", "problem_id", "due_at", "external_id",
)  # fmt: skip
"""Fields an update may set as they are."""
BESIDE = (
    "comment", "tags", "additional_tags", "remove_tags", "custom_fields", "fields", "safe_update", "updated_stamp",
    "macro_id", "macro_ids", "raw_subject", "assignee_email", "metadata",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Actor:
    """Who changes and when."""

    user: int
    now: datetime
    sight: str = ""
    """The condition over ``zd_tickets`` of what may be seen, and so changed; empty: all."""
    lag: float = 0.0
    """Seconds until searches know of the change."""


@dataclass(slots=True)
class Changed:
    """What an update did: the ticket as it is now, its audit, the values that were dropped."""

    doc: dict[str, Any]
    audit: dict[str, Any]
    invalid: list[str] = field(default_factory=list)


def unpermitted(values: dict[str, Any]) -> list[str]:
    """Keys an update silently drops; they are told in the warning header."""
    return [f"ticket.{key}" for key in values if key not in PLAIN and key not in BESIDE]


def change(
    connection: sqlite3.Connection, actor: Actor, ticket_id: int, values: dict[str, Any], *, bulk: bool = False,
    source: dict[str, Any] = documents.VIA_API, attachments: Sequence[dict[str, Any]] = (),
) -> Changed:  # fmt: skip
    """Apply one update. Raises `Failure` as Zendesk refuses; then nothing has changed.

    A closed ticket takes nothing but tags added or removed by a bulk job, an archived one nothing at all.
    ``source``: the ``via`` of audit and comment; ``attachments`` go with the comment.
    """
    row = connection.execute(
        "SELECT doc, solved FROM zd_tickets WHERE id = ? AND deleted IS NULL", (ticket_id,)
    ).fetchone()
    if row is None:
        raise not_found_error()
    require_sight(connection, ticket_id, actor.sight)
    doc: dict[str, Any] = names.load(row["doc"])
    before: dict[str, Any] = names.load(row["doc"])
    _check_stamp(doc, values)
    meant = {key for key in values if key not in {"id", "safe_update", "updated_stamp"}}
    tags_only = bulk and meant <= {"additional_tags", "remove_tags"} and not names.archived(doc, actor.now)
    if doc["status"] == "closed" and not tags_only:
        raise record_invalid("status", "Status: closed prevents ticket update")
    invalid: list[str] = []
    for name in PLAIN:
        if name in values:
            _set(doc, name, values[name])
    set_custom(connection, doc, values.get("custom_fields") or values.get("fields"), invalid)
    set_tags(connection, doc, values)
    _follow(doc, before)
    if doc["status"] not in (before["status"], "closed"):
        require(connection, doc)
    index.remember(connection, ticket_id, actor.now, actor.lag)
    audit_id = tables.next_id(connection)
    events = [_event(connection, name, old, new) for name, old, new in differences(before, doc)]
    comment = _comment(connection, audit_id, actor, doc, values.get("comment"), source, attachments)
    custom = values.get("metadata") if isinstance(values.get("metadata"), dict) else {}
    if comment is not None:
        comment["metadata"]["custom"] = custom
        tables.put_comment(connection, ticket_id, comment)
        tables.add_text(connection, ticket_id, comment["plain_body"])
        events.insert(0, documents.comment_event(comment))
        doc["is_public"] = doc["is_public"] or comment["public"]
    audit = documents.audit(audit_id, ticket_id, actor.user, actor.now, events, source)
    audit["metadata"]["custom"] = custom
    if events:
        audit["created_at"] = _touch(doc, actor.now)
        tables.put_audit(connection, audit)
        measures.follow(connection, before, doc, comment, actor.now)
    solved = row["solved"]
    if doc["status"] != before["status"]:
        solved = names.epoch(actor.now) if doc["status"] in {"solved", "closed"} else None
        solved = row["solved"] or solved if doc["status"] == "closed" else solved
    tables.put_ticket(connection, doc, solved=solved)
    if doc["subject"] != before["subject"]:
        connection.execute("UPDATE zd_text SET subject = ? WHERE rowid = ?", (doc["subject"], ticket_id))
    return Changed(doc, audit, invalid)


def require_sight(connection: sqlite3.Connection, ticket_id: int, sight: str) -> None:
    """Raise 403 for a ticket that is out of sight."""
    sql = f"SELECT 1 FROM zd_tickets WHERE id = ? AND ({sight})"  # noqa: S608 (our own condition)
    if sight and connection.execute(sql, (ticket_id,)).fetchone() is None:
        raise forbidden()


def _touch(doc: dict[str, Any], now: datetime) -> str:
    """A change moves ``updated_at`` by at least its resolution, a second."""
    moment = max(names.epoch(now), names.epoch(names.parse_stamp(doc["updated_at"])) + 1)
    doc["updated_at"] = names.stamp(moment)
    doc["generated_timestamp"] = moment
    return names.stamp(moment)


def _check_stamp(doc: dict[str, Any], values: dict[str, Any]) -> None:
    """Any value of ``safe_update`` asks for the check; only leaving it out forces the update."""
    if "safe_update" not in values:
        return
    given = values.get("updated_stamp")
    try:
        stamp = names.parse_stamp(str(given)) if given else None
    except ValueError:
        stamp = None
    if stamp is None:
        raise invalid_attribute("You passed an invalid value for the updated_stamp attribute. must be set")
    if names.stamp(stamp) != doc["updated_at"]:
        text = (
            "Safe Update prevented the update due to outdated ticket data. "
            "Please fetch the latest ticket data and try again."
        )
        raise Failure(409, {"error": "UpdateConflict", "description": text})


def _set(doc: dict[str, Any], name: str, value: Any) -> None:
    match name:
        case "priority":
            if value is None and doc["priority"] is not None:
                raise record_invalid("priority", "Priority: cannot be reset")
            if value is not None and value not in names.PRIORITY_RANK:
                raise record_invalid("priority", f"Priority: {value} is not valid")
        case "type":
            if value is not None and value not in names.TYPES:
                raise record_invalid("type", f"Type: {value} is not valid")
        case "status":
            if value not in names.STATUSES[:-1]:
                raise record_invalid("status", f"Status: {value} is not valid")
            if value == "new" and doc["status"] != "new":
                raise record_invalid("status", "Status: cannot be set to new")
            if STATUS_CATEGORY.get(doc["custom_status_id"]) != value:
                doc["custom_status_id"] = DEFAULT_STATUS[value]
        case "custom_status_id":
            if value not in STATUS_CATEGORY:
                raise record_invalid("custom_status_id", "Custom status: is invalid")
            doc["status"] = STATUS_CATEGORY[value]
        case "subject":
            doc["raw_subject"] = value
        case "problem_id":
            if value is not None and doc["type"] != "incident":
                return
    doc[name] = value


def _follow(doc: dict[str, Any], before: dict[str, Any]) -> None:
    """What Zendesk does by itself: assigning opens a new ticket; problems are incidents', due dates are tasks'."""
    if doc["type"] != "incident":
        doc["problem_id"] = None
    if doc["type"] != "task" and before["type"] == "task":
        doc["due_at"] = None
    if doc["assignee_id"] and before["status"] == doc["status"] == "new":
        doc["status"] = "open"
        doc["custom_status_id"] = DEFAULT_STATUS["open"]


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """Field name, old and new value of everything an audit tells; custom fields go by their id."""
    found = [(name, before.get(name), after.get(name)) for name in (*PLAIN, "tags")]
    old = {entry["id"]: entry["value"] for entry in before["custom_fields"]}
    found += [(str(entry["id"]), old.get(entry["id"]), entry["value"]) for entry in after["custom_fields"]]
    return [(name, was, now) for name, was, now in found if was != now]


def _event(connection: sqlite3.Connection, name: str, before: Any, after: Any) -> dict[str, Any]:
    return {
        "id": tables.next_id(connection),
        "type": "Change",
        "value": _told(after),
        "field_name": name,
        "previous_value": _told(before),
    }


def _told(value: Any) -> Any:
    return value if isinstance(value, list) or value is None else str(value)


def _comment(
    connection: sqlite3.Connection, audit_id: int, actor: Actor, doc: dict[str, Any], given: Any,
    source: dict[str, Any], attachments: Sequence[dict[str, Any]],
) -> dict[str, Any] | None:  # fmt: skip
    """A comment without ``public`` is as visible as the ticket's first one was."""
    if not isinstance(given, dict):
        return None
    markup = given.get("html_body")
    body = str(given.get("body") or re.sub(r"<[^>]+>", " ", str(markup or ""))).strip()
    if not body:
        return None
    public = given.get("public")
    if isinstance(public, str):
        public = public.lower() == "true"
    return documents.comment(
        tables.next_id(connection),
        audit_id,
        int(given.get("author_id") or actor.user),
        actor.now,
        body,
        doc["is_public"] if public is None else bool(public),
        source,
        attachments=list(attachments),
        html_body=markup,
    )
