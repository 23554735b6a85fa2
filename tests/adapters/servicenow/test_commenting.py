"""Comments, and those whose answer was lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from supportctl.adapters.writing import CommentWish, FieldWish, StatusWish, Step, TagWish
from supportctl.model import NewComment, Status

from .desk import AGENT, DUPLICATE, Desk, later

if TYPE_CHECKING:
    from .desk import Desks


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
        later(sandbox)
        desk.send([step])
        assert self.there(desk, step) is True
        assert self.there(desk, msgspec.structs.replace(step, as_of=None)) is True

    def test_the_same_text_of_an_earlier_day_is_not_ours(self, desk: Desk, sandbox: Any) -> None:
        key = desk.make()
        later(sandbox)
        desk.send([self.doubtful(desk, key)])
        later(sandbox)
        desk.raw("PATCH", f"incident/{desk.one(key).id}", impact="2")
        step = self.doubtful(desk, key)
        later(sandbox)
        desk.raw("PATCH", f"incident/{desk.one(key).id}", impact="1")
        assert self.there(desk, step) is False
        unsure = self.there(desk, msgspec.structs.replace(step, as_of=None))
        assert unsure is not True

    def test_the_same_text_of_somebody_else_is_not_ours(self, desk: Desk, desks: Desks, sandbox: Any) -> None:
        key = desk.make()
        step = self.doubtful(desk, key)
        later(sandbox)
        desks(*AGENT).send([step])
        assert self.there(desk, step) is False

    def test_another_kind_of_comment_is_not_ours(self, desk: Desk, sandbox: Any) -> None:
        key = desk.make()
        step = self.doubtful(desk, key, public=True)
        later(sandbox)
        desk.send([self.doubtful(desk, key, public=False)])
        assert self.there(desk, step) is False

    def test_without_a_journal_the_text_of_the_form_tells(
        self, desk: Desk, sandbox: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        step = self.doubtful(desk, desk.make())
        later(sandbox)
        desk.send([step])
        from supportctl.sandbox.servicenow import acl

        monkeypatch.setattr(acl, "must_be_open", _no_journal)
        assert self.there(desk, step) is True


def _no_journal(account: Any, table: str) -> None:
    from supportctl.sandbox.servicenow.call import ApiError

    if table == "sys_journal_field":
        raise ApiError(403, "User Not Authorized", "Failed API level ACL Validation")
