"""Another state, with what has to go along: close code and notes, a reason to hold.

States and codes are the instance's own lists, per table: the API stores anything, listed or not.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from supportctl.adapters.servicenow.children import open_children
from supportctl.adapters.servicenow.choices import Choice
from supportctl.adapters.servicenow.policies import Policies
from supportctl.adapters.servicenow.tables import HOLD_FOR_CALLER
from supportctl.adapters.writing import Prepared, StatusWish
from supportctl.errors import UsageError
from supportctl.model import Risk, Status, Ticket, Transition
from supportctl.model.planned import plain
from supportctl.model.ticket import DONE

if TYPE_CHECKING:
    from supportctl.adapters.servicenow.reader import ServiceNowReader

CLOSERS = frozenset({"admin", "itil_admin"})
"""Roles that may close an incident. (ServiceNow product documentation, "Resolve and close an incident")"""
KNOWN_MANDATORY = {"incident": ("close_code", "close_notes")}
"""What the platform asks for when a record is resolved, as delivered; instances ask for more or less."""
HOLDING = frozenset({Status.PENDING, Status.ON_HOLD})
ENDS = {Status.CLOSED: "closing for good", Status.CANCELLED: "cancelling for good"}


class Goal(msgspec.Struct, frozen=True):
    """Where records of one table go. ``label`` None: it cannot be told how the account would see it."""

    state: str
    label: str | None
    fields: dict[str, str]
    code_field: str | None
    notes_field: str | None
    names: dict[str, str]
    """Our fields -> the table's own."""
    said: str | None = None
    """What was left out on purpose."""


class Mover:
    def __init__(self, reader: "ServiceNowReader") -> None:
        self._reader = reader
        self._policies = Policies(reader.client)

    def prepare(self, tickets: Sequence[Ticket], wish: StatusWish) -> dict[str, Prepared]:
        """Raises `UsageError` when none of the tickets' tables has such a state or code."""
        goals: dict[str, Goal | UsageError] = {}
        for table in dict.fromkeys(ticket.native_kind or "task" for ticket in tickets):
            try:
                goals[table] = self._goal(table, wish, [each for each in tickets if each.native_kind == table])
            except UsageError as error:
                goals[table] = error
        refusals = [goal for goal in goals.values() if isinstance(goal, UsageError)]
        if refusals and len(refusals) == len(goals):
            raise refusals[0]
        children = open_children(self._reader.client, tickets) if wish.goal in DONE else {}
        return {
            ticket.id: self._one(ticket, wish, goals[ticket.native_kind or "task"], children.get(ticket.id, 0))
            for ticket in tickets
        }

    def _goal(self, table: str, wish: StatusWish, tickets: Sequence[Ticket]) -> Goal:
        layout = self._reader.decoder(table, frozenset())[0].layout(table)
        states = self._listed(table, "state")
        hold: dict[str, str] = {}
        named = [each for each in states if _names(each, wish.native)] if wish.native else []
        if wish.goal in HOLDING and wish.native and not named:
            hold = self._hold_for(table, wish.native)
        ours = [each for each in states if self._status(layout.states, each.value, wish.goal)]
        if wish.native and not hold:
            ours = [each for each in ours if each in named]
        if not ours:
            raise UsageError(
                f"{table} has no state {wish.native or wish.goal.value!r} that means {wish.goal.value}; nothing was "
                "changed",
                hint=f"its states: {', '.join(_said(each) for each in states)}",
            )
        if len(ours) > 1:
            raise UsageError(
                f"{table} has several states that mean {wish.goal.value}; nothing was changed",
                hint=f"name one of: {', '.join(_said(each) for each in ours)}",
            )
        state = ours[0]
        if layout.states.get(state.value) is Status.ON_HOLD and state.value not in layout.spoken_for and not hold:
            hold = self._hold_for(table, None) if wish.goal is Status.PENDING else hold
        fields = dict(hold)
        code_field = layout.fields.get("closure_code")
        said = None
        if wish.closure_code is not None and wish.goal in DONE:
            if code_field is None:
                said = f"{table} records have no field for a closure code: it is left out"
            else:
                fields[code_field] = self._code(table, code_field, wish.closure_code)
        return Goal(
            state.value,
            self._label(state, tickets),
            fields,
            code_field,
            layout.fields.get("resolution_notes"),
            layout.fields,
            said,
        )

    def _status(self, states: Any, value: str, goal: Status) -> bool:
        found = states.get(value)
        return found is goal or (goal is Status.PENDING and found is Status.ON_HOLD)

    def _listed(self, table: str, element: str) -> list[Choice]:
        found = self._reader.choices.listed(table, element)
        if found is None:
            raise UsageError(
                "the account may not read choice lists (sys_choice), and the instance would store any value; nothing "
                "was changed",
                hint="let the account read sys_choice",
            )
        return found

    def _code(self, table: str, field: str, typed: str) -> str:
        codes = self._listed(table, field)
        found = [each for each in codes if _names(each, typed)]
        exact = [each for each in found if typed in {each.value, each.label}]
        if len(exact or found) != 1:
            listed = ", ".join(_said(each) for each in codes) or "none"
            raise UsageError(
                f"{table} has no closure code {typed!r} on this instance; nothing was changed", hint=f"it has: {listed}"
            )
        return (exact or found)[0].value

    def _hold_for(self, table: str, native: str | None) -> dict[str, str]:
        reasons = self._listed(table, "hold_reason")
        if native is None:
            return {"hold_reason": HOLD_FOR_CALLER} if any(each.value == HOLD_FOR_CALLER for each in reasons) else {}
        found = [each for each in reasons if _names(each, native)]
        return {"hold_reason": found[0].value} if len(found) == 1 else {}

    def _label(self, state: Choice, tickets: Sequence[Ticket]) -> str | None:
        """The English label, unless the tickets show that the account sees another language."""
        labels = {each.value: each.label for each in self._reader.choices.listed(state.table, "state") or ()}
        for ticket in tickets:
            value = ticket.native.get("state")
            if not isinstance(value, str) or (value in labels and labels[value] != ticket.native_status):
                return None
        return state.label or state.value

    def _one(self, ticket: Ticket, wish: StatusWish, goal: Goal | UsageError, children: int) -> Prepared:
        if isinstance(goal, UsageError):
            return Prepared(obstacles=[Risk(code="no-state", message=goal.message)])
        if not ticket.knows("status"):
            return Prepared(obstacles=[Risk(code="unknown", message="its status is unknown")])
        fields = dict(goal.fields)
        notes = wish.notes.get(ticket.id)
        if notes and goal.notes_field and wish.goal in DONE:
            fields[goal.notes_field] = notes.replace("\r\n", "\n").strip()
        if ticket.native.get("state") == goal.state and all(
            _held(ticket, goal, name) == fields[name] for name in fields
        ):
            return Prepared()
        draft = _Draft(ticket, wish, goal, fields)
        if wish.goal in DONE and ticket.status not in DONE:
            self._ending(draft, children)
        elif ticket.status in DONE and wish.goal not in DONE:
            _reopening(draft)
        elif ticket.status is Status.RESOLVED:
            self._closing(draft)
            draft.risks.append(_clock())
        return draft.prepared()

    def _ending(self, draft: "_Draft", children: int) -> None:
        ticket, goal = draft.ticket, draft.goal
        table = ticket.native_kind or "task"
        self._closing(draft)
        asked, unsure = self._policies.mandatory(table, goal.state)
        if draft.wish.goal is not Status.CANCELLED:
            asked = {**dict.fromkeys(KNOWN_MANDATORY.get(table, ()), ""), **asked}
        for name in asked:
            held = draft.fields.get(name) or _held(ticket, goal, name)
            if held is None:
                unsure.add(name)
            elif not held:
                message = f"its {name} is empty, and the instance asks for it"
                if name == goal.code_field:
                    codes = ", ".join(_said(each) for each in self._reader.choices.listed(table, name) or ())
                    message = f"it needs a closure code; the instance has: {codes}"
                elif name == goal.notes_field:
                    message = "it needs closure notes"
                draft.obstacles.append(Risk(code="mandatory", message=message))
        if unsure:
            names = ", ".join(sorted(unsure))
            draft.risks.append(Risk(code="mandatory", message=f"a data policy may ask for {names}"))
        if children:
            message = f"{children} of its children are still open"
            draft.obstacles.append(Risk(code="open-children", message=message))
        if table == "incident" and children and draft.wish.goal is Status.RESOLVED:
            draft.risks.append(Risk(code="cascade", message="resolving it resolves its child incidents as well"))
        draft.stays["resolved_at"] = "the platform sets the time it was resolved"
        draft.stays["reopens"] = "an undo counts as a reopening"

    def _closing(self, draft: "_Draft") -> None:
        ticket = draft.ticket
        if draft.wish.goal in ENDS:
            draft.final.append(ENDS[draft.wish.goal])
            draft.stays["status"] = "the platform does not open it again"
        if draft.wish.goal is Status.CLOSED and ticket.native_kind == "incident":
            roles = self._reader.session.roles()
            if roles is not None and not roles & CLOSERS:
                message = f"the account may not close incidents: it needs the role {' or '.join(sorted(CLOSERS))}"
                draft.obstacles.append(Risk(code="role", message=message))


class _Draft:
    def __init__(self, ticket: Ticket, wish: StatusWish, goal: Goal, fields: dict[str, str]) -> None:
        self.ticket, self.wish, self.goal, self.fields = ticket, wish, goal, fields
        self.obstacles: list[Risk] = []
        self.risks: list[Risk] = []
        self.final: list[str] = []
        self.stays: dict[str, str] = {}
        if goal.said:
            self.risks.append(Risk(code="left-out", message=goal.said))

    def prepared(self) -> Prepared:
        goal = self.goal
        after: dict[str, Any] = {"status": self.wish.goal.value}
        if goal.label is not None:
            after["native_status"] = goal.label
        if goal.code_field in self.fields:
            after["closure_code"] = self.fields[goal.code_field or ""]
        if goal.notes_field in self.fields:
            after["resolution_notes"] = self.fields[goal.notes_field or ""]
        move = Transition(status=self.wish.goal, native_status=goal.state, fields=dict(self.fields))
        return Prepared(
            actions=[move], after=after, obstacles=self.obstacles, risks=self.risks, final=self.final, stays=self.stays
        )


def _reopening(draft: _Draft) -> None:
    if draft.ticket.status is Status.RESOLVED:
        draft.risks.append(Risk(code="reopen", message="the platform counts a reopening, and its clocks run again"))
        if draft.ticket.native_kind == "incident":
            draft.risks.append(Risk(code="cascade", message="its child incidents may be opened again as well"))
        draft.stays["reopens"] = "the platform counts a reopening"
        draft.stays["resolved_at"] = "the platform may keep or drop the time it was resolved"
    else:
        message = f"it is {draft.ticket.status}, and the platform does not open it again"
        draft.obstacles.append(Risk(code="final", message=message))


def _held(ticket: Ticket, goal: Goal, name: str) -> str | None:
    """What the ticket has in a native field; None when that is not known."""
    ours = {native: portable for portable, native in goal.names.items()}.get(name)
    if ours is None:
        value = ticket.native.get(name)
        return str(value or "") if name in ticket.native else None
    if not ticket.knows(ours):
        return None
    value = plain(getattr(ticket, ours))
    text = value.get("id") if isinstance(value, dict) else value
    return "" if text is None else str(text).replace("\r\n", "\n").strip()


def _clock() -> Risk:
    return Risk(code="clock", message="it is resolved: changing it may start the time to its automatic closing anew")


def _names(choice: Choice, typed: str | None) -> bool:
    return typed is not None and typed.strip().casefold() in {choice.value.casefold(), choice.label.casefold()}


def _said(choice: Choice) -> str:
    return choice.value if choice.label in {"", choice.value} else f"{choice.label} ({choice.value})"
