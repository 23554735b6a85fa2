"""Users, groups and organizations."""

import sqlite3
from typing import Any

from supportctl.sandbox.zendesk import documents, names, sideloads
from supportctl.sandbox.zendesk.http import Call, Failure, Router, not_found_error
from supportctl.sandbox.zendesk.names import load
from supportctl.sandbox.zendesk.paging import Listing, page
from supportctl.sandbox.zendesk.tables import with_url

_SETS = {"user": "zd_users", "group": "zd_groups", "organization": "zd_organizations"}


def me(call: Call) -> dict[str, Any]:
    """Whoever signed in; without or with wrong credentials still 200, as "Anonymous user"."""
    row = signed_in(call)
    if row is None:
        created = names.stamp(call.store.now())
        doc = documents.user(0, "Anonymous user", "invalid@example.com", "end-user", created)
        doc.update(id=None, verified=False, authenticity_token="", default_group_id=None, email="invalid@example.com")
        return {"user": {"url": None, **doc}}
    doc = load(row["doc"])
    return {"user": {"url": f"{call.base}/api/v2/users/{row['id']}.json", **doc, "authenticity_token": "sandbox"}}


def signed_in(call: Call) -> sqlite3.Row | None:
    """The user row of the account that makes the call."""
    if call.account is None:
        return None
    found = call.store.row("SELECT id, doc FROM zd_users WHERE email = ? COLLATE NOCASE", (call.account.user,))
    return found or call.store.row("SELECT id, doc FROM zd_users WHERE role = 'admin' ORDER BY id LIMIT 1")


def caller_id(call: Call) -> int:
    row = signed_in(call)
    return int(row["id"]) if row is not None else -1


def shower(kind: str) -> Any:
    def handler(call: Call, key: int) -> dict[str, Any]:
        found = sideloads.objects(call, _SETS[kind], kind, [key])
        if not found:
            raise not_found_error()
        return {kind: found[0]}

    return handler


def lister(kind: str, default: str = "id") -> Any:
    def handler(call: Call) -> dict[str, Any]:
        where, params = "1", []
        if kind == "user":
            roles = [value for key, value in call.query if key in {"role", "role[]"}]
            if roles:
                where = f"role IN ({','.join('?' * len(roles))})"
                params = roles
        sorts = (("id", "id"), ("name", "name"))

        def render(rows: list[sqlite3.Row]) -> list[Any]:
            return [with_url(call.base, kind, row["id"], row["doc"]) for row in rows]

        return page(call, Listing(_SETS[kind], where, tuple(params), sorts, sorts, default), f"{kind}s", render)

    return handler


def many(kind: str) -> Any:
    def handler(call: Call) -> dict[str, Any]:
        if call.param("external_ids") is not None:
            found: list[Any] = []
        else:
            found = sideloads.objects(call, _SETS[kind], kind, call.ids())
        return {f"{kind}s": found, "next_page": None, "previous_page": None, "count": len(found)}

    return handler


def search_users(call: Call) -> dict[str, Any]:
    query, external = call.param("query"), call.param("external_id")
    if query is None and external is None:
        raise Failure(400, {"error": {"title": "Invalid attribute", "message": "query or external_id is required"}})
    text = (query or "").strip()
    for prefix in ("email:", "name:"):
        text = text.removeprefix(prefix).strip('"')
    like = f"%{text}%"
    where = "0" if external is not None and query is None else "(name LIKE ? OR email LIKE ?)"
    params: tuple[Any, ...] = () if where == "0" else (like, like)

    def render(rows: list[sqlite3.Row]) -> list[Any]:
        return [with_url(call.base, "user", row["id"], row["doc"]) for row in rows]

    return page(call, Listing("zd_users", where, params), "users", render)


def autocomplete_organizations(call: Call) -> dict[str, Any]:
    rows = call.store.rows(
        "SELECT id, doc FROM zd_organizations WHERE name LIKE ? ORDER BY name LIMIT 100",
        (f"{call.param('name') or ''}%",),
    )
    found = [with_url(call.base, "organization", row["id"], row["doc"]) for row in rows]
    return {"organizations": found, "next_page": None, "previous_page": None, "count": len(found)}


def assignable(call: Call) -> dict[str, Any]:
    lists: dict[str, Any] = lister("group", "name")(call)
    return lists


def memberships(call: Call, user_id: int | None = None, group_id: int | None = None) -> dict[str, Any]:
    """Which agent is in which group."""
    created = names.stamp(call.store.now())

    def render(rows: list[sqlite3.Row]) -> list[Any]:
        return [
            {
                "url": f"{call.base}/api/v2/group_memberships/{row['id']}.json",
                "id": row["id"],
                "user_id": row["user"],
                "group_id": row["group_id"],
                "default": False,
                "created_at": created,
                "updated_at": created,
            }
            for row in rows
        ]

    where = "(?1 IS NULL OR user = ?1) AND (?2 IS NULL OR group_id = ?2)"
    what = Listing("zd_memberships", where, (user_id, group_id), columns="id, user, group_id")
    return page(call, what, "group_memberships", render)


def register(router: Router) -> None:
    router.add("GET", "/users/me", me, anonymous=True)
    router.add("GET", "/users/search", search_users)
    for kind, default in (("user", "id"), ("group", "name"), ("organization", "name")):
        router.add("GET", f"/{kind}s", lister(kind, default))
        router.add("GET", f"/{kind}s/show_many", many(kind))
        router.add("GET", f"/{kind}s/{{key}}", shower(kind))
    router.add("GET", "/groups/assignable", assignable)
    router.add("GET", "/organizations/autocomplete", autocomplete_organizations)
    router.add("GET", "/group_memberships", memberships)
    router.add("GET", "/users/{user_id}/group_memberships", memberships)
    router.add("GET", "/groups/{group_id}/memberships", memberships)
