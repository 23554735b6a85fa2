"""People as Data Center shows and takes them: by user name and key, where Cloud has account ids.

The people are those of the Cloud site. User names are what comes before the ``@`` of an address, for portal customers
the address itself; keys are made as since Jira 8.4 (``JIRAUSER10012``). People of loaded issues that have a name or
key of their own keep them.
"""

import re
import sqlite3
from typing import Any
from urllib.parse import quote

from supportctl.sandbox.jira import entities
from supportctl.sandbox.jira.documents import user_id
from supportctl.sandbox.jira.schema import SITE

Doc = dict[str, Any]
_NUMBERED = re.compile(r"712020:[0-9-]*-(\d{12})")
_FIRST_KEY = 10_000
_KEPT = ("emailAddress", "avatarUrls", "displayName", "active", "timeZone")


def username(user: Doc) -> str:
    if user.get("name"):
        return str(user["name"])
    address = str(user.get("emailAddress") or "")
    if not address:
        return str(user.get("key") or user.get("accountId") or "")
    return address if user.get("accountType") == "customer" else address.partition("@")[0]


def key(user: Doc) -> str:
    """What never changes about a person, though the user name may."""
    if user.get("key"):
        return str(user["key"])
    numbered = _NUMBERED.fullmatch(str(user.get("accountId") or ""))
    return f"JIRAUSER{_FIRST_KEY + int(numbered[1])}" if numbered else username(user)


def shown(user: Doc) -> Doc:
    """A user document of Cloud as Data Center writes it."""
    name = username(user)
    more = {field: user[field] for field in _KEPT if field in user}
    rest = {field: value for field, value in user.items() if field not in {*_KEPT, "accountId", "accountType"}}
    self = f"{SITE}/rest/api/2/user?username={quote(name)}"
    return {"self": self, "key": key(user), "name": name, **more, **(rest | {"self": self})}


def named(db: sqlite3.Connection, text: str) -> list[str]:
    """Ids of the people that ``text`` names: user name, address or full name, in any case."""
    wanted = text.casefold()
    found = [
        (user_id(doc), [username(doc), str(doc.get("emailAddress") or ""), str(doc.get("displayName") or "")])
        for doc in entities.every(db, "user")
    ]
    for place in range(3):
        ids = [id_ for id_, texts in found if id_ is not None and texts[place].casefold() == wanted]
        if ids:
            return ids
    return []


def find(db: sqlite3.Connection, name: str | None = None, key_: str | None = None) -> Doc | None:
    """The person with that user name (in any case) or key."""
    for doc in entities.every(db, "user"):
        if (name is not None and username(doc).casefold() == name.casefold()) or (
            key_ is not None and key(doc) == key_
        ):
            return doc
    return None


def taken(db: sqlite3.Connection, given: Doc) -> Doc:
    """An edit's or transition's body with the people in it named as the shared code names them."""
    fields, update = given.get("fields"), given.get("update")
    for field in ("assignee", "reporter"):
        if isinstance(fields, dict) and isinstance(fields.get(field), dict):
            fields[field] = reference(db, fields[field])
        operations = update.get(field) if isinstance(update, dict) else None
        for operation in operations if isinstance(operations, list) else ():
            if isinstance(operation, dict) and isinstance(operation.get("set"), dict):
                operation["set"] = reference(db, operation["set"])
    return given


def reference(db: sqlite3.Connection, given: Doc) -> Doc | None:
    """``{"name"}`` or ``{"key"}`` as the shared code names people; None for nobody."""
    name = given.get("name")
    if "name" in given and (name is None or name == ""):
        return None
    doc = find(db, str(name)) if name is not None else find(db, key_=str(given.get("key") or ""))
    # Account ids are nothing to Data Center; an empty one is nobody's.
    return {"name": name, "accountId": ""} if doc is None else {"accountId": user_id(doc)}
