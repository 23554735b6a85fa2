"""Writing tickets one at a time: create, update, tags.

What is refused, and with which answer, follows the vendor's pages "Tickets", "Tags" and "Protecting against ticket
update collisions".
"""

from dataclasses import replace
from hashlib import sha256
from typing import Any

from supportctl.sandbox.zendesk import documents, index, measures, names, sideloads, tables
from supportctl.sandbox.zendesk.access import actor
from supportctl.sandbox.zendesk.changes import BESIDE, PLAIN, Changed, change, unpermitted
from supportctl.sandbox.zendesk.coupling import split_tags
from supportctl.sandbox.zendesk.http import Call, Failure, Router, invalid_attribute, not_found_error, record_invalid
from supportctl.sandbox.zendesk.problems import update

KEY_LIFE = 7200
"""Seconds an ``Idempotency-Key`` is remembered."""

_CREATION = ("description", "requester", "submitter_id", "recipient", "ticket_form_id", "brand_id", "via_id")


def _ticket_values(call: Call) -> dict[str, Any]:
    values = call.json().get("ticket")
    if not isinstance(values, dict):
        raise invalid_attribute("You passed an invalid value for the ticket attribute. Invalid parameter")
    return values


def _answer(call: Call, done: Changed) -> dict[str, Any]:
    row = call.store.row("SELECT id, doc FROM zd_tickets WHERE id = ?", (done.doc["id"],))
    if row is None:
        raise not_found_error()
    (ticket,) = sideloads.tickets(call, [row])
    return {"ticket": ticket, "audit": done.audit}


def update_ticket(call: Call, ticket_id: int) -> dict[str, Any]:
    values = _ticket_values(call)
    with call.store.write() as connection:
        done = update(connection, actor(call), ticket_id, values)
    call.warn("tickets", "update", unpermitted(values), done.invalid)
    return _answer(call, done)


def create_ticket(call: Call) -> Any:
    """201; with an ``Idempotency-Key`` seen before, the first answer again."""
    values = _ticket_values(call)
    key = call.headers.get("idempotency-key")
    digest = sha256(call.body).hexdigest()
    if key is not None:
        known = call.store.row(
            "SELECT request, answer FROM zd_replies WHERE key = ? AND created > ?",
            (key, call.store.now().timestamp() - KEY_LIFE),
        )
        call.answer_headers["X-Idempotency-Lookup"] = "miss" if known is None else "hit"
        if known is not None and known["request"] != digest:
            raise Failure(400, {"error": "IdempotentRequestError", "description": "Request parameters differ"})
        if known is not None:
            return 201, names.load(known["answer"])
    with call.store.write() as connection:
        done = _create(call, values)
        answer = _answer(call, done)
        if key is not None:
            connection.execute(
                "INSERT OR REPLACE INTO zd_replies VALUES (?, ?, ?, ?)",
                (key, digest, call.store.now().timestamp(), names.dump(answer)),
            )
    unknown = [f"ticket.{name}" for name in values if name not in (*PLAIN, *BESIDE, *_CREATION)]
    call.warn("tickets", "create", unknown, done.invalid)
    call.answer_headers["Location"] = f"{call.base}/api/v2/tickets/{done.doc['id']}.json"
    return 201, answer


def _create(call: Call, values: dict[str, Any]) -> Changed:
    comment = values.get("comment")
    comment = comment if isinstance(comment, dict) else {"body": comment or values.get("description")}
    body = comment.get("body") or comment.get("html_body")
    if not body:
        raise record_invalid("base", "Description: cannot be blank", error="BlankValue")
    creator = replace(actor(call), sight="")
    with call.store.write() as connection:
        ticket_id = tables.next_ticket_id(connection)
        requester = values.get("requester_id") or _requester(call, values.get("requester")) or creator.user
        row = connection.execute("SELECT organization FROM zd_users WHERE id = ?", (requester,)).fetchone()
        public = comment.get("public") is not False
        doc = documents.ticket(
            ticket_id,
            creator.now,
            via=documents.VIA_API,
            subject=str(values.get("subject") or values.get("raw_subject") or ""),
            description=str(body),
            requester_id=requester,
            submitter_id=values.get("submitter_id") or creator.user,
            organization_id=row["organization"] if row is not None else None,
            is_public=public,
            tags=split_tags(values.get("tags") or []),
        )
        doc["updated_at"] = names.stamp(names.epoch(creator.now) - 1)
        index.remember(connection, ticket_id, creator.now, creator.lag)
        tables.put_ticket(connection, doc)
        tables.put_text(connection, ticket_id, doc["subject"], doc["description"], "")
        measures.begin(connection, doc, creator.now)
        rest = {name: values[name] for name in values if name in PLAIN and values[name] is not None}
        given: dict[str, Any] = {key: values[key] for key in ("custom_fields", "fields") if key in values}
        first = {"public": public, **comment, "author_id": comment.get("author_id") or requester}
        return change(connection, creator, ticket_id, {**rest, **given, "comment": first})


def _requester(call: Call, given: Any) -> int | None:
    """The user with that address; made when there is none."""
    if not isinstance(given, dict) or not given.get("email"):
        return None
    with call.store.write() as connection:
        email = str(given["email"])
        known = connection.execute("SELECT id FROM zd_users WHERE email = ? COLLATE NOCASE", (email,)).fetchone()
        if known is not None:
            return int(known["id"])
        user_id = tables.next_id(connection, "user")
        name = str(given.get("name") or email.partition("@")[0])
        doc = documents.user(user_id, name, email, "end-user", names.stamp(call.store.now()), verified=False)
        tables.put_user(connection, doc)
        return user_id


def tag_handler(mode: str) -> Any:
    """POST sets (201), PUT adds, DELETE removes; closed tickets refuse all three."""

    def handler(call: Call, ticket_id: int) -> Any:
        given = call.json()
        tags = given.get("tags") if "tags" in given else call.param("tags")
        if tags is None:
            raise invalid_attribute("You passed an invalid value for the tags attribute. Invalid parameter")
        key = {"set": "tags", "add": "additional_tags", "remove": "remove_tags"}[mode]
        values: dict[str, Any] = {key: tags}
        values |= {name: given[name] for name in ("safe_update", "updated_stamp") if name in given}
        with call.store.write() as connection:
            done = change(connection, actor(call), ticket_id, values)
        found = {"tags": done.doc["tags"]}
        return (201, found) if mode == "set" else found

    return handler


def register(router: Router) -> None:
    router.add("POST", "/tickets", create_ticket)
    router.add("PUT", "/tickets/{ticket_id}", update_ticket)
    for method, mode in (("POST", "set"), ("PUT", "add"), ("DELETE", "remove")):
        router.add(method, "/tickets/{ticket_id}/tags", tag_handler(mode))
