"""The screens of transitions: which fields one asks, which of them it must have, and what they may hold.

A field that is required must have a value once the transition is done; what the issue held before counts.
(developer.atlassian.com, Jira Cloud platform v3, "Get transitions" with ``transitions.fields``, "Transition issue")
"""

import sqlite3
from typing import Any

from supportctl.sandbox.jira import edits, entities, screens
from supportctl.sandbox.jira.call import ApiError

Doc = dict[str, Any]


def fields_of(db: sqlite3.Connection, status: Doc) -> dict[str, bool]:
    """Field id to whether it is required, for the transition to a status (entity ``screen``).

    Without a screen of its own, one to a status of the category "done" asks for a resolution.
    """
    screen = entities.get(db, "screen", str(status["id"]))
    if screen is not None:
        return {str(each["id"]): bool(each["required"]) for each in screen["fields"]}
    return {"resolution": True} if (status.get("statusCategory") or {}).get("key") == "done" else {}


def metadata(db: sqlite3.Connection, issue: Doc, status: Doc) -> Doc:
    """The screen as ``transitions.fields`` shows it."""
    offered = {**screens.edit_fields(db, issue), "resolution": _resolution(db)}
    return {
        name: {**offered[name], "required": required, "hasDefaultValue": False}
        for name, required in fields_of(db, status).items()
        if name in offered
    }


def _resolution(db: sqlite3.Connection) -> Doc:
    return {
        "required": False,
        "schema": {"type": "resolution", "system": "resolution"},
        "name": "Resolution",
        "key": "resolution",
        "operations": ["set"],
        "allowedValues": entities.every(db, "resolution"),
    }


def apply(db: sqlite3.Connection, issue: Doc, given: Doc, status: Doc, version: int) -> list[Doc]:
    """Set what the request gives for the screen; returns history items. Raises `ApiError` 400 for all faults at once.

    Comments in ``update`` are none of this and must have been taken out.
    """
    asked = fields_of(db, status)
    sets, updates = given.get("fields") or {}, given.get("update") or {}
    errors = {name: edits.NOT_ON_SCREEN.format(name) for name in sorted({*sets, *updates} - asked.keys())}
    items: list[Doc] = []
    kept = {
        "fields": {name: value for name, value in sets.items() if name in asked},
        "update": {name: value for name, value in updates.items() if name in asked},
    }
    held = dict(issue["fields"])
    try:
        items = edits.edit(db, issue, kept, version)
        held = issue["fields"]
    except ApiError as error:
        errors |= error.body["errors"]
        held |= {**kept["update"], **kept["fields"]}
    names = {doc["id"]: doc["name"] for doc in entities.every(db, "field")}
    for name, required in asked.items():
        applies = edits.applies(db, name, issue)
        if required and applies and name not in errors and held.get(name) in (None, "", []):
            errors[name] = f"{names.get(name, name)} is required."
    if errors:
        raise ApiError(400, errors=errors)
    return items
