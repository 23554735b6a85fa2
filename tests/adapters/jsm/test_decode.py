"""One issue, field by field: absent is not null, null is not empty, and nothing is dropped."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportctl.adapters.jsm.decode import Decoder
from supportctl.adapters.jsm.fields import Catalogue, FieldBean, Schema
from supportctl.errors import ConfigError, UsageError
from supportctl.model import Kind, LinkType, NamedRef, Priority, Role, Status, Ticket, Unknown

from .conftest import SITE, make_profile

MIRA = {"accountId": "5b10", "displayName": "Mira", "emailAddress": "mira@acme.example", "active": True}
STATUS = {"id": "3", "name": "Arbeit läuft", "statusCategory": {"id": 4, "key": "indeterminate", "name": "In Arbeit"}}
DONE = {"id": "6", "name": "Fertig", "statusCategory": {"id": 3, "key": "done", "name": "Erledigt"}}


def issue(**fields: Any) -> bytes:
    return json.dumps({"id": "10001", "key": "SUP-1", "fields": fields}).encode()


def decode(decoder: Decoder | None = None, **fields: Any) -> Ticket:
    return (decoder or Decoder(make_profile())).issue(issue(**fields))


def custom_field(id_: str, name: str, custom: str = "x:text") -> FieldBean:
    return FieldBean(id=id_, name=name, custom=True, schema=Schema(type="any", custom=custom))


def test_a_whole_issue() -> None:
    ticket = decode(
        summary="VPN fails",
        description="cannot *connect*",
        status=STATUS,
        issuetype={"id": "1", "name": "[System] Incident", "subtask": False},
        priority={"id": "2", "name": "Hoch"},
        labels=["vpn", "VPN"],
        reporter=MIRA,
        assignee=None,
        created="2026-02-01T08:00:00.123+0100",
        updated="2026-02-02T08:00:00.000+0000",
        resolution=None,
        resolutiondate=None,
        duedate="2026-02-10",
        components=[{"id": "7", "name": "Network"}],
    )
    assert (ticket.id, ticket.key, ticket.url) == ("10001", "SUP-1", f"{SITE}/browse/SUP-1")
    assert (ticket.title, ticket.description) == ("VPN fails", "cannot connect")
    assert (ticket.status, ticket.native_status) == (Status.OPEN, "Arbeit läuft")
    assert (ticket.kind, ticket.native_kind) == (Kind.INCIDENT, "[System] Incident")
    assert (ticket.priority, ticket.native_priority) == (Priority.P2, "Hoch")
    assert ticket.tags == ["vpn", "VPN"]
    assert ticket.requester is not None
    assert (ticket.requester.id, ticket.requester.email) == ("5b10", "mira@acme.example")
    assert ticket.assignee is None
    assert ticket.knows("assignee")
    assert ticket.created_at == datetime(2026, 2, 1, 7, 0, 0, 123000, tzinfo=UTC)
    assert ticket.version == "2026-02-02T08:00:00.000+0000"
    assert ticket.resolved_at is None
    assert ticket.closure_code is None
    assert ticket.knows("closure_code")
    assert ticket.due_at == datetime(2026, 2, 10, 23, 59, 59, tzinfo=UTC)
    assert ticket.component == NamedRef(id="7", name="Network")


def test_absent_null_and_empty_are_three_things() -> None:
    absent, null, empty = decode(), decode(priority=None, labels=None), decode(labels=[], description="")
    assert absent.unknown["priority"] is Unknown.ABSENT
    assert absent.unknown["tags"] is Unknown.ABSENT
    assert null.knows("priority")
    assert null.priority is None
    assert empty.knows("tags")
    assert empty.description == ""
    assert absent.description is None
    assert absent.unknown["description"] is Unknown.ABSENT


def test_what_was_not_asked_for_is_not_fetched() -> None:
    ticket = decode(Decoder(make_profile(), asked=["summary", "labels"]), summary="x")
    assert ticket.unknown["tags"] is Unknown.ABSENT
    assert ticket.unknown["status"] is Unknown.NOT_FETCHED
    assert ticket.unknown["custom"] is Unknown.NOT_FETCHED
    assert ticket.unknown["history"] is Unknown.NOT_FETCHED
    assert ticket.unknown["group"] is Unknown.ABSENT


@pytest.mark.parametrize(
    ("category", "status"),
    [
        ({"key": "new"}, Status.NEW),
        ({"key": "indeterminate"}, Status.OPEN),
        ({"key": "done"}, Status.RESOLVED),
        ({"key": "in-flight", "id": 4}, Status.OPEN),
        ({"key": "undefined", "id": 1}, None),
        (None, None),
    ],
)
def test_status_comes_from_the_category_never_from_a_name(category: Any, status: Status | None) -> None:
    ticket = decode(status={"id": "99", "name": "Closed", "statusCategory": category})
    assert ticket.status is status
    assert ticket.knows("status") is (status is not None)
    assert ticket.native_status == "Closed"


def test_done_without_resolution_is_resolved_all_the_same() -> None:
    ticket = decode(status=DONE, resolution=None, resolutiondate=None)
    assert ticket.status is Status.RESOLVED
    assert ticket.closure_code is None


def test_statuses_and_priorities_can_be_overridden_by_id_or_name() -> None:
    profile = make_profile(statuses={"3": "on_hold", "fertig": "cancelled"}, priorities={"10400": "p1", "Egal": "p5"})
    decoder = Decoder(profile)
    assert decode(decoder, status=STATUS).status is Status.ON_HOLD
    assert decode(decoder, status=DONE).status is Status.CANCELLED
    assert decode(decoder, priority={"id": "10400", "name": "Brennt"}).priority is Priority.P1
    assert decode(decoder, priority={"id": "10401", "name": "Egal"}).priority is Priority.P5
    with pytest.raises(ConfigError, match="which is none of"):
        Decoder(make_profile(statuses={"3": "waiting"}))


def test_a_priority_nobody_ranked_is_unknown_not_unset() -> None:
    decoder = Decoder(make_profile())
    ticket = decode(decoder, priority={"id": "10400", "name": "Brennt"})
    assert ticket.priority is None
    assert ticket.unknown["priority"] is Unknown.ABSENT
    assert ticket.native_priority == "Brennt"
    assert decoder.unranked == {"Brennt"}


def test_kinds_by_shipped_names_subtasks_and_the_profile() -> None:
    decoder = Decoder(make_profile(fields={"kind.incident": "10007"}))
    assert decode(issuetype={"id": "5", "name": "Unteraufgabe", "subtask": True}).kind is Kind.TASK
    assert decode(issuetype={"id": "1", "name": "Bug", "subtask": False}).kind is Kind.OTHER
    assert decode(decoder, issuetype={"id": "10007", "name": "Störung", "subtask": False}).kind is Kind.INCIDENT
    assert decode(issuetype={"id": "9", "name": "Störung", "untranslatedName": "Incident"}).kind is Kind.INCIDENT


def test_people_without_an_address() -> None:
    customer = decode(reporter={"accountId": "qm:1", "displayName": "Ann", "active": True, "accountType": "customer"})
    assert customer.requester is not None
    assert customer.requester.email is None
    assert customer.requester.role is Role.END_USER
    server = decode(reporter={"name": "ann", "key": "JIRAUSER1", "displayName": "Ann", "active": False})
    assert server.requester is not None
    assert (server.requester.id, server.requester.active) == ("ann", False)
    assert server.requester.native == {"key": "JIRAUSER1"}


def test_both_body_formats() -> None:
    document = {
        "type": "doc",
        "version": 1,
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": "hi"}]}],
    }
    assert decode(description=document).description == "hi"
    assert "description" not in decode(description=document).native
    document["content"][0]["content"][0]["marks"] = [{"type": "strong"}]  # type: ignore[index]
    assert decode(description=document).native["description"] == document


def test_links_read_from_this_issue() -> None:
    duplicate = {"id": "10002", "name": "Duplicate", "inward": "is duplicated by", "outward": "duplicates"}
    other = {"id": "2", "key": "SUP-2", "fields": {"summary": "same", "status": DONE}}
    ticket = decode(
        issuelinks=[
            {"id": "1", "type": duplicate, "outwardIssue": other},
            {"id": "2", "type": duplicate, "inwardIssue": {**other, "key": "SUP-3"}},
            {
                "id": "3",
                "type": {"id": "9", "name": "Tests", "inward": "tested by"},
                "inwardIssue": {"id": "4", "key": "QA-4"},
            },
        ],
        parent={"id": "5", "key": "SUP-5", "fields": {}},
        subtasks=[{"id": "6", "key": "SUP-6", "fields": {"summary": "part"}}],
    )
    read = {link.key: link for link in ticket.links}
    assert read["SUP-2"].type is LinkType.DUPLICATE_OF
    assert (read["SUP-2"].title, read["SUP-2"].status) == ("same", Status.RESOLVED)
    assert read["SUP-3"].type is LinkType.DUPLICATED_BY
    assert (read["QA-4"].type, read["QA-4"].native_type) == (LinkType.RELATES, "tested by")
    assert read["SUP-5"].type is LinkType.PARENT
    assert read["SUP-6"].type is LinkType.CHILD
    assert decode().unknown["links"] is Unknown.NOT_FETCHED


def test_link_types_can_be_named_by_the_profile() -> None:
    decoder = Decoder(make_profile(fields={"duplicate_of": "Doppelt"}))
    kind = {"id": "10300", "name": "Doppelt", "inward": "wird gedoppelt von", "outward": "doppelt"}
    ticket = decode(decoder, issuelinks=[{"id": "1", "type": kind, "outwardIssue": {"id": "2", "key": "SUP-2"}}])
    assert ticket.links[0].type is LinkType.DUPLICATE_OF


CATALOGUE = Catalogue(
    [
        custom_field("customfield_1", "Time to resolution", "com.atlassian.servicedesk:sd-sla-field"),
        custom_field("customfield_2", "Anfragetyp", "com.atlassian.servicedesk:vp-origin"),
        custom_field("customfield_3", "Kunden", "com.atlassian.servicedesk:sd-customer-organizations"),
        custom_field("customfield_4", "Zufriedenheit", "com.atlassian.servicedesk:sd-request-feedback"),
        custom_field("customfield_5", "Impact"),
        custom_field("customfield_6", "Floor"),
        custom_field("customfield_7", "Floor"),
        FieldBean(id="environment", name="Environment"),
        custom_field("customfield_8", "First reply", "com.atlassian.jira.ext.charting:firstresponsedate"),
    ]
)


def cycle(**parts: Any) -> dict[str, Any]:
    return {"breached": False, "goalDuration": {"millis": 14400000, "friendly": "4h"}, **parts}


def sla(*completed: Any, **more: Any) -> dict[str, Any]:
    return {"id": "59", "name": "Time to resolution", "completedCycles": list(completed), **more}


def test_slas_of_every_state() -> None:
    stop = {"epochMillis": 1783386100376, "iso8601": "2026-07-07T10:01:40+0900", "friendly": "gestern"}
    met = cycle(startTime={"epochMillis": 1783328533432}, stopTime=stop, elapsedTime={"millis": 3700376})
    running = cycle(breached=True, paused=True, remainingTime={"millis": -60000}, withinCalendarHours=False)
    ticket = decode(Decoder(make_profile(), CATALOGUE), customfield_1=sla(met, ongoingCycle=running))
    first, second = ticket.slas
    assert (first.metric, first.id, first.target, first.elapsed) == ("Time to resolution", "59", 14400, 3700)
    assert first.stopped_at == datetime(2026, 7, 7, 1, 1, 40, 376000, tzinfo=UTC)
    assert first.breached is False
    assert (second.breached, second.paused, second.remaining, second.breach_at) == (True, True, -60, None)


def test_an_sla_not_configured_is_not_one_that_never_started() -> None:
    decoder = Decoder(make_profile(), CATALOGUE)
    assert decode(decoder, customfield_1=None).slas == []
    assert decode(decoder, customfield_1=None).knows("slas")
    (idle,) = decode(decoder, customfield_1=sla()).slas
    assert idle.native["cycle"] == "never started"
    assert idle.started_at is None
    assert decode(decoder).unknown["slas"] is Unknown.ABSENT
    assert len(decode(customfield_99=sla(cycle())).slas) == 1, "known by its shape where there is no field list"


def test_service_desk_fields_are_known_by_type_not_by_name() -> None:
    ticket = decode(
        Decoder(make_profile(), CATALOGUE),
        customfield_2={"requestType": {"id": "11", "name": "VPN"}, "_links": {"web": "https://acme.example/portal/1"}},
        customfield_3=[{"id": "1", "name": "Saltmarsh", "_links": {}}, {"id": "2", "name": "Other"}],
        customfield_4={"rating": 4},
        customfield_8="2026-02-01T08:00:00.000+0000",
    )
    named = {field.name: field.value for field in ticket.custom}
    assert named["Anfragetyp"] == {"id": "11", "name": "VPN"}
    assert ticket.native["request"]["web_url"] == "https://acme.example/portal/1"
    assert ticket.organization == NamedRef(id="1", name="Saltmarsh")
    assert len(named["Kunden"]) == 2
    assert ticket.satisfaction is not None
    assert ticket.satisfaction.score == "4"
    assert ticket.first_response_at == datetime(2026, 2, 1, 8, tzinfo=UTC)


def test_custom_fields_keep_nulls_and_names() -> None:
    ticket = decode(
        Decoder(make_profile(), CATALOGUE),
        customfield_5={"self": "https://x", "id": "1", "value": "High"},
        customfield_6=None,
    )
    by_id = {field.id: field for field in ticket.custom}
    assert (by_id["customfield_5"].name, by_id["customfield_5"].value) == ("Impact", {"id": "1", "value": "High"})
    assert by_id["customfield_6"].value is None


def test_a_profile_gives_portable_fields_a_home() -> None:
    profile = make_profile(fields={"impact": "Impact", "resolution_notes": "environment", "group": "cf[3]"})
    ticket = decode(
        Decoder(profile, CATALOGUE),
        customfield_5={"value": "High"},
        environment="rebooted",
        customfield_3=[{"id": "1", "name": "Desk"}],
    )
    assert (ticket.impact, ticket.resolution_notes, ticket.group) == ("High", "rebooted", NamedRef(id="1", name="Desk"))
    assert ticket.knows("impact")
    assert decode(Decoder(profile, CATALOGUE)).unknown["impact"] is Unknown.ABSENT
    assert decode(Decoder(profile, CATALOGUE), customfield_5=None).knows("impact")


def test_ambiguous_and_unknown_field_names_are_refused_with_their_ids() -> None:
    with pytest.raises(UsageError, match="customfield_6, customfield_7"):
        Decoder(make_profile(fields={"impact": "floor"}), CATALOGUE)
    with pytest.raises(UsageError, match="no field 'Flor'"):
        CATALOGUE.resolve("Flor", "the query")
    for spelling in ("customfield_5", "cf[5]", "CF[5]", "5", "impact"):
        assert CATALOGUE.resolve(spelling, "x") == "customfield_5"


def test_comments_embedded_in_part_are_not_fetched() -> None:
    one = {"id": "1", "body": "hi", "author": MIRA, "created": "2026-02-01T08:00:00.000+0000", "jsdPublic": False}
    whole = decode(comment={"comments": [one], "total": 1, "maxResults": 1, "startAt": 0})
    assert whole.knows("comments")
    assert whole.comments[0].public is False
    part = decode(comment={"comments": [one], "total": 7})
    assert part.unknown["comments"] is Unknown.NOT_FETCHED


def test_a_member_nobody_knows_is_kept() -> None:
    body = json.dumps({"id": 7, "key": "SUP-7", "fields": {"newField": {"a": 1}}, "brandNew": [1, 2]}).encode()
    ticket = Decoder(make_profile()).issue(body)
    assert ticket.id == "7"
    assert ticket.native["newField"] == {"a": 1}
    assert ticket.native["brandNew"] == [1, 2]
    page = Decoder(make_profile()).page(b'{"issues":[' + body + b'],"nextPageToken":"t","more":1}')
    assert page.tickets == [ticket]
    assert page.next_token == "t"


values = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.lists(st.integers(), max_size=2)
    | st.dictionaries(
        st.sampled_from(["id", "name", "key", "statusCategory", "comments", "total", "histories"]),
        st.integers() | st.text(max_size=3),
        max_size=3,
    )
)
NAMES = [
    *(
        "summary",
        "description",
        "status",
        "issuetype",
        "priority",
        "labels",
        "reporter",
        "assignee",
        "created",
        "updated",
    ),
    *("resolution", "resolutiondate", "duedate", "components", "issuelinks", "parent", "subtasks", "comment"),
    *("attachment", "customfield_1", "customfield_2", "customfield_9", "environment", "project"),
]


@given(st.dictionaries(st.sampled_from(NAMES), values, max_size=12))
def test_odd_values_are_kept_never_fatal(fields: dict[str, Any]) -> None:
    ticket = Decoder(make_profile(), CATALOGUE).issue(issue(**fields))
    for name, value in fields.items():
        if isinstance(value, str) and value and name in ("created", "updated", "duedate"):
            assert value in (ticket.version, ticket.native.get(name))
