"""The ticket as a packet tells it: fields from a list, nothing of the platform's own that might hold anything."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from supportctl.evidence.packet.masking import FileName, Prose
from supportctl.evidence.packet.parts import Audience
from supportctl.model import Attachment, Comment, CustomField, Event, NamedRef, Person, Ticket
from supportctl.reports.cells import timestamp

SCHEMA = "supportctl/packet-ticket/v1"

EVENTS = 2000
"""Entries of one ticket's history at most, the latest."""
_PLAIN = (
    "key", "url", "kind", "status", "native_status", "priority", "native_priority", "impact", "urgency", "category",
    "subcategory", "channel", "reopens", "reassignments", "closure_code",
)  # fmt: skip
_NAMED = ("component", "service", "group", "organization")
_PEOPLE = ("requester", "assignee")
_TIMES = ("created_at", "updated_at", "first_response_at", "resolved_at", "closed_at", "due_at")
_TEXTS = ("title", "description", "resolution_notes")
_LISTS = ("tags", "links", "slas", "custom", "comments", "history", "attachments")
_ABOUT_PEOPLE = frozenset(
    ("requester", "assignee", "reporter", "submitter", "creator", "collaborators", "followers", "watchers", "approver")
)
_TOLD_ELSEWHERE = frozenset(("description", "comment", "comments", "work_notes", "attachment", "attachments"))
"""Fields whose old and new text the thread holds anyway."""
_NOT_FOR_ENGINEERING = frozenset(("requester", "assignee", "organization", "slas", "satisfaction", "tags"))
"""Who pays and how fast somebody promised to answer does not help to find a fault."""
_LONGEST_PLAIN = 40


def drafted(ticket: Ticket) -> dict[str, Any]:
    """A tree for `masking.mask`: every text a `Prose`, every name of a file a `FileName`."""
    out: dict[str, Any] = {"platform": str(ticket.platform)}
    for name in _PLAIN:
        out[name] = _plain(getattr(ticket, name))
    for name in _TEXTS:
        text = getattr(ticket, name)
        out[name] = None if text is None else Prose(text)
    for name in _NAMED:
        out[name] = _ref(getattr(ticket, name))
    for name in _PEOPLE:
        out[name] = _who(getattr(ticket, name))
    for name in _TIMES:
        out[name] = _time(getattr(ticket, name))
    out["tags"] = list(ticket.tags)
    out["links"] = [
        {
            "type": str(link.type),
            "key": link.key,
            "title": None if link.title is None else Prose(link.title),
            "status": _plain(link.status),
            "platform": _plain(link.platform),
        }
        for link in ticket.links
    ]
    out["slas"] = [
        {
            "metric": sla.metric, "target_seconds": sla.target, "elapsed_seconds": sla.elapsed,
            "remaining_seconds": sla.remaining, "breach_at": _time(sla.breach_at), "breached": sla.breached,
            "paused": sla.paused,
        }
        for sla in ticket.slas
    ]  # fmt: skip
    out["satisfaction"] = None if ticket.satisfaction is None else ticket.satisfaction.score
    out["custom"] = [_custom(each) for each in ticket.custom if each.value not in (None, "", [], {})]
    out["comments"] = [_comment(number, each) for number, each in enumerate(ticket.comments, 1)]
    called = {each.id: each.name for each in ticket.custom if each.name}
    out["history"] = [_event(each, called) for each in ticket.history[-EVENTS:]]
    out["history_left_out"] = max(0, len(ticket.history) - EVENTS)
    out["attachments"] = [_attachment(each) for each in ticket.attachments]
    out["unknown"] = {name: str(why) for name, why in sorted(ticket.unknown.items()) if name in FIELDS}
    return out


FIELDS = frozenset((*_PLAIN, *_NAMED, *_PEOPLE, *_TIMES, *_TEXTS, *_LISTS, "satisfaction"))


def told(tickets: Iterable[Mapping[str, Any]], to: Audience) -> dict[str, Any]:
    """``ticket.json``: of masked tickets, what ``to`` needs."""
    hidden = _NOT_FOR_ENGINEERING if to == "engineering" else frozenset[str]()
    kept = [{name: value for name, value in ticket.items() if name not in hidden} for ticket in tickets]
    return {"schema": SCHEMA, "left_out": sorted(hidden), "tickets": kept}


def named(tree: Any) -> Any:
    """``displayname`` is what makes the redactor hide a name it does not know; readers find it as ``name``."""
    if isinstance(tree, list):
        return [named(each) for each in tree]
    if not isinstance(tree, dict):
        return tree
    if tree.keys() == {"displayname"}:
        return tree["displayname"]
    return {"name" if name == "displayname" else name: named(each) for name, each in tree.items()}


def _comment(number: int, comment: Comment) -> dict[str, Any]:
    return {
        "number": number,
        "at": _time(comment.created_at),
        "author": _who(comment.author),
        "public": comment.public,
        "channel": comment.channel,
        "body": Prose(comment.body),
        "attachments": [_attachment(each) for each in comment.attachments],
    }


def _event(event: Event, called: Mapping[str, str]) -> dict[str, Any]:
    before = event.before_label if event.before_label is not None else event.before
    after = event.after_label if event.after_label is not None else event.after
    if event.field in _TOLD_ELSEWHERE:
        before = after = None
    return {
        "at": _time(event.at),
        "actor": _who(event.actor),
        "field": called.get(event.field.removeprefix("custom:"), event.field),
        "before": _value(event.field, before),
        "after": _value(event.field, after),
    }


def _value(field: str, value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    text = flat(value)
    if field in _ABOUT_PEOPLE:
        return {"displayname": text} if text and not text.isdigit() else text
    return _worded(text)


def _worded(text: str) -> Prose | str:
    """Sentences are looked at as such; a single value stays beside its name, which may say that it is a secret."""
    return Prose(text) if len(text) > _LONGEST_PLAIN and " " in text else text


def flat(value: Any) -> str:
    """What a platform holds as a list or an object, as people read it."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(filter(None, map(flat, value)))
    if isinstance(value, dict):
        for name in ("name", "value", "displayName", "label", "title"):
            if isinstance(value.get(name), str):
                return str(value[name])
        return ", ".join(f"{name}: {text}" for name, each in value.items() if (text := flat(each)))
    return str(value)


def _custom(field: CustomField) -> dict[str, Any]:
    text = flat(field.value)
    return {"name": field.name or field.id, "value": _worded(text)}


def _attachment(item: Attachment) -> dict[str, Any]:
    return {
        "file": FileName(item.filename),
        "bytes": item.size,
        "type": item.content_type,
        "created_at": _time(item.created_at),
    }


def _who(person: Person | None) -> dict[str, Any] | None:
    """Name or address only, both of which are hidden; the role is what a reader needs."""
    if person is None:
        return None
    return {"displayname": person.name or person.email, "role": str(person.role)}


def _ref(what: NamedRef | None) -> str | None:
    return None if what is None else what.name or what.id


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, str) else value


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else timestamp(moment)
