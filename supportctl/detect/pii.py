"""Finding personal data in ticket text: cards, bank accounts, national ids, e-mail addresses, telephone numbers.

Two readers use this. A redactor takes all that is found; an audit takes what is ``sure``: the form and the checksum
are right and the words around it do not speak of an order, a serial number or a test. All patterns are linear in
the text and tried only where one of their marks occurs.
"""

from collections.abc import Callable, Collection, Iterator

from supportctl.detect.contacts import emails, phones
from supportctl.detect.found import Pii, Zones, digit_zones
from supportctl.detect.ibans import ibans
from supportctl.detect.national import NATIONAL_KINDS, national_ids
from supportctl.detect.pan import cards

_FINDERS: tuple[tuple[tuple[str, ...], Callable[[str, Collection[str], Zones], Iterator[Pii]]], ...] = (
    (("iban",), ibans),
    (("card",), cards),
    (NATIONAL_KINDS, national_ids),
    (("email",), emails),
    (("phone",), phones),
)
KINDS: tuple[str, ...] = tuple(kind for kinds, _ in _FINDERS for kind in kinds)
IDENTITY_KINDS: tuple[str, ...] = ("card", "iban", *NATIONAL_KINDS)
"""What lets somebody pay or sign in another person's name."""


def find_pii(text: str, kinds: Collection[str] = KINDS, zones: Zones | None = None) -> list[Pii]:
    """By place and without overlaps; what is sure, and the more exact kind, wins. ``zones`` where they are known."""
    kinds = frozenset(kinds)
    zones = digit_zones(text) if zones is None else zones
    found: list[Pii] = []
    for told, finder in _FINDERS:
        if wanted := [kind for kind in told if kind in kinds]:
            found.extend(finder(text, wanted, zones))
    if len(found) < 2:
        return found
    kept: list[Pii] = []
    covered = bytearray(len(text))
    for pii in sorted(found, key=lambda pii: not pii.sure):
        if not any(covered[pii.start : pii.end]):
            covered[pii.start : pii.end] = b"\1" * (pii.end - pii.start)
            kept.append(pii)
    return sorted(kept, key=lambda pii: pii.start)


__all__ = ["IDENTITY_KINDS", "KINDS", "Pii", "find_pii"]
