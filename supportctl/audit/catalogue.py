"""All rules there are for one run: ours, those of installed packages, those of the project."""

import pickle
from collections.abc import Iterable
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import msgspec

from supportctl.audit.foreign import guarded
from supportctl.audit.registry import RULES, names
from supportctl.audit.result import SkippedRule
from supportctl.audit.rule import QueueRule, Rule, TicketRule

GROUP = "supportctl.rules"
"""Entry points: each leads to a class derived from `TicketRule`, `HistoryRule` or `QueueRule`, or to an instance."""


class Catalogue(msgspec.Struct, frozen=True, kw_only=True):
    rules: tuple[Rule, ...] = RULES
    skipped: tuple[SkippedRule, ...] = ()
    """Rules of packages that cannot be used, with the reason."""


def installed(found: Iterable[EntryPoint] | None = None) -> Catalogue:
    """Our rules, then those of packages in order of their codes."""
    rules: list[Rule] = []
    skipped: list[SkippedRule] = []
    taken = {name: "supportctl" for rule in RULES for name in names(rule)}
    points = entry_points(group=GROUP) if found is None else found
    for point in sorted(points, key=lambda point: (point.name, point.value)):
        package = point.dist.name if point.dist is not None else point.value.partition(":")[0]
        try:
            rule = _made(point.load())
            for name in names(rule):
                if name in taken:
                    raise _UnusableError(f"its name {name!r} is taken by a rule of {taken[name]}")
        except _UnusableError as why:
            skipped.append(SkippedRule(rule=point.name, name=package, reason=str(why)))
        except Exception as error:  # noqa: BLE001 - a package's mistake must not end the run
            reason = f"it cannot be loaded ({type(error).__name__})"
            skipped.append(SkippedRule(rule=point.name, name=package, reason=reason))
        else:
            taken.update(dict.fromkeys(names(rule), package))
            rules.append(rule)
    rules.sort(key=lambda rule: rule.code)
    return Catalogue(rules=(*RULES, *rules), skipped=tuple(skipped))


class _UnusableError(Exception):
    pass


_WANTED = ("code", "name", "severity", "confidence")


def _made(thing: Any) -> Rule:
    rule = thing() if isinstance(thing, type) else thing
    if not isinstance(rule, TicketRule | QueueRule):
        raise _UnusableError("it is no rule: neither a TicketRule nor a QueueRule")
    missing = [name for name in _WANTED if not hasattr(rule, name)]
    if missing:
        raise _UnusableError(f"it has no {', '.join(missing)}")
    if not all(isinstance(getattr(rule, name), str) and getattr(rule, name) for name in ("code", "name")):
        raise _UnusableError("its code and name are no texts")
    try:
        pickle.dumps(rule)
    except Exception as error:  # noqa: BLE001 - whatever it holds
        raise _UnusableError(f"it cannot be sent to another process ({type(error).__name__})") from None
    return guarded(rule)


__all__ = ["GROUP", "Catalogue", "installed"]
