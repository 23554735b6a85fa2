"""Records to tickets: what decides, what names, and what is unknown."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supportctl.adapters.servicenow.decode import TicketDecoder
from supportctl.adapters.servicenow.layout import Reading
from supportctl.adapters.servicenow.parts import comments_of_text, duration, sla_of
from supportctl.adapters.servicenow.types import Cell, rows_of
from supportctl.model import Kind, LinkType, Priority, Status, Ticket, Unknown

from .conftest import incident


def record(number: int = 1, **fields: object) -> dict[str, object]:
    """As ``sysparm_display_value=all`` sends it."""
    plain = incident(number)
    whole: dict[str, object] = {
        name: {"display_value": plain.get(f"{name}@", value), "value": value}
        for name, value in plain.items()
        if not name.endswith("@")
    }
    return whole | fields


def cell(value: str | None, shown: str | None = None) -> dict[str, str | None]:
    return {"value": value, "display_value": value if shown is None else shown}


def decode(*records: dict[str, object], reading: Reading | None = None, table: str | None = "incident") -> list[Ticket]:
    body = msgspec.json.encode({"result": list(records)})
    return TicketDecoder(reading, table).tickets(rows_of(body))


def test_value_decides_and_display_names() -> None:
    [ticket] = decode(
        record(
            state=cell("3", "En attente"),
            priority=cell("1", "1 - Critique"),
            opened_at={"value": "2026-02-01 23:30:00", "display_value": "02/01/2026 03:30:00 PM"},
        ),
        reading=Reading(profile="p", url="https://x.service-now.com"),
    )
    assert (ticket.status, ticket.native_status, ticket.native["state"]) == (Status.ON_HOLD, "En attente", "3")
    assert (ticket.priority, ticket.native_priority) == (Priority.P1, "1 - Critique")
    assert ticket.created_at == datetime(2026, 2, 1, 23, 30, tzinfo=UTC)
    assert "03:30" not in str(ticket)
    assert (ticket.id, ticket.key, ticket.kind, ticket.version) == (f"{1:032x}", "INC0000001", Kind.INCIDENT, "7")
    assert ticket.url == f"https://x.service-now.com/nav_to.do?uri=incident.do?sys_id={1:032x}"
    assert ticket.requester is not None
    assert (ticket.requester.name, ticket.requester.email) == ("Abel Tuter", "abel@example.com")
    assert ticket.group is not None
    assert ticket.group.name == "Service Desk"


@pytest.mark.parametrize(("said", "active"), [("true", True), ("false", False), ("", None)])
def test_whether_the_assignee_is_still_there(said: str, active: bool | None) -> None:
    [ticket] = decode(record(**{"assigned_to": cell("a" * 32, "Beth Anglin"), "assigned_to.active": cell(said)}))
    assert ticket.assignee is not None
    assert ticket.assignee.active is active
    [nobody] = decode(record(**{"assigned_to": cell(""), "assigned_to.active": cell("")}))
    assert nobody.assignee is None
    assert "assigned_to.active" not in nobody.native


def test_a_missing_key_is_hidden_and_an_empty_text_is_empty() -> None:
    empty = record(close_code=cell(""), description=cell(""), assigned_to=cell(""), resolved_at=cell(""))
    hidden = {name: value for name, value in empty.items() if name not in {"close_code", "description", "resolved_at"}}
    [first, second] = decode(empty, hidden)
    assert first.closure_code is first.description is first.resolved_at is None
    assert not {"closure_code", "description", "resolved_at", "assignee"} & first.unknown.keys()
    for name in ("closure_code", "description", "resolved_at"):
        assert second.unknown[name] is Unknown.HIDDEN
    assert first != second


@pytest.mark.parametrize("name", [name for name in incident(1) if not name.endswith("@") and "." not in name])
def test_no_field_is_the_same_absent_and_empty(name: str) -> None:
    if name in {"sys_id", "number", "sys_class_name"}:
        return
    empty = record(**{name: cell("")})
    absent = {key: value for key, value in empty.items() if key != name}
    assert decode(empty) != decode(absent)


def test_what_was_not_asked_for_is_not_hidden() -> None:
    row = {name: value for name, value in record().items() if name != "due_date"}
    [ticket] = decode(row, reading=Reading(requested={"sys_id", "number"}))
    assert ticket.unknown["due_at"] is Unknown.NOT_FETCHED
    assert ticket.unknown["tags"] is Unknown.NOT_FETCHED
    [problem] = decode(row | {"sys_class_name": cell("problem", "Problem")})
    assert problem.unknown["requester"] is Unknown.ABSENT


def test_the_empty_choice_is_null_to_people() -> None:
    [ticket] = decode(
        record(subcategory={"display_value": None, "value": ""}, contact_type={"display_value": None, "value": ""})
    )
    assert ticket.subcategory is None
    assert ticket.channel is None
    assert "subcategory" not in ticket.unknown


def test_unknown_dates_are_empty_and_their_word_is_not_a_date() -> None:
    shown = {"display_value": "UNKNOWN", "value": ""}
    [ticket] = decode(record(due_date=shown, sla_due=shown))
    assert ticket.due_at is None
    assert ticket.native["sla_due"] == ""


def test_an_unreadable_date_is_kept_and_unknown() -> None:
    [ticket] = decode(record(resolved_at=cell("31.12.2026 noon")))
    assert ticket.resolved_at is None
    assert ticket.unknown["resolved_at"] is Unknown.ABSENT
    assert ticket.native["resolved_at"] == "31.12.2026 noon"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1970-01-22 21:46:21", 1892781), ("1970-01-01 00:00:00", 0), ("", None), ("7937181", 7937181), ("22 Days", None)],
)
def test_durations_count_from_the_epoch(text: str, seconds: int | None) -> None:
    assert duration(text) == seconds


@pytest.mark.parametrize(
    ("table", "state", "status"),
    [
        ("incident", "1", Status.NEW),
        ("incident", "2", Status.OPEN),
        ("incident", "6", Status.RESOLVED),
        ("incident", "7", Status.CLOSED),
        ("incident", "8", Status.CANCELLED),
        ("problem", "101", Status.NEW),
        ("problem", "107", Status.CLOSED),
        ("sc_task", "-5", Status.ON_HOLD),
        ("sc_task", "3", Status.CLOSED),
        ("change_request", "-5", Status.NEW),
    ],
)
def test_states_by_table(table: str, state: str, status: Status) -> None:
    [ticket] = decode(record(sys_class_name=cell(table), state=cell(state, "Irgendwas")), table="task")
    assert ticket.status is status
    assert ticket.native_kind == table


def test_waiting_for_the_caller_is_pending() -> None:
    waiting = record(state=cell("3", "On Hold"), hold_reason=cell("1", "Awaiting Caller"))
    assert decode(waiting)[0].status is Status.PENDING
    assert decode(waiting | {"hold_reason": cell("4")})[0].status is Status.ON_HOLD
    assert decode(waiting, reading=Reading(statuses={"3": "on_hold"}))[0].status is Status.ON_HOLD


def test_a_state_of_the_instances_own_follows_activity_or_the_profile() -> None:
    own = record(state=cell("42", "Sent to vendor"))
    assert decode(own)[0].status is Status.OPEN
    assert decode(own | {"active": cell("false")})[0].status is Status.CLOSED
    unseen = {name: value for name, value in own.items() if name != "active"}
    assert decode(unseen)[0].unknown["status"] is Unknown.ABSENT
    assert decode(own, reading=Reading(statuses={"incident.42": "on_hold"}))[0].status is Status.ON_HOLD
    by_label = Reading(statuses={"sent to vendor": "on_hold"}, labels={"incident": {"42": "Sent to vendor"}})
    assert decode(own, reading=by_label)[0].status is Status.ON_HOLD


def test_a_priority_of_the_instances_own() -> None:
    own = record(priority=cell("9", "Someday"))
    assert decode(own)[0].unknown["priority"] is Unknown.ABSENT
    assert decode(own, reading=Reading(priorities={"9": "p5"}))[0].priority is Priority.P5
    assert "priority" not in decode(record(priority=cell("")))[0].unknown


def test_links_have_numbers_for_keys() -> None:
    [ticket] = decode(record(parent_incident=cell("f" * 32, "INC0000099"), problem_id=cell("e" * 32, "PRB0000007")))
    assert [(link.type, link.key, link.id) for link in ticket.links] == [
        (LinkType.PARENT, "INC0000099", "f" * 32),
        (LinkType.PROBLEM, "PRB0000007", "e" * 32),
    ]


def test_custom_fields_keep_value_and_label() -> None:
    [ticket] = decode(
        record(u_site=cell("12", "Oslo"), u_note=cell("plain"), u_none=cell("")),
        reading=Reading(names={"u_site": "Site"}),
    )
    assert {field.id: field.value for field in ticket.custom} == {
        "u_site": {"value": "12", "display_value": "Oslo"},
        "u_note": "plain",
        "u_none": None,
    }
    assert ticket.custom[0].name == "Site"


def test_display_only_answers_leave_codes_unknown() -> None:
    body = msgspec.json.encode(
        {"result": {"number": "INC1", "state": "New", "priority": "1 - Critical", "opened_at": "01/02/2026",
                    "caller_id": {"display_value": "Abel", "link": "https://x/api/now/table/sys_user/abc"}}}
    )  # fmt: skip
    [ticket] = TicketDecoder().tickets(rows_of(body))
    assert ticket.status is None
    assert ticket.unknown["status"] is ticket.unknown["priority"] is ticket.unknown["created_at"] is Unknown.ABSENT
    assert (ticket.native_status, ticket.native_priority) == ("New", "1 - Critical")
    assert ticket.requester is not None
    assert (ticket.requester.id, ticket.requester.name) == ("abc", "Abel")


def test_journal_text_of_the_form_is_read_without_its_times() -> None:
    text = (
        "2026-02-02 08:00:00 - Beth Anglin (Work notes)\nsecond [code]<b>bold</b>[/code]\n\n"
        "2026-02-01 17:00:00 - Abel Tuter (Additional comments)\nfirst\nline two\n\n"
    )
    first, second = comments_of_text("x", text)
    assert (first.body, first.public, first.created_at) == ("first\nline two", True, None)
    assert (second.body, second.public) == ("second bold", False)
    assert first.author is not None
    assert first.author.name == "Abel Tuter"
    assert comments_of_text("x", "") == []


NAMES = st.sampled_from(sorted(record())) | st.from_regex(r"u_[a-z]{1,8}", fullmatch=True)
CELL = (
    st.none()
    | st.text(max_size=30)
    | st.fixed_dictionaries(
        {}, optional={"value": st.none() | st.text(max_size=30), "display_value": st.none() | st.text(max_size=30)}
    )
)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.dictionaries(NAMES, CELL, max_size=12), max_size=3))
def test_any_record_decodes(rows: list[dict[str, object]]) -> None:
    body = msgspec.json.encode({"result": rows})
    tickets = TicketDecoder(table="incident").tickets(rows_of(body))
    assert len(tickets) == len(rows)
    msgspec.json.decode(msgspec.json.encode(tickets), type=list[Ticket])


@pytest.mark.parametrize(
    "name", ["duration", "business_duration", "has_breached", "start_time", "stage", "task", "u_any"]
)
@pytest.mark.parametrize(
    "cell", [Cell(), Cell(value=None), Cell(display_value=None), Cell(value=""), Cell(value=["x"])]
)
def test_a_clock_with_an_odd_field_can_still_be_printed(name: str, cell: Cell) -> None:
    row = {"sys_id": Cell(value="a" * 32), "task": Cell(value="b" * 32), "sla": Cell(value="c" * 32), name: cell}
    assert msgspec.json.encode(sla_of(row)[1])
