from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supportctl.adapters.writing import AssignWish, CommentWish, FieldWish, LinkWish, StatusWish, TagWish, Wish
from supportctl.changes import plan as plans
from supportctl.changes.apply import Report, apply
from supportctl.changes.journal import Journal
from supportctl.changes.making import Made, make_changes
from supportctl.changes.means import Means
from supportctl.changes.undo import linked_keys, make_undo, undoable
from supportctl.config import Auth, Profile
from supportctl.model import Change, LinkChange, LinkType, NewComment, Person, Platform, Priority, Status

from .memory import EPOCH, MemoryAdapter, StillClock, ticket

PROFILE = Profile(name="demo", platform="zendesk", url="https://acme.zendesk.com", auth=Auth(kind="oauth"), writes=True)
NOTE = NewComment(body="Noted.", public=False)


def run(adapter: MemoryAdapter, journal: Journal, made: Made, undoes: str | None = None) -> Report:
    plan = plans.make(PROFILE, "x", made.changes, selected=made.selected, query=None, now=EPOCH, undoes=undoes)
    return apply(plan, PROFILE, Means(adapter, journal, StillClock()))  # type: ignore[arg-type]


def do(adapter: MemoryAdapter, journal: Journal, *wishes: Wish) -> Report:
    tickets = list(adapter.tickets.values())
    return run(adapter, journal, make_changes(adapter, tickets, wishes, texts={each.id: [NOTE] for each in tickets}))


def undo(adapter: MemoryAdapter, journal: Journal, run: str) -> Made:
    return make_undo(adapter, undoable(journal.entries(run)), adapter.tickets)


def shown(adapter: MemoryAdapter) -> dict[str, tuple[object, ...]]:
    return {
        number: (set(t.tags), t.status, t.native_status, t.priority, t.assignee and t.assignee.id, t.links)
        for number, t in adapter.tickets.items()
    }


def test_planned_fields_return_and_what_does_not_is_named(journal: Journal) -> None:
    other = ticket(99)
    adapter = MemoryAdapter(
        [
            ticket(1, ["old"], status=Status.RESOLVED, native_status="solved", priority=Priority.P3),
            ticket(2, assignee=Person(id="7")),
        ]
    )
    before = shown(adapter)
    first = do(
        adapter, journal,
        TagWish(add=["vpn"], exact=True), FieldWish(field="priority", value="p2"), AssignWish(assignee="8"),
        LinkWish(type=LinkType.RELATES, to=other), CommentWish(public=False), StatusWish(goal=Status.OPEN),
    )  # fmt: skip
    assert first.complete
    made = undo(adapter, journal, first.run)
    assert made.skipped == []
    assert len(made.changes) == 2
    second = run(adapter, journal, made, undoes=first.run)
    assert second.complete
    assert shown(adapter) == before
    assert second.undoes == first.run
    assert second.effects == {"#1": ["reopens"]}
    assert all(len(comments) == 1 for comments in adapter.comments.values())


def test_what_somebody_changed_since_is_left_alone(journal: Journal) -> None:
    adapter = MemoryAdapter([ticket(1), ticket(2), ticket(3)])
    first = do(adapter, journal, StatusWish(goal=Status.RESOLVED), TagWish(add=["vpn"]))
    adapter.touch("1", status=Status.PENDING, native_status="pending")
    adapter.touch("2", tags=["vpn", "theirs"])
    made = undo(adapter, journal, first.run)
    assert made.skipped == [("#1", "changed since: status, native_status")]
    assert run(adapter, journal, made, undoes=first.run).complete
    assert adapter.tickets["1"].status is Status.PENDING
    assert adapter.tickets["2"].tags == ["theirs"]
    assert adapter.tickets["2"].status is Status.OPEN
    assert adapter.tickets["3"].tags == []


def test_only_what_had_an_effect_is_taken_back(journal: Journal) -> None:
    adapter = MemoryAdapter([ticket(1), ticket(2), ticket(3)])
    adapter.failing = {"2"}
    plan = make_changes(adapter, list(adapter.tickets.values()), [TagWish(add=["vpn"])])
    adapter.touch("3", tags=["vpn"])
    first = run(adapter, journal, plan)
    assert first.counts == {"applied": 1, "failed": 1, "unchanged": 1}
    made = undo(adapter, journal, first.run)
    assert [change.key for change in made.changes] == ["#1"]
    assert adapter.tickets["3"].tags == ["vpn"]


def test_an_undo_can_be_undone(journal: Journal) -> None:
    adapter = MemoryAdapter([ticket(1, ["a"]), ticket(2, ["b"])])
    first = do(adapter, journal, TagWish(add=["c"], exact=True))
    after = shown(adapter)
    second = run(adapter, journal, undo(adapter, journal, first.run), undoes=first.run)
    third = run(adapter, journal, undo(adapter, journal, second.run), undoes=second.run)
    assert third.complete
    assert shown(adapter) == after


def test_a_closing_code_set_without_closing_is_taken_back(journal: Journal) -> None:
    adapter = MemoryAdapter([ticket(1, closure_code="Done", resolution_notes="before")])
    first = do(adapter, journal, FieldWish(field="closure_code", value="Other"))
    assert adapter.tickets["1"].closure_code == "Other"
    assert run(adapter, journal, undo(adapter, journal, first.run), undoes=first.run).complete
    assert adapter.tickets["1"].closure_code == "Done"


def test_a_code_that_reopening_clears_is_set_again(journal: Journal) -> None:
    adapter = MemoryAdapter([ticket(1, closure_code="Done")], split=True)
    adapter.clears_code = True
    first = do(adapter, journal, StatusWish(goal=Status.RESOLVED, closure_code="Done"))
    assert run(adapter, journal, undo(adapter, journal, first.run), undoes=first.run).complete
    changed = adapter.tickets["1"]
    assert (changed.status, changed.closure_code) == (Status.OPEN, "Done")


names = st.lists(st.sampled_from("abcd"), unique=True, max_size=3)


@pytest.mark.slow
@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.tuples(names, st.sampled_from([Status.OPEN, Status.PENDING, Status.RESOLVED])), min_size=1, max_size=5),
    names, names, st.sampled_from([Status.OPEN, Status.RESOLVED]), st.booleans(), st.booleans(),
)  # fmt: skip
def test_apply_and_undo_is_nothing(
    tmp_path_factory: pytest.TempPathFactory,
    tickets: list[tuple[list[str], Status]],
    add: list[str],
    remove: list[str],
    goal: Status,
    split: bool,
    exact: bool,
) -> None:
    adapter = MemoryAdapter(
        [ticket(n, tags, status=status, native_status=status.value) for n, (tags, status) in enumerate(tickets, 1)],
        split=split,
    )
    before = shown(adapter)
    journal = Journal(tmp_path_factory.mktemp("undo") / "journal.db")
    wish = TagWish(add=add, remove=[tag for tag in remove if tag not in add], exact=exact)
    first = do(adapter, journal, wish, StatusWish(goal=goal))
    made = undo(adapter, journal, first.run)
    if made.changes:
        assert run(adapter, journal, made, undoes=first.run).complete
    journal.close()
    assert shown(adapter) == before


def test_issues_that_track_a_ticket_are_not_looked_up_among_its_own() -> None:
    actions: list[Any] = [
        LinkChange(type=LinkType.TRACKED_BY, to="ENG-7", to_id="10007", native_type="jira"),
        LinkChange(type=LinkType.PROBLEM, to="#9", to_id="9"),
    ]
    change = Change(id="1", key="#1", actions=actions, version="1", before={"links": []}, after={"links": []})
    assert linked_keys([change]) == ["#9"]
    adapter = MemoryAdapter([ticket(1), ticket(9)])
    adapter.capabilities = msgspec.structs.replace(adapter.capabilities, links=frozenset(LinkType))
    seen: list[Any] = []
    prepare = adapter.prepare
    adapter.prepare = lambda tickets, wish: (seen.append(wish), prepare(tickets, wish))[1]  # type: ignore[method-assign]
    make_undo(adapter, [change], {"1": ticket(1)}, {"#9": ticket(9)})
    assert [(wish.to.key, wish.to.platform, wish.remove) for wish in seen] == [
        ("ENG-7", Platform.JSM, True), ("#9", Platform.ZENDESK, True),
    ]  # fmt: skip
