"""Jira wiki markup (REST v2 and Data Center bodies) to plain text.

Only markup that hides words from a reader or a search is taken away: macros, links, images, headings, bold,
italic and monospace. Everything doubtful stays as it is, because people also write snake_case, ``-flags`` and
``C:\\paths``. Source: the "Text Formatting Notation Help" every Jira serves.
"""

import re

_SIGN = re.compile(r"[\[{!*_|\\\r]")
_HEADING = re.compile(r"h[1-6]\.")

_SCHEME = r"(?i:[a-z][a-z0-9+.-]{1,20}:|//|\#|\^|~|www\.)"
_MACROS = "quote|color|panel|adf|expand|anchor|section|column|info|note|tip|warning"

# One pass over the text. Every alternative starts with a literal character, so that the scanner can skip ahead; the
# look-behind that follows it says what may not stand before.
_MARK = re.compile(
    rf"""
      \{{(?:{_MACROS})(?::(?P<macro>[^}}\n]{{0,300}}))?\}}
    | \{{\{{(?P<mono>[^{{}}\n]{{1,500}})\}}\}}
    | \[(?P<bare>(?={_SCHEME})[^\[\]|\n]{{1,2000}})\]
    | \[(?P<label>[^\[\]|\n]{{0,1000}})\|(?P<rest>[^\[\]\n]{{1,2000}})\]
    | !(?<![\w!]!)(?P<image>[^\s!|][^!|\n]{{0,300}})(?:\|[^!\n]{{0,200}})?!(?![\w!])
    | \*(?<![\w*\\]\*)(?P<bold>[^\s*](?:[^*\n]{{0,400}}[^\s*])?)\*(?![\w*])
    | _(?<![\w\\]_)(?P<italic>[^\s_](?:[^_\n]{{0,400}}[^\s_])?)_(?!\w)
    | \\(?P<break>\\)(?=\s|$)
    | \\(?P<escaped>[{{}}\[\]*|])
    | \n(?P<heading>[ \t]*h[1-6]\.)[ \t]+
    """,
    re.VERBOSE,
)
_VERBATIM = re.compile(r"(\{(?:code|noformat)(?::[^}\n]{0,200})?\})")
_FIRST_HEADING = re.compile(r"[ \t]*h[1-6]\.[ \t]+")
_TITLE = re.compile(r"(?:^|\|)title=([^|]+)")
_TARGET = re.compile(rf"{_SCHEME}|[^|]*[/.]")


def plain(text: str) -> str:
    """Plain text of wiki markup; line ends become ``\\n``. Text without markup comes back unchanged."""
    if _SIGN.search(text) is None and _HEADING.search(text) is None:
        return text
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if heading := _FIRST_HEADING.match(text):
        text = text[heading.end() :]
    text = _around_verbatim(text) if "{code" in text or "{noformat" in text else _MARK.sub(_replace, text)
    return _tables(text) if text[:1] == "|" or "\n|" in text else text


def _around_verbatim(text: str) -> str:
    """Markup is read outside ``{code}`` and ``{noformat}`` only; one that is never closed is taken for text."""
    pieces = _VERBATIM.split(text)
    parts: list[str] = []
    unclosed: set[str] = set()
    position = 0
    while position < len(pieces):
        parts.append(_MARK.sub(_replace, pieces[position]))
        if position + 1 == len(pieces):
            break
        tag = pieces[position + 1]
        end = "{code}" if tag.startswith("{code") else "{noformat}"
        try:
            close = -1 if end in unclosed else pieces.index(end, position + 2)
        except ValueError:
            close = -1
        if close < 0:
            unclosed.add(end)
            parts.append(tag)
            position += 2
            continue
        parts.append("".join(pieces[position + 2 : close]))
        position = close + 1
    return "".join(parts)


def _replace(match: re.Match[str]) -> str:
    kind = match.lastgroup
    if kind == "bare":
        return _bare(match["bare"])
    if kind == "rest":
        return _link(match)
    if kind == "image":
        return f"[image: {match['image']}]" if "." in match["image"] else match[0]
    if kind == "heading" or kind == "break":
        return "\n"
    if kind == "bold" or kind == "italic":
        return _MARK.sub(_replace, match[kind])
    if kind == "mono" or kind == "escaped":
        return match[kind]
    title = _TITLE.search(match["macro"] or "")
    return title[1] if title else ""


def _bare(target: str) -> str:
    """``[target]``, ``[~user]``, ``[^file]``."""
    if target.startswith("~"):
        return "@" + target[1:].removeprefix("accountid:")
    return target.removeprefix("^").strip()


def _link(match: re.Match[str]) -> str:
    """``[text|target]``; anything else in brackets is just brackets."""
    label, target = match["label"].strip(), match["rest"].partition("|")[0].strip()
    if not _TARGET.match(target):
        return match[0]
    return target if not label or label == target.removeprefix("mailto:") else f"{label} ({target})"


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
