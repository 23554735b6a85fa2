"""Zendesk tickets to the portable model. What has no portable name stays in ``native`` as it came.

Tickets are decoded to plain dictionaries in C and taken apart by key: everything not taken is the ``native``
of the ticket, so that fields Zendesk adds later are kept without a change here.
"""

from datetime import timedelta
from typing import Any

import msgspec

from supportctl.adapters.zendesk.mapping import KINDS, PRIORITIES, STATUSES, UNKNOWN_FIELDS
from supportctl.adapters.zendesk.types import Json, MetricSet, text_id, when
from supportctl.model import (
    DONE,
    CustomField,
    Link,
    LinkType,
    NamedRef,
    Person,
    Platform,
    Priority,
    Role,
    Satisfaction,
    Sla,
    Status,
    Ticket,
    Unknown,
)

ROLES = {"end-user": Role.END_USER, "agent": Role.AGENT, "admin": Role.AGENT}
SECONDS = {"days": 86_400, "hours": 3_600, "minutes": 60}
METRIC_FIELDS = ("first_response_at", "resolved_at", "closed_at", "reopens", "reassignments")
PORTABLE = {
    "subject": "title",
    "description": "description",
    "status": "status",
    "type": "kind",
    "priority": "priority",
    "tags": "tags",
    "requester_id": "requester",
    "assignee_id": "assignee",
    "group_id": "group",
    "organization_id": "organization",
    "via": "channel",
    "created_at": "created_at",
    "updated_at": "updated_at",
    "due_at": "due_at",
    "satisfaction_rating": "satisfaction",
    "custom_fields": "custom",
}
"""Zendesk's name -> ours: a ticket that lacks one of these keys has that field unknown, not empty."""

_PORTABLE_KEYS = PORTABLE.keys()
_BARE_VIA: Json = {"from": {}, "to": {}, "rel": None}


class Context(msgspec.Struct, kw_only=True):
    """What decoding needs beyond the body: the profile's mappings and what was learned on the way."""

    profile: str
    site: str
    """``https://acme.zendesk.com``, without a slash at the end."""
    status_labels: dict[int, str] = {}
    """Custom status id -> the label agents see."""
    statuses: dict[str, Status] = {}
    """Overrides of the profile: native status or custom status id -> status."""
    priorities: dict[str, Priority] = msgspec.field(default_factory=PRIORITIES.copy)
    field_names: dict[int, str] = {}
    """Custom field id -> title."""
    mapped: dict[int, str] = {}
    """Custom field id -> portable field, from the profile."""
    people: dict[int, Person] = {}
    groups: dict[int, NamedRef] = {}
    organizations: dict[int, NamedRef] = {}

    def person(self, number: Any) -> Person | None:
        if number is None:
            return None
        known = self.people.get(number)
        if known is None:
            known = self.people[number] = Person(id=str(number))
        return known

    def status(self, native: str | None, custom: Any) -> Status | None:
        """The portable status; a custom status has its category in ``native``."""
        if self.statuses:
            override = self.statuses.get(str(custom)) or self.statuses.get(native or "")
            if override is not None:
                return override
        return STATUSES.get(native or "")


def tickets(
    envelope: Json, context: Context, key: str = "tickets", expected: frozenset[str] = frozenset()
) -> list[Ticket]:
    """The tickets of a list, with whatever was sideloaded. Takes ``envelope`` apart.

    ``expected`` names sideloads (``slas``, ``metric_sets``) whose lack means that there is nothing to be had,
    not that nobody asked.
    """
    learn(envelope, context)
    docs = envelope[key]
    metric_sets = envelope.get("metric_sets")
    if metric_sets:
        by_ticket = {doc.get("ticket_id"): doc for doc in metric_sets}
        for doc in docs:
            if doc["id"] in by_ticket:
                doc["metric_set"] = by_ticket[doc["id"]]
    unknown = gaps(context, expected)
    return [ticket(doc, context, unknown) for doc in docs]


def learn(envelope: Json, context: Context) -> None:
    """Take in sideloaded users, groups, organizations and custom statuses."""
    for user in envelope.get("users") or ():
        context.people[user["id"]] = person(user)
    for status in envelope.get("custom_statuses") or ():
        context.status_labels[status["id"]] = status.get("agent_label") or ""
    for table, key in ((context.groups, "groups"), (context.organizations, "organizations")):
        for doc in envelope.get(key) or ():
            table[doc["id"]] = NamedRef(id=str(doc["id"]), name=doc.get("name"))


def person(doc: Json) -> Person:
    """A user; only what tickets need is kept."""
    return Person(
        id=str(doc["id"]),
        name=doc.get("name"),
        email=doc.get("email"),
        role=ROLES.get(doc.get("role") or "", Role.UNKNOWN),
        active=False if doc.get("suspended") else doc.get("active"),
    )


def gaps(context: Context, expected: frozenset[str] = frozenset()) -> dict[str, Unknown]:
    """What is unknown of a ticket that came without sideloads. Shared by a page's tickets, never changed."""
    gap = dict.fromkeys(sorted(UNKNOWN_FIELDS - set(context.mapped.values())), Unknown.ABSENT)
    gap |= dict.fromkeys(("comments", "history", "attachments"), Unknown.NOT_FETCHED)
    gap |= dict.fromkeys(METRIC_FIELDS, Unknown.ABSENT if "metric_sets" in expected else Unknown.NOT_FETCHED)
    gap["slas"] = Unknown.ABSENT if "slas" in expected else Unknown.NOT_FETCHED
    return gap


def ref(number: Any, table: dict[int, NamedRef]) -> NamedRef | None:
    if number is None:
        return None
    known = table.get(number)
    if known is None:
        known = table[number] = NamedRef(id=str(number))
    return known


def ticket(doc: Json, context: Context, unknown: dict[str, Unknown]) -> Ticket:
    """One ticket. Takes what it understands out of ``doc``; the rest becomes ``native``."""
    gap = unknown
    if not doc.keys() >= _PORTABLE_KEYS:
        gap = gap | {name: Unknown.ABSENT for key, name in PORTABLE.items() if key not in doc}
        if "fields" in doc:
            gap.pop("custom", None)
    pop = doc.pop
    number = str(pop("id"))
    native_status = pop("status", None)
    custom_status = doc.get("custom_status_id")
    status = context.status(native_status, custom_status)
    native_priority = pop("priority", None)
    native_kind = pop("type", None)
    created, updated, due = pop("created_at", None), pop("updated_at", None), pop("due_at", None)
    title = pop("subject", None)
    if doc.get("raw_subject") == title:
        pop("raw_subject", None)
    pop("url", None)
    via = doc.get("via")
    channel = None
    if via is not None:
        channel = via.get("channel")
        if len(via) == 1 or (len(via) == 2 and via.get("source") == _BARE_VIA):
            del doc["via"]
    rating = pop("satisfaction_rating", None)
    fields = pop("custom_fields", None)
    if fields is None:
        fields = pop("fields", None)
    else:
        pop("fields", None)
    found = Ticket(
        platform=Platform.ZENDESK,
        profile=context.profile,
        id=number,
        key="#" + number,
        url=f"{context.site}/agent/tickets/{number}",
        kind=KINDS.get(native_kind) if native_kind else None,
        native_kind=native_kind,
        title=title,
        description=pop("description", None),
        status=status,
        native_status=context.status_labels.get(custom_status or 0, native_status),
        priority=context.priorities.get(native_priority) if native_priority else None,
        native_priority=native_priority,
        tags=pop("tags", None) or [],
        requester=context.person(pop("requester_id", None)),
        assignee=context.person(pop("assignee_id", None)),
        group=ref(pop("group_id", None), context.groups),
        organization=ref(pop("organization_id", None), context.organizations),
        channel=channel,
        created_at=when(created),
        updated_at=when(updated),
        due_at=when(due) if due else None,
        version=updated,
        satisfaction=satisfaction(rating) if rating else None,
        custom=[custom_field(field, context) for field in fields] if fields else [],
        unknown=gap,
        native=doc,
    )
    if (
        status is None
        or doc.get("problem_id")
        or doc.get("has_incidents")
        or doc.get("followup_ids")
        or "metric_set" in doc
        or "slas" in doc
        or "via" in doc
        or context.mapped
    ):
        return enriched(found, doc, context)
    return found


def enriched(found: Ticket, doc: Json, context: Context) -> Ticket:
    """What only some tickets have: links, sideloaded metrics and clocks, fields the profile maps."""
    changes: Json = {}
    gap = dict(found.unknown)
    if found.status is None:
        gap["status"] = Unknown.ABSENT
    if links := ticket_links(doc):
        changes["links"] = links
    if doc.get("has_incidents"):
        gap["links"] = Unknown.NOT_FETCHED
    if isinstance(clocks := doc.get("slas"), dict):
        changes["slas"] = [sla(clock) for clock in clocks.get("policy_metrics") or ()]
        gap.pop("slas", None)
    if counted := doc.get("metric_set"):
        changes |= metric_values(metric_set(dict(counted)), found)
        for name in METRIC_FIELDS:
            gap.pop(name, None)
    if context.mapped:
        seen = {field.id: field.value for field in found.custom}
        for number, name in context.mapped.items():
            if str(number) not in seen:
                gap[name] = Unknown.ABSENT
            elif seen[str(number)] not in (None, ""):
                changes[name] = str(seen[str(number)])
    return msgspec.structs.replace(found, unknown=gap, **changes)


def custom_field(doc: Json, context: Context) -> CustomField:
    number = doc["id"]
    return CustomField(id=str(number), name=context.field_names.get(number), value=doc.get("value"))


def satisfaction(doc: Json) -> Satisfaction:
    rest = dict(doc)
    return Satisfaction(
        score=str(rest.pop("score", "")),
        comment=rest.pop("comment", None),
        reason=rest.pop("reason", None),
        native=rest,
    )


def ticket_links(doc: Json) -> list[Link]:
    """Links the ticket itself names: its problem, and the follow-ups of a closed ticket."""
    links = []
    if doc.get("problem_id"):
        links.append(link(LinkType.PROBLEM, doc.pop("problem_id"), "problem_id"))
    links += [link(LinkType.RELATES, number, "followup_ids") for number in doc.get("followup_ids") or ()]
    source = (doc.get("via") or {}).get("source") or {}
    if source.get("rel") == "follow_up" and (earlier := (source.get("from") or {}).get("ticket_id")):
        links.append(link(LinkType.RELATES, earlier, "follow_up"))
    return links


def link(kind: LinkType, number: Any, native_type: str, title: str | None = None, status: Status | None = None) -> Link:
    """A link to another ticket of the same account."""
    return Link(type=kind, key=f"#{number}", id=str(number), title=title, status=status, native_type=native_type)


def sla(doc: Json) -> Sla:
    """One entry of the ``slas`` sideload. The remaining time is given in whole days, hours or minutes."""
    rest = dict(doc)
    stage = rest.get("stage")
    breach_at = when(rest.pop("breach_at", None))
    unit = next((name for name in SECONDS if rest.get(name) is not None), None)
    remaining = None if unit is None else int(rest[unit] * SECONDS[unit])
    breached = None if remaining is None else remaining < 0
    return Sla(
        metric=str(rest.pop("metric", "")),
        remaining=remaining,
        breach_at=breach_at,
        breached=breached,
        paused=None if stage is None else stage == "paused",
        native=rest,
    )


def metric_set(doc: Json) -> MetricSet:
    """A ticket's metric set. Takes ``doc`` apart."""
    pop = doc.pop
    minutes = (doc.get("reply_time_in_minutes") or {}).get("calendar")
    seconds = (doc.get("reply_time_in_seconds") or {}).get("calendar")
    return MetricSet(
        ticket_id=text_id(pop("ticket_id", None)),
        reopens=pop("reopens", None),
        assignee_stations=pop("assignee_stations", None),
        solved_at=when(pop("solved_at", None)),
        status_updated_at=when(pop("status_updated_at", None)),
        first_reply=seconds or (None if minutes is None else minutes * 60),
        native=doc,
    )


def metric_values(counted: MetricSet, found: Ticket) -> Json:
    """Portable fields from a metric set. The first reply is known to the minute (messaging: to the second)."""
    stations, created, reply = counted.assignee_stations, found.created_at, counted.first_reply
    done = found.status in DONE
    return {
        "first_response_at": created + timedelta(seconds=reply) if created and reply is not None else None,
        "resolved_at": counted.solved_at if done else None,
        "closed_at": counted.status_updated_at if found.status is Status.CLOSED else None,
        "reopens": counted.reopens,
        "reassignments": None if stations is None else max(0, stations - 1),
    }
