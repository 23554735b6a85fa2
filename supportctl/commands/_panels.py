"""Help of a command with many options: under headings, in plain text."""

from collections.abc import Mapping, Sequence
from typing import Any

from typer.core import TyperCommand


def panelled(panels: Mapping[str, Sequence[str]], rest: str = "General") -> type[TyperCommand]:
    """A command class that lists the options named under each heading; ``rest`` has all others."""

    class Panelled(TyperCommand):
        def format_options(self, ctx: Any, formatter: Any) -> None:
            left = {param.name: param for param in self.get_params(ctx)}
            arguments = [name for name, param in left.items() if param.param_type_name == "argument"]
            for heading, names in (("Arguments", arguments), *panels.items(), (rest, list(left))):
                params = [left.pop(name) for name in names if name in left]
                rows = [row for param in params if (row := param.get_help_record(ctx)) is not None]
                if rows:
                    with formatter.section(heading):
                        formatter.write_dl(rows)

    return Panelled
