"""``supportctl demo --check``: what the audit, the search for duplicates and the reading of escalated tickets find in
the sample companies, held against what was put there."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from supportctl.commands import _demo_duplicates, _demo_escalations
from supportctl.commands._app import App
from supportctl.commands._options import Options
from supportctl.exits import Exit

if TYPE_CHECKING:
    from supportctl.commands._practice import Practice
    from supportctl.model import Finding
    from supportctl.sandbox.store import Store, Truth


@dataclass
class Line:
    """One rule on one platform. Keys of tickets."""

    rule: str
    planted: set[str] = field(default_factory=set)
    found: set[str] = field(default_factory=set)
    traps: set[str] = field(default_factory=set)
    """Tickets that look as if, and are not."""

    @property
    def missed(self) -> set[str]:
        return self.planted - self.found

    @property
    def further(self) -> set[str]:
        return self.found - self.planted

    @property
    def sprung(self) -> set[str]:
        return self.found & self.traps


def check(app: App, practice: "Sequence[Practice]", store: "Store") -> int:
    """Print tables for each platform. Exit 1 when a planted fault was missed, a trap was taken for a fault, or
    an escalated ticket was read otherwise than it was written."""
    wrong = False
    for one in practice:
        lines, rest = held_against(audited(one), store.truth(one.platform))
        wrong |= any(line.missed or line.sprung for line in lines)
        _print(app, one.platform, lines, rest)
        score = _demo_duplicates.held_against(*_demo_duplicates.found_in(one), store.truth(one.platform))
        wrong |= bool(score.sprung)
        _demo_duplicates.show(app, score)
        told = _demo_escalations.held_against(_demo_escalations.found_in(one, store), store.truth(one.platform))
        wrong |= bool(told.wrong)
        _demo_escalations.show(app, told)
    app.console.line()
    app.console.line(
        "Recall: share of the planted faults that were found. Precision: share of the findings that were planted."
    )
    app.console.line("Further findings are listed by ticket: each is a fault nobody planted, or a false alarm.")
    app.console.line("Duplicates in other words or another language are missed where they name nothing in common.")
    app.console.flush()
    return int(Exit.FOUND if wrong else Exit.OK)


def audited(one: "Practice") -> "list[Finding]":
    """Findings of all rules, by the sample company's own settings, read over HTTP."""
    import msgspec

    from supportctl.audit import RULES, Audit, Settings
    from supportctl.model import Persona
    from supportctl.sandbox.company.conventions import audit_settings

    own = msgspec.convert({**audit_settings(one.platform), "persona": Persona.AUDITOR}, Settings)
    with App(Options(profile=one.name, quiet=True)) as inner:
        audit = Audit(RULES, own, inner.reader.capabilities, inner.now)
        return list(audit.findings(inner.read(inner.select(), audit.needs)))


def held_against(findings: "Sequence[Finding]", truth: "Sequence[Truth]") -> tuple[list[Line], dict[str, int]]:
    """A line for each rule that has planted faults; of the others, how many findings there are."""
    lines: dict[str, Line] = {}
    traps: dict[str, set[str]] = {}
    for plant in truth:
        if plant.rule == "trap":
            for rule in plant.detail.partition(":")[0].split():
                traps.setdefault(rule, set()).add(plant.key)
        elif plant.rule[:3].isupper():
            lines.setdefault(plant.rule, Line(plant.rule)).planted.add(plant.key)
    rest: dict[str, int] = {}
    for finding in findings:
        if finding.rule in lines and finding.ticket is not None:
            lines[finding.rule].found.add(finding.ticket)
        else:
            rest[finding.rule] = rest.get(finding.rule, 0) + 1
    for rule, line in lines.items():
        line.traps = traps.get(rule, set()) - line.planted
    return [lines[rule] for rule in sorted(lines)], dict(sorted(rest.items()))


def _print(app: App, platform: str, lines: Sequence[Line], rest: dict[str, int]) -> None:
    console = app.console
    console.line()
    console.line(console.paint(platform, "bold"))
    console.line(
        f"  {'rule':<8} {'planted':>7} {'found':>6} {'recall':>7} {'further':>8} {'precision':>10} {'traps':>6}"
    )
    for line in lines:
        hits = len(line.planted & line.found)
        recall = hits / len(line.planted)
        precision = f"{hits / len(line.found):.2f}" if line.found else "–"
        sprung = f"{len(line.sprung)}/{len(line.traps)}" if line.traps else "–"
        console.line(
            f"  {line.rule:<8} {len(line.planted):>7} {hits:>6} {recall:>7.2f} {len(line.further):>8} {precision:>10}"
            f" {sprung:>6}"
        )
        for words, keys in (("missed", line.missed), ("taken in by", line.sprung), ("further", line.further)):
            if keys:
                console.line(console.paint(f"           {words}: {' '.join(sorted(keys))}", "dim"))
    told = ", ".join(f"{rule} {number}" for rule, number in rest.items())
    console.line(f"  Rules without planted faults, findings: {told or 'none'}")
