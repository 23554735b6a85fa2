"""Suggestions to work on: those ``duplicates find`` printed, read back, or found now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from supportctl.commands._app import App
from supportctl.commands._named import Named, numbered, objects, open_stream
from supportctl.errors import DataError, UsageError

if TYPE_CHECKING:
    from supportctl.duplicates.suggestion import Suggestion

MOST = 200_000
HINT = "supportctl duplicates find (or clusters) … --format ndjson prints lines that fit"

MASTERS = 3
"""Older tickets considered for one: the best may be done, and another still open."""


@dataclass
class Found:
    suggestions: "list[Suggestion]"
    selected: set[tuple[str, str]]
    """Profile and id of every ticket that was asked about: what a query is to bound."""


def refuse_both(app: App, source: str | None, words: Sequence[str]) -> bool:
    """Whether tickets are chosen. Raises `UsageError` where suggestions are given as well."""
    chosen = bool(words) or app.options.native is not None or app.options.view is not None
    if source is not None and chosen:
        raise UsageError(
            "--from holds the suggestions; a query, --native or --view beside it has two readings; nothing was done",
            hint="leave one of them out",
        )
    return chosen


def find_suggestions(app: App, words: Sequence[str], window: timedelta) -> Found:
    """Of the tickets of a query, or without one of all that are not done, as ``duplicates find`` does."""
    from supportctl.commands._duplicates_compare import Asked, compared

    with compared(app, Asked(words=tuple(words), window=window), MASTERS) as every:
        suggestions = [each for some in every for each in some]
        _, where = every.told()
    app.console.note(where, "dim")
    return Found(suggestions, every.selected)


def read_suggestions(path: str) -> "list[Suggestion]":
    """Of a file, or of standard input for ``-``. Raises `DataError` naming the lines that are none."""
    import msgspec

    from supportctl.duplicates.suggestion import OfCluster, Suggestion

    stream, source = open_stream(path, "suggestions")
    named = Named(source)
    found: list[Suggestion] = []
    try:
        for number, entry in objects(numbered(stream, source), named, "suggestions"):
            try:
                kind = OfCluster if "master" in entry else Suggestion
                new = [msgspec.convert(each, kind) for each in _told(entry)]
            except msgspec.ValidationError as error:
                named.refuse(number, f"not a suggestion ({_where(error)})")
                continue
            if not all(0 <= each.confidence <= 1 for each in new):
                named.refuse(number, "not a suggestion (its confidence is not between 0 and 1)")
            found += new
            if len(found) > MOST:
                raise DataError(f"{source} holds more than {MOST:,} suggestions; nothing was changed", hint=HINT)
    finally:
        if path != "-":
            stream.close()
    named.check(HINT)
    return found


def _told(entry: dict[str, Any]) -> list[Any]:
    """A suggestion, or those that a line of ``duplicates clusters`` makes: each member, of the master."""
    members = entry.get("members")
    if "master" not in entry or not isinstance(members, list):
        return [entry]
    return [_of_member(each, entry["master"]) for each in members if isinstance(each, dict)]


def _of_member(member: dict[str, Any], master: Any) -> dict[str, Any]:
    """One without a kind is linked on the platform already."""
    common = {"of": master, "score": 0.0, "reasons": [], "linked": member.get("kind") is None}
    return {**common, **member, "kind": member.get("kind") or "text"}


def _where(error: Any) -> str:
    """The place and the kind of mistake, without the value."""
    what, _, path = str(error).partition(" - at `")
    return "not an allowed value" if "Invalid enum" in what else f"{what} at {path.rstrip('`')}" if path else what
