"""The sample company as a Jira site."""

import json
import re
import sqlite3
from typing import TYPE_CHECKING, Any

from supportctl.sandbox.jira import engineering, entities, seed_issue, vocabulary
from supportctl.sandbox.jira.schema import SITE

if TYPE_CHECKING:
    from supportctl.sandbox.records import Company, Person
    from supportctl.sandbox.store import Store


def account_id(person: int) -> str:
    return f"712020:00000000-0000-4000-8000-{person:012d}"


def user(person: "Person") -> dict[str, Any]:
    """A person as Jira shows them."""
    id_ = account_id(person.id)
    avatar = f"{SITE}/secure/useravatar?ownerId={person.id}"
    return {
        "self": f"{SITE}/rest/api/3/user?accountId={id_}",
        "accountId": id_,
        "accountType": "customer" if person.role == "end_user" else "app" if person.role == "bot" else "atlassian",
        "emailAddress": person.email,
        "avatarUrls": {size: f"{avatar}&size={size}" for size in ("48x48", "32x32", "24x24", "16x16")},
        "displayName": person.name,
        "active": person.active,
        "timeZone": person.time_zone,
    }


def key(record: Any) -> str:
    """``SUP-12``, or ``HILFE-13`` for tickets in German: the number is the record's own in both projects."""
    return f"{seed_issue.project_of(record)}-{record.number}"


def seed(store: "Store", company: "Company") -> None:
    """Add the company: configuration, people, and an issue for every record."""
    with store.write() as db:
        _configuration(db)
        for person in company.people:
            entities.put(db, "user", user(person), id=account_id(person.id))
        for organization in company.organizations:
            entities.put(
                db,
                "organization",
                {
                    "id": str(organization.id),
                    "name": organization.name,
                    "_links": {"self": f"{SITE}/rest/servicedeskapi/organization/{organization.id}"},
                },
            )
        for code in sorted({record.closure_code for record in company.records if record.closure_code}):
            if not entities.ids(db, "resolution", code):
                number = 10000 + len(entities.every(db, "resolution"))
                entities.put(db, "resolution", vocabulary.resolution(number, code), rank=number)
        people = {person.id: user(person) for person in company.people}
        maker = seed_issue.Maker(db, company, people)
        for record in company.records:
            maker.add(record)
        for record in company.records:
            maker.link(record)
        for field in vocabulary.SELECTS:
            path = f"$.fields.{field}"
            rows = db.execute("SELECT DISTINCT json_extract(doc, ?) FROM jira_issue", (path,)).fetchall()
            for value in rows:
                if value[0] is not None:
                    entities.put_option(db, field, json.loads(value[0]))


LIMITED = 9_001
"""Number of the person who browses one project only and is in no security level."""


def _limited(db: sqlite3.Connection) -> None:
    id_ = account_id(LIMITED)
    doc = {
        "self": f"{SITE}/rest/api/3/user?accountId={id_}",
        "accountId": id_,
        "accountType": "atlassian",
        "emailAddress": "limited@harborlight.example",
        "displayName": "Limited Agent",
        "active": True,
        "timeZone": "Europe/Oslo",
    }
    entities.put(db, "user", doc, id=id_)
    entities.put(db, "access", {"projects": [next(iter(vocabulary.PROJECTS))], "levels": []}, id=id_)


def _configuration(db: sqlite3.Connection) -> None:
    _limited(db)
    for number, project in enumerate(vocabulary.PROJECTS):
        entities.put(db, "project", vocabulary.project(project), id=project, rank=number)
        _desk(db, project)
        for id_, name in vocabulary.COMPONENTS[project]:
            entities.put(db, "component", vocabulary.component(project, id_, name))
    for rank, name in enumerate(vocabulary.PRIORITIES, 1):
        entities.put(db, "priority", {**vocabulary.priority(rank), "isDefault": name == "Medium"}, rank=rank)
    for number, name in enumerate(vocabulary.RESOLUTIONS, 10000):
        entities.put(db, "resolution", vocabulary.resolution(number, name), rank=number)
    for rank, link in enumerate(vocabulary.LINK_TYPES):
        entities.put(db, "linktype", vocabulary.link_type(*link), rank=rank)
    for rank, kind in enumerate(vocabulary.ISSUE_TYPES):
        entities.put(db, "issuetype", vocabulary.issue_type(kind), rank=rank)
    for rank, status in enumerate(vocabulary.statuses()):
        entities.put(db, "status", status, rank=rank)
    engineering.seed(db)
    for rank, field in enumerate(vocabulary.fields()):
        entities.put(db, "field", field, rank=rank)
    for id_, asked in vocabulary.transition_screens().items():
        entities.put(db, "screen", {"fields": asked}, id=id_)
    for id_, kinds in vocabulary.CONTEXTS.items():
        entities.put(db, "context", {"issueTypes": [vocabulary.ISSUE_TYPES[kind][0] for kind in kinds]}, id=id_)
    for number, (name, jql) in enumerate(
        (
            ("All open tickets", "resolution = Unresolved ORDER BY created ASC"),
            ("Unassigned and open", "assignee is EMPTY AND statusCategory != Done ORDER BY created ASC"),
            ("Breached resolution", '"Time to resolution" = breached() AND statusCategory != Done ORDER BY key ASC'),
        ),
        10000,
    ):
        entities.put(
            db,
            "filter",
            {
                "self": f"{SITE}/rest/api/3/filter/{number}",
                "id": str(number),
                "name": name,
                "description": "",
                "jql": jql,
                "viewUrl": f"{SITE}/issues/?filter={number}",
                "searchUrl": f"{SITE}/rest/api/3/search/jql?jql={re.sub(' ', '+', jql)}",
                "favourite": True,
                "sharePermissions": [
                    {"id": number, "type": "authenticated"}
                    if number < 10002
                    else {"id": number, "type": "project", "project": vocabulary.project(list(vocabulary.PROJECTS)[1])}
                ],
            },
        )


def _desk(db: sqlite3.Connection, project: str) -> None:
    number, name, desk = vocabulary.PROJECTS[project]
    self = f"{SITE}/rest/servicedeskapi/servicedesk/{desk}"
    entities.put(
        db,
        "servicedesk",
        {
            "id": desk,
            "projectId": number,
            "projectName": name,
            "projectKey": project,
            "_links": {"self": self},
        },
    )
    queues = (
        ("All open", f"project = {project} AND resolution = Unresolved ORDER BY created ASC"),
        ("Unassigned", f"project = {project} AND assignee is EMPTY AND resolution = Unresolved ORDER BY created ASC"),
        ("Waiting for us", f"project = {project} AND statusCategory = new ORDER BY priority DESC, created ASC"),
        (
            "Overdue",
            f'project = {project} AND resolution = Unresolved AND "Time to resolution" = breached() ORDER BY key ASC',
        ),
    )
    for place, (title, jql) in enumerate(queues, 1):
        id_ = f"{desk}{place}"
        entities.put(
            db,
            "queue",
            {
                "id": id_,
                "name": title,
                "jql": jql,
                "fields": ["issuetype", "issuekey", "summary", "reporter", "assignee", "status", "created"],
                "_links": {"self": f"{self}/queue/{id_}"},
            },
        )
    for place, (kind, title) in enumerate(vocabulary.REQUEST_TYPES.items(), 1):
        id_ = seed_issue.request_type_id(project, kind)
        entities.put(
            db,
            "requesttype",
            {
                "_expands": ["field"],
                "id": id_,
                "_links": {"self": f"{self}/requesttype/{id_}"},
                "name": title,
                "description": "",
                "helpText": "",
                "issueTypeId": vocabulary.ISSUE_TYPES[kind][0],
                "serviceDeskId": desk,
                "portalId": desk,
                "groupIds": [str(place)],
            },
        )
