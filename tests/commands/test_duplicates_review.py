"""``duplicates review``: what a person says with single keys, kept at once and taken back when asked."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from filelock import FileLock

from supportctl.commands._app import App
from supportctl.commands._duplicates_pair import Common, Wrapper, screen, shared
from supportctl.commands._duplicates_review import ReviewOptions, run
from supportctl.commands._options import Options
from supportctl.console import Console
from supportctl.duplicates.suggestion import Reason, Suggestion
from supportctl.exits import Exit
from tests.commands.fakes import NOW, FakeReader, Result
from tests.duplicates.suggested import suggestion, ticket

Cli = Callable[..., Result]

TICKETS = [
    ticket(number, title=f"Terminal {number} shows E-{4711 + number // 3}", description="The card reader beeps twice.")
    for number in range(1, 7)
]
ONE, TWO, THREE, FOUR, FIVE, SIX = TICKETS
FOUND = [suggestion(TWO, ONE, 0.9), suggestion(FOUR, THREE, 0.8), suggestion(SIX, FIVE, 0.7)]


@pytest.fixture
def found(tmp_path: Path) -> str:
    return write(tmp_path / "found.ndjson", *FOUND)


def write(path: Path, *suggestions: Suggestion) -> str:
    path.write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in suggestions))
    return str(path)


@pytest.fixture
def press(
    connected: Callable[[FakeReader], FakeReader], capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    """A session in which these keys are pressed; the end of the keys is the end of the terminal."""
    reader = connected(FakeReader(TICKETS))
    monkeypatch.setenv("SUPPORTCTL_PROFILE", "prod")

    def session(keys: str, source: str | None, minimum: float = 0.2, **options: Any) -> Result:
        pressed = iter(keys)

        def key() -> str:
            try:
                return next(pressed)
            except StopIteration:
                raise EOFError from None

        capfd.readouterr()
        with App(Options(**options), reader=reader, clock=lambda: NOW) as it:
            code = run(it, ReviewOptions(source=source, by="ada", minimum=minimum), key)
        captured = capfd.readouterr()
        return Result(code, captured.out, captured.err)

    return session


def decided(home: Path) -> list[tuple[str, str, str]]:
    (path,) = home.glob("state/duplicates/prod-*/decisions.ndjson")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert all(row["by"] == "ada" and row["at"] for row in rows)
    return [(row["ticket"]["key"], row["of"]["key"], row["verdict"]) for row in rows]


def test_one_key_decides_and_the_next_session_goes_on(press: Callable[..., Result], home: Path, found: str) -> None:
    first = press("yq", found)
    assert first.code == 0
    assert "SUP-2" in first.err
    assert "1 decision (1 same); 2 left to decide" in first.err
    assert "duplicates link --reviewed" in first.err
    assert decided(home) == [("SUP-2", "SUP-1", "same")]
    second = press("ln", found)
    assert "1 suggestion decided before" in second.err
    assert decided(home)[1:] == [("SUP-4", "SUP-3", "later"), ("SUP-6", "SUP-5", "different")]
    third = press("y", found)  # What was put off is asked again.
    assert "SUP-4" in third.err
    assert decided(home)[-1] == ("SUP-4", "SUP-3", "same")
    assert "Nothing is left to decide" in press("", found).err


def test_what_was_decided_is_printed_while_somebody_decides(
    cli: Cli, press: Callable[..., Result], home: Path, found: str
) -> None:
    press("yq", found)
    (path,) = home.glob("state/duplicates/prod-*")
    with FileLock(path / "decisions.lock"):
        listed = cli("duplicates", "review", "--list", "--json", "ticket", "-p", "prod")
    assert json.loads(listed.out)["decisions"] == [{"ticket": "SUP-2"}]


def test_undo_takes_back_what_was_said_in_this_session(press: Callable[..., Result], home: Path, found: str) -> None:
    assert press("uyyuunq", found).code == 0
    assert decided(home) == [("SUP-2", "SUP-1", "different")]


def test_a_terminal_that_goes_away_loses_nothing(press: Callable[..., Result], home: Path, found: str) -> None:
    result = press("yx", found)
    assert result.code == Exit.INTERRUPTED
    assert decided(home) == [("SUP-2", "SUP-1", "same")]
    assert press("\x03", found).code == Exit.INTERRUPTED


def test_tickets_that_cannot_be_read_are_passed_over(press: Callable[..., Result], home: Path, tmp_path: Path) -> None:
    gone = suggestion(ticket(99), ONE, 0.95)
    result = press("y", write(tmp_path / "gone.ndjson", gone, FOUND[0]))
    assert "SUP-99 was not found" in result.err
    assert decided(home) == [("SUP-2", "SUP-1", "same")]


def test_machine_forms_print_the_decisions_of_the_session(press: Callable[..., Result], found: str) -> None:
    result = press("ynq", found, format="ndjson")
    assert [json.loads(line)["verdict"] for line in result.out.splitlines()] == ["same", "different"]


def test_without_a_file_it_finds_for_itself(press: Callable[..., Result], home: Path) -> None:
    result = press("n", None, minimum=0.0)
    assert "SUP-" in result.err
    assert "6 tickets of the kept index created since " in result.err
    (row,) = decided(home)
    assert row[2] == "different"


@pytest.mark.parametrize(
    "text",
    [
        '{"ticket": "SUP-2", "of": "SUP-1", "verdict": "same"}\n{"ticket": "SUP-4", "of": "SUP-3", "verdict": "no"}\n',
        "ticket,of,verdict\nSUP-2,SUP-1,y\nSUP-4,SUP-3,different\n",
    ],
)
def test_decisions_from_a_file(
    cli: Cli, connected: Callable[[FakeReader], FakeReader], home: Path, tmp_path: Path, text: str
) -> None:
    connected(FakeReader(TICKETS))
    path = tmp_path / "decisions.txt"
    path.write_text(text)
    words = ("duplicates", "review", "--decide", str(path), "--by", "ada", "-p", "prod")
    result = cli(*words, "--format", "ndjson")
    assert result.code == 0, result.err
    assert decided(home) == [("SUP-2", "SUP-1", "same"), ("SUP-4", "SUP-3", "different")]
    listed = cli("duplicates", "review", "--list", "--json", "ticket,verdict", "-p", "prod")
    assert json.loads(listed.out)["decisions"] == [
        {"ticket": "SUP-2", "verdict": "same"}, {"ticket": "SUP-4", "verdict": "different"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"ticket": "SUP-2", "of": "SUP-2", "verdict": "same"}\n', "line 2: it names no two tickets"),
        ('{"ticket": "SUP-2", "of": "SUP-1", "verdict": "maybe"}\n', "line 2: its verdict is none of"),
        ('{"ticket": "SUP-2", "of": "SUP-98", "verdict": "same"}\n', "not found"),
        ("[]\n", "line 1"),
    ],
)
def test_one_bad_decision_and_none_is_kept(
    cli: Cli, connected: Callable[[FakeReader], FakeReader], home: Path, tmp_path: Path, text: str, said: str
) -> None:
    connected(FakeReader(TICKETS))
    path = tmp_path / "decisions.txt"
    path.write_text('{"ticket": "SUP-2", "of": "SUP-1", "verdict": "same"}\n' + text if text[0] == "{" else text)
    result = cli("duplicates", "review", "--decide", str(path), "-p", "prod")
    assert result.code == Exit.USAGE
    assert said in result.err
    assert not list(home.glob("state/duplicates/*/decisions.ndjson"))


def test_without_a_terminal_the_way_without_one_is_named(
    cli: Cli, connected: Callable[[FakeReader], FakeReader], found: str
) -> None:
    connected(FakeReader(TICKETS))
    result = cli("duplicates", "review", "--from", found, "-p", "prod")
    assert result.code == Exit.USAGE
    assert "--decide FILE" in result.err


def test_a_damaged_file_of_decisions_is_named_and_kept(press: Callable[..., Result], home: Path, found: str) -> None:
    from supportctl.errors import StateError

    press("y", found)
    (path,) = home.glob("state/duplicates/prod-*/decisions.ndjson")
    path.write_text(path.read_text() + "{}\n")
    with pytest.raises(StateError, match="line 2"):
        press("y", found)
    assert path.read_text().endswith("{}\n")


def test_what_is_shared_is_set_off_and_foreign_text_stays_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    one = ticket(1, title="VPN drops \x1b[31mat E-4711", description="山田さん " * 60 + "\n\n\nE-4711 seen")
    two = ticket(2, title="E-4711 again on VPN", description=None, created_at=None)
    pair = suggestion(two, one, reasons=[Reason(code="terms", text="rare: E-4711", terms={"E-4711": 4})])
    console = Console()
    lines = screen(pair, two, one, shared(two, one, Common()), console, now=NOW, height=20)
    text = "\n".join(lines)
    assert "\x1b[31m" not in text.replace(console.paint("", "red"), "")
    assert "\\x1b[31mat" in text
    assert console.paint("E-4711", "yellow", err=True) in text
    assert "(no text)" in text
    assert len(lines) <= 22
    from rich.cells import cell_len

    assert max(cell_len(re.sub(r"\x1b\[[\d;]*m", "", line)) for line in lines) <= 80


def test_wrapping_loses_nothing() -> None:
    text = "a https://example.com/" + "x" * 100 + " 日本語のとても長い文章 b"
    lines = Wrapper(20)(text)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@pytest.mark.slow
def test_in_a_real_terminal(home: Path, tmp_path: Path) -> None:
    tickets = tmp_path / "tickets.ndjson"
    tickets.write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in TICKETS))
    found = write(tmp_path / "found.ndjson", *FOUND)
    words = ["duplicates", "review", "--file", str(tickets), "--from", found, "--by", "ada"]
    master, slave = pty.openpty()
    environ = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    process = subprocess.Popen(
        [sys.executable, "-m", "supportctl", *words],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=environ,
        close_fds=True,
    )
    os.close(slave)
    try:
        for wanted, key in zip(_screens(master), "ynq", strict=False):
            assert wanted
            os.write(master, key.encode())
        assert process.wait(120) == 0
    finally:
        process.kill()
        os.close(master)
    (path,) = home.glob("state/duplicates/files/decisions.ndjson")
    assert [json.loads(line)["verdict"] for line in path.read_text().splitlines()] == ["same", "different"]


def _screens(master: int) -> Iterator[bool]:
    """True whenever the keys are offered."""
    seen, ends = b"", time.monotonic() + 60
    for number in range(1, 4):
        while f"[{number} of 3]".encode() not in seen:
            ready, _, _ = select.select([master], [], [], 1)
            if ready:
                seen += os.read(master, 65_536)
            elif time.monotonic() > ends:
                yield False
                return
        yield True
