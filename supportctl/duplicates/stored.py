"""An index as arrays, and back."""

import os
import zlib
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from supportctl.duplicates.asof import Learned
from supportctl.duplicates.index import Index
from supportctl.duplicates.latent import Latent
from supportctl.duplicates.long import Array, Long
from supportctl.duplicates.postings import Segment
from supportctl.duplicates.terms import WORDS

LONG = ("ids", "titles", "words", "pairs", "lines", "letters")


class UnfitError(Exception):
    """What is kept is whole, but of no use."""


def longs(index: Index) -> dict[str, Long]:
    return {name: each.letters for name, each in index.texts.items()} | {
        name: each.packed for name, each in index.rows.items()
    }


def arrays(index: Index) -> dict[str, Array]:
    known = len(index)
    found: dict[str, Array] = {"born": index.born, "gone": np.array(sorted(index.gone), np.int64)}
    for name, texts in index.texts.items():
        found[f"{name}_size"] = np.diff(texts.start).astype(np.uint32)
    for name, rows in index.rows.items():
        found[f"{name}_size"] = np.diff(rows.start).astype(np.uint32)
        found |= _sparse(f"{name}_df", rows.known_before(known))
    for kind in index.kinds:
        found[f"field_{kind}"] = index.field(kind)
        found[f"values_{kind}"] = np.array(list(index.values[kind]), np.int64)
    found["norms"] = index.norms.all
    found |= _sparse("shared", index.shared_lines.counts)
    found["numbers"] = np.array(
        [index.ordered, index.norms.made_at, index.norms.made_from, index.shared_lines.tickets], np.int64
    )
    return found


def restore(index: Index, kept: Any) -> None:
    """Into an index whose long arrays are there. Raises ValueError where the parts do not fit together."""
    born = kept["born"]
    known = len(born)
    for name, texts in index.texts.items():
        texts.restore(_sizes(kept, name, known, len(texts.letters)))
    for name, rows in index.rows.items():
        df = _dense(f"{name}_df", kept)
        _fit(len(df) == rows.size and int(df.max(initial=0)) <= known)
        rows.restore(_sizes(kept, name, known, len(rows.packed)), df, known)
    fields = {}
    for kind in index.kinds:
        values, column = kept[f"values_{kind}"].tolist(), kept[f"field_{kind}"]
        _fit(len(column) == known and bool((column < len(values)).all()))
        index.values[kind] = {value: number for number, value in enumerate(values)}
        fields[kind] = column
    index.add_columns(born, fields)
    ordered, made_at, made_from, tickets = kept["numbers"].tolist()
    index.ordered = ordered
    index.gone = set(kept["gone"].tolist())
    _fit(len(kept["norms"]) <= known)
    shared = _dense("shared", kept)
    _fit(len(shared) == len(index.shared_lines.counts))
    index.norms.restore(kept["norms"], made_at, made_from)
    index.shared_lines.counts, index.shared_lines.tickets = shared, tickets


def _sparse(name: str, counts: Array) -> dict[str, Array]:
    """Counts of terms, of which a small desk has few: those that are not 0, and where they are."""
    at = np.nonzero(counts)[0].astype(np.int32)
    return {name: counts[at], f"{name}_at": at, f"{name}_size": np.array([len(counts)])}


def _dense(name: str, kept: Any) -> Array:
    found, at, size = kept[name], kept[f"{name}_at"], int(kept[f"{name}_size"][0])
    _fit(
        len(found) == len(at) and 0 <= size <= WORDS and int(at.min(initial=0)) >= 0 and int(at.max(initial=-1)) < size
    )
    counts = np.zeros(size, found.dtype)
    counts[at] = found
    return counts


def _sizes(kept: Any, name: str, known: int, length: int) -> Array:
    sizes: Array = kept[f"{name}_size"].astype(np.int64)
    _fit(len(sizes) == known and int(sizes.sum()) == length)
    return sizes


def _fit(fits: bool) -> None:
    if not fits:
        raise ValueError("the parts of the index do not fit together")


def of_learned(learned: Learned) -> dict[str, Array]:
    found = {"learned_at": np.array([learned.learned_at])}
    if learned.latent is not None:
        terms = np.nonzero(learned.latent.number)[0]
        found["latent_terms"] = terms[np.argsort(learned.latent.number[terms])].astype(np.int32)
        found["latent"] = learned.latent.vectors
    return found


def learned(kept: Any) -> Learned | None:
    if "learned_at" not in kept:
        return None
    at = int(kept["learned_at"][0])
    if "latent" not in kept:
        return Learned(None, at)
    number = np.zeros(WORDS, np.int32)
    number[kept["latent_terms"]] = np.arange(1, len(kept["latent_terms"]) + 1)
    vectors = kept["latent"]
    _fit(len(vectors) == len(kept["latent_terms"]) + 1)
    return Learned(Latent.of(number, vectors), at)


Kept = list[Any]
"""Name, low, high, number of terms, number of entries, CRC-32."""


def save_segments(segments: list[Segment], folder: Path) -> list[Kept]:
    """Those that are not there yet. Raises OSError."""
    found = []
    for each in segments:
        if each.kept is None:
            parts = [each.terms, each.start, each.ticket, each.mark]
            data = [part.tobytes() for part in parts]
            check = 0
            for part in data:
                check = zlib.crc32(part, check)
            name = f"postings.{each.low}-{each.high}-{check:08x}"
            handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
            with os.fdopen(handle, "wb") as file:
                for part in data:
                    file.write(part)
                file.flush()
                os.fsync(file.fileno())
            each.kept = [name, each.low, each.high, len(each.terms), len(each.ticket), check]
        found.append(each.kept)
    return found


def load_segments(kept: list[Kept], folder: Path) -> list[Segment]:
    """Raises OSError or ValueError."""
    found = []
    for name, low, high, terms, entries, check in kept:
        data = np.fromfile(folder / name, np.uint8)
        _fit(len(data) == 4 * terms + 4 * (terms + 1) + 3 * entries and zlib.crc32(data.tobytes()) == check)
        bounds = np.cumsum([0, 4 * terms, 4 * (terms + 1), 2 * entries, entries])
        parts = [data[a:b] for a, b in pairwise(bounds.tolist())]
        made = Segment(low, high, parts[0].view(np.int32), parts[1].view(np.int32), parts[2].view(np.uint16), parts[3])
        made.kept = [name, low, high, terms, entries, check]
        found.append(made)
    return found


def in_order(index: Index) -> Array:
    """Numbers of the tickets that count, by creation; of one moment the shorter and smaller key first."""
    alive = np.ones(len(index), bool)
    alive[list(index.gone)] = False
    places = np.nonzero(alive)[0]
    keys = index.ids.of(places)
    born = index.born[places].tolist()
    order = sorted(range(len(places)), key=lambda at: (born[at], len(keys[at]), keys[at]))
    return places[np.array(order, np.int64)]


def copy(old: Index, places: Array, new: Index) -> None:
    """These tickets to the end of another index. The numbers of field values stay."""
    for name, texts in new.texts.items():
        texts.add(old.texts[name].of(places))
    for name, rows in new.rows.items():
        term, mark, row = old.rows[name].of(places)
        rows.add(row, term, mark, len(places))
    new.add_columns(old.born[places], {kind: old.field(kind)[places] for kind in old.kinds})
