"""Rules of packages: used when they are sound, named when they are not, and never the end of a run."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from typing import Any, ClassVar

import pytest

from supportctl.adapters.jsm.platform import CAPABILITIES as JSM
from supportctl.audit import Audit, QueueRule, Settings, TicketRule, find
from supportctl.audit.catalogue import GROUP, Catalogue, installed
from supportctl.audit.configuration import resolve
from supportctl.audit.registry import RULES
from supportctl.audit.rule import Context, QueueFault, Watch
from supportctl.audit.verdict import CLEAN, Fault, Verdict, fault
from supportctl.model import Confidence, Evidence, Persona, Platform, Severity, Ticket
from tests.audit.cases import NOW, ticket


class Sound(TicketRule):
    """A ticket is about nothing.

    ## What it does
    Reports all tickets.
    """

    code = "XYZ101"
    name = "about-nothing"
    aliases = ("XYZ100",)
    severity = Severity.LOW
    confidence = Confidence.HIGH

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        return fault("about nothing", "x", [Evidence(field="title")])


class Bare(Sound):
    code = "XYZ102"
    name = "bare"
    aliases = ()
    persona = Persona.AUDITOR


class Taken(Sound):
    code = "TIM501"
    name = "mine"
    aliases = ()


class TakenName(Sound):
    code = "XYZ103"
    name = "Stale"
    aliases = ()


class Nameless(TicketRule):
    severity = Severity.LOW

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        return CLEAN


class Failing(Sound):
    code = "XYZ104"
    name = "failing"
    aliases = ()

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        raise KeyError(ticket.title)


class FailingWatch:
    eligible = 0

    def see(self, ticket: Ticket) -> None:
        raise ValueError(ticket.title)

    def merge(self, other: Any) -> None:
        raise AssertionError

    def finish(self) -> Iterator[QueueFault]:
        yield QueueFault(platform=Platform.JSM, fault=Fault(message="m", seen="s", evidence=[]))


class FailingQueue(QueueRule):
    """A queue fails."""

    code = "XYZ105"
    name = "failing-queue"
    severity = Severity.LOW
    confidence = Confidence.LOW
    made: ClassVar[int] = 0

    def start(self, context: Context) -> Watch:
        return FailingWatch()


READY = Bare()
STUCK = Bare()
STUCK.lock = lambda: None  # type: ignore[attr-defined]
WRONG = object()


def points(*names: str) -> list[EntryPoint]:
    return [EntryPoint(name=name.lower(), value=f"{__name__}:{name}", group=GROUP) for name in names]


def test_classes_and_instances_are_rules_like_ours() -> None:
    found = installed(points("READY", "Sound"))
    assert found.skipped == ()
    assert [rule.code for rule in found.rules[len(RULES) :]] == ["XYZ101", "XYZ102"]
    assert find("xyz100", found.rules).code == "XYZ101"
    resolved = resolve(None, ruleset="standard", catalogue=found)
    assert {"XYZ101"} == {rule.code for rule in resolved.rules} - {rule.code for rule in RULES}
    run = Audit(resolve(None, rule_words=["about-nothing"], catalogue=found).rules, Settings(), JSM, NOW)
    assert [each.rule for each in run.findings([ticket("jsm", {})])] == ["XYZ101"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Taken", "its name 'tim501' is taken by a rule of supportctl"),
        ("TakenName", "its name 'stale' is taken by a rule of supportctl"),
        ("Nameless", "it has no code, name, confidence"),
        ("WRONG", "it is no rule"),
        ("STUCK", "it cannot be sent to another process"),
        ("Missing", "it cannot be loaded (AttributeError)"),
    ],
)
def test_what_cannot_be_used_is_named(name: str, reason: str) -> None:
    found = installed(points(name, "Sound"))
    (skipped,) = found.skipped
    assert skipped.rule == name.lower()
    assert reason in skipped.reason
    assert [rule.code for rule in found.rules[len(RULES) :]] == ["XYZ101"]
    assert resolve(None, catalogue=found).skipped == (skipped,)


def test_a_module_that_is_not_there() -> None:
    (skipped,) = installed([EntryPoint(name="x", value="no_such_module_xyz:Rule", group=GROUP)]).skipped
    assert skipped.reason == "it cannot be loaded (ModuleNotFoundError)"


def test_two_packages_with_one_code() -> None:
    twice = [*points("Sound"), EntryPoint(name="zweite", value=f"{__name__}:Sound", group=GROUP)]
    (skipped,) = installed(twice).skipped
    assert skipped.rule == "zweite"


def test_a_rule_that_fails_on_a_ticket_has_not_judged_it() -> None:
    found = installed(points("Failing"))
    run = Audit([found.rules[-1]], Settings(), JSM, NOW)
    assert list(run.findings([ticket("jsm", {})])) == []
    assert run.census.rules[0].unjudged == {"what the rule says (KeyError)": 1}


def test_a_rule_about_the_queue_that_fails_says_so() -> None:
    rule = installed(points("FailingQueue")).rules[-1]
    run = Audit([rule], Settings(), JSM, NOW)
    (finding,) = run.findings([ticket("jsm", {})])
    assert finding.message == "the rule failed (ValueError): what it would say of this queue is not known"
    assert isinstance(rule, QueueRule)
    context = Context(NOW, Settings(), JSM)
    one, two = rule.start(context), rule.start(context)
    two.see(ticket("jsm", {}))
    one = pickle.loads(pickle.dumps(one))
    one.merge(pickle.loads(pickle.dumps(two)))
    assert len(list(one.finish())) == 1


def test_without_packages_there_are_our_rules_only() -> None:
    assert installed([]) == Catalogue()
