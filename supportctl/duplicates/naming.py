"""What short tickets of a few days name and hardly any other does: an error code, the number of an order or a device.

Shared by two tickets it tells more than their words, and in any language. In long tickets (logs, traces) such names
come together by chance, and are left to the ranking.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from supportctl.model import LinkType, Ticket
from supportctl.text.fold import fold
from supportctl.text.identifiers import Kind, identified

SHORT = 150
"""Words of title and description."""
CHARACTERS = 8_000
DAYS = 14.0
FEW = 3
"""Tickets that may have a name: this one and two before it."""
MANY = 500_000
"""Names held; beyond that those not met lately go."""
LONGEST = 12
"""Names of one ticket; a list of a hundred orders is about none."""
_TOLD = frozenset({Kind.ERROR_CODE, Kind.NUMBER, Kind.VULNERABILITY, Kind.RECORD})
_LABEL = re.compile(
    r"(?<![\w-])(?!(?:UTF|ISO|SHA|AES|RFC|COVID|TLS|USB|WIN|HTTP|IPV|CP)-)[A-Z]{1,6}(?:-\d{2,10}){1,3}(?![\w-])"
)
"""``E-45``, ``TX-489``, ``RE-2026-9959``: what devices show and numbers of papers, without a word before."""
_DIGITS = re.compile(r"\d+")
DAY = 86_400.0

SAME_REQUESTER, SAME_ORGANIZATION, ANYBODY = 0.45, 0.4, 0.25
"""Confidence a shared name gives at least: enough to be shown, not to be linked. Of 29 pairs of short tickets on one
public tracker that named one error code within two weeks the tracker had marked 7 as duplicates, which is a lower
bound; who sent them is judgement. Two names in common count as one organization."""
_STANDING = re.compile(
    r"(?<!\w)(?:(?:account|customer|client|contract|policy|licen[cs]e|member(?:ship)?|subscription|tenant|"
    r"room|office|building|floor|article|kb|"
    r"kunden?|vertrags?|konto|policen?|lizenz|mitglieds?|raum|zimmer|büro|gebäude|artikel|"
    r"compte|contrat|licence|salle|bureau|chambre|cliente|cuenta|contrato|póliza|licencia|sala|habitación|artículo|"
    r"conto|contratto|polizza|licenza|stanza|articolo|klant|contract|kamer|conta|apólice|kund|klienta?|umow[ay])"
    r"(?:[ -]?(?:number|num|no|nr|nummer|id|ref|reference|numéro|número|numero|code|n)\b\.?)?|"
    r"(?:n(?:umber|o|r)?\b\.?|numéro|número|numero|n[°º]) (?:of |de |del |do |di |della )?(?:the |la |le )?"
    r"(?:account|customer|contract|client|cliente|compte|contrat|cuenta|contrato|conto|contratto|conta))"
    r"[ :=#°º.№-]{1,4}(?P<number>[A-Za-z]{0,6}[-/]?\d[\w/-]{0,30})",
    re.IGNORECASE,
)
"""Numbers of whom and where: one customer writes about many things, and so does whoever sits in one room."""
_ARTICLE = re.compile(r"kb-?\d+")


def names(title: str, body: str) -> frozenset[str]:
    """Folded; none of a long ticket."""
    text = f"{title}\n{body}"[: CHARACTERS + 1]
    if len(text) > CHARACTERS or len(text.split()) > SHORT:
        return frozenset()
    standing = {fold(match["number"]).rstrip("-/") for match in _STANDING.finditer(text)}
    found = frozenset(name for name, kind in identified(text).items() if kind in _TOLD)
    found |= {fold(match[0]) for match in _LABEL.finditer(text)}
    found = frozenset(name for name in found if name not in standing and not _ARTICLE.fullmatch(name))
    return found if len(found) <= LONGEST else frozenset()


def mark(name: str) -> int:
    """Of a name; 63 bits, as databases hold them."""
    return int.from_bytes(blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little") >> 1


def floor(
    one: Ticket, other: Ticket, fields: Sequence[Mapping[str, str]], own: frozenset[str], of: frozenset[str]
) -> float:
    """The least confidence two tickets have for the rare name they share; 0 where something speaks against it.

    ``fields`` are the compared ones of both: people choose categories as they see it, so one that differs halves it.
    Where each names another thing of one form (two devices), or both are parts of one larger piece of work whose text
    they have inherited, it is left to the ranking.
    """
    differing = sum(value != fields[1][kind] for kind, value in fields[0].items() if kind in fields[1])
    return 0.5**differing * _by_people(one, other, own, of)


def _by_people(one: Ticket, other: Ticket, own: frozenset[str], of: frozenset[str]) -> float:
    if _parents(one) & _parents(other):
        return 0.0
    if {_form(name) for name in own - of} & {_form(name) for name in of - own}:
        return 0.0
    if _same(one, other):
        return SAME_REQUESTER
    here, there = one.organization, other.organization
    if here is not None and there is not None and here.id == there.id and one.profile == other.profile:
        return SAME_ORGANIZATION
    return SAME_ORGANIZATION if len(own & of) > 1 else ANYBODY


def _same(one: Ticket, other: Ticket) -> bool:
    here, there = one.requester, other.requester
    if here is None or there is None:
        return False
    return (one.profile == other.profile and here.id == there.id) or (
        bool(here.email) and fold(here.email or "") == fold(there.email or "")
    )


def _parents(ticket: Ticket) -> set[str]:
    return {link.key for link in ticket.links if link.type is LinkType.PARENT}


def _form(name: str) -> str:
    return _DIGITS.sub("0", name)


def near(born: float, other: float) -> bool:
    """Whether the second came shortly before the first."""
    return 0 <= born - other <= DAYS * DAY


@dataclass(slots=True)
class _Seen:
    tickets: tuple[int, ...]
    """The first `FEW`."""
    count: int
    last: float


class Names:
    """Grows at its end; numbers are put in the order of creation. Names are known by their `mark`."""

    def __init__(self) -> None:
        self._seen: dict[int, _Seen] = {}
        self._born: dict[int, float] = {}

    def put(self, number: int, born: float, found: Sequence[int]) -> list[int]:
        """Take in a ticket; the older ones that share a rare name with it."""
        shared = self.look(born, found)
        for name in found:
            seen = self._seen.get(name)
            if seen is None:
                self._seen[name] = _Seen((number,), 1, born)
                continue
            seen.count += 1
            seen.last = born
            if len(seen.tickets) < FEW:
                seen.tickets = (*seen.tickets, number)
        if found:
            self._born[number] = born
        if len(self._seen) > MANY:
            self._forget(born)
        return shared

    def look(self, born: float, found: Sequence[int]) -> list[int]:
        """As `put`, of a ticket that is not taken in."""
        rare = [seen for name in found if (seen := self._seen.get(name)) is not None and seen.count < FEW]
        found_near = {
            number
            for seen in rare
            for number in seen.tickets
            if number in self._born and near(born, self._born[number])
        }
        return sorted(found_near)

    def _forget(self, now: float) -> None:
        late = now - DAYS * DAY
        self._seen = {key: seen for key, seen in self._seen.items() if seen.last >= late or seen.count >= FEW}
        if len(self._seen) > MANY:
            self._seen = {key: seen for key, seen in self._seen.items() if seen.last >= late}
        self._born = {number: born for number, born in self._born.items() if born >= late}
