"""What Zendesk measures by itself: the metric set and the live SLA of a ticket."""

import sqlite3
from datetime import datetime
from typing import Any

from supportctl.sandbox.records import Person, Record
from supportctl.sandbox.zendesk import names


def _minutes(start: datetime, end: datetime | None) -> dict[str, int | None]:
    if end is None:
        return {"calendar": None, "business": None}
    whole = int((end - start).total_seconds() // 60)
    return {"calendar": whole, "business": int(whole * 5 / 7 / 3)}


def _spent(record: Record, statuses: set[str], until: datetime) -> dict[str, int]:
    """Minutes spent in some statuses, from the history."""
    changes = [change for change in record.history if change.field == "status"]
    current = changes[0].before if changes else record.status
    since, total = record.created, 0.0
    for change in changes:
        if current in statuses:
            total += (change.at - since).total_seconds()
        current, since = change.after, change.at
    if current in statuses:
        total += max((until - since).total_seconds(), 0)
    whole = int(total // 60)
    return {"calendar": whole, "business": int(whole * 5 / 7 / 3)}


def metric_set(record: Record, people: dict[int, Person], now: datetime) -> dict[str, Any]:
    """The ticket's metrics; times not reached yet are null."""
    status = [change for change in record.history if change.field == "status"]
    solves = [change.at for change in status if change.after in {"resolved", "closed"}]
    reopens = sum(1 for change in status if change.before == "resolved" and change.after in {"open", "new", "pending"})
    groups = [change for change in record.history if change.field == "group"]
    assignees = [change for change in record.history if change.field == "assignee" and change.after]
    replies = [m for m in record.messages if m.public and people[m.author].role in {"agent", "admin"}]
    requester = [m.at for m in record.messages if m.author == record.requester]
    latest = max((m.at for m in record.messages), default=record.created)
    end = record.resolved or now
    assigned = [change.at for change in assignees] or ([record.created] if record.assignee else [])

    def moment(at: datetime | None) -> str | None:
        return None if at is None else names.stamp(at)

    return {
        "id": names.RATING + 500_000 + record.number,
        "ticket_id": record.number,
        "created_at": names.stamp(record.created),
        "updated_at": names.stamp(record.updated),
        "group_stations": max(len(groups), 1 if record.group else 0),
        "assignee_stations": max(len(assignees), 1 if record.assignee else 0),
        "reopens": reopens,
        "replies": len(replies),
        "assignee_updated_at": moment(replies[-1].at if replies else None),
        "requester_updated_at": moment(max([record.created, *requester])),
        "status_updated_at": moment(status[-1].at if status else record.created),
        "initially_assigned_at": moment(assigned[0] if assigned else None),
        "assigned_at": moment(assigned[-1] if assigned else None),
        "solved_at": moment(record.resolved),
        "latest_comment_added_at": moment(latest),
        "reply_time_in_minutes": _minutes(record.created, replies[0].at if replies else None),
        "reply_time_in_seconds": {
            "calendar": int((replies[0].at - record.created).total_seconds()) if replies else None
        },
        "first_resolution_time_in_minutes": _minutes(record.created, solves[0] if solves else None),
        "full_resolution_time_in_minutes": _minutes(record.created, record.resolved),
        "agent_wait_time_in_minutes": _spent(record, {"pending"}, end),
        "requester_wait_time_in_minutes": _spent(record, {"new", "open", "on_hold"}, end),
        "on_hold_time_in_minutes": _spent(record, {"on_hold"}, end),
        "custom_status_updated_at": moment(status[-1].at if status else record.created),
    }


_METRICS = {"first_response": "first_reply_time", "resolution": "requester_wait_time"}


def slas(record: Record, now: datetime) -> dict[str, Any]:
    """Live policy metrics; the time left (or over, negative) in the largest whole unit."""
    found: list[dict[str, Any]] = []
    for clock in record.clocks:
        entry: dict[str, Any] = {"metric": _METRICS[clock.name]}
        if clock.stopped is not None:
            entry.update(stage="achieved", breach_at=names.stamp(clock.breach_at))
        elif clock.paused:
            entry.update(stage="paused", breach_at=None)
        else:
            entry.update(stage="active", breach_at=names.stamp(clock.breach_at))
            entry.update(_left(clock.breach_at, now))
        found.append(entry)
    return {"policy_metrics": found}


def _left(breach_at: datetime, now: datetime) -> dict[str, int]:
    seconds = int((breach_at - now).total_seconds())
    for unit, length in (("days", 86_400), ("hours", 3600)):
        if abs(seconds) >= length:
            return {unit: int(seconds / length)}
    return {"minutes": int(seconds / 60)}


def begin(connection: sqlite3.Connection, doc: dict[str, Any], now: datetime) -> None:
    """The metric set of a ticket that has just been created."""
    at = names.stamp(now)
    nothing = {"calendar": None, "business": None}
    metric: dict[str, Any] = {
        "id": names.RATING + 500_000 + doc["id"],
        "ticket_id": doc["id"],
        "created_at": at,
        "updated_at": at,
        "group_stations": 0,
        "assignee_stations": 0,
        "reopens": 0,
        "replies": 0,
        "assignee_updated_at": None,
        "requester_updated_at": at,
        "status_updated_at": at,
        "initially_assigned_at": None,
        "assigned_at": None,
        "solved_at": None,
        "latest_comment_added_at": at,
        "reply_time_in_minutes": nothing,
        "reply_time_in_seconds": {"calendar": None},
        "first_resolution_time_in_minutes": nothing,
        "full_resolution_time_in_minutes": nothing,
        "agent_wait_time_in_minutes": nothing,
        "requester_wait_time_in_minutes": nothing,
        "on_hold_time_in_minutes": {"calendar": 0, "business": 0},
        "custom_status_updated_at": at,
    }
    connection.execute("INSERT OR REPLACE INTO zd_metrics VALUES (?, ?)", (doc["id"], names.dump(metric)))


def follow(
    connection: sqlite3.Connection, before: dict[str, Any], after: dict[str, Any], comment: dict[str, Any] | None,
    now: datetime,
) -> None:  # fmt: skip
    """Move the metric set and the live clocks on with a change."""
    key = after["id"]
    row = connection.execute("SELECT doc FROM zd_metrics WHERE ticket = ?", (key,)).fetchone()
    replied = comment is not None and comment["public"] and comment["author_id"] != after["requester_id"]
    if row is not None:
        metric = names.load(row["doc"])
        _follow_metric(metric, before, after, comment, replied, now)
        connection.execute("UPDATE zd_metrics SET doc = ? WHERE ticket = ?", (names.dump(metric), key))
    row = connection.execute("SELECT doc FROM zd_slas WHERE ticket = ?", (key,)).fetchone()
    if row is not None:
        slas = names.load(row["doc"])
        for entry in slas["policy_metrics"]:
            if entry["stage"] != "achieved" and (
                (entry["metric"] == "first_reply_time" and replied)
                or (entry["metric"] != "first_reply_time" and after["status"] in {"solved", "closed"})
            ):
                entry["stage"] = "achieved"
                for unit in ("days", "hours", "minutes"):
                    entry.pop(unit, None)
        connection.execute("UPDATE zd_slas SET doc = ? WHERE ticket = ?", (names.dump(slas), key))


def _follow_metric(
    metric: dict[str, Any], before: dict[str, Any], after: dict[str, Any], comment: dict[str, Any] | None,
    replied: bool, now: datetime,
) -> None:  # fmt: skip
    at = names.stamp(now)
    metric["updated_at"] = at
    created = names.parse_stamp(after["created_at"])
    if comment is not None:
        metric["latest_comment_added_at"] = at
        requester = comment["author_id"] == after["requester_id"]
        metric["requester_updated_at" if requester else "assignee_updated_at"] = at
    if replied:
        metric["replies"] = (metric.get("replies") or 0) + 1
        if (metric.get("reply_time_in_minutes") or {}).get("calendar") is None:
            metric["reply_time_in_minutes"] = _minutes(created, now)
    if after["assignee_id"] != before["assignee_id"] and after["assignee_id"]:
        metric["assignee_stations"] = (metric.get("assignee_stations") or 0) + 1
        metric["assigned_at"] = at
        metric["initially_assigned_at"] = metric.get("initially_assigned_at") or at
    if after["group_id"] != before["group_id"] and after["group_id"]:
        metric["group_stations"] = (metric.get("group_stations") or 0) + 1
    if after["status"] != before["status"]:
        metric["status_updated_at"] = at
        if after["status"] == "solved":
            metric["solved_at"] = at
            metric["full_resolution_time_in_minutes"] = _minutes(created, now)
            if (metric.get("first_resolution_time_in_minutes") or {}).get("calendar") is None:
                metric["first_resolution_time_in_minutes"] = _minutes(created, now)
        elif before["status"] == "solved" and after["status"] != "closed":
            metric["reopens"] = (metric.get("reopens") or 0) + 1
            metric["solved_at"] = None
