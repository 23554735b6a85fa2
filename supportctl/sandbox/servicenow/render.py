"""Records as the Table API shows them: values, display values, or both; references with or without links."""

import json
import sqlite3
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, tzinfo
from typing import Any

from supportctl.sandbox.servicenow import dictionary
from supportctl.sandbox.servicenow.dictionary import Field
from supportctl.sandbox.servicenow.scripts import FORMAT

Doc = dict[str, Any]
_JOURNALS: dict[str, tuple[str, ...]] = {"comments": ("comments",), "work_notes": ("work_notes",)}
_JOURNALS["comments_and_work_notes"] = ("comments", "work_notes")
_JOURNAL_LABELS = {"comments": "Additional comments", "work_notes": "Work notes"}
_DURATIONS = {"glide_duration", "timer"}
_TASK_DEFAULTS = {"sys_domain": "global", "sys_domain_path": "/"}


class Renderer:
    """Shows records of one table in one way. ``mode``: ``false``, ``true`` or ``all``; ``hidden``: fields left out.

    ``readable``: whether a record referred to may be read; fields of others are left out too.
    """

    def __init__(
        self,
        db: sqlite3.Connection,
        table: str,
        *,
        mode: str = "false",
        exclude_link: bool = False,
        base: str = "",
        zone: tzinfo = UTC,
        hidden: frozenset[str] = frozenset(),
        readable: Callable[[str, Doc], bool] = lambda _cls, _doc: True,
    ) -> None:
        self.db = db
        self.table = table
        self.mode = mode
        self.exclude_link = exclude_link
        self.base = base
        self.zone = zone
        self.hidden = hidden
        self.readable = readable
        self.docs: dict[str, tuple[str, Doc] | None] = {}
        self.labels: dict[tuple[str, str], dict[str, str]] = {}

    def paths(self, wanted: Iterable[str]) -> list[tuple[str, list[Field]]]:
        """The fields to show, each with the chain of fields it walks; unknown ones are dropped silently."""
        found = []
        for path in wanted or dictionary.fields(self.table):
            chain = self._chain(path)
            if chain and not {path, path.partition(".")[0], chain[-1].name} & self.hidden:
                found.append((path, chain))
        return found

    def _chain(self, path: str) -> list[Field]:
        table = self.table
        chain: list[Field] = []
        for place, part in enumerate(path.split(".")):
            if place:
                table = chain[-1].reference
                if not table or not dictionary.exists(table):
                    return []
            field = dictionary.fields(table).get(part)
            if field is None:
                return []
            chain.append(field)
        return chain

    def prefetch(self, docs: Iterable[Doc], paths: list[tuple[str, list[Field]]]) -> None:
        """Load what the records refer to in few queries, where displays or walked fields need it."""
        needed = [
            chain[0].name for _, chain in paths if chain[0].reference and (self.mode != "false" or len(chain) > 1)
        ]
        ids = {doc[name] for doc in docs for name in needed if doc.get(name)} - self.docs.keys()
        missing = list(ids)
        for at in range(0, len(missing), 500):
            part = missing[at : at + 500]
            marks = ", ".join("?" * len(part))
            for row in self.db.execute(f"SELECT sys_id, cls, doc FROM sn_record WHERE sys_id IN ({marks})", part):  # noqa: S608
                self.docs[row[0]] = (row[1], json.loads(row[2]))
        for id_ in missing:
            self.docs.setdefault(id_, None)

    def lookup(self, sys_id: str) -> tuple[str, Doc] | None:
        if sys_id not in self.docs:
            row = self.db.execute("SELECT cls, doc FROM sn_record WHERE sys_id = ?", (sys_id,)).fetchone()
            self.docs[sys_id] = None if row is None else (row[0], json.loads(row[1]))
        return self.docs[sys_id]

    def record(self, cls: str, doc: Doc, paths: list[tuple[str, list[Field]]]) -> Doc:
        found: Doc = {}
        for path, chain in paths:
            at_cls, at_doc = cls, doc
            seen = True
            for step in chain[:-1]:
                below = self.lookup(at_doc.get(step.name, ""))
                if below is None:
                    at_doc = {}
                    break
                at_cls, at_doc = below
                seen = seen and self.readable(at_cls, at_doc)
            if seen:
                found[path] = self.value(at_cls, at_doc, chain[-1])
        return found

    def value(self, cls: str, doc: Doc, field: Field) -> Any:
        raw = self.raw(cls, doc, field)
        if field.reference or field.kind == "domain_id":
            return self._reference(raw, field)
        if self.mode == "false":
            return raw
        shown = self.display(cls, doc, field, raw)
        return shown if self.mode == "true" else {"display_value": shown, "value": raw}

    def raw(self, cls: str, doc: Doc, field: Field) -> str:
        value = doc.get(field.name)
        if value is not None:
            return "" if field.name in _JOURNALS else str(value)
        if not doc:
            return ""
        if field.name == "sys_class_name":
            return cls
        if field.kind == "boolean":
            return "false"
        if "number" in doc and field.name in _TASK_DEFAULTS:
            return _TASK_DEFAULTS[field.name]
        if field.name == "task_effective_number":
            return str(doc.get("number", ""))
        return ""

    def _reference(self, raw: str, field: Field) -> Any:
        table = field.reference or "sys_user_group"
        if not raw:
            empty = {"display_value": "", "value": ""}
            return empty if self.mode == "all" else ""
        link = f"{self.base}/api/now/table/{table}/{raw}"
        if self.mode == "false":
            return raw if self.exclude_link else {"link": link, "value": raw}
        shown = self.name_of(raw)
        if self.mode == "true":
            return shown if self.exclude_link else {"display_value": shown, "link": link}
        return (
            {"display_value": shown, "value": raw}
            if self.exclude_link
            else {
                "display_value": shown,
                "link": link,
                "value": raw,
            }
        )

    def name_of(self, sys_id: str) -> str:
        """What people see of a record; values that are no id (``global``) stand for themselves."""
        found = self.lookup(sys_id)
        if found is None:
            return sys_id if len(sys_id) != 32 else ""
        return str(found[1].get(dictionary.display_field(found[0]), ""))

    def display(self, cls: str, doc: Doc, field: Field, raw: str) -> str | None:
        if field.name in _JOURNALS:
            return self._journal(doc, _JOURNALS[field.name])
        if field.kind == "due_date" and not raw:
            return "UNKNOWN"
        if field.choices:
            if not raw:
                return None
            return self.choice_labels(cls, field.name).get(raw, raw)
        if not raw:
            return ""
        if field.kind in {"glide_date_time", "due_date"}:
            return self._local(raw)
        if field.kind in _DURATIONS:
            return _span(raw)
        if field.kind == "integer" and field.name.endswith("_stc") and raw.isdigit():
            return f"{int(raw):,}"
        if field.kind == "glide_list":
            return ", ".join(self.name_of(part) for part in raw.split(",") if part)
        if field.kind == "sys_class_name":
            return dictionary.tables()[raw][1] if dictionary.exists(raw) else raw
        if field.kind == "document_id":
            return self.name_of(raw) or raw
        return raw

    def choice_labels(self, cls: str, element: str) -> dict[str, str]:
        """Value to label of a choice field: the class's own list, else its parents'."""
        key = (cls, element)
        if key not in self.labels:
            found: dict[str, str] = {}
            rows = self.db.execute(
                "SELECT doc FROM sn_record WHERE cls = 'sys_choice' AND owner = ?", (element,)
            ).fetchall()
            docs = [json.loads(row[0]) for row in rows]
            for table in reversed(dictionary.ancestry(cls)):
                own = {doc.get("value", ""): doc.get("label", "") for doc in docs if doc.get("name") == table}
                found = own or found
            self.labels[key] = found
        return self.labels[key]

    def _local(self, raw: str) -> str:
        try:
            moment = datetime.strptime(raw, FORMAT).replace(tzinfo=UTC)
        except ValueError:
            return raw
        return moment.astimezone(self.zone).strftime(FORMAT)

    def _journal(self, doc: Doc, elements: tuple[str, ...]) -> str:
        rows = self.db.execute(
            "SELECT doc FROM sn_trail WHERE owner = ? AND cls = 'sys_journal_field' "
            "ORDER BY sys_created_on DESC, sys_id DESC",
            (doc.get("sys_id", ""),),
        )
        found = []
        for row in rows:
            entry = json.loads(row[0])
            if entry.get("element") in elements:
                label = _JOURNAL_LABELS[entry["element"]]
                author = self._author(entry.get("sys_created_by", ""))
                found.append(
                    f"{self._local(entry['sys_created_on'])} - {author} ({label})\n{entry.get('value', '')}\n\n"
                )
        return "".join(found)

    def _author(self, user_name: str) -> str:
        row = self.db.execute(
            "SELECT name FROM sn_record WHERE cls = 'sys_user' AND sys_id = ?", (_user_id(user_name),)
        ).fetchone()
        return str(row[0]) if row else user_name


def _user_id(user_name: str) -> str:
    from supportctl.sandbox.servicenow.records import sys_id_of

    return sys_id_of("sys_user", user_name)


def _span(raw: str) -> str:
    """``1970-01-22 21:46:21`` as ``21 Days 21 Hours 46 Minutes``: a duration is kept as a moment after 1970 began."""
    try:
        moment = datetime.strptime(raw, FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return raw
    total = int(moment.timestamp())
    days, rest = divmod(total, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, seconds = divmod(rest, 60)
    parts = [(days, "Day"), (hours, "Hour"), (minutes, "Minute")]
    found = [f"{count} {name}{'' if count == 1 else 's'}" for count, name in parts if count]
    if not found:
        found = [f"{seconds} Second{'' if seconds == 1 else 's'}"]
    return " ".join(found)
