"""``list`` through whole command lines: against a file, and against a fake platform."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from supportctl.adapters.base import Need, Notice
from supportctl.errors import RateLimitedError
from supportctl.exits import Exit
from supportctl.model import Person, Unknown
from tests.commands.fakes import FakeReader, Result, ticket

Cli = Callable[..., Result]
Connect = Callable[[FakeReader], FakeReader]


def test_plain_off_a_terminal_one_line_a_ticket(cli: Cli, queue: Path) -> None:
    result = cli("list", "--file", str(queue))
    assert result.code == 0
    lines = result.out.splitlines()
    assert [line.split("\t")[0] for line in lines] == [f"SUP-{number}" for number in range(1, 6)]
    assert "2026-03-02T11:00:00Z" in lines[0]
    assert result.err == ""


def test_ndjson_is_one_ticket_a_line_and_reads_back(cli: Cli, queue: Path, tmp_path: Path) -> None:
    result = cli("list", "--file", str(queue), "--format", "ndjson")
    assert [json.loads(line)["key"] for line in result.out.splitlines()] == [f"SUP-{n}" for n in range(1, 6)]
    again = tmp_path / "again.ndjson"
    again.write_text(result.out)
    assert cli("list", "--file", str(again), "--format", "ndjson").out == result.out


def test_json_is_one_document(cli: Cli, queue: Path) -> None:
    document = json.loads(cli("list", "--file", str(queue), "-f", "json", "--limit", "2").out)
    assert document["schema"] == "supportctl/tickets/v1"
    assert len(document["tickets"]) == 2
    assert document["truncated"] is True
    empty = json.loads(cli("list", "--file", str(queue), "-f", "json", "status:closed").out)
    assert empty["tickets"] == []
    assert empty["truncated"] is False


def test_json_fields(cli: Cli, queue: Path) -> None:
    result = cli("list", "--file", str(queue), "--json", "key,priority,resolved_at", "--limit", "1")
    assert json.loads(result.out)["tickets"] == [{"key": "SUP-1", "priority": "p2", "resolved_at": None}]
    lines = cli("list", "--file", str(queue), "--json", "key", "-f", "ndjson").out.splitlines()
    assert json.loads(lines[0]) == {"key": "SUP-1"}


def test_csv(cli: Cli, queue: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(cli("list", "--file", str(queue), "-f", "csv").out)))
    assert [row["key"] for row in rows] == [f"SUP-{number}" for number in range(1, 6)]
    assert rows[0]["assignee"] == "Ada Lovelace"


def test_table_with_columns_and_order(cli: Cli, queue: Path) -> None:
    result = cli("list", "--file", str(queue), "-f", "table", "--columns", "key,priority", "--sort", "-priority")
    assert [line.split() for line in result.out.splitlines()] == [
        ["KEY", "PRI"],
        ["SUP-4", "p5"],
        ["SUP-3", "p4"],
        ["SUP-2", "p3"],
        ["SUP-1", "p2"],
        ["SUP-5", "p1"],
    ]


def test_a_query_of_several_words_and_a_negation(cli: Cli, queue: Path) -> None:
    result = cli("list", "-tag:vip", "priority:p1..p2", "--file", str(queue), "group:Tier 1")
    assert [line.split("\t")[0] for line in result.out.splitlines()] == ["SUP-1", "SUP-5"]


def test_a_limit_is_said(cli: Cli, queue: Path) -> None:
    result = cli("list", "--file", str(queue), "--limit", "2", "--sort", "key")
    assert len(result.out.splitlines()) == 2
    assert "there are more" in result.err
    assert "there are more" not in cli("list", "--file", str(queue), "--limit", "5").err


def test_standard_input(queue: Path, home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "supportctl", "list", "--file", "-"],
        input=queue.read_bytes(),
        capture_output=True,
        check=True,
    )
    assert len(done.stdout.splitlines()) == 5


@pytest.mark.parametrize("form", ["plain", "ndjson", "csv"])
def test_the_first_row_is_out_before_the_second_page_is_asked(
    form: str, cli: Cli, connected: Connect, capfd: pytest.CaptureFixture[str]
) -> None:
    reader = connected(FakeReader([ticket(number) for number in range(1, 6)]))
    seen: list[str] = []

    def look(number: int) -> None:
        if number == 1:
            seen.append(capfd.readouterr().out)

    reader.before_page = look
    assert cli("list", "-f", form).code == 0
    assert "SUP-1" in seen[0]
    assert "SUP-3" not in seen[0]


def test_a_limit_stops_asking(cli: Cli, connected: Connect) -> None:
    reader = connected(FakeReader([ticket(number) for number in range(1, 100)]))
    cli("list", "--limit", "2")
    assert reader.pages == 1
    assert reader.closed


def test_only_what_is_shown_is_fetched(cli: Cli, connected: Connect) -> None:
    reader = connected(FakeReader([ticket(1)]))
    cli("list", "--columns", "key,title")
    cli("list", "--columns", "key,sla,tags")
    cli("list", "--json", "key,comments")
    cli("list", "--format", "ndjson", "--with", "history,links")
    cli("list", "--columns", "key", "sla:breached")
    assert reader.needs == [
        frozenset(),
        {Need.SLAS, Need.TAGS},
        {Need.COMMENTS},
        {Need.TAGS, Need.PEOPLE, Need.HISTORY, Need.LINKS},
        {Need.SLAS},
    ]


def test_what_was_left_out_is_said(cli: Cli, connected: Connect) -> None:
    connected(
        FakeReader(
            [ticket(1), ticket(2, assignee=None, unknown={"assignee": Unknown.HIDDEN}), ticket(1)],
            notices=[Notice(code="api", message="old version \x1b[31m", count=3)],
        )
    )
    result = cli("list", "assignee:any")
    assert result.out.count("\n") == 1
    assert "1 ticket left out" in result.err
    assert "old version \\x1b[31m (3 times)" in result.err


def test_trouble_in_the_middle_keeps_what_was_printed(cli: Cli, connected: Connect) -> None:
    reader = connected(FakeReader([ticket(number) for number in range(1, 6)]))

    def fail(number: int) -> None:
        if number == 1:
            raise RateLimitedError("the platform asks for 900 s", retry_after=900.0, hint="run again later")

    reader.before_page = fail
    for form in ("table", "plain", "csv", "ndjson"):
        reader.pages = 0
        result = cli("list", "-f", form)
        assert result.code == Exit.TEMPORARY
        assert "SUP-2" in result.out
        assert "2 tickets printed before it stopped" in result.err
    reader.pages = 0
    result = cli("list", "-f", "json")
    with pytest.raises(json.JSONDecodeError):
        json.loads(result.out)


def test_empty_is_fine_unless_asked_otherwise(cli: Cli, queue: Path) -> None:
    assert cli("list", "--file", str(queue), "status:closed").code == 0
    assert cli("list", "--file", str(queue), "status:closed", "--error-on-empty").code == Exit.EMPTY


def test_ticket_text_cannot_act(cli: Cli, connected: Connect) -> None:
    nasty = "[bold]x[/bold] \x1b]0;pwned\x07 \u202eevil\nsecond line\t=1+1 \x9b31m"
    connected(FakeReader([ticket(1, title=nasty, assignee=Person(id="1", name="=cmd|' /C calc'!A0"))]))
    for form in ("table", "plain", "json", "ndjson", "csv"):
        result = cli("list", "-f", form, "--columns" if form in ("table", "plain", "csv") else "--sort", "title")
        assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(result.out), form
        assert "[bold]" in result.out
    assert cli("list", "-f", "plain", "--columns", "title").out.count("\n") == 1
    assert json.loads(cli("list", "-f", "ndjson").out)["title"] == nasty
    assert "'=cmd" in cli("list", "-f", "csv").out


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--columns", "keyy"), "did you mean 'key'"),
        (("--json", "prority"), "did you mean 'priority'"),
        (("--sort", "updatd"), "did you mean 'updated'"),
        (("--format", "ndjsn"), "did you mean ndjson"),
        (("--json", "key", "--format", "csv"), "--columns"),
        (("--columns", "key", "--format", "json"), "--json"),
        (("--with", "coments"), "--with"),
        (("--native", "x"), "--native"),
        (("--view", "x"), "--view"),
        (("stauts:open",), "did you mean `status`"),
        (("--columns", ","), "names no column"),
    ],
)
def test_wrong_input(arguments: tuple[str, ...], expected: str, cli: Cli, queue: Path) -> None:
    result = cli("list", "--file", str(queue), *arguments)
    assert result.code == Exit.USAGE
    assert expected in result.err
    assert result.out == ""


def test_a_query_error_points_at_the_place(cli: Cli, queue: Path) -> None:
    lines = cli("list", "--file", str(queue), "tag:x stauts:open").err.splitlines()
    assert lines[1:3] == ["  tag:x stauts:open", "        ^^^^^^"]


def test_a_file_that_is_not_there(cli: Cli) -> None:
    result = cli("list", "--file", "/nowhere/x.ndjson")
    assert result.code == Exit.USAGE
    assert "no ticket was read" in result.err


def test_native_and_view_together(cli: Cli, connected: Connect) -> None:
    connected(FakeReader([]))
    assert cli("list", "--native", "a", "--view", "b").code == Exit.USAGE


def test_a_missing_secret_names_the_ways_out(cli: Cli, connected: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUPPORTCTL_PROD_TOKEN")
    result = cli("list")
    assert result.code == Exit.AUTH
    assert "SUPPORTCTL_PROD_TOKEN" in result.err


def test_an_account_from_the_environment(cli: Cli, connected: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    from supportctl.adapters import registry

    given: dict[str, object] = {}

    def open_adapter(profile: object, **named: object) -> FakeReader:
        given.update(named, profile=profile)
        return FakeReader([])

    monkeypatch.setattr(registry, "open_adapter", open_adapter)
    monkeypatch.setenv("SUPPORTCTL_PLATFORM", "zendesk")
    monkeypatch.setenv("SUPPORTCTL_URL", "acme")
    assert "SUPPORTCTL_TOKEN" in cli("list").err
    monkeypatch.setenv("SUPPORTCTL_TOKEN", "from-env")
    assert cli("list", "--max-wait", "7").code == 0
    assert given["secret"] == "from-env"
    assert given["max_wait"] == 7
    assert given["profile"].url == "https://acme.zendesk.com"  # type: ignore[attr-defined]


def test_warnings_in_headers_are_told_and_debug_tells_the_cost(
    cli: Callable[..., Result], connected: Callable[[FakeReader], FakeReader]
) -> None:
    reader = connected(FakeReader([ticket(1)]))
    reader.transport.stats.warn("unpermitted keys: statuss")
    reader.transport.stats.sent("GET /rest/api/3/field")
    result = cli("list", "-p", "prod", "--debug")
    assert "the platform warns: unpermitted keys: statuss" in result.err
    assert "1 request, 0 repeated" in result.err


def test_a_sort_by_unknown_values_is_told(
    cli: Callable[..., Result], connected: Callable[[FakeReader], FakeReader]
) -> None:
    reader = connected(FakeReader([ticket(1, unknown={"resolved_at": Unknown.NOT_FETCHED}), ticket(2)]))
    result = cli("list", "-p", "prod", "--sort", "resolved")
    assert Need.METRICS in reader.needs[0]
    assert "1 ticket sorted last" in result.err


def test_nothing_found_is_said_off_a_terminal_too(cli: Cli, queue: Path) -> None:
    result = cli("list", "tag:nobody-has-this", "--file", str(queue))
    assert (result.code, result.out) == (0, "")
    assert "0 tickets" in result.err


def test_an_empty_query_is_not_everything(cli: Cli, queue: Path) -> None:
    result = cli("list", "", "--file", str(queue))
    assert result.code == Exit.USAGE
    assert result.out == ""


def test_good_lines_before_a_broken_one_are_printed(cli: Cli, queue: Path) -> None:
    queue.write_bytes(queue.read_bytes() + b"{broken\n")
    result = cli("list", "--file", str(queue))
    assert result.code == Exit.USAGE
    assert len(result.out.splitlines()) == 5
    assert "line 6" in result.err
