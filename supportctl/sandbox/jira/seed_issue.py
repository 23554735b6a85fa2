"""One record of the sample company as a Jira issue with comments, history, SLAs, links and attachments."""

import json
import sqlite3
from typing import TYPE_CHECKING, Any

from supportctl.sandbox import odd_files
from supportctl.sandbox.jira import documents, entities, sla, vocabulary
from supportctl.sandbox.jira.call import stamp
from supportctl.sandbox.jira.jql_dates import milliseconds
from supportctl.sandbox.jira.schema import SITE
from supportctl.sandbox.jira.words import words

if TYPE_CHECKING:
    from supportctl.sandbox.records import Company, FieldChange, Message, Record

SECURED = 29
"""Every issue whose number is a multiple of this has a security level."""
_DONE = {"resolved", "closed", "cancelled"}
_LEVELS = ("High", "Medium", "Low")


def project_of(record: "Record") -> str:
    return "HILFE" if record.language == "de" else "SUP"


def issue_id(record: "Record") -> int:
    return 10000 + record.number


def request_type_id(project: str, kind: str) -> str:
    desk = vocabulary.PROJECTS[project][2]
    return f"{desk}{list(vocabulary.REQUEST_TYPES).index(kind) + 1}"


def option(value: Any) -> dict[str, Any] | None:
    """An option of a select field, its id made from the text."""
    if value is None:
        return None
    number = 20000 + sum(place * ord(letter) for place, letter in enumerate(str(value), 1)) % 9973
    return {"self": f"{SITE}/rest/api/3/customFieldOption/{number}", "value": str(value), "id": str(number)}


class Maker:
    """Adds issues; ids of comments, histories and attachments count on from what is there."""

    def __init__(self, db: sqlite3.Connection, company: "Company", people: dict[int, dict[str, Any]]) -> None:
        self.db = db
        self.company = company
        self.people = people
        self.groups = {group.id: group.name for group in company.groups}
        self.organizations = {
            organization.id: entities.get(db, "organization", str(organization.id))
            for organization in company.organizations
        }
        self.records = {record.number: record for record in company.records}
        self.statuses = {doc["id"]: doc for doc in entities.every(db, "status")}
        self.next = {
            table: db.execute(f"SELECT COALESCE(max(id), 29999) + 1 FROM {table}").fetchone()[0]  # noqa: S608
            for table in ("jira_comment", "jira_history", "jira_attachment", "jira_link")
        }

    def number(self, table: str) -> int:
        self.next[table] += 1
        return int(self.next[table]) - 1

    def status(self, record: "Record", state: str) -> dict[str, Any]:
        return self.statuses[vocabulary.status_id(project_of(record), state)]

    def resolution(self, record: "Record") -> dict[str, Any] | None:
        if record.closure_code is None:
            return None
        return entities.get(self.db, "resolution", entities.ids(self.db, "resolution", record.closure_code)[0])

    def add(self, record: "Record") -> None:
        project = project_of(record)
        issue = issue_id(record)
        rank = int(record.priority[1:]) if record.priority else None
        status = self.status(record, record.status)
        reporter = self.people[record.requester]
        attachments = self._attachments(record)
        moved = [change.at for change in record.history if change.field == "status"]
        fields: dict[str, Any] = {
            "statuscategorychangedate": stamp(max(moved, default=record.created)),
            "issuetype": vocabulary.issue_type(record.kind),
            "project": {
                name: value
                for name, value in vocabulary.project(project).items()
                if name in {"self", "id", "key", "name", "projectTypeKey", "simplified", "avatarUrls"}
            },
            "status": status,
            "resolution": self.resolution(record),
            "resolutiondate": stamp(record.resolved) if record.resolved else None,
            "created": stamp(record.created),
            "updated": stamp(record.updated),
            "duedate": record.due.date().isoformat() if record.due else None,
            "priority": vocabulary.priority(rank) if rank else None,
            "labels": list(record.tags),
            "components": [],
            "assignee": self.people[record.assignee] if record.assignee else None,
            "reporter": reporter,
            "creator": reporter,
            "summary": record.title,
            "description": record.description or None,
            "environment": None,
            "security": vocabulary.security_level(*vocabulary.STAFF_ONLY) if record.number % SECURED == 0 else None,
            "versions": [],
            "fixVersions": [],
            "subtasks": [],
            "issuelinks": [],
            "attachment": attachments,
            "comment": documents.COMMENT_ROWS,
            "worklog": {"startAt": 0, "maxResults": 20, "total": 0, "worklogs": []},
            "watches": {
                "self": f"{SITE}/rest/api/3/issue/{project}-{record.number}/watchers",
                "watchCount": 1,
                "isWatching": False,
            },
            vocabulary.ORGANIZATIONS: [self.organizations[record.organization]] if record.organization else [],
            vocabulary.PARTICIPANTS: [],
            vocabulary.REQUEST_TYPE: self._request_type(record, project, status, max(moved, default=record.created)),
            vocabulary.IMPACT: option(_LEVELS[record.impact - 1]) if record.impact else None,
            vocabulary.URGENCY: option(_LEVELS[record.urgency - 1]) if record.urgency else None,
            vocabulary.CATEGORY: option(record.category),
            vocabulary.SUBCATEGORY: option(record.subcategory),
            vocabulary.SERVICE: option(record.service),
            vocabulary.GROUP: self._group(record.group),
            vocabulary.NOTES: record.resolution_notes,
            vocabulary.CHANNEL: option(record.channel),
            vocabulary.ASSET: record.ci,
            vocabulary.SATISFACTION: None,
            vocabulary.SATISFACTION_DATE: None,
        }
        if record.satisfaction:
            fields[vocabulary.SATISFACTION] = {"rating": _stars(record.satisfaction[0])}
            if record.satisfaction[1]:
                fields[vocabulary.SATISFACTION]["comment"] = {"body": record.satisfaction[1]}
            fields[vocabulary.SATISFACTION_DATE] = stamp(record.updated)
        for name, field in (
            ("first_response", vocabulary.FIRST_RESPONSE),
            ("resolution", vocabulary.RESOLUTION_TIME),
        ):
            clocks = [clock for clock in record.clocks if clock.name == name]
            fields[field] = sla.field(str(issue), name, clocks, self.company.now) if clocks else None
        for field, kinds in vocabulary.CONTEXTS.items():
            if record.kind not in kinds:
                del fields[field]
        documents.index(self.db, {"id": str(issue), "key": f"{project}-{record.number}", "fields": fields})
        if project != next(iter(vocabulary.PROJECTS)):
            # raised in the first project and moved: the old key still leads here
            old = f"{next(iter(vocabulary.PROJECTS))}-{record.number}"
            self.db.execute("INSERT OR REPLACE INTO jira_alias VALUES (?, ?)", (old, issue))
        for message in record.messages:
            self._comment(issue, message)
        self._history(record)

    def _group(self, group: int | None) -> dict[str, Any] | None:
        if group is None:
            return None
        return {
            "name": self.groups[group],
            "groupId": f"00000000-0000-4000-9000-{group:012d}",
            "self": f"{SITE}/rest/api/3/group?groupId=00000000-0000-4000-9000-{group:012d}",
        }

    def _request_type(
        self, record: "Record", project: str, status: dict[str, Any], since: Any
    ) -> dict[str, Any] | None:
        if record.kind not in vocabulary.REQUEST_TYPES:
            return None
        issue, desk = issue_id(record), vocabulary.PROJECTS[project][2]
        return {
            "_links": {
                "jiraRest": f"{SITE}/rest/api/2/issue/{issue}",
                "web": f"{SITE}/servicedesk/customer/portal/{desk}/{project}-{record.number}",
                "agent": f"{SITE}/browse/{project}-{record.number}",
                "self": f"{SITE}/rest/servicedeskapi/request/{issue}",
            },
            "requestType": entities.get(self.db, "requesttype", request_type_id(project, record.kind)),
            "currentStatus": {
                "status": status["name"],
                "statusCategory": status["statusCategory"]["key"].upper(),
                "statusDate": sla.date(since),
            },
        }

    def _attachments(self, record: "Record") -> list[dict[str, Any]]:
        found = []
        files = [(message, file) for message in record.messages for file in message.files]
        for message, file in files:
            number = self.number("jira_attachment")
            doc = {
                "self": f"{SITE}/rest/api/3/attachment/{number}",
                "id": str(number),
                "filename": file.name,
                "author": self.people[message.author],
                "created": stamp(message.at),
                "size": odd_files.told_size(file.content, file.fate),
                "mimeType": file.media,
                "content": f"{SITE}/rest/api/3/attachment/content/{number}",
            }
            self.db.execute(
                "INSERT INTO jira_attachment VALUES (?, ?, ?, ?, ?)",
                (number, issue_id(record), file.media, json.dumps(doc, ensure_ascii=False), file.content),
            )
            odd_files.plant(self.db, "jsm", number, file.fate)
            found.append(doc)
        return found

    def _comment(self, issue: int, message: "Message") -> None:
        number = self.number("jira_comment")
        author = self.people[message.author]
        doc = {
            "self": f"{SITE}/rest/api/3/issue/{issue}/comment/{number}",
            "id": str(number),
            "author": author,
            "body": message.text,
            "updateAuthor": author,
            "created": stamp(message.at),
            "updated": stamp(message.at),
            "jsdPublic": message.public,
            "properties": [] if message.public else [{"key": "sd.public.comment", "value": {"internal": True}}],
        }
        self.db.execute(
            "INSERT INTO jira_comment VALUES (?, ?, ?, ?, ?)",
            (number, issue, milliseconds(message.at), words(message.text), json.dumps(doc, ensure_ascii=False)),
        )

    def _history(self, record: "Record") -> None:
        entries: dict[tuple[Any, int], list[FieldChange]] = {}
        for change in record.history:
            entries.setdefault((change.at, change.actor), []).append(change)
        for (at, actor), changes in entries.items():
            items = [item for change in changes for item in self._items(record, change)]
            documents.write_history(
                self.db, issue_id(record), self.people[actor], milliseconds(at), items, self.number("jira_history")
            )

    def _items(self, record: "Record", change: "FieldChange") -> list[dict[str, Any]]:
        before, after = (
            self._value(record, change.field, change.before),
            self._value(record, change.field, change.after),
        )
        name = {"tags": "labels", "group": vocabulary.GROUP, "category": vocabulary.CATEGORY}.get(
            change.field, change.field
        )
        custom = name.startswith("customfield_")
        items = [
            {
                "field": {"group": "Support group", "category": "Category"}.get(change.field, name),
                "fieldtype": "custom" if custom else "jira",
                "fieldId": name,
                "from": before[0],
                "fromString": before[1],
                "to": after[0],
                "toString": after[1],
            }
        ]
        if change.field == "status" and (change.before in _DONE) != (change.after in _DONE):
            resolution = self.resolution(record) or entities.get(self.db, "resolution", "10000") or {}
            pair = (resolution["id"], resolution["name"])
            old, new = (pair, (None, None)) if change.before in _DONE else ((None, None), pair)
            items.append(
                {
                    "field": "resolution",
                    "fieldtype": "jira",
                    "fieldId": "resolution",
                    "from": old[0],
                    "fromString": old[1],
                    "to": new[0],
                    "toString": new[1],
                }
            )
        return items

    def _value(self, record: "Record", field: str, value: str | None) -> tuple[str | None, str | None]:
        """Id and text of a changed value, as the history writes them."""
        if value is None:
            return None, None
        if field == "status":
            status = self.status(record, value)
            return status["id"], status["name"]
        if field == "priority":
            return value[1:], vocabulary.PRIORITIES[int(value[1:]) - 1]
        if field == "assignee":
            person = self.people[int(value)]
            return person["accountId"], person["displayName"]
        if field == "group":
            return value, self.groups.get(int(value), value)
        return None, value.replace(",", " ") if field == "tags" else value

    def link(self, record: "Record") -> None:
        """Links to the tickets this one names; all of them must have been added."""
        for name, other in (
            ("10002", record.duplicate_of),
            ("10004", record.problem),
            ("10003", record.parent),
        ):
            if other is None or other not in self.records:
                continue
            source, target = issue_id(record), issue_id(self.records[other])
            if name == "10004":
                source, target = target, source
            self.db.execute(
                "INSERT OR IGNORE INTO jira_link VALUES (?, ?, ?, ?)",
                (self.number("jira_link"), name, source, target),
            )


def _stars(score: str) -> int:
    return {"good": 5, "bad": 1, "1": 1, "2": 2, "3": 3, "4": 4, "5": 5}.get(score, 3)
