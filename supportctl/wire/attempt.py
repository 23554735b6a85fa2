"""One attempt at one exchange: bytes out, bytes in, and what can be said about how it ended.

Exceptions of the layers below quote URLs and headers, so none leaves this module: a failure is a value.
"""

import socket
import ssl
from typing import BinaryIO, NamedTuple

import httpx

from supportctl.errors import TooLargeError
from supportctl.wire.addresses import is_public, peer_of
from supportctl.wire.clock import Clock
from supportctl.wire.response import Intent, Response
from supportctl.wire.retry import End

_CHUNK = 1 << 16


class Failure(NamedTuple):
    """An attempt without an answer. ``end`` None: no attempt can succeed (a wrong certificate, an unknown host)."""

    end: End | None
    reason: str
    hint: str | None = None
    sent: bool = False
    """Whether the platform may have seen the request."""


class Sink:
    """Where a download goes: at most ``max_bytes``, rewound before another attempt."""

    def __init__(self, into: BinaryIO, max_bytes: int) -> None:
        self._into = into
        self.max_bytes = max_bytes
        self.written = 0

    def write(self, chunk: bytes) -> None:
        if self.written + len(chunk) > self.max_bytes:
            raise self.too_large()
        self._into.write(chunk)
        self.written += len(chunk)

    def rewind(self) -> bool:
        """Forget what a broken attempt wrote; False when the target cannot."""
        if not self.written:
            return True
        if not self._into.seekable():
            return False
        self._into.seek(-self.written, 1)
        self._into.truncate()
        self.written = 0
        return True

    def too_large(self) -> TooLargeError:
        return TooLargeError(
            f"the attachment is larger than {self.max_bytes} bytes; it was not kept",
            hint="allow larger attachments, or leave it out",
        )


class _DeadlineError(Exception):
    pass


class _OversizeError(Exception):
    pass


class _PrivateError(Exception):
    pass


def attempt(
    client: httpx.Client,
    request: httpx.Request,
    *,
    auth: httpx.Auth | None,
    intent: Intent,
    clock: Clock,
    deadline: float,
    max_body: int,
    sink: Sink | None = None,
    public: bool = False,
) -> Response | Failure:
    """Send ``request`` once (an auth object may replay it after a refresh) and read the answer whole.

    ``deadline`` bounds all of it, in seconds. The body goes to ``sink`` when there is one and the status is 200.
    ``public``: an answer from an address inside a private network is not read.
    """
    ends_at = clock.monotonic() + deadline
    try:
        answer = client.send(request, auth=auth or httpx.Auth(), stream=True, follow_redirects=False)
        try:
            if public and (peer := peer_of(answer)) is not None and not is_public(peer):
                raise _PrivateError
            content = _read(answer, clock, ends_at, max_body, sink if answer.status_code == 200 else None)
        finally:
            answer.close()
    except _DeadlineError:
        # What is too large for the time allowed will be so again; an answer of the API may have been held up.
        end = End.BROKEN if sink is None else None
        return Failure(end, f"no complete answer within {deadline:g} s", sent=True)
    except _PrivateError:
        return Failure(None, "an answer from inside a private network, which was not read", sent=True)
    except _OversizeError:
        return Failure(
            None, f"an answer larger than {max_body} bytes", "ask for less at once (smaller pages)", sent=True
        )
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as error:
        return _unconnected(error)
    except httpx.TimeoutException:
        return Failure(End.BROKEN, "a timeout", sent=True)
    except httpx.DecodingError:
        return Failure(End.BROKEN, "a damaged compressed body", sent=True)
    except (httpx.NetworkError, httpx.RemoteProtocolError):
        return Failure(End.BROKEN, "a broken connection", sent=True)
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, UnicodeError):
        return Failure(None, "a request that cannot be sent as it is")
    return Response(
        status=answer.status_code,
        headers=answer.headers,
        content=content,
        url=str(request.url),
        method=request.method,
        intent=intent,
    )


def _read(answer: httpx.Response, clock: Clock, ends_at: float, max_body: int, sink: Sink | None) -> bytes:
    if sink is not None and int(_digits(answer.headers.get("content-length"))) > sink.max_bytes:
        raise sink.too_large()
    chunks: list[bytes] = []
    size = 0
    for chunk in answer.iter_bytes():
        if clock.monotonic() > ends_at:
            raise _DeadlineError
        if sink is not None:
            sink.write(chunk)
            continue
        size += len(chunk)
        if size > max_body:
            raise _OversizeError
        chunks.append(chunk)
    return b"".join(chunks)


def _digits(value: str | None) -> str:
    return value if value and value.isascii() and value.isdigit() and len(value) < 20 else "0"


def _unconnected(error: BaseException) -> Failure:
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in causes:
        causes.append(cause)
        cause = cause.__cause__ or cause.__context__
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return Failure(
            None,
            "a certificate this machine does not trust",
            "check the profile's url; behind a company proxy set ca_bundle in the profile (or SSL_CERT_FILE)",
        )
    if any(isinstance(cause, socket.gaierror) and cause.errno != socket.EAI_AGAIN for cause in causes):
        return Failure(None, "a host name that does not exist", "check the profile's url and the network")
    if isinstance(error, httpx.TimeoutException):
        return Failure(End.NOT_SENT, "no connection in time", "check the profile's url and the network")
    return Failure(End.NOT_SENT, "no connection", "check the profile's url and the network")
