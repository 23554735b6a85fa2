"""Rule cases are data: ``rules/<CODE>.yaml``. This turns them into tickets of each platform's shape.

A case has a ``name``, a ``kind`` (``bad``, ``good``, or ``trap``: what a careless rule would get wrong), where not
all platforms are meant ``platforms``, for other settings than the usual ``settings``, with ``hours: true`` working
hours (``office``, Monday to Friday 9 to 17 UTC; ``late``, 14 to 20), and

- of a rule about tickets: ``ticket``, the fields that differ from an ordinary ticket; ``fixed``, fields laid over a bad
  one that make it clean (or ``fixed_verdict``); ``verdict`` where it is not the kind's (``outside``, ``grace``,
  ``unjudged FIELD``); ``count`` of faults; ``queue``, tickets to learn from first (``repeat: 40`` makes forty);
- of a rule about the queue: ``tickets`` (with ``repeat``), ``findings``, how many (1 for bad, else 0); ``about``, the
  numbers of the tickets they name, counted from 1 in order; ``fixed``, the tickets when all is well.

Times are written as offsets from now (``-10d``, ``-30m``, ``+2d``); people as ``customer``, ``agent``, ``colleague``
or ``bot``; a field with the value ``?`` is unknown, with ``?hidden`` for another reason.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import yaml

from supportctl.adapters.base import Capabilities
from supportctl.adapters.jsm.platform import CAPABILITIES as JSM
from supportctl.adapters.servicenow.platform import CAPABILITIES as SERVICENOW
from supportctl.adapters.zendesk.platform import CAPABILITIES as ZENDESK
from supportctl.audit import Context, QueueRule, Settings, TicketRule, find
from supportctl.audit.learned import NOTHING_LEARNED, Learned, learn
from supportctl.audit.verdict import Clean, Faulty, Outside, Unjudged, Verdict
from supportctl.calendars import Calendar
from supportctl.model import Ticket
from supportctl.query.times import duration

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
FOLDER = Path(__file__).parent / "rules"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
PLATFORMS: dict[str, Capabilities] = {"zendesk": ZENDESK, "jsm": JSM, "servicenow": SERVICENOW}
PEOPLE: dict[str, dict[str, dict[str, Any]]] = {
    "zendesk": {
        "customer": {"id": "7", "name": "Ann Lee", "email": "ann@example.org", "role": "end_user"},
        "agent": {"id": "1", "name": "Kim Park", "role": "agent"},
        "colleague": {"id": "2", "name": "Sam Roy", "role": "agent"},
        "bot": {"id": "9", "name": "Triage Bot", "role": "agent"},
        "system": {"id": "-1"},
    },
    "jsm": {
        "customer": {"id": "qm:7", "name": "Ann Lee", "role": "end_user"},
        "agent": {"id": "557058:1", "name": "Kim Park"},
        "colleague": {"id": "557058:2", "name": "Sam Roy"},
        "bot": {"id": "557058:9", "name": "Automation for Jira", "role": "bot"},
    },
    "servicenow": {
        "customer": {"id": "7" * 32, "name": "Ann Lee", "native": {"user_name": "ann.lee"}},
        "agent": {"id": "1" * 32, "name": "Kim Park", "native": {"user_name": "kim.park"}},
        "colleague": {"id": "2" * 32, "name": "Sam Roy", "native": {"user_name": "sam.roy"}},
        "bot": {"id": "system", "role": "bot"},
    },
}
WRITERS = {"customer": "ann.lee", "agent": "kim.park", "colleague": "sam.roy"}
"""ServiceNow's journal and audit name people by login only."""


class Hours:
    """Working hours that are easy to check by hand: Monday to Friday, whole hours, UTC."""

    def __init__(self, name: str, first: int, last: int) -> None:
        self.name = f"business time of {name}"
        self._first, self._last = first, last

    def _days(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        day = start.replace(hour=0, minute=0, second=0, microsecond=0)
        while True:
            if day.weekday() < 5:
                yield day + timedelta(hours=self._first), day + timedelta(hours=self._last)
            day += timedelta(days=1)

    def between(self, start: datetime, end: datetime) -> timedelta:
        total = timedelta(0)
        for opens, closes in self._days(start):
            if opens >= end:
                return total
            total += max(min(closes, end) - max(opens, start), timedelta(0))
        raise AssertionError

    def after(self, start: datetime, span: timedelta) -> datetime:
        for opens, closes in self._days(start):
            begin = max(opens, start)
            if begin + span <= closes:
                return begin + span
            span -= max(closes - begin, timedelta(0))
        raise AssertionError

    def is_open(self, at: datetime) -> bool:
        return at.weekday() < 5 and self._first <= at.hour < self._last


HOURS: dict[str, Calendar] = {"office": Hours("office", 9, 17), "late": Hours("late", 14, 20)}

_OFFSET = re.compile(r"([+-])(\d+[mhdw])")


class Case(NamedTuple):
    rule: TicketRule
    name: str
    kind: str
    """bad, good or trap."""
    platform: str
    ticket: Ticket
    context: Context
    verdict: str
    faults: int
    fixed: Ticket | None
    fixed_verdict: str

    @property
    def id(self) -> str:
        return f"{self.rule.code}-{self.platform}-{self.name}".replace(" ", "-")


class QueueCase(NamedTuple):
    rule: QueueRule
    name: str
    kind: str
    platform: str
    tickets: list[Ticket]
    context: Context
    findings: int
    about: list[int] | None
    fixed: list[Ticket] | None

    @property
    def id(self) -> str:
        return f"{self.rule.code}-{self.platform}-{self.name}".replace(" ", "-")


def load(code: str) -> list[Case]:
    rule = find(code)
    assert isinstance(rule, TicketRule)
    return [_case(rule, raw, context) for raw in _raw(code) for context in _contexts(raw)]


def load_queue(code: str) -> list[QueueCase]:
    rule = find(code)
    assert isinstance(rule, QueueRule)
    return [_queue_case(rule, raw, context) for raw in _raw(code) for context in _contexts(raw)]


def _raw(code: str) -> list[dict[str, Any]]:
    return yaml.load((FOLDER / f"{code}.yaml").read_text("utf-8"), LOADER)  # type: ignore[no-any-return]


def _contexts(raw: dict[str, Any]) -> Iterator[Context]:
    settings = msgspec.convert(raw.get("settings", {}), Settings, strict=False)
    for platform in raw.get("platforms", list(PLATFORMS)):
        learned: Learned = learn(queue(platform, raw["queue"])) if "queue" in raw else NOTHING_LEARNED
        if not raw.get("hours"):
            yield Context(NOW, settings, PLATFORMS[platform], learned)
            continue
        settings = msgspec.structs.replace(settings, calendar=settings.calendar or "office")
        yield Context(NOW, settings, PLATFORMS[platform], learned, HOURS)


def _case(rule: TicketRule, raw: dict[str, Any], context: Context) -> Case:
    platform, fields = context.capabilities.platform.value, raw.get("ticket") or {}
    return Case(
        rule,
        raw["name"],
        raw["kind"],
        platform,
        ticket(platform, fields),
        context,
        raw.get("verdict", "faulty" if raw["kind"] == "bad" else "clean"),
        raw.get("count", 1),
        ticket(platform, {**fields, **raw["fixed"]}) if "fixed" in raw else None,
        raw.get("fixed_verdict", "clean"),
    )


def _queue_case(rule: QueueRule, raw: dict[str, Any], context: Context) -> QueueCase:
    platform = context.capabilities.platform.value
    return QueueCase(
        rule,
        raw["name"],
        raw["kind"],
        platform,
        queue(platform, raw["tickets"]),
        context,
        raw.get("findings", 1 if raw["kind"] == "bad" else 0),
        raw.get("about"),
        queue(platform, raw["fixed"]) if "fixed" in raw else None,
    )


def queue(platform: str, rows: list[dict[str, Any]]) -> list[Ticket]:
    """Tickets numbered from 1 in order: ids ``1001`` …, keys ``#1001`` …"""
    found: list[Ticket] = []
    for row in rows:
        fields = {name: value for name, value in row.items() if name != "repeat"}
        for _ in range(row.get("repeat", 1)):
            found.append(ticket(platform, fields, 1001 + len(found)))
    return found


def ticket(platform: str, fields: dict[str, Any], number: int = 1001) -> Ticket:
    """A ticket of this platform's shape; ten days old, in progress and complete unless ``fields`` says otherwise."""
    whole: dict[str, Any] = {
        "platform": platform,
        "profile": "test",
        "id": str(number),
        "key": {"zendesk": f"#{number}", "jsm": f"SUP-{number}", "servicenow": f"INC{number:07}"}[platform],
        "title": "VPN drops every hour",
        "description": "Since Tuesday the tunnel closes after an hour.",
        "status": "open",
        "native_status": "In progress",
        "kind": "incident",
        "priority": "p3",
        "requester": "customer",
        "assignee": "agent",
        "group": {"id": "5", "name": "Network"},
        "created_at": "-10d",
        "updated_at": "-1h",
        "unknown": dict.fromkeys(sorted(PLATFORMS[platform].unknown_fields), "absent"),
    }
    for name, value in fields.items():
        if isinstance(value, str) and value.startswith("?"):
            whole.pop(name, None)
            whole["unknown"][name] = value[1:] or "absent"
        elif value == "empty":
            whole.pop(name, None)
            whole["unknown"].pop(name, None)
        else:
            whole[name] = value
            whole["unknown"].pop(name, None)
    for name in whole["unknown"]:
        whole.pop(name, None)
    unknown = whole.pop("unknown")
    return msgspec.convert({**_expand(whole, platform), "unknown": unknown}, Ticket)


def _expand(value: Any, platform: str, name: str = "") -> Any:
    if isinstance(value, dict):
        if "body" in value:
            value = {"author": None, "created_at": None, "public": None, **value}
        return {key: _expand(item, platform, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_expand(item, platform, name) for item in value]
    if name in ("requester", "assignee") and isinstance(value, str):
        return PEOPLE[platform][value]
    if name in ("author", "actor") and isinstance(value, str):
        if platform == "servicenow" and value in WRITERS:
            return {"id": WRITERS[value]}
        return PEOPLE[platform][value]
    if (name.endswith("_at") or name == "at") and isinstance(value, str) and (match := _OFFSET.fullmatch(value)):
        span = duration(match[2])
        return NOW - span if match[1] == "-" else NOW + span
    return value


def word(verdict: Verdict) -> str:
    match verdict:
        case Faulty():
            return "faulty"
        case Clean():
            return "clean"
        case Outside(grace=grace):
            return "grace" if grace else "outside"
        case Unjudged(field=field):
            return f"unjudged {field}"
