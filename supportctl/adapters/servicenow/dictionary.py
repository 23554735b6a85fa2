"""Which fields a table has, learned from the instance: a field nobody checked must not be asked for in a query."""

from collections.abc import Mapping, Sequence

import msgspec

from supportctl.adapters.servicenow.client import Client, cell_label, cell_text
from supportctl.adapters.servicenow.encoded import Condition, among, emptiness, one
from supportctl.adapters.servicenow.paging import scan
from supportctl.adapters.servicenow.tables import table_of
from supportctl.errors import InvalidRequestError, NotFoundError, PermissionDeniedError

REFUSED = (PermissionDeniedError, NotFoundError, InvalidRequestError)
"""How an instance says that a table is not for us."""
STANDARD = frozenset(
    {"sys_id", "sys_created_on", "sys_created_by", "sys_updated_on", "sys_updated_by", "sys_mod_count"}
)
DEFAULT_PARENTS = {"incident", "problem", "sc_request", "sc_req_item", "sc_task", "change_request", "task"}
COLUMNS = ("name", "element", "column_label", "internal_type", "reference", "max_length", "read_only", "choice")
_PAGE = 2000


class FieldDef(msgspec.Struct, frozen=True):
    """A column of the dictionary. ``type`` and ``reference`` are None where only a sample told the name."""

    name: str
    label: str
    type: str | None = None
    reference: str | None = None
    length: int | None = None
    """Characters a text may have: longer ones are cut off in silence."""
    read_only: bool = False
    choice: bool = False
    """Whether its values come from a list."""


class Dictionary:
    """Fields by table, parents included; asked for once."""

    def __init__(self, client: Client, tables: Sequence[str]) -> None:
        self._client = client
        self._tables = tuple(tables)
        self._fields: dict[str, Mapping[str, FieldDef]] = {}
        self._learned: set[str] = set()

    def fields(self, table: str) -> Mapping[str, FieldDef]:
        """Empty when neither the dictionary nor a record would tell."""
        if table not in self._learned:
            batch = self._tables if table in self._tables else (table,)
            self._learn([name for name in batch if name not in self._learned])
        return self._fields.get(table, {})

    def holds(self, table: str, field: str) -> bool:
        """Whether ``field`` (dots walk through references) exists, as far as this can be told."""
        root, _, rest = field.partition(".")
        known = self.fields(table)
        if root == "sys_tags":
            return True
        found = known.get(root)
        if found is None:
            return False
        if not rest:
            return True
        if found.type is not None and not found.reference:
            return False
        return found.reference is None or not self.fields(found.reference) or self.holds(found.reference, rest)

    def custom(self, table: str) -> dict[str, FieldDef]:
        """The instance's own fields of a table."""
        return {name: field for name, field in self.fields(table).items() if name.startswith(("u_", "x_"))}

    def by_label(self, table: str, label: str) -> FieldDef | None:
        """A field by name or by what people call it, without case."""
        wanted = label.strip().casefold()
        fields = self.fields(table)
        return fields.get(wanted) or next(
            (field for field in fields.values() if field.label.casefold() == wanted), None
        )

    def _learn(self, tables: Sequence[str]) -> None:
        parents = self._parents(tables)
        names = sorted({*tables, *(parent for chain in parents.values() for parent in chain)})
        rows: dict[str, dict[str, FieldDef]] = {}
        try:
            condition = Condition(((((among("name", "IN", names)),), ((emptiness("element", "ISNOTEMPTY")),)),))
            for page in scan(
                self._client,
                "sys_dictionary",
                condition,
                COLUMNS,
                size=_PAGE,
                display="false",
            ):
                for row in page.rows:
                    name, element = cell_text(row, "name"), cell_text(row, "element")
                    if name in names and element:
                        rows.setdefault(name, {})[element] = FieldDef(
                            element,
                            cell_label(row, "column_label") or element,
                            cell_text(row, "internal_type") or None,
                            cell_text(row, "reference") or None,
                            _number(cell_text(row, "max_length")),
                            cell_text(row, "read_only") == "true",
                            cell_text(row, "choice") not in {"", "0"},
                        )
        except REFUSED:
            rows = {}
        for table in tables:
            self._learned.add(table)
            whole: dict[str, FieldDef] = {}
            for name in reversed((table, *parents.get(table, ()))):
                whole |= rows.get(name, {})
            self._fields[table] = self._standard(whole) if len(whole) > len(STANDARD) else self._sample(table)

    def _standard(self, fields: dict[str, FieldDef]) -> dict[str, FieldDef]:
        return {name: FieldDef(name, name) for name in STANDARD} | fields

    def _sample(self, table: str) -> dict[str, FieldDef]:
        """The keys of one record: enough to know a name, not its type."""
        try:
            rows = self._client.page(table, "", None, limit=1).rows
        except REFUSED:
            return {}
        return {name: FieldDef(name, name) for name in rows[0]} if rows else {}

    def _parents(self, tables: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Each table's ancestors, nearest first; only tables we do not know are looked up."""
        found = {name: table_of(name).parents for name in tables if name in DEFAULT_PARENTS}
        for name in tables:
            if name not in found:
                found[name] = self._ancestors(name)
        return found

    def _ancestors(self, table: str) -> tuple[str, ...]:
        chain: list[str] = []
        name = table
        try:
            while len(chain) < 6:
                query = one(f"name={name}").text
                row = self._client.first("sys_db_object", query, ("name", "super_class.name"))
                known = row is not None and cell_text(row, "name") == name
                parent = cell_text(row, "super_class.name") if row is not None and known else ""
                if not parent or parent in chain:
                    break
                chain.append(parent)
                name = parent
        except REFUSED:
            return ("task",)
        return tuple(chain)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None
