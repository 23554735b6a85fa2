"""Rules and settings of a run: the project's file, and what the command line says over it."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from supportctl.audit.configuration import Resolved
    from supportctl.commands._audit_options import AuditOptions


def resolve(asked: "AuditOptions", now: "datetime") -> "Resolved":
    """Raises `ConfigError` with file and line for a mistake in the file, `UsageError` for one in the options."""
    from supportctl.audit import configuration

    project = None
    if not asked.no_config:
        project = configuration.load(None if asked.config is None else Path(asked.config).expanduser())
    return configuration.resolve(
        project, asked.settings, asked.persona, asked.ruleset, asked.rules, fail_on=asked.fail_on, now=now
    )
