"""``supportctl audit``: the hygiene rules over one selection, findings streamed, the census at the end."""

from supportctl.commands import _audit_options as ask
from supportctl.commands._app import App
from supportctl.commands._audit_options import FORM, PANELS, AuditOptions
from supportctl.commands._new import command_app
from supportctl.commands._options import READING, Options, shared
from supportctl.commands._panels import panelled
from supportctl.errors import UsageError
from supportctl.exits import Exit

app = command_app()


@app.command("audit", cls=panelled(PANELS))
@shared(READING, FORM)
def audit(
    options: Options,
    query: ask.Words = None,
    rule: ask.RuleOption = None,
    ruleset: ask.Ruleset = None,
    persona: ask.PersonaOption = None,
    set_: ask.Set = None,
    config: ask.Config = None,
    no_config: ask.NoConfig = False,
    fail_on: ask.FailOn = None,
    exit_zero: ask.ExitZero = False,
    error_on_empty: ask.ErrorOnEmpty = False,
    output: ask.Output = None,
    baseline: ask.BaselineOption = None,
    write_baseline: ask.WriteBaseline = None,
    reason: ask.Reason = None,
    until: ask.Until = None,
    now: ask.Now = None,
    as_of: ask.AsOf = None,
    since: ask.Since = None,
    state: ask.StateOption = None,
    shard: ask.ShardOption = None,
    plan: ask.PlanOption = None,
    unsafe_fixes: ask.UnsafeFixes = False,
    jobs: ask.Jobs = None,
    rules: ask.Listing = False,
) -> int:
    """Check tickets against the hygiene rules.

    \b
    supportctl audit 'is:unresolved'
    supportctl audit explain TIM501:SUP-12
    supportctl audit 'resolved:2026-02' --rule RES601 --rule COM402
    supportctl audit --file queue.ndjson -o html=audit.html -o sarif=audit.sarif --fail-on high
    supportctl audit 'is:unresolved' --write-baseline hygiene.json --reason 'before the clean-up' --until 2026-12-31
    supportctl audit 'is:unresolved' --baseline hygiene.json --since last-run --state audit-state.json
    supportctl audit 'is:unresolved' --plan fixes.plan

    Exit codes: 1 when a finding is as severe as --fail-on says, 0 when none is; 3 with --error-on-empty.
    A tag hygiene-exempt excuses a ticket, exempt:CODE excuses it from one rule.
    """
    asked = AuditOptions(
        words=tuple(query or ()),
        rules=tuple(rule or ()),
        ruleset=ruleset,
        persona=persona,
        settings=tuple(set_ or ()),
        config=config,
        no_config=no_config,
        fail_on=fail_on,
        exit_zero=exit_zero,
        error_on_empty=error_on_empty,
        outputs=tuple(output or ()),
        baseline=baseline,
        write_baseline=write_baseline,
        reason=reason,
        until=until,
        now=now,
        as_of=as_of,
        since=since,
        state=state,
        shard=shard,
        plan=plan,
        unsafe_fixes=unsafe_fixes,
        jobs=jobs,
        listing=rules,
    )
    with App(options) as it:
        return run(asked, it)


def run(asked: AuditOptions, app: App) -> int:
    """Audit, and return the exit code."""
    _refuse_empty(asked)
    if asked.listing:
        return _list_rules(app, asked)
    if asked.words[:1] == ("explain",):
        return _explain(app, asked)
    from supportctl.commands import _audit_run

    return _audit_run.run(asked, app)


def _refuse_empty(asked: AuditOptions) -> None:
    for name in ("config", "baseline", "write_baseline", "reason", "until", "now", "as_of", "state", "shard", "plan"):
        value = getattr(asked, name)
        if value is not None and not value.strip():
            raise UsageError(f"--{name.replace('_', '-')} is empty; no ticket was read", hint="leave it out instead")


def _explain(app: App, asked: AuditOptions) -> int:
    from supportctl.commands._audit_explain import explain
    from supportctl.commands._audit_resolved import resolve
    from supportctl.commands._audit_setup import set_clock

    set_clock(asked, app)
    return explain(app, asked.words[1:], resolve(asked, app.now))


def _list_rules(app: App, asked: AuditOptions) -> int:
    from supportctl.commands._audit_resolved import resolve
    from supportctl.commands._rule_rows import show_rules

    resolved = resolve(asked, app.now)
    rules = resolved.rules if asked.ruleset is not None and not asked.rules else resolved.known
    show_rules(app, [rule for rule in rules if not resolved.named or rule.code in resolved.named])
    return int(Exit.OK)
