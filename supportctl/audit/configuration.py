"""The project's configuration: found, read, and put together with what the command line says.

What a run goes by comes from, in this order: the defaults, the project's file, ``--set`` and the other options.
"""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from supportctl.audit import declared
from supportctl.audit.catalogue import Catalogue, installed
from supportctl.audit.exemptions import Exemptions
from supportctl.audit.located import Located, locate
from supportctl.audit.narrowed import narrow
from supportctl.audit.overrides import Overrides
from supportctl.audit.profiles import PROFILES, in_profile
from supportctl.audit.project import TABLES, Project, Reading, RuleChoice
from supportctl.audit.project_calendars import check_calendars, make_calendars
from supportctl.audit.project_escalation import escalation_lines, read_escalation
from supportctl.audit.project_tables import RunTable
from supportctl.audit.project_tags import add_tags, check_aliases, read_taxonomy
from supportctl.audit.registry import find
from supportctl.audit.result import SkippedRule
from supportctl.audit.rule import Rule
from supportctl.audit.settings import Settings
from supportctl.calendars import Calendar
from supportctl.errors import ConfigError, UsageError
from supportctl.model import Persona, Severity
from supportctl.text import project_file
from supportctl.text.project_file import BadTomlError, ProjectFile

if TYPE_CHECKING:
    from supportctl.audit.declared import Problem

GUARD = "QUE901"
DEFAULT_RULESET = "core"
DEFAULT_FAIL_ON = Severity.MEDIUM


class Resolved(msgspec.Struct, frozen=True, kw_only=True):
    """What one run goes by."""

    rules: tuple[Rule, ...]
    """Those that are to run, in order."""
    named: frozenset[str] = frozenset()
    """Codes of those that were asked for by name."""
    known: tuple[Rule, ...]
    """All there are, of the project and of installed packages too."""
    settings: Settings
    calendars: dict[str, Calendar]
    exemptions: Exemptions
    ruleset: str
    fail_on: Severity
    baseline: Path | None
    outputs: tuple[str, ...]
    """``FORM=PATH``, the path complete."""
    skipped: tuple[SkippedRule, ...]
    """Rules of packages that cannot be used, for the census."""
    sources: dict[str, str]
    """Setting (``stale``, ``TIM502.days``, ``ruleset``) -> who said so; what is not here is a default."""
    project: Project | None = None

    @property
    def fingerprint(self) -> str:
        """The same for two runs that judge alike: settings, options, bounds and rules of the project."""
        audit = {} if self.project is None else self.project.file.document.get("audit", {})
        judged_by = [self.settings, audit.get("rules"), audit.get("rule")]
        encoded = msgspec.json.encode(judged_by, order="sorted", enc_hook=str)
        return hashlib.sha256(encoded).hexdigest()[:16]

    def rule(self, word: str) -> Rule:
        """Any rule there is, within the bounds the project sets. Raises `UsageError` with the nearest match."""
        return _bounded(find(word, self.known), self.project)


def load(path: Path | None = None, start: Path | None = None, catalogue: Catalogue | None = None) -> Project | None:
    """The project's configuration: the file given, else the nearest one at or above ``start``; None: there is none.

    Raises `ConfigError` with file, line and column of the first mistake, and how many more there are.
    """
    file = project_file.read(path) if path is not None else project_file.find(start)
    if file is None:
        return None
    project, mistakes = examine(file, catalogue)
    if mistakes:
        first, more = mistakes[0], len(mistakes) - 1
        others = f" (and {more} more)" if more else ""
        check = f"all of them: supportctl config validate {file.path}" if more else first.hint
        raise ConfigError(f"{first}{others}; no ticket was read", hint=check)
    return project


def examine(file: ProjectFile, catalogue: Catalogue | None = None) -> tuple[Project, list[Located]]:
    """The configuration as far as it can be read, and every mistake in the order of lines."""
    problems: list[Problem] = []
    located: list[Located] = []
    for name in file.document:
        if name not in TABLES:
            path = (name,)
            problems.append(
                declared.forbidden(path) if declared.is_forbidden(name) else declared.unknown_key(path, TABLES)
            )
    reading = Reading(file, (catalogue or installed()).rules, problems)
    if "audit" in file.document:
        reading.audit(file.document["audit"])
    tags = read_taxonomy(file, located)
    check_aliases(reading)
    if tags is not None:
        add_tags(tags, reading)
    check_calendars(reading)
    escalation = read_escalation(file, problems)
    located += [locate(file, problem) for problem in problems]
    located.sort(key=lambda each: (str(each.path), each.line, each.column))
    project = Project(
        file=file,
        run=reading.run,
        settings={**reading.settings, "options": reading.options, "severities": reading.severities},
        choices=reading.choices,
        own=tuple(reading.own),
        exemptions=tuple(reading.exemptions),
        taxonomy=tags,
        escalation=escalation,
        said=reading.said,
    )
    return project, located


def problems_of(path: Path) -> list[Located]:
    """Every mistake of a file, that it is no TOML among them. Raises `ConfigError` when it cannot be read."""
    try:
        return examine(project_file.read(path))[1]
    except BadTomlError as bad:
        return [Located(path=path, line=bad.place.line, column=bad.place.column, message=bad.reason)]


def resolve(
    project: Project | None,
    set_pairs: Sequence[str] = (),
    persona: str | None = None,
    ruleset: str | None = None,
    rule_words: Sequence[str] = (),
    *,
    fail_on: str | None = None,
    now: datetime | None = None,
    catalogue: Catalogue | None = None,
) -> Resolved:
    """Everything together. Raises `UsageError` for what the command line says wrong, `ConfigError` for calendars."""
    catalogue = catalogue or installed()
    own = () if project is None else project.own
    known = (*catalogue.rules, *own)
    run = RunTable() if project is None else project.run
    said: dict[str, Any] = {} if project is None else dict(project.settings)
    overrides = Overrides(
        options={code: dict(values) for code, values in said.pop("options", {}).items()},
        severities=dict(said.pop("severities", {})),
        settings=said,
    )
    overrides.apply(set_pairs, known)
    if persona is not None:
        overrides.settings["persona"] = Persona(one_of(list(Persona), persona, "--persona"))
    settings = Settings(**overrides.settings, options=overrides.options, severities=overrides.severities)
    asked = ruleset or run.ruleset
    chosen = one_of(PROFILES, asked, "--ruleset") if asked else DEFAULT_RULESET
    failing = Severity(one_of(list(Severity), fail_on, "--fail-on")) if fail_on else run.fail_on or DEFAULT_FAIL_ON
    named = frozenset(find(word, known).code for word in rule_words)
    rules = _choose(known, project, run, chosen, named)
    entries = () if project is None else project.exemptions
    return Resolved(
        rules=rules,
        named=named,
        known=known,
        settings=settings,
        calendars=make_calendars(settings),
        exemptions=Exemptions(settings, entries, now or datetime.now(UTC)),
        ruleset=chosen,
        fail_on=failing,
        baseline=project.beside(run.baseline) if project is not None and run.baseline else None,
        outputs=tuple(_output(project, each) for each in run.outputs) if project is not None else (),
        skipped=catalogue.skipped,
        sources=_sources(project, overrides, persona=persona, ruleset=ruleset, fail_on=fail_on),
        project=project,
    )


def _choose(
    known: Sequence[Rule], project: Project | None, run: RunTable, ruleset: str, named: frozenset[str]
) -> tuple[Rule, ...]:
    """Rules asked for by name run in any case; the guard comes along unless it is ignored."""
    more = {find(word, known).code for word in run.extend}
    less = {find(word, known).code for word in run.ignore}
    own = set() if project is None else {rule.code for rule in project.own}
    choices = {} if project is None else project.choices
    rules: list[Rule] = []
    for rule in known:
        choice = choices.get(rule.code, RuleChoice())
        if named:
            runs = rule.code in named or (rule.code == GUARD and rule.code not in less)
        else:
            wanted = rule.code in more | own | {GUARD} or in_profile(rule, ruleset)
            wanted = wanted if choice.enabled is None else choice.enabled
            runs = wanted and rule.code not in less
        if runs:
            rules.append(_bounded(rule, project))
    return tuple(rules)


def _bounded(rule: Rule, project: Project | None) -> Rule:
    choice = None if project is None else project.choices.get(rule.code)
    if choice is None or (choice.where is None and choice.unless is None):
        return rule
    return narrow(rule, choice.where, choice.unless)


def _sources(project: Project | None, overrides: Overrides, **options: str | None) -> dict[str, str]:
    found: dict[str, str] = {}
    if project is not None:
        found = {name: origin for name in project.said if (origin := project.origin(name))}
        for name in ("ruleset", "fail_on", "baseline", "outputs", "extend", "ignore"):
            if name in project.file.document.get("audit", {}):
                found[name] = f"{project.file.path.name}:{project.file.place(('audit', name)).line}"
        found |= {name: f"{project.file.path.name}:{line}" for name, line in escalation_lines(project.file).items()}
    found |= dict.fromkeys(overrides.named, "--set")
    found |= {name.partition(".")[0]: "--set" for name in overrides.named if name.partition(".")[0] in found}
    return found | {name: f"--{name.replace('_', '-')}" for name, value in options.items() if value}


def _output(project: Project, text: str) -> str:
    form, _, target = text.partition("=")
    return f"{form.strip()}={project.beside(target.strip())}"


def one_of(words: Sequence[str], given: str, option: str) -> str:
    """``given``. Raises `UsageError` with the nearest word there is."""
    if given in words:
        return given
    from supportctl.query.fields import guess

    close = guess(given, words)
    meant = f": did you mean {close}?" if close else ""
    raise UsageError(f"{option} does not know {given!r}{meant}", hint=f"it takes: {', '.join(words)}")


__all__ = ["Located", "Project", "Resolved", "examine", "load", "one_of", "problems_of", "resolve"]
