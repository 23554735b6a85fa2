"""``duplicates evaluate``: how well duplicates are found, on what is known of the site's own past."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from supportctl.commands._app import App, count
from supportctl.commands._duplicates_history import read_history
from supportctl.commands._duplicates_state import site_weights
from supportctl.commands._planning import refuse_empty
from supportctl.errors import DataError
from supportctl.exits import Exit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from supportctl.duplicates.evaluation import Figures
    from supportctl.duplicates.history import History
    from supportctl.duplicates.weights import Weights
    from supportctl.reports.figures import FigureRow

DAY = 86_400.0
YEAR = 365 * DAY


@dataclass(frozen=True, kw_only=True)
class EvaluateOptions:
    words: tuple[str, ...]
    gold: str | None
    since: float | None
    """Seconds since 1970."""
    until: float | None
    window: int
    """Days."""
    minimum: float


def run(it: App, asked: EvaluateOptions) -> int:
    from supportctl.duplicates.evaluation import Trial, measure
    from supportctl.duplicates.rank import Ranker
    from supportctl.duplicates.weights import shipped

    refuse_empty({"--gold": asked.gold})
    history = read_history(it, asked.words, asked.gold)
    since = asked.since if asked.since is not None else _since(history)
    trial = Trial(
        history.index.born,
        history.cluster,
        test=since,
        end=asked.until if asked.until is not None else float("inf"),
        days=asked.window,
    )
    _refuse_few(trial.queries)
    site = site_weights(it)
    measured: list[tuple[str, bool, Figures]] = []
    for name, weights in _rankings(shipped(), site):
        with it.console.progress(f"measuring {name}") as tell:
            found = measure(Ranker(history.index, weights), trial, minimum=asked.minimum, days=asked.window, tell=tell)
        measured.append((name, (name == "site") is (site is not None), found))
    show(it, measured, asked.window)
    if site is not None and since < _moment(site.about["tested_from"]):
        it.console.warn(
            f"site: it has seen tickets created before {site.about['tested_from']}; "
            f"judge it with --since {site.about['tested_from']}"
        )
    _say(it, measured, since)
    return int(Exit.OK)


def _rankings(shipped: "Weights", site: "Weights | None") -> "Iterable[tuple[str, Weights]]":
    yield "shipped", shipped
    if site is not None:
        yield "site", site


def _since(history: "History") -> float:
    """The newest year, or the newer half of a time that is shorter than two."""
    born = history.index.born
    if not len(born):
        return 0.0
    first, last = float(born[0]), float(born[-1])
    return max(last - YEAR, (first + last) / 2)


def _refuse_few(queries: frozenset[int]) -> None:
    from supportctl.duplicates.evaluation import LEAST

    if len(queries) < LEAST:
        raise DataError(
            f"{len(queries)} of the tickets tested have an older one that is known to be the same; at least {LEAST} "
            "are needed for figures that mean something",
            hint="test a longer time (--since DATE), read more tickets, or decide some: supportctl duplicates review",
        )


def _moment(day: str) -> float:
    from datetime import UTC, datetime

    return datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()


def show(it: App, measured: "Sequence[tuple[str, bool, Figures]]", window: int) -> None:
    from supportctl.commands._rows import print_rows
    from supportctl.reports.figures import FIGURES

    print_rows(it, FIGURES, [_row(*each) for each in measured], besides={"window_days": window})


def _row(name: str, used: bool, each: "Figures") -> "FigureRow":
    import msgspec

    from supportctl.reports.figures import FigureRow

    link = each.at_default
    return FigureRow(
        ranking=name,
        used=used,
        tickets=each.tickets,
        tested=each.tested,
        queries=each.queries,
        unreachable=each.unreachable,
        **{f"rr{k}": round(share, 4) for k, share in each.rr.items()},
        map=round(each.map, 4),
        minimum=link.minimum,
        links=link.links,
        right=link.right,
        precision=None if link.precision is None else round(link.precision, 4),
        low=round(link.low, 4),
        high=round(link.high, 4),
        recall=None if link.recall is None else round(link.recall, 4),
        brier=round(each.brier, 5),
        cuts=[msgspec.to_builtins(cut) for cut in each.links],
        calibration=each.calibration,
    )


def _say(it: App, measured: "Sequence[tuple[str, bool, Figures]]", since: float) -> None:
    from datetime import UTC, datetime

    figures = measured[0][2]
    day = datetime.fromtimestamp(since, UTC).date().isoformat()
    it.console.note(
        f"{count(figures.queries, 'ticket')} created from {day} on with an older duplicate that is known, among "
        f"{count(figures.tested, 'ticket')}; "
        f"{figures.unreachable:,} of them have none within the window and count as missed"
    )
    it.console.note("What nobody linked counts as wrong: the precision of links is a lower bound.")
    tell_flattered(it)


def tell_flattered(it: App) -> None:
    it.console.note(
        "Titles and fields are compared as they are now: where agents align categories or components of duplicates "
        "when they close them, figures are flattered."
    )
