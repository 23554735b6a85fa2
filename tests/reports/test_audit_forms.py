"""What holds for every collecting form of an audit."""

import importlib
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supportctl.model import Severity
from supportctl.reports.audit_forms import AUDIT_FORMS, audit_form
from supportctl.reports.audit_words import again, again_for, headline, link, percent, place, verdict
from tests.reports.audits import EVERY, audit, empty, finding, rule, written

FORMS = sorted(AUDIT_FORMS)
REPORTS = pytest.mark.parametrize("make", EVERY.values(), ids=EVERY)


@pytest.mark.parametrize("form", FORMS)
@REPORTS
def test_every_form_takes_every_report(form: str, make) -> None:  # type: ignore[no-untyped-def]
    text = written(form, make()).decode()
    assert text
    assert text.endswith("\n")


@pytest.mark.parametrize("form", FORMS)
def test_the_same_report_is_written_the_same(form: str) -> None:
    assert written(form, audit()) == written(form, audit())


@pytest.mark.parametrize("form", FORMS)
def test_a_finding_of_a_rule_nobody_listed_is_told(form: str) -> None:
    assert b"ACME001" in written(form, audit(findings=[finding(1, "ACME001")]))


@given(text=st.text(max_size=60), form=st.sampled_from(FORMS))
@settings(max_examples=60, deadline=None)
def test_no_text_stops_a_form(text: str, form: str) -> None:
    one = finding(1, ticket=text or "x", ticket_id=text or "x", message=text, url=text, group=text, passes=text)
    written(form, audit(findings=[one], source=text, query=text, rules=[rule(name=text, page=text)])).decode()


def test_forms_are_imported_when_they_are_asked_for() -> None:
    code = (
        "import sys, supportctl.reports.audit_forms as a; bad = {'jinja2', 'rich', 'supportctl.reports.html'};"
        "sys.exit(len(bad & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_every_form_is_there() -> None:
    for name, target in AUDIT_FORMS.items():
        assert callable(audit_form(name))
        importlib.import_module(target.partition(":")[0])


def test_places_are_stable_and_apart() -> None:
    assert place(finding(1)) == "tickets/jsm/10001"
    assert place(finding(1, ticket_id="a/../b c")) == "tickets/jsm/a%2F..%2Fb%20c"
    assert place(finding(1, ticket=None, ticket_id=None)) == "queues/jsm"


@pytest.mark.parametrize(
    "url", [None, "", "javascript:alert(1)", "https://", "https://x/ y", 'https://x/"', "data:text/html,x", "//x"]
)
def test_only_addresses_for_browsers_are_links(url: str | None) -> None:
    assert link(finding(1, url=url)) is None


def test_a_servicenow_address_is_a_link() -> None:
    url = "https://acme.example/nav_to.do?uri=incident.do?sys_id=9d385017c611228701d22104cc95c371&x=[1]"
    assert link(finding(1, url=url)) == url


@pytest.mark.parametrize(
    ("share", "said"),
    [(0, "0 %"), (0.004, "under 1 %"), (0.5, "50 %"), (0.996, "over 99 %"), (0.99, "99 %"), (1, "100 %")],
)
def test_hardly_any_is_not_none_and_nearly_all_not_all(share: float, said: str) -> None:
    assert percent(share) == said


def test_commands_that_show_more() -> None:
    assert again(audit()) == "supportctl audit is:unresolved"
    assert again(audit(query=None, platform="files", source="a b.ndjson")) == "supportctl audit --file 'a b.ndjson'"
    for_auditors = rule(persona="auditor")
    assert again_for(audit(query="status:open tag:x"), for_auditors) == (
        "supportctl audit 'status:open tag:x' --rule OWN201"
    )


def test_the_whole_in_a_sentence() -> None:
    assert headline(audit()) == "3 findings (2 high, 1 medium) in 20 tickets"
    assert headline(audit(findings=[])) == "Nothing found in 20 tickets"
    assert headline(empty()) == "No ticket was read"
    assert verdict(audit()) == "Failed: there are findings of severity medium or worse"
    assert verdict(audit(failed=False)) == "Not failed, although 3 findings of severity medium or worse stand"
    assert verdict(audit(failed=False, fail_on=Severity.HIGH, findings=[finding(1, severity=Severity.LOW)])) == (
        "Passed: nothing of severity high or worse"
    )
    assert verdict(audit(fail_on=None)) is None
    assert verdict(empty()) == "Neither passed nor failed: there was nothing to judge"
