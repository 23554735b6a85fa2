"""Checked tickets and their elements as cells and JSON."""

import msgspec

from supportctl.commands._sheets import sheet_of
from supportctl.evidence.completeness import Item, Score
from supportctl.evidence.reading import Extract, State
from supportctl.model import Ticket
from supportctl.reports.base import Column, Sheet


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """One ticket with its score."""

    key: str
    url: str | None
    title: str | None
    score: int
    """0 to 100."""
    present: list[str]
    inferred: list[str]
    """Told in part, or between the lines."""
    missing: list[str]
    unknown: list[str]
    """Parts of the ticket that could not be read."""
    language: str | None
    items: list[Item]
    questions: str
    """The message to the customer; empty: nothing to ask."""
    ask: list[str]
    """Elements the message asks for."""

    @staticmethod
    def of(ticket: Ticket, found: Extract, points: Score, questions: str) -> "Checked":
        def those(*states: State) -> list[str]:
            return [item.element.value for item in points.items if item.state in states]

        return Checked(
            key=ticket.key,
            url=ticket.url,
            title=ticket.title,
            score=points.points,
            present=those(State.PRESENT),
            inferred=those(State.INFERRED),
            missing=those(State.MISSING, State.UNKNOWN),
            unknown=points.unknown,
            language=found.language,
            items=points.items,
            questions=questions,
            ask=[element.value for element in points.ask],
        )


CHECKED: Sheet[Checked] = sheet_of(
    "escalation-checks",
    Checked,
    (
        Column(name="key", value=lambda one: one.key, rank=0, width=14, link=lambda one: one.url),
        Column(name="score", value=lambda one: one.score, rank=0, width=5, right=True),
        Column(name="missing", value=lambda one: ", ".join(one.missing), rank=0, width=0),
        Column(name="inferred", value=lambda one: ", ".join(one.inferred), rank=1, width=36),
        Column(name="present", value=lambda one: ", ".join(one.present), rank=4, width=36),
        Column(name="title", value=lambda one: one.title, rank=3, width=36),
        Column(name="language", value=lambda one: one.language, rank=5, width=8),
    ),
    ("key", "score", "missing", "inferred", "title"),
)


def _style(item: Item) -> str | None:
    return {State.MISSING: "red", State.INFERRED: "yellow"}.get(item.state)


ITEMS: Sheet[Item] = sheet_of(
    "escalation-elements",
    Item,
    (
        Column(name="element", value=lambda item: item.element.value, rank=0, width=12),
        Column(name="state", value=lambda item: item.state.value, rank=0, width=8, style=_style),
        Column(
            name="points",
            value=lambda item: item.points,
            human=lambda item, _now: f"{item.points:g}/{item.weight:g}",
            rank=1,
            width=8,
            right=True,
        ),
        Column(name="where", value=lambda item: item.where, rank=2, width=24),
        Column(name="found", value=lambda item: item.found, rank=0, width=0),
        Column(name="reason", value=lambda item: item.reason, rank=1, width=40),
    ),
    ("element", "state", "points", "where", "found", "reason"),
)
