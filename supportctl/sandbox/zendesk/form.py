"""The account's one form: what it asks for, and when."""

from collections.abc import Iterable
from typing import Any

from supportctl.sandbox.zendesk import names

REQUIRED = frozenset({"assignee", "Category"})
"""Type, or title, of the fields without which no ticket is solved."""

_BY_CATEGORY = {"cat_devices": ((names.SERVICE, "solved"), (names.ASSET, None))}
_BY_CAUSE = dict.fromkeys(("rc_workaround", "rc_not_reproducible"), ((names.NOTES, "solved"),))
"""An option -> the fields shown when it is chosen, and the status they are required for."""


def agent_conditions(categories: Iterable[str], causes: Iterable[str]) -> list[dict[str, Any]]:
    """Services go with a category, notes with a root cause; assets only with devices. Some options ask for them."""
    found = []
    for parent, values, special, usual in (
        (names.CATEGORY, categories, _BY_CATEGORY, ((names.SERVICE, None),)),
        (names.ROOT_CAUSE, causes, _BY_CAUSE, ((names.NOTES, None),)),
    ):
        for value in values:
            children = [_child(field, status) for field, status in special.get(value, usual)]
            found.append({"parent_field_id": parent, "value": value, "child_fields": children})
    return found


def _child(field: int, status: str | None) -> dict[str, Any]:
    statuses = {"type": "SOME_STATUSES", "statuses": [status]} if status else {"type": "NO_STATUSES"}
    return {"id": field, "is_required": status is not None, "required_on_statuses": statuses}


def document(fields: list[int], conditions: list[dict[str, Any]], created: str) -> dict[str, Any]:
    return {
        "id": names.FORM_ID,
        "name": "Support request",
        "raw_name": "Support request",
        "display_name": "Support request",
        "raw_display_name": "Support request",
        "end_user_visible": True,
        "position": 0,
        "active": True,
        "default": True,
        "in_all_brands": True,
        "restricted_brand_ids": [],
        "ticket_field_ids": fields,
        "end_user_conditions": [],
        "agent_conditions": conditions,
        "created_at": created,
        "updated_at": created,
    }
