"""What hangs on tickets, in bulk: comments, history, SLA clocks, attachments, tags, links pointing here.

Every answer is by ticket sys_id; a ticket that is missing is one we may not know this about.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import msgspec

from supportctl.adapters.base import Notice
from supportctl.adapters.servicenow import parts
from supportctl.adapters.servicenow.bulk import Gathered, gather
from supportctl.adapters.servicenow.client import Client, cell_label, cell_text
from supportctl.adapters.servicenow.decode import TicketDecoder
from supportctl.adapters.servicenow.dictionary import REFUSED
from supportctl.adapters.servicenow.keys import SYS_ID
from supportctl.adapters.servicenow.people import People
from supportctl.adapters.servicenow.types import Row
from supportctl.model import Attachment, Comment, Event, Link, LinkType, Person, Role, Sla, Ticket

T = TypeVar("T")

JOURNAL_FIELDS = ("element", "element_id", "name", "value", "sys_created_by", "sys_created_on")
AUDIT_FIELDS = ("documentkey", "tablename", "fieldname", "oldvalue", "newvalue", "user", "sys_created_on")
METRIC_FIELDS = ("id", "definition", "field", "value", "start", "end", "duration", "calculation_complete")
SLA_FIELDS = (
    "task", "sla", "sla.target", "sla.type", "sla.duration", "stage", "has_breached", "start_time", "end_time",
    "pause_time", "pause_duration", "planned_end_time", "original_breach_time", "duration", "business_duration",
    "time_left", "business_time_left", "percentage", "business_percentage", "schedule", "timezone", "active",
)  # fmt: skip
ATTACHMENT_FIELDS = (
    "file_name", "content_type", "size_bytes", "table_name", "table_sys_id", "download_link", "sys_created_by",
    "sys_created_on", "state", "hash",
)  # fmt: skip
ATTACHMENTS = "/api/now/attachment"


class Around:
    """Readers of the side tables, sharing what was learned about people and closed tables."""

    def __init__(self, client: Client, decoder: Callable[[str], TicketDecoder]) -> None:
        self._client = client
        self._decoder = decoder
        self.people = People(client)
        self._closed: set[str] = set()

    def comments(self, tickets: Sequence[Ticket]) -> tuple[dict[str, list[Comment]], list[Notice]]:
        """From the journal; where that is closed to us, from the text a form would show."""
        found = self._read("sys_journal_field", "element_id", tickets, JOURNAL_FIELDS, ["elementINcomments,work_notes"])
        if found is None or found.all_hidden:
            return self._comments_as_shown(tickets)
        comments = _sorted(_grouped(found.rows, parts.comment_of, tickets), lambda each: (each.created_at, each.id))
        self.people.learn(
            {each.author.id for thread in comments.values() for each in thread if each.author is not None}
        )
        by_id = {ticket.id: ticket for ticket in tickets}
        told = {
            ticket: [self._signed(each, by_id[ticket]) for each in thread]
            for ticket, thread in comments.items()
            if ticket not in found.hidden
        }
        return told, _partly(found, "comments")

    def _signed(self, comment: Comment, ticket: Ticket) -> Comment:
        """The comment with its author's name, address and part in this ticket."""
        author = comment.author
        if author is None:
            return comment
        person = self.people.known(author.id) or author
        role = person.role
        if role is not Role.BOT:
            if ticket.requester is not None and ticket.requester.id in {person.id, author.id}:
                role = Role.END_USER
            elif comment.public is False or self.people.is_agent(person.id) or _same(person, ticket.assignee):
                role = Role.AGENT
        native = comment.native | {"sys_created_by": author.id}
        author = msgspec.structs.replace(person, role=role)
        return msgspec.structs.replace(comment, author=author, native=native)

    def _comments_as_shown(self, tickets: Sequence[Ticket]) -> tuple[dict[str, list[Comment]], list[Notice]]:
        told: dict[str, list[Comment]] = {}
        for table, group in by_table(tickets).items():
            try:
                found = gather(
                    self._client, table, "sys_id", [ticket.id for ticket in group], ("comments_and_work_notes",),
                    display="all",
                )  # fmt: skip
            except REFUSED:
                continue
            for row in found.rows:
                if "comments_and_work_notes" in row:
                    identity = cell_text(row, "sys_id")
                    text = cell_label(row, "comments_and_work_notes")
                    told[identity] = parts.comments_of_text(identity, text)
        missing = len(tickets) - len(told)
        notices = [
            Notice(
                code="journal-closed",
                message="the account may not read the journal (sys_journal_field): comments come from the text of the "
                "form, without times",
                count=len(told),
            )
        ]
        if missing:
            hidden = Notice(code="comments-hidden", message="the account may not see comments", count=missing)
            notices = [*notices, hidden] if told else [hidden]
        return told, notices

    def history(self, tickets: Sequence[Ticket]) -> tuple[dict[str, list[Event]], list[Notice]]:
        """From the audit trail; where that is closed to us, from metric instances (durations of states)."""
        found = self._read("sys_audit", "documentkey", tickets, AUDIT_FIELDS, [])
        if found is not None and not found.all_hidden:
            states = {
                table: {code: str(status) for code, status in self._decoder(table).layout(table).states.items()}
                for table in by_table(tickets)
            }

            def event(row: Row) -> tuple[str, Event]:
                return parts.event_of(row, states.get(cell_text(row, "tablename")))

            events = _sorted(_grouped(found.rows, event, tickets), lambda each: (each.at, each.id))
            self.people.learn({each.actor.id for trail in events.values() for each in trail if each.actor is not None})
            named = {
                ticket: [self._acted(each) for each in trail]
                for ticket, trail in events.items()
                if ticket not in found.hidden
            }
            names = self._names(each for trail in named.values() for each in trail)
            shown = {ticket: [_labelled(each, names) for each in trail] for ticket, trail in named.items()}
            return shown, _partly(found, "history")
        measured = self._read("metric_instance", "id", tickets, METRIC_FIELDS, [], display="all")
        if measured is None or not measured.rows:
            message = "the account may not read the audit trail (sys_audit): the history of tickets is unknown"
            return {}, [Notice(code="history-hidden", message=message, count=len(tickets))]
        events = _sorted(_grouped(measured.rows, parts.metric_of, tickets), lambda each: (each.at, each.id))
        message = (
            "the account may not read the audit trail (sys_audit): history comes from metrics, which see few fields"
        )
        notice = Notice(code="history-from-metrics", message=message, count=len(tickets))
        return {ticket: trail for ticket, trail in events.items() if trail}, [notice]

    def _names(self, events: Iterable[Event]) -> dict[str, str]:
        """Names of the people and groups that tickets moved between; what cannot be read keeps its id."""
        wanted: dict[str, set[str]] = {}
        for event in events:
            if table := REFERRED.get(event.field):
                wanted.setdefault(table, set()).update(
                    value for value in (event.before, event.after) if isinstance(value, str) and SYS_ID.fullmatch(value)
                )
        names: dict[str, str] = {}
        for table, ids in wanted.items():
            try:
                rows = gather(self._client, table, "sys_id", sorted(ids), ("sys_id", "name")).rows if ids else []
            except REFUSED:
                continue
            names |= {cell_text(row, "sys_id"): cell_text(row, "name") for row in rows}
        return names

    def _acted(self, event: Event) -> Event:
        person = self.people.known(event.actor.id) if event.actor is not None else None
        if person is None or event.actor is None:
            return event
        role = Role.AGENT if person.role is Role.UNKNOWN and self.people.is_agent(person.id) else person.role
        native = event.native | {"user": event.actor.id}
        return msgspec.structs.replace(event, actor=msgspec.structs.replace(person, role=role), native=native)

    def slas(self, tickets: Sequence[Ticket]) -> tuple[dict[str, list[Sla]], list[Notice]]:
        found = self._read("task_sla", "task", tickets, SLA_FIELDS, [], display="all")
        if found is None or found.all_hidden:
            message = "the account may not read SLA clocks (task_sla)"
            return {}, [Notice(code="slas-hidden", message=message, count=len(tickets))]
        clocks = _grouped(found.rows, parts.sla_of, tickets)
        return {ticket: held for ticket, held in clocks.items() if ticket not in found.hidden}, _partly(found, "slas")

    def attachments(self, tickets: Sequence[Ticket]) -> tuple[dict[str, list[Attachment]], list[Notice]]:
        found = self._read(
            "sys_attachment", "table_sys_id", tickets, ATTACHMENT_FIELDS, [], path=ATTACHMENTS, display=None
        )
        if found is None or found.all_hidden:
            message = "the account may not list attachments"
            return {}, [Notice(code="attachments-hidden", message=message, count=len(tickets))]
        files = _grouped(found.rows, parts.attachment_of, tickets)
        told = {
            ticket: sorted(held, key=lambda each: (str(each.created_at), each.id))
            for ticket, held in files.items()
            if ticket not in found.hidden
        }
        return told, _partly(found, "attachments")

    def links(self, tickets: Sequence[Ticket]) -> tuple[dict[str, list[Link]], list[Notice]]:
        """Records that point at these: children, incidents of a problem, duplicates."""
        told: dict[str, list[Link]] = {ticket.id: [] for ticket in tickets}
        notices: list[Notice] = []
        for table, group in by_table(tickets).items():
            for source, field, kind in POINTING.get(table, ()):
                ids = [ticket.id for ticket in group if _may_have(ticket, kind)]
                if not ids:
                    continue
                try:
                    found = gather(
                        self._client, source, field, ids, (field, "number", "short_description", "state"), display="all"
                    )
                except REFUSED:
                    message = f"the account may not read {source}: links from there are unknown"
                    notices.append(Notice(code="links-hidden", message=message, count=len(ids)))
                    for each in ids:
                        told.pop(each, None)
                    continue
                notices += _partly(found, "links")
                states = self._decoder(source).layout(source).states
                for row in found.rows:
                    link = Link(
                        type=kind,
                        key=cell_text(row, "number") or cell_text(row, "sys_id"),
                        id=cell_text(row, "sys_id"),
                        title=cell_text(row, "short_description") or None,
                        status=states.get(cell_text(row, "state")),
                        native_type=f"{source}.{field}",
                    )
                    if (target := cell_text(row, field)) in told:
                        told[target].append(link)
        return told, notices

    def _read(
        self,
        table: str,
        field: str,
        tickets: Sequence[Ticket],
        fields: Sequence[str],
        conditions: Sequence[str],
        *,
        display: str | None = "false",
        path: str | None = None,
    ) -> Gathered | None:
        """None when the table is closed to us, which is asked once."""
        if table in self._closed:
            return None
        ids = [ticket.id for ticket in tickets]
        try:
            return gather(
                self._client, table, field, ids, fields, conditions=conditions, display=display or "false", path=path
            )
        except REFUSED:
            self._closed.add(table)
            return None


POINTING: dict[str, tuple[tuple[str, str, LinkType], ...]] = {
    "incident": (("incident", "parent_incident", LinkType.CHILD),),
    "problem": (("incident", "problem_id", LinkType.INCIDENT), ("problem", "duplicate_of", LinkType.DUPLICATED_BY)),
    "sc_request": (("sc_req_item", "request", LinkType.CHILD),),
    "sc_req_item": (("sc_task", "request_item", LinkType.CHILD),),
}
"""Table -> (table that points here, by which field, what it is to us)."""


def _may_have(ticket: Ticket, kind: LinkType) -> bool:
    """An incident's own count of children saves the question; problems do not count theirs reliably."""
    return kind is not LinkType.CHILD or ticket.native.get("child_incidents") != "0"


def by_table(tickets: Sequence[Ticket]) -> dict[str, list[Ticket]]:
    groups: dict[str, list[Ticket]] = {}
    for ticket in tickets:
        groups.setdefault(ticket.native_kind or "task", []).append(ticket)
    return groups


def _grouped(
    rows: Sequence[Row], read: Callable[[Row], tuple[str, T]], tickets: Sequence[Ticket]
) -> dict[str, list[T]]:
    groups: dict[str, list[T]] = {ticket.id: [] for ticket in tickets}
    for row in rows:
        identity, value = read(row)
        if identity in groups:
            groups[identity].append(value)
    return groups


def _sorted(groups: dict[str, list[T]], key: Callable[[T], tuple[object, str]]) -> dict[str, list[T]]:
    """Oldest first; what has no time comes first."""

    def order(value: T) -> tuple[str, str]:
        at, identity = key(value)
        return str(at or ""), identity

    return {ticket: sorted(values, key=order) for ticket, values in groups.items()}


REFERRED = {"assignee": "sys_user", "requester": "sys_user", "group": "sys_user_group"}
"""Fields whose audited values are ids, and the table they point to."""


def _labelled(event: Event, names: dict[str, str]) -> Event:
    if event.field not in REFERRED:
        return event
    before, after = names.get(event.before or ""), names.get(event.after or "")
    return msgspec.structs.replace(
        event, before_label=before or event.before_label, after_label=after or event.after_label
    )


def _partly(found: Gathered, what: str) -> list[Notice]:
    if not found.hidden:
        return []
    message = f"access rules hide some {what}: they are unknown for the tickets asked about together"
    return [Notice(code=f"{what}-partly-hidden", message=message, count=len(found.hidden))]


def _same(person: Person, other: Person | None) -> bool:
    return other is not None and person.id == other.id
