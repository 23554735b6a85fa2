"""What a project says about escalations: how much each element of a packet weighs, and from where it is enough."""

import msgspec


class Weights(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Points of each element. They are taken relative to their sum, so that the whole is always 100.

    The defaults weigh what engineers found most useful in reports: steps and traces first (Zimmermann et al., "What
    Makes a Good Bug Report?").
    """

    steps: int = 20
    """Steps to reproduce."""
    actual: int = 15
    """What happens, with the exact error."""
    expected: int = 10
    """What should happen."""
    environment: int = 10
    """Product, system and browser with their versions."""
    impact: int = 10
    """Users, revenue, workaround."""
    severity: int = 5
    """With its reason."""
    times: int = 8
    """When it happened, with a time zone."""
    trace: int = 8
    """A request, trace or correlation id."""
    since: int = 4
    """Since when, and how often."""
    evidence: int = 5
    """Files, or a log in the text."""
    reproduced: int = 5
    """Support has seen it itself."""


class EscalationSettings(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """The table ``[escalation]`` of a project's file."""

    weights: Weights = Weights()
    """How much each element counts."""
    min_score: int | None = None
    """Exit code 1 for tickets with less, 0 to 100; none: no gate."""
    language: str | None = None
    """Language of the questions to customers, such as de; none: the customer's own where there is a text in it."""
