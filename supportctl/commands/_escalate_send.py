"""``escalate send``: a packet becomes a bug in Jira, and its tickets are told of it. All of it is one plan."""

import os
import shlex
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from supportctl.commands import _carrying, _changing
from supportctl.commands._app import App, count
from supportctl.commands._escalate_bug import bug_row, find_bug
from supportctl.commands._escalate_note import ticket_rows
from supportctl.commands._options import Options
from supportctl.commands._planning import refuse_empty, tell_risks
from supportctl.commands._tracker import There, open_tracker
from supportctl.errors import NotFoundError, UsageError
from supportctl.exits import Exit

if TYPE_CHECKING:
    from supportctl.evidence.handing import Handed
    from supportctl.model import Change, Ticket

REVIEWED = "reviewed"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the command line said."""

    packet: str
    to_profile: str | None
    project: str | None
    kind: str
    fields: tuple[str, ...]
    message: str
    images: str | None
    integration: bool


def run(options: Options, asked: Asked) -> int:
    from supportctl.evidence.handing import take

    _refuse(asked)
    handed = take(Path(asked.packet), reviewed=asked.images == REVIEWED)
    with App(_with_lead(options, handed)) as it:
        if it.options.applying.applies:
            it.require_writes()
        with open_tracker(it, str(asked.to_profile)) as there:
            if it.options.applying.applies:
                there.app.require_writes()
            return _plan(it, there, handed, asked)


def _refuse(asked: Asked) -> None:
    refuse_empty({"--to-profile": asked.to_profile, "--project": asked.project, "--type": asked.kind})
    if asked.to_profile is None or asked.project is None:
        raise UsageError(
            "where the bug is to be made was not said; nothing was changed",
            hint="name a profile of Jira and a project: --to-profile jira --project ENG",
        )
    if asked.images not in (None, REVIEWED):
        raise UsageError(f"--images takes {REVIEWED!r}, once somebody has looked at them; nothing was changed")


def _with_lead(options: Options, handed: "Handed") -> Options:
    """The profile the packet was built with, unless one is named or the environment is one."""
    named = options.profile or os.environ.get("SUPPORTCTL_PROFILE") or os.environ.get("SUPPORTCTL_PLATFORM")
    return options if named else replace(options, profile=handed.tickets[0].profile)


def _plan(it: App, there: There, handed: "Handed", asked: Asked) -> int:
    tickets = _tickets(it, handed)
    bug = find_bug(it, there, tickets)
    if bug is not None and bug.key.rpartition("-")[0] != str(asked.project).strip().upper():
        it.console.note(f"The bug of an earlier run is {bug.key}: it stays in its project.")
    row = bug_row(it, there, handed, asked, tickets, bug)
    made = ticket_rows(it, there, handed, asked, tickets, bug)
    for key, reason in made.skipped:
        it.console.warn(f"{key} is not told: {reason}")
    changes: list[Change] = [*([row] if row is not None else []), *made.changes]
    if not changes:
        _changing.show(it, None, left=made.skipped)
        it.console.note(f"Nothing to change: {bug.key if bug is not None else 'the bug'} is as the packet says.")
        return int(Exit.PARTIAL if made.skipped else Exit.OK)
    tell_risks(it, changes)
    return _carry(it, there, changes, made.skipped, _words(asked, handed))


def _carry(it: App, there: There, changes: "list[Change]", left: list[tuple[str, str]], words: str) -> int:
    from supportctl.changes import plan as plans

    applying = it.options.applying
    plan = plans.make(
        it.profile,
        words,
        changes,
        selected=len(changes) + len(left),
        query=None,
        now=it.now,
        notify=applying.notify,
        tracker=there.profile,
    )
    _changing.refuse_too_many(plan, applying.max_changes)
    path = _changing.store(it, plan, applying.plan)
    if not applying.applies:
        _changing.show(it, plan, left=left)
        it.console.note(f"Planned: {count(len(plan.changes), 'change')}; nothing was changed. The plan is {path}")
        it.console.note(f"  → to look at it: {shlex.join(['supportctl', 'plan', 'show', str(path)])}")
        it.console.note(f"  → to carry it out: {_carrying.to_apply(it, plan, path, applying)}")
        return int(Exit.OK)
    code = _carrying.apply_plan(it, plan, applying, left)
    return int(Exit.PARTIAL) if code == Exit.OK and left else code


def _tickets(it: App, handed: "Handed") -> "list[Ticket]":
    """The packet's tickets as they are now, the one it is about first."""
    from supportctl.adapters.base import LISTING, Need

    own = [each for each in handed.tickets if each.platform == it.profile.platform]
    lead = handed.tickets[0]
    if lead.platform != it.profile.platform:
        raise UsageError(
            f"the packet is about {lead.key}, a ticket of {lead.platform}, and profile {it.profile.name!r} is "
            f"{it.profile.platform}; nothing was changed",
            hint=f"name the profile it was built with: --profile {lead.profile}",
        )
    found = {
        ticket.id: ticket
        for ticket in it.get([each.key for each in own], LISTING | {Need.COMMENTS, Need.LINKS}).tickets
    }
    if lead.id not in found:
        raise NotFoundError(
            f"{lead.key}, the ticket the packet is about, was not found or is hidden from this account; "
            "nothing was changed",
            hint=f"check the profile: supportctl check --profile {it.profile.name}",
        )
    for each in handed.tickets:
        if each.id not in found:
            it.console.warn(f"{each.key} is not told: it is not found with profile {it.profile.name}")
    return [found[each.id] for each in own if each.id in found]


def _words(asked: Asked, handed: "Handed") -> str:
    return f"escalate send {handed.id} --to-profile {asked.to_profile} --project {asked.project}"


__all__ = ["Asked", "run"]
