"""What the edit screens offer: ``editmeta`` of one issue, and the fields many issues can be edited by.

(developer.atlassian.com, Jira Cloud platform v3, "Get edit issue metadata", "Get bulk editable fields")
"""

import json
import sqlite3
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from supportctl.sandbox.jira import entities
from supportctl.sandbox.jira.call import BulkError, Call, route
from supportctl.sandbox.jira.edits import applies, components
from supportctl.sandbox.jira.reads import must
from supportctl.sandbox.jira.search import row_of
from supportctl.sandbox.store import Store

Doc = dict[str, Any]
_OPERATIONS = {"labels": ["add", "set", "remove"], "components": ["add", "set", "remove"], "comment": ["add", "edit"]}
_EDITABLE = (
    "summary",
    "description",
    "labels",
    "priority",
    "components",
    "issuetype",
    "assignee",
    "reporter",
    "duedate",
    "comment",
)
_CHOICES = {"priority": "priority", "issuetype": "issuetype"}
_PLATFORM_MADE = (":sd-sla-field", ":vp-origin", ":sd-request-feedback", ":sd-request-feedback-date")
PAGE = 50


def edit_fields(db: sqlite3.Connection, issue: Doc) -> dict[str, Doc]:
    """Field id to metadata of an issue. Not a whitelist: a resolution is accepted though it is not listed."""
    found = {}
    for field in entities.every(db, "field"):
        schema = field.get("schema") or {}
        custom = str(schema.get("custom", ""))
        if field["id"] not in _EDITABLE and (not custom or custom.endswith(_PLATFORM_MADE)):
            continue
        if not applies(db, field["id"], issue):
            continue
        entry: Doc = {
            "required": field["id"] in {"summary", "issuetype"},
            "schema": schema,
            "name": field["name"],
            "key": field["id"],
            "operations": _OPERATIONS.get(field["id"], ["set"]),
        }
        if field["id"] in _CHOICES:
            entry["allowedValues"] = entities.every(db, _CHOICES[field["id"]])
        elif field["id"] == "components":
            entry["allowedValues"] = components(db, issue)
        elif options := entities.options(db, field["id"]):
            entry["allowedValues"] = options
        found[field["id"]] = entry
    return found


def editmeta(call: Call) -> Response:
    with call.reading() as db:
        issue = json.loads(must(db, call.path["key"])["doc"])
        return call.answer({"fields": edit_fields(db, issue)})


def bulk_editable(call: Call) -> Response:
    """Fields that all the named issues can be edited by in bulk: labels, priority, assignee, and those with choices."""
    wanted = call.names("issueIdsOrKeys")
    if not wanted:
        raise BulkError(400, "The issueIdsOrKeys parameter is required.")
    with call.reading() as db:
        if any(row_of(db, name) is None for name in wanted):
            raise BulkError(400, "Some of the issues in the issueIdsOrKeys are not valid")
        priorities = entities.every(db, "priority")
        selects = [
            {
                "fieldOptions": [
                    {"id": each["id"], "value": each["value"]} for each in entities.options(db, bean["id"])
                ],
                "id": bean["id"],
                "isRequired": False,
                "name": bean["name"],
                "type": "select",
            }
            for bean in entities.every(db, "field")
            if str((bean.get("schema") or {}).get("custom", "")).endswith(":select")
        ]
    fields: list[Doc] = [
        {
            "id": "labels",
            "isRequired": False,
            "multiSelectFieldOptions": ["ADD", "REMOVE", "REPLACE", "REMOVE_ALL"],
            "name": "Labels",
            "searchUrl": f"{call.base}/rest/api/3/label?query=",
            "type": "labels",
        },
        {
            "fieldOptions": [{"id": each["id"], "priority": each["name"]} for each in priorities],
            "id": "priority",
            "isRequired": False,
            "name": "Priority",
            "type": "priority",
        },
        {"id": "assignee", "isRequired": False, "name": "Assignee", "type": "assignee"},
        *selects,
    ]
    text = (call.text("searchText") or "").casefold()
    return call.answer({"fields": [field for field in fields if text in field["name"].casefold()][:PAGE]})


def routes(store: Store) -> list[BaseRoute]:
    api = "/rest/api/{v}"
    return [
        route(store, f"{api}/issue/{{key}}/editmeta", editmeta),
        route(store, f"{api}/bulk/issues/fields", bulk_editable),
    ]
