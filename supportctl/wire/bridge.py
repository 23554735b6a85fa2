"""A `requests` session that sends through a `Transport`, for vendor clients that insist on one.

Pins, limits, retries, counts and credentials are the transport's; the session brings none of its own.
"""

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPHeaderDict, HTTPResponse

from supportctl.errors import ProtocolError
from supportctl.wire import answers
from supportctl.wire.hosts import is_loopback, parse_url
from supportctl.wire.response import Intent, Response
from supportctl.wire.transport import Transport

IntentOf = Callable[[str, str], Intent]
"""From verb and URL path."""

_OURS = frozenset({
    "authorization", "proxy-authorization", "cookie", "host", "content-length", "transfer-encoding", "connection",
    "accept-encoding", "user-agent", "x-sn-apikey",
})  # fmt: skip
_UNDONE = frozenset({"content-encoding", "content-length", "transfer-encoding", "connection", "set-cookie"})
_VENDOR_ERRORS = range(400, 600)


def intent_by_verb(method: str, path: str) -> Intent:
    """GET reads; whatever else a vendor client sends must not be repeated blindly."""
    return Intent.READ if method in {"GET", "HEAD", "OPTIONS"} else Intent.ONCE


def requests_session(
    transport: Transport, *, intent_of: IntentOf = intent_by_verb, raise_errors: bool = True
) -> requests.Session:
    """A session whose every http(s) request goes through ``transport``.

    With ``raise_errors`` an error status becomes an error of `supportctl.errors`; without, the vendor client gets
    the answer and raises its own. A login page, a redirect, a used-up limit or a broken answer is ours either way.
    """
    session = requests.Session()
    mount(session, transport, intent_of=intent_of, raise_errors=raise_errors)
    return session


def mount(
    session: requests.Session,
    transport: Transport,
    *,
    intent_of: IntentOf = intent_by_verb,
    raise_errors: bool = True,
) -> None:
    """Put an existing session onto ``transport``: no environment, no netrc, no redirects, no retries of its own."""
    adapter = TransportAdapter(transport, intent_of=intent_of, raise_errors=raise_errors)
    session.trust_env = False
    session.auth = None
    session.proxies.clear()
    session.adapters.clear()
    for prefix in ("https://", "http://"):
        session.mount(prefix, adapter)


class TransportAdapter(HTTPAdapter):
    """See `requests_session`."""

    def __init__(self, transport: Transport, *, intent_of: IntentOf, raise_errors: bool) -> None:
        super().__init__(max_retries=0)
        self._transport = transport
        self._intent_of = intent_of
        self._raise_errors = raise_errors

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Hand the request over; timeouts, certificates and proxies are the transport's."""
        method = (request.method or "GET").upper()
        url = self._address(request.url or "")
        path = url.partition("?")[0]
        response = self._transport.request(
            method,
            url,
            content=_bytes(request.body),
            headers={name: _text(value) for name, value in request.headers.items() if name.lower() not in _OURS},
            intent=self._intent_of(method, path),
            ok=() if self._raise_errors else _VENDOR_ERRORS,
            expect_json=False,
        )
        if 200 <= response.status < 300 and response.content and "/attachment" not in path:
            error = answers.unreadable_success(response)
            if error is not None:
                raise error
        return self.build_response(request, _raw(response))

    def _address(self, url: str) -> str:
        """Vendor clients that only know https may still speak to a local server."""
        base = self._transport.hosts.base_origin
        parsed = parse_url(url)
        if parsed is None:
            raise ProtocolError("refused an address that is not a plain web address; nothing was sent")
        if base.scheme == "http" and is_loopback(base.host) and parsed.scheme == "https":
            return str(parsed.copy_with(scheme="http", port=parsed.port or 443))
        return url


def _raw(response: Response) -> HTTPResponse:
    headers = HTTPHeaderDict()
    for name, value in response.headers.multi_items():
        if name.lower() not in _UNDONE:
            headers.add(name, value)
    return HTTPResponse(
        body=BytesIO(response.content),
        headers=headers,
        status=response.status,
        preload_content=False,
        request_method=response.method,
    )


def _bytes(body: Any) -> bytes | None:
    if body is None or isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return body.encode()
    if hasattr(body, "read"):
        return _bytes(body.read())
    return b"".join(part.encode() if isinstance(part, str) else bytes(part) for part in body)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
