"""Tags in a text field of the record, separated by commas (``tag_backend = "field:u_tags"``)."""

from typing import Any

from supportctl.adapters.servicenow.client import Client, cell_text, read_rows
from supportctl.adapters.servicenow.encoded import compare
from supportctl.adapters.servicenow.labels import split_tags
from supportctl.adapters.servicenow.tables import table_of_number
from supportctl.adapters.servicenow.types import Row
from supportctl.errors import SupportctlError
from supportctl.model import Applied, Change, Conflict, Failed, Outcome, Unchanged, Unverified
from supportctl.text.fold import fold_word
from supportctl.wire import Intent


class FieldTags:
    """Reads, merges, writes with the version in view, and compares what came back."""

    def __init__(self, client: Client, field: str) -> None:
        self._client = client
        self._field = field

    def change(self, change: Change, table: str) -> Outcome:
        """Raises the family of `supportctl.errors` for what is not this ticket's own fate."""
        row = self._read(table, change.id)
        if row is None:
            return Failed(error="no such record, or it is hidden from this account", code="NOT_FOUND")
        if self._field not in row:
            return Failed(
                error=f"the field {self._field} is hidden from this account, or {table} has none of that name"
            )
        version = cell_text(row, "sys_mod_count")
        if change.version is not None and version != change.version:
            return Conflict(was=change.version, now=version, reason="the ticket moved since the plan was made")
        held = split_tags(cell_text(row, self._field))
        wanted = merged(held, change)
        if wanted == held:
            return Unchanged(version=version)
        response = self._client.write(
            "PATCH",
            f"/api/now/table/{table}/{change.id}?sysparm_fields=sys_id,sys_mod_count,{self._field}",
            {self._field: ",".join(wanted)},
            intent=Intent.ONCE,
        )
        stored = read_rows(response)[0]
        if _folded(cell_text(stored, self._field)) != _folded(",".join(wanted)):
            return Failed(
                error=f"ServiceNow answered with success and did not store {self._field}: the field may be read-only "
                "for this account, or too short",
                code="PERMISSION",
            )
        return Applied(version=cell_text(stored, "sys_mod_count") or None)

    def verify(self, change: Change, table: str) -> Outcome:
        try:
            row = self._read(table, change.id)
        except SupportctlError as error:
            return Unverified(reason=error.message)
        if row is None or self._field not in row:
            return Unverified(reason="the ticket or its tag field cannot be read")
        return told(change, _folded(cell_text(row, self._field)), cell_text(row, "sys_mod_count"))

    def _read(self, table: str, identity: str) -> Row | None:
        query = compare("sys_id", "=", identity)
        row = self._client.first(table, query, ("sys_id", "sys_mod_count", self._field))
        return row if row is not None and cell_text(row, "sys_id") == identity else None


def _folded(text: str) -> set[str]:
    return {fold_word(tag) for tag in split_tags(text)}


def merged(held: list[str], change: Change) -> list[str]:
    """The tags after the change, in their order, new ones at the end."""
    unwanted = {fold_word(tag) for tag in change.action.remove}
    kept = [tag for tag in held if fold_word(tag) not in unwanted]
    known = {fold_word(tag) for tag in kept}
    return [*kept, *(tag for tag in change.action.add if fold_word(tag) not in known)]


def table_for(change: Change) -> str:
    """The record's concrete table, which writing needs."""
    return change.kind or table_of_number(change.key) or "task"


def told(change: Change, names: set[str], version: str | None = None) -> Outcome:
    """Whether the tags seen (folded) are as the change wants them."""
    action: Any = change.action
    absent = sum(fold_word(tag) not in names for tag in action.add)
    present = sum(fold_word(tag) in names for tag in action.remove)
    if not absent and not present:
        return Applied(version=version or change.version)
    return Unverified(reason=f"{absent} tags are not there yet, {present} are still there")
