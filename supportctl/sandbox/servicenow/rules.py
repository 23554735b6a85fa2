"""What the platform does besides when a record is written: data policies, look-ups, counters, parents and children.

(ServiceNow product documentation, "Data policy", "Incident management state model", "Parent and child incidents",
"Priority lookup rules")
"""

import json
import re
import sqlite3
from collections.abc import Iterator

from supportctl.sandbox.servicenow import dictionary, records
from supportctl.sandbox.servicenow.call import ApiError, Call
from supportctl.sandbox.servicenow.configuration import PRIORITY
from supportctl.sandbox.servicenow.records import Doc

RESOLVED, CLOSED, CANCELED = "6", "7", "8"
ACL = ("Operation Failed", "ACL Exception Update Failed due to security constraints")
ENDS = {"problem": {"107"}, "sc_task": {"3", "4", "7"}, "sc_req_item": {"3", "4", "7"}, "sc_request": {"3", "4", "7"}}
"""States in which a task that is no incident is over."""
_STATE = re.compile(r"state(=|IN)([-\w,]+)(?:\^EQ)?")


def apply(call: Call, db: sqlite3.Connection, cls: str, before: Doc, doc: Doc) -> None:
    """Change ``doc`` as the platform would before it is stored; raises for what it refuses."""
    if cls == "incident":
        _incident(call, db, before, doc)
    elif "task" in dictionary.ancestry(cls):
        _policies(db, cls, before, doc)
        _task(call, cls, before, doc)


def _incident(call: Call, db: sqlite3.Connection, before: Doc, doc: Doc) -> None:
    was, now = before.get("state", ""), doc.get("state", "")
    if doc.get("incident_state", "") != before.get("incident_state", "") and was == now:
        doc["state"] = now = doc["incident_state"]
    doc["incident_state"] = now
    if was == CLOSED and before and now != CLOSED:
        raise ApiError(403, *ACL)
    if was in {CLOSED, CANCELED} and call.account.role != "admin" and doc != before:
        raise ApiError(403, *ACL)
    if now == CLOSED and was != CLOSED and call.account.role != "admin":
        raise ApiError(403, *ACL)
    _policies(db, "incident", before, doc)
    if now in {RESOLVED, CLOSED} and was not in {RESOLVED, CLOSED}:
        doc["resolved_at"], doc["resolved_by"] = call.stamp, call.user["sys_id"]
    if now in {CLOSED, CANCELED} and was not in {CLOSED, CANCELED}:
        doc["closed_at"], doc["closed_by"], doc["active"] = call.stamp, call.user["sys_id"], "false"
    if was == RESOLVED and now not in {RESOLVED, CLOSED}:
        _reopened(call, before, doc)
    if now != "3":
        doc.pop("hold_reason", None)
    if before and before.get("assignment_group", "") != doc.get("assignment_group", ""):
        doc["reassignment_count"] = str(int(before.get("reassignment_count") or 0) + 1)
    if not before or any(before.get(name) != doc.get(name) for name in ("impact", "urgency", "priority")):
        doc["priority"] = PRIORITY.get((doc.get("impact", ""), doc.get("urgency", "")), doc.get("priority", "4"))


def _reopened(call: Call, before: Doc, doc: Doc) -> None:
    doc["reopen_count"] = str(int(before.get("reopen_count") or 0) + 1)
    doc["reopened_time"], doc["reopened_by"] = call.stamp, call.user["sys_id"]


def _task(call: Call, cls: str, before: Doc, doc: Doc) -> None:
    was, now = before.get("state", ""), doc.get("state", "")
    ends = ENDS.get(cls, set())
    if now in ends and was not in ends:
        doc["closed_at"], doc["closed_by"], doc["active"] = call.stamp, call.user["sys_id"], "false"
    if was in ends and now not in ends:
        doc["active"] = "true"
        doc.pop("closed_at", None)
        doc.pop("closed_by", None)
    if cls == "problem" and now == "106" and was != "106":
        doc["resolved_at"], doc["resolved_by"] = call.stamp, call.user["sys_id"]


def _policies(db: sqlite3.Connection, cls: str, before: Doc, doc: Doc) -> None:
    """Refuse a record that enters a state without what the data policies of its table ask for there."""
    missing: dict[str, str] = {}
    for policy in _all(db, "sys_data_policy2"):
        here = policy.get("model_table") == cls and policy.get("active") == "true"
        if not here or not _meets(policy, doc) or (before and _meets(policy, before)):
            continue
        for rule in _all(db, "sys_data_policy_rule"):
            name = rule.get("field", "")
            if (
                rule.get("sys_data_policy") == policy["sys_id"]
                and rule.get("mandatory") == "true"
                and not doc.get(name)
            ):
                field = dictionary.fields(cls).get(name)
                missing[name] = field.label if field is not None else name
    if missing:
        labels = ", ".join(missing[name] for name in sorted(missing))
        detail = f"Data Policy Exception: The following fields are mandatory: {labels}"
        raise ApiError(403, "Operation Failed", detail)


def _all(db: sqlite3.Connection, cls: str) -> list[Doc]:
    return [json.loads(row[0]) for row in db.execute("SELECT doc FROM sn_record WHERE cls = ?", (cls,))]


def _meets(policy: Doc, doc: Doc) -> bool:
    """Conditions on the state only are understood; no condition is always met."""
    conditions = policy.get("conditions", "")
    found = _STATE.fullmatch(conditions)
    return not conditions if found is None else doc.get("state", "") in found[2].split(",")


def spread(call: Call, db: sqlite3.Connection, cls: str, before: Doc, doc: Doc) -> list[tuple[str, Doc, Doc]]:
    """Bring relatives into line after ``doc`` was stored; ``(class, before, after)`` of those that changed.

    Resolving a parent resolves its children, reopening it opens them again; closing and canceling leave them alone.
    """
    if cls != "incident":
        return []
    for parent in {before.get("parent_incident"), doc.get("parent_incident")} - {None, ""}:
        if before.get("parent_incident") != doc.get("parent_incident"):
            _count(db, str(parent))
    was, now = before.get("state", ""), doc.get("state", "")
    if now == RESOLVED and was not in {RESOLVED, CLOSED, ""}:
        return list(_follow(call, db, doc, {"1", "2", "3"}, RESOLVED))
    if was == RESOLVED and now not in {RESOLVED, CLOSED}:
        return list(_follow(call, db, doc, {RESOLVED}, now))
    return []


def _count(db: sqlite3.Connection, parent: str) -> None:
    found = records.get(db, "incident", parent)
    if found is not None:
        counted = db.execute(
            "SELECT count(*) FROM sn_record WHERE cls = 'incident' AND owner = ?", (parent,)
        ).fetchone()
        records.put(db, "incident", {**found[1], "child_incidents": str(counted[0])})


def _follow(
    call: Call, db: sqlite3.Connection, parent: Doc, states: set[str], state: str
) -> Iterator[tuple[str, Doc, Doc]]:
    rows = db.execute("SELECT doc FROM sn_record WHERE cls = 'incident' AND owner = ?", (parent["sys_id"],)).fetchall()
    for row in rows:
        before = json.loads(row[0])
        if before.get("state") not in states or before["sys_id"] == parent["sys_id"]:
            continue
        doc = {**before, "state": state, "incident_state": state}
        if state == RESOLVED:
            doc |= {name: parent.get(name, "") for name in ("close_code", "close_notes")}
            doc["resolved_at"], doc["resolved_by"] = call.stamp, call.user["sys_id"]
        else:
            _reopened(call, before, doc)
        doc["sys_updated_on"], doc["sys_updated_by"] = call.stamp, call.account.user
        doc["sys_mod_count"] = str(int(before.get("sys_mod_count") or 0) + 1)
        records.put(db, "incident", doc)
        yield "incident", before, doc
