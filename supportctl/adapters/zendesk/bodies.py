"""Which answer holds what: every body Zendesk sends can be told by method, path and status, and read.

The reader knows what it asked for and does not need this; recorded traffic, exports and tests do.
"""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from supportctl.adapters.zendesk import decode, jira_links, jobs, measures, threads
from supportctl.adapters.zendesk.context import Context, learn
from supportctl.adapters.zendesk.failures import api_error
from supportctl.adapters.zendesk.types import Json, SlaPolicy, decode_json

READ = {"GET"}
ANY = {"GET", "POST", "PUT", "PATCH", "DELETE"}
ID = r"[^/]+"
V2 = r"/api/v2"
JSON = r"(\.json)?"
_BULK = r"(imports/tickets|(deleted_|suspended_)?tickets|users|organizations|(organization|group)_memberships)"


class BodyDecoder(NamedTuple):
    """One kind of body. ``path`` is matched in full, without its query."""

    methods: set[str]
    path: re.Pattern[str]
    status: Callable[[int], bool]
    decode: Callable[[bytes], list[Any]]
    objects: str


def decoders(context: Context | None = None) -> list[BodyDecoder]:
    """All kinds, most special first."""

    def told(body: bytes) -> list[Any]:
        return objects_in(decode_json(body), context or Context(profile="", site=""))

    def good(methods: set[str], path: str, objects: str) -> BodyDecoder:
        return BodyDecoder(methods, re.compile(V2 + path + JSON), _success, told, objects)

    return [
        BodyDecoder(ANY, re.compile(r".*", re.DOTALL), lambda status: status >= 400, _error, "errors"),
        good(ANY, rf"/job_statuses(/{ID})?", "jobs"),
        good(ANY, rf"/{_BULK}/(create|update|destroy|mark)_many(_as_spam)?", "jobs"),
        good({"POST"}, r"/(?!trigger_categories/).+/jobs", "jobs"),
        good({"POST", "PUT", "DELETE"}, rf"/resource_collections(/{ID})?", "jobs"),
        good({"DELETE"}, rf"/deleted_tickets(/{ID}|/destroy_many)?", "jobs"),
        good({"POST"}, rf"/tickets/{ID}/merge", "jobs"),
        good(READ, r"/deleted_tickets", "deleted tickets"),
        good(ANY, rf"/suspended_tickets(/recover_many|/(?!attachments|export){ID}(/recover)?)?", "tickets"),
        good(READ, rf"/(ticket_audits|tickets/{ID}/audits(/\d+|/\{{{ID}\}})?)", "audits"),
        good(ANY, rf"/((tickets|requests)/{ID}|calls/{ID})/comments(/(\d+|\{{{ID}\}}))?(/redact)?", "comments"),
        good(ANY, rf"/comment_redactions/{ID}", "comments"),
        good(READ, rf"/tickets/{ID}/conversation_log", "comments"),
        good(ANY, rf"/tickets/{ID}/comments/{ID}/attachments/{ID}/redact", "attachments"),
        good(ANY, rf"/attachments/{ID}", "attachments"),
        good(ANY, rf"/tickets/{ID}/tags", "tags"),
        good(READ, rf"/(ticket_metrics(/{ID})?|tickets/{ID}/metrics)", "metric sets"),
        good(READ, rf"/(incremental/ticket_metric_events|tickets/{ID}/metric_events)", "metric events"),
        good(READ, r"/incremental/ticket_events", "ticket events"),
        good(ANY, rf"/(satisfaction_ratings(/(?!count){ID})?|tickets/{ID}/satisfaction_rating)", "satisfaction"),
        good(ANY, rf"/(group_)?slas/policies(/(\d+|\{{{ID}\}}))?", "SLA policies"),
        good(READ, rf"/tickets/{ID}/slas(/{ID})?", "SLA clocks"),
        good(ANY, rf"/bookmarks(/{ID})?", "tickets"),
        good(ANY, rf"/((tickets|users)/{ID}/)?skips", "tickets"),
        good(READ, rf"/incremental/(tickets(/cursor)?|{ID}/sample)", "tickets"),
        good(
            READ, rf"/(views|organizations|users)/{ID}/tickets(/(requested|assigned|ccd|followed|recent))?", "tickets"
        ),
        good(READ, rf"/(organizations|users)/{ID}/requests(/(open|solved|ccd))?", "tickets"),
        good(ANY, rf"/views/({ID}/execute|preview)", "tickets"),
        good(READ, rf"/tickets/{ID}/incidents", "tickets"),
        good(READ, rf"/tickets/messaging/conversations/{ID}/ticket", "tickets"),
        good(READ, r"/search(/export)?", "tickets"),
        good(ANY, r"/(problems(/autocomplete)?|imports/tickets|channels/\w+/tickets)", "tickets"),
        good(ANY, rf"/(tickets|requests)(/(?!count){ID})?", "tickets"),
        BodyDecoder(ANY, re.compile(rf"/api/services/jira/links(/{ID})?{JSON}"), _success, told, "links"),
    ]


def _success(status: int) -> bool:
    return 200 <= status < 300


def _error(body: bytes) -> list[Any]:
    return [api_error(body)]


def objects_in(envelope: Json, context: Context) -> list[Any]:
    """Everything an answer holds, by the keys of its envelope. Takes ``envelope`` apart."""
    if str(envelope.get("type", "")).endswith("Comment") and "id" in envelope:
        return [threads.comment(envelope, context)]
    found: list[Any] = []
    learn(envelope, context)
    for key in ("tickets", "ticket", "requests", "request", "suspended_tickets"):
        docs = envelope.get(key)
        if docs:
            envelope[key] = docs if isinstance(docs, list) else [docs]
            found += decode.tickets(envelope, context, key)
    for key, read in _READERS.items():
        docs = envelope.get(key)
        if docs:
            for doc in docs if isinstance(docs, list) else [docs]:
                found += read(doc, context)
    if "job_status" in envelope or "job_statuses" in envelope:
        found += jobs.jobs(envelope)
    return found


def _result(doc: Any, context: Context) -> list[Any]:
    """A search result: tickets are read, anything else stays as it is."""
    if isinstance(doc, dict) and doc.get("result_type") == "ticket":
        return [decode.ticket(doc, context, decode.gaps(context))]
    return [doc]


def _skip(doc: Json, context: Context) -> list[Any]:
    """A skip or a bookmark: the ticket in it."""
    return decode.tickets({"tickets": [doc["ticket"]]}, context) if doc.get("ticket") else []


def _row(doc: Json, context: Context) -> list[Any]:
    """A row of a view rendered for the screen: the ticket beside it is read, as far as it goes."""
    found = doc.get("ticket")
    return decode.tickets({"tickets": [found]}, context) if found and "id" in found else []


def _policy(doc: Json) -> SlaPolicy:
    return SlaPolicy(
        id=str(doc.pop("id", "")),
        title=doc.pop("title", None),
        targets=doc.pop("policy_metrics", None) or [],
        native=doc,
    )


_READERS: dict[str, Callable[[Any, Context], list[Any]]] = {
    "results": _result,
    "rows": _row,
    "last_audits": threads.audit,
    "skips": _skip,
    "skip": _skip,
    "bookmarks": _skip,
    "bookmark": _skip,
    "audits": threads.audit,
    "audit": threads.audit,
    "comments": lambda doc, context: [threads.comment(doc, context)],
    "comment": lambda doc, context: [threads.comment(doc, context)],
    "attachment": lambda doc, context: [threads.attachment(doc)],
    "events": lambda doc, context: [threads.conversation_event(doc)],
    "deleted_tickets": lambda doc, context: [threads.deleted_ticket(doc, context)],
    "ticket_events": threads.ticket_event,
    "ticket_metric_events": lambda doc, context: [threads.metric_event(doc)],
    "ticket_metrics": lambda doc, context: [measures.metric_set(doc)],
    "ticket_metric": lambda doc, context: [measures.metric_set(doc)],
    "satisfaction_ratings": lambda doc, context: [decode.satisfaction(doc)],
    "satisfaction_rating": lambda doc, context: [decode.satisfaction(doc)],
    "sla_policies": lambda doc, context: [_policy(doc)],
    "group_sla_policies": lambda doc, context: [_policy(doc)],
    "group_sla_policy": lambda doc, context: [_policy(doc)],
    "sla_policy": lambda doc, context: [_policy(doc)],
    "policy_metrics": lambda doc, context: [measures.sla(doc)],
    "tags": lambda doc, context: [doc],
    "links": lambda doc, context: [jira_links.link(doc)] if "issue_id" in doc else [],
    "link": lambda doc, context: [jira_links.link(doc)],
}
