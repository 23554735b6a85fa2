from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import respx

from supportctl.adapters.zendesk import platform
from supportctl.adapters.zendesk.adapter import ZendeskAdapter, create
from supportctl.config import Auth, Profile
from supportctl.wire import Transport
from supportctl.wire.auth import zendesk_api_token

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

SITE = "https://acme.zendesk.com"
API = "/api/v2"


def make_profile(**changes: Any) -> Profile:
    auth = Auth(kind="api_token", user="ops@acme.example")
    return Profile(**{"name": "acme", "platform": "zendesk", "url": SITE, "auth": auth} | changes)


def ticket(number: int, **changes: Any) -> dict[str, Any]:
    """A ticket as Zendesk sends it, with every key the documentation names."""
    return {
        "url": f"{SITE}/api/v2/tickets/{number}.json",
        "id": number,
        "external_id": None,
        "via": {"channel": "web", "source": {"from": {}, "to": {}, "rel": None}},
        "created_at": "2026-02-01T08:00:00Z",
        "updated_at": "2026-02-20T09:30:00Z",
        "generated_timestamp": 1771579800,
        "type": "incident",
        "subject": f"Ticket {number}",
        "raw_subject": f"Ticket {number}",
        "description": "It does not work.",
        "priority": "high",
        "status": "open",
        "recipient": None,
        "requester_id": 11,
        "submitter_id": 11,
        "assignee_id": 21,
        "organization_id": 31,
        "group_id": 41,
        "collaborator_ids": [],
        "follower_ids": [],
        "email_cc_ids": [],
        "forum_topic_id": None,
        "problem_id": None,
        "has_incidents": False,
        "is_public": True,
        "due_at": None,
        "tags": ["vpn"],
        "custom_fields": [{"id": 501, "value": "network"}, {"id": 502, "value": None}],
        "satisfaction_rating": None,
        "sharing_agreement_ids": [],
        "fields": [{"id": 501, "value": "network"}, {"id": 502, "value": None}],
        "followup_ids": [],
        "ticket_form_id": 1,
        "brand_id": 2,
        "allow_channelback": False,
        "allow_attachments": True,
        "from_messaging_channel": False,
    } | changes


@pytest.fixture
def zendesk() -> Iterator[respx.MockRouter]:
    """Answers that the account's user is an administrator, and nothing else unasked."""
    with respx.mock(base_url=SITE, assert_all_called=False) as router:
        user = {"id": 21, "role": "admin", "ticket_restriction": None}
        router.get(f"{API}/users/me.json").respond(json={"user": user})
        yield router


@pytest.fixture
def adapter_for(now: datetime) -> Iterator[Callable[..., ZendeskAdapter]]:
    """An adapter on a real transport; keyword arguments go to the profile."""
    opened: list[ZendeskAdapter] = []

    def build(**changes: Any) -> ZendeskAdapter:
        profile = make_profile(**changes)
        transport = Transport(
            profile.url,
            auth=zendesk_api_token("ops@acme.example", "s3cr3t"),
            attachment_hosts=platform.ATTACHMENT_HOSTS,
            classify=platform.classify,
            published_limits=platform.PUBLISHED_LIMITS,
            max_attempts=1,
        )
        opened.append(create(profile, transport, lambda: now))
        return opened[-1]

    yield build
    for adapter in opened:
        adapter.close()


@pytest.fixture
def adapter(adapter_for: Callable[..., ZendeskAdapter]) -> ZendeskAdapter:
    return adapter_for()
