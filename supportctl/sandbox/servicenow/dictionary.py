"""Which fields each table has, of what type; tables and their parents (sys_dictionary, sys_db_object)."""

from functools import cache

from supportctl.sandbox.servicenow.dictionary_tables import BASE, CLASSES, EXTRA_INCIDENT, Field

__all__ = ["EXTRA_INCIDENT", "Field"]


def exists(table: str) -> bool:
    return table in CLASSES


def tables() -> dict[str, tuple[str, str]]:
    """Table -> (parent or empty, label)."""
    return {name: (parent, label) for name, (parent, label, _) in CLASSES.items()}


@cache
def own_fields(table: str) -> tuple[Field, ...]:
    """Fields the table adds to those of its parent."""
    parent, _, fields = CLASSES[table]
    extra = EXTRA_INCIDENT if table == "incident" else ()
    return (*(() if parent else BASE), *fields, *extra)


@cache
def fields(table: str) -> dict[str, Field]:
    """All fields of a table by name, those of its parents first."""
    parent = CLASSES[table][0]
    found = dict(fields(parent)) if parent else {}
    found.update({field.name: field for field in own_fields(table)})
    return found


@cache
def classes(table: str) -> tuple[str, ...]:
    """The table and all tables that extend it."""
    below = [name for name, (parent, _, _) in CLASSES.items() if parent == table]
    return (table, *(deeper for name in below for deeper in classes(name)))


@cache
def ancestry(table: str) -> tuple[str, ...]:
    """The table and its parents."""
    parent = CLASSES[table][0]
    return (table, *(ancestry(parent) if parent else ()))


@cache
def display_field(table: str) -> str:
    """The field whose value stands for the record where it is referred to."""
    known = fields(table)
    for name in ("number", "name", "title", "file_name", "column_label"):
        if name in known:
            return name
    return "sys_id"
