"""What a project's file says about the audit: its tables as types, read with every mistake noted."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

import msgspec

from supportctl.audit import declared
from supportctl.audit.declared import NOTHING, Problem
from supportctl.audit.exemptions import Exemption
from supportctl.audit.overrides import refused
from supportctl.audit.own_rules import OwnRule
from supportctl.audit.profiles import PROFILES
from supportctl.audit.project_tables import ExemptionTable, OwnRuleTable, RuleTable, RunTable
from supportctl.audit.registry import find, names
from supportctl.audit.rule import Rule
from supportctl.audit.settings import Settings
from supportctl.errors import QueryError, UsageError
from supportctl.model.escalation import EscalationSettings
from supportctl.query import parse
from supportctl.query.ast import Node
from supportctl.text.fold import fold_word
from supportctl.text.project_file import ProjectFile
from supportctl.text.taxonomy import TagList
from supportctl.text.toml_places import Path

if TYPE_CHECKING:
    from supportctl.model import Severity

TABLES = ("audit", "taxonomy", "escalation")
ELSEWHERE = ("options",)
"""Settings that have a table of their own: ``[audit.rules.CODE]``."""
TAXONOMY = ("tags", "tag_aliases", "system_tags")
"""Settings that the taxonomy fills."""


class RuleChoice(msgspec.Struct, frozen=True, kw_only=True):
    """What the project says about one rule."""

    enabled: bool | None = None
    where: Node | None = None
    unless: Node | None = None


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """A project's file, read. ``places`` of settings are told by `origin`."""

    file: ProjectFile
    run: RunTable = RunTable()
    settings: dict[str, Any] = {}
    """What it says of `Settings`, by name; only what it says."""
    choices: dict[str, RuleChoice] = {}
    own: tuple[OwnRule, ...] = ()
    exemptions: tuple[Exemption, ...] = ()
    taxonomy: TagList | None = None
    escalation: EscalationSettings = EscalationSettings()
    said: dict[str, Path] = {}
    """Setting -> where it stands."""

    def origin(self, name: str) -> str | None:
        """``supportctl.toml:12``; None: the file does not say."""
        path = self.said.get(name)
        return None if path is None else f"{self.file.path.name}:{self.file.place(path).line}"

    def beside(self, name: str) -> FilePath:
        return self.file.beside(name)


class Reading:
    """One reading of ``[audit]``; `problems` is complete when it is done."""

    def __init__(self, file: ProjectFile, rules: Sequence[Rule], problems: list[Problem]) -> None:
        self.file = file
        self.rules = list(rules)
        self.problems = problems
        self.settings: dict[str, Any] = {}
        self.said: dict[str, Path] = {}
        self.options: dict[str, dict[str, Any]] = {}
        self.severities: dict[str, Severity] = {}
        self.choices: dict[str, RuleChoice] = {}
        self.own: list[OwnRule] = []
        self.exemptions: list[Exemption] = []
        self.run = RunTable()

    def audit(self, table: Any) -> None:
        here: Path = ("audit",)
        if not isinstance(table, dict):
            self.note(here, "audit is a table: [audit]")
            return
        inner = {name: table[name] for name in ("rule", "rules", "exemption") if name in table}
        plain = {name: value for name, value in table.items() if name not in inner}
        self.own_rules(inner.get("rule", []))
        self.plain(plain, here)
        self.rule_tables(inner.get("rules", {}), (*here, "rules"))
        self.exempt(inner.get("exemption", []), (*here, "exemption"))

    def plain(self, table: Mapping[str, Any], here: Path) -> None:
        """Settings and the keys of a run, which stand side by side."""
        run = {field.name for field in msgspec.structs.fields(RunTable)}
        own = set(Settings.__struct_fields__) - set(ELSEWHERE)
        for name in table:
            if name not in run | own:
                forbidden = declared.is_forbidden(name)
                path = (*here, name)
                known = sorted(run | own | {"rules", "rule", "exemption"})
                self.problems.append(declared.forbidden(path) if forbidden else declared.unknown_key(path, known))
        read = declared.fields({name: table[name] for name in table if name in run}, RunTable, here, self.problems)
        self.run = RunTable(**read)
        self.check_run(here)
        self.settings = declared.fields(
            {name: table[name] for name in table if name in own}, Settings, here, self.problems
        )
        self.said.update({name: (*here, name) for name in self.settings})
        self.severities = {
            code: severity
            for word, severity in self.settings.pop("severities", {}).items()
            if (code := self.code(word, (*here, "severities", word)))
        }

    def check_run(self, here: Path) -> None:
        ruleset = self.run.ruleset
        if ruleset is not None and ruleset not in PROFILES:
            declared.choice(ruleset, PROFILES, (*here, "ruleset"), self.problems)
        for name, words in (("extend", self.run.extend), ("ignore", self.run.ignore)):
            for number, word in enumerate(words):
                self.code(word, (*here, name, number))
        self.check_outputs((*here, "outputs"))
        if self.run.baseline is not None:
            self.inside(self.run.baseline, (*here, "baseline"))

    def check_outputs(self, here: Path) -> None:
        from supportctl.reports.audit_forms import AUDIT_FORMS
        from supportctl.reports.registry import FORMS

        taken: dict[FilePath, int] = {}
        for number, output in enumerate(self.run.outputs):
            form, equals, target = (part.strip() for part in output.partition("="))
            if not equals or not form or not target:
                self.note((*here, number), "an output is written FORM=PATH, such as sarif=audit.sarif")
                continue
            declared.choice(form.lower(), (*FORMS, *AUDIT_FORMS), (*here, number), self.problems)
            self.inside(target, (*here, number))
            if taken.setdefault(FilePath(target), number) != number:
                self.note((*here, number), f"two outputs go to {target[:60]}", "give each form a file of its own")

    def inside(self, target: str, path: Path) -> None:
        """What a checked-in file has written must stay in its folder."""
        if out := leads_out(target, self.file.path.parent):
            self.note(path, out, "give a path inside of it")

    def rule_tables(self, tables: Any, here: Path) -> None:
        if not isinstance(tables, dict):
            self.note(here, "rules holds a table for each rule: [audit.rules.CODE]")
            return
        for word, table in tables.items():
            code = self.code(word, (*here, word))
            if code is not None:
                if code in self.choices:
                    self.note((*here, word), f"{code} has two tables")
                self.rule_table(find(code, self.rules), table, (*here, word))

    def rule_table(self, rule: Rule, table: Any, here: Path) -> None:
        if not isinstance(table, dict):
            self.note(here, f"{here[-1]} is a table: [audit.rules.{here[-1]}]")
            return
        general = {field.encode_name for field in msgspec.structs.fields(RuleTable)}
        known = declared.fields({k: v for k, v in table.items() if k in general}, RuleTable, here, self.problems)
        options = () if rule.options is None else rule.options.__struct_fields__
        rest = {name: value for name, value in table.items() if name not in general or name in options}
        for name in rest:
            if declared.is_forbidden(name):
                self.problems.append(declared.forbidden((*here, name)))
            elif name not in options:
                self.problems.append(declared.unknown_key((*here, name), [*options, *general]))
        if rule.options is not None:
            allowed = {n: v for n, v in rest.items() if n in options and not declared.is_forbidden(n)}
            read = declared.fields(allowed, rule.options, here, self.problems)
            if read and (why := refused(rule.options, read)):
                self.note(here, f"{rule.code}: {why}")
            elif read:
                self.options[rule.code] = read
                self.said.update({f"{rule.code}.{name}": (*here, name) for name in read})
        severity = known.get("severity")
        if severity is not None:
            if self.severities.get(rule.code, severity) is not severity:
                self.note((*here, "severity"), f"{rule.code} has another severity in audit.severities")
            self.severities[rule.code] = severity
            self.said[f"severities.{rule.code}"] = (*here, "severity")
        choice = RuleChoice(
            enabled=known.get("enabled"),
            where=self.query(known.get("where"), (*here, "where")),
            unless=self.query(known.get("unless"), (*here, "except")),
        )
        if rule.code == "QUE901" and (choice.where is not None or choice.unless is not None):
            self.note(here, "QUE901 looks at what the other rules say; narrow those")
        self.choices[rule.code] = choice

    def own_rules(self, tables: Any) -> None:
        here: Path = ("audit", "rule")
        taken = {name: rule.code for rule in self.rules for name in names(rule)}
        for number, table in self.members(tables, here, "[[audit.rule]]"):
            path = (*here, number)
            read = declared.struct(table, OwnRuleTable, path, self.problems)
            if read is NOTHING or not self.may_be_named(read, path, taken):
                continue
            node = self.query(read.query, (*path, "query"))
            where = self.query(read.where, (*path, "where"))
            for name in ("message", "name"):
                if not getattr(read, name).strip():
                    self.note((*path, name), f"the {name} is empty")
            if node is None:
                continue
            place = f"{self.file.path.name}:{self.file.place(path).line}"
            values = {name: getattr(read, name) for name in OwnRuleTable.__struct_fields__}
            rule = OwnRule(**values, node=node, where_node=where, place=place)
            taken.update(dict.fromkeys(names(rule), rule.code))
            self.own.append(rule)
        self.rules += self.own

    def may_be_named(self, read: OwnRuleTable, path: Path, taken: Mapping[str, str]) -> bool:
        if not re.fullmatch(r"[A-Z][A-Z0-9_]{1,19}[0-9]", read.code):
            self.note((*path, "code"), f"the code {read.code[:40]!r} is not like ACME001", "capitals, then a number")
            return False
        if re.fullmatch(_OURS, read.code):
            self.note((*path, "code"), f"{read.code} may become a rule of supportctl", "use letters of your own")
            return False
        for name in ("code", "name"):
            if (other := taken.get(fold_word(getattr(read, name)))) is not None:
                self.note((*path, name), f"{getattr(read, name)!r} is taken by the rule {other}")
                return False
        return True

    def exempt(self, tables: Any, here: Path) -> None:
        for number, table in self.members(tables, here, "[[audit.exemption]]"):
            path = (*here, number)
            read = declared.struct(table, ExemptionTable, path, self.problems)
            if read is NOTHING:
                continue
            if not read.reason.strip():
                self.note((*path, "reason"), "an exemption says why")
            codes = [self.code(word, (*path, "rules", place)) for place, word in enumerate(read.rules)]
            if not (read.rules or read.tickets or read.query):
                self.note(path, "an exemption of everything", "name rules, tickets or a query")
            entry = Exemption(
                reason=read.reason.strip(),
                until=read.until,
                rules=tuple(code for code in codes if code),
                tickets=read.tickets,
                query=read.query,
                node=self.query(read.query, (*path, "query")),
                place=f"{self.file.path.name}:{self.file.place(path).line}",
            )
            self.exemptions.append(entry)

    def members(self, tables: Any, here: Path, written: str) -> list[tuple[int, Any]]:
        if isinstance(tables, list):
            return list(enumerate(tables))
        self.note(here, f"{here[-1]} is written {written}, once for each")
        return []

    def code(self, word: str, path: Path) -> str | None:
        try:
            return find(word, self.rules).code
        except UsageError as error:
            self.note(path, error.message, error.hint)
            return None

    def query(self, text: str | None, path: Path) -> Node | None:
        if text is None:
            return None
        try:
            return parse(text, now=datetime.now(UTC))
        except QueryError as error:
            self.note(path, f"the query cannot be read at character {error.start + 1}: {error.message}", error.hint)
            return None

    def note(self, path: Path, message: str, hint: str | None = None) -> None:
        self.problems.append(Problem(path=path, message=message, hint=hint))


_OURS = r"(?:CLS|OWN|PRI|COM|TIM|RES|LNK|ESC|TXT|PRV|QUE)[0-9]{3}"


def leads_out(target: str, folder: FilePath) -> str | None:
    """What to say of a path that does not stay in the project's folder, be it by a link that was checked in."""
    path = target.replace("\\", "/")
    if not path.strip() or "\0" in path:
        return f"{target[:60]!r} is no path"
    if path.startswith(("/", "~")) or re.match("[A-Za-z]:", path) or ".." in path.split("/"):
        return f"{target[:60]!r} leads out of the project's folder"
    try:
        place = (folder / target).resolve().relative_to(folder.resolve())
    except (ValueError, OSError, RuntimeError):
        return f"{target[:60]!r} leads out of the project's folder"
    return f"{target[:60]!r} lies in .git" if ".git" in map(str.lower, place.parts) else None
