"""Reading encoded queries (docs: "Operators available for filters and queries", "Encoded query strings").

What cannot be read is dropped without a word, as the platform does: the caller gets more rows than expected.
"""

import re
from dataclasses import dataclass, field

OPERATORS = (
    "RELATIVEGT",
    "RELATIVELT",
    "RELATIVEGE",
    "RELATIVELE",
    "ISNOTEMPTY",
    "EMPTYSTRING",
    "STARTSWITH",
    "NOT LIKE",
    "ENDSWITH",
    "ANYTHING",
    "NOTLIKE",
    "BETWEEN",
    "ISEMPTY",
    "NSAMEAS",
    "DYNAMIC",
    "NOT IN",
    "SAMEAS",
    "NOTON",
    "LIKE",
    "ON",
    "IN",
    "!=",
    "<=",
    ">=",
    "=",
    "<",
    ">",
)
_CONDITION = re.compile(
    r"([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*)(" + "|".join(re.escape(operator) for operator in OPERATORS) + r")(.*)\Z",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Condition:
    field: str
    operator: str
    value: str


@dataclass(slots=True)
class Encoded:
    """``groups`` are joined by OR; a group is a list of alternatives lists, all of which must hold.

    ``dropped`` counts parts that could not be read.
    """

    groups: list[list[list[Condition]]] = field(default_factory=lambda: [[]])
    order: list[tuple[str, bool]] = field(default_factory=list)
    """Field and whether descending."""
    group_by: list[str] = field(default_factory=list)
    dropped: int = 0


def parse(text: str) -> Encoded:
    """Never fails."""
    found = Encoded()
    for raw in text.split("^"):
        part = raw
        if not part or part == "EQ":
            continue
        if part.startswith("ORDERBYDESC"):
            found.order.append((part[11:], True))
            continue
        if part.startswith("ORDERBY"):
            found.order.append((part[7:], False))
            continue
        if part.startswith("GROUPBY"):
            found.group_by.append(part[7:])
            continue
        alternative = False
        if part.startswith("NQ"):
            found.groups.append([])
            part = part[2:]
            if not part:
                continue
        elif part.startswith("OR"):
            alternative = True
            part = part[2:]
        match = _CONDITION.match(part)
        if match is None:
            found.dropped += 1
            continue
        condition = Condition(match.group(1), match.group(2), match.group(3))
        group = found.groups[-1]
        if alternative and group:
            group[-1].append(condition)
        else:
            group.append([condition])
    return found
