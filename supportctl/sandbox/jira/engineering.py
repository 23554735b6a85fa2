"""The developers' project of the sample site: bugs in a plain workflow, no service desk before it."""

import sqlite3
from typing import Any

from supportctl.sandbox.jira import entities, vocabulary
from supportctl.sandbox.jira.schema import SITE

KEY, NUMBER, NAME = "ENG", "10002", "Engineering"
BUG, TASK = ("10020", "Bug"), ("10021", "Engineering task")
STATUSES = (("10031", "To Do", "new"), ("10032", "In Progress", "indeterminate"), ("10033", "Done", "done"))


def seed(db: sqlite3.Connection) -> None:
    project = {**vocabulary.project(next(iter(vocabulary.PROJECTS))), "projectTypeKey": "software"}
    self = f"{SITE}/rest/api/3/project/{NUMBER}"
    project |= {"self": self, "id": NUMBER, "key": KEY, "name": NAME}
    entities.put(db, "project", project, id=KEY, rank=len(vocabulary.PROJECTS))
    for rank, (id_, name) in enumerate((BUG, TASK), len(vocabulary.ISSUE_TYPES)):
        own = {"self": f"{SITE}/rest/api/3/issuetype/{id_}", "id": id_, "name": name}
        entities.put(db, "issuetype", {**vocabulary.issue_type("other"), **own}, rank=rank)
    for rank, (id_, name, category) in enumerate(STATUSES, len(vocabulary.statuses())):
        entities.put(db, "status", _status(id_, name, category), rank=rank)
    entities.put(db, "creating", {"name": KEY, "issueTypes": [BUG[0], TASK[0]]}, id=KEY)
    for key in vocabulary.PROJECTS:
        own_types = [id_ for id_, _ in vocabulary.ISSUE_TYPES.values()]
        entities.put(db, "creating", {"name": key, "issueTypes": own_types}, id=key)


def _status(id_: str, name: str, category: str) -> dict[str, Any]:
    return {
        "self": f"{SITE}/rest/api/3/status/{id_}",
        "description": "",
        "iconUrl": f"{SITE}/images/icons/statuses/generic.png",
        "name": name,
        "untranslatedName": name,
        "id": id_,
        "statusCategory": vocabulary.CATEGORIES[category],
        "scope": {"type": "PROJECT", "project": {"id": NUMBER}},
    }
