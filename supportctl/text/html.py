"""HTML to plain text, in time that grows with its length and no faster."""

import html
import re

_BLOCK_NAMES = (
    "address article aside blockquote body br center dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 "
    "h5 h6 header hr html li main nav ol p pre section table tbody tfoot thead tr ul"
)
_OTHER_NAMES = (
    "a abbr acronym b bdi bdo big button caption cite code col colgroup data del dfn em font i img input ins kbd label "
    "legend link mark meta o:p optgroup option picture q rp rt ruby s samp select small source span strike strong sub "
    "summary sup td textarea th time tt u var video wbr details svg path area map base iframe"
)
_BLOCKS, _WORDS_ONLY = frozenset(_BLOCK_NAMES.split()), frozenset(_OTHER_NAMES.split())
_SILENT = "script|style|head|title|noscript|template"
_NAMES = "|".join(sorted(_BLOCKS | _WORDS_ONLY | set(_SILENT.split("|")), key=len, reverse=True))
_TAG = re.compile(rf"<(?P<end>/?)(?P<name>{_NAMES})(?P<rest>(?:[\s/][^<>]{{0,20000}})?)>")
_ANY_TAG = re.compile(r"<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9:-]{0,40})(?P<rest>(?:[\s/][^<>]{0,20000})?)>")
_ANY_CASE = re.compile(_TAG.pattern, re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)|<!\[[^<>]{0,200}>|<!(?i:doctype)[^<>]{0,500}>|<\?xml[^<>]{0,500}>", re.DOTALL)
_SPACES = re.compile(r"[ \t\n\xa0]+")
_MANY = re.compile(r"\n{3,}")
_BLOCK_TAG = re.compile(
    r"<(?:/(?:p|div|li|tr|table|ul|ol|td|h[1-6]|blockquote|body|html)|br ?/?|p|div)[ >]", re.IGNORECASE
)
_WHOLE = re.compile(r"\s*(?:<!doctype html|<html|<body|<head>|<meta )", re.IGNORECASE)
_BEGINS = re.compile(
    r"\s*<(?:p|div|span|table|ul|ol|h[1-6]|b|strong|br|font|blockquote|pre|style|a)[ />]", re.IGNORECASE
)


def is_html(text: str) -> bool:
    """Whether the whole text is HTML, and not one that shows a few tags."""
    if "<" not in text:
        return False
    if _WHOLE.match(text):
        return True
    tags = len(_BLOCK_TAG.findall(text))
    return (tags >= 1 and _BEGINS.match(text) is not None and "</" in text) or (
        tags >= 2 and 2 * tags >= text.count("\n")
    )


def to_text(source: str, *, foreign: bool = False, marks: bool = False) -> str:
    """Readable text: blocks and rows on lines of their own, items behind ``-``, cells apart, no scripts and styles.

    ``foreign``: tags that HTML does not have stay, as they are somebody's XML or ``List<String>``. ``marks``:
    quotations get ``>`` before their lines.
    """
    parts: list[str] = []
    at = quoted = verbatim = 0
    never_closed: set[str] = set()
    source = _COMMENT.sub("", source)
    tag = _ANY_TAG if not foreign else _TAG if not _shouted(source) else _ANY_CASE
    while (found := tag.search(source, at)) is not None:
        parts.append(_data(source[at : found.start()], verbatim > 0))
        at = found.end()
        name, ends = found["name"].lower(), bool(found["end"])
        if name in _SILENT_NAMES and not ends:
            if name not in never_closed and (close := _CLOSES[name].search(source, at)) is not None:
                at = close.end()
            else:
                never_closed.add(name)
        elif name == "blockquote" and marks:
            quoted = max(0, quoted + (-1 if ends else 1))
            parts.append("\n" + _mark(quoted))
        elif name == "pre":
            verbatim = max(0, verbatim + (-1 if ends else 1))
            parts.append("\n")
        elif name in ("td", "th"):
            parts.append("" if ends else _CELL)
        elif name in ("li", "tr"):
            parts.append("" if ends else "\n- " if name == "li" else "\n")
        elif name in _BLOCKS:
            parts.append("\n")
        elif name == "img" and (alt := _ALT.search(found["rest"][:2000])):
            parts.append(f" {alt[1]} ")
    parts.append(_data(source[at:], verbatim > 0))
    return _tidy("".join(parts))


_SILENT_NAMES = frozenset(_SILENT.split("|"))
_CLOSES = {name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in _SILENT_NAMES}
_ALT = re.compile(r"\balt=[\"']([^\"'<>\n]{3,200})[\"']")
_CELL = "\ue001"
"""Between two cells of a row."""
_MARK = "\ue000"
"""Before the depth of the quotation that begins or goes on here; no text has it."""


def _mark(depth: int) -> str:
    return f"{_MARK}{min(depth, 9)}"


def _shouted(source: str) -> bool:
    """Old mail programs write every tag in capitals."""
    return source.count("</P>") + source.count("<BR") + source.count("</DIV>") > 0


def _data(data: str, verbatim: bool) -> str:
    if not data:
        return ""
    data = data.replace(_MARK, "").replace(_CELL, "")
    if not verbatim:
        data = _SPACES.sub(" ", data)
    return html.unescape(data) if "&" in data else data


def _tidy(text: str) -> str:
    lines: list[str] = []
    depth = 0
    for raw in text.split("\n"):
        line = raw
        if line.startswith(_MARK):
            depth, line = int(line[1]), line[2:]
        cells = [cell.strip() for cell in line.split(_CELL)] if _CELL in line else [line.rstrip()]
        line = " | ".join(cell for cell in cells if cell) if len(cells) > 1 else cells[0].removeprefix(" ")
        lines.append("> " * depth + line if depth and line else line)
    return _MANY.sub("\n\n", "\n".join(lines)).strip()
