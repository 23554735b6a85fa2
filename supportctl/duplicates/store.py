"""The index of a profile kept on disk: opened without reading a text again, added to without being made anew.

A folder of its user's own. Long arrays (keys, titles, numbers of words, of pairs of words and of lines) only grow at
their end; ``index.npz`` says how much of them counts, and is replaced as a whole, so that a run that was stopped
leaves what was there. Of a ticket's text only its title is kept (300 characters, for the spelling); everything else
is hashes. A ticket that changed is added again and its old form is passed over; when one was removed, or too much is
passed over or out of order, everything is copied in order.
"""

import json
import os
import zipfile
import zlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

import filelock
import numpy as np

from supportctl.atomic import PRIVATE, Replacement
from supportctl.duplicates import reading, stored
from supportctl.duplicates.asof import AsOf, Learned
from supportctl.duplicates.index import BLOCK, Index, blocks
from supportctl.duplicates.known_keys import KnownKeys
from supportctl.duplicates.long import Long
from supportctl.duplicates.reading import Page, read
from supportctl.duplicates.ticket import Ticket
from supportctl.errors import StateError
from supportctl.locking import take

VERSION = 1
HEAD = "index.npz"
WHAT = "the index of duplicates"
UNTIDY = 0.1
"""Share of tickets passed over or out of order from which all are copied in order."""
LEAST_UNTIDY = 2_000
PATIENCE = 10.0
"""Seconds to wait for another run that has the index open."""


class Added(NamedTuple):
    new: int
    changed: int
    same: int
    undated: int
    """Without a date: these are not taken."""


class Store:
    """`open` one; `add` and `remove`; `save`; `close` or use it as a context.

    ``about`` holds what its user wants to find again (how far was read): text by name, saved with the index. It is
    empty when the index begins anew, and then ``rebuilt`` says why.
    """

    def __init__(self, folder: Path, lock: filelock.FileLock) -> None:
        self.folder = folder
        self.index = Index()
        self.about: dict[str, str] = {}
        self.rebuilt: str | None = None
        self._generation = 0
        self._keys = KnownKeys()
        self._learned: Learned | None = None
        self._now: AsOf | None = None
        self._saved: dict[str, str] | None = None
        """``about`` as it is on disk; None when anything else is not."""
        self._writing = True
        self._tidied = True
        self._lock = lock

    @classmethod
    def open(cls, folder: Path) -> "Store":
        """Alone: another run waits. Raises `StateError` when it waits too long, or nothing can be written there."""
        busy = StateError(
            "another supportctl is working on the index of duplicates",
            hint="try again when it has ended; find and of do without the index with --no-index",
        )
        made = cls(folder, take(folder / "lock", busy, patience=PATIENCE))
        try:
            made._load()
        except BaseException:
            made.close()
            raise
        return made

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """What was not saved is forgotten."""
        _closed(self.index)
        self._lock.release()

    def unlock(self) -> None:
        """Nothing is going to be written. Others may: what they add comes after what this one knows, and files they
        take away are open here."""
        for each in stored.longs(self.index).values():
            each.hold()
        self._writing = False
        self._lock.release()

    def __len__(self) -> int:
        """Tickets that are candidates."""
        return len(self.index) - len(self.index.gone)

    def __contains__(self, key: str) -> bool:
        return self._keys.place(reading.mark(key)) is not None

    def place(self, key: str) -> int | None:
        """The number of a ticket in the index."""
        return self._keys.place(reading.mark(key))

    def created_since(self, moment: float) -> int:
        """How many candidates were created then or later."""
        born = self.index.born
        return int((born >= moment).sum() - (born[list(self.index.gone)] >= moment).sum())

    def now(self) -> AsOf:
        """What is known of all tickets: for `Ranker.rank`."""
        known = len(self.index)
        if self._now is None or self._now.step != known:
            self._now = AsOf(self.index, known, 0, known, self._now or self._learned)
            self._learned = Learned(self._now.latent, self._now.learned_at)
        return self._now

    def add(self, tickets: Iterable[Ticket]) -> Added:
        """New tickets, and tickets that may have changed, in any order. Raises `StateError`."""
        counts = [0, 0, 0, 0]
        try:
            for block in blocks(tickets):
                self._add(block, counts)
            self.index.postings.refresh()
        except OSError as error:
            raise _full(self.folder, error) from None
        return Added(*counts)

    def fill(self, pages: Iterable[Page]) -> None:
        """An empty index from what `intake.pages` reads, each key once. Raises `StateError`."""
        if len(self.index):
            raise ValueError("not empty")
        try:
            for page in pages:
                self._take(page)
                self.index.postings.refresh(whole=True)
            self.index.postings.refresh()
        except OSError as error:
            raise _full(self.folder, error) from None

    def remove(self, keys: Iterable[str]) -> int:
        """How many of them were there."""
        found = 0
        for key in keys:
            if (place := self._keys.remove(reading.mark(key))) is not None:
                self.index.gone.add(place)
                self._saved = None
                self._tidied = False
                found += 1
        return found

    def prune(self, born: float) -> list[str]:
        """Removes what was created before then (seconds since 1970). Their keys."""
        old = np.nonzero(self.index.born < born)[0]
        keys = self.index.ids.of(old[~np.isin(old, list(self.index.gone))]) if len(old) else []
        self.remove(keys)
        return keys

    def tidy(self) -> None:
        """With the next `save` nothing is left on disk of tickets that were removed, nor of what changed ones were."""
        self._tidied = not self.index.gone
        if not self._tidied:
            self._saved = None

    def save(self) -> None:
        """Where anything changed. Raises `StateError`; then the index on disk is what it was."""
        if not self._writing:
            raise ValueError("unlocked")
        if self._saved == self.about:
            return
        index = self.index
        try:
            untidy = len(index.gone) + len(index) - index.ordered
            if not self._tidied or untidy > max(LEAST_UNTIDY, UNTIDY * len(index)):
                self._tidy()
                self._tidied = True
                index = self.index
            for each in stored.longs(index).values():
                each.sync()
            segments = stored.save_segments(index.postings.segments, self.folder)
            if len(index):
                self.now()  # Before the arrays are taken: what it works out for all tickets is kept with them.
            arrays = stored.arrays(index) | self._keys.arrays()
            if self._learned is not None:
                arrays |= stored.of_learned(self._learned)
            head = {
                "version": VERSION,
                "read": reading.signature(),
                "generation": self._generation,
                "long": {name: [len(each), each.check] for name, each in stored.longs(index).items()},
                "segments": segments,
                "about": self.about,
            }
            arrays["head"] = np.frombuffer(json.dumps(head).encode(), np.uint8)
            part = Replacement(self.folder / HEAD, WHAT, mode=PRIVATE)
            try:
                np.savez(cast("IO[bytes]", part.file), allow_pickle=False, **arrays)
            except BaseException:
                part.abandon()
                raise
            part.commit()
            self._saved = dict(self.about)
            self._sweep({name for name, *_ in segments})
        except OSError as error:
            raise _full(self.folder, error) from None

    def _add(self, block: list[Ticket], counts: list[int]) -> None:
        last = {each.id: each for each in block}
        wanted = []
        for each in last.values():
            mark = reading.mark(each.id)
            if each.born != each.born:  # not a number
                counts[3] += 1
            elif (place := self._keys.place(mark)) is None:
                counts[0] += 1
                wanted.append(each)
            elif self._keys.digest(place) == reading.digest(each):
                counts[2] += 1
            else:
                counts[1] += 1
                self._keys.remove(mark)
                self.index.gone.add(place)
                self._saved = None
                wanted.append(each)
        if wanted:
            self._take(read(sorted(wanted, key=lambda each: (each.born, len(each.id), each.id))))

    def _take(self, page: Page) -> None:
        before = len(self.index)
        self._saved = None
        self.index.take(page)
        marks = np.array([reading.mark(key) for key in page.ids], np.uint64)
        self._keys.add(before, marks, page.digest)

    def _tidy(self) -> None:
        """All tickets that count, in order, into files of their own."""
        self._generation += 1
        old = self.index
        order = stored.in_order(old)
        new = self.index = Index(self._long)
        for low in range(0, len(order), BLOCK):
            stored.copy(old, order[low : low + BLOCK], new)
            new.postings.refresh(whole=True)
        new.postings.refresh()
        new.shared_lines, new.values = old.shared_lines, old.values
        self._keys = self._keys.of(order)
        self._now = None
        _closed(old)

    def _long(self, name: str, kind: Any) -> Long:
        return Long(kind, self.folder / f"{name}.{self._generation}")

    def _load(self) -> None:
        path = self.folder / HEAD
        try:
            if path.exists():
                with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                    self._restore(arrays)
                return
        except stored.UnfitError as error:
            self.rebuilt = str(error)
        except (OSError, ValueError, KeyError, TypeError, IndexError, EOFError, zipfile.BadZipFile, zlib.error):
            self.rebuilt = "the index of duplicates was damaged"
        self._begin()

    def _begin(self) -> None:
        _closed(self.index)
        self._generation = 1 + max((_number(each.name) for each in self.folder.glob("*.*")), default=0)
        self.index = Index(self._long)
        self._keys, self._learned, self._now, self.about = KnownKeys(), None, None, {}
        self._saved = None

    def _restore(self, arrays: Any) -> None:
        head = json.loads(arrays["head"].tobytes())
        if head["version"] != VERSION or head["read"] != reading.signature():
            raise stored.UnfitError("the index of duplicates was made by another version of supportctl")
        self._generation = int(head["generation"])
        lengths = head["long"]
        self.index = Index(lambda name, kind: Long(kind, self.folder / f"{name}.{self._generation}", *lengths[name]))
        for name, long in stored.longs(self.index).items():
            long.verify(name in self.index.texts)
        stored.restore(self.index, arrays)
        self.index.postings.segments = stored.load_segments(head["segments"], self.folder)
        self._keys = KnownKeys.restored(arrays)
        self._learned = stored.learned(arrays)
        self.about = {str(name): str(value) for name, value in head["about"].items()}
        self._saved = dict(self.about)

    def _sweep(self, segments: set[str]) -> None:
        """Files of older forms."""
        for each in self.folder.iterdir():
            older = each.name.partition(".")[0] in stored.LONG and _number(each.name) != self._generation
            if older or (each.name.startswith("postings.") and each.name not in segments):
                with suppress(OSError):  # Where an open file cannot be removed, the next run does it.
                    each.unlink()


def _closed(index: Index) -> None:
    for each in stored.longs(index).values():
        each.close()


def _number(name: str) -> int:
    tail = name.rpartition(".")[2]
    return int(tail) if tail.isdigit() else 0


def _full(folder: Path, error: OSError) -> StateError:
    reason = error.strerror or os.strerror(error.errno or 0)
    return StateError(
        f"{WHAT} could not be written to {folder} ({reason}); what was there before stays",
        hint="make room or name another place with --state-dir; find and of do without with --no-index",
    )
