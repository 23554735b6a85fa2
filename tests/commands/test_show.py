"""``show``: one ticket whole, unknown told from empty."""

import json
import webbrowser
from collections.abc import Callable
from datetime import timedelta

import pytest

from supportctl.adapters.base import Need
from supportctl.exits import Exit
from supportctl.model import (
    Attachment,
    Comment,
    CustomField,
    Event,
    Link,
    LinkType,
    Person,
    Sla,
    Status,
    Ticket,
    Unknown,
)
from tests.commands.fakes import NOW, FakeReader, Result, ticket

Cli = Callable[..., Result]
Connect = Callable[[FakeReader], FakeReader]


def rich_ticket() -> Ticket:
    return ticket(
        1,
        description="It burns.\n\x1b[2J\nPlease help.",
        native_status="In Progress",
        requester=Person(id="r", name="Grace", email="grace@acme.example"),
        organization=None,
        unknown={"organization": Unknown.HIDDEN, "attachments": Unknown.NOT_FETCHED},
        slas=[
            Sla(metric="first response", target=3600, elapsed=7200, breached=True),
            Sla(metric="resolution", target=86400, remaining=-60, breached=False, breach_at=NOW),
        ],
        links=[Link(type=LinkType.DUPLICATE_OF, key="SUP-9", status=Status.CLOSED, title="Other [red]fire[/red]")],
        custom=[CustomField(id="c1", name="Tier", value="gold"), CustomField(id="c2", value=None)],
        history=[
            Event(
                id=str(n),
                at=NOW - timedelta(hours=n),
                actor=Person(id="a", name="Bot"),
                field="status",
                before="new",
                after="open",
            )
            for n in range(40)
        ],
        comments=[
            Comment(
                id="1",
                author=Person(id="r", name="Grace"),
                created_at=NOW,
                body="\n".join(f"line {n}" for n in range(100)),
                public=True,
                attachments=[Attachment(id="f", filename="../../etc/\x1b[31mpasswd")],
            ),
            Comment(id="2", author=None, created_at=None, body="note to self", public=False),
        ],
    )


def test_the_page(cli: Cli, connected: Connect) -> None:
    connected(FakeReader([rich_ticket()]))
    result = cli("show", "sup-1")
    assert result.code == 0
    for expected in (
        "SUP-1  Printer 1 is on fire",
        "open (In Progress)",
        "Grace <grace@acme.example>",
        "organization    unknown: hidden from this account",
        "first response: breached, target 60m, used 2h",
        "resolution: running, target 24h, over 1m",
        "duplicate of SUP-9 (closed) Other [red]fire[/red]",
        "Tier: gold",
        "10 earlier changes: --full",
        "status: new → open",
        "Grace · public",
        "author unknown · internal",
        "70 more lines: --full",
        "\\x1b[2J",
        "[attached: ../../etc/\\x1b[31mpasswd]",
    ):
        assert expected in result.out
    assert "\x1b" not in result.out
    full = cli("show", "sup-1", "--full").out
    assert "line 99" in full
    assert "--full" not in full


def test_a_bare_ticket_says_none_and_a_hidden_thread_says_hidden(cli: Cli, connected: Connect) -> None:
    connected(
        FakeReader(
            [
                ticket(
                    1,
                    priority=None,
                    assignee=None,
                    tags=[],
                    unknown={"comments": Unknown.HIDDEN, "slas": Unknown.ABSENT},
                )
            ]
        )
    )
    out = cli("show", "SUP-1").out
    assert "no priority" in out
    assert "assignee        nobody" in out
    assert out.rstrip().endswith("Thread\n  unknown: hidden from this account")
    assert "SLA\n  unknown: not given by the platform" in out


def test_json(cli: Cli, connected: Connect) -> None:
    reader = connected(FakeReader([rich_ticket()]))
    document = json.loads(cli("show", "SUP-1", "-f", "json").out)
    assert document["comments"][1]["body"] == "note to self"
    assert len(reader.needs[0]) == len(Need)
    assert json.loads(cli("show", "SUP-1", "--json", "key,status").out) == {"key": "SUP-1", "status": "open"}
    assert reader.needs[1] == frozenset()
    assert cli("show", "SUP-1", "-f", "ndjson").out.count("\n") == 1
    assert cli("show", "SUP-1", "-f", "csv").code == Exit.USAGE


def test_absent_and_foreign_keys(cli: Cli, connected: Connect) -> None:
    connected(FakeReader([ticket(1)]))
    missing = cli("show", "SUP-77")
    assert missing.code == Exit.EMPTY
    assert "prod shows no ticket SUP-77" in missing.err
    foreign = cli("show", "INC0010001")
    assert foreign.code == Exit.USAGE
    assert "ServiceNow" in foreign.err


def test_web(cli: Cli, connected: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda url: bool(opened.append(url)) or True)
    connected(FakeReader([ticket(1), ticket(2, url=None), ticket(3, url="javascript:alert(1)")]))
    assert cli("show", "SUP-1", "--web").code == 0
    assert opened == ["https://acme.example/browse/SUP-1"]
    assert cli("show", "SUP-2", "--web").code == Exit.USAGE
    assert cli("show", "SUP-3", "--web").code == Exit.USAGE
    monkeypatch.setattr(webbrowser, "open", lambda url: False)
    assert cli("show", "SUP-1", "--web").out == "https://acme.example/browse/SUP-1\n"
