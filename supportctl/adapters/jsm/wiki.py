"""Jira wiki markup (REST v2 and Data Center bodies) to plain text.

Only markup that hides words from a reader or a search is taken away: macros, links, images, headings, bold,
italic and monospace. Everything doubtful stays as it is, because people also write snake_case, ``-flags`` and
``C:\\paths``. Source: the "Text Formatting Notation Help" every Jira serves.
"""

import re
from collections.abc import Callable

_TRIGGER = re.compile(r"[\[{!*_|\\\r]|h[1-6]\.")

# No pattern starts with a look-behind: a literal first character lets the scanner skip ahead. What must stand
# before a mark is looked at in the replacement.
_VERBATIM = re.compile(r"\{(?P<tag>code|noformat)(?::[^}\n]{0,200})?\}(?P<body>.*?)\{(?P=tag)\}", re.DOTALL)
_MACRO = re.compile(
    r"\{(?P<name>quote|color|panel|adf|expand|anchor|section|column|info|note|tip|warning)(?::(?P<options>[^}\n]{0,300}))?\}"
)
_TITLE = re.compile(r"(?:^|\|)title=([^|]+)")
_LINK = re.compile(r"\[(?P<inner>[^\[\]\n]{1,2000})\]")
_IMAGE = re.compile(r"!(?P<name>[^\s!|][^!|\n]{0,300})(?:\|[^!\n]{0,200})?!(?![\w!])")
_MONO = re.compile(r"\{\{(?P<body>[^{}\n]{1,500})\}\}")
_BOLD = re.compile(r"\*(?P<body>[^\s*](?:[^*\n]{0,400}[^\s*])?)\*(?![\w*])")
_ITALIC = re.compile(r"_(?P<body>[^\s_](?:[^_\n]{0,400}[^\s_])?)_(?![\w_])")
_HEADING = re.compile(r"h[1-6]\.[ \t]+")
_BREAK = re.compile(r"\\\\(?=\s|$)")
_ESCAPE = re.compile(r"\\([{}\[\]*|])")
_SCHEME = re.compile(r"(?:[a-z][a-z0-9+.-]{1,20}:|//|#|\^|~|www\.)", re.IGNORECASE)


def plain(text: str) -> str:
    """Plain text of wiki markup; line ends become ``\\n``. Text without markup comes back unchanged."""
    if _TRIGGER.search(text) is None:
        return text
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "{" not in text:
        return _prose(text)
    if "{code" not in text and "{noformat" not in text:
        return _prose(_macros(text))
    pieces: list[str] = []
    end = 0
    for match in _VERBATIM.finditer(text):
        pieces += [_prose(_macros(text[end : match.start()])), match["body"]]
        end = match.end()
    pieces.append(_prose(_macros(text[end:])))
    return "".join(pieces)


def _macros(text: str) -> str:
    return _MONO.sub(_body, _MACRO.sub(_macro, text))


def _body(match: re.Match[str]) -> str:
    return match["body"]


def _macro(match: re.Match[str]) -> str:
    """Macros vanish, their titles do not."""
    title = _TITLE.search(match["options"] or "")
    return title[1] if title else ""


def _prose(text: str) -> str:
    for mark, pattern, replacement in _STEPS:
        if mark in text:
            text = pattern.sub(replacement, text)
    return _tables(text) if "|" in text else text


def _link(match: re.Match[str]) -> str:
    """``[text|target]``, ``[target]``, ``[~user]``, ``[^file]``; anything else in brackets is just brackets."""
    label, bar, rest = match["inner"].partition("|")
    target = rest.partition("|")[0].strip()
    if not bar:
        target = label.strip()
        if not _SCHEME.match(target):
            return match[0]
        if target.startswith("~"):
            return "@" + target[1:].removeprefix("accountid:")
        return target.removeprefix("^")
    label = label.strip()
    if not _SCHEME.match(target) and "/" not in target and "." not in target:
        return match[0]
    return target if not label or label == target.removeprefix("mailto:") else f"{label} ({target})"


def _image(match: re.Match[str]) -> str:
    name = match["name"]
    return f"[image: {name}]" if "." in name and _opens(match) else match[0]


def _unwrap(match: re.Match[str]) -> str:
    return match["body"] if _opens(match) else match[0]


def _opens(match: re.Match[str]) -> bool:
    """Whether the mark does not stand inside a word."""
    before = match.string[match.start() - 1 : match.start()] if match.start() else ""
    return not (before.isalnum() or (before in ("_", "*", "!", "\\") and before != ""))


def _heading(match: re.Match[str]) -> str:
    start = match.string.rfind("\n", 0, match.start()) + 1
    return match[0] if match.string[start : match.start()].strip() else ""


def _tables(text: str) -> str:
    lines = text.split("\n")
    for number, line in enumerate(lines):
        row = line.strip()
        if len(row) > 2 and row[0] == "|" == row[-1]:
            header = row.startswith("||")
            cells = row.strip("|").split("||" if header else "|")
            if header or len(cells) > 1 or cells[0].strip():
                lines[number] = " | ".join(cell.strip() for cell in cells)
    return "\n".join(lines)


_STEPS: tuple[tuple[str, re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    ("[", _LINK, _link),
    ("!", _IMAGE, _image),
    (".", _HEADING, _heading),
    ("*", _BOLD, _unwrap),
    ("_", _ITALIC, _unwrap),
    ("\\\\", _BREAK, lambda match: "\n"),
    ("\\", _ESCAPE, lambda match: match[1]),
)
