"""Search: ``search/jql`` with its tokens, the count, bulk fetch, and the search that Cloud has removed."""

import base64
import binascii
import hashlib
import json
import sqlite3
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from supportctl.sandbox.jira import behind, documents, sight
from supportctl.sandbox.jira.call import ApiError, Call, route
from supportctl.sandbox.jira.jql import JqlError, Query, parse
from supportctl.sandbox.jira.jql_sql import Context, Term, order, where
from supportctl.sandbox.store import Store

PAGE = 100
ID_PAGE = 5000
_BODY_KEYS = {
    "jql",
    "maxResults",
    "nextPageToken",
    "fields",
    "expand",
    "properties",
    "fieldsByKeys",
    "reconcileIssues",
    "failFast",
}
_REMOVED = (
    "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration guideline "
    "is available at https://developer.atlassian.com/changelog/#CHANGE-2046"
)


def context(call: Call, db: sqlite3.Connection) -> Context:
    return Context(db, call.now, call.zone, call.user, call.users)


def read_query(call: Call, jql: str) -> Query:
    """The query read; 400 when it cannot be, or (on Cloud) has no restriction."""
    try:
        query = parse(jql)
    except JqlError as error:
        raise ApiError(400, str(error)) from error
    if query.where is None and not call.deployment.unbounded:
        raise ApiError(
            400, "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."
        )
    return query


def condition(call: Call, db: sqlite3.Connection, jql: str) -> tuple[str, list[Any]]:
    """SQL on ``i`` for who asks; 400 when the query cannot be understood."""
    try:
        sql, values = where(read_query(call, jql), context(call, db))
    except JqlError as error:
        raise ApiError(400, str(error)) from error
    seen, more = sight.current().condition()
    there = "i.id NOT IN (SELECT issue FROM jira_archived)"
    return f"{sql} AND {seen} AND {there}", [*values, *more]


def ordering(call: Call, db: sqlite3.Connection, jql: str) -> list[Term]:
    """The terms of a query's total order; 400 when it cannot be understood."""
    try:
        return order(parse(jql), context(call, db))
    except JqlError as error:
        raise ApiError(400, str(error)) from error


def by(terms: list[Term]) -> str:
    return ", ".join(f"{term.sql} {'DESC' if term.descending else 'ASC'}" for term in terms)


def _keyset(terms: list[Term], last: list[Any]) -> tuple[str, list[Any]]:
    """Rows after ``last``; one row comparison when all terms run the same way, so that an index can serve it."""
    if len({term.descending for term in terms}) == 1:
        sign = "<" if terms[0].descending else ">"
        left = ", ".join(term.sql for term in terms)
        return f"({left}) {sign} ({', '.join('?' * len(last))})", last
    parts, values = [], []
    for place, term in enumerate(terms):
        same = [f"{earlier.sql} = ?" for earlier in terms[:place]]
        parts.append("(" + " AND ".join([*same, f"{term.sql} {'<' if term.descending else '>'} ?"]) + ")")
        values += [*last[:place], last[place]]
    return "(" + " OR ".join(parts) + ")", values


def _token(jql: str, last: list[Any]) -> str:
    digest = hashlib.sha256(jql.encode()).hexdigest()[:12]
    return base64.urlsafe_b64encode(json.dumps([digest, last]).encode()).decode()


def _read_token(token: str, jql: str, terms: int) -> list[Any]:
    try:
        digest, last = json.loads(base64.urlsafe_b64decode(token.encode()))
    except (ValueError, binascii.Error, TypeError):
        raise ApiError(400, "The provided next page token is invalid or expired.") from None
    if digest != hashlib.sha256(jql.encode()).hexdigest()[:12] or len(last) != terms:
        raise ApiError(400, "The provided next page token does not belong to this query.")
    return list(last)


def find_page(
    call: Call, db: sqlite3.Connection, jql: str, size: int, token: str | None
) -> tuple[list[sqlite3.Row], str | None]:
    """Rows of one page, and the token of the next one if there is one."""
    sql, values = condition(call, db, jql)
    terms = ordering(call, db, jql)
    if token:
        after, last = _keyset(terms, _read_token(token, jql, len(terms)))
        sql, values = f"{sql} AND {after}", [*values, *last]
    marks = ", ".join(f"{term.sql} AS _{place}" for place, term in enumerate(terms))
    rows = db.execute(
        f"SELECT i.id, i.key, i.doc, {marks} FROM jira_issue i WHERE {sql} ORDER BY {by(terms)} LIMIT ?",  # noqa: S608
        [*values, size + 1],
    ).fetchall()
    if len(rows) <= size:
        return rows, None
    return rows[:size], _token(jql, [rows[size - 1][f"_{place}"] for place in range(len(terms))])


def listed(value: Any) -> set[str]:
    """Names given as a list or with commas between them."""
    parts = value if isinstance(value, list) else str(value or "").split(",")
    return {str(part).strip() for part in parts if str(part).strip()}


def expanded(
    db: sqlite3.Connection, call: Call, issues: list[dict[str, Any]], expand: set[str], rich: set[str]
) -> dict[str, Any]:
    """Add what ``expand`` asks for to the issues; returns what stands beside them."""
    for issue in issues:
        if "changelog" in expand:
            issue["changelog"] = documents.changelog(db, call, int(issue["id"]))
        if "renderedFields" in expand and "fields" in issue:
            issue["renderedFields"] = documents.rendered(issue["fields"], rich)
    return {"names": documents.names(db, issues)} if "names" in expand else {}


def _search(call: Call, given: dict[str, Any]) -> Response:
    jql = given.get("jql")
    if not isinstance(jql, str):
        raise ApiError(
            400, "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."
        )
    asked = given.get("maxResults")
    asked = 50 if asked is None else asked
    if not isinstance(asked, int) or asked < 0 or asked > ID_PAGE:
        raise ApiError(400, f"The value of maxResults must be between 0 and {ID_PAGE}.")
    reconcile = given.get("reconcileIssues") or []
    if len(reconcile) > 50 or not all(isinstance(item, int) for item in reconcile):
        raise ApiError(400, "reconcileIssues takes at most 50 issue ids.")
    shape = documents.Shape(given.get("fields") or (), "id")
    size = min(asked, ID_PAGE if shape.only_ids else PAGE)
    expand = listed(given.get("expand"))
    with behind.reading(call, reconcile) as db:
        rows, token = find_page(call, db, jql, max(size, 1), given.get("nextPageToken"))
        rich = documents.rich_fields(db)
        issues = [documents.served(db, call, row, shape, rich) for row in rows[:size]]
        beside = expanded(db, call, issues, expand, rich)
    found: dict[str, Any] = {**beside, "issues": issues}
    if token is not None:
        found["nextPageToken"] = token
    found["isLast"] = token is None
    return call.answer(found)


def search_post(call: Call) -> Response:
    given = call.json()
    unknown = sorted(given.keys() - _BODY_KEYS)
    if unknown:
        raise ApiError(400, f"Invalid request payload. Refer to the REST API documentation and try again: {unknown[0]}")
    return _search(call, given)


def search_get(call: Call) -> Response:
    unknown = sorted(set(call.request.query_params) - _BODY_KEYS)
    if unknown:
        raise ApiError(400, f"The query parameter '{unknown[0]}' is not supported.")
    return _search(
        call,
        {
            "jql": call.text("jql"),
            "maxResults": call.number("maxResults", 50),
            "nextPageToken": call.text("nextPageToken"),
            "fields": call.names("fields"),
            "expand": call.names("expand"),
            "reconcileIssues": [int(part) for part in call.names("reconcileIssues") if part.isdigit()],
        },
    )


def removed(call: Call) -> Response:
    return call.answer({"errorMessages": [_REMOVED], "errors": {}}, 410)


def count(call: Call) -> Response:
    jql = str(call.json().get("jql") or "")
    with behind.reading(call) as db:
        sql, values = condition(call, db, jql)
        total = db.execute(f"SELECT count(*) FROM jira_issue i WHERE {sql}", values).fetchone()[0]  # noqa: S608
    return call.answer({"count": total})


def row_of(db: sqlite3.Connection, key_or_id: str) -> sqlite3.Row | None:
    """An issue that who asks may see, by id, key or a key it had before it was moved."""
    row = any_row_of(db, key_or_id)
    return row if row is not None and sight.row_is_seen(row) else None


def any_row_of(db: sqlite3.Connection, key_or_id: str) -> sqlite3.Row | None:
    """The same whoever asks."""
    if key_or_id.isdigit():
        found = db.execute("SELECT id, key, doc FROM jira_issue WHERE id = ?", (int(key_or_id),))
    else:
        found = db.execute(
            "SELECT id, key, doc FROM jira_issue WHERE key = ?1 UNION ALL SELECT i.id, i.key, i.doc FROM jira_alias a "
            "JOIN jira_issue i ON i.id = a.issue WHERE a.key = ?1 LIMIT 1",
            (key_or_id.upper(),),
        )
    row: sqlite3.Row | None = found.fetchone()
    return row


def bulk_fetch(call: Call) -> Response:
    given = call.json()
    wanted = given.get("issueIdsOrKeys")
    if not isinstance(wanted, list) or not wanted:
        raise ApiError(400, "The issueIdsOrKeys list must not be empty.")
    if len(wanted) > 100:
        raise ApiError(400, "The number of issues requested must not exceed 100.")
    shape = documents.Shape(given.get("fields") or (), "*navigable")
    with call.reading() as db:
        rich = documents.rich_fields(db)
        rows = {row["id"]: row for row in (row_of(db, str(item)) for item in wanted) if row is not None}
        issues = [documents.served(db, call, rows[number], shape, rich) for number in sorted(rows)]
        beside = expanded(db, call, issues, listed(given.get("expand")), rich)
    return call.answer({"expand": "schema,names", "issueErrors": [], "issues": issues, **beside})


def jql_parse(call: Call) -> Response:
    """Says of each query whether it can be read; the structure is given for its ORDER BY only."""
    strict = call.text("validation") != "none"
    queries = call.json().get("queries")
    if not isinstance(queries, list) or not queries:
        raise ApiError(400, "The queries list must not be empty.")
    found = []
    with call.reading() as db:
        for text in queries:
            entry: dict[str, Any] = {"query": text}
            try:
                query = parse(str(text))
                if strict:
                    where(query, context(call, db))
                    order(query, context(call, db))
                entry["structure"] = {
                    "orderBy": {
                        "fields": [
                            {
                                "field": {"name": item.field, "encodedName": item.field},
                                "direction": "desc" if item.descending else "asc",
                            }
                            for item in query.order
                        ]
                    }
                }
            except JqlError as error:
                entry["errors"] = [str(error)]
            found.append(entry)
    return call.answer({"queries": found})


def routes(store: Store) -> list[BaseRoute]:
    api = "/rest/api/{v}"
    return [
        route(store, f"{api}/search/jql", search_get),
        route(store, f"{api}/search/jql", search_post, "POST"),
        route(store, f"{api}/search/approximate-count", count, "POST"),
        route(store, f"{api}/search", removed),
        route(store, f"{api}/search", removed, "POST"),
        route(store, f"{api}/issue/bulkfetch", bulk_fetch, "POST"),
        route(store, f"{api}/jql/parse", jql_parse, "POST"),
    ]
