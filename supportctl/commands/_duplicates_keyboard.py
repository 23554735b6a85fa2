"""Keys of a terminal, one at a time; what is typed ahead counts."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Keys = Callable[[], str]
"""Waits for a key and gives it; raises `KeyboardInterrupt` or `EOFError` as a terminal does."""


@contextmanager
def keyboard() -> Iterator[Keys]:
    """The terminal's keys, from now on.

    It stays in its mode of single keys meanwhile: changed for each key, it would drop what was typed ahead.
    """
    try:
        import termios
        import tty
    except ImportError:
        import typer

        yield typer.getchar
        return
    own = not sys.stdin.isatty()
    terminal = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY) if own else sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    try:
        tty.setcbreak(terminal, termios.TCSAFLUSH)
        yield _Typed(terminal)
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)
        if own:
            os.close(terminal)


class _Typed:
    def __init__(self, terminal: int) -> None:
        self._terminal = terminal
        self._left = ""

    def __call__(self) -> str:
        if not self._left:
            read = os.read(self._terminal, 64)
            if not read:
                raise EOFError
            self._left = read.decode("utf-8", "replace")
        # A key with a name of its own (an arrow) comes as a sequence, at once.
        size = len(self._left) if self._left.startswith("\x1b") else 1
        key, self._left = self._left[:size], self._left[size:]
        return key
