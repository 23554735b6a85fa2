"""Zendesk tickets to the portable model. What has no portable name stays in ``native`` as it came.

Tickets are decoded to plain dictionaries in C and taken apart by key: everything not taken is the ``native``
of the ticket, so that fields Zendesk adds later are kept without a change here.
"""

from datetime import datetime
from typing import Any

import msgspec

from supportctl.adapters.zendesk.context import Context, learn
from supportctl.adapters.zendesk.mapping import KINDS, STATUSES, UNKNOWN_FIELDS
from supportctl.adapters.zendesk.measures import METRIC_FIELDS, ended, metric_set, metric_values, sla
from supportctl.adapters.zendesk.types import Json, text_id, when
from supportctl.model import CustomField, Link, LinkType, Platform, Satisfaction, Status, Ticket, Unknown

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

ABSENT = object()
_instant = datetime.fromisoformat
_KEYS = tuple(PORTABLE)
_TAKEN = len(_KEYS)
_NOTHINGS = (ABSENT,) * _TAKEN
_BARE_SOURCE: Json = {"from": {}, "to": {}, "rel": None}


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


def gaps(context: Context, expected: frozenset[str] = frozenset()) -> dict[str, Unknown]:
    """What is unknown of a ticket that came without sideloads. Shared by a page's tickets, never changed."""
    gap = dict.fromkeys(sorted(UNKNOWN_FIELDS - set(context.mapped.values())), Unknown.ABSENT)
    gap |= dict.fromkeys(("comments", "history", "attachments"), Unknown.NOT_FETCHED)
    gap |= dict.fromkeys(METRIC_FIELDS, Unknown.ABSENT if "metric_sets" in expected else Unknown.NOT_FETCHED)
    gap["slas"] = Unknown.ABSENT if "slas" in expected else Unknown.NOT_FETCHED
    return gap


def ticket(doc: Json, context: Context, unknown: dict[str, Unknown]) -> Ticket:
    """One ticket. Takes what it understands out of ``doc``; the rest becomes ``native``."""
    gap = unknown
    size = len(doc)
    taken = list(map(doc.pop, _KEYS, _NOTHINGS))
    if size - len(doc) != _TAKEN:
        gap = gap | {PORTABLE[key]: Unknown.ABSENT for key, value in zip(_KEYS, taken, strict=True) if value is ABSENT}
        taken = [None if value is ABSENT else value for value in taken]
    (
        title, description, native_status, native_kind, native_priority, tags, requester, assignee, group, organization,
        via, created, updated, due, rating, fields,
    ) = taken  # fmt: skip
    number = str(doc.pop("id"))
    custom_status = doc.get("custom_status_id")
    status = context.status(native_status, custom_status) if context.statuses else STATUSES.get(native_status)
    if doc.get("raw_subject") == title:
        doc.pop("raw_subject", None)
    doc.pop("url", None)
    alias = doc.pop("fields", None)
    if fields is None and alias is not None:
        fields = alias
        gap = {name: reason for name, reason in gap.items() if name != "custom"}
    channel = None
    if via is not None:
        channel = text_id(via.get("channel"))
        if len(via) > 2 or (len(via) == 2 and via.get("source") != _BARE_SOURCE):
            doc["via"] = via
    found = Ticket(
        platform=Platform.ZENDESK,
        profile=context.profile,
        id=number,
        key="#" + number,
        url=context.site + "/agent/tickets/" + number,
        kind=KINDS.get(native_kind) if native_kind else None,
        native_kind=native_kind,
        title=title,
        description=description,
        status=status,
        native_status=context.status_labels.get(custom_status, native_status) if custom_status else native_status,
        priority=context.priorities.get(native_priority) if native_priority else None,
        native_priority=native_priority,
        tags=tags or [],
        requester=context.people[requester],
        assignee=context.people[assignee],
        group=context.groups[group],
        organization=context.organizations[organization],
        channel=channel,
        created_at=_instant(created) if created and created[-1] == "Z" else when(created),
        updated_at=_instant(updated) if updated and updated[-1] == "Z" else when(updated),
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
    if counted := doc.get("metric_set"):
        times = metric_values(metric_set(dict(counted)), found)
        found = msgspec.structs.replace(found, **times)
        for name in times:
            gap.pop(name, None)
    if isinstance(clocks := doc.get("slas"), dict):
        now = context.now() if context.now else None
        changes["slas"] = [ended(sla(clock, now), found) for clock in clocks.get("policy_metrics") or ()]
        gap.pop("slas", None)
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
