"""Which of many suggestions are taken at all, and what else they and the decisions tell."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from supportctl.duplicates.decisions import Decision, Name, Verdict, name_of
from supportctl.duplicates.suggestion import Suggestion


@dataclass
class Wanted:
    """Which suggestions are taken at all."""

    taken: list[Suggestion] = field(default_factory=list)
    below: int = 0
    refused: int = 0
    """Somebody said the two are different."""
    linked: int = 0
    decisions: dict[Name, Decision] = field(default_factory=dict)
    different: frozenset[Name] = frozenset()
    """All pairs somebody called different, suggested or not: a link may also come about by way of a third ticket."""
    together: frozenset[Name] = frozenset()
    """Pairs that are one story: taken, or linked on the platform."""


def want(suggestions: Iterable[Suggestion], decisions: Mapping[Name, Decision], minimum: float) -> Wanted:
    """Those at or above the threshold, and whatever the confidence those a person called the same."""
    out = Wanted(different=frozenset(name for name, each in decisions.items() if each.verdict is Verdict.DIFFERENT))
    best: dict[Name, Suggestion] = {}
    linked: set[Name] = set()
    for each in suggestions:
        name = name_of(each)
        decision = decisions.get(name)
        if each.linked:
            out.linked += 1
            linked.add(name)
        elif decision is not None and decision.verdict is Verdict.DIFFERENT:
            out.refused += 1
        elif decision is not None and decision.verdict is Verdict.SAME:
            out.decisions[name] = decision
            best.setdefault(name, each)
        elif each.confidence < minimum:
            out.below += 1
        elif name not in best or best[name].confidence < each.confidence:
            best[name] = each
    out.taken = list(best.values())
    out.together = frozenset(best) | linked
    return out
