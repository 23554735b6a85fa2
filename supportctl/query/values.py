"""One condition: field, operator and values to a node, or a refusal that says why."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NoReturn

import msgspec

from supportctl.errors import QueryError
from supportctl.model import DONE, Priority, Status
from supportctl.query.ast import (
    Anything,
    Longer,
    Node,
    Nothing,
    NumberRange,
    OneOf,
    Or,
    Phrase,
    Shorter,
    Span,
    Term,
    Value,
)
from supportctl.query.fields import CUSTOM_ID, FIELDS, Field, Shape, custom_id, guess, guess_field
from supportctl.query.times import BadTimeError, duration, period
from supportctl.text.fold import fold_word

_COUNT = re.compile(r"[0-9]{1,9}")
_DECIMAL = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,9})?")
_COMPARISONS = (">", ">=", "<", "<=")
_PLACE = re.compile(r"[\s-]+")

IS = {
    "unresolved": tuple(status.value for status in Status if status not in DONE),
    "done": tuple(status.value for status in Status if status in DONE),
}
"""``is:`` abbreviates a list of statuses."""


class Raw(msgspec.Struct, frozen=True):
    """A word of the query with its place; ``quoted`` words are always taken literally."""

    text: str
    quoted: bool
    start: int
    end: int

    def bare(self, *words: str) -> bool:
        return not self.quoted and fold_word(self.text) in words


def condition(
    *,
    field: Raw,
    operator: Raw,
    values: Sequence[Raw],
    query: str,
    span: Span,
    now: datetime,
    custom: Sequence[str],
) -> Node:
    """Build the node of one condition. Raises `QueryError`."""
    return _Condition(field, operator, values, query, span, now, custom).build()


class _Condition:
    def __init__(
        self,
        field: Raw,
        operator: Raw,
        values: Sequence[Raw],
        query: str,
        span: Span,
        now: datetime,
        custom: Sequence[str],
    ) -> None:
        self.field = field
        self.operator = operator
        self.values = values
        self.query = query
        self.span = span
        self.now = now
        self.custom = custom

    def refuse(self, message: str, at: Raw, hint: str | None = None) -> NoReturn:
        raise QueryError(message, query=self.query, start=at.start, end=at.end, hint=hint)

    def build(self) -> Node:
        name = fold_word(self.field.text)
        known = None if self.field.quoted else FIELDS.get(name)
        if self.operator.text not in (":", *_COMPARISONS):
            self.refuse(
                f"`{self.operator.text}` is not an operator of this language",
                self.operator,
                f"equality is `{self.field.text}:value`, its opposite `-{self.field.text}:value`",
            )
        if self.operator.text == ":" and self.values[0].text[:1] in "<>=" and not self.values[0].quoted:
            hint = f"write the comparison without the colon: `{self.field.text}{_short(self.values[0].text)}`"
            self.refuse("`:` and a comparison in one condition", self.values[0], hint)
        if known is not None:
            return self.known(known)
        if name == "is" and not self.field.quoted:
            return self.state()
        return self.custom_field(name)

    def known(self, field: Field) -> Node:
        if field.shape is Shape.ELAPSED:
            return self.term(field.name, self.elapsed(field.name))
        if self.operator.text != ":" and field.shape is not Shape.NUMBER:
            self.refuse_comparison(field)
        for raw in self.values:
            if not raw.quoted and raw.text.startswith("-"):
                hint = (
                    f'to negate write `-{field.name}:{_short(raw.text[1:])}`, to mean the text `"{_short(raw.text)}"`'
                )
                self.refuse("a value cannot start with `-`", raw, hint)
        empty = [raw for raw in self.values if raw.bare("none", "any")]
        full = [raw for raw in self.values if not raw.bare("none", "any")]
        if empty and (field.shape is Shape.PHRASE or self.operator.text != ":"):
            word = empty[0].text
            self.refuse(f"`{word}` cannot be asked of `{field.name}` this way", empty[0], f'for the word: "{word}"')
        nodes: list[Node] = [self.term(field.name, Nothing() if r.bare("none") else Anything()) for r in empty]
        if full:
            nodes += [self.term(field.name, value) for value in self.literal(field, full)]
        return nodes[0] if len(nodes) == 1 else Or(tuple(nodes))

    def term(self, name: str, value: Value, custom: str | None = None) -> Term:
        return Term(name, value, self.span, custom)

    def literal(self, field: Field, raws: Sequence[Raw]) -> list[Value]:
        match field.shape:
            case Shape.CHOICE:
                return [OneOf(_unique(self.choice(field, raw) for raw in raws))]
            case Shape.PRIORITY:
                return [OneOf(_unique(word for raw in raws for word in self.priorities(raw)))]
            case Shape.PHRASE:
                return [Phrase(self.word(raw)) for raw in raws]
            case Shape.TIME:
                return [self.time(raw) for raw in raws]
            case Shape.NUMBER:
                return [self.count(field, raw) for raw in raws]
            case _:
                return [OneOf(_unique(self.word(raw, person=field.shape is Shape.PERSON) for raw in raws))]

    def word(self, raw: Raw, *, person: bool = False) -> str:
        if person and raw.bare("me"):
            self.refuse(
                "`me` depends on who runs the query",
                raw,
                "write the name, e-mail address or id; `supportctl check` shows who a profile signs in as",
            )
        if not raw.text.strip():
            self.refuse("the value is empty", raw, f"for an empty field write `{self.field.text}:none`")
        return raw.text

    def choice(self, field: Field, raw: Raw) -> str:
        word = _PLACE.sub("_", fold_word(raw.text.strip()))
        if word not in field.choices:
            allowed = ", ".join([*field.choices, "none", "any"])
            if ".." in word:
                self.refuse(f"`{field.name}` has no order, so it has no ranges", raw, f"list the values: {allowed}")
            meant = _mean(word, field.choices)
            self.refuse(f"`{_short(raw.text)}` is no {field.name}{meant}", raw, f"one of: {allowed}")
        return word

    def priorities(self, raw: Raw) -> list[str]:
        ordered = [priority.value for priority in Priority]
        low, dots, high = fold_word(raw.text.strip()).partition("..")
        first, last = low or ordered[0], (high or ordered[-1]) if dots else low
        if first not in ordered or last not in ordered or (dots and not low and not high):
            hint = "p1 (most urgent) to p5, a list `p1,p3` or a range `p1..p2`; `priority:none` where it is not set"
            self.refuse(f"`{_short(raw.text)}` is no priority", raw, hint)
        if first > last:
            self.refuse("the range ends before it starts", raw, f"write `{last}..{first}`")
        return ordered[ordered.index(first) : ordered.index(last) + 1]

    def time(self, raw: Raw) -> Value:
        try:
            return period(raw.text)
        except BadTimeError as bad:
            hint = f"a range is `{self.field.text}:2026-01-01..2026-01-31`; for a time before now: `age>7d`, `idle>3d`"
            self.refuse(f"`{_short(raw.text)}` is no date: {bad}", raw, hint)

    def count(self, field: Field, raw: Raw) -> Value:
        low, dots, high = raw.text.partition("..")
        ends = [end for end in (low, high) if end]
        if not ends or not all(_COUNT.fullmatch(end) for end in ends) or (dots and self.operator.text != ":"):
            self.refuse(f"`{_short(raw.text)}` is no whole number", raw, f"`{field.name}:2`, `{field.name}:2..`")
        if self.operator.text != ":":
            if len(self.values) > 1:
                self.refuse("a comparison takes one value", self.values[1])
            number = int(low)
            if self.operator.text.startswith(">"):
                return NumberRange(number + (self.operator.text == ">"), None)
            return NumberRange(None, number - (self.operator.text == "<"))
        bounds = NumberRange(int(low) if low else None, int(high) if high else None) if dots else None
        if bounds is None:
            return NumberRange(int(low), int(low))
        if bounds.low is not None and bounds.high is not None and bounds.low > bounds.high:
            self.refuse("the range ends before it starts", raw)
        return bounds

    def elapsed(self, name: str) -> Value:
        if self.operator.text == ":":
            hint = f"`{name}>7d` is more than seven days, `{name}<=12h` at most twelve hours"
            self.refuse(f"`{name}` is compared, not matched", self.operator, hint)
        if len(self.values) > 1:
            self.refuse("a comparison takes one value", self.values[1])
        raw = self.values[0]
        try:
            span = duration(raw.text)
            _ = self.now - span
        except BadTimeError as bad:
            self.refuse(f"`{_short(raw.text)}` is no duration: {bad}", raw, f"for example `{name}>7d` or `{name}<=12h`")
        except OverflowError:
            self.refuse("that is longer than the calendar", raw)
        or_equal = self.operator.text.endswith("=")
        return Longer(span, or_equal) if self.operator.text.startswith(">") else Shorter(span, or_equal)

    def refuse_comparison(self, field: Field) -> NoReturn:
        if field.shape is Shape.PRIORITY:
            self.refuse(
                f"`priority{self.operator.text}` has two readings: a larger number or more urgent",
                self.operator,
                "write the set: `priority:p1..p2` or `priority:p3,p4,p5`",
            )
        if field.shape is Shape.TIME:
            self.refuse(
                f"`{field.name}{self.operator.text}` has two readings: the day itself may or may not count",
                self.operator,
                f"write the range, both ends included: `{field.name}:2026-01-31..` or `{field.name}:..2026-01-31`",
            )
        hint = f"`{field.name}:value`; comparisons are for age, idle and reopens"
        self.refuse(f"`{field.name}` cannot be compared with `{self.operator.text}`", self.operator, hint)

    def state(self) -> Node:
        if self.operator.text != ":":
            self.refuse(f"`is` cannot be compared with `{self.operator.text}`", self.operator)
        statuses: list[str] = []
        for raw in self.values:
            word = fold_word(raw.text)
            if word == "open":
                hint = "`status:open` is that one status; `is:unresolved` is new, open, pending and on hold"
                self.refuse("`is:open` has two readings: the status, or everything not done", raw, hint)
            if word not in IS:
                self.refuse(f"unknown state `{_short(raw.text)}`", raw, "`is:unresolved` or `is:done`")
            statuses += IS[word]
        return self.term("status", OneOf(_unique(statuses)))

    def custom_field(self, name: str) -> Node:
        self.resolve(name)
        typed = self.field.text
        if self.operator.text != ":":
            return self.term("custom", self.custom_number(), typed)
        empty = [raw for raw in self.values if raw.bare("none", "any")]
        full = [raw for raw in self.values if not raw.bare("none", "any")]
        values: list[Value] = [Nothing() if raw.bare("none") else Anything() for raw in empty]
        ranges = [raw for raw in full if not raw.quoted and ".." in raw.text]
        words = _unique(self.word(raw) for raw in full if raw not in ranges)
        values += [self.custom_range(raw) for raw in ranges]
        if words:
            values.append(OneOf(words))
        nodes = [self.term("custom", value, typed) for value in values]
        return nodes[0] if len(nodes) == 1 else Or(tuple(nodes))

    def resolve(self, name: str) -> None:
        """Refuse a custom field that is unknown here, or whose name two fields bear."""
        if not name.strip():
            self.refuse("the field name is empty", self.field)
        if CUSTOM_ID.fullmatch(name):
            return
        bearers = [entry for entry in self.custom if fold_word(entry.strip()) == fold_word(name.strip())]
        if len(bearers) == 1 or any(custom_id(entry) == custom_id(name) for entry in self.custom if not bearers):
            return
        if len(bearers) > 1:
            hint = "name it by its id, for example `cf[10010]:value`"
            self.refuse(f"{len(bearers)} custom fields are called `{_short(self.field.text)}`", self.field, hint)
        if self.field.quoted and not self.custom:
            return
        close = guess_field(name, self.custom)
        meant = "" if close is None else f": did you mean `{close}`?"
        self.refuse(
            f"unknown field `{_short(self.field.text)}`{meant}",
            self.field,
            f"fields: {', '.join(sorted([*FIELDS, 'is']))}; custom fields by name in quotes or by id",
        )

    def custom_number(self) -> Value:
        raw = self.values[0]
        if len(self.values) > 1:
            self.refuse("a comparison takes one value", self.values[1])
        if self.operator.text not in (">=", "<=") or not _DECIMAL.fullmatch(raw.text):
            hint = "numbers take `>=`, `<=` or a range `1..5`; dates take a range `2026-01-01..2026-01-31`"
            self.refuse("a custom field cannot be compared like this", self.operator, hint)
        number = float(raw.text)
        return NumberRange(number, None) if self.operator.text == ">=" else NumberRange(None, number)

    def custom_range(self, raw: Raw) -> Value:
        low, _, high = raw.text.partition("..")
        ends = [end for end in (low, high) if end]
        if ends and all(_DECIMAL.fullmatch(end) for end in ends):
            bounds = NumberRange(float(low) if low else None, float(high) if high else None)
            if bounds.low is not None and bounds.high is not None and bounds.low > bounds.high:
                self.refuse("the range ends before it starts", raw)
            return bounds
        try:
            return period(raw.text)
        except BadTimeError as bad:
            self.refuse(f"`{_short(raw.text)}` is neither a range of numbers nor of dates: {bad}", raw, "quote a text")


def _unique(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


def _mean(word: str, among: Sequence[str]) -> str:
    close = guess(word, among)
    return "" if close is None else f": did you mean `{close}`?"


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
