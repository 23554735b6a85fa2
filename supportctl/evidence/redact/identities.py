"""People and organisations known from the ticket: the only exact way to hide names without a model."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from supportctl.evidence.redact.spots import Spot
from supportctl.evidence.redact.words import words_of
from supportctl.model import Person, Ticket

_ENDS = re.compile(
    r",?\s+(?:gmbh|ag|kg|se|inc|llc|ltd|limited|corp|corporation|co|plc|sa|sas|sarl|srl|spa|bv|nv|oy|ab|as|a/s|pty|kk)\.?$",
    re.IGNORECASE,
)
_COMMON = words_of(
    """
    support team admin service desk help user test info sales office system agent customer mail account bill mark
    will grace hope rose summer april june august may faith page case major price long young little white black brown
    green gray gold king bishop cook baker miller fisher hunter mason carter turner walker short small power field
    wood hill lake rivers banks stone bush frost snow rain wolf fox english french german brave sterling rich frank
    chase pat drew dale glen cliff heath ray art guy max rob jack dean earl noble duke prince christian angel melody
    harmony destiny crystal ruby amber jade pearl iris lily daisy ivy olive violet hazel holly joy dawn eve
    """
)
_FREE_MAIL = words_of(
    """
    gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com icloud.com me.com aol.com gmx.de
    gmx.net web.de t-online.de mail.ru proton.me protonmail.com qq.com 163.com orange.fr free.fr libero.it
    example.com example.org example.net
    """
)
_FOLD = {
    code: base
    for code in (*range(0xC0, 0x180), 0x1E9E)
    if len(base := unicodedata.normalize("NFD", chr(code).lower())[0]) == 1
}
"""Letters of Latin scripts without their accents, one for one."""


@dataclass(frozen=True)
class Identities:
    """Kinds (``PERSON``, ``ORGANIZATION``, ``HOST``, ``USER``) and the values to look for."""

    known: tuple[tuple[str, str], ...] = ()
    _form: list["re.Pattern[str] | None"] = field(default_factory=list, compare=False, repr=False)

    @classmethod
    def of(cls, people: Iterable[Person], organizations: Iterable[str] = (), names: Iterable[str] = ()) -> "Identities":
        found: dict[str, str] = {}
        for person in people:
            _take_person(found, person)
        for organization in organizations:
            _take(found, "ORGANIZATION", organization, 3)
            _take(found, "ORGANIZATION", _ENDS.sub("", organization.strip()), 4)
        for name in names:
            _take_name(found, name)
        return cls(tuple((kind, value) for value, kind in found.items()))

    @classmethod
    def of_tickets(cls, tickets: Iterable[Ticket], names: Iterable[str] = ()) -> "Identities":
        people: list[Person] = []
        organizations: list[str] = []
        for ticket in tickets:
            people += [person for person in (ticket.requester, ticket.assignee) if person is not None]
            people += [comment.author for comment in ticket.comments or () if comment.author is not None]
            people += [event.actor for event in ticket.history or () if event.actor is not None]
            if ticket.organization is not None and ticket.organization.name:
                organizations.append(ticket.organization.name)
        return cls.of(people, organizations, names)

    def __len__(self) -> int:
        return len(self.known)

    def spots(self, text: str) -> Iterator[Spot]:
        """Longest first, whole words, whatever the case and accents."""
        if not self.known or len(text) < 3:
            return
        if not self._form:
            self._form.append(_compiled(self.known))
        form = self._form[0]
        folded = fold(text)
        if form is None or len(folded) != len(text):
            folded = text.lower() if len(text.lower()) == len(text) else text
        if form is None:
            return
        kinds = {fold(value): kind for kind, value in self.known}
        for match in form.finditer(folded):
            kind = kinds.get(re.sub(r"\s+", " ", match[0]), "PERSON")
            yield Spot(match.start(), match.end(), kind, host=kind == "HOST")


def fold(text: str) -> str:
    """Lower case without the accents of Latin letters; as long as the text."""
    return text.lower().translate(_FOLD)


def _compiled(known: Iterable[tuple[str, str]]) -> "re.Pattern[str] | None":
    values = sorted({fold(value) for _, value in known}, key=lambda value: (-len(value), value))
    forms = [r"\s{1,3}".join(re.escape(part) for part in value.split()) for value in values]
    return re.compile(rf"(?<![\w@])(?:{'|'.join(forms)})(?![\w])") if forms else None


def _take_person(found: dict[str, str], person: Person) -> None:
    name, email = person.name, person.email
    if name and "@" not in name:
        _take_name(found, name)
    if email and "@" in email:
        _take(found, "EMAIL", email, 6)
        local, _, domain = email.rpartition("@")
        if domain.lower() not in _FREE_MAIL:
            _take(found, "HOST", domain, 5)
        if len(local) >= 5 and local.lower() not in _COMMON:
            _take(found, "USER", local, 5)


def _take_name(found: dict[str, str], name: str) -> None:
    """The whole name, turned round, and its parts where they are no words of the language."""
    parts = [part.strip(".,()\"'") for part in name.replace(",", " ").split()]
    parts = [part for part in parts if part]
    if not parts:
        return
    _take(found, "PERSON", " ".join(parts), 3 if not name.isascii() else 4)
    if len(parts) > 1:
        _take(found, "PERSON", f"{parts[-1]}, {parts[0]}", 5)
        _take(found, "PERSON", f"{parts[-1]} {parts[0]}", 5)
        for part in (parts[0], parts[-1]):
            if part.lower() not in _COMMON and part.replace("-", "").replace("'", "").isalpha():
                _take(found, "PERSON", part, 4 if part.isascii() else 2)


def _take(found: dict[str, str], kind: str, value: str, least: int) -> None:
    value = " ".join(value.split())
    if len(value) >= least:
        found.setdefault(value, kind)
