"""Comments a verb writes: TEXT or @template, written for every ticket, with the reason where one cannot be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

import typer

from supportctl.commands._app import App
from supportctl.errors import UsageError

if TYPE_CHECKING:
    from supportctl.adapters.base import Needs
    from supportctl.changes.making import Made
    from supportctl.changes.messages import Message
    from supportctl.model import Change, NewComment, Ticket

Var = Annotated[
    list[str] | None,
    typer.Option("--var", metavar="NAME=VALUE", help="A value the texts print as {{ var.NAME }}; repeatable."),
]


@dataclass
class Texts:
    """The texts of one command. Several internal ones become one comment, in their order."""

    app: App
    given: Mapping[str, str]
    public: "Message | None" = None
    internal: "list[Message]" = field(default_factory=list)
    notes: "Message | None" = None
    """For the platform's own field of closure notes."""

    def read(self, option: str, text: str | None) -> "Message | None":
        """A text somebody gave with an option. Raises `UsageError` for one that cannot be written for any ticket."""
        if text is None:
            return None
        if not text.strip():
            raise UsageError(f"{option} is empty; nothing was changed", hint="leave it out instead")
        from supportctl.changes.messages import Message
        from supportctl.changes.templates import text_of

        source, name = text_of(text)
        return Message(source, f"{option}: {name}", profile=self.app.profile.name, given=self.given)

    @property
    def needs(self) -> "Needs":
        every = [self.public, *self.internal, self.notes]
        return frozenset(need for each in every if each is not None for need in each.needs)

    def write(self, tickets: "Sequence[Ticket]") -> "Written":
        """Tickets for which one text cannot be written get none."""
        from supportctl.changes.messages import CannotWriteError

        written = Written()
        for ticket in tickets:
            try:
                comments, notes = self._of(ticket)
            except CannotWriteError as error:
                written.skipped.append((ticket.key, str(error)))
                continue
            written.tickets.append(ticket)
            written.comments[ticket.id] = comments
            if notes is not None:
                written.notes[ticket.id] = notes
        return written

    def _of(self, ticket: "Ticket") -> "tuple[list[NewComment], str | None]":
        from supportctl.changes.messages import CannotWriteError
        from supportctl.model import NewComment

        limit, now = self.app.adapter.capabilities.comment_limit, self.app.now
        comments = []
        if self.public is not None:
            comments.append(NewComment(body=self.public.write(ticket, now=now, limit=limit), public=True))
        parts = [message.write(ticket, now=now, limit=limit) for message in self.internal]
        if parts:
            body = "\n\n".join(parts)
            if len(body) > limit:
                raise CannotWriteError(f"its notes are longer than the {limit:,} characters a comment may have")
            comments.append(NewComment(body=body, public=False))
        return comments, None if self.notes is None else self.notes.write(ticket, now=now, limit=limit)


@dataclass
class Written:
    tickets: "list[Ticket]" = field(default_factory=list)
    comments: "dict[str, list[NewComment]]" = field(default_factory=dict)
    """By ticket id."""
    notes: dict[str, str] = field(default_factory=dict)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    """``(key, reason)``."""


def refuse_crowded(app: App, made: "Made") -> None:
    """Raises `UsageError` where the platform would be sent two comments in one step, of which it keeps one."""
    if app.adapter.capabilities.comments_together:
        return
    for change in made.changes:
        if _crowded(app, change):
            raise UsageError(
                f"{app.adapter.capabilities.platform} takes one comment with a change, and {change.key} would get two; "
                "nothing was changed",
                hint="give the internal note in a command of its own: supportctl comment TEXT …",
            )


def _crowded(app: App, change: "Change") -> bool:
    from supportctl.model import NewComment

    if sum(isinstance(action, NewComment) for action in change.actions) < 2:
        return False
    steps = app.adapter.divide(change)
    return any(sum(isinstance(action, NewComment) for action in step) > 1 for step in steps)
