"""Many issues at once: fields, and transitions without fields. What fails for one issue is told in the task.

(developer.atlassian.com, Jira Cloud platform v3, "Issue bulk operations")
"""

from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from supportctl.sandbox.jira import bulk_fields, edits, tasks, transition_screens, workflow
from supportctl.sandbox.jira.call import ApiError, BulkError, Call, route
from supportctl.sandbox.jira.search import row_of
from supportctl.sandbox.jira.writes import save
from supportctl.sandbox.store import Store

Doc = dict[str, Any]
INVALID = "Some of the issues in the issueIdsOrKeys are not valid"


def edit(call: Call) -> Response:
    """The same for up to a thousand issues, mailed unless ``sendBulkNotification`` is false."""
    tasks.admitted(call)
    given = call.json()
    wanted = tasks.selected(given.get("selectedIssueIdsOrKeys"))
    actions = [str(each) for each in given.get("selectedActions") or ()]
    inputs = {name: value for name, value in (given.get("editedFieldsInput") or {}).items() if value}
    fields = bulk_fields.checked(actions, inputs)
    fates = tasks.Fates()
    with call.store.write() as db:
        for name in wanted:
            row = row_of(db, name)
            if row is None:
                fates.missing += 1
                continue
            issue = workflow.document(row)
            try:
                items = edits.edit(db, issue, {"fields": bulk_fields.fields_for(issue, fields)}, 3)
                save(call, db, issue, items, about=_about(given))
            except ApiError as error:
                fates.fail(row["id"], error)
            else:
                fates.processed.append(row["id"])
        return tasks.submit(call, db, fates, len(wanted))


def _about(given: Doc) -> str | None:
    return None if given.get("sendBulkNotification") is False else "bulk"


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
    tasks.admitted(call)
    given = call.json()
    inputs = given.get("bulkTransitionInputs")
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
                save(call, db, issue, items, about=_about(given))
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
