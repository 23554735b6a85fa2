"""Applying a plan, or going on with a run that did not end: who may, one at a time, and what came of it."""

import shlex
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack

import msgspec

from supportctl.changes.gates import StoppedError
from supportctl.changes.journal import Journal
from supportctl.changes.legs import carry_out
from supportctl.changes.lock import alone
from supportctl.changes.means import Means
from supportctl.changes.plan import Header, Plan, instance_of
from supportctl.config import Profile
from supportctl.errors import RefusedError, StateError, SupportctlError
from supportctl.model import Applied, Change, Outcome, Skipped, Unchanged, Unverified

DELETED_ROW = Skipped(reason="its row was deleted from the plan")


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """``outcomes`` by ticket key, in plan order; None: never sent."""

    run: str
    outcomes: dict[str, Outcome | None]
    stopped_by: SupportctlError | None = None
    interrupted: bool = False
    resumed: bool = False
    """Whether an earlier run of the plan was taken up."""
    effects: dict[str, list[str]] = {}
    """By ticket key: fields that changed besides the planned ones."""
    undoes: str | None = None
    """The run that was taken back; ``effects`` are then what is not again as it was before that run."""
    idle: bool = False
    """Whether there was nothing left to do."""
    repeats: int = 0
    """Steps sent again because they were seen not to have happened."""

    @property
    def result(self) -> str:
        """One word for the journal."""
        if self.interrupted:
            return "interrupted"
        return "stopped" if self.stopped_by else "complete" if self.complete else "partial"

    @property
    def counts(self) -> Counter[str]:
        return Counter(name_of(outcome) for outcome in self.outcomes.values())

    @property
    def complete(self) -> bool:
        """Whether every ticket is now as planned."""
        return all(isinstance(outcome, Applied | Unchanged) for outcome in self.outcomes.values())

    @property
    def unfinished(self) -> bool:
        """Whether going on with the run has something left to do."""
        return any(name_of(outcome) in ("not sent", "unverified") for outcome in self.outcomes.values())


def name_of(outcome: Outcome | None) -> str:
    """The word for an outcome in reports."""
    return type(outcome).__name__.lower() if outcome is not None else "not sent"


def refuse_unwritable(profile: Profile) -> None:
    """Profiles are read-only until their owner says otherwise."""
    if not profile.writes:
        raise RefusedError(
            f"profile {profile.name!r} is read-only; nothing was changed",
            hint=f"run: supportctl profile set {profile.name} --allow-writes",
        )


def refuse_foreign(header: Header, profile: Profile) -> None:
    """A plan belongs to the instance it was made for."""
    if header.instance != instance_of(profile):
        raise RefusedError(
            f"the plan was made for another instance (profile {header.profile!r}, {header.platform}); "
            "nothing was changed",
            hint="give the profile it was made with: --profile NAME",
        )


def refuse_other_tracker(header: Header, tracker: Profile | None, *, writing: bool = True) -> None:
    """The same of the tracker of a plan, where it has one; with ``writing`` it must not be read-only."""
    wanted = header.tracker
    if wanted is None:
        return
    if tracker is None or wanted.instance != instance_of(tracker):
        raise RefusedError(
            f"the plan makes a bug in another instance (profile {wanted.profile!r}, {wanted.platform}); "
            "nothing was changed",
            hint=f"the profile {wanted.profile!r} must be as it was when the plan was made",
        )
    if writing:
        refuse_unwritable(tracker)


def refuse_final(changes: Sequence[Change], *, allowed: bool) -> None:
    """What cannot be undone needs leave of its own."""
    final = [change for change in changes if change.final]
    if final and not allowed:
        what = Counter(word for change in final for word in set(change.final))
        told = ", ".join(f"{word} ({number:,})" for word, number in what.most_common())
        raise RefusedError(
            f"{len(final):,} of the planned changes cannot be undone: {told}; nothing was changed",
            hint="look at them with supportctl plan show, then repeat with --allow-irreversible",
        )


def apply(
    plan: Plan, profile: Profile, means: Means, *, tracker: Profile | None = None, allow_irreversible: bool = False
) -> Report:
    """Carry out ``plan``; every ticket ends with an outcome or, when the run had to stop before it, with None.

    A plan that was begun before is gone on with: what was done is not done again, rows deleted since are left alone.
    Raises `RefusedError` before anything is sent when the profile is read-only, the plan is another instance's or not
    to be undone without leave, or another run is changing the same instance.
    """
    refuse_unwritable(profile)
    refuse_foreign(plan.header, profile)
    refuse_other_tracker(plan.header, tracker)
    refuse_final(plan.changes, allowed=allow_irreversible)
    journal = means.journal
    with _alone(means, plan.header):
        run = journal.run_of(plan.header.id)
        resumed = run is not None
        if run is None:
            run = journal.begin(plan)
        else:
            _match_rows(journal, run, plan)
        return _carry_out(run, plan.header, plan.changes, means, resumed=resumed)


def _alone(means: Means, header: Header) -> ExitStack:
    """Every instance the plan changes is held, always in the same order."""
    folder = means.locks or means.journal.path.parent
    places: set[str] = {header.instance} | ({header.tracker.instance} if header.tracker is not None else set())
    held = ExitStack()
    try:
        for instance in sorted(places):
            held.enter_context(alone(folder / f"apply-{instance}.lock"))
    except BaseException:
        held.close()
        raise
    return held


def _match_rows(journal: Journal, run: str, plan: Plan) -> None:
    """Take in rows that an earlier, thinned-out copy of the plan lacked; give up those that were deleted since."""
    states = journal.states(run)
    wanted = {change.id for change in plan.changes}
    journal.extend(run, [change for change in plan.changes if change.id not in states])
    given_up = [ticket for ticket, outcome in states.items() if outcome is None and ticket not in wanted]
    if given_up:
        journal.settle(run, dict.fromkeys(given_up, DELETED_ROW))
    journal.revive(run, [ticket for ticket, outcome in states.items() if outcome == DELETED_ROW and ticket in wanted])


def resume(run: str, profile: Profile, means: Means, *, tracker: Profile | None = None) -> Report:
    """Go on with a run from the journal alone. Leave for what cannot be undone was given when it was begun.

    Raises `NotFoundError` for a run the journal does not know, and as `apply` does.
    """
    header = means.journal.header(run)
    refuse_unwritable(profile)
    refuse_foreign(header, profile)
    refuse_other_tracker(header, tracker)
    with _alone(means, header):
        return _carry_out(run, header, None, means, resumed=True)


def _carry_out(id_: str, header: Header, known: Sequence[Change] | None, means: Means, *, resumed: bool) -> Report:
    journal = means.journal
    entries = journal.entries(id_, known or ())
    if known is not None:
        # A row that was deleted is left alone, unless its change may have left already.
        wanted = {change.id for change in known}
        entries = [entry for entry in entries if entry.change.id in wanted or entry.begun]
    if resumed:
        journal.reopen(id_)
    stopped_by: SupportctlError | None = None
    interrupted = False
    try:
        carry_out(id_, header, entries, means)
    except StateError as error:
        path = shlex.quote(str(journal.path))
        raise StateError(
            error.message,
            hint=f"make room, then run: supportctl resume {id_} --profile {header.profile} --journal {path}",
        ) from error
    except SupportctlError as error:
        stopped_by = error
    except (KeyboardInterrupt, StoppedError):
        interrupted = True
    told = journal.outcomes(id_)
    report = Report(
        run=id_,
        outcomes={entry.change.key: told[entry.change.key] for entry in entries},
        stopped_by=stopped_by,
        interrupted=interrupted,
        resumed=resumed,
        idle=all(entry.state == "done" and not isinstance(entry.outcome, Unverified) for entry in entries),
        effects=journal.effects(id_),
        undoes=header.undoes,
        repeats=journal.repeats(id_),
    )
    journal.end(id_, report.result)
    return report
