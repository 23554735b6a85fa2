"""``log``: forms, window of time, exit codes."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from supportctl.exits import Exit
from tests.commands.fakes import Result

Cli = Callable[..., Result]
LOG = """\
2024-05-01 10:00:00,123 INFO [main] com.acme.Api - started
2024-05-01 10:00:05,123 ERROR [req-1] com.acme.Api - Order 4711 failed requestId=ab12cd34 password=Geheim77!x
com.acme.OrderException: cannot order 4711 for eva.klein@firma-x.de
\tat com.acme.Order.place(Order.java:12)
\tat org.springframework.web.Foo.bar(Foo.java:99)
2024-05-01 10:00:06,123 INFO [main] com.acme.Api - ok
2024-05-01 11:10:05,123 ERROR [req-2] com.acme.Api - Order 4712 failed requestId=ab12cd35 with Geheim77!x
2024-05-01 11:10:06,123 WARN [main] com.acme.Api - slow
"""
SECRETS = ("Geheim77", "eva.klein")


@pytest.fixture
def app_log(tmp_path: Path) -> Path:
    path = tmp_path / "app.log"
    path.write_text(LOG)
    return path


@pytest.mark.parametrize("form", ["table", "plain", "json", "ndjson", "csv", "markdown"])
def test_every_form_is_safe_to_paste(cli: Cli, app_log: Path, form: str) -> None:
    result = cli("log", str(app_log), *(["--markdown"] if form == "markdown" else ["--format", form]))
    assert result.code == 0
    assert "OrderException" in result.out
    for secret in SECRETS:
        assert secret not in result.out + result.err


def test_json_holds_findings_and_facts(cli: Cli, app_log: Path) -> None:
    told = json.loads(cli("log", str(app_log), "--format", "json").out)
    assert told["schema"] == "supportctl/log_findings/v1"
    kinds = [row["kind"] for row in told["log_findings"]]
    assert kinds == ["trace", "error", "error", "id", "id"]
    assert told["log_findings"][0]["top"] == "com.acme.Order.place (Order.java:12)"
    assert told["files"][0]["levels"] == {"info": 2, "warning": 1, "error": 2}


def test_a_window_of_time(cli: Cli, app_log: Path) -> None:
    words = ("--json", "what,line", "--within", "1m")
    inside = json.loads(cli("log", str(app_log), "--around", "2024-05-01T11:10", *words).out)
    assert {row["line"] for row in inside["log_findings"]} == {7}
    berlin = json.loads(
        cli("log", str(app_log), "--around", "2024-05-01T09:10Z", "--zone", "Europe/Berlin", *words).out
    )
    assert {row["line"] for row in berlin["log_findings"]} == {7}
    assert cli("log", str(app_log), "--since", "2025-01-01", "--format", "csv").out.count("\n") <= 1


def test_exit_codes(cli: Cli, app_log: Path, tmp_path: Path) -> None:
    assert cli("log", str(app_log), "--fail-on-error").code == Exit.FOUND
    fine = tmp_path / "fine.log"
    fine.write_text("2024-05-01 10:00:00 INFO all is well\n")
    assert cli("log", str(fine), "--fail-on-error").code == Exit.OK
    for words in (["--zone", "Mars/Base"], ["--around", "soon"], ["--within", "5"], ["--markdown", "--format", "csv"]):
        assert cli("log", str(fine), *words).code == Exit.USAGE, words
    picture = tmp_path / "screen.log"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\x00" * 100)
    result = cli("log", str(picture))
    assert result.code == Exit.USAGE
    assert "picture" in result.err


def test_from_standard_input(cli: Cli, pipe: Callable[[bytes], None]) -> None:
    pipe(LOG.encode())
    assert "OrderException" in cli("log", "--format", "csv").out


def test_a_page_fits_the_terminal(cli: Cli, app_log: Path) -> None:
    out = cli("log", str(app_log), "--format", "table").out
    assert "Stack traces" in out
    assert max(map(len, out.splitlines())) <= 80
