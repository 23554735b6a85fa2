"""The command tree, errors as text and exit codes, interrupts and pipes."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
import typer

from supportctl import __version__, failures
from supportctl.__main__ import _shield, main
from supportctl.cli import GROUPS, LAZY
from supportctl.exits import Exit
from tests.commands.fakes import Result

HEAVY = {"httpx", "requests", "jira", "zenpy", "keyring", "jinja2", "pydantic", "numpy", "rich", "starlette", "uvicorn"}
ALSO = {"sqlite3", "msgspec", "asyncio", "tomlkit", "tomllib"}


def imported_by(*arguments: str, home: Path) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "supportctl", *arguments],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "SUPPORTCTL_CONFIG": str(home / "config.toml")},
    )
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines() if "|" in line}


@pytest.mark.parametrize("arguments", [(), ("--help",), ("list", "--help")])
def test_help_imports_next_to_nothing(arguments: tuple[str, ...], tmp_path: Path) -> None:
    assert not imported_by(*arguments, home=tmp_path) & (HEAVY | ALSO)


@pytest.mark.parametrize("name", LAZY)
def test_help_of_a_command_imports_nothing_heavy(name: str, tmp_path: Path) -> None:
    assert not imported_by(name, "--help", home=tmp_path) & HEAVY


def test_version_imports_no_typer(tmp_path: Path) -> None:
    assert "typer" not in imported_by("--version", home=tmp_path)


def test_version(cli: Callable[..., Result]) -> None:
    assert cli("--version").out == f"supportctl {__version__}\n"
    assert cli("-q", "--version").out == f"supportctl {__version__}\n"


@pytest.mark.parametrize("name", LAZY)
def test_the_table_tells_what_the_commands_say(name: str) -> None:
    entry = LAZY[name]
    command = typer.main.get_command(import_module(entry.module).app)
    assert (command.help or "").split("\n")[0].strip() == entry.help
    assert entry.group in GROUPS


@pytest.mark.parametrize("name", LAZY)
def test_every_command_has_help(name: str, cli: Callable[..., Result]) -> None:
    result = cli(name, "--help")
    assert result.code == 0
    assert f"supportctl {name}" in result.out
    assert "\\b" not in result.out
    assert "\b" not in result.out


def test_alone_it_says_where_to_begin(cli: Callable[..., Result]) -> None:
    result = cli()
    assert result.code == 0
    assert "supportctl demo" in result.out
    assert len(result.out.splitlines()) <= 12


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("lst",), "Did you mean list"),
        (("list", "--colums", "key"), "No such option: --colums"),
        (("show",), "Missing argument"),
        (("list", "--max-wait", "soon"), "--max-wait"),
        (("profile", "lsit"), "No such command"),
        (("list", "--limit", "0"), "--limit"),
        (("list", "--limit", "ten"), "--limit"),
    ],
)
def test_wrong_usage_is_2_and_names_the_help(
    arguments: tuple[str, ...],
    expected: str,
    cli: Callable[..., Result],
) -> None:
    result = cli(*arguments)
    assert result.code == Exit.USAGE
    assert result.out == ""
    assert expected in result.err
    assert result.err.startswith("error[")
    assert "Traceback" not in result.err


def test_json_without_fields_lists_them(cli: Callable[..., Result]) -> None:
    for arguments in (("list", "--json"), ("list", "--json", "nonsense"), ("show", "x", "--json")):
        result = cli(*arguments)
        assert result.code == Exit.USAGE
        assert "priority" in result.err
        assert "satisfaction" in result.err


def test_unknown_trouble_is_70_with_a_report_without_customer_text(
    cli: Callable[..., Result],
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    queue: Path,
) -> None:
    from supportctl.reports import registry

    def explode(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("the customer's secret text")

    monkeypatch.setattr(registry, "open_report", explode)
    result = cli("list", "--file", str(queue), "text:hunter2")
    assert result.code == Exit.INTERNAL
    assert "Traceback" not in result.err
    [report] = (home / "state" / "reports").iterdir()
    assert str(report) in result.err
    text = report.read_text()
    assert "RuntimeError" in text
    assert "secret text" not in text
    assert "hunter2" not in text
    assert str(home) not in text
    assert report.stat().st_mode & 0o077 == 0
    assert "Traceback" in cli("list", "--file", str(queue), "--debug").err


def test_a_state_folder_that_cannot_be_written_does_not_hide_the_failure(
    cli: Callable[..., Result],
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    queue: Path,
) -> None:
    (home / "blocked").write_text("")
    monkeypatch.setenv("SUPPORTCTL_STATE_DIR", str(home / "blocked" / "state"))
    monkeypatch.setattr("supportctl.reports.registry.open_report", lambda *_a, **_k: 1 / 0)
    result = cli("list", "--file", str(queue))
    assert result.code == Exit.INTERNAL
    assert "--debug" in result.err


def test_a_full_disk_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    code = failures.report(OSError(28, "No space left on device"), [])
    assert code == Exit.REFUSED
    assert "disk is full" in capsys.readouterr().err


def test_errors_show_no_escape_codes(capsys: pytest.CaptureFixture[str]) -> None:
    from supportctl.errors import ConfigError

    failures.report(ConfigError("bad \x1b[31mname", hint="try \u202ethis"), [])
    err = capsys.readouterr().err
    assert "\\x1b[31m" in err
    assert "\x1b" not in err
    assert "\\u202e" in err


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ("-tag:vip", " -tag:vip"),
        ('-text:"a b"', ' -text:"a b"'),
        ("-p", "-p"),
        ("-pprod", "-pprod"),
        ("--native", "--native"),
        ("--file=a:b", "--file=a:b"),
        ("tag:vip", "tag:vip"),
        ("-", "-"),
    ],
)
def test_a_negated_condition_is_not_an_option(argument: str, expected: str) -> None:
    assert _shield(argument) == expected


def test_a_closed_pipe_is_no_error(queue: Path, home: Path) -> None:
    big = home / "big.ndjson"
    big.write_bytes(queue.read_bytes().replace(b"SUP-", b"SUP-") * 1)
    lines = queue.read_text().splitlines()
    with big.open("w") as file:
        for number in range(3000):
            file.write(re.sub(r'"id":"\d+"', f'"id":"{number}"', lines[number % 5]) + "\n")
    for form in ("plain", "ndjson", "csv", "json", "table"):
        command = [sys.executable, "-m", "supportctl", "list", "--file", str(big), "-f", form, "--limit", "all"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.readline()
            process.stdout.close()
            assert process.stderr.read() == b""
            assert process.wait(timeout=30) == 0, form


def test_help_into_a_closed_pipe(home: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with subprocess.Popen(
        [sys.executable, "-m", "supportctl", "--help"], stdout=writing, stderr=subprocess.PIPE
    ) as process:
        os.close(writing)
        assert process.stderr is not None
        assert process.stderr.read() == b""
        assert process.wait(timeout=30) == 0


def test_ctrl_c_is_130(home: Path) -> None:
    """The command waits for its standard input, which never comes."""
    process = subprocess.Popen(
        [sys.executable, "-m", "supportctl", "list", "--file", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=heed_interrupts,
    )
    with process:
        wait_until_reading(process)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == Exit.INTERRUPTED
    assert b"Traceback" not in err
    assert b"incomplete" in err


def heed_interrupts() -> None:
    """A shell that starts the tests in the background has them ignore Ctrl-C, and children inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def wait_until_reading(process: "subprocess.Popen[bytes]") -> None:
    """Until it blocks in a read of its standard input (seen in the kernel's table of what it waits for)."""
    where = Path(f"/proc/{process.pid}/wchan")
    if not where.exists():
        pytest.skip("needs /proc")
    deadline = time.monotonic() + 20
    while "pipe" not in where.read_text():
        assert time.monotonic() < deadline
        assert process.poll() is None


def test_main_never_raises(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("supportctl.__main__._run", lambda _arguments: (_ for _ in ()).throw(KeyboardInterrupt))
    assert main(["list"]) == Exit.INTERRUPTED
    assert "Interrupted" in capsys.readouterr().err


def test_completion_knows_commands_and_profiles(home: Path) -> None:
    (home / "config").mkdir()
    (home / "config" / "config.toml").write_text(
        '[profiles.production]\nplatform = "jsm"\nurl = "https://a.example"\nauth = {kind = "pat"}\n'
    )
    for words, expected in (("supportctl sh", "show"), ("supportctl list -p pro", "production")):
        done = subprocess.run(
            [sys.executable, "-m", "supportctl"],
            capture_output=True,
            text=True,
            env={
                **os.environ,
                "_SUPPORTCTL_COMPLETE": "complete_bash",
                "COMP_WORDS": words,
                "COMP_CWORD": str(len(words.split()) - 1),
            },
        )
        assert expected in done.stdout.split(), done.stderr


def on_a_terminal(arguments: list[str], **environ: str) -> tuple[int, str]:
    """Run a command line with all three streams on a pseudo-terminal."""
    pty = pytest.importorskip("pty")
    process, terminal = pty.fork()
    if process == 0:
        os.environ.update({"TERM": "xterm", "COLUMNS": "72", **environ})
        os.execv(sys.executable, [sys.executable, "-m", "supportctl", *arguments])
    written = b""
    while True:
        try:
            part = os.read(terminal, 65_536)
        except OSError:  # how Linux says that the other end has gone
            break
        if not part:
            break
        written += part
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), written.decode()


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_terminal_gets_a_table_that_fits(home: Path, queue: Path) -> None:
    code, plain = on_a_terminal(["list", "--file", str(queue)], NO_COLOR="1", TERM="dumb")
    assert code == 0
    assert "\x1b" not in plain
    assert plain.splitlines()[0].split()[:3] == ["KEY", "PRI", "STATUS"]
    assert all(len(line) <= 72 for line in plain.splitlines()[:6])
    code, coloured = on_a_terminal(["list", "--file", str(queue)])
    assert "\x1b[1mKEY" in coloured
    assert "\x1b]8;;https://acme.example/browse/SUP-1\x1b\\" in coloured
    assert "5 tickets" in coloured
    code, quiet = on_a_terminal(["list", "--file", str(queue), "-q", "--no-color"])
    assert "\x1b" not in quiet
    assert "5 tickets" not in quiet
