"""Query leaves to encoded conditions, each a superset of what the leaf means here.

Negation: ``field!=x`` leaves out records whose field is empty (SQL's null), so every negated condition says
``ISEMPTY`` too. Texts are compared by the server only where it is known to fold case; states are said by exclusion
where unmapped ones could match. Whatever cannot be said is answered with None and evaluated on this side.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from supportctl.adapters.servicenow.dictionary import Dictionary
from supportctl.adapters.servicenow.encoded import (
    EVERYTHING,
    NOTHING,
    Condition,
    among,
    compare,
    emptiness,
    one,
    speakable,
)
from supportctl.adapters.servicenow.layout import Layout
from supportctl.adapters.servicenow.session import Session
from supportctl.adapters.servicenow.tables import CHANNELS
from supportctl.model import Priority, Status
from supportctl.query.ast import Anything, Longer, Nothing, NumberRange, OneOf, Phrase, Shorter, Term, TimeRange
from supportctl.query.pushdown import Literal

MAX_VALUES = 100
_TIMES = {
    "created": "created_at",
    "age": "created_at",
    "updated": "updated_at",
    "idle": "updated_at",
    "resolved": "resolved_at",
    "due": "due_at",
}
_PEOPLE = {"requester": "requester", "assignee": "assignee"}
_NAMED = {"group": "group", "organization": "organization"}
_CODES = {"category": "category", "impact": "impact", "urgency": "urgency"}


class TagLookup(Protocol):
    def __call__(self, name: str, *, folds: bool = False) -> list[str] | None:
        """sys_ids of the labels so called; None when labels cannot be read."""
        ...


class Translator:
    """Leaves of one table."""

    def __init__(
        self,
        layout: Layout,
        priorities: dict[str, Priority],
        dictionary: Dictionary,
        session: Session,
        now: datetime,
        tags: TagLookup,
        tag_field: str | None,
    ) -> None:
        self._layout = layout
        self._table = layout.table.name
        self._priorities = priorities
        self._dictionary = dictionary
        self._session = session
        self._now = now
        self._tags = tags
        self._tag_field = tag_field

    def leaf(self, literal: Literal) -> Condition | None:
        term = literal.term
        if isinstance(term.value, OneOf) and len(term.value.values) > MAX_VALUES:
            return None
        if term.field == "status":
            return self._status(term, literal.negated)
        if term.field == "kind":
            return self._kind(term, literal.negated)
        if term.field in _TIMES:
            return self._time(term, literal.negated)
        translate = {
            "priority": self._priority,
            "tag": self._tag,
            "text": self._phrase,
            "key": self._key,
            "channel": self._channel,
            "reopens": self._count,
            "custom": self._custom,
        }.get(term.field)
        if translate is not None:
            return translate(term, literal.negated)
        if term.field in _PEOPLE:
            return self._person(term, literal.negated)
        if term.field in _NAMED:
            return self._reference(term, literal.negated)
        if term.field in _CODES:
            return self._code(term, literal.negated)
        return None

    def _native(self, portable: str) -> str | None:
        """The field to ask for: mapped for this table, and there."""
        native = self._layout.fields.get(portable)
        return native if native is not None and self._dictionary.holds(self._table, native) else None

    def _absent(self, portable: str) -> bool:
        """The table has no such field: the leaf is unknown on every record, never true."""
        return portable not in self._layout.fields

    def _filled(self, field: str, term: Term, negated: bool) -> Condition | None:
        """``field:none`` and ``field:any``."""
        if isinstance(term.value, Nothing):
            return one(emptiness(field, "ISNOTEMPTY" if negated else "ISEMPTY"))
        if isinstance(term.value, Anything):
            return one(emptiness(field, "ISEMPTY" if negated else "ISNOTEMPTY"))
        return None

    def _status(self, term: Term, negated: bool) -> Condition | None:
        field = self._native("status")
        words = _words(term)
        if field is None or not words or not words <= set(Status):
            return None
        wanted = {status for status in Status if (status in words) is not negated}
        states = self._layout.states
        could = {code for code, status in states.items() if self._may_be(code, status) & wanted}
        if wanted & {Status.OPEN, Status.CLOSED}:
            # States nobody described count as open or closed by the record's activity.
            never = sorted(states.keys() - could)
            if not never:
                return EVERYTHING
            return one(among(field, "NOT IN", never), emptiness(field, "ISEMPTY"))
        asked = [among(field, "IN", sorted(could))] if could else []
        asked += [emptiness(field, "ISEMPTY")] if negated else []
        return one(*asked) if asked else NOTHING

    def _may_be(self, code: str, status: Status) -> set[Status]:
        if status is Status.ON_HOLD and code not in self._layout.spoken_for:
            return {Status.ON_HOLD, Status.PENDING}
        return {status}

    def _kind(self, term: Term, negated: bool) -> Condition | None:
        words = _words(term)
        if not words or self._table == "task":
            return None
        return EVERYTHING if (self._layout.table.kind in words) is not negated else NOTHING

    def _priority(self, term: Term, negated: bool) -> Condition | None:
        field = self._native("priority")
        if field is None:
            return None
        words = _words(term)
        if not words:
            return self._filled(field, term, negated)
        codes = sorted(code for code, priority in self._priorities.items() if priority in words)
        if negated:
            return one(among(field, "NOT IN", codes), emptiness(field, "ISEMPTY")) if codes else EVERYTHING
        return one(among(field, "IN", codes)) if codes else NOTHING

    def _time(self, term: Term, negated: bool) -> Condition | None:
        portable = _TIMES[term.field]
        field = self._native(portable)
        if field is None:
            return NOTHING if self._absent(portable) else None
        # Tickets whose opening time is empty are aged by their creation: an empty field proves nothing.
        blank = [emptiness(field, "ISEMPTY")] if negated or portable == "created_at" else []
        if isinstance(term.value, Nothing | Anything):
            return None if portable == "created_at" else self._filled(field, term, negated)
        period = _period(term.value, self._now)
        if period is None:
            return None
        since, until = period
        bounds = []
        if since is not None:
            operator, literal = ("<=", self._session.upper(since)) if negated else (">=", self._session.lower(since))
            bounds.append(compare(field, operator, literal))
        if until is not None:
            operator, literal = (">=", self._session.lower(until)) if negated else ("<=", self._session.upper(until))
            bounds.append(compare(field, operator, literal))
        if negated:
            return one(*bounds, *blank)
        return Condition((tuple((bound, *blank) for bound in bounds),))

    def _tag(self, term: Term, negated: bool) -> Condition | None:
        if not isinstance(term.value, OneOf) or negated:
            return None
        if self._tag_field is not None:
            if not self._folding(term.value.values) or not self._dictionary.holds(self._table, self._tag_field):
                return None
            return one(*(compare(self._tag_field, "LIKE", value) for value in term.value.values))
        ids: list[str] = []
        for value in term.value.values:
            found = self._tags(value, folds=self._session.folds_case())
            if found is None:
                return None
            ids.extend(found)
        return one(*(f"sys_tags.{each}={each}" for each in ids)) if ids else NOTHING

    def _phrase(self, term: Term, negated: bool) -> Condition | None:
        if negated or not isinstance(term.value, Phrase) or not self._folding((term.value.text,)):
            return None
        fields = [self._native("title"), self._native("description")]
        if None in fields:
            return None
        texts = _spellings(term.value.text)
        return one(*(compare(field, "LIKE", text) for field in fields if field for text in texts))

    def _key(self, term: Term, negated: bool) -> Condition | None:
        if negated or not isinstance(term.value, OneOf) or not all(map(speakable, term.value.values)):
            return None
        if not self._session.folds_case():
            return None
        return one(among("number", "IN", [value.removeprefix("#") for value in term.value.values]))

    def _channel(self, term: Term, negated: bool) -> Condition | None:
        field = self._native("channel")
        if field is None or not isinstance(term.value, OneOf):
            return None if field is None else self._filled(field, term, negated)
        if negated or not self._folding(term.value.values):
            return None
        wanted = {value.casefold() for value in term.value.values}
        codes = sorted({code for code, channel in CHANNELS.items() if channel in wanted} | set(term.value.values))
        return one(among(field, "IN", codes))

    def _count(self, term: Term, negated: bool) -> Condition | None:
        field = self._native("reopens")
        if field is None:
            return NOTHING if self._absent("reopens") else None
        if not isinstance(term.value, NumberRange):
            return self._filled(field, term, negated)
        low, high = term.value.low, term.value.high
        if negated:
            beyond = [compare(field, "<", f"{low:g}")] if low is not None else []
            beyond += [compare(field, ">", f"{high:g}")] if high is not None else []
            return one(*beyond, emptiness(field, "ISEMPTY")) if beyond else None
        bounds = [compare(field, ">=", f"{low:g}")] if low is not None else []
        bounds += [compare(field, "<=", f"{high:g}")] if high is not None else []
        return Condition((tuple((bound,) for bound in bounds),))

    def _person(self, term: Term, negated: bool) -> Condition | None:
        portable = _PEOPLE[term.field]
        return self._by_name(portable, term, negated, ("email", "name", "user_name"))

    def _reference(self, term: Term, negated: bool) -> Condition | None:
        return self._by_name(_NAMED[term.field], term, negated, ("name",))

    def _by_name(self, portable: str, term: Term, negated: bool, names: Sequence[str]) -> Condition | None:
        """By sys_id or by name. What people see of a reference is its display value, which is the name."""
        field = self._native(portable)
        if field is None:
            return NOTHING if self._absent(portable) else None
        if not isinstance(term.value, OneOf):
            return self._filled(field, term, negated)
        if negated or not self._folding(term.value.values):
            return None
        values = [spelling for value in term.value.values for spelling in _spellings(value)]
        asked = [among(field, "IN", values)]
        for name in names:
            if not self._dictionary.holds(self._table, f"{field}.{name}"):
                return None
            asked.append(among(f"{field}.{name}", "IN", values))
        return one(*asked)

    def _code(self, term: Term, negated: bool) -> Condition | None:
        portable = _CODES[term.field]
        field = self._native(portable)
        if field is None:
            return NOTHING if self._absent(portable) else None
        if not isinstance(term.value, OneOf):
            return self._filled(field, term, negated)
        if negated or not self._folding(term.value.values):
            return None
        return one(among(field, "IN", term.value.values))

    def _custom(self, term: Term, negated: bool) -> Condition | None:
        """Emptiness only: what people type may be a label, and the server compares values."""
        found = self._dictionary.by_label(self._table, term.custom or "")
        if found is None or found.name not in self._dictionary.custom(self._table):
            return None
        return self._filled(found.name, term, negated)

    def _folding(self, values: Sequence[str]) -> bool:
        return all(map(speakable, values)) and self._session.folds_case()


def _words(term: Term) -> set[str]:
    return {value.casefold() for value in term.value.values} if isinstance(term.value, OneOf) else set()


def _spellings(text: str) -> list[str]:
    """Texts that are one here and may be two for a database: ``ss`` and ``ß``."""
    folded = text.casefold()
    return [text] if "ss" not in folded else list(dict.fromkeys([text, folded, folded.replace("ss", "ß")]))


def _period(value: object, now: datetime) -> tuple[datetime | None, datetime | None] | None:
    """Bounds of a time condition; ages count back from ``now``."""
    match value:
        case TimeRange(since=since, until=until):
            return since, until
        case Longer(span=span) if (then := _back(now, span)) is not None:
            return None, then
        case Shorter(span=span) if (then := _back(now, span)) is not None:
            return then, None
        case _:
            return None


def _back(now: datetime, span: timedelta) -> datetime | None:
    """None: before the first day of the calendar, which no query can say."""
    try:
        return now - span
    except OverflowError:
        return None
