"""The project's file, as the options of a command name it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from supportctl.errors import UsageError

if TYPE_CHECKING:
    from supportctl.audit.project import Project

Config = Annotated[
    str | None,
    typer.Option(
        "--config", metavar="FILE", help="The project's file. Default: the supportctl.toml at or above this folder."
    ),
]
NoConfig = Annotated[bool, typer.Option("--no-config", help="Read no project's file.")]


def load_project(config: str | None, no_config: bool = False) -> "Project | None":
    """None: there is none, or ``--no-config``. Raises `ConfigError` with the place of a mistake."""
    from supportctl.audit.configuration import load

    if no_config:
        if config is not None:
            raise UsageError("--config and --no-config cannot both be meant", hint="leave one out")
        return None
    return load(None if config is None else Path(config))
