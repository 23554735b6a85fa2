"""The options of commands that change tickets, declared once: which tickets, and how the changes are made."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

MAX_CHANGES = 1_000


@dataclass(frozen=True, kw_only=True)
class Applying:
    """How changes are planned and carried out."""

    plan: str | None = None
    """Where the plan is written; None: among the plans of the state folder."""
    reason: str | None = None
    """Kept with every change of the plan."""
    yes: bool = False
    dry_run: bool = False
    """Write nothing, even with ``yes``."""
    max_changes: int = MAX_CHANGES
    notify: bool = False
    """Whether the platform may mail people about it."""
    allow_irreversible: bool = False
    max_error_rate: float | None = None
    """Share of the tickets tried, 0 to 1."""
    rate: float | None = None
    """Tickets a minute."""
    pause_file: str | None = None
    """The run waits as long as this file is there."""
    settle: float | None = None
    """Seconds between two looks for a change whose answer was lost, before it is sent again."""
    journal: str | None = None
    """Path of the journal; None: in the state folder."""
    state_dir: str | None = None

    @property
    def applies(self) -> bool:
        return self.yes and not self.dry_run

    @property
    def state(self) -> Path:
        """The folder plans and journals are kept in."""
        from supportctl.config import state_dir

        return state_dir() if self.state_dir is None else Path(self.state_dir).expanduser()


@dataclass(frozen=True, kw_only=True)
class Choosing:
    """How tickets are chosen besides the words."""

    from_findings: str | None = None
    """The output of an audit; ``-`` is standard input."""
    rule: tuple[str, ...] = ()
    require: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


_Text = str | None
_List = list[str] | None
PLANNING: dict[str, Any] = {
    "plan": Annotated[_Text, typer.Option("--plan", metavar="FILE", help="Write the plan to this file.")],
    "reason": Annotated[_Text, typer.Option("--reason", metavar="TEXT", help="Why; kept with every change.")],
}
APPLYING: dict[str, Any] = {
    "yes": Annotated[bool, typer.Option("--yes", "-y", help="Carry the plan out.")],
    "dry_run": Annotated[bool, typer.Option("--dry-run", "-n", help="Write nothing, even with --yes.")],
    "max_changes": Annotated[
        int | None,
        typer.Option(
            "--max-changes", metavar="N", min=0, help=f"Refuse a plan of more tickets. Default: {MAX_CHANGES}."
        ),
    ],
    "notify": Annotated[bool, typer.Option("--notify", help="Let the platform mail people about it.")],
    "allow_irreversible": Annotated[
        bool, typer.Option("--allow-irreversible", help="Carry out what cannot be undone, too.")
    ],
    "max_error_rate": Annotated[
        float | None,
        typer.Option(
            "--max-error-rate", metavar="SHARE", min=0, max=1, help="Stop when a larger share fails; 0.05 is 5 in 100."
        ),
    ],
    "rate": Annotated[
        float | None, typer.Option("--rate", metavar="N", min=0.001, help="Change at most N tickets a minute.")
    ],
    "pause_file": Annotated[
        _Text, typer.Option("--pause-file", metavar="PATH", help="Wait as long as this file is there.")
    ],
    "settle": Annotated[
        float | None,
        typer.Option(
            "--settle",
            metavar="SECONDS",
            min=0,
            help="Time between two looks for a change whose answer was lost. Default: 3.",
        ),
    ],
    "journal": Annotated[_Text, typer.Option("--journal", metavar="PATH", help="Keep the journal in this file.")],
    "state_dir": Annotated[
        _Text, typer.Option("--state-dir", metavar="DIR", help="Keep plans and the journal in this folder.")
    ],
}
CHANGING: dict[str, Any] = {**PLANNING, **APPLYING}
"""What every command that changes tickets takes."""
CHOOSING: dict[str, Any] = {
    "from_findings": Annotated[
        _Text,
        typer.Option("--from-findings", metavar="FILE", help="The tickets an audit found (its json or ndjson, or -)."),
    ],
    "rule": Annotated[
        _List, typer.Option("--rule", metavar="CODE", help="With --from-findings: only of this rule; repeatable.")
    ],
    "require": Annotated[
        _List,
        typer.Option(
            "--require",
            metavar="CONDITION",
            help="Only tickets of which this holds (idle-for=2d, or a query); repeatable.",
        ),
    ],
    "unless": Annotated[
        _List,
        typer.Option(
            "--unless", metavar="CONDITION", help="Leave out tickets of which this holds (tag=vip); repeatable."
        ),
    ],
}
"""Which tickets are chosen, besides the query or keys."""
