"""Every kind of change against the sandbox over real HTTP: planned, sent, read back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from supportctl.adapters.base import LISTING, Need, Selection
from supportctl.adapters.reading import Reading, get
from supportctl.adapters.writing import (
    AssignWish,
    CommentWish,
    FieldWish,
    LinkWish,
    MergeWish,
    StatusWish,
    TagWish,
)  # fmt: skip
from supportctl.errors import UsageError
from supportctl.model import (
    Applied,
    Conflict,
    Failed,
    LinkType,
    NewComment,
    Platform,
    Skipped,
    Status,
    Ticket,
)  # fmt: skip
from supportctl.sandbox.zendesk import names, tables

from .test_on_sandbox import adapter, connect, everything
from .writing import carry, follow, not_as_planned, one, plan, send, steps_of

pytestmark = pytest.mark.slow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from supportctl.adapters.base import Adapter
    from tests.fixtures.sandbox import Sandbox

__all__ = ["adapter"]

INTERNAL = NewComment(body="Reviewed by the night shift.\n\nNothing to add.", public=False)
CATEGORY, CAUSE, NOTES = f"custom:{names.CATEGORY}", f"custom:{names.ROOT_CAUSE}", f"custom:{names.NOTES}"


@pytest.fixture
def tickets(adapter: Adapter, now: datetime) -> list[Ticket]:
    """Open tickets that somebody works on and that may be solved."""
    found = [each for each in everything(adapter, now) if each.status is Status.OPEN and each.assignee]
    wish = StatusWish(goal=Status.RESOLVED)
    ready = plan(adapter, [each.key for each in found], wish)
    keys = {change.key for change in ready.changes}
    return [each for each in found if each.key in keys and each.kind and each.kind.value != "problem"]


@pytest.fixture
def api(sandbox: Sandbox) -> Iterator[httpx.Client]:
    profile = sandbox.profiles["zendesk"]
    with httpx.Client(base_url=f"{sandbox.url}/api/v2", auth=(f"{profile['user']}/token", profile["secret"])) as client:
        yield client


def keys(tickets: list[Ticket]) -> list[str]:
    return [ticket.key for ticket in tickets]


def requests(sandbox: Sandbox) -> int:
    return int(sandbox.stats["total"])


def test_one_update_holds_all_that_is_wished_of_a_ticket(adapter: Adapter, tickets: list[Ticket], api: Any) -> None:
    wishes = [
        TagWish(add=["reviewed"]),
        FieldWish(field="priority", value="p1"),
        FieldWish(field="Root cause", value="Workaround"),
        FieldWish(field=NOTES, value="Restarted the terminal."),
        AssignWish(assignee="me"),
        CommentWish(public=False),
        StatusWish(goal=Status.RESOLVED),
    ]
    some = tickets[:3]
    changes = carry(adapter, keys(some), *wishes, comment=INTERNAL)
    assert [len(adapter.divide(change)) for change in changes] == [1, 1, 1]
    for change in changes:
        (comment,) = [
            each
            for each in api.get(f"/tickets/{change.id}/comments").json()["comments"]
            if "night shift" in each["body"]
        ]
        assert comment["public"] is False
        assert comment["metadata"]["custom"] == {"supportctl_op": f"{int(change.id):016x}"}
        assert change.before["status"] == "open"
        assert change.after["native_status"] == "Solved"
        assert not change.final


def test_a_hundred_tickets_are_one_write(adapter: Adapter, sandbox: Sandbox, now: datetime) -> None:
    open_ones = [each for each in everything(adapter, now) if each.status is not Status.CLOSED][:150]
    made = plan(adapter, keys(open_ones), TagWish(add=["reviewed"]))
    batches = list(adapter.batches(steps_of(adapter, made.changes)))
    assert [len(batch) for batch in batches] == [100, len(made.changes) - 100]
    before = requests(sandbox)
    handles = [adapter.submit(batch).handle for batch in batches]
    assert requests(sandbox) - before == 2
    outcomes = follow(adapter, [handle for handle in handles if handle])
    assert set(map(type, outcomes.values())) == {Applied}
    assert requests(sandbox) - before <= 2 + 20
    assert not_as_planned(adapter, made.changes) == {}


def test_one_ticket_is_answered_for_at_once(adapter: Adapter, tickets: list[Ticket]) -> None:
    for wish in (TagWish(add=["a"]), TagWish(remove=["a"]), FieldWish(field="title", value="Ein neuer Titel – 新しい")):
        made = plan(adapter, [tickets[0].key], wish)
        (step,) = steps_of(adapter, made.changes)
        submission = adapter.submit([step])
        assert submission.handle is None
        assert isinstance(submission.outcomes[tickets[0].id], Applied)
        assert not_as_planned(adapter, made.changes) == {}


def test_a_single_refusal_names_the_fields(adapter: Adapter, tickets: list[Ticket]) -> None:
    """Somebody emptied the field between the plan and its execution."""
    ticket = tickets[0]
    made = plan(adapter, [ticket.key], StatusWish(goal=Status.RESOLVED))
    carry(adapter, [ticket.key], FieldWish(field="Category", value=None))
    (step,) = steps_of(adapter, made.changes, version=one(adapter, ticket.key).version)
    outcome = adapter.submit([step]).outcomes[ticket.id]
    assert isinstance(outcome, Failed)
    assert f"FieldTagger {names.CATEGORY}" in outcome.error


def test_who_moved_is_a_conflict_alone_and_in_a_job(adapter: Adapter, tickets: list[Ticket]) -> None:
    made = plan(adapter, keys(tickets[:2]), FieldWish(field="priority", value="p4"))
    stale = steps_of(adapter, made.changes, version="2020-01-01T00:00:00Z")
    assert isinstance(adapter.submit(stale[:1]).outcomes[stale[0].id], Conflict)
    handle = adapter.submit(stale).handle
    assert handle is not None
    assert set(map(type, follow(adapter, [handle]).values())) == {Conflict}


@pytest.mark.slow
@pytest.mark.parametrize("turn", [0, 1])
def test_every_way_a_job_refuses_a_ticket_is_understood(
    adapter: Adapter, sandbox: Sandbox, now: datetime, tickets: list[Ticket], turn: int
) -> None:
    """By id in one shape of results, by place in the other."""
    closed = next(each for each in everything(adapter, now) if each.status is Status.CLOSED)
    made = plan(adapter, keys(tickets[:3]), FieldWish(field="title", value="x"))
    good, gone, shut = steps_of(adapter, made.changes)
    import msgspec

    gone = msgspec.structs.replace(gone, change=msgspec.structs.replace(gone.change, id="99999999"), version=None)
    shut = msgspec.structs.replace(
        shut, change=msgspec.structs.replace(shut.change, id=closed.id), version=closed.version
    )
    for _ in range(turn):
        carry(adapter, keys(tickets[4:6]), TagWish(add=["shape"]))
    handle = adapter.submit([gone, shut, good]).handle
    assert handle is not None
    outcomes = follow(adapter, [handle])
    expected = {"99999999": Skipped, closed.id: Failed, good.id: Applied}
    assert {number: type(outcome) for number, outcome in outcomes.items()} == expected


def test_statuses(adapter: Adapter, tickets: list[Ticket]) -> None:
    ticket = tickets[0]
    for wish in (
        StatusWish(goal=Status.ON_HOLD, native="With the terminal vendor"),
        StatusWish(goal=Status.ON_HOLD, native="hold"),
        StatusWish(goal=Status.PENDING),
        StatusWish(goal=Status.PENDING, native="waiting for photo of the LABEL"),
        StatusWish(goal=Status.RESOLVED),
        StatusWish(goal=Status.OPEN),
    ):
        (change,) = carry(adapter, [ticket.key], wish)
        assert plan(adapter, [ticket.key], wish).unchanged == [ticket.key]
    assert {risk.code for risk in change.risks} >= {"reopen", "mail"}
    assert one(adapter, ticket.key, StatusWish(goal=Status.OPEN)).native_status == "Open"
    back = plan(adapter, [ticket.key], StatusWish(goal=Status.NEW))
    assert back.skipped == [(ticket.key, "Zendesk never makes a ticket new again")]
    with pytest.raises(UsageError, match="no status for cancelled"):
        plan(adapter, [ticket.key], StatusWish(goal=Status.CANCELLED))
    with pytest.raises(UsageError) as told:
        plan(adapter, [ticket.key], StatusWish(goal=Status.OPEN, native="Nowhere"))
    assert "With the terminal vendor (on_hold)" in (told.value.hint or "")


def test_closing_is_final(adapter: Adapter, tickets: list[Ticket]) -> None:
    ticket = tickets[0]
    (change,) = carry(adapter, [ticket.key], StatusWish(goal=Status.CLOSED))
    assert change.final == ["closing for good"]
    assert "status" in change.stays
    for wish in (
        StatusWish(goal=Status.OPEN), CommentWish(public=True), AssignWish(assignee="me"), TagWish(add=["late"]),
        FieldWish(field="title", value="late"),
    ):  # fmt: skip
        made = plan(adapter, [ticket.key], wish, comment=NewComment(body="late", public=True))
        assert [key for key, _ in made.skipped] == [ticket.key]
        assert "closed" in made.skipped[0][1]


def test_what_solving_asks_for_is_said_before(adapter: Adapter, tickets: list[Ticket]) -> None:
    ticket, wish = tickets[0], StatusWish(goal=Status.RESOLVED)
    carry(adapter, [ticket.key], FieldWish(field="Category", value=None), AssignWish(assignee="none"))
    ((key, reason),) = plan(adapter, [ticket.key], wish).skipped
    assert key == ticket.key
    assert "it has no assignee" in reason
    assert "'Category' (one of cat_devices" in reason
    # The condition of the form: a workaround has to be described.
    given = [FieldWish(field="Category", value="cat_network"), AssignWish(assignee="me")]
    carry(adapter, [ticket.key], FieldWish(field="Root cause", value="Workaround"))
    ((_, reason),) = plan(adapter, [ticket.key], *given, wish).skipped
    assert "'Resolution notes'" in reason
    assert "Category" not in reason
    carry(adapter, [ticket.key], *given, FieldWish(field="Resolution notes", value="Moved the cable."), wish)


def test_tags_and_fields_move_each_other(adapter: Adapter, tickets: list[Ticket]) -> None:
    ticket = tickets[0]
    (change,) = carry(adapter, [ticket.key], FieldWish(field="Category", value="Billing"))
    assert change.after == {CATEGORY: "cat_billing"}
    assert "coupling" in {risk.code for risk in change.risks}
    assert "cat_billing" in one(adapter, ticket.key).tags
    (change,) = carry(adapter, [ticket.key], TagWish(remove=["cat_billing"]))
    (risk,) = [each for each in change.risks if each.code == "coupling"]
    assert risk.message == "the tag 'cat_billing' is a value of the field 'Category', which loses it"
    held = one(adapter, ticket.key, FieldWish(field=CATEGORY, value=None))
    assert next(field for field in held.custom if field.id == str(names.CATEGORY)).value is None
    assert plan(adapter, [ticket.key], FieldWish(field=CATEGORY, value=None)).unchanged == [ticket.key]


def test_a_field_of_every_type(sandbox: Sandbox, now: datetime, tickets: list[Ticket]) -> None:
    options = [{"id": n, "name": f"Norden::{name}", "value": value, "default": False}
               for n, (name, value) in enumerate([("Tromsø", "tromso"), ("Kirkenes", "kirkenes")])]  # fmt: skip
    kinds = {"checkbox": {"tag": "vip_guest"}, "multiselect": {"custom_field_options": options}, "integer": {},
             "decimal": {}, "date": {}, "regexp": {"regexp_for_validation": r"\A[A-Z]{2}\d+\z"}}  # fmt: skip
    with sandbox.store.write() as connection:
        for n, (kind, more) in enumerate(kinds.items(), 901):
            doc = {
                "id": names.FIELD + n,
                "type": kind,
                "title": f"The {kind}",
                "active": True,
                "required": False,
                **more,
            }
            tables.put_config(connection, [("ticket_field", names.FIELD + n, n, doc)])
    ticket = tickets[0]
    adapter = connect(sandbox, now)
    # A ticket has every field of the account; these are new, and have no value before they were set once.
    with sandbox.store.write() as connection:
        (row,) = connection.execute("SELECT doc FROM zd_tickets WHERE id = ?", (int(ticket.id),)).fetchall()
        doc = names.load(row["doc"])
        doc["custom_fields"] += [{"id": names.FIELD + n, "value": None} for n in range(901, 907)]
        tables.put_ticket(connection, doc)
    for kind, typed, held in (
        ("checkbox", "yes", True), ("checkbox", None, False), ("integer", "12", 12),
        ("multiselect", "Tromsø, kirkenes", ["tromso", "kirkenes"]), ("multiselect", None, []), ("integer", None, None),
        ("decimal", "12.50", 12.5), ("date", "2026-05-17", "2026-05-17"), ("regexp", "NO17", "NO17"),
    ):  # fmt: skip
        (change,) = carry(adapter, [ticket.key], FieldWish(field=f"the {kind}", value=typed))
        assert list(change.after.values()) == [held]
        assert ("vip_guest" in one(adapter, ticket.key).tags) is (held is True)
    for kind, typed in (("integer", "12.5"), ("decimal", "x"), ("date", "17.5.2026"), ("regexp", "no"),
                        ("multiselect", "Oslo"), ("checkbox", "maybe")):  # fmt: skip
        with pytest.raises(UsageError, match=f"'The {kind}' does not take the value"):
            plan(adapter, [ticket.key], FieldWish(field=f"The {kind}", value=typed))
    adapter.close()


def test_fields_of_ours(adapter: Adapter, tickets: list[Ticket]) -> None:
    ticket = tickets[0]
    carry(adapter, [ticket.key], FieldWish(field="kind", value="task"))
    (change,) = carry(adapter, [ticket.key], FieldWish(field="due_at", value="2026-04-01"))
    assert change.after == {"due_at": "2026-04-01T12:00:00+00:00"}
    carry(adapter, [ticket.key], FieldWish(field="due_at", value=change.after["due_at"].replace("04-01", "04-02")))
    carry(adapter, [ticket.key], FieldWish(field="due_at", value=None))
    carry(adapter, [ticket.key], FieldWish(field="priority", value="high"))
    for wish, reason in (
        (FieldWish(field="priority", value=None), "Zendesk does not take a priority away once it is set"),
    ):
        assert plan(adapter, [ticket.key], wish).skipped == [(ticket.key, reason)]
    carry(adapter, [ticket.key], FieldWish(field="kind", value="question"))
    ((_, reason),) = plan(adapter, [ticket.key], FieldWish(field="due_at", value="2026-04-01")).skipped
    assert reason == "only tasks have a due date"
    for wish, hint in (
        (FieldWish(field="priority", value="p5"), "p1 (urgent), p2 (high), p3 (normal), p4 (low)"),
        (FieldWish(field="kind", value="request"), "incident, problem, question, task"),
        (FieldWish(field="Nonsense", value="x"), "Root cause"),
        (FieldWish(field="category", value="Cheese"), "cat_network"),
    ):
        with pytest.raises(UsageError) as told:
            plan(adapter, [ticket.key], wish)
        assert hint in (told.value.hint or "")


def test_a_first_priority_stays(adapter: Adapter, sandbox: Sandbox, tickets: list[Ticket]) -> None:
    ticket = tickets[0]
    with sandbox.store.write() as connection:
        (row,) = connection.execute("SELECT doc FROM zd_tickets WHERE id = ?", (int(ticket.id),)).fetchall()
        tables.put_ticket(connection, {**names.load(row["doc"]), "priority": None})
    (change,) = carry(adapter, [ticket.key], FieldWish(field="priority", value="p3"))
    assert (change.before, list(change.stays)) == ({"priority": None}, ["priority"])


def test_mapped_fields_go_by_our_name(sandbox: Sandbox, now: datetime, tickets: list[Ticket]) -> None:
    fields = {"category": "Category", "closure_code": str(names.ROOT_CAUSE), "resolution_notes": "Resolution notes"}
    mapped = connect(sandbox, now, fields=fields)
    assert {"category", "closure_code"} <= mapped.capabilities.settable
    assert mapped.capabilities.closure_code
    assert mapped.capabilities.closure_notes
    (change,) = carry(mapped, [tickets[0].key], FieldWish(field="category", value="Access"))
    assert change.after == {"category": "cat_access"}
    wish = StatusWish(goal=Status.RESOLVED, closure_code="Workaround", notes={tickets[0].id: "Used the other till."})
    (change,) = carry(mapped, [tickets[0].key], wish)
    assert change.after["closure_code"] == "rc_workaround"
    assert change.after["resolution_notes"] == "Used the other till."
    mapped.close()


def test_assigning(adapter: Adapter, sandbox: Sandbox, tickets: list[Ticket], api: Any) -> None:
    ticket = tickets[0]
    members = api.get("/group_memberships", params={"per_page": 100}).json()["group_memberships"]
    agents = {each["user_id"] for each in members}
    users = {each["id"]: each for each in api.get("/users", params={"role": "agent", "per_page": 100}).json()["users"]}
    other = next(
        users[n]
        for n in sorted(agents & users.keys())
        if not users[n]["suspended"] and str(n) not in str(ticket.assignee)
    )
    (change,) = carry(adapter, [ticket.key], AssignWish(assignee=other["email"].upper()))
    assert change.after["assignee"] == {"id": str(other["id"]), "name": other["name"]}
    held = one(adapter, ticket.key, AssignWish())
    assert held.group
    assert held.group.id in {str(each["group_id"]) for each in members if each["user_id"] == other["id"]}
    for same in (other["name"], str(other["id"])):
        assert plan(adapter, [ticket.key], AssignWish(assignee=same)).unchanged == [ticket.key]
    (change,) = carry(adapter, [ticket.key], AssignWish(assignee="none"))
    assert change.after == {"assignee": None}
    foreign = next(each for each in members if each["group_id"] not in
                   {m["group_id"] for m in members if m["user_id"] == other["id"]})  # fmt: skip
    group = api.get(f"/groups/{foreign['group_id']}").json()["group"]
    with pytest.raises(UsageError, match="is not in the group"):
        plan(adapter, [ticket.key], AssignWish(assignee=other["email"], group=group["name"]))
    carry(adapter, [ticket.key], AssignWish(assignee=other["email"]))
    (change,) = carry(adapter, [ticket.key], AssignWish(group=group["name"]))
    assert change.after["assignee"] is None
    assert "coupling" in {risk.code for risk in change.risks}
    customer = next(each for each in api.get("/users", params={"role": "end-user"}).json()["users"])
    for wish in (AssignWish(assignee="nobody@nowhere.example"), AssignWish(assignee=customer["email"]),
                 AssignWish(group="No such group"), AssignWish()):  # fmt: skip
        with pytest.raises(UsageError):
            plan(adapter, [ticket.key], wish)


def test_links_to_a_problem(adapter: Adapter, tickets: list[Ticket]) -> None:
    problem, first, second = tickets[:3]
    with pytest.raises(UsageError, match="is no problem ticket"):
        plan(adapter, [first.key], LinkWish(type=LinkType.PROBLEM, to=problem))
    carry(adapter, [problem.key], FieldWish(field="kind", value="problem"))
    wish = LinkWish(type=LinkType.PROBLEM, to=one(adapter, problem.key))
    carry(adapter, [first.key, second.key], wish)
    assert plan(adapter, [first.key], wish).unchanged == [first.key]
    assert plan(adapter, [problem.key], wish).skipped
    (change,) = plan(adapter, [problem.key], StatusWish(goal=Status.RESOLVED)).changes
    (risk,) = [each for each in change.risks if each.code == "cascade"]
    assert "2 unsolved incidents" in risk.message
    gone = LinkWish(type=LinkType.PROBLEM, to=one(adapter, problem.key), remove=True)
    (change,) = carry(adapter, [second.key], gone)
    assert change.before["links"] == [{"type": "problem", "key": problem.key}]
    carry(adapter, [problem.key, second.key], StatusWish(goal=Status.RESOLVED), TagWish(add=["together"]))
    assert one(adapter, first.key).status is Status.RESOLVED
    for kind in (LinkType.DUPLICATE_OF, LinkType.INCIDENT, LinkType.BLOCKS):
        with pytest.raises(UsageError) as told:
            plan(adapter, [first.key], LinkWish(type=kind, to=problem))
    with pytest.raises(UsageError) as told:
        plan(adapter, [first.key], LinkWish(type=LinkType.DUPLICATE_OF, to=problem))
    assert "merge" in (told.value.hint or "")


def test_links_to_jira(adapter: Adapter, sandbox: Sandbox, now: datetime, tickets: list[Ticket], api: Any) -> None:
    issue = Ticket(platform=Platform.JSM, profile="jira", id="10042", key="SUP-42")
    wish = LinkWish(type=LinkType.TRACKED_BY, to=issue)
    many = keys(tickets[:6])
    changes = carry(adapter, many, TagWish(add=["bug"]), wish)
    assert {len(adapter.divide(change)) for change in changes} == {2}
    listed = api.get("/jira/links", params={"filter[ticket_id]": changes[0].id}).json()["links"]
    assert [(each["issue_id"], each["issue_key"]) for each in listed] == [("10042", "SUP-42")]
    assert plan(adapter, many, wish).unchanged == many
    (step,) = [s for s in steps_of(adapter, changes, 1) if s.id == changes[0].id]
    assert isinstance(adapter.submit([step]).outcomes[step.id], Failed)
    carry(adapter, many[:2], LinkWish(type=LinkType.TRACKED_BY, to=issue, remove=True))
    assert not one(adapter, many[0], wish).links
    assert api.get(f"/tickets/{changes[2].id}/related").json()["jira_issue_ids"] == ["10042"]
    agent = connect(sandbox, now, secret="sandbox-zendesk-unrestricted", kind="oauth")
    assert [reason for _, reason in plan(agent, many[:1], wish).skipped] == [
        "its links to Jira may not be read by this account"
    ]
    agent.close()


def test_merging(adapter: Adapter, tickets: list[Ticket], api: Any) -> None:
    target, *sources = tickets[:4]
    wish = MergeWish(into=target, note="Same outage.")
    made = plan(adapter, keys([target, *sources]), wish)
    assert made.skipped == [(target.key, "a ticket cannot be merged into itself")]
    assert {tuple(change.final) for change in made.changes} == {("merging",)}
    assert [len(batch) for batch in adapter.batches(steps_of(adapter, made.changes))] == [3]
    assert set(map(type, send(adapter, made.changes).values())) == {Applied}
    assert not_as_planned(adapter, made.changes, wish) == {}
    said = [
        each for each in api.get(f"/tickets/{target.id}/comments").json()["comments"] if each["body"] == "Same outage."
    ]
    assert [each["public"] for each in said] == [False]
    carry(adapter, [target.key], StatusWish(goal=Status.RESOLVED))
    with pytest.raises(UsageError, match="not solved"):
        plan(adapter, keys(tickets[4:5]), MergeWish(into=one(adapter, target.key)))


def test_comments_are_found_by_their_mark_or_else_by_their_words(
    adapter: Adapter, sandbox: Sandbox, tickets: list[Ticket], api: Any
) -> None:
    some = tickets[:4]
    made = plan(adapter, keys(some), CommentWish(public=False), comment=INTERNAL)
    steps = steps_of(adapter, made.changes)
    marked, worded, others, none = steps
    adapter.submit([marked])
    words = {"body": INTERNAL.body, "public": False}
    api.put(f"/tickets/{worded.id}", json={"ticket": {"comment": words}})
    api.put(f"/tickets/{others.id}", json={"ticket": {"comment": words, "metadata": {"supportctl_op": "f" * 16}}})
    agent = {"Authorization": "Bearer sandbox-zendesk-unrestricted"}
    httpx.put(f"{sandbox.url}/api/v2/tickets/{none.id}", headers=agent, json={"ticket": {"comment": words}})
    api.put(f"/tickets/{none.id}", json={"ticket": {"comment": {**words, "public": True}}})
    found = get(adapter, keys(some)).tickets
    sights = adapter.look(steps, {ticket.id: ticket for ticket in found})
    assert {number: sight.there for number, sight in sights.items()} == {
        marked.id: True, worded.id: True, others.id: False, none.id: False,
    }  # fmt: skip


def test_looking_asks_nothing_where_the_ticket_shows_it(
    adapter: Adapter, sandbox: Sandbox, tickets: list[Ticket]
) -> None:
    made = plan(adapter, keys(tickets[:2]), FieldWish(field="title", value="x"))
    before = requests(sandbox)
    assert adapter.look(steps_of(adapter, made.changes), {ticket.id: ticket for ticket in tickets}) == {}
    assert requests(sandbox) == before


def test_the_same_words_of_long_ago_are_not_ours(adapter: Adapter, sandbox: Sandbox, tickets: list[Ticket]) -> None:
    ticket = tickets[0]
    carry(adapter, [ticket.key], CommentWish(public=False), comment=INTERNAL)
    fresh = one(adapter, ticket.key)
    assert fresh.version
    later = f"{int(fresh.version[:4]) + 1}{fresh.version[4:]}"
    made = plan(adapter, [ticket.key], CommentWish(public=False), comment=INTERNAL)
    (step,) = steps_of(adapter, made.changes, op="e" * 16, version=later)
    assert adapter.look([step], {ticket.id: fresh})[ticket.id].there is False


def test_who_was_faster_is_named(adapter: Adapter, sandbox: Sandbox, now: datetime, tickets: list[Ticket]) -> None:
    other = connect(sandbox, now, secret="sandbox-zendesk-unrestricted", kind="oauth")
    name = other.account.me()["name"]  # type: ignore[attr-defined]
    carry(other, keys(tickets[:2]), TagWish(add=["faster"]))
    other.close()
    found = get(adapter, keys(tickets[:2])).tickets
    before = requests(sandbox)
    touches = adapter.touched(found)
    assert requests(sandbox) - before <= 2
    assert [(touch.who, touch.at) for touch in touches.values()] == [(name, ticket.updated_at) for ticket in found]


def test_reading_by_key_costs_one_request_a_hundred(adapter: Adapter, sandbox: Sandbox, now: datetime) -> None:
    found = [ticket.key for ticket in Reading(adapter, Selection(now=now), LISTING)][:200]
    get(adapter, found, frozenset({Need.TAGS, Need.PEOPLE}))
    before = requests(sandbox)
    get(adapter, found, adapter.capabilities.free_needs)
    assert requests(sandbox) - before == 2
