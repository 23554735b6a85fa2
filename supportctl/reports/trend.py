"""Where the points, lines and labels of the trend are drawn; the page's template makes them an SVG."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from supportctl.reports.audit_report import AuditReport
from supportctl.reports.audit_words import percent

WIDTH, HEIGHT = 420, 170
LEFT, RIGHT, TOP, BOTTOM = 44, 22, 16, 26
RUNS = 30
"""How many runs are drawn, the latest of them."""


@dataclass(frozen=True)
class Mark:
    x: float
    y: float
    label: str


@dataclass(frozen=True, kw_only=True)
class Trend:
    points: list[Mark] = field(default_factory=list)
    """One a run, the last is this run; labelled for those who point at it."""
    rules: list[Mark] = field(default_factory=list)
    """Horizontal lines of the scale."""
    dates: list[Mark] = field(default_factory=list)
    said: str = ""
    """The chart in words."""

    @property
    def path(self) -> str:
        return " ".join(f"{mark.x},{mark.y}" for mark in self.points)


def trend(report: AuditReport) -> Trend | None:
    """None: there is nothing to compare with."""
    runs = [(run.at, run.score) for run in report.trend if run.score is not None]
    if report.score is None or not runs:
        return None
    every = [*runs, (report.now, report.score.value)][-RUNS:]
    scores = [score for _, score in every]
    low, high = _scale(scores)
    step = (WIDTH - LEFT - RIGHT) / (len(every) - 1)

    def height(score: float) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (high - score) / (high - low), 1)

    points = [
        Mark(round(LEFT + at * step, 1), height(score), f"{_day(moment)}: {percent(score)}")
        for at, (moment, score) in enumerate(every)
    ]
    return Trend(
        points=points,
        rules=[Mark(LEFT, height(score), percent(score)) for score in (low, (low + high) / 2, high)],
        dates=[Mark(points[0].x, HEIGHT - 6, _day(every[0][0])), Mark(points[-1].x, HEIGHT - 6, _day(every[-1][0]))],
        said=_said(every),
    )


def _scale(scores: Sequence[float]) -> tuple[float, float]:
    """A scale in steps of ten per cent points that is never so narrow that noise looks like news."""
    low = int(min(scores) * 10) / 10
    high = -int(-max(scores) * 10 // 1) / 10
    if high - low < 0.2:
        low, high = (max(0.0, round(high - 0.2, 1)), high) if high >= 0.2 else (0.0, 0.2)
    return low, high


def _said(every: Sequence[tuple[datetime, float]]) -> str:
    (first, before), (last, now) = every[0], every[-1]
    return (
        f"Share of tickets without a fault in {len(every)} runs: {percent(before)} on {_day(first)}, "
        f"{percent(now)} on {_day(last)}."
    )


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"


def change(now: float, before: float | None) -> str | None:
    """``up 3 points``, against the last run; None: nothing to compare with, or the same to a point."""
    if before is None:
        return None
    points = round((now - before) * 100)
    if not points:
        return None
    return f"{'up' if points > 0 else 'down'} {abs(points)} {'point' if abs(points) == 1 else 'points'}"
