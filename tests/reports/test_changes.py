"""Changes of every kind as rows: in few words, without customer text."""

from __future__ import annotations

import pytest

from supportctl.model import (
    Action,
    Applied,
    Assignment,
    Change,
    Conflict,
    Failed,
    FieldChange,
    LinkChange,
    LinkType,
    Merge,
    NewComment,
    Outcome,
    Status,
    TagChange,
    Transition,
)
from supportctl.reports.changes import CHANGES, rows, summary, value_text


def change(*actions: Action, before: dict[str, object] | None = None, after: dict[str, object] | None = None) -> Change:
    return Change(
        id="1", key="#1", actions=list(actions), version="1", before=before or {}, after=after or {}, reason="why"
    )


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (change(TagChange(add=["vpn"], remove=["old"]), after={"tags": ["vpn"]}), "+vpn -old"),
        (
            change(
                Transition(status=Status.RESOLVED, native_status="5"),
                before={"status": "open", "native_status": "Open", "closure_code": None},
                after={"status": "resolved", "native_status": "X", "closure_code": "Fix", "resolution_notes": "S" * 6},
            ),
            "status: open → resolved · closure_code: — → Fix · resolution_notes (6 characters)",
        ),
        (
            change(
                FieldChange(field="priority", native_field="p"), before={"priority": "p3"}, after={"priority": "p2"}
            ),
            "priority: p3 → p2",
        ),
        (
            change(
                FieldChange(field="custom:7", native_field="7"),
                before={"custom:7": {"value": "Network", "id": "9"}},
                after={"custom:7": None},
            ),
            "7: Network → —",
        ),
        (
            change(
                Transition(status=Status.OPEN, native_status="7"),
                before={"status": "open", "native_status": "Open"},
                after={"status": "open", "native_status": "Work in progress"},
            ),
            "status: open → open · native_status: Open → Work in progress",
        ),
        (change(NewComment(body="S" * 212, public=False)), "comment (internal, 212 characters)"),
        (change(NewComment(body="S", public=True)), "comment (public, 1 character)"),
        (change(LinkChange(type=LinkType.DUPLICATE_OF, to="#7"), after={"links": []}), "link duplicate_of #7"),
        (change(LinkChange(type=LinkType.RELATES, to="#7", remove=True)), "unlink relates #7"),
        (change(Merge(into="#7", into_id="7"), before={"status": "open"}, after={"status": "closed"}),
         "merge into #7 · status: open → closed"),
        (
            change(
                Assignment(assignee="5", group="8"),
                before={"assignee": None, "group": {"id": "7", "name": "Tier 1"}},
                after={"assignee": {"id": "5", "name": "Zoë"}, "group": {"id": "8", "name": None}},
            ),
            "assignee: — → Zoë · group: Tier 1 → 8",
        ),
    ],
)  # fmt: skip
def test_a_change_in_few_words(made: Change, expected: str) -> None:
    assert summary(made) == expected


def test_long_values_are_cut() -> None:
    assert value_text("x" * 100) == "x" * 59 + "…"
    assert value_text(["a", "b"]) == "a, b"
    assert value_text(True) == "yes"


@pytest.mark.parametrize(
    ("outcome", "word", "detail"),
    [
        (Applied(note="a trigger changed it as well"), "applied", "a trigger changed it as well"),
        (Failed(error="no such field"), "failed", "no such field"),
        (Conflict(was="1", now="2", reason="Ana was faster"), "conflict", "Ana was faster"),
        (None, "not sent", None),
    ],
)
def test_outcomes_stand_beside_their_change(outcome: Outcome | None, word: str, detail: str | None) -> None:
    made = change(TagChange(add=["vpn"]), before={"tags": []}, after={"tags": ["vpn"]})
    (row,) = rows([made], {"#1": outcome})
    assert (row.outcome, row.detail, row.reason) == (word, detail, "why")


def test_cells_show_no_text_of_a_comment() -> None:
    made = change(
        NewComment(body="SECRET", public=False),
        before={"tags": ["a"], "priority": None},
        after={"tags": ["b"], "priority": "p1", "comment": {"public": False, "body": "SECRET"}},
    )
    (row,) = rows([made])
    cells = {column.name: column.value(row) for column in CHANGES.columns}
    assert cells["before"] == "a; priority=—"
    assert cells["after"] == "b; priority=p1"
    assert "SECRET" not in str(list(cells.values()))
    assert CHANGES.pick(row, ["after"])["after"]["comment"]["body"] == "SECRET"
