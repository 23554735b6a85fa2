"""Issue keys as people type them: ``SUP-12``, an issue or portal URL, a numeric id."""

import re
from urllib.parse import parse_qs, urlsplit

from supportctl.errors import UsageError

_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]*-[1-9][0-9]*")
_ID = re.compile(r"[1-9][0-9]{0,18}")
_ZENDESK = re.compile(r"#[0-9]+")
_SERVICENOW = re.compile(r"(?:INC|PRB|REQ|RITM|SCTASK|TASK|CHG|KB|CS|CSTASK)[0-9]{4,}|[0-9a-f]{32}", re.IGNORECASE)
_GATEWAY = "api.atlassian.com"
_PLACES = ("browse", "issues", "issue", "portal", "custom", "request")


def normalize(text: str, site: str) -> str:
    """The key in capitals, or the id. ``site`` is the profile's URL.

    Raises `UsageError` for a key of another platform, an address of another site, or anything else.
    """
    typed = text.strip()
    if _KEY.fullmatch(typed):
        return typed.upper()
    if _ID.fullmatch(typed):
        return typed
    if "://" in typed:
        return _from_url(typed, site)
    if _ZENDESK.fullmatch(typed):
        raise _foreign(typed, "Zendesk")
    if _SERVICENOW.fullmatch(typed):
        raise _foreign(typed, "ServiceNow")
    raise UsageError(
        f"{_short(typed)!r} is no issue key", hint="give a key such as SUP-12, the issue's address, or its numeric id"
    )


def _from_url(typed: str, site: str) -> str:
    try:
        url = urlsplit(typed)
        host = (url.hostname or "").lower()
    except ValueError:
        host = ""
    if not host:
        raise UsageError(f"{_short(typed)!r} is no address of an issue", hint="give the issue's key, such as SUP-12")
    own = (urlsplit(site).hostname or "").lower()
    if host != own and not (own == _GATEWAY and host.endswith(".atlassian.net")):
        for suffix, platform in ((".zendesk.com", "Zendesk"), (".service-now.com", "ServiceNow")):
            if host.endswith(suffix):
                raise _foreign(typed, platform)
        raise UsageError(
            f"{_short(typed)!r} is on {host}, and this profile is for {own}",
            hint="choose the profile of that site with --profile",
        )
    for name in ("selectedIssue", "issueKey", "key", "id"):
        for value in parse_qs(url.query).get(name, []):
            if _KEY.fullmatch(value):
                return value.upper()
    parts = [part for part in url.path.split("/") if part]
    for part in reversed(parts):
        if _KEY.fullmatch(part):
            return part.upper()
    if len(parts) > 1 and _ID.fullmatch(parts[-1]) and parts[-2] in _PLACES:
        return parts[-1]
    raise UsageError(f"{_short(typed)!r} names no issue", hint="give the issue's key, such as SUP-12")


def _foreign(typed: str, platform: str) -> UsageError:
    return UsageError(
        f"{_short(typed)!r} looks like a {platform} ticket, and this profile is for Jira Service Management",
        hint=f"choose a {platform} profile with --profile; issue keys look like SUP-12",
    )


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"
