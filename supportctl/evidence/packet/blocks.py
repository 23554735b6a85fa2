"""What a summary says, before it is Markdown, HTML or a document of Jira's. All texts are masked already."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Say:
    """A paragraph of ours, or of the ticket's in several lines, with where it stands."""

    text: str
    source: str = ""
    quoted: bool = False
    """The ticket's own words, lines and all."""
    unsure: bool = False
    """Inferred rather than said."""
    strong: bool = False


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Names and what they are."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Bullets:
    items: Sequence[str]
    ordered: bool = False
    open: bool = False
    """Things still to do, with a box to tick where there are such."""


@dataclass(frozen=True, kw_only=True)
class Grid:
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    more: str = ""
    """What was left out, and where it is."""


Block = Say | Facts | Bullets | Grid


@dataclass(frozen=True, kw_only=True)
class Section:
    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True, kw_only=True)
class Page:
    """One summary."""

    title: str
    about: str
    """One line below it: which tickets, for whom, from when."""
    url: str | None
    sections: Sequence[Section]
    foot: str


@dataclass(frozen=True, kw_only=True)
class Caps:
    """How much of everything is told."""

    text: int
    """Characters of one text."""
    lines: int
    rows: int
    """Of the timeline."""
    items: int


SIZES = (
    Caps(text=4000, lines=80, rows=40, items=20),
    Caps(text=2000, lines=40, rows=25, items=12),
    Caps(text=1000, lines=20, rows=15, items=8),
    Caps(text=500, lines=10, rows=10, items=6),
    Caps(text=250, lines=6, rows=6, items=4),
    Caps(text=120, lines=3, rows=3, items=3),
)
"""From all there is to say down to what fits anywhere."""
ONE_PAGE = Caps(text=700, lines=12, rows=8, items=6)


def capped(text: str, caps: Caps, whole: str) -> str:
    """``text`` within ``caps``; ``whole`` names where all of it is."""
    lines = text.strip("\n").splitlines()
    kept = "\n".join(lines[: caps.lines])
    if len(kept) > caps.text:
        kept = kept[: caps.text].rstrip()
    if len(kept) == len("\n".join(lines)):
        return kept
    return f"{kept}\n… (cut here; all of it: {whole})"
