from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportctl.adapters.writing import TagWish
from supportctl.changes import plan as plans
from supportctl.changes.making import Made, make_changes
from supportctl.changes.tags import valid_tags
from supportctl.config import Auth, Profile
from supportctl.errors import DataError, RefusedError, StateError, UsageError
from supportctl.model import Status, Ticket, Unknown

from .memory import EPOCH, MemoryAdapter, ticket

PROFILE = Profile(name="demo", platform="zendesk", url="https://acme.zendesk.com", auth=Auth(kind="oauth"))
CAPABILITIES = MemoryAdapter([]).capabilities

tags = st.lists(st.sampled_from(["a", "b", "c", "d", "A"]), unique=True)


def plan_tags(tickets: list[Ticket], verb: str, wanted: list[str]) -> Made:
    wish = {
        "add": TagWish(add=wanted),
        "remove": TagWish(remove=wanted),
        "set": TagWish(add=wanted, exact=True),
    }[verb]
    return make_changes(MemoryAdapter(tickets), tickets, [wish])


def make(count: int = 3) -> plans.Plan:
    made = plan_tags([ticket(n) for n in range(1, count + 1)], "add", ["vpn"])
    return plans.make(PROFILE, "tag add", made.changes, selected=made.selected, query="status:open", now=EPOCH)


def test_a_plan_reads_back_as_written(tmp_path: Path) -> None:
    plan = make()
    plans.write(plan, tmp_path / "x.plan")
    assert plans.read(tmp_path / "x.plan") == plan


def test_rows_may_be_deleted_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "x.plan"
    plans.write(make(), path)
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], lines[2]]))
    thinned = plans.read(path)
    assert [change.key for change in thinned.changes] == ["#2"]
    assert thinned.removed == 2


@given(st.data())
def test_a_changed_row_is_refused_with_its_line(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    path = tmp_path_factory.mktemp("plan") / "x.plan"
    plans.write(make(), path)
    lines = path.read_text().splitlines()
    number = data.draw(st.integers(1, len(lines) - 1))
    row = json.loads(lines[number])
    field = data.draw(st.sampled_from(["id", "key", "version", "reason"]))
    row["change"][field] = "tampered"
    lines[number] = json.dumps(row)
    path.write_text("\n".join(lines))
    with pytest.raises(RefusedError, match=f"line {number + 1}"):
        plans.read(path)


def test_a_changed_header_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.plan"
    plans.write(make(), path)
    for old, new in (('"verb":"tag add"', '"verb":"tag set"'), ('"rows":3', '"rows":2'), ("status:open", "tag:vip")):
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))
        with pytest.raises(RefusedError, match="line 1"):
            plans.read(path)
        path.write_text(text)


def test_a_plan_is_private(tmp_path: Path) -> None:
    plans.write(make(), tmp_path / "x.plan")
    assert (tmp_path / "x.plan").stat().st_mode & 0o077 == 0


def test_tags_that_are_one_tag_are_sent_once() -> None:
    folding = msgspec.structs.replace(CAPABILITIES, tags_fold_case=True)
    assert valid_tags(["VPN", "vpn", "net"], folding) == ["VPN", "net"]
    assert valid_tags(["VPN", "vpn"], CAPABILITIES) == ["VPN", "vpn"]


def test_a_row_of_another_plan_is_refused(tmp_path: Path) -> None:
    first, second = tmp_path / "a.plan", tmp_path / "b.plan"
    plans.write(make(), first)
    plans.write(make(), second)
    stranger = second.read_text().splitlines()[1]
    first.write_text(first.read_text() + stranger + "\n")
    with pytest.raises(RefusedError):
        plans.read(first)


def test_a_doubled_row_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.plan"
    plans.write(make(), path)
    path.write_text(path.read_text() + path.read_text().splitlines()[1] + "\n")
    with pytest.raises(RefusedError, match=r"line 5: ticket #1 is there twice"):
        plans.read(path)


@pytest.mark.parametrize("content", ["", "not json\n", '{"schema": "supportctl/plan/v1"}\n', "[]\n", "\x00\xff"])
def test_what_is_not_a_plan_is_said_so(tmp_path: Path, content: str) -> None:
    path = tmp_path / "x.plan"
    path.write_text(content, encoding="latin-1")
    with pytest.raises(DataError):
        plans.read(path)


@given(st.binary(max_size=300))
def test_reading_any_bytes_ends_in_words(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("plan") / "x.plan"
    path.write_bytes(content)
    with pytest.raises((DataError, RefusedError)):
        plans.read(path)


def test_a_plan_never_overwrites_a_file(tmp_path: Path) -> None:
    path = tmp_path / "x.plan"
    path.write_text("mine")
    with pytest.raises(RefusedError, match="exists"):
        plans.write(make(), path)
    assert path.read_text() == "mine"


def test_an_unwritable_place_is_said_so(tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("")
    with pytest.raises(StateError, match="nothing was changed"):
        plans.write(make(), blocker / "x.plan")


@given(tags, tags, st.sampled_from(["add", "remove", "set"]))
def test_what_is_planned_is_what_the_verb_says(present: list[str], wanted: list[str], verb: str) -> None:
    made = plan_tags([ticket(1, present)], verb, wanted)
    after = set(made.changes[0].after["tags"]) if made.changes else set(present)
    expected = {
        "add": set(present) | set(wanted),
        "remove": set(present) - set(wanted),
        "set": set(wanted),
    }[verb]
    assert after == expected
    assert bool(made.changes) == (expected != set(present))


def test_unknown_tags_are_never_taken_for_none() -> None:
    hidden = ticket(1, unknown={"tags": Unknown.HIDDEN})
    made = plan_tags([hidden], "set", ["vpn"])
    assert made.changes == []
    assert made.skipped == [("#1", "its tags are unknown (hidden)")]


def test_deleted_tickets_are_skipped() -> None:
    made = plan_tags([ticket(1, status=Status.DELETED)], "add", ["vpn"])
    assert made.skipped == [("#1", "it is deleted")]


def test_a_tag_with_a_space_is_refused_with_a_way_out() -> None:
    with pytest.raises(UsageError) as caught:
        valid_tags(["needs care"], CAPABILITIES)
    assert caught.value.hint == "did you mean 'needs_care'?"


def test_rows_stand_in_the_order_people_count(tmp_path: Path) -> None:
    tickets = [ticket(n) for n in (10, 9, 100, 1)]
    made = plan_tags(tickets, "add", ["vpn"])
    plan = plans.make(PROFILE, "tag add", made.changes, selected=4, query=None, now=EPOCH)
    assert [change.key for change in plan.changes] == ["#1", "#9", "#10", "#100"]
