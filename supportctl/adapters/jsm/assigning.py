"""Assigning: who is meant, and whether they can be assigned issues of the project.

``GET /user/assignable/search`` is asked once per project. E-mail addresses are often hidden: an address that finds
exactly one person who shows none is taken for theirs, since Jira itself matched it.
"""

from collections.abc import Sequence
from typing import Any

from supportctl.adapters.jsm.groups import objects, project_of
from supportctl.adapters.jsm.setting import Setter
from supportctl.adapters.jsm.site import REFUSALS, Site
from supportctl.adapters.jsm.values import person
from supportctl.adapters.writing import AssignWish, FieldWish, Prepared
from supportctl.errors import UsageError
from supportctl.model import Assignment, Person, Risk, Ticket

FOUND = 100
"""People one search brings at most."""


class Assigner:
    def __init__(self, site: Site) -> None:
        self._site = site

    def prepare(self, tickets: Sequence[Ticket], wish: AssignWish) -> dict[str, Prepared]:
        found = {ticket.id: Prepared() for ticket in tickets}
        if wish.group is not None:
            found = self._groups(tickets, wish.group)
        if wish.assignee is None:
            return found
        if wish.assignee.casefold() == "none":
            people: dict[str, Person | None] = {}
        else:
            people = {project: self._assignable(project, wish.assignee) for project in {project_of(t) for t in tickets}}
            if tickets and not any(people.values()):
                raise UsageError(
                    f"nobody called {wish.assignee!r} can be assigned these issues; nothing was changed",
                    hint="give an e-mail address, an account id, or the exact name Jira shows",
                )
        for ticket in tickets:
            mine = self._assigned(ticket, people, wish.assignee)
            other = found[ticket.id]
            found[ticket.id] = Prepared(
                actions=[*mine.actions, *other.actions],
                after=mine.after | other.after,
                obstacles=[*mine.obstacles, *other.obstacles],
            )
        return found

    def _groups(self, tickets: Sequence[Ticket], group: str) -> dict[str, Prepared]:
        """Jira assigns to people; a group is a field of its own where the profile says which."""
        if "group" not in self._site.profile.fields:
            raise UsageError(
                "Jira assigns issues to people and not to groups; nothing was changed",
                hint='name the custom field that holds the team in the profile: fields.group = "Support group"',
            )
        return Setter(self._site).prepare(tickets, FieldWish(field="group", value=group))

    def _assigned(self, ticket: Ticket, people: dict[str, Person | None], typed: str) -> Prepared:
        if typed.casefold() == "none":
            if ticket.knows("assignee") and ticket.assignee is None:
                return Prepared()
            return Prepared(actions=[Assignment(unassign=True)], after={"assignee": None})
        who = people.get(project_of(ticket))
        if who is None:
            said = f"{typed} cannot be assigned issues of the project {project_of(ticket)}"
            return Prepared(obstacles=[Risk(code="assignable", message=said)])
        if ticket.knows("assignee") and ticket.assignee is not None and ticket.assignee.id == who.id:
            return Prepared()
        after = {"assignee": {"id": who.id, "name": who.name}}
        return Prepared(actions=[Assignment(assignee=who.id)], after=after)

    def _assignable(self, project: str, typed: str) -> Person | None:
        """Raises `UsageError` when several people are meant."""
        return self._site.once(f"assignable {project} {typed}", lambda: self._ask(project, typed))

    def _ask(self, project: str, typed: str) -> Person | None:
        text = typed
        if typed.casefold() == "me":
            me = self._site.me()
            if me is None:
                raise UsageError("Jira does not say who we are; nothing was changed")
            text = me.id
        people = self._search(project, "query" if self._site.cloud else "username", text)
        exact = [who for who in people if text in (who.id, who.native.get("key"))]
        wanted = text.casefold()
        exact = exact or [who for who in people if wanted in ((who.email or "").casefold(), who.id.casefold())]
        if not exact and "@" in text and len(people) == 1 and people[0].email is None:
            exact = people
        exact = exact or [who for who in people if wanted == (who.name or "").casefold()]
        if not exact and self._site.cloud and not text.isspace() and " " not in text and "@" not in text:
            exact = self._search(project, "accountId", text)
        if len({who.id for who in exact}) > 1:
            raise UsageError(
                f"{len(exact)} people are called {typed!r}: {', '.join(who.id for who in exact[:10])}",
                hint="give one of these ids",
            )
        return exact[0] if exact else None

    def _search(self, project: str, by: str, text: str) -> list[Person]:
        params: dict[str, Any] = {"project": project, by: text, "maxResults": FOUND}
        try:
            found = self._site.get(f"{self._site.api}/user/assignable/search", **params).json()
        except REFUSALS:
            return []
        return [who for each in objects(found) if (who := person(each)) is not None and who.active is not False]
