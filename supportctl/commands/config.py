"""``supportctl config``: the project's file, checked, shown, and its schema."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from supportctl.commands._app import App, count
from supportctl.commands._new import command_app
from supportctl.commands._options import OUTPUT, Options, shared
from supportctl.commands._project import Config, NoConfig, load_project
from supportctl.console import safe_line
from supportctl.errors import UsageError
from supportctl.exits import Exit

if TYPE_CHECKING:
    from supportctl.audit.in_force import Entry

app = command_app("Check a project's file, show what is in force, print its schema.")

JSON = {"format": OUTPUT["format"]}


@app.command("validate")
@shared(JSON)
def validate(
    options: Options,
    file: Annotated[
        str | None,
        typer.Argument(metavar="[FILE]", help="Default: the file in force here.", show_default=False),
    ] = None,
    config: Config = None,
) -> int:
    """Check a supportctl.toml, or [tool.supportctl] in a pyproject.toml.

    \b
    supportctl config validate
    supportctl config validate supportctl.toml --format json

    Every mistake is printed as FILE:LINE:COLUMN; exit code 2 when there is one.
    """
    with App(options) as it:
        if file is not None and config is not None:
            raise UsageError("FILE and --config FILE say the same", hint="leave one out")
        return _validate(it, file if file is not None else config)


def _validate(app: App, file: str | None) -> int:
    from supportctl.audit.configuration import problems_of

    path = _path(file)
    mistakes = problems_of(path)
    if app.options.format == "json":
        _print_json(app, "problems", [_json(each) for each in mistakes])
    else:
        for each in mistakes:
            app.console.line(safe_line(str(each)))
            if each.hint:
                app.console.line(f"  → {safe_line(each.hint)}")
    name = safe_line(str(path))
    app.console.note(f"{name}: {count(len(mistakes), 'mistake')}" if mistakes else f"{name} is right")
    return int(Exit.USAGE if mistakes else Exit.OK)


@app.command("show")
@shared(JSON)
def show(
    options: Options,
    set_: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="As audit takes it; may be repeated.")
    ] = None,
    config: Config = None,
    no_config: NoConfig = False,
) -> int:
    """Show every setting that is in force, and where its value comes from.

    \b
    supportctl config show
    supportctl config show --set stale.p1=12h
    supportctl config show --format json
    """
    from supportctl.audit.configuration import resolve
    from supportctl.audit.in_force import entries

    with App(options) as it:
        found = entries(resolve(load_project(config, no_config), set_ or ()))
        if options.format == "json":
            import msgspec

            _print_json(it, "settings", [msgspec.to_builtins(each) for each in found])
        else:
            _print(it, found)
    return int(Exit.OK)


def _print(app: App, found: "list[Entry]") -> None:
    if not app.console.out_tty:
        for each in found:
            app.console.line("\t".join(map(safe_line, (each.name, each.value, each.source))))
        return
    names, values = (max(len(getattr(each, part)) for each in found) for part in ("name", "value"))
    for each in found:
        value = safe_line(each.value)
        style = "dim" if each.source == "default" else None
        line = f"{each.name:<{names}}  {value:<{min(values, 60)}}  {each.source}"
        app.console.line(app.console.paint(line, style) if style else line)


@app.command("path")
@shared()
def path_(options: Options) -> int:
    """Print which project's file is in force here."""
    with App(options) as it:
        it.console.line(safe_line(str(_path(None))))
    return int(Exit.OK)


@app.command("schema")
@shared()
def schema(options: Options) -> int:
    """Print the JSON Schema of supportctl.toml, for editors.

    \b
    supportctl config schema > supportctl.schema.json
    and as the first line of supportctl.toml:
    #:schema ./supportctl.schema.json
    """
    import msgspec

    from supportctl.audit.project_schema import project_schema
    from supportctl.audit.registry import RULES

    with App(options) as it:
        text = msgspec.json.format(msgspec.json.encode(project_schema(RULES)), indent=2)
        it.console.write_bytes(text + b"\n", flush=True)
    return int(Exit.OK)


def _path(file: str | None) -> Path:
    if file is not None:
        return Path(file)
    from supportctl.text.project_file import NAME, where

    found = where()
    if found is None:
        raise UsageError(f"there is no {NAME} here or above", hint="name a file: supportctl config validate FILE")
    return found


def _json(mistake: object) -> dict[str, object]:
    import msgspec

    plain: dict[str, object] = msgspec.to_builtins(mistake, enc_hook=str)
    return plain


def _print_json(app: App, name: str, rows: list[dict[str, object]]) -> None:
    import msgspec

    document = {"schema": f"supportctl/{name}/v1", name: rows}
    app.console.write_bytes(msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n", flush=True)
