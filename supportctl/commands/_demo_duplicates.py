"""``supportctl demo --check``, second half: planted duplicates of the sample companies, found and missed by class."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from supportctl.commands._app import App
from supportctl.commands._options import Options

if TYPE_CHECKING:
    from supportctl.commands._practice import Practice
    from supportctl.duplicates.suggestion import Suggestion
    from supportctl.sandbox.store import Truth

LEAST = 0.25
"""Default confidence of ``duplicates find``."""
EXACT = "by rule"
LIKELY = "likely"


@dataclass
class Class:
    """Planted pairs of one class: ``resend``, ``paraphrase``, ``other-language``, ``same-error``."""

    name: str
    planted: dict[str, str] = field(default_factory=dict)
    """Later ticket -> the one it repeats. Keys."""
    found: set[str] = field(default_factory=set)
    by_rule: set[str] = field(default_factory=set)
    """Of these found as an exact match."""

    @property
    def missed(self) -> list[str]:
        return sorted(set(self.planted) - self.found)


@dataclass
class Score:
    classes: list[Class]
    shown: "dict[str, list[Suggestion]]"
    """Suggestions at or above the default, by rule and by likelihood."""
    further: "dict[str, list[Suggestion]]"
    """Of these the ones nobody planted."""
    traps: list[str]
    sprung: list[str]
    """Traps that were taken for a duplicate."""

    def precision(self, how: str) -> float | None:
        shown = len(self.shown[how])
        return (shown - len(self.further[how])) / shown if shown else None


def found_in(one: "Practice") -> "tuple[dict[str, list[Suggestion]], Callable[[str, str], bool]]":
    """The first suggestion of every ticket, read over HTTP, and whether two keys are known to be one story."""
    from supportctl.commands._duplicates_pool import needs
    from supportctl.duplicates.finder import Finder

    with App(Options(profile=one.name, quiet=True)) as inner:
        finder = Finder(inner.read(inner.select(), needs()))
    stories = {finder.ticket(number).key: finder.story(number) for number in range(len(finder))}
    found = {brief.key: suggestions for brief, suggestions in finder.all(lambda _ticket: True, 1)}
    finder.close()
    return found, lambda one, other: stories.get(one, one) == stories.get(other, other)


def held_against(
    found: "Mapping[str, Sequence[Suggestion]]", same: Callable[[str, str], bool], truth: "Sequence[Truth]"
) -> Score:
    """A planted pair is found when its later ticket leads to the other, or to a ticket the other itself repeats."""
    classes: dict[str, Class] = {}
    traps: dict[str, str] = {}
    for plant in truth:
        if plant.rule == "duplicate":
            name, _, of = plant.detail.partition(" ")
            classes.setdefault(name, Class(name)).planted[plant.key] = of
        elif plant.rule == "trap" and plant.detail.startswith("duplicate: reads like "):
            traps[plant.key] = plant.detail.removeprefix("duplicate: reads like ").partition(",")[0]
    shown: dict[str, list[Suggestion]] = {EXACT: [], LIKELY: []}
    further: dict[str, list[Suggestion]] = {EXACT: [], LIKELY: []}
    sprung: list[str] = []
    planted = {key: (each, of) for each in classes.values() for key, of in each.planted.items()}
    for suggestions in found.values():
        for each in suggestions:
            if each.confidence < LEAST:
                continue
            how = EXACT if each.calibration == "exact" else LIKELY
            shown[how].append(each)
            key, of = each.ticket.key, each.of.key
            if key in planted and (of == planted[key][1] or same(of, planted[key][1])):
                planted[key][0].found.add(key)
                planted[key][0].by_rule.update([key] if how == EXACT else [])
            elif not each.linked:
                further[how].append(each)
                sprung += [one for one, other in traps.items() if {one, other} == {key, of}]
    return Score([classes[name] for name in sorted(classes)], shown, further, sorted(traps), sorted(sprung))


def show(app: App, score: Score) -> None:
    console = app.console
    console.line("  Planted duplicates (first suggestion of each ticket, default confidence):")
    console.line(f"  {'class':<16} {'planted':>7} {'found':>6} {'recall':>7} {'by rule':>8}")
    for each in score.classes:
        recall = len(each.found) / len(each.planted)
        console.line(
            f"  {each.name:<16} {len(each.planted):>7} {len(each.found):>6} {recall:>7.2f} {len(each.by_rule):>8}"
        )
        if each.missed:
            console.line(console.paint(f"           missed: {' '.join(each.missed)}", "dim"))
    for how, suggestions in score.shown.items():
        precision = score.precision(how)
        told = "–" if precision is None else f"{precision:.2f}"
        extra = score.further[how]
        console.line(f"  {how}: {len(suggestions)} suggestions, {len(extra)} of them not planted, precision {told}")
        if extra:
            pairs = " ".join(f"{each.ticket.key}→{each.of.key}" for each in extra)
            console.line(console.paint(f"           further: {pairs}", "dim"))
    console.line(
        f"  traps taken for duplicates: {len(score.sprung)}/{len(score.traps)} {' '.join(score.sprung)}".rstrip()
    )
