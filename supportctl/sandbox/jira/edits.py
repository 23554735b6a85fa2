"""Editing one issue: which fields may be set how, and the history that comes of it.

(developer.atlassian.com, Jira Cloud platform v3, "Edit issue"; "Updating an issue via the JIRA REST APIs")
"""

import sqlite3
from typing import Any

from supportctl.sandbox.jira import adf, documents, entities
from supportctl.sandbox.jira.call import ApiError, stamp
from supportctl.sandbox.jira.vocabulary import GROUP

Doc = dict[str, Any]
LONGEST_LABEL = 255
CONTENT_LIMIT = 32_767
NOT_ON_SCREEN = "Field '{}' cannot be set. It is not on the appropriate screen, or unknown."
_ENTITY = {"priority": "priority", "issuetype": "issuetype", "resolution": "resolution"}
_USERS = ("assignee", "reporter")
_COMPONENT = ("self", "id", "name", "description")
"""What issues show of a component."""
_TEXTS = ("summary", "description", "environment", "duedate")


def edit(db: sqlite3.Connection, issue: Doc, given: Doc, version: int) -> list[Doc]:
    """Apply ``fields`` and ``update`` to the document; returns history items. Raises `ApiError` 400 for all faults.

    In version 3 rich text must be a document.
    """
    sets: Doc = given.get("fields") or {}
    updates: Doc = given.get("update") or {}
    errors: dict[str, str] = {}
    for name in sets.keys() & updates.keys():
        errors[name] = f"Field '{name}' cannot appear in both 'fields' and 'update'"
    before = {name: issue["fields"].get(name) for name in {*sets, *updates}}
    known = {field["id"] for field in entities.every(db, "field") if applies(db, field["id"], issue)}
    changed: Doc = {}
    for name, value in sets.items():
        _collect(changed, errors, db, issue, name, value, known)
    for name, operations in updates.items():
        value = _updated(issue["fields"].get(name), operations, errors, name)
        if name not in errors:
            _collect(changed, errors, db, issue, name, value, known)
    for name in documents.rich_fields(db) & changed.keys() - errors.keys():
        if changed[name] is not None and version == 3 and (fault := adf.problem(changed[name])) is not None:
            errors[name] = fault
    if errors:
        raise ApiError(400, errors=errors)
    changed.pop("status", None)
    issue["fields"].update(changed)
    return [
        _item(name, before[name], changed[name]) for name in changed if documents_differ(before[name], changed[name])
    ]


def resolve(issue: Doc, items: list[Doc], now: int) -> None:
    """A resolution that is set or cleared by an edit has its time, as one that comes with a transition."""
    if any(item["fieldId"] == "resolution" for item in items):
        issue["fields"]["resolutiondate"] = stamp(now) if issue["fields"].get("resolution") else None


def components(db: sqlite3.Connection, issue: Doc) -> list[Doc]:
    """Those of the issue's project, and those nobody knows the project of."""
    project = str((issue["fields"].get("project") or {}).get("key", ""))
    return [each for each in entities.every(db, "component") if each.get("project", project) == project]


def applies(db: sqlite3.Connection, field: str, issue: Doc) -> bool:
    """Whether a field's context takes in issues of this type."""
    context = entities.get(db, "context", field)
    return context is None or str((issue["fields"].get("issuetype") or {}).get("id")) in context["issueTypes"]


def _collect(
    changed: Doc, errors: dict[str, str], db: sqlite3.Connection, issue: Doc, name: str, value: Any, known: set[str]
) -> None:
    try:
        changed[name] = _components(db, issue, value) if name == "components" else _checked(db, name, value, known)
    except ValueError as error:
        errors[name] = str(error)


def _components(db: sqlite3.Connection, issue: Doc, value: Any) -> list[Doc]:
    if not isinstance(value, list):
        raise ValueError("data was not an array")
    found = []
    for each in value:
        named = [
            here
            for here in components(db, issue)
            if str(here["id"]) == str(each.get("id", "")) or here["name"] == each.get("name")
        ]
        if not named:
            raise ValueError(f"Component name '{each.get('name', each.get('id'))}' is not valid")
        found.append({name: named[0][name] for name in _COMPONENT if name in named[0]})
    return found


def _checked(db: sqlite3.Connection, name: str, value: Any, known: set[str]) -> Any:
    if name == "labels":
        return _labels(value)
    if name == "status":
        return value
    if name in _ENTITY:
        found = entities.find(db, _ENTITY[name], value) if value is not None else None
        if value is not None and found is None:
            raise ValueError(f"The {name} selected is invalid.")
        return found
    if name in _USERS:
        if value is None or value.get("accountId", "") is None:
            return None
        found = entities.find(db, "user", value)
        if found is None:
            raise ValueError(f"User '{value.get('accountId') or value.get('name')}' cannot be assigned issues.")
        return found
    if name in _TEXTS or name in known:
        if isinstance(value, str) and len(value) > CONTENT_LIMIT:
            raise ValueError("CONTENT_LIMIT_EXCEEDED")
        if options := entities.options(db, name):
            return _option(value, options)
        if name == GROUP and value is not None:
            return _group(db, value)
        if name == "summary" and not str(value or "").strip():
            raise ValueError("You must specify a summary of the issue.")
        return value
    raise ValueError(NOT_ON_SCREEN.format(name))


def _group(db: sqlite3.Connection, value: Any) -> Any:
    """A group of the site is one that some issue names: the sandbox lists no others."""
    wanted = str(value.get("name") if isinstance(value, dict) else value)
    known = "SELECT 1 FROM jira_value WHERE field = ? AND value = ? LIMIT 1"
    if db.execute(known, (GROUP, wanted.casefold())).fetchone() is None:
        raise ValueError(f"Group '{wanted}' does not exist.")
    return value


def _option(value: Any, options: list[Doc]) -> Doc | None:
    """The option of a select field that is meant by ``{"id"}`` or ``{"value"}``; None empties the field."""
    if value is None:
        return None
    if isinstance(value, dict):
        for option in options:
            if any(value.get(key) is not None and str(value[key]) == option[key] for key in ("id", "value")):
                return option
        raise ValueError(f"Option id '{value.get('id')}' is not valid")
    raise ValueError("Specify a valid 'id' or 'value' for the option")


def _labels(value: Any) -> list[str]:
    if not isinstance(value, list):
        raise ValueError("data was not an array")
    for label in value:
        if not isinstance(label, str) or not label:
            raise ValueError("The label cannot be empty.")
        if any(char.isspace() for char in label):
            raise ValueError(f"The label '{label}' contains spaces which is invalid.")
        if len(label) > LONGEST_LABEL:
            raise ValueError(f"The label '{label[:20]}...' exceeds the maximum length of {LONGEST_LABEL} characters.")
    return list(dict.fromkeys(value))


def _updated(now: Any, operations: Any, errors: dict[str, str], name: str) -> Any:
    value = list(now) if isinstance(now, list) else now
    for operation in operations if isinstance(operations, list) else [operations]:
        for verb, what in operation.items():
            if verb == "set":
                value = what
            elif verb == "add" and (value is None or isinstance(value, list)):
                value = [*(value or []), *([what] if what not in (value or []) else [])]
            elif verb == "remove" and (value is None or isinstance(value, list)):
                value = [item for item in value or [] if item != what]
            else:
                errors[name] = f"Field does not support operation '{verb}'"
    return value


def documents_differ(before: Any, after: Any) -> bool:
    return bool((before or None) != (after or None))


def _item(name: str, before: Any, after: Any) -> Doc:
    custom = name.startswith("customfield_")
    return {
        "field": name,
        "fieldtype": "custom" if custom else "jira",
        "fieldId": name,
        "from": _key(before),
        "fromString": _shown(before),
        "to": _key(after),
        "toString": _shown(after),
    }


def _key(value: Any) -> str | None:
    if isinstance(value, dict):
        return documents.user_id(value) or (str(value["id"]) if value.get("id") is not None else None)
    return None


def _shown(value: Any) -> str | None:
    if value is None:
        return ""
    if isinstance(value, list):
        return " ".join(_shown(item) or "" for item in value)
    if isinstance(value, dict):
        return str(value.get("displayName") or value.get("name") or value.get("value") or "")
    return str(value)
