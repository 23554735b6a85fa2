"""Atlassian Document Format to plain text.

ADF is the body format of REST v3 (developer.atlassian.com, "Atlassian Document Format"). Rendering says whether
anything was lost on the way, so that the caller can keep the document beside the text.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec

MAX_DEPTH = 100
"""Nesting below which a document is only kept, not rendered (Jira itself allows far less)."""


class Rendered(msgspec.Struct, frozen=True):
    text: str
    lossless: bool
    """Whether the document holds nothing but paragraphs of unmarked text."""


class _Text(msgspec.Struct, tag_field="type", tag="text", forbid_unknown_fields=True, gc=False):
    text: str


class _Break(msgspec.Struct, tag_field="type", tag="hardBreak", forbid_unknown_fields=True, gc=False):
    text = "\n"


class _Paragraph(msgspec.Struct, tag_field="type", tag="paragraph", forbid_unknown_fields=True, gc=False):
    content: list[_Text | _Break] = []


class _Document(msgspec.Struct, tag_field="type", tag="doc", forbid_unknown_fields=True, gc=False):
    content: list[_Paragraph]
    version: Literal[1]


_PLAIN = msgspec.json.Decoder(_Document)


def decode(raw: bytes) -> tuple[Rendered, Any]:
    """`render` of an undecoded document, and the document where the text does not hold all of it.

    Most bodies are paragraphs of plain text; those never become dictionaries.
    """
    try:
        document = _PLAIN.decode(raw)
    except msgspec.ValidationError:
        whole = msgspec.json.decode(raw)
        rendered = render(whole)
        return rendered, None if rendered.lossless else whole
    lines = ["".join([piece.text for piece in paragraph.content]) for paragraph in document.content]
    return Rendered("\n".join(lines), True), None


def is_document(value: Any) -> bool:
    """Whether a JSON value looks like an ADF document."""
    return isinstance(value, dict) and value.get("type") == "doc" and isinstance(value.get("content"), list)


def render(document: Any) -> Rendered:
    """Plain text of an ADF document. Never raises: what is not ADF is skipped and reported as lost."""
    renderer = _Renderer()
    if not isinstance(document, dict):
        return Rendered("", False)
    if document.get("version") != 1 or document.get("type") != "doc" or not document.keys() <= _DOC_KEYS:
        renderer.lossless = False
    text = renderer.blocks(document.get("content"), 0)
    return Rendered(text, renderer.lossless)


_DOC_KEYS = {"type", "version", "content"}
_TEXT_KEYS = {"type", "text"}
_PLAIN_KEYS = {"type", "content"}


class _Renderer:
    def __init__(self) -> None:
        self.lossless = True

    def blocks(self, nodes: Any, depth: int) -> str:
        """Block nodes, separated by one line break; empty ones leave an empty line."""
        if nodes is None:
            return ""
        if not isinstance(nodes, list) or depth > MAX_DEPTH:
            self.lossless = False
            return ""
        return "\n".join(part for node in nodes if (part := self.block(node, depth)) is not None)

    def block(self, node: Any, depth: int) -> str | None:
        if not isinstance(node, dict):
            self.lossless = False
            return None
        kind = node.get("type")
        if kind == "paragraph":
            if not node.keys() <= _PLAIN_KEYS:
                self.lossless = False
            return self.inline(node.get("content"), depth + 1)
        self.lossless = False
        handler = _BLOCKS.get(kind) if isinstance(kind, str) else None
        if handler is not None:
            return handler(self, node, depth)
        content = node.get("content")
        if _holds_blocks(content):
            return self.blocks(content, depth + 1)
        return self.inline([node], depth)

    def inline(self, nodes: Any, depth: int) -> str:
        if nodes is None:
            return ""
        if not isinstance(nodes, list) or depth > MAX_DEPTH:
            self.lossless = False
            return ""
        parts: list[str] = []
        for node in nodes:
            if not isinstance(node, dict):
                self.lossless = False
                continue
            kind = node.get("type")
            if kind == "text" and isinstance(node.get("text"), str):
                if node.keys() <= _TEXT_KEYS:
                    parts.append(node["text"])
                else:
                    self.lossless = False
                    parts.append(_marked(node))
            elif kind == "hardBreak" and len(node) == 1:
                parts.append("\n")
            else:
                self.lossless = False
                handler = _INLINE.get(kind) if isinstance(kind, str) else None
                parts.append(handler(node) if handler else self.unknown(node, depth))
        return "".join(parts)

    def unknown(self, node: dict[str, Any], depth: int) -> str:
        text = node.get("text")
        own = text if isinstance(text, str) else _attribute(node, "text", "title", "url", "alt")
        return own or self.inline(node.get("content"), depth + 1)

    def items(self, node: dict[str, Any], depth: int, bullet: Callable[[int, dict[str, Any]], str]) -> str:
        content = node.get("content")
        lines: list[str] = []
        for number, item in enumerate(content if isinstance(content, list) else []):
            if not isinstance(item, dict):
                continue
            if item.get("type") in _LISTS:
                lines.append(_indent(self.block(item, depth + 1) or "", "  "))
                continue
            mark = bullet(number, item)
            inner = item.get("content")
            body = self.blocks(inner, depth + 1) if _holds_blocks(inner) else self.inline(inner, depth + 1)
            lines.append(mark + _indent(body, " " * len(mark)).lstrip())
        return "\n".join(lines)

    def bullets(self, node: dict[str, Any], depth: int) -> str:
        return self.items(node, depth, lambda number, item: "- ")

    def ordered(self, node: dict[str, Any], depth: int) -> str:
        first = _attributes(node).get("order")
        start = first if isinstance(first, int) else 1
        return self.items(node, depth, lambda number, item: f"{start + number}. ")

    def tasks(self, node: dict[str, Any], depth: int) -> str:
        return self.items(
            node, depth, lambda number, item: "[x] " if _attributes(item).get("state") == "DONE" else "[ ] "
        )

    def decisions(self, node: dict[str, Any], depth: int) -> str:
        return self.items(node, depth, lambda number, item: "<> ")

    def heading(self, node: dict[str, Any], depth: int) -> str:
        return self.inline(node.get("content"), depth + 1)

    def quote(self, node: dict[str, Any], depth: int) -> str:
        return _indent(self.blocks(node.get("content"), depth + 1), "> ")

    def rule(self, node: dict[str, Any], depth: int) -> str:
        return "---"

    def table(self, node: dict[str, Any], depth: int) -> str:
        rows = node.get("content")
        return "\n".join(
            self.row(row, depth + 1) for row in (rows if isinstance(rows, list) else []) if isinstance(row, dict)
        )

    def row(self, row: dict[str, Any], depth: int) -> str:
        cells = row.get("content")
        texts = [
            self.blocks(cell.get("content"), depth + 1).replace("\n", " ")
            for cell in (cells if isinstance(cells, list) else [])
            if isinstance(cell, dict)
        ]
        return " | ".join(texts)

    def titled(self, node: dict[str, Any], depth: int) -> str:
        title = _attribute(node, "title", "text")
        body = self.blocks(node.get("content"), depth + 1)
        return "\n".join(part for part in (title, body) if part)


_BLOCKS: dict[str, Callable[[_Renderer, dict[str, Any], int], str]] = {
    "heading": _Renderer.heading,
    "codeBlock": _Renderer.heading,
    "caption": _Renderer.heading,
    "bulletList": _Renderer.bullets,
    "orderedList": _Renderer.ordered,
    "taskList": _Renderer.tasks,
    "decisionList": _Renderer.decisions,
    "blockquote": _Renderer.quote,
    "rule": _Renderer.rule,
    "table": _Renderer.table,
    "expand": _Renderer.titled,
    "nestedExpand": _Renderer.titled,
    "bodiedExtension": _Renderer.titled,
}
_LISTS = {"bulletList", "orderedList", "taskList", "decisionList"}
_INLINE_TYPES = {
    "text",
    "hardBreak",
    "mention",
    "emoji",
    "date",
    "status",
    "inlineCard",
    "mediaInline",
    "inlineExtension",
    "placeholder",
}


def _holds_blocks(content: Any) -> bool:
    return (
        isinstance(content, list)
        and bool(content)
        and isinstance(content[0], dict)
        and content[0].get("type") not in _INLINE_TYPES
    )


def _attributes(node: dict[str, Any]) -> dict[str, Any]:
    found = node.get("attrs")
    return found if isinstance(found, dict) else {}


def _attribute(node: dict[str, Any], *names: str) -> str:
    attributes = _attributes(node)
    return next((value for name in names if isinstance(value := attributes.get(name), str) and value), "")


def _marked(node: dict[str, Any]) -> str:
    """Text with its link target behind it, where they differ; other marks are typography."""
    text: str = node["text"]
    marks = node.get("marks")
    for mark in marks if isinstance(marks, list) else []:
        if isinstance(mark, dict) and mark.get("type") == "link":
            target = _attribute(mark, "href")
            if target and target.removeprefix("mailto:") != text:
                return f"{text} ({target})"
    return text


def _mention(node: dict[str, Any]) -> str:
    name = _attribute(node, "text", "id")
    return name if name.startswith("@") else f"@{name}"


def _date(node: dict[str, Any]) -> str:
    stamp = _attribute(node, "timestamp")
    try:
        return f"{datetime.fromtimestamp(int(stamp) / 1000, UTC):%Y-%m-%d}"
    except (ValueError, OverflowError, OSError):
        return stamp


def _media(node: dict[str, Any]) -> str:
    name = _attribute(node, "alt", "__fileName", "url", "id")
    return f"[attachment: {name}]" if name else "[attachment]"


def _media_block(renderer: _Renderer, node: dict[str, Any], depth: int) -> str:
    return _media(node)


_BLOCKS["media"] = _media_block

_INLINE: dict[str, Callable[[dict[str, Any]], str]] = {
    "hardBreak": lambda node: "\n",
    "mention": _mention,
    "emoji": lambda node: _attribute(node, "text", "shortName"),
    "date": _date,
    "status": lambda node: f"[{_attribute(node, 'text')}]",
    "inlineCard": lambda node: _attribute(node, "url"),
    "blockCard": lambda node: _attribute(node, "url"),
    "embedCard": lambda node: _attribute(node, "url"),
    "mediaInline": _media,
}


def _indent(text: str, prefix: str) -> str:
    return "\n".join(prefix + line for line in text.split("\n"))
