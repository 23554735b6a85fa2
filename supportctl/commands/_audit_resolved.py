"""Rules and settings of a run: what the command line says over what the project's file says."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from supportctl.commands._audit_options import PERSONAS, RULESETS, AuditOptions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from supportctl.audit import Rule, Settings
    from supportctl.audit.exemptions import Exemptions
    from supportctl.calendars import Calendar


@dataclass(frozen=True, kw_only=True)
class Resolved:
    rules: "Sequence[Rule]"
    settings: "Settings"
    calendars: "dict[str, Calendar]" = field(default_factory=dict)
    exemptions: "Exemptions | None" = None
    ruleset: str = "core"
    fail_on: str | None = None
    baseline: str | None = None


def resolve(asked: AuditOptions) -> Resolved:
    from supportctl.audit import select
    from supportctl.commands._audit_settings import settings
    from supportctl.commands._audit_setup import one_of
    from supportctl.model import Persona

    ruleset = one_of(RULESETS, asked.ruleset or "core", "--ruleset")
    persona = Persona(one_of(PERSONAS, asked.persona or "regular", "--persona"))
    own = settings(asked.settings, persona=persona)
    return Resolved(rules=select(asked.rules, ruleset), settings=own, ruleset=ruleset)
