"""A platform that tries to get our credentials elsewhere, against every command that talks to one.

The hostile server answers every request with a redirect, a next link, an error or rubbish that names a second server;
the second server keeps what it is sent. The secret must reach the first server only, and must be in no output, file
or process list.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from supportctl.exits import Exit

SECRET = "s3cr3t-t0ken-never-shown-91xz"
USER = "ops@example.com"
SIGNS = {
    "plain": SECRET,
    "basic": base64.b64encode(f"{USER}:{SECRET}".encode()).decode(),
    "zendesk": base64.b64encode(f"{USER}/token:{SECRET}".encode()).decode(),
    "in quotes": SECRET.replace("-", "%2D"),
}
PROFILES = {"zendesk": "api_token", "jsm": "api_token", "servicenow": "basic"}
KEYS = {"zendesk": "#1", "jsm": "SUP-1", "servicenow": "INC0010001"}
COMMANDS = (
    ("check",),
    ("list", "--format", "ndjson", "--limit", "5"),
    ("list", "--view", "Mine", "--format", "ndjson"),
    ("query", "explain", "status:open"),
    ("show", "KEY"),
    ("tag", "add", "vpn", "KEY", "--yes"),
    ("audit", "--limit", "5"),
)


MODES = ["redirect", "permanent redirect", "links", "unauthorized", "forbidden", "login page", "broken", "empty"]


def some(mode: str, platform: str) -> list[tuple[str, ...]]:
    """Two commands; over all modes of a platform each comes twice or more."""
    first = MODES.index(mode) + list(PROFILES).index(platform)
    return [COMMANDS[(first + step) % len(COMMANDS)] for step in (0, 3)]


class Server:
    """Answers with ``answer(path, other)`` and keeps the headers of every request."""

    def __init__(self, host: str) -> None:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                server.seen.append((self.path, dict(self.headers), body))
                status, headers, content = server.answer(self.path)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_GET  # noqa: N815 - the handler's own names

            def log_message(self, *_: Any) -> None:
                pass

        self.seen: list[tuple[str, dict[str, str], bytes]] = []
        self.mode = "empty"
        self.other = ""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://{host}:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str) -> tuple[int, dict[str, str], bytes]:
        away = f"{self.other}{path}"
        kind = {"Content-Type": "application/json"}
        match self.mode:
            case "redirect":
                return 302, {"Location": away}, b""
            case "permanent redirect":
                return 308, {"Location": away}, b""
            case "links":
                return 200, {**kind, "Link": f'<{away}>;rel="next"'}, json.dumps(bait(away)).encode()
            case "unauthorized":
                body = {"error": f"bad {SECRET}", "errorMessages": [SECRET], "detail": SECRET}
                return 401, {**kind, "WWW-Authenticate": f'Basic realm="{SECRET}"'}, json.dumps(body).encode()
            case "forbidden":
                return 403, kind, json.dumps({"error": {"message": SECRET, "detail": SECRET, "title": SECRET}}).encode()
            case "login page":
                return 200, {"Content-Type": "text/html"}, f"<html>{SECRET}<a href='{away}'>".encode()
            case "broken":
                return 200, kind, f'{{"tickets": [{{"id": "{SECRET}'.encode()
            case _:
                return 200, kind, b"{}"


def bait(url: str) -> dict[str, Any]:
    """An answer that is a first page on any platform, whose every link leads away."""
    person = {"id": 1, "name": "Ops", "email": USER, "role": "admin", "verified": True}
    ticket = {"id": 1, "url": url, "subject": "x", "status": "open", "tags": [], "updated_at": "2026-01-01T00:00:00Z"}
    issue = {"id": "1", "key": "SUP-1", "self": url, "fields": {"summary": "x", "labels": []}}
    record = {"sys_id": {"value": "a" * 32, "display_value": "a" * 32}, "number": {"value": "INC0010001"}}
    return {
        "user": person,
        "users": [person],
        "accountId": "1",
        "displayName": "Ops",
        "tickets": [ticket],
        "ticket": ticket,
        "results": [ticket],
        "next_page": url,
        "after_url": url,
        "after_cursor": "abc",
        "links": {"next": url},
        "meta": {"has_more": True, "after_cursor": "abc"},
        "end_of_stream": False,
        "issues": [issue],
        **issue,
        "nextPageToken": "abc",
        "isLast": False,
        "result": [record],
        "deploymentType": "Cloud",
    }


@pytest.fixture
def servers() -> Iterator[tuple[Server, Server]]:
    home, elsewhere = Server("127.0.0.1"), Server("localhost")
    home.other = elsewhere.url
    yield home, elsewhere
    home.stop()
    elsewhere.stop()


def run(home: Server, platform: str, place: Path, arguments: list[str]) -> tuple[int, str, list[str]]:
    """The exit code, everything the command printed, and the command lines of its processes while it ran."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("SUPPORTCTL_")},
        "SUPPORTCTL_CONFIG": str(place / "config.toml"),
        "SUPPORTCTL_STATE_DIR": str(place / "state"),
        "SUPPORTCTL_PLATFORM": platform,
        "SUPPORTCTL_URL": home.url,
        "SUPPORTCTL_AUTH": PROFILES[platform],
        "SUPPORTCTL_USER": USER,
        "SUPPORTCTL_TOKEN": SECRET,
        "SUPPORTCTL_ALLOW_WRITES": "1",
        "ZENPY_FORCE_NETLOC": home.other.removeprefix("http://"),
        "ZENPY_FORCE_SCHEME": "http",
    }
    command = [sys.executable, "-m", "supportctl", *arguments, "--debug", "--max-wait", "0"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        lines = [Path(f"/proc/{process.pid}/cmdline").read_text()] if Path("/proc").exists() else []
        output, _ = process.communicate(timeout=60)
    return process.returncode, output.decode(errors="replace"), lines


@pytest.mark.night
@pytest.mark.parametrize("platform", PROFILES)
@pytest.mark.parametrize("mode", MODES)
def test_nothing_leaks(servers: tuple[Server, Server], mode: str, platform: str, tmp_path: Path) -> None:
    home, elsewhere = servers
    home.mode = mode
    said = ""
    for command in some(mode, platform):
        code, output, processes = run(home, platform, tmp_path, [KEYS[platform] if w == "KEY" else w for w in command])
        said += output + "".join(processes)
        assert code != Exit.INTERNAL, output
    assert any("authorization" in {name.lower() for name in headers} for _, headers, _ in home.seen), "never signed in"
    for path, headers, body in elsewhere.seen:
        assert "authorization" not in {name.lower() for name in headers}, path
        assert not any(sign in str(headers) + path + body.decode(errors="replace") for sign in SIGNS.values())
    kept = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()).decode(errors="replace")
    for name, sign in SIGNS.items():
        assert sign not in said, f"{name}: printed"
        assert sign not in kept, f"{name}: kept in a file"
