"""What the instance allows: its choice lists, groups of labels and custom fields."""

from collections.abc import Mapping, Sequence

import msgspec

from supportctl.adapters.base import FieldInfo, Notice, Vocabulary
from supportctl.adapters.servicenow.client import Client, cell_text
from supportctl.adapters.servicenow.dictionary import REFUSED, Dictionary
from supportctl.adapters.servicenow.encoded import Condition, among
from supportctl.adapters.servicenow.paging import scan
from supportctl.adapters.servicenow.tables import table_of
from supportctl.model import LinkType

ELEMENTS = ("state", "priority", "close_code", "resolution_code", "category", "contact_type", "hold_reason")
FIELDS = ("name", "element", "value", "label", "dependent_value", "sequence")


class Choice(msgspec.Struct, frozen=True):
    table: str
    element: str
    value: str
    label: str


class Choices:
    """``sys_choice`` of the profile's tables (and of ``task``), in English, asked for once."""

    def __init__(self, client: Client, tables: Sequence[str]) -> None:
        self._client = client
        self._tables = tuple(tables)
        self._rows: list[Choice] | None = None
        self.refused = False

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
