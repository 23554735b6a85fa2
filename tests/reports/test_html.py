"""The page people forward: one file without script, whole for every queue, honest about what it leaves out."""

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any

import pytest

from supportctl.model import Severity
from supportctl.reports.audit_report import AuditReport, PastRun
from supportctl.reports.trend import change, trend
from tests.reports.audits import EVERY, NOW, audit, empty, finding, hostile, many, share, spotless, written

VOID = {"meta", "br", "rect", "line", "polyline", "circle"}
"""Without an end tag, or drawn and closed in one."""


INLINE = {"a", "span", "strong", "code", "em", "time"}


class Page(HTMLParser):
    """Tags that match, links, ids, tables; raises where a browser would have to guess."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        assert len(values) == len(attrs), f"an attribute twice: {attrs}"
        self.tags.append((tag, values))
        if (name := values.get("id")) is not None:
            self.ids.append(name)
        if tag == "a":
            self.links.append(values.get("href") or "")
        if tag not in VOID:
            self.open.append(tag)
        self.words += "" if tag in INLINE else " "

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag
        self.words += "" if tag in INLINE else " "

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words += data

    @property
    def text(self) -> str:
        return " ".join(self.words.split())


def page(report: AuditReport) -> Page:
    return Page(written("html", report).decode())


@pytest.mark.parametrize("make", EVERY.values(), ids=EVERY)
def test_one_file_that_loads_and_runs_nothing(make: Any) -> None:
    text = written("html", make()).decode()
    found = Page(text)
    tags = {tag for tag, _ in found.tags}
    assert not tags & {"script", "img", "link", "iframe", "object", "form", "input", "base", "embed", "video"}
    for tag, values in found.tags:
        assert not [name for name in values if name.startswith("on") or name in ("style", "src", "srcset")], tag
    assert "@import" not in text
    assert "url(" not in text


@pytest.mark.parametrize("make", EVERY.values(), ids=EVERY)
def test_links_go_to_tickets_or_inside_the_page(make: Any) -> None:
    found = page(make())
    assert len(set(found.ids)) == len(found.ids)
    for target in found.links:
        assert re.match(r"https?://", target) or target.removeprefix("#") in found.ids, target


def test_the_policy_names_the_one_style_sheet() -> None:
    text = written("html", audit()).decode()
    style = text.partition("<style>")[2].partition("</style>")[0]
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = next(v["content"] for _, v in Page(text).tags if v.get("http-equiv") == "Content-Security-Policy")
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_what_a_queue_lead_wants_to_forward() -> None:
    text = page(audit()).text
    for said in (
        "3 findings (2 high, 1 medium) in 20 tickets",
        "Failed: there are findings of severity medium or worse",
        "85 % of 20 tickets have no fault, up 10 points on the last run",
        "95 % interval: 80 % to 90 %",
        "1 new since the last run",
        "Against hygiene-baseline.json: 3 new, 1 known, 2 gone, 1 whose date has passed",
        "Why it matters What everybody may take nobody takes.",
        "How to fix it Assign it to whoever is on call.",
        "Passes when: somebody is assigned",
        "Network 2 of 12 (17 %)",
        "no group",
        "SUP-9 OWN201 unassigned for more than 24 h https://acme.example/browse/SUP-9 a test account",
        "TIM503 sla-breached-unexplained: no SLA targets here",
        "OWN201 unassigned: 2 tickets, because this is unknown: assignee",
        "2 tickets were sent twice",
    ):
        assert said in text


def test_each_finding_is_linked_to_its_ticket() -> None:
    links = page(audit()).links
    for number in (1, 2, 3, 9):
        assert f"https://acme.example/browse/SUP-{number}" in links


def test_an_empty_queue_and_a_spotless_one() -> None:
    assert "No ticket was read, so there is no score." in page(empty()).text
    assert "Passed" not in page(empty()).text
    text = page(spotless()).text
    assert "Nothing found in 20 tickets" in text
    assert "3 rules looked at 20 tickets and found no fault that counts." in text


def test_at_most_so_many_of_a_rule_and_how_to_see_the_others() -> None:
    text = page(many(5_000)).text
    assert text.count("Limit: 24 h") <= 3 * 25
    assert "and 1,642 more: supportctl audit is:unresolved --rule OWN201" in text
    assert len(written("html", many(5_000))) < 200_000


def test_a_list_is_not_cut_for_one_or_two_rows() -> None:
    found = [finding(number) for number in range(27)]
    assert "more: supportctl" not in page(audit(findings=found)).text
    assert "and 3 more: supportctl" in page(audit(findings=[*found, finding(27)])).text


def test_hostile_texts_stay_texts() -> None:
    found = page(hostile())
    assert "<script>alert(1)</script>" in found.text
    assert not [target for target in found.links if "script" in target]


def test_tables_and_pictures_speak_to_everybody() -> None:
    found = page(audit())
    tables = [values for tag, values in found.tags if tag == "table"]
    assert len([tag for tag, _ in found.tags if tag == "caption"]) == len(tables)
    for tag, values in found.tags:
        if tag == "svg":
            assert values.get("role") == "img"
            assert values.get("aria-label")
        if tag == "th":
            assert values.get("scope") in ("row", "col")
        if tag == "section":
            assert values.get("aria-labelledby") in found.ids
    assert [tag for tag, _ in found.tags].count("main") == 1
    assert [tag for tag, _ in found.tags].count("h1") == 1


def test_numbers_of_severities() -> None:
    text = page(audit(findings=[finding(1, severity=Severity.LOW)])).text
    assert "high 0 medium 0 low 1 info 0" in text


def past(*scores: float | None) -> list[PastRun]:
    return [PastRun(at=NOW, tickets=10, dirty=1, score=score) for score in scores]


def test_the_trend_needs_something_to_compare_with() -> None:
    assert trend(audit(trend=[])) is None
    assert trend(audit(trend=past(None))) is None
    assert trend(audit(score=None)) is None


@pytest.mark.parametrize("scores", [(0.0,), (1.0,), (0.5, 0.5), (0.0, 1.0), (0.849, 0.851)])
def test_the_trend_stays_on_the_paper(scores: tuple[float, ...]) -> None:
    drawn = trend(audit(trend=past(*scores), score=share(scores[-1])))
    assert drawn is not None
    assert len(drawn.points) == len(scores) + 1
    for mark in (*drawn.points, *drawn.rules):
        assert 0 <= mark.x <= 420
        assert 0 <= mark.y <= 170
    heights = [mark.y for mark in drawn.rules]
    assert heights == sorted(heights, reverse=True)
    assert len(set(heights)) == 3


def test_a_long_trend_shows_the_latest_runs() -> None:
    drawn = trend(audit(trend=past(*[0.5] * 100)))
    assert drawn is not None
    assert len(drawn.points) == 30


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [(0.9, 0.8, "up 10 points"), (0.79, 0.8, "down 1 point"), (0.801, 0.8, None), (0.5, None, None)],
)
def test_changes_in_words(now: float, before: float | None, said: str | None) -> None:
    assert change(now, before) == said
