"""``har``: forms, exit codes, and what is said of files that are none."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from supportctl.exits import Exit
from tests.commands.fakes import Result
from tests.evidence.har.making import entry
from tests.evidence.har.making import har as document
from tests.evidence.har.test_faults import SECRETS, planted

Cli = Callable[..., Result]


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "session.har"
    path.write_bytes(planted())
    return path


@pytest.mark.parametrize("form", ["table", "plain", "json", "ndjson", "csv", "markdown"])
def test_every_form_is_safe_to_paste(cli: Cli, recording: Path, form: str) -> None:
    result = cli("har", str(recording), *(["--markdown"] if form == "markdown" else ["--format", form]))
    assert result.code == 0
    assert "req-visible-1" in result.out
    for name, value in SECRETS.items():
        assert value not in result.out + result.err, name


def test_json_holds_findings_and_facts(cli: Cli, recording: Path) -> None:
    told = json.loads(cli("har", str(recording), "--format", "json").out)
    assert told["schema"] == "supportctl/har_findings/v1"
    assert told["har_findings"][0]["status"] == 500
    assert told["files"][0]["entries"] == 3


def test_a_page_for_people(cli: Cli, recording: Path) -> None:
    out = cli("har", str(recording), "--format", "table").out
    assert "session.har  3 exchanges, 2 failed" in out
    assert "What went wrong" in out
    assert "x-request-id req-visible-1" in out
    assert max(map(len, out.splitlines())) <= 80


def test_exit_codes(cli: Cli, recording: Path, tmp_path: Path) -> None:
    assert cli("har", str(recording), "--fail-on", "error").code == Exit.FOUND
    fine = tmp_path / "fine.har"
    fine.write_bytes(document(entry()))
    assert cli("har", str(fine), "--fail-on", "note").code == Exit.OK
    assert cli("har", str(fine), "--fail-on", "bad").code == Exit.USAGE
    assert cli("har", str(fine), "--markdown", "--format", "csv").code == Exit.USAGE
    assert cli("har", str(tmp_path / "none.har")).code == Exit.USAGE
    assert cli("har", str(tmp_path)).code == Exit.USAGE


def test_what_is_no_har_is_an_error_after_the_others(cli: Cli, recording: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.har"
    bad.write_bytes(b"<html>gateway timeout</html>")
    result = cli("har", str(bad), str(recording), "--format", "plain")
    assert result.code == Exit.USAGE
    assert "req-visible-1" in result.out
    assert "bad.har: no HAR" in result.err
    assert "gateway" not in result.err


def test_from_standard_input(cli: Cli, pipe: Callable[[bytes], None]) -> None:
    pipe(planted())
    assert "standard-input" in cli("har", "-", "--format", "csv").out
