"""Zendesk's JSON objects, as they are stored: without ``url``, which depends on how the caller names the host."""

import html
from datetime import datetime
from typing import Any

from supportctl.sandbox.zendesk import names
from supportctl.sandbox.zendesk.configuration import CUSTOM_FIELDS, DEFAULT_STATUS

VIA_API = {"channel": "api", "source": {"from": {}, "to": {}, "rel": None}}


def via(channel: str, address: str | None = None, name: str | None = None) -> dict[str, Any]:
    """``channel``: a portable or Zendesk channel name."""
    known = {"email": "email", "portal": "web", "web": "web", "chat": "chat", "phone": "voice", "api": "api"}
    native = known.get(channel, "web")
    sender: dict[str, Any] = {"address": address, "name": name} if native == "email" and address else {}
    to: dict[str, Any] = (
        {"name": "Harborlight", "address": "support@harborlight.example"} if native == "email" and address else {}
    )
    return {"channel": native, "source": {"from": sender, "to": to, "rel": None}}


def via_rule(rule_id: int, title: str, rel: str) -> dict[str, Any]:
    """``rel``: ``trigger`` or ``automation``."""
    source = {"from": {"deleted": False, "title": title, "id": rule_id}, "to": {}, "rel": rel}
    return {"channel": "rule", "source": source}


def ticket(ticket_id: int, created: datetime, **values: Any) -> dict[str, Any]:
    """A ticket with every key Zendesk sends; ``values`` replace the defaults."""
    values.setdefault("subject", "")
    values.setdefault("status", "new")
    custom: dict[int, Any] = values.pop("custom", {})
    fields = [{"id": field, "value": custom.get(field)} for field, _, _ in CUSTOM_FIELDS]
    doc: dict[str, Any] = {
        "id": ticket_id,
        "external_id": None,
        "via": via("web"),
        "created_at": names.stamp(created),
        "updated_at": names.stamp(created),
        "generated_timestamp": names.epoch(created),
        "type": None,
        "subject": values["subject"],
        "raw_subject": values["subject"],
        "description": "",
        "priority": None,
        "status": "new",
        "recipient": None,
        "requester_id": None,
        "submitter_id": None,
        "assignee_id": None,
        "organization_id": None,
        "group_id": None,
        "collaborator_ids": [],
        "follower_ids": [],
        "email_cc_ids": [],
        "forum_topic_id": None,
        "problem_id": None,
        "has_incidents": False,
        "is_public": True,
        "due_at": None,
        "tags": [],
        "custom_fields": fields,
        "satisfaction_rating": None,
        "sharing_agreement_ids": [],
        "custom_status_id": DEFAULT_STATUS[values["status"]],
        "encoded_id": f"HARB-{ticket_id:05d}",
        "fields": fields,
        "followup_ids": [],
        "ticket_form_id": names.FORM_ID,
        "brand_id": names.BRAND_ID,
        "allow_channelback": False,
        "allow_attachments": True,
        "from_messaging_channel": False,
        "support_type": "agent",
    }
    doc.update(values)
    return doc


def to_html(text: str) -> str:
    """The ``html_body`` of a plain text: paragraphs and line breaks."""
    paragraphs = [html.escape(part, quote=False).replace("\n", "<br>") for part in text.split("\n\n")]
    inner = "".join(f'<p dir="auto">{part}</p>' for part in paragraphs)
    return f'<div class="zd-comment" dir="auto">{inner}</div>'


def comment(
    comment_id: int,
    audit_id: int,
    author: int,
    at: datetime,
    body: str,
    public: bool,
    source: dict[str, Any],
    attachments: list[dict[str, Any]] | None = None,
    html_body: str | None = None,
) -> dict[str, Any]:
    return {
        "id": comment_id,
        "type": "Comment",
        "author_id": author,
        "body": body,
        "html_body": html_body if html_body is not None else to_html(body),
        "plain_body": body,
        "public": public,
        "attachments": attachments or [],
        "audit_id": audit_id,
        "via": source,
        "created_at": names.stamp(at),
        "metadata": metadata(),
    }


def metadata() -> dict[str, Any]:
    system = {
        "client": "Mozilla/5.0 (sandbox)",
        "ip_address": "192.0.2.44",
        "location": "Oslo, 03, Norway",
        "latitude": 59.9139,
        "longitude": 10.7522,
    }
    return {"system": system, "custom": {}}


def comment_event(doc: dict[str, Any]) -> dict[str, Any]:
    """The comment as it appears among an audit's events."""
    return {key: value for key, value in doc.items() if key not in {"via", "created_at", "metadata"}}


def audit(
    audit_id: int, ticket_id: int, author: int, at: datetime, events: list[dict[str, Any]], source: dict[str, Any]
) -> dict[str, Any]:
    return {
        "id": audit_id,
        "ticket_id": ticket_id,
        "created_at": names.stamp(at),
        "author_id": author,
        "metadata": metadata(),
        "events": events,
        "via": source,
    }


def user(user_id: int, name: str, email: str | None, role: str, created: str, **values: Any) -> dict[str, Any]:
    agent = role in {"agent", "admin"}
    doc: dict[str, Any] = {
        "id": user_id,
        "name": name,
        "email": email,
        "created_at": created,
        "updated_at": created,
        "time_zone": "London",
        "iana_time_zone": "Europe/London",
        "phone": None,
        "shared_phone_number": None,
        "photo": None,
        "locale_id": 1,
        "locale": "en-US",
        "organization_id": None,
        "role": role,
        "verified": True,
        "external_id": None,
        "tags": [],
        "alias": None,
        "active": True,
        "shared": False,
        "shared_agent": False,
        "last_login_at": None,
        "two_factor_auth_enabled": None,
        "signature": None,
        "details": None,
        "notes": None,
        "role_type": {"admin": 4, "agent": 0}.get(role),
        "custom_role_id": None,
        "moderator": agent,
        "ticket_restriction": None if agent else "requested",
        "only_private_comments": False,
        "restricted_agent": not agent,
        "suspended": False,
        "default_group_id": None,
        "report_csv": role == "admin",
        "user_fields": {},
    }
    doc.update(values)
    return doc


RESTRICTIONS = {
    "mira.solberg@harborlight.example": "groups",
    "owen.tregarth@harborlight.example": "assigned",
    "nadia.haddad@harborlight.example": "organization",
}
"""Agents of the sample company who do not see every ticket (see `access`)."""


FIRST_LINE = {"mira.solberg@harborlight.example": (4, 5)}
"""Further groups, by number, of agents whose own group hands all its tickets on."""


def restriction(email: str) -> dict[str, Any]:
    """What a user document says about it."""
    found = RESTRICTIONS.get(email)
    return {} if found is None else {"ticket_restriction": found, "restricted_agent": True}


def group(group_id: int, name: str, created: str) -> dict[str, Any]:
    return {
        "id": group_id,
        "is_public": True,
        "name": name,
        "description": "",
        "default": group_id == names.GROUP + 1,
        "deleted": False,
        "created_at": created,
        "updated_at": created,
    }


def organization(organization_id: int, name: str, created: str, domains: list[str]) -> dict[str, Any]:
    return {
        "id": organization_id,
        "name": name,
        "shared_tickets": False,
        "shared_comments": False,
        "external_id": None,
        "created_at": created,
        "updated_at": created,
        "domain_names": domains,
        "details": None,
        "notes": None,
        "group_id": None,
        "tags": [],
        "organization_fields": {},
    }
