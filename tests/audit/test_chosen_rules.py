"""Which rules run by a project's file, on which tickets, and rules of one's own."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from supportctl.audit import RULES, Settings
from supportctl.audit.catalogue import Catalogue
from supportctl.audit.configuration import load, resolve
from supportctl.audit.rule import Context, QueueFault, QueueRule, Watch
from supportctl.audit.verdict import Clean, Fault, Faulty, Outside, Unjudged
from supportctl.errors import UsageError
from supportctl.model import Confidence, Platform, Severity, Ticket
from supportctl.query import evaluate, parse
from tests.audit.cases import NOW, PLATFORMS, ticket
from tests.audit.projects import OURS, read, written


def codes(resolved: Any) -> set[str]:
    return {rule.code for rule in resolved.rules}


def test_which_rules_run(tmp_path: Path) -> None:
    core = codes(resolve(None, catalogue=OURS))
    assert {"TIM501", "QUE901"} <= core
    text = '[audit]\nignore = ["stale", "PRI301"]\n[audit.rules.OWN204]\nenabled = false\n'
    project = read(tmp_path, text)
    assert core - codes(resolve(project, catalogue=OURS)) == {"TIM501", "PRI301", "OWN204"}
    assert codes(resolve(project, rule_words=["TIM501"], catalogue=OURS)) == {"TIM501", "QUE901"}
    assert codes(resolve(None, ruleset="strict", catalogue=OURS)) == {rule.code for rule in RULES}
    sure = codes(resolve(None, ruleset="ci", catalogue=OURS))
    assert "OWN204" not in sure
    project = read(tmp_path, '[audit]\nruleset = "ci"\nextend = ["ping-pong"]\n')
    assert codes(resolve(project, catalogue=OURS)) == sure | {"OWN204"}
    assert codes(resolve(project, ruleset="strict", catalogue=OURS)) == {rule.code for rule in RULES}


def test_a_ruleset_that_does_not_exist() -> None:
    with pytest.raises(UsageError, match="did you mean strict"):
        resolve(None, ruleset="stict", catalogue=OURS)


CONTEXT = Context(NOW, Settings(), PLATFORMS["zendesk"])


def verdict(resolved: Any, code: str, **fields: Any) -> Any:
    return resolved.rule(code).check(ticket("zendesk", fields), CONTEXT)


def test_where_and_except_narrow_a_rule(tmp_path: Path) -> None:
    text = """[audit.rules.TIM501]
where = 'priority:p3'
except = 'tag:parked'
"""
    resolved = resolve(read(tmp_path, text), catalogue=OURS)
    old = {"updated_at": "-30d"}
    assert isinstance(verdict(resolved, "TIM501", **old), Faulty)
    assert isinstance(verdict(resolved, "TIM501", **old, priority="p4"), Outside)
    assert isinstance(verdict(resolved, "TIM501", **old, tags=["parked"]), Outside)
    assert verdict(resolved, "TIM501", **old, tags="?hidden") == Unjudged("tags")
    assert verdict(resolved, "TIM501", **old, priority="?hidden") == Unjudged("priority")
    assert isinstance(verdict(resolved, "TIM501"), Clean)
    (narrowed,) = [rule for rule in resolved.rules if rule.code == "TIM501"]
    assert {need.value for need in narrowed.wants} >= {"tags"}
    assert narrowed.unmet(CONTEXT) is None


OWN = """
[[audit.rule]]
code = "ACME001"
name = "escalated-without-l2"
query = "status:open tag:escalated -tag:l2"
message = "escalated without the tag l2"
severity = "high"
fix = "add the tag l2"
"""


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"tags": ["escalated"]}, Faulty),
        ({"tags": ["Escalated", "l2"]}, Clean),
        ({"tags": ["escalated"], "status": "closed"}, Clean),
        ({"tags": []}, Clean),
        ({"tags": ["escalated"], "created_at": "-1m"}, Faulty),
        ({"tags": "?hidden"}, Unjudged),
        ({"tags": ["escalated"], "status": "?hidden"}, Unjudged),
        ({"tags": ["l2"], "status": "?hidden"}, Clean),
    ],
)
def test_a_rule_of_ones_own_finds_what_its_query_finds(tmp_path: Path, fields: dict[str, Any], expected: type) -> None:
    resolved = resolve(read(tmp_path, OWN), catalogue=OURS)
    found = verdict(resolved, "ACME001", **fields)
    assert isinstance(found, expected)
    truth = evaluate(parse("status:open tag:escalated -tag:l2", now=NOW), ticket("zendesk", fields), NOW)
    assert truth is {Faulty: True, Clean: False, Unjudged: None}[expected]
    if isinstance(found, Faulty):
        (fault,) = found.faults
        assert fault.message == "escalated without the tag l2"
        assert fault.passes == "add the tag l2"
        assert fault.threshold is not None


def test_a_rule_of_ones_own_is_a_rule_like_others(tmp_path: Path) -> None:
    from supportctl.audit.docs import SECTIONS, sections, summary

    text = OWN + '[audit.rules.ACME001]\nexcept = "tag:vip"\n[audit]\nruleset = "ci"\n'
    resolved = resolve(read(tmp_path, text), catalogue=OURS)
    rule = resolved.rule("escalated-without-l2")
    assert rule.severity is Severity.HIGH
    assert {need.value for need in rule.needs} == {"tags"}
    assert tuple(sections(rule)) == SECTIONS
    assert summary(rule) == "Escalated without the tag l2"
    assert isinstance(rule.check(ticket("jsm", {"tags": ["escalated", "vip"]}), CONTEXT), Outside)  # type: ignore[attr-defined]
    assert "ACME001" in codes(resolved)


def test_where_of_a_rule_of_ones_own_says_what_is_clean(tmp_path: Path) -> None:
    resolved = resolve(read(tmp_path, OWN + 'where = "tag:escalated"\n'), catalogue=OURS)
    assert isinstance(verdict(resolved, "ACME001", tags=["l2"]), Outside)
    assert isinstance(verdict(resolved, "ACME001", tags=["escalated", "l2"]), Clean)


class CountingWatch:
    def __init__(self) -> None:
        self.eligible = 0

    def see(self, ticket: Ticket) -> None:
        self.eligible += 1

    def merge(self, other: CountingWatch) -> None:
        self.eligible += other.eligible

    def finish(self) -> Iterator[QueueFault]:
        yield QueueFault(platform=Platform.JSM, fault=Fault(message=f"{self.eligible} tickets", seen="s", evidence=[]))


class Counting(QueueRule):
    """There are tickets."""

    code = "XYZ200"
    name = "tickets"
    severity = Severity.LOW
    confidence = Confidence.HIGH

    def start(self, context: Context) -> Watch:
        return CountingWatch()


def test_a_rule_about_the_queue_is_narrowed_to_what_certainly_matches(tmp_path: Path) -> None:
    catalogue = Catalogue(rules=(*RULES, Counting()))
    file = written(tmp_path, "[audit.rules.XYZ200]\nwhere = 'priority:p1..p2'\nexcept = 'tag:vip'\n")
    rule = resolve(load(file, catalogue=catalogue), catalogue=catalogue).rule("XYZ200")
    assert isinstance(rule, QueueRule)
    tickets = [
        ticket("jsm", {"priority": "p1"}),
        ticket("jsm", {"priority": "p2", "tags": ["vip"]}),
        ticket("jsm", {"priority": "p2", "tags": "?hidden"}),
        ticket("jsm", {"priority": "p2"}),
        ticket("jsm", {"priority": "p3"}),
        ticket("jsm", {"priority": "?hidden"}),
    ]
    for cut in range(len(tickets) + 1):
        one, two = rule.start(CONTEXT), rule.start(CONTEXT)
        for each in tickets[:cut]:
            one.see(each)
        for each in tickets[cut:]:
            two.see(each)
        one = pickle.loads(pickle.dumps(one))
        one.merge(pickle.loads(pickle.dumps(two)))
        assert [each.fault.message for each in one.finish()] == ["2 tickets"]
        assert one.eligible == 2
