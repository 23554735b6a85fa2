"""Every rule against its cases, on the shapes of all platforms."""

import inspect
import pickle
import pkgutil
import re
from collections.abc import Sequence

import msgspec
import pytest

import supportctl.audit.rules as package
from supportctl.audit import RULES, QueueRule, TicketRule
from supportctl.audit.docs import SECTIONS, page, sections, summary
from supportctl.audit.rule import QueueFault
from supportctl.audit.scope import is_noise
from supportctl.audit.verdict import Faulty
from supportctl.model import DONE, Platform, Status, Ticket, Unknown
from tests.audit.cases import FOLDER, PLATFORMS, Case, QueueCase, load, load_queue, word

TICKET_RULES = [rule for rule in RULES if isinstance(rule, TicketRule)]
CASES = [case for rule in TICKET_RULES for case in load(rule.code)]
BY_RULE = {rule.code: [case for case in CASES if case.rule is rule] for rule in TICKET_RULES}
GUARD = "QUE901"
"""The engine speaks to it: its cases are in ``test_engine.py``."""
QUEUE_RULES = [rule for rule in RULES if isinstance(rule, QueueRule) and rule.code != GUARD]
QUEUE_CASES = [case for rule in QUEUE_RULES for case in load_queue(rule.code)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_case(case: Case) -> None:
    verdict = case.rule.check(case.ticket, case.context)
    assert word(verdict) == case.verdict
    if isinstance(verdict, Faulty):
        assert len(verdict.faults) == case.faults
        assert all(fault.message and fault.evidence for fault in verdict.faults)


@pytest.mark.parametrize("rule", TICKET_RULES, ids=lambda rule: rule.code)
def test_who_is_not_asked_has_nothing_to_say(rule: TicketRule) -> None:
    """The engine leaves rules out by status and for noise; they would have said that the ticket is outside."""
    for case in BY_RULE[rule.code]:
        if not (case.rule.hears_noise is False or case.rule.speaks_of != frozenset(Status)):
            continue
        ending = {"resolved_at": case.context.now, "closed_at": case.context.now}
        for status in Status:
            as_if = msgspec.structs.replace(case.ticket, status=status, **(ending if status in DONE else {}))
            for tags in (as_if.tags, [*as_if.tags, "spam"]):
                ticket = msgspec.structs.replace(as_if, tags=tags, unknown=without(as_if.unknown, "status", "tags"))
                noise = is_noise(ticket, case.context)
                if status not in case.rule.speaks_of or (noise and not case.rule.hears_noise):
                    assert word(case.rule.check(ticket, case.context)) == "outside"


def without(unknown: dict[str, Unknown], *fields: str) -> dict[str, Unknown]:
    return {field: why for field, why in unknown.items() if field not in fields}


@pytest.mark.parametrize("case", [case for case in CASES if case.fixed is not None], ids=lambda case: case.id)
def test_fixed(case: Case) -> None:
    assert case.fixed is not None
    assert word(case.rule.check(case.fixed, case.context)) == case.fixed_verdict


def faults(case: QueueCase, tickets: list[Ticket], cut: int | None = None) -> list[QueueFault]:
    """What the rule says of these tickets; with ``cut``, watched in two parts as side by side runs do."""
    watch = case.rule.start(case.context)
    for ticket in tickets[:cut]:
        watch.see(ticket)
    if cut is not None:
        rest = case.rule.start(case.context)
        for ticket in tickets[cut:]:
            rest.see(ticket)
        watch = pickle.loads(pickle.dumps(watch))
        watch.merge(pickle.loads(pickle.dumps(rest)))
    found = list(watch.finish())
    assert watch.eligible >= len({each.ticket.id if each.ticket else each.fault.seen for each in found})
    return found


@pytest.mark.parametrize("case", QUEUE_CASES, ids=lambda case: case.id)
def test_queue_case(case: QueueCase) -> None:
    for cut in (None, len(case.tickets) // 2):
        found = faults(case, case.tickets, cut)
        assert len(found) == case.findings
        assert all(each.fault.message and each.fault.evidence for each in found)
        if case.about is not None:
            assert sorted(int(each.ticket.id) - 1000 for each in found if each.ticket) == sorted(case.about)
        told = msgspec.json.encode(found).decode()
        texts = {text for ticket in case.tickets for text in (ticket.title, ticket.description) if text}
        assert not [piece for text in texts for piece in re.findall(r"[\w!&/+-]{9,}", text) if piece in told]


@pytest.mark.parametrize("case", [case for case in QUEUE_CASES if case.fixed is not None], ids=lambda case: case.id)
def test_fixed_queue(case: QueueCase) -> None:
    assert case.fixed is not None
    assert faults(case, case.fixed) == []


@pytest.mark.parametrize("rule", TICKET_RULES, ids=lambda rule: rule.code)
def test_no_finding_hangs_on_an_unknown_field(rule: TicketRule) -> None:
    for case in BY_RULE[rule.code]:
        if case.kind != "bad":
            continue
        for field in case.rule.fields:
            hidden = msgspec.structs.replace(case.ticket, unknown=case.ticket.unknown | {field: Unknown.HIDDEN})
            if case.context.settings.closure_field and field == "closure_code":
                continue
            assert not isinstance(case.rule.check(hidden, case.context), Faulty), field


@pytest.mark.parametrize("rule", TICKET_RULES, ids=lambda rule: rule.code)
def test_findings_quote_no_ticket_text(rule: TicketRule) -> None:
    for case in BY_RULE[rule.code]:
        if case.verdict != "faulty":
            continue
        verdict = case.rule.check(case.ticket, case.context)
        assert isinstance(verdict, Faulty)
        told = msgspec.json.encode(verdict).decode()
        texts = [case.ticket.title, case.ticket.description, *(comment.body for comment in case.ticket.comments)]
        words = {piece for text in texts if text for piece in re.findall(r"[\w!&/+-]{9,}", text)}
        assert not [piece for piece in words if piece in told and piece != "-----BEGIN"]


@pytest.mark.parametrize("rule", [*TICKET_RULES, *QUEUE_RULES], ids=lambda rule: rule.code)
def test_cases_are_enough(rule: TicketRule | QueueRule) -> None:
    """Bad, good and fixed on every platform the rule applies to, and at least three traps."""
    cases: Sequence[Case | QueueCase] = load(rule.code) if isinstance(rule, TicketRule) else load_queue(rule.code)
    shapes = {platform for platform in PLATFORMS if Platform(platform) in rule.platforms}
    assert {case.platform for case in cases if case.kind == "bad"} == shapes
    assert {case.platform for case in cases if case.fixed is not None} == shapes
    assert {case.platform for case in cases if case.kind == "good"} == shapes
    assert len({case.name for case in cases if case.kind == "trap"}) >= 3


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
    assert {path.stem for path in FOLDER.glob("*.yaml")} == {rule.code for rule in [*TICKET_RULES, *QUEUE_RULES]}
