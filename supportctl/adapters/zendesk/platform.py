"""Facts about Zendesk as data: limits, hosts, capabilities; and what its error answers mean."""

import msgspec

from supportctl.adapters.base import Capabilities, Need
from supportctl.adapters.zendesk.failures import api_error
from supportctl.adapters.zendesk.mapping import UNKNOWN_FIELDS, settable
from supportctl.adapters.zendesk.types import ApiError
from supportctl.config import Profile
from supportctl.errors import (
    AuthError,
    ConflictError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    SupportctlError,
    TemporaryError,
)
from supportctl.model import LinkType, Platform
from supportctl.wire import Limit, Response
from supportctl.wire.oauth import TokenRequest, scope_of

ATTACHMENT_HOSTS = ("*.zdusercontent.com", "*.zendesk.com")
"""Where ``content_url`` redirects to; visited without credentials."""

PUBLISHED_LIMITS = (
    Limit("incremental-exports", 10, 60.0, "GET", r"/api/v2/incremental/.*"),
    Limit("search-export", 100, 60.0, "GET", r"/api/v2/search/export(\.json)?"),
    Limit("tickets-index", 100, 60.0, "GET", r"/api/v2/tickets(\.json)?"),
    Limit("ticket-update", 30, 600.0, "PUT", r"/api/v2/tickets/\d+(\.json)?", per_item=True),
    Limit("tickets-update", 100, 60.0, "PUT", r"/api/v2/tickets/\d+(\.json)?"),
)
"""developer.zendesk.com, "Rate limits"; the account-wide limit depends on the plan and comes from headers."""

PLANS = {200: "Team", 400: "Growth or Professional", 700: "Enterprise", 2500: "Enterprise Plus or High Volume API"}
"""Requests per minute -> plans that have this limit (the same page)."""

BULK_SIZE = 100
JOBS = 30
"""Background jobs an account may have queued or running (the same page, "Job limit")."""
COMMENT_LIMIT = 65_535
"""Characters. No page says it of comments; it is what the API takes for a message that becomes one."""
SIDE_EFFECTS = {
    "tags": ["custom"],
    "set": ["tags", "links", "due_at"],
    "assign": ["status", "native_status", "group", "reassignments"],
    "comment": ["first_response_at"],
    "transition": ["resolved_at", "closed_at", "reopens", "tags"],
    "merge": ["native_status", "tags", "resolved_at", "closed_at"],
}
"""Besides what triggers do, which may be anything."""
TAG_PATTERN = r"[^\sA-Z,;\"'*?<>(){}\[\]|&!@#$%^+=~`\\]{1,255}"
TAG_RULE = "lower case, no spaces; letters, digits and _ - / . :"

EXPIRED_CURSOR = frozenset({"InvalidCursor", "InvalidPaginationParameter", "InvalidParameter", "invalid"})
"""Error codes of a cursor that is too old."""

CAPABILITIES = Capabilities(
    platform=Platform.ZENDESK,
    reads=frozenset(Need),
    writes=frozenset({"tags", "set", "assign", "comment", "link", "transition", "merge"}),
    unknown_fields=frozenset(UNKNOWN_FIELDS),
    bulk_size=BULK_SIZE,
    jobs_in_flight=JOBS,
    concurrency=4,
    settable=settable(()),
    links=frozenset({LinkType.PROBLEM, LinkType.TRACKED_BY}),
    comment_limit=COMMENT_LIMIT,
    reopens_closed=False,
    free_needs=frozenset({Need.TAGS, Need.PEOPLE, Need.METRICS}),
    volatile=frozenset({"generated_timestamp", "custom_status_id", "metric_set"}),
    side_effects=SIDE_EFFECTS,
    search_limit=None,
    quiet_updates=False,
    tag_pattern=TAG_PATTERN,
    tag_rule=TAG_RULE,
    tags_fold_case=True,
    closed_is_final=True,
    views="a view (id or exact name)",
    native_language="Zendesk search",
)


def capabilities(profile: Profile) -> Capabilities:
    """What this profile can do: fields it maps are known, and can be set."""
    mapped = set(profile.fields)
    return msgspec.structs.replace(
        CAPABILITIES,
        unknown_fields=frozenset(UNKNOWN_FIELDS - mapped),
        settable=settable(mapped),
        closure_code="the ticket field mapped to it" if "closure_code" in mapped else None,
        closure_notes="resolution_notes" in mapped,
    )


TOKEN_LIFE = 3600
ROTATING_LIFE = {"expires_in": 86_400, "refresh_token_expires_in": 89 * 86_400}
"""Seconds. Unasked, newer clients give half an hour; a refresh token lives 90 days at most (the same page)."""


def token_request(profile: Profile) -> TokenRequest:
    """developer.zendesk.com, "Create Token for Grant Type". A refresh without a scope keeps the one granted first."""
    url = f"{profile.url.rstrip('/')}/oauth/tokens"
    if profile.auth.kind == "client_credentials":
        scope = profile.auth.scope or ("read write" if profile.writes else "read")
        return TokenRequest(url, extra={"scope": scope, "expires_in": TOKEN_LIFE})
    return TokenRequest(url, extra=scope_of(profile) | ROTATING_LIFE)


def classify(response: Response) -> SupportctlError | None:
    """The error behind an error answer; None leaves it to the status.

    Codes, ticket field ids and the status are looked at; texts are localised and may hold customers' words.
    """
    if response.status < 400:
        return None
    error = api_error(response.content)
    said = f"{response.what} answered {response.status}{_code(error)}{response.trace}"
    match response.status:
        case 401:
            return AuthError(
                f"{said}: Zendesk does not accept the credentials; nothing was read or changed",
                hint="run: supportctl check (an API token may have been deactivated; an OAuth token may have expired)",
            )
        case 403:
            return PermissionDeniedError(
                f"{said}: the account's role, plan or token scope does not allow it; nothing was changed",
                hint="run: supportctl check",
            )
        case 404 if error.code == "InvalidEndpoint":
            return PermissionDeniedError(
                f"{said}: this account's plan does not offer it; nothing was changed", hint="run: supportctl check"
            )
        case 404:
            return NotFoundError(
                f"{said}: there is no such thing, or the account may not see it",
                hint="check the ticket number and the profile's url",
            )
        case 409:
            return ConflictError(
                f"{said}: somebody else changed it first; this change was not made", hint="run the command again"
            )
        case 429:
            return RateLimitedError(f"{said}: too many requests", hint="run the command again in a minute")
        case status if status >= 500:
            return TemporaryError(f"{said}: Zendesk has a problem", hint="run the command again in a while")
        case _:
            return InvalidRequestError(
                f"{said}: Zendesk refuses the request{_fields(error)}; nothing was changed",
                hint="run it again with --debug to see the exchange",
            )


def _code(error: ApiError) -> str:
    """The error's name; a sentence may quote what was sent."""
    code = error.code
    return f" ({code})" if code and code.isascii() and code.isidentifier() and len(code) <= 60 else ""


def _fields(error: ApiError) -> str:
    named = [
        f"{detail.ticket_field_type or 'field'} {detail.ticket_field_id}"
        for detail in error.details
        if detail.ticket_field_id
    ]
    own = [
        detail.field
        for detail in error.details
        if detail.field and detail.field.isascii() and detail.field.isidentifier()
    ]
    told = [*named, *dict.fromkeys(field for field in own if field != "base")]
    return f" because of {', '.join(told[:10])}" if told else ""
