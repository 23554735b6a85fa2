"""``audit --set NAME=VALUE``: one setting of the audit as text."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from supportctl.errors import UsageError

if TYPE_CHECKING:
    from supportctl.audit import Settings

OTHERWISE = ("persona", "options")
"""Settings that are said in another way."""


def settings(pairs: Sequence[str], *, persona: str | None = None) -> "Settings":
    """The settings that ``--set`` alone leads to, without a project's file.

    Raises `UsageError` naming the setting, what it takes and the nearest known name.
    """
    from supportctl.audit.configuration import resolve

    return resolve(None, pairs, persona).settings


__all__ = ["OTHERWISE", "UsageError", "settings"]
