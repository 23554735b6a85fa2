"""What this account allows: statuses, fields with their options, tags in use, closure codes."""

from supportctl.adapters.base import FieldInfo, Notice, Vocabulary
from supportctl.adapters.zendesk.account import Account
from supportctl.adapters.zendesk.mapping import STATUSES
from supportctl.adapters.zendesk.types import Json
from supportctl.errors import NotFoundError, PermissionDeniedError
from supportctl.model import LinkType

SYSTEM_TYPES = frozenset(
    {
        "subject",
        "description",
        "status",
        "tickettype",
        "priority",
        "basic_priority",
        "group",
        "assignee",
        "custom_status",
        "satisfaction",
    }
)
"""Types of ticket fields every account has; they are fields of the ticket itself."""
CATEGORIES = tuple(native for native in STATUSES if native != "deleted")


def read(account: Account) -> Vocabulary:
    """One request per list; lists the account may not read are named in the warnings."""
    account.resolve_titles()
    warnings: list[Notice] = []
    custom = [status for status in account.statuses() if status.get("active", True)]
    try:
        fields = [field_info(field) for field in account.fields() if field.get("active", True)]
    except (PermissionDeniedError, NotFoundError):
        fields = []
        warnings.append(_hidden("ticket fields"))
    try:
        tags = [str(tag["name"]) for tag in account.each("/tags.json", "tags", "tags")]
    except (PermissionDeniedError, NotFoundError):
        tags = []
        warnings.append(_hidden("tags"))
    codes: list[str] = []
    for number, portable in account.context.mapped.items():
        if portable == "closure_code":
            codes = next((field.options for field in fields if field.id == str(number)), [])
    return Vocabulary(
        statuses=[*CATEGORIES, *(str(status["agent_label"]) for status in custom if not status.get("default"))],
        priorities=_priorities(account),
        closure_codes=codes,
        tags=tags,
        link_types=[LinkType.PROBLEM, LinkType.INCIDENT, LinkType.RELATES, LinkType.TRACKED_BY],
        fields=fields,
        warnings=[*warnings, *account.take_notices()],
    )


def field_info(field: Json) -> FieldInfo:
    """A ticket field; options by their values, which are what tickets hold."""
    kind = field.get("type")
    options = field.get("custom_field_options") or field.get("system_field_options") or ()
    return FieldInfo(
        id=str(field["id"]),
        name=field.get("title") or "",
        type=kind,
        custom=kind not in SYSTEM_TYPES,
        options=[str(option.get("value")) for option in options],
    )


def _priorities(account: Account) -> list[str]:
    for field in account.fields():
        if field.get("type") in ("priority", "basic_priority"):
            return [str(option["value"]) for option in field.get("system_field_options") or () if option.get("value")]
    return list(account.context.priorities)


def _hidden(what: str) -> Notice:
    return Notice(code="vocabulary-hidden", message=f"the account may not read the list of {what}")
