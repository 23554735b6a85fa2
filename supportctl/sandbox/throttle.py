"""The rate limits of all dialects, as a layer around the application."""

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from supportctl.sandbox.front import Ask
from supportctl.sandbox.meter import Meter

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from supportctl.sandbox.dialects import Door
    from supportctl.sandbox.stats import Stats
    from supportctl.sandbox.store import Store


def ask_of(scope: "Scope", body: bytes = b"") -> Ask:
    """The request of an ASGI scope."""
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    return Ask(
        method=scope["method"],
        path=scope["path"],
        query=parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True),
        headers=headers,
        body=body,
        base=f"{scope.get('scheme', 'http')}://{headers.get('host', '127.0.0.1')}",
    )


BYPASS = b"x-sandbox-bypass"
"""Requests with this header meet neither limits nor faults: a test's own hand behind the platform's back."""


def door_of(path: str) -> "tuple[str, Door] | None":
    """The door whose path this is, and its name."""
    from supportctl.sandbox.dialects import doors

    for name, door in doors().items():
        if path.startswith(door.PATHS):
            return name, door
    return None


class Throttle:
    """Counts every request by the published limits, tells the state in headers, refuses what goes beyond.

    A refused request never reaches the platform; it is counted as a violation.
    """

    def __init__(self, app: "ASGIApp", store: "Store", stats: "Stats") -> None:
        self.app = app
        self.store = store
        self.stats = stats
        self.meter = Meter()

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        found = door_of(scope["path"]) if scope["type"] == "http" else None
        if found is None or any(name == BYPASS for name, _ in scope["headers"]):
            await self.app(scope, receive, send)
            return
        name, door = found
        ask = ask_of(scope)
        factor = self.store.conditions.limit_factor
        charges = [(replace(limit, requests=limit.requests * factor), key) for limit, key in door.front.limits(ask)]
        states = self.meter.take(charges, self.store.now().timestamp(), enforced=self.store.conditions.limits)
        extra = [(name.lower().encode(), value.encode()) for name, value in door.front.headers(states).items()]

        async def send_told(message: "Message") -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message.get("headers", [])}
                message["headers"] = [*message.get("headers", []), *(h for h in extra if h[0] not in present)]
            await send(message)

        if spent := [state for state in states if state.over]:
            for state in spent:
                self.stats.violation(f"{name} {state.limit.name}")
            await door.front.refusal(spent, ask)(scope, receive, send_told)
            return
        await self.app(scope, receive, send_told)
