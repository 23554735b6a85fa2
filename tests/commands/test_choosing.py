"""Which tickets a change is for: streams of every form, findings of an audit, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from supportctl.exits import Exit
from supportctl.model import Status, Unknown
from tests.changes.memory import ticket
from tests.commands.desk import Desk
from tests.commands.fakes import Result

Cli = Callable[..., Result]
Pipe = Callable[[bytes], None]


@pytest.fixture
def desk(writable: Callable[[object], None]) -> Desk:
    adapter = Desk([ticket(number) for number in range(1, 6)])
    writable(adapter)
    return adapter


def planned(result: Result) -> list[str]:
    every = [json.loads(line) for line in result.out.splitlines()]
    return [row["key"] for row in every if row["outcome"] != "left out"]


def plan(cli: Cli, *which: str) -> Result:
    return cli("tag", "add", "vpn", *which, "--format", "ndjson")


@pytest.mark.parametrize(
    "content",
    [
        b"#1\n3\n",
        b"\xef\xbb\xbf#1\r\n\r\n  3  \r\n",
        b'{"key": "#1"}\n{"key": "#3", "title": "x", "platform": "zendesk", "profile": "prod"}\n',
        b'{"schema": "supportctl/plan/v1", "rows": 2}\n{"key": "#1"}\n{"key": "#3"}\n{"summary": {"tickets": 2}}\n',
        b'{"schema": "supportctl/tickets/v1", "tickets": [\n{"key": "#1"},\n{"key": "#3"}\n],\n"truncated": false}\n',
        b'{"schema": "supportctl/tickets/v1", "tickets": [{"key": "#1"}, {"key": "#3"}]}\n',
        b"key,title\n#1,a\n#3,b\n",
        b"title;Key;note\na;#1;x\nb;#3;y\n",
        b'\xef\xbb\xbf"key","title"\r\n"#1","a, ""b""\r\nc"\r\n"#3","b"\r\n',
        b"title\tkey\nx\t#1\ny\t#3\n",
        b"key\n#1\n3\n",
        b"#1\n#3\n1\n#1\n",
    ],
)
def test_keys_in_every_form(cli: Cli, desk: Desk, pipe: Pipe, content: bytes) -> None:
    pipe(content)
    result = plan(cli, "-")
    assert result.code == 0, result.err
    assert planned(result) == ["#1", "#3"]


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b'#1\n{"title": "SECRET"}\n#2\n{"key": 5}\n', ("line 2", "line 4")),
        (b'{"key": "#1"}\n{"key": "SECRET\n', ("line 2",)),
        (b"key,title\n#1,a\n,SECRET\n", ("line 3",)),
        (b"[1, 2]\nSECRET SECRET\n", ("line 1", "line 2")),
        (b'{"key": "#1", "platform": "jsm"}\n', ("line 1",)),
        (b'{"key": "#1", "profile": "staging"}\n', ("line 1", "staging")),
        (b"key,profile\n#1,prod\n#2,staging\n", ("line 3", "staging")),
    ],
)
def test_every_refused_line_is_named_and_none_quoted(
    cli: Cli, desk: Desk, pipe: Pipe, content: bytes, lines: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    from supportctl.errors import UsageError

    def normalize(text: str) -> str:
        if not text.lstrip("#").isdecimal():
            raise UsageError(f"{text} is no Zendesk ticket")
        return "#" + text.lstrip("#")

    monkeypatch.setattr(desk, "normalize_key", normalize)
    pipe(content)
    result = plan(cli, "-")
    assert result.code == Exit.USAGE
    for line in lines:
        assert line.removeprefix("line ") in result.err
    assert "SECRET" not in result.err
    assert "nothing was changed" in result.err
    assert desk.reads == []


@pytest.mark.slow
def test_a_hundred_thousand_keys_are_read_in_pages(cli: Cli, desk: Desk, pipe: Pipe) -> None:
    pipe(b"".join(b"#%d\n" % number for number in range(1, 100_001)))
    result = plan(cli, "-")
    assert result.code == 0
    assert len(desk.reads) == 1000
    assert max(desk.reads) == 100
    assert planned(result) == ["#1", "#2", "#3", "#4", "#5"]
    assert "99,995 keys not found" in result.err


def test_more_than_that_is_refused_before_anything_is_read(cli: Cli, desk: Desk, pipe: Pipe) -> None:
    pipe(b"".join(b"#%d\n" % number for number in range(1, 100_002)))
    result = plan(cli, "-")
    assert result.code == Exit.REFUSED
    assert "100,000" in result.err
    assert desk.reads == []


def test_two_keys_of_one_ticket_are_one_change(cli: Cli, desk: Desk) -> None:
    moved = ticket(7, key="#7", native={"former_keys": ["#70"]})
    desk.tickets["7"] = desk.tickets["70"] = moved
    keys = ["#7", *(f"#{number}" for number in range(100, 200)), "#70"]
    assert planned(plan(cli, *keys)) == ["#7"]


def findings(*entries: dict[str, object]) -> bytes:
    base = {"platform": "zendesk", "profile": "prod", "name": "stale", "message": "no touch for 9 days"}
    return b"".join(json.dumps({**base, **entry}).encode() + b"\n" for entry in entries)


def test_findings_choose_tickets_and_give_the_reason(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "audit.ndjson"
    path.write_bytes(
        findings(
            {"rule": "TIM501", "ticket": "#1"},
            {"rule": "PRI301", "ticket": "#1", "message": "no priority"},
            {"rule": "PRI301", "ticket": "#3", "message": "no priority"},
            {"rule": "QUE901", "ticket": None},
        )
    )
    result = plan(cli, "--from-findings", str(path), "--reason", "spring clean")
    assert [json.loads(line)["reason"] for line in result.out.splitlines()] == [
        "spring clean (TIM501: no touch for 9 days; PRI301: no priority)",
        "spring clean (PRI301: no priority)",
    ]
    assert "1 finding passed over" in result.err
    assert planned(plan(cli, "--from-findings", str(path), "--rule", "tim501")) == ["#1"]
    wrong = plan(cli, "--from-findings", str(path), "--rule", "RES601")
    assert wrong.code == Exit.USAGE
    assert "PRI301, QUE901, TIM501" in wrong.err


def test_findings_come_as_a_document_through_a_pipe_too(cli: Cli, desk: Desk, pipe: Pipe) -> None:
    document = {"schema": "supportctl/findings/v1", "findings": [{"rule": "TIM501", "ticket": "#2", "message": "m"}]}
    pipe(json.dumps(document, indent=2).encode())
    assert planned(plan(cli, "--from-findings", "-")) == ["#2"]


@pytest.mark.parametrize(
    "content",
    [b'{"key": "#1"}\n', b"#1\n", b'{"rule": "TIM501", "ticket": "#1", "profile": "staging"}\n', b'{"findings": 1\n'],
)
def test_what_is_no_finding_of_this_profile_is_refused(cli: Cli, desk: Desk, pipe: Pipe, content: bytes) -> None:
    pipe(content)
    result = plan(cli, "--from-findings", "-")
    assert result.code == Exit.USAGE
    assert "line 1" in result.err
    assert desk.reads == []


@pytest.mark.parametrize(
    "which",
    [
        ("--from-findings", "x.ndjson", "#1"),
        ("--from-findings", "nosuch.ndjson"),
        ("--rule", "TIM501", "#1"),
        ("-", "#1"),
        ("#1", "--sort", "created"),
    ],
)
def test_choices_with_two_readings_are_refused(cli: Cli, desk: Desk, which: tuple[str, ...]) -> None:
    result = plan(cli, *which)
    assert result.code == Exit.USAGE
    assert "nothing was changed" in result.err
    assert desk.reads == []


def test_conditions_leave_tickets_out_and_say_so(cli: Cli, desk: Desk) -> None:
    desk.tickets["2"] = ticket(2, ["vip"])
    desk.tickets["3"] = ticket(3, status=Status.PENDING)
    desk.tickets["4"] = ticket(4, unknown={"status": Unknown.HIDDEN}, status=None)
    result = plan(cli, "#1", "#2", "#3", "#4", "--unless", "tag=vip", "--require", "status=open")
    assert planned(result) == ["#1"]
    assert "#2 is left out: --unless tag=vip" in result.err
    assert "#3 is left out: not as --require status=open" in result.err
    assert "#4 is left out: whether 'status=open' holds cannot be told" in result.err


def test_tickets_left_out_on_purpose_make_no_run_partial(cli: Cli, desk: Desk) -> None:
    desk.tickets["2"] = ticket(2, ["vip"])
    assert cli("tag", "add", "vpn", "#1", "#2", "--unless", "tag=vip", "--yes").code == 0
    desk.tickets["3"] = ticket(3, unknown={"status": Unknown.HIDDEN}, status=None)
    assert cli("tag", "add", "x", "#1", "#3", "--require", "status=open", "--yes").code == Exit.PARTIAL


@pytest.mark.parametrize("condition", ["custommer-replied", "idle-for=long", "nosuch:x"])
def test_a_condition_nobody_knows_is_refused_before_anything_is_read(cli: Cli, desk: Desk, condition: str) -> None:
    result = plan(cli, "#1", "--require", condition)
    assert result.code == Exit.USAGE
    assert desk.reads == []


def test_the_cap_is_told_with_the_number_it_would_take(cli: Cli, desk: Desk) -> None:
    result = plan(cli, "status:open", "--max-changes", "3")
    assert result.code == Exit.REFUSED
    assert "--max-changes 5" in result.err
