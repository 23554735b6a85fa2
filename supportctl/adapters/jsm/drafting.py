"""Planning an issue: whether the project takes it, what its create screen must have, and what we would send.

``GET /issue/createmeta/{project}/issuetypes[/{type}]`` tells the screen, on Cloud and on Data Center since 8.4; the
pages name their list ``issueTypes`` or ``fields`` on Cloud and ``values`` on Data Center.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from supportctl.adapters.jsm.details import HIDDEN
from supportctl.adapters.jsm.groups import named, names, objects
from supportctl.adapters.jsm.linking import GLOBAL_ID, remote_link_is_there
from supportctl.adapters.jsm.listing import Listing
from supportctl.adapters.jsm.marked import Marked
from supportctl.adapters.jsm.relating import Relater
from supportctl.adapters.jsm.site import MAX_PAGES, REFUSALS, Site
from supportctl.adapters.jsm.text import body_text
from supportctl.adapters.jsm.values_in import NoChoiceError, choice, due, take
from supportctl.adapters.writing import NewWish, Prepared
from supportctl.errors import ProtocolError, UsageError
from supportctl.model import Action, FieldChange, LinkType, NewTicket, Risk, TagChange, Ticket
from supportctl.model.planned import MADE, same

OURS = frozenset({"project", "issuetype", "summary", "description", "labels"})
"""Fields of the create screen that are filled from the wish itself."""
BY_ITSELF = frozenset({"reporter"})
"""Who asks is the reporter where none is given, whatever the screen says of a default."""
TITLE_LIMIT = 255
TEXT_LIMIT = 32_767
"""Characters of a description."""
CUT = "The rest is in the attached packet."
STAYS = "what stood there before would come back without its headings and tables, so it stays as it is"

Meta = Mapping[str, Any]


class Drafter:
    def __init__(self, site: Site) -> None:
        self._site = site

    def draft(self, wish: NewWish) -> Prepared:
        project = self._project(wish.project)
        kind = self._kind(project, wish.kind)
        screen = {str(each.get("fieldId") or each.get("key")): each for each in self._screen(project, kind)}
        for name, why in (("labels", "the issue is found again by a label"), ("description", "it says what happened")):
            if name not in screen:
                raise UsageError(
                    f"the create screen of {kind['name']} in {project} has no {name}, and {why}; nothing was changed",
                    hint=f"ask a Jira administrator to put {name} on that screen, or give another type with --type",
                )
        fields: dict[str, Any] = {
            "project": {"key": project},
            "issuetype": {"id": str(kind["id"])},
            "summary": title_of(wish.title),
            "description": self._description(wish),
            "labels": list(wish.marks),
            **self._typed(wish.fields, screen),
        }
        lacking = [
            str(each.get("name", name))
            for name, each in screen.items()
            if each.get("required") is True
            and each.get("hasDefaultValue") is not True
            and name not in fields
            and name not in BY_ITSELF
        ]
        if lacking:
            raise UsageError(
                f"{kind['name']} in {project} must have {', '.join(lacking)}; nothing was changed",
                hint=f"give each with --field, as in --field {lacking[0]!r}=VALUE",
            )
        new = NewTicket(
            project=project,
            kind=str(kind["name"]),
            title=fields["summary"],
            fields=fields,
            marks=list(wish.marks),
            above=Marked(self._site).newest(project),
        )
        made = {"project": project, "kind": new.kind, "title": new.title}
        return Prepared(
            actions=[new, *self._links(wish)],
            after={MADE: made},
            stays={MADE: "an issue is never deleted from here: where nobody took it up it is closed"},
        )

    def redraft(self, ticket: Ticket, wish: NewWish) -> Prepared:
        """Its description, its labels and its links. What somebody else wrote last stays."""
        body = self._description(wish)
        actions: list[Action] = []
        risks: list[Risk] = []
        after: dict[str, Any] = {}
        stays: dict[str, str] = {}
        text = body_text(body)[0]
        if same("description", ticket.description, text):
            pass
        elif (who := self._editor(ticket)) is not None:
            said = f"the text of {ticket.key} was edited by {who}, so it stays as it is"
            risks.append(Risk(code="edited", message=said))
        else:
            actions.append(FieldChange(field="description", native_field="description", value=body))
            after["description"] = text
            stays["description"] = STAYS
        added = [mark for mark in wish.marks if mark not in ticket.tags]
        if added:
            actions.append(TagChange(add=added))
            after["tags"] = [*ticket.tags, *added]
        for link in self._links(wish):
            actions += [] if self._is_there(ticket, link) else [link]
        return Prepared(actions=actions, after=after, stays=stays, risks=risks)

    def _editor(self, ticket: Ticket) -> str | None:
        """Who wrote the description last, when that was another account than this one."""
        events = Listing(self._site, frozenset()).details.history([ticket]).get(ticket.id, [])
        edits = [event for event in events if event.field == "description" and event.at is not None]
        last = max(edits, key=lambda event: event.at or datetime.min.replace(tzinfo=UTC), default=None)
        me = self._site.me()
        if last is None or last.actor is None or (me is not None and last.actor.id == me.id):
            return None
        return last.actor.name or last.actor.id

    def upload_limit(self) -> int | None:
        try:
            found = self._site.get(f"{self._site.api}/attachment/meta").json()
        except REFUSALS:
            return None
        if isinstance(found, dict) and found.get("enabled") is False:
            raise UsageError("this Jira takes no attachments; nothing was changed", hint="ask a Jira administrator")
        limit = found.get("uploadLimit") if isinstance(found, dict) else None
        return limit if isinstance(limit, int) else None

    def _description(self, wish: NewWish) -> Any:
        return fitted(wish.document) if self._site.cloud else cut(wish.markup)

    def _links(self, wish: NewWish) -> list[Any]:
        relater = Relater(self._site)
        found = [relater.elsewhere(ticket, LinkType.RELATES) for ticket in wish.tickets]
        return [link for link in found if link is not None]

    def _is_there(self, ticket: Ticket, link: Any) -> bool:
        return remote_link_is_there(self._site, ticket.id, str(link.native[GLOBAL_ID]))

    def _project(self, key: str) -> str:
        try:
            found = self._site.get(f"{self._site.api}/project/{quote(key.strip().upper(), safe='')}").json()
        except HIDDEN:
            found = None
        name = found.get("key") if isinstance(found, dict) else None
        if not isinstance(name, str):
            raise UsageError(
                f"this Jira has no project {key!r}, or hides it from this account; nothing was changed",
                hint="give a project's key with --project, as in --project ENG",
            )
        return name

    def _kind(self, project: str, text: str) -> dict[str, Any]:
        try:
            listed = list(self._pages(f"/{quote(project, safe='')}/issuetypes", "issueTypes"))
        except REFUSALS as error:
            raise UsageError(
                f"what can be made in {project} cannot be read ({error.message}); nothing was changed",
                hint="the account needs the permission to create issues there (Data Center: from 8.4)",
            ) from None
        usable = [each for each in listed if each.get("subtask") is not True]
        found = named(usable, text)
        if len(found) != 1:
            raise UsageError(
                f"{project} has no type {text!r} for this account; nothing was changed",
                hint=f"name one with --type; it has: {names(usable)}",
            )
        return found[0]

    def _screen(self, project: str, kind: Meta) -> Iterator[dict[str, Any]]:
        return self._pages(f"/{quote(project, safe='')}/issuetypes/{quote(str(kind['id']), safe='')}", "fields")

    def _pages(self, tail: str, name: str) -> Iterator[dict[str, Any]]:
        start = 0
        for _ in range(MAX_PAGES):
            page = self._site.get(f"{self._site.api}/issue/createmeta{tail}", startAt=start, maxResults=100).json()
            listed = page.get(name, page.get("values")) if isinstance(page, dict) else None
            if not isinstance(listed, list):
                raise ProtocolError("Jira's create screens came in an unexpected shape", hint="run again with --debug")
            yield from objects(listed)
            start += len(listed)
            total = page.get("total")
            if not listed or page.get("isLast") is True or (isinstance(total, int) and start >= total):
                return

    def _typed(self, given: Mapping[str, str], screen: Mapping[str, Meta]) -> dict[str, Any]:
        """Fields somebody named on the command line, as Jira takes them."""
        found: dict[str, Any] = {}
        for name, text in given.items():
            wanted = name.strip().casefold()
            known = [
                id_ for id_, each in screen.items() if wanted in (id_.casefold(), str(each.get("name")).casefold())
            ]
            if len(known) != 1 or known[0] in OURS:
                offered = sorted(str(each.get("name", id_)) for id_, each in screen.items() if id_ not in OURS)
                raise UsageError(
                    f"the create screen has no field {name!r} to fill; nothing was changed",
                    hint=f"it has: {', '.join(offered)}",
                )
            found[known[0]] = self._value(known[0], str(screen[known[0]].get("name", name)), text, screen[known[0]])
        return found

    def _value(self, id_: str, name: str, text: str, entry: Meta) -> Any:
        try:
            match id_:
                case "priority":
                    return {"id": str(choice(text, entry)["id"])}
                case "components" | "versions" | "fixVersions":
                    parts = [part for part in text.split(",") if part.strip()]
                    return [{"id": str(choice(part.strip(), entry)["id"])} for part in parts]
                case "duedate":
                    return due(name, text).sent
                case _:
                    return take(id_, text, entry, cloud=self._site.cloud).sent
        except NoChoiceError as error:
            raise UsageError(
                f"{name} has no such choice as {text!r}; nothing was changed", hint=f"it has: {error.choices}"
            ) from None


def title_of(text: str) -> str:
    """One line, as long as a summary may be."""
    line = " ".join(text.split())
    return line if len(line) <= TITLE_LIMIT else line[: TITLE_LIMIT - 1] + "…"


def cut(text: str) -> str:
    """As much of a text as a description holds, up to the end of a line."""
    if len(text) <= TEXT_LIMIT:
        return text
    head = text[: TEXT_LIMIT - len(CUT) - 2]
    return f"{head[: max(head.rfind(chr(10)), 0)] or head}\n\n{CUT}"


def fitted(document: dict[str, Any]) -> dict[str, Any]:
    """The document without its last blocks, where it is longer than a description may be."""
    if len(body_text(document)[0]) <= TEXT_LIMIT:
        return document
    blocks = objects(document.get("content"))
    told = {"type": "paragraph", "content": [{"type": "text", "text": CUT}]}

    def first(number: int) -> dict[str, Any]:
        return {**document, "content": [*blocks[:number], told]}

    def too_long(number: int) -> bool:
        return len(body_text(first(number))[0]) > TEXT_LIMIT

    return first(max(bisect_left(range(len(blocks)), True, key=too_long) - 1, 0))
