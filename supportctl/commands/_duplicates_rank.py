"""``supportctl duplicates rank``: for each ticket of a file the older ones, best first, as lines of JSON."""

from supportctl.commands._app import App, count
from supportctl.duplicates.source import Source, as_read
from supportctl.exits import Exit


def run(app: App, name: str, *, days: float, most: int, since: float | None, fast: bool = False) -> int:
    import msgspec
    import numpy as np

    from supportctl.duplicates.intake import index_of
    from supportctl.duplicates.rank import FAST, THOROUGH, Ranker

    with Source(name) as source:
        _tell(app, source)
        index = index_of(source)
        undated, numbers = source.undated, source.ids
    encoder = msgspec.json.Encoder()
    for key in undated:
        app.console.write_bytes(encoder.encode({"id": key, "candidates": []}) + b"\n")

    def named(ticket: int) -> str | int | float:
        return as_read(index.ids[ticket], bool(numbers[ticket]))

    low = 0 if since is None else int(np.searchsorted(index.born, since))
    ranker = Ranker(index, effort=FAST if fast else THOROUGH)
    for ticket, found in ranker.all(low, len(index), days=days, most=most):
        row = {
            "id": named(ticket),
            "candidates": [
                {
                    "id": named(each.ticket),
                    "score": round(each.score, 4),
                    "confidence": round(each.confidence, 4),
                }
                for each in found
            ],
        }
        app.console.write_bytes(encoder.encode(row) + b"\n")
    return int(Exit.OK)


def _tell(app: App, source: Source) -> None:
    if source.undated:
        number = len(source.undated)
        have = "has" if number == 1 else "have"
        app.console.note(f"{count(number, 'ticket')} {have} no date of creation that can be read: no candidates there")
    if source.repeated:
        app.console.note(f"{source.repeated:,} lines have a key that comes again later: the last one counts")
