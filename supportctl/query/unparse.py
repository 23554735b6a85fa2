"""Tree to text. ``parse(unparse(node))`` is ``node`` again, up to the places of its words."""

import re

from supportctl.query.ast import (
    And,
    Anything,
    Longer,
    Node,
    Not,
    Nothing,
    NumberRange,
    OneOf,
    Or,
    Phrase,
    Shorter,
    Term,
    TimeRange,
)
from supportctl.query.fields import CUSTOM_ID
from supportctl.query.times import span_text, written
from supportctl.text.fold import fold_word

_SAFE = re.compile(r"[^\s\"(),“”„\\<>=-][^\s\"(),“”„\\]*")
_WORDS = {"none", "any", "me"}


def unparse(node: Node) -> str:
    """The query in its plainest spelling."""
    match node:
        case Term():
            return _term(node)
        case Not(item=And() | Or() as item):
            return f"-({unparse(item)})"
        case Not(item=Not() as item):
            return f"not {unparse(item)}"
        case Not(item=item):
            return f"-{unparse(item)}"
        case And(items=items):
            return " ".join(_part(item) for item in items)
        case Or(items=items):
            return " or ".join(_part(item) for item in items)


def _part(item: Node) -> str:
    return f"({unparse(item)})" if isinstance(item, And | Or) else unparse(item)


def _term(term: Term) -> str:
    name = term.field
    if term.custom is not None:
        name = term.custom if CUSTOM_ID.fullmatch(fold_word(term.custom)) else _quote(term.custom)
    match term.value:
        case Nothing():
            return f"{name}:none"
        case Anything():
            return f"{name}:any"
        case OneOf(values=values):
            return f"{name}:{','.join(_word(value) for value in values)}"
        case Phrase(text=text):
            return f"{name}:{_word(text)}"
        case TimeRange() as period:
            return f"{name}:{written(period)}"
        case NumberRange(low=low, high=high):
            if term.custom is None or (low is not None and high is not None):
                return f"{name}:{_number(low)}..{_number(high)}"
            return f"{name}>={_number(low)}" if high is None else f"{name}<={_number(high)}"
        case Longer(span=span, or_equal=or_equal):
            return f"{name}{'>=' if or_equal else '>'}{span_text(span)}"
        case Shorter(span=span, or_equal=or_equal):
            return f"{name}{'<=' if or_equal else '<'}{span_text(span)}"


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return str(int(value)) if float(value).is_integer() else f"{value:.9f}".rstrip("0")


def _word(value: str) -> str:
    plain = _SAFE.fullmatch(value) and ".." not in value and fold_word(value) not in _WORDS
    return value if plain else _quote(value)


def _quote(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
