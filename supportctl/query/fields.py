"""The fields of the query language and what each may be compared with."""

import difflib
import re
from collections.abc import Iterable
from enum import Enum
from functools import lru_cache

import msgspec

from supportctl.model import Kind, LinkType, Priority, Status
from supportctl.text.fold import fold_word


class Shape(Enum):
    """How the value of a field is written."""

    CHOICE = "one of a fixed list of words"
    PRIORITY = "p1 to p5, a list or a range"
    WORD = "a word or a quoted text"
    PERSON = "an id, a name or an e-mail address"
    PHRASE = "a text"
    ELAPSED = "a duration after > >= < <="
    TIME = "a date or a range of dates"
    NUMBER = "a whole number or a range"


class Field(msgspec.Struct, frozen=True):
    name: str
    shape: Shape
    attributes: tuple[str, ...]
    """The ticket fields it looks at, as they may be named in ``Ticket.unknown``."""
    choices: tuple[str, ...] = ()
    need: str | None = None
    """What must be fetched beyond the ticket itself (a name of `adapters.base.Need`)."""


SLA_STATES = ("breached", "running", "paused", "met")

FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("status", Shape.CHOICE, ("status",), tuple(Status)),
        Field("kind", Shape.CHOICE, ("kind",), tuple(Kind)),
        Field("priority", Shape.PRIORITY, ("priority",), tuple(Priority)),
        Field("tag", Shape.WORD, ("tags",), need="tags"),
        Field("group", Shape.WORD, ("group",), need="people"),
        Field("organization", Shape.WORD, ("organization",), need="people"),
        Field("requester", Shape.PERSON, ("requester",), need="people"),
        Field("assignee", Shape.PERSON, ("assignee",), need="people"),
        Field("category", Shape.WORD, ("category",)),
        Field("channel", Shape.WORD, ("channel",)),
        Field("impact", Shape.WORD, ("impact",)),
        Field("urgency", Shape.WORD, ("urgency",)),
        Field("key", Shape.WORD, ("key",)),
        Field("text", Shape.PHRASE, ("title", "description")),
        Field("age", Shape.ELAPSED, ("created_at",)),
        Field("idle", Shape.ELAPSED, ("updated_at",)),
        Field("created", Shape.TIME, ("created_at",)),
        Field("updated", Shape.TIME, ("updated_at",)),
        Field("resolved", Shape.TIME, ("resolved_at",)),
        Field("due", Shape.TIME, ("due_at",)),
        Field("reopens", Shape.NUMBER, ("reopens",)),
        Field("sla", Shape.CHOICE, ("slas",), SLA_STATES, need="slas"),
        Field("link", Shape.CHOICE, ("links",), tuple(LinkType), need="links"),
    )
}

CUSTOM_ID = re.compile(r"cf\[[0-9]+\]|customfield_[0-9]+|[0-9]+|u_[a-z0-9_]+")
"""Custom fields by id: Jira (both spellings), Zendesk, ServiceNow."""

_ELSEWHERE = {
    "label": "tag",
    "labels": "tag",
    "tags": "tag",
    "state": "status",
    "type": "kind",
    "issuetype": "kind",
    "reporter": "requester",
    "caller": "requester",
    "opened": "created",
    "assigned_to": "assignee",
    "assignment_group": "group",
    "org": "organization",
    "company": "organization",
    "subject": "text",
    "summary": "text",
    "title": "text",
    "description": "text",
    "short_description": "text",
    "id": "key",
    "number": "key",
    "links": "link",
    "reopened": "reopens",
    "older": "age",
    "stale": "idle",
    "after": "created",
    "before": "created",
}


@lru_cache(maxsize=4096)
def custom_id(name: str) -> str:
    """One spelling for the id of a custom field: ``cf[10010]`` and ``customfield_10010`` are ``10010``."""
    text = fold_word(name.strip())
    if text.startswith("cf[") and text.endswith("]"):
        return text[3:-1]
    return text.removeprefix("customfield_")


def guess(word: str, among: Iterable[str]) -> str | None:
    """What ``word`` was probably meant to be."""
    known = {fold_word(name): name for name in among}
    close = difflib.get_close_matches(fold_word(word)[:80], known, n=1, cutoff=0.6)
    return known[close[0]] if close else None


def guess_field(word: str, custom: Iterable[str]) -> str | None:
    elsewhere = _ELSEWHERE.get(fold_word(word))
    return elsewhere or guess(word, [*FIELDS, "is", *custom])
