"""Markdown: small enough for a comment, tables that stay tables, and nothing in a text that means anything."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from supportctl.reports.markdown import COMMENT, fitted
from supportctl.reports.markup import code, linked, plain
from tests.reports.audits import EVERY, HOSTILE, audit, finding, hostile, many, rule, written

RENDERER = MarkdownIt("commonmark", {"html": False}).enable("table").enable("strikethrough")


def html(text: str) -> str:
    return str(RENDERER.render(text))


@pytest.mark.parametrize("make", EVERY.values(), ids=EVERY)
def test_a_comment_takes_it(make) -> None:  # type: ignore[no-untyped-def]
    assert len(written("markdown", make())) <= COMMENT


def test_what_it_says() -> None:
    text = written("markdown", audit()).decode()
    assert "**3 findings (2 high, 1 medium) in 20 tickets**" in text
    assert "- 85 % of 20 tickets have no fault (95 % interval: 80 % to 90 %)" in text
    assert "- Against hygiene-baseline.json: 3 new, 1 known, 2 gone, 1 whose date has passed" in text
    assert "[SUP-1](<https://acme.example/browse/SUP-1>) **new**" in text
    assert "| Network | 2 of 12 | 2 | OWN201 (2) |" in text
    assert "TIM503 sla-breached-unexplained did not run: no SLA targets here" in text
    assert "could not judge 2 tickets: assignee unknown" in text


def test_what_is_left_out_is_said_with_a_command() -> None:
    text = written("markdown", many(5_000)).decode()
    assert "more: `supportctl audit is:unresolved --rule OWN201`" in text
    shown = text.count("](<https://acme.example/browse/")
    left = sum(int(number.replace(",", "")) for number in re.findall(r"and ([\d,]+) more:", text))
    assert shown + left == 5_000


def test_with_no_room_for_findings_the_rules_remain() -> None:
    rules = [rule(f"ABC{number:03d}", f"rule-{number}") for number in range(70)]
    found = [finding(number, f"ABC{number % 70:03d}", message="x" * 200) for number in range(7_000)]
    report = audit(rules=rules, findings=found)
    text = fitted(report, 30_000).decode()
    assert "Findings are left out" in text
    assert "ABC069" in text


def test_every_row_has_as_many_cells_as_its_head() -> None:
    for report in (audit(), hostile()):
        for lines in re.findall(r"(?:^\|.*\n)+", written("markdown", report).decode(), re.MULTILINE):
            widths = {len(re.findall(r"(?<!\\)\|", line)) for line in lines.splitlines()}
            assert len(widths) == 1


@given(st.text(max_size=80))
def test_any_text_shows_as_it_is(text: str) -> None:
    shown = html(f"| a |\n| --- |\n| {plain(text)} |\n")
    assert shown.count("<td>") == 1
    assert not re.search(r"<(?!/?(table|thead|tbody|tr|th|td)\b)", shown)


@pytest.mark.parametrize(
    "text", ["@somebody", "(@team/x)", "#12", "owner/repo#3", "GH-4", "!5", "https://x.example", "%1", "~bug", "$7"]
)
def test_nothing_refers_to_anything(text: str) -> None:
    told = plain(f"see {text} now").replace("\\", "")
    assert text not in told
    assert told.replace("&#8203;", "") == f"see {text} now"


def test_mail_and_times_and_words_stay_readable() -> None:
    assert plain("due 12:30, 5 % more, R2D2 & co") == "due 12:30, 5 % more, R2D2 &amp; co"


def test_links_and_code() -> None:
    assert linked("#12", "https://x.example/1") == "[#12](<https://x.example/1>)"
    assert linked("#12", None) == "#&#8203;12"
    assert code("status:open") == "`status:open`"
    assert "`" not in code("a`b|c").replace("\\`", "")
    assert "<script>" not in html(plain(HOSTILE))
