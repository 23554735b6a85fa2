"""Decisions somebody wrote down: NDJSON, or CSV with the columns ticket, of and verdict."""

import csv
import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from supportctl.commands._app import App
from supportctl.commands._duplicates_read import read
from supportctl.commands._named import Named, numbered, open_stream
from supportctl.errors import UsageError

if TYPE_CHECKING:
    from supportctl.duplicates.decisions import Decision, End
    from supportctl.duplicates.suggestion import Suggestion

WORDS = {
    "same": "same", "yes": "same", "y": "same", "true": "same",
    "different": "different", "no": "different", "n": "different", "false": "different",
    "later": "later", "l": "later",
}  # fmt: skip
HINT = (
    '{"ticket": "SUP-14", "of": "SUP-9", "verdict": "same"} a line (same, different, later), or CSV with these columns'
)


def read_verdicts(it: App, path: str, given: "Sequence[Suggestion]", *, by: str) -> "list[Decision]":
    """All of them or, where one cannot be used, none: raises `DataError` naming the lines.

    Of a pair that was suggested the figures are kept along; other keys are looked up.
    """
    from supportctl.duplicates.decisions import Decision, Verdict, decide

    rows = _rows(path)
    suggested = {(each.ticket.key, each.of.key): each for each in given}
    suggested |= {(of, key): each for (key, of), each in list(suggested.items()) if (of, key) not in suggested}
    unknown = [(key, of) for key, of, _ in rows if (key, of) not in suggested]
    ends = _ends(it, unknown)
    made = []
    for key, of, word in rows:
        found, verdict = suggested.get((key, of)), Verdict(word)
        if found is not None:
            made.append(decide(found, verdict, at=it.clock(), by=by))
        else:
            made.append(Decision(at=it.clock(), by=by, verdict=verdict, ticket=ends[key], of=ends[of]))
    return made


def _ends(it: App, pairs: Iterable[tuple[str, str]]) -> "dict[str, End]":
    from supportctl.duplicates.decisions import End

    wanted = list(dict.fromkeys(key for pair in pairs for key in pair))
    if not wanted:
        return {}
    found: dict[str, End] = {}
    for ticket in read(it, wanted, frozenset()):
        end = End(platform=ticket.platform, profile=ticket.profile, id=ticket.id, key=ticket.key)
        found |= {ticket.key: end, ticket.id: end}
    spelled = {key: it.reader.normalize_key(key) for key in wanted}
    missing = [key for key, canonical in spelled.items() if canonical not in found]
    if missing:
        named = ", ".join(missing[:10]) + (" …" if len(missing) > 10 else "")
        raise UsageError(
            f"not found, or hidden from this account: {named}; nothing was changed",
            hint="give the suggestions they are from with --from FILE, or check the profile",
        )
    return {key: found[canonical] for key, canonical in spelled.items()}


def _rows(path: str) -> list[tuple[str, str, str]]:
    stream, source = open_stream(path, "decisions")
    named = Named(source)
    rows = []
    try:
        for number, entry in _entries(list(numbered(stream, source)), named):
            row = [_key(entry.get("ticket")), _key(entry.get("of")), str(entry.get("verdict")).strip().casefold()]
            if not row[0] or not row[1] or row[0] == row[1]:
                named.refuse(number, "it names no two tickets")
            elif row[2] not in WORDS:
                named.refuse(number, "its verdict is none of same, different, later")
            else:
                rows.append((row[0], row[1], WORDS[row[2]]))
    finally:
        if path != "-":
            stream.close()
    named.check(HINT)
    return rows


def _entries(lines: list[tuple[int, str]], named: Named) -> Iterable[tuple[int, dict[str, Any]]]:
    if lines and not lines[0][1].lstrip().startswith("{"):
        reader = csv.DictReader([text for _, text in lines], skipinitialspace=True)
        reader.fieldnames = [str(name).strip().casefold() for name in reader.fieldnames or ()]
        if not {"ticket", "of", "verdict"} <= set(reader.fieldnames):
            named.refuse(lines[0][0], "neither a JSON object nor a header with ticket, of and verdict")
            return
        for at, row in enumerate(reader, 1):
            yield lines[min(at, len(lines) - 1)][0], row
        return
    for number, text in lines:
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            value = None
        if isinstance(value, dict):
            yield number, value
        else:
            named.refuse(number, "not a JSON object")


def _key(value: Any) -> str:
    """Of a key, or of the object a suggestion or a decision has in its place."""
    if isinstance(value, dict):
        value = value.get("key")
    return value.strip() if isinstance(value, str) else ""
