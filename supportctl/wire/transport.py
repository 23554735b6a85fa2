"""The one way to a platform: pinned, limited, retried by meaning, counted, and quiet about what it carries."""

import logging
import random
import ssl
from collections.abc import Callable, Collection, Mapping, Sequence
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Any, BinaryIO

import httpx
import msgspec

from supportctl import __version__
from supportctl.errors import ConfigError, ProtocolError
from supportctl.wire.addresses import Lookup
from supportctl.wire.addresses import lookup as system_lookup
from supportctl.wire.attempt import Sink
from supportctl.wire.clock import SYSTEM_CLOCK, Clock
from supportctl.wire.download import download
from supportctl.wire.exchange import Ask, Classify, Engine
from supportctl.wire.hosts import Hosts
from supportctl.wire.limits import Limit, Limiter
from supportctl.wire.redaction import endpoint_template
from supportctl.wire.response import Intent, Response
from supportctl.wire.stats import Stats

Params = Mapping[str, Any] | Sequence[tuple[str, Any]]

TIMEOUT = httpx.Timeout(connect=10.0, read=65.0, write=30.0, pool=30.0)
"""ServiceNow cancels a transaction after 60 s: reading outlasts it, so that its own answer is seen."""
DEADLINE = 300.0
_SECRET_HEADERS = ("authorization", "proxy-authorization", "cookie", "x-sn-apikey")

for _name in ("httpx", "httpcore"):
    # They log whole URLs, and queries hold customer text.
    logging.getLogger(_name).setLevel(logging.WARNING)


class Transport:
    """One profile's connection. Thread safe.

    ``own_hosts``: further origins credentials may go to. ``attachment_hosts``: hosts (``name`` or ``*.suffix``)
    content may be read from without credentials, ``inside_hosts`` those of them that may have private addresses.
    ``classify`` reads an error answer the platform's way (None: by
    status alone); with ``classify_success`` it is shown 2xx answers too. ``max_wait`` bounds what one request waits
    for limits, in seconds; ``max_time`` all that the transport does from now on; ``max_attempts`` its tries when no
    answer, a 5xx or a garbled page comes back; ``deadline`` one attempt.
    ``debug`` gets one redacted line per attempt. ``verify``: a CA bundle's path, or whether to verify. ``stats`` to
    count into, shared with another transport of the same run.
    """

    def __init__(
        self,
        base_url: str,
        *,
        auth: httpx.Auth | None = None,
        own_hosts: Collection[str] = (),
        attachment_hosts: Collection[str] = (),
        inside_hosts: Collection[str] = (),
        classify: Classify | None = None,
        classify_success: bool = False,
        published_limits: Sequence[Limit] = (),
        max_wait: float = 120.0,
        max_time: float | None = None,
        max_attempts: int = 5,
        clock: Clock = SYSTEM_CLOCK,
        debug: Callable[[str], None] | None = None,
        verify: str | bool = True,
        timeout: httpx.Timeout = TIMEOUT,
        deadline: float = DEADLINE,
        transport: httpx.BaseTransport | None = None,
        rng: random.Random | None = None,
        stats: Stats | None = None,
        lookup: Lookup | None = None,
    ) -> None:
        self.hosts = Hosts(base_url, own_hosts, attachment_hosts, inside_hosts)
        self.stats = stats or Stats()
        self._at_close: list[Callable[[], None]] = []
        self._verify = _trust(verify)
        self._timeout = timeout
        self._deadline = deadline
        self._transport = transport
        # A stand-in for the network asks nobody for addresses.
        self._lookup: Lookup = lookup or (system_lookup if transport is None else lambda host, port: ())
        self._engine = Engine(
            self.hosts,
            new_client=self._new_client,
            auth=auth,
            classify=classify,
            classify_success=classify_success,
            limiter=Limiter(published_limits, clock),
            max_wait=max_wait,
            max_time=max_time,
            max_attempts=max_attempts,
            clock=clock,
            rng=rng or random.Random(),  # noqa: S311 (jitter, not a secret)
            stats=self.stats,
            debug=debug,
        )

    def __repr__(self) -> str:
        return f"<Transport to {self.hosts.base_origin}>"

    @property
    def base_url(self) -> str:
        return str(self.hosts.base)

    def close(self) -> None:
        self._engine.close()
        for close in self._at_close:
            close()

    def at_close(self, close: Callable[[], None]) -> None:
        """Close something else together with this transport."""
        self._at_close.append(close)

    def request(
        self,
        method: str,
        path_or_url: str,
        *,
        params: Params | None = None,
        json: Any = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        intent: Intent = Intent.READ,
        bucket: str | None = None,
        ok: Collection[int] = (),
        expect_json: bool = True,
        deadline: float | None = None,
    ) -> Response:
        """One exchange, repeated as the retry table allows.

        ``path_or_url`` is a path below the base URL or an absolute URL on an own host; ``params`` that are None are
        left out, lists repeat the name; ``json`` is encoded and labelled. ``bucket`` names a published limit. Error
        statuses in ``ok`` are returned instead of raised (after retries). With ``expect_json`` a successful answer
        must be JSON, or 204. ``deadline`` bounds one attempt, in seconds.

        Raises the family of `supportctl.errors`: by status or `classify`, `RateLimitedError` past ``max_wait``,
        `AmbiguousWriteError` for a write that may have been made, `TemporaryError` for a read nobody answered.
        """
        url = _with_params(self.hosts.resolve(path_or_url), params)
        sent_headers = {"Accept": "application/json", **(headers or {})}
        if json is not None:
            content = msgspec.json.encode(json)
            sent_headers.setdefault("Content-Type", "application/json")
        response = self._engine.exchange(
            Ask(
                method=method.upper(),
                url=url,
                headers=sent_headers,
                content=content,
                intent=intent,
                bucket=bucket,
                deadline=deadline or self._deadline,
                json=expect_json,
            )
        )
        if error := self._engine.error_in(response, ok, expect_json=expect_json):
            raise error
        return response

    def download(self, url: str, into: BinaryIO, *, max_bytes: int) -> int:
        """Write what ``url`` holds to ``into``; returns the bytes written (what a failure leaves is the caller's).

        Credentials go to own hosts only, and to none once a redirect has left them; other hosts must be on the
        attachment list, and must not lead into a private network. Raises `TooLargeError` past ``max_bytes``,
        `RefusedError` for hosts that are not listed or not public.
        """
        return download(self._engine, url, Sink(into, max_bytes), deadline=self._deadline, find=self._lookup)

    def _sent(self, request: httpx.Request) -> None:
        """The last look at a request, replays by auth objects included."""
        self.stats.sent(endpoint_template(request.method, str(request.url)))
        if not self.hosts.is_own(request.url) and any(name in request.headers for name in _SECRET_HEADERS):
            raise ProtocolError("refused to send credentials to a host that is not the profile's; nothing was sent")

    def _new_client(self, own: bool) -> httpx.Client:
        """A client for the own hosts, or one for visiting others."""
        encrypted = not own or any(origin.scheme == "https" for origin in self.hosts.own)
        return httpx.Client(
            verify=self._verify if encrypted else False,
            # Proxies of the environment would see plain-text requests to the loopback, credentials included.
            trust_env=self.hosts.base_origin.scheme == "https",
            timeout=self._timeout,
            follow_redirects=False,
            transport=self._transport,
            cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
            limits=httpx.Limits(max_connections=32, max_keepalive_connections=16, keepalive_expiry=30.0),
            headers={"User-Agent": f"supportctl/{__version__}"},
            event_hooks={"request": [self._sent]},
        )


def _with_params(url: httpx.URL, params: Params | None) -> httpx.URL:
    if not params:
        return url
    flat: list[tuple[str, Any]] = []
    for name, value in params.items() if isinstance(params, Mapping) else params:
        if isinstance(value, (list, tuple)):
            flat += [(name, item) for item in value]
        elif value is not None:
            flat.append((name, value))
    return url.copy_merge_params(httpx.QueryParams(flat))


def _trust(verify: str | bool) -> ssl.SSLContext | bool:
    if isinstance(verify, bool):
        return verify
    if not Path(verify).is_file():
        raise ConfigError("the profile's ca_bundle is not a file", hint="give the path of a PEM file")
    try:
        return ssl.create_default_context(cafile=verify)
    except (ssl.SSLError, OSError):
        pass
    raise ConfigError("the profile's ca_bundle holds no certificates", hint="give the path of a PEM file")
