"""What is told of a stack trace, and how two of them are the same."""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

LONGEST = 16_384
"""Characters of a trace that are kept as text."""


class Trace(msgspec.Struct, kw_only=True):
    language: str
    """python, java, javascript, dotnet, go, ruby, php, rust."""
    error: str
    """Class of what came out at the top; empty where none is written."""
    message: str
    causes: list[str]
    """``Class: message`` of what it was caused by, the nearest first."""
    frames: list[str]
    """``function (file)`` without line numbers, the innermost of the root cause first."""
    top: str | None
    """The innermost frame of the own program with its line, as far as libraries can be told from it."""
    fingerprint: str
    line: int
    """Of the first line, from 1."""
    lines: int
    text: str
    count: int = 1
    at: datetime | None = None
    last_at: datetime | None = None

    @property
    def root(self) -> str:
        """What it all began with: ``Class: message``."""
        return self.causes[-1] if self.causes else f"{self.error}: {self.message}" if self.message else self.error


@dataclass(frozen=True, slots=True)
class Frame:
    function: str
    place: str
    """File or module, as written; empty where there is none."""
    line: str = ""
    own: bool = True
    """Not of a library, as far as can be told."""

    def written(self) -> str:
        place = f"{self.place}:{self.line}" if self.place and self.line else self.place
        return f"{self.function} ({place})" if place else self.function


@dataclass
class Section:
    """One exception with its frames, the innermost first."""

    error: str = ""
    message: str = ""
    frames: list[Frame] = field(default_factory=list)

    def told(self) -> str:
        return f"{self.error}: {self.message}" if self.error and self.message else self.error or self.message


@dataclass
class Raw:
    """As found: sections from what came out at the top down to the root cause."""

    language: str
    sections: list[Section]
    begin: int
    end: int
    """Lines, ``end`` not included."""


_NUMBERED = (
    (re.compile(r"\$\$Lambda[$/.]?\d*(?:/0x[0-9a-f]+|/\d+)?"), "$$Lambda"),
    (re.compile(r"(\$\$\w+?By\w+?\$\$)[0-9a-f]+"), r"\1"),
    (re.compile(r"(\$Proxy|Accessor|lambda\$\w*?\$|__[A-Za-z]+__)\d+"), r"\1"),
    (re.compile(r"0x[0-9a-fA-F]+"), ""),
    (re.compile(r"::h[0-9a-f]{16}\b"), ""),
    (re.compile(r"([.-])[0-9a-f]{6,32}(?=\.(?:chunk\.|min\.|bundle\.)?[cm]?js)"), ""),
    (re.compile(r"\?.*$"), ""),
)  # fmt: skip


def normal(frame: Frame) -> str:
    """Without line numbers, addresses, folders and numbers that compilers give."""
    function, place = frame.function.strip(), frame.place.strip()
    for form, by in _NUMBERED:
        function, place = form.sub(by, function), form.sub(by, place)
    place = re.split(r"[/\\]", place)[-1]
    return f"{function} ({place})" if place else function


def trace(raw: Raw, lines: list[str]) -> Trace:
    """Raises `ValueError` where there is nothing in it."""
    if not raw.sections:
        raise ValueError("no exception in it")
    outer, *causes = raw.sections
    frames: list[str] = []
    for section in reversed(raw.sections):
        for frame in section.frames:
            told = normal(frame)
            if not frames or frames[-1] != told:  # Recursion of any depth is one frame.
                frames.append(told)
    classes = [section.error for section in raw.sections if section.error]
    mark = hashlib.sha256("\n".join([raw.language, *classes, *frames[:200]]).encode("utf-8", "replace")).hexdigest()[
        :12
    ]
    text = "\n".join(lines[raw.begin : raw.end])
    return Trace(
        language=raw.language,
        error=outer.error,
        message=outer.message[:1000],
        causes=[section.told()[:1000] for section in causes],
        frames=frames[:100],
        top=_top(raw.sections),
        fingerprint=mark,
        line=raw.begin + 1,
        lines=raw.end - raw.begin,
        text=text if len(text) <= LONGEST else text[:LONGEST] + "\n…",
    )


def _top(sections: list[Section]) -> str | None:
    """The first own frame of the root cause, or of what it caused; else the innermost of all."""
    for section in reversed(sections):
        for frame in section.frames:
            if frame.own:
                return frame.written()
    for section in reversed(sections):
        if section.frames:
            return section.frames[0].written()
    return None
