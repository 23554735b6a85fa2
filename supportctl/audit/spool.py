"""Tickets of a stream, kept for the second pass in a file that nobody else can open."""

import tempfile
from collections.abc import Iterable, Iterator
from types import TracebackType

import msgspec

from supportctl.model import Ticket


class Spool:
    """Encoded as it comes; read again as often as needed; gone when it is closed."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="supportctl-")  # noqa: SIM115 (closed by `close`)
        self._encoder = msgspec.json.Encoder()
        self._decoder = msgspec.json.Decoder(Ticket)

    def __enter__(self) -> "Spool":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def passing(self, tickets: Iterable[Ticket]) -> Iterator[Ticket]:
        """The tickets as they come, each kept on its way."""
        for ticket in tickets:
            self._file.write(self._encoder.encode(ticket) + b"\n")
            yield ticket

    def __iter__(self) -> Iterator[Ticket]:
        return self.again(None)

    def again(self, wanted: bytes | None) -> Iterator[Ticket]:
        """Those of whose place ``wanted`` holds no 0; None: all."""
        self._file.seek(0)
        for number, line in enumerate(self._file):
            if wanted is None or wanted[number]:
                yield self._decoder.decode(line)

    def close(self) -> None:
        self._file.close()
