"""JQL: writing it safely, taking it apart no further than needed, and pushing our queries down to it.

What is pushed must hold for every issue on which our condition is true (`query.pushdown`):

* ``!=`` and ``not in`` leave out issues where the field is empty, so ``is EMPTY`` is added where ours would match.
* Dates are read in the zone of the user's profile and to the minute, so they are widened by more than any zone.
* Labels differ by case in Jira and not in our comparison, so every known spelling is asked for, or none.
* Statuses are asked for by category only; overridden ones widen the categories.
* Names of people, organizations and components are compared by Jira in its own way, so they stay here.

Source: support.atlassian.com, "JQL fields" and "JQL operators".
"""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta

import msgspec

from supportctl.adapters.jsm.platform import CATEGORY_JQL, CATEGORY_STATUS
from supportctl.model import Priority, Status
from supportctl.query import unparse
from supportctl.query.ast import Anything, Longer, Node, Not, Nothing, OneOf, Shorter, TimeRange
from supportctl.query.pushdown import Literal, literals, normal_form, push
from supportctl.text.fold import fold_word

ORDER = "created ASC, key ASC"
"""Neither changes while a queue is being read, so nothing moves between pages."""

EVERYTHING = 'created >= "1970-01-02 00:00"'
"""Cloud refuses a query without a restriction; this one holds for every issue."""

NOTHING = 'created < "1970-01-02 00:00"'

ZONES = timedelta(hours=15)
"""More than the widest zone (UTC-12 to UTC+14) and the minute JQL rounds to."""

_WORD = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|[^\s"\']+|\s+|["\']', re.DOTALL)
_PLAIN_CONTROLS = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def quote(text: str) -> str:
    """A JQL string that means ``text`` and nothing more; reserved words and operators inside it are text."""
    out = [
        _PLAIN_CONTROLS.get(char) or (f"\\u{ord(char):04x}" if ord(char) < 32 or char == "\x7f" else char)
        for char in text
    ]
    return f'"{"".join(out)}"'


def split_order(jql: str) -> tuple[str, str]:
    """The condition and the sort order of a query; ``ORDER BY`` inside quotes is text."""
    words = _WORD.findall(jql)
    for place, word in enumerate(words):
        if word.casefold() != "order":
            continue
        rest = [item for item in words[place + 1 :] if not item.isspace()]
        if rest and rest[0].casefold() == "by":
            order = "".join(words[place + 1 :]).strip()[2:].strip()
            return "".join(words[:place]).strip(), order
    return jql.strip(), ""


def conjoin(*conditions: str | None) -> str:
    """All of these, each kept together; empty ones say nothing."""
    said = [condition for condition in conditions if condition and condition.strip()]
    return said[0] if len(said) == 1 else " AND ".join(f"({condition})" for condition in said)


class Lists(msgspec.Struct, frozen=True, kw_only=True):
    """What the site's own lists say, as far as a query needs it. Each is asked for at most once."""

    status_categories: Callable[[], Mapping[str, frozenset[str]]]
    """Native status, by id and by case-folded name, to the keys of its categories."""
    priorities: Callable[[], Mapping[str, Priority | None] | None]
    """Id of every priority of the site to ours; None when JQL could not be given ids."""
    labels: Callable[[], Collection[str] | None]
    """Every label in use; None when the list is too long or not to be had."""


class Pushed(msgspec.Struct, frozen=True, kw_only=True):
    jql: str | None
    left: list[str]
    notes: list[str]


def nothing(query: Node, note: str) -> Pushed:
    """The whole query stays here."""
    return Pushed(jql=None, left=[_written(literal) for literal in literals(normal_form(query))], notes=[note])


class Pusher:
    def __init__(self, lists: Lists, overrides: Mapping[str, Status], now: datetime) -> None:
        self._lists = lists
        self._overrides = overrides
        self._now = now
        self._notes: dict[str, None] = {}

    def push(self, query: Node) -> Pushed:
        jql, left = push(
            normal_form(query),
            self._leaf,
            lambda parts: " AND ".join(f"({part})" for part in parts),
            lambda parts: " OR ".join(f"({part})" for part in parts),
        )
        return Pushed(jql=jql, left=[_written(literal) for literal in left], notes=list(self._notes))

    def _leaf(self, literal: Literal) -> str | None:
        term, negated = literal.term, literal.negated
        match term.field:
            case "status":
                return self._status(term.value, negated)
            case "tag":
                return self._tag(term.value, negated)
            case "priority":
                return self._priority(term.value, negated)
            case "assignee" | "requester":
                return _presence("assignee" if term.field == "assignee" else "reporter", term.value, negated)
            case "created" | "updated" | "resolved" | "due":
                return self._time(term.field, term.value, negated)
            case "age" | "idle":
                return self._elapsed("created" if term.field == "age" else "updated", term.value, negated)
            case _:
                return None

    def _note(self, text: str) -> None:
        self._notes[text] = None

    def _status(self, value: object, negated: bool) -> str | None:
        if not isinstance(value, OneOf):
            return None
        wanted = {status for status in Status if (status.value in value.values) is not negated}
        categories = {key for key, status in CATEGORY_STATUS.items() if status in wanted}
        if overridden := [name for name, status in self._overrides.items() if status in wanted]:
            known = self._lists.status_categories()
            if any(name not in known for name in overridden):
                self._note("status stays here: the profile overrides a status this Jira does not list")
                return None
            categories |= {category for name in overridden for category in known[name]}
        if not categories:
            self._note("no native status means that: map one in the profile's statuses table")
            return NOTHING
        return f"statusCategory in ({', '.join(quote(CATEGORY_JQL[key]) for key in sorted(categories))})"

    def _tag(self, value: object, negated: bool) -> str | None:
        if isinstance(value, Nothing | Anything):
            return f"labels is {'EMPTY' if isinstance(value, Nothing) is not negated else 'not EMPTY'}"
        if not isinstance(value, OneOf):
            return None
        spellings = dict.fromkeys(value.values)
        if negated:
            return f"(labels not in ({_listed(spellings)}) OR labels is EMPTY)"
        known = self._lists.labels()
        if known is None:
            self._note("tag stays here: labels differ by case, and the list of all labels is not to be had")
            return None
        folded = {fold_word(word) for word in value.values}
        spellings |= dict.fromkeys(sorted(label for label in known if fold_word(label) in folded))
        if len(spellings) > MAX_SPELLINGS:
            return None
        return f"labels in ({_listed(spellings)})"

    def _priority(self, value: object, negated: bool) -> str | None:
        if isinstance(value, Nothing | Anything):
            return _presence("priority", value, negated)
        if not isinstance(value, OneOf):
            return None
        known = self._lists.priorities()
        if known is None:
            self._note("priority stays here: the list of priorities is not to be had, or has names that look like ids")
            return None
        ids = [id_ for id_, ours in known.items() if ours is not None and (ours.value in value.values) is not negated]
        if not all(id_.isdigit() for id_ in ids):
            return None
        some = f"priority in ({', '.join(ids)})" if ids else NOTHING
        if not negated:
            return some
        return f"({some} OR priority is EMPTY)" if ids else "priority is EMPTY"

    def _time(self, field: str, value: object, negated: bool) -> str | None:
        native, nullable, wide = _TIMES[field]
        if isinstance(value, Nothing | Anything):
            return _presence(native, value, negated) if nullable else None
        if not isinstance(value, TimeRange):
            return None
        if negated:
            parts = []
            if value.since is not None:
                parts.append(_before(native, value.since, wide))
            if value.until is not None:
                parts.append(_after(native, value.until, wide))
            if nullable:
                parts.append(f"{native} is EMPTY")
            return _any([part for part in parts if part]) if all(parts) and parts else None
        both = [
            _after(native, value.since, wide) if value.since is not None else None,
            _before(native, value.until, wide) if value.until is not None else None,
        ]
        said = [part for part in both if part]
        if not said:
            return f"{native} is not EMPTY" if nullable else None
        return " AND ".join(said)

    def _elapsed(self, native: str, value: object, negated: bool) -> str | None:
        if not isinstance(value, Longer | Shorter):
            return None
        at = self._now - value.span
        older = isinstance(value, Longer) is not negated
        return _before(native, at, ZONES) if older else _after(native, at, ZONES)


MAX_SPELLINGS = 200

_DAY_FIELDS = timedelta(days=2)
_TIMES: dict[str, tuple[str, bool, timedelta]] = {
    "created": ("created", False, ZONES),
    "updated": ("updated", False, ZONES),
    "resolved": ("resolutiondate", True, ZONES),
    "due": ("duedate", True, _DAY_FIELDS),
}
"""Ours to the JQL field, whether it can be empty, and how far to widen (due dates have no time of day)."""


def _presence(native: str, value: object, negated: bool) -> str | None:
    if isinstance(value, Nothing | Anything):
        return f"{native} is {'EMPTY' if isinstance(value, Nothing) is not negated else 'not EMPTY'}"
    return None


def _listed(words: Collection[str]) -> str:
    return ", ".join(quote(word) for word in words)


def _any(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"({' OR '.join(parts)})"


def _after(native: str, at: datetime, wide: timedelta) -> str | None:
    return _compare(native, ">=", at, -wide)


def _before(native: str, at: datetime, wide: timedelta) -> str | None:
    return _compare(native, "<=", at, wide)


def _compare(native: str, operator: str, at: datetime, by: timedelta) -> str | None:
    """None for a date JQL cannot hold: the condition is then left out, which only widens."""
    try:
        widened = at.astimezone(UTC) + by
    except OverflowError:
        return None
    if not 1000 <= widened.year <= 9999:
        return None
    form = "%Y-%m-%d" if native == "duedate" else "%Y-%m-%d %H:%M"
    return f'{native} {operator} "{widened.strftime(form)}"'


def _written(literal: Literal) -> str:
    return unparse(Not(literal.term) if literal.negated else literal.term)
