"""Bulk work killed at random points and resumed: does every change happen exactly once?

    python benchmarks/crash_bulk.py [--tickets 500] [--kills 200] [--platform zendesk|jsm|servicenow] [--seed N]

A mixed plan (two tags, an internal comment, closing with a code) is applied to a queue on the sandbox with faults on
(429, 5xx and resets before and after commit, slow and cut-off answers). The process is killed with SIGKILL after a
random number of requests and a few random milliseconds, resumed, killed again, until it ends; then the queue is
restored and it starts anew, until there were as many kills as asked for. What is true is told by SQL over the sandbox's
file. The script ends with 1 when a ticket has the comment not exactly once, or is not as planned.
"""

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

from bulk import desk, exactly

PLATFORMS = ("zendesk", "jsm", "servicenow")
KINDS = ("429", "5xx before commit", "5xx after commit", "reset before commit", "reset after commit", "slow body",
         "cut-off body", "truncated JSON")  # fmt: skip
RATE = 0.05
"""Share of requests that meet a fault."""
REACH = {"zendesk": 0.08, "jsm": 0.8, "servicenow": 0.2}
"""Requests per ticket within which a kill falls, so that most queues are killed a few times on their way."""
NOTHING_LEFT = 3
"""What `resume` ends with when the kill came after the last ticket."""
PATIENCE = 400
"""Resumes of one queue before the harness gives up."""


class Tally(NamedTuple):
    platform: str
    queues: int
    kills: int
    resumes: int
    faults: int
    resent: int
    """Steps the tool itself sent again, having seen that they had not happened."""
    repeats: int
    """Comments that are there more than once."""
    losses: int
    """Tickets that are not as planned, or lack the comment."""
    seconds: float


def crash(platform: str, tickets: int, kills: int, seed: int) -> Tally:
    """Kill and resume until ``kills`` kills have happened and every queue begun was finished."""
    rng = random.Random(seed)
    begin = time.monotonic()
    totals = dict.fromkeys(("queues", "kills", "resumes", "faults", "resent", "repeats", "losses"), 0)
    with tempfile.TemporaryDirectory(prefix="crash-") as folder:
        home = Path(folder)
        filled = home / "filled.sqlite"
        desk.fill(filled, platform, tickets)
        while totals["kills"] < kills:
            queue = home / f"queue{totals['queues']}"
            queue.mkdir()
            shutil.copyfile(filled, queue / "sandbox.sqlite")
            found = _one_queue(queue, platform, tickets, kills - totals["kills"], rng)
            for name, number in found.items():
                totals[name] += number
            totals["queues"] += 1
            shutil.rmtree(queue)
    return Tally(platform=platform, seconds=time.monotonic() - begin, **totals)


def _one_queue(home: Path, platform: str, tickets: int, most: int, rng: random.Random) -> dict[str, int]:
    from supportctl.sandbox.conditions import Conditions
    from supportctl.sandbox.server import serve
    from supportctl.sandbox.store import Store

    counts = dict.fromkeys(("kills", "resumes", "faults", "resent", "repeats", "losses"), 0)
    with Store(home / "sandbox.sqlite") as store, serve(store) as server:
        environment = desk.environment(server.url, platform, home)
        plan = home / "mixed.plan"
        _planned(plan, platform, tickets, environment)
        store.conditions = Conditions(
            faults=rng.randrange(10**9), fault_rate=RATE, fault_kinds=KINDS, slow_seconds=0.05, job_seconds=0.2
        )
        stats = server.app.state.stats
        command = ["plan", "apply", str(plan), "--yes", "--max-changes", str(tickets), "--settle", "0.3"]
        for attempt in range(PATIENCE):
            limit = rng.randint(1, max(8, round(tickets * REACH[platform]))) if counts["kills"] < most else None
            code, killed = _run(command, environment, stats, limit, rng.uniform(0, 0.03))
            counts["kills"] += killed
            counts["resumes"] += attempt > 0
            if code in (0, NOTHING_LEFT):
                break
            if not killed and code not in (5, 6):
                raise SystemExit(f"{platform}: supportctl ended with {code}:\n{(home / 'err').read_text()[-2000:]}")
            command = ["resume", "--settle", "0.3"]
        else:
            raise SystemExit(f"{platform}: not done after {PATIENCE} resumes")
        counts["faults"] = sum(stats.as_dict()["faults"].values())
    counts["resent"] = exactly.resent(home / "state" / "journal.db")
    truth = exactly.counted(home / "sandbox.sqlite", platform)
    counts["repeats"] = truth.comments_too_many
    counts["losses"] = tickets - truth.right
    return counts


def _planned(plan: Path, platform: str, tickets: int, environment: dict[str, str]) -> None:
    words = ["close", "status:open", "--limit", "all", "--tag", "crash-one,crash-two", "--note", exactly.NOTE]
    words += exactly.CLOSING[platform]
    words += ["--even-if", "customer-replied", "--even-if", "open-children", "--plan", str(plan)]
    done = subprocess.run(
        [sys.executable, "-m", "supportctl", *words, "--max-changes", str(tickets), "-q"],
        env=environment, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{platform}: no plan:\n{done.stderr[-2000:]}")


def _run(
    words: list[str], environment: dict[str, str], stats: Any, limit: int | None, delay: float
) -> tuple[int, bool]:
    """Run, and kill ``delay`` seconds after ``limit`` further requests. ``(exit code, whether it was killed)``."""
    start = stats.requests.total()
    command = [sys.executable, "-m", "supportctl", *words, "-q", "--format", "ndjson"]
    with (Path(environment["SUPPORTCTL_STATE_DIR"]).parent / "err").open("w") as errors:
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=errors)
        while process.poll() is None:
            if limit is not None and stats.requests.total() - start >= limit:
                time.sleep(delay)
                process.kill()
                process.wait()
                return process.returncode, True
            time.sleep(0.001)
    return process.returncode, False


COLUMNS = ("platform", "queues", "tickets", "kills", "resumes", "faults", "sent again", "repeats", "losses", "seconds")


def table(tallies: list[Tally], tickets: int) -> str:
    rows = [COLUMNS, *(_row(tally, tickets) for tally in tallies)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(COLUMNS))]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


def _row(tally: Tally, tickets: int) -> tuple[str, ...]:
    numbers = (tally.queues, tickets, *tally[2:8])
    return (tally.platform, *(f"{number:,}" for number in numbers), f"{tally.seconds:.0f}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tickets", type=int, default=500)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--platform", action="append", choices=PLATFORMS)
    asked = parser.parse_args()
    tallies = [crash(platform, asked.tickets, asked.kills, asked.seed) for platform in asked.platform or PLATFORMS]
    print(table(tallies, asked.tickets))
    return int(any(tally.repeats or tally.losses for tally in tallies))


if __name__ == "__main__":
    raise SystemExit(main())
