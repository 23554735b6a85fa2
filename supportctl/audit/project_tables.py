"""The tables of a project's file that are not settings of the audit. A docstring is what the manual says of a key."""

from datetime import date

import msgspec

from supportctl.model import Confidence, Severity


class RunTable(msgspec.Struct, frozen=True, kw_only=True):
    """Keys of ``[audit]`` besides the settings."""

    ruleset: str | None = None
    """Which rules run: core, standard, strict or ci."""
    fail_on: Severity | None = None
    """Exit code 1 when a finding is this severe or more."""
    extend: tuple[str, ...] = ()
    """Rules that run besides those of the ruleset, by code or name."""
    ignore: tuple[str, ...] = ()
    """Rules that do not run, by code or name."""
    baseline: str | None = None
    """A file of accepted findings, in the project's folder."""
    outputs: tuple[str, ...] = ()
    """Reports that every run writes, as FORM=PATH inside the project's folder."""


class RuleTable(msgspec.Struct, frozen=True, kw_only=True, rename={"unless": "except"}):
    """Keys of ``[audit.rules.CODE]`` besides the rule's own options."""

    severity: Severity | None = None
    """In place of the rule's own."""
    enabled: bool | None = None
    """True: runs whatever the ruleset says; false: never runs."""
    where: str | None = None
    """A query: only tickets that match it are judged."""
    unless: str | None = None
    """A query: tickets that match it are not judged."""


class ExemptionTable(msgspec.Struct, frozen=True, kw_only=True):
    """``[[audit.exemption]]``"""

    reason: str
    """Why; shown when it ends."""
    until: date
    """The last day it holds."""
    rules: tuple[str, ...] = ()
    """By code or name; every rule when left out."""
    tickets: tuple[str, ...] = ()
    """Keys or ids."""
    query: str | None = None
    """Tickets that match it. Findings about the queue are not excused by a query."""


class OwnRuleTable(msgspec.Struct, frozen=True, kw_only=True):
    """``[[audit.rule]]``"""

    code: str
    """Letters and digits, such as ACME001."""
    name: str
    """Names the bad pattern: escalated-without-l2."""
    query: str
    """What no ticket should match."""
    message: str
    """What a finding says."""
    severity: Severity = Severity.MEDIUM
    """info, low, medium or high."""
    confidence: Confidence = Confidence.HIGH
    """How sure the rule is: low, medium or high."""
    fix: str | None = None
    """What to do about it."""
    where: str | None = None
    """A query: tickets outside of it are not counted as clean."""
