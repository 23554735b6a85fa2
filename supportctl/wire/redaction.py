"""URLs as they may be shown: paths with ids, parameter names without values."""

import re
from urllib.parse import parse_qsl, unquote, urlsplit

_WORD = re.compile(r"[A-Za-z][A-Za-z_-]{0,47}(?:\.(?:json|do|xml))?")
_NUMBERS = re.compile(r"\d{1,20}(?:,\d{1,20})*(\.json)?", re.ASCII)
_HEX = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_ISSUE = re.compile(r"[A-Z][A-Z0-9_]{0,30}-\d{1,12}", re.ASCII)
_VERSION = re.compile(r"v\d{1,2}|\d\.\d", re.ASCII)
_NAME = re.compile(r"[a-z][a-z0-9_]{0,79}")
_SAFE_PARAMETERS = frozenset({
    "page", "page[size]", "per_page", "limit", "start", "startat", "maxresults", "sysparm_limit", "sysparm_offset",
    "start_time", "since",
})  # fmt: skip
_SAFE_VALUE = re.compile(r"-?\d{1,15}", re.ASCII)


def readable_path(url: str) -> str:
    """The path of ``url`` with ids kept and everything that could be text or a token replaced by ``{…}``."""
    return _path(url, ids=True)


def endpoint_template(method: str, url: str) -> str:
    """``GET /api/v2/tickets/{id}``: what requests are counted and limited by."""
    return f"{method} {_path(url, ids=False)}"


def readable_url(url: str) -> str:
    """Scheme, host, path and parameter names; values only of plain paging numbers."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    shown = f"{parts.scheme}://{host}{readable_path(url)}"
    if not parts.query:
        return shown
    names = [
        f"{_parameter(name)}={value if name.lower() in _SAFE_PARAMETERS and _SAFE_VALUE.fullmatch(value) else '…'}"
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
    ]
    return f"{shown}?{'&'.join(names)}"


def _parameter(name: str) -> str:
    return name if re.fullmatch(r"[\w.\[\]-]{1,60}", name, re.ASCII) else "…"


def _path(url: str, *, ids: bool) -> str:
    shown: list[str] = []
    previous = ""
    for segment in urlsplit(url).path.split("/"):
        shown.append(_segment(unquote(segment), previous, ids=ids))
        previous = segment
    return "/".join(shown) or "/"


def _segment(segment: str, previous: str, *, ids: bool) -> str:
    if not segment:
        return ""
    if previous == "token":
        return "{token}"
    if _VERSION.fullmatch(segment) or (previous == "api" and segment in {"1", "2", "3"}):
        return segment
    if _ISSUE.fullmatch(segment):
        return segment if ids else "{key}"
    if (_WORD.fullmatch(segment) and not _HEX.fullmatch(segment)) or (
        previous in {"table", "stats", "import"} and _NAME.fullmatch(segment)
    ):
        return segment
    if numbers := _NUMBERS.fullmatch(segment):
        return segment if ids and "," not in segment else f"{{id}}{numbers[1] or ''}"
    if _HEX.fullmatch(segment):
        return segment if ids else "{id}"
    return "{…}"
