"""Every rule against its cases, on the shapes of all platforms."""

import inspect
import pkgutil
import re

import msgspec
import pytest

import supportctl.audit.rules as package
from supportctl.audit import RULES, QueueRule, TicketRule
from supportctl.audit.docs import SECTIONS, page, sections, summary
from supportctl.audit.verdict import Faulty
from supportctl.model import Unknown
from tests.audit.cases import FOLDER, PLATFORMS, Case, load, word

TICKET_RULES = [rule for rule in RULES if isinstance(rule, TicketRule)]
CASES = [case for rule in TICKET_RULES for case in load(rule.code)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_case(case: Case) -> None:
    verdict = case.rule.check(case.ticket, case.context)
    assert word(verdict) == case.verdict
    if isinstance(verdict, Faulty):
        assert len(verdict.faults) == case.faults
        assert all(fault.message and fault.evidence for fault in verdict.faults)


@pytest.mark.parametrize("case", [case for case in CASES if case.kind == "bad"], ids=lambda case: case.id)
def test_no_finding_hangs_on_an_unknown_field(case: Case) -> None:
    for field in case.rule.fields:
        hidden = msgspec.structs.replace(case.ticket, unknown=case.ticket.unknown | {field: Unknown.HIDDEN})
        if case.context.settings.closure_field and field == "closure_code":
            continue
        assert not isinstance(case.rule.check(hidden, case.context), Faulty), field


@pytest.mark.parametrize("case", [case for case in CASES if case.verdict == "faulty"], ids=lambda case: case.id)
def test_findings_quote_no_ticket_text(case: Case) -> None:
    verdict = case.rule.check(case.ticket, case.context)
    assert isinstance(verdict, Faulty)
    told = msgspec.json.encode(verdict).decode()
    texts = [case.ticket.title, case.ticket.description, *(comment.body for comment in case.ticket.comments)]
    words = {piece for text in texts if text for piece in re.findall(r"[\w!&/+-]{9,}", text)}
    assert not [piece for piece in words if piece in told and piece != "-----BEGIN"]


@pytest.mark.parametrize("rule", TICKET_RULES, ids=lambda rule: rule.code)
def test_cases_are_enough(rule: TicketRule) -> None:
    cases = load(rule.code)
    assert {case.platform for case in cases if case.kind == "bad"} == set(PLATFORMS)
    assert len({case.name for case in cases if case.kind == "trap"}) >= 3
    assert any(case.kind == "good" for case in cases)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_documentation(rule: TicketRule | QueueRule) -> None:
    found = sections(rule)
    assert tuple(found) == SECTIONS
    assert all(found.values())
    assert page(rule).startswith(f"# {rule.code} {rule.name}\n\n{summary(rule)}.")
    assert "    " not in page(rule)


def test_every_module_is_registered_and_named_after_its_rule() -> None:
    modules = {module.name for module in pkgutil.iter_modules(package.__path__)}
    registered = {inspect.getmodule(type(rule)).__name__.rpartition(".")[2] for rule in RULES}  # type: ignore[union-attr]
    assert modules == registered
    for rule in RULES:
        module = type(rule).__module__.rpartition(".")[2]
        assert module == f"{rule.code.lower()}_{rule.name.replace('-', '_')}"
        assert re.fullmatch(r"[A-Z]{3}[0-9]{3}", rule.code)


def test_names_are_unique_and_case_files_belong_to_rules() -> None:
    names = [name for rule in RULES for name in (rule.code, rule.name, *rule.aliases)]
    assert len(names) == len(set(names))
    assert {path.stem for path in FOLDER.glob("*.toml")} == {rule.code for rule in TICKET_RULES}
