"""``escalate KEY``: a group whose first verb need not be said."""

from difflib import get_close_matches
from typing import Any

from typer.core import TyperGroup

DEFAULT = "build"


class BuildsByDefault(TyperGroup):
    """What is no verb is a ticket to build a packet of."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in (*self.commands, *ctx.help_option_names):
            if args[0].isalpha() and args[0].islower():
                close = get_close_matches(args[0], self.commands, n=1, cutoff=0.7)
                if close:
                    ctx.fail(f"{args[0]!r} is no ticket. Did you mean escalate {close[0]}?")
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)
