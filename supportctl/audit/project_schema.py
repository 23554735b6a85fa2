"""The JSON Schema of a project's file, for editors: every table, setting and option with its meaning."""

import types
from collections.abc import Sequence
from datetime import date, timedelta
from enum import Enum
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from supportctl.audit.configuration import DEFAULT_FAIL_ON, DEFAULT_RULESET
from supportctl.audit.declared import PRIORITIES
from supportctl.audit.docs import summary
from supportctl.audit.field_docs import texts
from supportctl.audit.profiles import PROFILES
from supportctl.audit.project import ELSEWHERE
from supportctl.audit.project_tables import ExemptionTable, OwnRuleTable, RuleTable, RunTable
from supportctl.audit.rule import Rule
from supportctl.audit.settings import Settings
from supportctl.model.escalation import EscalationSettings

ID = "supportctl/project/v1"
Schema = dict[str, Any]

DURATION: Schema = {"type": "string", "pattern": "^[0-9]+[mhdw]$", "examples": ["30m", "4h", "5d", "2w"]}
QUERY = ("where", "except", "query")
CODE: Schema = {"type": "string", "description": "A rule by code, name or former name."}


def project_schema(rules: Sequence[Rule]) -> Schema:
    """JSON Schema 2020-12. Codes of an organisation's and of packages' rules are open."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": ID,
        "title": "supportctl.toml",
        "description": "What a project says about its tickets. Addresses, accounts and secrets do not belong here.",
        "type": "object",
        "additionalProperties": False,
        "properties": {"audit": _audit(rules), "taxonomy": _taxonomy(), "escalation": _escalation()},
    }


def _audit(rules: Sequence[Rule]) -> Schema:
    run = _properties(RunTable)
    run["ruleset"] = {**run["ruleset"], "enum": list(PROFILES), "default": DEFAULT_RULESET}
    run["fail_on"] = {**run["fail_on"], "default": DEFAULT_FAIL_ON.value}
    settings = {name: each for name, each in _properties(Settings).items() if name not in ELSEWHERE}
    settings["calendars"] = {"type": "object", "additionalProperties": _CALENDAR, "description": "Working hours."}
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            **run,
            **settings,
            "rules": {
                "type": "object",
                "description": "One table per rule.",
                "properties": {rule.code: _rule(rule) for rule in rules},
                "additionalProperties": _struct(RuleTable, open_=True),
            },
            "rule": {"type": "array", "description": "Rules of your own.", "items": _struct(OwnRuleTable)},
            "exemption": {"type": "array", "description": "What is excused, why, and for how long.",
                          "items": _struct(ExemptionTable)},
        },
    }  # fmt: skip


def _escalation() -> Schema:
    table = _struct(EscalationSettings)
    table["properties"]["weights"].pop("default", None)
    table["properties"]["min_score"] |= {"minimum": 0, "maximum": 100}
    return {**table, "description": "How complete a ticket is before it goes to the engineers."}


def _rule(rule: Rule) -> Schema:
    options = {} if rule.options is None else _properties(rule.options)
    return {
        "type": "object",
        "description": f"{rule.name}: {summary(rule)}.",
        "additionalProperties": False,
        "properties": {**_properties(RuleTable), **options},
    }


def _struct(struct: type[msgspec.Struct], *, open_: bool = False) -> Schema:
    required = [field.encode_name for field in msgspec.structs.fields(struct) if field.required]
    made: Schema = {"type": "object", "properties": _properties(struct), "additionalProperties": open_}
    return {**made, "required": required} if required else made


def _properties(struct: type[msgspec.Struct]) -> dict[str, Schema]:
    hints, told = get_type_hints(struct), texts(struct)
    found: dict[str, Schema] = {}
    for field in msgspec.structs.fields(struct):
        made = _kind(hints[field.name])
        if text := told.get(field.name):
            made = {**made, "description": text.replace("``", "`")}
        if not field.required and (default := _plain(_default(field))) not in (None, [], {}):
            made = {**made, "default": default}
        found[field.encode_name] = made
    return found


def _kind(kind: Any) -> Schema:
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        plain = [_kind(each) for each in inner if each is not type(None)]
        return plain[0] if len(plain) == 1 else {"anyOf": plain}
    if origin is Literal:
        return {"enum": list(inner)}
    if origin is dict:
        if inner[1] is timedelta:
            return {"type": "object", "properties": dict.fromkeys(PRIORITIES, DURATION), "additionalProperties": False}
        return {"type": "object", "additionalProperties": _kind(inner[1])}
    if origin in (tuple, list, frozenset):
        return {"type": "array", "items": _kind(inner[0])}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {"enum": [member.value for member in kind]}
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return _struct(kind)
    plain_kinds: dict[Any, Schema] = {
        str: {"type": "string"},
        int: {"type": "integer"},
        float: {"type": "number"},
        bool: {"type": "boolean"},
        timedelta: DURATION,
        date: {"type": "string", "format": "date"},
    }
    return plain_kinds.get(kind, {})


def _default(field: Any) -> Any:
    return field.default if field.default is not msgspec.NODEFAULT else field.default_factory()


def _plain(value: Any) -> Any:
    from supportctl.query.times import span_text

    match value:
        case timedelta():
            return span_text(value)
        case Enum():
            return value.value
        case dict():
            return {str(name): _plain(each) for name, each in value.items()}
        case set() | frozenset():
            return sorted(map(_plain, value))
        case list() | tuple():
            return [_plain(each) for each in value]
        case _:
            return value


_WORDS: Schema = {"type": "array", "items": {"type": "string"}}
_CALENDAR: Schema = {
    "type": "object",
    "required": ["zone", "hours"],
    "additionalProperties": False,
    "properties": {
        "zone": {"type": "string", "description": "Time zone, such as Europe/Berlin."},
        "hours": {**_WORDS, "minItems": 1, "examples": [["mon-fri 09:00-17:00", "sat 10:00-12:00"]]},
        "holidays": {**_WORDS, "description": "2026-12-24, or 12-25 for every year."},
        "region": {"type": "string", "description": "Public holidays of a country or a part of it, such as DE-BY."},
    },
}


def _taxonomy() -> Schema:
    family = {
        "type": "object",
        "required": ["tags"],
        "additionalProperties": False,
        "properties": {"tags": {**_WORDS, "minItems": 1}, "need": {"enum": ["one", "some"], "default": "some"}},
    }
    table = {
        "type": "object",
        "required": ["tags"],
        "additionalProperties": False,
        "properties": {
            "ignore": {**_WORDS, "description": "Tags to leave alone: globs, or /regular expressions/."},
            "tags": {"type": "object", "additionalProperties": _WORDS, "description": "Tag -> its aliases."},
            "families": {"type": "object", "additionalProperties": family, "description": "Tags of one kind."},
        },
    }  # fmt: skip
    return {"anyOf": [{"type": "string", "description": "A file of its own, in this folder."}, table]}
