"""The Reader on an instance: what it asks, what it makes of the answers, what it says it could not see."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from supportctl.adapters.base import LISTING, Need, Selection
from supportctl.adapters.reading import Reading, get
from supportctl.errors import NotFoundError, PermissionDeniedError, QueryError, UsageError
from supportctl.model import LinkType, Role, Ticket, Unknown
from supportctl.query import parse

from .conftest import URL, adapter_on, incident

if TYPE_CHECKING:
    from supportctl.adapters.servicenow.adapter import ServiceNowAdapter

    from .instance import Instance

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CALLER = "c" * 32
AGENT = "b" * 32


def select(text: str | None = None, **more: Any) -> Selection:
    return Selection(now=NOW, query=None if text is None else parse(text, now=NOW), **more)


def read(adapter: ServiceNowAdapter, text: str | None = None, *needs: Need, **more: Any) -> list[Ticket]:
    return list(Reading(adapter, select(text, **more), frozenset(needs)))


def keys(tickets: list[Ticket]) -> list[str]:
    return [ticket.key for ticket in tickets]


def task(number: int, table: str, prefix: str, **fields: str) -> dict[str, str]:
    return incident(number, number=f"{prefix}{number:07d}", sys_class_name=table, **fields)


@pytest.fixture
def adapter(instance: Instance) -> ServiceNowAdapter:
    instance.add("incident", [incident(number) for number in range(1, 6)])
    instance.add("problem", [task(11, "problem", "PRB", state="101")])
    instance.add("sc_task", [task(21, "sc_task", "SCTASK", state="1")])
    for table in ("incident", "problem", "sc_task"):
        instance.add("task", instance.tables[table])
    return adapter_on(instance)


def test_every_table_in_turn_with_values_and_names(adapter: ServiceNowAdapter, instance: Instance) -> None:
    tickets = read(adapter)
    assert keys(tickets) == [*(f"INC000000{n}" for n in range(1, 6)), "PRB0000011", "SCTASK0000021"]
    for asked in instance.asked("incident"):
        assert asked["sysparm_display_value"] == "all"
        assert asked["sysparm_exclude_reference_link"] == "true"
        assert "caller_id" in asked["sysparm_fields"].split(",")


def test_resuming_after_each_page(adapter: ServiceNowAdapter) -> None:
    whole = keys(read(adapter))
    seen = 0
    for page in adapter.search(select(), frozenset()):
        seen += len(page.items)
        rest = [ticket.key for more in adapter.search(select(), frozenset(), page.cursor) for ticket in more.items]
        if page.cursor is not None:
            assert rest == whole[seen:]
    with pytest.raises(UsageError, match="cursor"):
        list(adapter.search(select(), frozenset(), "nonsense!:x"))
    with pytest.raises(UsageError, match="does not read"):
        list(adapter.search(select(), frozenset(), "change_request:"))


def test_kinds_choose_tables(adapter: ServiceNowAdapter, instance: Instance) -> None:
    assert keys(read(adapter, "kind:problem")) == ["PRB0000011"]
    assert not instance.asked("incident")
    assert read(adapter, "kind:change") == []


def test_what_the_server_would_misread_stays_here(adapter: ServiceNowAdapter, instance: Instance) -> None:
    instance.tables["incident"][2]["short_description"] = "cannot ^NQactive=true print"
    assert keys(read(adapter, 'text:"^NQactive=true"')) == ["INC0000003"]
    assert all("NQ" not in each.get("sysparm_query", "") for each in instance.asked("incident"))
    told = adapter.explain(select('text:"^NQ" kind:incident'))
    assert told.native is None
    assert told.left == ["text:^NQ"] or "text" in told.left[0]


def test_a_field_the_table_lacks_is_never_asked_for(adapter: ServiceNowAdapter, instance: Instance) -> None:
    instance.tables["sys_dictionary"] = [
        row for row in instance.tables["sys_dictionary"] if row["element"] not in {"priority", "reopen_count"}
    ]
    assert len(read(adapter, "priority:p3 kind:incident")) == 5
    assert all("priority" not in each.get("sysparm_query", "") for each in instance.asked("incident"))


def test_without_a_dictionary_a_sample_tells_the_fields(adapter: ServiceNowAdapter, instance: Instance) -> None:
    instance.closed = {"sys_dictionary"}
    assert keys(read(adapter, "priority:p3 kind:incident")) == [f"INC000000{n}" for n in range(1, 6)]
    asked = [each for each in instance.asked("incident") if "sys_id" in each.get("sysparm_fields", "")]
    assert "priorityIN3" in asked[-1]["sysparm_query"]


def test_native_queries_are_checked_field_by_field(adapter: ServiceNowAdapter, instance: Instance) -> None:
    assert keys(read(adapter, None, native="number=INC0000002^ORnumber=INC0000004^ORDERBYDESCnumber")) == [
        "INC0000002",
        "INC0000004",
    ]
    before = len(instance.asked("incident"))
    with pytest.raises(QueryError, match="'priorty'"):
        read(adapter, None, native="priorty=1")
    assert len(instance.asked("incident")) == before
    with pytest.raises(UsageError):
        adapter.count(select(native="active=true", view="x"))


def test_views_by_title_id_and_address(adapter: ServiceNowAdapter, instance: Instance) -> None:
    instance.add(
        "sys_filter",
        [
            {"sys_id": "e" * 32, "title": "Mine", "table": "incident", "filter": "number=INC0000001", "user": ""},
            {"sys_id": "8" * 32, "title": "People", "table": "sys_user", "filter": "", "user": ""},
            {"sys_id": "f" * 32, "title": "Twice", "table": "incident", "filter": "", "user": ""},
            {"sys_id": "9" * 32, "title": "Twice", "table": "incident", "filter": "", "user": ""},
        ],
    )
    assert keys(read(adapter, None, view="Mine")) == keys(read(adapter, None, view="e" * 32)) == ["INC0000001"]
    list_url = f"{URL}/now/nav/ui/classic/params/target/incident_list.do%3Fsysparm_query%3Dnumber%253DINC0000002"
    assert keys(read(adapter, None, view=f"{URL}/incident_list.do?sysparm_query=number%3DINC0000002")) == ["INC0000002"]
    assert keys(read(adapter, None, view=list_url)) == ["INC0000002"]
    assert keys(read(adapter, "key:INC0000001,INC0000002", view="e" * 32)) == ["INC0000001"]
    with pytest.raises(UsageError, match="2 saved filters"):
        read(adapter, None, view="Twice")
    with pytest.raises(UsageError, match="holds no tickets"):
        read(adapter, None, view="People")
    instance.folds = False
    with pytest.raises(NotFoundError):
        read(adapter, None, view="mine")
    with pytest.raises(UsageError):
        read(adapter, None, view="a^NQb")


def test_a_closed_table_is_named_and_the_rest_is_read(adapter: ServiceNowAdapter, instance: Instance) -> None:
    instance.closed = {"problem"}
    reading = Reading(adapter, select())
    assert "PRB0000011" not in keys(list(reading))
    assert [notice.code for notice in reading.notices] == ["table-closed"]
    instance.closed = {"incident", "problem", "sc_request", "sc_req_item", "sc_task"}
    with pytest.raises(PermissionDeniedError):
        read(adapter)


def test_counting(adapter: ServiceNowAdapter, instance: Instance) -> None:
    counted = adapter.count(select("priority:p3"))
    assert (counted.value, counted.exact) == (7, False)
    instance.closed = set()
    instance.overrides.append((lambda r: "/stats/" in r.url.path, lambda r: httpx.Response(403, json={})))
    assert adapter.count(select("kind:incident priority:p3")).value == 5


def test_explaining(adapter: ServiceNowAdapter) -> None:
    told = adapter.explain(select("kind:incident (priority:p1 or status:new) -tag:vip created:2026-02-01.."))
    assert told.native is not None
    assert told.native.startswith("incident: priorityIN1^ORstateIN1^opened_at>=2026-01-31 22:00:00^ORopened_atISEMPTY")
    assert told.left == ["-tag:vip"]
    assert any("UTC" in note for note in told.notes)
    assert any("problem is not read" in note for note in told.notes)


def test_getting_by_number_id_and_address(adapter: ServiceNowAdapter, instance: Instance) -> None:
    wanted = ["inc0000002", f"{11:032x}", f"{URL}/nav_to.do?uri=sc_task.do?sys_id={21:032x}", "INC0009999"]
    found = get(adapter, wanted, LISTING)
    assert keys(found.tickets) == ["INC0000002", "PRB0000011", "SCTASK0000021"]
    assert found.missing == ["INC0009999"]
    instance.closed = {"task"}
    assert keys(get(adapter_on(instance), [f"{11:032x}"], frozenset()).tickets) == ["PRB0000011"]


def test_a_prefix_of_the_instances_own(adapter: ServiceNowAdapter, instance: Instance) -> None:
    instance.tables["sys_number"] = [{"sys_id": "1" * 32, "prefix": "MAJ", "category": "incident"}]
    instance.tables["incident"][0]["number"] = "MAJ0000001"
    assert keys(get(adapter, ["maj0000001"], frozenset()).tickets) == ["MAJ0000001"]


def journal(number: int, ticket: int, element: str, text: str, by: str, at: str) -> dict[str, str]:
    return {"sys_id": f"{9000 + number:032x}", "element": element, "element_id": f"{ticket:032x}", "name": "incident",
            "value": text, "sys_created_by": by, "sys_created_on": at}  # fmt: skip


def test_comments_with_their_authors(adapter: ServiceNowAdapter, instance: Instance) -> None:
    instance.add(
        "sys_journal_field",
        [
            journal(3, 1, "work_notes", "[code]<p>see <b>log</b></p>[/code]", "beth", "2026-02-01 12:00:00"),
            journal(1, 1, "comments", "help", "abel.tuter", "2026-02-01 10:00:00"),
            journal(2, 1, "comments", "on it", "beth", "2026-02-01 11:00:00"),
        ],
    )
    instance.add("sys_user", [person("abel.tuter", CALLER, "Abel Tuter"), person("beth", AGENT, "Beth Anglin")])
    instance.add("sys_user_has_role", [{"sys_id": "1" * 32, "user": AGENT, "role.name": "itil"}])
    first, second = read(adapter, "key:INC0000001,INC0000002", Need.COMMENTS)
    assert [comment.body for comment in first.comments] == ["help", "on it", "see log"]
    assert [comment.public for comment in first.comments] == [True, True, False]
    assert [comment.author.role for comment in first.comments if comment.author] == [
        Role.END_USER,
        Role.AGENT,
        Role.AGENT,
    ]
    assert first.comments[1].author is not None
    assert (first.comments[1].author.name, first.comments[1].author.id) == ("Beth Anglin", AGENT)
    assert second.comments == []
    assert second.knows("comments")
    assert len(instance.asked("sys_journal_field")) == 1


def person(login: str, identity: str, name: str) -> dict[str, str]:
    return {"sys_id": identity, "user_name": login, "name": name, "email": f"{login}@example.com", "active": "true",
            "web_service_access_only": "false", "internal_integration_user": "false", "time_zone": ""}  # fmt: skip


def test_comments_when_the_journal_is_closed(adapter: ServiceNowAdapter, instance: Instance) -> None:
    instance.closed = {"sys_journal_field"}
    shown = "2026-02-01 10:00:00 - Abel Tuter (Additional comments)\nhelp\n\n"
    for row in instance.tables["incident"]:
        row["comments_and_work_notes"], row["comments_and_work_notes@"] = "", shown
    reading = Reading(adapter, select("kind:incident"), frozenset({Need.COMMENTS}))
    tickets = list(reading)
    assert [comment.body for comment in tickets[0].comments] == ["help"]
    assert tickets[0].comments[0].created_at is None
    assert "journal-closed" in {notice.code for notice in reading.notices}


def test_hidden_journal_rows_are_not_missing_replies(adapter: ServiceNowAdapter, instance: Instance) -> None:
    rows = [journal(number, number, "comments", "x", "beth", "2026-02-01 10:00:00") for number in range(1, 4)]
    instance.add("sys_journal_field", rows)
    instance.hidden = {row["sys_id"] for row in rows}
    tickets = read(adapter, "kind:incident", Need.COMMENTS)
    assert {ticket.unknown.get("comments") for ticket in tickets} == {Unknown.HIDDEN}
    instance.hidden = {rows[0]["sys_id"]}
    reading = Reading(adapter_on(instance), select("kind:incident"), frozenset({Need.COMMENTS}))
    assert {ticket.unknown.get("comments") for ticket in reading} == {Unknown.HIDDEN}
    assert "comments-partly-hidden" in {notice.code for notice in reading.notices}


def test_history_and_what_replaces_it(adapter: ServiceNowAdapter, instance: Instance) -> None:
    instance.add(
        "sys_audit",
        [
            {"sys_id": "1" * 32, "documentkey": f"{1:032x}", "tablename": "incident", "fieldname": "state",
             "oldvalue": "1", "newvalue": "2", "user": "beth", "sys_created_on": "2026-02-01 11:00:00"},
        ],
    )  # fmt: skip
    [event] = read(adapter, "key:INC0000001", Need.HISTORY)[0].history
    assert (event.field, event.before, event.after, event.native_field) == ("status", "new", "open", "state")
    instance.closed = {"sys_audit"}
    instance.add(
        "metric_instance",
        [{"sys_id": "2" * 32, "id": f"{1:032x}", "definition": "x", "field": "incident_state", "value": "Resolved",
          "start": "2026-02-02 11:00:00", "end": "", "duration": "", "calculation_complete": "false"}],
    )  # fmt: skip
    reading = Reading(adapter_on(instance), select("kind:incident"), frozenset({Need.HISTORY}))
    first, second, *_ = list(reading)
    assert [event.after for event in first.history] == ["Resolved"]
    assert second.unknown["history"] is Unknown.HIDDEN
    assert [notice.code for notice in reading.notices] == ["history-from-metrics"]
    instance.closed = {"sys_audit", "metric_instance"}
    reading = Reading(adapter_on(instance), select("kind:incident"), frozenset({Need.HISTORY}))
    assert {ticket.unknown["history"] for ticket in reading} == {Unknown.HIDDEN}
    assert [notice.code for notice in reading.notices] == ["history-hidden"]


def test_sla_clocks(adapter: ServiceNowAdapter, instance: Instance) -> None:
    instance.add(
        "task_sla",
        [{"sys_id": "1" * 32, "task": f"{1:032x}", "task@": "INC0000001", "sla": "5" * 32, "sla@": "P3 resolution",
          "sla.target": "resolution", "sla.duration": "1970-01-02 00:00:00", "stage": "in_progress",
          "has_breached": "true", "start_time": "2026-02-01 10:00:00", "end_time": "", "schedule": "6" * 32,
          "planned_end_time": "2026-02-02 10:00:00", "duration": "1970-01-03 00:00:00",
          "business_duration": "1970-01-01 08:00:00", "business_time_left": "1970-01-01 00:00:00"}],
    )  # fmt: skip
    [clock] = read(adapter, "key:INC0000001 sla:breached")[0].slas
    assert (clock.metric, clock.target, clock.elapsed, clock.breached, clock.paused) == (
        "resolution",
        86400,
        28800,
        True,
        False,
    )
    assert clock.breach_at == datetime(2026, 2, 2, 10, tzinfo=UTC)
    assert clock.native["name"] == "P3 resolution"


def test_tags_by_label_and_by_field(adapter: ServiceNowAdapter, instance: Instance) -> None:
    instance.add(
        "label", [{"sys_id": "7" * 32, "name": "Billing", "viewable_by": "everyone", "active": "true", "owner": ""}]
    )
    instance.add("label_entry", [{"sys_id": "8" * 32, "label": "7" * 32, "label.name": "Billing", "table": "incident",
                                  "table_key": f"{2:032x}"}])  # fmt: skip
    tickets = read(adapter, "kind:incident", Need.TAGS)
    assert [ticket.tags for ticket in tickets] == [[], ["Billing"], [], [], []]
    assert all(ticket.knows("tags") for ticket in tickets)
    assert f"sys_tags.{'7' * 32}={'7' * 32}" in (adapter.explain(select("kind:incident tag:billing")).native or "")
    assert keys(read(adapter, "tag:nobody")) == []
    instance.closed = {"label_entry"}
    reading = Reading(adapter_on(instance), select("kind:incident"), frozenset({Need.TAGS}))
    assert {ticket.unknown["tags"] for ticket in reading} == {Unknown.HIDDEN}
    assert [notice.code for notice in reading.notices] == ["tags-hidden"]
    instance.tables["incident"][0]["u_tags"] = "vip, Billing,,VIP"
    [first, second, *_] = read(adapter_on(instance, tag_backend="field:u_tags"), "kind:incident")
    assert first.tags == ["vip", "Billing"]
    assert second.unknown["tags"] is Unknown.HIDDEN


def test_tags_of_a_dense_page_are_one_question(instance: Instance) -> None:
    instance.add("incident", [incident(number) for number in range(1, 91)])
    entries = [
        {
            "sys_id": f"{number:032x}",
            "label": "7" * 32,
            "label.name": "x",
            "table": "incident",
            "table_key": f"{number:032x}",
        }
        for number in range(1, 91, 2)
    ]
    instance.add("label_entry", entries)
    tickets = read(adapter_on(instance), "kind:incident", Need.TAGS)
    assert [len(ticket.tags) for ticket in tickets] == [1, 0] * 45
    assert len(instance.asked("label_entry")) == 1
    instance.add("label_entry", [dict(each, sys_id=f"{n:x}".rjust(32, "f")) for n in range(45) for each in entries])
    tickets = read(adapter_on(instance), "kind:incident", Need.TAGS)
    assert [len(ticket.tags) for ticket in tickets] == [1, 0] * 45


def test_links_that_point_here(adapter: ServiceNowAdapter, instance: Instance) -> None:
    instance.tables["incident"][0]["child_incidents"] = "1"
    instance.tables["incident"][1].update({"parent_incident": f"{1:032x}", "parent_incident@": "INC0000001"})
    instance.tables["incident"][2].update({"problem_id": f"{11:032x}", "problem_id@": "PRB0000011"})
    by_key = {ticket.key: ticket for ticket in read(adapter, None, Need.LINKS)}
    told = {key: [(link.type, link.key) for link in ticket.links] for key, ticket in by_key.items()}
    assert told["INC0000001"] == [(LinkType.CHILD, "INC0000002")]
    assert told["INC0000002"] == [(LinkType.PARENT, "INC0000001")]
    assert told["PRB0000011"] == [(LinkType.INCIDENT, "INC0000003")]
    assert by_key["INC0000001"].knows("links")


def test_attachments_and_their_content(adapter: ServiceNowAdapter, instance: Instance) -> None:
    instance.add(
        "sys_attachment",
        [{"sys_id": "4" * 32, "file_name": "../log.txt", "content_type": "text/plain", "size_bytes": "5",
          "table_name": "incident", "table_sys_id": f"{1:032x}", "download_link": "https://evil.example/x",
          "sys_created_by": "beth", "sys_created_on": "2026-02-01 10:00:00", "state": "available"}],
    )  # fmt: skip
    [attachment] = read(adapter, "key:INC0000001", Need.ATTACHMENTS)[0].attachments
    assert (attachment.filename, attachment.size) == ("../log.txt", 5)
    instance.overrides.append(
        (lambda r: r.url.path.endswith(f"/{'4' * 32}/file"), lambda r: httpx.Response(200, content=b"hello"))
    )
    into = io.BytesIO()
    assert adapter.download(attachment, into, max_bytes=10) == 5
    assert into.getvalue() == b"hello"
    assert {request[1].split("/")[1] for request in instance.requests} == {"api"}


def test_custom_fields_by_name(adapter: ServiceNowAdapter, instance: Instance) -> None:
    from .conftest import dictionary_row

    instance.add("sys_dictionary", [dictionary_row(990, "incident", "u_site") | {"column_label": "Site"}])
    for row in instance.tables["incident"]:
        row["u_site"] = "Oslo" if row["number"].endswith("3") else ""
    node = parse("site:oslo", now=NOW, custom_fields=("Site",))
    tickets = list(Reading(adapter, Selection(now=NOW, query=node)))
    assert keys(tickets) == ["INC0000003"]
    assert tickets[0].custom[0].name == "Site"


def test_vocabulary(adapter: ServiceNowAdapter, instance: Instance) -> None:
    rows = [
        ("incident", "state", "1", "New"),
        ("task", "priority", "1", "1 - Critical"),
        ("incident", "close_code", "Duplicate", "Duplicate"),
    ]
    instance.add("sys_choice", [
        {"sys_id": f"{number:032x}", "name": table, "element": element, "value": value, "label": label,
         "inactive": "false", "language": "en", "dependent_value": "", "sequence": ""}
        for number, (table, element, value, label) in enumerate(rows)
    ])  # fmt: skip
    words = adapter.vocabulary()
    assert (words.statuses, words.priorities, words.closure_codes) == (["New"], ["1 - Critical"], ["Duplicate"])
    assert "duplicate_of" in words.link_types


def test_check_says_who_and_what(adapter: ServiceNowAdapter, instance: Instance) -> None:
    instance.closed = {"sys_journal_field", "problem"}
    instance.add("sys_audit", [{"sys_id": "1" * 32}])
    instance.hidden = {"1" * 32}
    lines = {line.name: line for line in adapter.check()}
    assert lines["account"].ok
    assert "integration" in lines["account"].detail
    assert lines["time zone"].detail.startswith("UTC")
    assert lines["incident"].ok
    assert lines["problem"].ok is False
    assert lines["comments (sys_journal_field)"].ok is None
    assert lines["comments (sys_journal_field)"].hint
    assert lines["history (sys_audit)"].ok is None
    assert all(line.hint for line in lines.values() if line.ok is False)


def test_nobody_is_better_than_somebody_else(instance: Instance) -> None:
    instance.add("sys_user", [person("beth", AGENT, "Beth Anglin")])
    adapter = adapter_on(instance)
    adapter.session._user = None  # an OAuth profile: the server ignores the script and answers with everybody
    assert adapter.session.me() is None
    assert adapter.session.zone is None
    assert adapter.session.lower(NOW) == "2026-03-01 10:00:00"
    assert not adapter.session.folds_case()


def test_one_client_of_the_vendor_is_not_there(adapter: ServiceNowAdapter) -> None:
    assert adapter.native() is None
    adapter.close()
