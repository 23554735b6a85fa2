"""Makes the pictures of the audit and of `har` in this folder, from the sandbox's sample company and the real commands.

    python docs/screenshots/make.py [--browser chromium]

Needs the extra ``sandbox`` and, for the pages, a Chromium or Chrome (a name to look for, or a path). The company's
queue is wound back week by week for the trend, so that every number in the pictures was counted.
"""

import argparse
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

HERE = Path(__file__).parent
PROFILE = "demo-jsm"
WEEKS = 6
WIDTH = 112
LARGEST = 300_000


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the pictures of the audit.")
    parser.add_argument("--browser", default="chromium", help="name or path of Chromium or Chrome")
    browser = shutil.which(parser.parse_args().browser)
    if browser is None:
        sys.exit("no such browser; name one with --browser")
    from supportctl.commands._practice import server_room, write_profiles
    from supportctl.sandbox.seeding import seed_store
    from supportctl.sandbox.store import Store

    with tempfile.TemporaryDirectory() as name, Store(Path(name) / "company.sqlite") as store:
        folder = Path(name)
        seed_store(store)
        with server_room().serve(store) as running:
            practice = write_profiles(running.url, folder / "config.toml")
            os.environ.update(
                {one.variable: one.secret for one in practice},
                SUPPORTCTL_CONFIG=str(folder / "config.toml"),
                SUPPORTCTL_STATE_DIR=str(folder / "state"),
                NO_PROXY="127.0.0.1",
                no_proxy="127.0.0.1",
            )
            remember(folder)
            page = folder / "audit.html"
            audit("-o", f"html={page}", "--state", str(folder / "audit-state.json"))
            page.write_text(page.read_text().replace(running.url, "https://acme.example"))
            shoot(browser, page, HERE / "audit-report.png", width=1180, height=1560)
            shoot(browser, page, HERE / "audit-report-phone.png", width=390, height=1150, scale=2)
            terminal(HERE / "audit-terminal.svg", ["audit", "is:unresolved", "-p", PROFILE], rows=32)
    recording()


def audit(*words: str) -> str:
    """Standard output of one audit; ends the script when it fails."""
    done = subprocess.run(
        [sys.executable, "-m", "supportctl", "audit", "-p", PROFILE, "--quiet", *words],
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode not in (0, 1):
        sys.exit(done.stderr)
    return done.stdout


def remember(folder: Path) -> None:
    """A state file as if the audit had run every week: the runs are real ones, of the queue as it stood then."""
    state = folder / "audit-state.json"
    audit("--state", str(state), "--format", "ndjson")
    content = json.loads(state.read_bytes())
    runs, found = [], []
    today = datetime.now(UTC)
    for week in range(WEEKS, 0, -1):
        moment = (today - timedelta(weeks=week)).strftime("%Y-%m-%d")
        past = json.loads(audit("--as-of", moment, "--format", "json"))
        census, found = past["census"], past["findings"]
        runs.append(
            {
                "at": f"{moment}T23:59:59Z",
                "tickets": census["tickets"],
                "dirty": census["dirty"],
                "score": (census.get("hygiene") or {}).get("value"),
                "rules": {row["rule"]: row["hygiene"]["value"] for row in census["rules"] if row.get("hygiene")},
            }
        )
    content["runs"] = runs
    content["findings"] = {
        each["fingerprint"]: {"rule": each["rule"], "ticket": each.get("ticket"), "severity": each["severity"]}
        for each in found
    }
    state.write_text(json.dumps(content))


def shoot(browser: str, page: Path, picture: Path, *, width: int, height: int, scale: int = 1) -> None:
    """A picture of the page's top. A frame gives phones their width: windows have a least one."""
    frame = page.with_name(f"{picture.stem}.html")
    frame.write_text(
        f'<!doctype html><body style="margin:0"><iframe src="{page.name}" title="report"'
        f' style="border:0;width:{width}px;height:{height}px"></iframe>'
    )
    subprocess.run(
        [
            browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
            f"--window-size={width},{height}", f"--force-device-scale-factor={scale}",
            f"--screenshot={picture}", frame.as_uri(),
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    if (size := picture.stat().st_size) > LARGEST:
        sys.exit(f"{picture.name} has {size:,} bytes; {LARGEST:,} are enough")
    print(f"{picture.name}: {size:,} bytes")


def recording() -> None:
    """A browser's recording of an afternoon on which an order fails, made up, as the real command tells it."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "session.har"
        path.write_text(
            json.dumps({"log": {"creator": {"name": "WebInspector", "version": "537.36"}, "entries": ENTRIES}})
        )
        terminal(HERE / "har-terminal.svg", ["har", str(path)])


def exchange(
    second: float, method: str, url: str, status: int, millis: float, *, sent: dict[str, str] | None = None,
    got: dict[str, str] | None = None, body: str | None = None, kind: str = "fetch", error: str | None = None,
) -> dict[str, object]:  # fmt: skip
    """One exchange of a HAR; ``sent`` and ``got`` are headers, ``body`` is the answer's text."""
    return {
        "startedDateTime": f"2026-03-02T15:42:{second:06.3f}+01:00", "time": millis,
        "_resourceType": kind,
        "request": {"method": method, "url": url, "httpVersion": "h2",
                    "headers": pairs({"User-Agent": AGENT} | (sent or {}))},
        "response": {"status": status, "statusText": "", "httpVersion": "h2", "headers": pairs(got or {}),
                     "content": {"size": 900, "mimeType": "application/json", "text": body}, "_error": error},
        "timings": {"blocked": 4, "dns": -1, "connect": -1, "send": 1, "wait": millis - 15, "receive": 10},
    }  # fmt: skip


def pairs(headers: dict[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers.items()]


AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/133.0.0.0 Safari/537.36"
SHOP, API, SIGNED = "https://shop.acme.example", "https://api.acme.example", {"Cookie": "session=8f14e45fceea167a"}
CROSS = {"Origin": SHOP, "Sec-Fetch-Mode": "cors"}
ALLOWED = {"Access-Control-Allow-Origin": SHOP}
ENTRIES = [
    exchange(1, "GET", f"{SHOP}/basket?session=8f14e45fceea167a", 200, 180, kind="document", sent=SIGNED),
    exchange(2, "GET", f"{API}/v1/basket", 200, 240, sent=SIGNED | CROSS, got=ALLOWED),
    exchange(9, "POST", f"{API}/v1/orders", 500, 4210, sent=SIGNED | CROSS,
             got=ALLOWED | {"X-Request-Id": "7d0a1b2c-11e4"},
             body='{"error": {"message": "stock could not be reserved for eva.klein@acme.example"}}'),
    exchange(14, "POST", f"{API}/v1/orders", 429, 60, sent=SIGNED | CROSS, got=ALLOWED | {"Retry-After": "30"}),
    exchange(16, "POST", f"{API}/v1/orders", 401, 90, sent=SIGNED | CROSS,
             got=ALLOWED | {"X-Request-Id": "7d0a1b2c-11f9"}),
    exchange(17, "GET", "https://cdn.tracker.example.net/t.js", 0, 12, kind="script",
             error="net::ERR_BLOCKED_BY_CLIENT"),
    exchange(18, "GET", f"{API}/v2/prices", 200, 75, sent=CROSS, got={"Content-Type": "application/json"}, body="[]"),
]  # fmt: skip


def terminal(picture: Path, words: list[str], rows: int = 40) -> None:
    """What a terminal shows: the table with its colours, and the summary."""
    from rich.console import Console
    from rich.text import Text

    done = subprocess.run(
        [sys.executable, "-m", "supportctl", *words, "--format", "table"],
        check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(WIDTH), "SUPPORTCTL_NO_HINTS": "1"},
    )  # fmt: skip
    lines = done.stdout.splitlines()
    screen = Console(record=True, width=WIDTH, file=io.StringIO())
    told = [Path(words[1]).name, *words[2:]] if words[0] == "har" else [f"'{words[1]}'", *words[2:]]
    screen.print(Text(f"$ supportctl {words[0]} {' '.join(told)}", style="bold"))
    for line in shortened(lines, rows):
        screen.print(Text.from_ansi(line), no_wrap=True, overflow="ellipsis")
    drawing = screen.export_svg(title=f"supportctl {words[0]}", unique_id=words[0])
    picture.write_text(re.sub(r"\s*@font-face \{.*?\}|<!--.*?-->", "", drawing, flags=re.DOTALL))
    print(f"{picture.name}: {picture.stat().st_size:,} bytes")


def shortened(lines: Sequence[str], rows: int) -> list[str]:
    """The first lines and the last ones, when there are more than fit."""
    if len(lines) <= rows:
        return list(lines)
    tail = 4
    return [*lines[: rows - tail - 1], "…", *lines[-tail:]]


if __name__ == "__main__":
    main()
