"""The adapter against the sandbox over real HTTP."""

from __future__ import annotations

import io
import random
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings

from supportctl.adapters.base import Need, Selection
from supportctl.adapters.jsm import platform
from supportctl.adapters.jsm.adapter import JiraAdapter, create
from supportctl.adapters.reading import Reading, get
from supportctl.adapters.writing import TagWish
from supportctl.config import Auth, Profile
from supportctl.errors import AuthError, InvalidRequestError
from supportctl.model import Applied, Failed, Ticket
from supportctl.query import evaluate, parse
from supportctl.query.ast import Node, terms
from supportctl.wire import Transport
from supportctl.wire.auth import basic
from tests.adapters.jsm.steps import apply, not_in_effect, plan, read
from tests.query.strategies import NOW, nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

ISSUES = 230
STATUSES = [
    {"id": "11", "name": "Neu", "statusCategory": {"id": 2, "key": "new", "name": "Zu erledigen"}},
    {"id": "12", "name": "In Arbeit", "statusCategory": {"id": 4, "key": "indeterminate", "name": "In Arbeit"}},
    {"id": "13", "name": "Wartet", "statusCategory": {"id": 4, "key": "indeterminate", "name": "In Arbeit"}},
    {"id": "14", "name": "Fertig", "statusCategory": {"id": 3, "key": "done", "name": "Erledigt"}},
    {"id": "15", "name": "Verworfen", "statusCategory": {"id": 3, "key": "done", "name": "Erledigt"}},
]
LABELS = [
    "a",
    "A",
    "B",
    "b",
    "é",
    "É",
    "1",
    "-x",
    "none",
    'quo"te',
    "back\\slash",
    "x..y",
    "(p)",
    "a,b",
    "EMPTY",
    "and",
]
TEXTS = ["a", "B", "é", "-x", "none", "two words", 'quo"te', "back\\slash", "x..y", "(p)", "a,b", "1"]
PEOPLE = [
    None,
    {"accountId": "1", "displayName": "a", "active": True},
    {"accountId": "2", "displayName": "two words", "emailAddress": "B", "active": True},
]


def stamp(random_: random.Random) -> str:
    at = NOW - timedelta(seconds=random_.randrange(0, 95 * 86400), milliseconds=random_.randrange(0, 1000))
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}+0000"


def made_up_issues() -> Iterator[dict[str, Any]]:
    """Issues of every odd kind: absent, null and empty fields, labels differing by case, odd priorities."""
    pick = random.Random(5)
    for number in range(1, ISSUES + 1):
        created, updated = sorted([stamp(pick), stamp(pick)])
        status = pick.choice(STATUSES)
        fields: dict[str, Any] = {
            "summary": pick.choice(TEXTS),
            "status": status,
            "issuetype": {"id": "21", "name": pick.choice(["Incident", "Bug"]), "subtask": False},
            "project": {"id": "900", "key": "MIX", "name": "Mixed"},
            "labels": pick.sample(LABELS, pick.randrange(0, 4)),
            "reporter": pick.choice(PEOPLE),
            "assignee": pick.choice(PEOPLE),
            "created": created,
            "updated": updated,
            "resolution": None,
            "resolutiondate": pick.choice([None, updated]),
            "issuelinks": [],
            "components": [],
            "description": pick.choice([None, "", *TEXTS]),
        }
        if pick.random() < 0.7:
            ids = ["1", "2", "3", "4", "5", "10400"]
            chosen = pick.choice(ids)
            fields["priority"] = pick.choice([None, {"id": chosen, "name": f"Stufe {chosen}"}])
        if pick.random() < 0.6:
            fields["duedate"] = pick.choice([None, updated[:10]])
        yield {"id": str(90000 + number), "key": f"MIX-{number}", "fields": fields}


def connect(url: str, secret: str, **changes: Any) -> JiraAdapter:
    auth = Auth(kind="api_token", user="ops@harborlight.example")
    profile = Profile(**{"name": "demo", "platform": "jsm", "url": url, "auth": auth} | changes)
    transport = Transport(
        url,
        auth=basic("ops@harborlight.example", secret),
        attachment_hosts=[*platform.ATTACHMENT_HOSTS, "localhost", f"localhost:{url.rpartition(':')[2]}"],
        classify=platform.classify,
        published_limits=platform.PUBLISHED_LIMITS,
    )
    return create(profile, transport, lambda: NOW)


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Address and token of a sandbox that holds the made-up issues alone."""
    from supportctl.sandbox import jira
    from supportctl.sandbox.profiles import profiles
    from supportctl.sandbox.server import serve
    from supportctl.sandbox.store import Store

    with Store(tmp_path_factory.mktemp("jira") / "sandbox.sqlite") as store:
        store.set_clock(NOW)
        assert jira.load(store, made_up_issues()).loaded == ISSUES
        with serve(store) as server:
            found = next(profile for profile in profiles(server.url) if profile["platform"] == "jsm")
            yield server.url, found["secret"]


OVERRIDES = {"13": "pending", "verworfen": "cancelled"}


@pytest.fixture(scope="module")
def adapter(mixed: tuple[str, str]) -> Iterator[JiraAdapter]:
    adapter = connect(*mixed, statuses=OVERRIDES, priorities={"10400": "p1"})
    yield adapter
    adapter.close()


@pytest.fixture
def plain(mixed: tuple[str, str]) -> Iterator[JiraAdapter]:
    """Without overrides."""
    adapter = connect(*mixed)
    yield adapter
    adapter.close()


@pytest.fixture(scope="module")
def everything(adapter: JiraAdapter) -> list[Ticket]:
    return list(Reading(adapter, Selection(now=NOW), frozenset(Need)))


def pushable(node: Node) -> bool:
    return all(term.field != "custom" for term in terms(node))


@pytest.mark.slow
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)
@given(nodes.filter(pushable))
def test_what_is_pushed_down_never_loses_a_match(adapter: JiraAdapter, everything: list[Ticket], node: Node) -> None:
    """Asking Jira first and evaluating here gives what evaluating everything gives."""
    wanted = {ticket.key for ticket in everything if evaluate(node, ticket, NOW) is True}
    explained = adapter.explain(Selection(now=NOW, query=node))
    if explained.native is None:
        return
    found = {ticket.key for ticket in Reading(adapter, Selection(now=NOW, query=node))}
    assert found == wanted, explained.native


QUERIES = [
    *(
        "tag:a",
        "-tag:a",
        "tag:É",
        "tag:none",
        "tag:any",
        "-tag:none",
        'tag:"quo\\"te"',
        'tag:"back\\\\slash"',
        "tag:EMPTY",
    ),
    *(
        "status:new",
        "-status:new",
        "status:pending",
        "-status:pending",
        "status:cancelled",
        "status:on_hold",
        "is:done",
    ),
    *("priority:p1", "-priority:p1", "priority:p1..p2", "priority:none", "priority:any", "-priority:p1,p2,p3,p4,p5"),
    *(
        "age>30d",
        "age<=30d",
        "-age>30d",
        "idle>10d",
        "idle<1h",
        "created:2026-01-01..2026-02-01",
        "-created:2026-02-01",
    ),
    *(
        "resolved:none",
        "resolved:any",
        "resolved:2026-02-01..",
        "-resolved:2026-02-01..",
        "due:none",
        "due:2026-02-01..",
    ),
    *(
        "-due:..2026-02-01",
        "assignee:none",
        "-assignee:none",
        "requester:any",
        "requester:a",
        "(tag:a or age<5d) -tag:b",
    ),
    *("-(tag:a or status:new)", "tag:a or text:two", "text:TWO status:new", "updated:2026-02-20..", "tag:1 -tag:a,b"),
]


@pytest.mark.parametrize("text", QUERIES)
def test_queries_people_write(text: str, adapter: JiraAdapter, everything: list[Ticket]) -> None:
    node = parse(text, now=NOW)
    wanted = {ticket.key for ticket in everything if evaluate(node, ticket, NOW) is True}
    reading = Reading(adapter, Selection(now=NOW, query=node), frozenset({Need.TAGS, Need.PEOPLE}))
    assert {ticket.key for ticket in reading} == wanted
    assert reading.repeats == 0


def test_every_issue_once_with_everything_that_hangs_on_it(adapter: JiraAdapter, everything: list[Ticket]) -> None:
    assert len(everything) == len({ticket.id for ticket in everything}) == ISSUES
    assert all(ticket.knows("history") and ticket.knows("comments") for ticket in everything)
    assert adapter.count(Selection(now=NOW)).value == ISSUES


def test_absent_priority_survives_the_whole_way(everything: list[Ticket]) -> None:
    by_key = {ticket.key: ticket for ticket in everything}
    for issue in made_up_issues():
        ticket = by_key[issue["key"]]
        assert ticket.knows("priority") is ("priority" in issue["fields"]), issue["key"]


def test_pages_resume_where_they_stopped(adapter: JiraAdapter, everything: list[Ticket]) -> None:
    first = Reading(adapter, Selection(now=NOW), limit=150)
    head = [ticket.key for ticket in first]
    tail = [ticket.key for ticket in Reading(adapter, Selection(now=NOW), cursor=first.cursor)]
    assert set(head) | set(tail) == {ticket.key for ticket in everything}


def test_labels_there_and_back(plain: JiraAdapter) -> None:
    (before,) = read(plain, ["MIX-1"])
    forth = plan(plain, ["MIX-1"], TagWish(add=["swept-up", "Swept-Up"])).changes
    assert apply(plain, forth) == {before.id: Applied()}
    assert not_in_effect(plain, forth) == {}
    assert set(read(plain, ["MIX-1"])[0].tags) == {*before.tags, "swept-up", "Swept-Up"}
    back = plan(plain, ["MIX-1"], TagWish(remove=["swept-up", "Swept-Up"])).changes
    apply(plain, back)
    assert not_in_effect(plain, back) == {}
    assert not_in_effect(plain, forth) == {"MIX-1": (["tags"], [])}
    assert set(read(plain, ["MIX-1"])[0].tags) == set(before.tags)
    outcome = apply(plain, plan(plain, ["MIX-1"], TagWish(add=["two words"])).changes)[before.id]
    assert isinstance(outcome, Failed)
    assert "spaces" in outcome.error


def test_check_and_vocabulary(adapter: JiraAdapter) -> None:
    assert [line.name for line in adapter.check() if line.ok][:3] == ["sign-in", "server", "permissions"]
    vocabulary = adapter.vocabulary()
    assert {"Neu", "Verworfen"} <= set(vocabulary.statuses)
    assert "Duplicate" in vocabulary.link_types
    assert {"a", "A"} <= set(vocabulary.tags)
    assert {"Time to resolution", "Request Type"} <= {field.name for field in vocabulary.fields}


@pytest.fixture
def company(sandbox: Any) -> Iterator[JiraAdapter]:
    """An adapter to the sample company."""
    adapter = connect(sandbox.url, sandbox.tokens["jsm"])
    yield adapter
    adapter.close()


def test_the_sample_company_and_its_attachments(company: JiraAdapter) -> None:
    """Content lies on another host, which refuses credentials."""
    tickets = list(Reading(company, Selection(now=NOW), frozenset(Need)))
    assert tickets
    assert all(ticket.requester.name for ticket in tickets if ticket.requester is not None)
    assert "Request Type" in {field.name for ticket in tickets for field in ticket.custom}
    assert all(comment.public is not None for ticket in tickets for comment in ticket.comments)
    for attachment in [attachment for ticket in tickets for attachment in ticket.attachments][:3]:
        into = io.BytesIO()
        assert company.download(attachment, into, max_bytes=10_000_000) == attachment.size


def test_bad_input_is_named(mixed: tuple[str, str], plain: JiraAdapter) -> None:
    wrong = connect(mixed[0], "not-the-token")
    with pytest.raises(AuthError):
        list(wrong.search(Selection(now=NOW), frozenset()))
    assert wrong.check()[0].ok is False
    wrong.close()
    with pytest.raises(InvalidRequestError):
        list(plain.search(Selection(now=NOW, native="project = "), frozenset()))
    assert get(plain, ["MIX-99999", "MIX-2"]).missing == ["MIX-99999"]


def test_the_vendor_client_works_here(adapter: JiraAdapter) -> None:
    client = adapter.native()
    assert client.issue("MIX-3").key == "MIX-3"
    assert len(client.enhanced_search_issues("project = MIX ORDER BY key", maxResults=5)) == 5
