"""Chains of redirects, and those that go round in circles."""

from collections import Counter, deque
from dataclasses import dataclass, field
from urllib.parse import urldefrag, urljoin

from supportctl.evidence.har.exchange import Exchange

_OPEN = 200
"""Chains followed at the same time; the oldest are let go."""
_LONG = 10
_TIMES = 3
"""So often a chain passes one address in a loop: once there and back is what every sign-in does."""


@dataclass
class Chain:
    steps: list[Exchange] = field(default_factory=list)
    places: Counter[str] = field(default_factory=Counter)
    target: str = ""
    ended: int | None = None
    """State of the answer that was no redirect."""
    documents: bool = False


class Redirects:
    def __init__(self) -> None:
        self._open: dict[str, Chain] = {}
        self._order: deque[str] = deque()
        self._back_and_forth: Counter[tuple[str, str]] = Counter()
        self._first: dict[tuple[str, str], Exchange] = {}
        self.loops: list[Chain] = []

    def add(self, one: Exchange) -> None:
        url = urldefrag(one.url)[0]
        chain = self._open.pop(url, None)
        moved = one.status in (301, 302, 303, 307, 308) and one.redirect
        if not moved:
            if chain is not None:
                chain.ended = one.status
                self._close(chain)
            return
        chain = chain or Chain()
        try:
            target = urldefrag(urljoin(one.url, one.redirect.strip()))[0]
        except ValueError:
            return
        chain.steps.append(one)
        chain.places[_place(one)] += 1
        chain.documents |= one.kind in ("document", "iframe", "") or "text/html" in one.sent.get("accept", "")
        chain.target = target
        if len(chain.steps) > 100:
            self._close(chain)
            return
        if chain.documents and one.kind in ("document", "") and len(self._first) < 5000:
            pair = (one.url, target)
            self._back_and_forth[pair] += 1
            self._first.setdefault(pair, one)
        self._open[target] = chain
        self._order.append(target)
        while len(self._order) > _OPEN:
            old = self._open.pop(self._order.popleft(), None)
            if old is not None and old is not chain:
                self._close(old)

    def close(self) -> list[Chain]:
        """All loops, by their beginning."""
        for chain in list(self._open.values()):
            self._close(chain)
        self._open.clear()
        told = {id(step) for chain in self.loops for step in chain.steps}
        for pair, times in self._back_and_forth.items():
            first = self._first[pair]
            if times >= _TIMES and id(first) not in told and first.kind == "document":
                self.loops.append(Chain([first] * times, Counter({_place(first): times}), pair[1], None, True))
        return sorted(self.loops, key=lambda chain: chain.steps[0].number)

    def _close(self, chain: Chain) -> None:
        if not chain.steps:
            return
        most = max(chain.places.values())
        onto_itself = _place_of(chain.target) in chain.places and (chain.ended is None or chain.ended <= 0)
        if most >= _TIMES or len(chain.steps) >= _LONG or (most >= 2 and onto_itself):
            self.loops.append(chain)


def _place(one: Exchange) -> str:
    return f"{one.method} {one.host}{one.path}"


def _place_of(url: str) -> str:
    from urllib.parse import urlsplit

    try:
        split = urlsplit(url)
    except ValueError:
        return url
    return f"GET {split.netloc.lower()}{split.path or '/'}"
