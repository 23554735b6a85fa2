"""States and links, with what stands in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from supportctl.adapters.writing import FieldWish, LinkWish, StatusWish
from supportctl.errors import UsageError
from supportctl.model import LinkType, Status

from .desk import AGENT, DUPLICATE, Desk, obstacles

if TYPE_CHECKING:
    from .desk import Desks


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

    def test_closing_needs_a_role_and_leave(self, desk: Desk, desks: Desks) -> None:
        key = desk.make()
        wish = StatusWish(goal=Status.CLOSED, closure_code=DUPLICATE, notes={desk.one(key).id: "x"})
        assert "itil_admin" in obstacles(desks(*AGENT).plan([key], wish))
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


def test_mandatory_and_not_to_be_seen_is_a_risk_and_no_obstacle(desk: Desk) -> None:
    policy = desk.raw("POST", "sys_data_policy2", model_table="incident", conditions="state=6^EQ", active="true")
    desk.raw("POST", "sys_data_policy_rule", sys_data_policy=policy["sys_id"], field="u_vendor", mandatory="true")
    key = desk.make(u_vendor="acme")
    wish = StatusWish(goal=Status.RESOLVED, closure_code=DUPLICATE, notes={desk.one(key).id: "x"})
    [change] = desk.carry([key], wish).changes
    assert [risk.message for risk in change.risks] == ["a data policy may ask for u_vendor"]
