"""What a client learns about the site: deployment, fields, statuses, people, filters, permissions."""

import sqlite3
from collections.abc import Iterable
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from supportctl.sandbox.jira import entities, sight, vocabulary
from supportctl.sandbox.jira.call import ApiError, Call, Handler, route, stamp
from supportctl.sandbox.jira.gateway import CLOUD_ID
from supportctl.sandbox.jira.schema import SITE
from supportctl.sandbox.store import Store

PERMISSIONS = (
    "ADMINISTER",
    "ADMINISTER_PROJECTS",
    "BROWSE_PROJECTS",
    "EDIT_ISSUES",
    "TRANSITION_ISSUES",
    "RESOLVE_ISSUES",
    "ADD_COMMENTS",
    "LINK_ISSUES",
    "ASSIGN_ISSUES",
    "CREATE_ISSUES",
    "CREATE_ATTACHMENTS",
    "MOVE_ISSUES",
    "DELETE_ISSUES",
    "BULK_CHANGE",
    "SERVICEDESK_AGENT",
)
_ADMIN_ONLY = {"ADMINISTER", "ADMINISTER_PROJECTS", "DELETE_ISSUES"}


def tenant_info(call: Call) -> Response:
    return call.answer({"cloudId": CLOUD_ID})


def server_info(call: Call) -> Response:
    return call.answer(
        {
            "baseUrl": call.home,
            "displayUrl": call.home,
            "version": "1001.0.0-SNAPSHOT",
            "versionNumbers": [1001, 0, 0],
            "deploymentType": "Cloud",
            "buildNumber": 100298,
            "buildDate": "2026-01-15T02:00:00.000+0000",
            "serverTime": stamp(call.now),
            "scmInfo": "sandbox",
            "serverTitle": "Sandbox",
            "defaultLocale": {"locale": "en_US"},
            "serverTimeZone": "Etc/UTC",
        }
    )


def myself(call: Call) -> Response:
    with call.reading() as db:
        found = entities.get(db, "user", call.user) or {
            "self": f"{SITE}/rest/api/3/user?accountId={call.user}",
            "accountId": call.user,
            "accountType": "atlassian",
            "displayName": "Sandbox operator",
            "active": True,
            "timeZone": "Etc/UTC",
        }
    return call.answer(
        {
            **found,
            "locale": "en_US",
            "groups": {"size": 1, "items": []},
            "applicationRoles": {"size": 1, "items": []},
            "expand": "groups,applicationRoles",
        }
    )


def _seen(kind: str, doc: dict[str, Any]) -> bool:
    """Projects must be browsed and filters shared; the rest of the configuration is everybody's."""
    if kind == "project":
        return sight.current().browses(str(doc.get("key")))
    return kind != "filter" or sight.filter_is_shared(doc)


def plain_list(kind: str) -> Handler:
    def handler(call: Call) -> Response:
        with call.reading() as db:
            return call.answer([doc for doc in entities.every(db, kind) if _seen(kind, doc)])

    return handler


def paged(kind: str) -> Handler:
    """``{startAt, maxResults, total, isLast, values}`` over all of a kind."""

    def handler(call: Call) -> Response:
        with call.reading() as db:
            docs = entities.every(db, kind)
        wanted = (call.text("query") or call.text("filterName") or "").casefold()
        keys = {key.upper() for key in call.names("keys")}
        docs = [
            doc
            for doc in docs
            if _seen(kind, doc)
            and (
                not wanted or wanted in str(doc.get("name", "")).casefold() or wanted == str(doc.get("key")).casefold()
            )
            and (not keys or doc.get("key") in keys)
        ]
        return call.answer(page(call, docs, 50))

    return handler


def page(call: Call, values: list[Any], size: int) -> dict[str, Any]:
    start, size = call.number("startAt", 0), call.number("maxResults", size, 1000)
    return {
        "startAt": start,
        "maxResults": size,
        "total": len(values),
        "isLast": start + size >= len(values),
        "values": values[start : start + size],
    }


def labels(call: Call) -> Response:
    rows = call.store.rows("SELECT DISTINCT value FROM jira_value WHERE field = 'labels' ORDER BY value")
    return call.answer(page(call, [row[0] for row in rows], 1000))


def one(kind: str, name: str, missing: int = 404) -> Handler:
    """``missing``: the status that stands for one that is not there or not for who asks."""

    def handler(call: Call) -> Response:
        with call.reading() as db:
            found = entities.ids(db, kind, str(call.path["id"]))
            doc = entities.get(db, kind, found[0]) if found else None
        if doc is None or not _seen(kind, doc):
            raise ApiError(missing, f"The {name} with id '{call.path['id']}' does not exist.")
        return call.answer(doc)

    return handler


def link_types(call: Call) -> Response:
    with call.reading() as db:
        return call.answer({"issueLinkTypes": entities.every(db, "linktype")})


def status_categories(call: Call) -> Response:
    return call.answer(list(vocabulary.CATEGORIES.values()))


def permissions(call: Call) -> Response:
    wanted = call.names("permissions")
    if not wanted:
        raise ApiError(400, "The 'permissions' query parameter is required.")
    unknown = [name for name in wanted if name not in PERMISSIONS]
    if unknown:
        raise ApiError(400, f"Unrecognized permission: {unknown[0]}")
    project = call.text("projectKey")
    if project and not sight.current().browses(project.upper()):
        raise ApiError(404, f"No project could be found with key '{project}'.")
    return had(call, wanted)


def had(call: Call, wanted: Iterable[str]) -> Response:
    """Which of these permissions the account has."""
    return call.answer(
        {
            "permissions": {
                name: {
                    "id": str(PERMISSIONS.index(name)),
                    "key": name,
                    "name": name.replace("_", " ").capitalize(),
                    "type": "GLOBAL" if name in {"ADMINISTER", "BULK_CHANGE"} else "PROJECT",
                    "description": "",
                    "havePermission": call.role == "admin" or (call.role == "agent" and name not in _ADMIN_ONLY),
                }
                for name in wanted
            }
        }
    )


def user_search(call: Call) -> Response:
    query = call.text("query") or ""
    account = call.text("accountId")
    if not query and account is None:
        raise ApiError(400, "The query parameter is required.")
    with call.reading() as db:
        docs = [
            doc
            for doc in entities.every(db, "user")
            if (account is None or doc.get("accountId") == account)
            and begins(query, doc.get("displayName"), doc.get("emailAddress"))
        ]
    start, size = call.number("startAt", 0), call.number("maxResults", 50, 1000)
    return call.answer(docs[start : start + size])


def assignable(call: Call) -> Response:
    """Staff that can be assigned issues of a project, by the beginning of a name or address, or by their id."""
    query, account = call.text("query") or "", call.text("accountId")
    with call.reading() as db:
        _assignable_project(call, db)
        if bool(query) is (account is not None):
            raise ApiError(400, "One of the query and accountId parameters is required.")
        docs = [
            doc
            for doc in entities.every(db, "user")
            if can_be_assigned(doc)
            and (account is None or doc.get("accountId") == account)
            and (
                not query
                or doc.get("accountId") == query
                or begins(query, doc.get("displayName"), doc.get("emailAddress"))
            )
        ]
    start, size = call.number("startAt", 0), call.number("maxResults", 50, 1000)
    return call.answer(docs[start : start + size])


def _assignable_project(call: Call, db: sqlite3.Connection) -> None:
    named = call.text("project") or (call.text("issueKey") or "").rpartition("-")[0]
    if not named:
        raise ApiError(400, "The project, issueKey or issueId parameter is required.")
    if not entities.ids(db, "project", named) or not sight.current().browses(named):
        raise ApiError(404, f"No project could be found with key '{named}'.")


def can_be_assigned(doc: dict[str, Any]) -> bool:
    """Customers of the portal and people who have left cannot."""
    return doc.get("active") is not False and doc.get("accountType", "atlassian") == "atlassian"


def begins(query: str, *texts: Any) -> bool:
    """Whether one of the texts, or a word of it, begins with the query."""
    return any(
        word.startswith(query.casefold())
        for text in (str(each or "").casefold() for each in texts)
        for word in [text, *text.split()]
    )


def user(call: Call) -> Response:
    with call.reading() as db:
        found = entities.get(db, "user", call.text("accountId") or "")
    if found is None:
        raise ApiError(404, "Specified user does not exist or you do not have required permissions")
    return call.answer(found)


def routes(store: Store) -> list[BaseRoute]:
    api = "/rest/api/{v}"
    return [
        route(store, "/_edge/tenant_info", tenant_info, open_to_all=True),
        route(store, f"{api}/serverInfo", server_info, open_to_all=True),
        route(store, f"{api}/myself", myself),
        route(store, f"{api}/field", plain_list("field")),
        route(store, f"{api}/status", plain_list("status")),
        route(store, f"{api}/status/{{id}}", one("status", "status")),
        route(store, f"{api}/statuscategory", status_categories),
        route(store, f"{api}/priority/search", paged("priority")),
        route(store, f"{api}/priority", plain_list("priority")),
        route(store, f"{api}/resolution/search", paged("resolution")),
        route(store, f"{api}/resolution", plain_list("resolution")),
        route(store, f"{api}/issuetype", plain_list("issuetype")),
        route(store, f"{api}/issueLinkType", link_types),
        route(store, f"{api}/label", labels),
        route(store, f"{api}/project/search", paged("project")),
        route(store, f"{api}/project", plain_list("project")),
        route(store, f"{api}/project/{{id}}", one("project", "project")),
        route(store, f"{api}/filter/search", paged("filter")),
        route(store, f"{api}/filter/{{id}}", one("filter", "filter", 400)),
        route(store, f"{api}/mypermissions", permissions),
        route(store, f"{api}/user/search", user_search),
        route(store, f"{api}/user/assignable/search", assignable),
        route(store, f"{api}/user", user),
    ]
