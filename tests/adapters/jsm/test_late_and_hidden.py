"""The adapter on a Jira that is as late and as secretive as the real one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from supportctl.adapters.base import LISTING, Need, Selection
from supportctl.adapters.jsm import platform, site
from supportctl.adapters.jsm.adapter import JiraAdapter, create
from supportctl.adapters.reading import Reading, get
from supportctl.adapters.writing import TagWish
from supportctl.changes.making import make_changes
from supportctl.config import Auth, Profile
from supportctl.model import Applied, Failed, Unknown
from supportctl.query import parse
from supportctl.sandbox.conditions import Conditions
from supportctl.wire import Transport
from supportctl.wire.auth import basic
from tests.adapters.jsm.steps import apply, not_in_effect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fixtures.sandbox import Sandbox

ADMIN = ("ops@harborlight.example", "sandbox-jira-token")
ASSET = "customfield_10056"


def connect(sandbox: Sandbox, **changes: Any) -> JiraAdapter:
    auth = Auth(kind="api_token", user=ADMIN[0])
    profile = Profile(**{"name": "demo", "platform": "jsm", "url": sandbox.url, "auth": auth, **changes})
    transport = Transport(
        sandbox.url, auth=basic(*ADMIN), classify=platform.classify, published_limits=platform.PUBLISHED_LIMITS
    )
    return create(profile, transport, sandbox.store.now)


@pytest.fixture
def adapter(sandbox: Sandbox) -> Iterator[JiraAdapter]:
    sandbox.store.conditions = Conditions(search_lag=300)
    opened = connect(sandbox)
    yield opened
    opened.close()


@pytest.fixture
def api(sandbox: Sandbox) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=sandbox.url, auth=ADMIN) as client:
        yield client


def listed(adapter: JiraAdapter, sandbox: Sandbox, query: str) -> Reading:
    now = sandbox.store.now()
    return Reading(adapter, Selection(now=now, query=parse(query, now=now)), LISTING)


def tag(adapter: JiraAdapter, sandbox: Sandbox, number: int) -> list[str]:
    tickets = list(Reading(adapter, Selection(now=sandbox.store.now()), LISTING, limit=number))
    changes = make_changes(adapter, tickets, [TagWish(add=["fresh"])]).changes
    assert set(apply(adapter, changes).values()) == {Applied()}
    assert not_in_effect(adapter, changes) == {}
    return sorted(ticket.key for ticket in tickets)


def test_what_was_just_changed_is_found_although_the_index_lags(adapter: JiraAdapter, sandbox: Sandbox) -> None:
    keys = tag(adapter, sandbox, 5)
    found = listed(adapter, sandbox, "tag:fresh")
    assert sorted(ticket.key for ticket in found) == keys
    assert "SEARCH_LAG" not in {notice.code for notice in found.notices}
    other = connect(sandbox)
    assert list(listed(other, sandbox, "tag:fresh")) == []
    other.close()


def test_more_changes_than_a_search_can_be_told_of_are_named(
    adapter: JiraAdapter, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site, "RECONCILE", 3)
    tag(adapter, sandbox, 5)
    found = listed(adapter, sandbox, "tag:fresh")
    assert len(list(found)) == 3
    assert [notice.message for notice in found.notices if notice.code == "SEARCH_LAG"] == [
        "5 issues were changed just now, and Jira's search may show 2 of them as they were before, for minutes"
    ]


def test_fields_out_of_their_context_are_unknown_and_not_empty(sandbox: Sandbox) -> None:
    adapter = connect(sandbox, fields={"component": ASSET})
    tickets = list(Reading(adapter, Selection(now=sandbox.store.now()), frozenset({*LISTING, Need.CUSTOM})))
    adapter.close()
    inside = [ticket for ticket in tickets if ticket.native_kind and "System" in ticket.native_kind]
    outside = [ticket for ticket in tickets if ticket not in inside]
    assert inside
    assert outside
    assert all(ticket.knows("component") for ticket in inside)
    assert all(ticket.unknown.get("component") is Unknown.ABSENT for ticket in outside)
    assert not any(field.id == ASSET for ticket in outside for field in ticket.custom)


def test_archived_issues_are_read_by_key_and_cannot_be_tagged(
    adapter: JiraAdapter, sandbox: Sandbox, api: httpx.Client
) -> None:
    sandbox.store.conditions = Conditions()
    ticket = next(iter(Reading(adapter, Selection(now=sandbox.store.now()), LISTING, limit=1)))
    api.put("/rest/api/3/issue/archive", json={"issueIdsOrKeys": [ticket.key]}).raise_for_status()
    assert ticket.key not in {each.key for each in Reading(adapter, Selection(now=sandbox.store.now()), LISTING)}
    assert [each.key for each in get(adapter, [ticket.key]).tickets] == [ticket.key]
    outcome = apply(adapter, make_changes(adapter, [ticket], [TagWish(add=["late"])]).changes)[ticket.id]
    assert isinstance(outcome, Failed)
    assert "archived" in outcome.error


def test_a_moved_issue_is_found_by_its_old_key(adapter: JiraAdapter, sandbox: Sandbox, api: httpx.Client) -> None:
    mapping = {"HILFE,10001": {"issueIdsOrKeys": ["SUP-1"], "inferStatusDefaults": True}}
    api.post("/rest/api/3/bulk/issues/move", json={"targetToSourcesMapping": mapping}).raise_for_status()
    found = get(adapter, ["SUP-1"])
    assert found.missing == []
    assert found.tickets[0].key.startswith("HILFE-")
    assert found.tickets[0].native["former_keys"] == ["SUP-1"]
