"""``supportctl schema``: JSON Schema of what is written with ``--format json`` and read with ``--file``."""

from typing import Annotated, Any

import typer

from supportctl.commands._app import App
from supportctl.commands._new import command_app
from supportctl.commands._options import Options, shared
from supportctl.errors import UsageError

app = command_app()

NAMES = (
    "ticket",
    "comment",
    "event",
    "link",
    "sla",
    "attachment",
    "person",
    "finding",
    "change",
    "outcome",
    "plan",
    "tickets",
)


@app.command("schema")
@shared()
def schema(
    options: Options,
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help=f"One of: {', '.join(NAMES)}.", show_default=False)
    ] = None,
) -> int:
    """Print the JSON Schema of what supportctl writes.

    \b
    supportctl schema              the names there are
    supportctl schema ticket       one line of list --format ndjson
    supportctl schema tickets      the document of list --format json
    """
    with App(options) as it:
        return run(name, it)


def run(name: str | None, app: App) -> int:
    import msgspec

    if name is None:
        for known in NAMES:
            app.console.line(known)
        return 0
    if name not in NAMES:
        from difflib import get_close_matches

        close = get_close_matches(name, NAMES, n=1)
        guess = f": did you mean {close[0]}?" if close else ""
        raise UsageError(f"there is no schema {name!r}{guess}", hint=f"schemas: {', '.join(NAMES)}")
    text = msgspec.json.format(msgspec.json.encode(schema_of(name)), indent=2)
    app.console.write_bytes(text + b"\n", flush=True)
    return 0


def schema_of(name: str) -> dict[str, Any]:
    """JSON Schema 2020-12 of one of `NAMES`."""
    import msgspec

    from supportctl import model

    if name == "plan":
        return _plan()
    types: dict[str, Any] = {
        "ticket": model.Ticket,
        "comment": model.Comment,
        "event": model.Event,
        "link": model.Link,
        "sla": model.Sla,
        "attachment": model.Attachment,
        "person": model.Person,
        "finding": model.Finding,
        "change": model.Change,
        "outcome": model.Outcome,
        "tickets": msgspec.defstruct(
            "Tickets",
            [("schema", str), ("tickets", list[model.Ticket]), ("truncated", bool), ("notices", list[dict[str, Any]])],
        ),
    }
    return {**_head(name), **msgspec.json.schema(types[name])}


def _plan() -> dict[str, Any]:
    """A line of a plan file: the header, then rows."""
    import msgspec

    from supportctl.changes.plan import HeaderLine, Row

    lines, parts = msgspec.json.schema_components([HeaderLine, Row], ref_template="#/$defs/{name}")
    return {**_head("plan"), "anyOf": list(lines), "$defs": parts}


def _head(name: str) -> dict[str, str]:
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"supportctl/{name}/v1"}
