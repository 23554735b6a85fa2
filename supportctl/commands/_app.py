"""What a command works with: everything a run needs, made when it is first asked for."""

import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, TypedDict

from supportctl.commands._options import Options
from supportctl.console import Console
from supportctl.errors import DataError, UsageError

if TYPE_CHECKING:
    from supportctl.adapters.base import Adapter, Needs, Notice, Reader, Selection
    from supportctl.adapters.reading import Found, Reading
    from supportctl.config import Config, Profile
    from supportctl.token_store import TokenStore


def utc_now() -> datetime:
    return datetime.now(UTC)


class App:
    """Configuration, profile, reader and console of one run; a context manager that closes what it opened.

    Everything that is handed in is used instead of what the options would lead to.
    """

    def __init__(
        self,
        options: Options,
        *,
        reader: "Reader | None" = None,
        adapter: "Adapter | None" = None,
        profile: "Profile | None" = None,
        secret: str | None = None,
        console: Console | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.options = options
        self.console = console or Console(
            no_color=options.no_color,
            quiet=options.quiet,
            no_input=options.no_input,
            no_progress=options.no_progress,
        )
        self.clock = clock
        self.secret = secret
        if profile is not None:
            self.profile = profile
        self._given = reader or adapter
        self._adapter = adapter
        self._stream: BinaryIO | None = None
        self._opened: Adapter | None = None

    def __enter__(self) -> "App":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._opened is not None:
            self._tell_cost(self._opened)
            self._opened.close()
        if self._stream is not None and self._stream is not sys.stdin.buffer:
            self._stream.close()

    @cached_property
    def now(self) -> datetime:
        """One moment for the whole run, so that ages agree."""
        return self.clock()

    @cached_property
    def config(self) -> "Config":
        from supportctl.config import load

        return load()

    @cached_property
    def profile(self) -> "Profile":
        """The account this run works with. Raises `ConfigError` when none can be told."""
        from supportctl.config import choose

        return choose(self.options.profile, self.config)

    @cached_property
    def adapter(self) -> "Adapter":
        """Both halves of the platform. Only writing commands ask for it; reading ones take `reader`."""
        if self._adapter is not None:
            return self._adapter
        if self.options.file is not None:
            raise UsageError(
                "tickets from a file can be read, not changed", hint="leave --file out and name a profile with -p"
            )
        from supportctl.adapters.registry import open_adapter

        self._opened = open_adapter(
            self.profile,
            **self._secrets(),
            max_wait=self.options.wait_seconds,
            max_time=self.options.max_time,
            debug=self.console.error_line if self.options.debug else None,
            now=self.clock,
        )
        return self._opened

    @cached_property
    def reader(self) -> "Reader":
        """The platform, or the file named with ``--file``."""
        if self._given is not None:
            return self._given
        if self.options.file is None:
            return self.adapter
        from supportctl.adapters.registry import open_file

        for option, value in (("--native", self.options.native), ("--view", self.options.view)):
            if value is not None:
                raise UsageError(f"{option} is a platform's and does not go with --file", hint="filter with a query")
        self._stream = _open(self.options.file)
        return open_file(self._stream, "standard input" if self.options.file == "-" else self.options.file)

    @property
    def source(self) -> str:
        """What the tickets come from, for progress and summaries."""
        if self.options.file is not None:
            return "standard input" if self.options.file == "-" else Path(self.options.file).name
        return "tickets" if self._given is not None else self.profile.name

    def select(self, words: Sequence[str] = ()) -> "Selection":
        """A selection from query words, ``--native`` and ``--view``. Raises `QueryError` with positions."""
        from supportctl.adapters.base import Selection
        from supportctl.query import parse

        if self.options.native is not None and self.options.view is not None:
            raise UsageError("--native and --view cannot both start a list", hint="give one; a query narrows either")
        for option, value in (("--native", self.options.native), ("--view", self.options.view)):
            if value is not None and not value.strip():
                raise UsageError(f"{option} is empty", hint="leave it out to mean every ticket")
        text = join_words(words)
        if words and not text:
            raise UsageError("the query is empty", hint="leave it out to mean every ticket")
        return Selection(
            now=self.now,
            query=parse(text, now=self.now) if text else None,
            native=self.options.native,
            view=self.options.view,
        )

    def read(self, selection: "Selection", needs: "Needs", *, limit: int | None = None) -> "Reading":
        """Tickets of a selection, streamed; its counts are told by `tell`."""
        from supportctl.adapters.reading import Reading

        return Reading(self.reader, selection, needs & self.reader.capabilities.reads, limit=limit)

    def get(self, keys: Sequence[str], needs: "Needs") -> "Found":
        """Tickets by key, id or URL."""
        from supportctl.adapters import reading

        return reading.get(self.reader, keys, needs & self.reader.capabilities.reads)

    def tell(self, reading: "Reading") -> None:
        """What a reading left out, and the platform's warnings, on standard error."""
        if reading.undecided:
            self.console.warn(
                f"{count(reading.undecided, 'ticket')} left out: a field the query asks about is unknown there"
            )
        self.tell_notices(reading.notices)

    def tell_notices(self, notices: "Iterable[Notice]") -> None:
        from supportctl.console import safe_line

        for notice in notices:
            times = f" ({notice.count} times)" if notice.count > 1 else ""
            self.console.warn(f"{safe_line(notice.message)}{times}")

    def require_writes(self) -> "Profile":
        """The profile, if it may be written to. Raises `RefusedError`."""
        import os

        from supportctl.errors import RefusedError

        if os.environ.get("SUPPORTCTL_ALLOW_WRITES", "").strip().lower() in ("0", "false", "no", "off"):
            raise RefusedError(
                "SUPPORTCTL_ALLOW_WRITES forbids changes; nothing was changed", hint="unset it, or set it to 1"
            )
        if not self.profile.writes:
            how = (
                "set SUPPORTCTL_ALLOW_WRITES=1"
                if self.profile.name == "env"
                else f"run: supportctl profile set {self.profile.name} --allow-writes"
            )
            raise RefusedError(
                f"profile {self.profile.name!r} is read-only; nothing was changed", hint=f"to allow it, {how}"
            )
        return self.profile

    def _tell_cost(self, adapter: "Adapter") -> None:
        """What the platform warned of in headers; with ``--debug`` also what the run cost."""
        stats = adapter.transport.stats
        for warning in stats.warnings:
            self.console.warn(f"the platform warns: {warning}")
        if self.options.debug:
            costs = " · ".join(f"{number} × {endpoint}" for endpoint, number in stats.by_endpoint.most_common())
            self.console.error_line(
                f"{count(stats.requests, 'request')}, {stats.retries} repeated, {stats.waited:.1f} s waited: {costs}"
            )

    def _secrets(self) -> "SignIn":
        """What the profile signs in with, and where a refresh token is kept."""
        from supportctl.credentials import find_client_secret, find_secret, refresh_token_origin
        from supportctl.token_store import store_of

        profile = as_credentials_know(self.profile)
        kind = profile.auth.kind
        found: SignIn = {"secret": self.secret or "", "client_secret": None, "store": None}
        if kind == "none":
            return found
        if kind in ("refresh_token", "password"):
            found["client_secret"] = find_client_secret(profile)
        if kind == "refresh_token":
            found["store"] = store_of(profile, refresh_token_origin(profile, token_file=self.options.token_file))
        elif self.secret is None:
            found["secret"] = find_secret(profile, token_file=self.options.token_file).value
        return found


class SignIn(TypedDict):
    secret: str
    client_secret: str | None
    store: "TokenStore | None"


def as_credentials_know(profile: "Profile") -> "Profile":
    """The environment's own profile has no name there: its secret is ``SUPPORTCTL_TOKEN``."""
    import msgspec

    from supportctl.config import ENVIRONMENT

    return msgspec.structs.replace(profile, name="") if profile.name == ENVIRONMENT else profile


def join_words(words: Sequence[str]) -> str:
    """One query from the words of a command line.

    The shell has taken the quotes of ``group:"Tier 1"`` away: where there are several words, one that holds spaces
    gets them back. A single word is taken as the whole query.
    """
    if len(words) == 1:
        return words[0].strip()
    return " ".join(_requoted(word) for word in words).strip()


def _requoted(word: str) -> str:
    head, separator, value = word.partition(":")
    plain = head.strip().lstrip("-").replace("_", "").isalnum()
    if separator and plain and " " in value and not any(mark in value for mark in '":()'):
        return f'{head}:"{value}"'
    return word


def count(number: int, noun: str) -> str:
    """``1 ticket``, ``2,300 tickets``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _open(path: str) -> BinaryIO:
    if path == "-":
        if sys.stdin.isatty():
            raise UsageError(
                "--file - reads standard input, which is a terminal here", hint="pipe tickets in, or name a file"
            )
        return sys.stdin.buffer
    try:
        return Path(path).open("rb")
    except OSError as error:
        raise DataError(
            f"cannot read {path}: {error.strerror}; no ticket was read", hint="give the path of an NDJSON file, or -"
        ) from None


__all__ = ["App", "count", "join_words", "utc_now"]
