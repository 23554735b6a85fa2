# ruff: noqa: S608 (SQL fragments are our own; values are always bound)
"""The account's configuration as endpoints: fields, forms, statuses, views, policies, brands, tags, ratings."""

import sqlite3
from typing import Any

from supportctl.sandbox.zendesk import index, names, tickets
from supportctl.sandbox.zendesk.http import Call, Router, invalid_attribute, not_found_error
from supportctl.sandbox.zendesk.names import load
from supportctl.sandbox.zendesk.paging import Listing, page
from supportctl.sandbox.zendesk.tables import with_url

_TAG_DEPTH = 20_000


def lister(kind: str, key: str) -> Any:
    def handler(call: Call) -> dict[str, Any]:
        def render(rows: list[sqlite3.Row]) -> list[Any]:
            return [with_url(call.base, kind, row["id"], row["doc"]) for row in rows]

        sorts = (("position", "position"), ("id", "id"))
        what = Listing("zd_config", "kind = ?", (kind,), sorts, sorts, "position", "id, doc")
        return page(call, what, key, render)

    return handler


def _config(call: Call, kind: str, key: int) -> sqlite3.Row:
    row = call.store.row("SELECT id, doc FROM zd_config WHERE kind = ? AND id = ?", (kind, key))
    if row is None:
        raise not_found_error()
    return row


def shower(kind: str) -> Any:
    def handler(call: Call, key: int) -> dict[str, Any]:
        return {kind: with_url(call.base, kind, key, _config(call, kind, key)["doc"])}

    return handler


def custom_statuses(call: Call) -> dict[str, Any]:
    """Not paged; may be narrowed by ``status_categories``, ``active`` and ``default``."""
    rows = call.store.rows("SELECT id, doc FROM zd_config WHERE kind = 'custom_status' ORDER BY position")
    categories = {part for part in (call.param("status_categories") or "").split(",") if part}
    kept = []
    for row in rows:
        doc = load(row["doc"])
        if categories and doc["status_category"] not in categories:
            continue
        if any(
            call.param(flag) is not None and (call.param(flag) == "true") != doc[flag] for flag in ("active", "default")
        ):
            continue
        kept.append(with_url(call.base, "custom_status", row["id"], row["doc"]))
    return {"custom_statuses": kept}


def field_options(call: Call, key: int) -> dict[str, Any]:
    doc = load(_config(call, "ticket_field", key)["doc"])
    options = [
        {"url": f"{call.base}/api/v2/ticket_fields/{key}/options/{option['id']}.json", "position": position, **option}
        for position, option in enumerate(doc.get("custom_field_options", []))
    ]
    return {"custom_field_options": options, "next_page": None, "previous_page": None, "count": len(options)}


def _condition(condition: dict[str, str]) -> tuple[str, list[Any]]:
    """One view condition; understands status, priority, type, assignee_id, group_id, requester_id."""
    field, operator, value = condition["field"], condition["operator"], condition["value"]
    columns = {"assignee_id": "assignee", "group_id": "group_id", "requester_id": "requester", "type": "type"}
    signs = {"is": "=", "is_not": "<>", "less_than": "<", "greater_than": ">"}
    if field in {"status", "priority"}:
        ranks = names.STATUS_RANK if field == "status" else names.PRIORITY_RANK
        return f"{field}_rank {signs[operator]} ?", [ranks[value]]
    column = columns[field]
    if value == "":
        return f"{column} IS {'NOT ' if operator == 'is_not' else ''}NULL", []
    return f"{column} {signs[operator]} ?", [value]


def _view_listing(call: Call, key: int) -> Listing:
    view = load(_config(call, "view", key)["doc"])
    conditions = [_condition(condition) for condition in view["conditions"]["all"]]
    where = " AND ".join(f"({sql})" for sql, _ in conditions) or "1"
    params = [value for _, values in conditions for value in values]
    found = tickets.listing(call, where, tuple(params))
    sort = {"updated": "updated", "created": "created", "nice_id": "id"}[view["execution"]["sort_by"]]
    sign = "-" if view["execution"]["sort_order"] == "desc" else ""
    sorts = (("view", sort), *found.offset_sorts)
    known = index.behind(call.store)
    return Listing(found.table, found.where, found.params, sorts, sorts, f"{sign}view", found.columns, known)


def view_tickets(call: Call, key: int) -> dict[str, Any]:
    return tickets.answer(call, _view_listing(call, key))


def _view_count(call: Call, key: int) -> dict[str, Any]:
    what = _view_listing(call, key)
    value = call.store.value(f"{what.prelude}SELECT count(*) FROM {what.table} WHERE {what.where}", what.params)
    return {
        "url": f"{call.base}/api/v2/views/{key}/count.json",
        "view_id": key,
        "value": value,
        "pretty": str(value) if value < 100 else f"~{round(value, -2)}",
        "fresh": True,
    }


def view_count(call: Call, key: int) -> dict[str, Any]:
    return {"view_count": _view_count(call, key)}


def view_counts(call: Call) -> dict[str, Any]:
    return {"view_counts": [_view_count(call, key) for key in call.ids(most=20)]}


def active_views(call: Call) -> dict[str, Any]:
    found: dict[str, Any] = lister("view", "views")(call)
    return found


def list_tags(call: Call) -> dict[str, Any]:
    def render(rows: list[sqlite3.Row]) -> list[Any]:
        return [{"name": row["name"], "count": row["uses"]} for row in rows]

    table = (
        "(SELECT tag AS name, count(*) AS uses, row_number() OVER (ORDER BY count(*) DESC, tag) AS id "
        f"FROM zd_ticket_tags GROUP BY tag LIMIT {_TAG_DEPTH})"
    )
    return page(call, Listing(table, columns="id, name, uses"), "tags", render)


def autocomplete_tags(call: Call) -> dict[str, Any]:
    name = (call.param("name") or str(call.json().get("name") or "")).lower()
    if len(name) < 2:
        raise invalid_attribute("You passed an invalid value for the name attribute. It must be at least 2 characters")
    rows = call.store.rows(
        "SELECT tag FROM zd_ticket_tags WHERE substr(tag, 1, ?) = ? GROUP BY tag ORDER BY count(*) DESC, tag LIMIT 15",
        (len(name), name),
    )
    return {"tags": [row[0] for row in rows]}


def satisfaction_ratings(call: Call) -> dict[str, Any]:
    """Ratings asked for and given; filters ``score``, ``start_time``, ``end_time``."""
    score = call.param("score")
    where = "kind = 'satisfaction_rating'"
    params: list[Any] = []
    if score is not None:
        wanted = {"received": ("good", "bad")}.get(score, (score.split("_")[0],))
        where += f" AND json_extract(doc, '$.score') IN ({','.join('?' * len(wanted))})"
        params += wanted
    for name, sign in (("start_time", ">="), ("end_time", "<=")):
        if (text := call.param(name)) is not None and text.isdigit():
            where += f" AND json_extract(doc, '$.created_at') {sign} ?"
            params.append(names.stamp(int(text)))

    def render(rows: list[sqlite3.Row]) -> list[Any]:
        return [with_url(call.base, "satisfaction_rating", row["id"], row["doc"]) for row in rows]

    return page(call, Listing("zd_config", where, tuple(params)), "satisfaction_ratings", render)


def register(router: Router) -> None:
    for kind, path in (
        ("ticket_field", "ticket_fields"),
        ("ticket_form", "ticket_forms"),
        ("view", "views"),
        ("brand", "brands"),
    ):
        router.add("GET", f"/{path}", lister(kind, path))
    router.add("GET", "/views/active", active_views)
    router.add("GET", "/views/count_many", view_counts)
    for kind, path in (
        ("ticket_field", "ticket_fields"),
        ("ticket_form", "ticket_forms"),
        ("custom_status", "custom_statuses"),
        ("view", "views"),
        ("brand", "brands"),
    ):
        router.add("GET", f"/{path}/{{key}}", shower(kind))
    router.add("GET", "/custom_statuses", custom_statuses)
    router.add("GET", "/ticket_fields/{key}/options", field_options)
    router.add("GET", "/views/{key}/tickets", view_tickets)
    router.add("GET", "/views/{key}/count", view_count)
    router.add("GET", "/slas/policies", lister("sla_policy", "sla_policies"), admin=True)
    router.add("GET", "/slas/policies/{key}", shower("sla_policy"), admin=True)
    router.add("GET", "/tags", list_tags)
    router.add("GET", "/autocomplete/tags", autocomplete_tags)
    router.add("GET", "/satisfaction_ratings", satisfaction_ratings, admin=True)
    router.add("GET", "/satisfaction_ratings/{key}", shower("satisfaction_rating"), admin=True)
