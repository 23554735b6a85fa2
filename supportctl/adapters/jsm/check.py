"""``supportctl check``: who we are first (a wrong token can read an open Jira and see nothing), then what we may do."""

import re
from typing import Any

from supportctl.adapters.base import Check
from supportctl.adapters.jsm.site import REFUSALS, Site
from supportctl.errors import AuthError, ProtocolError, SupportctlError

PERMISSIONS = {
    "BROWSE_PROJECTS": "read issues",
    "EDIT_ISSUES": "change labels",
    "ADD_COMMENTS": "comment",
    "LINK_ISSUES": "link issues",
    "TRANSITION_ISSUES": "move issues through their workflow",
    "ADMINISTER_PROJECTS": "change issues without sending mail",
    "BULK_CHANGE": "use bulk operations",
}


def run(site: Site) -> list[Check]:
    """Signing in comes first and ends the check when it fails."""
    lines: list[Check] = []
    try:
        me = _object(site.get(f"{site.api}/myself").json())
    except AuthError as error:
        return [Check(name="sign-in", ok=False, detail=error.message, hint=_gateway(site) or error.hint)]
    except REFUSALS as error:
        return [Check(name="sign-in", ok=False, detail=error.message, hint=error.hint)]
    name = me.get("displayName") or me.get("name") or me.get("accountId")
    if not name:
        return [Check(name="sign-in", ok=False, detail="Jira answers, but not as anybody", hint="check user and token")]
    zone = f", time zone {me['timeZone']}" if isinstance(me.get("timeZone"), str) else ""
    lines.append(Check(name="sign-in", ok=True, detail=f"signed in as {name}{zone}"))
    lines.append(_server(site))
    lines.append(_permissions(site))
    lines.append(_desks(site))
    return lines


def _gateway(site: Site) -> str | None:
    """What to run if the token is one with scopes, which a site refuses; anybody may ask for a site's cloud id."""
    if not site.cloud or site.gateway or not site.profile.url.endswith(".atlassian.net"):
        return None
    try:
        cloud = _object(site.get("/_edge/tenant_info").json()).get("cloudId")
    except SupportctlError:
        return None
    if not isinstance(cloud, str) or not re.fullmatch(r"[0-9a-f-]{36}", cloud):
        return None
    return (
        "the token or the user may be wrong, expired or revoked; if it is a token with scopes, run:\n"
        f"supportctl profile set {site.profile.name} --url https://api.atlassian.com/ex/jira/{cloud}"
    )


def _server(site: Site) -> Check:
    try:
        info = _object(site.get("/rest/api/2/serverInfo").json())
    except REFUSALS as error:
        return Check(name="server", ok=None, detail=error.message)
    kind = info.get("deploymentType")
    wanted = "Cloud" if site.cloud else "Server"
    detail = f"Jira {kind or 'of unknown kind'} {info.get('version') or ''}".strip()
    if kind is not None and kind != wanted:
        other = "Cloud, with an API token" if kind == "Cloud" else "Data Center, with a personal access token"
        return Check(
            name="server",
            ok=False,
            detail=f"{detail}, but the profile says {site.profile.deployment}",
            hint=f"add the profile again as {other}: supportctl profile add",
        )
    return Check(name="server", ok=True if kind else None, detail=detail)


def _permissions(site: Site) -> Check:
    params = {"permissions": ",".join(PERMISSIONS)} if site.cloud else {}
    try:
        found = _object(_object(site.get(f"{site.api}/mypermissions", **params).json()).get("permissions"))
    except REFUSALS as error:
        return Check(name="permissions", ok=None, detail=error.message)
    have = [text for key, text in PERMISSIONS.items() if _object(found.get(key)).get("havePermission") is True]
    lack = [text for key, text in PERMISSIONS.items() if _object(found.get(key)).get("havePermission") is False]
    can_read = _object(found.get("BROWSE_PROJECTS")).get("havePermission")
    detail = f"somewhere may: {', '.join(have) or 'nothing'}"
    if lack:
        detail += f"; may not: {', '.join(lack)}"
    return Check(
        name="permissions",
        ok=can_read if isinstance(can_read, bool) else None,
        detail=detail,
        hint=None if can_read else "ask a Jira administrator for the Browse projects permission",
    )


def _desks(site: Site) -> Check:
    try:
        names = [str(desk.get("projectKey")) for desk in site.desk_values(f"{site.desk}/servicedesk")]
    except (*REFUSALS, ProtocolError) as error:
        return Check(
            name="service desks",
            ok=None,
            detail=f"the service desk API cannot be used: {error.message}",
            hint="issues are read all the same; queues as --view are not",
        )
    shown = ", ".join(names[:10]) + (" …" if len(names) > 10 else "")
    return Check(name="service desks", ok=bool(names), detail=shown or "none visible to this account")


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
