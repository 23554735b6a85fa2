"""Reading through the Table API: lists with limits, offsets and headers, and single records."""

import json
import sqlite3
from urllib.parse import quote

from supportctl.sandbox.servicenow import acl, dictionary, quota, records
from supportctl.sandbox.servicenow.call import NO_RECORD, Answer, ApiError, Call
from supportctl.sandbox.servicenow.query_sql import Context, Selection, select
from supportctl.sandbox.servicenow.render import Renderer

DEFAULT_LIMIT = 10000


def table_name(call: Call) -> str:
    """The table of the path; 400 when there is none of that name, 403 when it is closed to who asks."""
    name = call.path["table"]
    if not dictionary.exists(name):
        raise ApiError(400, f"Invalid table {name}")
    acl.must_be_open(call.account, name)
    return name


def selection(call: Call, db: sqlite3.Connection, table: str) -> Selection:
    """What the request asks for: sysparm_query, or ``field=value`` pairs."""
    text = call.params.get("sysparm_query")
    if text is None:
        pairs = [(name, value) for name, value in call.query if not name.startswith("sysparm_")]
        text = "^".join(f"{name}={value}" for name, value in pairs)
    return select(table, text, Context(db, call.now, call.zone, str(call.user["sys_id"])))


def renderer(call: Call, db: sqlite3.Connection, table: str) -> Renderer:
    mode = call.params.get("sysparm_display_value", "false").strip().lower()
    return Renderer(
        db,
        table,
        mode=mode if mode in {"true", "all"} else "false",
        exclude_link=call.flag("sysparm_exclude_reference_link"),
        base=call.base,
        zone=call.zone,
        hidden=acl.hidden_fields(call.account),
        readable=lambda cls, doc: acl.may_read(call.account, cls, doc),
    )


def listing(call: Call) -> Answer:
    """The limit is applied before access control: a page may hold fewer rows than asked, and more may follow."""
    table = table_name(call)
    limit, offset = call.number("sysparm_limit", DEFAULT_LIMIT), call.number("sysparm_offset", 0)
    headers: dict[str, str] = {}
    with call.store.reader() as db:
        chosen = selection(call, db, table)
        order = f" ORDER BY {chosen.order}" if chosen.order else ""
        rows = db.execute(
            f"SELECT r.cls, r.doc FROM {chosen.source} WHERE {chosen.where}{order} LIMIT ? OFFSET ?",  # noqa: S608
            [*chosen.values, limit, offset],
        ).fetchall()
        late = quota.exceeded(call, len(rows))
        total = None
        if not call.flag("sysparm_no_count"):
            sql = f"SELECT count(*) FROM {chosen.source} WHERE {chosen.where}"  # noqa: S608
            total = db.execute(sql, chosen.values).fetchone()[0]
            headers["X-Total-Count"] = str(total)
        if total is not None and not call.flag("sysparm_suppress_pagination_header"):
            link = _link(call, limit, offset, total)
            if link:
                headers["Link"] = link
        found = [(row[0], json.loads(row[1])) for row in rows]
        found = [(cls, doc) for cls, doc in found if acl.may_read(call.account, cls, doc)]
        shown = renderer(call, db, table)
        paths = shown.paths(call.names("sysparm_fields"))
        shown.prefetch([doc for _, doc in found], paths)
        result = [shown.record(cls, doc, paths) for cls, doc in found]
    if late:
        return quota.cut_off(call, result)
    if not result and call.version == "v1":
        raise ApiError(404, *NO_RECORD)
    return Answer({"result": result}, headers=headers, rows=len(rows))


def _link(call: Call, limit: int, offset: int, total: int) -> str:
    if total <= limit or limit == 0:
        return ""
    kept = [(name, value) for name, value in call.query if name not in {"sysparm_offset", "sysparm_limit"}]
    query = "&".join(f"{quote(name)}={quote(value, safe='')}" for name, value in kept)

    def one(start: int, rel: str) -> str:
        tail = f"sysparm_offset={start}&sysparm_limit={limit}"
        return f'<{call.base}{call.url}?{query}{"&" if query else ""}{tail}>;rel="{rel}"'

    parts = [one(0, "first")]
    if offset + limit < total:
        parts.append(one(offset + limit, "next"))
    if offset > 0:
        parts.append(one(max(offset - limit, 0), "prev"))
    parts.append(one((total - 1) // limit * limit, "last"))
    return ",".join(parts)


def one(call: Call) -> Answer:
    table = table_name(call)
    with call.store.reader() as db:
        quota.exceeded(call, 1)
        found = records.get(db, table, call.path["sys_id"])
        if found is None or not acl.may_read(call.account, *found):
            raise ApiError(404, *NO_RECORD)
        return Answer({"result": shown(call, db, table, *found)})


def shown(call: Call, db: sqlite3.Connection, table: str, cls: str, doc: records.Doc) -> records.Doc:
    """One record as the parameters of the call ask."""
    view = renderer(call, db, table)
    return view.record(cls, doc, view.paths(call.names("sysparm_fields")))
