"""One ticket's actions as the body of an update, and the requests that carry such bodies.

``PUT /tickets/update_many`` takes up to a hundred tickets, each with its own changes, and answers with a job. With
``updated_stamp`` and ``safe_update`` a ticket that moved is refused, so that a job that turns up late, when its change
was sent again meanwhile, changes nothing. What goes out alone goes to the ticket's own address, which says precisely
what it refuses.
(developer.zendesk.com, "Update Many Tickets", "Update Ticket", "Tags", "Merge Tickets into Target Ticket",
"Creating and updating tickets": protecting against collisions, setting metadata)
"""

from collections.abc import Sequence

from supportctl.adapters.writing import Handle, Step, Submission
from supportctl.adapters.zendesk import jira_links, jobs
from supportctl.adapters.zendesk.account import API, Account
from supportctl.adapters.zendesk.results import outcome_of
from supportctl.adapters.zendesk.types import Json, decode_json, reading, reading_shape, text_id
from supportctl.errors import (
    AmbiguousWriteError,
    ConflictError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    ProtocolError,
)
from supportctl.model import (
    Applied,
    Assignment,
    FieldChange,
    LinkChange,
    Merge,
    NewComment,
    Outcome,
    TagChange,
    Transition,
)
from supportctl.wire import Intent

MARK = "supportctl_op"
"""Name of what marks an update as ours, in the custom metadata of its audit and its comment."""


def update(step: Step) -> Json:
    """The ticket as an update holds it, without its id. A comment is always said to be public or not."""
    doc: Json = {}
    custom: list[Json] = []
    for action in step.actions:
        match action:
            case TagChange(add=add, remove=remove):
                doc |= {"additional_tags": add} if add else {}
                doc |= {"remove_tags": remove} if remove else {}
            case FieldChange(native_field=name, value=value):
                if name.isdigit():
                    custom.append({"id": int(name), "value": value})
                else:
                    doc[name] = value
            case Assignment() as to:
                doc |= {"assignee_id": int(to.assignee)} if to.assignee is not None else {}
                doc |= {"assignee_id": None} if to.unassign else {}
                doc |= {"group_id": int(to.group)} if to.group is not None else {}
                doc |= {"group_id": None} if to.ungroup else {}
            case NewComment(body=body, public=public):
                doc["comment"] = {"body": body, "public": public}
                doc["metadata"] = {MARK: step.op}
            case LinkChange(to_id=to_id, remove=remove):
                doc["problem_id"] = None if remove else int(to_id or 0)
            case Transition(native_status=status, fields=fields):
                doc |= {"custom_status_id": int(status)} if status.isdigit() else {"status": status}
                custom += [
                    {"id": int(number.removeprefix("custom:")), "value": value} for number, value in fields.items()
                ]
    if custom:
        doc["custom_fields"] = custom
    if step.version:
        doc |= {"updated_stamp": step.version, "safe_update": True}
    return doc


def submit(account: Account, steps: Sequence[Step]) -> Submission:
    """One batch, as `batches` made it."""
    first = steps[0].actions[0]
    if isinstance(first, Merge):
        return _merge(account, steps, first)
    if isinstance(first, LinkChange) and first.native_type == "jira":
        return Submission(outcomes={step.id: _jira(account, step) for step in steps})
    if len(steps) == 1 and (alone := _alone(steps[0])) is not None:
        verb, path, body = alone
        return Submission(outcomes=_one(account, steps[0], verb, path, body))
    body = {"tickets": [{"id": int(step.id), **update(step)} for step in steps]}
    return Submission(handle=_job(account, "PUT", "/tickets/update_many.json", body, steps))


def _alone(step: Step) -> tuple[str, str, Json] | None:
    """Verb, path and body at the ticket's own address; None where that has no documented way to do it.

    There ``tags`` replaces all tags. The address of the tags adds with PUT and removes with DELETE, but not both.
    """
    doc = update(step)
    add, remove = doc.get("additional_tags"), doc.get("remove_tags")
    if not add and not remove:
        return "PUT", f"/tickets/{step.id}.json", {"ticket": doc}
    if len(step.actions) > 1 or (add and remove):
        return None
    body: Json = {"tags": add or remove}
    if step.version:
        body |= {"updated_stamp": step.version, "safe_update": "true"}
    return "PUT" if add else "DELETE", f"/tickets/{step.id}/tags.json", body


def _one(account: Account, step: Step, verb: str, path: str, body: Json) -> dict[str, Outcome]:
    try:
        response = account.transport.request(verb, f"{API}{path}", json=body, intent=Intent.ONCE)
    except (ConflictError, NotFoundError, InvalidRequestError, PermissionDeniedError) as error:
        return {step.id: outcome_of(error, step)}
    return {step.id: Applied(version=_version(response.content))}


def _version(body: bytes) -> str | None:
    """The ticket's stamp, if the answer shows it; what it says beyond that is read back anyway."""
    doc = decode_json(body) if body else None
    found = doc.get("ticket") if isinstance(doc, dict) else None
    return text_id(found.get("updated_at")) if isinstance(found, dict) else None


def _jira(account: Account, step: Step) -> Outcome:
    (action,) = step.actions
    assert isinstance(action, LinkChange)
    try:
        jira_links.send(account, step.id, action)
    except (ConflictError, NotFoundError, InvalidRequestError, PermissionDeniedError) as error:
        return outcome_of(error, step)
    return Applied()


def _merge(account: Account, steps: Sequence[Step], into: Merge) -> Submission:
    """The note goes to both sides, and neither is public. Without a note Zendesk writes one of its own."""
    body: Json = {
        "ids": [int(step.id) for step in steps],
        "target_comment_is_public": False,
        "source_comment_is_public": False,
    }
    if into.note:
        body |= {"target_comment": into.note, "source_comment": into.note}
    return Submission(handle=_job(account, "POST", f"/tickets/{into.into_id}/merge.json", body, steps))


def _job(account: Account, verb: str, path: str, body: Json, steps: Sequence[Step]) -> Handle:
    response = account.transport.request(verb, f"{API}{path}", json=body, intent=Intent.ONCE)
    try:
        envelope = reading("a job", response.content)
        job = reading_shape("a job", lambda: jobs.jobs(envelope)[0])
    except ProtocolError as error:
        raise AmbiguousWriteError(
            f"the changes of {len(steps)} tickets were sent, but the answer names no job; they may have been made",
            hint="look at the tickets before repeating the change",
        ) from error
    return Handle(id=job.id, kind="job", ids=tuple(step.id for step in steps))
