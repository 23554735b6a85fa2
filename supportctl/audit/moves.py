"""Changes that people made: machines move tickets too, and nobody is to blame for that."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import msgspec

from supportctl.audit.actors import Actor, actor_of, same_person
from supportctl.audit.rule import Context
from supportctl.model import Event, Person, Ticket
from supportctl.text.fold import fold_word

MACHINE_CHANNELS = frozenset({"rule", "automation", "trigger", "system", "workflow", "sla", "merge", "batch"})
"""Zendesk books what a trigger does on the person whose update fired it; only the channel tells."""
AT_ONCE = timedelta(seconds=2)
"""Changes this close by one person were one update."""


def by_person(event: Event, ticket: Ticket, context: Context) -> bool:
    """Whether somebody certainly made this change; an unknown actor may be a rule of the platform."""
    if event.channel is not None and fold_word(event.channel) in MACHINE_CHANNELS:
        return False
    return actor_of(event.actor, ticket, context) in (Actor.AGENT, Actor.CUSTOMER)


def by_machine(event: Event, ticket: Ticket, context: Context) -> bool:
    """Whether a machine certainly made this change."""
    if event.channel is not None and fold_word(event.channel) in MACHINE_CHANNELS:
        return True
    return actor_of(event.actor, ticket, context) is Actor.BOT


class HandOver(msgspec.Struct, frozen=True):
    """From one group to another, by somebody who did not keep or take the ticket."""

    event: Event
    start: str
    stop: str


def hand_overs(ticket: Ticket, events: Sequence[Event], context: Context) -> Iterator[HandOver]:
    """Oldest first. ``events`` in order. First assignments are none, nor are moves within `Settings.one_team`."""
    changes = [event for event in events if event.field == "group"]
    if not changes:
        return
    teams = team_names(context)
    owners = [event for event in events if event.field == "assignee" and event.at is not None]
    for event in changes:
        start, stop = place(event.before, event.before_label, teams), place(event.after, event.after_label, teams)
        if start is None or stop is None or start == stop or event.at is None:
            continue
        if by_person(event, ticket, context) and not _same_hands(event, owners, ticket):
            yield HandOver(event, start, stop)


def _same_hands(event: Event, owners: Sequence[Event], ticket: Ticket) -> bool:
    """Whether the assignee stayed the same through this update, or the actor took the ticket."""
    assert event.at is not None
    before = next((str(each.before) for each in owners[:1] if each.before), None)
    after = before
    if not owners and ticket.assignee is not None:
        # Never changed: whoever has it now has had it all along.
        before = after = ticket.assignee.id
    for each in owners:
        assert each.at is not None
        if each.at < event.at - AT_ONCE:
            before = after = str(each.after) if each.after else None
        elif each.at <= event.at + AT_ONCE:
            after = str(each.after) if each.after else None
    if after is None:
        return False
    if after == before:
        return True
    return event.actor is not None and same_person(_person(after, ticket), event.actor) is True


def _person(identity: str, ticket: Ticket) -> Person:
    """With login and address, where the ticket tells them."""
    if ticket.assignee is not None and ticket.assignee.id == identity:
        return ticket.assignee
    return Person(id=identity)


def team_names(context: Context) -> dict[str, str]:
    """Group -> the team it counts as."""
    return {fold_word(name): f"team {n}" for n, names in enumerate(context.settings.one_team) for name in names}


def place(value: Any, label: str | None, teams: dict[str, str]) -> str | None:
    """What a group or an assignee in an event counts as; None: nobody."""
    if value in (None, "", []):
        return None
    return teams.get(fold_word(label or ""), teams.get(fold_word(str(value)), str(value)))
