"""How strict to be, in one word. Each holds the one before it; ``ci`` is what may fail a build."""

from collections.abc import Sequence

from supportctl.audit.rule import Rule
from supportctl.model import Confidence, Persona

CORE = (
    "CLS101",
    "CLS102",
    "CLS104",
    "CLS105",
    "OWN201",
    "OWN202",
    "OWN203",
    "OWN204",
    "PRI301",
    "PRI302",
    "COM401",
    "COM402",
    "COM403",
    "COM404",
    "COM405",
    "TIM501",
    "TIM503",
    "RES601",
    "RES603",
    "RES605",
    "LNK701",
    "LNK704",
    "TXT812",
    "PRV821",
)
PROFILES = ("core", "standard", "strict", "ci")


def in_profile(rule: Rule, profile: str) -> bool:
    """``standard``: all rules whose findings somebody can act upon; ``strict``: all there are.

    ``ci``: rules that are sure and do not depend on what the rest of the queue looks like, so that a build does
    not turn red because somebody else's tickets changed.
    """
    match profile:
        case "core":
            return rule.code in CORE
        case "standard":
            return rule.code in CORE or rule.persona is Persona.REGULAR
        case "strict":
            return True
        case "ci":
            sure = rule.confidence is Confidence.HIGH and rule.persona is Persona.REGULAR
            return sure and not rule.learns and not rule.code.startswith("QUE")
    raise ValueError(profile)


def rules_of(profile: str, rules: Sequence[Rule]) -> tuple[Rule, ...]:
    return tuple(rule for rule in rules if in_profile(rule, profile))
