"""The loop around an exchange: wait for the limits, send, learn, and repeat as the retry table allows."""

import math
import random
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import httpx

from supportctl.errors import (
    AmbiguousWriteError,
    PermissionDeniedError,
    ProtocolError,
    RateLimitedError,
    SupportctlError,
    TemporaryError,
)
from supportctl.wire import answers
from supportctl.wire.attempt import Failure, Sink, attempt
from supportctl.wire.auth import ApiKeyAuth, BasicAuth, BearerAuth
from supportctl.wire.clock import Clock
from supportctl.wire.hosts import Hosts, origin_of
from supportctl.wire.limits import Limiter, Scope
from supportctl.wire.redaction import readable_path, readable_url
from supportctl.wire.response import Intent, Response
from supportctl.wire.retry import (
    BASE_DELAY,
    RETRIED_STATUSES,
    THROTTLED_BASE_DELAY,
    End,
    asked_wait,
    backoff,
    may_repeat,
    retry_after,
    server_time,
)
from supportctl.wire.scope import scope_of
from supportctl.wire.stats import Stats

Classify = Callable[[Response], SupportctlError | None]

MAX_BODY = 256 * 1024 * 1024
MAX_GARBLED = 3
"""How often a page or half an answer is taken for an accident; the third time it is what stands at that address."""
MAX_OUT_OF_TIME = 2
"""How often a request is sent that the platform gives up on after a minute or so of work."""
_NOT_EXECUTED = frozenset({501, 505, 511})
_LOOK_FIRST = "look at the ticket before repeating the change"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request to make. ``deadline`` bounds one attempt, in seconds; ``sink`` takes a download's content."""

    method: str
    url: httpx.URL
    headers: Mapping[str, str]
    content: bytes | None = None
    intent: Intent = Intent.READ
    bucket: str | None = None
    deadline: float
    sink: Sink | None = None
    signed: bool = True
    """Whether credentials may go along; they never do to a host that is not the profile's."""
    json: bool = False
    """Whether a successful answer must be JSON."""
    public: bool = False
    """Whether the answer must come from a public address."""

    @property
    def what(self) -> str:
        return f"{self.method} {readable_path(str(self.url))}"


class Engine:
    """Sends for one profile; shared by `Transport.request` and `Transport.download`."""

    def __init__(
        self,
        hosts: Hosts,
        *,
        new_client: Callable[[bool], httpx.Client],
        auth: httpx.Auth | None,
        classify: Classify | None,
        classify_success: bool,
        limiter: Limiter,
        max_wait: float,
        max_time: float | None,
        max_attempts: int,
        clock: Clock,
        rng: random.Random,
        stats: Stats,
        debug: Callable[[str], None] | None,
    ) -> None:
        self.hosts = hosts
        self.stats = stats
        self._new_client = new_client
        self._auth = auth
        self._classify = classify
        self._classify_success = classify_success
        self._limiter = limiter
        self._max_wait = max_wait
        self._max_time = max_time
        self._ends_at = math.inf if max_time is None else clock.monotonic() + max_time
        self._max_attempts = max(1, max_attempts)
        self._clock = clock
        self._rng = rng
        self._debug = debug
        self._lock = threading.Lock()
        self._clients: dict[bool, httpx.Client] = {}

    def close(self) -> None:
        with self._lock:
            for client in self._clients.values():
                client.close()
            self._clients.clear()

    def exchange(self, ask: Ask) -> Response:
        """The answer, whatever its status; `error_in` says what it means.

        Raises `RateLimitedError`, `TemporaryError`, `AmbiguousWriteError` or `ProtocolError` when there is none.
        """
        scope = scope_of(ask.method, ask.url, ask.intent, ask.bucket)
        waited = 0.0
        failed = throttled = garbled = 0
        while True:
            while (wait := self._limiter.take(scope)) > 0:
                waited = self._wait(ask, wait, waited, "its rate limit is used up")
            self._require_time(ask, 0.0)
            with self._limiter.under_way(scope):
                outcome = self._attempt(ask, failed + throttled + 1)
            asked: float | None = None
            if isinstance(outcome, Response):
                self._limiter.learn(scope, outcome.headers)
                self._heed(outcome)
                now = server_time(outcome.headers) or self._clock.now()
                asked = retry_after(outcome.headers.get("retry-after"), now)
                if outcome.status == 429:
                    asked = asked_wait(outcome.headers, now)
                    throttled += 1
                    self._hold(scope, outcome, asked, throttled)
                    self.stats.retried()
                    continue
                if outcome.status not in RETRIED_STATUSES and not self._garbled(ask, outcome):
                    return outcome
                garbled += outcome.status not in RETRIED_STATUSES
                if garbled >= MAX_GARBLED:
                    return outcome
            failed += 1
            if not self._may_repeat(ask, outcome, failed):
                if isinstance(outcome, Response):
                    return outcome
                raise self._failure(ask, outcome, failed)
            pause = backoff(failed, base=BASE_DELAY, rng=self._rng)
            if asked:
                waited = self._wait(ask, max(asked, pause), waited, "the platform asks for it")
            else:
                self._require_time(ask, pause)
                self._sleep(pause)
            self.stats.retried()

    def error_in(
        self, response: Response, ok: Collection[int] = (), *, expect_json: bool = True
    ) -> SupportctlError | None:
        """The error an answer stands for, or None. Statuses in ``ok`` are never errors."""
        status = response.status
        if status in ok:
            return None
        if status < 300:
            error = answers.unreadable_success(response) if expect_json else None
            return error or (self._classified(response) if self._classify_success else None)
        if status < 400:
            return answers.redirect_error(response)
        if status >= 500 and status not in _NOT_EXECUTED and response.intent is not Intent.READ:
            return AmbiguousWriteError(
                f"{response.what} answered {status}{response.trace}; the change was sent and may have been made",
                hint=_LOOK_FIRST,
            )
        if status != 401 and answers.is_html(response) and (page := answers.page_error(response)):
            return page
        error = self._classified(response) or answers.status_error(response)
        if isinstance(error, PermissionDeniedError) and isinstance(self._auth, BearerAuth) and self._auth.scope:
            error.hint = (
                f"the token's scope is: {self._auth.scope}; it may be too small for this\n{error.hint or ''}".strip()
            )
        return error

    def _garbled(self, ask: Ask, response: Response) -> bool:
        """Whether a reading met something in between, or only a part of the answer: worth another attempt."""
        if not ask.json or response.intent is not Intent.READ or response.status not in range(200, 204):
            return False
        return answers.is_garbled(response) and not (self._classify_success and self._classified(response))

    def _attempt(self, ask: Ask, number: int) -> Response | Failure:
        own = self.hosts.is_own(ask.url)
        client = self._client(own=own)
        started = self._clock.monotonic()
        request: httpx.Request | None = None
        try:
            request = client.build_request(
                ask.method, ask.url, content=ask.content, headers=dict(ask.headers), timeout=self._timeout(client)
            )
        except (httpx.InvalidURL, UnicodeError, ValueError, TypeError):
            outcome: Response | Failure = Failure(None, "a request that cannot be sent as it is")
        if request is not None:
            outcome = attempt(
                client,
                request,
                auth=self._auth if ask.signed and own else None,
                intent=ask.intent,
                clock=self._clock,
                deadline=min(ask.deadline, self._ends_at - started),
                max_body=MAX_BODY,
                sink=ask.sink,
                public=ask.public,
            )
        if self._debug is not None:
            self._debug(_debug_line(ask, outcome, self._clock.monotonic() - started, number))
        return outcome

    def _client(self, *, own: bool) -> httpx.Client:
        with self._lock:
            if own not in self._clients:
                self._clients[own] = self._new_client(own)
            return self._clients[own]

    def _may_repeat(self, ask: Ask, outcome: Response | Failure, failed: int) -> bool:
        end = End.SERVER_ERROR if isinstance(outcome, Response) else outcome.end
        most = self._max_attempts
        if isinstance(outcome, Response) and answers.ran_out_of_time(outcome):
            most = min(most, MAX_OUT_OF_TIME)
        if end is None or failed >= most or not may_repeat(ask.intent, end):
            return False
        return ask.sink is None or ask.sink.rewind()

    def _hold(self, scope: Scope, response: Response, asked: float | None, throttled: int) -> None:
        """Hold back what a 429 reaches. What the platform asks for is the least; repeated 429s add our own delay."""
        own = backoff(throttled, base=THROTTLED_BASE_DELAY, rng=self._rng)
        if asked is None:
            seconds = own
        elif throttled > 2:
            seconds = max(asked, own)
        else:
            seconds = asked + min(1.0, 0.1 * asked) * self._rng.random()
        self._limiter.block(scope, response.headers, max(seconds, 0.05))

    def _wait(self, ask: Ask, seconds: float, waited: float, why: str) -> float:
        """Sleep if ``max_wait`` allows; returns the seconds this request has waited so far."""
        if waited + seconds > self._max_wait:
            raise RateLimitedError(
                f"{ask.what} has to wait {seconds:.0f} s ({why}), which is more than --max-wait {self._max_wait:g} "
                "allows; it was not done",
                retry_after=seconds,
                hint=f"run the same command again in {seconds:.0f} s, or with --max-wait {int(waited + seconds) + 1}",
            )
        self._require_time(ask, seconds)
        self._sleep(seconds)
        return waited + seconds

    def _require_time(self, ask: Ask, pause: float) -> None:
        """Raise `TemporaryError` unless something can still be done after a pause of so many seconds."""
        if self._clock.monotonic() + pause >= self._ends_at:
            raise TemporaryError(
                f"{ask.what} was not done: the run may take {self._max_time:g} s (--max-time), which are over"
                + (f" or would be after the {pause:.0f} s to wait first" if pause >= 1 else ""),
                hint="run the same command again, or with a larger --max-time",
            )

    def _timeout(self, client: httpx.Client) -> httpx.Timeout:
        """The client's timeouts, none longer than the run may still take."""
        left = max(0.05, self._ends_at - self._clock.monotonic())
        usual = client.timeout
        return httpx.Timeout(
            connect=min(usual.connect or left, left),
            read=min(usual.read or left, left),
            write=min(usual.write or left, left),
            pool=min(usual.pool or left, left),
        )

    def _sleep(self, seconds: float) -> None:
        self._clock.sleep(seconds)
        self.stats.slept(seconds)

    def _failure(self, ask: Ask, failure: Failure, tries: int) -> SupportctlError:
        said = f"{ask.what} on {origin_of(ask.url)} failed: {failure.reason}"
        if tries > 1:
            said += f" (tried {tries} times)"
        if failure.end is not End.NOT_SENT and failure.sent and ask.intent is not Intent.READ:
            return AmbiguousWriteError(f"{said}; the change was sent and may have been made", hint=_LOOK_FIRST)
        kind = ProtocolError if failure.end is None and failure.sent else TemporaryError
        return kind(f"{said}; nothing was changed", hint=failure.hint or "run the command again in a while")

    def _classified(self, response: Response) -> SupportctlError | None:
        if self._classify is None:
            return None
        try:
            error = self._classify(response)
        except (ProtocolError, AmbiguousWriteError):
            return None
        if error is not None:
            error.message = self._withhold(error.message)
            error.args = (error.message,)
            error.hint = None if error.hint is None else self._withhold(error.hint)
        return error

    def _withhold(self, text: str) -> str:
        """A server may repeat what we signed with; it goes no further."""
        if isinstance(self._auth, ApiKeyAuth | BasicAuth | BearerAuth):
            return self._auth.withhold(text)
        return text

    def _heed(self, response: Response) -> None:
        for name in ("x-zendesk-api-warn", "warning"):
            for value in response.headers.get_list(name):
                self.stats.warn(self._withhold(f"{response.what}: {answers.scrub_warning(value)}"))
        if response.headers.get("x-ratelimit-nearlimit", "").lower() == "true":
            self.stats.warn("less than a fifth of the platform's rate limit is left")


def _debug_line(ask: Ask, outcome: Response | Failure, seconds: float, number: int) -> str:
    again = f" (attempt {number})" if number > 1 else ""
    said = f"{ask.method} {readable_url(str(ask.url))}{again} -> "
    if isinstance(outcome, Failure):
        return f"{said}{outcome.reason} after {seconds:.3f} s"
    size = ask.sink.written if ask.sink is not None and outcome.status == 200 else len(outcome.content)
    return f"{said}{outcome.status} in {seconds:.3f} s, {size} bytes{outcome.trace}"
