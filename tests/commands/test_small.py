"""``check``, ``query explain``, ``schema`` and ``help``."""

import json
from collections.abc import Callable

import msgspec
import pytest

from supportctl.adapters.base import Check
from supportctl.commands._app import join_words
from supportctl.commands.help import MEANINGS, TOPICS
from supportctl.commands.schema import NAMES
from supportctl.errors import AuthError, TemporaryError
from supportctl.exits import Exit
from supportctl.model import Ticket
from tests.commands.fakes import FakeReader, Result, ticket

Cli = Callable[..., Result]
Connect = Callable[[FakeReader], FakeReader]


def test_check_lines(cli: Cli, connected: Connect) -> None:
    reader = connected(FakeReader([]))
    reader.checks.append(Check(name="clock", ok=None, detail="no date header"))
    result = cli("check")
    assert result.code == 0
    assert "✓ profile" in result.out
    assert "! clock" in result.out
    reader.checks.append(Check(name="role", ok=False, detail="itil is missing", hint="ask an admin\nthen check again"))
    result = cli("check")
    assert result.code == Exit.AUTH
    assert "✗ role" in result.out
    assert result.out.count("→") == 2


def test_check_of_a_refusal(cli: Cli, connected: Connect) -> None:
    reader = connected(FakeReader([]))
    for error, code, name in (
        (AuthError("the token was rejected", hint="make a new one"), Exit.AUTH, "sign-in"),
        (TemporaryError("no route to acme.example"), Exit.TEMPORARY, "connection"),
    ):

        def refuse(error: Exception = error) -> list[Check]:
            raise error

        reader.check = refuse  # type: ignore[method-assign]
        result = cli("check", "--json")
        assert result.code == code
        document = json.loads(result.out)
        assert document["ok"] is False
        assert document["checks"][-1]["name"] == name
        assert "s3cret" not in result.out + result.err


def test_query_explain(cli: Cli, connected: Connect) -> None:
    connected(FakeReader([ticket(1)]))
    result = cli("query", "explain", "status:open", 'text:"vpn"')
    assert result.code == 0
    assert "status = 10000" in result.out
    assert 'decided here: text:"vpn"' in result.out
    assert "about 1 tickets" in result.out
    document = json.loads(cli("query", "explain", "status:open", "--json", "--no-count").out)
    assert document["native"] == "status = 10000"
    assert document["count"] is None


def test_query_errors(cli: Cli, connected: Connect) -> None:
    connected(FakeReader([]))
    result = cli("query", "explain", "age:7d")
    assert result.code == Exit.USAGE
    assert "^" in result.err
    assert cli("query", "explain", " ").code == Exit.USAGE


@pytest.mark.parametrize("name", NAMES)
def test_schemas(name: str, cli: Cli) -> None:
    document = json.loads(cli("schema", name).out)
    assert document["$id"] == f"supportctl/{name}/v1"


def test_schema_names_every_field_of_a_ticket(cli: Cli) -> None:
    document = json.loads(cli("schema", "ticket").out)
    assert list(document["$defs"]["Ticket"]["properties"]) == [f.encode_name for f in msgspec.structs.fields(Ticket)]
    assert cli("schema").out.split() == list(NAMES)
    assert "did you mean ticket" in cli("schema", "tiket").err


@pytest.mark.parametrize("topic", TOPICS)
def test_topics(topic: str, cli: Cli) -> None:
    result = cli("help", topic)
    assert result.code == 0
    assert all(len(line) <= 120 for line in result.out.splitlines())


def test_every_exit_code_is_explained(cli: Cli) -> None:
    assert set(MEANINGS) == {code.name for code in Exit}
    out = cli("help", "exit-codes").out
    assert all(f" {int(code)}  " in out for code in Exit)
    assert cli("help", "exit-code").code == Exit.USAGE


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["status:open"], "status:open"),
        (['group:"Tier 1" tag:x'], 'group:"Tier 1" tag:x'),
        (["group:Tier 1", "tag:x"], 'group:"Tier 1" tag:x'),
        ([" -group:Tier 1", "tag:x"], '-group:"Tier 1" tag:x'),
        (["( tag:a or tag:b )", "tag:x"], "( tag:a or tag:b ) tag:x"),
        ([], ""),
    ],
)
def test_words_become_one_query(words: list[str], expected: str) -> None:
    assert join_words(words) == expected
