"""What the conformance suite measured, printed at the end of the run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from itertools import groupby


@dataclass(frozen=True, kw_only=True)
class Row:
    """One reading of a whole queue under one seed."""

    platform: str
    seed: int
    tickets: int
    changes: int
    requests: int
    faults: int
    retries: int
    resumed: int
    waited: float
    violations: int
    lost: int
    repeated: int


ROWS: list[Row] = []


def lines(rows: list[dict[str, object]]) -> Iterator[str]:
    """A table with the sums (and the least number of tickets) by platform."""
    names = [field.name for field in fields(Row)]
    found = sorted((Row(**{name: row[name] for name in names}) for row in rows), key=lambda row: row.platform)  # type: ignore[arg-type]
    yield (
        f"{'adapter':<11} {'seeds':>5} {'tickets':>8} {'changes':>8} {'requests':>9} {'faults':>7} {'retries':>8} "
        f"{'resumed':>8} {'waited s':>9} {'violations':>11} {'lost':>5} {'repeated':>9}"
    )
    for platform, group in groupby(found, key=lambda row: row.platform):
        each = list(group)

        def total(name: str, each: list[Row] = each) -> float:
            return sum(getattr(row, name) for row in each)

        yield (
            f"{platform:<11} {len({row.seed for row in each}):>5} {total('tickets'):>8,} {total('changes'):>8,} "
            f"{total('requests'):>9,} {total('faults'):>7,} {total('retries'):>8,} {total('resumed'):>8,} "
            f"{total('waited'):>9,.0f} {total('violations'):>11,} {total('lost'):>5,} {total('repeated'):>9,}"
        )


def taken() -> list[dict[str, object]]:
    """The rows of this process, and none for whoever asks again."""
    found = [asdict(row) for row in ROWS]
    ROWS.clear()
    return found
