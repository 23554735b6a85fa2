from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportctl.text.wiki import plain


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("h1. Steps\r\nh2. More", "Steps\nMore"),
        ("say *bold* and _soft_ and {{mono}}", "say bold and soft and mono"),
        ("*{{a}} [~mira]*", "a @mira"),
        ("[the guide|https://kb.example/vpn]", "the guide (https://kb.example/vpn)"),
        ("[https://kb.example/vpn]", "https://kb.example/vpn"),
        ("[https://kb.example|https://kb.example]", "https://kb.example"),
        ("[a@b.example|mailto:a@b.example]", "mailto:a@b.example"),
        ("[~accountid:5b10] see [^log.txt]", "@5b10 see log.txt"),
        ("!screen.png|thumbnail!", "[image: screen.png]"),
        ("{color:#f00}red{color} {quote}said{quote}", "red said"),
        ("{panel:title=Console|borderStyle=solid}out{panel}", "Consoleout"),
        ("{code:java}a[0|1] *b* _c_{code} *d*", "a[0|1] *b* _c_ d"),
        ("{noformat}{code}x{code}{noformat}", "{code}x{code}"),
        ("{code} never closed *b*", "{code} never closed b"),
        ("||Name||Age||\n|Mira|7|", "Name | Age\nMira | 7"),
        (r"a \{b\} c\\ d", "a {b} c\n d"),
    ],
)
def test_markup_goes_and_words_stay(markup: str, text: str) -> None:
    assert plain(markup) == text


@pytest.mark.parametrize(
    "text",
    [
        "snake_case_name and other_name_here",
        r"C:\Programs\_build\x",
        "2 * 3 * 4",
        "a*b*c",
        "ls -la --color=auto -x",
        "[WARN] [172,181] list[0]",
        "wow! really! yes!",
        "x | y",
        "plain text, nothing else",
        "curly {not a macro} here",
    ],
)
def test_what_people_mean_literally_stays(text: str) -> None:
    assert plain(text) == text


@given(st.text(alphabet=st.characters(blacklist_characters="[]{}!*_|\\\r"), max_size=300))
def test_text_without_markup_characters_is_untouched(text: str) -> None:
    if not re.search(r"(?m)^[ \t]*h[1-6]\.", text):
        assert plain(text) == text


@given(
    st.lists(st.sampled_from([*"[]{}|!*_\\\n h1.", "{code}", "{color:red}", "word", "https://x.example"]), max_size=60)
)
def test_no_word_is_ever_lost(pieces: list[str]) -> None:
    markup = "".join(pieces)
    assert plain(markup).count("word") >= re.sub(r"\{color:red\}", "", markup).count("word") - markup.count("|word")


@pytest.mark.parametrize("piece", ["{code:x}", "{color:", "[a|", "*a ", "_", "!a.b", "\n h1.", "{noformat}{code}"])
def test_hostile_text_takes_linear_time(piece: str) -> None:
    started = time.perf_counter()
    plain(piece * (200_000 // len(piece)))
    assert time.perf_counter() - started < 5
