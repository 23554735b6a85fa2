"""What it means that an exchange failed, in a support engineer's words."""

import json
import re
from http import HTTPStatus

from supportctl.evidence.har.exchange import Exchange
from supportctl.evidence.har.model import Severity

_ERRORS: tuple[tuple[str, str, Severity], ...] = (
    ("NAME_NOT_RESOLVED|DNS|UNKNOWN_HOST|ENOTFOUND", "the host's name was not found (DNS)", "error"),
    ("INTERNET_DISCONNECTED|NETWORK_CHANGED|ADDRESS_UNREACHABLE|OFFLINE", "the computer was offline or changed its "
                                                                          "network", "error"),
    ("TOO_MANY_REDIRECTS|REDIRECT_LOOP", "redirected too many times", "error"),
    ("BLOCKED_BY_ORB|BLOCKED_BY_RESPONSE|CORS|OPAQUE", "the browser kept the answer from the page (cross-origin "
                                                       "rules)", "error"),
    ("BLOCKED_BY_CSP|CSP", "forbidden by the page's content security policy", "error"),
    ("BLOCKED_BY_CLIENT|ADBLOCK|TRACKING|BLOCKED_BY_ADMINISTRATOR|INSPECTOR", "blocked in the browser: an "
                                                                              "extension, a policy or tracking "
                                                                              "protection", "warning"),
    ("MIXED", "blocked: http inside an https page", "error"),
    ("CERT|SSL|TLS|HANDSHAKE|SEC_ERROR", "no secure connection: certificate or TLS", "error"),
    ("PROXY|TUNNEL", "the proxy refused or could not be reached", "error"),
    ("CONNECTION_REFUSED|ECONNREFUSED", "the server refused the connection", "error"),
    ("TIMED_OUT|TIMEOUT|ETIMEDOUT", "no answer in time", "error"),
    ("RESET|ECONNRESET|CONNECTION_CLOSED|EMPTY_RESPONSE|ABORTED_BY_PEER|SOCKET", "the connection was cut before an "
                                                                                 "answer", "error"),
    ("HTTP2|QUIC|SPDY|PROTOCOL|INVALID_|CONTENT_DECODING|CHUNKED", "the answer broke the protocol", "error"),
    ("ABORTED|CANCEL", "cancelled by the page or by leaving it", "warning"),
    ("BLOCKED", "blocked before it was sent", "warning"),
)  # fmt: skip
_BY_ERROR = tuple((re.compile(pattern, re.IGNORECASE), what, severity) for pattern, what, severity in _ERRORS)
_ASSETS = frozenset(["image", "script", "stylesheet", "font", "media", "manifest", "texttrack"])
_ASSET_PATH = re.compile(
    r"\.(?:png|jpe?g|gif|svg|webp|ico|css|js|mjs|map|woff2?|ttf|eot|mp4|webmanifest)$", re.IGNORECASE
)
_OPEN = frozenset(["websocket", "eventsource"])
_NOT_THE_WEB = re.compile(
    r"(?:data|blob|about|chrome|chrome-extension|moz-extension|safari-extension|file|javascript|edge):", re.IGNORECASE
)


def judged(one: Exchange) -> tuple[str, str, Severity] | None:
    """Kind of finding, what happened, how bad; None where nothing failed."""
    if _NOT_THE_WEB.match(one.url):
        return None
    if one.status is None:
        if one.cut:
            return None
        return "failed", _worded(one.error) or "no answer is recorded", "warning"
    if one.status <= 0:
        return _without_answer(one)
    if one.status >= 400:
        return "failed", _answered(one), _weight(one)
    if one.error and one.status not in (101, 304) and not re.search("abort|cancel", one.error, re.IGNORECASE):
        return "failed", f"answered {one.status}, and then: {_worded(one.error)}", "warning"
    return None


def _without_answer(one: Exchange) -> tuple[str, str, Severity] | None:
    if one.error:
        for pattern, _, severity in _BY_ERROR:
            if pattern.search(one.error):
                blocked = pattern.pattern.startswith(("BLOCKED", "MIXED"))
                if "CORS" in pattern.pattern:
                    return "cors", _worded(one.error), severity
                return ("blocked" if blocked else "failed"), _worded(one.error), severity
        return "failed", f"no answer: {one.error}", "error"
    if one.cached and one.body:
        return None
    if one.kind in _OPEN:
        return (
            "failed",
            "no answer: the connection was not opened, or was still open when the recording ended",
            "warning",
        )
    if one.kind in ("ping", "beacon", "cspviolationreport"):
        return "blocked", "a report to a server got no answer", "note"
    return "failed", "no answer: blocked, cancelled or the network failed; the browser's console says which", "error"


def _worded(error: str) -> str:
    for pattern, what, _ in _BY_ERROR:
        if pattern.search(error):
            return f"{what} ({error})"
    return error


def _answered(one: Exchange) -> str:
    assert one.status is not None
    text = one.status_text.strip() or _phrase(one.status)
    return f"{one.status} {text}".strip()


def _phrase(status: int) -> str:
    known = {
        419: "Session expired", 420: "Slow down", 440: "Sign-in timed out", 444: "Closed without an answer",
        460: "The client closed the connection", 494: "Headers too large", 499: "The client closed the connection",
        520: "Unknown error at the origin", 521: "The origin is down", 522: "The origin did not answer",
        523: "The origin is not reached", 524: "The origin took too long", 525: "No TLS with the origin",
        526: "The origin's certificate is not valid", 529: "Overloaded", 530: "The origin's name is not found",
    }  # fmt: skip
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return known.get(status, "")


def _weight(one: Exchange) -> Severity:
    status = one.status or 0
    if status >= 500:
        return "error"
    if (
        status == 401
        and re.search(r"negotiate|ntlm", one.got.get("www-authenticate", ""), re.IGNORECASE)
        and not one.sent.get("authorization")
    ):
        return "note"  # The first step of a sign-in with the network's account.
    if status in (404, 410) and (one.kind in _ASSETS or _ASSET_PATH.search(one.path)):
        return "note" if "favicon" in one.path or one.path.endswith(".map") else "warning"
    return "error"


def inside(one: Exchange) -> str | None:
    """Errors in the body of an answer that says all is well: GraphQL, JSON-RPC, and what does likewise."""
    if one.status is None or not 200 <= one.status < 300 or one.body is None or one.packed:
        return None
    text = one.body.lstrip("\ufeff \t\r\n")
    if not text.startswith(("{", "[")) or '"error' not in text[:200_000] or len(text) > 2_000_000:
        return None
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return None
    for each in (told if isinstance(told, list) else [told])[:50]:
        if not isinstance(each, dict):
            continue
        errors = each.get("errors")
        if (
            isinstance(errors, list)
            and errors
            and all(isinstance(error, dict) for error in errors)
            and ("data" in each or any("message" in error for error in errors))
        ):
            return f"answered {one.status} with {len(errors)} error{'s' if len(errors) > 1 else ''} in the body"
        error = each.get("error")
        rpc = "jsonrpc" in each or "id" in each or each.get("success") is False or each.get("ok") is False
        if isinstance(error, dict) and error and (rpc or "message" in error or "code" in error):
            return f"answered {one.status} with an error in the body"
        if isinstance(error, str) and error and rpc:
            return f"answered {one.status} with an error in the body"
    return None
