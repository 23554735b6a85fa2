"""Tags: shared labels and their entries, or a text field the profile names.

A tag is a row of ``label``; tagging a record is a row of ``label_entry``. Writing ``sys_tags`` does nothing. Names are
one tag whatever their case. Source: ServiceNow product documentation, "Tags" and "Assigning tags".
"""

from collections.abc import Sequence

import msgspec

from supportctl.adapters.servicenow.bulk import CHUNK, Gathered, gather, gather_between
from supportctl.adapters.servicenow.client import Client, cell_label, cell_text, read_rows
from supportctl.adapters.servicenow.dictionary import REFUSED
from supportctl.adapters.servicenow.encoded import EVERYTHING, Condition, compare, one, speakable
from supportctl.adapters.servicenow.paging import scan
from supportctl.adapters.servicenow.types import Row
from supportctl.errors import PermissionDeniedError
from supportctl.text.fold import fold_word
from supportctl.wire import Intent

ENTRY_FIELDS = ("label", "label.name", "table", "table_key")
LABEL_FIELDS = ("name", "viewable_by", "active", "owner")
FIELD_BACKEND = "field:"


class Entry(msgspec.Struct, frozen=True):
    """One tag on one record."""

    id: str
    label: str
    name: str
    record: str


class Label(msgspec.Struct, frozen=True):
    id: str
    name: str
    shared: bool
    active: bool


def tag_field(backend: str) -> str | None:
    """The field tags live in, for the backend ``field:NAME``; None for labels."""
    return backend.removeprefix(FIELD_BACKEND).strip() or None if backend.startswith(FIELD_BACKEND) else None


def split_tags(text: str) -> list[str]:
    """Tags of a text field, separated by commas; the first spelling of a tag counts."""
    tags: dict[str, str] = {}
    for tag in (part.strip() for part in text.split(",")):
        if tag:
            tags.setdefault(fold_word(tag), tag)
    return list(tags.values())


class Labels:
    """Labels by name (asked for once per name) and entries by record."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: dict[str, list[Label]] = {}
        self._all: list[Label] | None = None
        self._between = True

    def entries(self, table: str, records: Sequence[str]) -> tuple[dict[str, list[Entry]], set[str]]:
        """Entries by record, and the records some of whose entries are hidden.

        Raises `PermissionDeniedError` where the account may not read entries.
        """
        asked = [compare("table", "=", table)]
        found: Gathered | None = None
        if self._between and len(records) > CHUNK:
            found = gather_between(
                self._client, "label_entry", "table_key", records, ENTRY_FIELDS, conditions=asked, display="all"
            )
            self._between = found is not None
        if found is None:
            found = gather(
                self._client, "label_entry", "table_key", records, ENTRY_FIELDS, conditions=asked, display="all"
            )
        wanted = set(records)
        entries: dict[str, list[Entry]] = {}
        for row in found.rows:
            record = cell_text(row, "table_key")
            if record not in wanted or cell_text(row, "table") not in {table, ""}:
                continue
            name = cell_text(row, "label.name") or cell_label(row, "label.name") or cell_label(row, "label")
            entries.setdefault(record, []).append(
                Entry(cell_text(row, "sys_id"), cell_text(row, "label"), name, record)
            )
        return entries, set(found.hidden)

    def named(self, name: str) -> list[Label]:
        """Labels of this name, whatever their case, the active and shared first.

        Asked for in the usual spellings, and looked for among all labels where those are not found: the database may
        compare with case. Raises `PermissionDeniedError` where the account may not read labels.
        """
        key = fold_word(name)
        if key not in self._known:
            spellings = dict.fromkeys((name, name.lower(), name.upper(), name.title(), name.capitalize()))
            asked = one(*(compare("name", "=", each) for each in spellings))
            labels = [label for label in self._read(asked) if fold_word(label.name) == key]
            self._known[key] = labels or self._among_all(key)
        return self._known[key]

    def _among_all(self, key: str) -> list[Label]:
        if self._all is None:
            self._all = self._read(EVERYTHING)
        return [label for label in self._all if fold_word(label.name) == key]

    def _read(self, asked: Condition) -> list[Label]:
        pages = scan(self._client, "label", asked, LABEL_FIELDS, size=1000, display="false")
        labels = [_label_of(row) for page in pages for row in page.rows]
        return sorted(labels, key=lambda each: (not each.active, not each.shared, each.id))

    def ids_of(self, name: str, *, folds: bool = False) -> list[str] | None:
        """sys_ids of all labels so called; None when that cannot be told.

        ``folds``: the database is known to compare without case, so that asking by name finds them all.
        """
        if not speakable(name):
            return None
        try:
            found = self.named(name) if folds else self._among_all(fold_word(name))
        except REFUSED:
            return None
        return [label.id for label in found]

    def make(self, name: str) -> Label:
        """A new shared label; raises `PermissionDeniedError` when only a private one would be made.

        ``viewable_by`` is dropped in silence when the account may not set it, and a tag nobody else sees is no tag
        of the team.
        """
        body = {"name": name, "viewable_by": "everyone", "active": "true", "type": "standard"}
        rows = read_rows(self._client.write("POST", "/api/now/table/label", body, intent=Intent.ONCE))
        self.forget(name)
        made = _label_of(rows[0])
        if not made.shared:
            self._client.write("DELETE", f"/api/now/table/label/{made.id}", None, intent=Intent.IDEMPOTENT)
            raise PermissionDeniedError("ServiceNow made the tag a private one")
        return made

    def forget(self, name: str) -> None:
        self._known.pop(fold_word(name), None)
        self._all = None


def _label_of(row: Row) -> Label:
    shared = cell_text(row, "viewable_by").lower() == "everyone"
    return Label(cell_text(row, "sys_id"), cell_text(row, "name"), shared, cell_text(row, "active") != "false")
