"""What hangs on issues: comments, change history, attachments; in bulk where Jira has a bulk form."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import msgspec

from supportctl.adapters.base import Need, Needs, Notice
from supportctl.adapters.jsm.accounts import Accounts
from supportctl.adapters.jsm.changelog import counts, decode_bulk_changelog, decode_changelog
from supportctl.adapters.jsm.comments import decode_comments
from supportctl.adapters.jsm.decode import Decoder
from supportctl.adapters.jsm.site import MAX_PAGES, REFUSALS, Site
from supportctl.errors import NotFoundError, PermissionDeniedError, ProtocolError
from supportctl.model import Attachment, Comment, Event, Ticket, Unknown
from supportctl.wire import Response

T = TypeVar("T")

WORKERS = 4
COMMENT_PAGE = 100
"""The server sends no more, whatever is asked for."""
CHANGELOG_ISSUES = 1000
CHANGELOG_PAGE = 1000
FETCH = 100
"""Issues one bulk fetch may name."""

HIDDEN = (NotFoundError, PermissionDeniedError)


class Details:
    def __init__(self, site: Site, decoder: Decoder) -> None:
        self._site = site
        self._decoder = decoder
        self._accounts = Accounts(site)

    def fill(self, tickets: list[Ticket], needs: Needs) -> tuple[list[Ticket], list[Notice]]:
        """The same tickets with what ``needs`` names and their page did not bring."""
        notices: list[Notice] = []
        if Need.COMMENTS in needs:
            tickets = self._with_comments(tickets, notices)
        if Need.HISTORY in needs:
            tickets = self._with_history(tickets, notices)
        return tickets, notices

    def _with_comments(self, tickets: list[Ticket], notices: list[Notice]) -> list[Ticket]:
        found = self.comments([ticket for ticket in tickets if not comments_complete(ticket)])
        return [
            known(ticket, comments=found[ticket.id])
            if ticket.id in found
            else ticket
            if comments_complete(ticket)
            else hidden(ticket, "comments", notices)
            for ticket in tickets
        ]

    def _with_history(self, tickets: list[Ticket], notices: list[Notice]) -> list[Ticket]:
        found = self.history([ticket for ticket in tickets if not ticket.knows("history")])
        if not self._site.cloud:
            self._accounts.learn(tickets)
            embedded = {ticket.id: self._accounts.name(ticket.history) for ticket in tickets if ticket.knows("history")}
            found |= embedded
        filled = []
        for ticket in tickets:
            if ticket.id in found:
                events = found[ticket.id]
                counted = counts(events)
                ticket = known(ticket, history=events, reopens=counted.reopens, reassignments=counted.reassignments)
            elif not ticket.knows("history"):
                ticket = hidden(ticket, "history", notices)
            filled.append(ticket)
        return filled

    def comments(self, tickets: Sequence[Ticket]) -> dict[str, list[Comment]]:
        """By ticket id, oldest first; tickets whose comments are hidden are missing."""
        return self._each(tickets, self._comments)

    def _comments(self, ticket: Ticket) -> list[Comment]:
        found: dict[str, Comment] = {}
        desk = on_a_desk(ticket)
        start = 0
        for _ in range(MAX_PAGES):
            answer = self._site.get(
                self._site.issue(ticket.id, "/comment"),
                startAt=start,
                maxResults=COMMENT_PAGE,
                orderBy="created",
                expand="properties",
            )
            page, total = read(answer, decode_comments, "comments")
            found |= {comment.id: _public_by_default(comment) if desk else comment for comment in page}
            start += len(page)
            if not page or total is None or start >= total:
                break
        return list(found.values())

    def history(self, tickets: Sequence[Ticket]) -> dict[str, list[Event]]:
        """By ticket id, oldest first. Bulk on Cloud; one issue at a time where that is refused, and on Data Center."""
        if not tickets:
            return {}
        self._decoder.statuses.learn(self._site.statuses())
        if not self._site.cloud:
            whole = self._each(tickets, self._history_by_expand)
            self._accounts.learn(tickets)
            return {id_: self._accounts.name(events) for id_, events in whole.items() if events is not None}
        found: dict[str, list[Event]] = {}
        try:
            for chunk in chunks(tickets, CHANGELOG_ISSUES):
                found |= self._bulk_history([ticket.id for ticket in chunk])
        except (*REFUSALS, ProtocolError):
            return self._each(tickets, self._history)
        return found

    def _bulk_history(self, ids: list[str]) -> dict[str, list[Event]]:
        """Issues nobody ever changed are not in the answer; they have an empty history."""
        found: dict[str, list[Event]] = {id_: [] for id_ in ids}
        token: str | None = None
        seen: set[str] = set()
        while True:
            body = {"issueIdsOrKeys": ids, "maxResults": CHANGELOG_PAGE}
            answer = self._site.post(
                f"{self._site.api}/changelog/bulkfetch", body | ({"nextPageToken": token} if token else {})
            )
            page, token = read(answer, lambda raw: decode_bulk_changelog(raw, self._decoder.events), "changelogs")
            for id_, events in page.items():
                found.setdefault(id_, []).extend(events)
            if token is None:
                return {id_: sort(events) for id_, events in found.items() if id_ in set(ids)}
            if token in seen:
                raise ProtocolError(
                    f"{answer.what} gave the same page token twice",
                    hint="the change history is read one by one instead",
                )
            seen.add(token)

    def _history(self, ticket: Ticket) -> list[Event]:
        found: list[Event] = []
        start = 0
        for _ in range(MAX_PAGES):
            answer = self._site.get(self._site.issue(ticket.id, "/changelog"), startAt=start, maxResults=100)
            page, total = read(answer, lambda raw: decode_changelog(raw, self._decoder.events), "a changelog")
            found += page
            start += 100
            if not page or total is None or start >= total:
                break
        return sort(found)

    def _history_by_expand(self, ticket: Ticket) -> list[Event] | None:
        """None when the answer holds only a part of the history; there is no other way to the rest."""
        answer = self._site.get(self._site.issue(ticket.id), fields="updated", expand="changelog")
        found = read(answer, self._decoder.issue, "an issue")
        return found.history if found.knows("history") else None

    def attachments(self, tickets: Sequence[Ticket]) -> dict[str, list[Attachment]]:
        found: dict[str, list[Attachment]] = {}
        if not self._site.cloud:
            return self._each(tickets, self._attachments)
        for chunk in chunks(tickets, FETCH):
            body = {"issueIdsOrKeys": [ticket.id for ticket in chunk], "fields": ["attachment"]}
            answer = self._site.post(f"{self._site.api}/issue/bulkfetch", body)
            for ticket in read(answer, self._decoder.page, "issues").tickets:
                if ticket.knows("attachments"):
                    found[ticket.id] = ticket.attachments
        return found

    def _attachments(self, ticket: Ticket) -> list[Attachment]:
        answer = self._site.get(self._site.issue(ticket.id), fields="attachment")
        return read(answer, self._decoder.issue, "an issue").attachments

    def _each(self, tickets: Sequence[Ticket], fetch: Callable[[Ticket], T]) -> dict[str, T]:
        """One request or more per ticket, a few at a time; those hidden from us are missing."""

        def attempt(ticket: Ticket) -> tuple[str, T] | None:
            try:
                return ticket.id, fetch(ticket)
            except HIDDEN:
                return None

        if len(tickets) < 2:
            return dict(pair for ticket in tickets if (pair := attempt(ticket)))
        with ThreadPoolExecutor(WORKERS) as pool:
            return dict(pair for pair in pool.map(attempt, tickets) if pair)


def comments_complete(ticket: Ticket) -> bool:
    """Whether the page brought all comments, with their visibility where the project has customers."""
    if not ticket.knows("comments"):
        return False
    return not on_a_desk(ticket) or all(comment.public is not None for comment in ticket.comments)


def on_a_desk(ticket: Ticket) -> bool:
    """Whether the issue is in a project with customers."""
    project = ticket.native.get("project")
    return isinstance(project, Mapping) and project.get("projectTypeKey") == "service_desk"


def _public_by_default(comment: Comment) -> Comment:
    """A service desk marks what is internal; a comment whose properties came without that mark is public."""
    if comment.public is not None or not isinstance(comment.native.get("properties"), list):
        return comment
    return msgspec.structs.replace(comment, public=True)


def known(ticket: Ticket, **fields: object) -> Ticket:
    unknown = {name: why for name, why in ticket.unknown.items() if name not in fields}
    return msgspec.structs.replace(ticket, unknown=unknown, **fields)


def hidden(ticket: Ticket, field: str, notices: list[Notice]) -> Ticket:
    notices.append(
        Notice(code=f"HIDDEN_{field.upper()}", message=f"the {field} of some issues are hidden from this account")
    )
    return msgspec.structs.replace(ticket, unknown={**ticket.unknown, field: Unknown.HIDDEN}, **{field: []})


def read(answer: Response, decode: Callable[[bytes], T], what: str) -> T:
    """Decode an answer. Raises `ProtocolError` naming ``what`` could not be read."""
    try:
        return decode(answer.content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise answer.unreadable(f"{what} in broken JSON or an unexpected shape") from None


def sort(events: Iterable[Event]) -> list[Event]:
    return sorted(events, key=lambda event: event.at.timestamp() if event.at else 0.0)


def chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
