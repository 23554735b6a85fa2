"""Transitions: which there are from an issue, what their screens ask, and carrying one out.

Every status of an issue's project can be reached from every other (a global workflow); those of the category "done"
have a screen with a resolution.
(developer.atlassian.com, Jira Cloud platform v3, "Get transitions", "Transition issue")
"""

import json
import sqlite3
from datetime import UTC, datetime
from typing import Any

from supportctl.sandbox.jira import entities, sla
from supportctl.sandbox.jira.call import ApiError, stamp

Doc = dict[str, Any]


def available(db: sqlite3.Connection, issue: Doc, *, fields: bool) -> list[Doc]:
    """The transitions an issue offers; ``fields`` brings those of their screens."""
    now = (issue["fields"].get("status") or {}).get("id")
    found = []
    for status in _statuses(db, issue):
        if str(status["id"]) == str(now):
            continue
        done = _is_done(status)
        entry: Doc = {
            "id": str(status["id"]),
            "name": status["name"],
            "to": status,
            "hasScreen": done,
            "isGlobal": True,
            "isInitial": False,
            "isAvailable": True,
            "isConditional": False,
            "isLooped": False,
        }
        if fields:
            entry["fields"] = {"resolution": _resolution_field(db)} if done else {}
        found.append(entry)
    return found


def carry_out(db: sqlite3.Connection, issue: Doc, given: Doc, now: int) -> list[Doc]:
    """Change ``issue`` by a transition request; returns history items. Raises `ApiError` 400."""
    wanted = str((given.get("transition") or {}).get("id", ""))
    target = next((each["to"] for each in available(db, issue, fields=False) if each["id"] == wanted), None)
    if target is None:
        raise ApiError(
            400, "Transition id is not valid for this issue." if wanted else "Missing 'transition' identifier"
        )
    fields = issue["fields"]
    items = [_item("status", fields.get("status"), target)]
    resolution = None
    unknown = {name for name in given.get("fields") or {} if name != "resolution"}
    if _is_done(target):
        if "resolution" not in (given.get("fields") or {}):
            raise ApiError(400, errors={"resolution": "Resolution is required."})
        resolution = entities.find(db, "resolution", given["fields"]["resolution"])
        if resolution is None:
            raise ApiError(400, errors={"resolution": "The resolution selected is invalid."})
    elif given.get("fields"):
        unknown = set(given["fields"])
    if unknown:
        text = "Field '{}' cannot be set. It is not on the appropriate screen, or unknown."
        raise ApiError(400, errors={name: text.format(name) for name in sorted(unknown)})
    if (fields.get("resolution") or None) != resolution:
        items.append(_item("resolution", fields.get("resolution"), resolution))
    fields["resolution"] = resolution
    fields["resolutiondate"] = stamp(now) if resolution else None
    fields["status"] = target
    fields["statuscategorychangedate"] = stamp(now)
    for value in fields.values():
        if isinstance(value, dict) and "currentStatus" in value:
            value["currentStatus"] = {
                "status": target["name"],
                "statusCategory": str(target["statusCategory"]["key"]).upper(),
                "statusDate": sla.date(datetime.fromtimestamp(now / 1000, UTC)),
            }
    return items


def _statuses(db: sqlite3.Connection, issue: Doc) -> list[Doc]:
    project = str((issue["fields"].get("project") or {}).get("id", ""))
    every = entities.every(db, "status")
    own = [status for status in every if _project(status) == project]
    return own or [status for status in every if _project(status) == ""]


def _project(status: Doc) -> str:
    return str(((status.get("scope") or {}).get("project") or {}).get("id", ""))


def _is_done(status: Doc) -> bool:
    return bool((status.get("statusCategory") or {}).get("key") == "done")


def _resolution_field(db: sqlite3.Connection) -> Doc:
    return {
        "required": True,
        "schema": {"type": "resolution", "system": "resolution"},
        "name": "Resolution",
        "key": "resolution",
        "operations": ["set"],
        "allowedValues": entities.every(db, "resolution"),
    }


def _item(field: str, before: Doc | None, after: Doc | None) -> Doc:
    return {
        "field": field,
        "fieldtype": "jira",
        "fieldId": field,
        "from": str(before["id"]) if before else None,
        "fromString": before["name"] if before else None,
        "to": str(after["id"]) if after else None,
        "toString": after["name"] if after else None,
    }


def document(row: sqlite3.Row) -> Doc:
    found: Doc = json.loads(row["doc"])
    return found
