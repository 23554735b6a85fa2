"""Past tickets and what is known of them: which tell the same story, by the platform's links or by people's word."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from supportctl.duplicates.decisions import Decision, Verdict
from supportctl.duplicates.index import Index
from supportctl.duplicates.intake import index_of
from supportctl.duplicates.linked import Known, Sets
from supportctl.duplicates.rows import Array
from supportctl.duplicates.source import Source
from supportctl.duplicates.told import Kept, plain_ticket
from supportctl.errors import DataError
from supportctl.model import Kind, Link, LinkType, Ticket

NOT_ASKED = frozenset({Kind.PROBLEM, Kind.CHANGE})
"""Records about many tickets: what hangs on them is the same, they themselves were not written by a customer."""


@dataclass
class History:
    index: Index
    cluster: Array
    """By number of a ticket; -1 for those that are not known to be the same as another."""
    linked: int = 0
    """Tickets that are the same as another by the platform's links, or by the file of known ones."""
    decided: int = 0
    """Decisions of people that were taken in."""
    undated: int = 0
    repeated: int = 0


def of_tickets(tickets: Iterable[Ticket], decisions: Iterable[Decision] = ()) -> History:
    """Tickets of one or several profiles, in any order; links of each other and of what was not read."""
    kept = Kept()
    try:
        places: dict[tuple[str, str], tuple[float, int, str, int]] = {}
        undated, repeated = set(), 0
        for each in tickets:
            if each.kind in NOT_ASKED:
                continue
            name = (each.profile, each.id)
            repeated += name in places or name in undated
            if each.created_at is None:
                undated.add(name)
                places.pop(name, None)
            else:
                undated.discard(name)
                place = kept.put(each)
                places[name] = (each.created_at.timestamp(), len(each.id), each.id, place)
        known = Known()
        history = History(Index(), np.zeros(0, np.int64), undated=len(undated), repeated=repeated)

        def ordered() -> Iterable[Any]:
            for number, found in enumerate(sorted(places.values())):
                each = kept.get(found[3])
                known.put(number, each)
                yield plain_ticket(each)

        history.index.add(ordered())
        known.settle()
    finally:
        kept.close()
    numbers = {(profile, key): at for profile, key in places if (at := known.number(profile, key)) is not None}
    return _settled(history, known.sets, numbers, decisions)


def of_file(name: str, gold: Path) -> History:
    """Plain objects, and a file with a line ``{"id", "cluster"}`` for each known one. Raises `DataError`.

    Decisions do not count: an id alone does not tell whose ticket it is.
    """
    with Source(name) as source:
        history = History(
            index_of(source), np.zeros(0, np.int64), undated=len(source.undated), repeated=source.repeated
        )
    numbers = {key: at for at, key in enumerate(history.index.ids)}
    sets = Sets()
    first: dict[str, int] = {}
    for key, cluster in _gold(gold):
        if key in numbers:
            sets.join(numbers[key], first.setdefault(cluster, numbers[key]))
    return _settled(history, sets, {}, ())


class _GoldLine(msgspec.Struct):
    id: str | int
    cluster: str | int


def _gold(path: Path) -> Iterable[tuple[str, str]]:
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise DataError(
            f"cannot read {path}: {error.strerror}; nothing was measured",
            hint='give the path of an NDJSON file with a line {"id", "cluster"} each',
        ) from None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found = msgspec.json.decode(line, type=_GoldLine)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            raise DataError(
                f'{path}, line {number}: not {{"id", "cluster"}}; nothing was measured',
                hint='a line for each ticket that is known to be the same as others: {"id": "12", "cluster": "7"}',
            ) from None
        yield str(found.id), str(found.cluster)


def _settled(
    history: History,
    sets: Sets,
    numbers: dict[tuple[str, str], int],
    decisions: Iterable[Decision],
) -> History:
    """With what people said: the same joins two sets; what they called different is not taken apart here."""
    history.linked = sum(
        of > 1 for of in Counter(sets.of(at) for at in range(len(history.index))).values() for _ in range(of)
    )
    for each in decisions:
        ends = [numbers.get(end.name) for end in (each.ticket, each.of)]
        if each.verdict is Verdict.SAME and ends[0] is not None and ends[1] is not None:
            sets.join(ends[0], ends[1])
            history.decided += 1
    roots = np.array([sets.of(at) for at in range(len(history.index))], np.int64)
    _, cluster, count = np.unique(roots, return_inverse=True, return_counts=True)
    history.cluster = np.where(count[cluster] > 1, cluster, -1) if len(roots) else roots
    return history


def merged_into(ticket: Ticket, key: str) -> Ticket:
    """With the link that a merge leaves behind in words only."""
    link = Link(type=LinkType.DUPLICATE_OF, key=key)
    return msgspec.structs.replace(ticket, links=[*ticket.links, link])
