"""Customer requests as the service desk API shows them (``/rest/servicedeskapi/request``).

The reader lists issues, not requests (a request listing holds only what the caller takes part in); this is for
single look-ups and exports. Times are objects, status categories are upper case.
"""

from typing import Any

import msgspec

from supportctl.adapters.jsm.comments import attachment_of, comments_of
from supportctl.adapters.jsm.decode import Decoder
from supportctl.adapters.jsm.slas import slas_of
from supportctl.adapters.jsm.values import clean, moment, person
from supportctl.model import Event, Platform, Ticket, Unknown

_MODELLED = (
    "issueId",
    "issueKey",
    "summary",
    "createdDate",
    "reporter",
    "currentStatus",
    "requestFieldValues",
    "sla",
    "comments",
    "attachments",
)
_CARRIED = ("title", "description", "status", "requester", "created_at", "slas", "comments", "attachments")
_LACKING = (
    *("kind", "priority", "tags", "assignee", "updated_at", "resolved_at", "due_at", "closure_code", "component"),
    *("links", "custom", "history", "reopens", "reassignments", "impact", "urgency", "category", "subcategory"),
    *("service", "group", "organization", "channel", "first_response_at", "closed_at", "resolution_notes"),
    "satisfaction",
)


def request_of(value: Any, decoder: Decoder) -> Ticket:
    """A request as a ticket; what a request does not tell is not fetched."""
    if not isinstance(value, dict):
        raise msgspec.ValidationError("Expected `object`")
    native = {name: item for name, item in clean(value).items() if name not in _MODELLED}
    rows = [row for row in value.get("requestFieldValues") or [] if isinstance(row, dict)]
    native["requestFieldValues"] = clean(rows)
    texts = {row.get("fieldId"): row.get("value") for row in rows}
    title, description = value.get("summary", texts.get("summary")), texts.get("description")
    status = value.get("currentStatus")
    status = status if isinstance(status, dict) else {}
    name = status.get("status")
    native["currentStatus"] = clean(status)
    at = _instant(value.get("createdDate"))
    if at is None and value.get("createdDate") is not None:
        native["createdDate"] = clean(value["createdDate"])
    links = value.get("_links")
    for end in ("web", "agent"):
        if isinstance(links, dict) and isinstance(links.get(end), str):
            native[f"{end}_url"] = links[end]
    slas = value.get("sla")
    clocks = slas.get("values") if isinstance(slas, dict) else slas
    threads, files = value.get("comments"), value.get("attachments")
    held: dict[str, Any] = {
        "title": title if isinstance(title, str) else None,
        "description": description if isinstance(description, str) else None,
        "status": decoder.statuses.of({"name": name, "statusCategory": status.get("statusCategory")}),
        "requester": person(value.get("reporter")),
        "created_at": at,
        "slas": [sla for item in clocks if isinstance(clocks, list) for sla in slas_of(item)] if clocks else None,
        "comments": comments_of(threads)[0] if threads is not None else None,
        "attachments": [attachment_of(item) for item in _values(files)] if files is not None else None,
    }
    unknown = dict.fromkeys(_LACKING, Unknown.NOT_FETCHED)
    unknown |= {field: Unknown.NOT_FETCHED for field in _CARRIED if held[field] is None}
    key = str(value.get("issueKey", ""))
    return Ticket(
        platform=Platform.JSM,
        profile=decoder.profile,
        id=str(value.get("issueId", "")),
        key=key,
        url=decoder.browse(key),
        native_status=name if isinstance(name, str) else None,
        unknown=unknown,
        native=native,
        **{field: item for field, item in held.items() if item is not None},
    )


def statuses_of_request(value: Any, decoder: Decoder) -> list[Event]:
    """``/request/{key}/status``: the statuses a customer has seen, as events, oldest first."""
    entries = sorted(_values(value), key=lambda entry: str(_instant(entry.get("statusDate"))))
    events: list[Event] = []
    before: Any = None
    before_label: str | None = None
    for number, entry in enumerate(entries):
        name, category = entry.get("status"), entry.get("statusCategory")
        label = name if isinstance(name, str) else None
        after = decoder.statuses.of({"name": name, "statusCategory": category})
        events.append(
            Event(
                id=str(number),
                at=_instant(entry.get("statusDate")),
                actor=None,
                field="status",
                before=before,
                after=after,
                before_label=before_label,
                after_label=label,
                native_field="status",
                native={"statusCategory": category},
            )
        )
        before, before_label = after, label
    return events


def _instant(value: Any) -> Any:
    return moment(value.get("epochMillis", value.get("iso8601"))) if isinstance(value, dict) else moment(value)


def _values(value: Any) -> list[dict[str, Any]]:
    items = value.get("values") if isinstance(value, dict) else value
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
