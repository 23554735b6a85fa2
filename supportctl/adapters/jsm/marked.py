"""Issues we made, found again by the labels they carry.

A label is the one mark that goes in with the issue itself, can be searched for by everybody, and is there on Cloud and
Data Center alike: entity properties can be searched only where an app has them indexed, and a remote link is a second
request. The search index lags (on Cloud by seconds, at times minutes): an issue whose making nobody answered for is
therefore also looked for among the keys that were given out since, which are read from the store itself.
"""

import json
from collections.abc import Sequence

from supportctl.adapters.base import Need, Needs
from supportctl.adapters.jsm.cursors import Position
from supportctl.adapters.jsm.details import read
from supportctl.adapters.jsm.listing import Listing
from supportctl.adapters.jsm.site import Site
from supportctl.adapters.jsm.values import loads
from supportctl.model import NewTicket, Ticket

KEYS = {True: 100, False: 20}
"""Keys after the last one known that are read at once: Cloud (True) has a request for many, Data Center has not."""
ROUNDS = 10


class Marked:
    def __init__(self, site: Site) -> None:
        self._site = site

    def find(self, marks: Sequence[str], needs: Needs) -> list[Ticket]:
        """The oldest first. What was made in this run is read from the store."""
        known = [self._site.marked[mark] for mark in marks if mark in self._site.marked]
        found = {ticket.id: ticket for ticket in self._read(known, needs)} if known else {}
        if len(known) < len(marks):
            listed = ", ".join(json.dumps(mark) for mark in marks)
            for page in Listing(self._site, needs | {Need.TAGS}).pages(Position(f"labels in ({listed}) ORDER BY key")):
                found |= {ticket.id: ticket for ticket in page.items if set(marks) & set(ticket.tags)}
        return sorted(found.values(), key=lambda ticket: (ticket.created_at is None, ticket.created_at, ticket.id))

    def look_for(self, new: NewTicket) -> Ticket | None:
        """The issue whose making is in doubt."""
        mark = new.marks[0]
        found = next(iter(self.find([mark], frozenset())), None) or self._among_newest(new, mark)
        if found is not None:
            self._site.marked[mark] = found.id
            self._site.touched(found.id)
        return found

    def _among_newest(self, new: NewTicket, mark: str) -> Ticket | None:
        size = KEYS[self._site.cloud]
        for start in range(new.above + 1, new.above + 1 + ROUNDS * size, size):
            tickets = self._read([f"{new.project}-{number}" for number in range(start, start + size)], frozenset())
            for ticket in tickets:
                if mark in ticket.tags:
                    return ticket
            if not tickets:
                break
        return None

    def newest(self, project: str) -> int:
        """The highest issue number the search knows of a project; 0 for an empty one."""
        jql = f"project = {json.dumps(project)} ORDER BY key DESC"
        tail = "/search/jql" if self._site.cloud else "/search"
        answer = self._site.post(f"{self._site.api}{tail}", {"jql": jql, "maxResults": 1, "fields": ["created"]})
        listed = read(answer, loads, "issues")
        issues = listed.get("issues") if isinstance(listed, dict) else None
        keys = [str(each.get("key")) for each in issues or () if isinstance(each, dict)]
        numbers = [int(number) for key in keys if (number := key.rpartition("-")[2]).isdecimal()]
        return max(numbers, default=0)

    def _read(self, names: Sequence[str], needs: Needs) -> list[Ticket]:
        return [ticket for page in Listing(self._site, needs | {Need.TAGS}).by_key(names) for ticket in page.items]
