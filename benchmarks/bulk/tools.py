"""Running one tool on one fresh queue: what it asked the server for, how long it took here, and whether it is right."""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from bulk import desk, model, truth
from bulk.loops import CODE, NOTES, TAG

OURS = "supportctl"
CLIENTS = {"zendesk": "zenpy", "jsm": "jira", "servicenow": "httpx"}
LOOPS = {"zendesk": "loop with zenpy", "jsm": "loop with jira", "servicenow": "loop with httpx"}


class Result(NamedTuple):
    """Of one job done by one tool. ``plan``: the server's counts while tickets were chosen; ``apply``: then."""

    platform: str
    job: str
    tool: str
    tickets: int
    plan: dict[str, Any]
    apply: dict[str, Any]
    planning: float
    """Seconds here until it was known which tickets to change."""
    applying: float
    done: int
    """Tickets that are as they should be, changed exactly once."""

    def count(self, kind: str) -> int:
        """Requests of that kind while the tickets were changed."""
        return int(self.apply["kinds"].get(kind, 0))

    @property
    def plan_reads(self) -> int:
        return int(sum(self.plan["kinds"].values()))

    @property
    def inner(self) -> int:
        return self.count("inner read") + self.count("inner write")

    @property
    def modelled(self) -> float:
        """Seconds under the published limits, both phases."""
        shape = model.ours(self.platform) if self.tool == OURS else model.LOOP
        counts = model.added(self.plan, self.apply)
        return model.modelled(self.platform, shape, counts, model.in_jobs(counts, self.tickets))


def measure(filled: Path, platform: str, job: str, tickets: int, tool: str, job_seconds: float) -> Result:
    """Let a tool do a job on a copy of a filled sandbox."""
    with tempfile.TemporaryDirectory(prefix="bulk-") as folder:
        home = Path(folder)
        database = home / "sandbox.sqlite"
        shutil.copyfile(filled, database)
        with desk.served(database, job_seconds) as url:
            environment = desk.environment(url, platform, home)
            run = _supportctl if tool == OURS else _loop
            plan, planning, apply, applying = run(url, platform, job, tickets, home, environment)
        done = truth.done(database, platform, job)
    return Result(platform, job, tool, tickets, plan, apply, planning, applying, done)


Phases = tuple[dict[str, Any], float, dict[str, Any], float]


def _supportctl(
    url: str, platform: str, job: str, tickets: int, home: Path, environment: Mapping[str, str]
) -> Phases:  # fmt: skip
    plan = str(home / "plan.ndjson")
    wanted = ["tag", "add", TAG] if job == "tag" else ["close", *_closing(platform)]
    bounds = ["--max-changes", str(tickets), "--no-input", "--no-progress", "-q"]
    desk.take_counts(url)
    planning = _call([*wanted, "status:open", "--limit", "all", "--plan", plan, *bounds], environment)
    planned = desk.take_counts(url)
    applying = _call(["plan", "apply", plan, "--yes", *bounds], environment)
    return planned, planning, desk.take_counts(url), applying


def _closing(platform: str) -> list[str]:
    """Zendesk has no field for a code unless a profile names one."""
    client = CLIENTS[platform]
    code = ["--code", CODE[client]] if client in CODE else []
    notes = ["--notes", NOTES] if platform == "servicenow" else []
    return [*code, *notes, "--even-if", "customer-replied", "--even-if", "open-children"]


def _call(arguments: list[str], environment: Mapping[str, str]) -> float:
    begin = time.perf_counter()
    command = [sys.executable, "-m", "supportctl", *arguments]
    told = subprocess.run(command, env=environment, capture_output=True, text=True)
    if told.returncode:
        raise SystemExit(f"supportctl {' '.join(arguments)} ended with {told.returncode}:\n{told.stderr[-2000:]}")
    return time.perf_counter() - begin


def _loop(url: str, platform: str, job: str, tickets: int, _: Path, environment: Mapping[str, str]) -> Phases:
    signed = desk.account(url, platform)
    script = Path(__file__).with_name("loops.py")
    desk.take_counts(url)
    begin = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, str(script), CLIENTS[platform], job, url, signed["user"], signed["secret"]],
        env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        listed = process.stdout.readline().strip()
        planning = time.perf_counter() - begin
        if listed != str(tickets):
            process.kill()
            raise SystemExit(f"{LOOPS[platform]}: {listed or 'nothing'} of {tickets} tickets listed")
        planned = desk.take_counts(url)
        begin = time.perf_counter()
        process.stdin.write("go\n")
        process.stdin.flush()
        if process.wait():
            raise SystemExit(f"{LOOPS[platform]} ended with {process.returncode}")
    return planned, planning, desk.take_counts(url), time.perf_counter() - begin
