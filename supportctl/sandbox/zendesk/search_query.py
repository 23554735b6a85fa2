"""Reading Zendesk's search language: words, phrases and ``property operator value`` terms."""

import re
from dataclasses import dataclass

_TERM = re.compile(
    r"""
    (?P<minus>-)?
    (?:(?P<key>[A-Za-z_][A-Za-z_0-9.]*)(?P<op>:>=|:<=|:>|:<|>=|<=|:|>|<|=))?
    (?P<value>"(?:[^"\\]|\\.)*"?|[^\s"]+)
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Term:
    """``key`` is None for free text; ``op`` one of ``: > < >= <=``."""

    key: str | None
    op: str
    value: str
    negated: bool = False
    quoted: bool = False


def parse(query: str) -> list[Term]:
    """All terms in order; nothing is refused, as Zendesk refuses nothing: what is no property is text."""
    terms: list[Term] = []
    position = 0
    while position < len(query):
        if query[position].isspace():
            position += 1
            continue
        match = _TERM.match(query, position)
        if match is None:
            position += 1
            continue
        value = match["value"]
        quoted = value.startswith('"')
        if quoted:
            value = value[1:-1] if len(value) > 1 and value.endswith('"') else value[1:]
            value = re.sub(r"\\(.)", r"\1", value)
        key = match["key"]
        op = (match["op"] or ":").lstrip(":") or ":"
        terms.append(Term(key.lower() if key else None, ":" if op == "=" else op, value, bool(match["minus"]), quoted))
        position = match.end()
    return terms
