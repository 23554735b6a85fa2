"""The options every command shares, declared once.

``@shared(READING, OUTPUT)`` adds their parameters to a command's signature and hands them over as one
`Options` value. The general ones may also be given before the command: ``supportctl -p prod list``.
"""

import dataclasses
import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any, Concatenate, ParamSpec, cast, get_type_hints

import typer

from supportctl.commands._applying import APPLYING, CHANGING, CHOOSING, MAX_CHANGES, PLANNING, Applying, Choosing
from supportctl.errors import UsageError

P = ParamSpec("P")

DEFAULT_MAX_WAIT = 120.0


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the shared options said; None and False mean "not given"."""

    profile: str | None = None
    debug: bool = False
    quiet: bool = False
    no_color: bool = False
    no_input: bool = False
    no_progress: bool = False
    max_wait: float | None = None
    max_time: float | None = None
    token_file: str | None = None
    file: str | None = None
    native: str | None = None
    view: str | None = None
    limit: str | None = None
    format: str | None = None
    json_fields: str | None = None
    columns: str | None = None
    sort: str | None = None
    applying: Applying = field(default_factory=Applying)
    choosing: Choosing = field(default_factory=Choosing)

    @property
    def wait_seconds(self) -> float:
        return DEFAULT_MAX_WAIT if self.max_wait is None else self.max_wait

    @property
    def row_limit(self) -> int | None:
        """``--limit`` as a number; None when not given or ``all``."""
        if self.limit is None or self.limit.lower() == "all":
            return None
        if not self.limit.isdecimal() or int(self.limit) < 1:
            raise UsageError(f"--limit takes a number from 1, or all; got {self.limit!r}")
        return int(self.limit)


def complete_profiles(incomplete: str) -> list[str]:
    """Profile names from the local configuration file only."""
    from supportctl.config import load

    try:
        return sorted(name for name in load().profiles if name.startswith(incomplete))
    except Exception:  # noqa: BLE001 - completion must never print an error into somebody's prompt
        return []


FORMATS = ("table", "plain", "json", "ndjson", "csv")

_Text = str | None
GENERAL: dict[str, Any] = {
    "profile": Annotated[
        _Text,
        typer.Option(
            "--profile",
            "-p",
            metavar="NAME",
            help="Profile to use.",
            autocompletion=complete_profiles,
            show_default=False,
        ),
    ],
    "token_file": Annotated[
        _Text,
        typer.Option("--token-file", metavar="PATH", help="Read the secret from this file (- is standard input)."),
    ],
    "max_wait": Annotated[
        float | None,
        typer.Option("--max-wait", metavar="SECONDS", min=0, help="Longest wait a platform may ask for. Default: 120."),
    ],
    "max_time": Annotated[
        float | None,
        typer.Option(
            "--max-time",
            metavar="SECONDS",
            min=1,
            envvar="SUPPORTCTL_MAX_TIME",
            help="Longest time all requests of the run may take together. Default: no limit.",
        ),
    ],
    "quiet": Annotated[bool, typer.Option("--quiet", "-q", help="Data and errors only.")],
    "debug": Annotated[bool, typer.Option("--debug", help="Log requests (redacted) and show tracebacks.")],
    "no_color": Annotated[bool, typer.Option("--no-color", help="No colour, as with NO_COLOR.")],
    "no_input": Annotated[bool, typer.Option("--no-input", help="Never ask; fail naming the flag to use.")],
    "no_progress": Annotated[bool, typer.Option("--no-progress", help="No progress on standard error.")],
}
READING: dict[str, Any] = {
    "file": Annotated[
        _Text, typer.Option("--file", metavar="PATH", help="Read tickets from NDJSON instead (- is standard input).")
    ],
    "native": Annotated[
        _Text, typer.Option("--native", metavar="QUERY", help="The platform's own query, passed through.")
    ],
    "view": Annotated[
        _Text, typer.Option("--view", metavar="NAME", help="Start from a view, queue or saved filter of the platform.")
    ],
    "limit": Annotated[_Text, typer.Option("--limit", metavar="N", help="Stop after N tickets (a number, or all).")],
}
OUTPUT: dict[str, Any] = {
    "format": Annotated[
        _Text,
        typer.Option(
            "--format", "-f", metavar="|".join(FORMATS), envvar="SUPPORTCTL_FORMAT", help="Form of the output."
        ),
    ],
    "json_fields": Annotated[
        _Text, typer.Option("--json", metavar="FIELDS", help="JSON with these fields, separated by commas (or all).")
    ],
    "columns": Annotated[
        _Text, typer.Option("--columns", metavar="NAMES", help="Columns to show, separated by commas.")
    ],
    "sort": Annotated[_Text, typer.Option("--sort", metavar="FIELD", help="Sort by a field; -FIELD is descending.")],
}
_FLAGS = frozenset(
    {"debug", "quiet", "no_color", "no_input", "no_progress", "yes", "dry_run", "notify", "allow_irreversible"}
)


def shared(*groups: dict[str, Any]) -> Callable[[Callable[Concatenate[Options, P], int]], Callable[..., int]]:
    """Give a command the general options and those of ``groups``; its first parameter is the `Options`."""
    declared: dict[str, Any] = {}
    for group in (*groups, GENERAL):
        declared.update(group)

    def decorate(function: Callable[Concatenate[Options, P], int]) -> Callable[..., int]:
        plain = cast(Callable[..., int], function)
        signature = inspect.signature(function)
        hints = get_type_hints(function, include_extras=True)
        own = [
            parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=hints[name])
            for name, parameter in list(signature.parameters.items())[1:]
        ]

        @functools.wraps(function)
        def command(*, context_: typer.Context, **arguments: Any) -> int:
            given = {name: arguments.pop(name) for name in declared}
            return plain(_merged(context_, given), **arguments)

        parameters = [
            inspect.Parameter("context_", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context),
            *own,
            *declare(declared),
        ]
        del command.__wrapped__
        command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        return command

    return decorate


def declare(options: dict[str, Any]) -> list[inspect.Parameter]:
    """Signature parameters for a group of options."""
    return [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            annotation=annotation,
            default=False if name in _FLAGS else None,
        )
        for name, annotation in options.items()
    ]


def _merged(context: typer.Context, given: dict[str, Any]) -> Options:
    """Options after the command win over those before it."""
    before = context.find_root().params
    for name in GENERAL:
        if given.get(name) in (None, False):
            given[name] = before.get(name) or given.get(name)
    applying, choosing = _stated(given, CHANGING), _stated(given, CHOOSING)
    lists: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in choosing.items()
    }
    return Options(**given, applying=Applying(**applying), choosing=Choosing(**lists))


def _stated(given: dict[str, Any], group: dict[str, Any]) -> dict[str, Any]:
    """The options of a group that were given, taken out of all."""
    found = {name: given.pop(name) for name in group if name in given}
    return {name: value for name, value in found.items() if value is not None}


def options_of(arguments: dict[str, Any]) -> Options:
    """`Options` from a mapping that may hold more than the shared ones."""
    names = {field.name for field in dataclasses.fields(Options)}
    return Options(**{name: value for name, value in arguments.items() if name in names})


__all__ = [
    "APPLYING",
    "CHANGING",
    "CHOOSING",
    "FORMATS",
    "GENERAL",
    "MAX_CHANGES",
    "OUTPUT",
    "PLANNING",
    "READING",
    "Applying",
    "Choosing",
    "Options",
    "complete_profiles",
    "declare",
    "options_of",
    "shared",
]
