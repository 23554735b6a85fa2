"""The command tree, without the commands: a command's module is imported when it is run.

`LAZY` is the whole table. Help for the root is made from it alone, so that ``supportctl --help`` imports
no command and nothing heavy (held by a test).
"""

import inspect
from difflib import get_close_matches
from importlib import import_module
from typing import Annotated, Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup

from supportctl.commands._options import GENERAL, declare


class Entry(NamedTuple):
    module: str
    help: str
    """First line of the command's docstring (a test compares them)."""
    group: str


LAZY: dict[str, Entry] = {
    "list": Entry("supportctl.commands.list", "List tickets.", "Look"),
    "show": Entry("supportctl.commands.show", "Show one ticket: thread, SLA, links, history.", "Look"),
    "query": Entry("supportctl.commands.query", "Explain what a query asks of a platform.", "Look"),
    "audit": Entry("supportctl.commands.audit", "Check tickets against the hygiene rules.", "Check"),
    "rule": Entry("supportctl.commands.rule", "List the hygiene rules, or print the page of one.", "Check"),
    "config": Entry(
        "supportctl.commands.config", "Check a project's file, show what is in force, print its schema.", "Check"
    ),
    "duplicates": Entry("supportctl.commands.duplicates", "Find tickets that tell the same story.", "Check"),
    "check": Entry("supportctl.commands.check", "Check that a profile works: access, role, clock, limits.", "Check"),
    "tag": Entry("supportctl.commands.tag", "Add, remove, set or rename tags.", "Act"),
    "close": Entry("supportctl.commands.close", "Resolve tickets, or close them for good.", "Act"),
    "reopen": Entry("supportctl.commands.reopen", "Open resolved or closed tickets again.", "Act"),
    "assign": Entry("supportctl.commands.assign", "Give tickets to somebody, to a group, or to nobody.", "Act"),
    "comment": Entry(
        "supportctl.commands.comment", "Write an internal note on tickets, or with --public an answer.", "Act"
    ),
    "link": Entry("supportctl.commands.link", "Link tickets to one other ticket, or unlink them.", "Act"),
    "merge": Entry(
        "supportctl.commands.merge", "Make tickets part of another one; they are closed for good (Zendesk).", "Act"
    ),
    "set": Entry("supportctl.commands.set", "Give fields a value, or empty them.", "Act"),
    "plan": Entry("supportctl.commands.plan", "Show, list, compare or apply saved plans of changes.", "Act"),
    "resume": Entry("supportctl.commands.resume", "Go on with a run that did not end.", "Act"),
    "undo": Entry(
        "supportctl.commands.undo", "Plan the way back from a run: the planned fields get their old values.", "Act"
    ),
    "runs": Entry("supportctl.commands.runs", "Show what earlier runs changed.", "Act"),
    "escalate": Entry(
        "supportctl.commands.escalate",
        "Build a packet an engineer does not send back, check what is missing, hand it over.",
        "Hand on",
    ),
    "redact": Entry(
        "supportctl.commands.redact", "Hide secrets and personal data in logs, HAR files, JSON and texts.", "Hand on"
    ),
    "har": Entry(
        "supportctl.commands.har", "Tell what failed in HAR files, when, and with which request id.", "Hand on"
    ),
    "log": Entry("supportctl.commands.log", "Tell the errors, stack traces and request ids of logs.", "Hand on"),
    "template": Entry("supportctl.commands.template", "List and show the texts for messages and notes.", "Act"),
    "profile": Entry("supportctl.commands.profiles", "Add, list, show, use, change or remove profiles.", "Setup"),
    "schema": Entry("supportctl.commands.schema", "Print the JSON Schema of what supportctl writes.", "Setup"),
    "sandbox": Entry("supportctl.commands.sandbox", "Serve practice platforms on this computer.", "Setup"),
    "demo": Entry("supportctl.commands.demo", "See the main jobs run on sample companies; no account needed.", "Setup"),
    "help": Entry(
        "supportctl.commands.help",
        "Read about exit codes, environment, formats, queries, changes or a project's file.",
        "Setup",
    ),
}
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
GROUPS = ("Look", "Check", "Act", "Hand on", "Setup")

BRIEF = """\
One command line for the support queue: Zendesk, Jira Service Management, ServiceNow.

  supportctl demo                                   see it work; no account needed
  supportctl profile add prod                       connect an account
  supportctl list 'status:open priority:p1..p2'     list tickets
  supportctl show INC0010001                        one ticket with its thread
  supportctl audit --limit 200                      find hygiene faults
  supportctl tag add billing 'text:invoice'         plan a change, look, then --yes

All commands: supportctl --help
"""


class LazyGroup(TyperGroup):
    """Commands come from `LAZY`; listing them imports none of them."""

    listing = False

    def list_commands(self, ctx: Any) -> list[str]:
        return list(LAZY)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        entry = LAZY.get(cmd_name)
        if entry is None:
            return None
        if self.listing:
            return TyperCommand(cmd_name, help=entry.help)
        return typer.main.get_command(import_module(entry.module).app)

    def shell_complete(self, ctx: Any, incomplete: str) -> Any:
        self.listing = True
        try:
            return super().shell_complete(ctx, incomplete)
        finally:
            self.listing = False

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and args[0] not in LAZY and not args[0].startswith("-") and not ctx.resilient_parsing:
            close = get_close_matches(args[0], LAZY, n=2)
            question = f" Did you mean {' or '.join(close)}?" if close else ""
            ctx.fail(f"No such command {args[0]!r}.{question}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        for group in GROUPS:
            with formatter.section(group):
                formatter.write_dl([(name, entry.help) for name, entry in LAZY.items() if entry.group == group])


def _print_version(wanted: bool) -> None:
    if wanted:
        from supportctl import __version__

        typer.echo(f"supportctl {__version__}")
        raise typer.Exit


def _root(*, context_: typer.Context, **_general: Any) -> None:
    if context_.invoked_subcommand is None:
        typer.echo(BRIEF, nl=False)


def build() -> Any:
    """The root command, ready to be invoked by `supportctl.__main__`."""
    version = Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Show the version.")
    ]
    keyword = inspect.Parameter.KEYWORD_ONLY
    parameters = [
        inspect.Parameter("context_", keyword, annotation=typer.Context),
        inspect.Parameter("version", keyword, annotation=version, default=False),
        *declare(GENERAL),
    ]
    _root.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    _root.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    app = typer.Typer(
        name="supportctl",
        cls=LazyGroup,
        help="One command line for the support queue: Zendesk, Jira Service Management, ServiceNow.",
        epilog="Topics: supportctl help exit-codes|environment|formats|query|changes|project",
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        invoke_without_command=True,
        context_settings=CONTEXT,
    )
    app.callback()(_root)
    return typer.main.get_command(app)
