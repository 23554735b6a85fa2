"""``supportctl demo --check``, third part: what escalated tickets tell an engineer, found and as it was written."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from supportctl.commands._app import App
from supportctl.commands._options import Options

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from supportctl.commands._practice import Practice
    from supportctl.evidence.reading import Extract
    from supportctl.sandbox.store import Store, Truth

RULE = "escalation"


@dataclass
class Told:
    tickets: int = 0
    states: dict[str, list[int]] = field(default_factory=dict)
    """Element -> [right, all]."""
    wrong: list[str] = field(default_factory=list)
    """``KEY element: written present, found missing``."""


def found_in(one: "Practice", store: "Store") -> "dict[str, Extract]":
    """The planted tickets, read over HTTP."""
    from supportctl.commands._escalate_check import needs
    from supportctl.evidence.reading import extract

    keys = [plant.key for plant in store.truth(one.platform) if plant.rule == RULE]
    with App(Options(profile=one.name, quiet=True)) as inner:
        return {ticket.key: extract(ticket) for ticket in inner.get(keys, needs()).tickets}


def held_against(found: "Mapping[str, Extract]", truth: "Sequence[Truth]") -> Told:
    """Each element must be in the state its text was written in, and hold the value that was put there."""
    from supportctl.evidence.reading import Element

    told = Told()
    for plant in truth:
        if plant.rule != RULE:
            continue
        told.tickets += 1
        extract = found.get(plant.key)
        if extract is None:
            told.wrong.append(f"{plant.key}: not found")
            continue
        for each in plant.detail.split("; "):
            name, is_value, value = each.partition("~")
            if not is_value:
                name, _, value = each.partition("=")
            seen = extract[Element(name)]
            right = value in seen.text if is_value else seen.state.value == value
            counts = told.states.setdefault(name, [0, 0])
            counts[0] += right
            counts[1] += 1
            if not right:
                what = f"{value} is not in it" if is_value else f"written {value}, found {seen.state.value}"
                told.wrong.append(f"{plant.key} {name}: {what}")
    return told


def show(app: App, told: Told) -> None:
    console = app.console
    right, whole = (sum(counts[place] for counts in told.states.values()) for place in (0, 1))
    console.line(f"  Escalated tickets: {told.tickets}; elements in the state they were written in: {right} of {whole}")
    for name, (good, all_) in told.states.items():
        if good < all_:
            console.line(f"  {name:<12} {good}/{all_}")
    for each in told.wrong:
        console.line(console.paint(f"           {each}", "dim"))
