"""One PATCH of a record out of a change's actions, and its answer read against what was sent.

ServiceNow drops in silence what an account may not write, cuts texts that are too long, and still answers 200.
"""

from collections.abc import Iterable

import msgspec

from supportctl.adapters.servicenow.client import cell_label, cell_text, read_rows
from supportctl.adapters.servicenow.labels import split_tags
from supportctl.adapters.servicenow.parts import comments_of_text, plain_text
from supportctl.adapters.servicenow.sending import Fate, Write
from supportctl.adapters.servicenow.tables import table_of_number
from supportctl.adapters.servicenow.types import Row
from supportctl.adapters.writing import Step
from supportctl.errors import AmbiguousWriteError, SupportctlError, TemporaryError
from supportctl.model import (
    Action,
    Applied,
    Assignment,
    Change,
    Failed,
    FieldChange,
    LinkChange,
    NewComment,
    Outcome,
    TagChange,
    Transition,
    Unchanged,
)
from supportctl.text.fold import fold_word

JOURNAL = {True: "comments", False: "work_notes"}
"""Public or internal -> journal field."""
STORED_AT_LEAST = 3_900
"""A journal entry this long that ours begins with is ours, cut off."""


class Patch(msgspec.Struct, frozen=True):
    """``fields`` as sent; ``tags`` is the text field that holds tags, when it is among them."""

    table: str
    fields: dict[str, str]
    journals: dict[str, str]
    tags: str | None

    def write(self, identity: str) -> Write:
        wanted = ["sys_id", "sys_mod_count", *self.fields, *self.journals]
        if self.fields.keys() & {"impact", "urgency"}:
            wanted.append("priority")
        shown = "all" if self.journals else "false"
        query = (
            f"sysparm_fields={','.join(dict.fromkeys(wanted))}&sysparm_display_value={shown}"
            "&sysparm_exclude_reference_link=true"
        )
        return Write("PATCH", f"/api/now/table/{self.table}/{identity}?{query}", {**self.fields, **self.journals})


def table_for(change: Change) -> str:
    """The record's concrete table, which writing needs."""
    return change.kind or table_of_number(change.key) or "task"


def patch_of(step: Step, tag_field: str | None) -> Patch:
    fields: dict[str, str] = {}
    journals: dict[str, str] = {}
    tags = None
    for action in step.actions:
        match action:
            case TagChange() if tag_field is not None:
                tags = tag_field
                fields[tag_field] = ",".join(tags_of(step.change, action))
            case FieldChange(native_field=name, value=value):
                fields[name] = "" if value is None else str(value)
            case Assignment():
                if action.group or action.ungroup:
                    fields["assignment_group"] = action.group or ""
                if action.assignee or action.unassign:
                    fields["assigned_to"] = action.assignee or ""
            case NewComment(body=body, public=public):
                name = JOURNAL[public]
                journals[name] = f"{journals[name]}\n\n{body}" if name in journals else body
            case LinkChange(native_type=name) if name:
                fields[name] = "" if action.remove else action.to_id or ""
            case Transition():
                fields |= {name: "" if value is None else str(value) for name, value in action.fields.items()}
                fields["state"] = action.native_status
            case _:
                raise TypeError(f"a PATCH cannot hold {type(action).__name__}")
    return Patch(table_for(step.change), fields, journals, tags)


def tags_of(change: Change, action: TagChange) -> list[str]:
    """The field's tags after the change: those before it in their order, new ones at the end."""
    unwanted = {fold_word(tag) for tag in action.remove}
    kept = [tag for tag in change.before.get("tags") or () if fold_word(tag) not in unwanted]
    known = {fold_word(tag) for tag in kept}
    return [*kept, *(tag for tag in action.add if fold_word(tag) not in known)]


def journal_of(actions: Iterable[Action]) -> dict[str, str]:
    """Journal field -> the text these actions write into it."""
    found: dict[str, str] = {}
    for action in actions:
        if isinstance(action, NewComment):
            name = JOURNAL[action.public]
            found[name] = f"{found[name]}\n\n{action.body}" if name in found else action.body
    return found


def outcome_of(step: Step, patch: Patch, fate: Fate) -> Outcome | None:
    """What became of the ticket; None: in doubt."""
    if fate.error is not None:
        return Failed(error=fate.error.message, code=fate.error.code)
    if fate.response is None:
        return None
    try:
        rows = read_rows(fate.response)
    except (AmbiguousWriteError, TemporaryError):
        return None
    except SupportctlError as error:
        return Failed(error=error.message, code=error.code)
    if not rows or cell_text(rows[0], "sys_id") != step.id:
        return None
    return _compared(step, patch, rows[0])


def _compared(step: Step, patch: Patch, row: Row) -> Outcome | None:
    version = cell_text(row, "sys_mod_count") or None
    moved = None if version is None or step.version is None else version != step.version
    dropped = [name for name, sent in patch.fields.items() if not _holds(row, name, sent, patch)]
    if dropped:
        rest = (
            "" if moved is False or dropped == [*patch.fields, *patch.journals] else "; the rest of the change was made"
        )
        return Failed(
            error=f"ServiceNow answered with success and did not store {', '.join(sorted(dropped))} as sent: the "
            "account may not write it, a rule of the instance set it otherwise, or the text is too long" + rest,
            code="PERMISSION",
        )
    if moved is False:
        if patch.journals:
            return Failed(
                error=f"ServiceNow answered with success and did not add to {', '.join(sorted(patch.journals))}: the "
                "account may not write there",
                code="PERMISSION",
            )
        return Unchanged(version=version)
    if not all(newest_is(cell_label(row, name), text) for name, text in patch.journals.items()):
        # The journal may be hidden, or shown in a form we cannot read: the rows will tell.
        return None
    return Applied(version=version, note=_note(step, patch, row, version))


def _holds(row: Row, name: str, sent: str, patch: Patch) -> bool:
    if name not in row:
        return False
    stored = cell_text(row, name)
    if name == patch.tags:
        return {fold_word(tag) for tag in split_tags(stored)} == {fold_word(tag) for tag in split_tags(sent)}
    return tidy(stored) == tidy(sent)


def _note(step: Step, patch: Patch, row: Row, version: str | None) -> str | None:
    notes = []
    if patch.fields.keys() & {"impact", "urgency"} and (priority := cell_text(row, "priority")):
        notes.append(f"the priority is now {priority}")
    was, now = step.version or "", version or ""
    if was.isdigit() and now.isdigit() and int(now) > int(was) + 1:
        notes.append(f"{int(now) - int(was) - 1} more updates went with it (rules of the instance, or somebody else)")
    return "; ".join(notes) or None


def tidy(text: str) -> str:
    """A text without what storing may change: line ends, space at the end of lines and around the whole, ``[code]``."""
    lines = plain_text(text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def same_text(stored: str, sent: str) -> bool:
    """Whether a journal entry is our text, perhaps cut off."""
    left, right = tidy(stored), tidy(sent)
    return left == right or (len(left) >= STORED_AT_LEAST and right.startswith(left))


def newest_is(shown: str, sent: str) -> bool:
    """Whether the newest entry in a journal's display text is ours."""
    entries = comments_of_text("", shown)
    return bool(entries) and same_text(entries[-1].body, sent)
