"""Python: the innermost frame stands last, and causes stand before what they caused."""

import re

from supportctl.evidence.logs.traces.model import Frame, Raw, Section

MARK = re.compile(r"(?:\+ Exception Group )?Traceback \(most recent call last\):")
_FRAME = re.compile(r'\s*File "(?P<p>[^"]*)", line (?P<l>\d+)(?:, in (?P<f>.+?))?\s*$')
_ERROR = re.compile(r"(?P<e>[A-Za-z_][\w.]*)(?::\s?(?P<m>.*))?\s*$")
_CHAINED = re.compile(
    r"\s*(?:During handling of the above exception, another|The above exception was the direct cause)"
)
_GROUP = re.compile(r"^\s*\|\s?")
_LIBRARY = re.compile(
    r"site-packages|dist-packages|[/\\]lib[/\\]python[\d.]*[/\\]|[/\\]Python\d*[/\\]Lib[/\\]|^<(?:frozen|string)|importlib|"
    r"\.asdf|\.pyenv[/\\]versions"
)
_MOST = 2000


def parse(lines: list[str], at: int) -> Raw | None:
    """``at``: the line of the mark, without what loggers put in front."""
    sections: list[Section] = []
    here = at
    while True:
        found = _section(lines, here)
        if found is None:
            break
        section, end = found
        sections.append(section)
        after = _next_of_chain(lines, end)
        if after is None:
            return Raw("python", list(reversed(sections)), at, end)
        here = after
    if not sections:
        return None
    return Raw("python", list(reversed(sections)), at, here)


def _section(lines: list[str], at: int) -> tuple[Section, int] | None:
    mark = MARK.search(lines[at])
    if mark is None:
        return None
    base = mark.start()
    grouped = "Group" in mark[0]
    section = Section()
    here = at + 1
    while here < len(lines) and here - at < _MOST:
        line = (
            _GROUP.sub("", lines[here])
            if grouped
            else lines[here][base:]
            if not lines[here][:base].strip()
            else lines[here]
        )
        frame = _FRAME.match(line)
        if frame is not None:
            place = frame["p"]
            section.frames.insert(0, Frame(frame["f"] or "<module>", place, frame["l"], _LIBRARY.search(place) is None))
        elif not line.strip() or line[:1] not in (" ", "\t"):
            break
        here += 1
    if here < len(lines):
        line = _GROUP.sub("", lines[here]) if grouped else lines[here].strip() if base else lines[here]
        error = _ERROR.match(line)
        if error is not None:
            section.error, section.message = error["e"], (error["m"] or "").strip()
            here += 1
    return (section, here) if section.frames or section.error else None


def _next_of_chain(lines: list[str], at: int) -> int | None:
    """Where the next traceback of one chain begins; its message may have several lines before."""
    for here in range(at, min(at + 12, len(lines))):
        if _CHAINED.match(lines[here]):
            for mark in range(here + 1, min(here + 4, len(lines))):
                if MARK.search(lines[mark]):
                    return mark
            return None
        if MARK.search(lines[here]):
            return None
    return None
