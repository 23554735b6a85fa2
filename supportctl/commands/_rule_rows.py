"""Rules as lines of a list."""

from typing import TYPE_CHECKING

from supportctl.commands._app import App

if TYPE_CHECKING:
    from collections.abc import Iterable

    from supportctl.audit.rule import Rule
    from supportctl.reports.findings import RuleRow


def show_rules(app: App, rules: "Iterable[Rule]") -> None:
    """A line for each, in the form that was asked for."""
    from supportctl.reports.findings import RULES
    from supportctl.reports.registry import form_name, open_report

    options, console = app.options, app.console
    form = form_name(options.format, fields=options.json_fields, columns=options.columns, tty=console.out_tty)
    fields = None if options.json_fields is None else RULES.named_fields(options.json_fields)
    columns = None if options.columns is None else RULES.named_columns(options.columns)
    report = open_report(form, RULES, console, now=app.now, columns=columns, fields=fields)
    for rule in rules:
        report.row(row_of(rule))
    report.close()


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
