"""Findings a rule beside the same count from a short independent script, over real logs.

    python benchmarks/hygiene_counts.py INCIDENTS.csv[.xz] ISSUES.jsonl[.xz] \\
        [--as-of 2016-05-01] [--now 2017-03-01] [--issues-now 2022-01-01]

The files are loaded into the sandbox, listed from there over HTTP with everything the rules look at, and audited by
the command line; `counts.incidents` and `counts.issues` count the same from the raw files and share no code with the
tool. The incidents are gone through twice: as they are at the end, and as they stood at the end of the day
``--as-of``. For each rule are printed: our findings, the independent count, how many tickets only one of the two
names, and the first of them. Exits 1 when they differ. `EXPLAINED` says why, where a difference is known and right.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from counts import incidents, issues
from queues import environment

WITH = "comments,history,slas,links,custom"
PROJECT = """
[audit]
fail_on = "high"
persona = "auditor"

[[audit.rule]]
code = "LOG001"
name = "caller-missing"
query = "-status:cancelled requester:none"
message = "no caller"
severity = "low"

[[audit.rule]]
code = "LOG002"
name = "done-without-assignee"
query = "status:resolved,closed assignee:none"
message = "done, and nobody did it"
severity = "low"
"""
EXPLAINED: dict[str, str] = {}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("incidents", type=Path)
    parser.add_argument("issues", type=Path)
    parser.add_argument("--as-of", default="2016-05-01")
    parser.add_argument("--now", default="2017-03-01", help="day on which the incidents are looked at, after the last")
    parser.add_argument("--issues-now", default="2022-01-01", help="the same for the issues")
    asked = parser.parse_args()
    end, then, issues_end = (
        datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(days=1)
        for day in (asked.now, asked.as_of, asked.issues_now)
    )
    differ = False
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "supportctl.toml").write_text(PROJECT)
        for title, source, platform, now, on in (
            ("Incidents, as they are at the end", asked.incidents, "servicenow", end, None),
            (f"Incidents, as of {asked.as_of}", asked.incidents, "servicenow", then, asked.as_of),
            ("Issues", asked.issues, "jsm", issues_end, None),
        ):
            expected: Iterable[tuple[str, str, set[str]]]
            if platform == "jsm":
                expected = issues.counts(issues.read(source), now)
            else:
                read = incidents.read(source, then if on else None)
                expected = incidents.counts(read, now)
            wanted = list(expected)
            found = audited(home, source, platform, now, on, [code for code, _, _ in wanted])
            print(title)
            differ |= compare(found, wanted)
            print()
    sys.exit(1 if differ else 0)


def compare(found: dict[str, set[str]], wanted: list[tuple[str, str, set[str]]]) -> bool:
    print(f"  {'rule':<7} {'ours':>7} {'script':>7} {'only ours':>10} {'only script':>12}")
    differ = False
    for code, meaning, theirs in wanted:
        ours = found.get(code, set())
        only_ours, only_theirs = sorted(ours - theirs), sorted(theirs - ours)
        print(f"  {code:<7} {len(ours):>7,} {len(theirs):>7,} {len(only_ours):>10,} {len(only_theirs):>12,}  {meaning}")
        if only_ours or only_theirs:
            differ = True
            print(f"          only ours: {' '.join(only_ours[:5])}  only script: {' '.join(only_theirs[:5])}")
            print(f"          {EXPLAINED.get(code, 'not explained')}")
    return differ


def audited(
    home: Path, source: Path, platform: str, now: datetime, on: str | None, codes: list[str]
) -> dict[str, set[str]]:
    """Rule -> keys of the tickets its findings name."""
    queue = home / f"{platform}-{on}.ndjson"
    with served(home, source, platform, on) as environment, queue.open("wb") as out:
        run(["list", "-f", "ndjson", "-q", "--with", WITH], environment, out.fileno())
    words = [word for code in codes for word in ("--rule", code)]
    findings = home / "findings.ndjson"
    with findings.open("wb") as out:
        command = ["audit", "--file", str(queue), "--now", f"{now:%Y-%m-%dT%H:%MZ}", *words]
        command += [
            "--set",
            "guard_share=1",
            "-f",
            "ndjson",
            "-q",
            "--exit-zero",
            "--config",
            str(home / "supportctl.toml"),
        ]
        run(command, dict(os.environ), out.fileno())
    queue.unlink()
    found: dict[str, set[str]] = defaultdict(set)
    with findings.open() as lines:
        for line in lines:
            finding = json.loads(line)
            found[finding["rule"]].add(finding["ticket"])
    return found


def run(words: list[str], environment: dict[str, str], out: int) -> None:
    subprocess.run([sys.executable, "-m", "supportctl", *words], env=environment, stdout=out, check=True)


@contextmanager
def served(home: Path, source: Path, platform: str, on: str | None) -> Iterator[dict[str, str]]:
    """The environment of a profile for a sandbox that holds the file's tickets."""
    from supportctl.sandbox.conditions import Conditions
    from supportctl.sandbox.loading import load_file
    from supportctl.sandbox.server import serve
    from supportctl.sandbox.store import Store

    limit = None if on is None else datetime.fromisoformat(on).replace(tzinfo=UTC) + timedelta(days=1)
    with Store(home / f"{platform}-{on}.sqlite", Conditions(limit_factor=1000)) as store:
        load_file(store, source, platform, as_of=limit)
        with serve(store) as server:
            yield environment(server.url, platform)


if __name__ == "__main__":
    main()
