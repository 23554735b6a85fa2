"""What stands before a platform's API: its rate limits, and what its gateway says when it is not well."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from starlette.responses import Response

    from supportctl.sandbox.meter import Limit, State


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A request as a gateway sees it; header names are in lower case."""

    method: str
    path: str
    query: Sequence[tuple[str, str]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    base: str = ""
    """``http://host:port`` as the caller wrote it."""


class Front(Protocol):
    """A dialect's gateway."""

    def limits(self, ask: Ask) -> "Sequence[tuple[Limit, str]]":
        """The published limits that apply, each with what it is counted by (an account, an endpoint, a ticket)."""

    def headers(self, states: "Sequence[State]") -> dict[str, str]:
        """What every answer tells about the limits that applied to it."""

    def refusal(self, spent: "Sequence[State]", ask: Ask) -> "Response":
        """The 429, with the platform's body and headers; ``spent`` is empty for a refusal out of the blue."""

    def failure(self, ask: Ask, rng: random.Random) -> "Response":
        """A 5xx as this platform or what stands before it sends them: JSON, HTML or nothing."""

    def same_page(self, ask: Ask, content: bytes, headers: Mapping[str, str]) -> "tuple[bytes, dict[str, str]] | None":
        """The answer with a next-page token that leads to the page asked for again; None when it has none.

        The headers returned replace those of the same (lower-case) name.
        """
