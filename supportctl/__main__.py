"""The entry: one place where errors become text and an exit code.

``--version`` is answered before anything else is imported.
"""

import os
import sys
from collections.abc import Sequence
from typing import Any


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code. Never raises."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments == ["--version"]:
        from supportctl import __version__

        sys.stdout.write(f"supportctl {__version__}\n")
        return 0
    with _two_step_interrupt():
        try:
            code = _run(arguments)
            sys.stdout.flush()
        except BrokenPipeError:
            return _closed_pipe()
        except KeyboardInterrupt:
            from supportctl import failures

            return failures.interrupted()
        except Exception as error:  # noqa: BLE001 - the last line of defence
            from supportctl import failures

            try:
                return failures.report(error, arguments)
            except BrokenPipeError:
                return _closed_pipe()
        return code


def _run(arguments: list[str]) -> int:
    import typer

    from supportctl.cli import build

    root = build()
    if "_SUPPORTCTL_COMPLETE" in os.environ:
        try:
            root.main(args=arguments, prog_name="supportctl")
        except SystemExit as end:
            return int(end.code or 0)
    try:
        with root.make_context("supportctl", [_shield(argument) for argument in arguments]) as context:
            result: Any = root.invoke(context)
    except typer.Exit as end:
        return end.exit_code
    return result if isinstance(result, int) else 0


def _shield(argument: str) -> str:
    """``-tag:vip`` is a part of a query, not a bundle of short options."""
    head, separator, _ = argument.partition(":")
    if len(head) > 2 and separator and head[0] == "-" and head[1] != "-" and head[1:].replace("_", "").isalpha():
        return " " + argument
    return argument


def _closed_pipe() -> int:
    """The reader has gone (``| head``), which is its right. Nothing may be flushed into the pipe at exit."""
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, sys.stdout.fileno())
    except (OSError, ValueError):
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - lives until the process ends
    finally:
        os.close(null)
    return 0


class _two_step_interrupt:  # noqa: N801 - reads as a function
    """The first Ctrl-C unwinds what is running; the second ends the process at once."""

    def __enter__(self) -> None:
        import signal
        import threading

        self.mine = (
            threading.current_thread() is threading.main_thread()
            and signal.getsignal(signal.SIGINT) is signal.default_int_handler
        )
        self.count = 0
        if self.mine:
            signal.signal(signal.SIGINT, self._interrupt)

    def _interrupt(self, _signal: int, _frame: object) -> None:
        self.count += 1
        if self.count > 1:
            os._exit(130)
        raise KeyboardInterrupt

    def __exit__(self, *_exception: object) -> None:
        if self.mine:
            import signal

            signal.signal(signal.SIGINT, signal.default_int_handler)


if __name__ == "__main__":
    raise SystemExit(main())
