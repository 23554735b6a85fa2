"""``audit --plan``: fixes of findings become a plan of changes. Nothing is changed here."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from supportctl.commands import _carrying, _changing
from supportctl.commands._app import App, count
from supportctl.commands._audit_choice import Job, choose
from supportctl.commands._planning import TOLD, tell_risks
from supportctl.commands._texts import Texts, refuse_crowded
from supportctl.errors import NotFoundError, UsageError
from supportctl.model import (
    DONE,
    AssignFix,
    FieldFix,
    Finding,
    LinkFix,
    NoteFix,
    StatusFix,
    TagFix,
)

if TYPE_CHECKING:
    from supportctl.adapters.base import Needs
    from supportctl.adapters.writing import Wish
    from supportctl.changes.conditions import Condition
    from supportctl.changes.making import Made
    from supportctl.model import NewComment, Ticket
    from supportctl.model.finding import Remedy

PAGE = 100
SAID = "the same was written already, and nobody has written since"


def write_plan(app: App, findings: Sequence[Finding], path: Path, *, unsafe: bool, query: str | None) -> None:
    """Plan the fixes, store the plan, say how to carry it out."""
    from supportctl.changes import plan as plans

    console = app.console
    chosen = choose(findings, unsafe=unsafe, fold=app.adapter.capabilities.tags_fold_case)
    if chosen.unsafe:
        console.note(f"{count(chosen.unsafe, 'finding')} passed over: the fix wants a person's eye (--unsafe-fixes)")
    if chosen.conflicting:
        fixes = "1 fix" if chosen.conflicting == 1 else f"{chosen.conflicting:,} fixes"
        console.warn(f"{fixes} left out: another one of the same ticket contradicts it")
    made = _make(app, chosen.jobs)
    _tell_left(app, made.skipped)
    if not made.changes:
        console.note("No fix to plan; no plan was written.")
        return
    tell_risks(app, made.changes)
    words = f"audit --plan{' --unsafe-fixes' if unsafe else ''}"
    plan = plans.make(app.profile, words, made.changes, selected=len(chosen.jobs), query=query or None, now=app.clock())
    _changing.store(app, plan, str(path))
    again = _carrying.to_apply(app, plan, path, app.options.applying)
    console.note(f"Planned: fixes of {count(len(plan.changes), 'ticket')}; nothing was changed. The plan is {path}")
    console.note(f"  → to look at it: supportctl plan show {path}")
    console.note(f"  → to carry it out: {again}")


def _make(app: App, jobs: Mapping[str, Job]) -> "Made":
    """A fix that cannot be planned does not hold up the other fixes of its ticket."""
    from supportctl.changes.making import Made

    others = _Others(app)
    made = _attempt(app, jobs, others)
    reasons = dict(made.skipped)
    several = {ticket_id: job for ticket_id, job in jobs.items() if job.key in reasons and len(job.remedies) > 1}
    if not several:
        return made
    cannot = [pair for pair in made.skipped if pair[0] not in {job.key for job in several.values()}]
    possible: dict[str, list[Remedy]] = {ticket_id: [] for ticket_id in several}
    every: list[Remedy] = []
    for remedy in (each for job in several.values() for each in job.remedies):
        if remedy not in every:
            every.append(remedy)
    for remedy in every:
        alone = {ticket_id: job.only([remedy]) for ticket_id, job in several.items() if remedy in job.remedies}
        part = _attempt(app, alone, others)
        refused = dict(part.skipped)
        cannot += part.skipped
        for ticket_id, job in alone.items():
            if job.key not in refused:
                possible[ticket_id].append(remedy)
    narrowed = {ticket_id: several[ticket_id].only(remedies) for ticket_id, remedies in possible.items() if remedies}
    again = _attempt(app, narrowed, others)
    return Made(
        changes=[*made.changes, *again.changes],
        unchanged=[*made.unchanged, *again.unchanged],
        skipped=[*cannot, *again.skipped],
    )


def _attempt(app: App, jobs: Mapping[str, Job], others: "_Others") -> "Made":
    """Tickets that need the same are prepared together."""
    from supportctl.changes.making import Made

    made = Made(changes=[], unchanged=[], skipped=[])
    alike: dict[str, list[str]] = {}
    for ticket_id, job in jobs.items():
        alike.setdefault(repr(sorted(job.remedies, key=repr)), []).append(ticket_id)
    for ids in alike.values():
        for start in range(0, len(ids), PAGE):
            page = {ticket_id: jobs[ticket_id] for ticket_id in ids[start : start + PAGE]}
            try:
                part = _Recipe(app, next(iter(page.values())).remedies, others).make(page)
            except (UsageError, NotFoundError) as error:
                reason = error.message.removesuffix("; nothing was changed")
                made.skipped.extend((job.key, reason) for job in page.values())
                continue
            made.changes.extend(part.changes)
            made.unchanged.extend(part.unchanged)
            made.skipped.extend(part.skipped)
    return made


class _Others:
    """Tickets that links lead to, each asked for once."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._known: dict[str, Ticket] = {}

    def find(self, key: str) -> "Ticket":
        """Raises `UsageError` or `NotFoundError`."""
        if key not in self._known:
            from supportctl.commands.link import other_ticket

            self._known[key] = other_ticket(self._app, key)
        return self._known[key]


class _Recipe:
    """What a few tickets alike need: wishes in the order they are fulfilled, texts, and what holds a ticket back."""

    def __init__(self, app: App, remedies: "Sequence[Remedy]", others: _Others) -> None:
        from supportctl.adapters.writing import CommentWish

        self._app = app
        self._texts = Texts(app, {})
        self._other: list[Ticket] = []
        wishes: list[Wish] = []
        notes: list[NoteFix] = []
        for remedy in sorted(_together(remedies), key=_order):
            if isinstance(remedy, NoteFix):
                notes.append(remedy)
            else:
                wishes.append(self._wish(remedy, others))
        for public in (True, False):
            if any(note.public is public for note in notes):
                wishes.insert(self._before_status(wishes), CommentWish(public=public))
        for note in notes:
            message = self._texts.read("the fix's note", f"@{note.template.removeprefix('@')}")
            if note.public:
                self._texts.public = message
            elif message is not None:
                self._texts.internal.append(message)
        self._wishes = wishes
        self._conditions = self._standing(remedies)

    def make(self, jobs: Mapping[str, Job]) -> "Made":
        from supportctl.changes.conditions import sift
        from supportctl.changes.making import Made, make_changes

        app = self._app
        found = app.get([job.key for job in jobs.values()], self._needs())
        tickets = [ticket for ticket in found.tickets if ticket.id in jobs]
        there = {ticket.id for ticket in tickets}
        skipped = [(job.key, "not found any more") for ticket_id, job in jobs.items() if ticket_id not in there]
        itself = {(other.platform, other.id) for other in self._other}
        skipped += [(t.key, "it cannot be linked to itself") for t in tickets if (t.platform, t.id) in itself]
        tickets = [ticket for ticket in tickets if (ticket.platform, ticket.id) not in itself]
        kept, left = sift(self._conditions, tickets, self._look_up)
        skipped += [(each.ticket.key, each.reason.partition(" (--even-if")[0]) for each in left]
        written = self._texts.write(kept)
        said = [ticket for ticket in written.tickets if _said_already(ticket, written.comments[ticket.id])]
        skipped += [*written.skipped, *((ticket.key, SAID) for ticket in said)]
        written.tickets = [ticket for ticket in written.tickets if ticket not in said]
        if not written.tickets:
            return Made(changes=[], unchanged=[], skipped=skipped)
        reasons = {ticket_id: job.reason for ticket_id, job in jobs.items()}
        made = make_changes(app.adapter, written.tickets, self._wishes, texts=written.comments, reasons=reasons)
        refuse_crowded(app, made)
        return Made(changes=made.changes, unchanged=made.unchanged, skipped=[*made.skipped, *skipped])

    def _needs(self) -> "Needs":
        from supportctl.adapters.base import Need
        from supportctl.changes.making import wishes_need

        needs = wishes_need(self._app.adapter, self._wishes) | self._texts.needs
        if self._texts.public is not None or self._texts.internal:
            needs |= {Need.COMMENTS}
        return needs.union(*(each.needs for each in self._conditions))

    def _wish(self, remedy: "Remedy", others: _Others) -> "Wish":
        from supportctl.adapters.writing import AssignWish, FieldWish, LinkWish, StatusWish, TagWish
        from supportctl.changes.tags import valid_tags

        capabilities = self._app.adapter.capabilities
        match remedy:
            case TagFix(add=add, remove=remove):
                return TagWish(add=valid_tags(add, capabilities), remove=list(remove))
            case FieldFix(field=name, value=value):
                return FieldWish(field=name, value=value)
            case AssignFix(assignee=assignee, group=group):
                return AssignWish(assignee=assignee, group=group)
            case LinkFix(type=kind, key=key):
                if kind not in capabilities.links:
                    raise UsageError(f"{capabilities.platform} cannot link tickets as {kind.value.replace('_', '-')}")
                self._other.append(others.find(key))
                return LinkWish(type=kind, to=self._other[-1])
            case StatusFix(goal=goal, closure_code=code):
                return StatusWish(goal=goal, closure_code=code)
        raise TypeError(remedy)

    @staticmethod
    def _before_status(wishes: "Sequence[Wish]") -> int:
        from supportctl.adapters.writing import StatusWish

        return next((at for at, wish in enumerate(wishes) if isinstance(wish, StatusWish)), len(wishes))

    def _standing(self, remedies: "Sequence[Remedy]") -> "list[Condition]":
        """What holds a ticket back as it does when a person closes it, or writes to the customer."""
        from supportctl.changes.conditions import CUSTOMER_REPLIED, OPEN_CHILDREN, condition

        ends = any(isinstance(each, StatusFix) and each.goal in DONE for each in remedies)
        writes = any(isinstance(each, NoteFix) and each.public for each in remedies)
        names = [CUSTOMER_REPLIED] if ends or writes else []
        if ends and "links" not in self._app.adapter.capabilities.unknown_fields:
            names.append(OPEN_CHILDREN)
        return [condition(name, wanted=False, now=self._app.clock(), standing=True) for name in names]

    def _look_up(self, keys: Sequence[str]) -> "dict[str, Ticket]":
        found = self._app.get(keys, frozenset())
        return {name: ticket for ticket in found.tickets for name in (ticket.key, ticket.id)}


def _said_already(ticket: "Ticket", comments: "Sequence[NewComment]") -> bool:
    """Whether the last word on the ticket is the same text, but for numbers and dates."""
    dated = [each for each in ticket.comments if each.created_at is not None]
    last = max(dated, key=lambda each: str(each.created_at), default=None)
    if last is None:
        return False
    return any(_shape(last.body) == _shape(new.body) and last.public is new.public for new in comments)


def _shape(text: str | None) -> str:
    return re.sub(r"[\W\d_]+", " ", text or "").strip().casefold()


def _together(remedies: "Sequence[Remedy]") -> "list[Remedy]":
    """Changes of tags, and of who has the ticket, as one each."""
    tags = [each for each in remedies if isinstance(each, TagFix)]
    owners = [each for each in remedies if isinstance(each, AssignFix)]
    together: list[Remedy] = [each for each in remedies if not isinstance(each, TagFix | AssignFix)]
    if tags:
        add = dict.fromkeys(tag for each in tags for tag in each.add)
        remove = dict.fromkeys(tag for each in tags for tag in each.remove)
        together.append(TagFix(add=list(add), remove=list(remove)))
    if owners:
        assignee = next((each.assignee for each in owners if each.assignee is not None), None)
        group = next((each.group for each in owners if each.group is not None), None)
        together.append(AssignFix(assignee=assignee, group=group))
    return together


_ORDER: tuple[type, ...] = (TagFix, FieldFix, AssignFix, LinkFix, NoteFix, StatusFix)


def _order(remedy: "Remedy") -> int:
    """The status last: what else is to change has to while the ticket is still open."""
    return _ORDER.index(type(remedy))


def _tell_left(app: App, left: Sequence[tuple[str, str]]) -> None:
    reasons: dict[str, list[str]] = {}
    for key, reason in left:
        reasons.setdefault(reason, []).append(key)
    for reason, keys in list(reasons.items())[:TOLD]:
        more = f" and {len(keys) - TOLD:,} more" if len(keys) > TOLD else ""
        app.console.warn(f"{', '.join(keys[:TOLD])}{more} not planned: {reason}")
    if len(reasons) > TOLD:
        others = sum(len(keys) for keys in list(reasons.values())[TOLD:])
        app.console.warn(f"… and {count(others, 'more ticket')} not planned")
