"""Changes of every kind against the sandbox, on both deployments: planned, sent, read back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from supportctl.adapters.base import Need
from supportctl.adapters.jsm import platform
from supportctl.adapters.jsm.adapter import JiraAdapter, create
from supportctl.adapters.writing import AssignWish, CommentWish, FieldWish, LinkWish, StatusWish, TagWish
from supportctl.config import Auth, Profile
from supportctl.errors import UsageError
from supportctl.model import (
    Applied,
    Assignment,
    Change,
    Failed,
    FieldChange,
    LinkChange,
    LinkType,
    NewComment,
    Platform,
    Skipped,
    Status,
    TagChange,
    Ticket,
    Transition,
)
from supportctl.wire import Transport
from supportctl.wire.auth import basic, bearer
from tests.adapters.jsm.steps import apply, not_in_effect, plan, read, send, steps_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.fixtures.sandbox import Sandbox

FIELDS = {"category": "Category", "group": "Support group"}
RESOLVED = "Resolved"


@pytest.fixture
def opened(sandbox: Sandbox) -> Iterator[Callable[..., JiraAdapter]]:
    """Adapters by deployment; further arguments go to the profile."""
    adapters: list[JiraAdapter] = []

    def build(deployment: str, secret: str = "", user: str = "ops@harborlight.example", **changes: Any) -> JiraAdapter:
        cloud = deployment == "cloud"
        url = sandbox.url if cloud else f"{sandbox.url}/jira"
        settings: dict[str, Any] = {
            "name": "demo",
            "platform": "jsm",
            "url": url,
            "deployment": deployment,
            "auth": Auth(kind="api_token" if cloud else "pat", user=user),
            "fields": FIELDS,
        }
        auth = basic(user, secret or "sandbox-jira-token") if cloud else bearer(secret or "sandbox-jira-pat")
        transport = Transport(url, auth=auth, classify=platform.classify, published_limits=platform.PUBLISHED_LIMITS)
        adapters.append(create(Profile(**settings | changes), transport, sandbox.store.now))
        return adapters[-1]

    yield build
    for adapter in adapters:
        adapter.close()


@pytest.fixture(params=["cloud", "data_center"])
def adapter(request: pytest.FixtureRequest, opened: Callable[..., JiraAdapter]) -> JiraAdapter:
    return opened(request.param)


@pytest.fixture
def cloud(opened: Callable[..., JiraAdapter]) -> JiraAdapter:
    return opened("cloud")


def keys(adapter: JiraAdapter, sandbox: Sandbox, status: Status, count: int, project: str = "SUP") -> list[str]:
    """Keys of issues of a project in one native status: the first there is of this status of ours."""
    rows = sandbox.store.rows(
        "SELECT key, status, category FROM jira_issue WHERE project = ? ORDER BY number", (project,)
    )
    done = {Status.NEW: "new", Status.OPEN: "indeterminate", Status.RESOLVED: "done"}[status]
    fitting = [row for row in rows if row["category"] == done]
    first = max({row["status"] for row in fitting}, key=lambda id_: sum(row["status"] == id_ for row in fitting))
    found = [row["key"] for row in fitting if row["status"] == first][:count]
    assert len(found) == count
    return found


def mails(sandbox: Sandbox) -> list[str]:
    return [row["about"] for row in sandbox.store.rows("SELECT about FROM jira_mail ORDER BY number")]


def requests(sandbox: Sandbox, what: str) -> int:
    return sum(count for name, count in sandbox.stats["endpoints"].items() if name.startswith(what))


def test_tags_fields_and_assignee_are_one_edit(adapter: JiraAdapter, sandbox: Sandbox) -> None:
    (key,) = keys(adapter, sandbox, Status.OPEN, 1)
    made = plan(
        adapter,
        [key],
        TagWish(add=["swept"]),
        FieldWish(field="priority", value="p1"),
        FieldWish(field="title", value="Größere Überschrift 漢字"),
        FieldWish(field="component", value="invoicing"),
        FieldWish(field="due_at", value="2026-04-01"),
        FieldWish(field="Urgency", value=None),
        FieldWish(field="custom:customfield_10054", value="first line\n\nthird line"),
        AssignWish(assignee="Mira Solberg"),
    )
    (change,) = made.changes
    assert [len(group) for group in adapter.divide(change)] == [len(change.actions)]
    assert apply(adapter, made.changes) == {change.id: Applied()}
    assert not_in_effect(adapter, made.changes) == {}
    (ticket,) = read(adapter, [key])
    assert ticket.component is not None
    assert ticket.component.name == "Invoicing"
    assert plan(adapter, [key], FieldWish(field="component", value="Invoicing")).unchanged == [key]
    assert plan(adapter, [key], AssignWish(assignee="Mira Solberg")).unchanged == [key]
    back = [
        FieldWish(field=name, value=value) for name, value in change.before.items() if name not in ("tags", "assignee")
    ]
    undone = plan(adapter, [key], *back)
    apply(adapter, undone.changes)
    assert not_in_effect(adapter, undone.changes) == {}
    (ticket,) = read(adapter, [key])
    assert dict(undone.changes[0].after) == {
        name: value for name, value in change.before.items() if name in undone.changes[0].after
    }


def test_a_mapped_field_and_a_group(adapter: JiraAdapter, sandbox: Sandbox) -> None:
    (key,) = keys(adapter, sandbox, Status.OPEN, 1)
    options = sandbox.store.rows("SELECT doc FROM jira_entity WHERE kind = 'option' AND id LIKE 'customfield_10050:%'")
    value = json.loads(options[0]["doc"])["value"]
    made = plan(adapter, [key], FieldWish(field="category", value=None), AssignWish(group="Field Devices"))
    apply(adapter, made.changes)
    assert not_in_effect(adapter, made.changes) == {}
    made = plan(adapter, [key], FieldWish(field="category", value=value))
    assert isinstance(made.changes[0].actions[0], FieldChange)
    apply(adapter, made.changes)
    assert not_in_effect(adapter, made.changes) == {}
    assert read(adapter, [key])[0].category == value


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        (FieldWish(field="component", value="Nowhere"), "Nowhere"),
        (FieldWish(field="No such field", value="x"), "No such field"),
        (FieldWish(field="due_at", value="soon"), "due_at"),
        (FieldWish(field="Request Type", value="x"), "Request Type|screen|cannot be set"),
        (AssignWish(assignee="nobody@nowhere.example"), "nobody@nowhere.example"),
        (StatusWish(goal=Status.RESOLVED, native=RESOLVED, closure_code="Eaten"), "Eaten"),
        (StatusWish(goal=Status.RESOLVED, native="Eaten"), "Eaten"),
        (StatusWish(goal=Status.RESOLVED), "several"),
        (
            LinkWish(type=LinkType.PARENT, to=Ticket(platform=Platform.JSM, profile="demo", id="1", key="SUP-1")),
            "parent",
        ),
    ],
)
def test_what_the_site_does_not_have_is_named(adapter: JiraAdapter, sandbox: Sandbox, wish: Any, says: str) -> None:
    (key,) = keys(adapter, sandbox, Status.OPEN, 1)
    try:
        made = plan(adapter, [key], wish)
    except UsageError as error:
        assert any(each in error.message for each in says.split("|"))
    else:
        assert says.startswith("Request Type")
        assert "screen" in made.skipped[0][1]


def test_people_who_cannot_be_assigned_are_not(adapter: JiraAdapter, sandbox: Sandbox) -> None:
    (key,) = keys(adapter, sandbox, Status.OPEN, 1)
    with pytest.raises(UsageError):
        plan(adapter, [key], AssignWish(assignee="gwen.aldous@saltmarsh-marina.example"))
    made = plan(adapter, [key], AssignWish(assignee="me"))
    action = made.changes[0].actions[0]
    assert isinstance(action, Assignment)
    apply(adapter, made.changes)
    assert not_in_effect(adapter, made.changes) == {}
    made = plan(adapter, [key], AssignWish(assignee="none"))
    apply(adapter, made.changes)
    assert read(adapter, [key])[0].assignee is None


def comments(adapter: JiraAdapter, key: str) -> list[tuple[str, bool | None]]:
    (ticket,) = read(adapter, [key])
    return [(each.body, each.public) for each in adapter.comments([ticket])[ticket.id]]


@pytest.mark.parametrize("public", [False, True])
def test_comments_say_who_may_read_them(adapter: JiraAdapter, sandbox: Sandbox, public: bool) -> None:
    (key,) = keys(adapter, sandbox, Status.OPEN, 1)
    text = "Erste Zeile\n\n— dritte «Zeile» 漢字"
    made = plan(adapter, [key], CommentWish(public=public), comment=NewComment(body=text, public=public))
    (change,) = made.changes
    assert bool(change.risks) is public
    before = comments(adapter, key)
    (step,) = steps_of(adapter, made.changes)
    assert adapter.look([step], {})[step.id].there is False
    assert send(adapter, [step]) == {change.id: Applied()}
    assert comments(adapter, key) == [*before, (text, public)]
    assert adapter.look([step], {})[step.id].there is True
    (other,) = steps_of(adapter, made.changes, op="fedcba9876543210")
    assert adapter.look([other], {})[other.id].there is False, "the same text of another plan is not ours"
    assert mails(sandbox)[-1] == ("comment" if public else "internal comment")


def test_a_comment_whose_marker_was_dropped_is_known_by_its_text(adapter: JiraAdapter, sandbox: Sandbox) -> None:
    (key,) = keys(adapter, sandbox, Status.OPEN, 1)
    made = plan(adapter, [key], CommentWish(public=False), comment=NewComment(body="one\ntwo", public=False))
    (step,) = steps_of(adapter, made.changes)
    send(adapter, [step])
    with sandbox.store.write() as db:
        db.execute("UPDATE jira_comment SET doc = json_remove(doc, '$.properties') WHERE issue = ?", (step.id,))
    assert adapter.look([step], {})[step.id].there is True
    with sandbox.store.write() as db:
        other = json.dumps({"accountId": "x", "displayName": "X", "emailAddress": "x@y.example"})
        db.execute("UPDATE jira_comment SET doc = json_set(doc, '$.author', json(?)) WHERE issue = ?", (other, step.id))
    assert adapter.look([step], {})[step.id].there is False, "the same text of somebody else is not ours"


@pytest.mark.parametrize("type_", [LinkType.DUPLICATE_OF, LinkType.CAUSED_BY, LinkType.BLOCKS, LinkType.TRACKED_BY])
def test_links_there_and_back(adapter: JiraAdapter, sandbox: Sandbox, type_: LinkType) -> None:
    first, second, other = keys(adapter, sandbox, Status.OPEN, 3)
    (to,) = read(adapter, [other])
    made = plan(adapter, [first, second], LinkWish(type=type_, to=to))
    assert all(isinstance(outcome, Applied) for outcome in apply(adapter, made.changes).values())
    assert not_in_effect(adapter, made.changes) == {}
    steps = steps_of(adapter, made.changes)
    tickets = {ticket.id: ticket for ticket in read(adapter, [first, second])}
    assert all(sight.there for sight in adapter.look(steps, tickets).values())
    assert sorted(plan(adapter, [first, second], LinkWish(type=type_, to=to)).unchanged) == sorted([first, second])
    assert plan(adapter, [other], LinkWish(type=type_, to=to)).skipped == [(other, "it cannot be linked to itself")]
    gone = plan(adapter, [first, second], LinkWish(type=type_, to=to, remove=True))
    assert all(isinstance(outcome, Applied) for outcome in apply(adapter, gone.changes).values())
    assert not_in_effect(adapter, gone.changes) == {}
    assert not any(link.key == other for ticket in read(adapter, [first, second]) for link in ticket.links)


def test_a_link_type_is_known_by_its_words_when_it_was_renamed(adapter: JiraAdapter, sandbox: Sandbox) -> None:
    with sandbox.store.write() as db:
        db.execute(
            "UPDATE jira_entity SET name = 'doppelt', doc = json_set(doc, '$.name', 'Doppelt') "
            "WHERE kind = 'linktype' AND id = '10002'"
        )
    key, other = keys(adapter, sandbox, Status.OPEN, 2)
    made = plan(adapter, [key], LinkWish(type=LinkType.DUPLICATE_OF, to=read(adapter, [other])[0]))
    apply(adapter, made.changes)
    assert not_in_effect(adapter, made.changes) == {}


def test_a_ticket_elsewhere_is_linked_once(adapter: JiraAdapter, sandbox: Sandbox) -> None:
    (key,) = keys(adapter, sandbox, Status.OPEN, 1)
    to = Ticket(
        platform=Platform.ZENDESK, profile="z", id="7", key="#7", url="https://acme.zendesk.com/agent/tickets/7"
    )
    wish = LinkWish(type=LinkType.TRACKED_BY, to=to)
    made = plan(adapter, [key], wish)
    (step,) = steps_of(adapter, made.changes)
    assert adapter.look([step], {})[step.id].there is False
    assert send(adapter, [step]) == send(adapter, [step]) == {step.id: Applied()}
    assert adapter.look([step], {})[step.id].there is True
    assert sandbox.store.value("SELECT count(*) FROM jira_remote_link") == 1
    assert not_in_effect(adapter, made.changes) == {}
    assert plan(adapter, [key], wish).unchanged == [key]
    gone = plan(adapter, [key], LinkWish(type=LinkType.TRACKED_BY, to=to, remove=True))
    apply(adapter, gone.changes)
    assert sandbox.store.value("SELECT count(*) FROM jira_remote_link") == 0


def test_closing_sets_the_resolution_and_reopening_takes_it_away(adapter: JiraAdapter, sandbox: Sandbox) -> None:
    (key,) = keys(adapter, sandbox, Status.OPEN, 1)
    before = read(adapter, [key])[0]
    made = plan(adapter, [key], StatusWish(goal=Status.RESOLVED, native=RESOLVED, closure_code="won't do"))
    (change,) = made.changes
    assert change.after == {"status": "resolved", "native_status": RESOLVED, "closure_code": "Won't Do"}
    apply(adapter, made.changes)
    assert not_in_effect(adapter, made.changes) == {}
    again = StatusWish(goal=Status.CLOSED, native=RESOLVED, closure_code="Won't Do")
    assert plan(adapter, [key], again).unchanged == [key]
    back = plan(adapter, [key], StatusWish(goal=before.status or Status.OPEN, native=before.native_status))
    assert back.changes[0].after["closure_code"] is None
    apply(adapter, back.changes)
    assert not_in_effect(adapter, back.changes) == {}


def test_what_a_screen_asks_is_an_obstacle(adapter: JiraAdapter, sandbox: Sandbox) -> None:
    rows = sandbox.store.rows("SELECT key, due FROM jira_issue WHERE project = 'SUP' AND category = 'indeterminate'")
    without = next(row["key"] for row in rows if not row["due"])
    made = plan(adapter, [without], StatusWish(goal=Status.OPEN, native="Pending"))
    assert "Due date" in made.skipped[0][1]
    resolved = plan(adapter, [without], StatusWish(goal=Status.RESOLVED, native=RESOLVED))
    assert "Resolution" in resolved.skipped[0][1]
    dated = plan(adapter, [without], FieldWish(field="due_at", value="2026-05-01"))
    apply(adapter, dated.changes)
    made = plan(adapter, [without], StatusWish(goal=Status.OPEN, native="Pending"))
    apply(adapter, made.changes)
    assert not_in_effect(adapter, made.changes) == {}


def test_a_resolution_that_is_not_on_the_screen_is_set_afterwards(adapter: JiraAdapter, sandbox: Sandbox) -> None:
    with sandbox.store.write() as db:
        db.execute("UPDATE jira_entity SET doc = json_set(doc, '$.fields', json('[]')) WHERE kind = 'screen'")
    (key,) = keys(adapter, sandbox, Status.OPEN, 1)
    made = plan(adapter, [key], StatusWish(goal=Status.RESOLVED, native=RESOLVED, closure_code="Done"))
    move, resolution = made.changes[0].actions
    assert isinstance(move, Transition)
    assert not move.fields
    assert isinstance(resolution, FieldChange)
    assert adapter.divide(made.changes[0]) == [(move,), (resolution,)]
    assert isinstance(apply(adapter, made.changes)[made.changes[0].id], Applied)
    assert not_in_effect(adapter, made.changes) == {}


def test_a_reopening_comes_first_and_a_closing_last(adapter: JiraAdapter) -> None:
    tag, note = TagChange(add=["x"]), NewComment(body="text", public=False)
    link = LinkChange(type=LinkType.RELATES, to="SUP-2")
    close = Transition(status=Status.RESOLVED, native_status="1", via="1")
    reopen = Transition(status=Status.OPEN, native_status="2", via="2")

    def order(*actions: Any, status: str) -> list[Any]:
        change = Change(id="1", key="SUP-1", actions=list(actions), version="v", before={"status": status}, after={})
        return adapter.divide(change)

    assert order(close, note, tag, link, status="open") == [(tag,), (note,), (link,), (close,)]
    assert order(tag, reopen, status="resolved") == [(reopen,), (tag,)]
    assert order(tag, reopen, status="on_hold") == [(tag,), (reopen,)]


def test_who_touched_an_issue_last(adapter: JiraAdapter, sandbox: Sandbox) -> None:
    key, other = keys(adapter, sandbox, Status.OPEN, 2)
    made = plan(adapter, [key], TagWish(add=["x"]))
    apply(adapter, made.changes)
    noted = plan(adapter, [other], CommentWish(public=False), comment=NewComment(body="x", public=False))
    apply(adapter, noted.changes)
    tickets = read(adapter, [key, other])
    touches = adapter.touched(tickets)
    me = adapter.site.me()
    assert me is not None
    assert {touches[ticket.id].who for ticket in tickets} == {me.name}


def test_many_issues_with_one_new_tag_are_one_request(cloud: JiraAdapter, sandbox: Sandbox) -> None:
    wanted = keys(cloud, sandbox, Status.RESOLVED, 40)
    made = plan(cloud, wanted, TagWish(add=["bulk"]))
    steps = steps_of(cloud, made.changes)
    assert [len(batch) for batch in cloud.batches(steps)] == [40]
    sandbox.server.app.state.stats.clear()
    outcomes = send(cloud, steps)
    assert set(outcomes.values()) == {Applied()}
    assert not_in_effect(cloud, made.changes) == {}
    assert mails(sandbox) == []
    send(cloud, steps_of(cloud, plan(cloud, wanted, TagWish(remove=["bulk"])).changes, notify=True))
    assert mails(sandbox) == ["bulk"] * 40


def test_ten_thousand_issues_are_ten_batches(cloud: JiraAdapter) -> None:
    changes = [
        Change(
            id=str(number),
            key=f"SUP-{number}",
            actions=[TagChange(add=["x"])],
            version="v",
            before={},
            after={"tags": ["x"]},
        )
        for number in range(1, 10_001)
    ]
    assert [len(batch) for batch in cloud.batches(steps_of(cloud, changes))] == [1000] * 10


def test_bulk_edits_of_fields_and_people(cloud: JiraAdapter, sandbox: Sandbox) -> None:
    wanted = keys(cloud, sandbox, Status.OPEN, 25)
    made = plan(
        cloud,
        wanted,
        FieldWish(field="priority", value="p2"),
        FieldWish(field="component", value="Hardware"),
        AssignWish(assignee="Mira Solberg"),
        TagWish(add=["both"]),
    )
    like = [change for change in made.changes if len(change.actions) == 4][:20]
    assert len(like) == 20
    steps = steps_of(cloud, like)
    assert [len(batch) for batch in cloud.batches(steps)] == [20]
    assert set(send(cloud, steps).values()) == {Applied()}
    assert not_in_effect(cloud, like) == {}


def test_without_the_permission_every_issue_is_edited_alone(
    opened: Callable[..., JiraAdapter], sandbox: Sandbox
) -> None:
    adapter = opened("cloud")
    wanted = keys(adapter, sandbox, Status.OPEN, 21)
    made = plan(adapter, wanted, TagWish(add=["alone"]))
    steps = steps_of(adapter, made.changes)
    adapter.site.once("bulk change", lambda: False)
    assert [len(batch) for batch in adapter.batches(steps)] == [1] * 21
    assert set(send(adapter, steps).values()) == {Applied()}
    assert mails(sandbox) == [], "an administrator's edits are quiet"


def test_one_gone_issue_spoils_no_bulk_edit(cloud: JiraAdapter, sandbox: Sandbox) -> None:
    wanted = keys(cloud, sandbox, Status.OPEN, 22)
    made = plan(cloud, wanted, TagWish(add=["left"]))
    gone, archived = made.changes[3], made.changes[4]
    with httpx.Client(base_url=sandbox.url, auth=("ops@harborlight.example", "sandbox-jira-token")) as client:
        client.delete(f"/rest/api/3/issue/{gone.key}").raise_for_status()
        client.put("/rest/api/3/issue/archive", json={"issueIdsOrKeys": [archived.key]}).raise_for_status()
    outcomes = send(cloud, steps_of(cloud, made.changes))
    assert gone.id not in outcomes, "the task does not name it: it is in doubt"
    refused = outcomes[archived.id]
    assert isinstance(refused, Failed)
    assert "archived" in refused.error
    assert len([outcome for outcome in outcomes.values() if isinstance(outcome, Applied)]) == 20
    (step,) = [step for step in steps_of(cloud, made.changes) if step.id == gone.id]
    assert isinstance(send(cloud, [step])[gone.id], Skipped)


def test_transitions_without_a_screen_go_in_bulk(cloud: JiraAdapter, sandbox: Sandbox) -> None:
    wanted = keys(cloud, sandbox, Status.RESOLVED, 30)
    made = plan(cloud, wanted, StatusWish(goal=Status.OPEN, native="Work in progress"))
    steps = steps_of(cloud, made.changes)
    assert [len(batch) for batch in cloud.batches(steps)] == [30]
    assert set(send(cloud, steps).values()) == {Applied()}
    assert not_in_effect(cloud, made.changes) == {}
    closing = plan(cloud, wanted, StatusWish(goal=Status.RESOLVED, native=RESOLVED, closure_code="Done"))
    steps = steps_of(cloud, closing.changes)
    assert [len(batch) for batch in cloud.batches(steps)] == [1] * 30
    assert set(send(cloud, steps).values()) == {Applied()}
    assert not_in_effect(cloud, closing.changes) == {}


def test_open_sub_tasks_stand_in_the_way_until_that_is_lifted(adapter: JiraAdapter, sandbox: Sandbox) -> None:
    parent, child = keys(adapter, sandbox, Status.OPEN, 2)
    with sandbox.store.write() as db:
        row = db.execute("SELECT id, key, doc FROM jira_issue WHERE key = ?", (child,)).fetchone()
        fields = json.loads(row["doc"])["fields"]
        end = {"id": str(row["id"]), "key": row["key"], "fields": {"summary": "s", "status": fields["status"]}}
        db.execute(
            "UPDATE jira_issue SET doc = json_set(doc, '$.fields.subtasks', json(?)) WHERE key = ?",
            (json.dumps([end]), parent),
        )
    wish = StatusWish(goal=Status.RESOLVED, native=RESOLVED, closure_code="Done")
    assert plan(adapter, [parent], wish).skipped == [(parent, "it has sub-tasks that are not done")]
    (change,) = plan(adapter, [parent], wish, lifted=["open-children"]).changes
    assert "open-children" in {risk.code for risk in change.risks}


def test_needs_are_what_is_looked_at(adapter: JiraAdapter) -> None:
    assert adapter.needs(FieldWish(field="Urgency", value="x")) == {Need.CUSTOM}
    assert adapter.needs(FieldWish(field="title", value="x")) == frozenset()
    assert adapter.needs(StatusWish(goal=Status.CLOSED)) == {Need.LINKS}
