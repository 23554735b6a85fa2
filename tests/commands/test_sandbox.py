"""``sandbox`` and ``demo``: practice without an account or network, and without touching what is one's own."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from supportctl.commands import demo as room
from supportctl.commands.sandbox import end_of_day
from supportctl.config import load
from supportctl.errors import UsageError
from supportctl.exits import Exit
from tests.commands.fakes import Result

Cli = Callable[..., Result]


@contextmanager
def serving(*arguments: str) -> Iterator[dict[str, Any]]:
    """``sandbox serve`` as its own process; what it printed. Ends it with Ctrl-C and looks at how it ended."""
    process = subprocess.Popen(
        [sys.executable, "-m", "supportctl", "sandbox", "serve", "--port", "0", "--json", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        restore_signals=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    with process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, process.stderr.read() if process.stderr else ""
        try:
            yield json.loads(line)
        finally:
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=30)
        assert process.returncode == 0, err
        assert "tickets are kept" in err


def keys(cli: Cli, profile: str) -> list[str]:
    result = cli("list", "-p", profile, "-f", "ndjson")
    assert result.code == 0, result.err
    return [json.loads(line)["key"] for line in result.out.splitlines()]


def use(monkeypatch: pytest.MonkeyPatch, printed: dict[str, Any]) -> None:
    """What the printed lines tell somebody to do."""
    monkeypatch.setenv("SUPPORTCTL_CONFIG", printed["config"])
    for profile in printed["profiles"]:
        monkeypatch.setenv(profile["variable"], profile["secret"])


@pytest.mark.slow
def test_serve_prints_what_works(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    db = tmp_path / "practice" / "a.sqlite"
    with serving("--db", str(db)) as printed:
        assert printed["url"].startswith("http://127.0.0.1:")
        use(monkeypatch, printed)
        assert {profile.platform for profile in load().profiles.values()} == {"zendesk", "jsm", "servicenow"}
        for profile in printed["profiles"]:
            result = cli("list", "-p", profile["name"], "--limit", "3")
            assert result.code == 0, result.err
            assert len(result.out.splitlines()) == 3
    assert "SUPPORTCTL_" not in db.with_suffix(".toml").read_text()
    assert "sandbox-jira-token" not in db.with_suffix(".toml").read_text()


@pytest.mark.slow
def test_serve_speaks_tls_that_its_profiles_trust(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving("--db", str(tmp_path / "a.sqlite"), "--tls", "--no-limits") as printed:
        assert printed["url"].startswith("https://127.0.0.1:")
        use(monkeypatch, printed)
        result = cli("list", "-p", "demo-jsm", "--limit", "3")
        assert result.code == 0, result.err
        monkeypatch.setenv("SUPPORTCTL_CONFIG", str(tmp_path / "none.toml"))
        monkeypatch.setenv("SUPPORTCTL_PLATFORM", "zendesk")
        monkeypatch.setenv("SUPPORTCTL_URL", printed["url"])
        monkeypatch.setenv("SUPPORTCTL_TOKEN", "sandbox-zendesk-oauth")
        distrusting = cli("list", "--limit", "3")
        assert distrusting.code == Exit.TEMPORARY
        assert "certificate" in distrusting.err


@pytest.mark.slow
def test_serve_injects_faults_and_counts_them(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving("--db", str(tmp_path / "a.sqlite"), "--faults", "7") as printed:
        for number in range(30):
            try:
                urllib.request.urlopen(f"{printed['url']}/api/v2/users/me.json?n={number}").close()
            except OSError:
                continue
        with urllib.request.urlopen(f"{printed['url']}/__sandbox/stats") as answer:
            assert sum(json.load(answer)["faults"].values()) > 1


@pytest.mark.slow
def test_serve_lets_searches_lag(tmp_path: Path) -> None:
    with serving("--db", str(tmp_path / "a.sqlite"), "--search-lag", "3600") as printed:

        def ask(path: str, body: dict[str, Any] | None = None) -> Any:
            headers = {"Authorization": "Bearer sandbox-zendesk-oauth", "Content-Type": "application/json"}
            data = None if body is None else json.dumps(body).encode()
            request = urllib.request.Request(f"{printed['url']}/api/v2{path}", data, headers)
            with urllib.request.urlopen(request) as answer:
                return json.load(answer)

        made = ask("/tickets.json", {"ticket": {"comment": {"body": "A quokka."}}})["ticket"]["id"]
        assert ask(f"/tickets/{made}.json")["ticket"]["description"] == "A quokka."
        assert ask("/search/count.json?query=quokka")["count"] == 0


def test_the_page_names_the_lines_to_paste(home: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "supportctl", "sandbox", "serve", "--port", "0", "--empty"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    with process:
        assert process.stdout is not None
        lines = [process.stdout.readline().strip() for _ in range(12)]
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    config = home / "state" / "sandbox" / "sandbox.toml"
    assert f"export SUPPORTCTL_CONFIG={config}" in lines
    assert "export SUPPORTCTL_DEMO_ZENDESK_TOKEN=sandbox-zendesk-token" in lines
    assert config.exists()


@pytest.mark.slow
def test_loaded_tickets_are_served_and_not_replaced(
    cli: Cli, queue: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    db = str(tmp_path / "b.sqlite")
    loaded = cli("sandbox", "load", str(queue), "--into", "jsm", "--db", db)
    assert loaded.code == 0, loaded.err
    assert "5 tickets loaded" in loaded.err
    assert loaded.out == ""
    with serving("--db", db) as printed:
        use(monkeypatch, printed)
        assert len(set(keys(cli, "demo-jsm"))) == 5
    assert cli("sandbox", "serve", "--db", db, "--seed", "3", "--port", "0").code == Exit.USAGE
    assert cli("sandbox", "reset", "--db", db).code == Exit.USAGE
    assert cli("sandbox", "reset", "--db", db, "--yes").code == 0
    with serving("--db", db) as printed:
        use(monkeypatch, printed)
        assert len(keys(cli, "demo-jsm")) > 300


@pytest.mark.slow
def test_another_seed_is_not_put_over_the_first(cli: Cli, tmp_path: Path) -> None:
    db = str(tmp_path / "c.sqlite")
    assert cli("sandbox", "reset", "--db", db, "--seed", "5").code == 0
    result = cli("sandbox", "serve", "--db", db, "--seed", "6", "--port", "0")
    assert result.code == Exit.USAGE
    assert "sample company 5, not 6" in result.err


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("load", "/nowhere/x.json"), "nothing was loaded"),
        (("load", __file__), "nothing was loaded"),
        (("load", __file__, "--as-of", "yesterday"), "2016-05-01"),
        (("serve", "--port", "70000"), "--port"),
    ],
)
def test_wrong_input(arguments: tuple[str, ...], expected: str, cli: Cli, tmp_path: Path) -> None:
    result = cli("sandbox", *arguments, "--db", str(tmp_path / "d.sqlite"))
    assert result.code == Exit.USAGE
    assert expected in result.err


def test_a_taken_port_and_a_folder_that_cannot_be(cli: Cli, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        result = cli("sandbox", "serve", "--empty", "--port", port, "--db", str(tmp_path / "e.sqlite"))
    assert result.code == Exit.REFUSED
    assert port in result.err
    (tmp_path / "file").write_text("")
    assert cli("sandbox", "serve", "--db", str(tmp_path / "file" / "f.sqlite")).code == Exit.REFUSED


def test_without_the_extra_it_says_what_to_install(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] in ("starlette", "uvicorn")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "supportctl.sandbox.server", raising=False)
    monkeypatch.setattr("supportctl.sandbox.server", None, raising=False)
    monkeypatch.delattr("supportctl.sandbox.server", raising=False)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    result = cli("demo")
    assert result.code == Exit.USAGE
    assert "pip install 'supportctl[sandbox]'" in result.err


def test_as_of_is_the_end_of_the_day() -> None:
    assert end_of_day("2016-05-01") == datetime(2016, 5, 1, 23, 59, 59, 999_999, tzinfo=UTC)
    assert end_of_day("2016-05-01T08:00:00+02:00").astimezone(UTC) == datetime(2016, 5, 1, 6, 0, tzinfo=UTC)
    with pytest.raises(UsageError):
        end_of_day("1.5.2016")


@pytest.fixture
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every address a socket is pointed at; anything but this computer is refused."""
    seen: list[object] = []
    connect, lookup = socket.socket.connect, socket.getaddrinfo

    def guarded(self: socket.socket, address: Any) -> None:
        seen.append(address)
        assert self.family == socket.AF_UNIX or address[0] in ("127.0.0.1", "::1"), address
        connect(self, address)

    def guarded_lookup(host: Any, *rest: Any, **named: Any) -> Any:
        assert host in ("127.0.0.1", "localhost", b"127.0.0.1", None), host
        return lookup(host, *rest, **named)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_lookup)
    return seen


@pytest.mark.slow
def test_the_demo(cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch, loopback_only: list[object]) -> None:
    monkeypatch.setenv("SUPPORTCTL_PROFILE", "mine")
    monkeypatch.setenv("SUPPORTCTL_PLATFORM", "zendesk")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("ALL_PROXY", "http://proxy.example:3128")
    before = dict(os.environ)
    result = cli("demo")
    assert result.code == 0, result.err
    assert result.out.count("$ supportctl list") == 6
    assert result.out.count("$ supportctl tag add") == 6
    assert result.out.count("$ supportctl audit") == 3
    assert result.out.count("demo-reviewed") >= 12
    assert "(1 applied)" in result.err
    assert "What next" in result.out
    assert "\x1b" not in result.out
    assert loopback_only
    assert dict(os.environ) == before
    assert not (home / "config").exists()
    assert not (home / "state").exists()


@pytest.mark.slow
def test_a_step_that_fails_ends_the_demo_with_its_code(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, loopback_only: list[object]
) -> None:
    from supportctl.commands._app import App
    from supportctl.commands._options import Options

    ran: list[str] = []

    def runner(words: Any) -> int:
        ran.append(words[0])
        return int(Exit.TEMPORARY if words[0] == "show" else Exit.OK)

    with App(Options(quiet=True)) as app:
        assert room.run(app, platform="jsm", runner=runner) == Exit.TEMPORARY
    assert ran == ["list", "query", "show"]
    assert cli("demo", "--platform", "jira").code == Exit.USAGE


def test_the_sandbox_listens_on_this_computer_only(tmp_path: Path) -> None:
    with serving("--db", str(tmp_path / "g.sqlite"), "--empty") as printed:
        with urllib.request.urlopen(printed["url"] + "/__sandbox/stats") as answer:
            assert json.load(answer)["total"] == 0
        port = int(printed["url"].rpartition(":")[2])
        listening = Path("/proc/net/tcp")
        if listening.exists():
            addresses = [line.split()[1] for line in listening.read_text().splitlines()[1:] if line.split()[3] == "0A"]
            assert [a.partition(":")[0] for a in addresses if int(a.partition(":")[2], 16) == port] == ["0100007F"]


@pytest.mark.slow
def test_serving_again_keeps_the_profiles_people_added(tmp_path: Path) -> None:
    from supportctl.commands._practice import write_profiles
    from supportctl.config import Auth, Profile, load
    from supportctl.config_edit import save_profile

    path = tmp_path / "sandbox.toml"
    write_profiles("http://127.0.0.1:1", path)
    save_profile(Profile(name="prod", platform="zendesk", url="https://a.zendesk.com", auth=Auth(kind="oauth")), path)
    write_profiles("http://127.0.0.1:2", path)
    found = load(path).profiles
    assert set(found) == {"prod", "demo-zendesk", "demo-jsm", "demo-servicenow", "demo-jira-dc"}
    assert found["demo-jsm"].url == "http://127.0.0.1:2"
    assert found["demo-jira-dc"].url == "http://127.0.0.1:2/jira"
    assert found["demo-jira-dc"].deployment == "data_center"
