"""The hygiene audit: rules over a stream of tickets."""

from supportctl.audit.engine import Audit, audit
from supportctl.audit.registry import RULES, find, select
from supportctl.audit.result import AuditResult, Census, RuleCensus, SkippedRule, rank
from supportctl.audit.rule import Context, HistoryRule, QueueRule, Rule, TicketRule
from supportctl.audit.settings import Settings

__all__ = [
    "RULES",
    "Audit",
    "AuditResult",
    "Census",
    "Context",
    "HistoryRule",
    "QueueRule",
    "Rule",
    "RuleCensus",
    "Settings",
    "SkippedRule",
    "TicketRule",
    "audit",
    "find",
    "rank",
    "select",
]
