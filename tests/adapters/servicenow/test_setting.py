"""Fields and assignment: looked up before, read back after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from supportctl.adapters.writing import AssignWish, FieldWish
from supportctl.errors import UsageError
from supportctl.model.planned import value_of

from .desk import Desk, obstacles

if TYPE_CHECKING:
    pass


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
