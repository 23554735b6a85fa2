"""The writing half: labels, one issue per request.

``PUT /issue/{key}`` with ``update.labels`` add and remove operations is done by the server without a race, and doing it
twice changes nothing more. Jira mails watchers of every edit; ``notifyUsers=false`` stops that, and is honoured only
for administrators of the project (elsewhere the whole request may be ignored), so it is sent only where the account
was seen to be one.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from supportctl.adapters.base import Handle, Need, Poll, Submission
from supportctl.adapters.jsm.details import HIDDEN, read
from supportctl.adapters.jsm.jobs import task_of
from supportctl.adapters.jsm.listing import Listing
from supportctl.adapters.jsm.site import REFUSALS, Site
from supportctl.errors import ConflictError, InvalidRequestError, NotFoundError, PermissionDeniedError
from supportctl.model import Applied, Change, Conflict, Failed, Outcome, Skipped, Ticket, Unverified
from supportctl.wire import Intent


class JiraWriter:
    """`adapters.base.Writer` for labels."""

    site: Site

    def batches(self, changes: Sequence[Change]) -> Iterator[list[Change]]:
        for change in changes:
            yield [change]

    def submit(self, changes: Sequence[Change]) -> Submission:
        """One request per issue; an `AmbiguousWriteError` means that it must be verified."""
        return Submission(outcomes={change.id: self._tags(change) for change in changes})

    def _tags(self, change: Change) -> Outcome:
        operations = [{"add": tag} for tag in change.action.add] + [{"remove": tag} for tag in change.action.remove]
        if not operations:
            return Skipped(reason="nothing to change")
        self.site.touched(change.id)
        quiet = self._may_be_quiet(change.key.rpartition("-")[0])
        try:
            self.site.transport.request(
                "PUT",
                self.site.issue(change.id),
                params={"notifyUsers": "false"} if quiet else None,
                json={"update": {"labels": operations}},
                intent=Intent.IDEMPOTENT,
                expect_json=False,
            )
        except NotFoundError:
            return Skipped(reason="it is gone, or hidden from this account")
        except ConflictError as error:
            return Conflict(was=change.version, now=None, reason=error.message)
        except PermissionDeniedError as error:
            return Failed(error=error.message, code=error.code)
        except InvalidRequestError as error:
            return Failed(error=error.message, code=error.code)
        return Applied()

    def _may_be_quiet(self, project: str) -> bool:
        """Whether the account administers the project (or everything); asked once per project."""

        def ask() -> bool:
            params: dict[str, Any] = {"projectKey": project}
            if self.site.cloud:
                params["permissions"] = "ADMINISTER_PROJECTS,ADMINISTER"
            try:
                answer = self.site.get(f"{self.site.api}/mypermissions", **params).json()
            except REFUSALS:
                return False
            found = answer.get("permissions") if isinstance(answer, dict) else None
            return isinstance(found, dict) and any(
                isinstance(found.get(name), dict) and found[name].get("havePermission") is True
                for name in ("ADMINISTER_PROJECTS", "ADMINISTER")
            )

        return bool(project) and self.site.once(f"quiet {project}", ask)

    def poll(self, handles: Sequence[Handle]) -> Mapping[str, Poll]:
        """How far bulk tasks are; one that is not found any more is done, and its tickets must be verified."""
        found: dict[str, Poll] = {}
        for handle in handles:
            try:
                answer = self.site.get(f"{self.site.api}/bulk/queue/{handle.id}")
            except HIDDEN:
                found[handle.id] = Poll(done=True, message="the task is not to be found any more")
                continue
            found[handle.id] = read(answer, task_of, "a bulk task").poll
        return found

    def verify(self, changes: Sequence[Change]) -> Mapping[str, Outcome]:
        """Read back from the store: a search could still show what was before."""
        listing = Listing(self.site, frozenset({Need.TAGS}))
        seen: dict[str, Ticket] = {}
        for page in listing.by_key([change.id for change in changes]):
            seen |= {ticket.id: ticket for ticket in page.items}
        return {change.id: _verdict(change, seen.get(change.id)) for change in changes}


def _verdict(change: Change, ticket: Ticket | None) -> Outcome:
    if ticket is None:
        return Unverified(reason="the issue could not be read back")
    if not ticket.knows("tags"):
        return Unverified(reason="its labels are hidden")
    held = set(ticket.tags)
    missing = [tag for tag in change.action.add if tag not in held]
    left = [tag for tag in change.action.remove if tag in held]
    if not missing and not left:
        return Applied(version=ticket.version)
    parts = ([f"not added: {', '.join(missing)}"] if missing else []) + (
        [f"still there: {', '.join(left)}"] if left else []
    )
    return Failed(error="; ".join(parts), code="NOT_APPLIED")
