"""Assigning tickets: who, in which group, and what Zendesk would otherwise decide by itself.

An assignee has to be in the ticket's group (developer.zendesk.com, "Tickets": ``assignee_id``, ``group_id``). What
Zendesk does to a pair that does not fit is in no description, so a fitting pair is always sent.
"""

from collections.abc import Mapping, Sequence

import msgspec

from supportctl.adapters.writing import AssignWish, Prepared
from supportctl.adapters.zendesk import refusals
from supportctl.adapters.zendesk.context import person
from supportctl.adapters.zendesk.setup import NOBODY, Setup
from supportctl.errors import UsageError
from supportctl.model import Assignment, NamedRef, Person, Risk, Status, Ticket
from supportctl.model.planned import gap, plain


class Goal(msgspec.Struct, frozen=True, kw_only=True):
    """Who and where; with neither ``agent`` nor ``unassign`` the assignee is left as it is, and so with groups."""

    agent: Person | None = None
    unassign: bool = False
    group: NamedRef | None = None
    ungroup: bool = False
    home: NamedRef | None = None
    """Where the agent's tickets go when the ticket's own group is not theirs."""


def prepare(setup: Setup, tickets: Sequence[Ticket], wish: AssignWish) -> Mapping[str, Prepared]:
    goal = resolve(setup, wish)
    return {ticket.id: refusals.closed(ticket) or _one(setup, ticket, goal) for ticket in tickets}


def resolve(setup: Setup, wish: AssignWish) -> Goal:
    """Raises `UsageError` for nobody, for a group that is none, and for an agent who is not in the group."""
    if wish.assignee is None and wish.group is None:
        raise UsageError("neither an assignee nor a group was given; nothing was changed", hint="give one of them")
    unassign, ungroup = _is_nobody(wish.assignee), _is_nobody(wish.group)
    group = setup.group(wish.group) if wish.group is not None and not ungroup else None
    if wish.assignee is None or unassign:
        return Goal(unassign=unassign, group=group, ungroup=ungroup)
    doc = setup.agent(wish.assignee)
    agent = person(doc)
    setup.account.context.people[doc["id"]] = agent
    if ungroup:
        raise UsageError("an assignee needs a group; nothing was changed", hint="take the assignee away as well")
    own = setup.groups_of(agent.id)
    if group is not None and group.id not in own:
        raise UsageError(
            f"the agent {agent.id} is not in the group {group.name or group.id!r}; nothing was changed",
            hint="give another group, or add the agent to it",
        )
    default = str(doc.get("default_group_id") or "")
    home = default if default in own else next(iter(own)) if len(own) == 1 else None
    return Goal(agent=agent, group=group, home=setup.group(home) if home is not None else None)


def _is_nobody(typed: str | None) -> bool:
    return typed is not None and typed.strip().lower() == NOBODY


def _one(setup: Setup, ticket: Ticket, goal: Goal) -> Prepared:
    present = ticket.assignee.id if ticket.assignee else None
    place = ticket.group.id if ticket.group else None
    agent, unassign, group, ungroup = goal.agent, goal.unassign, goal.group, goal.ungroup
    risks = []
    if agent is not None and group is None and place not in setup.groups_of(agent.id):
        group = goal.home
        if group is None:
            if not setup.groups_of(agent.id):
                return refusals.obstacle("group", "the agent is in no group, and only groups' members can be assigned")
            return refusals.obstacle("group", "the agent is not in its group, and has several others: give the group")
        risks.append(_coupled(f"the agent is not in its group, so that its group becomes {group.name or group.id!r}"))
    if agent is None and not unassign and present is not None:
        stays_out = ungroup or (group is not None and present not in setup.members_of(group.id))
        if stays_out:
            unassign = True
            risks.append(_coupled("its assignee is not in the new group and is taken away"))
    known = gap(ticket, "assignee") is None and gap(ticket, "group") is None
    takes_agent = (agent is not None and (not known or present != agent.id)) or (
        unassign and (not known or present is not None)
    )
    takes_group = (group is not None and (not known or place != group.id)) or (
        ungroup and (not known or place is not None)
    )
    if not takes_agent and not takes_group:
        return Prepared()
    action = Assignment(
        assignee=agent.id if takes_agent and agent is not None else None,
        unassign=takes_agent and agent is None,
        group=group.id if takes_group and group is not None else None,
        ungroup=takes_group and group is None,
    )
    after = {}
    if takes_agent:
        after["assignee"] = plain(agent)
    if takes_group:
        after["group"] = plain(group)
    if ticket.status is Status.NEW and action.assignee is not None:
        risks.append(_coupled("assigning a new ticket opens it, and it will never be new again"))
    return Prepared(actions=[action], after=after, risks=[refusals.MAIL, *risks])


def _coupled(message: str) -> Risk:
    return Risk(code="coupling", message=message)
