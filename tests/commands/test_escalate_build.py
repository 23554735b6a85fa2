"""``escalate KEY``: what is written, what never is, and what is said."""

from __future__ import annotations

import json
import os
import socket
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from supportctl.evidence.packet import manifest
from supportctl.exits import Exit
from supportctl.model import Link, LinkType, Person, Platform
from tests.commands.fakes import FakeReader, Result
from tests.evidence.packet.cases import LOG, SECRETS, ticket

Cli = Callable[..., Result]
AT = ("--now", "2026-03-02T12:00:00Z", "--zone", "UTC")


@pytest.fixture
def one(file_of: Callable[..., str]) -> tuple[str, ...]:
    return ("escalate", "SUP-12", "--file", file_of(ticket()), *AT)


@pytest.fixture
def log(tmp_path: Path) -> str:
    path = tmp_path / "in" / "kleinschmidt.log"
    path.parent.mkdir()
    path.write_bytes(LOG)
    return str(path)


def packets(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_folder_and_zip_without_any_original(cli: Cli, one: tuple[str, ...], log: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = cli(*one, "--attach", log, "--out", str(out))
    assert result.code == 0, result.err
    assert packets(out) == ["PKT-SUP-12-20260302", "PKT-SUP-12-20260302.zip"]
    held = "".join(f"{path}{path.read_text()}" for path in sorted((out / "PKT-SUP-12-20260302").rglob("*.*")))
    with zipfile.ZipFile(out / "PKT-SUP-12-20260302.zip") as packed:
        for info in packed.infolist():
            held += info.filename + packed.read(info).decode()
    for secret in SECRETS:
        assert secret not in held
        assert secret not in result.out
    assert "verified" in result.err
    assert manifest.check(out / "PKT-SUP-12-20260302.zip") == []


def test_no_socket_is_opened(
    cli: Cli, one: tuple[str, ...], log: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_given: object, **_named: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert cli(*one, "--attach", log, "--out", str(tmp_path / "out")).code == 0


def test_the_same_bytes_again(cli: Cli, one: tuple[str, ...], tmp_path: Path) -> None:
    for name in ("a", "b"):
        assert cli(*one, "--out", str(tmp_path / name)).code == 0
    first, second = ((tmp_path / name / "PKT-SUP-12-20260302.zip").read_bytes() for name in ("a", "b"))
    assert first == second


def test_facts_in_json(cli: Cli, one: tuple[str, ...], tmp_path: Path) -> None:
    told = json.loads(cli(*one, "--out", str(tmp_path / "out"), "--json", "all").out)
    facts = told["packet"]
    assert facts["folder"] == str(tmp_path / "out" / "PKT-SUP-12-20260302")
    assert facts["tickets"] == ["SUP-12"]
    assert facts["written"] is True
    assert facts["replaced"] > 5
    assert {row["path"] for row in told["files"]} >= {"README.md", "manifest.json", "ticket.json"}


def test_below_the_least_score_nothing_is_written(cli: Cli, one: tuple[str, ...], tmp_path: Path) -> None:
    out = ("--out", str(tmp_path / "out"))
    low = cli(*one, *out, "--min-score", "100")
    assert low.code == Exit.FOUND
    assert "of 100 points, 100 are wanted; nothing was written" in low.err
    assert packets(tmp_path / "out") == []
    assert cli(*one, *out, "--min-score", "0").code == 0


def test_it_has_the_score_that_check_tells(cli: Cli, one: tuple[str, ...], tmp_path: Path) -> None:
    checked = json.loads(cli("escalate", "check", *one[1:4], "--json", "key,score").out)
    built = json.loads(cli(*one, "--out", str(tmp_path / "out"), "--json", "all").out)
    [rows] = (rows for rows in checked.values() if isinstance(rows, list) and rows)
    assert rows[0]["score"] == built["packet"]["score"]


def test_what_the_tokens_stand_for_is_kept_apart(cli: Cli, one: tuple[str, ...], tmp_path: Path) -> None:
    result = cli(*one, "--out", str(tmp_path / "out"))
    [kept] = (tmp_path / "state").rglob("PKT-SUP-12-20260302-*.json")
    assert kept.stat().st_mode & 0o777 == 0o600
    assert str(kept) in result.err
    revealed = cli("redact", "reveal", "PERSON_1", "--json", "all")
    assert "leinschmidt" in revealed.out
    kept.unlink()
    assert cli(*one, "--out", str(tmp_path / "other"), "--no-map").code == 0
    assert not list((tmp_path / "state").rglob("PKT-*.json"))


def test_a_log_without_a_zone_is_of_the_zone_that_was_named(
    cli: Cli, one: tuple[str, ...], log: str, tmp_path: Path
) -> None:
    told = ("--attach", log, "--out", str(tmp_path / "out"), "--zone", "Europe/Berlin")
    assert cli(*one[:-2], *told).code == 0
    timeline = (tmp_path / "out" / "PKT-SUP-12-20260302" / "timeline.csv").read_text()
    assert "2026-03-02T01:12:01Z,2026-03-02T02:12:01+01:00,evidence/" in timeline


def test_a_dry_run_writes_nothing(cli: Cli, one: tuple[str, ...], tmp_path: Path) -> None:
    result = cli(*one, "--out", str(tmp_path / "out"), "--dry-run", "--json", "path")
    assert result.code == 0
    assert packets(tmp_path / "out") == []
    assert json.loads(result.out)["packet"]["written"] is False
    assert "nothing was written" in result.err


def test_what_is_there_stays_without_force(cli: Cli, one: tuple[str, ...], tmp_path: Path) -> None:
    out = ("--out", str(tmp_path / "out"))
    assert cli(*one, *out).code == 0
    refused = cli(*one, *out)
    assert refused.code == Exit.REFUSED
    assert "--force" in refused.err
    assert cli(*one, *out, "--force", "--to", "l2").code == 0
    assert manifest.read(tmp_path / "out" / "PKT-SUP-12-20260302").to == "l2"


def test_options_may_stand_before_the_key(cli: Cli, one: tuple[str, ...], tmp_path: Path) -> None:
    _, key, *rest = one
    assert cli("escalate", "--to", "l2", "--out", str(tmp_path / "o"), *rest, key).code == 0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--to", "ceo"), "engineering, l2"),
        (("--zone", "Mars/Base"), "time zone"),
        (("--now", "soon"), "--now"),
        (("--out", " "), "--out"),
        (("--attach", "/nowhere/x.log"), "cannot read /nowhere/x.log"),
        (("--json", "nonsense"), "nonsense"),
    ],
)
def test_what_cannot_be_is_refused(
    cli: Cli, one: tuple[str, ...], given: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    result = cli(*one, "--out", str(tmp_path / "out"), *given)
    assert result.code == Exit.USAGE
    assert said in result.err
    assert packets(tmp_path / "out") == []


def test_a_key_that_is_not_there(cli: Cli, one: tuple[str, ...]) -> None:
    result = cli("escalate", "SUP-99", *one[2:])
    assert result.code == Exit.EMPTY
    assert "SUP-99" in result.err
    assert "nothing was written" in result.err


def test_a_verb_that_is_misspelt(cli: Cli) -> None:
    result = cli("escalate", "biuld", "SUP-1")
    assert result.code == Exit.USAGE
    assert "Did you mean escalate build?" in result.err


def test_alone_it_prints_its_help(cli: Cli) -> None:
    assert "build" in cli("escalate").out


def test_the_map_lies_outside(cli: Cli, one: tuple[str, ...], tmp_path: Path) -> None:
    out = tmp_path / "out"
    inside = cli(*one, "--out", str(out), "--map", str(out / "PKT-SUP-12-20260302" / "map.json"))
    assert inside.code == Exit.REFUSED
    assert packets(out) == []
    beside = tmp_path / "private" / "map.json"
    assert cli(*one, "--out", str(out), "--map", str(beside)).code == 0
    assert beside.stat().st_mode & 0o777 == 0o600
    assert "sk_live" not in beside.read_text()


def test_interrupted_nothing_is_left(
    cli: Cli, one: tuple[str, ...], log: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_handle: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    result = cli(*one, "--attach", log, "--out", str(tmp_path / "out"))
    assert result.code == Exit.INTERRUPTED
    assert packets(tmp_path / "out") == []


def test_linked_tickets_come_along(cli: Cli, connected: Callable[[FakeReader], FakeReader], tmp_path: Path) -> None:
    other = Person(id="9", name="Jo Weatherwax", email="jo@other.example")
    links = [
        Link(type=LinkType.DUPLICATED_BY, key="SUP-13"),
        Link(type=LinkType.RELATES, key="SUP-14"),
        Link(type=LinkType.CHILD, key="SUP-15"),
        Link(type=LinkType.CHILD, key="#77", platform=Platform.ZENDESK),
    ]
    connected(
        FakeReader(
            [ticket(12, links=links), ticket(13, requester=other), ticket(14), ticket(12, id="x", key="OTHER-1")]
        )
    )
    given = ("-p", "prod", "--with-linked", "--no-attachments", "--out", str(tmp_path))
    result = cli("escalate", "SUP-12", *given, *AT, "--json", "path")
    assert result.code == 0, result.err
    assert json.loads(result.out)["packet"]["tickets"] == ["SUP-12", "SUP-13"]
    readme = (tmp_path / "PKT-SUP-12-20260302" / "README.md").read_text()
    assert "2 tickets of 2 customers" in readme
    assert "#77" in result.err
    assert "another platform" in result.err
    assert "SUP-15 is linked, but not shown" in result.err
    assert "Weatherwax" not in readme
