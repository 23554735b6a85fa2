"""Excuses: who is excused, until when, and which entries nobody needs."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from supportctl.adapters.servicenow.platform import CAPABILITIES as SERVICENOW
from supportctl.audit import Audit, Settings, find, select
from supportctl.audit.exemptions import Exemption, Exemptions
from supportctl.audit.rule import Context, ref
from supportctl.model import Ticket
from supportctl.query import parse
from tests.audit.cases import NOW, ticket

STALE = find("TIM501")


def made(number: int = 1, **fields: Any) -> Ticket:
    return ticket("servicenow", {"id": f"{number:032x}", "key": f"INC{number:07}", "category": "x", **fields})


def entry(**fields: Any) -> Exemption:
    node = parse(fields["query"], now=NOW) if "query" in fields else None
    return Exemption(**{"reason": "agreed", "until": date(2026, 12, 31), "node": node, **fields})


def exemptions(*entries: Exemption, now: datetime = NOW, **settings: Any) -> Exemptions:
    return Exemptions(Settings(**settings), entries, now)


@pytest.mark.parametrize(
    ("fields", "excused"),
    [
        ({"rules": ("TIM501",)}, True),
        ({"rules": ("OWN201", "TIM501")}, True),
        ({"rules": ("OWN201",)}, False),
        ({"tickets": ("INC0000001",)}, True),
        ({"tickets": ("inc0000001",)}, True),
        ({"tickets": (f"{1:032x}",)}, True),
        ({"tickets": ("INC0000002",)}, False),
        ({"query": "priority:p3"}, True),
        ({"query": "priority:p4"}, False),
        ({"rules": ("TIM501",), "tickets": ("INC0000001",), "query": "priority:p4"}, False),
        ({"rules": ("TIM501",), "tickets": ("INC0000001",), "query": "priority:p3"}, True),
    ],
)
def test_entries_narrow_together(fields: dict[str, Any], excused: bool) -> None:
    assert exemptions(entry(**fields)).excuse(made(), STALE) is excused


def test_an_unknown_field_excuses_nobody() -> None:
    assert not exemptions(entry(query="-priority:p1")).excuse(made(priority="?hidden"), STALE)


@pytest.mark.parametrize(
    ("tag", "excused"),
    [
        ("hygiene-exempt", True),
        ("Exempt:TIM501", True),
        ("exempt:stale", True),
        ("exempt:OWN201", False),
        ("vip", True),
    ],
)
def test_tags(tag: str, excused: bool) -> None:
    assert exemptions(exempt_tags=("vip",)).excuse(made(tags=[tag]), STALE) is excused


def test_the_last_day_counts_and_the_next_does_not() -> None:
    last = entry(rules=("TIM501",), until=date(2026, 3, 2))
    assert exemptions(last, now=datetime(2026, 3, 2, 23, 59, tzinfo=UTC)).excuse(made(), STALE)
    over = exemptions(last, now=datetime(2026, 3, 3, 0, 0, tzinfo=UTC))
    assert not over.excuse(made(), STALE)
    assert over.report().expired == (last,)
    (line,) = over.report().lines()
    assert line == "expired, excuses no more: TIM501 (until 2026-03-02); reason: agreed"


def test_what_a_rule_about_the_queue_names_is_excused_by_key_and_not_by_query() -> None:
    context = Context(NOW, Settings(), SERVICENOW)
    named = ref(made(), context)
    assert exemptions(entry(tickets=("INC0000001",))).excuse(named, STALE)
    assert not exemptions(entry(query="priority:p3")).excuse(named, STALE)


def test_used_and_unused_entries_of_a_run_and_of_its_parts() -> None:
    used, other = entry(rules=("TIM501",), place="supportctl.toml:3"), entry(rules=("TIM501",), tickets=("INC0000099",))
    idle = entry(rules=("OWN201",))
    whole = exemptions(used, other, idle)
    part: Exemptions = pickle.loads(pickle.dumps(whole))
    assert whole.excuse(made(1), STALE)
    assert part.excuse(made(2), STALE)
    assert part.excuse(made(3), STALE)
    whole.merge(pickle.loads(pickle.dumps(part)))
    report = whole.report({"TIM501"})
    assert [(use.exemption, use.excused) for use in report.used] == [(used, 3)]
    assert report.unused == (other,)
    assert whole.report().unused == (other, idle)
    assert report.lines() == ["excused nothing, can be removed: TIM501 of INC0000099 (until 2026-12-31)"]


def test_a_copy_for_another_process_has_excused_nothing_yet() -> None:
    whole = exemptions(entry(rules=("TIM501",)))
    assert whole.excuse(made(), STALE)
    copy = whole.unused_copy()
    assert len(copy.report().unused) == 1
    assert copy.excuse(made(), STALE)


def test_the_reason_is_told_and_not_counted() -> None:
    found = exemptions(entry(rules=("TIM501",), place="supportctl.toml:3", reason="vendor"))
    assert found.reason(made(), STALE) == "supportctl.toml:3: vendor (until 2026-12-31)"
    assert found.reason(made(tags=["hygiene-exempt"]), STALE) == "a tag of the ticket"
    assert found.reason(made(), find("OWN201")) is None
    assert found.report().used == ()


def test_a_run_counts_what_is_excused_and_shows_the_rest() -> None:
    old = {"updated_at": NOW - timedelta(days=30)}
    excuses = exemptions(entry(rules=("TIM501",), query="priority:p4"))
    run = Audit(select(["TIM501"]), Settings(), SERVICENOW, NOW, exemptions=excuses)
    findings = list(run.findings([made(1, **old), made(2, **old, priority="p4")]))
    assert [each.ticket for each in findings] == ["INC0000001"]
    assert run.census.exempt == 1
    assert excuses.report().used[0].excused == 1
