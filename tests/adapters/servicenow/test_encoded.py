"""Encoded queries: what is never sent, how alternatives combine, how paging gets into every part."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportctl.adapters.servicenow.encoded import (
    EVERYTHING,
    NOTHING,
    Condition,
    all_of,
    among,
    any_of,
    between,
    compare,
    emptiness,
    encode,
    fields_of,
    foreign,
    one,
    speakable,
)
from supportctl.errors import QueryError

from .instance import matches


@pytest.mark.parametrize("value", ["x^NQactive=true", "^", "javascript:gs.getUserID()", " JavaScript : x", "", "a\nb"])
def test_what_would_start_another_condition_or_run_is_refused(value: str) -> None:
    with pytest.raises(QueryError) as refused:
        compare("short_description", "LIKE", value)
    assert "nothing was sent" in refused.value.message
    assert len(value) < 5 or value not in refused.value.message
    assert not speakable(value)


def test_separators_are_refused_where_they_separate() -> None:
    with pytest.raises(QueryError, match="comma"):
        among("number", "IN", ["INC1,INC2"])
    with pytest.raises(QueryError, match="@"):
        between("opened_at", "2026-01-01@x", "2026-02-01")
    assert compare("caller_id.email", "=", "a@b.c") == "caller_id.email=a@b.c"
    assert between("opened_at", "2026-01-01", "2026-02-01") == "opened_atBETWEEN2026-01-01@2026-02-01"


@pytest.mark.parametrize("field", ["state=1^x", "State", "", "a b", "caller_id.", "x^y"])
def test_only_field_names_are_fields(field: str) -> None:
    with pytest.raises(QueryError):
        compare(field, "=", "1")


@pytest.mark.parametrize("operator", ["DYNAMIC", "", "^OR", "SAMEAS"])
def test_only_known_operators(operator: str) -> None:
    with pytest.raises(QueryError):
        compare("state", operator, "1")
    with pytest.raises(QueryError):
        emptiness("state", operator)


def test_or_inside_and() -> None:
    either = any_of([one("a=1"), one("b=2")])
    assert either is not None
    both = all_of([either, one("c=3")])
    assert both is not None
    assert both.text == "a=1^ORb=2^c=3"


def test_and_inside_or_becomes_another_query() -> None:
    pair = all_of([one("a=1"), one("b=2")])
    assert pair is not None
    either = any_of([pair, one("c=3"), one("d=4")])
    assert either is not None
    assert either.text == "c=3^ORd=4^NQa=1^b=2"
    both = all_of([either, one("e=5")])
    assert both is not None
    assert both.text == "c=3^ORd=4^e=5^NQa=1^b=2^e=5"


def test_what_multiplies_too_far_is_not_said() -> None:
    pairs = []
    for number in range(4):
        pair = all_of([one(f"a{number}=1"), one(f"b{number}=1")])
        other = all_of([one(f"c{number}=1"), one(f"d{number}=1")])
        assert pair is not None
        assert other is not None
        joined = any_of([pair, other])
        assert joined is not None
        pairs.append(joined)
    assert all_of(pairs) is None
    assert any_of([one("a=" + "x" * 6000)]) is None


def test_paging_is_said_in_every_part() -> None:
    pair = all_of([one("a=1"), one("b=2")])
    assert pair is not None
    either = any_of([pair, one("c=3")])
    assert either is not None
    assert encode(either, after="abc", ordered=True) == "c=3^sys_id>abc^NQa=1^b=2^sys_id>abc^ORDERBYsys_id"
    assert encode(EVERYTHING, after="abc", ordered=True) == "sys_id>abc^ORDERBYsys_id"
    assert encode(EVERYTHING, ordered=True) == "ORDERBYsys_id"
    with pytest.raises(QueryError):
        encode(EVERYTHING, after="abc^NQx=1")


def test_foreign_queries_lose_their_sorting_and_keep_their_parts() -> None:
    view = foreign("active=true^priority=1^ORpriority=2^NQstate=6^ORDERBYDESCsys_updated_on^GROUPBYstate^EQ")
    assert view.text == "active=true^priority=1^ORpriority=2^NQstate=6"
    narrowed = all_of([view, one("number=INC1", "number=INC2")])
    assert narrowed is not None
    assert narrowed.text == (
        "active=true^priority=1^ORpriority=2^number=INC1^ORnumber=INC2^NQstate=6^number=INC1^ORnumber=INC2"
    )
    assert foreign("").text == ""
    assert foreign("ORDERBYnumber") == EVERYTHING


def test_a_foreign_query_is_never_an_alternative() -> None:
    joined = any_of([foreign("a=1^ORb=2^c=3"), one("d=4")])
    assert joined is not None
    assert joined.text == "d=4^NQa=1^ORb=2^c=3"


@pytest.mark.parametrize(
    "text", ["ORa=1", "a=1^RLQUERYtask_sla.task,>=1^x=1", "RLQUERYx^a=1^ENDRLQUERY^NQb=1", "^NQ".join(["a=1"] * 20)]
)
def test_foreign_queries_that_cannot_be_paged(text: str) -> None:
    with pytest.raises(QueryError):
        foreign(text)


def test_the_fields_a_foreign_query_names() -> None:
    text = (
        "active=true^stateIN1,2^ORstateNOT IN6,7^caller_id.emailLIKEx^opened_atONToday@javascript:gs.x()^"
        "numberSTARTSWITHINC^assigned_toISEMPTY^RLQUERYtask_sla.task,>=1^has_breached=true^ENDRLQUERY"
    )
    assert list(fields_of(foreign(text))) == [
        "active",
        "state",
        "state",
        "caller_id.email",
        "opened_at",
        "number",
        "assigned_to",
    ]
    with pytest.raises(QueryError, match="ServiceNow would ignore"):
        list(fields_of(foreign("active=true^what is this")))


FIELDS = ("a", "b", "c")
ATOM = st.builds(lambda field, value: f"{field}={value}", st.sampled_from(FIELDS), st.sampled_from("123"))
TREE = st.recursive(
    ATOM.map(one), lambda inner: st.tuples(st.booleans(), st.lists(inner, min_size=1, max_size=3)), max_leaves=8
)


def build(tree: object) -> Condition | None:
    if isinstance(tree, Condition):
        return tree
    conjunction, parts = tree  # type: ignore[misc]
    built = [build(part) for part in parts]
    if None in built:
        return None
    return (all_of if conjunction else any_of)(built)  # type: ignore[arg-type]


def truth(tree: object, record: dict[str, str]) -> bool:
    if isinstance(tree, Condition):
        return matches(record, tree.text)
    conjunction, parts = tree  # type: ignore[misc]
    return (all if conjunction else any)(truth(part, record) for part in parts)


@given(TREE, st.fixed_dictionaries({name: st.sampled_from("123") for name in FIELDS}))
def test_combining_means_what_it_says(tree: object, record: dict[str, str]) -> None:
    built = build(tree)
    if built is not None:
        assert matches(record, built.text) is truth(tree, record)


def test_nothing_and_everything() -> None:
    assert all_of([NOTHING, one("a=1")]) == NOTHING
    assert any_of([NOTHING, one("a=1")]) == one("a=1")
    assert any_of([EVERYTHING, one("a=1")]) == EVERYTHING
    assert all_of([]) == EVERYTHING
    assert any_of([]) == NOTHING
