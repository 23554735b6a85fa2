"""Bytes of an issue page to tickets.

The fields of an issue arrive as raw bytes by name. Those with a portable home are taken out one by one; what is left
is custom fields and native values, so a field nobody here has heard of is kept, not lost. Objects that repeat on
every issue (status, project, people …) are decoded once per spelling.

A field whose key is absent is unknown, a null or empty one is empty: Jira leaves out what a project does not have
or the account may not see.
"""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from msgspec import Raw

from supportctl.adapters.jsm import fields as homes
from supportctl.adapters.jsm.changelog import EventReader, counts
from supportctl.adapters.jsm.comments import attachment_of, decode_comments
from supportctl.adapters.jsm.custom import CustomReader
from supportctl.adapters.jsm.links import LinkReader
from supportctl.adapters.jsm.platform import NEVER, UNSUPPORTED
from supportctl.adapters.jsm.statuses import KindTable, PriorityTable, StatusTable
from supportctl.adapters.jsm.text import raw_text
from supportctl.adapters.jsm.types import EMPTY, Issue, LooseIssue, decode_issue, decode_page
from supportctl.adapters.jsm.values import (
    CONFIGURATION_NOISE,
    Memo,
    clean,
    last_second,
    leftover,
    loads,
    moment,
    person_of,
)
from supportctl.config import Profile
from supportctl.model import Kind, Link, LinkType, NamedRef, Platform, Priority, Status, Ticket, Unknown

NULL = b"null"
_STRING = msgspec.json.Decoder(str)
_STRINGS = msgspec.json.Decoder(list[str])

HOMES = {
    "title": "summary",
    "description": "description",
    "status": "status",
    "kind": "issuetype",
    "priority": "priority",
    "tags": "labels",
    "requester": "reporter",
    "assignee": "assignee",
    "created_at": "created",
    "updated_at": "updated",
    "resolved_at": "resolutiondate",
    "due_at": "duedate",
    "closure_code": "resolution",
    "component": "components",
    "links": "issuelinks",
    "comments": "comment",
    "attachments": "attachment",
}
"""Portable field -> the system field of Jira it comes from."""

_LATER = frozenset({"comments", "attachments", "links", "slas", "custom", "history", "reopens", "reassignments"})
"""Read only when asked for."""


class DecodedPage(msgspec.Struct):
    tickets: list[Ticket]
    next_token: str | None = None
    last: bool | None = None
    start: int | None = None
    total: int | None = None
    warnings: list[str] = []
    errors: list[Any] = []


class Decoder:
    """Decodes for one profile. ``asked``: native field names that were requested; None means whatever there was.

    ``base_url`` is where people look at issues, if not at the profile's URL.
    """

    def __init__(
        self,
        profile: Profile,
        catalogue: homes.Catalogue | None = None,
        asked: Iterable[str] | None = None,
        *,
        base_url: str | None = None,
    ) -> None:
        self.profile = profile.name
        self._base = (base_url or profile.url).rstrip("/")
        self.catalogue = catalogue or homes.Catalogue()
        self.statuses = StatusTable(profile)
        self.priorities = PriorityTable(profile)
        self.kinds = KindTable(profile)
        mapped = homes.Homes.of(self.catalogue, profile.fields)
        fields = {native: ours for ours, native in mapped.portable.items()}
        self.events = EventReader(self.statuses, self.priorities, fields, self.catalogue.custom_named)
        self.unranked: set[str] = set()
        """Native names of priorities that neither the profile nor the default table ranks."""
        self.links = LinkReader(self.statuses.of, profile.fields, self.browse)
        self._custom = CustomReader(self.catalogue, mapped)
        self._status: Memo[tuple[Status | None, str | None, Any]] = Memo(self._decode_status)
        self._kind: Memo[tuple[Kind | None, str | None, Any]] = Memo(self._decode_kind)
        self._priority: Memo[tuple[Priority | None, str | None, Any]] = Memo(self._decode_priority)
        self._configured: Memo[Any] = Memo(lambda raw: clean(loads(raw), CONFIGURATION_NOISE))
        asked = None if asked is None else frozenset(asked)
        self._everything = asked is None or "*all" in asked
        self._why = {ours: _reason(ours, theirs, asked) for ours, theirs in HOMES.items()}
        never = (UNSUPPORTED | NEVER | {"organization", "satisfaction", "first_response_at"}) - {"slas"}
        self._unknown = dict.fromkeys(sorted(never - self._custom.portable), Unknown.ABSENT)
        for later in ("history", "reopens", "reassignments"):
            self._unknown[later] = Unknown.NOT_FETCHED
        sla_asked = self._everything or bool(asked and self._custom.homes.slas & asked)
        self._why["custom"] = Unknown.ABSENT if self._everything else Unknown.NOT_FETCHED
        self._why["slas"] = Unknown.ABSENT if sla_asked else Unknown.NOT_FETCHED

    def browse(self, key: str) -> str:
        return f"{self._base}/browse/{key}"

    def page(self, content: bytes) -> DecodedPage:
        """A search or bulk-fetch answer. Raises `msgspec.DecodeError` when it is none."""
        page, loose = decode_page(content)
        tickets = [self.ticket(issue) for issue in page.issues] + [self.loose(issue) for issue in loose]
        return DecodedPage(
            tickets, page.nextPageToken, page.isLast, page.startAt, page.total, page.warningMessages, page.issueErrors
        )

    def issue(self, content: bytes) -> Ticket:
        """A single issue. Raises like `page`."""
        return self.loose(decode_issue(content))

    def loose(self, loose: LooseIssue) -> Ticket:
        ticket = self.ticket(loose.issue)
        if not loose.extra:
            return ticket
        return msgspec.structs.replace(ticket, native={**ticket.native, **clean(loose.extra)})

    def ticket(self, issue: Issue) -> Ticket:
        """One ticket; takes the issue's fields apart."""
        fields = issue.fields
        pop: Callable[[str, None], Raw | None] = fields.pop
        unknown = dict(self._unknown)
        native: dict[str, Any] = {}
        key = issue.key or ""

        title = self._string(pop("summary", None), "title", unknown, native)
        description = self._body(pop("description", None), unknown, native)
        status, native_status, kept = self._object(pop("status", None), "status", self._status, unknown)
        if kept:
            native["status"] = kept
            if status is None:
                unknown["status"] = Unknown.ABSENT
        kind, native_kind, kept = self._object(pop("issuetype", None), "kind", self._kind, unknown)
        if kept:
            native["issuetype"] = kept
        priority, native_priority, kept = self._object(pop("priority", None), "priority", self._priority, unknown)
        if kept:
            native["priority"] = kept
            if priority is None:
                unknown["priority"] = Unknown.ABSENT
        closure_code = None
        if (raw := pop("resolution", None)) is None:
            unknown["closure_code"] = self._why["closure_code"]
        elif (value := self._configured[bytes(raw)]) is not None:
            native["resolution"] = value
            closure_code = value.get("name") if isinstance(value, dict) else None
        if (raw := pop("labels", None)) is None:
            unknown["tags"] = self._why["tags"]
            tags: list[str] = []
        else:
            tags = self._labels(bytes(raw), native)
        requester = self._person(pop("reporter", None), "requester", "reporter", unknown, native)
        assignee = self._person(pop("assignee", None), "assignee", "assignee", unknown, native)
        created = self._time(pop("created", None), "created_at", unknown, native)
        raw = pop("updated", None)
        updated = self._time(raw, "updated_at", unknown, native)
        version = None if raw is None else _version(bytes(raw))
        resolved = self._time(pop("resolutiondate", None), "resolved_at", unknown, native)
        due = None
        if (raw := pop("duedate", None)) is None:
            unknown["due_at"] = self._why["due_at"]
        elif (text := bytes(raw)) != NULL:
            value = loads(text)
            due = last_second(value)
            native["duedate"] = value
            if due is None:
                unknown["due_at"] = Unknown.ABSENT
        component = self._component(pop("components", None), unknown, native)
        links = self._all_links(fields, unknown, native)
        parts: dict[str, Any] = {}
        if (raw := pop("comment", None)) is None:
            unknown["comments"] = self._why["comments"]
        else:
            self._comments(bytes(raw), parts, unknown, native)
        if (raw := pop("attachment", None)) is None:
            unknown["attachments"] = self._why["attachments"]
        elif (value := loads(bytes(raw))) is not None:
            self._attachments(value, parts, native)
        if issue.changelog is not EMPTY:
            self._history(loads(bytes(issue.changelog)), parts, unknown, native)

        custom = self._custom.take(fields, native, parts, unknown)
        if not custom or not self._everything:
            unknown["custom"] = self._why["custom"]
        if "slas" not in parts:
            unknown["slas"] = self._why["slas"]
        for name, raw in fields.items():
            native[name] = self._configured[bytes(raw)] if name == "project" else leftover(bytes(raw))
        if issue.has_more:
            for name in _SIDE:
                if (raw := getattr(issue, name)) is not EMPTY:
                    native[name] = clean(loads(bytes(raw)))
        if parts:
            for name in parts:
                unknown.pop(name, None) if name not in _PARTIAL or name not in unknown else None
            closure_code = parts.pop("closure_code", closure_code)
            component = parts.pop("component", component)
        return Ticket(
            platform=Platform.JSM,
            profile=self.profile,
            id=str(issue.id) if issue.id is not None else "",
            key=key,
            url=f"{self._base}/browse/{key}" if key else None,
            kind=kind,
            native_kind=native_kind,
            title=title,
            description=description,
            status=status,
            native_status=native_status,
            priority=priority,
            native_priority=native_priority,
            component=component,
            tags=tags,
            requester=requester,
            assignee=assignee,
            created_at=created,
            updated_at=updated,
            resolved_at=resolved,
            due_at=due,
            closure_code=closure_code,
            links=links,
            custom=custom,
            version=version,
            unknown=unknown,
            native=native,
            **parts,
        )

    def _string(self, raw: Raw | None, ours: str, unknown: dict[str, Unknown], native: dict[str, Any]) -> str | None:
        if raw is None:
            unknown[ours] = self._why[ours]
            return None
        value = bytes(raw)
        if value[:1] == b'"':
            return _STRING.decode(value)
        if value != NULL:
            native[HOMES[ours]] = loads(value)
            unknown[ours] = Unknown.ABSENT
        return None

    def _body(self, raw: Raw | None, unknown: dict[str, Unknown], native: dict[str, Any]) -> str | None:
        if raw is None:
            unknown["description"] = self._why["description"]
            return None
        text, document = raw_text(bytes(raw))
        if document is not None:
            native["description"] = document
        return text

    def _object(
        self, raw: Raw | None, ours: str, memo: Memo[tuple[Any, str | None, Any]], unknown: dict[str, Unknown]
    ) -> tuple[Any, str | None, Any]:
        if raw is None:
            unknown[ours] = self._why[ours]
            return None, None, None
        return memo[bytes(raw)]

    def _labels(self, raw: bytes, native: dict[str, Any]) -> list[str]:
        try:
            return _STRINGS.decode(raw)
        except msgspec.ValidationError:
            if raw != NULL:
                native["labels"] = loads(raw)
            return []

    def _person(
        self, raw: Raw | None, ours: str, theirs: str, unknown: dict[str, Unknown], native: dict[str, Any]
    ) -> Any:
        if raw is None:
            unknown[ours] = self._why[ours]
            return None
        value = bytes(raw)
        if value == NULL:
            return None
        found = person_of[value]
        if found is None:
            native[theirs] = loads(value)
            unknown[ours] = Unknown.ABSENT
        return found

    def _time(self, raw: Raw | None, ours: str, unknown: dict[str, Unknown], native: dict[str, Any]) -> Any:
        if raw is None:
            unknown[ours] = self._why[ours]
            return None
        value = bytes(raw)
        if value == NULL:
            return None
        at = moment(_STRING.decode(value) if value[:1] == b'"' else loads(value))
        if at is None:
            native[HOMES[ours]] = loads(value)
            unknown[ours] = Unknown.ABSENT
        return at

    def _component(self, raw: Raw | None, unknown: dict[str, Unknown], native: dict[str, Any]) -> NamedRef | None:
        """The first component; all of them are native when there are more, or when one says more than its name."""
        if raw is None:
            unknown["component"] = self._why["component"]
            return None
        value = self._configured[bytes(raw)]
        if not value:
            return None
        first = value[0] if isinstance(value, list) else None
        if not isinstance(first, dict):
            native["components"] = value
            return None
        if len(value) > 1 or first.keys() - {"id", "name"}:
            native["components"] = value
        name = first.get("name")
        return NamedRef(id=str(first.get("id", name)), name=name if isinstance(name, str) else None)

    def _all_links(self, fields: dict[str, Raw], unknown: dict[str, Unknown], native: dict[str, Any]) -> list[Link]:
        raw = fields.pop("issuelinks", None)
        if raw is None:
            unknown["links"] = self._why["links"]
            links: list[Link] = []
        else:
            value = loads(bytes(raw))
            links = self.links.links(value)
            if isinstance(value, list) and len(links) < len(value):
                native["issuelinks"] = clean(value)
        for name, type_ in (("parent", LinkType.PARENT), ("subtasks", LinkType.CHILD)):
            if (raw := fields.pop(name, None)) is None:
                continue
            value = loads(bytes(raw))
            ends = value if isinstance(value, list) else [value]
            found = [link for end in ends if (link := self.links.relative(end, type_)) is not None]
            links += found
            if len(found) < len(ends) and value:
                native[name] = clean(value)
        return links

    def _comments(self, raw: bytes, parts: dict[str, Any], unknown: dict[str, Unknown], native: dict[str, Any]) -> None:
        comments, total = decode_comments(raw)
        parts["comments"] = comments
        if total is not None and total != len(comments):
            unknown["comments"] = Unknown.NOT_FETCHED
            native["comment.total"] = total

    def _attachments(self, value: Any, parts: dict[str, Any], native: dict[str, Any]) -> None:
        if isinstance(value, list):
            parts["attachments"] = [attachment_of(item) for item in value if isinstance(item, dict)]
        else:
            native["attachment"] = clean(value)

    def _history(self, value: Any, parts: dict[str, Any], unknown: dict[str, Unknown], native: dict[str, Any]) -> None:
        histories = value.get("histories") if isinstance(value, dict) else None
        if not isinstance(histories, list):
            native["changelog"] = clean(value)
            return
        parts["history"] = events = self.events.events(histories)
        total = value.get("total")
        if isinstance(total, int) and total != len(histories):
            native["changelog.total"] = total
            return
        counted = counts(events)
        parts["reopens"], parts["reassignments"] = counted.reopens, counted.reassignments
        del unknown["history"]

    def _decode_status(self, raw: bytes) -> tuple[Status | None, str | None, Any]:
        value = loads(raw)
        if not isinstance(value, dict):
            return None, None, value
        kept = clean(value, CONFIGURATION_NOISE)
        name = kept.get("name")
        return self.statuses.of(value), name if isinstance(name, str) else None, kept

    def _decode_kind(self, raw: bytes) -> tuple[Kind | None, str | None, Any]:
        value = loads(raw)
        if not isinstance(value, dict):
            return None, None, value
        kept = clean(value, CONFIGURATION_NOISE)
        name = kept.get("name")
        return self.kinds.of(kept), name if isinstance(name, str) else None, kept

    def _decode_priority(self, raw: bytes) -> tuple[Priority | None, str | None, Any]:
        value = loads(raw)
        if not isinstance(value, dict):
            return None, None, value
        kept = clean(value, CONFIGURATION_NOISE)
        name = kept.get("name")
        name = name if isinstance(name, str) else None
        ranked = self.priorities.of(kept.get("id"), name)
        if ranked is None:
            self.unranked.add(name or str(kept.get("id")))
        return ranked, name, kept


_SIDE = (
    "transitions",
    "operations",
    "editmeta",
    "properties",
    "renderedFields",
    "versionedRepresentations",
    "fieldsToInclude",
    "schema",
    "names",
)
_PARTIAL = frozenset({"comments", "history"})


def _version(raw: bytes) -> str | None:
    return _STRING.decode(raw) if raw[:1] == b'"' else None if raw == NULL else str(loads(raw))


def _reason(ours: str, theirs: str, asked: frozenset[str] | None) -> Unknown:
    if asked is None:
        return Unknown.NOT_FETCHED if ours in _LATER else Unknown.ABSENT
    named = theirs in asked or ("*all" in asked and f"-{theirs}" not in asked)
    return Unknown.ABSENT if named else Unknown.NOT_FETCHED
