"""Every setting of a run with its value and who said so."""

from typing import Any

import msgspec

from supportctl.audit.configuration import DEFAULT_FAIL_ON, Resolved
from supportctl.audit.field_docs import written
from supportctl.audit.overrides import OTHERWISE
from supportctl.audit.pages import settings_of
from supportctl.audit.rule import Rule
from supportctl.audit.settings import Settings
from supportctl.model import Priority
from supportctl.model.escalation import EscalationSettings

DEFAULT = "default"
LIMITS = tuple(name for name in Settings.__struct_fields__ if hasattr(Settings, f"{name}_limit"))
"""Settings with a value for each priority that is not written down."""


LONG = 60
"""Characters."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    value: str
    """As it would stand in a file; empty: none."""
    source: str
    """``default``, ``supportctl.toml:12``, ``--set`` …"""


def entries(resolved: Resolved) -> list[Entry]:
    settings, sources = resolved.settings, resolved.sources
    found = [
        _entry("ruleset", resolved.ruleset, sources),
        _entry("fail_on", (resolved.fail_on or DEFAULT_FAIL_ON).value, sources),
    ]
    project = resolved.project
    if project is not None:
        found.append(Entry(name="file", value=written(str(project.file.path)), source="found here or above"))
        said = {name: getattr(project.run, name) for name in ("extend", "ignore", "baseline", "outputs")}
        found += [_entry(name, value, sources) for name, value in said.items() if value]
    for name in Settings.__struct_fields__:
        if name in LIMITS:
            found += _limits(name, settings, sources)
        elif name not in OTHERWISE or name == "persona":
            found.append(_entry(name, getattr(settings, name), sources))
    for code, severity in settings.severities.items():
        found.append(_entry(f"severities.{code}", severity, sources))
    for rule in resolved.known:
        if rule.options is not None:
            values = rule.options(**settings.options.get(rule.code, {}))
            found += [
                _entry(f"{rule.code}.{name}", getattr(values, name), sources) for name in values.__struct_fields__
            ]
    found += _escalation(resolved, sources)
    return [each for each in found if each.name != "severities"]


def _escalation(resolved: Resolved, sources: dict[str, str]) -> list[Entry]:
    settings = EscalationSettings() if resolved.project is None else resolved.project.escalation
    values = {name: getattr(settings, name) for name in ("min_score", "language")}
    values |= {f"weights.{name}": getattr(settings.weights, name) for name in settings.weights.__struct_fields__}
    return [_entry(f"escalation.{name}", value, sources) for name, value in values.items()]


def entries_of(rule: Rule, resolved: Resolved) -> list[Entry]:
    """A rule's options, and the settings it goes by: what has a value. Long lists are told where somebody set them."""
    own = tuple(f"{rule.code}.{name}" for name in (() if rule.options is None else rule.options.__struct_fields__))
    general = settings_of(rule)
    return [
        each
        for each in entries(resolved)
        if (each.name in own or each.name.partition(".")[0] in general)
        and each.value
        and (each.source != DEFAULT or len(each.value) <= LONG)
    ]


def usual_limits(name: str, settings: Settings | None = None) -> dict[str, Any]:
    """What holds for each priority; those like all others are told once."""
    limit = getattr(settings or Settings(), f"{name}_limit")
    other = limit(None)[0]
    named: dict[str, Any] = {} if settings is None else getattr(settings, name)
    found = {each.value: limit(each)[0] for each in Priority if limit(each)[0] != other or each.value in named}
    return {**found, "other": other}


def _limits(name: str, settings: Settings, sources: dict[str, str]) -> list[Entry]:
    own: dict[str, Any] = getattr(settings, name)
    whole = usual_limits(name, settings)
    found = []
    for place in sorted(whole):
        source = sources.get(f"{name}.{place}") or (sources.get(name) if place in own else None) or DEFAULT
        found.append(Entry(name=f"{name}.{place}", value=written(whole[place]), source=source))
    return found


def _entry(name: str, value: Any, sources: dict[str, str]) -> Entry:
    return Entry(name=name, value=written(value), source=sources.get(name, DEFAULT))
