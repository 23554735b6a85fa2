"""The account's configuration: ticket fields with options, form, custom statuses, views, SLA policies, brand."""

from functools import cache
from typing import Any

from supportctl.sandbox.zendesk import form, names

CATEGORIES = {
    "devices": "Devices",
    "booking": "Booking",
    "billing": "Billing",
    "network": "Network",
    "access": "Access",
    "other": "Other",
}
SUBCATEGORIES = {
    "terminal": "Terminal",
    "printer": "Receipt printer",
    "calendar": "Calendar",
    "channel_sync": "Channel sync",
    "invoice": "Invoice",
    "refund": "Refund",
    "vpn": "VPN",
    "wifi": "Wi-Fi",
    "password": "Password",
    "permissions": "Permissions",
}
ROOT_CAUSES = {
    "solved": "Solved permanently",
    "workaround": "Workaround",
    "duplicate": "Duplicate",
    "user_error": "Handled by explanation",
    "no_fault": "No fault found",
    "not_reproducible": "Not reproducible",
    "no_response": "No response from customer",
    "spam": "Spam",
}
SERVICES = {
    "payments": "Card payments",
    "backoffice": "Back office",
    "portal": "Guest portal",
    "connect": "Connectivity",
}
LEVELS = {"1": "High", "2": "Medium", "3": "Low"}

OPTIONS: dict[int, tuple[str, dict[str, str]]] = {
    names.CATEGORY: ("cat", CATEGORIES),
    names.SUBCATEGORY: ("sub", SUBCATEGORIES),
    names.ROOT_CAUSE: ("rc", ROOT_CAUSES),
    names.IMPACT: ("impact", LEVELS),
    names.URGENCY: ("urgency", LEVELS),
    names.SERVICE: ("service", SERVICES),
}
"""Drop-downs: field id -> prefix of the option values (they double as tags) and the options."""

CUSTOM_FIELDS = (
    (names.CATEGORY, "tagger", "Category"),
    (names.SUBCATEGORY, "tagger", "Subcategory"),
    (names.ROOT_CAUSE, "tagger", "Root cause"),
    (names.NOTES, "textarea", "Resolution notes"),
    (names.IMPACT, "tagger", "Impact"),
    (names.URGENCY, "tagger", "Urgency"),
    (names.SERVICE, "tagger", "Service"),
    (names.ASSET, "text", "Asset"),
)

_SYSTEM_FIELDS = (
    ("subject", "Subject"),
    ("description", "Description"),
    ("status", "Status"),
    ("tickettype", "Type"),
    ("priority", "Priority"),
    ("group", "Group"),
    ("assignee", "Assignee"),
    ("custom_status", "Ticket status"),
)

CUSTOM_STATUSES = (
    (1, "new", "New", True),
    (2, "open", "Open", True),
    (3, "pending", "Pending", True),
    (4, "hold", "On-hold", True),
    (5, "solved", "Solved", True),
    (6, "pending", "Waiting for photo of the label", False),
    (7, "hold", "With the terminal vendor", False),
)
DEFAULT_STATUS = {category: names.STATUS + n for n, category, _, default in CUSTOM_STATUSES if default}
DEFAULT_STATUS["closed"] = DEFAULT_STATUS["solved"]
DEFAULT_STATUS["deleted"] = DEFAULT_STATUS["solved"]
STATUS_CATEGORY = {names.STATUS + n: category for n, category, _, _ in CUSTOM_STATUSES}

VIEWS = (
    (1, "Unsolved tickets", [("status", "less_than", "solved")], "updated", "desc"),
    (2, "Unassigned tickets", [("status", "less_than", "solved"), ("assignee_id", "is", "")], "created", "asc"),
    (3, "Pending tickets", [("status", "is", "pending")], "nice_id", "desc"),
    (4, "Recently solved tickets", [("status", "is", "solved")], "updated", "desc"),
    (
        5,
        "Urgent and high",
        [("status", "less_than", "solved"), ("priority", "greater_than", "normal")],
        "nice_id",
        "asc",
    ),
)

POLICY_TARGETS = {
    "first_reply_time": {"urgent": 30, "high": 60, "normal": 240, "low": 480},
    "requester_wait_time": {"urgent": 240, "high": 480, "normal": 1440, "low": 4320},
}
"""Minutes, calendar hours."""

Row = tuple[str, int, int, dict[str, Any]]


def option_value(field: int, value: str) -> str:
    """The option's value, which is a tag: ``rc_workaround``."""
    return f"{OPTIONS[field][0]}_{value}"


@cache
def option_values(field: int) -> frozenset[str]:
    """All option values of a drop-down."""
    return frozenset(option_value(field, value) for value in OPTIONS[field][1])


def _options(field: int) -> list[dict[str, Any]]:
    prefix, choices = OPTIONS[field]
    return [
        {
            "id": (field - names.FIELD) * 100 + names.FIELD + 10_000 + position,
            "name": label,
            "raw_name": label,
            "value": f"{prefix}_{value}",
            "default": False,
        }
        for position, (value, label) in enumerate(choices.items())
    ]


def _field(field: int, kind: str, title: str, position: int, created: str) -> dict[str, Any]:
    doc: dict[str, Any] = {
        "id": field,
        "type": kind,
        "title": title,
        "raw_title": title,
        "description": "",
        "raw_description": "",
        "position": position,
        "active": True,
        "required": bool({kind, title} & form.REQUIRED),
        "collapsed_for_agents": False,
        "regexp_for_validation": None,
        "title_in_portal": title,
        "raw_title_in_portal": title,
        "visible_in_portal": False,
        "editable_in_portal": False,
        "required_in_portal": False,
        "agent_can_edit": True,
        "tag": None,
        "created_at": created,
        "updated_at": created,
        "removable": field >= names.CATEGORY,
        "key": None,
        "agent_description": None,
    }
    if field in OPTIONS:
        doc["custom_field_options"] = _options(field)
    if kind == "status":
        doc["system_field_options"] = [{"name": s.title(), "value": s} for s in names.STATUSES[:5]]
    if kind == "priority":
        doc["system_field_options"] = [{"name": p.title(), "value": p} for p in names.PRIORITY_RANK]
        doc["sub_type_id"] = 0
    if kind == "tickettype":
        doc["system_field_options"] = [{"name": t.title(), "value": t} for t in names.TYPES]
    return doc


def _statuses(created: str) -> list[Row]:
    rows: list[Row] = []
    for n, category, label, default in CUSTOM_STATUSES:
        doc = {
            "id": names.STATUS + n,
            "status_category": category,
            "agent_label": label,
            "raw_agent_label": label,
            "end_user_label": label,
            "raw_end_user_label": label,
            "description": "",
            "raw_description": "",
            "end_user_description": "",
            "raw_end_user_description": "",
            "active": True,
            "default": default,
            "created_at": created,
            "updated_at": created,
        }
        rows.append(("custom_status", names.STATUS + n, n, doc))
    return rows


def _views(created: str) -> list[Row]:
    rows: list[Row] = []
    for n, title, conditions, sort, order in VIEWS:
        columns = [{"id": "subject", "title": "Subject"}, {"id": "requester", "title": "Requester"}]
        doc = {
            "id": names.VIEW + n,
            "title": title,
            "raw_title": title,
            "active": True,
            "default": False,
            "position": n,
            "description": None,
            "created_at": created,
            "updated_at": created,
            "execution": {
                "group_by": None,
                "group_order": "desc",
                "sort_by": sort,
                "sort_order": order,
                "group": None,
                "sort": {"id": sort, "title": sort.title(), "order": order},
                "columns": columns,
                "fields": columns,
                "custom_fields": [],
            },
            "conditions": {"all": [{"field": f, "operator": o, "value": v} for f, o, v in conditions], "any": []},
            "restriction": None,
        }
        rows.append(("view", names.VIEW + n, n, doc))
    return rows


def rows(created: str) -> list[Row]:
    """Everything as (kind, id, position, document); ``created``: when the account was set up."""
    found: list[Row] = []
    fields: list[int] = []
    for position, (kind, title) in enumerate(_SYSTEM_FIELDS):
        field = names.FIELD + 1 + position
        found.append(("ticket_field", field, position, _field(field, kind, title, position, created)))
        fields.append(field)
    for offset, (field, kind, title) in enumerate(CUSTOM_FIELDS):
        position = len(_SYSTEM_FIELDS) + offset
        found.append(("ticket_field", field, position, _field(field, kind, title, position, created)))
        fields.append(field)
    choices = [
        [option_value(field, value) for value in OPTIONS[field][1]] for field in (names.CATEGORY, names.ROOT_CAUSE)
    ]
    document = form.document(fields, form.agent_conditions(*choices), created)
    found.append(("ticket_form", names.FORM_ID, 0, document))
    brand = {
        "id": names.BRAND_ID,
        "name": "Harborlight",
        "subdomain": "harborlight",
        "active": True,
        "default": True,
        "has_help_center": False,
        "help_center_state": "disabled",
        "brand_url": "https://harborlight.example",
        "host_mapping": None,
        "is_deleted": False,
        "logo": None,
        "signature_template": "{{agent.signature}}",
        "ticket_form_ids": [names.FORM_ID],
        "created_at": created,
        "updated_at": created,
    }
    found.append(("brand", names.BRAND_ID, 0, brand))
    policy = {
        "id": names.POLICY + 1,
        "title": "Standard support",
        "description": "Replies and waiting times by priority",
        "position": 1,
        "filter": {"all": [{"field": "type", "operator": "is_not", "value": "task"}], "any": []},
        "policy_metrics": [
            {"priority": priority, "metric": metric, "target": minutes, "business_hours": False}
            for metric, targets in POLICY_TARGETS.items()
            for priority, minutes in targets.items()
        ],
        "created_at": created,
        "updated_at": created,
    }
    found.append(("sla_policy", names.POLICY + 1, 1, policy))
    return found + _statuses(created) + _views(created)
