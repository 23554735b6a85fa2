"""Tagging by labels: rows of ``label_entry``, which do not touch the record.

Entries that are there already are read for many tickets at once, so that adding twice makes no second entry.
"""

import re
import threading
from collections.abc import Sequence

import msgspec

from supportctl.adapters.servicenow.client import Client, cell_text, read_rows
from supportctl.adapters.servicenow.dictionary import REFUSED
from supportctl.adapters.servicenow.labels import Entry, Label, Labels
from supportctl.adapters.servicenow.patching import table_for
from supportctl.adapters.servicenow.platform import TAG_PATTERN, TAG_RULE
from supportctl.adapters.servicenow.sending import Fate, Write
from supportctl.adapters.writing import Step
from supportctl.errors import (
    AmbiguousWriteError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    SupportctlError,
    TemporaryError,
)
from supportctl.model import Applied, Failed, Outcome, TagChange, Unchanged
from supportctl.text.fold import fold_word
from supportctl.wire import Intent

LABEL_ROLE = (
    "the account may not tag records: label_entry is closed to it. It needs a role that may create label entries "
    "(often maint, or an access rule of the administrator's), or set tag_backend = 'field:<name>' in the profile"
)
SHARED_ROLE = (
    "the account may not create a tag that everyone sees, which needs the role admin or tags_admin; let an "
    "administrator create the tag once, or set tag_backend = 'field:<name>' in the profile"
)
REMOVE_ROLE = "the account may not remove tags: it may not delete rows of label_entry; it needs a role that may"
ENTRY_PATH = "/api/now/table/label_entry"


class Labelling(msgspec.Struct, frozen=True):
    """What tagging one ticket takes: writes, or an outcome without any."""

    writes: list[Write] = []
    outcome: Outcome | None = None


class Tagger:
    """Thread safe."""

    def __init__(self, client: Client, labels: Labels) -> None:
        self._client = client
        self._labels = labels
        self._lock = threading.RLock()
        self._refused: dict[str, SupportctlError] = {}
        self._held: dict[str, list[Entry] | None] = {}
        """Entries read ahead, by ticket; None: hidden from us. Each is used once."""
        self._ahead: dict[str, tuple[Step, ...]] = {}
        """By ticket: the steps whose entries are read together with its own."""

    def expect(self, steps: Sequence[Step]) -> None:
        """These will be sent soon, together or one batch after the other."""
        with self._lock:
            for step in steps:
                self._ahead[step.id] = tuple(steps)
                self._held.pop(step.id, None)

    def plan(self, steps: Sequence[Step]) -> dict[str, Labelling]:
        """By ticket id. Reads the entries of all these tickets, and creates the labels that do not exist.

        Raises `AuthError` and `TemporaryError`; no ticket has been touched then.
        """
        sound = [step for step in steps if not _wrong(step)]
        found = {step.id: _refusal(_wrong(step)) for step in steps if _wrong(step)}
        try:
            held = self._entries(sound)
        except REFUSED:
            closed = Labelling(outcome=Failed(error=LABEL_ROLE, code="PERMISSION"))
            return found | {step.id: closed for step in sound}
        for step in sound:
            try:
                found[step.id] = self._one(step, held[step.id])
            except TemporaryError:
                raise
            except SupportctlError as error:
                found[step.id] = Labelling(outcome=Failed(error=error.message, code=error.code))
        return found

    def _one(self, step: Step, held: list[Entry] | None) -> Labelling:
        names = {fold_word(entry.name) for entry in held or ()}
        table = table_for(step.change)
        writes: list[Write] = []
        for action in step.actions:
            if not isinstance(action, TagChange):
                continue
            for tag in action.add:
                if fold_word(tag) not in names:
                    label = self._label_for(tag)
                    body = {"label": label.id, "table": table, "table_key": step.id, "title": step.change.key}
                    writes.append(Write("POST", f"{ENTRY_PATH}?sysparm_exclude_reference_link=true", body))
            unwanted = {fold_word(tag) for tag in action.remove}
            if held is None and unwanted:
                error = "access rules hide some tags of this ticket, so that they cannot be removed"
                return Labelling(outcome=Failed(error=error, code="PERMISSION"))
            leaving = [entry for entry in held or () if fold_word(entry.name) in unwanted]
            writes += [Write("DELETE", f"{ENTRY_PATH}/{entry.id}") for entry in leaving]
        return Labelling(writes) if writes else Labelling(outcome=Unchanged(version=step.version))

    def judge(self, step: Step, writes: Sequence[Write], fates: Sequence[Fate]) -> Outcome | None:
        """None: in doubt. An entry that was stored without its record is taken away again."""
        failed: Failed | None = None
        for write, fate in zip(writes, fates, strict=True):
            if fate.in_doubt:
                return None
            if write.method == "DELETE":
                if fate.error is not None and not isinstance(fate.error, NotFoundError):
                    denied = isinstance(fate.error, PermissionDeniedError)
                    failed = Failed(error=REMOVE_ROLE if denied else fate.error.message, code=fate.error.code)
            elif fate.error is not None:
                denied = isinstance(fate.error, PermissionDeniedError)
                failed = Failed(error=LABEL_ROLE if denied else fate.error.message, code=fate.error.code)
            elif fate.response is not None:
                try:
                    row = read_rows(fate.response)[0]
                except (TemporaryError, IndexError):
                    return None
                if cell_text(row, "table_key") != step.id or cell_text(row, "table") != table_for(step.change):
                    self._discard(cell_text(row, "sys_id"))
                    error = f"ServiceNow stored the tag without its record: {LABEL_ROLE}"
                    failed = Failed(error=error, code="PERMISSION")
        return failed or Applied(version=step.version)

    def _discard(self, identity: str) -> None:
        """An entry that belongs to no record is of no use to anybody."""
        if identity:
            try:
                self._client.write("DELETE", f"{ENTRY_PATH}/{identity}", None, intent=Intent.IDEMPOTENT)
            except SupportctlError:
                return

    def _entries(self, steps: Sequence[Step]) -> dict[str, list[Entry] | None]:
        with self._lock:
            missing = [step for step in steps if step.id not in self._held]
            if missing:
                together = {step.id: step for step in missing}
                for step in missing:
                    together |= {each.id: each for each in self._ahead.get(step.id, ()) if each.id in self._ahead}
                self._read(list(together.values()))
            for step in steps:
                self._ahead.pop(step.id, None)
            return {step.id: self._held.pop(step.id, None) for step in steps}

    def _read(self, steps: Sequence[Step]) -> None:
        groups: dict[str, list[str]] = {}
        for step in steps:
            groups.setdefault(table_for(step.change), []).append(step.id)
        for table, ids in groups.items():
            entries, hidden = self._labels.entries(table, ids)
            for identity in ids:
                seen = entries.get(identity, [])
                self._held[identity] = None if identity in hidden and not seen else seen

    def _label_for(self, tag: str) -> Label:
        """The shared label of this name, made when there is none; a refusal is remembered."""
        with self._lock:
            key = fold_word(tag)
            if key in self._refused:
                raise self._refused[key]
            try:
                return self._found(tag) or self._make(tag)
            except TemporaryError:
                self._labels.forget(tag)
                raise
            except SupportctlError as error:
                self._refused[key] = error
                raise

    def _found(self, tag: str) -> Label | None:
        return next((label for label in self._labels.named(tag) if label.active and label.shared), None)

    def _make(self, tag: str) -> Label:
        try:
            return self._labels.make(tag)
        except PermissionDeniedError as error:
            raise PermissionDeniedError(SHARED_ROLE) from error
        except InvalidRequestError:
            # Somebody else made it meanwhile: shared names are unique.
            self._labels.forget(tag)
            found = self._found(tag)
            if found is None:
                raise
            return found
        except AmbiguousWriteError as error:
            # Names are unique, so that looking is enough; no ticket was touched.
            self._labels.forget(tag)
            found = self._found(tag)
            if found is None:
                raise TemporaryError("making a tag was not answered; no ticket was tagged") from error
            return found


def _wrong(step: Step) -> int:
    """How many of the tags to add cannot be one."""
    return sum(
        not re.fullmatch(TAG_PATTERN, tag)
        for action in step.actions
        if isinstance(action, TagChange)
        for tag in action.add
    )


def _refusal(count: int) -> Labelling:
    return Labelling(outcome=Failed(error=f"{count} of the tags cannot be one on ServiceNow: {TAG_RULE}"))
