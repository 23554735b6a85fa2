"""What the threads of all tickets say together: of every element the best telling, impact and ids of all.

It reads the tickets as they are, so that a packet has the score that ``escalate check`` told; what it gives is
masked before it is told.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from supportctl.evidence import intake
from supportctl.evidence.completeness import Score, score
from supportctl.evidence.moments import Moment
from supportctl.evidence.packet.parts import Element as Told
from supportctl.evidence.reading import Element, Extract, Found, State, extract
from supportctl.model import Ticket
from supportctl.model.escalation import Weights

_RANK = {State.PRESENT: 0, State.INFERRED: 1, State.UNKNOWN: 2, State.MISSING: 3}
_ADDED_UP = (Element.IMPACT, Element.TRACE, Element.TIMES)
"""Told of every ticket, not of the one that tells it best."""
_LANGUAGE = "en"
"""Of the questions in a packet: engineers read them. The customer is asked in their own by ``escalate check``."""
_PEOPLE = re.compile(
    r"(?<![\w.,:/-])(?P<number>[0-9]{1,3}(?:[.,' ][0-9]{3})+|[0-9]{1,6})\s*(?:\+\s*)?(?:[^\W\d]+\s+){0,2}?"
    r"(?:users?|people|persons|employees|colleagues|staff|agents|customers|guests|members|students|patients|"
    r"(?:be)?nutzer(?:innen)?|anwender(?:innen)?|mitarbeiter(?:innen)?|kolleg(?:en|innen)|kunden|personen|gäste|"
    r"utilisateurs|utilisatrices|personnes|collègues|employés|clients|usuari[oa]s|personas|emplead[oa]s|clientes|"
    r"utilizador(?:es|as)|usuári[oa]s|pessoas|funcionári[oa]s|colegas|utenti|persone|clienti)\b|"
    r"(?<![0-9])(?P<dense>[0-9]{1,6})\s*(?:名|人|个用户|位用户)",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Findings:
    elements: tuple[Told, ...]
    score: Score
    users: int | None
    moments: tuple[Moment, ...]


def find(tickets: Sequence[Ticket], files: Sequence[str], weights: Weights | None = None) -> Findings:
    """``files``: names of those that go along with the tickets."""
    read = [extract(ticket, files if number == 0 else ()) for number, ticket in enumerate(tickets)]
    whole = msgspec.structs.replace(read[0], found=[_best(element, read) for element in Element])
    judged = score(whole, files, weights)
    hit = [number for each in read if (number := _users(each)) is not None]
    return Findings(
        elements=tuple(_told(element, read, judged) for element in Element),
        score=judged,
        users=sum(hit) if hit else None,
        moments=tuple(moment for each in read for moment in each.moments()),
    )


def _best(element: Element, read: Sequence[Extract]) -> Found:
    """Of the first ticket that tells it as well as any."""
    return min((each[element] for each in read), key=lambda found: _RANK[found.state])


def _told(element: Element, read: Sequence[Extract], judged: Score) -> Told:
    item = judged[element]
    tellers = [each for each in read if each[element].text and _RANK[each[element].state] < 2]
    tellers.sort(key=lambda each: _RANK[each[element].state])
    if element not in _ADDED_UP:
        tellers = tellers[:1]
    texts = []
    for each in tellers:
        text = _lines(each[element])
        texts.append(f"{each.key}: {text}" if len(tellers) > 1 else text)
    sources = "; ".join(_source(each, element) for each in tellers[:5])
    ask = element in judged.ask
    return Told(
        name=element.value,
        state=item.state.value,
        text="\n".join(texts) or ("" if item.state in (State.MISSING, State.UNKNOWN) else item.found),
        source=sources or (item.where or ""),
        question=intake.question(element, _LANGUAGE, partly=item.state is State.INFERRED) if ask else "",
        reason=item.reason,
    )


def _lines(found: Found) -> str:
    """Without lines that stand in a longer one: what a heading told is often told again by a phrase."""
    lines = list(dict.fromkeys(line.strip() for line in found.text.splitlines() if line.strip()))
    if found.element is Element.STEPS:
        return found.text
    return "\n".join(line for line in lines if not any(line != other and line in other for other in lines))


def _source(read: Extract, element: Element) -> str:
    source = read[element].source
    return read.key if source is None else f"{read.key}, {source}"


def _users(read: Extract) -> int | None:
    """The largest number of people one ticket speaks of."""
    texts = (passage.text for passage in read.parts(Element.IMPACT, "users"))
    found = [
        int(re.sub(r"\D", "", match["number"] or match["dense"])) for text in texts for match in _PEOPLE.finditer(text)
    ]
    return max(found, default=None)
