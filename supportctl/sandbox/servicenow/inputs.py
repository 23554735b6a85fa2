"""Values of a write as the database keeps them: actual values, or what people see (``sysparm_input_display_value``).

(ServiceNow product documentation, "Table API": with true, values are display values and dates are in the user's time
zone; with false, the default, they are actual values and dates are in GMT)
"""

import sqlite3

from supportctl.sandbox.servicenow import dictionary, scripts
from supportctl.sandbox.servicenow.call import Call
from supportctl.sandbox.servicenow.dictionary import Field
from supportctl.sandbox.servicenow.render import Renderer


def text_of(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return text_of(value.get("value"))
    return "" if value is None else str(value)


def stored(call: Call, db: sqlite3.Connection, cls: str, field: Field, value: object) -> str | None:
    """What is kept of a value; None when the field stays as it is.

    An empty text empties a field, unless it is a choice. A choice nobody listed is kept as it came; a display value
    that no record bears is kept out of a reference.
    """
    text = text_of(value)
    if not text:
        return None if field.choices else ""
    if field.kind == "string" and not field.choices:
        # What is too long is cut off without a word.
        text = text[: field.length]
    if not call.flag("sysparm_input_display_value"):
        return text
    if field.choices:
        labels = Renderer(db, cls).choice_labels(cls, field.name)
        return next((code for code, label in labels.items() if label == text), text)
    if field.reference:
        return _record(db, field.reference, text)
    if field.kind == "glide_list":
        found = [_record(db, "sys_user", part.strip()) for part in text.split(",")]
        return ",".join(each for each in found if each) or None
    if field.kind in {"glide_date_time", "due_date"}:
        return scripts.literal(text, call.zone) or text
    return text


def _record(db: sqlite3.Connection, table: str, name: str) -> str | None:
    """The sys_id behind a display value; an id stands for itself."""
    if not dictionary.exists(table):
        return None
    classes = dictionary.classes(table)
    marks = ", ".join("?" * len(classes))
    row = db.execute(
        f"SELECT sys_id FROM sn_record WHERE cls IN ({marks}) AND (sys_id = ? OR name = ? OR number = ?) "  # noqa: S608
        "ORDER BY sys_id LIMIT 1",
        (*classes, name, name, name),
    ).fetchone()
    return None if row is None else str(row[0])
