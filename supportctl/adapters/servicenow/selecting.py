"""A selection, per table: what is asked of the server, what is left to this side."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from supportctl.adapters.base import Notice, Pushdown, Selection
from supportctl.adapters.servicenow.encoded import (
    EVERYTHING,
    NOTHING,
    Condition,
    all_of,
    any_of,
    fields_of,
    foreign,
)
from supportctl.adapters.servicenow.tables import TABLES
from supportctl.adapters.servicenow.translate import Translator
from supportctl.adapters.servicenow.views import find_view
from supportctl.errors import QueryError, UsageError
from supportctl.query.pushdown import Literal, literals, normal_form, push
from supportctl.query.unparse import unparse

if TYPE_CHECKING:
    from supportctl.adapters.servicenow.reader import ServiceNowReader


class Plan(msgspec.Struct):
    """The condition sent per table, in reading order; ``left`` are the leaves evaluated here only, per table."""

    conditions: dict[str, Condition]
    left: dict[str, list[Literal]]
    notices: list[Notice] = []


class Selecting:
    def __init__(self, reader: "ServiceNowReader") -> None:
        self._reader = reader

    def plan(self, selection: Selection) -> Plan:
        """Raises `QueryError` for a native query the server would misread."""
        if selection.native is not None and selection.view is not None:
            raise UsageError("--native and --view cannot be used together")
        reader = self._reader
        tables: Sequence[str] = reader.tables
        base: list[Condition] = []
        if selection.native is not None:
            base.append(foreign(selection.native))
        if selection.view is not None:
            view = find_view(reader.client, selection.view, reader.host)
            base.append(foreign(view.query))
            tables = [self._of_tickets(view.table)]
        plan = Plan({}, {})
        kept = self._known_tables(tables, base, plan, strict=len(tables) == 1)
        for table in kept:
            condition, left = self._pushed(selection, table)
            whole = all_of([*base, condition])
            if whole is None:
                whole, left = all_of(base), self._all(selection)
            if whole is None:
                raise QueryError("the encoded query has too many ^NQ parts to combine", query=selection.native or "")
            plan.conditions[table], plan.left[table] = whole, left
        return plan

    def _of_tickets(self, table: str) -> str:
        """A view's table; raises `UsageError` when it holds no tickets."""
        reader = self._reader
        if table in TABLES or table in reader.tables or reader.dictionary.holds(table, "short_description"):
            return table
        raise UsageError(
            "this view is on a table that holds no tickets; nothing was read", hint="name a filter of a task table"
        )

    def _known_tables(self, tables: Sequence[str], base: Sequence[Condition], plan: Plan, *, strict: bool) -> list[str]:
        """Tables that have every field a foreign query names: elsewhere the server would drop the condition."""
        fields = sorted({field for condition in base for field in fields_of(condition)})
        if not fields:
            return list(tables)
        dictionary = self._reader.dictionary
        kept = []
        missing: set[str] = set()
        for table in tables:
            unknown = [field for field in fields if not dictionary.holds(table, field)]
            if not unknown:
                kept.append(table)
            else:
                missing.update(unknown)
                message = f"table {table} was not read: it has no field {unknown[0]}, which the encoded query names"
                plan.notices.append(Notice(code="table-without-field", message=message))
        if not kept or (strict and missing):
            raise QueryError(
                f"no table of this profile has the field {min(missing)!r}; ServiceNow would ignore that part of the "
                "query and return more records; nothing was read",
                hint="check the spelling: ServiceNow's field names, not the labels of forms",
            )
        return kept

    def _pushed(self, selection: Selection, table: str) -> tuple[Condition, list[Literal]]:
        if selection.query is None:
            return EVERYTHING, []
        reader = self._reader
        decoder = reader.decoder(table, frozenset())[0]
        translator = Translator(
            decoder.layout(table),
            decoder.priorities,
            reader.dictionary,
            reader.session,
            selection.now,
            reader.labels.ids_of,
            reader.tag_field,
        )
        pushed = push(normal_form(selection.query), translator.leaf, _all_of, _any_of)
        return pushed[0] or EVERYTHING, pushed[1]

    def _all(self, selection: Selection) -> list[Literal]:
        return [] if selection.query is None else literals(normal_form(selection.query))

    def explain(self, selection: Selection) -> Pushdown:
        plan = self.plan(selection)
        texts = {table: condition.text for table, condition in plan.conditions.items() if condition != NOTHING}
        if not any(texts.values()):
            native = None
        elif len(set(texts.values())) == 1 and len(texts) == len(plan.conditions):
            native = next(iter(texts.values()))
        else:
            native = "\n".join(f"{table}: {text or '(everything)'}" for table, text in texts.items())
        left: list[str] = []
        for table in texts:
            for literal in plan.left[table]:
                text = ("-" if literal.negated else "") + unparse(literal.term)
                if text not in left:
                    left.append(text)
        notes = [notice.message for notice in plan.notices]
        notes += [
            f"table {table} is not read: nothing there can match"
            for table, condition in plan.conditions.items()
            if condition.impossible
        ]
        if any("=20" in text for text in texts.values()):
            zone = self._reader.session.zone
            wide = "26 hours: the account's time zone is unknown" if zone is None else f"2 hours, read in {zone.key}"
            notes.append(f"times are sent widened by {wide}; exact times are compared here")
        if selection.query is not None and not self._reader.session.folds_case():
            notes.append("texts are compared here: the instance's database looks at case, or this cannot be told")
        return Pushdown(native=native, endpoint=f"GET /api/now/table/{{{','.join(texts)}}}", left=left, notes=notes)


def _all_of(parts: list[Condition]) -> Condition | None:
    return all_of(parts)


def _any_of(parts: list[Condition]) -> Condition | None:
    return any_of(parts)
