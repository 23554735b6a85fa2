"""Encoded queries: built from checked parts, never from raw text.

``^`` ends a condition, ``^OR`` continues the one before it, ``^NQ`` starts another query. There is no documented way
to escape ``^``, values beginning with ``javascript:`` run on the server, and a part the server does not understand
is dropped in silence (more records come back). So values are guarded and fields come from an allow-list; what cannot
be said safely is not said, and evaluated on this side instead.
Source: ServiceNow product documentation, "Encoded query strings" and "Operators available for filters and queries".
"""

import re
from collections.abc import Iterable, Iterator
from itertools import product
from urllib.parse import quote

import msgspec

from supportctl.errors import QueryError

Clause = tuple[str, ...]
"""Conditions of which one must hold."""
Group = tuple[Clause, ...]
"""Clauses that must all hold."""

MAX_GROUPS = 12
MAX_TEXT = 5000
"""Longest query as it goes into the URL: with fields and paging it must stay below the usual 8 KB."""

COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">=", "LIKE", "STARTSWITH"})
LISTS = frozenset({"IN", "NOT IN"})
EMPTINESS = frozenset({"ISEMPTY", "ISNOTEMPTY"})

_FIELD = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")
_SCRIPT = re.compile(r"\s*javascript\s*:", re.IGNORECASE)
_DOUBTFUL = re.compile(r"[\x00-\x1f\x7f\\<>=!%*]")
"""Signs that are safe to send but may be read as operators or wildcards."""


class Condition(msgspec.Struct, frozen=True):
    """An encoded query: one of ``groups`` must hold. No group: nothing can match; one without clauses: all do."""

    groups: tuple[Group, ...]

    @property
    def impossible(self) -> bool:
        return not self.groups

    @property
    def text(self) -> str:
        return encode(self)


EVERYTHING = Condition(((),))
NOTHING = Condition(())


def one(*conditions: str) -> Condition:
    """Any of these conditions."""
    return Condition((((conditions),),))


def compare(field: str, operator: str, value: str) -> str:
    """``field<operator>value``. Raises `QueryError` for what must never be sent."""
    if operator not in COMPARISONS:
        raise QueryError(f"{operator!r} is not a comparison the encoded query builder knows")
    return f"{_field(field)}{operator}{_value(value, field)}"


def among(field: str, operator: str, values: Iterable[str]) -> str:
    """``fieldINa,b``: values must not hold commas."""
    if operator not in LISTS:
        raise QueryError(f"{operator!r} takes no list of values")
    words = [_value(value, field) for value in values]
    if not words or any("," in word for word in words):
        raise QueryError(f"a value for {field} holds a comma, which separates the values of a list; nothing was sent")
    return f"{_field(field)}{operator}{','.join(words)}"


def between(field: str, low: str, high: str) -> str:
    """``fieldBETWEENa@b``: values must not hold ``@``."""
    if "@" in low + high:
        raise QueryError(f"a value for {field} holds @, which separates the ends of a range; nothing was sent")
    return f"{_field(field)}BETWEEN{_value(low, field)}@{_value(high, field)}"


def emptiness(field: str, operator: str) -> str:
    if operator not in EMPTINESS:
        raise QueryError(f"{operator!r} does not ask for emptiness")
    return f"{_field(field)}{operator}"


def speakable(value: str) -> bool:
    """Whether a text can be compared with on the server, meaning what it says."""
    return (
        bool(value)
        and value == value.strip()
        and not ("^" in value or "," in value or _SCRIPT.match(value) or _DOUBTFUL.search(value))
    )


def _value(value: str, field: str) -> str:
    if "^" in value:
        raise QueryError(
            f"a value for {field} holds ^, which would start another condition in ServiceNow; nothing was sent",
            hint="leave the sign out; text is searched for on this side",
        )
    if _SCRIPT.match(value):
        raise QueryError(f"a value for {field} begins with javascript:, which ServiceNow would run; nothing was sent")
    if not value or "\n" in value or "\r" in value or "\x00" in value:
        raise QueryError(f"a value for {field} is empty or holds control characters; nothing was sent")
    return value


def _field(name: str) -> str:
    if not _FIELD.fullmatch(name):
        raise QueryError(f"{name[:80]!r} is not the name of a ServiceNow field")
    return name


def all_of(parts: Iterable[Condition]) -> Condition | None:
    """All of them: alternatives are multiplied out. None when that becomes too long."""
    groups: tuple[Group, ...] = ((),)
    for part in parts:
        if len(groups) * len(part.groups) > MAX_GROUPS:
            return None
        groups = tuple(left + right for left, right in product(groups, part.groups))
    return _fitting(Condition(groups))


def any_of(parts: Iterable[Condition]) -> Condition | None:
    """One of them: single clauses become one ``^OR`` chain, the rest ``^NQ`` queries."""
    chain: list[str] = []
    groups: list[Group] = []
    for part in parts:
        for group in part.groups:
            if not group:
                return EVERYTHING
            if len(group) == 1 and not group[0][0].startswith(RAW):
                chain.extend(condition for condition in group[0] if condition not in chain)
            elif group not in groups:
                groups.append(group)
    if chain:
        groups.insert(0, (tuple(chain),))
    return _fitting(Condition(tuple(groups))) if len(groups) <= MAX_GROUPS else None


def _fitting(condition: Condition) -> Condition | None:
    return condition if len(quote(encode(condition), safe="")) <= MAX_TEXT else None


RAW = "\x00"
"""Marks a clause that somebody else wrote: it is joined by ``^`` and ``^NQ`` only, never by ``^OR``."""


def encode(condition: Condition, *, after: str | None = None, ordered: bool = False) -> str:
    """The query text; with ``after``, only records past that sys_id, said in every ``^NQ`` group."""
    last = compare("sys_id", ">", after) if after is not None else None
    texts = []
    for group in condition.groups:
        clauses = ["^OR".join(clause).replace(RAW, "") for clause in group]
        texts.append("^".join([*clauses, *([last] if last else [])]))
    text = "^NQ".join(texts)
    if not ordered:
        return text
    return f"{text}^ORDERBYsys_id" if text else "ORDERBYsys_id"


_TAIL = re.compile(r"^(ORDERBY(DESC)?|GROUPBY|TRENDBY)\S|^EQ$")


def foreign(text: str) -> Condition:
    """A query written elsewhere (``--native``, a saved filter), made fit for paging by sys_id.

    Sorting, grouping and the closing ``^EQ`` are taken off. Raises `QueryError` for what could not be paged.
    """
    groups: list[Group] = []
    for part in _queries(text.strip()):
        kept = [piece for piece in _pieces(part) if piece and not _TAIL.match(piece)]
        if kept and kept[0].startswith("OR") and not kept[0].startswith("ORDER"):
            raise QueryError("the encoded query begins with OR: it has nothing to continue", query=text)
        groups.append(((RAW + "^".join(kept),),) if kept else ())
    if len(groups) > MAX_GROUPS:
        raise QueryError(f"the encoded query has more than {MAX_GROUPS} ^NQ parts", query=text)
    return EVERYTHING if any(not group for group in groups) else Condition(tuple(groups))


def _queries(text: str) -> list[str]:
    if "RLQUERY" in text and "^NQ" in text:
        raise QueryError("an encoded query with RLQUERY and ^NQ cannot be paged safely", query=text)
    return text.split("^NQ")


def _pieces(text: str) -> list[str]:
    """Conditions, with related-list queries (``RLQUERY…^ENDRLQUERY``) kept whole."""
    pieces: list[str] = []
    related = False
    for piece in text.split("^"):
        if related:
            pieces[-1] += f"^{piece}"
            related = piece != "ENDRLQUERY"
        else:
            pieces.append(piece)
            related = piece.startswith("RLQUERY")
    if related:
        raise QueryError("the encoded query has RLQUERY without ENDRLQUERY", query=text)
    return pieces


_OPERATOR = (
    r"(=|!=|<|>|IN|NOT IN|LIKE|NOT LIKE|NOTLIKE|STARTSWITH|ENDSWITH|ISEMPTY|ISNOTEMPTY|EMPTYSTRING|ANYTHING|BETWEEN|"
    r"SAMEAS|NSAMEAS|DYNAMIC|ON|NOTON|RELATIVE|DATEPART|MORETHAN|LESSTHAN|GT_FIELD|LT_FIELD|CONTAINS|DOES NOT CONTAIN|"
    r"HASVARIABLE|HASITEMVARIABLE|INSTANCEOF|VALCHANGES|CHANGES|MATCH_)"
)
_CONDITION = re.compile(rf"(?:OR)?([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*|[0-9]+TEXTQUERY[0-9]+){_OPERATOR}")


def fields_of(condition: Condition) -> Iterator[str]:
    """The fields a foreign query names, so that each can be checked before the server drops it unseen.

    Raises `QueryError` for a part that does not read ``field operator value``.
    """
    for group in condition.groups:
        for clause in group:
            for piece in _pieces(clause[0].removeprefix(RAW)):
                if piece.startswith("RLQUERY"):
                    continue
                found = _CONDITION.match(piece)
                if found is None:
                    raise QueryError(
                        "a part of the encoded query does not read as field, operator, value; ServiceNow would ignore "
                        "it and return more records",
                        hint="build the query in a list and use `Copy query`",
                    )
                if "TEXTQUERY" not in found[1]:
                    yield found[1]
