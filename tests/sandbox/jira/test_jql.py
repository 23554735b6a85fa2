"""JQL on a small set of issues whose answers can be worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportctl.sandbox import jira as dialect
from supportctl.sandbox.jira.jql import JqlError, parse
from supportctl.sandbox.jira.jql_dates import moment_of

if TYPE_CHECKING:
    from supportctl.sandbox.store import Store
    from tests.sandbox.jira.conftest import Jira

DONE = {"id": "3", "name": "Done", "statusCategory": {"id": 3, "key": "done", "name": "Done"}}
TODO = {"id": "1", "name": "To Do", "statusCategory": {"id": 2, "key": "new", "name": "To Do"}}
ANN = {"accountId": "acc:ann", "displayName": "Ann Other", "emailAddress": "ann@guest.example", "active": True}


def issue(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "id": str(500 + number),
        "key": f"TST-{number}",
        "fields": {
            "project": {"id": "77", "key": "TST", "name": "Testing"},
            "issuetype": {"id": "9", "name": "Bug"},
            "summary": f"Issue {number}",
            "status": TODO,
            "resolution": None,
            "labels": [],
            "components": [],
            "created": f"2026-01-{number:02d}T10:00:00.000+0000",
            "updated": f"2026-02-{number:02d}T10:00:00.000+0000",
            **fields,
        },
    }


ISSUES = [
    issue(1, labels=["vpn", "urgent"], assignee=ANN, summary="VPN client fails"),
    issue(2, labels=["VPN"], priority={"id": "1", "name": "Highest"}, description="the printer_1 prints 100% black"),
    issue(3, labels=["urgent"], status=DONE, resolution={"id": "6", "name": "Fixed"}),
    issue(4, status=DONE, resolution=None, components=[{"id": "4", "name": "Core"}]),
    issue(5, assignee=None, priority={"id": "5", "name": "Lowest"}, duedate="2026-02-01"),
]


@pytest.fixture
def site(loaded: tuple[Store, Jira]) -> Jira:
    store, client = loaded
    assert dialect.load(store, iter(ISSUES)).loaded == 5
    return client


@pytest.mark.parametrize(
    ("jql", "numbers"),
    [
        ("project = TST", "12345"),
        ("project = Testing and project = 77", "12345"),
        ("key = TST-2", "2"),
        ("key in (TST-2, tst-4, 501)", "124"),
        ("key > TST-3", "45"),
        ("labels = vpn", "1"),
        ("labels = VPN", "2"),
        ("labels != vpn", "23"),
        ("not labels = vpn", "23"),
        ("labels not in (vpn, urgent)", "2"),
        ("labels is EMPTY", "45"),
        ("labels is not null", "123"),
        ("labels != EMPTY", "123"),
        ("component = core", "4"),
        ("component is EMPTY", "1235"),
        ("status = Done", "34"),
        ("status = 1", "125"),
        ("statusCategory != Done", "125"),
        ("statusCategory = new", "125"),
        ("resolution = Unresolved", "1245"),
        ("resolution != Unresolved", "3"),
        ("resolution is EMPTY", "1245"),
        ("resolution != Fixed", ""),
        ("assignee = 'ann@guest.example'", "1"),
        ("assignee = acc:ann", "1"),
        ('assignee = "Ann Other"', "1"),
        ("assignee != acc:ann", ""),
        ("assignee is EMPTY", "2345"),
        ("priority = Highest", "2"),
        ("priority > Lowest", "2"),
        ("priority <= Lowest", "5"),
        ("priority is not EMPTY", "25"),
        ('created >= "2026-01-03"', "345"),
        ('created < "2026-01-03 11:00" and created > "2026/01/01"', "123"),
        ('created >= "2026-01-03 10:01"', "45"),
        ("due <= 2026-02-01", "5"),
        ("due is EMPTY", "1234"),
        ("summary ~ vpn", "1"),
        ("summary ~ 'vp*'", "1"),
        ("summary !~ vpn", "2345"),
        ("text ~ 'printer_1'", "2"),
        ("text ~ '\"prints 100\"'", "2"),
        ("text ~ '\"100 prints\"'", ""),
        ("text ~ '100 prints'", "2"),
        ("description is EMPTY", "1345"),
        ("issuetype = Bug and (labels = vpn or labels = VPN)", "12"),
        ("not (labels = vpn or status = Done)", "2"),
        ("project = TST && !(status = Done)", "125"),
        ("created <= -1d", "12345"),
        ("created > now()", ""),
        ("created > startOfYear(-1)", "12345"),
    ],
)
def test_answers(site: Jira, jql: str, numbers: str) -> None:
    assert "".join(key[-1] for key in sorted(site.keys(jql))) == numbers


@pytest.mark.parametrize(
    ("jql", "numbers"),
    [
        ("project = TST ORDER BY key ASC", "12345"),
        ("project = TST ORDER BY key DESC", "54321"),
        ("project = TST ORDER BY created", "54321"),
        ("project = TST ORDER BY priority DESC, key ASC", "21345"[0] + "5134"),
        ("project = TST ORDER BY status ASC, key DESC", "43521"),
        ("project = TST ORDER BY assignee ASC, updated DESC", "54321"),
    ],
)
def test_order_survives_paging(site: Jira, jql: str, numbers: str) -> None:
    for size in (1, 2, 50):
        assert "".join(key[-1] for key in site.keys(jql, maxResults=size)) == numbers


@pytest.mark.parametrize(
    ("jql", "says"),
    [
        ("universe = 42", "Field 'universe' does not exist"),
        ("status = Nowhere", "The value 'Nowhere' does not exist for the field 'status'."),
        ("project = NIX", "The value 'NIX' does not exist for the field 'project'."),
        ("key = TST-99", "An issue with key 'TST-99' does not exist for field 'key'."),
        ("created > soon", "Date value 'soon' for field 'created' is invalid"),
        ("summary = x", "The operator '=' is not supported by the 'summary' field."),
        ("labels ~ x", "The operator '~' is not supported by the 'labels' field."),
        ("labels = ", "ended unexpectedly"),
        ("labels = a b", "Expecting either 'OR' or 'AND' but got 'b'"),
        ("labels = a or", "ended unexpectedly"),
        ("order by key", "Unbounded JQL"),
        ("", "Unbounded JQL"),
        ("labels = in", "reserved JQL word"),
        ("assignee = nobodyAtAll()", "Unable to find JQL function"),
        ("project = TST order by a, b, c, d, e, f, g, h", "at most 7"),
        ("labels = a@b", "reserved JQL character"),
    ],
)
def test_refusals_name_what_is_wrong(site: Jira, jql: str, says: str) -> None:
    answer = site.search(jql)
    assert answer.status_code == 400
    assert says in answer.json()["errorMessages"][0]


def test_dates_are_read_in_the_zone_of_who_asks(site: Jira, loaded: tuple[Store, Jira]) -> None:
    store, _ = loaded
    with store.write() as db:
        db.execute(
            "INSERT INTO jira_entity VALUES ('user', 'acc:ops', 'ops', 0, ?)",
            ('{"accountId": "acc:ops", "emailAddress": "ops@harborlight.example", "timeZone": "Asia/Tokyo"}',),
        )
    assert site.keys('created >= "2026-01-01 19:00" and created < "2026-01-01 19:01"') == ["TST-1"]
    created = site.get("/rest/api/3/issue/TST-1")["fields"]["created"]
    assert created == "2026-01-01T19:00:00.000+0900"


@given(st.text(alphabet=st.sampled_from("ab =!~<>()'\"\\,&|-1%inotdr{cf[]}"), max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parse(text)
    except JqlError as error:
        assert str(error)


@given(st.text(min_size=1, max_size=20))
def test_quoted_values_come_back(value: str) -> None:
    quoted = '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    where = parse(f"labels = {quoted}").where
    assert where is not None
    assert where.operands[0].text == value  # type: ignore[union-attr]


@given(st.integers(min_value=0, max_value=10**12), st.sampled_from("wdhm"), st.sampled_from(["", "-", "+"]))
def test_far_dates_are_moments_or_nothing(count: int, unit: str, sign: str) -> None:
    now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    moment = moment_of(f"{sign}{count}{unit}", now, UTC)
    assert moment is None or (moment <= now if sign == "-" else moment >= now)
