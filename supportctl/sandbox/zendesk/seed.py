"""The sample company as a Zendesk account."""

import sqlite3
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from supportctl.sandbox import odd_files
from supportctl.sandbox.records import Company, FieldChange, Message, Person, Record
from supportctl.sandbox.store import Store
from supportctl.sandbox.zendesk import configuration, documents, fates, forgotten, measures, merge, names, tables
from supportctl.sandbox.zendesk.threads import attachment_doc

_RULES = {
    "status": (names.VIEW + 501, "Close solved tickets", "automation"),
    "group": (names.VIEW + 502, "Route by category", "trigger"),
}
_ACKNOWLEDGE = (names.VIEW + 503, "Notify requester of received request", "trigger")


def prepare(connection: sqlite3.Connection, created: datetime) -> None:
    """Make sure that the account is configured; what is there stays."""
    if connection.execute("SELECT 1 FROM zd_config LIMIT 1").fetchone() is None:
        tables.put_config(connection, configuration.rows(names.stamp(created)))


def seed(store: Store, company: Company) -> None:
    """Add a company. The sample company, which has planted truth, brings tickets that lists do not show as well."""
    with store.write() as connection:
        since = company.now - timedelta(days=400)
        prepare(connection, since)
        _directory(connection, company, names.stamp(since))
        people = {person.id: person for person in company.people}
        problems = {record.problem for record in company.records if record.problem is not None}
        for record in company.records:
            _Seeder(connection, people, record, company.now).run(has_incidents=record.number in problems)
        for record, deleted in forgotten.tickets(company) if company.truth else ():
            _Seeder(connection, people, record, company.now).run(has_incidents=False)
            if deleted is not None:
                fates.delete(connection, record.number, deleted)


def user_id(person: int | None) -> int | None:
    return None if person is None else names.USER + person


def _role(person: Person) -> str:
    return {"end_user": "end-user", "agent": "agent", "admin": "admin", "bot": "agent"}[person.role]


def _directory(connection: sqlite3.Connection, company: Company, created: str) -> None:
    for group in company.groups:
        doc = documents.group(names.GROUP + group.id, group.name, created)
        connection.execute(
            "INSERT OR REPLACE INTO zd_groups VALUES (?, ?, ?)", (doc["id"], group.name, names.dump(doc))
        )
    domains: dict[int, list[str]] = {}
    for person in company.people:
        if person.organization is not None:
            known = domains.setdefault(person.organization, [])
            domain = person.email.partition("@")[2]
            if domain not in known:
                known.append(domain)
    for organization in company.organizations:
        key = names.ORGANIZATION + organization.id
        doc = documents.organization(key, organization.name, created, domains.get(organization.id, []))
        connection.execute(
            "INSERT OR REPLACE INTO zd_organizations VALUES (?, ?, ?)", (key, organization.name, names.dump(doc))
        )
    for person in company.people:
        employer = None if person.organization is None else names.ORGANIZATION + person.organization
        doc = documents.user(
            names.USER + person.id,
            person.name,
            person.email,
            _role(person),
            created,
            organization_id=employer,
            iana_time_zone=person.time_zone,
            time_zone=person.time_zone.rpartition("/")[2],
            locale=person.language if person.language != "en" else "en-US",
            suspended=not person.active,
            default_group_id=names.GROUP + person.groups[0] if person.groups else None,
            **documents.restriction(person.email),
            tags=["automation_account"] if person.role == "bot" else [],
        )
        tables.put_user(connection, doc)
        for group_number in (*person.groups, *documents.FIRST_LINE.get(person.email, ())):
            connection.execute(
                "INSERT OR REPLACE INTO zd_memberships VALUES (?, ?, ?)",
                (person.id * 100 + group_number, doc["id"], names.GROUP + group_number),
            )


def custom_values(record: Record) -> dict[int, Any]:
    """The record's portable values as custom field values (drop-down values are tags)."""
    found: dict[int, Any] = {}
    for field, value in (
        (names.CATEGORY, record.category),
        (names.SUBCATEGORY, record.subcategory),
        (names.ROOT_CAUSE, record.closure_code),
        (names.IMPACT, record.impact),
        (names.URGENCY, record.urgency),
        (names.SERVICE, record.service),
    ):
        if value is not None:
            found[field] = configuration.option_value(field, str(value))
    found[names.NOTES] = record.resolution_notes
    found[names.ASSET] = record.ci
    return found


class _Seeder:
    """Turns one record into a ticket with audits, comments, metrics, SLA and rating."""

    def __init__(
        self, connection: sqlite3.Connection, people: dict[int, Person], record: Record, now: datetime
    ) -> None:
        self.connection = connection
        self.people = people
        self.record = record
        self.now = now
        self.texts: list[str] = []

    def run(self, *, has_incidents: bool) -> None:
        record = self.record
        requester = self.people[record.requester]
        source = documents.via(record.channel, requester.email, requester.name)
        status = names.STATUS_FROM_MODEL[record.status]
        custom = custom_values(record)
        options = [str(custom[field]) for field in configuration.OPTIONS if custom.get(field)]
        doc = documents.ticket(
            record.number,
            record.created,
            via=source,
            updated_at=names.stamp(record.updated),
            generated_timestamp=names.epoch(record.updated),
            type=names.TYPE_FROM_MODEL.get(record.kind),
            subject=record.title,
            description=record.description,
            priority=names.PRIORITY_FROM_MODEL.get(record.priority or ""),
            status=status,
            recipient="support@harborlight.example" if record.channel == "email" else None,
            requester_id=user_id(record.requester),
            submitter_id=user_id(record.requester),
            assignee_id=user_id(record.assignee),
            organization_id=None if record.organization is None else names.ORGANIZATION + record.organization,
            group_id=None if record.group is None else names.GROUP + record.group,
            problem_id=record.problem,
            has_incidents=has_incidents,
            due_at=None if record.due is None else names.stamp(record.due),
            tags=sorted({*record.tags, *options}),
            custom=custom,
            custom_status_id=_custom_status(status, record.number),
        )
        self._rating(doc)
        self._creation(doc, source)
        self._history(self._steps())
        solved = record.resolved
        tables.put_ticket(self.connection, doc, solved=names.epoch(solved) if solved else None)
        tables.put_text(self.connection, record.number, record.title, record.description, "\n".join(self.texts))
        metric = measures.metric_set(record, self.people, self.now)
        self.connection.execute("INSERT OR REPLACE INTO zd_metrics VALUES (?, ?)", (record.number, names.dump(metric)))
        slas = measures.slas(record, self.now)
        self.connection.execute("INSERT OR REPLACE INTO zd_slas VALUES (?, ?)", (record.number, names.dump(slas)))

    def _rating(self, doc: dict[str, Any]) -> None:
        if self.record.satisfaction is None:
            return
        score, remark = self.record.satisfaction
        key = names.RATING + self.record.number
        at = names.stamp(self.record.updated)
        doc["satisfaction_rating"] = {"score": score, "id": key, "comment": remark, "reason": None}
        rating = {
            "id": key,
            "assignee_id": doc["assignee_id"],
            "group_id": doc["group_id"],
            "requester_id": doc["requester_id"],
            "ticket_id": doc["id"],
            "score": score,
            "comment": remark,
            "reason": None,
            "created_at": at,
            "updated_at": at,
        }
        tables.put_config(self.connection, [("satisfaction_rating", key, self.record.number, rating)])

    def _initial(self, field: str, current: str | None) -> str | None:
        """A field's value at creation: what the first change says it was, else what it is now."""
        for change in self.record.history:
            if change.field == field:
                return change.before
        return current

    def _creation(self, doc: dict[str, Any], source: dict[str, Any]) -> None:
        record = self.record
        audit_id = self._id()
        author = names.USER + record.requester
        first = documents.comment(
            self._id(), audit_id, author, record.created, record.description, True, source, html_body=as_html(record)
        )
        initial = {
            "subject": record.title,
            "requester_id": str(doc["requester_id"]),
            "status": _native("status", self._initial("status", record.status)),
            "priority": _native("priority", self._initial("priority", record.priority)),
            "group_id": _native("group", self._initial("group", _text(record.group))),
            "assignee_id": _native("assignee", self._initial("assignee", _text(record.assignee))),
            "type": doc["type"],
            "organization_id": _text(doc["organization_id"]),
            "brand_id": str(names.BRAND_ID),
            "ticket_form_id": str(names.FORM_ID),
        }
        events = [documents.comment_event(first)]
        for name, value in initial.items():
            if value is not None or name in {"priority", "type"}:
                events.append({"id": self._id(), "type": "Create", "value": value, "field_name": name})
        if record.tags:
            tags = (self._initial("tags", " ".join(record.tags)) or "").split()
            events.append({"id": self._id(), "type": "Create", "value": tags, "field_name": "tags"})
        tables.put_comment(self.connection, record.number, first)
        audit = documents.audit(audit_id, record.number, author, record.created, events, source)
        tables.put_audit(self.connection, audit)

    def _steps(self) -> list[tuple[datetime, int, list[Message], list[FieldChange]]]:
        """What happened after creation: things of one person at one moment belong together."""
        steps: dict[tuple[datetime, int], tuple[list[Message], list[FieldChange]]] = {}
        for message in self.record.messages:
            steps.setdefault((message.at, message.author), ([], []))[0].append(message)
        for change in self.record.history:
            steps.setdefault((change.at, change.actor), ([], []))[1].append(change)
        return [(at, actor, *parts) for (at, actor), parts in sorted(steps.items(), key=lambda item: item[0])]

    def _history(self, steps: Iterable[tuple[datetime, int, list[Message], list[FieldChange]]]) -> None:
        for at, actor, messages, changes in steps:
            person = self.people[actor]
            bot = person.role == "bot"
            author = names.USER + actor
            source = self._source(person)
            original = self.record.duplicate_of
            if original and any(change.field == "tags" and merge.TAG in (change.after or "") for change in changes):
                source = merge.via(ticket_id=original)
            if bot and changes:
                source = documents.via_rule(*_RULES.get(changes[0].field, _RULES["group"]))
            audit_id = self._id()
            events: list[dict[str, Any]] = []
            for message in messages:
                if bot and message.public:
                    events.append(self._notification(message))
                    source = documents.via_rule(*_ACKNOWLEDGE)
                    author = -1
                else:
                    comment = self._comment(message, audit_id, source)
                    tables.put_comment(self.connection, self.record.number, comment)
                    events.append(documents.comment_event(comment))
            events += [event for change in changes for event in self._change(change)]
            if bot and not any(event["type"] == "Comment" for event in events):
                author = -1
            audit = documents.audit(audit_id, self.record.number, author, at, events, source)
            tables.put_audit(self.connection, audit)

    def _source(self, person: Person) -> dict[str, Any]:
        if person.role == "bot":
            return documents.VIA_API
        if person.role == "end_user":
            return documents.via(self.record.channel, person.email, person.name)
        return documents.via("web")

    def _notification(self, message: Message) -> dict[str, Any]:
        """A trigger's mail to the requester: no comment, and no answer of an agent."""
        rule_id, title, rel = _ACKNOWLEDGE
        return {
            "id": self._id(),
            "type": "Notification",
            "subject": f"[Request received] {self.record.title}",
            "body": message.text,
            "recipients": [names.USER + self.record.requester],
            "via": documents.via_rule(rule_id, title, rel),
        }

    def _comment(self, message: Message, audit_id: int, source: dict[str, Any]) -> dict[str, Any]:
        comment_id = self._id()
        attachments = []
        for file in message.files:
            key = self._id()
            token = sha256(f"{self.record.number}/{key}/{file.name}".encode()).hexdigest()[:25]
            self.connection.execute(
                "INSERT INTO zd_attachments VALUES (?, ?, ?, ?, ?, ?)",
                (key, comment_id, token, file.name, file.media, file.content),
            )
            odd_files.plant(self.connection, "zendesk", key, file.fate)
            size = odd_files.told_size(file.content, file.fate)
            attachments.append(attachment_doc(key, token, file.name, file.media, size, file.fate))
        self.texts.append(message.text)
        author = names.USER + message.author
        return documents.comment(
            comment_id, audit_id, author, message.at, message.text, message.public, source, attachments
        )

    def _change(self, change: FieldChange) -> list[dict[str, Any]]:
        before, after = _native(change.field, change.before), _native(change.field, change.after)
        name = _FIELDS.get(change.field, change.field)
        events = [self._changed(name, before, after)]
        if change.field == "status":
            statuses = configuration.DEFAULT_STATUS
            old, new = statuses.get(str(before)), statuses.get(str(after))
            if old != new:
                events.append(self._changed("custom_status_id", _text(old), _text(new)))
        return events

    def _changed(self, name: str, before: Any, after: Any) -> dict[str, Any]:
        return {"id": self._id(), "type": "Change", "value": after, "field_name": name, "previous_value": before}

    def _id(self) -> int:
        return tables.next_id(self.connection)


_FIELDS = {
    "status": "status",
    "priority": "priority",
    "assignee": "assignee_id",
    "group": "group_id",
    "category": str(names.CATEGORY),
    "closure_code": str(names.ROOT_CAUSE),
    "tags": "tags",
    "requester": "requester_id",
}


def _custom_status(status: str, number: int) -> int:
    """Some wait in a status the account made itself."""
    if status == "pending" and number % 4 == 0:
        return names.STATUS + 6
    if status == "hold" and number % 2 == 0:
        return names.STATUS + 7
    return configuration.DEFAULT_STATUS[status]


def _text(value: int | None) -> str | None:
    return None if value is None else str(value)


def _native(field: str, value: str | None) -> Any:
    """A change's value in Zendesk's words: ids as text, tags as a list."""
    if value is None:
        return [] if field == "tags" else None
    if field == "status":
        return names.STATUS_FROM_MODEL[value]
    if field == "priority":
        return names.PRIORITY_FROM_MODEL[value]
    if field in {"assignee", "requester"}:
        return str(names.USER + int(value))
    if field == "group":
        return str(names.GROUP + int(value))
    if field == "category":
        return configuration.option_value(names.CATEGORY, value)
    if field == "closure_code":
        return configuration.option_value(names.ROOT_CAUSE, value)
    return value.split() if field == "tags" else value


def as_html(record: Record) -> str | None:
    """Descriptions that were written as HTML stay HTML; others are wrapped as usual."""
    text = record.description
    return f'<div class="zd-comment zd-comment-pre-styled" dir="auto">{text}</div>' if text.startswith("<") else None
