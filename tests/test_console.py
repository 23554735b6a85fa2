"""What a ticket may do to a terminal: nothing. And who gets colour, width, progress and hints."""

import io
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportctl import console as room
from supportctl.console import Console, safe, safe_line

ATTACKS = [
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "\x9b31mC1",
    "back\x08space",
    "over\rwrite",
    "\u202egnp.exe",
    "\u2066isolated\u2069",
    "zero\u200bwidth",
    "tag\U000e0041",
    "\x00null",
]


@given(st.text() | st.sampled_from(ATTACKS))
def test_safe_text_holds_nothing_that_acts(text: str) -> None:
    shown = safe(text)
    for character in shown:
        assert character in "\n\t" or unicodedata.category(character) not in {"Cc", "Cs"}
        assert not 0x202A <= ord(character) <= 0x202E
        assert not 0x2066 <= ord(character) <= 0x2069
    assert safe(shown) == shown


@given(st.text() | st.sampled_from(ATTACKS))
def test_a_safe_line_is_one_line(text: str) -> None:
    assert len(safe_line(text).splitlines()) <= 1
    assert "\t" not in safe_line(text)


@given(st.text(alphabet=st.characters(codec="utf-8", categories=["L", "N", "P", "Zs", "So", "Mn"])))
def test_ordinary_text_of_any_language_is_left_alone(text: str) -> None:
    assert safe(text) == text


def test_escapes_are_shown_as_text() -> None:
    assert safe("\x1b[31m") == "\\x1b[31m"
    assert safe("a\u202eb") == "a\\u202eb"
    assert safe("one\r\ntwo") == "one\ntwo"


class Terminal(io.StringIO):
    encoding = "utf-8"  # type: ignore[assignment]

    def isatty(self) -> bool:
        return True


def on_terminals(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Both streams are terminals; returns standard error."""
    err = Terminal()
    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.setattr(sys, "stderr", err)
    return err


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, True),
        ({"NO_COLOR": "1"}, False),
        ({"NO_COLOR": "", "TERM": "xterm"}, True),
        ({"TERM": "dumb"}, False),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ({"TERM": "dumb", "CLICOLOR_FORCE": "1"}, True),
    ],
)
def test_colour_on_a_terminal(environ: dict[str, str], expected: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    on_terminals(monkeypatch)
    assert Console(environ=environ).color_out is expected


def test_colour_is_decided_per_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    monkeypatch.setattr(sys, "stderr", Terminal())
    console = Console(environ={})
    assert (console.color_out, console.color_err) == (False, True)
    assert Console(environ={"FORCE_COLOR": "1"}).color_out
    assert not Console(environ={"FORCE_COLOR": "1"}, no_color=True).color_out


def test_width_follows_columns() -> None:
    assert Console(environ={"COLUMNS": "132"}).width == 132
    assert Console(environ={"COLUMNS": "3"}).width == 20
    assert Console(environ={"COLUMNS": "wide"}).width >= 20


def test_at_most_one_hint_and_none_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    err = on_terminals(monkeypatch)
    console = Console(environ={"NO_COLOR": "1"})
    console.hint("first")
    console.hint("second")
    assert err.getvalue() == "→ first\n"
    for environ in ({"CI": "true"}, {"SUPPORTCTL_NO_HINTS": "1"}):
        assert not Console(environ=environ).shows_hints


def test_ascii_terminals_get_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="cp1252", write_through=True)
    monkeypatch.setattr(sys, "stdout", stream)
    console = Console(environ={})
    console.line("✓ done → next: 東")
    assert stream.buffer.getvalue() == b"+ done -> next: \\u6771\n"  # type: ignore[attr-defined]


def test_progress_is_cleared_before_other_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    err = on_terminals(monkeypatch)
    console = Console(environ={})
    for _ in console.track([1], "prod"):
        console.note("hello")
    text = err.getvalue()
    assert text.startswith("\r\x1b[Kprod …\r\x1b[K")
    assert "hello" in text


def test_a_silent_build_hears_a_beat(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    monkeypatch.setattr(sys, "stderr", stream)
    clock = iter(range(0, 1000, 20))
    monkeypatch.setattr(room.time, "monotonic", lambda: float(next(clock)))
    assert list(Console(environ={}).track(range(4), "prod")) == [0, 1, 2, 3]
    written = stream.buffer.getvalue().decode()  # type: ignore[attr-defined]
    assert written.splitlines() == ["prod · 2 tickets so far", "prod · 4 tickets so far"]


def test_nobody_is_asked_without_a_terminal() -> None:
    from supportctl.errors import UsageError

    with pytest.raises(UsageError) as caught:
        Console(environ={}, no_input=True).ask("Platform", flag="--platform")
    assert "--platform" in str(caught.value.hint)


def test_links_only_for_plain_web_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    on_terminals(monkeypatch)
    console = Console(environ={})
    assert "\x1b]8;;https://a.example/1" in console.link("1", "https://a.example/1")
    assert console.link("1", "javascript:alert(1)") == "1"
    assert console.link("1", "https://a.example/\x1b\\x") == "1"
