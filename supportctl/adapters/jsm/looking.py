"""What a ticket itself does not show: a comment of ours, a remote link, and who touched an issue last."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from supportctl.adapters.jsm.comments import PUBLIC_PROPERTY, decode_comments
from supportctl.adapters.jsm.details import COMMENT_PAGE, HIDDEN, read
from supportctl.adapters.jsm.linking import GLOBAL_ID, remote_link_is_there
from supportctl.adapters.jsm.listing import Listing
from supportctl.adapters.jsm.marked import Marked
from supportctl.adapters.jsm.sending import MARKER
from supportctl.adapters.jsm.site import MAX_PAGES, REFUSALS, Site
from supportctl.adapters.jsm.values import moment
from supportctl.adapters.writing import Sight, Step, Touch
from supportctl.model import Comment, LinkChange, NewComment, NewTicket, Ticket
from supportctl.model.planned import missing
from supportctl.text import wiki


class Looker:
    def __init__(self, site: Site) -> None:
        self._site = site

    def look(self, steps: Sequence[Step], tickets: Mapping[str, Ticket]) -> dict[str, Sight]:
        return {step.id: self._look(step, tickets.get(step.id)) for step in steps}

    def _look(self, step: Step, ticket: Ticket | None) -> Sight:
        found = [sight for action in step.actions if (sight := self._at(step, action, ticket)) is not None]
        if not found:
            return Sight(there=None, reason="there is nothing of it to look for")
        for wanted in (False, None):
            for sight in found:
                if sight.there is wanted:
                    return sight
        return found[0]

    def _at(self, step: Step, action: object, ticket: Ticket | None) -> Sight | None:
        try:
            if isinstance(action, NewTicket):
                return Sight(there=Marked(self._site).look_for(action) is not None)
            if isinstance(action, NewComment):
                return Sight(there=self._comment_is_there(step, action))
            if isinstance(action, LinkChange) and GLOBAL_ID in action.native:
                there = remote_link_is_there(self._site, step.id, str(action.native[GLOBAL_ID]))
                return Sight(there=there is not action.remove)
        except REFUSALS as error:
            return Sight(there=None, reason=f"it could not be looked at: {error.message}")
        if isinstance(action, LinkChange):
            if ticket is None or not ticket.knows("links"):
                return Sight(there=None, reason="its links are unknown")
            return Sight(there=missing(step.change, [action], ticket, fold=False)[0] == [])
        return None

    def _comment_is_there(self, step: Step, comment: NewComment) -> bool:
        """By our marker; by text, account and time where comments show no properties.

        What the issue's version was when the plan was made is the earliest that the comment can be from.
        """
        since = moment(step.change.version)
        bare: list[Comment] = []
        for found in self._newest(step.id, since):
            marks = self._marks(found, since)
            if MARKER in marks:
                if marks[MARKER] == step.op:
                    return True
            elif PUBLIC_PROPERTY not in marks:
                bare.append(found)
        return any(self._is_ours(found, comment, since) for found in bare)

    def _newest(self, issue: str, since: datetime | None) -> Iterable[Comment]:
        """Comments of an issue, back to ``since``."""
        start = 0
        for _ in range(MAX_PAGES):
            answer = self._site.get(
                self._site.issue(issue, "/comment"),
                startAt=start, maxResults=COMMENT_PAGE, orderBy="-created", expand="properties",
            )  # fmt: skip
            page, total = read(answer, decode_comments, "comments")
            yield from page
            start += len(page)
            # Whether Data Center sorts as it is told is not written anywhere: there, all of them are read.
            oldest = page[0].created_at if page else None
            passed = self._site.cloud and since is not None and oldest is not None and oldest < since
            if not page or passed or total is None or start >= total:
                return

    def _marks(self, comment: Comment, since: datetime | None) -> dict[str, Any]:
        """Property keys, with the operation's id for our marker. Asked for where the comment came without them."""
        properties = comment.native.get("properties")
        if isinstance(properties, list):
            return {str(each.get("key")): _op(each.get("value")) for each in properties if isinstance(each, dict)}
        if not self._recent_and_own(comment, since):
            return {PUBLIC_PROPERTY: None}
        try:
            found = self._site.get(f"{self._site.api}/comment/{comment.id}/properties/{MARKER}").json()
        except HIDDEN:
            return {}
        return {MARKER: _op(found.get("value"))} if isinstance(found, dict) else {}

    def _recent_and_own(self, comment: Comment, since: datetime | None) -> bool:
        me = self._site.me()
        if me is None or comment.author is None or comment.author.id != me.id:
            return False
        return since is None or comment.created_at is None or comment.created_at >= since

    def _is_ours(self, found: Comment, comment: NewComment, since: datetime | None) -> bool:
        """Both texts as they are read: on Data Center, what looks like wiki markup is taken for it."""
        text = comment.body if self._site.cloud else wiki.plain(comment.body)
        return self._recent_and_own(found, since) and _lines(found.body) == _lines(text)

    def touched(self, tickets: Sequence[Ticket]) -> dict[str, Touch]:
        """The newest entry of the change history or the newest comment, whichever is later."""
        details = Listing(self._site, frozenset()).details
        histories = details.history(tickets)
        found: dict[str, Touch] = {}
        for ticket in tickets:
            events = [(event.at, event.actor) for event in histories.get(ticket.id, []) if event.at is not None]
            comments = [(each.created_at, each.author) for each in self._last(ticket.id) if each.created_at is not None]
            at, who = max([*events, *comments], key=lambda pair: pair[0], default=(ticket.updated_at, None))
            found[ticket.id] = Touch(who=(who.name or who.id) if who is not None else None, at=at)
        return found

    def _last(self, issue: str) -> list[Comment]:
        try:
            answer = self._site.get(self._site.issue(issue, "/comment"), startAt=0, maxResults=1, orderBy="-created")
        except HIDDEN:
            return []
        return read(answer, decode_comments, "comments")[0][-1:]


def _op(value: Any) -> Any:
    return value.get("id") if isinstance(value, dict) else value


def _lines(text: str) -> list[str]:
    """A text as Jira may give it back: with other line ends, and without blanks at the end."""
    return [line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").strip().split("\n")]
