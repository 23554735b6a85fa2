"""JUnit XML: read back by a strict parser, counts that add up, and the attributes both schemas in use ask for."""

import re
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportctl.reports.audit_report import AuditReport
from tests.reports.audits import EVERY, audit, finding, written

# Of Ant's schema (Windy Road, Apache-2.0) and of Jenkins' xUnit plugin: what a suite and a case must have and may hold.
SUITE = ("name", "package", "id", "tests", "failures", "errors", "skipped", "time", "timestamp", "hostname")
CASE = {"classname", "name", "time"}


def suites(report: AuditReport) -> list[Element]:
    root = ElementTree.fromstring(written("junit", report))
    assert root.tag == "testsuites"
    return list(root)


@pytest.mark.parametrize("make", EVERY.values(), ids=EVERY)
def test_shape(make: Any) -> None:
    found = suites(make())
    assert [suite.get("id") for suite in found] == [str(number) for number in range(len(found))]
    for suite in found:
        assert tuple(suite.attrib) == ("name", "package", "id", *SUITE[3:])
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.attrib["timestamp"])
        tags = [child.tag for child in suite]
        assert tags == ["properties", *["testcase"] * (len(tags) - 3), "system-out", "system-err"]
        cases = suite.findall("testcase")
        assert len(cases) == int(suite.attrib["tests"])
        assert len(suite.findall("testcase/failure")) == int(suite.attrib["failures"])
        assert len(suite.findall("testcase/skipped")) == int(suite.attrib["skipped"])
        assert len({case.get("name") for case in cases}) == len(cases)
        for case in cases:
            assert set(case.attrib) == CASE
            assert len(case) <= 1


def test_a_suite_per_rule_and_a_case_per_ticket() -> None:
    found = {suite.attrib["name"]: suite for suite in suites(audit())}
    own = found["OWN201 unassigned"]
    assert [case.get("name") for case in own.findall("testcase")] == ["SUP-1", "SUP-2", "SUP-9"]
    failure = own.find("testcase/failure")
    assert failure is not None
    assert failure.get("type") == "OWN201"
    assert failure.get("message") == "unassigned for more than 24 h"
    assert "https://acme.example/browse/SUP-1" in (failure.text or "")
    accepted = own.find("testcase/skipped")
    assert accepted is not None
    assert accepted.get("message") == "accepted: a test account"


def test_a_rule_that_found_nothing_passes_and_one_that_did_not_run_is_skipped() -> None:
    found = {suite.attrib["name"]: suite for suite in suites(audit())}
    assert [len(case) for case in found["PRV821 secret"].findall("testcase")] == [0]
    skipped = found["TIM503 sla-breached-unexplained"].find("testcase/skipped")
    assert skipped is not None
    assert skipped.get("message") == "no SLA targets here"


def test_several_faults_of_one_ticket_are_one_case() -> None:
    report = audit(findings=[finding(1), finding(1, message="another", fingerprint="b" * 64)], accepted=[])
    own = suites(report)[0]
    assert own.get("failures") == "1"
    failure = own.find("testcase/failure")
    assert failure is not None
    assert "another" in (failure.text or "")
    assert (failure.get("message") or "").endswith("(and 1 more)")


def test_two_profiles_may_have_a_ticket_of_one_key() -> None:
    report = audit(findings=[finding(1), finding(1, profile="other")], accepted=[])
    names = [case.get("name") for case in suites(report)[0].findall("testcase")]
    assert names == ["SUP-1", "SUP-1 (other, tickets/jsm/10001)"]


def test_properties_count_the_tickets() -> None:
    own = suites(audit())[0]
    facts = {each.get("name"): each.get("value") for each in own.findall("properties/property")}
    assert facts["violations"] == "3"
    assert facts["clean"] == "17"
    assert facts["unjudged"] == "2"


@given(st.text())
def test_any_text_is_read_back(text: str) -> None:
    report = audit(findings=[finding(1, message=text)], accepted=[])
    failure = suites(report)[0].find("testcase/failure")
    assert failure is not None
    told = failure.get("message") or ""
    kept = re.sub("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)
    assert len(told) <= len(text)
    assert all(character in told for character in kept if character.isalnum())
