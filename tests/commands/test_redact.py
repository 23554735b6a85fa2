"""``redact``: what is written, what never is, and what is said."""

import errno
import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from supportctl.evidence import staging
from supportctl.evidence.redact import engine
from supportctl.evidence.redact.scrubber import Scrubber
from supportctl.exits import Exit
from supportctl.model import Comment, Person
from tests.commands.fakes import Result, ticket

Cli = Callable[..., Result]
LINE = "2024-05-01T10:00:00Z login of eva.klein@firma-x.de with password=Geheim77!x\n"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "in" / "app.log"
    path.parent.mkdir()
    path.write_text(LINE)
    return path


def everything(folder: Path) -> str:
    return "".join(f"{path}{path.read_text()}" for path in sorted(folder.rglob("*")) if path.is_file())


def test_to_standard_output(cli: Cli, log: Path) -> None:
    result = cli("redact", str(log))
    assert result.code == 0
    assert result.out == "2024-05-01T10:00:00Z login of [EMAIL_1] with password=[PASSWORD_1]\n"
    assert "2 places replaced in 1 file · verified" in result.err
    assert "no name of a person" in result.err


def test_from_standard_input(cli: Cli, pipe: Callable[[bytes], None]) -> None:
    pipe(LINE.encode())
    assert "[EMAIL_1]" in cli("redact", "--profile-kind", "log").out


def test_to_a_folder(cli: Cli, log: Path, tmp_path: Path) -> None:
    other = log.with_name("eva.klein@firma-x.de.json")
    other.write_text(json.dumps({"mail": "eva.klein@firma-x.de"}))
    result = cli("redact", str(log), str(other), "--out", str(tmp_path / "out"), "--json", "all")
    assert result.code == 0
    rows = json.loads(result.out)["redacted"]
    assert [row["kind"] for row in rows] == ["log", "json"]
    written = everything(tmp_path / "out")
    assert "firma-x" not in written
    assert "Geheim77" not in written + result.out + result.err
    report = json.loads((tmp_path / "out" / "redaction-report.json").read_text())
    assert report["verified"] is True
    assert report["files"][0]["found"]["PASSWORD"] == 1
    assert [path.name for path in (tmp_path / "out").parent.iterdir() if path.name.startswith(".")] == []


def test_the_same_bytes_again(cli: Cli, log: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert cli("redact", str(log), "--out", str(tmp_path / name)).code == 0
    first, second = ({p.name: p.read_bytes() for p in (tmp_path / name).iterdir()} for name in ("one", "two"))
    assert first == second


def test_people_of_a_ticket(cli: Cli, log: Path, file_of: Callable[..., str]) -> None:
    log.write_text("Frau Klein rief an, Eva Klein und KLEIN, EVA; auch Otto Wagenbrecht\n")
    author = Person(id="2", name="Otto Wagenbrecht")
    one = ticket(
        1,
        requester=Person(id="1", name="Eva Klein", email="eva@firma-x.de"),
        comments=[Comment(id="1", author=author, created_at=None, body="x", public=True)],
    )
    result = cli("redact", str(log), "--ticket", one.key, "--file", file_of(one))
    assert result.code == 0, result.err
    assert "lein" not in result.out.lower()
    assert "wagenbrecht" not in result.out.lower()


def test_a_map_keeps_tokens_and_is_private(cli: Cli, log: Path, tmp_path: Path) -> None:
    kept = tmp_path / "maps" / "m.json"
    assert "[EMAIL_1]" in cli("redact", str(log), "--map", str(kept)).out
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert "Geheim77" not in kept.read_text()
    log.write_text("otto@firma-x.de eva.klein@firma-x.de\n")
    assert cli("redact", str(log), "--map", str(kept)).out == "[EMAIL_2] [EMAIL_1]\n"
    kept.chmod(0o644)
    result = cli("redact", str(log), "--map", str(kept))
    assert result.code == Exit.REFUSED
    assert "chmod 600" in result.err


def test_what_a_token_stands_for(cli: Cli, log: Path, tmp_path: Path) -> None:
    log.write_text(f"{LINE}Eva.Klein@firma-x.de from 81.2.69.142 with card=4539148803436467\n")
    result = cli("redact", str(log))
    assert "[EMAIL_1] from [IP_1]" in result.out
    [kept] = (tmp_path / "state").rglob("maps/*.json")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert "Geheim77" not in kept.read_text()
    assert "4539148803436467" not in kept.read_text()
    shown = json.loads(cli("redact", "reveal", "[EMAIL_1]", "IP_1", "--json", "all").out)["revealed"]
    assert [(row["token"], row["value"].lower()) for row in shown] == [
        ("[EMAIL_1]", "eva.klein@firma-x.de"), ("[IP_1]", "81.2.69.142"),
    ]  # fmt: skip
    result = cli("redact", "reveal", "PASSWORD_1")
    assert result.code == Exit.EMPTY
    assert "never kept" in result.err
    assert cli("redact", "reveal", "EMAIL_77").code == Exit.EMPTY
    assert cli("redact", "reveal", "eva").code == Exit.USAGE
    assert cli("redact", "reveal", "EMAIL_1", "--map", str(tmp_path / "none.json")).code == Exit.USAGE


def test_no_map_is_kept(cli: Cli, log: Path, tmp_path: Path) -> None:
    assert cli("redact", str(log), "--no-map").code == 0
    assert list((tmp_path / "state").rglob("maps/*")) == []
    assert cli("redact", "reveal", "EMAIL_1").code == Exit.USAGE
    assert cli("redact", str(log), "--no-map", "--map", str(tmp_path / "m.json")).code == Exit.USAGE


def test_where_a_map_may_not_be(cli: Cli, log: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert cli("redact", str(log), "--out", str(out), "--map", str(out / "m.json")).code == Exit.REFUSED
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    assert cli("redact", str(log), "--map", str(tmp_path / "repo" / "a" / "m.json")).code == Exit.REFUSED
    assert not out.exists()
    (tmp_path / "odd.json").write_text('{"schema": "other"}')
    (tmp_path / "odd.json").chmod(0o600)
    assert cli("redact", str(log), "--map", str(tmp_path / "odd.json")).code == Exit.USAGE


def test_nothing_is_written_over(cli: Cli, log: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "app.log").write_text("mine")
    result = cli("redact", str(log), "--out", str(out))
    assert result.code == Exit.REFUSED
    assert "--force" in result.err
    assert everything(out).endswith("mine")
    assert cli("redact", str(log), "--out", str(out), "--force").code == 0
    assert cli("redact", str(log), "--out", str(log.parent), "--force").code == Exit.REFUSED
    assert log.read_text() == LINE


@pytest.mark.parametrize("trouble", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_nothing_is_left_of_a_run_that_broke(
    cli: Cli, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: BaseException
) -> None:
    calls = 0

    def fsync(_file: int) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise trouble

    monkeypatch.setattr(staging.os, "fsync", fsync)
    before = sorted(tmp_path.rglob("*"))
    result = cli("redact", str(log), "--out", str(tmp_path / "out"))
    assert result.code in (Exit.REFUSED, Exit.INTERRUPTED)
    assert calls == 2
    assert sorted(path for path in tmp_path.rglob("*") if "state" not in path.parts) == before


def test_a_value_that_is_left_stops_everything(
    cli: Cli, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The verification is blind to why: here the pass that replaces is broken."""

    def broken(each: engine._Open, scrubber: Scrubber, _told: object = None) -> None:
        for text in each.content.texts():
            scrubber.text(text, "log")

    monkeypatch.setattr(engine, "_walk", broken)
    monkeypatch.setattr(engine, "_settle", lambda *_: None)
    result = cli("redact", str(log), "--out", str(tmp_path / "out"))
    assert result.code == Exit.REFUSED
    assert "still there" in result.err
    assert "eva" not in result.err
    assert not (tmp_path / "out").exists()
    assert cli("redact", str(log)).out == ""


def test_what_is_no_text(cli: Cli, log: Path, tmp_path: Path) -> None:
    picture = tmp_path / "in" / "shot.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + os.urandom(100))
    result = cli("redact", str(picture))
    assert (result.code, result.out) == (Exit.USAGE, "")
    result = cli("redact", str(picture), str(log), "--out", str(tmp_path / "out"))
    assert result.code == Exit.PARTIAL
    assert "shot.png: not read" in result.err
    assert "1 file left out" in result.err
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["app.log", "redaction-report.json"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("redact", "a", "b"),
        ("redact", "missing.log"),
        ("redact", "."),
        ("redact", "{log}", "--profile-kind", "pdf"),
        ("redact", "{log}", "--format", "json"),
        ("redact", "{log}", "--out", ""),
        ("redact", "{log}", "--file", "x.ndjson"),
    ],
)
def test_asked_wrongly(cli: Cli, log: Path, arguments: tuple[str, ...]) -> None:
    result = cli(*(part.replace("{log}", str(log)) for part in arguments))
    assert result.code == Exit.USAGE
    assert "→" in result.err or "hint" in result.err
    assert result.out == ""
