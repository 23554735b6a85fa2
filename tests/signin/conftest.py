"""Whole command lines and a keyring in memory, as for the commands."""

from tests.commands.conftest import cli, home
from tests.commands.test_profiles import ring

__all__ = ["cli", "home", "ring"]
