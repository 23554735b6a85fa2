"""The ways to run whole command lines that the tests of commands use."""

from tests.commands.conftest import cli, home

__all__ = ["cli", "home"]
