"""Attachment content: redirects by hand, credentials on own hosts only."""

import httpx

from supportctl.errors import ProtocolError, RefusedError
from supportctl.wire import answers
from supportctl.wire.addresses import Lookup, is_proxied, is_public, lookup
from supportctl.wire.attempt import Sink
from supportctl.wire.exchange import Ask, Engine
from supportctl.wire.hosts import parse_url, shown_origin

MAX_HOPS = 5
_HTTPS = 443
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


def download(engine: Engine, url: str, sink: Sink, *, deadline: float, find: Lookup = lookup) -> int:
    """See `Transport.download`."""
    hosts = engine.hosts
    below_base = url.startswith("/") and not url.startswith("//")
    current = hosts.resolve(url) if below_base else _absolute(url, hosts.base)
    signed = True
    for _ in range(MAX_HOPS + 1):
        own = hosts.is_own(current)
        if not own and not hosts.may_download(current):
            raise _refused(current)
        public = not own and not hosts.may_lie_inside(current) and not is_proxied(current)
        if public and not all(map(is_public, find(current.host, current.port or _HTTPS))):
            raise RefusedError(
                f"the attachment's address, on {shown_origin(current)}, leads into a private network; it was not read",
                hint="if that is as it should be, add the host's exact name to attachment_hosts in the profile",
            )
        # Once a redirect has led away, it may lead back anywhere: no credentials any more.
        signed = signed and own
        response = engine.exchange(
            Ask(
                method="GET", url=current, headers={"Accept": "*/*"}, deadline=deadline, sink=sink, signed=signed,
                public=public,
            )
        )  # fmt: skip
        if response.status == 200:
            return sink.written
        place = response.headers.get("location")
        if response.status not in _REDIRECTS or not place:
            raise engine.error_in(response, expect_json=False) or answers.status_error(response)
        target = _absolute(place, current)
        if hosts.is_own(target) and answers.leads_to_login(target.path):
            raise answers.redirect_error(response)
        current = target
    raise ProtocolError("the attachment's address redirects in circles; it was not read")


def _absolute(text: str, base: httpx.URL) -> httpx.URL:
    url: httpx.URL | None = None
    if "\\" not in text and not any(c <= " " for c in text):
        try:
            joined = str(base.join(text))
        except (httpx.InvalidURL, ValueError, UnicodeError):
            joined = ""
        url = parse_url(joined) if joined else None
    if url is None:
        raise ProtocolError("the attachment's address is not a plain web address; it was not read")
    if base.scheme == "https" and url.scheme != "https":
        raise RefusedError("the attachment's address leaves encryption (https to http); it was not read")
    return url


def _refused(url: httpx.URL) -> RefusedError:
    return RefusedError(
        f"the attachment lies on {shown_origin(url)}, which is not on the profile's list of attachment hosts; "
        "it was not read",
        hint="if you trust that host, add it to attachment_hosts in the profile",
    )
