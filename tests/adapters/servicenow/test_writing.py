"""Wishes fulfilled on the sandbox's ServiceNow: planned, sent, read back."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from supportctl.adapters import reading
from supportctl.adapters.base import Need
from supportctl.adapters.servicenow.client import read_rows
from supportctl.adapters.writing import (
    AssignWish,
    CommentWish,
    FieldWish,
    LinkWish,
    StatusWish,
    Step,
    TagWish,
    Wish,
)
from supportctl.changes.making import Made, make_changes, wishes_need
from supportctl.errors import UsageError
from supportctl.model import (
    Applied,
    Failed,
    LinkType,
    NewComment,
    Status,
    Ticket,
)
from supportctl.model.planned import missing, value_of
from supportctl.wire import Intent

from .test_on_sandbox import open_as

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from supportctl.adapters.servicenow.adapter import ServiceNowAdapter

    Connect = Callable[..., "Desk"]

AGENT = ("itil.agent", "sandbox-servicenow-agent")
DUPLICATE = "Duplicate"


class Desk:
    """An account at work."""

    def __init__(self, adapter: ServiceNowAdapter) -> None:
        self.adapter = adapter

    def raw(self, method: str, path: str, **body: str) -> dict[str, str]:
        response = self.adapter.client.write(method, f"/api/now/table/{path}", body, intent=Intent.ONCE)
        return {name: str(cell.value) for name, cell in read_rows(response)[0].items()}

    def make(self, table: str = "incident", **fields: str) -> str:
        return self.raw("POST", table, **{"short_description": "Printer is on fire", **fields})["number"]

    def get(self, *keys: str) -> list[Ticket]:
        found = reading.get(self.adapter, keys, frozenset({Need.LINKS, Need.TAGS, Need.CUSTOM, Need.COMMENTS}))
        by_key = {ticket.key: ticket for ticket in found.tickets}
        return [by_key[key] for key in keys]

    def one(self, key: str) -> Ticket:
        return self.get(key)[0]

    def plan(self, keys: list[str], *wishes: Wish, **more: Any) -> Made:
        found = reading.get(self.adapter, keys, wishes_need(self.adapter, wishes))
        return make_changes(self.adapter, found.tickets, wishes, **more)

    def steps(self, made: Made) -> list[list[Step]]:
        """By round: one step per ticket."""
        rounds: list[list[Step]] = []
        for change in made.changes:
            for number, actions in enumerate(self.adapter.divide(change)):
                if number == len(rounds):
                    rounds.append([])
                op = f"{number:016x}"
                rounds[number].append(
                    Step(change=change, number=number, actions=actions, op=op, version=change.version)
                )
        return rounds

    def send(self, steps: list[Step]) -> dict[str, Any]:
        """By ticket key."""
        keys = {step.id: step.change.key for step in steps}
        found = {}
        for batch in self.adapter.batches(steps):
            found |= {keys[id_]: outcome for id_, outcome in self.adapter.submit(batch).outcomes.items()}
        return found

    def carry(self, keys: list[str], *wishes: Wish, **more: Any) -> Made:
        """Plan and send; every ticket must be as planned when read again."""
        made = self.plan(keys, *wishes, **more)
        for steps in self.steps(made):
            current = {ticket.id: ticket.version for ticket in self.get(*(step.change.key for step in steps))}
            steps = [msgspec.structs.replace(step, version=current[step.id]) for step in steps]
            outcomes = self.send(steps)
            assert {key: outcome for key, outcome in outcomes.items() if not isinstance(outcome, Applied)} == {}
            assert len(outcomes) == len(steps)
        after = {ticket.id: ticket for ticket in self.get(*(change.key for change in made.changes))}
        for change in made.changes:
            assert missing(change, change.actions, after[change.id], fold=True) == ([], [])
        return made


@pytest.fixture
def connect(sandbox: Any) -> Iterator[Connect]:
    with contextlib.ExitStack() as stack:

        def opened(*account: str) -> Desk:
            made = open_as(sandbox, account)
            stack.callback(made.close)
            return Desk(made)

        yield opened


@pytest.fixture
def desk(connect: Connect) -> Desk:
    return connect()


def obstacles(made: Made) -> str:
    """Why the only ticket is left out."""
    [(_, reason)] = made.skipped
    return reason


class TestFields:
    def test_every_kind_of_field(self, desk: Desk) -> None:
        key = desk.make(category="network")
        ci = desk.adapter.client.page("cmdb_ci", "", ("sys_id", "name"), limit=1).rows[0]["name"].value
        assert isinstance(ci, str)
        wishes = [
            FieldWish(field="title", value="Zażółć gęślą jaźń"),
            FieldWish(field="description", value="two\r\nlines"),
            FieldWish(field="impact", value="2 - Medium"),
            FieldWish(field="urgency", value="1"),
            FieldWish(field="category", value="billing"),
            FieldWish(field="component", value=ci),
            FieldWish(field="due_at", value="2026-04-01T17:00:00+02:00"),
            FieldWish(field="Symptom", value="smoke"),
            FieldWish(field="u_priority_confirmation", value="yes"),
        ]
        made = desk.carry([key], *wishes)
        [change] = made.changes
        assert change.after["due_at"] == "2026-04-01T15:00:00+00:00"
        assert change.after["custom:u_symptom"] == "smoke"
        assert {risk.code for risk in change.risks} == {"coupling"}
        ticket = desk.one(key)
        assert (ticket.native_priority, ticket.component and ticket.component.name) == ("2 - High", ci)
        assert desk.plan([key], *wishes).unchanged == [key]

    def test_undone_by_what_was_before(self, desk: Desk) -> None:
        key = desk.make(category="network", description="as it was")
        new = {"description": "new", "category": "billing", "u_priority_confirmation": "true", "due_at": "2026-05-01"}
        [change] = desk.carry([key], *(FieldWish(field=name, value=value) for name, value in new.items())).changes
        desk.carry([key], *(FieldWish(field=name, value=value) for name, value in change.before.items()))
        ticket = desk.one(key)
        assert (ticket.description, ticket.category, ticket.due_at) == ("as it was", "network", None)
        assert value_of(ticket, "custom:u_priority_confirmation") == "false"
        [change] = desk.plan([key], FieldWish(field="u_symptom", value="smoke")).changes
        assert change.stays == {"custom:u_symptom": "it is a choice, which this API cannot empty again"}

    @pytest.mark.parametrize(
        ("field", "value", "said"),
        [
            ("priority", "p1", "impact and urgency"),
            ("category", "nonsense", "no choice"),
            ("category", None, "cannot empty"),
            ("title", "x" * 161, "160 characters"),
            ("component", "no such thing", "no Configuration item"),
            ("due_at", "tomorrow", "no date"),
            ("u_nothing", "x", "no field"),
            ("sys_created_by", "x", "does not set"),
        ],
    )
    def test_what_cannot_be_set_is_said_before(self, desk: Desk, field: str, value: Any, said: str) -> None:
        with pytest.raises(UsageError) as raised:
            desk.plan([desk.make()], FieldWish(field=field, value=value))
        assert said in f"{raised.value.message} {raised.value.hint}"

    def test_a_table_without_the_field_is_left_out(self, desk: Desk) -> None:
        keys = [desk.make(), desk.make("sc_task")]
        made = desk.carry(keys, FieldWish(field="category", value="billing"))
        assert [change.key for change in made.changes] == keys[:1]
        assert "no category" in obstacles(made)

    def test_a_dependent_choice(self, desk: Desk) -> None:
        for value, of in (("wifi", "network"), ("till", "billing")):
            desk.raw("POST", "sys_choice", name="incident", element="subcategory", value=value, label=value.title(),
                     language="en", dependent_value=of, inactive="false")  # fmt: skip
        key = desk.make(category="network")
        assert "belongs to" in obstacles(desk.plan([key], FieldWish(field="subcategory", value="till")))
        desk.carry([key], FieldWish(field="subcategory", value="Wifi"))
        assert desk.one(key).subcategory == "wifi"


class TestAssigning:
    def test_to_somebody_and_a_group_and_away_again(self, desk: Desk) -> None:
        key = desk.make()
        member = desk.adapter.client.page("sys_user_grmember", "", ("user.user_name", "group.name"), limit=1).rows[0]
        user, group = str(member["user.user_name"].value), str(member["group.name"].value)
        [change] = desk.carry([key], AssignWish(assignee=user, group=group)).changes
        assert "membership" not in {risk.code for risk in change.risks}
        ticket = desk.one(key)
        assert ticket.group is not None
        assert ticket.group.name == group
        [change] = desk.carry([key], AssignWish(assignee="itil.agent")).changes
        assert "membership" in {risk.code for risk in change.risks}
        assert change.before["assignee"]["id"] == (ticket.assignee and ticket.assignee.id)
        desk.carry([key], AssignWish(assignee="me"))
        desk.carry([key], AssignWish(assignee="none", group="none"))
        assert desk.plan([key], AssignWish(assignee="none")).unchanged == [key]

    @pytest.mark.parametrize("wish", [AssignWish(assignee="nobody@example.com"), AssignWish(group="No such group")])
    def test_whom_nobody_knows(self, desk: Desk, wish: AssignWish) -> None:
        with pytest.raises(UsageError, match=r"no (user|group) "):
            desk.plan([desk.make()], wish)


class TestStatus:
    def test_resolving_and_opening_again(self, desk: Desk) -> None:
        key = desk.make()
        ticket = desk.one(key)
        wish = StatusWish(goal=Status.RESOLVED, closure_code="solution provided", notes={ticket.id: "Put it out.\n"})
        [change] = desk.carry([key], wish).changes
        assert change.after == {
            "status": "resolved",
            "native_status": "Resolved",
            "closure_code": "Solution provided",
            "resolution_notes": "Put it out.",
        }
        assert "reopens" in change.stays
        assert desk.plan([key], wish).unchanged == [key]
        [change] = desk.carry([key], StatusWish(goal=Status.OPEN), FieldWish(field="impact", value="1")).changes
        assert {"reopen", "clock"} <= {risk.code for risk in change.risks}
        assert [len(group) for group in desk.adapter.divide(change)] == [1, 1]
        assert desk.one(key).reopens == 1

    def test_an_unlisted_code_is_never_sent(self, desk: Desk) -> None:
        with pytest.raises(UsageError) as raised:
            desk.plan([desk.make()], StatusWish(goal=Status.RESOLVED, closure_code="Fixed"))
        assert "Workaround provided" in (raised.value.hint or "")

    def test_what_the_instance_asks_for(self, desk: Desk) -> None:
        key = desk.make()
        assert "closure code" in obstacles(desk.plan([key], StatusWish(goal=Status.RESOLVED)))
        wish = StatusWish(goal=Status.RESOLVED, closure_code=DUPLICATE)
        assert "closure notes" in obstacles(desk.plan([key], wish))
        policy = desk.raw("POST", "sys_data_policy2", short_description="x", model_table="incident",
                          conditions="state=6^EQ", active="true")  # fmt: skip
        desk.raw("POST", "sys_data_policy_rule", sys_data_policy=policy["sys_id"], field="cmdb_ci", mandatory="true",
                 table="incident")  # fmt: skip
        asked = Desk(desk.adapter.__class__(desk.adapter.profile, desk.adapter.transport))
        ticket = desk.one(key)
        wish = StatusWish(goal=Status.RESOLVED, closure_code=DUPLICATE, notes={ticket.id: "x"})
        assert "cmdb_ci" in obstacles(asked.plan([key], wish))

    def test_closing_needs_a_role_and_leave(self, desk: Desk, connect: Connect) -> None:
        key = desk.make()
        wish = StatusWish(goal=Status.CLOSED, closure_code=DUPLICATE, notes={desk.one(key).id: "x"})
        assert "itil_admin" in obstacles(connect(*AGENT).plan([key], wish))
        [change] = desk.carry([key], wish).changes
        assert change.final == ["closing for good"]
        assert desk.one(key).status is Status.CLOSED
        assert desk.plan([key], StatusWish(goal=Status.OPEN)).changes == []

    def test_open_children_stand_in_the_way(self, desk: Desk) -> None:
        key = desk.make()
        parent = desk.one(key)
        child = desk.make(parent_incident=parent.id)
        wish = StatusWish(goal=Status.RESOLVED, closure_code=DUPLICATE, notes={parent.id: "x"})
        assert "1 of its children" in obstacles(desk.plan([key], wish))
        [change] = desk.carry([key], wish, lifted=frozenset({"open-children"})).changes
        assert "cascade" in {risk.code for risk in change.risks}
        assert desk.one(child).status is Status.RESOLVED

    def test_states_of_other_tables(self, desk: Desk) -> None:
        task = desk.make("sc_task")
        with pytest.raises(UsageError) as raised:
            desk.plan([task], StatusWish(goal=Status.CLOSED))
        assert "Closed Incomplete" in (raised.value.hint or "")
        desk.carry([task], StatusWish(goal=Status.CLOSED, native="Closed Complete"))
        problem = desk.make("problem")
        desk.carry([problem], StatusWish(goal=Status.OPEN, native="104"))
        assert desk.one(problem).native_status == "Fix in Progress"

    def test_on_hold_with_its_reason(self, desk: Desk) -> None:
        key = desk.make()
        desk.carry([key], StatusWish(goal=Status.ON_HOLD, native="Awaiting Vendor"))
        assert desk.one(key).native["hold_reason"] == "4"
        desk.carry([key], StatusWish(goal=Status.PENDING))
        assert desk.one(key).status is Status.PENDING


class TestLinks:
    def test_a_duplicate_is_a_child_with_a_note(self, desk: Desk) -> None:
        master, key = desk.make(), desk.make()
        [change] = desk.carry([key], LinkWish(type=LinkType.DUPLICATE_OF, to=desk.one(master))).changes
        ticket = desk.one(key)
        assert [comment.body for comment in ticket.comments] == [f"Duplicate of {master}"]
        assert [comment.public for comment in ticket.comments] == [False]
        assert change.before["links"] == []
        wish = LinkWish(type=LinkType.DUPLICATE_OF, to=desk.one(master))
        assert desk.plan([key], wish).unchanged == [key]
        desk.carry([key], msgspec.structs.replace(wish, remove=True))
        assert desk.one(key).links == []

    def test_no_chains_no_dead_ends_and_no_second_parent(self, desk: Desk) -> None:
        top, master, key = desk.make(), desk.make(), desk.make()
        desk.carry([master], LinkWish(type=LinkType.PARENT, to=desk.one(top)))
        with pytest.raises(UsageError, match="hangs on"):
            desk.plan([key], LinkWish(type=LinkType.DUPLICATE_OF, to=desk.one(master)))
        other = desk.make()
        assert top in obstacles(desk.plan([master], LinkWish(type=LinkType.PARENT, to=desk.one(other))))
        desk.raw("PATCH", f"incident/{desk.one(other).id}", state="8")
        with pytest.raises(UsageError, match="cancelled"):
            desk.plan([key], LinkWish(type=LinkType.PARENT, to=desk.one(other)))
        assert "the record to link to" in obstacles(desk.plan([top], LinkWish(type=LinkType.PARENT, to=desk.one(top))))

    def test_problems(self, desk: Desk) -> None:
        problem, key = desk.make("problem"), desk.make()
        desk.carry([key], LinkWish(type=LinkType.PROBLEM, to=desk.one(problem)))
        assert [(link.type, link.key) for link in desk.one(key).links] == [(LinkType.PROBLEM, problem)]
        with pytest.raises(UsageError, match="no field for the link"):
            desk.plan([key], LinkWish(type=LinkType.BLOCKS, to=desk.one(problem)))


class TestComments:
    @pytest.mark.parametrize("public", [True, False])
    def test_one_entry_of_its_kind(self, desk: Desk, public: bool) -> None:
        key = desk.make()
        text = NewComment(body="Grüße\n\nwe are on it", public=public)
        made = desk.carry([key], CommentWish(public=public), texts={desk.one(key).id: [text]})
        assert ("mail" in {risk.code for risk in made.changes[0].risks}) is public
        assert [(each.body, each.public) for each in desk.one(key).comments] == [(text.body, public)]

    def test_everything_at_once_is_one_change_of_the_record(self, desk: Desk) -> None:
        key = desk.make()
        ticket = desk.one(key)
        wishes = [
            TagWish(add=["done by hand"]),
            CommentWish(public=False),
            FieldWish(field="impact", value="1"),
            StatusWish(goal=Status.RESOLVED, closure_code=DUPLICATE, notes={ticket.id: "x"}),
        ]
        desk.carry([key], *wishes, texts={ticket.id: [NewComment(body="closing", public=False)]})
        after = desk.one(key)
        assert int(after.version or 0) == int(ticket.version or 0) + 1
        assert after.tags == ["done by hand"]


class TestLooking:
    def doubtful(self, desk: Desk, key: str, body: str = "Are you there?", public: bool = True) -> Step:
        """A comment about to be sent."""
        ticket = desk.one(key)
        made = desk.plan([key], CommentWish(public=public), texts={ticket.id: [NewComment(body=body, public=public)]})
        [[step]] = desk.steps(made)
        return msgspec.structs.replace(step, as_of=ticket.updated_at)

    def there(self, desk: Desk, step: Step) -> bool | None:
        return desk.adapter.look([step], {step.id: desk.one(step.change.key)})[step.id].there

    def test_nothing_happened(self, desk: Desk) -> None:
        step = self.doubtful(desk, desk.make())
        assert self.there(desk, step) is False

    def test_it_is_there(self, desk: Desk, sandbox: Any) -> None:
        step = self.doubtful(desk, desk.make(), body="line\r\nline  \n")
        _later(sandbox)
        desk.send([step])
        assert self.there(desk, step) is True
        assert self.there(desk, msgspec.structs.replace(step, as_of=None)) is True

    def test_the_same_text_of_an_earlier_day_is_not_ours(self, desk: Desk, sandbox: Any) -> None:
        key = desk.make()
        _later(sandbox)
        desk.send([self.doubtful(desk, key)])
        _later(sandbox)
        desk.raw("PATCH", f"incident/{desk.one(key).id}", impact="2")
        step = self.doubtful(desk, key)
        _later(sandbox)
        desk.raw("PATCH", f"incident/{desk.one(key).id}", impact="1")
        assert self.there(desk, step) is False
        unsure = self.there(desk, msgspec.structs.replace(step, as_of=None))
        assert unsure is not True

    def test_the_same_text_of_somebody_else_is_not_ours(self, desk: Desk, connect: Connect, sandbox: Any) -> None:
        key = desk.make()
        step = self.doubtful(desk, key)
        _later(sandbox)
        connect(*AGENT).send([step])
        assert self.there(desk, step) is False

    def test_another_kind_of_comment_is_not_ours(self, desk: Desk, sandbox: Any) -> None:
        key = desk.make()
        step = self.doubtful(desk, key, public=True)
        _later(sandbox)
        desk.send([self.doubtful(desk, key, public=False)])
        assert self.there(desk, step) is False

    def test_without_a_journal_the_text_of_the_form_tells(
        self, desk: Desk, sandbox: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        step = self.doubtful(desk, desk.make())
        _later(sandbox)
        desk.send([step])
        from supportctl.sandbox.servicenow import acl

        monkeypatch.setattr(acl, "must_be_open", _no_journal)
        assert self.there(desk, step) is True


def _no_journal(account: Any, table: str) -> None:
    from supportctl.sandbox.servicenow.call import ApiError

    if table == "sys_journal_field":
        raise ApiError(403, "User Not Authorized", "Failed API level ACL Validation")


def _later(sandbox: Any) -> None:
    """Times are whole seconds: let a minute pass on the sandbox's clock."""
    from datetime import timedelta

    sandbox.store.set_clock(sandbox.store.now() + timedelta(minutes=1))


def test_who_was_there_last(desk: Desk, connect: Connect) -> None:
    key = desk.make()
    connect(*AGENT).raw("PATCH", f"incident/{desk.one(key).id}", impact="1")
    ticket = desk.one(key)
    touch = desk.adapter.touched([ticket])[ticket.id]
    assert (touch.who, touch.at) == ("Itil Agent", ticket.updated_at)


def test_an_agents_new_tag_must_not_end_as_a_private_one(desk: Desk, connect: Connect) -> None:
    key = desk.make()
    agent = connect(*AGENT)
    [[step]] = agent.steps(agent.plan([key], TagWish(add=["brand new"])))
    outcome = agent.send([step])[key]
    assert isinstance(outcome, Failed)
    assert "tags_admin" in outcome.error
    assert desk.adapter.client.page("label", "name=brand new", None, limit=1).rows == []


def test_a_closed_or_vanished_ticket_is_one_failure_among_others(desk: Desk) -> None:
    keys = [desk.make() for _ in range(3)]
    made = desk.plan(keys, FieldWish(field="impact", value="1"))
    [steps] = desk.steps(made)
    desk.adapter.client.write("DELETE", f"/api/now/table/incident/{steps[0].id}", None, intent=Intent.ONCE)
    outcomes = desk.send(steps)
    assert [type(outcomes[step.change.key]) for step in steps] == [Failed, Applied, Applied]
    assert outcomes[steps[0].change.key].code == "NOT_FOUND"
