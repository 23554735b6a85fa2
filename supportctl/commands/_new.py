"""How a command module makes its Typer app: plain help, no completion options of its own."""

from typing import Any

import typer

CONTEXT: dict[str, Any] = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


def command_app(help: str | None = None) -> typer.Typer:  # noqa: A002 - Typer's own word
    """An app of one command, or with ``help`` a group of commands that prints its help when called alone."""
    app = typer.Typer(
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings=CONTEXT,
        help=help,
        invoke_without_command=help is not None,
    )
    if help is not None:

        @app.callback()
        def _group(context: typer.Context) -> None:
            if context.invoked_subcommand is None:
                typer.echo(context.get_help())

        _group.__doc__ = help
    return app
