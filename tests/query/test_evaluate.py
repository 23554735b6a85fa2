from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from supportctl.model import (
    CustomField,
    Link,
    LinkType,
    NamedRef,
    Person,
    Platform,
    Priority,
    Sla,
    Status,
    Ticket,
    Unknown,
)
from supportctl.query import evaluate, parse

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def ticket(**fields: Any) -> Ticket:
    defaults: dict[str, Any] = {
        "platform": Platform.JSM,
        "profile": "p",
        "id": "10001",
        "key": "SUP-1",
        "status": Status.OPEN,
        "title": "VPN drops",
        "description": "since Tuesday",
        "created_at": NOW - timedelta(days=7),
        "updated_at": NOW - timedelta(hours=3),
    }
    return Ticket(**(defaults | fields))


def hidden(*names: str, **fields: Any) -> Ticket:
    return ticket(unknown=dict.fromkeys(names, Unknown.HIDDEN), **fields)


ann = Person(id="7", name="Ann Lée", email="Ann@Example.com")
stopped = NOW - timedelta(hours=1)


@pytest.mark.parametrize(
    ("query", "subject", "expected"),
    [
        ("status:open", ticket(), True),
        ("status:open", ticket(status=Status.NEW), False),
        ("is:unresolved", ticket(status=Status.NEW), True),
        ("status:open", hidden("status", status=None), None),
        ("-status:open", hidden("status", status=None), None),
        ("tag:Billing", ticket(tags=["billing"]), True),
        ("tag:none", ticket(), True),
        ("tag:none", hidden("tags"), None),
        ("-tag:vip", hidden("tags"), None),
        ("-tag:vip", ticket(), True),
        ("priority:p1..p2", ticket(priority=Priority.P2), True),
        ("priority:none", ticket(), True),
        ("age>7d", ticket(), False),
        ("age>=7d", ticket(), True),
        ("age<=7d", ticket(), True),
        ("age<7d", ticket(), False),
        ("idle>2h", ticket(), True),
        ("age>1d", ticket(created_at=None), False),
        ("age>1d", hidden("created_at", created_at=None), None),
        ("text:vpn", ticket(), True),
        ('text:"TUESDAY"', ticket(), True),
        ('text:"straße"', ticket(title="STRASSE gesperrt"), True),
        ('text:"cafe\u0301"', ticket(title="Caf\u00e9 WLAN"), True),
        ("text:vpn", hidden("description", description=None), True),
        ("text:wifi", hidden("description", description=None), None),
        ("text:wifi", ticket(description=None), False),
        ('requester:"ann lée"', ticket(requester=ann), True),
        ("requester:ann@example.com", ticket(requester=ann), True),
        ("requester:7", ticket(requester=ann), True),
        ("requester:bob", ticket(requester=ann), False),
        ("requester:bob", ticket(requester=Person(id="8")), None),
        ("requester:b@c.d", ticket(requester=Person(id="8", name="Bob")), None),
        ("requester:none", ticket(), True),
        ('group:"tier 1"', ticket(group=NamedRef(id="1", name="Tier 1")), True),
        ('group:"tier 1"', ticket(group=NamedRef(id="1")), None),
        ("group:1", ticket(group=NamedRef(id="1")), True),
        ("link:none", ticket(), True),
        ("link:none", hidden("links"), None),
        ("link:duplicate_of", ticket(links=[Link(type=LinkType.DUPLICATE_OF, key="SUP-2")]), True),
        ("sla:breached", ticket(slas=[Sla(metric="a", breached=False), Sla(metric="b", breached=True)]), True),
        ("sla:breached", ticket(slas=[Sla(metric="a", breached=False), Sla(metric="b")]), None),
        ("sla:breached", ticket(slas=[Sla(metric="a", remaining=-1)]), True),
        ("sla:breached", ticket(), False),
        ("sla:none", ticket(), True),
        ("sla:met", ticket(slas=[Sla(metric="a", breached=False, stopped_at=stopped)]), True),
        ("sla:met", ticket(slas=[Sla(metric="a", breached=True, stopped_at=stopped)]), False),
        ("sla:running", ticket(slas=[Sla(metric="a", paused=False)]), True),
        ("sla:running", ticket(slas=[Sla(metric="a", paused=True)]), False),
        ("sla:paused", ticket(slas=[Sla(metric="a", paused=True)]), True),
        ("created:2026-02-23", ticket(), True),
        ("created:2026-02-23..2026-02-23", ticket(created_at=datetime(2026, 2, 23, 23, 59, 59, tzinfo=UTC)), True),
        ("created:..2026-02-22", ticket(), False),
        ("due:none", ticket(), True),
        ("reopens:2..", ticket(reopens=2), True),
        ("reopens:0", ticket(reopens=None), False),
        ("key:sup-1,SUP-9", ticket(), True),
        ("key:12", ticket(key="#12"), True),
        ("key:#12", ticket(key="#12"), True),
        (
            '"Root cause":billing',
            ticket(custom=[CustomField(id="customfield_10010", name="Root Cause", value="Billing")]),
            True,
        ),
        ("cf[10010]:billing", ticket(custom=[CustomField(id="customfield_10010", value={"value": "Billing"})]), True),
        ("customfield_10010:a", ticket(custom=[CustomField(id="customfield_10010", value=["a", "b"])]), True),
        ("360001:true", ticket(custom=[CustomField(id="360001", value=True)]), True),
        ("360001:none", ticket(custom=[CustomField(id="360001")]), True),
        ("360001:3", ticket(custom=[CustomField(id="360001", value=3.0)]), True),
        ("360001>=3", ticket(custom=[CustomField(id="360001", value="4")]), True),
        ("360001:2026-01-01..2026-01-31", ticket(custom=[CustomField(id="360001", value="2026-01-31")]), True),
        (
            "360001:2026-01..2026-01",
            ticket(custom=[CustomField(id="360001", value="2026-01-31T23:00:00.000-0500")]),
            False,
        ),
        ("360001:none", ticket(), None),
        ('"Root cause":x', hidden("custom"), None),
    ],
)
def test_conditions(query: str, subject: Ticket, expected: bool | None) -> None:
    assert evaluate(parse(query, now=NOW), subject, NOW) is expected


def test_unknown_does_not_hide_a_decision() -> None:
    subject = hidden("tags")
    assert evaluate(parse("tag:a status:new", now=NOW), subject, NOW) is False
    assert evaluate(parse("tag:a or status:open", now=NOW), subject, NOW) is True
    assert evaluate(parse("tag:a status:open", now=NOW), subject, NOW) is None
    assert evaluate(parse("-(tag:a status:open)", now=NOW), subject, NOW) is None
