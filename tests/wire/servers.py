"""Local servers with scripted manners, a clock without waiting, and a way to see all of an error."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

SECRET = "s3cr3t-T0ken-never-seen"
CUSTOMER = "my printer at Acme Corp is on fire"


@dataclass
class FakeClock:
    """``sleep`` moves time; with ``tick`` every look at the clock does too."""

    at: float = 1000.0
    start: datetime = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
    tick: float = 0.0
    slept: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def monotonic(self) -> float:
        with self.lock:
            self.at += self.tick
            return self.at

    def now(self) -> datetime:
        return self.start + timedelta(seconds=self.at - 1000.0)

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        with self.lock:
            self.at += seconds
            self.slept.append(seconds)


@dataclass
class Seen:
    """A request as it arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


Act = Callable[[socket.socket, Seen], None]


def reply(
    status: int = 200, body: object = b"", headers: dict[str, str] | None = None, *, length: int | None = None
) -> Act:
    """A whole answer; ``length`` claims another length than the body has."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()

    def act(connection: socket.socket, _: Seen) -> None:
        lines = [f"HTTP/1.1 {status} Scripted", f"Content-Length: {len(content) if length is None else length}"]
        named = {"Content-Type": "application/json", "Connection": "close", **(headers or {})}
        lines += [f"{name}: {value}" for name, value in named.items()]
        connection.sendall("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + content)

    return act


def reset(connection: socket.socket, _: Seen) -> None:
    """Read the request whole, then tear the connection down."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def hang_up(connection: socket.socket, _: Seen) -> None:
    """Read the request whole, then close without a word."""


def cut_off(body: bytes) -> Act:
    """Promise more than is sent."""
    return reply(200, body, length=len(body) + 100)


def drip(connection: socket.socket, _: Seen) -> None:
    """A body that never ends, a few bytes at a time."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
    with contextlib.suppress(OSError):
        while True:
            connection.sendall(b"1\r\n \r\n")


class Silence:
    """Never answer until released."""

    def __init__(self) -> None:
        self.released = threading.Event()

    def __call__(self, connection: socket.socket, _: Seen) -> None:
        self.released.wait(10)


class ScriptedServer:
    """One act per request, in order; the last one stays. ``seen`` records what arrived."""

    def __init__(self, script: list[Act]) -> None:
        self.script = script
        self.seen: list[Seen] = []
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        for act in self.script:
            if isinstance(act, Silence):
                act.released.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def header_values(self) -> str:
        """Everything that ever arrived, as one text to search."""
        return "\n".join(f"{s.method} {s.target} {s.headers} {s.body!r}" for s in self.seen)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            seen = _read_request(connection)
            if seen is None:
                return
            with self._lock:
                act = self.script[min(len(self.seen), len(self.script) - 1)]
                self.seen.append(seen)
            act(connection, seen)


def _read_request(connection: socket.socket) -> Seen | None:
    connection.settimeout(10)
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return None
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(body) < int(headers.get("content-length", "0")):
        body += connection.recv(65536)
    method, target, _ = first.split(" ", 2)
    return Seen(method, target, headers, body)


def everything_said(error: BaseException) -> str:
    """All texts of an error: itself, its fields, its causes and contexts, its printed traceback."""
    texts: list[str] = []
    todo: list[BaseException | None] = [error]
    met: set[int] = set()
    while todo:
        current = todo.pop()
        if current is None or id(current) in met:
            continue
        met.add(id(current))
        texts += [str(current), repr(current), repr(current.args), repr(vars(current))]
        todo += [current.__cause__, current.__context__]
    texts += traceback.format_exception(error)
    return "\n".join(texts)


def assert_silent(texts: Iterable[Any], *forbidden: str) -> None:
    for text in texts:
        for word in forbidden:
            assert word not in str(text)
