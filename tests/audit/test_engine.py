"""A run: what streams, what is held, what collapses, and the books of the census."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportctl.adapters.base import Need
from supportctl.adapters.servicenow.platform import CAPABILITIES as SERVICENOW
from supportctl.adapters.zendesk.platform import CAPABILITIES as ZENDESK
from supportctl.audit import Audit, QueueRule, Settings, audit, find, select
from supportctl.audit.telling import fingerprint
from supportctl.errors import UsageError
from supportctl.model import Persona, Platform, Severity, Ticket
from tests.audit.cases import NOW, ticket

CLEAN: dict[str, Any] = {"category": "network", "closure_code": "fixed"}


def made(number: int, **fields: Any) -> Ticket:
    return ticket("servicenow", {**CLEAN, "id": f"{number:032x}", "key": f"INC{number:07}", **fields})


def run(tickets: list[Ticket], *codes: str, **settings: Any) -> Any:
    return audit(tickets, select(codes), Settings(**settings), SERVICENOW, NOW)


def codes(result: Any) -> set[str]:
    return {finding.rule for finding in result.findings}


def test_an_unused_field_is_one_finding_about_the_queue() -> None:
    result = run([made(n, category="empty") for n in range(100)], "CLS101")
    (finding,) = result.findings
    assert (finding.rule, finding.ticket) == ("QUE901", None)
    assert "100.0% of 100 tickets" in finding.message
    assert result.census.collapsed == 100
    assert result.census.by_severity == {Severity.LOW: 1}


@pytest.mark.parametrize(("empty", "filled"), [(90, 10), (49, 0)])
def test_the_guard_wants_more_than_ninety_percent_of_at_least_fifty(empty: int, filled: int) -> None:
    tickets = [made(n, category="empty") for n in range(empty)] + [made(n + 500) for n in range(filled)]
    result = run(tickets, "CLS101")
    assert codes(result) == {"CLS101"}
    assert len(result.findings) == empty


def test_a_queue_without_public_comments_is_told_once_and_real_silence_still_one_by_one() -> None:
    done = {"status": "closed", "resolved_at": "-1d"}
    note = {"id": "1", "author": "agent", "created_at": "-2d", "body": "Restarted it.", "public": False}
    asked = {"id": "1", "author": "customer", "created_at": "-2d", "body": "It fails again", "public": True}
    silent = [made(n, **done, comments=[note] if n % 2 else []) for n in range(99)]
    result = run([*silent, made(500, **done, comments=[asked])], "COM402")
    assert codes(result) == {"QUE901", "COM402"}
    assert [finding.ticket for finding in result.findings if finding.rule == "COM402"] == ["INC0000500"]
    assert result.census.collapsed == 99


def test_findings_stream_and_only_those_about_missing_fields_wait() -> None:
    read = 0

    def stream() -> Iterator[Ticket]:
        nonlocal read
        for fields in ({"category": "empty"}, {"updated_at": "-30d"}, {}):
            read += 1
            yield made(read, **fields)

    audit_run = Audit(select(["CLS101", "TIM501"]), Settings(), SERVICENOW, NOW)
    findings = audit_run.findings(stream())
    assert next(findings).rule == "TIM501"
    assert (read, audit_run.held) == (2, 1)
    assert [finding.rule for finding in findings] == ["CLS101"]
    assert audit_run.held == 0


def test_needs_are_those_of_the_rules_that_run() -> None:
    def needs(*words: str) -> set[Need]:
        return set(Audit(select(words), Settings(), SERVICENOW, NOW).needs)

    assert needs("OWN201") == {Need.TAGS}
    assert needs("PRV821") == {Need.TAGS, Need.COMMENTS}
    assert Need.HISTORY in needs()


def test_a_rule_the_platform_cannot_feed_is_skipped_and_named() -> None:
    census = audit([], select(["RES601", "OWN201"]), Settings(), ZENDESK, NOW).census
    assert [(skipped.rule, "closure_field" in skipped.reason) for skipped in census.skipped] == [("RES601", True)]
    assert "RES601" not in [row.rule for row in census.rules]


def test_a_severity_of_ones_own() -> None:
    result = run([made(1, updated_at="-30d")], "TIM501", severities={"TIM501": Severity.HIGH})
    assert [finding.severity for finding in result.findings] == [Severity.HIGH]


def test_fingerprints_tell_faults_apart_and_nothing_else() -> None:
    before = run([made(1, updated_at="-30d")], "TIM501").findings[0]
    renamed = run([made(1, updated_at="-30d", title="Other words")], "TIM501").findings[0]
    touched = run([made(1, updated_at="-29d")], "TIM501").findings[0]
    assert before.fingerprint == renamed.fingerprint
    assert before.fingerprint != touched.fingerprint
    later = audit([made(1, updated_at="-30d")], select(["TIM501"]), Settings(), SERVICENOW, NOW + timedelta(days=3))
    assert later.findings[0].fingerprint == before.fingerprint
    assert fingerprint("A", Platform.JSM, "1", "23") != fingerprint("A", Platform.JSM, "12", "3")


_TICKETS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "category": st.sampled_from(["empty", "?hidden", "network"]),
            "assignee": st.sampled_from(["empty", "?", "agent"]),
            "priority": st.sampled_from(["empty", "?hidden", "p1"]),
            "status": st.sampled_from(["new", "open", "resolved", "cancelled", "?hidden"]),
            "updated_at": st.sampled_from(["-1h", "-30d"]),
            "created_at": st.sampled_from(["-10m", "-10d"]),
            "comments": st.sampled_from([[], "?hidden"]),
            "tags": st.sampled_from([[], ["hygiene-exempt"], ["exempt:stale"]]),
        },
    ),
    max_size=80,
)


@given(_TICKETS)
def test_every_ticket_is_in_exactly_one_column_of_every_rule(fields: list[dict[str, Any]]) -> None:
    result = run([made(number, **each) for number, each in enumerate(fields)])
    census = result.census
    assert census.tickets == len(fields)
    for row in census.rules:
        if isinstance(find(row.rule), QueueRule):
            continue
        judged = row.violations + row.clean + row.outside + row.grace + sum(row.unjudged.values()) + row.exempt
        assert judged == len(fields), row
        assert row.findings + row.suppressed + row.collapsed == row.violations
    assert census.findings == len(result.findings)


def test_rules_are_found_by_code_name_and_with_a_typo() -> None:
    assert [rule.code for rule in select(["Stale", "cls101"])] == ["CLS101", "TIM501", "QUE901"]
    with pytest.raises(UsageError, match="did you mean `TIM501`"):
        select(["TIM5O1"])


def test_rules_about_the_queue_as_a_whole_have_no_share() -> None:
    result = run([made(n, category="empty") for n in range(100)], "CLS101", "QUE902")
    shares = {row.rule: row.hygiene for row in result.census.rules}
    assert result.findings
    assert (shares["QUE901"], shares["QUE902"]) == (None, None)
    assert shares["CLS101"] is not None
    clean = run([made(n) for n in range(100)], "CLS101")
    assert {row.rule for row in clean.census.rules if row.hygiene is None} == {"QUE901"}


def test_a_rule_about_linked_tickets_has_a_share() -> None:
    parent, child = made(1, priority="p4"), made(2, priority="p2", links=[{"type": "parent", "key": "INC0000001"}])
    result = run([parent, child], "PRI306", persona=Persona.AUDITOR)
    assert [finding.ticket for finding in result.findings] == ["INC0000001"]
    assert {row.rule: row.hygiene is None for row in result.census.rules} == {"PRI306": False, "QUE901": True}
