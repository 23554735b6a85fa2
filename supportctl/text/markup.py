"""What people type around their words: Jira's wiki markup, Markdown, BBCode, HTML, as plain text.

What stands between fences (```` ``` ````) is somebody's output or program and stays as it is.
"""

import re
from collections.abc import Callable

from supportctl.text import html, wiki

_FENCE = re.compile(r"^[ \t]{0,8}(?:```|~~~)[^\n]{0,100}$", re.MULTILINE)
_BARE_FENCE = re.compile(r"[ \t]*(?:```|~~~)[ \t]*")
_JIRA_CODE = re.compile(r"\{(?P<name>code|noformat)(?::[^}\n]{0,200})?\}")
_BB_CODE = re.compile(r"\[(?P<end>/?)(?:code|pre)(?:=[^\]\n]{1,40})?\]", re.IGNORECASE)
_BB_LINK = re.compile(r"\[url=[\"']?([^\]\s\"']{1,1000})[\"']?\]([^\[\]]{0,1000})\[/url\]", re.IGNORECASE)
_BB = re.compile(
    r"\[(?:/?(?:b|i|u|s|url|img|quote|list|size|color|font|center|left|right|spoiler|table|tr|td|th|email|ul|ol|li|hr)"
    r"(?:[= ][^\]\n]{1,200})?|\*)\]",
    re.IGNORECASE,
)
_BB_HINT = re.compile(r"\[/(?:b|i|u|s|url|img|quote|list|size|color|font|spoiler|table|email|center)\]", re.IGNORECASE)
_MD_LINK = re.compile(r"!?\[([^\[\]\n]{0,500})\]\(<?([^()\s<>]{1,1000})>?(?: \"[^\"\n]{0,200}\")?\)")
_AUTO_LINK = re.compile(r"<((?:https?://|mailto:|www\.)[^<>\s]{1,2000})>")
_SPRINKLED = re.compile(r"<br ?/?>|</?(?:p|div|span|b|i|strong|em|u)>")
_BLANK = re.compile(r"&(?:nbsp|#160|#xa0);", re.IGNORECASE)


def reduced(text: str) -> str:
    """The words, without the markup around them."""
    if "{code" in text or "{noformat" in text:
        text = _fenced(text, _JIRA_CODE, lambda found: found["name"])
    if "[/code]" in text or "[/CODE]" in text or "[/pre]" in text:
        text = _fenced(text, _BB_CODE, lambda _: "")
    return outside_fences(text, _reduced)


def _reduced(text: str) -> str:
    if "&" in text and ";" in text:
        text = _BLANK.sub(" ", text)
    if "<" in text:
        if html.is_html(text):
            text = html.to_text(text, foreign=True, marks=True)
        elif "<br" in text or "</" in text:
            text = _SPRINKLED.sub(lambda found: "\n" if found[0].startswith(("<br", "</p", "</d")) else "", text)
        text = _AUTO_LINK.sub(r"\1", text)
    if "[" in text:
        if "](" in text:
            text = _MD_LINK.sub(_linked, text)
        if "[/" in text and _BB_HINT.search(text):
            text = _BB.sub(" ", _BB_LINK.sub(r"\2 (\1)", text))
    return wiki.plain(text)


def _linked(found: re.Match[str]) -> str:
    label, target = found[1].strip(), found[2]
    return target if not label or label in target else f"{label} ({target})"


def _fenced(text: str, tags: re.Pattern[str], kind: Callable[[re.Match[str]], str]) -> str:
    """Blocks between two of these tags, between fences; tags without a partner stay."""
    parts: list[str] = []
    at = 0
    opened: re.Match[str] | None = None
    for found in tags.finditer(text):
        if opened is None:
            opened = found
        elif kind(opened) == kind(found):
            inside = text[opened.end() : found.start()].strip("\n")
            before = text[at : opened.start()]
            parts.append(before if not before or before.endswith("\n") else before + "\n")
            parts.append(f"```\n{inside}\n```" if inside.strip() else "")
            if text[found.end() : found.end() + 1] not in ("\n", ""):
                parts.append("\n")
            at, opened = found.end(), None
    return "".join(parts) + text[at:]


def outside_fences(text: str, change: Callable[[str], str]) -> str:
    """The text with what stands outside of its fenced blocks changed; a fence that nothing closes is none."""
    if "```" not in text and "~~~" not in text:
        return change(text)
    fences = list(_FENCE.finditer(text))
    parts: list[str] = []
    at = number = 0
    while number + 1 < len(fences):
        opens, closes = fences[number], fences[number + 1]
        if not _BARE_FENCE.fullmatch(closes[0]):
            number += 1
            continue
        parts.append(_changed(text[at : opens.start()], change))
        parts.append(text[opens.start() : closes.end()])
        at, number = closes.end(), number + 2
    parts.append(_changed(text[at:], change))
    return "".join(parts)


def fenced_lines(lines: list[str]) -> frozenset[int]:
    """The numbers of the lines of fenced blocks, their fences included."""
    found: set[int] = set()
    opened: int | None = None
    for number, line in enumerate(lines):
        if opened is None:
            opened = number if _FENCE.fullmatch(line) else None
        elif _BARE_FENCE.fullmatch(line):
            found.update(range(opened, number + 1))
            opened = None
    return frozenset(found)


def _changed(text: str, change: Callable[[str], str]) -> str:
    """A piece keeps the line breaks that part it from its neighbours."""
    bare = text.strip("\n")
    if not bare:
        return text
    start = text.index(bare)
    return text[:start] + change(bare) + text[start + len(bare) :]
