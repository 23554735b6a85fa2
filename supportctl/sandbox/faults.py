"""Faults on purpose: what gateways, networks and overloaded platforms do to a client, from a seed.

The same seed does the same to the same request asked for the same time, in whatever order requests come. Answers that
were tampered with carry ``X-Sandbox-Fault``, so that a person at a terminal can tell.
"""

import asyncio
import hashlib
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

from supportctl.sandbox.throttle import BYPASS, ask_of, door_of

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from supportctl.sandbox.front import Ask, Front
    from supportctl.sandbox.stats import Stats
    from supportctl.sandbox.store import Store

KINDS = {
    "429": 3,
    "5xx before commit": 3,
    "5xx after commit": 2,
    "reset before commit": 2,
    "reset after commit": 2,
    "web page": 1,
    "cut-off body": 2,
    "truncated JSON": 2,
    "repeated token": 2,
    "slow body": 1,
}
"""Kind -> how often it is drawn, relative to the others."""

MAX_SKEW = 900
_PIECES = 8
PAGE = (
    b"<!DOCTYPE html><html><head><title>Service notice</title></head><body><h1>One moment, please</h1>"
    b"<p>We are checking your connection.</p></body></html>"
)


@dataclass
class _Answer:
    """An answer held back until it is known what becomes of it."""

    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""

    def replace(self, body: bytes, headers: dict[str, str]) -> None:
        new = {name.lower().encode(): value.encode() for name, value in headers.items()}
        new[b"content-length"] = str(len(body)).encode()
        self.headers = [(name, value) for name, value in self.headers if name.lower() not in new] + list(new.items())
        self.body = body


class Faults:
    """The outermost layer: it needs the connection itself. Without a seed it lets everything through."""

    def __init__(self, app: "ASGIApp", store: "Store", stats: "Stats") -> None:
        self.app = app
        self.store = store
        self.stats = stats
        self._seen: Counter[str] = Counter()

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        seed = self.store.conditions.faults
        found = door_of(scope["path"]) if seed is not None and scope["type"] == "http" else None
        if seed is None or found is None or any(name == BYPASS for name, _ in scope["headers"]):
            await self.app(scope, receive, send)
            return
        body = await _read(receive)
        ask = ask_of(scope, body)
        rng = self._rng(seed, ask)
        kind = self._draw(rng)
        skew = random.Random(seed).uniform(-MAX_SKEW, MAX_SKEW)  # noqa: S311 (a fault, not a secret)
        replay = _replay(body)
        skewed = _dated(send, format_datetime(self.store.now() + timedelta(seconds=skew), usegmt=True))
        if kind is None:
            await self.app(scope, replay, skewed)
            return
        front = found[1].front
        match kind:
            case "reset before commit":
                self.stats.fault(kind)
                await _reset(send)
            case "429" | "5xx before commit":
                self.stats.fault(kind)
                refusal = front.refusal((), ask) if kind == "429" else front.failure(ask, rng)
                refusal.headers["X-Sandbox-Fault"] = kind
                await refusal(scope, replay, skewed)
            case "web page":
                self.stats.fault(kind)
                headers = [(b"content-type", b"text/html; charset=utf-8")]
                await _send(skewed, _Answer(200, [*headers, _mark(kind)], PAGE))
            case _:
                answer = await _collect(self.app, scope, replay)
                await self._spoil(kind, ask, front, rng, answer, scope, send, skewed)

    async def _spoil(
        self, kind: str, ask: "Ask", front: "Front", rng: random.Random, answer: _Answer, scope: "Scope",
        send: "Send", skewed: "Send",
    ) -> None:  # fmt: skip
        """What becomes of an answer after the platform has done its part."""
        if kind == "reset after commit":
            self.stats.fault(kind)
            await _reset(send)
            return
        if kind == "5xx after commit":
            self.stats.fault(kind)
            failure = front.failure(ask, rng)
            failure.headers["X-Sandbox-Fault"] = kind
            await failure(scope, _replay(b""), skewed)
            return
        if kind == "repeated token":
            headers = {name.decode().lower(): value.decode("latin-1") for name, value in answer.headers}
            changed = front.same_page(ask, answer.body, headers) if answer.status < 300 else None
            if changed is None:
                await _send(skewed, answer)
                return
            answer.replace(*changed)
        self.stats.fault(kind)
        answer.headers.append(_mark(kind))
        cut = rng.randrange(len(answer.body)) if len(answer.body) > 1 else 0
        if kind == "cut-off body":
            if not answer.body:
                await _reset(send)
                return
            await _send_part(skewed, answer, cut)
            await _reset(send)
            return
        if kind == "truncated JSON" and answer.body:
            answer.replace(answer.body[:cut], {})
        await _send(skewed, answer, self.store.conditions.slow_seconds if kind == "slow body" else 0.0)

    def _rng(self, seed: int, ask: "Ask") -> random.Random:
        digest = hashlib.sha256(repr((ask.method, ask.path, ask.query, ask.body)).encode()).hexdigest()
        self._seen[digest] += 1
        return random.Random(f"{seed} {digest} {self._seen[digest]}")  # noqa: S311

    def _draw(self, rng: random.Random) -> str | None:
        if rng.random() >= self.store.conditions.fault_rate:
            return None
        drawn = {kind: KINDS[kind] for kind in self.store.conditions.fault_kinds or KINDS}
        return rng.choices(list(drawn), list(drawn.values()))[0]


def _mark(kind: str) -> tuple[bytes, bytes]:
    return b"x-sandbox-fault", kind.encode()


async def _read(receive: "Receive") -> bytes:
    chunks = []
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            break
        chunks.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(chunks)


def _replay(body: bytes) -> "Receive":
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> "Message":
        return messages.pop() if messages else {"type": "http.disconnect"}

    return receive


def _dated(send: "Send", date: str) -> "Send":
    async def sender(message: "Message") -> None:
        if message["type"] == "http.response.start":
            kept = [pair for pair in message.get("headers", []) if pair[0].lower() != b"date"]
            message["headers"] = [*kept, (b"date", date.encode())]
        await send(message)

    return sender


async def _collect(app: "ASGIApp", scope: "Scope", receive: "Receive") -> _Answer:
    answer = _Answer()

    async def keep(message: "Message") -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = list(message.get("headers", []))
        elif message["type"] == "http.response.body":
            answer.body += message.get("body", b"")

    await app(scope, receive, keep)
    return answer


async def _send(send: "Send", answer: _Answer, seconds: float = 0.0) -> None:
    """In pieces over so many seconds, or at once."""
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    if seconds and len(answer.body) >= _PIECES:
        size = len(answer.body) // _PIECES
        for start in range(0, size * (_PIECES - 1), size):
            await send({"type": "http.response.body", "body": answer.body[start : start + size], "more_body": True})
            await asyncio.sleep(seconds / _PIECES)
        answer.body = answer.body[size * (_PIECES - 1) :]
    await send({"type": "http.response.body", "body": answer.body, "more_body": False})


async def _send_part(send: "Send", answer: _Answer, cut: int) -> None:
    """The head and the beginning of the body, as if the rest were to come."""
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": answer.body[:cut], "more_body": True})
    # The part must have left before the connection is cut.
    await asyncio.sleep(0)


async def _reset(send: "Send") -> None:
    """Cut the connection. The server's request cycle is what `send` is bound to."""
    cycle = getattr(send, "__self__", None)
    transport = getattr(cycle, "transport", None)
    if transport is None:
        raise RuntimeError("faults need to be the outermost layer of the server")
    transport.abort()
    # Until the server has noticed: it would else complain about an answer that never came.
    for _ in range(3):
        await asyncio.sleep(0)
