"""Transitions: which there are from an issue, what their screens ask, and carrying one out.

Every status of an issue's project can be reached from every other (a global workflow); some transitions have a screen
(`transition_screens`).
(developer.atlassian.com, Jira Cloud platform v3, "Get transitions", "Transition issue")
"""

import json
import sqlite3
from datetime import UTC, datetime
from typing import Any

from supportctl.sandbox.jira import entities, sla, transition_screens
from supportctl.sandbox.jira.call import ApiError, stamp

Doc = dict[str, Any]


def available(db: sqlite3.Connection, issue: Doc, *, fields: bool) -> list[Doc]:
    """The transitions an issue offers; ``fields`` brings those of their screens."""
    now = (issue["fields"].get("status") or {}).get("id")
    found = []
    for status in statuses(db, issue):
        if str(status["id"]) == str(now):
            continue
        entry: Doc = {
            "id": str(status["id"]),
            "name": status["name"],
            "to": status,
            "hasScreen": bool(transition_screens.fields_of(db, status)),
            "isGlobal": True,
            "isInitial": False,
            "isAvailable": True,
            "isConditional": False,
            "isLooped": False,
        }
        if fields:
            entry["fields"] = transition_screens.metadata(db, issue, status)
        found.append(entry)
    return found


def carry_out(db: sqlite3.Connection, issue: Doc, given: Doc, now: int, version: int = 3) -> list[Doc]:
    """Change ``issue`` by a transition request; returns history items. Raises `ApiError` 400."""
    wanted = str((given.get("transition") or {}).get("id", ""))
    target = next((each["to"] for each in available(db, issue, fields=False) if each["id"] == wanted), None)
    if target is None:
        raise ApiError(
            400, "Transition id is not valid for this issue." if wanted else "Missing 'transition' identifier"
        )
    fields = issue["fields"]
    before = fields.get("resolution") or None
    set_items = transition_screens.apply(db, issue, given, target, version)
    resolution = fields.get("resolution") or None if _is_done(target) else None
    items = [_item("status", fields.get("status"), target)]
    items += [item for item in set_items if item["fieldId"] != "resolution"]
    if before != resolution:
        items.append(_item("resolution", before, resolution))
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


def statuses(db: sqlite3.Connection, issue: Doc) -> list[Doc]:
    """The statuses of the workflow of an issue's project, the first one first."""
    project = str((issue["fields"].get("project") or {}).get("id", ""))
    every = entities.every(db, "status")
    own = [status for status in every if _project(status) == project]
    return own or [status for status in every if _project(status) == ""]


def _project(status: Doc) -> str:
    return str(((status.get("scope") or {}).get("project") or {}).get("id", ""))


def _is_done(status: Doc) -> bool:
    return bool((status.get("statusCategory") or {}).get("key") == "done")


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
