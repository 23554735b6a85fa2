"""ServiceNow as the tool sees it: what it can do, its published limits, and what its refusals mean."""

from supportctl.adapters.base import Capabilities, Need
from supportctl.adapters.servicenow.failures import OUT_OF_TIME, Cause, Refusal, refusal_of
from supportctl.config import Profile
from supportctl.errors import (
    AuthError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    ProtocolError,
    SupportctlError,
    TemporaryError,
)
from supportctl.model import LinkType, Platform
from supportctl.wire import Limit, Response
from supportctl.wire.oauth import TokenRequest, scope_of

ATTACHMENT_HOSTS: tuple[str, ...] = ()
"""Attachments are served by the instance itself."""

PUBLISHED_LIMITS: tuple[Limit, ...] = ()
"""None by default: administrators set rules per hour and API, and the answers carry them in headers."""


def token_request(profile: Profile) -> TokenRequest:
    """ServiceNow, "OAuth Inbound": the parameters stand in the body, never in the address."""
    return TokenRequest(f"{profile.url.rstrip('/')}/oauth_token.do", form=True, extra=scope_of(profile))


TAG_PATTERN = r"[^\W_](?:[\w -]*\w)?"
TAG_RULE = "letters, digits, spaces, hyphens and underscores, no other punctuation; case does not matter"

BATCH_SIZE = 20
"""Requests in one call of the Batch API. The documentation's example takes 2.6 s for one insert, and a whole batch is
given up after 30 s; what was not reached by then comes back and is sent in smaller batches."""

CAPABILITIES = Capabilities(
    platform=Platform.SERVICENOW,
    reads=frozenset(Need),
    writes=frozenset({"tags", "set", "assign", "comment", "link", "transition"}),
    unknown_fields=frozenset({"first_response_at", "satisfaction"}),
    bulk_size=BATCH_SIZE,
    comments_together=True,
    concurrency=4,
    settable=frozenset(
        {
            "title",
            "description",
            "impact",
            "urgency",
            "priority",
            "category",
            "subcategory",
            "component",
            "service",
            "due_at",
            "closure_code",
            "resolution_notes",
        }
    ),
    links=frozenset({LinkType.PARENT, LinkType.PROBLEM, LinkType.DUPLICATE_OF, LinkType.CAUSED_BY, LinkType.RELATES}),
    closure_code="close_code",
    closure_notes=True,
    comment_limit=4_000,
    reopens_closed=False,
    free_needs=frozenset({Need.PEOPLE}),
    volatile=frozenset({"sys_updated_by", "display_values", "state", "incident_state"}),
    side_effects={
        "set": ["priority", "updated_at"],
        "assign": ["status", "reassignments", "updated_at"],
        "comment": ["status", "updated_at"],
        "link": ["updated_at"],
        "transition": ["resolved_at", "closed_at", "reopens", "assignee", "updated_at"],
    },
    search_limit=None,
    quiet_updates=False,
    tag_pattern=TAG_PATTERN,
    tag_rule=TAG_RULE,
    tags_fold_case=True,
    closed_is_final=True,
    views="a saved filter (sys_id or exact title), or the URL of a list",
    native_language="encoded query",
)


class OutOfTimeError(TemporaryError):
    """The instance cut a query short at its execution limit (60 s for the Table API): ask for less at once."""

    code = "OUT_OF_TIME"


def classify(response: Response) -> SupportctlError | None:
    """The error behind an answer of status 400 and above, or behind a 200 that carries an ``error``.

    Free text of the instance stays out: rule names, field labels and table names are configuration, not tickets.
    """
    if response.status < 400 and not _failed(response.content):
        return None
    refusal = refusal_of(response.content)
    said = f"{response.what} answered {response.status}{response.trace}"
    if refusal.cause is Cause.OUT_OF_TIME or OUT_OF_TIME in response.content[-2000:].lower():
        return OutOfTimeError(
            f"{said}: the query ran longer than the instance allows; nothing was changed",
            hint="narrow the query, or run the command again when the instance is less busy",
        )
    return error_for(refusal, said, response.status)


def _failed(content: bytes) -> bool:
    return b'"failure"' in content[-4000:] and b'"error"' in content


def error_for(refusal: Refusal, said: str, status: int) -> SupportctlError | None:
    """The error a refusal stands for; None when the status says more."""
    match refusal.cause:
        case Cause.UNAUTHENTICATED:
            return AuthError(
                f"{said}: ServiceNow does not accept the user and password or token",
                hint="run `supportctl check`; accounts with single sign-on need an OAuth token, and an access policy "
                "may allow other ways to sign in only",
            )
        case Cause.TOKEN:
            return AuthError(
                f"{said}: ServiceNow refuses the OAuth client or token ({_word(refusal.message)})",
                hint="make a new token; the OAuth client or its grant may be disabled",
            )
        case Cause.DATA_POLICY:
            labels = ", ".join(refusal.fields) or "not named"
            return InvalidRequestError(
                f"{said}: a data policy of the instance refuses the change; fields it asks for: {labels}",
                hint="fill these fields first, or ask the administrator about the data policy",
            )
        case Cause.BUSINESS_RULE:
            return InvalidRequestError(
                f"{said}: the business rule {refusal.rule or '(unnamed)'!r} of the instance stopped the change",
                hint="ask the administrator what this rule requires",
            )
        case Cause.API_ACL:
            return PermissionDeniedError(
                f"{said}: the account may not use this REST API",
                hint="it needs a role that a REST API ACL names (often snc_platform_rest_api_access)",
            )
        case Cause.ACL:
            return PermissionDeniedError(
                f"{said}: the account's roles do not allow this",
                hint="it needs a role that an access control rule of the table names (itil for task tables)",
            )
        case Cause.NO_RECORD:
            return NotFoundError(
                f"{said}: no such record, or it is hidden from this account (ServiceNow does not tell which)",
                hint="check the key; ask for read access if the record exists",
            )
        case Cause.INVALID_TABLE:
            return InvalidRequestError(
                f"{said}: the instance has no such table, or it is closed to web services",
                hint="check the tables of the profile: supportctl profile show",
            )
        case Cause.NO_SUCH_URI:
            return ProtocolError(
                f"{said}: there is no such API here",
                hint="check the profile's url; the plugin that serves this API may be off",
            )
        case _:
            if status < 400:
                return ProtocolError(f"{said}: the answer holds an error instead of data", hint="run the command again")
            return None


def _word(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum() or sign == "_")[:40] or "no reason given"
