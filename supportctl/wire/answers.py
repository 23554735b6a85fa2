"""Reading an answer's outside: is it the API speaking, and which error does a status stand for."""

import re

import msgspec

from supportctl.errors import (
    AuthError,
    ConflictError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    ProtocolError,
    SupportctlError,
    TemporaryError,
)
from supportctl.wire.response import Intent, Response

_JSON_TYPE = re.compile(r"(application|text)/([\w.+-]*\+)?json\b", re.IGNORECASE)
_HIBERNATING = re.compile(rb"hibernat", re.IGNORECASE)
_LOGIN = re.compile(
    rb"""type\s*=\s*["']?password|saml(request|response)"""
    rb"""|<title>[^<]{0,80}(log ?in|sign ?in|sign ?on|sso)|/login(_|\.|\?|")""",
    re.IGNORECASE,
)
_LOGIN_PLACE = re.compile(r"login|signin|sign_in|sso|saml|oauth|auth/|access/unauthenticated|idp", re.IGNORECASE)
_QUOTED_VALUES = re.compile(r"(:invalid_values=>\[)[^\]]+")
_LOOKED_AT = 100_000

WAKE_HINT = "wake the instance (sign in to it in a browser), then run the command again"
LOGIN_HINT = (
    "run `supportctl check`; check the profile's url, user and token, "
    "and that the account may use the API without single sign-on"
)


def is_html(response: Response) -> bool:
    """Whether the body is a page for people."""
    start = response.content[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype", b"<html", b"<head", b"<body", b"<?xml")) or (
        "html" in response.headers.get("content-type", "").lower() and not start.startswith((b"{", b"["))
    )


def page_error(response: Response) -> SupportctlError | None:
    """The error behind an HTML page: hibernation, login, or None when the page is of no known kind."""
    page = response.content[:_LOOKED_AT]
    if _HIBERNATING.search(page):
        return ProtocolError(
            f"{response.what} answered {response.status} with the Instance Hibernating page: the instance is asleep; "
            "nothing was read or changed",
            hint=WAKE_HINT,
        )
    if _LOGIN.search(page):
        return AuthError(
            f"{response.what} answered {response.status} with a login page instead of data; "
            "nothing was read or changed",
            hint=LOGIN_HINT,
        )
    return None


def is_garbled(response: Response) -> bool:
    """Whether a successful answer is a page that asks for no sign-in, or JSON that is not whole."""
    body = response.content
    if not body.strip():
        return response.status != 204
    if is_html(response):
        return page_error(response) is None
    if not body.lstrip().startswith((b"{", b"[")):
        return False
    try:
        msgspec.json.decode(body, type=msgspec.Raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        # A ServiceNow query that ran out of time ends in the middle with an error: asking the same again does not help.
        return b'"error"' not in body
    return False


def ran_out_of_time(response: Response) -> bool:
    """Whether the platform gave up on the request itself (a 5xx): the same again will mostly end the same."""
    return b"maximum execution time exceeded" in response.content


def unreadable_success(response: Response) -> SupportctlError | None:
    """Why a 2xx answer that should be JSON is not the API speaking; None when it looks like JSON."""
    if response.status in {204, 205}:
        return None
    body = response.content.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not body:
        return response.unreadable("an empty body")
    if is_html(response):
        return page_error(response) or response.unreadable(
            "a web page instead of data",
            hint="check the profile's url; a proxy or single sign-on may stand in front of the API",
        )
    if _JSON_TYPE.match(response.headers.get("content-type", "")) or body.startswith((b"{", b"[")):
        return None
    return response.unreadable("a body that is not JSON", hint="check the profile's url: it must be the instance's own")


def redirect_error(response: Response) -> SupportctlError:
    """API calls are never redirected: a 3xx leads to a login page, a sleeping or a moved instance."""
    place = response.headers.get("location", "")
    said = (
        f"{response.what} answered {response.status} (a redirect), which was not followed; nothing was read or changed"
    )
    if _HIBERNATING.search(place.encode("utf-8", "replace") + response.content[:_LOOKED_AT]):
        return ProtocolError(f"{said}; the instance is hibernating", hint=WAKE_HINT)
    if leads_to_login(place.partition("?")[0]) or _LOGIN.search(response.content[:_LOOKED_AT]):
        return AuthError(f"{said}; it leads to a login page", hint=LOGIN_HINT)
    return ProtocolError(said, hint="check the profile's url: the instance may have moved or been renamed")


def leads_to_login(path: str) -> bool:
    """Whether a redirect's path looks like a way to sign in."""
    return _LOGIN_PLACE.search(path) is not None


def scrub_warning(value: str) -> str:
    """A warning header without the values it quotes (Zendesk repeats what was sent)."""
    return _QUOTED_VALUES.sub(r"\1…", value)


def status_error(response: Response) -> SupportctlError:
    """The error a status stands for when the adapter reads nothing better out of the body."""
    status = response.status
    said = f"{response.what} answered {status}{response.trace}"
    if status == 401:
        return AuthError(
            f"{said}: the platform does not accept the credentials",
            hint="run `supportctl check`; the token may be wrong, expired or revoked",
        )
    if is_html(response) and (page := page_error(response)):
        return page
    if status == 403:
        return PermissionDeniedError(
            f"{said}: the account is not allowed to do this",
            hint="run `supportctl check`; ask for the role, plan or token scope this needs",
        )
    if status in {404, 410}:
        return NotFoundError(
            f"{said}: it does not exist, or the account may not see it", hint="check the key and the profile's url"
        )
    if status == 409:
        return ConflictError(f"{said}: somebody else changed it at the same time", hint="run the command again")
    if status < 500:
        return InvalidRequestError(
            f"{said}: the platform refuses the request", hint="run again with --debug for details"
        )
    return TemporaryError(
        f"{said}: the platform has a problem" + ("; nothing was changed" if response.intent is Intent.READ else ""),
        hint="run the command again in a while",
    )
