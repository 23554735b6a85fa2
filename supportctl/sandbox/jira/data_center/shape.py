"""Documents of the Cloud site as Data Center writes them.

By the shapes of real Server and Data Center answers: people by name and key, version 2 addresses, attachments under
``/secure/attachment``, no ``fieldId`` in change histories, and none of what only Cloud tells.
"""

import sqlite3
from typing import Any
from urllib.parse import quote

from supportctl.sandbox.jira import entities
from supportctl.sandbox.jira.data_center import people
from supportctl.sandbox.jira.schema import SITE

Doc = dict[str, Any]
EXPAND = "operations,editmeta,changelog,transitions,renderedFields"
"""What an issue says it can be expanded by."""

_CLOUD_ONLY = frozenset(
    {
        "statuscategorychangedate",
        "jsdPublic",
        "jsdAuthorCanSeeRequest",
        "slaDisplayFormat",
        "hierarchyLevel",
        "untranslatedName",
        "simplified",
        "style",
        "isPrivate",
        "hasScreen",
        "isGlobal",
        "isInitial",
        "isAvailable",
        "isConditional",
        "isLooped",
    }
)
_AS_THEY_ARE = frozenset({"properties", "labels"})
"""Members whose values are other people's business."""


class Shaper:
    """One answer's worth of shaping; people are looked up once."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._keys: dict[str, str] = {}

    def __call__(self, value: Any) -> Any:
        if isinstance(value, dict):
            return self._object(value)
        if isinstance(value, list):
            return [self(item) for item in value]
        return _address(value) if isinstance(value, str) and value.startswith(SITE) else value

    def _object(self, value: Doc) -> Doc:
        if "accountId" in value:
            return people.shown({name: item for name, item in value.items() if name != "self"})
        if "fieldtype" in value:
            return self._change(value)
        found = {
            name: item if name in _AS_THEY_ARE else self(item)
            for name, item in value.items()
            if name not in _CLOUD_ONLY
        }
        if "filename" in value and "content" in value:
            found["content"] = f"{SITE}/secure/attachment/{value['id']}/{quote(str(value['filename']), safe='')}"
        elif "groupId" in value:
            found.pop("groupId")
            found["self"] = f"{SITE}/rest/api/2/group?groupname={quote(str(value.get('name')))}"
        elif "clauseNames" in value:
            found.pop("key", None)
            found.pop("scope", None)
        elif "statusCategory" in value:
            found.pop("scope", None)
        elif "expand" in value and "key" in value and "self" in value:
            found["expand"] = EXPAND
        return found

    def _change(self, item: Doc) -> Doc:
        found = {name: value for name, value in item.items() if name != "fieldId"}
        if item.get("field") in {"assignee", "reporter"}:
            for end in ("from", "to"):
                found[end] = self._key(found.get(end))
        return found

    def _key(self, id_: Any) -> Any:
        if not isinstance(id_, str):
            return id_
        if id_ not in self._keys:
            doc = entities.get(self._db, "user", id_)
            self._keys[id_] = people.key(doc) if doc is not None else id_
        return self._keys[id_]


def _address(text: str) -> str:
    return text.replace(f"{SITE}/rest/api/3/", f"{SITE}/rest/api/2/", 1).replace("/search/jql?jql=", "/search?jql=", 1)
