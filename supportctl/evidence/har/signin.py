"""Sign-ins that ran out while the recording ran: tokens past their end, 401 after success, sent to a sign-in page."""

import base64
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from supportctl.evidence.har.exchange import Exchange

_TOKEN = re.compile(r"eyJ[A-Za-z0-9_-]{5,8000}\.(eyJ[A-Za-z0-9_-]{2,16000})\.")
_LOGIN = re.compile(
    r"/(?:log-?in|sign-?in|signon|sso|oauth2?|authorize|auth|saml2?|adfs|idp|session/new|account/login|users/sign_in|openid-connect|login\.do)(?:[/?.;#_]|$)",
    re.IGNORECASE,
)
_GRANT = re.compile(
    r'"?error"?\s*[=:]\s*"?(invalid_grant|invalid_token|expired_token|login_required|interaction_required|session_expired)\b',
    re.IGNORECASE,
)
_EXPIRED = re.compile(r"expire|invalid_token|timed? ?out", re.IGNORECASE)


class Sign(NamedTuple):
    one: Exchange
    what: str


class SignIns:
    """Fed with exchanges in the file's order."""

    def __init__(self) -> None:
        self.found: list[Sign] = []
        self._welcome: set[str] = set()
        """Hosts that took what was sent as a sign-in."""
        self._told: set[tuple[str, str]] = set()

    def add(self, one: Exchange) -> None:
        credentials = "authorization" in one.sent or "cookie" in one.sent
        past = _past(one)
        if past is not None and (one.status in (401, 403, 419, 440) or (one.status or 0) <= 0):
            self._tell(one, "token", f"a token sent with it had run out {_length(past)} before")
        elif past is not None and past > timedelta(minutes=5):
            self._tell(
                one,
                "token",
                f"a token sent with it had run out {_length(past)} before; the server took it all the same",
            )
        if one.status in (401, 419, 440):
            challenge = one.got.get("www-authenticate", "")
            if past is not None:
                pass
            elif _EXPIRED.search(challenge):
                self._tell(
                    one, "challenge", "the server says that the token has run out or is not valid (www-authenticate)"
                )
            elif one.host in self._welcome:
                self._tell(
                    one, "ended", f"{one.status} where earlier requests were let in: the session ended in between"
                )
        elif one.status is not None and 200 <= one.status < 300 and credentials:
            self._welcome.add(one.host)
        if one.status in (301, 302, 303, 307) and _LOGIN.search(one.redirect) and one.host in self._welcome:
            called = one.kind in ("xhr", "fetch") or "json" in one.sent.get("accept", "")
            if called and not _LOGIN.search(one.path):
                self._tell(one, "sent away", "a call in the background was sent to a sign-in page: the session ended")
        if (
            one.status in (400, 401, 403)
            and one.body
            and not one.packed
            and (match := _GRANT.search(one.body[:20_000]))
        ):
            self._tell(one, "grant", f"the sign-in was not renewed: {match[1].lower()}")

    def _tell(self, one: Exchange, why: str, what: str) -> None:
        if (why, one.host) not in self._told:
            self._told.add((why, one.host))
            self.found.append(Sign(one, what))


def _past(one: Exchange) -> timedelta | None:
    """How long before the request the longest-lived of its tokens had run out; None where one still holds."""
    if one.at is None:
        return None
    ends = [end for text in _holders(one) for end in token_ends(text)]
    if not ends:
        return None
    past = one.at - max(ends)
    return past if past > timedelta(0) else None


def _holders(one: Exchange) -> Iterator[str]:
    """Where a token counts as what lets one in; identity tokens in cookies are often long past."""
    if told := one.sent.get("authorization"):
        yield told
    for name, value in one.sent.items():
        if name.endswith(("-token", "-jwt", "access-token")) and "csrf" not in name and "xsrf" not in name:
            yield value


def token_ends(text: str) -> Iterator[datetime]:
    """The times at which web tokens in a text end (RFC 7519 ``exp``)."""
    for match in _TOKEN.finditer(text):
        part = match[1]
        try:
            claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
            end = claims.get("exp") if isinstance(claims, dict) else None
            if isinstance(end, int | float) and not isinstance(end, bool) and 0 < end < 1e11:
                yield datetime.fromtimestamp(end, UTC)
        except (ValueError, OverflowError, OSError, RecursionError):
            continue


def _length(span: timedelta) -> str:
    seconds = span.total_seconds()
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= 2 * size:
            return f"{int(seconds // size)} {unit}s"
    return f"{int(seconds)} seconds" if seconds < 60 else f"{int(seconds // 60)} minute"
