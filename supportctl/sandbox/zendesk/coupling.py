"""Custom field values, and the tags that stand for them: setting one moves the other, both ways.

The value of a drop-down or multi-select option is a tag; a checkbox may name one. (developer.zendesk.com, "Ticket
Fields": ``tag``, ``custom_field_options``; "Creating and updating tickets": setting custom field values)
"""

import re
import sqlite3
from functools import lru_cache
from typing import Any

from supportctl.sandbox.zendesk import names
from supportctl.sandbox.zendesk.http import record_invalid
from supportctl.sandbox.zendesk.required import TYPES

_TAG_SPLIT = re.compile(r"[\s,]+")
_SHAPES = {
    "integer": re.compile(r"[+-]?\d+"),
    "decimal": re.compile(r"[+-]?\d*\.?\d+"),
    "date": re.compile(r"\d{4}-(0[1-9]|1[0-2])-([0-2]\d|3[01])"),
}


@lru_cache(maxsize=512)
def _field(text: str) -> tuple[int, dict[str, Any], frozenset[str]]:
    """Id, document and coupled tags of a stored ticket field."""
    doc = names.load(text)
    tags = {str(option["value"]) for option in doc.get("custom_field_options") or ()}
    if doc["type"] == "checkbox" and doc.get("tag"):
        tags = {doc["tag"]}
    return doc["id"], doc, frozenset(tags if doc["type"] in {"tagger", "multiselect", "checkbox"} else ())


def _fields(connection: sqlite3.Connection) -> dict[int, tuple[dict[str, Any], frozenset[str]]]:
    rows = connection.execute("SELECT doc FROM zd_config WHERE kind = 'ticket_field'")
    return {number: (doc, tags) for number, doc, tags in (_field(row[0]) for row in rows)}


def split_tags(value: Any) -> list[str]:
    """Tags as Zendesk keeps them: lower case, split at spaces."""
    texts = value if isinstance(value, list) else [value]
    found = [part.lower() for text in texts for part in _TAG_SPLIT.split(str(text)) if part]
    return list(dict.fromkeys(found))


def set_custom(connection: sqlite3.Connection, doc: dict[str, Any], given: Any, invalid: list[str]) -> None:
    """Old values' tags go, new ones come. Options nobody has are dropped and told; other nonsense is refused."""
    if not isinstance(given, list):
        return
    fields = _fields(connection)
    wanted = {entry["id"]: entry.get("value") for entry in given if isinstance(entry, dict) and "id" in entry}
    for key in wanted.keys() - {entry["id"] for entry in doc["custom_fields"]}:
        if key in fields:
            doc["custom_fields"].append({"id": key, "value": None})
    for entry in doc["custom_fields"]:
        if entry["id"] not in wanted or entry["id"] not in fields:
            continue
        field, tags = fields[entry["id"]]
        value = _value(field, wanted[entry["id"]])
        several = value if isinstance(value, list) else [value]
        if field["type"] in {"tagger", "multiselect"}:
            unknown = [str(one) for one in several if one is not None and one not in tags]
            if unknown:
                invalid.extend(unknown)
                continue
        old, new = _tags_of(field, entry["value"]), _tags_of(field, value)
        doc["tags"] = [tag for tag in doc["tags"] if tag not in old - new]
        doc["tags"] += [tag for tag in sorted(new) if tag not in doc["tags"]]
        entry["value"] = value
    doc["fields"] = doc["custom_fields"]


def _value(field: dict[str, Any], value: Any) -> Any:
    kind = field["type"]
    if kind == "checkbox":
        return value in (True, "true", "1", 1)
    if kind == "multiselect":
        return [str(one) for one in value] if isinstance(value, list) else [value] if value else []
    shape = _SHAPES.get(kind)
    if value in (None, ""):
        return None
    if shape is not None and (isinstance(value, bool) or not shape.fullmatch(str(value))):
        more = {"ticket_field_id": field["id"], "ticket_field_type": TYPES.get(kind, f"Field{kind.title()}")}
        raise record_invalid("base", f"{field['title']}: is not valid", error="InvalidValue", **more)
    return value


def _tags_of(field: dict[str, Any], value: Any) -> set[str]:
    match field["type"]:
        case "tagger":
            return {value} if value else set()
        case "multiselect":
            return set(value or ())
        case "checkbox":
            return {field["tag"]} if value and field.get("tag") else set()
        case _:
            return set()


def set_tags(connection: sqlite3.Connection, doc: dict[str, Any], values: dict[str, Any]) -> None:
    """Removing an option's tag empties the field, adding one sets it."""
    tags = split_tags(values["tags"]) if values.get("tags") is not None else list(doc["tags"])
    tags += [tag for tag in split_tags(values.get("additional_tags") or []) if tag not in tags]
    gone = set(split_tags(values.get("remove_tags") or []))
    kept = {tag for tag in tags if tag not in gone}
    added = kept - set(doc["tags"])
    fields = _fields(connection)
    for entry in doc["custom_fields"]:
        field, coupled = fields.get(entry["id"], ({"type": ""}, frozenset[str]()))
        match field["type"]:
            case "tagger":
                if (chosen := sorted(added & coupled)) and entry["value"] not in added:
                    kept.discard(entry["value"])
                    entry["value"] = chosen[0]
                elif entry["value"] is not None and entry["value"] not in kept:
                    entry["value"] = None
            case "multiselect" if (kept & coupled) != set(entry["value"] or ()):
                entry["value"] = sorted(kept & coupled)
            case "checkbox" if coupled and bool(entry["value"]) != bool(kept & coupled):
                entry["value"] = bool(kept & coupled)
    doc["tags"] = sorted(kept)
    doc["fields"] = doc["custom_fields"]
