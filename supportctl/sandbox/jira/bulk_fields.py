"""What a bulk edit sets: ``selectedActions`` and ``editedFieldsInput`` to the fields of one issue.

(developer.atlassian.com, Jira Cloud platform v3, "Bulk edit issues": ``JiraIssueFields``)
"""

from typing import Any

from supportctl.sandbox.jira.call import BulkError

Doc = dict[str, Any]
MOST = 200
_OPTIONS = {"ADD", "REMOVE", "REPLACE", "REMOVE_ALL"}
_SINGLE = {"priority": "priority", "multiselectComponents": "components", "issueType": "issuetype"}
"""Inputs that are one object each, and the field they are of."""
_LISTS = (
    *("labelsFields", "singleSelectClearableUserPickerFields", "singleSelectFields", "singleLineTextFields"),
    *("clearableNumberFields", "richTextFields"),
)
"""Inputs that are lists of ``{"fieldId"}``."""
CLEARED = "-1"


def checked(actions: list[str], inputs: Doc) -> dict[str, list[tuple[str, Doc]]]:
    """Field id to its inputs, each with its kind. Raises `BulkError` 400."""
    if len(actions) > MOST:
        raise BulkError(400, f"You can only edit up to {MOST} fields at a time.")
    if not actions:
        raise BulkError(400, "The selectedActions field is required.")
    found: dict[str, list[tuple[str, Doc]]] = {}
    for kind, value in inputs.items():
        if kind in _SINGLE:
            found.setdefault(_SINGLE[kind], []).append((kind, value))
        elif kind in _LISTS:
            for each in value:
                found.setdefault(str(each["fieldId"]), []).append((kind, each))
        else:
            raise BulkError(400, f"The following editedFieldInput values are not supported by the sandbox : {kind}")
    missing = [action for action in actions if action not in found]
    if missing:
        raise BulkError(
            400, f"The following selectedActions have no matching editedFieldInput values : {', '.join(missing)}"
        )
    extra = [field for field in found if field not in actions]
    if extra:
        raise BulkError(
            400, f"The following editedFieldInput values are not listed as selectedActions : {', '.join(extra)}"
        )
    for kind, value in (pair for pairs in found.values() for pair in pairs):
        options = kind in ("labelsFields", "multiselectComponents")
        if options and value.get("bulkEditMultiSelectFieldOption") not in _OPTIONS:
            raise BulkError(400, "The bulkEditMultiSelectFieldOption field is invalid.")
    return found


def fields_for(issue: Doc, wanted: dict[str, list[tuple[str, Doc]]]) -> Doc:
    """As "Edit issue" would take them."""
    found: Doc = {}
    for field, inputs in wanted.items():
        for kind, value in inputs:
            found[field] = _value(kind, value, found.get(field, issue["fields"].get(field)))
    return found


def _value(kind: str, given: Doc, now: Any) -> Any:
    match kind:
        case "labelsFields":
            names = [str(each.get("name", "")) for each in given.get("labels") or ()]
            return _several(given, list(now or ()), names)
        case "multiselectComponents":
            ids = [str(each.get("componentId", "")) for each in given.get("components") or ()]
            held = [str(each.get("id")) for each in now or ()]
            return [{"id": each} for each in _several(given, held, ids)]
        case "priority":
            return {"id": str(given.get("priorityId", ""))}
        case "issueType":
            return {"id": str(given.get("issueTypeId", ""))}
        case "singleSelectClearableUserPickerFields":
            user = given.get("user")
            return None if user is None else {"accountId": user.get("accountId")}
        case "singleSelectFields":
            option = str((given.get("option") or {}).get("optionId", ""))
            return None if option == CLEARED else {"id": option}
        case "singleLineTextFields":
            return given.get("text") or None
        case "clearableNumberFields":
            return given.get("value")
        case _:
            return (given.get("richText") or {}).get("adfValue")


def _several(given: Doc, held: list[str], named: list[str]) -> list[str]:
    match given.get("bulkEditMultiSelectFieldOption"):
        case "ADD":
            return [*held, *(name for name in named if name not in held)]
        case "REMOVE":
            return [name for name in held if name not in named]
        case "REPLACE":
            return named
        case _:
            return []
