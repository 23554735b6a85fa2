"""``audit --plan``: fixes of findings become one change per ticket, which applies and comes back like any other."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from supportctl.audit import TicketRule, configuration
from supportctl.audit.verdict import CLEAN, Fault, Faulty, Verdict
from supportctl.changes import plan as plans
from supportctl.commands import _audit_resolved
from supportctl.exits import Exit
from supportctl.model import (
    AssignFix,
    Comment,
    Confidence,
    FieldFix,
    Fix,
    LinkFix,
    LinkType,
    NoteFix,
    Person,
    Role,
    Severity,
    Status,
    StatusFix,
    TagChange,
    TagFix,
    Ticket,
)
from tests.changes.memory import EPOCH, ticket
from tests.commands.desk import Desk
from tests.commands.fakes import Result
from tests.commands.planned import reply
from tests.commands.signing_in import AUTH, sign_in
from tests.fixtures.sandbox import Sandbox

pytestmark = pytest.mark.slow

Cli = Callable[..., Result]
Connect = Callable[[object], None]
CUSTOMER = Person(id="c1", name="Cem Öz", role=Role.END_USER)
AGENT = Person(id="a1", name="Ada", role=Role.AGENT)


class Fixable(TicketRule):
    """A ticket has a fix.

    ## What it does
    Offers what the test says.
    """

    code = "TST001"
    name = "fixable"
    severity = Severity.LOW
    confidence = Confidence.HIGH

    def __init__(self, fixes: dict[str, list[tuple[Fix, ...]]]) -> None:
        self.fixes = fixes

    def check(self, ticket: Ticket, context: Any) -> Verdict:
        found = self.fixes.get(ticket.key, [])
        faults = (
            Fault(message=f"fault {n}", seen=str(n), evidence=[], fixes=fixes) for n, fixes in enumerate(found, 1)
        )
        return Faulty(tuple(faults)) if found else CLEAN


Offer = Callable[..., None]


@pytest.fixture
def offer(monkeypatch: pytest.MonkeyPatch) -> Offer:
    """The fixes findings have, by key: each a finding of its own, or several ways to clear one."""

    def offered(fixes: dict[str, list[Any]]) -> None:
        every = {key: [each if isinstance(each, tuple) else (each,) for each in some] for key, some in fixes.items()}
        resolved = msgspec.structs.replace(configuration.resolve(None), rules=(Fixable(every),))
        monkeypatch.setattr(_audit_resolved, "resolve", lambda *_arguments: resolved)

    return offered


def fix(remedy: Any, *, safe: bool = True) -> Fix:
    return Fix(title="Do it.", safe=safe, remedy=remedy)


@pytest.fixture
def desk(writable: Connect) -> Desk:
    adapter = Desk([ticket(number, ["vpn_problem"], requester=CUSTOMER) for number in range(1, 6)])
    writable(adapter)
    return adapter


@pytest.fixture
def plan(cli: Cli, tmp_path: Path) -> Callable[..., tuple[Result, dict[str, list[Any]]]]:
    """Audit, and what was planned: actions by key."""

    def made(*words: str) -> tuple[Result, dict[str, list[Any]]]:
        path = tmp_path / "fixes.plan"
        result = cli("audit", "--plan", str(path), *words)
        if not path.exists():
            return result, {}
        return result, {change.key: change.actions for change in plans.read(path).changes}

    return made


RENAME = fix(TagFix(add=["vpn"], remove=["vpn_problem"]))


def test_fixes_of_one_ticket_are_one_change(desk: Desk, offer: Offer, plan: Any) -> None:
    offer({"#1": [RENAME, fix(FieldFix(field="priority", value="p2")), fix(NoteFix(template="nudge", public=False))]})
    result, planned = plan()
    assert result.code == Exit.OK
    assert [type(action).__name__ for action in planned["#1"]] == ["TagChange", "FieldChange", "NewComment"]
    assert "Planned: fixes of 1 ticket; nothing was changed." in result.err
    assert "supportctl plan apply" in result.err
    assert desk.tickets["1"].tags == ["vpn_problem"]


def test_why_is_kept_with_the_change(desk: Desk, offer: Offer, cli: Cli, tmp_path: Path) -> None:
    offer({"#1": [RENAME, fix(FieldFix(field="priority", value="p2"))]})
    cli("audit", "status:open", "--plan", str(tmp_path / "p"))
    made = plans.read(tmp_path / "p")
    assert made.changes[0].reason == "TST001: fault 1; TST001: fault 2"
    assert (made.header.verb, made.header.query) == ("audit --plan", "status:open")


def test_unsafe_fixes_are_passed_over_unless_asked_for(desk: Desk, offer: Offer, plan: Any) -> None:
    offer({"#1": [fix(AssignFix(assignee="me"), safe=False)], "#2": [RENAME]})
    result, planned = plan()
    assert set(planned) == {"#2"}
    assert "1 finding passed over: the fix wants a person's eye (--unsafe-fixes)" in result.err


def test_with_unsafe_fixes(desk: Desk, offer: Offer, plan: Any) -> None:
    offer({"#1": [fix(FieldFix(field="priority", value="p1"), safe=False)], "#2": [(fix(
        FieldFix(field="priority", value="p1"), safe=False), RENAME)]})  # fmt: skip
    result, planned = plan("--unsafe-fixes")
    assert "passed over" not in result.err
    assert [type(action).__name__ for action in planned["#1"]] == ["FieldChange"]
    assert [type(action).__name__ for action in planned["#2"]] == ["TagChange"], "the safe one of several"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (FieldFix(field="priority", value="p1"), FieldFix(field="Priority", value="p2")),
        (TagFix(add=["vpn"]), TagFix(remove=["vpn"])),
        (AssignFix(group="Tier 1"), AssignFix(group="Tier 2")),
        (StatusFix(goal=Status.CLOSED), StatusFix(goal=Status.OPEN)),
        (LinkFix(type=LinkType.DUPLICATE_OF, key="#3"), LinkFix(type=LinkType.DUPLICATE_OF, key="#4")),
        (NoteFix(template="nudge", public=False), NoteFix(template="closure", public=False)),
    ],
    ids=lambda each: type(each).__name__,
)
def test_fixes_that_contradict_each_other_stay_out(one: Any, other: Any, desk: Desk, offer: Offer, plan: Any) -> None:
    offer({"#1": [fix(one), fix(other), fix(TagFix(add=["kept"]))], "#2": [fix(TagFix(add=["kept"]))]})
    result, planned = plan()
    assert "2 fixes left out: another one of the same ticket contradicts it" in result.err
    assert [type(action).__name__ for action in planned["#1"]] == ["TagChange"]
    assert planned["#1"] == planned["#2"]


def test_fixes_that_agree_are_done_once(desk: Desk, offer: Offer, plan: Any) -> None:
    offer({"#1": [RENAME, RENAME]})
    result, planned = plan()
    assert "left out" not in result.err
    assert len(planned["#1"]) == 1


def test_several_changes_of_tags_are_one(desk: Desk, offer: Offer, plan: Any) -> None:
    desk.tickets["1"] = msgspec.structs.replace(desk.tickets["1"], tags=["vpn_problem", "vpn-issue", "kept"])
    offer({"#1": [RENAME, fix(TagFix(add=["vpn"], remove=["vpn-issue"])), fix(TagFix(add=["mail"]))]})
    _, planned = plan()
    assert planned["#1"] == [TagChange(add=["vpn", "mail"], remove=["vpn_problem", "vpn-issue"])]


def test_links_and_statuses(desk: Desk, offer: Offer, plan: Any) -> None:
    duplicate = LinkFix(type=LinkType.DUPLICATE_OF, key="#5")
    offer({"#1": [fix(StatusFix(goal=Status.RESOLVED)), fix(duplicate)], "#5": [fix(duplicate)]})
    result, planned = plan()
    assert [type(action).__name__ for action in planned["#1"]] == ["LinkChange", "Transition"]
    assert "#5 not planned: it cannot be linked to itself" in result.err


def test_what_cannot_be_planned_is_named_and_the_rest_is(desk: Desk, offer: Offer, plan: Any) -> None:
    offer({
        "#1": [fix(FieldFix(field="colour", value="red"))],
        "#2": [fix(StatusFix(goal=Status.RESOLVED, closure_code="Nonsense"))],
        "#3": [fix(LinkFix(type=LinkType.RELATES, key="#99"))],
        "#4": [RENAME],
    })  # fmt: skip
    result, planned = plan()
    assert set(planned) == {"#4"}
    assert "#1 not planned: there is no field 'colour'" in result.err
    assert "#2 not planned: there is no resolution 'Nonsense'" in result.err
    assert "#3 not planned: #99, the ticket to link to, was not found" in result.err


def test_a_ticket_whose_customer_answered_is_not_closed_and_not_reminded(
    writable: Connect, offer: Offer, plan: Any
) -> None:
    answered = [reply(AGENT, 9), reply(CUSTOMER, 1)]
    waiting = [reply(CUSTOMER, 9), reply(AGENT, 1)]
    adapter = Desk(
        [ticket(n, requester=CUSTOMER, comments=some) for n, some in ((1, answered), (2, waiting), (3, answered))]
    )
    writable(adapter)
    close, remind = fix(StatusFix(goal=Status.RESOLVED)), fix(NoteFix(template="no-response", public=True))
    offer({"#1": [close], "#2": [close], "#3": [remind]})
    result, planned = plan()
    assert set(planned) == {"#2"}
    assert "#1, #3 not planned: the customer replied since the last answer" in result.err


def test_nobody_is_reminded_twice_in_a_row(
    writable: Connect, offer: Offer, cli: Cli, plan: Any, tmp_path: Path
) -> None:
    note = "#1 has not moved since 2026-02-01. Is there a next step, somebody to wait for, or can it be closed?"
    ours = Comment(id="9", author=AGENT, created_at=EPOCH - timedelta(days=3), body=note, public=False)
    mute = Desk([ticket(1, comments=[reply(CUSTOMER, 9), ours]), ticket(2, comments=[ours, reply(CUSTOMER, 1)])])
    writable(mute)
    remind = fix(NoteFix(template="nudge", public=False))
    offer({"#1": [remind, RENAME], "#2": [remind]})
    result, planned = plan()
    assert [type(action).__name__ for action in planned["#1"]] == ["TagChange"]
    assert "#1 not planned: the same was written already, and nobody has written since" in result.err
    assert [type(action).__name__ for action in planned["#2"]] == ["NewComment"]


def test_nothing_to_plan(desk: Desk, offer: Offer, plan: Any) -> None:
    offer({})
    result, planned = plan()
    assert planned == {}
    assert "No fix to plan; no plan was written." in result.err


def test_an_old_plan_is_not_written_over(desk: Desk, offer: Offer, cli: Cli, tmp_path: Path) -> None:
    offer({"#1": [RENAME]})
    (tmp_path / "p").write_text("old")
    result = cli("audit", "--plan", str(tmp_path / "p"))
    assert result.code == Exit.REFUSED
    assert result.out == ""
    assert (tmp_path / "p").read_text() == "old"


def test_what_a_baseline_accepts_is_not_fixed(desk: Desk, offer: Offer, cli: Cli, plan: Any, tmp_path: Path) -> None:
    offer({"#1": [RENAME]})
    cli("audit", "--write-baseline", str(tmp_path / "b.json"))
    offer({"#1": [RENAME], "#2": [RENAME]})
    _, planned = plan("--baseline", str(tmp_path / "b.json"))
    assert set(planned) == {"#2"}


@pytest.mark.parametrize("platform", tuple(AUTH))
def test_planned_applied_and_taken_back(
    platform: str, cli: Cli, sandbox: Sandbox, offer: Offer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sign_in(monkeypatch, sandbox, platform)

    def read(*keys: str) -> dict[str, dict[str, Any]]:
        result = cli("list", f"key:{','.join(keys)}", "--format", "ndjson", "--with", "comments,links")
        return {each["key"]: each for each in map(json.loads, result.out.splitlines())}

    listed = cli("list", "status:open kind:incident priority:p2..p4", "--limit", "3", "--json", "key")
    one, two, other = (each["key"] for each in json.loads(listed.out)["tickets"])
    before = read(one, two)
    offer({
        one: [
            fix(TagFix(add=["hygiene-fixed"])),
            fix(TagFix(add=["hygiene-seen"])),
            fix(FieldFix(field="priority", value="p1")),
            fix(NoteFix(template="nudge", public=False)),
        ],
        two: [fix(TagFix(add=["hygiene-fixed"])), fix(FieldFix(field="priority", value="p1"))],
    })  # fmt: skip
    path = str(tmp_path / "fixes.plan")
    audited = cli("audit", f"key:{one},{two},{other}", "--plan", path)
    assert "Planned: fixes of 2 tickets" in audited.err, audited.err
    applied = cli("plan", "apply", path, "--yes", "--format", "ndjson")
    assert applied.code == Exit.OK, applied.err
    after = read(one, two)
    for key in (one, two):
        assert "hygiene-fixed" in after[key]["tags"]
        assert after[key]["priority"] == (before[key]["priority"] if platform == "servicenow" else "p1")
    if platform == "servicenow":
        assert "not planned: the priority of incident records is worked out from impact and urgency" in audited.err
    assert "hygiene-seen" in after[one]["tags"]
    assert len(after[one]["comments"]) == len(before[one]["comments"]) + 1
    again = cli("audit", f"key:{one},{two},{other}", "--plan", str(tmp_path / "again.plan"))
    assert f"{one} not planned: the same was written already" in again.err
    assert "No fix to plan" in again.err
    run = json.loads(cli("runs", "list", "--format", "ndjson").out.splitlines()[0])["id"]
    undone = cli("undo", run, "--yes", "--format", "ndjson")
    assert undone.code in (Exit.OK, Exit.PARTIAL), undone.err
    back = read(one, two)
    for key in (one, two):
        assert back[key]["tags"] == before[key]["tags"]
        assert back[key]["priority"] == before[key]["priority"]
