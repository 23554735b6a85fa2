"""``supportctl duplicates clusters``: sets of tickets about one fault, and those that come in bursts."""

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from supportctl.commands._app import App, count
from supportctl.commands._duplicates_pool import gather, searched
from supportctl.commands._duplicates_times import YEAR
from supportctl.commands._rows import form_of, print_rows
from supportctl.duplicates.clusters import Cluster, Clusters, Rules
from supportctl.exits import Exit
from supportctl.reports.base import Column, Sheet, pick_fields

SHOWN = 8
"""Keys of members in one cell."""


@dataclass(frozen=True, kw_only=True)
class ClusterOptions:
    words: tuple[str, ...] = ()
    min_confidence: float = 0.5
    window: timedelta = YEAR
    least: int = 2
    burst: int = 5
    burst_hours: float = 24.0
    every: bool = False
    other: str | None = None


def _tickets(item: Cluster) -> int:
    return len(item.members) + 1


def _keys(item: Cluster) -> str:
    keys = [each.ticket.key for each in item.members]
    more = f" and {len(keys) - SHOWN:,} more" if len(keys) > SHOWN else ""
    return " ".join(keys[:SHOWN]) + more


def _burst(item: Cluster) -> str | None:
    """The fullest."""
    if not item.bursts:
        return None
    most = max(item.bursts, key=lambda each: each.tickets)
    return f"{most.tickets} on {most.since:%Y-%m-%d}"


def _least(item: Cluster) -> float:
    return min(each.confidence for each in item.members)


CLUSTERS: Sheet[Cluster] = Sheet(
    name="clusters",
    columns=(
        Column(name="master", value=lambda c: c.master.key, rank=0, width=14, link=lambda c: c.master.url),
        Column(name="rule", value=lambda c: c.rule, rank=2, width=14),
        Column(name="tickets", value=_tickets, rank=0, width=7, right=True),
        Column(
            name="least",
            value=_least,
            human=lambda c, _now: f"{_least(c):.2f}",
            rank=2,
            width=5,
            right=True,
        ),
        Column(name="burst", value=_burst, rank=1, width=16, style=lambda c: "bold red" if c.bursts else None),
        Column(name="title", value=lambda c: c.master.title, rank=1, width=30),
        Column(name="members", value=_keys, rank=0, width=0),
        Column(name="status", value=lambda c: c.master.status, rank=4, width=9),
        Column(name="profile", value=lambda c: c.master.profile, rank=8, width=12),
        Column(name="url", value=lambda c: c.master.url, rank=9, width=40),
    ),
    default=("master", "rule", "tickets", "least", "burst", "title", "members"),
    csv=("master", "rule", "tickets", "least", "burst", "title", "members", "status", "profile", "url"),
    fields=tuple(Cluster.__struct_fields__),
    encode=msgspec.json.encode,
    pick=pick_fields,
)


def clusters(asked: ClusterOptions, app: App) -> int:
    console = app.console
    form_of(app, CLUSTERS)
    rules = Rules(least=asked.min_confidence, burst=asked.burst, hours=asked.burst_hours)
    pool = gather(app, asked.words, window=asked.window, other=asked.other, every=asked.every)

    def tracked(numbers: Iterable[int]) -> Iterable[int]:
        return console.track(numbers, "comparing")

    with closing(pool.finder):
        every = Clusters(pool.finder, rules).all(pool.selected, tracked)
        found = [each for each in every if len(each.members) + 1 >= asked.least]
    print_rows(app, CLUSTERS, found, besides={"searched": len(pool.finder)})
    pool.tell(app)
    together = sum(map(_tickets, found))
    candidates = sum(bool(each.bursts) for each in found)
    console.note(
        f"{count(len(found), 'cluster')} of {count(together, 'ticket')} · {searched(app, pool)} · "
        f"{count(candidates, 'burst')} of at least {asked.burst} within {asked.burst_hours:g} h",
        "dim",
    )
    if candidates:
        console.hint("a burst may be an incident: link its tickets to a problem with supportctl link --type problem")
    elif found:
        console.hint("to link them: supportctl duplicates link --help")
    return int(Exit.OK)
