"""Writing tags: as shared labels, or into a text field of the record.

Labels hang on a record without touching it: no version moves, no clock restarts, nobody gets mail. Every write is
read back, since ServiceNow drops what an account may not write and still answers with success.
"""

import re
import threading
from collections.abc import Iterator, Mapping, Sequence

from supportctl.adapters.base import Handle, Poll, Submission
from supportctl.adapters.servicenow.client import Client, cell_text, read_rows
from supportctl.adapters.servicenow.dictionary import REFUSED
from supportctl.adapters.servicenow.fieldtags import FieldTags, table_for, told
from supportctl.adapters.servicenow.labels import Entry, Label, Labels
from supportctl.adapters.servicenow.platform import CAPABILITIES, TAG_PATTERN, TAG_RULE
from supportctl.errors import (
    AmbiguousWriteError,
    AuthError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    SupportctlError,
    TemporaryError,
)
from supportctl.model import Applied, Change, Failed, Outcome, Unchanged, Unverified
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


class ServiceNowWriter:
    """The Writer of ServiceNow. Change types: tags."""

    capabilities = CAPABILITIES

    def __init__(self, client: Client, labels: Labels, tag_field: str | None) -> None:
        self._client = client
        self._labels = labels
        self._field = FieldTags(client, tag_field) if tag_field is not None else None
        self._making = threading.Lock()

    def batches(self, changes: Sequence[Change]) -> Iterator[list[Change]]:
        """One ticket per request: the Table API has no bulk form."""
        for change in changes:
            yield [change]

    def submit(self, changes: Sequence[Change]) -> Submission:
        """Raises `AuthError` and `TemporaryError`; every other fate is a ticket's own."""
        return Submission(outcomes={change.id: self._one(change) for change in changes})

    def poll(self, handles: Sequence[Handle]) -> Mapping[str, Poll]:
        """Nothing is ever left running: every handle is done and its tickets are to be verified."""
        return {handle.id: Poll(done=True, message="ServiceNow runs no jobs") for handle in handles}

    def verify(self, changes: Sequence[Change]) -> Mapping[str, Outcome]:
        if self._field is not None:
            return {change.id: self._field.verify(change, table_for(change)) for change in changes}
        outcomes: dict[str, Outcome] = {}
        groups: dict[str, list[Change]] = {}
        for change in changes:
            groups.setdefault(table_for(change), []).append(change)
        for table, group in groups.items():
            try:
                entries, hidden = self._labels.entries(table, [change.id for change in group])
            except REFUSED:
                unseen = Unverified(reason="the account may not read tags (label_entry)")
                outcomes |= {change.id: unseen for change in group}
                continue
            for change in group:
                if change.id in hidden:
                    outcomes[change.id] = Unverified(reason="access rules hide some tags of this ticket")
                else:
                    outcomes[change.id] = told(change, _names(entries.get(change.id, ())))
        return outcomes

    def _one(self, change: Change) -> Outcome:
        wrong = [tag for tag in change.action.add if not re.fullmatch(TAG_PATTERN, tag)]
        if wrong:
            return Failed(error=f"{len(wrong)} of the tags cannot be one on ServiceNow: {TAG_RULE}")
        table = table_for(change)
        try:
            if self._field is not None:
                return self._field.change(change, table)
            return self._label(change, table)
        except AmbiguousWriteError as error:
            return self._after_ambiguity(change, error)
        except (AuthError, TemporaryError):
            raise
        except SupportctlError as error:
            return Failed(error=error.message, code=error.code)

    def _after_ambiguity(self, change: Change, error: AmbiguousWriteError) -> Outcome:
        """The fate of the write is unknown: look, never repeat."""
        try:
            seen: Outcome = self.verify([change])[change.id]
        except SupportctlError:
            return Unverified(reason=f"{error.message}; it could not be read back")
        if isinstance(seen, Applied):
            return seen
        return Unverified(reason=f"{error.message}; when looked at, the change was not (yet) there")

    def _label(self, change: Change, table: str) -> Outcome:
        entries, _ = self._labels.entries(table, [change.id])
        held = entries.get(change.id, [])
        names = _names(held)
        missing = [tag for tag in change.action.add if fold_word(tag) not in names]
        unwanted = {fold_word(tag) for tag in change.action.remove}
        leaving = [entry for entry in held if fold_word(entry.name) in unwanted]
        begun = False
        try:
            for tag in missing:
                self._add(self._label_for(tag), change, table)
                begun = True
            for entry in leaving:
                self._remove(entry)
                begun = True
        except (TemporaryError, AuthError) as error:
            if begun and not isinstance(error, AmbiguousWriteError):
                raise AmbiguousWriteError(f"{error.message}; some of the tags were changed before") from error
            raise
        done = bool(missing or leaving)
        return Applied(version=change.version) if done else Unchanged(version=change.version)

    def _label_for(self, tag: str) -> Label:
        """The shared label of this name, made when there is none."""
        with self._making:
            found = [label for label in self._labels.named(tag) if label.active and label.shared]
            if found:
                return found[0]
            try:
                return self._labels.make(tag)
            except PermissionDeniedError as error:
                raise PermissionDeniedError(SHARED_ROLE) from error
            except InvalidRequestError:
                # Somebody else made it meanwhile: shared names are unique.
                self._labels.forget(tag)
                found = [label for label in self._labels.named(tag) if label.active and label.shared]
                if not found:
                    raise
                return found[0]

    def _add(self, label: Label, change: Change, table: str) -> None:
        body = {"label": label.id, "table": table, "table_key": change.id, "title": change.key}
        try:
            response = self._client.write(
                "POST", "/api/now/table/label_entry?sysparm_exclude_reference_link=true", body, intent=Intent.ONCE
            )
        except PermissionDeniedError as error:
            raise PermissionDeniedError(LABEL_ROLE) from error
        row = read_rows(response)[0]
        if cell_text(row, "table_key") != change.id or cell_text(row, "table") != table:
            self._discard(cell_text(row, "sys_id"))
            raise PermissionDeniedError(f"ServiceNow stored the tag without its record: {LABEL_ROLE}")

    def _discard(self, identity: str) -> None:
        """An entry that belongs to no record is of no use to anybody."""
        if identity:
            try:
                self._delete(identity)
            except SupportctlError:
                return

    def _remove(self, entry: Entry) -> None:
        try:
            self._delete(entry.id)
        except NotFoundError:
            return
        except PermissionDeniedError as error:
            raise PermissionDeniedError(
                "the account may not remove tags: it may not delete rows of label_entry; it needs a role that may"
            ) from error

    def _delete(self, identity: str) -> None:
        path = f"/api/now/table/label_entry/{identity}"
        self._client.write("DELETE", path, None, intent=Intent.IDEMPOTENT)


def _names(entries: Sequence[Entry]) -> set[str]:
    return {fold_word(entry.name) for entry in entries}
