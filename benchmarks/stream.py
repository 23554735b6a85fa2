"""How long queues stream: memory, the first row, and tickets a second beside the vendors' clients.

    python benchmarks/stream.py [--sizes 20000 200000] [--platforms zendesk jsm servicenow] [--runs 3]

A sandbox is filled with made-up tickets of some 2 KB and served by a process of its own, its rate limits raised a
thousandfold (at the published ones every client would wait most of the time). Then, for each size and in turn, whole
processes read every ticket: `supportctl list --format ndjson`, and what zenpy and jira do when they are used as their
documentation shows, printing each ticket's key. Printed: peak resident memory, time to the first row, tickets a
second (medians of the runs), the ratio to supportctl of the same round, and the growth of memory in bytes a ticket
between the sizes (Linux only). Every program must have printed every ticket exactly once, else it is an error. Not
measured: a real platform's answer time, networks, TLS.
"""

import argparse
import itertools
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import queues

START = datetime(2024, 1, 1, tzinfo=UTC)
TEXT = (
    "printer invoice vpn login password mailbox booking timeout error update laptop screen account export delivery "
    "refund licence calendar sync phone network access report payment browser certificate backup queue storage"
)
WORDS = TEXT.split()

PEAK = """
import atexit, os, sys
def tell():
    # The high-water mark of this process alone; getrusage() counts the process it was forked from too.
    with open("/proc/self/status") as file:
        peak = next(line.split()[1] for line in file if line.startswith("VmHWM"))
    with open(os.environ["PEAK_FILE"], "w") as file:
        file.write(peak)
atexit.register(tell)
"""

OURS = """
from supportctl.__main__ import main
sys.exit(main(sys.argv[1:]))
"""

ZENPY = """
from zenpy import Zenpy
host = sys.argv[1].removeprefix("http://")
import zenpy.lib.api_objects
subdomain, _, domain = host.partition(".")
import requests
class Plain(requests.Session):
    # zenpy speaks https only; everything else is as it is.
    def request(self, method, url, **more):
        return super().request(method, url.replace("https://", "http://", 1), **more)
session = Plain()
session.auth = (sys.argv[2] + "/token", sys.argv[3])
session.authorized = True
client = Zenpy(subdomain=subdomain, domain=domain, session=session)
for ticket in client.tickets(cursor_pagination=True):
    print(ticket.id, flush=False)
"""

JIRA = """
from jira import JIRA
client = JIRA(sys.argv[1], basic_auth=(sys.argv[2], sys.argv[3]))
token = None
while True:
    page = client.enhanced_search_issues(
        "created >= '2000-01-01' ORDER BY created ASC", nextPageToken=token, maxResults=100
    )
    for issue in page:
        print(issue.key)
    token = page.nextPageToken
    if not token:
        break
"""

SERVER = """
import sys
from pathlib import Path
from supportctl.sandbox.conditions import Conditions
from supportctl.sandbox.server import serve
from supportctl.sandbox.store import Store
with Store(Path(sys.argv[1]), Conditions(limit_factor=1000)) as store, serve(store) as server:
    print(server.url, flush=True)
    sys.stdin.read()
"""


class Sample(NamedTuple):
    """One process: seconds to the first row and to the end, peak resident memory in bytes, distinct rows."""

    first: float
    total: float
    peak: int
    rows: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[20_000, 200_000])
    parser.add_argument("--platforms", nargs="+", choices=list(MAKERS), default=list(MAKERS))
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    failed = False
    for platform in asked.platforms:
        medians: dict[str, list[tuple[int, int]]] = {}
        for size in asked.sizes:
            with tempfile.TemporaryDirectory() as folder, served(Path(folder), platform, size) as url:
                rounds = [
                    {name: sample(command, environment) for name, command, environment in programs(platform, url)}
                    for _ in range(asked.runs)
                ]
            failed |= report(platform, size, rounds)
            for name in rounds[0]:
                peak = int(statistics.median(samples[name].peak for samples in rounds))
                medians.setdefault(name, []).append((size, peak))
        for name, peaks in medians.items():
            for (small, low), (large, high) in itertools.pairwise(peaks):
                growth = (high - low) / (large - small)
                print(f"{platform:<11} {name:<26} {growth:>8.0f} bytes of memory a ticket from {small:,} to {large:,}")
        print()
    sys.exit(1 if failed else 0)


def programs(platform: str, url: str) -> Iterator[tuple[str, list[str], dict[str, str]]]:
    """Name, command line and environment of what is compared."""
    environment = queues.environment(url, platform)
    yield "supportctl list", [sys.executable, "-c", PEAK + OURS, "list", "-f", "ndjson", "-q"], environment
    script = {"zendesk": ZENPY, "jsm": JIRA}.get(platform)
    if script is not None:
        name = {"zendesk": "zenpy, tickets()", "jsm": "jira, search issues"}[platform]
        yield (
            name,
            [sys.executable, "-c", PEAK + script, url, environment["SUPPORTCTL_USER"], environment["SUPPORTCTL_TOKEN"]],
            environment,
        )


def sample(command: list[str], environment: dict[str, str]) -> Sample:
    """Run a process to its end. Rows are told apart by their key."""
    begin = time.perf_counter()
    first = 0.0
    seen: set[str] = set()
    rows = 0
    with tempfile.NamedTemporaryFile("r") as peak:
        process = subprocess.Popen(
            command, env={**environment, "PEAK_FILE": peak.name}, stdout=subprocess.PIPE, bufsize=1 << 20
        )
        assert process.stdout is not None
        for line in process.stdout:
            if not rows:
                first = time.perf_counter() - begin
            rows += 1
            seen.add(json.loads(line)["key"] if line.startswith(b"{") else line.decode().strip())
        code = process.wait()
        total = time.perf_counter() - begin
        if code:
            raise SystemExit(f"{command[0]} … {' '.join(command[3:5])} ended with {code}")
        return Sample(first, total, int(peak.read()) * 1024, len(seen) if len(seen) == rows else -rows)


def report(platform: str, size: int, rounds: list[dict[str, Sample]]) -> bool:
    """Print the figures; True when a program did not print every ticket exactly once."""
    print(f"{platform}, {size:,} tickets, {len(rounds)} rounds")
    print(f"{'':<11} {'program':<26} {'peak MiB':>9} {'first row s':>12} {'tickets/s':>10} {'ratio':>6}")
    failed = False
    for name in rounds[0]:
        samples = [each[name] for each in rounds]
        ratio = statistics.median(each["supportctl list"].total / each[name].total for each in rounds)
        peak = statistics.median(each.peak for each in samples) / 1024**2
        first = statistics.median(each.first for each in samples)
        rate = statistics.median(size / each.total for each in samples)
        print(f"{'':<11} {name:<26} {peak:>9.1f} {first:>12.2f} {rate:>10,.0f} {ratio:>6.2f}")
        if any(each.rows != size for each in samples):
            print(f"{'':<11} {name}: ERROR: {sorted({each.rows for each in samples})} rows (negative: with repeats)")
            failed = True
    return failed


@contextmanager
def served(folder: Path, platform: str, size: int) -> Iterator[str]:
    """A sandbox with that many tickets, served by another process; its address."""
    from supportctl.sandbox.loading import load_file
    from supportctl.sandbox.seeding import seed_store
    from supportctl.sandbox.store import Store

    source, database = folder / "tickets", folder / "sandbox.sqlite"
    MAKERS[platform](source, size)
    with Store(database) as store:
        seed_store(store)
        load_file(store, source, platform)
        store.checkpoint()
    source.unlink()
    with subprocess.Popen(
        [sys.executable, "-c", SERVER, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.communicate()


def texts(number: int) -> tuple[str, str]:
    """A title and a body of some 1.5 KB."""
    words = random.Random(number).choices(WORDS, k=250)  # (made-up text, the same in every run)
    return f"{' '.join(words[:6])} {number}", " ".join(words)


def zendesk(path: Path, size: int) -> None:
    with path.open("w") as file:
        for number in range(1, size + 1):
            title, body = texts(number)
            at = f"{START + timedelta(minutes=5 * number):%Y-%m-%dT%H:%M:%SZ}"
            doc = {
                "id": number, "subject": title, "description": body, "created_at": at, "updated_at": at,
                "status": ("new", "open", "pending", "solved")[number % 4], "priority": ("low", "normal")[number % 2],
                "requester_id": 9000 + number % 500, "assignee_id": None, "tags": [WORDS[number % 20]],
                "via": {"channel": "web"},
            }  # fmt: skip
            file.write(json.dumps(doc) + "\n")


def jira(path: Path, size: int) -> None:
    category = {"id": 4, "key": "indeterminate", "name": "In Progress", "colorName": "yellow"}
    with path.open("w") as file:
        for number in range(1, size + 1):
            title, body = texts(number)
            at = f"{START + timedelta(minutes=5 * number):%Y-%m-%dT%H:%M:%S}.000+0000"
            fields: dict[str, Any] = {
                "summary": title, "description": body, "created": at, "updated": at, "labels": [WORDS[number % 20]],
                "status": {"id": "3", "name": "In Progress", "statusCategory": category},
                "priority": {"id": "3", "name": "Medium"}, "issuetype": {"id": "10001", "name": "Incident"},
                "project": {"id": "10000", "key": "BENCH", "name": "Bench"}, "resolution": None, "assignee": None,
                "reporter": {"accountId": f"557058:{number % 500}", "displayName": f"Person {number % 500}"},
            }  # fmt: skip
            file.write(json.dumps({"id": str(100_000 + number), "key": f"BENCH-{number}", "fields": fields}) + "\n")


def servicenow(path: Path, size: int) -> None:
    columns = ("number", "incident_state", "active", "opened_at", "sys_created_at", "sys_updated_at", "caller_id",
               "category", "subcategory", "impact", "urgency", "priority", "assignment_group",
               "assigned_to")  # fmt: skip
    with path.open("w") as file:
        file.write(",".join(columns) + "\n")
        for number in range(1, size + 1):
            at = f"{START + timedelta(minutes=5 * number):%d/%m/%Y %H:%M}"
            row = (f"INC{number:07}", ("New", "Active", "Resolved")[number % 3], "true", at, at, at,
                   f"Caller {number % 500}", f"Category {number % 20}", "?", "2 - Medium", "2 - Medium",
                   "3 - Moderate", f"Group {number % 30}", "?")  # fmt: skip
            file.write(",".join(row) + "\n")


MAKERS: dict[str, Callable[[Path, int], None]] = {"zendesk": zendesk, "jsm": jira, "servicenow": servicenow}

if __name__ == "__main__":
    main()
