"""Attachment content: redirects by hand, credentials on own hosts only."""

import re
from typing import TYPE_CHECKING

import httpx

from supportctl.errors import ProtocolError, RefusedError
from supportctl.wire import answers
from supportctl.wire.hosts import origin_of, parse_url
from supportctl.wire.response import Intent

if TYPE_CHECKING:
    from supportctl.wire.attempt import Sink
    from supportctl.wire.transport import Transport

MAX_HOPS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_HOST = re.compile(r"[A-Za-z0-9.:/\[\]_-]{1,260}")


def download(transport: "Transport", url: str, sink: "Sink") -> int:
    """See `Transport.download`."""
    hosts = transport.hosts
    current = hosts.resolve(url) if url.startswith("/") and not url.startswith("//") else _absolute(url, hosts.base)
    signed = True
    for _ in range(MAX_HOPS + 1):
        own = hosts.is_own(current)
        signed = signed and own
        if not own and not hosts.may_download(current):
            raise _refused(current)
        response = transport._exchange(
            "GET", current, content=None, headers={"Accept": "*/*"}, intent=Intent.READ, deadline=transport._deadline,
            sink=sink, client=None if own else transport._visiting(), signed=signed,
        )  # fmt: skip
        if response.status in _REDIRECTS and "location" in response.headers:
            target = _absolute(response.headers["location"], current)
            if hosts.is_own(target) and answers.leads_to_login(target.path):
                raise answers.redirect_error(response)
            current = target
            continue
        if response.status == 200:
            return sink.written
        raise transport._error(response, (), expect_json=False) or answers.status_error(response)
    raise ProtocolError("the attachment's address redirects in circles; it was not read")


def _absolute(text: str, base: httpx.URL) -> httpx.URL:
    url: httpx.URL | None = None
    if "\\" not in text:
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
    place = str(origin_of(url))
    shown = place if _HOST.fullmatch(place) else "another host"
    return RefusedError(
        f"the attachment lies on {shown}, which is not on the profile's list of attachment hosts; it was not read",
        hint=f"if you trust it, add {origin_of(url).host} to attachment_hosts in the profile"
        if shown == place
        else None,
    )
