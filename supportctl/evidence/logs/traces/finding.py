"""Where traces begin in a text, and what loggers put in front of their lines."""

import json
import re
from typing import Any

from supportctl.evidence.logs.traces import at_frames, others, python
from supportctl.evidence.logs.traces.model import Raw, Trace, trace

MARK = re.compile(
    r"(?:^|[\s|\]:])(?:at|bei|à|en|em|vid|ved|在|於|場所|в|w) (?!\d|the |a )[\w.$<(/\[]|Traceback \(most|panicked at "
    r"|panic: |"
    r"fatal error: |panic serving |#0 |\.(?:rb|erb|rake|ru):\d+:in |@(?:https?|file|webpack|resource):|"
    r"\\n(?:\\t|\s)*(?:at |File \\?\"|from |#0 )"
)
"""A line without this begins no trace and is in none: a quick test."""
_CUES = (
    "at ", "Traceback (most", "panicked at ", "panic", "fatal error: ", "#0 ", ".rb:", ".erb:", ".rake:", ".ru:",
    "@http", "@file", "@webpack", "@resource", "\\n", "bei ", "à ", "en ", "em ", "vid ", "ved ", "在 ", "於 ",
    "場所 ", "в ", "w ",
)  # fmt: skip
_FRAME_START = re.compile(r"(?:^|(?<=[\s|\]:]))(?=(?:at|bei|à|en|em|vid|ved|在|於|場所|в|w) [\w.$<(/\[])")
_AHEAD = 3000
_ESCAPED = re.compile(r"\\r\\n|\\n")


def marked(line: str) -> bool:
    """Whether a trace can begin here, or goes on."""
    for cue in _CUES:
        if cue in line:
            return MARK.search(line) is not None
    return False


def find(text: str, *, most: int = 1000) -> list[Trace]:
    """All traces of a text in their order, also those packed into one line of JSON."""
    return find_in(text.splitlines(), most=most)


def find_in(lines: list[str], *, most: int = 1000) -> list[Trace]:
    found: list[Trace] = []
    at = 0
    least = 0
    while at < len(lines) and len(found) < most:
        line = lines[at]
        if len(line) > 200_000 or not marked(line):
            at += 1
            continue
        if packed := _packed(line, at):
            found += packed
            at = least = at + 1
            continue
        raw = _parsed(lines, at, least)
        if raw is None:
            at += 1
            continue
        found.append(_told(raw, lines))
        at = least = max(raw.end, at + 1)
    return found


def _told(raw: Raw, lines: list[str]) -> Trace:
    return trace(raw, lines)


def _parsed(lines: list[str], at: int, least: int) -> Raw | None:
    """The trace that this line belongs to the beginning of. It reaches back no further than ``least``."""
    line = lines[at]
    begin = max(least, at - 16)
    if (mark := python.MARK.search(line)) is not None:
        return _shifted(python.parse, lines, begin, at, mark.start())
    if (mark := others.RUST.search(line)) is not None:
        return _shifted(others.rust, lines, begin, at, mark.start())
    if (mark := others.GO.search(line)) is not None:
        raw = _shifted(others.go, lines, begin, at, mark.start() + (line[mark.start()] in " \t"))
        if raw is not None:
            return raw
    if (mark := others.RUBY.search(line)) is not None:
        start = line.rfind("\t", 0, mark.start()) if "\tfrom " in line else mark.start()
        raw = _shifted(others.ruby, lines, begin, at, max(0, start))
        if raw is not None:
            return raw
    if (place := line.find("#0 ")) >= 0:
        raw = _shifted(others.php, lines, begin, at, place)
        if raw is not None:
            return raw
    if at_frames.language_of(line) is not None:
        return _shifted(at_frames.parse, lines, begin, at, 0)
    for start in (match.start() for match in _FRAME_START.finditer(line[:300])):
        if start and at_frames.language_of(line[start:]) is not None and not line[:start].rstrip().endswith((".", ",")):
            return _shifted(at_frames.parse, lines, begin, at, start)
    return None


def _shifted(parse: Any, lines: list[str], begin: int, at: int, start: int) -> Raw | None:
    """Parse a window of the lines, without what stands before ``start`` on this and on each line alike."""
    window = lines[begin : at + _AHEAD]
    prefix = lines[at][:start]
    if prefix.strip():
        window = _bare(window, at - begin, prefix)
    raw: Raw | None = parse(window, at - begin)
    if raw is None:
        return None
    raw.begin += begin
    raw.end += begin
    return raw


def _bare(window: list[str], at: int, prefix: str) -> list[str]:
    """Loggers and containers write the same in front of every line, but for numbers and the level."""
    bare = prefix.rstrip(" \t")
    form = re.compile(re.sub(r"(?:\\?[0-9a-f])*[0-9](?:[0-9a-f])*", "[0-9a-fA-F]+", re.escape(bare)) + r"[ ]?")
    out = []
    for number, line in enumerate(window):
        match = form.match(line)
        if number == at:
            out.append(
                line[len(prefix) :]
                if prefix.endswith((" ", "\t")) and not _indented(window, at, form)
                else line[len(bare) + 1 :]
            )
        else:
            out.append(line if match is None else line[match.end() :])
    return out


def _indented(window: list[str], at: int, form: "re.Pattern[str]") -> bool:
    """Whether the lines around have the same in front: then blanks behind it are the trace's own."""
    near = window[max(0, at - 1) : at] + window[at + 1 : at + 2]
    return any(form.match(line) for line in near)


def _packed(line: str, at: int) -> list[Trace]:
    """Traces inside one line: a field of JSON, or text with escaped line ends."""
    if _ESCAPED.search(line) is None:
        return []
    texts: list[str] = []
    body = line[line.find("{") :] if "{" in line else ""
    if body:
        try:
            texts = [text for text in _strings(json.loads(body), 0) if "\n" in text]
        except (ValueError, RecursionError):
            texts = []
    if not texts:
        plain = _ESCAPED.sub("\n", line).replace("\\t", "\t").replace('\\"', '"')
        texts = [plain] if "\n" in plain else []
    found = []
    for text in texts[:20]:
        for each in find_in(text.splitlines(), most=5):
            each.line, each.lines = at + 1, 1
            found.append(each)
    return found


def _strings(node: Any, depth: int) -> list[str]:
    if isinstance(node, str):
        return [node]
    if depth > 6:
        return []
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return [text for each in inner for text in _strings(each, depth + 1)]
