"""Whole command lines in this process, on a sandbox whose clock goes on when they wait."""

from tests.commands.conftest import cli, home

__all__ = ["cli", "home"]
