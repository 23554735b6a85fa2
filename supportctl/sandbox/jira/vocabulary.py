"""The sample site's configuration: two service projects, one of them with German status names.

Names are for people; what counts are the ids and the category keys.
"""

from typing import Any

from supportctl.sandbox.jira.schema import SITE

CATEGORIES: dict[str, dict[str, Any]] = {
    "undefined": {"id": 1, "key": "undefined", "colorName": "medium-gray", "name": "No Category"},
    "new": {"id": 2, "key": "new", "colorName": "blue-gray", "name": "To Do"},
    "indeterminate": {"id": 4, "key": "indeterminate", "colorName": "yellow", "name": "In Progress"},
    "done": {"id": 3, "key": "done", "colorName": "green", "name": "Done"},
}
for _doc in CATEGORIES.values():
    _doc["self"] = f"{SITE}/rest/api/3/statuscategory/{_doc['id']}"

PROJECTS = {"SUP": ("10000", "Customer Support", "1"), "HILFE": ("10001", "Kundenservice", "2")}
"""Key -> id, name, service desk id."""

WORKFLOW = ("new", "open", "pending", "on_hold", "resolved", "closed", "cancelled")
"""The states of the workflow, in the portable words of the sample company."""
_STATE_CATEGORY = {"new": "new", "resolved": "done", "closed": "done", "cancelled": "done"}
_STATE_NAMES = {
    "SUP": (
        "Open",
        "Work in progress",
        "Waiting for customer",
        "Pending",
        "Resolved",
        "Closed",
        "Canceled",
    ),
    "HILFE": (
        "Offen",
        "In Arbeit",
        "Warten auf Kunden",
        "Zurückgestellt",
        "Gelöst",
        "Geschlossen",
        "Abgebrochen",
    ),
}
_FIRST_STATUS = {"SUP": 10001, "HILFE": 10011}


def status_id(project: str, state: str) -> str:
    return str(_FIRST_STATUS[project] + WORKFLOW.index(state))


def statuses() -> list[dict[str, Any]]:
    found = []
    for project, names in _STATE_NAMES.items():
        for state, name in zip(WORKFLOW, names, strict=True):
            number = status_id(project, state)
            found.append(
                {
                    "self": f"{SITE}/rest/api/3/status/{number}",
                    "description": "",
                    "iconUrl": f"{SITE}/images/icons/statuses/generic.png",
                    "name": name,
                    "untranslatedName": name,
                    "id": number,
                    "statusCategory": CATEGORIES[_STATE_CATEGORY.get(state, "indeterminate")],
                    "scope": {"type": "PROJECT", "project": {"id": PROJECTS[project][0]}},
                }
            )
    return found


def transition_screens() -> dict[str, list[dict[str, Any]]]:
    """Status id to the fields that the transition to it asks for."""
    return {
        status_id(project, state): [{"id": name, "required": required} for name, required in asked]
        for project in PROJECTS
        for state, asked in SCREENS.items()
    }


PRIORITIES = ("Highest", "High", "Medium", "Low", "Lowest")
RESOLUTIONS = ("Done", "Won't Do", "Duplicate", "Cannot Reproduce", "Known Error", "Declined")
LINK_TYPES = (
    ("10000", "Blocks", "is blocked by", "blocks"),
    ("10001", "Cloners", "is cloned by", "clones"),
    ("10002", "Duplicate", "is duplicated by", "duplicates"),
    ("10003", "Relates", "relates to", "relates to"),
    ("10004", "Problem/Incident", "is caused by", "causes"),
)
ISSUE_TYPES = {
    "incident": ("10001", "[System] Incident"),
    "request": ("10002", "[System] Service request"),
    "problem": ("10003", "[System] Problem"),
    "change": ("10004", "[System] Change"),
    "question": ("10005", "Question"),
    "task": ("10006", "Task"),
    "other": ("10007", "Support"),
}
REQUEST_TYPES = {"incident": "Report a system problem", "request": "Get IT help", "question": "Ask a question"}
"""Kinds that customers raise in the portal; issues of other kinds have no request type."""

REQUEST_TYPE = "customfield_10010"
ORGANIZATIONS = "customfield_10002"
PARTICIPANTS = "customfield_10026"
FIRST_RESPONSE = "customfield_10031"
RESOLUTION_TIME = "customfield_10030"
SATISFACTION = "customfield_10033"
SATISFACTION_DATE = "customfield_10034"
IMPACT = "customfield_10004"
URGENCY = "customfield_10043"
CATEGORY = "customfield_10050"
SUBCATEGORY = "customfield_10051"
SERVICE = "customfield_10052"
GROUP = "customfield_10053"
NOTES = "customfield_10054"
CHANNEL = "customfield_10055"
ASSET = "customfield_10056"

SELECTS = (IMPACT, URGENCY, CATEGORY, SUBCATEGORY, SERVICE, CHANNEL)
SCREENS: dict[str, tuple[tuple[str, bool], ...]] = {
    "on_hold": (("duedate", True),),
    "resolved": (("resolution", True), (NOTES, False), ("assignee", False)),
    "closed": (("resolution", True),),
    "cancelled": (("resolution", True), (CATEGORY, True), (NOTES, False)),
}
"""State -> the fields of the screen on the way there, and whether each is required."""
CONTEXTS = {ASSET: ("incident", "request", "problem", "change")}
"""Field -> kinds of issues it applies to; issues of other kinds do not have it at all."""

_DESK = "com.atlassian.servicedesk:"
_PLUGIN = "com.atlassian.jira.plugin.system.customfieldtypes:"
_CUSTOM = (
    (ORGANIZATIONS, "Organizations", "array", "sd-customerorganization", f"{_DESK}sd-customer-organizations"),
    (IMPACT, "Impact", "option", None, f"{_PLUGIN}select"),
    (REQUEST_TYPE, "Request Type", "sd-customerrequesttype", None, f"{_DESK}vp-origin"),
    (PARTICIPANTS, "Request participants", "array", "user", f"{_DESK}sd-request-participants"),
    (RESOLUTION_TIME, "Time to resolution", "sd-servicelevelagreement", None, f"{_DESK}sd-sla-field"),
    (FIRST_RESPONSE, "Time to first response", "sd-servicelevelagreement", None, f"{_DESK}sd-sla-field"),
    (SATISFACTION, "Satisfaction", "sd-feedback", None, f"{_DESK}sd-request-feedback"),
    (SATISFACTION_DATE, "Satisfaction date", "datetime", None, f"{_DESK}sd-request-feedback-date"),
    (URGENCY, "Urgency", "option", None, f"{_PLUGIN}select"),
    (CATEGORY, "Category", "option", None, f"{_PLUGIN}select"),
    (SUBCATEGORY, "Subcategory", "option", None, f"{_PLUGIN}select"),
    (SERVICE, "Affected service", "option", None, f"{_PLUGIN}select"),
    (GROUP, "Support group", "group", None, f"{_PLUGIN}grouppicker"),
    (NOTES, "Resolution notes", "string", None, f"{_PLUGIN}textarea"),
    (CHANNEL, "Channel", "option", None, f"{_PLUGIN}select"),
    (ASSET, "Affected hardware", "string", None, f"{_PLUGIN}textfield"),
)
_SYSTEM = (
    ("issuekey", "Key", None, None, ("id", "issue", "issuekey", "key")),
    ("summary", "Summary", "string", None, ("summary",)),
    ("issuetype", "Issue Type", "issuetype", None, ("issuetype", "type")),
    ("project", "Project", "project", None, ("project",)),
    ("status", "Status", "status", None, ("status",)),
    ("statusCategory", "Status Category", "statusCategory", None, ("statusCategory",)),
    ("statuscategorychangedate", "Status Category Changed", "datetime", None, ("statusCategoryChangedDate",)),
    ("resolution", "Resolution", "resolution", None, ("resolution",)),
    ("resolutiondate", "Resolved", "datetime", None, ("resolutiondate", "resolved")),
    ("priority", "Priority", "priority", None, ("priority",)),
    ("labels", "Labels", "array", "string", ("labels",)),
    ("components", "Components", "array", "component", ("component",)),
    ("assignee", "Assignee", "user", None, ("assignee",)),
    ("reporter", "Reporter", "user", None, ("reporter",)),
    ("creator", "Creator", "user", None, ("creator",)),
    ("created", "Created", "datetime", None, ("created", "createdDate")),
    ("updated", "Updated", "datetime", None, ("updated", "updatedDate")),
    ("duedate", "Due date", "date", None, ("due", "duedate")),
    ("description", "Description", "string", None, ("description",)),
    ("environment", "Environment", "string", None, ("environment",)),
    ("issuelinks", "Linked Issues", "array", "issuelinks", ("issueLink",)),
    ("attachment", "Attachment", "array", "attachment", ("attachments",)),
    ("comment", "Comment", "comments-page", None, ("comment",)),
    ("worklog", "Log Work", "array", "worklog", ()),
    ("parent", "Parent", "issuelink", None, ("parent",)),
    ("subtasks", "Sub-tasks", "array", "issuelinks", ("subtasks",)),
    ("versions", "Affects versions", "array", "version", ("affectedVersion",)),
    ("fixVersions", "Fix versions", "array", "version", ("fixVersion",)),
    ("security", "Security Level", "securitylevel", None, ("level",)),
)


COMPONENTS = {
    "SUP": (("10100", "Harbour portal"), ("10101", "Invoicing"), ("10102", "Hardware")),
    "HILFE": (("10110", "Kundenportal"), ("10111", "Geräte")),
}
"""Project -> id and name of its components."""


def component(project: str, id_: str, name: str) -> dict[str, Any]:
    here = f"{SITE}/rest/api/3/component/{id_}"
    return {"self": here, "id": id_, "name": name, "project": project, "projectId": int(PROJECTS[project][0])}


def fields() -> list[dict[str, Any]]:
    """Field documents as ``GET /field`` lists them."""
    found: list[dict[str, Any]] = []
    for id_, name, kind, items, clauses in _SYSTEM:
        doc: dict[str, Any] = {
            "id": id_,
            "key": id_,
            "name": name,
            "custom": False,
            "orderable": id_ not in {"created", "updated", "resolutiondate"},
            "navigable": id_ not in {"comment", "attachment", "worklog"},
            "searchable": True,
            "clauseNames": list(clauses),
        }
        if kind is not None:
            doc["schema"] = {"type": kind, **({"items": items} if items else {}), "system": id_}
        found.append(doc)
    for id_, name, kind, items, custom in _CUSTOM:
        found.append(custom_field(id_, name, kind, custom, items))
    return found


def custom_field(id_: str, name: str, kind: str, custom: str, items: str | None = None) -> dict[str, Any]:
    number = int(id_.rpartition("_")[2])
    return {
        "id": id_,
        "key": id_,
        "name": name,
        "custom": True,
        "orderable": True,
        "navigable": True,
        "searchable": True,
        "clauseNames": [f"cf[{number}]", name],
        "schema": {"type": kind, **({"items": items} if items else {}), "custom": custom, "customId": number},
    }


def project(key: str) -> dict[str, Any]:
    number, name, _ = PROJECTS[key]
    return {
        "self": f"{SITE}/rest/api/3/project/{number}",
        "id": number,
        "key": key,
        "name": name,
        "projectTypeKey": "service_desk",
        "simplified": False,
        "style": "classic",
        "isPrivate": False,
        "avatarUrls": {"48x48": f"{SITE}/rest/api/3/universal_avatar/view/type/project/avatar/10400"},
    }


def issue_type(kind: str) -> dict[str, Any]:
    number, name = ISSUE_TYPES.get(kind, ISSUE_TYPES["other"])
    return {
        "self": f"{SITE}/rest/api/3/issuetype/{number}",
        "id": number,
        "description": "",
        "iconUrl": f"{SITE}/rest/api/3/universal_avatar/view/type/issuetype/avatar/10300",
        "name": name,
        "subtask": False,
        "avatarId": 10300,
        "hierarchyLevel": 0,
    }


def priority(rank: int) -> dict[str, Any]:
    """The priority of rank 1 (highest) to 5."""
    return {
        "self": f"{SITE}/rest/api/3/priority/{rank}",
        "iconUrl": f"{SITE}/images/icons/priorities/{PRIORITIES[rank - 1].lower()}.svg",
        "name": PRIORITIES[rank - 1],
        "id": str(rank),
    }


def resolution(number: int, name: str) -> dict[str, Any]:
    return {
        "self": f"{SITE}/rest/api/3/resolution/{number}",
        "id": str(number),
        "description": "",
        "name": name,
    }


STAFF_ONLY = ("10000", "Staff only")
"""The level of issue security of the sample site: id and name."""


def security_level(id_: str, name: str) -> dict[str, Any]:
    return {
        "self": f"{SITE}/rest/api/3/securitylevel/{id_}",
        "id": id_,
        "description": "",
        "name": name,
    }


def link_type(id_: str, name: str, inward: str, outward: str) -> dict[str, Any]:
    return {
        "id": id_,
        "name": name,
        "inward": inward,
        "outward": outward,
        "self": f"{SITE}/rest/api/3/issueLinkType/{id_}",
    }
