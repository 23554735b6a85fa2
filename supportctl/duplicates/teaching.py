"""Learning from a site's own past, and the proof that it is worth using before it is used.

Time is cut in three: on the oldest part a ranking is learned, on the next its confidence is fitted, on the newest both
are held against what is shipped. Nothing of the newest part is seen before.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from supportctl.duplicates import boosting
from supportctl.duplicates.calibration import CONFIDENCE, confidence_columns, leading, logistic
from supportctl.duplicates.evaluation import LEAST, Figures, Trial, measure
from supportctl.duplicates.history import History
from supportctl.duplicates.learning import blocks, later_members, learn, pairs
from supportctl.duplicates.rank import DAY, Ranker
from supportctl.duplicates.rows import Array
from supportctl.duplicates.suggestion import SITE
from supportctl.duplicates.weights import Weights, shipped

SHIPPED = "shipped"
LEAST_TO_LEARN = 300
"""Known duplicates a ranking is learned from; with fewer it learns the site's accidents."""
LEAST_TO_FIT = 30
"""Right first candidates a confidence is fitted to."""
ALL_COLUMNS = 120
"""Right first candidates from which on all columns are fitted, ten for each; with fewer the score and its lead."""
MOST_TO_FIT = 20_000
"""Newest tickets whose first candidates a confidence is fitted to."""
MOST_TO_LEARN = 3_000
"""Newest known duplicates a ranking is learned from: their features are held at once, 80 kB a ticket."""

Stage = Callable[[str], AbstractContextManager[Callable[[int, int], None]]]
"""Entered with what is being done; gives a function to be told how much is done of how much."""


@contextmanager
def quietly(_what: str) -> Iterator[Callable[[int, int], None]]:
    yield lambda _done, _of: None


@dataclass(frozen=True)
class Settings:
    window: int = 365
    """Days."""
    minimum: float = 0.5
    rounds: int = 400
    seeds: int = 2
    rank: bool = True
    """False: the confidence alone is fitted."""
    least_to_learn: int = LEAST_TO_LEARN
    least_to_fit: int = LEAST_TO_FIT
    least_to_test: int = LEAST


@dataclass
class Lesson:
    """What came of it. ``weights`` None: what is shipped stays in use, and `reasons` say why."""

    figures: dict[str, Figures] = field(default_factory=dict)
    """By name, on the newest part: ``shipped``, and what was learned."""
    weights: Weights | None = None
    chosen: str = SHIPPED
    reasons: list[str] = field(default_factory=list)
    parts: dict[str, str] = field(default_factory=dict)
    """Where time was cut."""


class TooFewError(Exception):
    """Not enough is known of the site; ``str`` says what is missing."""


def teach(history: History, settings: Settings, stage: Stage = quietly) -> Lesson:
    """Raises `TooFewError`, and `UsageError` where LightGBM is wanted and missing."""
    asked = later_members(history.cluster)
    if settings.rank:
        boosting.library()
    fit_from, test_from = _cut(asked, settings)
    born = history.index.born
    lesson = Lesson(parts={"fitted from": _day(born[fit_from]), "tested from": _day(born[test_from])})
    trial = Trial(born, history.cluster, test=float(born[test_from]), days=settings.window)
    if len(trial.queries) < settings.least_to_test:
        raise TooFewError(
            f"only {len(trial.queries)} tickets of the newest part have an older duplicate that is known; "
            f"at least {settings.least_to_test} are needed to tell whether something was gained"
        )

    def measured(weights: Weights, what: str) -> Figures:
        ranker = Ranker(history.index, weights)
        with stage(f"measuring {what}") as tell:
            return measure(ranker, trial, minimum=settings.minimum, days=settings.window, tell=tell)

    own = shipped()
    base = lesson.figures[SHIPPED] = measured(own, "what is shipped")
    before = asked[asked < test_from]
    learned = _learned(history, before, fit_from, settings, stage, lesson)
    if learned is not None:
        choosing, early, ranking = learned
        fitted = _fitted(history, fit_from, test_from, replace(own, choosing=choosing, ranking=early), settings, stage)
        if fitted is None:
            lesson.reasons.append(_too_few_right(settings))
        else:
            found = replace(
                own, choosing=choosing, ranking=ranking, confidence_names=fitted[0], confidence_weights=fitted[1]
            )
            figures = lesson.figures["learned"] = measured(found, "what was learned")
            if figures.map > base.map:
                return _used(lesson, "learned", found, SITE, history, settings)
            lesson.reasons.append("the ranking learned here finds no more than the shipped one, which stays in use")
    # Of the shipped ranking nothing was learned here: all of the past may tell what its scores are worth.
    fit_from = max(int(asked[0]), test_from - MOST_TO_FIT)
    lesson.parts["fitted from"] = _day(born[fit_from])
    fitted = _fitted(history, fit_from, test_from, own, settings, stage)
    if fitted is None:
        lesson.reasons.append(_too_few_right(settings))
        return lesson
    found = replace(own, confidence_names=fitted[0], confidence_weights=fitted[1])
    figures = lesson.figures["fitted"] = measured(found, "the confidence fitted here")
    if figures.brier < base.brier:
        return _used(lesson, "fitted", found, SHIPPED, history, settings)
    lesson.reasons.append("the confidence fitted here is no nearer to the truth than the shipped one")
    return lesson


def _cut(asked: Array, settings: Settings) -> tuple[int, int]:
    """From which tickets on the confidence is fitted, and from which on all is tested: a fifth of the known each."""
    wanted = 5 * settings.least_to_test
    if len(asked) < wanted:
        raise TooFewError(
            f"only {len(asked)} tickets have an older duplicate that is known; about {wanted} are needed to fit a "
            f"confidence, {max(wanted, settings.least_to_learn * 5 // 4)} to learn a ranking"
        )
    return int(asked[len(asked) * 3 // 5]), int(asked[len(asked) * 4 // 5])


def _learned(
    history: History, before: Array, fit_from: int, settings: Settings, stage: Stage, lesson: Lesson
) -> tuple[Any, Any, Any] | None:
    """Trees that choose; that rank, from before the confidence is fitted; and that rank, from all but the newest."""
    if not settings.rank:
        return None
    if len(before) < settings.least_to_learn:
        lesson.reasons.append(
            f"only {len(before)} duplicates are known before {lesson.parts['tested from']}; from "
            f"{settings.least_to_learn} on a ranking is learned"
        )
        return None
    before, window = before[-MOST_TO_LEARN:], settings.window * DAY
    rounds, seeds = settings.rounds, settings.seeds
    with stage("learning which candidates are looked at"):
        cheap = pairs(history.index, before, None, window)
        names = list(cheap.names)
        choosing = boosting.trees_of(learn(cheap, history.cluster, names, boosting.CHOOSING, 80, 1), names)
        del cheap
    with stage("learning the ranking"):
        every = pairs(history.index, before, choosing, window)
        names = list(every.names)
        early = learn(every.of(every.query < fit_from), history.cluster, names, boosting.RANKING, rounds, 1)
        final = learn(every, history.cluster, names, boosting.RANKING, rounds, seeds)
    return choosing, boosting.trees_of(early, names), boosting.trees_of(final, names)


def _fitted(
    history: History, low: int, high: int, weights: Weights, settings: Settings, stage: Stage
) -> tuple[tuple[str, ...], Array] | None:
    """Columns and weights of the confidence, from the first candidates of a time; None when too few are right."""
    with stage("fitting the confidence") as tell:

        def told() -> Iterator[int]:
            for each in range(low, high):
                tell(each - low, high - low)
                yield each

        found = blocks(history.index, told(), weights.choosing, settings.window * DAY)
        tickets, best, columns = leading(found, lambda _ticket: weights.ranking, confidence_columns(weights.telling))
    cluster = history.cluster
    right = (cluster[best] >= 0) & (cluster[best] == cluster[tickets])
    if right.sum() < settings.least_to_fit or right.all():
        return None
    names = CONFIDENCE if right.sum() >= ALL_COLUMNS else CONFIDENCE[:2]
    return names, logistic(columns[:, : len(names)], right)


def _used(lesson: Lesson, name: str, weights: Weights, ranking: str, history: History, settings: Settings) -> Lesson:
    figures = lesson.figures[name]
    about = {
        "ranking": ranking,
        "calibration": f"this site, {lesson.parts['fitted from']} to {lesson.parts['tested from']}",
        "made": datetime.now(UTC).date().isoformat(),
        "tickets": len(history.index),
        "known": int((history.cluster >= 0).sum()),
        "decided": history.decided,
        "window": settings.window,
        "tested_from": lesson.parts["tested from"],
        "precision": [
            {"minimum": each.minimum, "links": each.links, "right": each.right, "low": each.low, "high": each.high}
            for each in (figures.at_default, *figures.links)
        ],
        "rr": figures.rr,
        "map": figures.map,
        "shipped_map": lesson.figures[SHIPPED].map,
        "names": {
            "choosing": list(weights.choosing.names),
            "ranking": list(weights.ranking.names),
            "confidence": list(weights.confidence_names),
        },
    }
    lesson.weights = replace(weights, about=about)
    lesson.chosen = name
    return lesson


def _too_few_right(settings: Settings) -> str:
    return (
        f"fewer than {settings.least_to_fit} tickets have their known duplicate first, too few to fit a confidence; it "
        "stays uncalibrated"
    )


def _day(born: float) -> str:
    return datetime.fromtimestamp(float(born), UTC).date().isoformat()
