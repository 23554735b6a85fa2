"""Everything a packet tells is redacted before it is told: the ticket's texts as prose, its values as JSON, the files.

Prose is looked at as such, and not as a string of a JSON document: a telephone in a sentence is told from a number
by the words around it.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from supportctl.errors import RefusedError
from supportctl.evidence.redact import Identities, Redacted, Source, Tokens, redact
from supportctl.text.characters import seen

_DRAFT = "draft.json"
_PROSE = "prose"
_FILES = "files"
_NAMES = "names"
_MARK = re.compile("\x1f([pn])([0-9]{1,7})\x1f")
"""A string that stands for a text. No other string holds the sign: it is taken out of all."""


_PATH = re.compile(r"[/\\:*?\"<>|\x00-\x1f]+")
UNREAD = "(this text could not be read as one)"


Progress = Callable[[int, int], None]
"""Hears how much is done of how much."""


@dataclass(frozen=True)
class Prose:
    """A text of people in a tree that is otherwise JSON."""

    text: str


@dataclass(frozen=True)
class FileName:
    """What somebody called a file, in such a tree. ``folders``: its slashes part folders."""

    text: str
    folders: bool = False


@dataclass
class Masked:
    tree: Any
    """As it was given, with strings for `Prose`."""
    files: list[Redacted]
    """In the order they were given."""
    tokens: Tokens
    known_people: int
    counts: Counter[str] = field(default_factory=Counter)
    """Kinds found in the tree."""


def mask(
    tree: Any, files: Sequence[Source], *, identities: Identities, tokens: Tokens, progress: Progress | None = None
) -> Masked:
    """``tree`` and ``files`` with one set of tokens. Raises `RefusedError` where something would be left."""
    texts: list[str] = []
    names: list[str] = []
    document = json.dumps(_without(tree, texts, names), ensure_ascii=False)
    sources = [Source(_DRAFT, document.encode("utf-8", "backslashreplace"), "json")]
    sources += [
        # A text that begins like a picture or an archive is one of people all the same, hence the line break.
        Source(f"{_PROSE}/{number:06}.txt", f"\n{text}".encode("utf-8", "backslashreplace"), "prose")
        for number, text in enumerate(texts)
    ]
    sources += [Source(f"{_NAMES}/{number:06}/{name}", b"") for number, name in enumerate(names)]
    placed = {f"{_FILES}/{number:06}/{path_name(source.name)}": source for number, source in enumerate(files)}
    sources += [Source(name, source.data, source.kind) for name, source in placed.items()]
    packet = redact(sources, identities=identities, tokens=tokens, told=progress)
    refuse_residual(packet.files)
    done = dict(zip(sorted(source.name for source in sources), packet.files, strict=True))
    told = [_text(done[f"{_PROSE}/{number:06}.txt"]) for number in range(len(texts))]
    called = [done[f"{_NAMES}/{number:06}/{name}"].name.split("/", 2)[2] for number, name in enumerate(names)]
    counts: Counter[str] = Counter()
    for name, each in done.items():
        if not name.startswith(f"{_FILES}/"):
            counts.update(each.counts)
    out = [done[name] for name in placed]
    for each in out:
        each.name = each.name.split("/", 2)[2]
    draft = done[_DRAFT].data
    if draft is None:
        raise RefusedError("the ticket could not be redacted; nothing was written", hint="please report this")
    return Masked(
        _with(json.loads(draft), {"p": told, "n": called}), _apart(out), packet.tokens, packet.known_people, counts
    )


def refuse_residual(files: Sequence[Redacted]) -> None:
    """Fails closed: what should be hidden is still there, so nothing may come out. Counts only, never a value."""
    left: Counter[str] = Counter()
    for each in files:
        left.update(each.residual)
    if left:
        counts = ", ".join(f"{number} {kind}" for kind, number in sorted(left.items()))
        raise RefusedError(
            f"something that should be hidden is still there ({counts}); nothing was written",
            hint="this is a fault of ours: please report these counts",
        )


def _text(done: Redacted) -> str:
    return UNREAD if done.data is None else done.data.decode("utf-8").removeprefix("\n")


def _apart(files: list[Redacted]) -> list[Redacted]:
    """Two files whose names became the same one are numbered."""
    taken: set[str] = set()
    for each in files:
        stem, dot, suffix = each.name.rpartition(".")
        name, number = each.name, 1
        while name.casefold() in taken:
            number += 1
            name = f"{stem or suffix}-{number}{dot}{suffix if stem else ''}"
        taken.add(name.casefold())
        each.name = name
    return files


def file_name(text: str) -> str:
    """A name that is one part of a path, whatever its sender made of it."""
    name = " ".join(_PATH.sub("_", seen(text)).split()).strip(". ")
    return name[:120] or "unnamed"


def path_name(text: str) -> str:
    """A relative path that leads nowhere else."""
    parts = [part for part in seen(text).replace("\\", "/").split("/") if part.strip(". ")]
    return "/".join(file_name(part) for part in parts[-8:]) or "unnamed"


def _without(node: Any, texts: list[str], names: list[str]) -> Any:
    """The tree with marks for its texts, which are put into ``texts`` without signs nobody sees."""
    if isinstance(node, Prose):
        text = seen(node.text)
        if not text.strip():
            return ""
        texts.append(text)
        return f"\x1fp{len(texts) - 1}\x1f"
    if isinstance(node, FileName):
        names.append(path_name(node.text) if node.folders else file_name(node.text))
        return f"\x1fn{len(names) - 1}\x1f"
    if isinstance(node, dict):
        return {name: _without(each, texts, names) for name, each in node.items()}
    if isinstance(node, list | tuple):
        return [_without(each, texts, names) for each in node]
    return seen(node) if isinstance(node, str) else node


def _with(node: Any, texts: dict[str, list[str]]) -> Any:
    if isinstance(node, str):
        match = _MARK.fullmatch(node)
        return node if match is None else texts[match[1]][int(match[2])]
    if isinstance(node, dict):
        return {name: _with(each, texts) for name, each in node.items()}
    if isinstance(node, list):
        return [_with(each, texts) for each in node]
    return node
