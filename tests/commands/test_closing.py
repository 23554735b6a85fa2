"""``close`` through whole command lines, on a desk in memory: what it plans, does, and refuses."""

from __future__ import annotations

import pytest

from supportctl.adapters.base import Need
from supportctl.adapters.writing import StatusWish
from supportctl.exits import Exit
from supportctl.model import Link, LinkType, Person, Status, Unknown
from tests.changes.memory import ticket
from tests.commands.desk import Crowded, Desk, comments
from tests.commands.planned import AGENT, CUSTOMER, Cli, Connect, left_out, plan, reply, rows, summaries


def test_close_resolves_with_code_note_and_tag(cli: Cli, desk: Desk) -> None:
    result = plan(cli, "close", "#1", "--code", "Solved", "--note", "Done for {{ ticket.key }}", "--tag", "done")
    (row,) = rows(result)
    assert (
        row["change"]
        == "+done · comment (internal, 11 characters) · status: open → resolved · closure_code: — → Solved"
    )
    assert row["after"]["status"] == "resolved"
    assert [action["action"] for action in row["actions"]] == ["tags", "comment", "transition"]
    status = next(wish for wish in desk.wishes if isinstance(wish, StatusWish))
    assert (status.goal, status.closure_code) == (Status.RESOLVED, "Solved")
    assert cli("close", "#1", "--note", "Done for {{ ticket.key }}", "--yes").code == 0
    assert desk.tickets["1"].status is Status.RESOLVED
    assert comments(desk, "1") == [("Done for #1", False)]


def test_notes_go_to_the_field_for_them_or_become_an_internal_comment(cli: Cli, desk: Desk, writable: Connect) -> None:
    (row,) = rows(plan(cli, "close", "#1", "--notes", "Cable", "--note", "Checked"))
    assert row["after"]["comment"] == {"public": False, "body": "Cable\n\nChecked"}
    with_field = Desk([ticket(1)], closure_notes=True)
    writable(with_field)
    (row,) = rows(plan(cli, "close", "#1", "--notes", "Cable of {{ ticket.key }}"))
    assert "comment" not in row["after"]
    status = [wish for wish in with_field.wishes if isinstance(wish, StatusWish)]
    assert status[-1].notes == {"1": "Cable of #1"}


def test_tickets_already_closed_get_no_message(cli: Cli, desk: Desk) -> None:
    desk.tickets["1"] = ticket(1, status=Status.RESOLVED)
    desk.tickets["2"] = ticket(2, status=Status.CLOSED)
    result = plan(cli, "close", "#1", "#2", "#3", "--message", "Bye")
    assert list(summaries(result)) == ["#3"]
    assert "2 tickets already as wished" in result.err
    coded = plan(cli, "close", "#1", "--code", "Solved", "--note", "n")
    assert coded.code == 0
    assert rows(coded) == []


def test_a_customer_who_replied_holds_a_ticket_back(cli: Cli, desk: Desk) -> None:
    desk.tickets["1"] = ticket(1, requester=CUSTOMER, comments=[reply(AGENT, 5), reply(CUSTOMER, 2)])
    desk.tickets["2"] = ticket(2, requester=CUSTOMER, comments=[reply(CUSTOMER, 5), reply(AGENT, 2)])
    desk.tickets["3"] = ticket(3, unknown={"comments": Unknown.HIDDEN})
    result = plan(cli, "close", "#1", "#2", "#3")
    assert list(summaries(result)) == ["#2"]
    assert (
        "the customer replied since the last answer (--even-if customer-replied lifts this)" in left_out(result)["#1"]
    )
    assert "#3 is left out: whether 'customer-replied' holds cannot be told" in result.err
    assert "SECRET" not in result.err
    assert Need.COMMENTS in desk.wanted[-1]
    lifted = plan(cli, "close", "#1", "#2", "#3", "--even-if", "customer-replied")
    assert list(summaries(lifted)) == ["#1", "#2", "#3"]
    assert Need.COMMENTS not in desk.wanted[-1]
    assert cli("close", "#1", "#2", "--yes").code == Exit.PARTIAL


def test_open_children_hold_a_ticket_back(cli: Cli, desk: Desk) -> None:
    desk.tickets["1"] = ticket(1, links=[Link(type=LinkType.CHILD, key="#5", id="5")])
    desk.tickets["2"] = ticket(2, links=[Link(type=LinkType.CHILD, key="#4", id="4")])
    desk.tickets["4"] = ticket(4, status=Status.RESOLVED)
    result = plan(cli, "close", "#1", "#2")
    assert list(summaries(result)) == ["#2"]
    assert "--even-if open-children lifts this" in left_out(result)["#1"]


def test_what_the_platform_says_of_children_can_be_lifted_and_is_told(cli: Cli, desk: Desk) -> None:
    desk.tickets["1"] = ticket(1, ["parent"])
    held = plan(cli, "close", "#1")
    assert rows(held) == []
    assert "a child is open, says the platform" in held.err
    lifted = plan(cli, "close", "#1", "--even-if", "open-children")
    assert list(summaries(lifted)) == ["#1"]
    assert "a child is open, says the platform (1 ticket)" in lifted.err


def test_for_good_can_be_planned_and_needs_leave_to_be_done(cli: Cli, desk: Desk) -> None:
    planned = plan(cli, "close", "#1", "#2", "--for-good")
    assert [row["final"] for row in rows(planned)] == [["closing for good"]] * 2
    assert "cannot be undone: closing for good (2 tickets)" in planned.err
    refused = cli("close", "#1", "#2", "--for-good", "--yes")
    assert refused.code == Exit.REFUSED
    assert "--allow-irreversible" in refused.err
    assert desk.sent == []
    assert cli("close", "#1", "#2", "--for-good", "--yes", "--allow-irreversible").code == 0
    assert desk.tickets["1"].status is Status.CLOSED


def test_two_comments_are_two_where_they_can_be_sent_apart(cli: Cli, desk: Desk, writable: Connect) -> None:
    words = ("close", "#1", "--message", "Bye", "--note", "Closed by the bot", "--yes", "--allow-irreversible")
    assert cli(*words).code == 0
    assert comments(desk, "1") == [("Bye", True), ("Closed by the bot", False)]
    crowded = Crowded([ticket(1)])
    writable(crowded)
    result = cli(*words)
    assert result.code == Exit.USAGE
    assert "two" in result.err
    assert crowded.sent == []
    roomy = Crowded([ticket(1)], comments_together=True)
    writable(roomy)
    assert cli(*words).code == 0
    assert comments(roomy, "1") == [("Bye", True), ("Closed by the bot", False)]


def test_a_text_that_cannot_be_written_leaves_its_ticket_out(cli: Cli, desk: Desk) -> None:
    desk.tickets["2"] = ticket(2, requester=Person(id="c2"))
    result = plan(cli, "close", "#1", "#2", "--note", "For {{ ticket.requester.name }}")
    assert list(summaries(result)) == ["#1"]
    assert "#2 is left out: its text cannot be written: ticket.requester.name is unknown" in result.err


def test_shipped_templates_have_names(cli: Cli, desk: Desk) -> None:
    (row,) = rows(plan(cli, "close", "#1", "--message", "@resolved.ja"))
    assert row["after"]["comment"]["body"].startswith("Cem Öz 様")
    assert "resolved.de" in cli("template", "list").out
    assert "gelöst" in cli("template", "show", "resolved.de").out
    assert cli("template", "show", "resolvd").code == Exit.USAGE


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--code", "Nosuch"), "resolutions: Solved, Duplicate"),
        (("--code", " "), "--code is empty"),
        (("--message", "{{ ticket.titel }}"), "did you mean 'title'"),
        (("--message", "@nosuch"), "templates:"),
        (("--note", ""), "--note is empty"),
        (("--even-if", "tired"), "customer-replied, open-children"),
        (("--tag", "needs care"), "needs_care"),
        (("--var", "team"), "NAME=VALUE"),
    ],
)
def test_what_close_refuses(cli: Cli, desk: Desk, words: tuple[str, ...], told: str) -> None:
    result = cli("close", "#1", *words, "--yes")
    assert result.code == Exit.USAGE
    assert told in result.err
    assert desk.sent == []


def test_a_platform_without_closure_codes_says_so(cli: Cli, writable: Connect) -> None:
    writable(Desk([ticket(1)], closure_code=None))
    result = cli("close", "#1", "--code", "Solved")
    assert result.code == Exit.USAGE
    assert "--tag" in result.err
