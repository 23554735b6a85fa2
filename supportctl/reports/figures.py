"""How well duplicates are found, as rows: one per ranking that was measured."""

from collections.abc import Callable
from typing import Any

import msgspec

from supportctl.reports.base import Column, Sheet, pick_fields


class FigureRow(msgspec.Struct, frozen=True, kw_only=True):
    ranking: str
    """``shipped``, ``site`` (in use here), ``learned`` or ``fitted`` (just made)."""
    used: bool
    """Whether it is what is used from now on."""
    tickets: int
    tested: int
    queries: int
    unreachable: int
    rr1: float
    rr5: float
    rr10: float
    rr20: float
    map: float
    minimum: float
    """The confidence from which on a link is proposed."""
    links: int
    right: int
    precision: float | None
    low: float
    high: float
    """Ends of the precision's interval of 95 in 100."""
    recall: float | None
    brier: float
    cuts: list[dict[str, Any]]
    """The same of links at other confidences."""
    calibration: list[dict[str, float]]
    """Predicted against found."""


def _rank(name: str, value: Callable[[FigureRow], float], rank: int) -> Column[FigureRow]:
    return Column(name=name, value=value, human=lambda row, _: f"{value(row):.3f}", rank=rank, width=6, right=True)


FIGURES: Sheet[FigureRow] = Sheet(
    name="figures",
    columns=(
        Column(name="ranking", value=lambda row: row.ranking, rank=0, width=9),
        Column(name="used", value=lambda row: row.used, human=lambda row, _: "✓" if row.used else "", rank=1, width=4),
        Column(name="queries", value=lambda row: row.queries, rank=1, width=8, right=True),
        _rank("rr1", lambda row: row.rr1, 0),
        _rank("rr5", lambda row: row.rr5, 2),
        _rank("rr10", lambda row: row.rr10, 0),
        _rank("rr20", lambda row: row.rr20, 4),
        _rank("map", lambda row: row.map, 0),
        Column(name="links", value=lambda row: row.links, rank=1, width=6, right=True),
        Column(name="right", value=lambda row: row.right, rank=1, width=6, right=True),
        Column(name="precision", value=lambda row: row.precision, rank=6, width=9, right=True),
        _rank("low", lambda row: row.low, 2),
        _rank("high", lambda row: row.high, 2),
        Column(name="recall", value=lambda row: row.recall, rank=6, width=6, right=True),
        Column(name="minimum", value=lambda row: row.minimum, rank=7, width=7, right=True),
        Column(name="brier", value=lambda row: row.brier, rank=7, width=6, right=True),
        Column(name="tickets", value=lambda row: row.tickets, rank=7, width=9, right=True),
        Column(name="tested", value=lambda row: row.tested, rank=7, width=9, right=True),
        Column(name="unreachable", value=lambda row: row.unreachable, rank=7, width=11, right=True),
    ),
    default=("ranking", "used", "queries", "rr1", "rr5", "rr10", "map", "links", "right", "low", "high"),
    csv=(
        "ranking", "used", "tickets", "tested", "queries", "unreachable", "rr1", "rr5", "rr10", "rr20", "map",
        "minimum", "links", "right", "precision", "low", "high", "recall", "brier",
    ),
    fields=tuple(FigureRow.__struct_fields__),
    encode=msgspec.json.encode,
    pick=pick_fields,
)  # fmt: skip
