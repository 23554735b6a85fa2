"""``/rest/api/2/search``: pages by offset, with an exact total.

(docs.atlassian.com, Jira Data Center REST API, "Search")
"""

from typing import Any

from starlette.responses import Response

from supportctl.sandbox.jira import documents
from supportctl.sandbox.jira.call import ApiError, Call
from supportctl.sandbox.jira.search import by, condition, expanded, listed, ordering

PAGE = 50
MOST = 1000
"""The administrator's cap on a page (``jira.search.views.default.max``); asking for more gives no error and no more."""
_BODY_KEYS = {"jql", "startAt", "maxResults", "fields", "expand", "validateQuery", "properties", "fieldsByKeys"}


def _search(call: Call, jql: str, start: int, asked: int, fields: list[str], expand: set[str], valid: bool) -> Response:
    size = min(asked, MOST)
    shape = documents.Shape(fields, "*navigable")
    found: dict[str, Any] = {"expand": "schema,names", "startAt": start, "maxResults": size}
    with call.reading() as db:
        try:
            sql, values = condition(call, db, jql)
            terms = ordering(call, db, jql)
        except ApiError as error:
            if valid:
                raise
            return call.answer({**found, "total": 0, "issues": [], "warningMessages": error.body["errorMessages"]})
        total = db.execute(f"SELECT count(*) FROM jira_issue i WHERE {sql}", values).fetchone()[0]  # noqa: S608
        rows = db.execute(
            f"SELECT i.id, i.key, i.doc FROM jira_issue i WHERE {sql} ORDER BY {by(terms)} LIMIT ? OFFSET ?",  # noqa: S608
            [*values, size, start],
        ).fetchall()
        rich = documents.rich_fields(db)
        issues = [documents.served(db, call, row, shape, rich) for row in rows]
        beside = expanded(db, call, issues, expand, rich)
    return call.answer({**found, "total": total, "issues": issues, **beside})


def get(call: Call) -> Response:
    return _search(
        call,
        call.text("jql") or "",
        call.number("startAt", 0),
        call.number("maxResults", PAGE),
        call.names("fields"),
        set(call.names("expand")),
        (call.text("validateQuery") or "true").lower() not in {"false", "none"},
    )


def post(call: Call) -> Response:
    given = call.json()
    if unknown := sorted(given.keys() - _BODY_KEYS):
        raise ApiError(400, f'Unrecognized field "{unknown[0]}", not marked as ignorable')
    for name in ("fields", "expand", "properties"):
        if not isinstance(given.get(name) or [], list):
            raise ApiError(400, f"Can not deserialize instance of java.util.ArrayList: {name}")
    counts = []
    for name, default in (("startAt", 0), ("maxResults", PAGE)):
        number = default if given.get(name) is None else given[name]
        if not isinstance(number, int) or isinstance(number, bool) or number < 0:
            raise ApiError(400, f"The value of '{name}' must be a number that is not negative.")
        counts.append(number)
    jql = given.get("jql") or ""
    if not isinstance(jql, str):
        raise ApiError(400, "Can not deserialize instance of java.lang.String: jql")
    start, size = counts
    valid = given.get("validateQuery") not in {False, "false", "none"}
    return _search(call, jql, start, size, given.get("fields") or [], listed(given.get("expand") or []), valid)


def visitor(call: Call) -> Response:
    """Nothing is open to all here: a search finds nothing, and says nothing of it."""
    return call.answer({"startAt": 0, "maxResults": call.number("maxResults", PAGE, MOST), "total": 0, "issues": []})
