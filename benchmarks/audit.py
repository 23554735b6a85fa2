"""How fast the audit goes through a file, and what memory it takes, beside merely decoding the same file.

    python benchmarks/audit.py [--sizes 10000 100000 1000000] [--threads] [--runs 1]

Files are made from the sample company's tickets as the adapter reads them over HTTP, copied under their own ids,
requesters and times: without ``--threads`` as ``supportctl list`` prints them (no comments, history, links), with it
whole. Printed for each size: mean bytes a line and characters of description; then, as whole processes in turn,
decoding alone, the rules of the core profile that do not read all text with one process and with as many as there
are cores, each with tickets a second, the ratio of its time to decoding and peak memory (of the parent, of the
largest worker, and an upper bound of all together). The rules that read all text follow, each alone, in MB of text a
second, on the second size where there is one: on fewer tickets starting would cost more than the text. Last the growth
of cost: seconds a ticket at each size over those at the smallest. Linux only (memory). Findings are written to a file
as NDJSON. Not measured: reading from a platform, other forms of output.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

import queues

PEAK = """
import atexit, os, resource, sys
def tell():
    with open("/proc/self/status") as file:
        peak = int(next(line.split()[1] for line in file if line.startswith("VmHWM")))
    worker = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    with open(os.environ["PEAK_FILE"], "w") as file:
        file.write(f"{peak} {worker}")
"""
OURS = (
    PEAK
    + """
if __name__ == "__main__":
    atexit.register(tell)
    from supportctl.__main__ import main
    sys.exit(main(sys.argv[1:]))
"""
)
DECODE = (
    PEAK
    + """
import msgspec
from supportctl.model import Ticket
atexit.register(tell)
decode = msgspec.json.Decoder(Ticket).decode
with open(sys.argv[1], "rb") as file:
    for line in file:
        decode(line)
"""
)


MOMENT = f"{queues.NOW:%Y-%m-%dT%H:%MZ}"
"""When the queue is looked at: later, every open ticket of it would be stale."""


class Sample(NamedTuple):
    """Seconds; peak memory of the process and of its largest child, in bytes."""

    seconds: float
    peak: int
    worker: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--threads", action="store_true", help="with comments, history and links")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--platform", default="servicenow")
    asked = parser.parse_args()
    tickets = queues.company(asked.platform)
    if not asked.threads:
        tickets = [queues.bare(ticket) for ticket in tickets]
    quick, slow = _codes()
    print(f"{asked.platform}, {'whole tickets' if asked.threads else 'as listed'}; rules: {' '.join(quick)}")
    print(
        f"{'tickets':>10} {'':<24} {'seconds':>8} {'tickets/s':>10} {'ratio':>6}"
        f" {'parent':>7} {'worker':>7} {'all':>6} MiB"
    )
    costs: dict[str, list[tuple[int, float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "queue.ndjson"
        for size in asked.sizes:
            total = queues.write(path, tickets, size)
            if size == asked.sizes[0]:
                body = statistics.mean(len(ticket.get("description") or "") for ticket in tickets)
                print(f"{'':>10} {total / size:,.0f} bytes a line, {body:,.0f} characters of description")
            for name, seconds in measure(path, size, quick, asked.runs).items():
                costs.setdefault(name, []).append((size, seconds))
        enough = asked.sizes[:2][-1]
        queues.write(path, tickets, enough)
        texts(path, tickets, enough, slow)
    for name, points in costs.items():
        first = points[0][1] / points[0][0]
        print(f"{name:<24} " + ", ".join(f"{cost / size / first:.2f} at {size:,}" for size, cost in points))


def measure(path: Path, size: int, quick: list[str], runs: int) -> dict[str, float]:
    """Median seconds of decoding, of one process, of as many as there are cores."""
    cores = len(os.sched_getaffinity(0))
    wanted = [word for code in quick for word in ("--rule", code)]
    command = ["audit", "--file", str(path), *wanted, "-f", "ndjson", "-q", "--exit-zero", "--now", MOMENT]
    programs = {
        "decoding": [sys.executable, "-c", DECODE, str(path)],
        "core rules": [sys.executable, OURS, *command, "--jobs", "1"],
    }
    if cores > 1:
        programs[f"core rules, {cores} processes"] = [sys.executable, OURS, *command, "--jobs", str(cores)]
    samples: dict[str, list[Sample]] = {name: [] for name in programs}
    for _ in range(runs):
        for name, words in programs.items():
            samples[name].append(sample(words))
    found = {}
    for name, taken in samples.items():
        seconds = found[name] = statistics.median(one.seconds for one in taken)
        ratio = statistics.median(
            one.seconds / base.seconds for one, base in zip(taken, samples["decoding"], strict=True)
        )
        peak, worker = (max(values) / 2**20 for values in zip(*((one.peak, one.worker) for one in taken), strict=True))
        together = peak + (cores * worker if "processes" in name else 0)
        print(
            f"{size:>10,} {name:<24} {seconds:>8.1f} {size / seconds:>10,.0f} {ratio:>6.2f}"
            f" {peak:>7.0f} {worker if 'processes' in name else 0:>7.0f} {together:>6.0f}"
        )
    return found


def texts(path: Path, tickets: list[dict[str, Any]], size: int, slow: list[str]) -> None:
    """MB of text a second for each rule that reads all of it: its time less that of an audit with the guard alone."""
    amount = sum(map(_text, tickets)) / len(tickets) * size / 1e6
    base = ["audit", "--file", str(path), "-f", "ndjson", "-q", "--exit-zero", "--jobs", "1", "--now", MOMENT]
    bare = sample([sys.executable, OURS, *base, "--rule", "QUE901"]).seconds
    for code in slow:
        spent = sample([sys.executable, OURS, *base, "--rule", code]).seconds - bare
        print(f"{'':>10} {code} alone: {amount / spent:,.1f} MB of text a second ({amount:,.0f} MB)")


def sample(command: list[str]) -> Sample:
    with tempfile.NamedTemporaryFile("w", suffix=".py") as script, tempfile.NamedTemporaryFile("r") as peak:
        if command[1] == OURS:
            # A file, not -c: worker processes import the program they belong to.
            script.write(OURS)
            script.flush()
            command = [command[0], script.name, *command[2:]]
        with tempfile.TemporaryFile() as out:
            begin = time.perf_counter()
            subprocess.run(command, env={**os.environ, "PEAK_FILE": peak.name}, stdout=out, check=True)
            seconds = time.perf_counter() - begin
        own, worker = peak.read().split()
        return Sample(seconds, int(own) * 1024, int(worker) * 1024)


def _codes() -> tuple[list[str], list[str]]:
    """Codes of the core profile that do not read all text, and those of all rules that do; of those that can run.

    Without a taxonomy the rules about tags cannot.
    """
    from supportctl.adapters.files.reader import CAPABILITIES
    from supportctl.audit import RULES, Settings
    from supportctl.audit.profiles import CORE
    from supportctl.audit.rule import Context

    nothing_set = Context(queues.NOW, Settings(), CAPABILITIES)
    able = [rule for rule in RULES if rule.unmet(nothing_set) is None]
    quick = [rule.code for rule in able if rule.code in CORE and not rule.reads_text]
    return quick, [rule.code for rule in able if rule.reads_text]


def _text(ticket: dict[str, Any]) -> int:
    """Bytes of title, description, notes and comments."""
    parts = [ticket.get("title"), ticket.get("description"), ticket.get("resolution_notes")]
    parts += [comment["body"] for comment in ticket.get("comments", [])]
    return sum(len(json.dumps(part, ensure_ascii=False).encode()) for part in parts if part)


if __name__ == "__main__":
    main()
