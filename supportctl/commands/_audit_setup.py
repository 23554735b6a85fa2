"""Everything an audit is told, looked at before a ticket is read: what cannot be is refused here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from supportctl.commands import _audit_origin
from supportctl.commands._app import App, join_words
from supportctl.commands._audit_options import AuditOptions
from supportctl.commands._audit_outputs import Place, places, standard_form
from supportctl.commands._audit_tickets import Which
from supportctl.errors import RefusedError, UsageError

if TYPE_CHECKING:
    from supportctl.audit import Rule, SkippedRule
    from supportctl.audit.baseline import Baseline
    from supportctl.audit.configuration import Resolved
    from supportctl.audit.learned import Learned
    from supportctl.audit.shard import Shard
    from supportctl.audit.state import State


@dataclass(frozen=True, kw_only=True)
class Memory:
    """The file that remembers the last run."""

    path: Path
    instance: str
    selection: str
    account: str | None
    origin: str
    state: "State | None"
    anew: str | None
    """Why there is nothing to go on from, where there is a file."""


@dataclass(frozen=True, kw_only=True)
class Setup:
    asked: AuditOptions
    resolved: "Resolved"
    rules: "Sequence[Rule]"
    skipped: "Sequence[SkippedRule]"
    """Rules that a part of the queue is not enough for, and rules of packages that cannot be used."""
    which: Which
    form: str
    files: tuple[Place, ...]
    today: date
    started: datetime
    """When reading began, by our clock, or the moment ages are counted from if that is earlier."""
    baseline: "Baseline | None" = None
    """Findings it names are accepted."""
    renew: Path | None = None
    """Where a baseline is written."""
    before: "Baseline | None" = None
    """The entries that were there before it is."""
    until: date | None = None
    learned: "Learned | None" = None
    """By the last run that read everything, where this one reads what changed."""
    memory: Memory | None = None
    origin: str | None = None
    """What is read and as whom, for baselines; None: nobody knows, or nobody asks."""
    plan: Path | None = None

    @property
    def watched(self) -> frozenset[str] | None:
        """Keys of tickets whose reading decides whether something is gone; None: nobody compares."""
        if self.baseline is None and self.before is None and (self.memory is None or self.memory.state is None):
            return None
        keys: set[str] = set()
        for baseline in (self.baseline, self.before):
            if baseline is not None:
                keys |= {entry.ticket for entry in baseline.entries.values() if entry.ticket is not None}
        if self.memory is not None and self.memory.state is not None:
            keys |= self.memory.state.named
        return frozenset(keys)


def set_up(asked: AuditOptions, app: App) -> Setup:
    """Raises what is wrong with the options, the files they name, the query."""
    from supportctl.commands._audit_resolved import resolve

    _refuse_mixtures(asked, app)
    as_of = set_clock(asked, app)
    resolved = resolve(asked, app.now)
    form = standard_form(app)
    files = places(asked.outputs or resolved.outputs)
    _refuse_one_place(asked, app, files, resolved)
    limit = app.options.row_limit
    shard = _shard(asked)
    today = app.now.astimezone(UTC).date()
    accepted = resolved.baseline if asked.baseline is None else Path(asked.baseline).expanduser()
    baseline, before, renew = _baselines(asked, accepted)
    memory = _memory(asked, app, resolved, shard)
    state = None if asked.since is None or memory is None else memory.state
    rules, partial = _enough_for(resolved, shard, state)
    return Setup(
        asked=asked,
        resolved=resolved,
        rules=rules,
        skipped=[*resolved.skipped, *partial],
        which=Which(
            words=asked.words,
            limit=limit,
            since=None if state is None else state.since,
            known=frozenset() if state is None else state.named,
            as_of=as_of,
            shard=shard,
        ),
        form=form,
        files=files,
        today=today,
        started=min(app.now, app.clock()),
        baseline=baseline,
        renew=renew,
        before=before,
        until=_last_day(asked, today),
        learned=None if state is None else state.learned,
        memory=memory,
        origin=None if baseline is None and renew is None else _audit_origin.for_baseline(asked, app),
        plan=_plan(asked),
    )


def _enough_for(
    resolved: "Resolved", shard: "Shard | None", state: "State | None"
) -> "tuple[Sequence[Rule], list[SkippedRule]]":
    """The rules that can judge what is read, and the others."""
    from supportctl.audit.shard import without_queue_rules

    if shard is None and state is None:
        return resolved.rules, []
    return without_queue_rules(resolved.rules, shard, told_once=None if state is None else state.told_once)


_APART = (
    ("as_of", "since", "the last run saw the queue as it is"),
    ("as_of", "state", "the last run saw the queue as it is"),
    ("as_of", "now", "--as-of counts ages from its own moment"),
    ("as_of", "plan", "what was so then may not be changed now"),
    ("as_of", "write_baseline", "a baseline accepts what is there now"),
    ("config", "no_config", "one names a file and the other forbids it"),
)
_TOGETHER = (
    ("unsafe_fixes", "plan"),
    ("reason", "write_baseline"),
    ("until", "write_baseline"),
)


def _refuse_mixtures(asked: AuditOptions, app: App) -> None:
    for one, other, why in _APART:
        if getattr(asked, one) and getattr(asked, other):
            raise UsageError(f"{_option(one)} does not go with {_option(other)}: {why}; no ticket was read")
    for one, other in _TOGETHER:
        if getattr(asked, one) and not getattr(asked, other):
            raise UsageError(f"{_option(one)} goes with {_option(other)}; no ticket was read")
    if asked.since is not None and asked.since != "last-run":
        raise UsageError(
            f"--since takes last-run; got {asked.since[:40]!r}",
            hint="for a date, ask for it: supportctl audit 'updated:2026-03-01..'",
        )
    if asked.plan is not None and app.options.file is not None:
        raise UsageError(
            "tickets from a file can be audited, not changed: --plan does not go with --file",
            hint="leave --file out and name a profile with -p",
        )


def _refuse_one_place(asked: AuditOptions, app: App, files: Sequence[Place], resolved: "Resolved") -> None:
    """Two writings to one file, or one to what is read: the last would win, and the others be lost."""
    written = [(f"--output {place.form}", place.path) for place in files]
    written += [
        (_option(name), Path(value).expanduser())
        for name in ("write_baseline", "state", "plan")
        if (value := getattr(asked, name)) is not None
    ]
    accepted = resolved.baseline if asked.baseline is None else Path(asked.baseline)
    file = None if app.options.file in (None, "-") else Path(str(app.options.file))
    project = None if resolved.project is None else resolved.project.file.path
    named = {"--file": file, "--baseline": accepted, "--config": project}
    read = [(option, path.expanduser()) for option, path in named.items() if path is not None]
    for number, (option, path) in enumerate(written):
        for other, place in (*written[:number], *read):
            renewed = (option, other) == ("--write-baseline", "--baseline")
            if not renewed and place.resolve() == path.resolve():
                raise UsageError(
                    f"{other} and {option} name one file: {path}; no ticket was read",
                    hint="give each a file of its own",
                )


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def set_clock(asked: AuditOptions, app: App) -> datetime | None:
    """Sets the moment ages are counted from; gives the one the queue is wound back to."""
    if asked.now is not None:
        app.now = moment(asked.now, "--now")
    if asked.as_of is None:
        return None
    at = moment(asked.as_of, "--as-of")
    if at > app.clock():
        raise UsageError(f"--as-of {asked.as_of[:40]} lies in the future", hint="give a moment the queue has seen")
    app.now = at
    return at


def moment(text: str, option: str) -> datetime:
    """A date is over at its end; a time is where it starts."""
    from supportctl.query.times import BadTimeError
    from supportctl.query.times import moment as read

    try:
        start, end = read(text)
    except BadTimeError as bad:
        raise UsageError(f"{option} {text[:40]!r} is not a time: {bad}; no ticket was read") from None
    return start if "t" in text.lower() else end


def _shard(asked: AuditOptions) -> "Shard | None":
    from supportctl.audit.shard import parse

    return None if asked.shard is None else parse(asked.shard)


def _baselines(asked: AuditOptions, accepted: Path | None) -> "tuple[Baseline | None, Baseline | None, Path | None]":
    """What is accepted in this run; what is written again and where."""
    from supportctl.audit.baseline import Baseline, read, read_if_there

    baseline = None if accepted is None else read(accepted)
    if asked.write_baseline is None:
        return baseline, None, None
    renew = Path(asked.write_baseline).expanduser()
    there = read_if_there(renew)
    others = {} if baseline is None else baseline.entries
    return baseline, Baseline(entries={**others, **there.entries}, name=renew.name), renew


def _last_day(asked: AuditOptions, today: date) -> date | None:
    if asked.until is None:
        return None
    try:
        last = date.fromisoformat(asked.until)
    except ValueError:
        raise UsageError(f"--until takes a date such as 2026-12-31; got {asked.until[:40]!r}") from None
    if last < today:
        raise UsageError(f"--until {last} has passed: the entries would accept nothing", hint="give a later day")
    return last


def _memory(asked: AuditOptions, app: App, resolved: "Resolved", shard: "Shard | None") -> Memory | None:
    from supportctl.audit import state

    if asked.since is None and asked.state is None:
        return None
    options = app.options
    parts = [options.native or "", options.view or "", str(shard or ""), resolved.fingerprint]
    wanted = state.selection(join_words(asked.words), [rule.code for rule in resolved.rules], *parts)
    instance, who = _audit_origin.instance(app), _audit_origin.account(app)
    path = Path(asked.state).expanduser() if asked.state is not None else _usual_place(instance, who, wanted)
    known, anew = state.load(path, instance, wanted, who)
    origin = _audit_origin.for_state(asked, app)
    return Memory(path=path, instance=instance, selection=wanted, account=who, origin=origin, state=known, anew=anew)


def _usual_place(instance: str, account: str | None, wanted: str) -> Path:
    from supportctl.config import state_dir

    return state_dir() / "audit" / f"{'-'.join(filter(None, (instance, account, wanted)))}.json"


def _plan(asked: AuditOptions) -> Path | None:
    if asked.plan is None:
        return None
    path = Path(asked.plan).expanduser()
    if path.exists():
        raise RefusedError(
            f"{path} exists; no ticket was read", hint="give another name with --plan FILE, or remove the old plan"
        )
    return path
