"""Planning transitions: which one leads where it should, what its screen asks, and what goes along.

``GET /issue/{key}/transitions?expand=transitions.fields`` is asked once per project, issue type and status. Which
transition is taken is never guessed: where several lead to what is wished, they are named. A resolution that the
transition's screen does not list is set right after it, since the list is known to leave it out where it is accepted.
Jira knows no "closed" beside "resolved": unless the profile maps a status to it, what is resolved is closed.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from supportctl.adapters.jsm.details import on_a_desk
from supportctl.adapters.jsm.groups import ask_one, grouped, named, names, native_id, objects
from supportctl.adapters.jsm.screens import Screens
from supportctl.adapters.jsm.setting import Setter
from supportctl.adapters.jsm.site import Site
from supportctl.adapters.jsm.statuses import StatusTable
from supportctl.adapters.writing import FieldWish, Prepared, StatusWish
from supportctl.errors import UsageError
from supportctl.model import DONE, FieldChange, LinkType, Risk, Status, Ticket, Transition

CUSTOMER = Risk(
    code="mail",
    message="the service project may tell the customer of the new status; that cannot be turned off from here",
)
UNRESOLVED = Risk(
    code="resolution",
    message="no resolution is given: unless the workflow sets one, Jira counts the issue as unresolved",
)
CHILDREN = "open-children"
NO_WAY = "no-transition"


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """The transition of a group of issues, or why there is none."""

    transition: Mapping[str, Any] = {}
    status: Status = Status.OPEN
    obstacle: Risk | None = None
    several: bool = False

    @property
    def to(self) -> Mapping[str, Any]:
        found = self.transition.get("to")
        return found if isinstance(found, Mapping) else {}

    @property
    def fields(self) -> Mapping[str, Any]:
        found = self.transition.get("fields")
        return found if isinstance(found, Mapping) else {}


class Mover:
    def __init__(self, site: Site) -> None:
        self._site = site
        self._table = StatusTable(site.profile)

    def prepare(self, tickets: Sequence[Ticket], wish: StatusWish) -> dict[str, Prepared]:
        """A closure code that the profile keeps in a field of its own is an edit besides."""
        if wish.closure_code is None or "closure_code" not in self._site.profile.fields:
            return self._prepare(tickets, wish)
        coded = Setter(self._site).prepare(tickets, FieldWish(field="closure_code", value=wish.closure_code))
        moved = self._prepare(tickets, msgspec.structs.replace(wish, closure_code=None))
        return {
            id_: msgspec.structs.replace(
                found,
                actions=[*coded[id_].actions, *found.actions],
                after=coded[id_].after | found.after,
                obstacles=[*coded[id_].obstacles, *found.obstacles],
            )
            for id_, found in moved.items()
        }

    def _prepare(self, tickets: Sequence[Ticket], wish: StatusWish) -> dict[str, Prepared]:
        goal = self._reachable(wish.goal)
        resolution = self._resolution(wish.closure_code)
        if resolution is not None and goal not in DONE:
            raise UsageError("only an issue that is done has a resolution; nothing was changed")
        found: dict[str, Prepared] = {}
        moving: list[Ticket] = []
        for ticket in tickets:
            if self._is_there(ticket, goal, wish.native):
                found[ticket.id] = _resolved(ticket, resolution)
            else:
                moving.append(ticket)
        groups = grouped(moving)
        ways = {key: self._way(key, group, goal, wish.native) for key, group in groups.items()}
        self._refuse(list(ways.values()), wish.native)
        for key, group in groups.items():
            way = ways[key]
            if way.obstacle is not None:
                found |= {ticket.id: Prepared(obstacles=[way.obstacle]) for ticket in group}
            else:
                lacking = Screens(self._site).lacking(group, way.fields, given={"resolution"} if resolution else set())
                found |= {
                    ticket.id: self._move(ticket, way, resolution, lacking.get(ticket.id, ())) for ticket in group
                }
        return found

    def _reachable(self, goal: Status) -> Status:
        closed = Status.CLOSED in self._table.overrides.values()
        return Status.RESOLVED if goal is Status.CLOSED and not closed else goal

    def _resolution(self, code: str | None) -> dict[str, Any] | None:
        if code is None:
            return None
        listed = self._site.resolutions()
        found = named(listed, code)
        if len(found) != 1:
            raise UsageError(
                f"this Jira has no resolution {code!r}; nothing was changed", hint=f"it has: {names(listed)}"
            )
        return found[0]

    def _is_there(self, ticket: Ticket, goal: Status, native: str | None) -> bool:
        if native is None:
            return ticket.status is goal
        wanted = native.casefold()
        return wanted in ((ticket.native_status or "").casefold(), native_id(ticket, "status", ticket.native_status))

    def _way(self, key: tuple[str, ...], group: Sequence[Ticket], goal: Status, native: str | None) -> Way:
        def ask(id_: str) -> list[dict[str, Any]]:
            path = self._site.issue(id_, "/transitions")
            answer = self._site.get(path, expand="transitions.fields").json()
            return objects(answer.get("transitions") if isinstance(answer, dict) else None)

        offered = ask_one(self._site, "transitions", key, group, ask)
        if offered is None:
            return _none("hidden", "its transitions cannot be read")
        offered = [
            each for each in offered if isinstance(each.get("to"), dict) and each.get("isAvailable") is not False
        ]
        if not offered:
            return _none("workflow", "its workflow offers this account no transition from where it is")
        matching = self._matching(offered, goal, native)
        if len(matching) == 1:
            return self._checked(matching[0], goal)
        if not matching:
            what = f"the status {native!r}" if native else goal.value
            said = f"no transition leads from {group[0].native_status} to {what}; there are: {_list(offered)}"
            return _none(NO_WAY, said)
        said = f"several transitions lead to {native or goal.value}: {_list(matching)}"
        return Way(obstacle=Risk(code="workflow", message=said), several=True)

    def _matching(self, offered: list[dict[str, Any]], goal: Status, native: str | None) -> list[dict[str, Any]]:
        """By the status they lead to, then by the transition's own name."""
        if native is None:
            return [each for each in offered if self._table.of(each["to"]) is goal]
        found = [each for each in offered if named([each["to"]], native)] or named(offered, native)
        return named(found, native) if len(found) > 1 and len(named(found, native)) == 1 else found

    def _checked(self, transition: dict[str, Any], goal: Status) -> Way:
        status = self._table.of(transition["to"])
        if status is None:
            return _none("workflow", f"nobody knows what the status {transition['to'].get('name')} stands for")
        if (status in DONE) is not (goal in DONE):
            said = f"the status {transition['to'].get('name')} stands for {status.value} and not for {goal.value}"
            return _none("workflow", said)
        return Way(transition=transition, status=status)

    def _refuse(self, ways: Sequence[Way], native: str | None) -> None:
        """What is possible for no issue at all is a mistake in what was asked for."""
        if not ways or any(way.obstacle is None for way in ways):
            return
        unmatched = all(way.obstacle is not None and way.obstacle.code == NO_WAY for way in ways)
        listed = self._site.statuses() if native is not None and unmatched else []
        if listed and native is not None and not named(listed, native):
            raise UsageError(
                f"this Jira has no status {native!r}; nothing was changed", hint=f"it has: {names(listed)}"
            )
        ambiguous = [way.obstacle.message for way in ways if way.several and way.obstacle is not None]
        if len(ambiguous) == len(ways):
            raise UsageError(
                f"{ambiguous[0]}; nothing was changed",
                hint="name the one that is meant with --to, or map statuses to ours in the profile's statuses table",
            )

    def _asked(self, way: Way, name: str) -> str:
        """A field the transition wants, with what it may be where it is the resolution."""
        field = way.fields.get("resolution")
        if not isinstance(field, Mapping) or field.get("name") != name:
            return f"the transition asks for {name}"
        known = [str(each.get("name")) for each in objects(field.get("allowedValues"))]
        return f"the transition asks for {name}, which is given as closure code: {', '.join(known) or 'any'}"

    def _move(self, ticket: Ticket, way: Way, resolution: dict[str, Any] | None, lacking: Sequence[str]) -> Prepared:
        obstacles = [Risk(code="fields", message=self._asked(way, name)) for name in lacking]
        risks: list[Risk] = []
        fields: dict[str, Any] = {}
        beside: list[FieldChange] = []
        after: dict[str, Any] = {"status": way.status.value, "native_status": way.to.get("name")}
        if way.status in DONE:
            if any(link.type is LinkType.CHILD and link.status not in DONE for link in ticket.links):
                obstacles.append(Risk(code=CHILDREN, message="it has sub-tasks that are not done"))
            if not ticket.knows("links"):
                risks.append(Risk(code="unknown", message="whether it has open sub-tasks is unknown"))
            if resolution is not None:
                sent, after["closure_code"] = {"id": str(resolution["id"])}, resolution.get("name")
                if "resolution" not in way.fields:
                    beside.append(FieldChange(field="closure_code", native_field="resolution", value=sent))
                elif _allows(way.fields["resolution"], sent["id"]):
                    fields["resolution"] = sent
                else:
                    said = f"the transition does not take the resolution {resolution.get('name')}"
                    obstacles.append(Risk(code="resolution", message=said))
            elif ticket.closure_code is None:
                risks.append(UNRESOLVED)
        elif ticket.closure_code is not None and "closure_code" not in self._site.profile.fields:
            after["closure_code"] = None
        if on_a_desk(ticket):
            risks.append(CUSTOMER)
        action = Transition(
            status=way.status,
            native_status=str(way.to.get("id")),
            via=str(way.transition.get("id")),
            fields=fields,
        )
        stays = {"reopens": "an undo counts as a reopening"} if way.status in DONE and ticket.status not in DONE else {}
        return Prepared(actions=[action, *beside], after=after, obstacles=obstacles, risks=risks, stays=stays)


def _resolved(ticket: Ticket, resolution: dict[str, Any] | None) -> Prepared:
    """An issue that is there already may lack the resolution."""
    if resolution is None or (ticket.knows("closure_code") and ticket.closure_code == resolution.get("name")):
        return Prepared()
    action = FieldChange(field="closure_code", native_field="resolution", value={"id": str(resolution["id"])})
    return Prepared(actions=[action], after={"closure_code": resolution.get("name")})


def _allows(field: Any, id_: str) -> bool:
    allowed = objects(field.get("allowedValues")) if isinstance(field, Mapping) else []
    return not allowed or any(str(each.get("id")) == id_ for each in allowed)


def _list(transitions: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(f"{each.get('name')} (to {each['to'].get('name')})" for each in transitions)


def _none(code: str, message: str) -> Way:
    return Way(obstacle=Risk(code=code, message=message))
