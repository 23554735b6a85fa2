"""The adapter against the sandbox over real HTTP."""

from __future__ import annotations

import random
import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from supportctl.adapters.base import LISTING, Need, Selection
from supportctl.adapters.reading import Reading, get
from supportctl.adapters.registry import open_adapter
from supportctl.adapters.writing import Step, TagWish
from supportctl.config import Auth, Profile
from supportctl.errors import AuthError
from supportctl.model import Change, Failed, Status, TagChange, Ticket
from supportctl.query import evaluate, parse

from .writing import plan, steps_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from supportctl.adapters.base import Adapter
    from tests.fixtures.sandbox import Sandbox

EVERYTHING = frozenset(Need)
CHEAP = EVERYTHING - {Need.COMMENTS, Need.HISTORY, Need.ATTACHMENTS}


def connect(
    sandbox: Sandbox, now: datetime, secret: str | None = None, kind: str | None = None, **more: Any
) -> Adapter:
    account = sandbox.profiles["zendesk"]
    auth = Auth(kind=kind or account["auth"], user=account["user"])  # type: ignore[arg-type]
    content_host = sandbox.url.removeprefix("http://").replace("127.0.0.1", "localhost")
    profile = Profile(
        name="demo",
        platform="zendesk",
        url=sandbox.url,
        auth=auth,
        writes=True,
        attachment_hosts=[content_host],
        **more,
    )
    return open_adapter(profile, secret=secret or account["secret"], now=lambda: now)


@pytest.fixture
def adapter(sandbox: Sandbox, now: datetime) -> Iterator[Adapter]:
    found = connect(sandbox, now)
    yield found
    found.close()


def listed_ids(sandbox: Sandbox, condition: str = "1") -> set[int]:
    """Tickets that plain lists show to whom the condition applies."""
    archived = int(sandbox.store.now().timestamp()) - 120 * 86_400
    sql = f"SELECT id FROM zd_tickets WHERE deleted IS NULL AND NOT (status = 'closed' AND updated < ?) AND {condition}"
    return {row["id"] for row in sandbox.store.rows(sql, (archived,))}


def everything(adapter: Adapter, now: datetime) -> list[Ticket]:
    return list(Reading(adapter, Selection(now=now), CHEAP))


def test_who_we_are(adapter: Adapter, sandbox: Sandbox, now: datetime) -> None:
    assert all(check.ok is not False for check in adapter.check() if check.name != "clock")
    wrong = connect(sandbox, now, secret="wrong")
    with pytest.raises(AuthError):
        wrong.check()
    wrong.close()


def test_every_ticket_once_with_names(adapter: Adapter, sandbox: Sandbox, now: datetime) -> None:
    reading = Reading(adapter, Selection(now=now), LISTING)
    found = list(reading)
    stored = sandbox.store.rows("SELECT id FROM zd_tickets WHERE deleted IS NULL")
    assert sorted(int(ticket.id) for ticket in found) == sorted(row["id"] for row in stored)
    assert all(ticket.requester and ticket.requester.name for ticket in found)


def test_an_agent_sees_what_an_administrator_sees(sandbox: Sandbox, now: datetime) -> None:
    with closing(connect(sandbox, now, secret="sandbox-zendesk-unrestricted", kind="oauth")) as agent:
        reading = Reading(agent, Selection(now=now), LISTING)
        assert {int(ticket.id) for ticket in reading} == listed_ids(sandbox)
        assert [notice.code for notice in reading.notices] == ["archived-left-out"]
        assert "tickets seen" not in {check.name for check in agent.check()}


@pytest.mark.parametrize(
    ("secret", "condition"),
    [
        ("agent", "group_id IN (SELECT group_id FROM zd_memberships WHERE user = {user})"),
        ("assigned", "assignee = {user}"),
        ("organization", "organization = (SELECT organization FROM zd_users WHERE id = {user})"),
    ],
)
def test_who_does_not_see_every_ticket_hears_of_it(
    sandbox: Sandbox, now: datetime, secret: str, condition: str
) -> None:
    with closing(connect(sandbox, now, secret=f"sandbox-zendesk-{secret}", kind="oauth")) as agent:
        (seen,) = [check for check in agent.check() if check.name == "tickets seen"]
        assert seen.ok is None
        user = int(agent.check()[0].detail.split()[1].strip(","))
        allowed = listed_ids(sandbox, condition.format(user=user))
        assert 0 < len(allowed) < len(listed_ids(sandbox))
        whole = Reading(agent, Selection(now=now), LISTING)
        assert {int(ticket.id) for ticket in whole} == allowed
        assert {notice.code for notice in whole.notices} == {"archived-left-out", "tickets-out-of-sight"}
        query = parse("status:open", now=now)
        wanted = {ticket.id for ticket in whole if evaluate(query, ticket, now)}
        assert {ticket.id for ticket in Reading(agent, Selection(now=now, query=query), LISTING)} == wanted
        hidden = str(min(listed_ids(sandbox) - allowed))
        assert get(agent, [hidden]).missing == [f"#{hidden}"]
        action = TagChange(add=["x"])
        change = Change(id=hidden, key=f"#{hidden}", actions=[action], version=None, before={}, after={})
        step = Step(change=change, number=0, actions=(action,), op="0" * 16, version=None)
        assert isinstance(agent.submit([step]).outcomes[hidden], Failed)


QUERIES = [
    "status:open",
    "status:new,open priority:p1..p2",
    "-status:closed kind:incident",
    "-status:open,pending",
    "age>30d",
    "-age>30d",
    "idle<3d",
    "idle>=10d status:pending",
    "tag:vpn",
    "-tag:vpn",
    "assignee:none",
    "-assignee:none is:unresolved",
    "created:2026-01-15..2026-02-01",
    "-created:2026-02-01..",
    "updated:..2026-02-10",
    'group:"Service Desk"',
    '-group:"Service Desk" status:open',
    "-priority:p1",
    "(status:open or status:on_hold) tag:vpn",
    "status:open or tag:vpn",
    "-(status:closed or priority:p4)",
    "kind:problem or kind:question",
    "text:vpn status:open",
    "requester:jurgen.kostler@alte-werft.example",
    "reopens:1..",
    "sla:breached",
]


@pytest.mark.slow
def test_what_is_pushed_down_is_a_superset(adapter: Adapter, now: datetime) -> None:
    """Every ticket that satisfies a query is found by it, whatever part of it the platform was asked."""
    whole = everything(adapter, now)
    for text in QUERIES:
        query = parse(text, now=now)
        if adapter.explain(Selection(now=now, query=query)).native is None:
            continue
        wanted = {ticket.id for ticket in whole if evaluate(query, ticket, now)}
        found = {ticket.id for ticket in Reading(adapter, Selection(now=now, query=query), LISTING)}
        assert found == wanted, text


@pytest.mark.slow
def test_random_queries_are_a_superset_too(adapter: Adapter, now: datetime) -> None:
    whole = everything(adapter, now)
    chance = random.Random(5)
    pieces = [text for text in QUERIES if " " not in text and not text.startswith(("sla", "reopens"))]
    for _ in range(40):
        parts = [chance.choice(["", "-"]) + chance.choice(pieces).removeprefix("-") for _ in range(3)]
        query = parse(f"({parts[0]} {chance.choice(['', 'or'])} {parts[1]}) {parts[2]}", now=now)
        if adapter.explain(Selection(now=now, query=query)).native is None:
            continue
        wanted = {ticket.id for ticket in whole if evaluate(query, ticket, now)}
        assert {ticket.id for ticket in Reading(adapter, Selection(now=now, query=query), LISTING)} == wanted, parts


def test_one_ticket_whole(adapter: Adapter, now: datetime) -> None:
    found = get(adapter, ["1", "#99999999"], EVERYTHING)
    assert found.missing == ["#99999999"]
    (ticket,) = found.tickets
    assert ticket.comments
    assert ticket.comments[0].author is not None
    assert ticket.comments[0].author.name
    assert ticket.history
    assert not {"comments", "history", "attachments", "slas", "reopens"} & ticket.unknown.keys()


def test_attachments_can_be_fetched(adapter: Adapter, now: datetime) -> None:
    import io

    tickets = everything(adapter, now)
    for start in range(0, len(tickets), 50):
        files = [each for found in adapter.attachments(tickets[start : start + 50]).values() for each in found]
        if files:
            into = io.BytesIO()
            assert adapter.download(files[0], into, max_bytes=10_000_000) == len(into.getvalue()) == files[0].size
            return
    pytest.fail("the sample company has no attachment")


@pytest.mark.slow
def test_no_ticket_is_lost_while_others_tag(adapter: Adapter, sandbox: Sandbox, now: datetime) -> None:
    before = {int(ticket.id) for ticket in everything(adapter, now)}
    other = connect(sandbox, now)
    stop = threading.Event()
    open_ones = [ticket for ticket in everything(adapter, now) if ticket.status is Status.OPEN][:40]

    def keep_tagging() -> None:
        for turn in range(200):
            for ticket in open_ones:
                if stop.is_set():
                    return
                other.submit(steps_of(other, plan(other, [ticket.key], TagWish(add=[f"t{turn}"])).changes))

    thread = threading.Thread(target=keep_tagging)
    thread.start()
    try:
        for _ in range(3):
            reading = Reading(adapter, Selection(now=now), LISTING)
            assert {int(ticket.id) for ticket in reading} == before
        query = parse("is:unresolved", now=now)
        wanted = {ticket.id for ticket in everything(adapter, now) if evaluate(query, ticket, now)}
        assert {ticket.id for ticket in Reading(adapter, Selection(now=now, query=query), LISTING)} == wanted
    finally:
        stop.set()
        thread.join()
        other.close()


def test_threads_are_asked_for_of_tickets_that_may_match_only(adapter: Adapter, now: datetime) -> None:
    first = next(iter(Reading(adapter, Selection(now=now))))
    text = f'text:"no such words anywhere" or (created:2001..2090 and text:"{first.title}")'
    query = parse(text, now=now)
    reading = Reading(adapter, Selection(now=now, query=query), frozenset({Need.COMMENTS, Need.HISTORY}))
    found = list(reading)
    assert first.id in {ticket.id for ticket in found}
    assert all(ticket.knows("comments") and ticket.knows("history") for ticket in found)
    assert reading.scanned > 100
    asked = adapter.transport.stats.by_endpoint
    threads = sum(times for endpoint, times in asked.items() if "comments" in endpoint or "audits" in endpoint)
    assert threads <= 2 * len(found) < reading.scanned
