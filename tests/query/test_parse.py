from datetime import UTC, datetime, timedelta

import pytest

from supportctl.errors import QueryError
from supportctl.query import format_error, needs, parse, source
from supportctl.query.ast import (
    And,
    Anything,
    Longer,
    Not,
    Nothing,
    NumberRange,
    OneOf,
    Or,
    Phrase,
    Shorter,
    Term,
    TimeRange,
    terms,
)

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def value(text: str, *custom: str) -> object:
    node = parse(text, now=NOW, custom_fields=custom)
    assert isinstance(node, Term)
    return node.value


def refusal(text: str, *custom: str) -> QueryError:
    with pytest.raises(QueryError) as caught:
        parse(text, now=NOW, custom_fields=custom)
    return caught.value


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_the_documented_example_reads_whole() -> None:
    text = (
        'status:open tag:billing -tag:vip priority:p1..p2 age>7d idle>3d group:"Tier 1" requester:a@b.c '
        'text:"vpn" sla:breached created:2026-01-01..2026-02-01 kind:incident link:none ( tag:x or tag:y )'
    )
    node = parse(text, now=NOW)
    assert isinstance(node, And)
    fields = " ".join(term.field for term in terms(node))
    assert fields == "status tag tag priority age idle group requester text sla created kind link tag tag"
    assert isinstance(node.items[2], Not)
    assert isinstance(node.items[-1], Or)
    assert needs(node) == {"tags", "people", "slas", "links"}
    assert [source(item, text) for item in node.items[:2]] == ["status:open", "tag:billing"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("status:open,new", OneOf(("open", "new"))),
        ("status:On-Hold", OneOf(("on_hold",))),
        ('status:"on hold"', OneOf(("on_hold",))),
        ("is:unresolved", OneOf(("new", "open", "pending", "on_hold"))),
        ("is:done", OneOf(("resolved", "closed", "cancelled", "deleted"))),
        ("priority:p1..p2", OneOf(("p1", "p2"))),
        ("priority:..p2,p5", OneOf(("p1", "p2", "p5"))),
        ("priority:P4..", OneOf(("p4", "p5"))),
        ("priority:none", Nothing()),
        ("assignee:any", Anything()),
        ('tag:"none"', OneOf(("none",))),
        ('tag:"say \\"hi\\" \\\\"', OneOf(('say "hi" \\',))),
        ("tag:exempt:COM402", OneOf(("exempt:COM402",))),
        ("age>7d", Longer(timedelta(days=7))),
        ("idle>=90m", Longer(timedelta(minutes=90), or_equal=True)),
        ("age<2w", Shorter(timedelta(weeks=2))),
        ("text:vpn", Phrase("vpn")),
        ('"Root cause":billing', OneOf(("billing",))),
        ('"Score">=3.5', NumberRange(3.5, None)),
        ('"Score":1..5', NumberRange(1.0, 5.0)),
        ("reopens>1", NumberRange(2, None)),
        ("reopens<=1", NumberRange(None, 1)),
        ("reopens:2..", NumberRange(2, None)),
        ("created:2026-01-01..2026-02-01", TimeRange(day("2026-01-01"), day("2026-02-02"))),
        ("created:2026-01-31", TimeRange(day("2026-01-31"), day("2026-02-01"))),
        ("created:2025-12", TimeRange(day("2025-12-01"), day("2026-01-01"))),
        ("created:2025", TimeRange(day("2025-01-01"), day("2026-01-01"))),
        ("due:..2026-01-31", TimeRange(None, day("2026-02-01"))),
        ("due:none", Nothing()),
        ("updated:2026-01-01T10:00+02:00..", TimeRange(day("2026-01-01T08:00"), None)),
        ("updated:2026-01-01T10:00", TimeRange(day("2026-01-01T10:00"), day("2026-01-01T10:01"))),
        ("updated:2026-01-01T10:00:05.25Z", TimeRange(day("2026-01-01T10:00:05.250"), day("2026-01-01T10:00:05.260"))),
    ],
)
def test_values(text: str, expected: object) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "message", "marked"),
    [
        ("", "empty", ""),
        ("stauts:open", "unknown field `stauts`: did you mean `status`?", "stauts"),
        ("label:x", "did you mean `tag`?", "label"),
        ("status:opne", "`opne` is no status: did you mean `open`?", "opne"),
        ("status:new..closed", "no order", "new..closed"),
        ("tag:x vpn", "not a condition", "vpn"),
        ('"vpn"', "not a condition", '"vpn"'),
        ("priority>p2", "two readings", ">"),
        ("priority:p2..p1", "ends before it starts", "p2..p1"),
        ("priority:high", "no priority", "high"),
        ("created>2026-01-01", "two readings", ">"),
        ("created:yesterday", "no date", "yesterday"),
        ("created:2026-02-30", "no such date", "2026-02-30"),
        ("created:2026-02-02..2026-01-01", "ends before", "2026-02-02..2026-01-01"),
        ("created:0001-01-01T00:00+14:00", "no such date", "0001-01-01T00:00+14:00"),
        ("age:7d", "compared, not matched", ":"),
        ("age:>7d", "`:` and a comparison", ">7d"),
        ("age>7", "no duration", "7"),
        ("age>1y", "no duration", "1y"),
        ("age>999999999w", "calendar", "999999999w"),
        ("age>99999999h", "calendar", "99999999h"),
        ("idle>1d,2d", "one value", "2d"),
        ("tag=x", "not an operator", "="),
        ("tag!=x", "not an operator", "!="),
        ("tag>x", "cannot be compared", ">"),
        ("tag:-vip", "cannot start with `-`", "-vip"),
        ("tag: x", "without a space", ":"),
        ("tag:a, b", "missing after the comma", ","),
        ('tag:""', "empty", '""'),
        ('tag:"a', "never closed", '"'),
        ('tag:"a"b', "unexpected `b`", "b"),
        ("tag:(a)", "without a space", ":"),
        ("(tag:a", "never closed", "("),
        ("tag:a)", "without `(`", ")"),
        ("()", "missing before `)`", ")"),
        ("tag:a or", "nothing follows", "or"),
        ("or tag:a", "needs a condition before", "or"),
        ("tag:a or or tag:b", "needs a condition before", "or"),
        ("- tag:a", "right before", "-"),
        ("--tag:a", "right before", "-"),
        ("not", "query ends", ""),
        ("tag:a tag:b or tag:c", "two readings", "or"),
        ("tag:a or tag:b tag:c", "two readings", "t"),
        ("assignee:me", "depends on who runs", "me"),
        ("is:open", "two readings", "open"),
        ("text:none", "cannot be asked", "none"),
        ("tag:“vip”", "typographic", "“"),
        ("reopens:many", "no whole number", "many"),
        ("reopens:3..1", "ends before", "3..1"),
        ("sla:late", "no sla", "late"),
        ("link:dup", "no link", "dup"),
        ('"Score">3', "cannot be compared like this", ">"),
        ('"Score":a..b', "neither a range", "a..b"),
    ],
)
def test_refusals_name_the_place(text: str, message: str, marked: str) -> None:
    error = refusal(text)
    assert message in error.message
    if marked:
        assert text[error.start : error.end] == marked


def test_quoted_me_is_a_name() -> None:
    assert value('assignee:"me"') == OneOf(("me",))


def test_custom_names_are_checked_where_they_are_known() -> None:
    assert value('"root cause":x', "Root cause", "Team") == OneOf(("x",))
    assert value("Severity:2", "Severity") == OneOf(("2",))
    assert value("customfield_10010:x", "Severity") == OneOf(("x",))
    assert value("u_region:x") == OneOf(("x",))
    assert "did you mean `Root cause`?" in refusal('"Root couse":x', "Root cause", "Team").message
    ambiguous = refusal("Team:x", "Team", "team")
    assert "2 custom fields are called `Team`" in ambiguous.message
    assert "id" in (ambiguous.hint or "")
    assert "unknown field `Severity`" in refusal("Severity:2").message


def test_a_quoted_portable_name_is_a_custom_field() -> None:
    node = parse('"status":x', now=NOW)
    assert isinstance(node, Term)
    assert (node.field, node.custom) == ("custom", "status")


def test_or_in_either_case_and_lists_with_empty() -> None:
    assert isinstance(parse("tag:a OR tag:b or tag:c", now=NOW), Or)
    node = parse('assignee:none,"Ann Lee"', now=NOW)
    assert isinstance(node, Or)
    assert [term.value for term in terms(node)] == [Nothing(), OneOf(("Ann Lee",))]


@pytest.mark.parametrize("text", ["(" * 100_000, "-(" * 40_000, "not " * 25_000, "tag:a " * 200_000, "(tag:a " * 51])
def test_absurd_queries_are_refused(text: str) -> None:
    error = refusal(text)
    assert len(format_error(error)) < 1000


def test_a_query_of_ten_thousand_keys_is_fine() -> None:
    assert len(value("key:" + ",".join(f"#{n}" for n in range(10_000))).values) == 10_000  # type: ignore[attr-defined]


def test_the_caret_stands_below_the_word() -> None:
    lines = format_error(refusal("tag:a stauts:open")).splitlines()
    assert lines[0] == "unknown field `stauts`: did you mean `status`?"
    assert lines[1] == "  tag:a stauts:open"
    assert lines[2] == "        ^^^^^^"


def test_carets_count_wide_characters_and_hide_control_characters() -> None:
    lines = format_error(refusal("tag:日本\x1b[31m stauts:x")).splitlines()
    assert "\x1b" not in lines[1]
    assert lines[2].index("^") == 2 + len("tag:") + 4 + len(" [31m ")
