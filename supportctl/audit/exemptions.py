"""Excuses: tags on the ticket itself (``hygiene-exempt``, ``exempt:CODE``), and what a project lists with a reason.

An entry of the project that names a query is asked of tickets only: what a rule about the queue says is known by a
ticket's key and tags, not by its fields.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime

import msgspec

from supportctl.adapters.base import Need, Needs
from supportctl.audit.registry import names
from supportctl.audit.rule import ALL, ONE, Ref, Rule
from supportctl.audit.settings import Settings
from supportctl.model import Ticket
from supportctl.query.ast import Node
from supportctl.query.evaluate import evaluate, needs
from supportctl.text.fold import fold_word


class Exemption(msgspec.Struct, frozen=True, kw_only=True):
    """One entry. Rules, tickets and query narrow it; what is left out narrows nothing."""

    reason: str
    until: date
    """The last day it holds, in UTC."""
    rules: tuple[str, ...] = ()
    """Codes."""
    tickets: tuple[str, ...] = ()
    """Keys or ids."""
    query: str | None = None
    node: Node | None = None
    """The query, read."""
    place: str = ""
    """``supportctl.toml:12``, for messages."""

    def holds(self, now: datetime) -> bool:
        return now.astimezone(UTC).date() <= self.until

    def words(self) -> str:
        """What it excuses: ``TIM501 of INC1 (until 2026-12-31)``."""
        rules = ", ".join(self.rules) or "every rule"
        which = [", ".join(self.tickets)] if self.tickets else []
        which += [f"`{self.query}`"] if self.query else []
        return f"{rules}{' of ' + ' and '.join(which) if which else ''} (until {self.until.isoformat()})"


class ExemptionUse(msgspec.Struct, frozen=True, kw_only=True):
    exemption: Exemption
    excused: int
    """Faults it excused in this run."""


class ExemptionReport(msgspec.Struct, frozen=True, kw_only=True):
    used: tuple[ExemptionUse, ...] = ()
    unused: tuple[Exemption, ...] = ()
    """Nothing was excused by them although their rules ran."""
    expired: tuple[Exemption, ...] = ()
    """They excuse no more."""

    def lines(self) -> list[str]:
        """What a reader should hear: expired and unused entries."""
        ended = [f"{_at(each)}expired, excuses no more: {each.words()}; reason: {each.reason}" for each in self.expired]
        return ended + [f"{_at(each)}excused nothing, can be removed: {each.words()}" for each in self.unused]


class Exemptions:
    """All excuses of one run. It can be pickled; what parts of a run excused is added up with `merge`."""

    def __init__(self, settings: Settings, entries: Sequence[Exemption] = (), now: datetime | None = None) -> None:
        self._settings = settings
        self._now = now
        self._entries = tuple(entries)
        self._counts = [0] * len(self._entries)
        self._live = [
            (number, entry, frozenset(map(fold_word, entry.rules)), frozenset(map(_key, entry.tickets)))
            for number, entry in enumerate(self._entries)
            if now is None or entry.holds(now)
        ]

    @property
    def needs(self) -> Needs:
        """What must be fetched to answer the entries' queries; tags carry excuses."""
        found = {Need.TAGS}
        for _, entry, *_ in self._live:
            found |= frozenset() if entry.node is None else {Need(name) for name in needs(entry.node)}
        return frozenset(found)

    def excuse(self, ticket: Ticket | Ref, rule: Rule) -> bool:
        """Whether this rule's fault of this ticket is excused; entries are counted."""
        if ticket.tags and self._by_tag(ticket.tags, rule):
            return True
        return bool(self._live) and self._by_entry(ticket, rule)

    def reason(self, ticket: Ticket, rule: Rule) -> str | None:
        """Why a fault would be excused, in words; None: it would not. Nothing is counted."""
        if ticket.tags and self._by_tag(ticket.tags, rule):
            return "a tag of the ticket"
        found = self._entry(ticket, rule)
        if found is None:
            return None
        entry = self._entries[found]
        return f"{_at(entry)}{entry.reason} (until {entry.until.isoformat()})"

    def merge(self, other: "Exemptions") -> None:
        """Add what another part of the same run excused."""
        self._counts = [mine + theirs for mine, theirs in zip(self._counts, other._counts, strict=True)]

    def report(self, ran: Collection[str] | None = None) -> ExemptionReport:
        """What became of each entry; ``ran``: codes of the rules that ran (all, when left out)."""
        used, unused, expired = [], [], []
        live = {number for number, *_ in self._live}
        for number, entry in enumerate(self._entries):
            if number not in live:
                expired.append(entry)
            elif self._counts[number]:
                used.append(ExemptionUse(exemption=entry, excused=self._counts[number]))
            elif ran is None or not entry.rules or set(entry.rules) & set(ran):
                unused.append(entry)
        return ExemptionReport(used=tuple(used), unused=tuple(unused), expired=tuple(expired))

    def unused_copy(self) -> "Exemptions":
        """The same excuses, none of which was used yet."""
        return Exemptions(self._settings, self._entries, self._now)

    def _by_tag(self, tags: Sequence[str], rule: Rule) -> bool:
        """Code, name and aliases count, in any case."""
        folded = [fold_word(tag) for tag in tags]
        if ALL in folded or not set(folded).isdisjoint(self._settings.exempt_tags):
            return True
        excused = {tag.removeprefix(ONE) for tag in folded if tag.startswith(ONE)}
        return bool(excused) and not excused.isdisjoint(names(rule))

    def _by_entry(self, ticket: Ticket | Ref, rule: Rule) -> bool:
        found = self._entry(ticket, rule)
        if found is None:
            return False
        self._counts[found] += 1
        return True

    def _entry(self, ticket: Ticket | Ref, rule: Rule) -> int | None:
        for number, entry, rules, tickets in self._live:
            if rules and rules.isdisjoint(names(rule)):
                continue
            if tickets and tickets.isdisjoint((_key(ticket.key), _key(ticket.id))):
                continue
            if entry.node is not None and not self._matches(entry.node, ticket):
                continue
            return number
        return None

    def _matches(self, node: Node, ticket: Ticket | Ref) -> bool:
        """Only what certainly matches is excused."""
        if isinstance(ticket, Ref):
            return False
        return evaluate(node, ticket, self._now or datetime.now(UTC)) is True


def _key(text: str) -> str:
    return fold_word(text.strip()).removeprefix("#")


def _at(entry: Exemption) -> str:
    return f"{entry.place}: " if entry.place else ""
