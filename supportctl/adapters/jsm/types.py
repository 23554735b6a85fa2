"""The shapes of Jira's JSON on the hot path.

Only what every issue has is typed; the fields of an issue stay raw bytes until `decode` looks at each by name.
Shapes follow Atlassian's OpenAPI description of REST v3 (``IssueBean``, ``SearchAndReconcileResults``,
``SearchResults``, ``BulkIssueResults``); what it does not know ends in ``extra``.
"""

from typing import Any

import msgspec
from msgspec import Raw

EMPTY = Raw()
"""A member that was not there."""


class Issue(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """One issue, its fields undecoded."""

    id: str | int | None = None
    key: str | None = None
    fields: dict[str, Raw] = {}
    changelog: Raw = EMPTY
    renderedFields: Raw = EMPTY  # noqa: N815
    names: Raw = EMPTY
    schema: Raw = EMPTY
    transitions: Raw = EMPTY
    operations: Raw = EMPTY
    editmeta: Raw = EMPTY
    properties: Raw = EMPTY
    versionedRepresentations: Raw = EMPTY  # noqa: N815
    fieldsToInclude: Raw = EMPTY  # noqa: N815
    self_: Raw = msgspec.field(name="self", default=EMPTY)
    expand: Raw = EMPTY

    @property
    def has_more(self) -> bool:
        """Whether there is anything beside the fields and the changelog."""
        return not (
            self.names is EMPTY
            and self.renderedFields is EMPTY
            and self.transitions is EMPTY
            and self.operations is EMPTY
            and self.editmeta is EMPTY
            and self.properties is EMPTY
            and self.schema is EMPTY
            and self.versionedRepresentations is EMPTY
            and self.fieldsToInclude is EMPTY
        )


class IssuePage(msgspec.Struct, gc=False):
    """A page of any search: Cloud's token paging, Data Center's offsets, bulk fetch."""

    issues: list[Issue] = []
    nextPageToken: str | None = None  # noqa: N815
    isLast: bool | None = None  # noqa: N815
    startAt: int | None = None  # noqa: N815
    maxResults: int | None = None  # noqa: N815
    total: int | None = None
    names: Raw = EMPTY
    warningMessages: list[str] = []  # noqa: N815
    issueErrors: list[Any] = []  # noqa: N815


class LooseIssue(msgspec.Struct):
    """An issue with a top-level member this version does not know."""

    issue: Issue
    extra: dict[str, Any] = {}


_PAGE = msgspec.json.Decoder(IssuePage)
_ISSUE = msgspec.json.Decoder(Issue)
_ANY = msgspec.json.Decoder()


def decode_page(content: bytes) -> tuple[IssuePage, list[LooseIssue]]:
    """A page and, when it holds members unknown to us, its issues with those kept apart.

    Raises `msgspec.DecodeError` when ``content`` is not JSON, `msgspec.ValidationError` when it is no page.
    """
    try:
        return _PAGE.decode(content), []
    except msgspec.ValidationError:
        whole = _ANY.decode(content)
        if not isinstance(whole, dict) or not isinstance(whole.get("issues"), list):
            raise
        loose = [_loosen(item) for item in whole.pop("issues") if isinstance(item, dict)]
        page = msgspec.convert(
            {name: value for name, value in whole.items() if name not in ("names", "issueErrors")}, IssuePage
        )
        page.issueErrors = whole["issueErrors"] if isinstance(whole.get("issueErrors"), list) else []
        return page, loose


def decode_issue(content: bytes) -> LooseIssue:
    """One issue. Raises like `decode_page`."""
    try:
        return LooseIssue(_ISSUE.decode(content))
    except msgspec.ValidationError:
        whole = _ANY.decode(content)
        if not isinstance(whole, dict):
            raise
        return _loosen(whole)


def _loosen(item: dict[str, Any]) -> LooseIssue:
    known: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    for name, value in item.items():
        (known if name in _MEMBERS else extra)[name] = value
    for name, wanted in (("id", (str, int)), ("key", (str,)), ("fields", (dict,))):
        if name in known and not (isinstance(known[name], wanted) and not isinstance(known[name], bool)):
            extra[name] = known.pop(name)
    issue = _ISSUE.decode(msgspec.json.encode(known))
    return LooseIssue(issue, extra)


_MEMBERS = {field.encode_name for field in msgspec.structs.fields(Issue)}
