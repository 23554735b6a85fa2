"""What is sent to edit an issue: the body of one ``PUT /issue/{id}``, and the form bulk edits take.

Sources: REST v3 "Edit issue" and "Bulk edit issues" (``IssueBulkEditPayload``, ``JiraIssueFields``). The bulk form
names fields twice: by their id in ``selectedActions``, by kind in ``editedFieldsInput``; what has no kind there that we
know how to write goes issue by issue.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from supportctl.adapters.jsm.fields import Catalogue, FieldBean
from supportctl.model import Action, Assignment, FieldChange, TagChange

EDITS = (TagChange, FieldChange, Assignment)

_CLEARED = -1
"""The option id that empties a select field in a bulk edit."""


def body_of(actions: Iterable[Action], *, cloud: bool) -> dict[str, Any]:
    """``fields`` and ``update``. Labels are added and removed by the server, so that nobody's label is lost."""
    fields: dict[str, Any] = {}
    labels: list[dict[str, str]] = []
    for action in actions:
        match action:
            case TagChange(add=add, remove=remove):
                labels += [{"add": tag} for tag in add] + [{"remove": tag} for tag in remove]
            case FieldChange(native_field=name, value=value):
                fields[name] = value
            case Assignment(assignee=who, unassign=unassign) if who is not None or unassign:
                fields["assignee"] = None if unassign else person(who, cloud=cloud)
            case _:
                pass
    found: dict[str, Any] = {"fields": fields} if fields else {}
    return found | ({"update": {"labels": labels}} if labels else {})


def person(id_: str | None, *, cloud: bool) -> dict[str, Any]:
    return {"accountId" if cloud else "name": id_}


def bulk_form(actions: Iterable[Action], catalogue: Callable[[], Catalogue]) -> dict[str, Any] | None:
    """``selectedActions`` and ``editedFieldsInput``; None when one of the actions has no bulk form.

    ``catalogue`` is asked for where custom fields are set.
    """
    selected: list[str] = []
    given: dict[str, Any] = {}
    for action in actions:
        match action:
            case TagChange():
                found: tuple[str, str, Any] | None = ("labels", "labelsFields", _labels(action))
            case Assignment(assignee=who, unassign=unassign, group=None, ungroup=False) if who is not None or unassign:
                user = None if unassign else {"accountId": who}
                picked = [{"fieldId": "assignee", "user": user}]
                found = ("assignee", "singleSelectClearableUserPickerFields", picked)
            case FieldChange(native_field=name, value=value):
                found = _field(name, value, catalogue)
            case _:
                found = None
        if found is None or found[0] in selected:
            return None
        name, bean, value = found
        selected.append(name)
        given[bean] = [*given.get(bean, []), *value] if isinstance(value, list) else value
    return {"selectedActions": selected, "editedFieldsInput": given} if selected else None


def _labels(change: TagChange) -> list[dict[str, Any]]:
    return [
        {"fieldId": "labels", "bulkEditMultiSelectFieldOption": option, "labels": [{"name": tag} for tag in tags]}
        for option, tags in (("ADD", change.add), ("REMOVE", change.remove))
        if tags
    ]


def _field(name: str, value: Any, catalogue: Callable[[], Catalogue]) -> tuple[str, str, Any] | None:
    if name == "priority":
        return (name, "priority", {"priorityId": str(value["id"])}) if isinstance(value, Mapping) else None
    if name == "components":
        ids = [_number(each) for each in value or ()]
        if None in ids:
            return None
        option = "REPLACE" if ids else "REMOVE_ALL"
        components = [{"componentId": id_} for id_ in ids]
        edit = {"fieldId": name, "bulkEditMultiSelectFieldOption": option, "components": components}
        return name, "multiselectComponents", edit
    bean = catalogue().fields.get(name)
    return None if bean is None or not bean.custom else _custom(bean, value)


def _custom(bean: FieldBean, value: Any) -> tuple[str, str, Any] | None:
    match (bean.kind or "").rpartition(":")[2]:
        case "select" | "radiobuttons":
            option = _CLEARED if value is None else _number(value)
            if option is None:
                return None
            return bean.id, "singleSelectFields", [{"fieldId": bean.id, "option": {"optionId": option}}]
        case "textfield" if value is None or isinstance(value, str):
            return bean.id, "singleLineTextFields", [{"fieldId": bean.id, "text": value or ""}]
        case "float":
            return bean.id, "clearableNumberFields", [{"fieldId": bean.id, "value": value}]
        case _:
            return None


def _number(value: Any) -> int | None:
    """The id in ``{"id"}``; bulk edits want it as a number."""
    id_ = str(value.get("id")) if isinstance(value, Mapping) else ""
    return int(id_) if id_.isascii() and id_.isdigit() else None
