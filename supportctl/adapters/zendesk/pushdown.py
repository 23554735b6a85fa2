"""Which part of a query Zendesk search can answer with a superset, and how that is written.

What is relied on (Zendesk Support search reference): terms of different properties are joined by "and"; one
single-valued property named several times means any of the values; ``-`` negates; times compare with ``<`` and
``>``. Nothing else is. So left out are: texts (search knows words and their beginnings, not substrings), several
tags in one term (tags are many-valued), negated tags, groups and people (a prefix match would exclude too much),
and names (they change). Times are widened by a second, the resolution of the index.

The index lags behind by minutes: the reader looks at the latest updates as well (see `reader`), and every ticket is
evaluated again here.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import msgspec

from supportctl.adapters.zendesk.mapping import KINDS, STATUSES
from supportctl.model import Priority, Status
from supportctl.query.ast import (
    Anything,
    Longer,
    Node,
    Nothing,
    OneOf,
    Shorter,
    Term,
    TimeRange,
    terms,
)
from supportctl.query.pushdown import Literal, literals, normal_form, push

SEARCHABLE = ("new", "open", "pending", "hold", "solved", "closed")
_TAG = re.compile(r"[^\W_][\w./-]*", re.ASCII)
_EMAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_SECOND = timedelta(seconds=1)
_SINGLE_VALUED = frozenset({"status", "priority", "ticket_type", "group", "assignee", "requester"})


Clauses = tuple["Clause", ...]


class Clause(msgspec.Struct, frozen=True):
    """Terms of one property. ``positive``: any of them; else none of them. Times are always one term each."""

    property: str
    terms: tuple[str, ...]
    positive: bool = True

    def text(self) -> str:
        return " ".join(self.terms)


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """What translating needs to know of the account and the profile."""

    now: datetime
    statuses: Mapping[str, Status] = {}
    """The profile's overrides."""
    categories: Mapping[str, str] = {}
    """Custom status id -> category, as far as overrides name them."""
    priorities: Mapping[str, Priority] = {}
    groups: Callable[[], Mapping[str, str]] = dict
    """Folded group name -> ids joined by commas; looked up when a query names a group."""


class Split(msgspec.Struct, frozen=True):
    """``search`` None: nothing can be asked of the platform."""

    search: str | None
    left: list[Literal]


def split(query: Node | None, words: Words) -> Split:
    """Translate as much of ``query`` as stays a superset."""
    if query is None:
        return Split(None, [])

    def leaf(literal: Literal) -> Clauses | None:
        clause = _leaf(literal, words)
        return None if clause is None else (clause,)

    found = push(normal_form(query), leaf, _all, _any)
    return Split(" ".join(clause.text() for clause in found[0]) if found[0] else None, found[1])


def all_left(query: Node | None) -> Split:
    """Nothing is asked of the platform by the query (a native search or a view decides)."""
    return Split(None, [] if query is None else literals(normal_form(query)))


def asks_for_deleted(query: Node | None) -> bool:
    """Whether the query names the status of deleted tickets."""
    if query is None:
        return False
    return any(
        term.field == "status" and isinstance(term.value, OneOf) and Status.DELETED in term.value.values
        for term in terms(query)
    )


def _all(parts: list[Clauses]) -> Clauses | None:
    """Both conditions. Two lists of values of one property cannot be said; the first stays, which is a superset."""
    kept: dict[tuple[str, bool, str], Clause] = {}
    for clause in (clause for part in parts for clause in part):
        relation = clause.terms[0].removeprefix("-")[len(clause.property)] if clause.terms else ":"
        slot = (clause.property, clause.positive, relation)
        if slot not in kept:
            kept[slot] = clause
        elif not clause.positive:
            kept[slot] = Clause(clause.property, tuple(dict.fromkeys(kept[slot].terms + clause.terms)), False)
    return tuple(kept.values())


def _any(parts: list[Clauses]) -> Clauses | None:
    """Alternatives: only of values of one single-valued property."""
    if any(len(part) != 1 for part in parts):
        return None
    clauses = [part[0] for part in parts]
    first = clauses[0]
    if first.property not in _SINGLE_VALUED or any(
        clause.property != first.property or not clause.positive or "none" in clause.text() for clause in clauses
    ):
        return None
    return (Clause(first.property, tuple(dict.fromkeys(term for clause in clauses for term in clause.terms))),)


def _leaf(literal: Literal, words: Words) -> Clause | None:
    term, negated = literal.term, literal.negated
    match term.field:
        case "status":
            return _status(term, negated, words)
        case "priority":
            return _priority(term, negated, words)
        case "kind":
            return _kind(term, negated)
        case "tag":
            return _tag(term, negated)
        case "group":
            return _group(term, negated, words)
        case "assignee" | "requester":
            return _person(term, negated)
        case "created" | "updated":
            return _period(term.field, term, negated)
        case "age":
            return _elapsed("created", term, negated, words.now)
        case "idle":
            return _elapsed("updated", term, negated, words.now)
        case _:
            return None


def _status(term: Term, negated: bool, words: Words) -> Clause | None:
    """All categories in which a ticket may have one of the wanted statuses, custom statuses considered."""
    if not isinstance(term.value, OneOf) or Status.DELETED in term.value.values:
        return None
    wanted = set(term.value.values)
    possible: dict[str, set[Status]] = {native: {words.statuses.get(native, STATUSES[native])} for native in SEARCHABLE}
    for native, status in words.statuses.items():
        if native in possible:
            continue
        category = words.categories.get(native)
        for name in SEARCHABLE if category is None else (category, *(["closed"] if category == "solved" else [])):
            possible[name].add(status)
    natives = [native for native, statuses in possible.items() if any((s in wanted) != negated for s in statuses)]
    if not natives or len(natives) == len(SEARCHABLE):
        return None
    return Clause("status", tuple(f"status:{native}" for native in natives))


def _priority(term: Term, negated: bool, words: Words) -> Clause | None:
    if not isinstance(term.value, OneOf):
        return None
    natives = [native for native, priority in words.priorities.items() if priority in term.value.values]
    if not natives or not all(re.fullmatch(r"[a-z]+", native) for native in natives):
        return None
    if negated:
        return Clause("priority", tuple(f"-priority:{native}" for native in natives), False)
    return Clause("priority", tuple(f"priority:{native}" for native in natives))


def _kind(term: Term, negated: bool) -> Clause | None:
    if not isinstance(term.value, OneOf):
        return None
    natives = [native for native, kind in KINDS.items() if kind in term.value.values]
    if not natives or negated:
        return None
    return Clause("ticket_type", tuple(f"ticket_type:{native}" for native in natives))


def _tag(term: Term, negated: bool) -> Clause | None:
    if negated or not isinstance(term.value, OneOf) or len(term.value.values) != 1:
        return None
    tag = term.value.values[0].lower()
    return Clause("tags", (f"tags:{tag}",)) if _TAG.fullmatch(tag) else None


def _group(term: Term, negated: bool, words: Words) -> Clause | None:
    from supportctl.text.fold import fold_word

    if negated or not isinstance(term.value, OneOf):
        return None
    known = words.groups()
    ids: list[str] = []
    for value in term.value.values:
        found = known.get(fold_word(value))
        if found is None:
            return None
        ids += found.split(",")
    return Clause("group", tuple(f"group:{each}" for each in dict.fromkeys(ids)))


def _person(term: Term, negated: bool) -> Clause | None:
    name = term.field
    if name == "assignee" and isinstance(term.value, Nothing | Anything):
        empty = isinstance(term.value, Nothing) != negated
        return Clause(name, ("assignee:none",)) if empty else Clause(name, ("-assignee:none",), False)
    if negated or not isinstance(term.value, OneOf):
        return None
    # An id is not pushed down: telephone numbers are names of people who called.
    if not all(_EMAIL.fullmatch(value) for value in term.value.values):
        return None
    return Clause(name, tuple(f"{name}:{value}" for value in term.value.values))


def _period(name: str, term: Term, negated: bool) -> Clause | None:
    value = term.value
    if not isinstance(value, TimeRange):
        return None
    since, until = value.since, value.until
    if negated:
        if since is not None and until is not None:
            return None
        since, until = until, since
    found = []
    if since is not None:
        found.append(f"{name}>{_stamp(since - _SECOND)}")
    if until is not None:
        found.append(f"{name}<{_stamp(until + _SECOND)}")
    return Clause(name, tuple(found)) if found else None


def _elapsed(name: str, term: Term, negated: bool, now: datetime) -> Clause | None:
    value = term.value
    if not isinstance(value, Longer | Shorter):
        return None
    cut = now - value.span
    if isinstance(value, Longer) != negated:
        return Clause(name, (f"{name}<{_stamp(cut + _SECOND)}",))
    return Clause(name, (f"{name}>{_stamp(cut - _SECOND)}",))


def _stamp(moment: datetime) -> str:
    utc = moment.astimezone(UTC)
    whole = utc.replace(microsecond=0)
    return whole.strftime("%Y-%m-%dT%H:%M:%SZ")
