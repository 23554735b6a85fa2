"""What holds of every writer: whom it refuses, what it never sends, whose comments it takes for its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import msgspec
import pytest

from supportctl.adapters import reading
from supportctl.adapters.base import Selection
from supportctl.adapters.reading import Reading
from supportctl.adapters.writing import AssignWish, CommentWish, FieldWish, StatusWish, Step, TagWish, Wish
from supportctl.changes.work import mark
from supportctl.errors import PermissionDeniedError, SupportctlError, UsageError
from supportctl.model import Applied, Conflict, Failed, NewComment, Skipped, Status, Ticket, Unchanged
from tests.conformance.desk import MINUTE, WHOLE, Desk, Said
from tests.conformance.kinds import KINDS, NOTE, TAG, code_of, problem_of, resolving, wish_of, workable

if TYPE_CHECKING:
    from supportctl.model import Change

pytestmark = pytest.mark.slow

TEXTS = {
    "Japanese": "ご連絡ありがとうございます。端末を交換しました。\n山田",
    "HTML": "Press <b>Start</b> & wait; then \"R&D\" <script>alert('x')</script> &amp; done.",
    "lines": "First line\nsecond line\n\nA new paragraph:\n  - one\n  - two",
    "marks": "*stars* _lines_ {code}x{code} [a|b] # not a heading | h1. nor this {{ twice }} \\ back",
    "right to left": "تم إصلاح الجهاز. שלום 😀 e\u0301",
    "10,000 characters": "Die Kasse läuft wieder. " * 416 + "Nun ist es gut.",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=list(TEXTS))
def test_a_comment_reads_back_as_it_was_written(desk: Desk, text: str) -> None:
    (ticket,) = workable(desk, 1)
    text = text[: desk.adapter.capabilities.comment_limit].rstrip()
    desk.comment([ticket.key], text)
    assert desk.said(ticket)[-1] == Said(False, text)
    with desk.subject.open(desk.sandbox, desk.clock) as somebody:
        read = somebody.comments([ticket])[ticket.id][-1]
    assert read.public is False
    if str(desk.subject) == "jira-dc" and text == TEXTS["marks"]:
        # Data Center's comments are wiki text, and are read without its marks.
        assert "not a heading" in read.body
    else:
        assert read.body == text


@pytest.mark.parametrize("public", [True, False], ids=["public", "internal"])
def test_who_may_read_a_comment_is_what_was_planned(desk: Desk, public: bool) -> None:
    (ticket,) = workable(desk, 1)
    before = desk.said(ticket)
    desk.comment([ticket.key], "Who reads this?", public=public)
    assert desk.said(ticket) == [*before, Said(public, "Who reads this?")]


CUSTOMER = ("gwen.aldous@saltmarsh-marina.example", "sandbox-jira-customer")


def test_a_customer_sees_the_answer_and_never_the_note(desk: Desk) -> None:
    """Jira Cloud's sample company has an account of a customer; the other platforms have none."""
    if str(desk.subject) != "jsm":
        assert str(desk.subject) in ("zendesk", "jira-dc", "servicenow")
        return
    with httpx.Client(base_url=desk.sandbox.url, auth=CUSTOMER, headers={"X-Sandbox-Bypass": "1"}) as customer:
        own = customer.get("/rest/servicedeskapi/request", params={"limit": 50}).json()["values"]
        tickets = [each for each in desk.read([each["issueKey"] for each in own]) if not each.done]
        ticket = tickets[0]
        desk.comment([ticket.key], "Your till runs again.", public=True)
        desk.comment([ticket.key], "It was switched off.", public=False)
        seen = [each.text for each in desk.said(ticket, customer)]
    assert "Your till runs again." in seen
    assert "It was switched off." not in seen
    assert {"Your till runs again.", "It was switched off."} <= {each.text for each in desk.said(ticket)}


UNKNOWN: dict[str, Wish] = {
    "person": AssignWish(assignee="nobody@nowhere.example"),
    "group": AssignWish(group="No such group"),
    "field": FieldWish(field="No such field", value="x"),
    "status": StatusWish(goal=Status.OPEN, native="No such status"),
    "code": StatusWish(goal=Status.RESOLVED, closure_code="No such code"),
    "priority": FieldWish(field="priority", value="p17"),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_the_instance_does_not_have_is_named_before_anything_is_sent(desk: Desk, name: str) -> None:
    tickets = workable(desk, 2)
    wish = UNKNOWN[name]
    if name == "code":
        wish = msgspec.structs.replace(resolving(desk, tickets), closure_code="No such code")
    before = desk.writes()
    keys = [ticket.key for ticket in tickets]
    if name == "group" and desk.subject.platform == "jsm":
        # Jira lists no choices for a field of groups: it refuses when asked, and nothing is claimed to be done.
        report = desk.apply(desk.plan(keys, wish).changes)
        assert all(isinstance(each, Failed) and each.error for each in report.outcomes.values()), report.outcomes
        return
    with pytest.raises(UsageError) as told:
        desk.plan(keys, wish)
    assert desk.writes() == before
    assert "nothing was changed" in told.value.message
    said = f"{told.value.message} {told.value.hint}"
    assert told.value.hint
    assert all(ticket.title not in said for ticket in tickets)


def test_a_closed_ticket_is_left_alone_where_closed_is_final(desk: Desk) -> None:
    """In planning, and when it was closed after the plan was made."""
    first, second, other = workable(desk, 3)
    capabilities = desk.adapter.capabilities
    stale = desk.plan([first.key], FieldWish(field="title", value="Too late")).changes
    talk = desk.plan([first.key], CommentWish(public=False), comments=[NOTE]).changes
    if not capabilities.closed_is_final:
        assert capabilities.reopens_closed
        return
    if desk.subject.platform == "servicenow":
        desk.do([first.key], resolving(desk, [first]))
    wish = StatusWish(goal=Status.CLOSED, closure_code=None)
    desk.do([first.key], wish)
    before = desk.facts(first), desk.said(first)
    problem = problem_of(desk)
    for kind in sorted(capabilities.writes - {"merge"}):
        try:
            plan = desk.plan(
                [first.key], wish_of(kind, desk, [first], other, problem), comments=[NOTE] if kind == "comment" else []
            )
        except UsageError as error:
            assert "nothing was changed" in error.message
            continue
        assert plan.changes == [], kind
        assert all(reason for _, reason in plan.skipped)
    for changes in (stale, talk):
        (outcome,) = desk.apply(changes).outcomes.values()
        assert isinstance(outcome, Failed | Conflict | Skipped), outcome
    assert (desk.facts(first), desk.said(first)) == before
    assert desk.facts(second).title == second.title


@pytest.mark.parametrize("kind", KINDS[:-1])
def test_a_restricted_account_never_claims_what_did_not_happen(desk: Desk, kind: str) -> None:
    """What it says was done, an administrator sees; what it does not say, an administrator does not see."""
    with desk.subject.open(desk.sandbox, desk.clock, desk.subject.limited) as limited:
        bound = Desk(desk.subject, desk.sandbox, limited, desk.clock, desk.journal.path.parent / "limited")
        try:
            check_honest(desk, bound, kind)
        finally:
            bound.close()


def check_honest(desk: Desk, bound: Desk, kind: str) -> None:
    visible = {ticket.id for ticket in Reading(bound.adapter, Selection(now=desk.clock.now()), frozenset())}
    tickets = [each for each in workable(desk, 25) if each.id in visible][:3]
    assert len(tickets) > 1
    *some, other = tickets
    keys = [ticket.key for ticket in some]
    before = {ticket.key: (desk.facts(ticket), desk.said(ticket), links(desk, ticket)) for ticket in some}
    wish = wish_of(kind, desk, some, other, problem_of(desk))
    try:
        plan = bound.plan(keys, wish, comments=[NOTE] if kind == "comment" else [])
        report = bound.apply(plan.changes)
    except (UsageError, PermissionDeniedError) as error:
        assert error.message
        outcomes: dict[str, object] = {}
    else:
        assert all(reason for _, reason in plan.skipped)
        outcomes = dict(report.outcomes)
        assert report.stopped_by is None or isinstance(report.stopped_by, SupportctlError)
    for ticket in some:
        after = (desk.facts(ticket), desk.said(ticket), links(desk, ticket))
        done = isinstance(outcomes.get(ticket.key), Applied)
        assert (after != before[ticket.key]) is done, (kind, outcomes.get(ticket.key))
        outcome = outcomes.get(ticket.key)
        if isinstance(outcome, Failed):
            assert outcome.error
    if desk.subject.platform == "servicenow":
        assert not any(isinstance(each, Applied | Unchanged) for each in outcomes.values())


def links(desk: Desk, ticket: Ticket) -> set[tuple[str, str]]:
    (now,) = desk.read([ticket.key], WHOLE)
    return {(link.type.value, link.key) for link in now.links}


def step_of(desk: Desk, change: Change, plan: str) -> Step:
    (ticket,) = reading.get(desk.adapter, [change.key]).tickets
    return Step(
        change=change,
        number=0,
        actions=desk.adapter.divide(change)[0],
        op=mark(plan, change.id, 0),
        version=ticket.version,
        as_of=ticket.updated_at,
    )


def sight_of(desk: Desk, step: Step) -> bool | None:
    tickets = {each.id: each for each in reading.get(desk.adapter, [step.change.key]).tickets}
    return desk.adapter.look([step], tickets)[step.id].there


@pytest.mark.parametrize("public", [True, False], ids=["public", "internal"])
def test_the_same_words_of_an_earlier_step_are_never_taken_for_this_one(desk: Desk, public: bool) -> None:
    (ticket,) = workable(desk, 1)
    said = [NewComment(body="Seen by the night shift.", public=public)]
    first = desk.plan([ticket.key], CommentWish(public=public), comments=said).changes[0]
    desk.clock.sleep(MINUTE)
    step = step_of(desk, first, "first")
    assert sight_of(desk, step) is False
    assert isinstance(desk.adapter.submit([step]).outcomes.get(ticket.id), Applied)
    assert sight_of(desk, step) is True
    desk.clock.sleep(MINUTE)
    second = desk.plan([ticket.key], CommentWish(public=public), comments=said).changes[0]
    later = step_of(desk, second, "second")
    assert sight_of(desk, later) is False
    # Somebody changes the ticket meanwhile: the comment of the first step is still not the second's. ServiceNow, whose
    # times are whole seconds and whose comments bear no mark, may then not be able to tell.
    desk.clock.sleep(MINUTE)
    desk.subject.touch(desk.api, ticket.id, "meanwhile")
    assert sight_of(desk, later) in ((False, None) if desk.subject.platform == "servicenow" else (False,))
    desk.clock.sleep(MINUTE)
    again = step_of(desk, second, "second")
    desk.clock.sleep(MINUTE)
    assert isinstance(desk.adapter.submit([again]).outcomes.get(ticket.id), Applied)
    assert sight_of(desk, again) is True
    assert [each.text for each in desk.said(ticket)].count(said[0].body) == 2


def test_a_comment_and_a_tag_in_one_plan_go_together(desk: Desk) -> None:
    """Every ticket gets each once, in however many steps the platform takes."""
    tickets = workable(desk, 4)
    report = desk.do(
        [ticket.key for ticket in tickets], TagWish(add=[TAG]), CommentWish(public=False), AssignWish(assignee="me"),
        resolving(desk, tickets), comments=[NOTE],
    )  # fmt: skip
    assert report.repeats == 0
    for ticket in tickets:
        assert [each.text for each in desk.said(ticket)].count(NOTE.body) == 1
        assert TAG in desk.facts(ticket).tags
    assert code_of(desk) is None or all(each.closure_code for each in desk.read([each.key for each in tickets]))
