"""A finished audit as the collecting forms see it: markdown, html, sarif, junit, github, gitlab.

Plain values only: reports know nothing of rules or runs. Names of people do not occur.
"""

from datetime import datetime

import msgspec

from supportctl.model import Finding, Severity, Share


class RuleFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that ran, and how its tickets were judged. Every ticket is in exactly one of the first six counts."""

    rule: str
    name: str
    family: str
    """``Classification``, ``Ownership`` …"""
    severity: Severity
    confidence: str
    persona: str
    summary: str
    page: str
    """The rule's page, Markdown."""
    url: str | None = None
    """Where the page can be read, if it is published anywhere."""
    violations: int = 0
    clean: int = 0
    outside: int = 0
    grace: int = 0
    exempt: int = 0
    unjudged: dict[str, int] = {}
    findings: int = 0
    """Findings told, those of a baseline included."""
    suppressed: int = 0
    collapsed: int = 0
    hygiene: Share | None = None


class Skipped(msgspec.Struct, frozen=True, kw_only=True):
    rule: str
    name: str
    reason: str


class FamilyFacts(msgspec.Struct, frozen=True, kw_only=True):
    family: str
    violations: int
    clean: int
    hygiene: Share | None


class GroupFacts(msgspec.Struct, frozen=True, kw_only=True):
    """``group`` None: tickets without a group."""

    group: str | None
    tickets: int
    dirty: int
    findings: int
    worst_rules: list[tuple[str, int]] = []
    """Rule code and number of findings, most first."""


class PastRun(msgspec.Struct, frozen=True, kw_only=True):
    """An earlier run of the same audit, for the trend."""

    at: datetime
    tickets: int
    dirty: int
    score: float | None
    by_severity: dict[str, int] = {}
    rules: dict[str, float] = {}
    """Rule code -> share of clean tickets."""


class BaselineFacts(msgspec.Struct, frozen=True, kw_only=True):
    """How the findings stand against the baseline, or against the last run."""

    against: str
    """The baseline file's name, or ``the last run``."""
    new: int
    known: int
    gone: int
    """Entries that nothing was found for any more."""
    expired: int = 0
    """Entries whose date has passed: their findings count again."""
    unseen: int = 0
    """Not looked at in this run: nobody knows whether they are gone."""


class Threshold(msgspec.Struct, frozen=True, kw_only=True):
    """A threshold in use and where it comes from: default, setting, or learned from how many tickets."""

    rule: str
    text: str


class AuditReport(msgspec.Struct, frozen=True, kw_only=True):
    version: str
    """Of supportctl."""
    now: datetime
    """The moment the queue was judged for."""
    source: str
    """The profile's name, or the file's."""
    platform: str
    query: str | None
    ruleset: str
    """``core``, ``standard``, ``strict``, ``ci``, or the codes that were named."""
    tickets: int
    dirty: int
    """Tickets with at least one violation."""
    score: Share | None
    """Share of tickets without a violation."""
    families: list[FamilyFacts]
    rules: list[RuleFacts]
    skipped: list[Skipped]
    findings: list[Finding]
    """Worst first. Findings that a baseline accepts are in ``accepted`` instead."""
    accepted: list[Finding] = []
    reasons: dict[str, str] = {}
    """Fingerprint of an accepted finding -> why."""
    new: frozenset[str] | None = None
    """Fingerprints not seen in the last run; None: there is nothing to compare with."""
    baseline: BaselineFacts | None = None
    groups: list[GroupFacts] = []
    """Worst first."""
    trend: list[PastRun] = []
    """Oldest first, this run not among them."""
    thresholds: list[Threshold] = []
    notices: list[str] = []
    truncated: bool = False
    """More tickets match than were read."""
    fail_on: Severity | None = None
    failed: bool = False
    """Whether the run ends with exit code 1."""
    unable: str | None = None
    """Why rules that had to run did not; then the run is no pass, whatever else was found."""
