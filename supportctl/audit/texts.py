"""All the words of a ticket, for rules about what must not stand in one."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from supportctl.audit.rule import Context
from supportctl.audit.verdict import Unjudged
from supportctl.model import Attachment, Comment, Ticket

PLACES = ("title", "description", "resolution_notes", "comments")


class Text(NamedTuple):
    place: str
    """The field, as findings call it."""
    words: str
    at: datetime | None
    comment: Comment | None = None


def texts(ticket: Ticket) -> Iterator[Text]:
    """Title, description, notes, custom fields, comments and the names of files, each once."""
    if ticket.title:
        yield Text("title", ticket.title, ticket.created_at)
    if ticket.description:
        yield Text("description", ticket.description, ticket.created_at)
    if ticket.resolution_notes:
        yield Text("resolution_notes", ticket.resolution_notes, ticket.resolved_at)
    for field in ticket.custom:
        if isinstance(field.value, str) and len(field.value) >= 8:
            yield Text("custom", field.value, None)
    files: dict[str, Text] = {}
    for comment in ticket.comments:
        # Zendesk's first comment is the description.
        if comment.body and comment.body != ticket.description:
            yield Text("comments", comment.body, comment.created_at, comment)
        for attachment in comment.attachments:
            files.setdefault(attachment.id, _file(attachment, comment))
    for attachment in ticket.attachments:
        files.setdefault(attachment.id, _file(attachment, None))
    yield from files.values()


def unread(ticket: Ticket, context: Context) -> Unjudged | None:
    """A place that has words on this platform and could not be read here: nobody can be acquitted then."""
    for place in PLACES:
        if place in ticket.unknown and place not in context.capabilities.unknown_fields:
            return Unjudged(place)
    return None


def _file(attachment: Attachment, comment: Comment | None) -> Text:
    at = attachment.created_at if comment is None else comment.created_at
    return Text("attachments", attachment.filename, at, comment)
