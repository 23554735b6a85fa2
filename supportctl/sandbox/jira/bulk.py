"""Many issues at once: fields, and transitions without fields. What fails for one issue is told in the task.

(developer.atlassian.com, Jira Cloud platform v3, "Issue bulk operations")
"""

from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from supportctl.sandbox.jira import edits, tasks, transition_screens, workflow
from supportctl.sandbox.jira.call import ApiError, BulkError, Call, route
from supportctl.sandbox.jira.search import row_of
from supportctl.sandbox.jira.writes import save
from supportctl.sandbox.store import Store

Doc = dict[str, Any]
MOST_FIELDS = 200
INVALID = "Some of the issues in the issueIdsOrKeys are not valid"
_OPTIONS = {"ADD", "REMOVE", "REPLACE", "REMOVE_ALL"}
_BEANS = {"labels": "labelsFields", "priority": "priority"}
"""Action to the name of its input; the sandbox edits these two in bulk."""


def edit(call: Call) -> Response:
    """Labels and priority of up to a thousand issues."""
    tasks.allowed(call)
    given = call.json()
    wanted = tasks.selected(given.get("selectedIssueIdsOrKeys"))
    actions = [str(each) for each in given.get("selectedActions") or ()]
    inputs = {name: value for name, value in (given.get("editedFieldsInput") or {}).items() if value}
    _check(actions, inputs)
    fates = tasks.Fates()
    with call.store.write() as db:
        for name in wanted:
            row = row_of(db, name)
            if row is None:
                fates.missing += 1
                continue
            issue = workflow.document(row)
            fields: Doc = {}
            if "labels" in actions:
                fields["labels"] = _labels(issue, inputs["labelsFields"])
            if "priority" in actions:
                fields["priority"] = {"id": str(inputs["priority"].get("priorityId", ""))}
            try:
                save(call, db, issue, edits.edit(db, issue, {"fields": fields}, 3))
            except ApiError as error:
                fates.fail(row["id"], error)
            else:
                fates.processed.append(row["id"])
        return tasks.submit(call, db, fates, len(wanted))


def _check(actions: list[str], inputs: Doc) -> None:
    if len(actions) > MOST_FIELDS:
        raise BulkError(400, f"You can only edit up to {MOST_FIELDS} fields at a time.")
    if not actions:
        raise BulkError(400, "The selectedActions field is required.")
    unknown = [action for action in actions if action not in _BEANS]
    if unknown:
        raise BulkError(400, f"The following selectedActions are not supported by the sandbox : {', '.join(unknown)}")
    missing = [action for action in actions if _BEANS[action] not in inputs]
    if missing:
        raise BulkError(
            400, f"The following selectedActions have no matching editedFieldInput values : {', '.join(missing)}"
        )
    extra = [bean for bean in inputs if bean not in {_BEANS[action] for action in actions}]
    if extra:
        raise BulkError(
            400, f"The following editedFieldInput values are not listed as selectedActions : {', '.join(extra)}"
        )
    if any(each.get("bulkEditMultiSelectFieldOption") not in _OPTIONS for each in inputs.get("labelsFields") or ()):
        raise BulkError(400, "The bulkEditMultiSelectFieldOption field is invalid.")


def _labels(issue: Doc, changes: list[Doc]) -> list[str]:
    labels = list(issue["fields"].get("labels") or ())
    for change in changes:
        names = [str(each.get("name", "")) for each in change.get("labels") or ()]
        match change.get("bulkEditMultiSelectFieldOption"):
            case "ADD":
                labels += [name for name in names if name not in labels]
            case "REMOVE":
                labels = [label for label in labels if label not in names]
            case "REPLACE":
                labels = names
            case _:
                labels = []
    return labels


def transitions(call: Call) -> Response:
    """By workflow (here: by project), the transitions that all of its issues share and that ask for no field."""
    tasks.allowed(call)
    wanted = call.names("issueIdsOrKeys")
    if not wanted or len(wanted) > tasks.MOST:
        raise BulkError(400, f"The issueIdsOrKeys parameter must hold between 1 and {tasks.MOST} ids or keys.")
    groups: dict[str, list[Doc]] = {}
    with call.reading() as db:
        for name in wanted:
            row = row_of(db, name)
            if row is None:
                raise BulkError(400, INVALID)
            groups.setdefault(row["key"].rpartition("-")[0], []).append(workflow.document(row))
        found = []
        for issues in groups.values():
            offered = [{each["id"]: each for each in workflow.available(db, issue, fields=False)} for issue in issues]
            every = {id_: each for one in offered for id_, each in one.items()}
            plain = {
                id_: each
                for id_, each in every.items()
                if all(id_ in one for one in offered) and not transition_screens.fields_of(db, each["to"])
            }
            found.append(
                {
                    "isTransitionsFiltered": len(plain) < len(every),
                    "issues": [issue["key"] for issue in issues],
                    "transitions": [
                        {
                            "to": {"statusId": int(each["to"]["id"]), "statusName": each["to"]["name"]},
                            "transitionId": int(id_),
                            "transitionName": each["name"],
                        }
                        for id_, each in plain.items()
                    ],
                }
            )
    return call.answer({"availableTransitions": found})


def transition(call: Call) -> Response:
    """Issues that are in the target status already, or whose screen asks for something, fail on their own."""
    tasks.allowed(call)
    inputs = call.json().get("bulkTransitionInputs")
    if not isinstance(inputs, list) or not inputs or not all(isinstance(each, dict) for each in inputs):
        raise BulkError(400, "The bulkTransitionInputs field is required.")
    pairs = [
        (name, str(each.get("transitionId", "")))
        for each in inputs
        for name in tasks.selected(each.get("selectedIssueIdsOrKeys"))
    ]
    tasks.selected([name for name, _ in pairs])
    fates = tasks.Fates()
    with call.store.write() as db:
        rows = [(row_of(db, name), wanted) for name, wanted in pairs]
        for row, wanted in rows:
            if row is None:
                raise BulkError(400, INVALID)
            issue = workflow.document(row)
            try:
                items = workflow.carry_out(db, issue, {"transition": {"id": wanted}}, call.now_ms)
                save(call, db, issue, items)
            except ApiError as error:
                fates.fail(row["id"], error)
            else:
                fates.processed.append(row["id"])
        return tasks.submit(call, db, fates, len(pairs))


def routes(store: Store) -> list[BaseRoute]:
    path = "/rest/api/{v}/bulk/issues"
    return [
        route(store, f"{path}/fields", edit, "POST"),
        route(store, f"{path}/transition", transitions),
        route(store, f"{path}/transition", transition, "POST"),
    ]
