"""A sandbox full of open tickets, served by a process of its own; its counters."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

START = datetime(2025, 1, 1, tzinfo=UTC)
SERVER = """
import sys
from pathlib import Path
from supportctl.sandbox.conditions import Conditions
from supportctl.sandbox.server import serve
from supportctl.sandbox.store import Store
with Store(Path(sys.argv[1]), Conditions(job_seconds=float(sys.argv[2]))) as store, serve(store) as server:
    print(server.url, flush=True)
    sys.stdin.read()
"""


def fill(database: Path, platform: str, size: int) -> None:
    """A sandbox file with ``size`` open tickets that nothing keeps from being solved."""
    from supportctl.sandbox.loading import load_file
    from supportctl.sandbox.store import Store

    source = database.with_suffix(".ndjson")
    with source.open("w") as file:
        file.writelines(json.dumps(ticket(platform, number)) + "\n" for number in range(1, size + 1))
    with Store(database) as store:
        loaded = load_file(store, source, platform).loaded
        with store.write() as connection:
            connection.execute("ANALYZE")  # (else SQLite goes through a table where it could look rows up)
        store.checkpoint()
    source.unlink()
    if loaded != size:
        raise SystemExit(f"{platform}: {loaded:,} of {size:,} tickets were loaded")


def ticket(platform: str, number: int) -> dict[str, Any]:
    """In our own form, which any dialect makes its own. It has an assignee and a category: Zendesk's form asks."""
    created = START + timedelta(minutes=10 * number)
    return {
        "platform": platform, "profile": "bench", "id": str(number), "key": f"BENCH-{number}", "kind": "incident",
        "title": f"Export {number} does not arrive", "description": "The nightly export is missing again. " * 10,
        "status": "open", "priority": ("p2", "p3", "p4")[number % 3], "category": "booking", "channel": "email",
        "tags": ["export", ("north", "south")[number % 2]], "assignee": {"id": f"staff:{4 + number % 8}"},
        "requester": {"id": f"r{number % 500}", "name": f"Person {number % 500}"},
        "created_at": created.isoformat(), "updated_at": (created + timedelta(hours=3)).isoformat(),
    }  # fmt: skip


@contextmanager
def served(database: Path, job_seconds: float) -> Iterator[str]:
    """The address of the sandbox; no limits are enforced."""
    with subprocess.Popen(
        [sys.executable, "-c", SERVER, str(database), str(job_seconds)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as server:  # fmt: skip
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.communicate()


def take_counts(url: str) -> dict[str, Any]:
    """What the server counted since this was last asked; counting begins anew."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(urllib.request.Request(f"{url}/__sandbox/stats", method="DELETE")) as answer:
        found: dict[str, Any] = json.load(answer)
        return found


def account(url: str, platform: str) -> dict[str, str]:
    """Of the administrator: keys user, secret, auth."""
    from supportctl.sandbox.profiles import profiles

    return next(each for each in profiles(url) if each["platform"] == platform and each["deployment"] == "cloud")


def environment(url: str, platform: str, home: Path) -> dict[str, str]:
    """For `supportctl`, away from whatever the user has set up, and for the other clients."""
    signed = account(url, platform)
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("SUPPORTCTL_")},
        "SUPPORTCTL_CONFIG": str(home / "config.toml"),
        "SUPPORTCTL_STATE_DIR": str(home / "state"),
        "SUPPORTCTL_PLATFORM": platform,
        "SUPPORTCTL_URL": url,
        "SUPPORTCTL_AUTH": signed["auth"],
        "SUPPORTCTL_USER": signed["user"],
        "SUPPORTCTL_TOKEN": signed["secret"],
        "SUPPORTCTL_ALLOW_WRITES": "1",
        "ZENPY_FORCE_SCHEME": "http",
        "ZENPY_FORCE_NETLOC": url.removeprefix("http://"),
        "NO_PROXY": "127.0.0.1",
    }
