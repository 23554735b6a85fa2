"""The options of ``audit`` that no other command has, declared once, and what they said as one value."""

from dataclasses import dataclass
from typing import Annotated, Any

import typer

from supportctl.commands._options import FORMATS, OUTPUT, READING

SEVERITIES = ("info", "low", "medium", "high")
PERSONAS = ("regular", "pedantic", "auditor")
RULESETS = ("core", "standard", "strict", "ci")
COLLECTING = ("markdown", "html", "sarif", "junit", "github", "gitlab")
"""Forms that are written when everything is known."""
ALL_FORMS = (*FORMATS, *COLLECTING)


@dataclass(frozen=True, kw_only=True)
class AuditOptions:
    """None and False mean "not given"; what a project's file says comes in for those."""

    words: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    ruleset: str | None = None
    persona: str | None = None
    settings: tuple[str, ...] = ()
    config: str | None = None
    no_config: bool = False
    fail_on: str | None = None
    exit_zero: bool = False
    error_on_empty: bool = False
    outputs: tuple[str, ...] = ()
    """``FORM=PATH`` as typed."""
    baseline: str | None = None
    write_baseline: str | None = None
    reason: str | None = None
    until: str | None = None
    now: str | None = None
    as_of: str | None = None
    since: str | None = None
    state: str | None = None
    shard: str | None = None
    plan: str | None = None
    unsafe_fixes: bool = False
    jobs: int | None = None
    listing: bool = False


_Text = str | None
_List = list[str] | None

Words = Annotated[
    _List, typer.Argument(metavar="[QUERY]...", help="Which tickets; quote it for the shell.", show_default=False)
]
RuleOption = Annotated[
    _List, typer.Option("--rule", metavar="CODE", help="Only this rule, by code or name; may be repeated.")
]
Ruleset = Annotated[
    _Text, typer.Option("--ruleset", metavar="|".join(RULESETS), help="How many rules to hear. Default: core.")
]
PersonaOption = Annotated[
    _Text,
    typer.Option("--persona", metavar="|".join(PERSONAS), help="How much to hear about. Default: regular."),
]
Set = Annotated[
    _List,
    typer.Option("--set", metavar="NAME=VALUE", help="A setting of the audit, e.g. stale.p3=10d; may be repeated."),
]
Config = Annotated[
    _Text, typer.Option("--config", metavar="FILE", help="The project's file; else supportctl.toml here or above.")
]
NoConfig = Annotated[bool, typer.Option("--no-config", help="Read no project's file.")]
FailOn = Annotated[
    _Text,
    typer.Option(
        "--fail-on",
        metavar="|".join(SEVERITIES),
        help="Exit 1 when a finding is this severe or more. Default: medium.",
    ),
]
ExitZero = Annotated[bool, typer.Option("--exit-zero", help="Exit 0 whatever is found.")]
ErrorOnEmpty = Annotated[bool, typer.Option("--error-on-empty", help="Exit 3 when no ticket matches.")]
Output = Annotated[
    _List,
    typer.Option(
        "--output", "-o", metavar="FORM=PATH", help="Also write this form to a file; may be repeated, e.g. html=a.html."
    ),
]
BaselineOption = Annotated[
    _Text, typer.Option("--baseline", metavar="FILE", help="Findings it names are known: counted, not shown.")
]
WriteBaseline = Annotated[
    _Text, typer.Option("--write-baseline", metavar="FILE", help="Accept what is found: write a baseline, exit 0.")
]
Reason = Annotated[
    _Text, typer.Option("--reason", metavar="TEXT", help="With --write-baseline: why new entries are accepted.")
]
Until = Annotated[
    _Text, typer.Option("--until", metavar="DATE", help="With --write-baseline: the last day of new entries.")
]
Now = Annotated[
    _Text,
    typer.Option("--now", metavar="TIME", help="Count ages from this date or time; a date is its end, in UTC."),
]
AsOf = Annotated[
    _Text,
    typer.Option("--as-of", metavar="TIME", help="Judge the queue as it stood then, by its history."),
]
Since = Annotated[
    _Text, typer.Option("--since", metavar="last-run", help="Read only tickets updated since the last run.")
]
StateOption = Annotated[
    _Text,
    typer.Option("--state", metavar="FILE", help="Compare with the last run, which this file remembers."),
]
ShardOption = Annotated[
    _Text, typer.Option("--shard", metavar="I/N", help="Only part I of N of the tickets, e.g. 2/4.")
]
PlanOption = Annotated[
    _Text, typer.Option("--plan", metavar="FILE", help="Write the safe fixes as a plan; nothing is changed.")
]
UnsafeFixes = Annotated[bool, typer.Option("--unsafe-fixes", help="With --plan: also fixes somebody should look at.")]
Jobs = Annotated[
    int | None,
    typer.Option("--jobs", metavar="N", min=1, help="Processes that judge a long --file. Default: one a processor."),
]
Listing = Annotated[bool, typer.Option("--rules", help="List the rules and read no ticket.")]

FORM: dict[str, Any] = {
    **{name: option for name, option in OUTPUT.items() if name not in ("sort", "format")},
    "format": Annotated[
        _Text,
        typer.Option(
            "--format", "-f", metavar="|".join(ALL_FORMS), envvar="SUPPORTCTL_FORMAT", help="Form of the output."
        ),
    ],
}
PANELS = {
    "Which tickets": (*READING, "since", "state", "shard", "as_of", "now", "error_on_empty", "jobs"),
    "What to check": ("rule", "ruleset", "persona", "set_", "config", "no_config", "rules"),
    "Output": (*FORM, "output"),
    "When to fail": ("fail_on", "exit_zero", "baseline", "write_baseline", "reason", "until"),
    "Fixes": ("plan", "unsafe_fixes"),
}
