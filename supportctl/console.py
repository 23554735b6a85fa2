"""One object instead of `isatty` calls everywhere: streams, width, colour, progress, prompts, hints.

Standard output carries the data asked for and nothing else; progress, notices, summaries and hints go to
standard error. Colour is decided per stream. Text that came from a ticket passes through `safe` first.
"""

import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TextIO, TypeVar

from supportctl.errors import UsageError

T = TypeVar("T")

BEAT_SECONDS = 30.0

_UNSAFE = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 (without tab and line feed) and C1 controls, escape among them
    "\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"  # bidi and invisible controls
    "\u2028\u2029\ud800-\udfff\U000e0000-\U000e007f"  # separators, lone surrogates, tag characters
)
_BLOCK = re.compile(f"[{_UNSAFE}]")
_LINE = re.compile(f"[\t\n{_UNSAFE}]")

_ASCII = str.maketrans({"✓": "+", "✗": "x", "→": "->", "…": "~", "·": "-", "─": "-", "│": "|", "—": "-", "≈": "~"})

STYLES = {
    "red": "31",
    "green": "32",
    "yellow": "33",
    "blue": "34",
    "magenta": "35",
    "cyan": "36",
    "bold": "1",
    "dim": "2",
    "bold red": "1;31",
}


def safe(text: str) -> str:
    """Several lines of foreign text for a terminal: control, bidi and invisible characters become visible escapes.

    Line feeds and tabs stay. What comes out never moves the cursor, changes colours or reorders text.
    """
    return _BLOCK.sub(_escape, text.replace("\r\n", "\n"))


def safe_line(text: str) -> str:
    """Foreign text for one line or one cell: as `safe`, and line breaks and tabs become single spaces."""
    return _LINE.sub(_escape_in_line, text.replace("\r\n", "\n"))


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _escape_in_line(match: re.Match[str]) -> str:
    return " " if match[0] in "\t\n" else _escape(match)


class Console:
    """What the process may do with its three streams."""

    def __init__(
        self,
        *,
        no_color: bool = False,
        quiet: bool = False,
        no_input: bool = False,
        no_progress: bool = False,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self.environ = environ
        self.quiet = quiet
        self.out_tty = _is_tty(sys.stdout)
        self.err_tty = _is_tty(sys.stderr)
        self.color_out = not no_color and _color(self.out_tty, environ)
        self.color_err = not no_color and _color(self.err_tty, environ)
        self.unicode_out = _speaks_unicode(sys.stdout)
        self.unicode_err = _speaks_unicode(sys.stderr)
        self.in_ci = environ.get("CI", "").lower() not in ("", "0", "false")
        self.can_ask = not no_input and self.err_tty and _is_tty(sys.stdin)
        dumb = environ.get("TERM") == "dumb"
        self.shows_progress = self.err_tty and not (quiet or no_progress or self.in_ci or dumb)
        self.beats = not (self.err_tty or quiet or no_progress)
        """Without a terminal a line every half minute keeps build servers from ending a silent job."""
        self.shows_hints = self.out_tty and not quiet and not self.in_ci and not environ.get("SUPPORTCTL_NO_HINTS")
        self._hinted = False
        self._drawn = False

    @property
    def width(self) -> int:
        """Columns of the terminal; ``COLUMNS`` wins; 80 when there is none."""
        try:
            return max(20, int(self.environ["COLUMNS"]))
        except (KeyError, ValueError):
            return max(20, shutil.get_terminal_size((80, 24)).columns)

    # Standard output

    def line(self, text: str = "") -> None:
        """One line of data. The text is ours or has passed through `safe`."""
        self.write(text + "\n")

    def write(self, text: str) -> None:
        if self.out_tty:
            self._clear_progress()
        if not self.unicode_out:
            text = text.translate(_ASCII)
        _put(sys.stdout, text)

    def write_bytes(self, data: bytes, *, flush: bool = False) -> None:
        """Machine-readable output: UTF-8 whatever the terminal's encoding."""
        if self.out_tty:
            self._clear_progress()
        buffer = getattr(sys.stdout, "buffer", None)
        if buffer is None:
            sys.stdout.write(data.decode())
        else:
            buffer.write(data)
        if flush:
            sys.stdout.flush()

    def flush(self) -> None:
        sys.stdout.flush()

    def paint(self, text: str, style: str | None, *, err: bool = False) -> str:
        """``text`` in a style of `STYLES`, where the stream takes colour."""
        if not style or not (self.color_err if err else self.color_out):
            return text
        return f"\x1b[{STYLES[style]}m{text}\x1b[0m"

    def link(self, text: str, url: str | None) -> str:
        """``text`` as a terminal hyperlink where standard output is a terminal with colour."""
        if not url or not (self.color_out and self.out_tty) or not re.fullmatch(r"https?://[!-~]+", url):
            return text
        return f"\x1b]8;;{url}\x1b\\{text}\x1b]8;;\x1b\\"

    # Standard error

    def note(self, text: str, style: str | None = None) -> None:
        """A summary or notice; ``--quiet`` silences it."""
        if not self.quiet:
            self.error_line(self.paint(text, style, err=True))

    def success(self, text: str) -> None:
        self.note(f"{self.paint('✓', 'green', err=True)} {text}")

    def warn(self, text: str) -> None:
        """Something that must be heard even with ``--quiet``."""
        self.error_line(f"{self.paint('!', 'yellow', err=True)} {text}")

    def hint(self, text: str) -> None:
        """At most one a run, never in CI, never when standard output is not a terminal."""
        if self.shows_hints and not self._hinted:
            self._hinted = True
            self.error_line(self.paint(f"→ {text}", "dim", err=True))

    def error_line(self, text: str) -> None:
        self._clear_progress()
        sys.stdout.flush()
        if not self.unicode_err:
            text = text.translate(_ASCII)
        _put(sys.stderr, text + "\n")
        sys.stderr.flush()

    # Asking

    def ask(self, question: str, *, flag: str, default: str | None = None) -> str:
        """One line from the person. Raises `UsageError` naming ``flag`` where nobody can answer."""
        self._require_person(flag)
        _put(sys.stderr, f"{question}{f' [{default}]' if default else ''}: ")
        sys.stderr.flush()
        answer = sys.stdin.readline()
        if not answer:
            raise UsageError(f"no answer to {question!r}", hint=f"give it with {flag}")
        return answer.strip() or default or ""

    def ask_secret(self, question: str, *, flag: str) -> str:
        """As `ask`, without echo."""
        self._require_person(flag)
        from getpass import getpass

        return getpass(f"{question}: ", stream=sys.stderr).strip()

    def confirm(self, question: str, *, flag: str) -> bool:
        return self.ask(f"{question} (y/N)", flag=flag).lower() in ("y", "yes")

    def _require_person(self, flag: str) -> None:
        if not self.can_ask:
            raise UsageError("an answer is needed and nobody can be asked here", hint=f"give it with {flag}")

    # Progress

    def track(self, items: Iterable[T], label: str, *, unit: str = "tickets") -> Iterator[T]:
        """``items`` as they come, with a running count on standard error where that helps somebody."""
        if not (self.shows_progress or self.beats):
            yield from items
            return
        drawn = time.monotonic()
        if self.shows_progress:
            self._draw(f"{label} …")
        try:
            for count, item in enumerate(items, 1):
                moment = time.monotonic()
                if self.shows_progress and moment - drawn > 0.1:
                    drawn = moment
                    self._draw(f"{label} · {count:,} {unit}")
                elif self.beats and moment - drawn > BEAT_SECONDS:
                    drawn = moment
                    self.error_line(f"{label} · {count:,} {unit} so far")
                yield item
        finally:
            self._clear_progress()

    @contextmanager
    def progress(self, label: str) -> Iterator[Callable[[int, int], None]]:
        """A function to be called with how much is done of how much, shown where that helps somebody."""
        drawn = time.monotonic()

        def tell(done: int, total: int) -> None:
            nonlocal drawn
            moment = time.monotonic()
            if self.shows_progress and (moment - drawn > 0.1 or not self._drawn):
                drawn = moment
                self._draw(f"{label} · {done:,} of {total:,}")
            elif self.beats and moment - drawn > BEAT_SECONDS:
                drawn = moment
                self.error_line(f"{label} · {done:,} of {total:,} so far")

        try:
            yield tell
        finally:
            self._clear_progress()

    def _draw(self, text: str) -> None:
        if self.out_tty:
            sys.stdout.flush()
        if not self.unicode_err:
            text = text.translate(_ASCII)
        text = safe_line(text)[: self.width - 1]
        _put(sys.stderr, f"\r\x1b[K{text}")
        sys.stderr.flush()
        self._drawn = True

    def _clear_progress(self) -> None:
        if self._drawn:
            self._drawn = False
            _put(sys.stderr, "\r\x1b[K")
            sys.stderr.flush()


def _is_tty(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False


def _color(tty: bool, environ: Mapping[str, str]) -> bool:
    """`no-color.org` first, then the forcing variables, then what the stream is."""
    if environ.get("NO_COLOR"):
        return False
    for name in ("FORCE_COLOR", "CLICOLOR_FORCE"):
        if environ.get(name, "") not in ("", "0"):
            return True
    return tty and environ.get("TERM") != "dumb"


def _speaks_unicode(stream: TextIO) -> bool:
    try:
        "✓→│…".encode(getattr(stream, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _put(stream: TextIO, text: str) -> None:
    """Write what the encoding can say; the rest as escapes, never an exception."""
    try:
        stream.write(text)
    except UnicodeEncodeError:
        encoding = stream.encoding or "ascii"
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
