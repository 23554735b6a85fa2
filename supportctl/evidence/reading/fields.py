"""What a ticket's own fields tell: those of a form by their names, Jira's environment and versions, the component."""

import re
from collections.abc import Iterator
from typing import Any

from supportctl.evidence.reading import headings, names, surroundings
from supportctl.evidence.reading.shapes import Element, Passage, Source
from supportctl.model import Ticket
from supportctl.text.characters import seen
from supportctl.text.fold import fold
from supportctl.text.markup import reduced

_LONGEST = 20_000
_GRADE = re.compile(
    r"(?:[\s/()\d.,:;_-]|p|s|impact|very|high|highest|medium|low|lowest|minor|major|critical|severe|moderate|extensive|"
    r"widespread|significant|large|limited|locali[sz]ed|normal|urgent|sehr|hoch|hohe|mittel|niedrig|gering|kritisch|"
    r"élevée?|moyenne?|faible|critique|majeure?|mineure?|alt[oa]|medi[oa]|baj[oa]|crític[oa]|médi[oa]|baix[oa]|"
    r"[高中低大小])+"
)


def find(ticket: Ticket) -> Iterator[tuple[Element, Passage]]:
    for field in ticket.custom:
        kind = names.element_of(field.name or "")
        text = plain(field.value)
        if kind is None or not text.strip():
            continue
        yield from of_label(*kind, text, Source(place=f"field {' '.join((field.name or '').split())[:60]}"), "field")
    for name in ("environment", "versions"):
        text = plain(ticket.native.get(name))
        if text.strip():
            part = "product" if name == "versions" else None
            yield from of_label(Element.ENVIRONMENT, part, text, Source(place=f"field {name}"), "field")
    if ticket.component is not None and (ticket.component.name or "").strip():
        name = ticket.component.name or ""
        yield (
            Element.ENVIRONMENT,
            Passage(
                text=name, source=Source(place="field component"), how="field", confidence=0.4, part="component",
                name=name,
            ),
        )  # fmt: skip


def of_label(
    element: Element, part: str | None, text: str, source: Source, how: str
) -> Iterator[tuple[Element, Passage]]:
    """What stands behind a label or heading; nothing where it was left as it came."""
    if headings.is_nothing(text, element):
        return
    sure = 0.9 if how == "field" else 0.95
    if element is Element.ENVIRONMENT:
        found = surroundings.of_value(text, part)
        for thing in found:
            known = bool(thing.version) or bool(re.search(r"\d", thing.name))
            yield (
                element,
                Passage(
                    text=text, source=source, how=how, confidence=sure if known and thing.part != "device" else 0.5,
                    part=thing.part, name=thing.name or None, version=thing.version,
                ),
            )  # fmt: skip
        if not found:
            yield element, Passage(text=text, source=source, how=how, confidence=0.5, part=part)
        return
    if element in (Element.TIMES, Element.TRACE, Element.EVIDENCE, Element.REPRODUCED):
        return
    if element is Element.SEVERITY and len(text) > 400:
        return
    if element is Element.IMPACT and part is None and _GRADE.fullmatch(fold(text)):
        # A drop-down's grade tells how much somebody thinks of it, not who is hit.
        if how != "field":
            yield element, Passage(text=text, source=source, how=how, confidence=0.3, part=part)
        return
    yield element, Passage(text=text, source=source, how=how, confidence=sure, part=part)


def plain(value: Any) -> str:
    """A field's value as text, whatever the platform made of it; markup is read."""
    match value:
        case None | bool():
            return ""
        case str():
            return reduced(seen(value[:_LONGEST])).strip()
        case int() | float():
            return str(value)
        case dict():
            for name in ("value", "name", "label", "displayName", "display_value"):
                if value.get(name):
                    return plain(value[name])
            return ""
        case list() | tuple():
            return ", ".join(filter(None, (plain(each) for each in value[:50])))
        case _:
            return ""
