"""One request with its answer, as far as the file tells: every field may be missing, null or of another type."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from supportctl.evidence.har.hosts import site_of

PHASES = ("blocked", "dns", "connect", "ssl", "send", "wait", "receive")
"""In their order; ``ssl`` lies inside ``connect``."""
_LONGEST_URL = 4000
_ID_NAME = re.compile(
    r"(?:^|[-_])(?:request|req|correlation|trace|transaction|operation|activity|span|event|invocation|error|incident)"
    r"[-_]?(?:id|guid|uuid)$|^x-(?:amz-id-2|amz-cf-id|amzn-trace-id|cloud-trace-context|served-by|azure-ref|arequestid|"
    r"vercel-id|nf-request-id|iinfo|rid|tid|reqid|b3-traceid)$|^(?:cf-ray|traceparent|sprequestguid|atl-traceid|"
    r"akamai-grn|uber-trace-id|sentry-trace|fly-request-id|request-context|b3|x-b3-traceid|x-amz-rid)$",
    re.IGNORECASE,
)
"""Headers by which an operator finds this one exchange in his own logs."""


@dataclass(slots=True)
class Exchange:
    number: int
    """From 1, in the file's order."""
    at: datetime | None
    """When it began; with a zone."""
    written: str
    assumed_zone: bool
    method: str
    url: str
    host: str
    path: str
    secure: bool
    status: int | None
    """None where the answer's status is missing; 0 and below where there was no answer."""
    status_text: str
    error: str
    """What the browser says of a request that failed, e.g. ``net::ERR_NAME_NOT_RESOLVED``."""
    protocol: str
    kind: str
    """document, xhr, fetch, script, image, … where it is told."""
    mime: str
    page: str
    millis: float
    """Of the whole; 0 where it is not told."""
    phases: dict[str, float]
    """Measured ones only, in milliseconds."""
    sent: Mapping[str, str] = field(repr=False)
    """Request headers by lower-case name."""
    got: Mapping[str, str] = field(repr=False)
    body: str | None = field(repr=False)
    """The answer's text; None where none was recorded."""
    size: int
    """Bytes of the answer's content; -1 where it is not told."""
    packed: bool
    """The body stands in base64."""
    redirect: str
    cached: bool
    cut: bool

    @property
    def failed(self) -> bool:
        return self.status is None or self.status <= 0 or self.status >= 400

    @property
    def site(self) -> str:
        return site_of(self.host)

    @property
    def ended(self) -> datetime | None:
        return None if self.at is None else self.at + timedelta(milliseconds=min(self.millis, 1e9))

    def ids(self) -> dict[str, str]:
        """Request ids of the answer first, then those that were sent along."""
        found: dict[str, str] = {}
        for headers in (self.got, self.sent):
            for name, value in headers.items():
                if value and len(value) < 300 and _ID_NAME.search(name):
                    found.setdefault(name, value)
        return found


def exchange(number: int, entry: dict[str, Any]) -> Exchange:
    """What is of the wrong type counts as missing."""
    request, response = mapping(entry.get("request")), mapping(entry.get("response"))
    content = mapping(response.get("content"))
    url = string(request.get("url"))[:_LONGEST_URL]
    host, path, secure = _parts(url)
    at, written, assumed = _moment(entry.get("startedDateTime"))
    phases = {
        name: value for name in PHASES if (value := number_of(mapping(entry.get("timings")).get(name), -1.0)) >= 0
    }
    whole = number_of(entry.get("time"), 0.0)
    if whole <= 0:
        whole = sum(value for name, value in phases.items() if name != "ssl")
    got, sent = _headers(response.get("headers")), _headers(request.get("headers"))
    text = content.get("text")
    return Exchange(
        number=number,
        at=at,
        written=written,
        assumed_zone=assumed,
        method=(string(request.get("method")) or "?").upper()[:20],
        url=url,
        host=host,
        path=path,
        secure=secure,
        status=_status(response.get("status")),
        status_text=string(response.get("statusText"))[:200],
        error=_error(entry, response),
        protocol=_protocol(string(response.get("httpVersion")) or string(request.get("httpVersion"))),
        kind=_kind(entry, sent),
        mime=(string(content.get("mimeType")) or got.get("content-type", "")).partition(";")[0].strip().lower()[:100],
        page=string(entry.get("pageref"))[:200],
        millis=whole,
        phases=phases,
        sent=sent,
        got=got,
        body=text if isinstance(text, str) and text else None,
        size=int(number_of(content.get("size"), -1)),
        packed=content.get("encoding") == "base64",
        redirect=(got.get("location") or string(response.get("redirectURL")))[:_LONGEST_URL],
        cached=_cached(entry, response),
        cut=bool(entry.get("_cut")),
    )


def mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def string(value: Any) -> str:
    return value if isinstance(value, str) else ""


def number_of(value: Any, otherwise: float) -> float:
    """Numbers, also those written as text; NaN and the like are none."""
    if isinstance(value, bool):
        return otherwise
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return otherwise
    return float(value) if isinstance(value, int | float) and -1e15 < value < 1e15 else otherwise


def _parts(url: str) -> tuple[str, str, bool]:
    try:
        split = urlsplit(url)
        host = (split.hostname or "").rstrip(".")
        if split.port is not None and host:
            host += f":{split.port}" if split.port not in (80, 443) else ""
    except ValueError:
        return "", url.partition("?")[0], False
    return host, split.path or "/", split.scheme in ("https", "wss")


def _moment(value: Any) -> tuple[datetime | None, str, bool]:
    from supportctl.evidence.logs import stamps

    written = value if isinstance(value, str) else "" if value is None or isinstance(value, bool) else str(value)
    stamp = stamps.parse(written.strip()) if written else None
    if stamp is None:
        return None, written[:60], False
    moment, assumed = stamp.moment(UTC)
    return moment, written[:60], assumed


def _status(value: Any) -> int | None:
    told = number_of(value, -9999)
    return None if told == -9999 or not -1000 < told < 10_000 else int(told)


def _error(entry: dict[str, Any], response: dict[str, Any]) -> str:
    for holder, names in (
        (response, ("_error", "_errorMessage", "_fetchError")),
        (entry, ("_error", "_errorMessage", "_failureReason", "_charlesErrorMessage", "_blockedReason", "error")),
    ):
        for name in names:
            if told := string(holder.get(name)).strip():
                return told[:300]
    status = string(entry.get("_charlesStatus"))
    if status and status.upper() not in ("COMPLETE", "COMPLETED"):
        return status[:100]
    number = number_of(response.get("status"), 1)
    comment = string(response.get("comment") or entry.get("comment")).strip()
    return comment[:300] if number <= 0 else ""


def _protocol(text: str) -> str:
    folded = text.strip().lower()
    if folded in ("", "unknown"):
        return ""
    known = {
        "h2": "HTTP/2", "http/2": "HTTP/2", "http/2.0": "HTTP/2", "h3": "HTTP/3", "http/3": "HTTP/3",
        "http/3.0": "HTTP/3", "http/1.1": "HTTP/1.1", "http/1.0": "HTTP/1.0", "spdy": "SPDY",
    }  # fmt: skip
    if folded.startswith(("h3-", "http/2+quic", "quic", "h3")):
        return "HTTP/3"
    return known.get(folded, text.strip()[:20])


def _kind(entry: dict[str, Any], sent: Mapping[str, str]) -> str:
    kind = string(entry.get("_resourceType")).lower()
    if kind:
        return kind[:20]
    destination = sent.get("sec-fetch-dest", "")
    if destination == "empty":
        return "fetch"
    if destination:
        return destination[:20]
    return "xhr" if sent.get("x-requested-with", "").lower() == "xmlhttprequest" else ""


def _headers(node: Any) -> dict[str, str]:
    """By lower-case name; what comes several times is joined as HTTP does. Also takes an object of names and values."""
    out: dict[str, str] = {}
    pairs: list[tuple[Any, Any]] = []
    if isinstance(node, list):
        pairs = [(each.get("name"), each.get("value")) for each in node if isinstance(each, dict)]
    elif isinstance(node, dict):
        pairs = list(node.items())
    for name, value in pairs:
        if not isinstance(name, str) or not isinstance(value, str | int | float) or isinstance(value, bool):
            continue
        folded = name.strip().lower()
        out[folded] = f"{out[folded]}, {value}" if folded in out else str(value)
    return out


def _cached(entry: dict[str, Any], response: dict[str, Any]) -> bool:
    if entry.get("_fromCache") or entry.get("_fromDiskCache") or response.get("_fromDiskCache"):
        return True
    return bool(response.get("_fetchedViaServiceWorker")) or response.get("status") == 304
