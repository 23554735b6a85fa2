"""``supportctl query explain``: what a platform is asked, and what is decided here."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from supportctl.commands._app import App, join_words
from supportctl.commands._new import command_app
from supportctl.commands._options import READING, Options, shared
from supportctl.console import safe_line
from supportctl.errors import UsageError

if TYPE_CHECKING:
    from supportctl.adapters.base import Count, Pushdown
    from supportctl.query.ast import Node

app = command_app("Explain what a query asks of a platform.")

_SELECTING = {name: READING[name] for name in ("file", "native", "view")}


@app.command("explain")
@shared(_SELECTING)
def explain(
    options: Options,
    query: Annotated[list[str], typer.Argument(metavar="QUERY...", help="The query; quote it for the shell.")],
    no_count: Annotated[bool, typer.Option("--no-count", help="Do not ask the platform how many there are.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> int:
    """Show what is asked of the platform, what is decided here, and the estimated count.

    \b
    supportctl query explain 'status:open tag:billing text:"invoice"'
    """
    with App(options) as it:
        return run(tuple(query), it, counting=not no_count, as_json=as_json)


def run(words: tuple[str, ...], app: App, *, counting: bool = True, as_json: bool = False) -> int:
    from supportctl.adapters.base import Count
    from supportctl.adapters.reading import named_keys

    selection = app.select(words)
    if selection.query is None:
        raise UsageError("the query is empty", hint="give one, as in: supportctl query explain 'status:open'")
    keys = named_keys(app.reader, selection)
    if keys is None:
        pushdown = app.reader.explain(selection)
        counted = app.reader.count(selection) if counting else None
    else:
        pushdown = _by_key(selection.query, keys)
        found = sum(len(page.items) for page in app.reader.get(keys, frozenset())) if counting else 0
        counted = Count(value=found, exact=True) if counting else None
    if as_json:
        _document(app, words, pushdown, counted)
    else:
        _page(app, words, pushdown, counted)
    return 0


def _by_key(query: "Node", keys: list[str]) -> "Pushdown":
    from supportctl.adapters.base import Pushdown
    from supportctl.query import unparse
    from supportctl.query.ast import Not
    from supportctl.query.named import named

    found = named(query)
    left = [] if found is None else found.left
    return Pushdown(
        native=", ".join(keys) or "nothing: no ticket here can have such a key",
        endpoint="tickets by key",
        left=[unparse(Not(each.term) if each.negated else each.term) for each in left],
        notes=["the query names its tickets: only they are asked for"],
    )


def _page(app: App, words: tuple[str, ...], pushdown: "Pushdown", counted: "Count | None") -> None:
    from supportctl.query import unparse

    console = app.console
    selection = app.select(words)

    def entry(label: str, lines: list[str]) -> None:
        for at, line in enumerate(lines):
            head = f"{label}:" if at == 0 else ""
            console.line(f"{console.paint(f'{head:<14}', 'bold')}{line}")

    entry("query", [safe_line(join_words(words))])
    read_as = unparse(selection.query) if selection.query is not None else ""
    if read_as != join_words(words):
        entry("read as", [safe_line(read_as)])
    language = app.reader.capabilities.native_language
    entry("asked", [safe_line(pushdown.native) if pushdown.native else "everything: no part of it can be asked there"])
    entry("of", [safe_line(pushdown.endpoint) + (f"  ({language})" if language and pushdown.native else "")])
    entry(
        "decided here",
        [safe_line(part) for part in pushdown.left] or ["nothing else; the whole query is checked again"],
    )
    entry("note", [safe_line(note) for note in pushdown.notes])
    if counted is not None:
        entry("count", [_count(counted, bool(pushdown.left))])


def _count(counted: "Count", left: bool) -> str:
    about = "" if counted.exact else "about "
    what = f"{about}{counted.value:,} tickets answer what is asked"
    if left:
        what += "; what is decided here can only leave fewer"
    return what + (f" ({safe_line(counted.note)})" if counted.note else "")


def _document(app: App, words: tuple[str, ...], pushdown: "Pushdown", counted: "Count | None") -> None:
    import msgspec

    from supportctl.reports.document import harmless

    document: dict[str, Any] = {
        "schema": "supportctl/query/v1",
        "query": join_words(words),
        **msgspec.to_builtins(pushdown),
        "count": msgspec.to_builtins(counted),
    }
    app.console.write_bytes(harmless(msgspec.json.format(msgspec.json.encode(document), indent=2)) + b"\n", flush=True)
