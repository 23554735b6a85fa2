"""The reading half of the Jira Service Management adapter."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import BinaryIO

from supportctl.adapters.base import (
    Check,
    Count,
    Need,
    Needs,
    Page,
    Pushdown,
    Selection,
    Vocabulary,
)
from supportctl.adapters.jsm import check, cursors, jql, keys, platform, views, vocabulary
from supportctl.adapters.jsm.cursors import Position
from supportctl.adapters.jsm.listing import Listing
from supportctl.adapters.jsm.site import Site
from supportctl.adapters.jsm.statuses import StatusTable
from supportctl.config import Profile
from supportctl.errors import NotFoundError, UsageError
from supportctl.model import Attachment, Comment, Event, Ticket
from supportctl.query.ast import terms
from supportctl.wire import Transport


class JiraReader:
    """`adapters.base.Reader` for Jira Cloud and Data Center."""

    def __init__(self, profile: Profile, transport: Transport, now: Callable[[], datetime]) -> None:
        self.profile = profile
        self.transport = transport
        self.capabilities = platform.capabilities(profile.fields, cloud=profile.deployment == "cloud")
        self.site = Site(profile, transport)
        self._now = now

    def check(self) -> list[Check]:
        return check.run(self.site)

    def vocabulary(self) -> Vocabulary:
        return vocabulary.read(self.site)

    def normalize_key(self, text: str) -> str:
        return keys.normalize(text, self.profile.url)

    def search(self, selection: Selection, needs: Needs, cursor: str | None = None) -> Iterator[Page]:
        position = cursors.read(cursor) if cursor else Position(self._jql(selection)[0])
        for term in terms(selection.query) if selection.query is not None else ():
            if term.field == "custom" and self.site.catalogue().fields:
                self.site.catalogue().resolve_term(term)
            elif term.field == "reopens":
                needs |= {Need.HISTORY}
        yield from Listing(self.site, _with_counts(needs), selection.promising).pages(position)

    def get(self, keys_: Sequence[str], needs: Needs) -> Iterator[Page]:
        yield from Listing(self.site, _with_counts(needs)).by_key([self.normalize_key(key) for key in keys_])

    def count(self, selection: Selection) -> Count:
        text, _ = jql.split_order(self._jql(selection)[0])
        if not self.site.cloud:
            answer = self.site.post(f"{self.site.api}/search", {"jql": text, "maxResults": 0, "fields": ["key"]})
            return Count(value=int(answer.json().get("total", 0)), exact=True)
        answer = self.site.post(f"{self.site.api}/search/approximate-count", {"jql": text})
        return Count(
            value=int(answer.json().get("count", 0)),
            exact=False,
            note="Jira's estimate; its search index may lag by minutes",
        )

    def explain(self, selection: Selection) -> Pushdown:
        text, pushed = self._jql(selection)
        notes = list(pushed.notes)
        condition, _ = jql.split_order(text)
        if condition == jql.EVERYTHING:
            notes.append("every issue the account may see is read")
        lag = "the search index may lag by minutes; " if self.site.cloud else ""
        notes.append(f"{lag}every ticket is evaluated again here")
        version = self.site.api.rpartition("/")[2]
        return Pushdown(
            native=None if condition == jql.EVERYTHING else text,
            endpoint=f"POST /rest/api/{version}/search{'/jql' if self.site.cloud else ''}",
            left=pushed.left,
            notes=notes,
        )

    def comments(self, tickets: Sequence[Ticket]) -> Mapping[str, list[Comment]]:
        return self._listing().details.comments(tickets)

    def history(self, tickets: Sequence[Ticket]) -> Mapping[str, list[Event]]:
        return self._listing().details.history(tickets)

    def attachments(self, tickets: Sequence[Ticket]) -> Mapping[str, list[Attachment]]:
        return Listing(self.site, frozenset({Need.ATTACHMENTS})).details.attachments(tickets)

    def download(self, attachment: Attachment, into: BinaryIO, *, max_bytes: int) -> int:
        """Write the content; on Cloud it lies behind a redirect to a media host, which gets no credentials."""
        if not attachment.url:
            raise NotFoundError("the attachment has no address; it was not read")
        # Its address may name the site, where a token bound to the gateway is not good.
        if self.site.gateway and not attachment.id.isalnum():
            raise NotFoundError("the attachment has no id of Jira; it was not read")
        url = f"{self.site.api}/attachment/content/{attachment.id}" if self.site.gateway else attachment.url
        return self.transport.download(url, into, max_bytes=max_bytes)

    def _listing(self) -> Listing:
        return Listing(self.site, frozenset())

    def _jql(self, selection: Selection) -> tuple[str, jql.Pushed]:
        """The whole JQL of a selection, sorted and bounded, and what of its query went into it.

        A native query is only narrowed by the profile's scope; a view and everything else also by what can be pushed.
        """
        if selection.native is not None and selection.view is not None:
            raise UsageError("a native query and a view cannot be combined", hint="give one of --native and --view")
        pushed = self._pushed(selection)
        if selection.native is not None:
            condition, order = jql.split_order(selection.native)
        elif selection.view is not None:
            condition, _ = jql.split_order(views.find(self.site, selection.view).jql)
            order = ""
        else:
            condition, order = "", ""
        scope, _ = jql.split_order(getattr(self.profile, "scope", None) or "")
        narrowed = jql.conjoin(scope, condition, None if selection.native is not None else pushed.jql)
        return f"{narrowed or jql.EVERYTHING} ORDER BY {order or jql.ORDER}", pushed

    def _pushed(self, selection: Selection) -> jql.Pushed:
        if selection.query is None:
            return jql.Pushed(jql=None, left=[], notes=[])
        if selection.native is not None:
            return jql.nothing(selection.query, "a native query is sent as it is; the query is evaluated here")
        lists = jql.Lists(
            status_categories=self.site.status_categories,
            priorities=self.site.ranked_priorities,
            labels=self.site.labels,
        )
        return jql.Pusher(lists, StatusTable(self.profile).overrides, selection.now).push(selection.query)


def _with_counts(needs: Needs) -> Needs:
    """Reopens and reassignments are counted from the history: Jira keeps no figure of its own."""
    return needs | {Need.HISTORY} if Need.METRICS in needs else needs
