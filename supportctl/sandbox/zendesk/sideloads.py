# ruff: noqa: S608 (SQL fragments are our own; values are always bound)
"""Tickets as they are sent, with what ``include=`` asks to have beside or inside them."""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from supportctl.sandbox.store import Store
from supportctl.sandbox.zendesk.http import Call
from supportctl.sandbox.zendesk.names import load
from supportctl.sandbox.zendesk.tables import with_url

_INSIDE = {"metric_sets": ("zd_metrics", "metric_set"), "slas": ("zd_slas", "slas")}
_EMPTY_SLAS = '{"policy_metrics":[]}'


def _marks(values: Sequence[Any]) -> str:
    return ",".join("?" * len(values))


def _by_ticket(store: Store, table: str, ids: Sequence[int]) -> dict[int, str]:
    sql = f"SELECT ticket, doc FROM {table} WHERE ticket IN ({_marks(ids)})"
    return {row["ticket"]: row["doc"] for row in store.rows(sql, ids)}


def tickets(call: Call, rows: Iterable[sqlite3.Row], includes: frozenset[str] | None = None) -> list[msgspec.Raw]:
    """The rows (``id, doc``) as JSON; ``metric_sets``, ``slas``, ``comment_count``, ``dates`` go inside each."""
    rows = list(rows)
    wanted = call.includes() if includes is None else includes
    extras: dict[int, str] = {row["id"]: "" for row in rows}
    ids = list(extras)
    for name, (table, key) in _INSIDE.items():
        if name in wanted and ids:
            found = _by_ticket(call.store, table, ids)
            for ticket_id in ids:
                missing = _EMPTY_SLAS if key == "slas" else "null"
                extras[ticket_id] += f',"{key}":{found.get(ticket_id, missing)}'
    if "comment_count" in wanted and ids:
        sql = f"SELECT ticket, count(*) FROM zd_comments WHERE ticket IN ({_marks(ids)}) GROUP BY ticket"
        counts = {row[0]: row[1] for row in call.store.rows(sql, ids)}
        for ticket_id in ids:
            extras[ticket_id] += f',"comment_count":{counts.get(ticket_id, 0)}'
    if "dates" in wanted and ids:
        _add_dates(call.store, ids, extras)
    if "incident_counts" in wanted and ids:
        sql = f"SELECT problem, count(*) FROM zd_tickets WHERE problem IN ({_marks(ids)}) GROUP BY problem"
        counts = {row[0]: row[1] for row in call.store.rows(sql, ids)}
        for ticket_id in ids:
            extras[ticket_id] += f',"incident_count":{counts.get(ticket_id, 0)}'
    return [with_url(call.base, "ticket", row["id"], row["doc"], extras[row["id"]]) for row in rows]


def _add_dates(store: Store, ids: Sequence[int], extras: dict[int, str]) -> None:
    keys = (
        "assignee_updated_at",
        "requester_updated_at",
        "status_updated_at",
        "initially_assigned_at",
        "assigned_at",
        "solved_at",
        "latest_comment_added_at",
    )
    found = _by_ticket(store, "zd_metrics", ids)
    for ticket_id in ids:
        metric = load(found[ticket_id]) if ticket_id in found else {}
        dates = {key: metric.get(key) for key in keys}
        extras[ticket_id] += f',"dates":{msgspec.json.encode(dates).decode()}'


def beside(call: Call, rows: Iterable[sqlite3.Row], includes: frozenset[str] | None = None) -> dict[str, Any]:
    """The top-level sideloads of these tickets: users, groups, organizations, last_audits, forms, statuses."""
    wanted = call.includes() if includes is None else includes
    found: dict[str, Any] = {}
    if not wanted & {"users", "groups", "organizations", "last_audits", "ticket_forms", "custom_statuses"}:
        return found
    docs = [load(row["doc"]) for row in rows]
    store = call.store
    if "users" in wanted:
        keys = {doc[key] for doc in docs for key in ("requester_id", "submitter_id", "assignee_id")}
        for doc in docs:
            keys.update(doc["collaborator_ids"], doc["follower_ids"], doc["email_cc_ids"])
        found["users"] = objects(call, "zd_users", "user", keys)
    if "groups" in wanted:
        found["groups"] = objects(call, "zd_groups", "group", {doc["group_id"] for doc in docs})
    if "organizations" in wanted:
        keys = {doc["organization_id"] for doc in docs}
        found["organizations"] = objects(call, "zd_organizations", "organization", keys)
    if "last_audits" in wanted:
        audits = []
        for doc in docs:
            row = store.row(
                "SELECT doc FROM zd_audits WHERE ticket = ? ORDER BY created DESC, id DESC LIMIT 1", (doc["id"],)
            )
            if row is not None:
                audits.append(msgspec.Raw(row["doc"].encode()))
        found["last_audits"] = audits
    for name, kind in (("ticket_forms", "ticket_form"), ("custom_statuses", "custom_status")):
        if name in wanted:
            rows_of_kind = store.rows("SELECT id, doc FROM zd_config WHERE kind = ? ORDER BY position", (kind,))
            found[name] = [with_url(call.base, kind, row["id"], row["doc"]) for row in rows_of_kind]
    return found


def objects(call: Call, table: str, kind: str, keys: Iterable[int | None]) -> list[msgspec.Raw]:
    """Objects of a directory table by id; unknown ids are left out."""
    ids = sorted(key for key in set(keys) if key is not None)
    sql = f"SELECT id, doc FROM {table} WHERE id IN ({_marks(ids)}) ORDER BY id"
    return [with_url(call.base, kind, row["id"], row["doc"]) for row in call.store.rows(sql, ids)]
