"""Blocks as an Atlassian document (ADF), which Jira Cloud's descriptions are.

Structure: developer.atlassian.com, "Atlassian Document Format". No text node is empty, a code block holds text
without marks, an item and a cell begin with a paragraph.
"""

from collections.abc import Sequence
from typing import Any

from supportctl.evidence.packet.as_markdown import is_code
from supportctl.evidence.packet.blocks import Block, Bullets, Facts, Grid, Page, Say
from supportctl.text.characters import seen

Node = dict[str, Any]
_STRONG: list[Node] = [{"type": "strong"}]
_EM: list[Node] = [{"type": "em"}]


def page(it: Page) -> Node:
    """Without the title, which is the issue's summary."""
    content: list[Node] = [_paragraph(_linked(it.about, it.url))]
    for section in it.sections:
        content.append({"type": "heading", "attrs": {"level": 2}, "content": _text(section.title)})
        for each in section.blocks:
            content += _nodes(each)
    return {"type": "doc", "version": 1, "content": [*content, {"type": "rule"}, _paragraph(_text(it.foot, _EM))]}


def _nodes(each: Block) -> list[Node]:
    match each:
        case Say():
            return _say(each)
        case Facts(rows=()) | Facts(rows=[]) | Bullets(items=()) | Bullets(items=[]):
            return []  # No list is without an item.
        case Facts():
            return [_list("bulletList", [_text(f"{name}: ", _STRONG) + _text(text) for name, text in each.rows])]
        case Bullets():
            return [_list("orderedList" if each.ordered else "bulletList", [_text(item) for item in each.items])]
        case Grid():
            head = [{"type": "tableHeader", "content": [_paragraph(_text(name))]} for name in each.head]
            rows = [
                [{"type": "tableCell", "content": [_paragraph(_text(value))]} for value in row] for row in each.rows
            ]
            table = {"type": "table", "content": [{"type": "tableRow", "content": row} for row in (head, *rows)]}
            return [table, *([_paragraph(_text(each.more, _EM))] if each.more else [])]


def _say(each: Say) -> list[Node]:
    unsure = [_paragraph(_text("Guessed from the text, to be confirmed.", _EM))] if each.unsure else []
    where = _text(f"({each.source})", _EM) if each.source else []
    if not each.quoted:
        text = _text(each.text, _STRONG if each.strong else None)
        return [*unsure, _paragraph([*text, *([*_text(" "), *where] if where else [])])]
    if is_code(each.text):
        said: Node = {"type": "codeBlock", "attrs": {"language": "text"}, "content": _node(_clean(each.text))}
    else:
        said = {"type": "blockquote", "content": [_paragraph(_lines(each.text))]}
    return [*unsure, said, *([_paragraph(where)] if where else [])]


def _list(kind: str, items: Sequence[list[Node]]) -> Node:
    return {"type": kind, "content": [{"type": "listItem", "content": [_paragraph(item)]} for item in items]}


def _paragraph(content: list[Node]) -> Node:
    return {"type": "paragraph", "content": content} if content else {"type": "paragraph"}


def _lines(text: str) -> list[Node]:
    out: list[Node] = []
    for line in _clean(text).strip("\n").split("\n"):
        if out:
            out.append({"type": "hardBreak"})
        out += _text(line)
    return out


def _text(text: str, marks: list[Node] | None = None) -> list[Node]:
    """On one line: a paragraph's lines are parted by nodes of their own."""
    return _node(seen(text).replace("\n", " "), marks)


def _node(text: str, marks: list[Node] | None = None) -> list[Node]:
    if not text:
        return []
    return [{"type": "text", "text": text, "marks": marks}] if marks else [{"type": "text", "text": text}]


def _linked(text: str, url: str | None) -> list[Node]:
    if url is None or not url.startswith(("https://", "http://")):
        return _text(text)
    return _text(text, [{"type": "link", "attrs": {"href": url}}])


def _clean(text: str) -> str:
    return seen(text).replace("\t", "    ")
