"""Who we are, what the account allows, and attachments without credentials."""

from __future__ import annotations

import io
from datetime import timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import respx

from supportctl.adapters.base import Need, Selection
from supportctl.config import Auth
from supportctl.errors import AuthError, ConfigError, NotFoundError, RefusedError
from supportctl.model import Attachment, Status
from supportctl.query import parse

from .conftest import API, SITE, ticket

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from supportctl.adapters.base import Check
    from supportctl.adapters.zendesk.adapter import ZendeskAdapter


def me(router: respx.MockRouter, **user: Any) -> None:
    router.get(f"{API}/users/me.json").mock(return_value=httpx.Response(200, json={"user": user}))


def listing(router: respx.MockRouter, now: datetime, status: int = 200) -> None:
    headers = {"date": format_datetime(now, usegmt=True), "x-rate-limit": "700"}
    router.get(f"{API}/tickets.json").mock(return_value=httpx.Response(status, json={"tickets": []}, headers=headers))


def lines(adapter: ZendeskAdapter) -> dict[str, Check]:
    return {check.name: check for check in adapter.check()}


def test_the_anonymous_user_is_nobody(zendesk: respx.MockRouter, adapter: ZendeskAdapter) -> None:
    """Whether what lies behind is open to all or not."""
    me(zendesk, id=None, name="Anonymous user", role="end-user")
    tickets = zendesk.get("/api/v2/tickets.json", params={"page[size]": 1})
    tickets.respond(401, json={"error": "Couldn't authenticate you"})
    with pytest.raises(AuthError, match="401"):
        adapter.check()
    tickets.respond(json={"tickets": []})
    with pytest.raises(AuthError, match="anonymous"):
        adapter.check()


def test_a_good_account(zendesk: respx.MockRouter, adapter: ZendeskAdapter, now: datetime) -> None:
    me(zendesk, id=5, role="admin")
    listing(zendesk, now)
    found = lines(adapter)
    assert all(check.ok for check in found.values())
    assert "Enterprise" in found["rate limit"].detail
    assert found["credentials"].hint


def test_an_end_user_a_wrong_clock_and_a_forbidden_list(
    zendesk: respx.MockRouter, adapter: ZendeskAdapter, now: datetime
) -> None:
    me(zendesk, id=5, role="end-user")
    listing(zendesk, now - timedelta(minutes=5))
    found = lines(adapter)
    assert found["role"].ok is False
    assert found["clock"].ok is False
    assert "300 s ahead" in found["clock"].detail
    listing(zendesk, now, status=403)
    assert lines(adapter)["tickets"].ok is False


@pytest.mark.parametrize(
    ("scopes", "writes", "ok"),
    [
        (["read"], False, True),
        (["read"], True, False),
        (["read", "write"], True, True),
        (["tickets:read"], False, True),
        (["users:read"], False, False),
        ([], False, False),
    ],
)
def test_token_scopes(
    scopes: list[str], writes: bool, ok: bool, zendesk: respx.MockRouter,
    adapter_for: Callable[..., ZendeskAdapter], now: datetime,
) -> None:  # fmt: skip
    me(zendesk, id=5, role="agent")
    listing(zendesk, now)
    token = httpx.Response(200, json={"token": {"scopes": scopes}})
    zendesk.get(f"{API}/oauth/tokens/current.json").mock(return_value=token)
    assert lines(adapter_for(auth=Auth(kind="oauth"), writes=writes))["token scopes"].ok is ok


def fields(router: respx.MockRouter) -> respx.Route:
    found = [
        {
            "id": 1,
            "type": "priority",
            "title": "Priority",
            "system_field_options": [{"value": "low"}, {"value": "high"}],
        },
        {"id": 501, "type": "tagger", "title": "Root Cause", "custom_field_options": [{"name": "A", "value": "rc_a"}]},
        {"id": 502, "type": "text", "title": "Asset", "active": False},
    ]
    answer = httpx.Response(200, json={"ticket_fields": found, "meta": {"has_more": False}})
    return router.get(f"{API}/ticket_fields.json").mock(return_value=answer)


def test_vocabulary(zendesk: respx.MockRouter, adapter_for: Callable[..., ZendeskAdapter]) -> None:
    fields(zendesk)
    custom = [{"id": 9, "agent_label": "With vendor", "status_category": "hold", "active": True, "default": False}]
    zendesk.get(f"{API}/custom_statuses.json").mock(return_value=httpx.Response(200, json={"custom_statuses": custom}))
    zendesk.get(f"{API}/tags.json").mock(return_value=httpx.Response(403, json={}))
    found = adapter_for(fields={"closure_code": "root cause"}).vocabulary()
    assert found.statuses[-1] == "With vendor"
    assert found.priorities == ["low", "high"]
    assert found.closure_codes == ["rc_a"]
    assert [(field.name, field.custom) for field in found.fields] == [("Priority", False), ("Root Cause", True)]
    assert found.warnings[0].code == "vocabulary-hidden"


def test_fields_by_title_are_resolved_once(
    zendesk: respx.MockRouter, adapter_for: Callable[..., ZendeskAdapter]
) -> None:
    route = fields(zendesk)
    many = httpx.Response(200, json={"tickets": [ticket(1)]})
    zendesk.get(f"{API}/tickets/show_many.json").mock(return_value=many)
    adapter = adapter_for(fields={"category": "Root cause"})
    for _ in range(2):
        (page,) = adapter.get(["1"], frozenset({Need.CUSTOM}))
    assert page.items[0].category == "network"
    assert page.items[0].custom[0].name == "Root Cause"
    assert route.call_count == 1
    with pytest.raises(ConfigError, match="Nothing like it"):
        list(adapter_for(fields={"category": "Nothing like it"}).get(["1"], frozenset()))


@pytest.mark.parametrize("changes", [{"statuses": {"9": "gone"}}, {"priorities": {"low": "p9"}}])
def test_a_profile_that_maps_to_words_nobody_knows(
    changes: dict[str, Any], adapter_for: Callable[..., ZendeskAdapter]
) -> None:
    with pytest.raises(ConfigError, match="none of"):
        adapter_for(**changes)


def test_custom_statuses_give_labels_and_categories(
    zendesk: respx.MockRouter, adapter_for: Callable[..., ZendeskAdapter], now: datetime
) -> None:
    custom = [{"id": 9, "agent_label": "Abandoned", "status_category": "solved"}]
    zendesk.get(f"{API}/custom_statuses.json").mock(return_value=httpx.Response(200, json={"custom_statuses": custom}))
    many = httpx.Response(200, json={"tickets": [ticket(1, status="solved", custom_status_id=9)]})
    zendesk.get(f"{API}/tickets/show_many.json").mock(return_value=many)
    adapter = adapter_for(statuses={"9": "cancelled"})
    (page,) = adapter.get(["1"], frozenset())
    assert (page.items[0].status, page.items[0].native_status) == (Status.CANCELLED, "Abandoned")
    query = parse("status:cancelled", now=now)
    assert adapter.explain(Selection(now=now, query=query)).native == "status:solved status:closed"


def test_explaining_names_what_is_left(adapter: ZendeskAdapter, now: datetime) -> None:
    told = adapter.explain(Selection(now=now, query=parse("status:open -tag:vip text:vpn", now=now)))
    assert told.native == "status:open"
    assert told.left == ["-tag:vip", "text:vpn"]
    assert "search/export" in told.endpoint
    everything = adapter.explain(Selection(now=now))
    assert everything.native is None
    assert "incremental" in everything.endpoint


def test_attachments_are_fetched_from_the_content_host_without_credentials(adapter: ZendeskAdapter) -> None:
    with respx.mock() as router:
        there = "https://p1.zdusercontent.com/attachment/9?token=x"
        own = router.get(f"{SITE}/attachments/token/abc").mock(
            return_value=httpx.Response(302, headers={"location": there})
        )
        content = router.get(there).mock(return_value=httpx.Response(200, content=b"log"))
        into = io.BytesIO()
        url = f"{SITE}/attachments/token/abc?name=a.log"
        assert adapter.download(Attachment(id="1", filename="a.log", url=url), into, max_bytes=10) == 3
        assert into.getvalue() == b"log"
        assert "authorization" in own.calls[0].request.headers
        assert "authorization" not in content.calls[0].request.headers
        router.get(f"{SITE}/attachments/token/bad").mock(
            return_value=httpx.Response(302, headers={"location": "https://evil.example/x"})
        )
        with pytest.raises(RefusedError):
            adapter.download(
                Attachment(id="1", filename="a", url=f"{SITE}/attachments/token/bad"), io.BytesIO(), max_bytes=10
            )
    with pytest.raises(NotFoundError):
        adapter.download(Attachment(id="1", filename="a"), io.BytesIO(), max_bytes=10)
