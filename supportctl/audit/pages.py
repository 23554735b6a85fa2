"""A rule's whole page: what its docstring says, its options, where it runs and in which rulesets."""

import inspect
import re
from collections.abc import Mapping
from datetime import UTC, datetime

from supportctl.adapters.base import Capabilities
from supportctl.audit.docs import page
from supportctl.audit.field_docs import FieldDoc, field_docs
from supportctl.audit.own_rules import OwnRule
from supportctl.audit.profiles import PROFILES, in_profile
from supportctl.audit.rule import Context, Rule
from supportctl.audit.settings import Settings
from supportctl.audit.wrapped import unwrapped

NAMES = {"zendesk": "Zendesk", "jsm": "Jira Service Management", "servicenow": "ServiceNow"}
_SETTING = re.compile(r"\bsettings\.([a-z_]+?)(?:_limit)?\b(?!_)")


def whole_page(rule: Rule, platforms: Mapping[str, Capabilities]) -> str:
    """Markdown: the rule's page, then what can be set and where it runs."""
    parts = [page(rule).rstrip(), _options(rule), _platforms(rule, platforms), _rulesets(rule)]
    return "\n\n".join(part for part in parts if part) + "\n"


def rulesets(rule: Rule) -> list[str]:
    """Those it runs in; a project's own rules run in each."""
    own = isinstance(unwrapped(rule), OwnRule)
    return [name for name in PROFILES if own or in_profile(rule, name)]


def availability(rule: Rule, capabilities: Capabilities) -> str:
    """``yes``, ``yes; without history``, what must be set before it runs, or why it cannot."""
    context = Context(datetime.now(UTC), Settings(), capabilities)
    reason = rule.unmet(context)
    if reason is not None:
        able = Rule.unmet(unwrapped(rule), context) is None
        return f"{'yes, but' if able else 'no:'} {reason}"
    less = sorted(rule.wants - capabilities.reads)
    return f"yes; without {', '.join(less)}" if less else "yes"


def settings_of(rule: Rule) -> list[str]:
    """Settings that the rule's own module looks at, besides those all rules go by."""
    try:
        module = inspect.getmodule(type(unwrapped(rule)))
        source = inspect.getsource(module) if module is not None else ""
    except (OSError, TypeError):
        return []
    return [name for name in Settings.__struct_fields__ if name in set(_SETTING.findall(source))]


def options_table(docs: list[FieldDoc]) -> str:
    rows = [f"| `{each.name}` | {each.kind} | {_code(each.default)} | {_cell(each.text)} |" for each in docs]
    return "\n".join(["| name | value | default | meaning |", "|---|---|---|---|", *rows])


def _options(rule: Rule) -> str:
    general = settings_of(rule)
    told = ""
    if rule.options is not None:
        told = f"In `[audit.rules.{rule.code}]`, or `--set {rule.code}.NAME=VALUE`:\n\n"
        told += options_table(field_docs(rule.options))
    if general:
        named = ", ".join(f"`{name}`" for name in general)
        told += ("\n\n" if told else "") + f"It goes by the setting{'s' if len(general) > 1 else ''} {named}."
    return f"## Options\n{told}" if told else ""


def _platforms(rule: Rule, platforms: Mapping[str, Capabilities]) -> str:
    told = {NAMES.get(name, name): availability(rule, each) for name, each in platforms.items()}
    head, line, row = ("| " + " | ".join(cells) + " |" for cells in (told, ["---"] * len(told), told.values()))
    return f"## Platforms\n{head}\n{line}\n{row}"


def _rulesets(rule: Rule) -> str:
    found = rulesets(rule)
    if isinstance(unwrapped(rule), OwnRule):
        return "## Rulesets\nevery ruleset: it is the project's own"
    where = ", ".join(f"`{name}`" for name in found) if found else "none; name it in `extend`"
    return f"## Rulesets\n{where}"


def _code(text: str) -> str:
    if not text or text == "required":
        return text or "–"
    return f"`{text}`"


def _cell(text: str) -> str:
    return text.replace("``", "`").replace("|", "\\|")
