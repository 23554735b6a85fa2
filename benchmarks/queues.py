"""Long queues in a file, made from the sample company's tickets as the real adapter reads them over HTTP."""

import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

NEEDS = "comments,history,attachments,slas,links,custom"
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
"""The moment the sample company's queue stands at."""


def company(platform: str) -> list[dict[str, Any]]:
    """The sample company's tickets of one platform, whole, as ``supportctl list`` prints them."""
    from supportctl.sandbox.seeding import seed_store
    from supportctl.sandbox.server import serve
    from supportctl.sandbox.store import Store

    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "sandbox.sqlite") as store:
        seed_store(store, now=NOW)
        with serve(store) as server:
            done = subprocess.run(
                [sys.executable, "-m", "supportctl", "list", "-f", "ndjson", "-q", "--with", NEEDS],
                env=environment(server.url, platform),
                stdout=subprocess.PIPE,
                check=True,
            )
    return [json.loads(line) for line in done.stdout.splitlines()]


def environment(url: str, platform: str) -> dict[str, str]:
    """That of a process whose profile is the sandbox at ``url``."""
    from supportctl.sandbox.profiles import profiles

    account = next(each for each in profiles(url) if each["platform"] == platform)
    return {
        **os.environ,
        "SUPPORTCTL_PLATFORM": platform,
        "SUPPORTCTL_URL": url,
        "SUPPORTCTL_AUTH": account["auth"],
        "SUPPORTCTL_USER": account["user"],
        "SUPPORTCTL_TOKEN": account["secret"],
        "NO_PROXY": "127.0.0.1",
    }


def write(path: Path, tickets: list[dict[str, Any]], size: int) -> int:
    """``size`` tickets: copies under their own ids, keys and requesters. Returns the bytes written.

    What is finished is moved back in time by up to a year, as the bulk of a long queue is old; open tickets stay where
    they are.
    """
    with path.open("wb") as file:
        for line in _lines(tickets, size):
            file.write(line)
        return file.tell()


def _lines(tickets: list[dict[str, Any]], size: int) -> Iterator[bytes]:
    chance = random.Random(7)
    encoded = [json.dumps(ticket, ensure_ascii=False).encode() for ticket in tickets]
    for number in range(size):
        copy, which = divmod(number, len(tickets))
        if copy == 0:
            yield encoded[which] + b"\n"
            continue
        ticket = dict(tickets[which])
        ticket["id"] = str(10_000_000 + number)
        ticket["key"] = f"{ticket['key']}-{copy}"
        if ticket.get("requester"):
            ticket["requester"] = {**ticket["requester"], "id": f"{ticket['requester']['id']}:{copy}"}
        finished = ticket.get("status") in ("resolved", "closed", "cancelled")
        back = timedelta(minutes=chance.randrange(60 * 24 * 365) if finished else 0)
        for field in ("created_at", "updated_at", "resolved_at", "closed_at", "first_response_at"):
            if ticket.get(field):
                ticket[field] = (datetime.fromisoformat(ticket[field]) - back).isoformat()
        yield json.dumps(ticket, ensure_ascii=False).encode() + b"\n"


def bare(ticket: dict[str, Any]) -> dict[str, Any]:
    """The ticket as ``list`` prints it when nothing else is asked for."""
    fetched = ("comments", "history", "attachments", "slas", "links")
    unknown = {**ticket.get("unknown", {}), **dict.fromkeys(fetched, "not_fetched")}
    return {**{name: value for name, value in ticket.items() if name not in fetched}, "unknown": unknown}
