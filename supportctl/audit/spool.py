"""Tickets of a stream, kept for the second pass in a file that nobody else can open."""

import tempfile
from collections.abc import Iterator
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

    def add(self, ticket: Ticket) -> None:
        self._file.write(self._encoder.encode(ticket) + b"\n")

    def __iter__(self) -> Iterator[Ticket]:
        self._file.seek(0)
        for line in self._file:
            yield self._decoder.decode(line)

    def close(self) -> None:
        self._file.close()
