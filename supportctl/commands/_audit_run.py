"""Carrying an audit out: tickets through the rules, findings to the outputs, and what is left when it is over."""

from typing import TYPE_CHECKING, Any

from supportctl.commands import _audit_words as words
from supportctl.commands._app import App, join_words
from supportctl.commands._audit_options import AuditOptions
from supportctl.commands._audit_outputs import Outputs
from supportctl.commands._audit_setup import Setup, set_up
from supportctl.commands._audit_tally import Tally, next_state, scope_of
from supportctl.commands._audit_tickets import Tickets
from supportctl.errors import SupportctlError, UsageError
from supportctl.exits import Exit

if TYPE_CHECKING:
    from supportctl.audit import Audit
    from supportctl.reports.audit_report import AuditReport, BaselineFacts


def run(asked: AuditOptions, app: App) -> int:
    """Audit, and return the exit code."""
    from supportctl.audit import Audit

    setup = set_up(asked, app)
    resolved = setup.resolved
    capabilities = app.reader.capabilities
    audit = Audit(
        setup.rules,
        resolved.settings,
        capabilities,
        app.now,
        resolved.calendars,
        resolved.exemptions,
        setup.watched,
        resolved.named,
        setup.learned,
    )
    audit.census.skipped.extend(setup.skipped)
    tickets = Tickets(app, setup.which, _needs(setup, audit))
    lasting = any((setup.renew, setup.memory, setup.plan))
    outputs = Outputs(app, setup.form, setup.files, lasting=lasting)
    tally = Tally(setup, keeps=outputs.collects or setup.renew is not None)
    _stream(app, audit, tickets, outputs, tally)
    tally.finish(scope_of(setup, audit, tickets))
    try:
        outputs.close(_facts(audit, tickets, tally), _report(app, setup, audit, tickets, tally, outputs))
    finally:
        words.summarise(app, setup, audit, tickets, tally)
    _leave(app, setup, audit, tickets, tally)
    if (unable := words.unable(setup, audit, tickets)) is not None:
        raise UsageError(unable, hint="supportctl rule CODE says what a rule needs; config show what is set")
    return _exit_code(setup, audit, tally)


def _needs(setup: Setup, audit: "Audit") -> Any:
    """What the rules need; to wind tickets back their whole past besides."""
    from supportctl.adapters.base import Need

    if setup.which.as_of is None:
        return audit.needs
    if Need.HISTORY not in audit.context.capabilities.reads:
        raise UsageError(f"{audit.context.capabilities.platform} gives no history here: --as-of has nothing to go by")
    return audit.needs | {Need.HISTORY, Need.COMMENTS, Need.PEOPLE}


def _stream(app: App, audit: "Audit", tickets: Tickets, outputs: Outputs, tally: Tally) -> None:
    """Findings as they arrive. What was printed before an error or Ctrl-C stays, and is said to be incomplete."""
    try:
        for finding in tickets.findings(audit, tally.setup.asked.jobs):
            if tally.take(finding):
                outputs.row(finding)
    except BrokenPipeError:
        outputs.abandon()
        raise
    except (SupportctlError, KeyboardInterrupt):
        outputs.stop()
        words.incomplete(app, audit, tally, len(tally.setup.files))
        raise
    except BaseException:
        outputs.abandon()
        raise


def _facts(audit: "Audit", tickets: Tickets, tally: Tally) -> dict[str, Any]:
    """What the JSON document holds besides the findings."""
    facts: dict[str, Any] = {
        "truncated": tickets.truncated,
        "notices": tickets.reading.notices,
        "census": audit.census,
    }
    if (baseline := baseline_facts(tally)) is not None:
        facts["baseline"] = baseline
    if (last := last_run_facts(tally)) is not None:
        facts["last_run"] = last
    return facts


def _report(
    app: App, setup: Setup, audit: "Audit", tickets: Tickets, tally: Tally, outputs: Outputs
) -> "AuditReport | None":
    if not outputs.collects:
        return None
    from supportctl.commands._audit_report import build

    options = app.options
    asked = [text for text in (options.native, options.view, join_words(setup.asked.words)) if text]
    return build(
        setup,
        audit,
        tickets,
        tally,
        source=app.source,
        platform=str(audit.context.capabilities.platform),
        query=" · ".join(asked) or None,
        notices=[*words.notices(setup, tickets), *words.exemption_lines(audit)],
        failed=_exit_code(setup, audit, tally) == Exit.FOUND,
        unable=words.unable(setup, audit, tickets),
        baseline=baseline_facts(tally) or last_run_facts(tally),
    )


def baseline_facts(tally: Tally) -> "BaselineFacts | None":
    from supportctl.reports.audit_report import BaselineFacts

    standing, baseline = tally.standing, tally.setup.baseline
    if standing is None or baseline is None:
        return None
    return BaselineFacts(
        against=baseline.name,
        new=tally.number - len(standing.expired),
        known=len(tally.accepted),
        gone=len(standing.gone),
        expired=len(standing.expired),
        unseen=len(standing.unseen),
    )


def last_run_facts(tally: Tally) -> "BaselineFacts | None":
    from supportctl.reports.audit_report import BaselineFacts

    compared = tally.comparison
    if compared is None:
        return None
    return BaselineFacts(
        against="the last run",
        new=len(compared.new),
        known=len(compared.known),
        gone=len(compared.gone),
        unseen=len(compared.unseen),
    )


def _leave(app: App, setup: Setup, audit: "Audit", tickets: Tickets, tally: Tally) -> None:
    """What the run leaves behind: a plan, a baseline, the state for the next run."""
    if setup.plan is not None:
        from supportctl.commands._audit_fixes import write_plan

        write_plan(app, tally.fixable, setup.plan, unsafe=setup.asked.unsafe_fixes, query=join_words(setup.asked.words))
    if setup.which.as_of is None:
        _keep_findings(app, audit, tally)
    if setup.renew is not None:
        _write_baseline(app, setup, audit, tickets, tally)
    if setup.memory is not None:
        from supportctl.audit import state

        if tickets.truncated:
            app.console.warn(f"{setup.memory.path} was left as it is: the run stopped at its limit")
        else:
            state.write(next_state(setup.memory, audit, tickets, tally), setup.memory.path)


def _keep_findings(app: App, audit: "Audit", tally: Tally) -> None:
    """For ``audit explain``. A folder that cannot be written to is no reason to fail."""
    from supportctl.audit import last_run
    from supportctl.config import state_dir

    name = last_run.FILE if app.options.file is not None else app.profile.name
    try:
        last_run.write(
            state_dir(), name, tally.first, audit.context.now, audit.census.learned,
            total=tally.number + len(tally.accepted),
        )  # fmt: skip
    except SupportctlError as error:
        app.console.warn(f"{error.message}: audit explain will not know them by fingerprint")


def _write_baseline(app: App, setup: Setup, audit: "Audit", tickets: Tickets, tally: Tally) -> None:
    from supportctl.audit import baseline

    if setup.renew is None or setup.before is None:
        return
    scope = scope_of(setup, audit, tickets)
    fresh = baseline.renewed(
        setup.before, tally.everything(), scope, setup.today, reason=setup.asked.reason, until=setup.until
    )
    baseline.write(fresh, setup.renew)
    kept = sum(entry == setup.before.entries.get(fingerprint) for fingerprint, entry in fresh.entries.items())
    unseen = len(baseline.stand(setup.before, tally.fingerprints, scope, setup.today).unseen)
    gone = len(setup.before.entries.keys() - fresh.entries.keys())
    end = f"until {setup.until}" if setup.until is not None else "without end (--until DATE gives them one)"
    added = len(fresh.entries) - kept
    parts = [f"{kept - unseen:,} as before"] if kept > unseen else []
    parts += [f"{unseen:,} not looked at and kept"] if unseen else []
    parts += [f"{added:,} added {end}"] if added else []
    parts += [f"{gone:,} taken out"] if gone else []
    app.console.note(f"Baseline {setup.renew}: {', '.join(parts) or 'no entries'}")


def _exit_code(setup: Setup, audit: "Audit", tally: Tally) -> int:
    if setup.asked.error_on_empty and not audit.census.tickets:
        return int(Exit.EMPTY)
    excused = setup.asked.exit_zero or setup.renew is not None
    return int(Exit.FOUND if tally.fails() and not excused else Exit.OK)
