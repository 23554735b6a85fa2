"""Bulk operations of Cloud: which steps go together, and sending them as one task.

``POST /bulk/issues/fields`` makes the same edit on up to a thousand issues, ``POST /bulk/issues/transition`` the same
transition where its screen asks for nothing; both need the global permission to change in bulk, answer with a task,
and can be told not to mail. Below `WORTHWHILE` issues a task is slower than asking one by one.
"""

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec

from supportctl.adapters.jsm.details import WORKERS, chunks, read
from supportctl.adapters.jsm.edits import EDITS, bulk_form
from supportctl.adapters.jsm.jobs import task_of
from supportctl.adapters.jsm.platform import BULK_SIZE
from supportctl.adapters.jsm.sending import Sender, has_permission
from supportctl.adapters.jsm.site import REFUSALS, Site
from supportctl.adapters.writing import Handle, Step, Submission
from supportctl.errors import AmbiguousWriteError, AuthError, SupportctlError, TemporaryError
from supportctl.model import Outcome, Transition
from supportctl.wire import Intent

WORTHWHILE = 20
EDIT = "edit"
MOVE = "transition"


class Batcher:
    def __init__(self, site: Site, sender: Sender) -> None:
        self._site = site
        self._sender = sender

    def batches(self, steps: Sequence[Step]) -> Iterator[list[Step]]:
        """Steps of the same edit together, in the order of the first of each; all others alone."""
        groups: dict[object, list[Step]] = {}
        for number, step in enumerate(steps):
            groups.setdefault(self._likeness(step) or number, []).append(step)
        for group in groups.values():
            if len(group) >= WORTHWHILE and self._may(group[0]):
                yield from (list(chunk) for chunk in chunks(group, BULK_SIZE))
            else:
                yield from ([step] for step in group)

    def _likeness(self, step: Step) -> str | None:
        """The same text for steps that one bulk operation can make; None for a step that none can."""
        if not self._site.cloud or not step.actions:
            return None
        kinds = EDIT if all(isinstance(action, EDITS) for action in step.actions) else MOVE
        if kinds == EDIT:
            if bulk_form(step.actions, self._site.catalogue) is None:
                return None
        elif _move(step) is None:
            return None
        return json.dumps([kinds, step.notify, msgspec.to_builtins(step.actions)], sort_keys=True)

    def _may(self, step: Step) -> bool:
        allowed = self._site.once(
            "bulk change", lambda: has_permission(self._site, ("BULK_CHANGE",), {"permissions": "BULK_CHANGE"})
        )
        move = _move(step)
        return allowed and (move is None or self._offered(step, move))

    def _offered(self, step: Step, move: Transition) -> bool:
        """Whether the transition is one that bulk operations can make: one that asks for no field."""
        try:
            found = self._site.get(f"{self._site.api}/bulk/issues/transition", issueIdsOrKeys=step.id).json()
        except REFUSALS:
            return False
        groups = found.get("availableTransitions") if isinstance(found, dict) else None
        return any(
            isinstance(each, dict) and str(each.get("transitionId")) == move.via
            for group in (groups if isinstance(groups, list) else [])
            if isinstance(group, dict)
            for each in group.get("transitions") or ()
        )

    def submit(self, steps: Sequence[Step]) -> Submission:
        """One task; where Jira refuses the whole of it, one by one, so that each issue has its own fate."""
        ids = [step.id for step in steps]
        for step in steps:
            self._site.touched(step.id)
        first = steps[0]
        if (move := _move(first)) is not None:
            kind, path = MOVE, "transition"
            inputs = [{"selectedIssueIdsOrKeys": ids, "transitionId": move.via}]
            body: dict[str, Any] = {"bulkTransitionInputs": inputs}
        else:
            form = bulk_form(first.actions, self._site.catalogue)
            if form is None:
                return self._one_by_one(steps)
            kind, path = EDIT, "fields"
            body = form | {"selectedIssueIdsOrKeys": ids}
        body["sendBulkNotification"] = first.notify
        try:
            answer = self._site.transport.request(
                "POST", f"{self._site.api}/bulk/issues/{path}", json=body, intent=Intent.ONCE
            )
        except REFUSALS:
            return self._one_by_one(steps)
        task = read(answer, task_of, "a bulk task")
        return Submission(handle=Handle(id=task.id, kind=kind, ids=tuple(ids)))

    def _one_by_one(self, steps: Sequence[Step]) -> Submission:
        """What nobody answered for is in doubt; what the platform turned away for now was not done."""

        def attempt(step: Step) -> tuple[str, Outcome | SupportctlError | None]:
            try:
                return step.id, self._sender.send(step)
            except AmbiguousWriteError:
                return step.id, None
            except (TemporaryError, AuthError) as error:
                return step.id, error

        with ThreadPoolExecutor(WORKERS) as pool:
            found = list(pool.map(attempt, steps))
        turned_away = {id_: told for id_, told in found if isinstance(told, SupportctlError)}
        return Submission(
            outcomes={id_: told for id_, told in found if told is not None and not isinstance(told, SupportctlError)},
            unsent=tuple(turned_away),
            trouble=next(iter(turned_away.values()), None),
        )


def _move(step: Step) -> Transition | None:
    """The transition of a step that is nothing but one, and asks for nothing."""
    match step.actions:
        case (Transition(fields=fields) as move,) if not fields:
            return move
        case _:
            return None
