"""Whatever people send: no error, no long time, always the same answer."""

from __future__ import annotations

import time
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supportctl.evidence.completeness import score
from supportctl.evidence.reading import Element, State, extract
from supportctl.evidence.reading import thread as thread_module
from supportctl.model import Comment
from tests.evidence.reading.threads import AGENT, CUSTOMER, thread

_WORDS = st.sampled_from(
    [
        "Steps to reproduce:", "Expected:", "1.", "open", "click", "version 5.2", "Mozilla/5.0 (", "```", ">", "##",
        "h3.", "{code}",
        "error E-500", "„", "\u202e", "\x00", "14:05 UTC", "2026-99-99 25:61", "99.99.9999", "<div>",
        "|", "since", "再現手順", "【", "】", "Request id:", "0b9f6c1e-7f43-4d2a-9a51-2f6f1f0c9a11", "not", "sorry",
        "?",
        "。", "…", "http://", "((", "[[", "|||", ":::",
    ]
)  # fmt: skip
_LISTS = st.lists(_WORDS, max_size=30)
_TEXTS = st.one_of(st.text(max_size=300), _LISTS.map(" ".join), _LISTS.map("\n".join))


@settings(max_examples=60, deadline=None)
@given(_TEXTS, st.lists(_TEXTS, max_size=3))
def test_any_text_is_read(description: str, comments: list[str]) -> None:
    ticket = thread(description, *((CUSTOMER if number % 2 else AGENT, body) for number, body in enumerate(comments)))
    found = extract(ticket)
    assert [each.element for each in found.found] == list(Element)
    assert found == extract(ticket)
    for each in found.found:
        assert bool(each.passages) == (each.state in (State.PRESENT, State.INFERRED))
        for passage in each.passages:
            assert 0 < passage.confidence <= 1
            assert passage.source.line is None or passage.source.line >= 1
    assert 0 <= score(found).points <= 100


@settings(max_examples=40, deadline=None)
@given(_TEXTS)
def test_a_line_that_is_named_is_there(text: str) -> None:
    for each in extract(thread(text)).found:
        for passage in each.passages:
            if passage.source.place == "description" and passage.source.line is not None:
                assert passage.source.line <= len(text.splitlines()) + 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "a " * 20_000,
        "when I click " * 3_000,
        "Steps to reproduce: " * 2_000,
        "\n".join(f"> line {number} of what was quoted" for number in range(2_000)),
        "1. open\n" * 4_000,
        "(" * 40_000,
        '"' * 40_000,
        "Mozilla/5.0 (" * 3_000,
        "再現手順 " * 8_000,
        "5." * 20_000,
        "12:" * 14_000,
        "all " * 10_000 + "users",
        "0123456789abcdef" * 2_500,
    ],
    ids=lambda text: text[:12],
)
def test_forty_kilobytes_of_anything_take_no_time(text: str) -> None:
    began = time.process_time()
    extract(thread(text, (CUSTOMER, text)))
    assert time.process_time() - began < 8


def test_no_texts_and_no_times() -> None:
    nothing = thread(
        None, Comment(id="1", author=None, created_at=None, body="", public=None), title=None, requester=None
    )
    assert all(each.state is State.MISSING for each in extract(nothing).found)
    naive = Comment(id="1", author=CUSTOMER, created_at=datetime(2026, 3, 2), body="Version 5.2", public=True)  # noqa: DTZ001
    undated = Comment(id="2", author=CUSTOMER, created_at=None, body="Sorry, version 5.3", public=True)
    found = extract(thread("x", naive, undated))
    assert [each.version for each in found[Element.ENVIRONMENT].passages] == ["5.3"]


def test_what_is_too_long_to_be_read_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thread_module, "LONGEST", 2_000)
    found = extract(thread("x " * 1_200 + "version 5.2"))
    assert found[Element.ENVIRONMENT].state is State.UNKNOWN
    assert found.unknown == ["texts beyond 2,000 characters or 400 comments"]
