"""What the instance allows: its choice lists, groups of labels and custom fields."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from supportctl.adapters.base import FieldInfo, Notice, Vocabulary
from supportctl.adapters.servicenow.client import Client, cell_text
from supportctl.adapters.servicenow.dictionary import REFUSED, Dictionary
from supportctl.adapters.servicenow.encoded import Condition, among
from supportctl.adapters.servicenow.paging import scan
from supportctl.adapters.servicenow.tables import table_of
from supportctl.model import LinkType

if TYPE_CHECKING:
    from supportctl.adapters.servicenow.types import Row

ELEMENTS = ("state", "priority", "close_code", "resolution_code", "category", "contact_type", "hold_reason")
FIELDS = ("name", "element", "value", "label", "dependent_value", "sequence")


class Choice(msgspec.Struct, frozen=True):
    table: str
    element: str
    value: str
    label: str
    dependent: str = ""
    """The value of the field this choice depends on (a category's, for a subcategory); empty: of any."""


class Choices:
    """``sys_choice`` of the profile's tables (and of ``task``), in English, asked for once."""

    def __init__(self, client: Client, tables: Sequence[str]) -> None:
        self._client = client
        self._tables = tuple(tables)
        self._rows: list[Choice] | None = None
        self.refused = False
        self._listed: dict[tuple[str, str], list[Choice] | None] = {}

    def all(self) -> list[Choice]:
        """Empty when the account may not read choices."""
        if self._rows is None:
            self._rows = []
            names = sorted({*self._tables, "task"})
            condition = Condition(
                (
                    (
                        (among("name", "IN", names),),
                        (among("element", "IN", ELEMENTS),),
                        ("inactive=false",),
                        ("language=en",),
                    ),
                )
            )
            try:
                for page in scan(self._client, "sys_choice", condition, FIELDS, size=1000, display="false"):
                    self._rows.extend(
                        Choice(*(cell_text(row, name) for name in ("name", "element", "value", "label")))
                        for row in page.rows
                    )
            except REFUSED:
                self.refused = True
        return self._rows

    def listed(self, table: str, element: str) -> list[Choice] | None:
        """The active choices of any field, in their order; a table's own list wins over that of ``task``.

        Empty: the instance lists none. None: the account may not read choices.
        """
        key = (table, element)
        if key not in self._listed:
            self._listed[key] = self._read(table, element)
        return self._listed[key]

    def _read(self, table: str, element: str) -> list[Choice] | None:
        asked = ((among("name", "IN", sorted({table, "task"})),), (f"element={element}",), ("inactive=false",))
        rows: list[Row] = []
        try:
            for page in scan(
                self._client, "sys_choice", Condition(((*asked, ("language=en",)),)), FIELDS, size=1000, display="false"
            ):
                if page.hidden and not rows and not page.rows:
                    return None
                rows += [row for row in page.rows if cell_text(row, "element") == element]
        except REFUSED:
            return None
        rows.sort(key=lambda row: int(cell_text(row, "sequence") or "0") if cell_text(row, "sequence").isdigit() else 0)
        for name in (table, "task"):
            own = [
                Choice(*(cell_text(row, each) for each in ("name", "element", "value", "label", "dependent_value")))
                for row in rows
                if cell_text(row, "name") == name
            ]
            if own:
                return own
        return []

    def labels(self, table: str, element: str = "state") -> Mapping[str, str]:
        """Value -> label; a table's own list wins over that of ``task``."""
        for name in (table, "task"):
            own = {each.value: each.label for each in self.all() if each.table == name and each.element == element}
            if own:
                return own
        return {}


def vocabulary(choices: Choices, dictionary: Dictionary, tables: Sequence[str], tags: Sequence[str]) -> Vocabulary:
    """Everything the instance tells about its own words, over all tables of the profile."""

    def words(*elements: str) -> list[str]:
        found = {
            text: None
            for table in tables
            for element in elements
            for value, label in choices.labels(table, element).items()
            for text in (label or value,)
        }
        return list(found)

    fields = {name: field for table in tables for name, field in dictionary.custom(table).items()}
    warnings = []
    if choices.refused:
        warnings.append(Notice(code="choices-hidden", message="the account may not read choice lists (sys_choice)"))
    links = {kind for table in tables for kind in table_of(table).links.values()} | {LinkType.PARENT}
    return Vocabulary(
        statuses=words("state"),
        priorities=words("priority"),
        closure_codes=words("close_code", "resolution_code"),
        tags=list(tags),
        link_types=sorted(links),
        fields=[
            FieldInfo(id=name, name=field.label, type=field.type, custom=True) for name, field in sorted(fields.items())
        ],
        warnings=warnings,
    )
