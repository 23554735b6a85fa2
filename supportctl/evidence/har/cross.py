"""Rules of the browser between sites: cross-origin answers, and http inside https pages."""

import re
from urllib.parse import urlsplit

from supportctl.evidence.har.exchange import Exchange
from supportctl.evidence.har.hosts import local

_CALLS = ("xhr", "fetch", "font", "preflight")


def origin_of(url: str) -> str:
    """``https://host:port`` without the usual port; empty where there is none."""
    try:
        split = urlsplit(url)
        if not split.hostname or split.scheme not in ("http", "https"):
            return ""
        port = (
            f":{split.port}" if split.port and (split.scheme, split.port) not in (("http", 80), ("https", 443)) else ""
        )
    except ValueError:
        return ""
    return f"{split.scheme}://{split.hostname}{port}"


def refused(one: Exchange) -> str | None:
    """Why a browser does not hand this answer to the page; None where it does, or where it cannot be told."""
    origin = one.sent.get("origin", "").strip()
    own = origin_of(one.url)
    if not origin or not own or origin == own or not one.got:
        return None
    if one.method == "OPTIONS" and "access-control-request-method" in one.sent:
        return _preflight(one, origin)
    if one.sent.get("sec-fetch-mode", "cors" if one.kind in _CALLS else "") != "cors":
        return None
    if one.status is None or one.status <= 0 or one.status in (101, 304) or 300 <= one.status < 400:
        return None
    return _allowed(one, origin)


def _preflight(one: Exchange, origin: str) -> str | None:
    if one.status is None or one.status <= 0:
        return None
    if not 200 <= one.status < 300:
        return f"the browser's question before the call (preflight) was answered with {one.status}"
    if told := _allowed(one, origin):
        return f"preflight: {told}"
    method = one.sent.get("access-control-request-method", "").upper()
    methods = _listed(one.got.get("access-control-allow-methods", ""))
    if method not in ("GET", "HEAD", "POST", "") and "*" not in methods and method.lower() not in methods:
        return f"preflight: access-control-allow-methods does not name {re.sub('[^A-Z]', '', method)[:20]}"
    asked = _listed(one.sent.get("access-control-request-headers", ""))
    allowed = _listed(one.got.get("access-control-allow-headers", ""))
    missing = [
        name for name in sorted(asked) if name not in allowed and ("*" not in allowed or name == "authorization")
    ]
    if missing:
        return f"preflight: access-control-allow-headers does not name {', '.join(missing[:5])}"
    return None


def _allowed(one: Exchange, origin: str) -> str | None:
    told = one.got.get("access-control-allow-origin")
    if told is None:
        return "the answer has no access-control-allow-origin: the page may not read it"
    if told.strip() in ("*", origin):
        return None
    if "," in told:
        return "access-control-allow-origin holds several values: the page may not read the answer"
    return "access-control-allow-origin names another origin: the page may not read the answer"


def _listed(text: str) -> set[str]:
    return {part.strip().lower() for part in text.split(",") if part.strip()}


def mixed(one: Exchange, page: str) -> str | None:
    """``page``: the address of the page it belongs to."""
    if one.secure or not page.startswith("https://") or local(one.host):
        return None
    if not one.url.startswith(("http://", "ws://")) or one.kind in ("document", "preflight"):
        return None
    if one.status is None or one.status <= 0:
        return "http inside an https page: browsers block it"
    return "http inside an https page"
