"""What every writing verb goes through: choose, leave out, plan, tell, store, and with ``--yes`` carry out."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

import typer

from supportctl.commands import _carrying, _changing
from supportctl.commands._app import App, count
from supportctl.commands._choosing import Chosen, choose
from supportctl.errors import RefusedError, UsageError
from supportctl.exits import Exit

if TYPE_CHECKING:
    from supportctl.adapters.base import Needs
    from supportctl.changes.conditions import Condition
    from supportctl.changes.making import Made
    from supportctl.changes.plan import Plan
    from supportctl.model import Change, Ticket

TOLD = 10
"""Keys and reasons a message names before it counts the rest."""

Which = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[QUERY | KEY... | -]", help="Which tickets: a query, keys, or - for keys on standard input."
    ),
]


@dataclass(frozen=True, kw_only=True)
class Work:
    """What a verb does: the rest is the same for all."""

    words: str
    """The verb with what it was given, for the plan; no customer text."""
    needs: "Needs"
    make: "Callable[[Sequence[Ticket], Mapping[str, str]], Made]"
    """Changes of some tickets, given reasons by ticket id."""
    standing: tuple[str, ...] = ()
    """Conditions that hold a ticket back although nobody named them."""
    already: "Callable[[Ticket], bool]" = lambda _ticket: False
    """Tickets there is nothing to do for, whatever the conditions say."""
    besides: tuple[str, ...] = ()
    """Options that only go along, and are not done for tickets there is nothing else to do for."""
    seen: "Callable[[Sequence[Ticket]], None]" = lambda _tickets: None
    """Looks at every ticket chosen, for what the verb reports besides."""
    tell: Callable[[], None] = lambda: None


@dataclass
class _Tally:
    most: int
    changes: "list[Change]" = field(default_factory=list)
    planned: int = 0
    """Changes, those over the most allowed included; only up to that many are kept."""
    unchanged: int = 0
    selected: int = 0
    left: dict[str, list[str]] = field(default_factory=dict)
    """Reason -> keys of tickets that are left out."""
    incomplete: bool = False
    """Whether somebody may have meant a ticket that is left out."""

    def leave(self, key: str, reason: str, *, intended: bool) -> None:
        self.left.setdefault(reason, []).append(key)
        self.incomplete = self.incomplete or not intended

    def take(self, made: "Made") -> None:
        self.planned += len(made.changes)
        if self.planned > self.most:
            self.changes.clear()
        else:
            self.changes += made.changes
        self.unchanged += len(made.unchanged)
        for key, reason in made.skipped:
            self.leave(key, reason, intended=False)


def carry_out(app: App, which: Sequence[str], work: Work) -> int:
    """Plan, show, store and perhaps apply. Returns the exit code."""
    from supportctl.changes import plan as plans

    applying, console = app.options.applying, app.console
    if applying.applies:
        app.require_writes()
    choosing = app.options.choosing
    conditions = _conditions(app, work)
    chosen = choose(app, which, findings=choosing.from_findings, rules=choosing.rule)
    tally = _Tally(applying.max_changes)
    _plan_pages(app, chosen, conditions, work, tally)
    tally.incomplete = tally.incomplete or bool(chosen.missing)
    _tell_left(app, tally, work.besides)
    work.tell()
    if tally.planned > tally.most:
        raise RefusedError(
            f"the plan would change {count(tally.planned, 'ticket')}, more than --max-changes {tally.most:,}; "
            "nothing was changed",
            hint=f"narrow the selection, or allow it with --max-changes {tally.planned}",
        )
    left = [(key, reason) for reason, keys in tally.left.items() for key in keys]
    left += [(key, "not found, or hidden from this account") for key in chosen.missing]
    if not tally.changes:
        _changing.show(app, None, left=left)
        console.note("Nothing to change." if chosen.found else "No ticket matches; nothing to change.")
        return int(Exit.PARTIAL if tally.incomplete else Exit.OK)
    tell_risks(app, tally.changes)
    plan = plans.make(
        app.profile,
        work.words,
        tally.changes,
        selected=tally.selected,
        query=chosen.words,
        now=app.now,
        notify=applying.notify,
    )
    path = _changing.store(app, plan, applying.plan)
    again = _carrying.to_apply(app, plan, path, applying)
    final = sum(bool(change.final) for change in tally.changes)
    if not applying.applies:
        _changing.show(app, plan, left=left)
        console.note(f"Planned: {count(len(plan.changes), 'ticket')}; nothing was changed. The plan is {path}")
        console.note(f"  → to carry it out: {again}")
        return int(Exit.OK)
    _refuse_final(plan, final, again, allowed=applying.allow_irreversible)
    code = _carrying.apply_plan(app, plan, applying, left)
    return int(Exit.PARTIAL) if code == Exit.OK and tally.incomplete else code


def _plan_pages(app: App, chosen: Chosen, conditions: "Sequence[Condition]", work: Work, tally: _Tally) -> None:
    """Page by page, so that what is kept of a ticket is its change."""
    from supportctl.changes.conditions import sift

    needs = work.needs.union(*(each.needs for each in conditions))
    given = app.options.applying.reason

    def look_up(keys: Sequence[str]) -> "dict[str, Ticket]":
        found = app.get(keys, frozenset())
        return {name: ticket for ticket in found.tickets for name in (ticket.key, ticket.id)}

    for page in chosen.pages(needs):
        work.seen(page)
        tally.selected += len(page)
        open_ = [ticket for ticket in page if not work.already(ticket)]
        tally.unchanged += len(page) - len(open_)
        kept, left = sift(conditions, open_, look_up)
        for each in left:
            tally.leave(each.ticket.key, each.reason, intended=each.intended)
        reasons = {ticket.id: why for ticket in kept if (why := _reason(given, chosen.reason(ticket))) is not None}
        if kept:
            tally.take(work.make(kept, reasons))


def _reason(given: str | None, found: str | None) -> str | None:
    return f"{given} ({found})" if given and found else given or found


def _conditions(app: App, work: Work) -> "list[Condition]":
    from supportctl.changes.conditions import condition

    return [
        *(condition(text, wanted=True, now=app.now) for text in app.options.choosing.require),
        *(condition(text, wanted=False, now=app.now) for text in app.options.choosing.unless),
        *(condition(text, wanted=False, now=app.now, standing=True) for text in work.standing),
    ]


def _tell_left(app: App, tally: _Tally, besides: Sequence[str]) -> None:
    console = app.console
    if tally.unchanged:
        text = f"{count(tally.unchanged, 'ticket')} already as wished"
        if besides:
            console.warn(f"{text}: {', '.join(besides)} not done there")
        else:
            console.note(text, "dim")
    for number, (reason, keys) in enumerate(tally.left.items()):
        if number == TOLD:
            others = sum(len(keys) for keys in list(tally.left.values())[TOLD:])
            console.warn(f"… and {count(others, 'more ticket')} left out")
            break
        more = f" and {len(keys) - TOLD:,} more" if len(keys) > TOLD else ""
        verb = "is" if len(keys) == 1 else "are"
        console.warn(f"{', '.join(keys[:TOLD])}{more} {verb} left out: {reason}")


def tell_risks(app: App, changes: "Iterable[Change]") -> None:
    """Each risk and what cannot be undone once, with the number of tickets."""
    risks: Counter[str] = Counter()
    final: Counter[str] = Counter()
    for change in changes:
        risks.update({risk.message for risk in change.risks})
        final.update(set(change.final))
    for message, number in risks.most_common():
        app.console.warn(f"{message} ({count(number, 'ticket')})")
    for what, number in final.most_common():
        app.console.warn(f"cannot be undone: {what} ({count(number, 'ticket')})")


def _refuse_final(plan: "Plan", final: int, again: str, *, allowed: bool) -> None:
    if final and not allowed:
        raise RefusedError(
            f"{count(final, 'ticket')} of {len(plan.changes):,} would be changed for good; nothing was changed",
            hint=f"look at the plan, then run: {again}",
        )


def refuse_empty(given: Mapping[str, object]) -> None:
    """Raises `UsageError` for an option that was given and is empty."""
    for option, value in given.items():
        if isinstance(value, str) and not value.strip():
            raise UsageError(f"{option} is empty; nothing was changed", hint="leave it out instead")
