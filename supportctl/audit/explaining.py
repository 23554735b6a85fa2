"""One rule and one ticket: what the rule says now, by which threshold, and what would change its mind."""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Any

import msgspec

from supportctl.audit.docs import sections
from supportctl.audit.exemptions import Exemptions
from supportctl.audit.in_force import Entry
from supportctl.audit.rule import Context, QueueFault, Rule, TicketRule
from supportctl.audit.telling import fingerprint
from supportctl.audit.verdict import Clean, Fault, Faulty, Outside, Unjudged, Verdict
from supportctl.model import Confidence, Evidence, Finding, Fix, Persona, Platform, Severity, Ticket

VERDICTS = {
    "faulty": "the fault is there",
    "clean": "passes: the rule looked at the ticket and has nothing against it",
    "outside": "not judged: out of scope, as the rule's page says (see False positives)",
    "grace": "not judged yet: the ticket is too new, or still within its limit for being new",
    "unjudged": "not judged: {field} is unknown, and the verdict hangs on it",
    "unmet": "cannot run here: {field}",
    "gone": "the last run found it; it was not looked at again",
    "none": "nothing was found",
}
_TIMES = ("created_at", "updated_at", "first_response_at", "resolved_at", "closed_at", "due_at")
_ALWAYS = ("status", "priority")


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What is the matter, or was."""

    message: str
    fingerprint: str
    evidence: list[Evidence] = []
    threshold: str | None = None
    passes: str | None = None
    fixes: list[Fix] = []


class Before(msgspec.Struct, frozen=True, kw_only=True):
    """What the last run said of the same rule and ticket."""

    at: datetime
    message: str
    fingerprint: str
    threshold: str | None = None


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    rule: str
    name: str
    severity: Severity
    confidence: Confidence
    persona: Persona
    verdict: str
    """One of `VERDICTS`."""
    words: str
    """The verdict for a person."""
    ticket: str | None = None
    url: str | None = None
    seen: list[Seen] = []
    threshold: str | None = None
    """The limit of time that holds for the ticket, where the rule has one and found nothing; a fault tells its own."""
    in_force: list[Entry] = []
    """Options of the rule, and settings it goes by, each with who said so."""
    looked_at: dict[str, str] = {}
    """Facts of the ticket: times, words of a fixed list, ``set``, ``empty``, ``unknown (hidden)``; never its text."""
    exempt: str | None = None
    """Why the fault is excused."""
    before: list[Before] = []
    notes: list[str] = []
    fix: str = ""
    """The section of the rule's page."""
    false_positives: str = ""


def explain_ticket(
    rule: TicketRule, ticket: Ticket, context: Context, exemptions: Exemptions, before: Sequence[Before] = ()
) -> Explanation:
    reason = rule.unmet(context)
    verdict = None if reason is not None else rule.check(ticket, context)
    name, field = _word(verdict, reason)
    seen = (
        [seen_of(rule.code, ticket.platform, ticket.id, fault) for fault in verdict.faults]
        if isinstance(verdict, Faulty)
        else []
    )
    return msgspec.structs.replace(
        frame(rule, context, name, field),
        ticket=ticket.key,
        url=ticket.url,
        seen=seen,
        threshold=rule.threshold(ticket, context) if name in ("clean", "grace", "unjudged") else None,
        looked_at=_facts(rule, ticket),
        exempt=exemptions.reason(ticket, rule) if seen else None,
        before=list(before),
        notes=_notes(name, seen, before, ticket),
    )


def explain_queue(
    rule: Rule, faults: Sequence[QueueFault], context: Context, before: Sequence[Before] = ()
) -> Explanation:
    """What a rule about the queue counted just now."""
    seen = [seen_of(rule.code, each.platform, each.ticket.id if each.ticket else "", each.fault) for each in faults]
    return msgspec.structs.replace(frame(rule, context, "faulty" if seen else "none"), seen=seen, before=list(before))


def explain_found(rule: Rule, findings: Sequence[Finding], context: Context, at: datetime) -> Explanation:
    """What the last run said, where it cannot be judged again without the whole queue."""
    seen = [
        Seen(
            message=each.message,
            fingerprint=each.fingerprint,
            evidence=each.evidence,
            threshold=each.threshold,
            passes=each.passes,
            fixes=each.fixes,
        )
        for each in findings
    ]
    keys = {each.ticket for each in findings}
    note = f"counted by the run of {at:%Y-%m-%d %H:%M} UTC; a rule about the queue is judged by a new run only"
    return msgspec.structs.replace(
        frame(rule, context, "gone"), seen=seen, ticket=keys.pop() if len(keys) == 1 else None, notes=[note]
    )


def seen_of(code: str, platform: Platform, ticket_id: str, fault: Fault) -> Seen:
    return Seen(
        message=fault.message,
        fingerprint=fingerprint(code, platform, ticket_id, fault.seen),
        evidence=fault.evidence,
        threshold=fault.threshold,
        passes=fault.passes,
        fixes=list(fault.fixes),
    )


def frame(rule: Rule, context: Context, verdict: str, field: str = "") -> Explanation:
    told = sections(rule)
    return Explanation(
        rule=rule.code,
        name=rule.name,
        severity=context.settings.severities.get(rule.code, rule.severity),
        confidence=rule.confidence,
        persona=rule.persona,
        verdict=verdict,
        words=VERDICTS[verdict].format(field=field),
        fix=told.get("Fix", ""),
        false_positives=told.get("False positives", ""),
    )


def _word(verdict: Verdict | None, reason: str | None) -> tuple[str, str]:
    match verdict:
        case None:
            return "unmet", reason or ""
        case Faulty():
            return "faulty", ""
        case Clean():
            return "clean", ""
        case Outside(grace=grace):
            return ("grace" if grace else "outside"), ""
        case Unjudged(field=field):
            return "unjudged", field


def _notes(verdict: str, seen: Sequence[Seen], before: Sequence[Before], ticket: Ticket) -> list[str]:
    """What became of what the last run found."""
    if not before:
        return []
    at = max(each.at for each in before)
    known = {each.fingerprint for each in before}
    if any(each.fingerprint in known for each in seen):
        return [f"unchanged since the run of {at:%Y-%m-%d %H:%M} UTC"]
    moved = ticket.updated_at is not None and ticket.updated_at > at
    since = "the ticket was changed since then" if moved else "the ticket is as it was: settings, rules or time changed"
    what = "found something else" if seen else "found it"
    return [f"the run of {at:%Y-%m-%d %H:%M} UTC {what}; {since}"] if verdict != "unmet" else []


def _facts(rule: Rule, ticket: Ticket) -> dict[str, str]:
    names = list(dict.fromkeys([*_ALWAYS, *sorted(rule.fields)]))
    facts = {name: _fact(ticket, name) for name in names if hasattr(ticket, name)}
    times = {name: _fact(ticket, name) for name in _TIMES if name in facts or getattr(ticket, name) is not None}
    return facts | times


def _fact(ticket: Ticket, name: str) -> str:
    if name in ticket.unknown:
        return f"unknown ({ticket.unknown[name].replace('_', ' ')})"
    value: Any = getattr(ticket, name)
    match value:
        case None | "" | []:
            return "empty"
        case datetime():
            return value.strftime("%Y-%m-%dT%H:%M:%SZ")
        case Enum() | int():
            return str(value)
        case list():
            return str(len(value))
        case _:
            return "set"


__all__ = ["VERDICTS", "Before", "Explanation", "Seen", "explain_found", "explain_queue", "explain_ticket"]
