"""The one way to a platform: pinned, limited, retried by meaning, counted, and quiet about what it carries."""

import random
import ssl
from collections.abc import Callable, Collection, Mapping, Sequence
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Any, BinaryIO

import httpx
import msgspec

from supportctl import __version__
from supportctl.errors import (
    AmbiguousWriteError,
    ConfigError,
    ProtocolError,
    RateLimitedError,
    SupportctlError,
    TemporaryError,
)
from supportctl.wire import answers
from supportctl.wire.attempt import Failure, Sink, attempt
from supportctl.wire.clock import SYSTEM_CLOCK, Clock
from supportctl.wire.hosts import Hosts, origin_of
from supportctl.wire.limits import Limit, Limiter, Scope
from supportctl.wire.redaction import endpoint_template, readable_path, readable_url
from supportctl.wire.response import Intent, Response
from supportctl.wire.retry import (
    BASE_DELAY,
    RETRIED_STATUSES,
    THROTTLED_BASE_DELAY,
    End,
    asked_wait,
    backoff,
    may_repeat,
)
from supportctl.wire.scope import scope_of
from supportctl.wire.stats import Stats

Params = Mapping[str, Any] | Sequence[tuple[str, Any]]
Classify = Callable[[Response], SupportctlError | None]

TIMEOUT = httpx.Timeout(connect=10.0, read=65.0, write=30.0, pool=30.0)
DEADLINE = 300.0
MAX_BODY = 256 * 1024 * 1024
_SECRET_HEADERS = ("authorization", "proxy-authorization", "cookie", "x-sn-apikey")
_NOT_EXECUTED = frozenset({501, 505, 511})


class Transport:
    """One profile's connection. Thread safe.

    ``classify`` reads an error answer the platform's way (None: by status alone); with ``classify_success`` it is
    shown 2xx answers too. ``max_wait`` bounds the waiting for rate limits of one request, in seconds;
    ``max_attempts`` the tries when nothing or a 5xx comes back. ``debug`` gets one redacted line per attempt.
    """

    def __init__(
        self,
        base_url: str,
        *,
        auth: httpx.Auth | None = None,
        own_hosts: Collection[str] = (),
        attachment_hosts: Collection[str] = (),
        classify: Classify | None = None,
        classify_success: bool = False,
        published_limits: Sequence[Limit] = (),
        max_wait: float = 120.0,
        max_attempts: int = 5,
        clock: Clock = SYSTEM_CLOCK,
        debug: Callable[[str], None] | None = None,
        verify: str | bool = True,
        timeout: httpx.Timeout = TIMEOUT,
        deadline: float = DEADLINE,
        transport: httpx.BaseTransport | None = None,
        rng: random.Random | None = None,
    ) -> None:
        self.hosts = Hosts(base_url, own_hosts, attachment_hosts)
        self.stats = Stats()
        self._auth = auth
        self._classify = classify
        self._classify_success = classify_success
        self._limiter = Limiter(published_limits, clock)
        self._max_wait = max_wait
        self._max_attempts = max(1, max_attempts)
        self._clock = clock
        self._debug = debug
        self._verify = verify
        self._timeout = timeout
        self._deadline = deadline
        self._transport = transport
        self._rng = rng or random.Random()  # noqa: S311 (jitter, not a secret)
        encrypted = any(origin.scheme == "https" for origin in self.hosts.own)
        self._client = self._new_client(encrypted=encrypted)
        self._visitor: httpx.Client | None = None

    def __repr__(self) -> str:
        return f"<Transport to {self.hosts.base_origin}>"

    @property
    def base_url(self) -> str:
        return str(self.hosts.base)

    def close(self) -> None:
        self._client.close()
        if self._visitor is not None:
            self._visitor.close()

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
        left out; ``json`` is encoded and labelled. Error statuses in ``ok`` are returned instead of raised (after
        retries). With ``expect_json`` a successful answer must be JSON or 204. ``deadline`` bounds one attempt.

        Raises the family of `supportctl.errors`: by status or `classify`, `RateLimitedError` past ``max_wait``,
        `AmbiguousWriteError` for a write that may have been made, `TemporaryError` for a read nobody answered.
        """
        url = self._with_params(self.hosts.resolve(path_or_url), params)
        if json is not None:
            content = msgspec.json.encode(json)
        request_headers = {"Accept": "application/json", **(headers or {})}
        if json is not None:
            request_headers.setdefault("Content-Type", "application/json")
        response = self._exchange(
            method.upper(), url, content=content, headers=request_headers, intent=intent, bucket=bucket,
            deadline=deadline or self._deadline,
        )  # fmt: skip
        if error := self._error(response, ok, expect_json=expect_json):
            raise error
        return response

    def download(self, url: str, into: BinaryIO, *, max_bytes: int) -> int:
        """Write what ``url`` holds to ``into``; returns the bytes written (what a failure leaves is the caller's).

        Credentials go to own hosts only, and to none once a redirect has left them; other hosts must be on the
        attachment list. Raises `RefusedError` past ``max_bytes``.
        """
        from supportctl.wire.download import download

        return download(self, url, Sink(into, max_bytes))

    def _with_params(self, url: httpx.URL, params: Params | None) -> httpx.URL:
        if not params:
            return url
        pairs = params.items() if isinstance(params, Mapping) else params
        flat: list[tuple[str, Any]] = []
        for name, value in pairs:
            if isinstance(value, (list, tuple)):
                flat += [(name, item) for item in value]
            elif value is not None:
                flat.append((name, value))
        return url.copy_merge_params(httpx.QueryParams(flat))

    def _exchange(
        self,
        method: str,
        url: httpx.URL,
        *,
        content: bytes | None,
        headers: Mapping[str, str],
        intent: Intent,
        bucket: str | None = None,
        deadline: float,
        sink: Sink | None = None,
        client: httpx.Client | None = None,
        signed: bool = True,
    ) -> Response:
        scope = scope_of(method, url, intent, bucket)
        waited = 0.0
        failed = throttled = 0
        while True:
            waited = self._admit(scope, waited)
            outcome = self._once(
                method, url, content, headers, intent, deadline, sink, client, signed, failed + throttled
            )
            if isinstance(outcome, Response):
                self._limiter.learn(scope, outcome.headers)
                self._heed(outcome)
                if outcome.status == 429:
                    throttled += 1
                    self._hold(scope, outcome, throttled)
                    self.stats.retried()
                    continue
                if outcome.status not in RETRIED_STATUSES:
                    return outcome
                end: End | None = End.SERVER_ERROR
                asked = asked_wait(outcome.headers, self._clock.now())
            else:
                end, asked = outcome.end, None
            failed += 1
            again = end is not None and may_repeat(intent, end) and failed < self._max_attempts
            if again and sink is not None:
                again = sink.rewind()
            if not again:
                if isinstance(outcome, Response):
                    return outcome
                raise self._failure(method, url, intent, outcome, failed)
            pause = max(asked or 0.0, backoff(failed, base=BASE_DELAY, rng=self._rng))
            if asked:
                waited = self._wait(scope, pause, waited, "the platform asks for it")
            else:
                self._sleep(pause)
            self.stats.retried()

    def _once(
        self,
        method: str,
        url: httpx.URL,
        content: bytes | None,
        headers: Mapping[str, str],
        intent: Intent,
        deadline: float,
        sink: Sink | None,
        client: httpx.Client | None,
        signed: bool,
        tries: int,
    ) -> Response | Failure:
        started = self._clock.monotonic()
        sender = client or self._client
        request: httpx.Request | None = None
        try:
            request = sender.build_request(method, url, content=content, headers=dict(headers))
        except (httpx.InvalidURL, UnicodeError, ValueError, TypeError):
            outcome: Response | Failure = Failure(None, "a request that cannot be sent as it is")
        if request is not None:
            outcome = attempt(
                sender, request, auth=self._auth if signed else None, intent=intent, clock=self._clock,
                deadline=deadline, max_body=MAX_BODY, sink=sink,
            )  # fmt: skip
        if self._debug is not None:
            self._debug(_debug_line(method, url, outcome, self._clock.monotonic() - started, tries, sink))
        return outcome

    def _admit(self, scope: Scope, waited: float) -> float:
        """Wait for the buckets; returns the seconds this request has waited so far."""
        while (wait := self._limiter.take(scope)) > 0:
            waited = self._wait(scope, wait, waited, "its rate limit is used up")
        return waited

    def _hold(self, scope: Scope, response: Response, throttled: int) -> None:
        asked = asked_wait(response.headers, self._clock.now())
        own = backoff(throttled, base=THROTTLED_BASE_DELAY, rng=self._rng)
        # A fresh Retry-After is obeyed with little on top; one that has proved too short gives way to our own delay.
        seconds = own if asked is None or throttled > 2 else asked + min(1.0, 0.1 * asked) * self._rng.random()
        self._limiter.block(scope, response.headers, max(asked or 0.0, seconds, 0.05))

    def _wait(self, scope: Scope, seconds: float, waited: float, why: str) -> float:
        if waited + seconds > self._max_wait:
            raise RateLimitedError(
                f"{scope.method} {readable_path(scope.path)} has to wait {seconds:.0f} s ({why}), which is more than "
                f"--max-wait {self._max_wait:g} allows; it was not done",
                retry_after=seconds,
                hint=f"run the same command again in {seconds:.0f} s, or with --max-wait {int(waited + seconds) + 1}",
            )
        self._sleep(seconds)
        return waited + seconds

    def _sleep(self, seconds: float) -> None:
        self._clock.sleep(seconds)
        self.stats.slept(seconds)

    def _failure(self, method: str, url: httpx.URL, intent: Intent, failure: Failure, tries: int) -> SupportctlError:
        said = f"{method} {readable_path(str(url))} on {origin_of(url)} failed: {failure.reason}"
        times = f" (tried {tries} times)" if tries > 1 else ""
        if failure.end is None:
            kind = ProtocolError if "answer" in failure.reason or "request" in failure.reason else TemporaryError
            return kind(f"{said}; nothing was changed", hint=failure.hint)
        if failure.end is End.BROKEN and intent is not Intent.READ:
            return AmbiguousWriteError(
                f"{said}{times}; the change was sent and may have been made",
                hint="look at the ticket before repeating the change",
            )
        return TemporaryError(
            f"{said}{times}; nothing was changed", hint=failure.hint or "run the command again in a while"
        )

    def _error(self, response: Response, ok: Collection[int], *, expect_json: bool) -> SupportctlError | None:
        status = response.status
        if status < 200 or status in ok:
            return None
        if status < 300:
            error = answers.unreadable_success(response) if expect_json else None
            return error or (self._classified(response) if self._classify_success else None)
        if status < 400:
            return answers.redirect_error(response)
        error = answers.page_error(response) if status != 401 and answers.is_html(response) else None
        if error is None:
            error = self._classified(response) or answers.status_error(response)
            if status >= 500 and status not in _NOT_EXECUTED and response.intent is not Intent.READ:
                return AmbiguousWriteError(
                    f"{response.what} answered {status}{response.trace}; the change was sent and may have been made",
                    hint="look at the ticket before repeating the change",
                )
        return error

    def _classified(self, response: Response) -> SupportctlError | None:
        if self._classify is None:
            return None
        try:
            return self._classify(response)
        except (ProtocolError, AmbiguousWriteError):
            return None

    def _heed(self, response: Response) -> None:
        for name in ("x-zendesk-api-warn", "warning"):
            for value in response.headers.get_list(name):
                self.stats.warn(f"{response.method} {readable_path(response.url)}: {answers.scrub_warning(value)}")
        if response.headers.get("x-ratelimit-nearlimit", "").lower() == "true":
            self.stats.warn("less than a fifth of the platform's rate limit is left")

    def _sent(self, request: httpx.Request) -> None:
        """The last look at a request, replays by auth objects included."""
        self.stats.sent(endpoint_template(request.method, str(request.url)))
        if not self.hosts.is_own(request.url) and any(name in request.headers for name in _SECRET_HEADERS):
            raise ProtocolError("refused to send credentials to a host that is not the profile's; nothing was sent")

    def _visiting(self) -> httpx.Client:
        """The client for other hosts: no credentials, no cookies, encrypted."""
        if self._visitor is None:
            self._visitor = self._new_client(encrypted=True)
        return self._visitor

    def _new_client(self, *, encrypted: bool) -> httpx.Client:
        verify: ssl.SSLContext | bool = encrypted and bool(self._verify)
        if encrypted and isinstance(self._verify, str):
            bundle = Path(self._verify)
            if not bundle.is_file():
                raise ConfigError("the profile's ca_bundle is not a file", hint="give the path of a PEM file")
            try:
                verify = ssl.create_default_context(cafile=str(bundle))
            except (ssl.SSLError, OSError):
                verify = False
            if verify is False:
                raise ConfigError("the profile's ca_bundle holds no certificates", hint="give the path of a PEM file")
        return httpx.Client(
            verify=verify,
            # Proxies of the environment would see plain-text requests to the loopback, credentials included.
            trust_env=encrypted and self.hosts.base_origin.scheme == "https",
            timeout=self._timeout,
            follow_redirects=False,
            transport=self._transport,
            cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
            limits=httpx.Limits(max_connections=32, max_keepalive_connections=16, keepalive_expiry=30.0),
            headers={"User-Agent": f"supportctl/{__version__}"},
            event_hooks={"request": [self._sent]},
        )


def _debug_line(
    method: str, url: httpx.URL, outcome: Response | Failure, seconds: float, tries: int, sink: Sink | None
) -> str:
    again = f" (attempt {tries + 1})" if tries else ""
    said = f"{method} {readable_url(str(url))}{again} -> "
    if isinstance(outcome, Failure):
        return f"{said}{outcome.reason} after {seconds:.3f} s"
    size = sink.written if sink is not None and outcome.status == 200 else len(outcome.content)
    return f"{said}{outcome.status} in {seconds:.3f} s, {size} bytes{outcome.trace}"
