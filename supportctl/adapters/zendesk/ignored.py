"""What decoding leaves out on purpose, and why. `tests/recordings` holds the adapter to this list.

A pattern is a path of segments joined by dots; ``*`` is one segment, ``**`` any number.
"""

_API_ADDRESS = "the API address of the same ticket, derived from its id"
_AGENT = "who skipped or marked the ticket, when and why: a fact about an agent's queue"
_ALIAS = "the vendor's alias of custom_fields, which is read"
_RENDERED = "what a view shows of a ticket on the screen, rendered from the ticket beside it"
_PAGING = "steers the reading of the next page; no fact about a ticket"
_PEOPLE = "of people and places, a ticket needs id, name, address and role"

IGNORED: dict[str, str] = {
    "tickets.*.url": _API_ADDRESS,
    "ticket.url": _API_ADDRESS,
    "ticket.*.url": _API_ADDRESS,
    "requests.*.url": _API_ADDRESS,
    "request.url": _API_ADDRESS,
    "results.*.url": _API_ADDRESS,
    "suspended_tickets.*.url": _API_ADDRESS,
    "skips.*.ticket.url": _API_ADDRESS,
    "skips.*.*": _AGENT,
    "skip.*": _AGENT,
    "bookmarks.*.*": _AGENT,
    "bookmark.*": _AGENT,
    "skip.ticket.url": _API_ADDRESS,
    "bookmarks.*.ticket.url": _API_ADDRESS,
    "bookmark.ticket.url": _API_ADDRESS,
    "skip.ticket.fields.**": _ALIAS,
    "bookmarks.*.ticket.fields.**": _ALIAS,
    "bookmark.ticket.fields.**": _ALIAS,
    "rows.*.ticket.url": _API_ADDRESS,
    "rows.*.*": _RENDERED,
    "rows.*.group.**": _RENDERED,
    "rows.*.custom_fields.**": _RENDERED,
    "rows.*.fields.**": _RENDERED,
    "columns.**": _RENDERED,
    "view.**": "the view itself, not its tickets",
    "tickets.*.fields.**": _ALIAS,
    "ticket.fields.**": _ALIAS,
    "ticket.*.fields.**": _ALIAS,
    "results.*.fields.**": _ALIAS,
    "requests.*.fields.**": _ALIAS,
    "request.fields.**": _ALIAS,
    "skips.*.ticket.fields.**": _ALIAS,
    "count": _PAGING,
    "next_page": _PAGING,
    "previous_page": _PAGING,
    "links.next": _PAGING,
    "links.prev": _PAGING,
    "meta.*": _PAGING,
    "after_url": _PAGING,
    "after_cursor": _PAGING,
    "before_url": _PAGING,
    "before_cursor": _PAGING,
    "end_of_stream": _PAGING,
    "end_time": _PAGING,
    "facets": "counts over the search result, which nobody asked for",
    "users.**": _PEOPLE,
    "groups.**": _PEOPLE,
    "organizations.**": _PEOPLE,
    "brands.**": "sideloaded configuration",
    "ticket_forms.**": "sideloaded configuration",
    "custom_statuses.**": "sideloaded configuration; labels are learned from /custom_statuses",
    "sharing_agreements.**": "sideloaded configuration",
}

_KNOWLEDGE = "Help Center content: articles, their comments, votes and translations are not tickets"
_CONFIG = "configuration of the instance; what is needed of it is read as vocabulary"
_PEOPLE_LIST = "people and places as such; tickets learn names from sideloads"
_NUMBER = "a number, not tickets"

OUT_OF_SCOPE: dict[str, str] = {
    r"\w+ /api/v2/help_center/.*": _KNOWLEDGE,
    r"\w+ /api/v2/guide/.*": _KNOWLEDGE,
    r"\w+ /api/v2/(macros|automations)\b.*": _CONFIG,
    r"GET /api/v2/tickets/[^/]+/macros/[^/]+/apply": "a preview of what a macro would do; no ticket's state",
    r"\w+ /api/v2/(brands|custom_status(es)?|ticket_(fields|forms)|recipient_addresses)\b.*": _CONFIG,
    r"\w+ /api/v2/(satisfaction_reasons|slas/policies/definitions)\b.*": _CONFIG,
    r"\w+ /api/v2/(users|groups|group_memberships|organizations)\b.*": _PEOPLE_LIST,
    r"GET /api/v2/tickets/[^/]+/(collaborators|email_ccs|followers)": _PEOPLE_LIST,
    r"GET /api/v2/incremental/(users|organizations|routing|custom_objects)\b.*": _PEOPLE_LIST,
    r"GET /api/v2/.*count(_many)?(\.json)?": _NUMBER,
    r"POST /api/v2/views/preview/count": _NUMBER,
    r"GET /api/v2/tickets/[^/]+/related": "counts and ids around a ticket; its links are read from the ticket",
    r"\w+ /api/v2/tickets/[^/]+/task_lists": "checklists of an add-on; no portable meaning yet",
    r"\w+ /api/v2/views\b.*": "views as such; their tickets come from /views/{id}/tickets",
    r"\w+ /api/v2/(autocomplete/)?tags(\.json)?": "the account's tag list; read as vocabulary",
    r"\w+ /api/v2/(account/settings|trigger_categories|slas|group_slas)\b.*": _CONFIG,
    r"\w+ /api/v2/(ticket_content_pins|email_notifications)\b.*": "beside tickets: pinned articles and sent mails",
    r"\w+ /api/v2/(activities|approval_requests)\b.*": "what agents were told or asked; the tickets are read as such",
    r"POST /api/v2/any_channel/push.*": "the answer to a channel integration's delivery",
    r"\w+ /api/v2/uploads\b.*": "files on their way to a comment that is not written yet",
    r"POST /api/v2/suspended_tickets/(attachments|export)": "files and an export job of suspended mail",
}
