"""How long a user waits before anything happens: whole processes, side by side with a bare Typer app.

    python benchmarks/startup.py [--runs 15]

Every round starts each program once, in turn, so that a slow moment of the machine hits all of them. Printed: the
median and minimum wall-clock of each, and the median of the ratios to the bare app of the same round. Not measured:
a cold disk cache, a platform's own answer time.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BARE = """
import typer
app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)
@app.command()
def hello(name: str = "x") -> None:
    print(name)
@app.command()
def bye() -> None:
    print("bye")
app()
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15)
    runs: int = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "bare.py").write_text(BARE)
        (place / "empty.ndjson").write_text("")
        programs = {
            "python -c pass": [sys.executable, "-c", "pass"],
            "bare Typer app, --help": [sys.executable, str(place / "bare.py"), "--help"],
            "bare Typer app, a command": [sys.executable, str(place / "bare.py"), "hello"],
            "supportctl --version": [sys.executable, "-m", "supportctl", "--version"],
            "supportctl --help": [sys.executable, "-m", "supportctl", "--help"],
            "supportctl list (empty file)": [
                sys.executable, "-m", "supportctl", "list", "--file", str(place / "empty.ndjson"),
                "--format", "ndjson",
            ],
            "supportctl list (empty queue, HTTP)": [sys.executable, "-m", "supportctl", "list", "--format", "ndjson"],
        }  # fmt: skip
        with empty_queue(place) as account:
            environment = {**os.environ, "SUPPORTCTL_CONFIG": str(place / "config.toml"), "NO_COLOR": "1", **account}
            times = measure(programs, runs, environment)
    report(times)


@contextmanager
def empty_queue(place: Path) -> Iterator[dict[str, str]]:
    """A sandbox without tickets, and the environment of a profile that reads its Jira."""
    from supportctl.sandbox.profiles import profiles
    from supportctl.sandbox.seeding import seed_store
    from supportctl.sandbox.server import serve
    from supportctl.sandbox.store import Store

    with Store(place / "sandbox.db") as store:
        seed_store(store)
        with store.write() as connection:
            connection.execute("DELETE FROM jira_issue")
        with serve(store) as server:
            account = next(each for each in profiles(server.url) if each["platform"] == "jsm")
            yield {
                "SUPPORTCTL_PLATFORM": "jsm",
                "SUPPORTCTL_URL": server.url,
                "SUPPORTCTL_AUTH": account["auth"],
                "SUPPORTCTL_USER": account["user"],
                "SUPPORTCTL_TOKEN": account["secret"],
            }


def measure(programs: dict[str, list[str]], runs: int, environment: dict[str, str]) -> dict[str, list[float]]:
    """Seconds per round and program; one uncounted round first."""
    times: dict[str, list[float]] = {name: [] for name in programs}
    for round_number in range(runs + 1):
        for name, command in programs.items():
            start = time.perf_counter()
            subprocess.run(command, env=environment, check=True, capture_output=True)
            if round_number:
                times[name].append(time.perf_counter() - start)
    return times


def report(times: dict[str, list[float]]) -> None:
    base = times["bare Typer app, a command"]
    rounds = len(base)
    print(f"{rounds} rounds, milliseconds; ratio to 'bare Typer app, a command' of the same round")
    print(f"{'program':<36} {'median':>8} {'min':>8} {'ratio':>7}")
    for name, values in times.items():
        ratio = statistics.median(value / other for value, other in zip(values, base, strict=True))
        print(f"{name:<36} {statistics.median(values) * 1e3:>8.1f} {min(values) * 1e3:>8.1f} {ratio:>7.2f}")


if __name__ == "__main__":
    main()
