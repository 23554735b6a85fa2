"""``supportctl audit``: the hygiene rules over one selection, findings streamed, the census at the end."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from supportctl.commands._app import App, count
from supportctl.commands._new import command_app
from supportctl.commands._options import OUTPUT, READING, Options, shared
from supportctl.errors import SupportctlError, UsageError
from supportctl.exits import Exit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from supportctl.adapters.reading import Reading
    from supportctl.audit import Audit
    from supportctl.model import Finding, Severity
    from supportctl.reports.base import Reporter

app = command_app()

SEVERITIES = ("info", "low", "medium", "high")
PERSONAS = ("regular", "pedantic", "auditor")
FORM = {name: option for name, option in OUTPUT.items() if name != "sort"}


@dataclass(frozen=True, kw_only=True)
class AuditOptions:
    words: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    fail_on: str = "medium"
    persona: str = "regular"
    settings: tuple[str, ...] = ()
    now: str | None = None
    exit_zero: bool = False
    error_on_empty: bool = False
    listing: bool = False


@app.command("audit")
@shared(READING, FORM)
def audit(
    options: Options,
    query: Annotated[
        list[str] | None,
        typer.Argument(metavar="[QUERY]...", help="Which tickets; quote it for the shell.", show_default=False),
    ] = None,
    rule: Annotated[
        list[str] | None,
        typer.Option("--rule", metavar="CODE", help="Only this rule, by code or name; may be repeated."),
    ] = None,
    fail_on: Annotated[
        str,
        typer.Option("--fail-on", metavar="|".join(SEVERITIES), help="Exit 1 when a finding is this severe or more."),
    ] = "medium",
    persona: Annotated[
        str, typer.Option("--persona", metavar="|".join(PERSONAS), help="How much to hear about.")
    ] = "regular",
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A setting of the audit, e.g. stale.p3=10d; may be repeated."),
    ] = None,
    now: Annotated[
        str | None,
        typer.Option("--now", metavar="TIME", help="Count ages from this date or time; a date is its end, in UTC."),
    ] = None,
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help="Exit 0 whatever is found.")] = False,
    error_on_empty: Annotated[bool, typer.Option("--error-on-empty", help="Exit 3 when no ticket matches.")] = False,
    rules: Annotated[bool, typer.Option("--rules", help="List the rules and read no ticket.")] = False,
) -> int:
    """Check tickets against the hygiene rules.

    \b
    supportctl audit 'is:unresolved'
    supportctl audit 'resolved:2026-02' --rule RES601 --rule COM402
    supportctl audit --file queue.ndjson --format ndjson --fail-on high
    supportctl audit --rules

    Exit codes: 1 when a finding is as severe as --fail-on says, 0 when none is; 3 with --error-on-empty.
    A tag hygiene-exempt excuses a ticket, exempt:CODE excuses it from one rule.
    """
    asked = AuditOptions(
        words=tuple(query or ()),
        rules=tuple(rule or ()),
        fail_on=fail_on,
        persona=persona,
        settings=tuple(set_ or ()),
        now=now,
        exit_zero=exit_zero,
        error_on_empty=error_on_empty,
        listing=rules,
    )
    with App(options) as it:
        return run(asked, it)


def run(asked: AuditOptions, app: App) -> int:
    """Audit, and return the exit code."""
    from supportctl.audit import Audit, select
    from supportctl.commands._audit_settings import settings
    from supportctl.model import Persona, Severity
    from supportctl.reports.findings import FINDINGS
    from supportctl.reports.registry import form_name, open_report

    fail_on = Severity(_one_of(SEVERITIES, asked.fail_on, "--fail-on"))
    own = settings(asked.settings, persona=Persona(_one_of(PERSONAS, asked.persona, "--persona")))
    chosen = select(asked.rules)
    if asked.listing:
        return _list_rules(app, asked)
    options, console = app.options, app.console
    form = form_name(options.format, fields=options.json_fields, columns=options.columns, tty=console.out_tty)
    fields = None if options.json_fields is None else FINDINGS.named_fields(options.json_fields)
    columns = None if options.columns is None else FINDINGS.named_columns(options.columns)
    limit = options.row_limit
    if asked.now is not None:
        app.now = _moment(asked.now)
    selection = app.select(asked.words)
    audit_run = Audit(chosen, own, app.reader.capabilities, app.now)
    reading = app.read(selection, audit_run.needs, limit=limit)
    report = open_report(form, FINDINGS, console, now=app.now, columns=columns, fields=fields)
    _stream(app, audit_run, reading, report, form)
    report.close({"truncated": reading.truncated, "notices": reading.notices, "census": audit_run.census})
    _summary(app, audit_run, reading)
    if asked.error_on_empty and not audit_run.census.tickets:
        return int(Exit.EMPTY)
    return int(Exit.FOUND if audit_run.census.at_least(fail_on) and not asked.exit_zero else Exit.OK)


def _stream(app: App, audit_run: "Audit", reading: "Reading", report: "Reporter[Finding]", form: str) -> None:
    """Findings as they arrive. What was printed before an error or Ctrl-C stays, and is said to be incomplete."""
    tickets: Iterable[Any] = app.console.track(reading, app.source)
    try:
        for finding in audit_run.findings(tickets):
            report.row(finding)
    except BrokenPipeError:
        raise
    except (SupportctlError, KeyboardInterrupt):
        if form != "json":
            report.close()
        census = audit_run.census
        held = f"; {count(audit_run.held, 'finding')} about missing fields not among them" if audit_run.held else ""
        app.console.error_line(
            f"The audit is incomplete: {count(census.findings, 'finding')} printed, "
            f"{count(census.tickets, 'ticket')} judged before it stopped{held}."
        )
        raise


def _summary(app: App, audit_run: "Audit", reading: "Reading") -> None:
    """The census on standard error; a short one, and what must be heard even with ``--quiet``."""
    from supportctl.console import safe_line

    census, console = audit_run.census, app.console
    app.tell(reading)
    for skipped in census.skipped:
        console.note(safe_line(f"{skipped.rule} {skipped.name} not run: {skipped.reason}"), "dim")
    for row in census.rules:
        if row.unjudged:
            fields = ", ".join(sorted(row.unjudged))
            tickets = count(sum(row.unjudged.values()), "ticket")
            console.note(safe_line(f"{row.rule} {row.name} could not judge {tickets}: {fields} unknown"), "dim")
    facts = [
        f"{count(census.findings, 'finding')}{_severities(census.by_severity)} in {count(census.tickets, 'ticket')}"
    ]
    for number, words in (
        (census.suppressed, "suppressed by --persona"),
        (census.exempt, "exempt by tag"),
        (census.collapsed, "told once as QUE901"),
        (reading.repeats, "sent twice"),
    ):
        if number:
            facts.append(f"{number:,} {words}")
    if reading.truncated:
        facts.append("stopped at the limit, there are more tickets")
    console.note(" · ".join(facts))
    if not census.tickets:
        console.hint("no ticket matches; to see how the query is read: supportctl query explain QUERY")
    elif census.findings:
        console.hint("what a rule means: supportctl audit --rules; one ticket: supportctl show KEY")


def _severities(counts: "dict[Severity, int]") -> str:
    told = [f"{counts[severity]:,} {severity}" for severity in sorted(counts, key=_severest) if counts[severity]]
    return f" ({', '.join(told)})" if told else ""


def _severest(severity: "Severity") -> int:
    return -SEVERITIES.index(severity)


def _list_rules(app: App, asked: AuditOptions) -> int:
    from supportctl.audit import RULES, find
    from supportctl.audit.docs import summary
    from supportctl.reports.findings import RULES as SHEET
    from supportctl.reports.findings import RuleRow
    from supportctl.reports.registry import form_name, open_report

    options, console = app.options, app.console
    form = form_name(options.format, fields=options.json_fields, columns=options.columns, tty=console.out_tty)
    fields = None if options.json_fields is None else SHEET.named_fields(options.json_fields)
    columns = None if options.columns is None else SHEET.named_columns(options.columns)
    report = open_report(form, SHEET, console, now=app.now, columns=columns, fields=fields)
    named = {find(word).code for word in asked.rules}
    for rule in RULES:
        if named and rule.code not in named:
            continue
        row = RuleRow(
            rule=rule.code,
            name=rule.name,
            severity=rule.severity,
            confidence=rule.confidence,
            persona=rule.persona,
            needs=sorted(rule.needs),
            since=rule.since,
            summary=summary(rule),
        )
        report.row(row)
    report.close()
    return int(Exit.OK)


def _moment(text: str) -> "datetime":
    """A date is over at its end; a time is where it starts."""
    from supportctl.query.times import BadTimeError, moment

    try:
        start, end = moment(text)
    except BadTimeError as bad:
        raise UsageError(f"--now {text[:40]!r} is not a time: {bad}; no ticket was read") from None
    return start if "t" in text.lower() else end


def _one_of(words: tuple[str, ...], given: str, option: str) -> str:
    if given in words:
        return given
    from difflib import get_close_matches

    close = get_close_matches(given.lower(), words, n=1)
    guess = f": did you mean {close[0]}?" if close else ""
    raise UsageError(f"{option} does not know {given!r}{guess}", hint=f"it takes: {', '.join(words)}")
