"""Bodies in both forms: plain strings (REST version 2) and Atlassian Document Format (version 3).

The node types are those of developer.atlassian.com/cloud/jira/platform/apis/document/structure.
"""

import re
from typing import Any

_CODE = re.compile(r"\{(code|noformat)(?::[^}\n]*)?\}\n?(.*?)\n?\{\1\}", re.DOTALL)
_BLOCKS = {
    "paragraph",
    "heading",
    "codeBlock",
    "blockquote",
    "bulletList",
    "orderedList",
    "rule",
    "panel",
    "table",
    "mediaSingle",
    "mediaGroup",
    "expand",
    "taskList",
    "decisionList",
}


def from_text(text: str) -> dict[str, Any]:
    """A document with the paragraphs of ``text``; a single line break becomes a hard break, code blocks stay blocks."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    content: list[dict[str, Any]] = []
    at = 0
    for block in _CODE.finditer(text):
        content += _paragraphs(text[at : block.start()])
        inner = block.group(2)
        content.append({"type": "codeBlock", "content": [{"type": "text", "text": inner}] if inner else []})
        at = block.end()
    content += _paragraphs(text[at:])
    return {"type": "doc", "version": 1, "content": content}


def _paragraphs(text: str) -> list[dict[str, Any]]:
    found = []
    for part in re.split(r"\n[ \t]*\n+", text.strip("\n")):
        nodes: list[dict[str, Any]] = []
        for number, line in enumerate(part.split("\n")):
            if number:
                nodes.append({"type": "hardBreak"})
            if line:
                nodes.append({"type": "text", "text": line})
        if nodes:
            found.append({"type": "paragraph", "content": nodes})
    return found


def to_text(node: Any) -> str:
    """Plain text of a document or node; unknown nodes give the text of what they contain."""
    return _text(node).strip("\n") if isinstance(node, dict) else ""


def _text(node: dict[str, Any]) -> str:
    kind = node.get("type")
    attrs = node.get("attrs") or {}
    if kind == "text":
        return str(node.get("text", ""))
    if kind == "hardBreak":
        return "\n"
    if kind in {"mention", "emoji", "status", "date"}:
        return str(attrs.get("text") or attrs.get("shortName") or attrs.get("timestamp") or "")
    if kind in {"inlineCard", "blockCard"}:
        return str(attrs.get("url", ""))
    inner = [_text(child) for child in node.get("content") or [] if isinstance(child, dict)]
    if kind == "codeBlock":
        return "{code}\n" + "".join(inner) + "\n{code}"
    if kind == "listItem":
        return "* " + "\n".join(inner)
    if kind in {"doc", "panel", "expand", "tableCell", "tableHeader"}:
        return "\n\n".join(inner)
    if kind in {"bulletList", "orderedList", "table", "taskList", "blockquote"}:
        return "\n".join(inner)
    return "".join(inner)


def problem(document: Any) -> str | None:
    """Why the server would refuse this document; None when it is acceptable."""
    if not isinstance(document, dict) or document.get("type") != "doc" or not isinstance(document.get("content"), list):
        return "Operation value must be an Atlassian Document (see the Atlassian Document Format)"
    if document.get("version") != 1:
        return "INVALID_INPUT"
    for child in document["content"]:
        if not isinstance(child, dict) or child.get("type") not in _BLOCKS:
            return "INVALID_INPUT"
    if _has_raw_break(document):
        return "INVALID_INPUT"
    return None


def _has_raw_break(node: dict[str, Any], *, in_code: bool = False) -> bool:
    if node.get("type") == "text" and not in_code:
        text = node.get("text")
        return not isinstance(text, str) or "\n" in text or "\r" in text
    in_code = in_code or node.get("type") == "codeBlock"
    return any(_has_raw_break(child, in_code=in_code) for child in node.get("content") or [] if isinstance(child, dict))
