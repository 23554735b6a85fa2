"""Resends and alerts: one by rule."""

from datetime import timedelta

import msgspec
import pytest

from supportctl.duplicates.finder import Finder
from supportctl.duplicates.sameness import masked, without_answer
from supportctl.duplicates.suggestion import Kind
from supportctl.model import CustomField, NamedRef, Role, Ticket
from tests.duplicates.queue import START, made, person

BODY = "The payroll export stops at line 300 and the month cannot be closed."


def kinds(*tickets: Ticket) -> list[tuple[str, str, Kind]]:
    found = Finder(tickets).all(lambda ticket: True)
    return [(each.ticket.key, each.of.key, each.kind) for _, some in found for each in some if each.kind != Kind.TEXT]


def sent(number: int, title: str = "Payroll export stops", body: str = BODY, who: str = "ann", **wishes) -> Ticket:
    return made(number, title, body, requester=person(who), **wishes)


@pytest.mark.parametrize(
    "title",
    [
        "Payroll export stops",
        "Re: Payroll export stops",
        "AW: WG: payroll export stops",
        "RE[2]: Payroll export stops",
        "Payroll export stops (second mail)",
        "Reminder: Payroll export stops",
        "Erinnerung - Payroll export stops",
    ],
)
def test_the_same_text_of_the_same_person_is_a_resend(title: str) -> None:
    assert kinds(sent(1), sent(2, title)) == [("#2", "#1", Kind.RESEND)]


@pytest.mark.parametrize(
    "other",
    [
        sent(2, who="bob"),
        sent(2, body=BODY.replace("300", "301")),
        sent(2, title="Holiday export stops"),
        sent(2, hours=24 * 5),
        msgspec.structs.replace(sent(2), requester=None),
    ],
)
def test_another_person_number_matter_or_week_is_none(other: Ticket) -> None:
    assert kinds(sent(1), other) == []


FORWARDED = "{}\n\n-----Original Message-----\nFrom: x@y.example\nSubject: {}\n\n{}"
SIGNED = "Please give access to the folder.\n\nKind regards\n{}\n{}"


@pytest.mark.parametrize(
    ("title", "one", "other"),
    [
        (
            "Please handle this request",
            FORWARDED.format("Please handle this.", "printer", "The printer on floor 3 smokes."),
            FORWARDED.format("Please handle this.", "vpn", "My VPN account is locked."),
        ),
        ("Fwd: a case", FORWARDED.format(BODY * 2, "one", "Printer."), FORWARDED.format(BODY * 2, "two", "Scanner.")),
        ("Request for access please", SIGNED.format("John Miller", "Sales"), SIGNED.format("Laura Hill", "Finance")),
        ("Look here", f"{BODY}\n\n> The printer smokes.", f"{BODY}\n\n> My account is locked."),
    ],
)
def test_what_a_short_text_stands_above_must_be_the_same_too(title: str, one: str, other: str) -> None:
    assert kinds(sent(1, title, one), sent(2, title, other)) == []
    assert kinds(sent(1, title, one), sent(2, title, one)) == [("#2", "#1", Kind.RESEND)]


def form(number: int, **values: object) -> Ticket:
    return sent(number, custom=[CustomField(id=name, value=value) for name, value in values.items()])


def test_a_form_with_another_name_in_a_field_is_no_resend() -> None:
    alice, mehmet, unsaid = form(1, employee="Alice"), form(2, employee="Mehmet"), form(3, employee=None)
    assert kinds(alice, mehmet) == []
    assert kinds(alice, unsaid) == [("#3", "#1", Kind.RESEND)]
    again = form(4, employee="Alice", cause=["heat"])
    assert kinds(alice, mehmet, again) == [("#4", "#1", Kind.RESEND)]
    assert kinds(alice, again, form(5, employee="Alice", cause=["cold"])) == [("#4", "#1", Kind.RESEND)]


@pytest.mark.parametrize("place", ["component", "service"])
def test_another_component_or_service_is_no_resend(place: str) -> None:
    one, other = ({place: NamedRef(id=name)} for name in "ab")
    assert kinds(sent(1, **one), sent(2, **other)) == []
    assert kinds(sent(1, **one), sent(2)) == [("#2", "#1", Kind.RESEND)]


def test_what_an_agent_logs_twice_is_no_resend() -> None:
    calls = [made(n, "Password forgotten", BODY, requester=person("desk", Role.AGENT)) for n in range(2)]
    assert kinds(*calls) == []


@pytest.mark.parametrize(("title", "body"), [("Help", "Please help"), ("", ""), (None, None), ("Urgent", "See title")])
def test_what_says_nothing_is_no_resend(title: str | None, body: str | None) -> None:
    assert kinds(sent(1, title, body), sent(2, title, body)) == []


def test_a_mail_sent_a_third_time_leads_to_the_first() -> None:
    assert [each[1] for each in kinds(sent(1), sent(20), sent(40))] == ["#1", "#1"]


def alert(number: int, usage: int = 91, host: str = "db7", code: str = "DSK-7", **wishes) -> Ticket:
    at = START + timedelta(hours=number)
    body = f"Event 88{number:04} at {at:%Y-%m-%d %H:%M:%S}Z: {usage}% of /var used, {code}, for {number} minutes."
    return made(number, f"[ALERT] disk usage {usage}% on {host}", body, **wishes)


def test_alerts_are_the_same_but_for_times_counts_and_ids() -> None:
    assert kinds(alert(1), alert(2, 95)) == [("#2", "#1", Kind.ALERT)]


@pytest.mark.parametrize(
    "other",
    [
        alert(2, host="db8"),
        alert(2, code="DSK-8"),
        alert(60),
        alert(2, component=NamedRef(id="other", name="other")),
    ],
)
def test_another_host_error_component_or_day_is_another_alert(other: Ticket) -> None:
    assert kinds(alert(1), other) == []


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("Order #{} could not be shipped", "The order #{} could not be shipped, please contact the customer."),
        ("Payment failed for {}", "The payment failed for {}. Please contact the customer."),
        ("Transaction {} was refused", "The bank has refused transaction {} of this customer."),
    ],
)
def test_a_machine_that_names_another_order_tells_another_story(title: str, body: str) -> None:
    def told(number: int, order: int) -> Ticket:
        text = f"{body.format(order)} 2026-01-02 10:1{number}"
        return made(number, title.format(order), text, requester=person("no-reply"))

    assert kinds(told(0, 48213), told(1, 77120), told(2, 48213)) == [("#2", "#0", Kind.ALERT)]


@pytest.mark.parametrize("role", [Role.END_USER, Role.AGENT])
def test_a_person_who_writes_of_alerts_is_no_machine(role: Role) -> None:
    text = "Please raise the alert threshold of the monitoring of the shop to {}%"
    wishes = [
        made(n, "Alert threshold of the shop", text.format(80 + n), requester=person("ann", role)) for n in range(7)
    ]
    assert kinds(*wishes) == []


@pytest.mark.parametrize("name", ["no-reply", "monitoring", "zabbix", "alerts+db7"])
def test_a_mailbox_of_a_machine_is_one_whatever_its_role(name: str) -> None:
    text = "The worker of queue mail stopped and was started again after {} s"
    told = [made(n, "Queue worker stopped", text.format(n + 2), requester=person(name)) for n in range(2)]
    assert kinds(*told) == [("#1", "#0", Kind.ALERT)]


def test_people_filling_in_a_form_are_no_machine() -> None:
    form = [made(n, "Access request", "Please give me access to the finance folder", requester=person(f"p{n}"))
            for n in range(12)]  # fmt: skip
    assert kinds(*form) == []


def test_a_flood_shows_a_machine() -> None:
    flood = [made(n, "Queue worker stopped", "The worker of queue mail stopped and was started again", hours=n / 10)
             for n in range(8)]  # fmt: skip
    found = kinds(*flood)
    assert [each[0] for each in found] == ["#4", "#5", "#6", "#7"]
    assert {each[1] for each in found} == {"#0"}


def test_a_bot_needs_no_flood() -> None:
    text = "The worker of queue mail stopped and was started again"
    bots = [made(n, "Queue worker stopped", text, requester=person("bot", Role.BOT)) for n in range(2)]
    assert kinds(*bots) == [("#1", "#0", Kind.ALERT)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("at 2026-01-02T10:11:12.123Z", "at 2026-03-04 05:06"),
        ("on 3.4.2026 10:15 Uhr", "on 14.12.2026 9:05 Uhr"),
        ("Mon, 12 Mar 2026", "Tue, 3 Apr 2027"),
        ("used 91%", "used 7.5 %"),
        ("took 1,532 ms", "took 7 ms"),
        ("count: 12", "count: 1234"),
        ("event id 123", "event id 9f3-77"),
        ("request 8f14e45f-ceea-467f-9b36-1d2e3f405162", "request 0f14e45f-ceea-467f-9b36-1d2e3f40516f"),
        ("3 of 12 nodes", "4 of 9 nodes"),
        ("alert #77120 on db7", "alert #9 on db7"),
        ("[FIRING:3] queue", "[FIRING:11] queue"),
        ("Original problem ID: 4711", "Original problem ID: 4812"),
        ("load 12.5 for 5m", "load 3 for 12m"),
        ("free 5 GB", "free 12.5 GB"),
    ],
)
def test_masked(one: str, other: str) -> None:
    assert masked(one) == masked(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("error 45", "error 46"),
        ("E-4711", "E-4712"),
        ("host db7", "host db8"),
        ("ORA-00600", "ORA-00601"),
        ("terminal 17", "terminal 18"),
        ("invoice 20341", "invoice 20342"),
        ("10.0.0.1", "10.0.0.2"),
        ("HTTP 502", "HTTP 503"),
        ("exit code 137", "exit code 1"),
        ("port 8080", "port 8443"),
        ("version 5.1", "version 5.2"),
        ("order #48213 could not be shipped", "order #77120 could not be shipped"),
        ("#48213 could not be shipped", "#77120 could not be shipped"),
        ("payment failed for 48213", "payment failed for 77120"),
        ("transaction 48213 was refused", "transaction 77120 was refused"),
        ("customer id 48213", "customer id 77120"),
        ("asset id: 48213 is off", "asset id: 77120 is off"),
        ("order 48213 items missing", "order 77120 items missing"),
        ("queue 12 stands", "queue 99 stands"),
        ("job 481 failed", "job 771 failed"),
        ("invoice 2026/0815", "invoice 2026/0816"),
        ("room 12 c is cold", "room 14 c is cold"),
        ("device 8f14e45f-ceea-467f-9b36-1d2e3f405162", "device 0f14e45f-ceea-467f-9b36-1d2e3f40516f"),
        ("since 4711 is off", "since 4712 is off"),
    ],
)
def test_not_masked(one: str, other: str) -> None:
    assert masked(one) != masked(other)


@pytest.mark.parametrize(
    ("title", "bare"), [("Re: a", "a"), ("AW: WG: a", "a"), ("a", "a"), ("Re:", ""), ("Refund: a", "Refund: a")]
)
def test_answers(title: str, bare: str) -> None:
    assert without_answer(title) == bare


@pytest.mark.parametrize("name", ["Urgency", "Channel", "Resolution notes", "Priorität", "u_root_cause"])
def test_how_a_ticket_is_worked_on_makes_no_other_text_of_it(name: str) -> None:
    one, other = (sent(n, custom=[CustomField(id="f1", name=name, value=f"value {n}")]) for n in (1, 2))
    assert kinds(one, other) == [("#2", "#1", Kind.RESEND)]
    one, other = (sent(n, custom=[CustomField(id="f1", name="Employee", value=f"value {n}")]) for n in (1, 2))
    assert kinds(one, other) == []
