"""Exchanges with the sandbox in a test run, checked against the vendors' descriptions (with ``--recordings``)."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.openapi.description import PREFIXES, Description, Exchange

KEPT = 12
"""Exchanges of one kind (operation, names in the query, status) that are checked in each test process."""
_ID = re.compile(r"(?<!/api)/(?:\d+|[A-Z][A-Z0-9]+-\d+|V3-[0-9a-f]+)(?=[/.]|$)")


class Recorder:
    """Keeps some exchanges of each kind, and counts all."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[Any, ...]] = Counter()
        self.kept: list[Exchange] = []

    def take(self, exchange: Exchange) -> None:
        names = tuple(sorted(re.findall(r"(?:^|&)([^=&]+)", exchange.query)))
        kind = (exchange.method, _ID.sub("/{id}", exchange.path), names, exchange.status, exchange.ours)
        self.counts[kind] += 1
        if self.counts[kind] <= KEPT:
            self.kept.append(exchange)


class Tap:
    """ASGI middleware in front of a sandbox's application, behind its faults."""

    def __init__(self, app: Any, recorder: Recorder) -> None:
        self.app = app
        self.recorder = recorder

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
        asked = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        told = {name.lower(): value.decode("latin-1") for name, value in start.get("headers", [])}
        self.recorder.take(
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
    """Taps every sandbox of the run, checks at its end, prints, and fails the run for what is not excepted."""

    def __init__(self, folder: Path, *, whole: bool) -> None:
        self.folder = folder
        self.whole = whole
        self.recorder = Recorder()
        self.figures: Counter[str] = Counter()
        self.problems: Counter[str] = Counter()
        self._tap()

    def _tap(self) -> None:
        from supportctl.sandbox import server

        plain = server.create_app

        def tapped(store: Any) -> Any:
            app = plain(store)
            app.add_middleware(Tap, recorder=self.recorder)
            return app

        server.create_app = tapped

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        self._check()
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
            told = ", ".join(f"{number:,} {key}" for key, number in sorted(figures.items(), reverse=True))
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

    def _check(self) -> None:
        for name, prefixes in PREFIXES.items():
            mine = [exchange for exchange in self.recorder.kept if exchange.path.startswith(prefixes)]
            if not mine:
                continue
            description = Description.read(self.folder, name)
            for kind, number in self.recorder.counts.items():
                if kind[1].startswith(prefixes):
                    self.figures[f"{name} exchanges"] += number
            for exchange in mine:
                covered = description.operation(exchange.method, exchange.path) is not None
                self.figures[
                    f"{name} {'checked' if covered else 'checked in vain: the file does not have the path'}"
                ] += 1
                self.figures[f"{name} requests of ours checked"] += covered and exchange.ours
                self.problems.update({f"{name} {problem}" for problem in description.problems(exchange)})


def exceptions() -> dict[str, str]:
    """Pattern of a problem -> why it is none."""
    with (Path(__file__).parent / "exceptions.toml").open("rb") as file:
        return {entry["problem"]: entry["reason"] for entry in tomllib.load(file)["exception"]}
