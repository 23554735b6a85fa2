"""A place in a text that is to be replaced, and what stands there."""

from collections.abc import Iterable
from typing import NamedTuple


class Spot(NamedTuple):
    start: int
    end: int
    kind: str
    """As tokens are named: ``EMAIL``, ``GITHUB_TOKEN``."""
    secret: bool = False
    host: bool = False
    """Whether it stands where a parser needs a host name."""


def apart(spots: Iterable[Spot]) -> list[Spot]:
    """By place and without overlaps: what was named first wins, then the longer."""
    ordered = list(spots)
    if len(ordered) < 2:
        return ordered
    kept: list[Spot] = []
    for _, spot in sorted(enumerate(ordered), key=lambda pair: (pair[1].start, pair[0], -pair[1].end)):
        if kept and spot.start < kept[-1].end:
            if spot.end > kept[-1].end and not kept[-1].secret:
                kept[-1] = Spot(kept[-1].start, spot.end, kept[-1].kind, spot.secret, kept[-1].host)
            continue
        kept.append(spot)
    return kept
