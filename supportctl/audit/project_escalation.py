"""The table ``[escalation]``: read with every mistake noted, as the rest of a project's file."""

import re
from typing import TYPE_CHECKING

from supportctl.audit import declared
from supportctl.audit.declared import NOTHING, Problem
from supportctl.model.escalation import EscalationSettings

if TYPE_CHECKING:
    from supportctl.text.project_file import ProjectFile

TABLE = "escalation"


def read_escalation(file: "ProjectFile", problems: list[Problem]) -> EscalationSettings:
    """What the file says; the defaults where it says nothing or something wrong."""
    if TABLE not in file.document:
        return EscalationSettings()
    table = file.document[TABLE]
    read = declared.struct(table, EscalationSettings, (TABLE,), problems)
    if read is NOTHING:
        return EscalationSettings()
    settings: EscalationSettings = read
    if settings.min_score is not None and settings.min_score > 100:
        problems.append(Problem(path=(TABLE, "min_score"), message="a score lies between 0 and 100"))
    if settings.language is not None and not re.fullmatch(r"[a-z]{2}(?:-[A-Za-z]{2,8})?", settings.language):
        problems.append(Problem(path=(TABLE, "language"), message="a language is two letters, such as de"))
    weights = settings.weights
    if not any(getattr(weights, name) for name in weights.__struct_fields__):
        problems.append(Problem(path=(TABLE, "weights"), message="every weight is 0", hint="give one of them a number"))
    return settings


def escalation_lines(file: "ProjectFile") -> dict[str, int]:
    """Setting, as ``escalation.weights.steps`` -> the line it stands in."""
    table = file.document.get(TABLE)
    if not isinstance(table, dict):
        return {}
    found = {f"{TABLE}.{name}": file.place((TABLE, name)).line for name in table if name != "weights"}
    weights = table.get("weights")
    if isinstance(weights, dict):
        found |= {f"{TABLE}.weights.{name}": file.place((TABLE, "weights", name)).line for name in weights}
    return found
