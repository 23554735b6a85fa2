"""``summary.jira.json`` keeps the rules of Atlassian's document format.

They are written here from developer.atlassian.com, "Atlassian Document Format": which node holds which.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportctl.evidence.packet import as_adf
from supportctl.evidence.packet.blocks import Bullets, Facts, Grid, Page, Say, Section
from tests.evidence.packet.cases import built, text

INLINE = {"text", "hardBreak"}
HOLDS = {
    "doc": {"paragraph", "heading", "bulletList", "orderedList", "table", "codeBlock", "blockquote", "rule"},
    "paragraph": INLINE,
    "heading": INLINE,
    "codeBlock": {"text"},
    "blockquote": {"paragraph", "bulletList", "orderedList", "codeBlock"},
    "bulletList": {"listItem"},
    "orderedList": {"listItem"},
    "listItem": {"paragraph", "bulletList", "orderedList", "codeBlock"},
    "table": {"tableRow"},
    "tableRow": {"tableCell", "tableHeader"},
    "tableCell": {"paragraph"},
    "tableHeader": {"paragraph"},
}
NEVER_EMPTY = {
    "doc",
    "blockquote",
    "bulletList",
    "orderedList",
    "listItem",
    "table",
    "tableRow",
    "tableCell",
    "tableHeader",
}
KEYS = {
    "text": {"type", "text", "marks"},
    "hardBreak": {"type"},
    "rule": {"type"},
    "doc": {"type", "version", "content"},
}


def check(node: dict[str, Any], parent: str = "") -> None:
    kind = node["type"]
    assert node.keys() <= KEYS.get(kind, {"type", "attrs", "content"}), kind
    if kind == "text":
        assert node["text"]
        marks = node.get("marks", [])
        assert "marks" not in node or marks
        assert {mark["type"] for mark in marks} <= {"strong", "em", "link"}
        assert parent != "codeBlock" or not marks
        assert parent == "codeBlock" or "\n" not in node["text"]
        return
    if kind in INLINE or kind == "rule":
        return
    assert kind != "heading" or 1 <= node["attrs"]["level"] <= 6
    content = node.get("content", [])
    assert content or kind not in NEVER_EMPTY, kind
    if kind == "listItem":
        assert content[0]["type"] in ("paragraph", "codeBlock")
    for each in content:
        assert each["type"] in HOLDS[kind], (kind, each["type"])
        check(each, kind)


@pytest.mark.parametrize("to", ["engineering", "l2"])
def test_of_a_packet(to: str) -> None:
    check(json.loads(text(built(None, to), "summary.jira.json")))  # type: ignore[arg-type]


words = st.text(max_size=30)
blocks = st.one_of(
    st.builds(Say, text=words, source=words, quoted=st.booleans(), unsure=st.booleans(), strong=st.booleans()),
    st.builds(Facts, rows=st.lists(st.tuples(words, words), max_size=3)),
    st.builds(Bullets, items=st.lists(words, max_size=3), ordered=st.booleans()),
    st.builds(Grid, head=st.just(("a", "b")), rows=st.lists(st.tuples(words, words), max_size=3), more=words),
)


@given(words, words, st.none() | words, st.lists(blocks, max_size=5))
def test_of_any_blocks(title: str, about: str, url: str | None, given_blocks: list[Any]) -> None:
    page = Page(title=title, about=about, url=url, sections=[Section(title=title, blocks=given_blocks)], foot=about)
    check(as_adf.page(page))
