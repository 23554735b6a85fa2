"""From wishes to actions in the instance's own ids and values, with what stands in the way and what may follow."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from supportctl.adapters.base import Need, Needs
from supportctl.adapters.servicenow.finding import Finder, Found
from supportctl.adapters.servicenow.linking import prepare_link
from supportctl.adapters.servicenow.moving import Mover
from supportctl.adapters.servicenow.setting import Setter, Value
from supportctl.adapters.writing import (
    AssignWish,
    CommentWish,
    FieldWish,
    LinkWish,
    Prepared,
    StatusWish,
    TagWish,
    Wish,
)
from supportctl.errors import UsageError
from supportctl.model import Assignment, FieldChange, Risk, Status, Ticket
from supportctl.model.planned import empty, gap, same, value_of

if TYPE_CHECKING:
    from supportctl.adapters.servicenow.reader import ServiceNowReader

CLOCK = Risk(code="clock", message="it is resolved: changing it may start the time to its automatic closing anew")
MAIL = Risk(code="mail", message="the caller and the watch list may get mail, which this API cannot prevent")


class Preparer:
    def __init__(self, reader: "ServiceNowReader") -> None:
        self._reader = reader
        self._finder = Finder(reader.client, reader.session)
        self._setter = Setter(reader, self._finder)
        self._mover = Mover(reader)

    def needs(self, wish: Wish) -> Needs:
        match wish:
            case TagWish():
                return frozenset({Need.TAGS})
            case LinkWish():
                return frozenset({Need.LINKS})
            case FieldWish(field=field) if self._setter.custom(field):
                return frozenset({Need.CUSTOM})
            case _:
                return frozenset()

    def prepare(self, tickets: Sequence[Ticket], wish: Wish) -> dict[str, Prepared]:
        match wish:
            case TagWish():
                touches = self._reader.tag_field is not None
                return {each.id: Prepared(risks=_clock(each) if touches else []) for each in tickets}
            case CommentWish(public=public):
                return {each.id: Prepared(risks=[*([MAIL] if public else []), *_clock(each)]) for each in tickets}
            case FieldWish():
                return self._set(tickets, wish)
            case AssignWish():
                return self._assign(tickets, wish)
            case LinkWish():
                linked = prepare_link(tickets, wish)
                return {each.id: _touching(each, linked[each.id]) for each in tickets}
            case StatusWish():
                return self._mover.prepare(tickets, wish)
            case _:
                raise UsageError(f"ServiceNow takes no {type(wish).__name__}; nothing was changed")

    def _set(self, tickets: Sequence[Ticket], wish: FieldWish) -> dict[str, Prepared]:
        values: dict[str, Value | UsageError] = {}
        for table in dict.fromkeys(ticket.native_kind or "task" for ticket in tickets):
            try:
                values[table] = self._setter.value(table, wish)
            except UsageError as error:
                values[table] = error
        refusals = [each for each in values.values() if isinstance(each, UsageError)]
        if refusals and len(refusals) == len(values):
            raise refusals[0]
        return {each.id: _setting(each, values[each.native_kind or "task"]) for each in tickets}

    def _assign(self, tickets: Sequence[Ticket], wish: AssignWish) -> dict[str, Prepared]:
        user = None if _leaves(wish.assignee) else self._finder.user(wish.assignee or "")
        group = None if _leaves(wish.group) else self._finder.group(wish.group or "")
        return {ticket.id: self._assignment(ticket, wish, user, group) for ticket in tickets}

    def _assignment(self, ticket: Ticket, wish: AssignWish, user: Found | None, group: Found | None) -> Prepared:
        after: dict[str, Any] = {}
        for name, wanted, found in (("assignee", wish.assignee, user), ("group", wish.group, group)):
            if wanted is not None:
                shown = found.plain() if found is not None else None
                if gap(ticket, name) is not None or not same(name, value_of(ticket, name), shown):
                    after[name] = shown
        if not after:
            return Prepared()
        action = Assignment(
            assignee=user.id if user is not None and "assignee" in after else None,
            group=group.id if group is not None and "group" in after else None,
            unassign="assignee" in after and user is None,
            ungroup="group" in after and group is None,
        )
        risks = [Risk(code="mail", message="the new assignee or group may get mail"), *_clock(ticket)]
        if user is not None and (lack := self._outsider(ticket, wish, user, group)):
            risks.append(Risk(code="membership", message=lack))
        return Prepared(
            actions=[action], after=after, risks=risks, stays={"reassignments": "the platform counts each reassignment"}
        )

    def _outsider(self, ticket: Ticket, wish: AssignWish, user: Found, group: Found | None) -> str | None:
        """The group the ticket will be in, when the user is none of its members."""
        if group is not None:
            identity, name = group.id, group.name
        elif wish.group is None and ticket.group is not None:
            identity, name = ticket.group.id, ticket.group.name
        else:
            return None
        groups = self._finder.groups_of(user.id)
        if groups is None or identity in groups:
            return None
        return f"the assignee is no member of {name or identity}: the instance may refuse or undo it"


def _leaves(text: str | None) -> bool:
    """Nothing to look up: leave as it is, or take away."""
    return text is None or text.strip().lower() == "none"


def _setting(ticket: Ticket, value: Value | UsageError) -> Prepared:
    if isinstance(value, UsageError):
        return Prepared(obstacles=[Risk(code="no-value", message=value.message)])
    if gap(ticket, value.field) is None and same(value.field, value_of(ticket, value.field), value.shown):
        return Prepared()
    if value.of and value.native == "subcategory" and ticket.category != value.of:
        message = f"its category is not {value.of!r}, which this subcategory belongs to"
        return Prepared(obstacles=[Risk(code="dependent", message=message)])
    risks = _clock(ticket)
    if value.native in {"impact", "urgency"}:
        risks.append(Risk(code="coupling", message="the platform works out the priority from impact and urgency"))
    if value.native == "category" and ticket.subcategory:
        risks.append(Risk(code="coupling", message="its subcategory may not belong to the new category"))
    change = FieldChange(field=value.field, native_field=value.native, value=value.sent)
    stays = {}
    if value.lasting and empty(value_of(ticket, value.field)):
        stays[value.field] = "it is a choice, which this API cannot empty again"
    return Prepared(actions=[change], after={value.field: value.shown}, risks=risks, stays=stays)


def _touching(ticket: Ticket, found: Prepared) -> Prepared:
    if not found.actions:
        return found
    return Prepared(
        actions=found.actions,
        after=found.after,
        obstacles=found.obstacles,
        risks=[*found.risks, *_clock(ticket)],
        final=found.final,
        stays=found.stays,
    )


def _clock(ticket: Ticket) -> list[Risk]:
    return [CLOCK] if ticket.status is Status.RESOLVED else []
