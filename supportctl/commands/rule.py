"""``supportctl rule``: the hygiene rules there are, and the page of each."""

from typing import TYPE_CHECKING, Annotated

import typer

from supportctl.commands._app import App, count
from supportctl.commands._new import command_app
from supportctl.commands._options import OUTPUT, Options, shared
from supportctl.commands._project import Config, NoConfig, load_project
from supportctl.commands._rule_rows import row_of, show_rules
from supportctl.errors import UsageError
from supportctl.exits import Exit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from supportctl.audit.configuration import Resolved
    from supportctl.audit.rule import Rule

app = command_app()

PAGE_FORMATS = ("table", "plain", "json", "ndjson", "markdown")
FORM = {name: option for name, option in OUTPUT.items() if name != "sort"}


@app.command("rule")
@shared(FORM)
def rule_(
    options: Options,
    code: Annotated[
        str | None, typer.Argument(metavar="[CODE]", help="A rule by code or name.", show_default=False)
    ] = None,
    search: Annotated[
        str | None, typer.Option("--search", metavar="WORDS", help="Rules whose page holds all these words.")
    ] = None,
    ruleset: Annotated[
        str | None,
        typer.Option("--ruleset", metavar="core|standard|strict|ci", help="Only what runs with this ruleset."),
    ] = None,
    config: Config = None,
    no_config: NoConfig = False,
) -> int:
    """List the hygiene rules, or print the page of one.

    \b
    supportctl rule                          all rules: ours, your project's, those of packages
    supportctl rule TIM501                   what it does, why, how to fix it, its options
    supportctl rule --search 'first reply'
    supportctl rule --ruleset ci --format json

    No ticket is read.
    """
    with App(options) as it:
        from supportctl.audit.configuration import resolve

        resolved = resolve(load_project(config, no_config), ruleset=ruleset)
        if code is not None:
            if search is not None or ruleset is not None:
                raise UsageError("--search and --ruleset are for the list", hint=f"supportctl rule {code}")
            return show(it, resolved, code)
        return list_rules(it, resolved, search, running=ruleset is not None)


def show(app: App, resolved: "Resolved", word: str) -> int:
    """The page as Markdown, or with ``--format json`` as its parts."""
    from supportctl.adapters.registry import capabilities
    from supportctl.audit.pages import whole_page

    form = app.options.format or "table"
    if form not in PAGE_FORMATS or app.options.json_fields is not None:
        raise UsageError("a rule's page comes as text or as json", hint=f"supportctl rule {word} --format json")
    rule = resolved.rule(word)
    if form in ("json", "ndjson"):
        _print_json(app, resolved, rule, indent=form == "json")
        return int(Exit.OK)
    app.console.write(whole_page(rule, capabilities()))
    for line in _in_force(resolved, rule):
        app.console.note(line)
    return int(Exit.OK)


def list_rules(app: App, resolved: "Resolved", search: str | None, *, running: bool) -> int:
    """All rules there are, or with ``running`` those that would run."""
    rules = list(resolved.rules if running else resolved.known)
    if search is not None:
        rules = _search(rules, search)
    show_rules(app, rules)
    for skipped in resolved.skipped:
        app.console.warn(f"the rule {skipped.rule} of the package {skipped.name} cannot be used: {skipped.reason}")
    app.console.note(count(len(rules), "rule"))
    if search is not None and not rules:
        app.console.hint(_nearest(resolved.known, search))
    return int(Exit.OK)


def _search(rules: "Sequence[Rule]", words: str) -> "list[Rule]":
    """Rules whose code, name or page holds all words; those with the words in their title come first."""
    from supportctl.audit.docs import page, summary
    from supportctl.text.fold import fold

    wanted = [fold(word) for word in words.split()]
    if not wanted:
        raise UsageError("--search has no words", hint="supportctl rule --search 'first reply'")
    found = []
    for rule in rules:
        title = fold(f"{rule.code} {rule.name} {' '.join(rule.aliases)} {summary(rule)}")
        if all(word in title for word in wanted):
            found.append((0, rule))
        elif all(word in fold(page(rule)) for word in wanted):
            found.append((1, rule))
    return [rule for _, rule in sorted(found, key=lambda pair: pair[0])]


def _nearest(rules: "Sequence[Rule]", words: str) -> str:
    from supportctl.query.fields import guess

    known = sorted({part for rule in rules for part in (rule.code, rule.name, *rule.name.split("-"))})
    close = guess(words.split()[0], known)
    return f"did you mean {close!r}? run: supportctl rule --search {close}" if close else "supportctl rule lists all"


def _in_force(resolved: "Resolved", rule: "Rule") -> list[str]:
    """What the project's file says of this rule."""
    told = [
        f"{name} is set in {source}"
        for name, source in resolved.sources.items()
        if name.startswith(f"{rule.code}.") or name == f"severities.{rule.code}"
    ]
    if resolved.project is not None and all(each.code != rule.code for each in resolved.rules):
        told.append(f"{rule.code} does not run here: {resolved.project.file.path.name}, ruleset {resolved.ruleset}")
    return told


def _print_json(app: App, resolved: "Resolved", rule: "Rule", *, indent: bool) -> None:
    import msgspec

    from supportctl.adapters.registry import capabilities
    from supportctl.audit.docs import sections, summary
    from supportctl.audit.field_docs import field_docs
    from supportctl.audit.pages import availability, rulesets, settings_of

    document = {
        "schema": "supportctl/rule/v1",
        **msgspec.to_builtins(row_of(rule)),
        "summary": summary(rule),
        "aliases": list(rule.aliases),
        "wants": sorted(rule.wants),
        "sections": sections(rule),
        "options": [] if rule.options is None else msgspec.to_builtins(field_docs(rule.options)),
        "settings": settings_of(rule),
        "platforms": {name: availability(rule, each) for name, each in capabilities().items()},
        "rulesets": rulesets(rule),
        "runs": any(each.code == rule.code for each in resolved.rules),
    }
    text = msgspec.json.encode(document)
    app.console.write_bytes((msgspec.json.format(text, indent=2) if indent else text) + b"\n", flush=True)
