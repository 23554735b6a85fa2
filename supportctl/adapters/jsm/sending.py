"""One issue, one request: edits, comments, links and transitions, each with the issue's own fate as the outcome.

Nothing here is repeated: an answer that got lost leaves the issue in doubt (`AmbiguousWriteError`). Jira mails watchers
of every edit; ``notifyUsers=false`` stops that, and is honoured only for administrators of the project (elsewhere the
whole request may be ignored), so it is sent only where the account was seen to be one. Comments, links and transitions
have no such switch. A comment never goes along with a link or a transition: there it would be public.
"""

from collections.abc import Callable
from typing import Any

from supportctl.adapters.jsm.comments import PUBLIC_PROPERTY
from supportctl.adapters.jsm.edits import body_of, person
from supportctl.adapters.jsm.linking import LinkSender
from supportctl.adapters.jsm.making import Maker
from supportctl.adapters.jsm.site import REFUSALS, Site
from supportctl.adapters.jsm.text import document
from supportctl.adapters.writing import Step
from supportctl.errors import (
    ConflictError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
)
from supportctl.model import (
    Applied,
    Assignment,
    Conflict,
    Failed,
    LinkChange,
    NewComment,
    NewFile,
    NewTicket,
    Outcome,
    Skipped,
    Transition,
)
from supportctl.wire import Response

MARKER = "supportctl.op"
"""The comment property that holds `Step.op`."""
GONE = "it is gone, or hidden from this account"


class Sender:
    def __init__(self, site: Site) -> None:
        self._site = site
        self._links = LinkSender(site)
        self._maker = Maker(site)

    def send(self, step: Step) -> Outcome | None:
        """None: sent, and what came of it was not told. Raises what stops a run."""
        if not step.actions:
            return Skipped(reason="nothing to change")
        self._site.touched(step.id)
        first = step.actions[0]
        match first:
            case NewComment():
                return self._fate(step, lambda: self._comment(step, first))
            case LinkChange():
                return self._fate(step, lambda: self._links.send(step, first))
            case Transition():
                return self._fate(step, lambda: self._transition(step, first))
            case NewTicket():
                return self._maker.create(first)
            case NewFile():
                return self._maker.attach(step.id, first)
            case _:
                return self._fate(step, lambda: self._edit(step))

    def _fate(self, step: Step, send: Callable[[], Outcome | None]) -> Outcome | None:
        try:
            return send()
        except NotFoundError:
            return Skipped(reason=GONE)
        except ConflictError as error:
            return Conflict(was=step.version, now=None, reason=error.message)
        except (PermissionDeniedError, InvalidRequestError) as error:
            return Failed(error=error.message, code=error.code)

    def _write(self, method: str, path: str, body: Any, *, params: Any = None, expect_json: bool = False) -> Response:
        return self._site.write(method, path, body, params=params, expect_json=expect_json)

    def _edit(self, step: Step) -> Outcome:
        quiet = not step.notify and self.may_be_quiet(step.change.key.rpartition("-")[0])
        alone = step.actions[0] if len(step.actions) == 1 else None
        if isinstance(alone, Assignment) and not quiet:
            # Takes the permission to assign only, and no field on the edit screen.
            who = None if alone.unassign else alone.assignee
            self._write("PUT", self._site.issue(step.id, "/assignee"), person(who, cloud=self._site.cloud))
            return Applied()
        body = body_of(step.actions, cloud=self._site.cloud)
        if not body:
            return Skipped(reason="nothing to change")
        self._write("PUT", self._site.issue(step.id), body, params={"notifyUsers": "false"} if quiet else None)
        return Applied()

    def may_be_quiet(self, project: str) -> bool:
        """Whether the account administers the project (or everything); asked once per project."""

        def ask() -> bool:
            params: dict[str, Any] = {"projectKey": project}
            if self._site.cloud:
                params["permissions"] = "ADMINISTER_PROJECTS,ADMINISTER"
            return has_permission(self._site, ("ADMINISTER_PROJECTS", "ADMINISTER"), params)

        return bool(project) and self._site.once(f"quiet {project}", ask)

    def _comment(self, step: Step, comment: NewComment) -> Outcome | None:
        """The visibility is always said: where nothing is said, a service desk takes a comment for public."""
        body: dict[str, Any] = {
            "body": document(comment.body) if self._site.cloud else comment.body,
            "properties": [
                {"key": PUBLIC_PROPERTY, "value": {"internal": not comment.public}},
                {"key": MARKER, "value": {"id": step.op}},
            ],
        }
        answer = self._write("POST", self._site.issue(step.id, "/comment"), body, expect_json=True).json()
        if not isinstance(answer, dict) or not answer.get("id"):
            return None
        if not comment.public and answer.get("jsdPublic") is True:
            return Applied(note="Jira shows the comment as public: the issue has no service desk")
        return Applied()

    def _transition(self, step: Step, move: Transition) -> Outcome:
        body: dict[str, Any] = {"transition": {"id": move.via}}
        if move.fields:
            body["fields"] = move.fields
        self._write("POST", self._site.issue(step.id, "/transitions"), body)
        return Applied()


def has_permission(site: Site, names: tuple[str, ...], params: dict[str, Any]) -> bool:
    """Whether the account has one of these; False when that cannot be told."""
    try:
        answer = site.get(f"{site.api}/mypermissions", **params).json()
    except REFUSALS:
        return False
    found = answer.get("permissions") if isinstance(answer, dict) else None
    return isinstance(found, dict) and any(
        isinstance(found.get(name), dict) and found[name].get("havePermission") is True for name in names
    )
