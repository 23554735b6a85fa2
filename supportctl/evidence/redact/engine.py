"""Redacting the files of one packet: collect and replace, replace again everywhere, verify; or nothing comes out."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, BinaryIO

from supportctl.evidence.redact import verify, walks
from supportctl.evidence.redact.content import Content, Data, opened
from supportctl.evidence.redact.identities import Identities
from supportctl.evidence.redact.kinds import Kind
from supportctl.evidence.redact.propagate import Known
from supportctl.evidence.redact.scrubber import Scrubber
from supportctl.evidence.redact.tokens import Tokens

_ROUNDS = 4
"""What was replaced may bring to light what stood beside it; after these rounds it must have come to rest."""


@dataclass(frozen=True)
class Source:
    """``name``: relative, as it is to be called in the packet. ``data``: bytes, or a file open for reading.

    A large file is read several times and never held in memory whole.
    """

    name: str
    data: Data
    kind: Kind | None = None


@dataclass
class Redacted:
    name: str
    """Redacted like the content."""
    kind: str
    data: bytes | None = None
    """None where nothing may be handed on, and for a large file that came as a stream."""
    counts: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    residual: dict[str, int] = field(default_factory=dict)
    """Kinds of values that are still there, with how many; not empty means that there is no output."""
    stream: BinaryIO | None = None
    """A large file: a temporary file without a name, at its beginning."""

    @property
    def left_out(self) -> bool:
        return self.data is None and self.stream is None

    def close(self) -> None:
        if self.stream is not None:
            self.stream.close()


@dataclass
class Packet:
    files: list[Redacted]
    known_people: int
    tokens: Tokens

    @property
    def clean(self) -> bool:
        return not any(each.residual for each in self.files)

    def close(self) -> None:
        """Lets go of the temporary files behind large ones."""
        for each in self.files:
            each.close()


@dataclass
class _Open:
    source: Source
    content: Content
    name: str = ""
    counts: Counter[str] = field(default_factory=Counter)
    looked: int = -1
    """How many values were known when this file was last searched for them."""


def redact(
    sources: Sequence[Source],
    *,
    identities: Identities | None = None,
    tokens: Tokens | None = None,
    told: Callable[[int, int], None] | None = None,
) -> Packet:
    """All files with one set of tokens. The order of ``sources`` does not matter for the numbers.

    ``told`` is called with how much is done of a hundred, for whoever waits.
    """
    tokens = Tokens() if tokens is None else tokens
    identities = Identities() if identities is None else identities
    files = [
        _Open(source, Content(opened(source.data), source.name, source.kind))
        for source in sorted(sources, key=lambda source: source.name)
    ]
    try:
        return Packet(_redacted(files, Scrubber(tokens, identities), told), len(identities), tokens)
    finally:
        for each in files:
            each.content.close()


def _redacted(files: list[_Open], scrubber: Scrubber, told: Callable[[int, int], None] | None) -> list[Redacted]:
    for each in files:
        scrubber.tokens.reserve(each.source.name)
        for text in each.content.texts():
            scrubber.tokens.reserve(text)
    progress = _Progress(files, told)
    for each in files:
        _walk(each, scrubber, progress.of(each))
    known = Known(scrubber.tokens)
    _name(files, scrubber, known)
    for last in range(_ROUNDS):
        _settle(files, scrubber, known, progress)
        done = [_done(each, scrubber, known, progress.of(each)) for each in files]
        if last == _ROUNDS - 1 or not any(each.residual for each in done):
            break
        for each, before in zip(files, done, strict=True):
            before.close()
            _walk(each, scrubber)
    return done


class _Progress:
    """Three passes over each file, by size."""

    def __init__(self, files: list[_Open], told: Callable[[int, int], None] | None) -> None:
        self._told = told
        self._all = 3 * sum(each.content.size for each in files) or 1
        self._done = 0.0

    def of(self, each: _Open) -> Callable[[float], None] | None:
        """For one pass over one file: gets the share of a part."""
        return None if self._told is None else lambda share: self._add(share * each.content.size)

    def _add(self, size: float) -> None:
        self._done += size
        if self._told is not None:
            self._told(min(99, int(100 * self._done / self._all)), 100)


def _walk(each: _Open, scrubber: Scrubber, told: Callable[[float], None] | None = None) -> None:
    """The detectors and the structure, over a whole file."""
    content = each.content
    before = Counter(scrubber.counts)
    try:
        content.replace(walks.of(content, scrubber), told)
    except RecursionError:
        content.as_text()
        content.notes.append("nested too deeply: treated as text")
        content.replace(walks.of(content, scrubber))
    each.counts.update(scrubber.counts - before)


def _settle(files: list[_Open], scrubber: Scrubber, known: Known, progress: _Progress) -> None:
    """Known values everywhere, until no file brings up one that another was not searched for."""
    for _ in range(_ROUNDS):
        waiting = [each for each in files if each.looked < len(scrubber.tokens)]
        if not waiting:
            return
        for each in waiting:
            each.looked = len(scrubber.tokens)
            _spread(each, scrubber, known, progress.of(each))


def _spread(each: _Open, scrubber: Scrubber, known: Known, told: Callable[[float], None] | None) -> None:
    content = each.content
    walk = walks.of(content, scrubber)

    def step(role: str, part: Any) -> Any:
        replacing = known.within(content.text_of(role, part), strict=content.document is None)
        if replacing is None:
            return part
        new = walks.spread(role, part, content.kind, replacing)
        each.counts["elsewhere"] += replacing.count
        return walk(role, new, before=part) if replacing.count else part

    content.replace(step, told)


def _done(each: _Open, scrubber: Scrubber, known: Known, told: Callable[[float], None] | None) -> Redacted:
    content, given = each.content, each.source.data
    done = Redacted(each.name, content.kind, counts=dict(sorted((+each.counts).items())), notes=content.notes)
    if content.plain is None:
        done.kind = "binary"
    elif content.large:
        done.stream = content.stream()
    else:
        done.data = content.encoded()
    done.residual = verify.residual(done, content, scrubber, known, told)
    if done.stream is not None and (done.residual or isinstance(given, bytes)):
        data = None if done.residual else done.stream.read()
        done.close()
        done.data, done.stream = data, None
    elif done.residual:
        done.data = None
    return done


def _name(files: list[_Open], scrubber: Scrubber, known: Known) -> None:
    """Names of the files, redacted too and all different."""
    taken: set[str] = set()
    for each in files:
        name = "/".join(_part(part, scrubber, known) for part in PurePath(each.source.name).parts)
        number = 1
        while name in taken:
            number += 1
            stem, dot, suffix = name.rpartition(".")
            name = f"{stem or suffix}-{number}{dot}{suffix if stem else ''}"
        taken.add(name)
        each.name = name


def _part(part: str, scrubber: Scrubber, known: Known) -> str:
    stem, dot, suffix = part.rpartition(".") if "." in part[1:] else (part, "", "")
    spaced = stem.replace("_", " ")
    told = scrubber.text(spaced, "json")
    stem = stem if told == spaced else told.replace(" ", "_")
    replacing = known.within(stem, strict=True)
    return (stem if replacing is None else replacing.text(stem)) + dot + suffix
