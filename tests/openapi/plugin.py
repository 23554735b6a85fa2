"""Exchanges with the sandbox in a test run, checked against the vendors' descriptions (with ``--recordings``)."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any

import pytest

from tests.openapi.description import PREFIXES, Description, Exchange

DAMAGED = b"x-damaged"
"""Marks requests that are wrong on purpose: what comes of them is held against no description."""


class Tap:
    """ASGI middleware in front of a sandbox's application, behind its faults; shows ``look`` every exchange."""

    def __init__(self, app: Any, look: Callable[[Exchange], None]) -> None:
        self.app = app
        self.look = look

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(
            tuple(each for prefixes in PREFIXES.values() for each in prefixes)
        ):
            await self.app(scope, receive, send)
            return
        sent, got = [], []
        start: dict[str, Any] = {}

        async def receiving() -> Any:
            message = await receive()
            sent.append(message.get("body", b""))
            return message

        async def sending(message: Any) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                got.append(message.get("body", b""))
            await send(message)

        await self.app(scope, receiving, sending)
        if any(name == DAMAGED for name, _ in scope["headers"]):
            return
        asked = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        told = {name.lower(): value.decode("latin-1") for name, value in start.get("headers", [])}
        self.look(
            Exchange(
                method=scope["method"],
                path=scope["path"],
                query=scope["query_string"].decode("latin-1"),
                request_type=asked.get(b"content-type", ""),
                request=b"".join(sent),
                status=start.get("status", 0),
                answer_type=told.get(b"content-type", ""),
                answer=b"".join(got),
                ours=asked.get(b"user-agent", "").startswith("supportctl/"),
            )
        )


class Checking:
    """Checks every exchange with every sandbox of the run; at its end prints, and fails it for what is not excepted."""

    def __init__(self, folder: Path, *, whole: bool) -> None:
        self.whole = whole
        self.descriptions = {name: Description.read(folder, name) for name in PREFIXES}
        self.lock = Lock()
        self.figures: Counter[str] = Counter()
        self.problems: Counter[str] = Counter()
        self._tap()

    def _tap(self) -> None:
        from supportctl.sandbox import server

        plain = server.create_app

        def tapped(store: Any) -> Any:
            app = plain(store)
            app.add_middleware(Tap, look=self.check)
            return app

        server.create_app = tapped

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output["openapi"] = (dict(self.figures), dict(self.problems))
        elif self.unexcused() or self.unused():
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        figures, problems = getattr(node, "workeroutput", {}).get("openapi", ({}, {}))
        self.figures.update(figures)
        self.problems.update(problems)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if not self.figures:
            return
        terminalreporter.section("exchanges against the vendors' descriptions")
        for name in PREFIXES:
            figures = {key.partition(" ")[2]: number for key, number in self.figures.items() if key.startswith(name)}
            told = ", ".join(f"{number:,} {key}" for key, number in sorted(figures.items()))
            terminalreporter.write_line(f"{name}: {told}")
        for text, reason in exceptions().items():
            times = sum(number for problem, number in self.problems.items() if re.search(text, problem))
            if times:
                terminalreporter.write_line(f"excepted {times:>5}: {text}: {reason}")
        for problem in sorted(self.unexcused()):
            terminalreporter.write_line(f"NOT AS DESCRIBED: {problem}", red=True)
        for text in self.unused():
            terminalreporter.write_line(f"exception no longer needed: {text}", red=True)

    def unexcused(self) -> list[str]:
        known = [re.compile(text) for text in exceptions()]
        return [problem for problem in self.problems if not any(pattern.search(problem) for pattern in known)]

    def unused(self) -> list[str]:
        """Exceptions nothing needed, when the whole suite ran."""
        if not self.whole:
            return []
        return [text for text in exceptions() if not any(re.search(text, problem) for problem in self.problems)]

    def check(self, exchange: Exchange) -> None:
        name = next(name for name, prefixes in PREFIXES.items() if exchange.path.startswith(prefixes))
        description = self.descriptions[name]
        covered = description.operation(exchange.method, exchange.path) is not None
        problems = [f"{name} {problem}" for problem in description.problems(exchange)]
        with self.lock:
            self.figures[
                f"{name} exchanges checked" if covered else f"{name} exchanges with a path the file lacks"
            ] += 1
            self.figures[f"{name} requests of ours among them"] += covered and exchange.ours
            self.problems.update(problems)


def exceptions() -> dict[str, str]:
    """Pattern of a problem -> why it is none."""
    with (Path(__file__).parent / "exceptions.toml").open("rb") as file:
        return {entry["problem"]: entry["reason"] for entry in tomllib.load(file)["exception"]}
