"""Rules as lines of a list."""

from typing import TYPE_CHECKING

from supportctl.commands._app import App

if TYPE_CHECKING:
    from collections.abc import Iterable

    from supportctl.audit.rule import Rule
    from supportctl.reports.findings import RuleRow


def show_rules(app: App, rules: "Iterable[Rule]") -> None:
    """A line for each, in the form that was asked for."""
    from supportctl.commands._rows import print_rows
    from supportctl.reports.findings import RULES

    print_rows(app, RULES, [row_of(rule) for rule in rules])


def row_of(rule: "Rule") -> "RuleRow":
    from supportctl.audit.docs import summary
    from supportctl.reports.findings import RuleRow

    return RuleRow(
        rule=rule.code,
        name=rule.name,
        severity=rule.severity,
        confidence=rule.confidence,
        persona=rule.persona,
        needs=sorted(rule.needs),
        since=rule.since,
        summary=summary(rule),
    )
