"""The fields JQL knows, and how each is kept."""

import re
import sqlite3
from dataclasses import dataclass, replace

from supportctl.sandbox.jira import entities
from supportctl.sandbox.jira.jql import JqlError

_EQUAL = frozenset({"=", "!=", "in", "not in"})
_EMPTY = frozenset({"is", "is not"})
_LESS = frozenset({"<", "<=", ">", ">="})
_LIKE = frozenset({"~", "!~"})


@dataclass(frozen=True, slots=True)
class Field:
    """``kind`` chooses the translation; ``column`` is a column of ``i`` or a field name in jira_value or jira_sla."""

    name: str
    kind: str
    column: str
    operators: frozenset[str]
    entity: str = ""
    sort: tuple[str, ...] = ()
    descending: bool = False


def _by_name(kind: str, column: str) -> str:
    return f"COALESCE((SELECT e.name FROM jira_entity e WHERE e.kind = '{kind}' AND e.id = {column}), '')"  # noqa: S608


def _multi(name: str, entity: str = "") -> Field:
    sort = f"COALESCE((SELECT min(v.value) FROM jira_value v WHERE v.issue = i.id AND v.field = '{name}'), '')"  # noqa: S608
    return Field(name, "multi", name, _EQUAL | _EMPTY, entity, (sort,))


_PROJECT = Field("project", "entity", "i.project", _EQUAL | _EMPTY, "project", ("i.project",))
_KEY = Field("key", "key", "i.id", _EQUAL | _LESS, sort=("i.project", "i.number"))
_ASSIGNEE = Field("assignee", "entity", "i.assignee", _EQUAL | _EMPTY, "user", (_by_name("user", "i.assignee"),))
_RESOLVED = Field("resolved", "date", "i.resolved", _EQUAL | _EMPTY | _LESS, sort=("COALESCE(i.resolved, 0)",))
_DUE = Field("due", "date", "i.due", _EQUAL | _EMPTY | _LESS, sort=("COALESCE(i.due, '')",))
_TYPE = Field(
    "issuetype", "entity", "i.issuetype", _EQUAL | _EMPTY, "issuetype", (_by_name("issuetype", "i.issuetype"),)
)
_CREATED = Field("created", "date", "i.created", _EQUAL | _LESS | _EMPTY, sort=("i.created",), descending=True)
_UPDATED = replace(_CREATED, name="updated", column="i.updated", sort=("i.updated",))
_SUMMARY = Field("summary", "text", "i.summary_words", _LIKE | _EMPTY, sort=("lower(i.summary)",))

SYSTEM: dict[str, Field] = {
    "project": _PROJECT,
    "key": _KEY,
    "issuekey": _KEY,
    "issue": _KEY,
    "id": replace(_KEY, sort=("i.id",)),
    "status": Field("status", "entity", "i.status", _EQUAL | _EMPTY, "status", (_by_name("status", "i.status"),)),
    "statuscategory": Field("statusCategory", "category", "i.category", _EQUAL, sort=("COALESCE(i.category, '')",)),
    "resolution": Field(
        "resolution", "entity", "i.resolution", _EQUAL | _EMPTY, "resolution", (_by_name("resolution", "i.resolution"),)
    ),
    # the first priority is the highest and sorts above the others
    "priority": Field("priority", "entity", "i.priority", _EQUAL | _EMPTY | _LESS, "priority", ("-i.rank",), True),
    "assignee": _ASSIGNEE,
    "reporter": replace(_ASSIGNEE, name="reporter", column="i.reporter", sort=(_by_name("user", "i.reporter"),)),
    "issuetype": _TYPE,
    "type": _TYPE,
    "created": _CREATED,
    "createddate": _CREATED,
    "updated": _UPDATED,
    "updateddate": _UPDATED,
    "resolved": _RESOLVED,
    "resolutiondate": _RESOLVED,
    "due": _DUE,
    "duedate": _DUE,
    "summary": _SUMMARY,
    "description": Field("description", "text", "i.description_words", _LIKE | _EMPTY),
    "comment": Field("comment", "text", "''", _LIKE),
    "text": Field("text", "text", "(i.summary_words || i.description_words)", _LIKE),
    "labels": _multi("labels"),
    "component": _multi("component", "component"),
    "attachments": replace(_multi("attachments"), operators=_EMPTY),
    "issuelinktype": _multi("issuelinktype"),
    "parent": _multi("parent"),
}


def field_named(name: str, db: sqlite3.Connection) -> Field:
    """The field of that name, ``cf[10010]``, ``customfield_10010`` or custom name; `JqlError` when there is none."""
    lowered = name.casefold()
    known = SYSTEM.get(lowered)
    if known is not None:
        return known
    number = re.fullmatch(r"cf\[(\d+)\]|customfield_(\d+)", lowered)
    if number:
        found = [f"customfield_{number.group(1) or number.group(2)}"]
    else:
        found = [
            doc["id"] for doc in entities.every(db, "field") if doc.get("custom") and doc["name"].casefold() == lowered
        ]
    for id_ in found:
        doc = entities.get(db, "field", id_)
        if doc is None:
            continue
        custom = str((doc.get("schema") or {}).get("custom", ""))
        if custom.endswith(":sd-sla-field"):
            left = f"COALESCE((SELECT s.remaining FROM jira_sla s WHERE s.issue = i.id AND s.field = '{id_}'), 1e15)"  # noqa: S608
            return Field(id_, "sla", id_, frozenset({"=", "!="}) | _EMPTY | _LESS, sort=(left,))
        entity = {"sd-customer-organizations": "organization", "vp-origin": "requesttype"}.get(
            custom.split(":")[-1], ""
        )
        operators = _LIKE | _EMPTY if custom.endswith((":textarea", ":textfield")) else _EQUAL | _EMPTY
        return replace(_multi(id_, entity), operators=operators)
    raise JqlError(f"Field '{name}' does not exist or you do not have permission to view it.")
