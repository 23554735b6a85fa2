from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportctl.adapters.jsm.adf import MAX_DEPTH, render


def doc(*content: Any) -> dict[str, Any]:
    return {"type": "doc", "version": 1, "content": list(content)}


def node(kind: str, *content: Any, **attrs: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"type": kind}
    if content:
        found["content"] = list(content)
    if attrs:
        found["attrs"] = attrs
    return found


def text(words: str, *marks: dict[str, Any]) -> dict[str, Any]:
    return {"type": "text", "text": words} | ({"marks": list(marks)} if marks else {})


def paragraph(*content: Any) -> dict[str, Any]:
    return node("paragraph", *content)


LINK = {"type": "link", "attrs": {"href": "https://kb.example/vpn"}}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (doc(paragraph(text("one"), node("hardBreak"), text("two")), paragraph(text("three"))), "one\ntwo\nthree"),
        (doc(node("heading", text("Steps"), level=2)), "Steps"),
        (doc(paragraph(text("guide", LINK))), "guide (https://kb.example/vpn)"),
        (doc(paragraph(text("https://kb.example/vpn", LINK))), "https://kb.example/vpn"),
        (doc(paragraph(node("mention", id="5b10", text="@Mira"), text(" hi"))), "@Mira hi"),
        (doc(paragraph(node("mention", id="5b10"))), "@5b10"),
        (doc(paragraph(node("emoji", shortName=":tada:", text="🎉"))), "🎉"),
        (doc(paragraph(node("date", timestamp="1767225600000"))), "2026-01-01"),
        (doc(paragraph(node("status", text="IN PROGRESS"))), "[IN PROGRESS]"),
        (doc(paragraph(node("inlineCard", url="https://x.example/1"))), "https://x.example/1"),
        (
            doc(
                node(
                    "bulletList",
                    node("listItem", paragraph(text("a")), node("bulletList", node("listItem", paragraph(text("b"))))),
                ),
            ),
            "- a\n  - b",
        ),
        (
            doc(
                node(
                    "orderedList",
                    node("listItem", paragraph(text("a"))),
                    node("listItem", paragraph(text("b"))),
                    order=3,
                )
            ),
            "3. a\n4. b",
        ),
        (
            doc(
                node(
                    "taskList",
                    node("taskItem", text("done"), state="DONE"),
                    node("taskItem", text("open"), state="TODO"),
                )
            ),
            "[x] done\n[ ] open",
        ),
        (doc(node("codeBlock", text("x = 1\ny"), language="python")), "x = 1\ny"),
        (doc(node("blockquote", paragraph(text("said")))), "> said"),
        (doc(node("rule")), "---"),
        (doc(node("panel", paragraph(text("note")), panelType="info")), "note"),
        (
            doc(
                node(
                    "table",
                    node(
                        "tableRow", node("tableHeader", paragraph(text("A"))), node("tableCell", paragraph(text("B")))
                    ),
                )
            ),
            "A | B",
        ),
        (doc(node("mediaSingle", node("media", id="f-1", alt="screen.png"))), "[attachment: screen.png]"),
        (doc(node("expand", paragraph(text("inside")), title="More")), "More\ninside"),
        (doc(node("somethingNew", paragraph(text("kept")))), "kept"),
        (doc(), ""),
    ],
)
def test_rendering(document: dict[str, Any], expected: str) -> None:
    assert render(document).text == expected


def test_plain_paragraphs_lose_nothing_and_everything_else_says_so() -> None:
    assert render(doc(paragraph(text("a"), node("hardBreak"), text("b")), paragraph())).lossless
    assert not render(doc(paragraph(text("a", {"type": "strong"})))).lossless
    assert not render({"type": "doc", "version": 2, "content": []}).lossless
    assert not render(doc(node("paragraph", text("a"), localId="x"))).lossless


def test_depth_is_bounded() -> None:
    inner: dict[str, Any] = paragraph(text("deep"))
    for _ in range(MAX_DEPTH * 3):
        inner = node("blockquote", inner)
    assert not render(doc(inner)).lossless


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "content", "attrs", "text", "marks", "version", "url", "title"]), inner, max_size=4
        )
        | st.builds(
            lambda kind, content: {"type": kind, "content": content},
            st.sampled_from(
                ["paragraph", "table", "bulletList", "taskList", "text", "expand", "doc", "mention", "date"]
            ),
            inner,
        )
    ),
    max_leaves=20,
)


@pytest.mark.slow
@given(json_values)
def test_never_raises(value: Any) -> None:
    render(value)


@given(st.lists(st.text(min_size=1, max_size=20), max_size=5))
def test_text_of_plain_paragraphs_comes_back_whole(lines: list[str]) -> None:
    rendered = render(doc(*(paragraph(text(line)) for line in lines)))
    assert rendered.text == "\n".join(lines)
    assert rendered.lossless
