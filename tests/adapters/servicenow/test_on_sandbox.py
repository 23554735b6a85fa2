"""The adapter over real HTTP, on the sandbox's ServiceNow."""

from __future__ import annotations

import contextlib
import io
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from supportctl.adapters.base import LISTING, Need, Selection
from supportctl.adapters.reading import Reading, get
from supportctl.adapters.servicenow.adapter import ServiceNowAdapter
from supportctl.adapters.servicenow.client import read_rows
from supportctl.adapters.servicenow.platform import ATTACHMENT_HOSTS, PUBLISHED_LIMITS, classify
from supportctl.adapters.writing import Step
from supportctl.config import Auth, Profile
from supportctl.errors import AuthError, NotFoundError
from supportctl.model import Applied, Change, LinkType, TagChange, Ticket, Unchanged, Unknown
from supportctl.query import evaluate, parse
from supportctl.wire import Intent, Transport
from supportctl.wire.auth import basic, bearer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    Connect = Callable[..., ServiceNowAdapter]

LIMITED = ("limited.reader", "sandbox-servicenow-limited")
QUERIES = [
    "status:new,open",
    "-status:closed",
    "status:pending or status:on_hold",
    "priority:p1..p2",
    "-priority:p1",
    "priority:none",
    "created:2026-02-01..2026-02-10",
    "age>7d",
    "age<3d",
    "-age<30d",
    "idle>3d idle<20d",
    "resolved:any",
    "-resolved:2026-02-01..",
    "assignee:none",
    "assignee:any -group:none",
    "kind:problem or kind:task",
    "reopens:1..",
    "category:network or channel:email",
    'text:"vpn"',
    "(priority:p1 status:open) or (priority:p2 -status:closed)",
    "tag:none",
    "-tag:billing",
]


@pytest.fixture
def connect(sandbox: Any) -> Iterator[Connect]:
    """Adapters on the sandbox, closed after the test; ``account`` is user and password, or a token alone."""
    with contextlib.ExitStack() as stack:

        def opened(*account: str) -> ServiceNowAdapter:
            made = open_as(sandbox, account)
            stack.callback(made.close)
            return made

        yield opened


@pytest.fixture
def adapter(connect: Connect) -> ServiceNowAdapter:
    return connect()


def open_as(sandbox: Any, account: tuple[str, ...]) -> ServiceNowAdapter:
    told = sandbox.profiles["servicenow"]
    user, secret = (told["user"], told["secret"]) if not account else (account[0], account[-1])
    oauth = len(account) == 1
    auth = Auth(kind="oauth") if oauth else Auth(kind="basic", user=user)
    profile = Profile(name="demo-servicenow", platform="servicenow", url=sandbox.url, auth=auth)
    transport = Transport(
        sandbox.url,
        auth=bearer(secret) if oauth else basic(user, secret),
        attachment_hosts=ATTACHMENT_HOSTS,
        classify=classify,
        published_limits=PUBLISHED_LIMITS,
    )
    return ServiceNowAdapter(profile, transport)


class Staged(NamedTuple):
    """A problem and an incident with a thread, a file and a past."""

    problem: str
    incident: str


@pytest.fixture
def staged(adapter: ServiceNowAdapter) -> Staged:
    """Made through the Table API itself, so that it is there whatever the sample company holds."""
    problem = write(adapter, "POST", "problem", short_description="VPN concentrator drops tunnels")
    incident = write(
        adapter,
        "POST",
        "incident",
        short_description="VPN drops",
        impact="2",
        urgency="1",
        problem_id=problem["sys_id"],
    )
    write(adapter, "PATCH", f"incident/{incident['sys_id']}", work_notes="restarted the [code]<b>tunnel</b>[/code]")
    write(adapter, "PATCH", f"incident/{incident['sys_id']}", comments="We are on it", state="2")
    adapter.transport.request(
        "POST",
        "/api/now/attachment/file",
        params={"table_name": "incident", "table_sys_id": incident["sys_id"], "file_name": "vpn.log"},
        content=b"tunnel down\n",
        headers={"Content-Type": "text/plain"},
        intent=Intent.ONCE,
    )
    return Staged(problem["number"], incident["number"])


def write(adapter: ServiceNowAdapter, method: str, path: str, **body: str) -> dict[str, str]:
    response = adapter.client.write(method, f"/api/now/table/{path}", body, intent=Intent.ONCE)
    return {name: str(cell.value) for name, cell in read_rows(response)[0].items()}


def read(adapter: ServiceNowAdapter, now: datetime, text: str | None = None, *needs: Need) -> list[Ticket]:
    query = None if text is None else parse(text, now=now)
    return list(Reading(adapter, Selection(now=now, query=query), frozenset(needs)))


@pytest.mark.usefixtures("staged")
def test_every_ticket_once_and_none_without_its_parts(adapter: ServiceNowAdapter, now: datetime) -> None:
    tickets = read(adapter, now, None, *LISTING)
    assert len(tickets) == len({ticket.id for ticket in tickets}) == adapter.count(Selection(now=now)).value
    assert len({ticket.native_kind for ticket in tickets}) > 1
    for ticket in tickets:
        assert ticket.status is not None, ticket.key
        assert ticket.created_at is not None
        assert ticket.version is not None
        assert ticket.knows("tags")
        assert Unknown.HIDDEN not in ticket.unknown.values(), (ticket.key, ticket.unknown)


@pytest.mark.slow
@pytest.mark.usefixtures("staged")
def test_a_query_finds_what_reading_everything_finds(adapter: ServiceNowAdapter, now: datetime) -> None:
    everything = read(adapter, now, None, *LISTING)
    for text in QUERIES:
        query = parse(text, now=now)
        wanted = {ticket.key for ticket in everything if evaluate(query, ticket, now) is True}
        found = Reading(adapter, Selection(now=now, query=query), LISTING)
        assert {ticket.key for ticket in found} == wanted, text


def test_what_is_pushed_down_reads_less(adapter: ServiceNowAdapter, now: datetime) -> None:
    reading = Reading(adapter, Selection(now=now, query=parse("kind:incident priority:p1", now=now)))
    assert len(list(reading)) == reading.scanned


def test_threads_history_links_and_files(adapter: ServiceNowAdapter, staged: Staged) -> None:
    needs = frozenset({Need.COMMENTS, Need.HISTORY, Need.SLAS, Need.ATTACHMENTS, Need.LINKS, Need.PEOPLE})
    incident, problem = get(adapter, [staged.incident, staged.problem], needs).tickets
    assert [(comment.body, comment.public) for comment in incident.comments] in (
        [("restarted the tunnel", False), ("We are on it", True)],
        [("We are on it", True), ("restarted the tunnel", False)],
    )
    assert all(comment.author is not None and comment.created_at is not None for comment in incident.comments)
    assert [(event.before, event.after) for event in incident.history if event.field == "status"][-1] == ("new", "open")
    assert [(link.type, link.key) for link in incident.links] == [(LinkType.PROBLEM, staged.problem)]
    assert (LinkType.INCIDENT, staged.incident) in [(link.type, link.key) for link in problem.links]
    [attachment] = incident.attachments
    assert (attachment.filename, attachment.size, attachment.content_type) == ("vpn.log", 12, "text/plain")
    into = io.BytesIO()
    assert adapter.download(attachment, into, max_bytes=100) == 12
    assert into.getvalue() == b"tunnel down\n"
    assert not {"comments", "history", "slas", "attachments", "links"} & incident.unknown.keys()


def test_one_ticket_by_all_its_names(adapter: ServiceNowAdapter, now: datetime) -> None:
    ticket = read(adapter, now, "kind:incident")[0]
    for name in (ticket.key, ticket.key.lower(), ticket.id, ticket.url or ""):
        assert [each.id for each in get(adapter, [name], LISTING).tickets] == [ticket.id]
    assert get(adapter, ["INC9999999"]).missing == ["INC9999999"]


def test_tagging_touches_the_tag_and_nothing_else(adapter: ServiceNowAdapter, now: datetime) -> None:
    before = read(adapter, now, "kind:incident", *LISTING)[0]
    step = tagging(before, add=["sandbox check"])
    assert isinstance(adapter.submit([step]).outcomes[before.id], Applied)
    assert isinstance(adapter.submit([step]).outcomes[before.id], Unchanged)
    after = get(adapter, [before.key], LISTING).tickets[0]
    assert set(after.tags) == {*before.tags, "sandbox check"}
    assert (after.version, after.updated_at) == (before.version, before.updated_at)
    found = read(adapter, now, 'tag:"SANDBOX CHECK"', *LISTING)
    assert [ticket.key for ticket in found] == [before.key]
    undone = tagging(before, remove=["Sandbox Check"])
    assert isinstance(adapter.submit([undone]).outcomes[before.id], Applied)
    assert get(adapter, [before.key], LISTING).tickets[0].tags == before.tags


def tagging(ticket: Ticket, add: list[str] | None = None, remove: list[str] | None = None) -> Step:
    action = TagChange(add=add or [], remove=remove or [])
    change = Change(
        id=ticket.id,
        key=ticket.key,
        kind=ticket.native_kind,
        actions=[action],
        version=ticket.version,
        before={},
        after={},
    )
    return Step(change=change, number=0, actions=(action,), op="0" * 16, version=ticket.version)


def test_an_account_that_sees_less_is_told_so(connect: Connect, staged: Staged, now: datetime) -> None:
    admin = connect()
    for number in range(40):
        write(admin, "POST", "incident", short_description=f"one of many {number}")
    reading = Reading(connect(*LIMITED), Selection(now=now), frozenset({Need.COMMENTS, Need.HISTORY}))
    tickets = list(reading)
    assert 0 < len(tickets) < len(read(admin, now))
    assert "records-hidden" in {notice.code for notice in reading.notices}
    assert any(ticket.unknown.get("resolution_notes") is Unknown.HIDDEN for ticket in tickets)
    for ticket in tickets:
        if ticket.key == staged.incident:
            assert ticket.unknown["comments"] is ticket.unknown["history"] is Unknown.HIDDEN


def test_who_signs_in(connect: Connect, now: datetime) -> None:
    lines = {line.name: line for line in connect().check()}
    assert lines["account"].ok
    assert lines["incident"].ok
    with pytest.raises(AuthError):
        connect("ops", "wrong").check()
    with pytest.raises(AuthError):
        list(connect("wrong-token").search(Selection(now=now), frozenset()))
    by_token = {line.name: line for line in connect("sandbox-servicenow-oauth").check()}
    assert by_token["account"].detail == lines["account"].detail
    assert by_token["time zone"].detail == lines["time zone"].detail


def test_views_and_words(adapter: ServiceNowAdapter, now: datetime) -> None:
    words = adapter.vocabulary()
    assert words.statuses
    assert words.closure_codes
    with pytest.raises(NotFoundError):
        adapter.count(Selection(now=now, view="no filter is called this"))
    native = list(Reading(adapter, Selection(now=now, native="active=true^ORDERBYDESCopened_at")))
    assert native
    assert all(ticket.native["active"] == "true" for ticket in native)
