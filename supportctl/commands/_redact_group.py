"""``redact FILE``: a group whose first verb need not be said."""

from typing import Any

from typer.core import TyperGroup

DEFAULT = "files"


class FilesByDefault(TyperGroup):
    """What is no verb is a file; a file called like a verb is named ``./files``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or args[0] not in self.commands:
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)
