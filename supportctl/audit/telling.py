"""From a fault to the finding that is told of it."""

import hashlib

from supportctl.audit.rule import Ref, Rule
from supportctl.audit.verdict import Fault
from supportctl.model import Finding, Platform, Severity


def finding_of(
    rule: Rule, severity: Severity, fault: Fault, platform: Platform, profile: str, ticket: Ref | None
) -> Finding:
    """``ticket`` None: of the queue. ``severity``: the rule's own, or what the settings put in its place."""
    return Finding(
        rule=rule.code,
        name=rule.name,
        severity=severity,
        confidence=rule.confidence,
        persona=rule.persona,
        platform=platform,
        profile=ticket.profile if ticket else profile,
        ticket=ticket.key if ticket else None,
        ticket_id=ticket.id if ticket else None,
        message=fault.message,
        fingerprint=fingerprint(rule.code, platform, ticket.id if ticket else "", fault.seen),
        url=ticket.url if ticket else None,
        evidence=fault.evidence,
        threshold=fault.threshold,
        passes=fault.passes,
        group=ticket.group if ticket else None,
        fixes=list(fault.fixes),
    )


def fingerprint(code: str, platform: Platform, ticket_id: str, seen: str) -> str:
    """Equal for the same fault of the same ticket in every run, profile and wording (SHA-256, hexadecimal)."""
    return hashlib.sha256("\x1f".join((code, platform, ticket_id, seen)).encode("utf-8", "surrogatepass")).hexdigest()
