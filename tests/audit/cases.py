"""Rule cases are data: ``rules/<CODE>.toml``. This turns one into a ticket of a platform's shape.

Times are written as offsets from now (``-10d``, ``-30m``, ``+2d``); people as ``customer``, ``agent``, ``colleague``
or ``bot``; a field with the value ``?`` is unknown, with ``?hidden`` for another reason.
"""

import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from supportctl.adapters.base import Capabilities
from supportctl.adapters.jsm.platform import CAPABILITIES as JSM
from supportctl.adapters.servicenow.platform import CAPABILITIES as SERVICENOW
from supportctl.adapters.zendesk.platform import CAPABILITIES as ZENDESK
from supportctl.audit import Context, Settings, TicketRule, find
from supportctl.audit.verdict import Clean, Faulty, Outside, Unjudged, Verdict
from supportctl.model import Ticket
from supportctl.query.times import duration

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
FOLDER = Path(__file__).parent / "rules"
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

    @property
    def id(self) -> str:
        return f"{self.rule.code}-{self.platform}-{self.name}".replace(" ", "-")


def load(code: str) -> list[Case]:
    document = tomllib.loads((FOLDER / f"{code}.toml").read_text("utf-8"))
    return [case for raw in document["case"] for case in _cases(code, raw)]


def _cases(code: str, raw: dict[str, Any]) -> Iterator[Case]:
    rule = find(code)
    assert isinstance(rule, TicketRule)
    for platform in raw.get("platforms", list(PLATFORMS)):
        capabilities = PLATFORMS[platform]
        context = Context(NOW, msgspec.convert(raw.get("settings", {}), Settings), capabilities)
        yield Case(
            rule,
            raw["name"],
            raw["kind"],
            platform,
            ticket(platform, raw.get("ticket", {})),
            context,
            raw.get("verdict", "faulty" if raw["kind"] == "bad" else "clean"),
            raw.get("count", 1),
        )


def ticket(platform: str, fields: dict[str, Any]) -> Ticket:
    """A ticket of this platform's shape; ten days old, in progress and complete unless ``fields`` says otherwise."""
    whole: dict[str, Any] = {
        "platform": platform,
        "profile": "test",
        "id": "1001",
        "key": {"zendesk": "#1001", "jsm": "SUP-1001", "servicenow": "INC0001001"}[platform],
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
