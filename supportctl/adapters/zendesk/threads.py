"""What hangs on a ticket: comments, audits, attachments, and the streams of changes and metric events."""

from typing import Any

from supportctl.adapters.zendesk.context import Context
from supportctl.adapters.zendesk.mapping import EVENT_FIELDS, KINDS, STATUSES
from supportctl.adapters.zendesk.types import Json, when
from supportctl.model import Attachment, Comment, Event, Person, Platform, Ticket


def comment(doc: Json, context: Context) -> Comment:
    """One comment (or voice comment). ``plain_body`` is preferred: ``body`` may hold markup. Takes ``doc`` apart."""
    pop = doc.pop
    author = context.people[pop("author_id", None)]
    created = when(pop("created_at", None))
    plain, body = pop("plain_body", None), pop("body", None)
    if plain is not None and body is not None and body != plain:
        doc["body"] = body
    channel = _channel(doc)
    return Comment(
        id=str(pop("id")),
        author=author,
        created_at=created,
        body=plain if plain is not None else body or "",
        public=pop("public", None),
        html=pop("html_body", None),
        channel=channel,
        attachments=[attachment(each, author, created) for each in pop("attachments", None) or ()],
        native=doc,
    )


def attachment(doc: Json, author: Person | None = None, created_at: Any = None) -> Attachment:
    """Metadata of a file. ``url`` redirects to a content host; see `Reader.download`. Takes ``doc`` apart."""
    pop = doc.pop
    return Attachment(
        id=str(pop("id")),
        filename=pop("file_name", None) or "",
        size=pop("size", None),
        content_type=pop("content_type", None),
        url=pop("content_url", None),
        created_at=created_at,
        author=author,
        inline=pop("inline", None),
        native=doc,
    )


def audit(doc: Json, context: Context) -> list[Event]:
    """An audit's events. Each keeps the audit it belongs to in ``native``. Takes ``doc`` apart."""
    pop = doc.pop
    at = when(pop("created_at", None))
    actor = context.people[pop("author_id", None)]
    events = pop("events", None) or ()
    channel = _channel({"via": doc.get("via")})
    if not events:
        return [Event(id=str(doc.get("id")), at=at, actor=actor, field="audit", channel=channel, native={"audit": doc})]
    found = []
    for entry in events:
        read = change(entry, context)
        found.append(
            Event(
                id=str(entry.pop("id", doc.get("id"))),
                at=at,
                actor=actor,
                channel=_channel(entry) or channel,
                native={**entry, "audit": doc},
                **read,
            )
        )
    return found


def change(entry: Json, context: Context) -> Json:
    """Field, before and after of one audit event; takes them out of ``entry``.

    ``Change`` and ``Create`` name a field; other events (``Comment``, ``Notification``, ``CommentPrivacyChange`` …)
    are kept under their own type with whatever they carry.
    """
    kind = entry.get("type")
    if "field_name" not in entry:
        return {"field": str(kind or "event").lower()}
    native = str(entry.pop("field_name"))
    field = EVENT_FIELDS.get(native, native)
    values: Json = {"field": field, "native_field": native}
    for name, key in (("before", "previous_value"), ("after", "value")):
        if key not in entry:
            continue
        raw = entry.pop(key)
        portable, label = _portable(field, raw, context)
        if portable is not None:
            values[name] = portable
        if label is not None:
            values[name + "_label"] = label
    return values


def _portable(field: str, raw: Any, context: Context) -> tuple[Any, str | None]:
    """A value in our words, and the platform's word (or the name behind an id) as its label."""
    if raw is None:
        return None, None
    if field == "status":
        return context.statuses.get(str(raw)) or STATUSES.get(str(raw), raw), str(raw)
    if field == "priority":
        return context.priorities.get(str(raw), raw), str(raw)
    if field == "kind":
        return KINDS.get(str(raw), raw), str(raw)
    if field in ("assignee", "requester") and str(raw).isdigit():
        known = context.people.get(int(raw))
        return str(raw), known.name if known else None
    if field in ("group", "organization") and str(raw).isdigit():
        table = context.groups if field == "group" else context.organizations
        place = table.get(int(raw))
        return str(raw), place.name if place else None
    if field == "custom_status_id" and str(raw).isdigit():
        return str(raw), context.status_labels.get(int(raw))
    return raw, None


def ticket_event(doc: Json, context: Context) -> list[Event]:
    """One entry of the incremental ticket event stream: an update with its child events. Takes ``doc`` apart."""
    number = doc.pop("id", None)
    at = when(doc.pop("created_at", None)) or when(doc.get("time"))
    actor = context.people[doc.pop("updater_id", None)]
    children = doc.pop("child_events", None) or ()
    found = []
    for child in children:
        native = {**child, "update": doc}
        found.append(
            Event(
                id=str(child.get("id", number)), at=at, actor=actor, field=str(child.get("event_type")), native=native
            )
        )
    if not found:
        found.append(Event(id=str(number), at=at, actor=actor, field=str(doc.pop("type", "update")), native=doc))
    return found


def metric_event(doc: Json) -> Event:
    """One entry of the metric event stream (a clock that starts, stops or breaches). Takes ``doc`` apart."""
    return Event(
        id=str(doc.pop("id", "")),
        at=when(doc.pop("time", None)),
        actor=None,
        field=str(doc.pop("metric", "metric")),
        after=doc.pop("type", None),
        native=doc,
    )


def conversation_event(doc: Json) -> Comment:
    """One entry of a messaging ticket's conversation log. Takes ``doc`` apart."""
    author, content = doc.pop("author", None) or {}, doc.get("content") or {}
    person = None
    if author:
        known = dict(author)
        number = known.pop("zen:support:user_id", None)
        name = known.pop("display_name", None)
        person = Person(id=str(number), name=name, native=known)
    return Comment(
        id=str(doc.pop("id", "")),
        author=person,
        created_at=when(doc.pop("created_at", None)),
        body=content.get("body") or content.get("text") or "",
        public=(doc.get("metadata") or {}).get("public"),
        native=doc,
    )


def deleted_ticket(doc: Json, context: Context) -> Ticket:
    """An entry of the list of deleted tickets."""
    number = str(doc.pop("id"))
    return Ticket(
        platform=Platform.ZENDESK,
        profile=context.profile,
        id=number,
        key="#" + number,
        title=doc.pop("subject", None),
        status=STATUSES["deleted"],
        native_status="deleted",
        native=doc,
    )


def _channel(doc: Json) -> str | None:
    """The channel named by ``via``, which is dropped when it says nothing else."""
    via = doc.get("via")
    if not isinstance(via, dict):
        return None
    if len(via) == 1:
        del doc["via"]
    channel = via.get("channel")
    return None if channel is None else str(channel)
