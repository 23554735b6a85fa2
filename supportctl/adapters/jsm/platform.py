"""What Jira is like, as data: limits, hosts, capabilities and the default mapping tables.

Sources: Atlassian's REST v3 description, "Rate limiting" and "Status categories" (developer.atlassian.com).
Statuses: Jira knows three categories and no "closed" beside "resolved", so every status of the ``done`` category is
``resolved`` (with or without a resolution) unless the profile's ``statuses`` table says otherwise; ``pending``,
``on_hold``, ``closed`` and ``cancelled`` are reached through that table only.
"""

import msgspec

from supportctl.adapters.base import Capabilities, Need
from supportctl.adapters.jsm.failures import classify
from supportctl.config import Profile, is_atlassian
from supportctl.model import Kind, LinkType, Platform, Priority, Status
from supportctl.wire import Limit
from supportctl.wire.oauth import TokenRequest, scope_of

__all__ = ["ATTACHMENT_HOSTS", "CAPABILITIES", "PUBLISHED_LIMITS", "capabilities", "classify", "token_request"]

ATTACHMENT_HOSTS = ("api.media.atlassian.com", "media.atlassian.com")
"""Where ``/attachment/content/{id}`` redirects to on Cloud."""

PUBLISHED_LIMITS: tuple[Limit, ...] = (
    Limit("jira-issue-write", 20, 2.0, per_item=True, refills=True),
    Limit("jira-issue-write-30s", 100, 30.0, per_item=True, refills=True),
    *(
        Limit(f"jira-{method.lower()}", rate, 1.0, method=method, per_endpoint=True, refills=True)
        for method, rate in (("GET", 100), ("POST", 100), ("PUT", 50), ("DELETE", 50))
    ),
    Limit("jira-customers", 5, 1.0, method="GET", path=r".*/servicedesk/[^/]+/customer", refills=True),
)
"""Bursts of "Rate limiting": by method and endpoint; per issue 20 writes in 2 s and 100 in 30 s; customers 5/s."""

CLOUD_TOKENS = "https://auth.atlassian.com/oauth/token"


def token_request(profile: Profile) -> TokenRequest:
    """developer.atlassian.com, "OAuth 2.0 (3LO) apps"; Data Center: "Jira OAuth 2.0 provider API".

    Atlassian's own endpoint is for Atlassian's own hosts only: another needs the profile's ``token_url``.
    """
    if profile.deployment == "cloud":
        return TokenRequest(CLOUD_TOKENS if is_atlassian(profile.url) else "", extra=scope_of(profile))
    return TokenRequest(f"{profile.url.rstrip('/')}/rest/oauth2/latest/token", form=True, extra=scope_of(profile))


CATEGORY_STATUS = {"new": Status.NEW, "indeterminate": Status.OPEN, "done": Status.RESOLVED}
"""By ``statusCategory.key``, which is never localised; ``undefined`` says nothing."""

CATEGORY_IDS = {1: "undefined", 2: "new", 3: "done", 4: "indeterminate"}
CATEGORY_JQL = {"new": "To Do", "indeterminate": "In Progress", "done": "Done", "undefined": "No Category"}
"""The names JQL takes whatever the user's language."""

PRIORITY_BY_ID = {"1": Priority.P1, "2": Priority.P2, "3": Priority.P3, "4": Priority.P4, "5": Priority.P5}
"""The five priorities every Jira is born with, by id; others need the profile's ``priorities`` table."""

KINDS = {
    "incident": Kind.INCIDENT,
    "[system] incident": Kind.INCIDENT,
    "problem": Kind.PROBLEM,
    "[system] problem": Kind.PROBLEM,
    "change": Kind.CHANGE,
    "[system] change": Kind.CHANGE,
    "service request": Kind.REQUEST,
    "[system] service request": Kind.REQUEST,
    "service request with approvals": Kind.REQUEST,
    "[system] service request with approvals": Kind.REQUEST,
    "question": Kind.QUESTION,
    "ask a question": Kind.QUESTION,
    "task": Kind.TASK,
    "sub-task": Kind.TASK,
    "subtask": Kind.TASK,
}
"""The issue types Jira ships with; anything else is ``other``."""

LINKS = {
    "duplicate": (LinkType.DUPLICATED_BY, LinkType.DUPLICATE_OF),
    "blocks": (LinkType.BLOCKED_BY, LinkType.BLOCKS),
    "relates": (LinkType.RELATES, LinkType.RELATES),
    "problem/incident": (LinkType.PROBLEM, LinkType.INCIDENT),
    "causes": (LinkType.CAUSED_BY, LinkType.CAUSES),
    "parent/child": (LinkType.PARENT, LinkType.CHILD),
}
"""Link type name -> what an inward and an outward end means for the issue that lists it; others are ``relates``."""

LINK_WORDS = {
    ("is duplicated by", "duplicates"): LINKS["duplicate"],
    ("is blocked by", "blocks"): LINKS["blocks"],
    ("is caused by", "causes"): LINKS["causes"],
    ("is child of", "is parent of"): LINKS["parent/child"],
}
"""The inward and outward reading of a link type whose name says nothing to us -> the same."""

INVERSE = {
    LinkType.DUPLICATE_OF: LinkType.DUPLICATED_BY,
    LinkType.DUPLICATED_BY: LinkType.DUPLICATE_OF,
    LinkType.PARENT: LinkType.CHILD,
    LinkType.CHILD: LinkType.PARENT,
    LinkType.PROBLEM: LinkType.INCIDENT,
    LinkType.INCIDENT: LinkType.PROBLEM,
    LinkType.CAUSED_BY: LinkType.CAUSES,
    LinkType.CAUSES: LinkType.CAUSED_BY,
    LinkType.BLOCKS: LinkType.BLOCKED_BY,
    LinkType.BLOCKED_BY: LinkType.BLOCKS,
    LinkType.RELATES: LinkType.RELATES,
    LinkType.TRACKED_BY: LinkType.RELATES,
}

EVENT_FIELDS = {
    "summary": "title",
    "labels": "tags",
    "resolution": "closure_code",
    "issuetype": "kind",
    "reporter": "requester",
    "duedate": "due_at",
    "Link": "links",
    "Component": "component",
    "components": "component",
    "Attachment": "attachments",
}
"""Changelog field -> ours, where the names differ."""

UNSUPPORTED = frozenset({"group", "service", "category", "subcategory", "channel", "impact", "urgency"})
"""Fields without a home in Jira unless the profile's ``fields`` table gives them one."""

NEVER = frozenset({"closed_at", "resolution_notes"})

TAG_PATTERN = r"\S{1,255}"

VOLATILE = frozenset(
    {"status", "priority", "resolution", "components", "duedate", "statuscategorychangedate", "request"}
    | {"watches", "lastViewed"}
)
"""Native values that say again what fields of ours say; and who changes an issue may begin to watch it."""

SETTABLE = frozenset({"title", "priority", "native_priority", "component", "due_at", "closure_code"})

CAPABILITIES = Capabilities(
    platform=Platform.JSM,
    reads=frozenset(Need),
    writes=frozenset({"tags", "set", "assign", "comment", "link", "transition", "create", "attach"}),
    unknown_fields=UNSUPPORTED | NEVER,
    bulk_size=1000,
    jobs_in_flight=2,
    concurrency=8,
    settable=SETTABLE,
    links=frozenset(LinkType),
    closure_code="resolution",
    closure_notes=False,
    comment_limit=32_767,
    free_needs=frozenset({Need.TAGS, Need.PEOPLE, Need.LINKS, Need.CUSTOM}),
    volatile=VOLATILE,
    side_effects={"transition": ["closure_code", "resolved_at", "reopens", "assignee"]},
    search_limit=None,
    quiet_updates=None,
    tag_pattern=TAG_PATTERN,
    tag_rule="a label has no spaces and at most 255 characters; upper and lower case differ",
    tags_fold_case=False,
    closed_is_final=False,
    views="the id or exact name of a filter, or of a queue",
    native_language="JQL",
)
"""Of Cloud. Five bulk operations are allowed at once, for all users of the site together: we use two."""

BULK_SIZE = CAPABILITIES.bulk_size


def capabilities(fields: dict[str, str], *, cloud: bool = True) -> Capabilities:
    """The capabilities of an instance whose profile maps these portable fields to native ones.

    Data Center has no bulk operations: it takes one issue at a time.
    """
    found = msgspec.structs.replace(
        CAPABILITIES,
        unknown_fields=(UNSUPPORTED | NEVER) - fields.keys(),
        settable=SETTABLE | ((UNSUPPORTED | {"resolution_notes"}) & fields.keys()),
    )
    return found if cloud else msgspec.structs.replace(found, bulk_size=1, jobs_in_flight=1)
