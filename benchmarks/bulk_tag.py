"""Tagging and closing in bulk: requests, as the server counts them, beside the loops people write.

    python benchmarks/bulk_tag.py [--tickets 10000] [--close 2000] [--platform zendesk --platform jsm ...] [--json FILE]

For each platform a sandbox is filled with open tickets, and served by a process of its own on a fresh copy for each
tool, without enforced limits, its jobs waiting and running some seconds. `supportctl` plans in one process
(`tag add`, `close`, with `--plan`) and applies in another (`plan apply`); the loops use zenpy, jira and httpx as their
documentation shows, one ticket after the other. Afterwards SQL over the sandbox's file tells whether every ticket was
changed exactly once and kept what it had. Ends with 1 when a tool was wrong or supportctl missed an aim: Zendesk 100
tickets to a write, Jira 1,000 (closing with a resolution: 1), ServiceNow 10 to a batch; on Zendesk and Jira 2 reads per
100 tickets while applying; no more polls than seconds allow.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from bulk import desk, model, report
from bulk.tools import CLIENTS, LOOPS, OURS, Result, measure

JOB_SECONDS = 0.5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tickets", type=int, default=10_000, help="to tag; 0: leave that job out")
    parser.add_argument("--close", type=int, default=2_000, help="to close; 0: leave that job out")
    parser.add_argument("--platform", action="append", choices=list(CLIENTS), help="repeatable; default: all")
    parser.add_argument("--job-time", type=float, default=JOB_SECONDS, help="seconds a job waits, and runs")
    parser.add_argument("--no-loops", action="store_true", help="supportctl alone")
    parser.add_argument("--json", type=Path, help="write the counts to this file, too")
    asked = parser.parse_args()
    results: list[Result] = []
    for platform in asked.platform or list(CLIENTS):
        for job, tickets in (("tag", asked.tickets), ("close", asked.close)):
            if tickets:
                results += measured(platform, job, tickets, asked.job_time, loops=not asked.no_loops)
    print(f"\n{model.FORMULA}\n\n{report.table(results)}\n")
    for line in report.rules(results):
        print(line)
    if asked.json:
        asked.json.write_text(json.dumps([each._asdict() for each in results], indent=1))
    misses = [f"{each.platform}, {each.job}, {each.tool}: {text}" for each in results for text in report.missed(each)]
    for text in misses:
        print(f"MISSED  {text}")
    sys.exit(1 if misses else 0)


def measured(platform: str, job: str, tickets: int, job_seconds: float, *, loops: bool) -> list[Result]:
    with tempfile.TemporaryDirectory(prefix="bulk-") as folder:
        filled = Path(folder) / "filled.sqlite"
        desk.fill(filled, platform, tickets)
        found = []
        for tool in (OURS, LOOPS[platform]) if loops else (OURS,):
            print(f"{platform}: {job} {tickets:,} tickets, {tool} …", file=sys.stderr, flush=True)
            found.append(measure(filled, platform, job, tickets, tool, job_seconds))
        return found


if __name__ == "__main__":
    main()
