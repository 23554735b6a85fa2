"""Writes sent together through the Batch API, or one by one where it is closed to the account.

A batch's outer 200 says nothing: every item has an answer of its own, and what the instance did not reach in time is
named and was not run. (ServiceNow product documentation, "Batch API")
"""

import base64
import binascii
import threading
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import msgspec

from supportctl.adapters.servicenow.client import Client
from supportctl.adapters.servicenow.platform import BATCH_SIZE, classify
from supportctl.adapters.servicenow.types import BATCH, BatchAnswer
from supportctl.errors import (
    AmbiguousWriteError,
    AuthError,
    InvalidRequestError,
    SupportctlError,
    TemporaryError,
)
from supportctl.wire import Intent, Response

BATCH_PATH = "/api/now/v1/batch"
REFUSALS = frozenset({400, 403, 404, 405})
"""How an instance says that there is no Batch API for us; nothing of the batch was run."""
_HEADERS = [{"name": "Content-Type", "value": "application/json"}, {"name": "Accept", "value": "application/json"}]


class Write(msgspec.Struct, frozen=True):
    """One request of the Table API. ``path`` begins at the root and holds its query."""

    method: str
    path: str
    body: dict[str, Any] | None = None


class Fate(msgspec.Struct, frozen=True):
    """What became of a write: an answer, a refusal, or (neither) nobody knows."""

    response: Response | None = None
    error: SupportctlError | None = None

    @property
    def in_doubt(self) -> bool:
        return self.response is None and self.error is None


DOUBT = Fate()


class Sender:
    """Thread safe. Remembers how many requests a batch may hold, and whether there is a Batch API for us."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._size = BATCH_SIZE
        self._open = True
        self._lock = threading.Lock()

    def send(self, writes: Sequence[Write]) -> list[Fate]:
        """Fates in the order of the writes; none is sent twice unless the instance said that it was not run.

        Raises `AmbiguousWriteError` when a batch went out and no answer came back, `AuthError` or `TemporaryError`
        when nothing at all was done.
        """
        fates: list[Fate | None] = [None] * len(writes)
        waiting = list(range(len(writes)))
        while waiting:
            part = waiting[: self._size] if self._open else waiting
            try:
                alone = len(part) == 1 or not self._open
                done = self._singly(part, writes) if alone else self._together(part, writes)
            except (TemporaryError, AuthError):
                if all(fate is None for fate in fates):
                    raise
                done = dict.fromkeys(waiting, DOUBT)
            for place, fate in done.items():
                fates[place] = fate
            waiting = [place for place in waiting if place not in done]
        return [fate or DOUBT for fate in fates]

    def _singly(self, places: Sequence[int], writes: Sequence[Write]) -> dict[int, Fate]:
        done: dict[int, Fate] = {}
        for place in places:
            write = writes[place]
            try:
                response = self._client.write(write.method, write.path, write.body, intent=Intent.ONCE)
                done[place] = Fate(response=response)
            except (TemporaryError, AuthError) as error:
                if not isinstance(error, AmbiguousWriteError):
                    if not done:
                        raise
                    return done | {left: DOUBT for left in places if left not in done}
                if len(places) == 1:
                    raise
                done[place] = DOUBT
            except SupportctlError as error:
                done[place] = Fate(error=error)
        return done

    def _together(self, places: Sequence[int], writes: Sequence[Write]) -> dict[int, Fate]:
        """Places that are missing in the answer were not run, and are to be sent again."""
        body = {
            "batch_request_id": uuid4().hex,
            "rest_requests": [_packed(place, writes[place]) for place in places],
        }
        response = self._client.transport.request("POST", BATCH_PATH, json=body, intent=Intent.ONCE, ok=REFUSALS)
        if response.status in REFUSALS:
            self._close()
            return {}
        answer = _read(response)
        by_id = {item.id: item for item in answer.serviced_requests}
        done: dict[int, Fate] = {}
        left = set(answer.unserviced_requests)
        for place in places:
            item = by_id.get(str(place))
            if item is None:
                if str(place) not in left:
                    done[place] = DOUBT
            elif item.status_code != 429:
                done[place] = _fate(response, writes[place], item.status_code, item.body)
        self._shrink(len(places), len(done))
        return done

    def _close(self) -> None:
        with self._lock:
            if self._open:
                self._open = False
                self._client.transport.stats.warn(
                    "the Batch API is closed to this account: every change is a request of its own"
                )

    def _shrink(self, sent: int, done: int) -> None:
        """After a batch that was not finished, the next hold what this one managed (at least one)."""
        if done < sent:
            with self._lock:
                self._size = max(1, min(self._size, done or sent // 2))


def _packed(place: int, write: Write) -> dict[str, Any]:
    content = "" if write.body is None else base64.b64encode(msgspec.json.encode(write.body)).decode()
    return {"id": str(place), "method": write.method, "url": write.path, "headers": _HEADERS, "body": content}


def _read(response: Response) -> BatchAnswer:
    try:
        return BATCH.decode(response.content)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise AmbiguousWriteError(
            f"{response.what} answered {response.status} with a body that is cut short or not a batch's"
            f"{response.trace}; what the batch did is not known"
        ) from error


def _fate(outer: Response, write: Write, status: int, body: str) -> Fate:
    """An item's answer as if it had come alone. A 5xx may have been done."""
    try:
        content = base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        content = b""
    if status >= 500:
        return DOUBT
    response = Response(
        status=status,
        headers=outer.headers,
        content=content,
        url=outer.url.partition("/api/")[0] + write.path,
        method=write.method,
        intent=Intent.ONCE,
    )
    if status < 300:
        return Fate(response=response)
    error = classify(response) or InvalidRequestError(f"{response.what} answered {status}{response.trace}")
    return Fate(error=error)
