"""The Aggregate API: counts and sums, grouped."""

from typing import Any

from supportctl.sandbox.servicenow import acl
from supportctl.sandbox.servicenow.call import Answer, Call
from supportctl.sandbox.servicenow.query_sql import resolve
from supportctl.sandbox.servicenow.table import renderer, selection, table_name

_FUNCTIONS = {"avg": "avg", "min": "min", "max": "max", "sum": "sum"}


def aggregate(call: Call) -> Answer:
    """All numbers are strings; averages have four decimals. Fields that are unknown or hidden are left out."""
    table = table_name(call)
    hidden = acl.hidden_fields(call.account)
    wanted = [
        (function, field, found[0])
        for function in _FUNCTIONS
        for field in call.names(f"sysparm_{function}_fields")
        if field not in hidden and (found := resolve(table, field)) is not None
    ]
    counted = call.flag("sysparm_count") or not wanted
    groups = [
        (field, found)
        for field in call.names("sysparm_group_by")
        if field not in hidden and (found := resolve(table, field)) is not None
    ]
    columns = ["count(*)", *(f"{function}(CAST({sql} AS REAL))" for function, _, sql in wanted)]
    columns += [f"COALESCE({sql}, '')" for _, (sql, _) in groups]
    with call.store.reader() as db:
        chosen = selection(call, db, table)
        tail = ""
        if groups:
            places = ", ".join(str(len(columns) - len(groups) + place + 1) for place in range(len(groups)))
            tail = f" GROUP BY {places} ORDER BY {places}"
            if "count" in call.params.get("sysparm_order_by", "").lower():
                tail = f" GROUP BY {places} ORDER BY 1 DESC, {places}"
        rows = db.execute(
            f"SELECT {', '.join(columns)} FROM {chosen.source} WHERE {chosen.where}{tail}",  # noqa: S608
            chosen.values,
        ).fetchall()
        shown = renderer(call, db, table)
        least = _having(call)
        result = []
        for row in rows:
            if groups and row[0] < least:
                continue
            stats: dict[str, Any] = {"count": str(row[0])} if counted else {}
            for place, (function, field, _) in enumerate(wanted, 1):
                value = row[place]
                text = "" if value is None else f"{value:.4f}" if function == "avg" else f"{value:g}"
                stats.setdefault(function, {})[field] = text
            entry: dict[str, Any] = {"stats": stats}
            if groups:
                entry["groupby_fields"] = [
                    _group(shown, field, found, row[len(columns) - len(groups) + place])
                    for place, (field, found) in enumerate(groups)
                ]
            result.append(entry)
    return Answer({"result": result if groups else result[0]})


def _group(shown: Any, path: str, found: Any, raw: str) -> dict[str, Any]:
    field = found[1]
    entry: dict[str, Any] = {"field": path, "value": raw}
    if shown.mode != "false":
        if field.reference:
            text = shown.name_of(raw) if raw else "(empty)"
        else:
            text = shown.display(shown.table, {}, field, raw) or "(empty)"
        if shown.mode == "true":
            return {"field": path, "value": text}
        entry["display_value"] = text
    return entry


def _having(call: Call) -> int:
    """``count^priority^>^3`` asks for groups of more than three; other forms are ignored."""
    parts = call.params.get("sysparm_having", "").split("^")
    if len(parts) == 4 and parts[0].lower() == "count" and parts[3].isdigit():
        return int(parts[3]) + (parts[2] == ">")
    return 0
