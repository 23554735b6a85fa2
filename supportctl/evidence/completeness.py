"""How complete a report is, 0 to 100, with the reason of every point and what is left to ask."""

from collections.abc import Sequence

import msgspec

from supportctl.evidence.reading.shapes import Element, Extract, Found, State
from supportctl.model.escalation import Weights

PART = 0.5
"""Of the points an element gets that is only told in part."""
_SHOWN = 160
_NOT_THE_CUSTOMERS = frozenset({Element.REPRODUCED, Element.TRACE, Element.SEVERITY})
"""What support finds out itself; customers are asked for a trace id only where they can see one."""


class Item(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One element of the score."""

    element: Element
    state: State
    weight: float
    """Of 100."""
    points: float
    found: str = ""
    """What was found, shortened to one line; not redacted."""
    where: str | None = None
    """``comment 3, line 12``."""
    reason: str = ""
    """Why not all points, in plain words."""


class Score(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    key: str
    points: int
    """0 to 100. What could not be read counts as not there."""
    items: list[Item]
    unknown: list[str] = []
    """Parts of the ticket that could not be read: the score may be too low."""

    def __getitem__(self, element: Element) -> Item:
        return next(item for item in self.items if item.element is element)

    @property
    def ask(self) -> list[Element]:
        """What to ask the customer for, heaviest first."""
        open_ = [
            item
            for item in self.items
            if item.state in (State.MISSING, State.INFERRED) and item.element not in _NOT_THE_CUSTOMERS and item.weight
        ]
        return [item.element for item in sorted(open_, key=lambda item: item.points - item.weight)]

    @property
    def do(self) -> list[Element]:
        """What support has to see to itself."""
        return [
            item.element
            for item in self.items
            if item.state in (State.MISSING, State.INFERRED) and item.element in _NOT_THE_CUSTOMERS and item.weight
        ]

    def passes(self, least: int) -> bool:
        return self.points >= least


def score(extract: Extract, evidence: Sequence[str] = (), weights: Weights | None = None) -> Score:
    """``evidence``: names of files that are handed on beside the ticket; one of them is evidence."""
    weights = weights or Weights()
    by_name = {element: max(0, getattr(weights, element.value)) for element in Element}
    whole = sum(by_name.values()) or 1
    items = [_item(found, 100 * by_name[found.element] / whole, evidence) for found in extract.found]
    return Score(
        key=extract.key,
        points=round(sum(item.points for item in items)),
        items=items,
        unknown=list(extract.unknown),
    )


def _item(found: Found, weight: float, evidence: Sequence[str]) -> Item:
    state, text = found.state, found.text
    where = None if found.source is None else str(found.source)
    if found.element is Element.EVIDENCE and evidence and state is not State.PRESENT:
        state, text, where = State.PRESENT, ", ".join(evidence), "files beside the ticket"
    share = {State.PRESENT: 1.0, State.INFERRED: PART}.get(state, 0.0)
    return Item(
        element=found.element,
        state=state,
        weight=round(weight, 2),
        points=round(weight * share, 2),
        found=_line(text),
        where=where,
        reason=_reason(found, state),
    )


def _reason(found: Found, state: State) -> str:
    if state is State.PRESENT:
        return ""
    denied = f" ({found.denied})" if found.denied is not None else ""
    if found.note:
        return f"{found.note}{denied}"
    return {
        State.INFERRED: "only in part",
        State.MISSING: "not told anywhere",
        State.UNKNOWN: "not found, and a part of the ticket could not be read",
    }[state]


def _line(text: str) -> str:
    line = " / ".join(filter(None, (part.strip() for part in text.splitlines())))
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"
