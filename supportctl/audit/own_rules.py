"""An organisation's own rules: a query of the portable language that no ticket should match."""

from typing import Any

from supportctl.adapters.base import Need
from supportctl.audit.rule import Context, TicketRule
from supportctl.audit.verdict import CLEAN, OUTSIDE, Outside, Unjudged, Verdict, fault
from supportctl.model import Confidence, Evidence, Platform, Severity, Ticket
from supportctl.query.ast import Node, terms
from supportctl.query.evaluate import evaluate, needs
from supportctl.query.fields import FIELDS

_PAGE = """\
{title}.

## What it does
Reports the tickets that match the query

`{query}`

{scope}They are those that `supportctl list` prints for that query: nothing else is left out, neither new tickets nor
merged ones.

## Why is this bad?
A rule of this organisation, from {place}.

## Example
Any ticket that `supportctl list '{query}'` prints.

## Fix
{fix}

## False positives
Narrow the query, or give the rule a `where`: tickets outside of it are not counted as clean either. A ticket of which
a field in the query is unknown is not judged.

## Fields
{fields}
"""


def query_needs(node: Node) -> frozenset[Need]:
    return frozenset(Need(name) for name in needs(node))


def unknown_of(node: Node, ticket: Ticket) -> str:
    """The field for which a query could not be answered."""
    for term in terms(node):
        attributes = ("custom",) if term.field == "custom" else FIELDS[term.field].attributes
        for attribute in attributes:
            if attribute in ticket.unknown:
                return attribute
    return next((_field(term.field, term.custom) for term in terms(node)), "query")


class OwnRule(TicketRule):
    """A rule of the project's own file. Its page is made from what the file says."""

    def __init__(
        self,
        *,
        code: str,
        name: str,
        query: str,
        node: Node,
        message: str,
        severity: Severity = Severity.MEDIUM,
        confidence: Confidence = Confidence.HIGH,
        fix: str | None = None,
        where: str | None = None,
        where_node: Node | None = None,
        place: str = "supportctl.toml",
    ) -> None:
        self._node, self._where = node, where_node
        self._query, self._message, self._fix = query, message, fix
        own: dict[str, Any] = {
            "code": code,
            "name": name,
            "severity": severity,
            "confidence": confidence,
            "needs": query_needs(node) | (query_needs(where_node) if where_node else frozenset()),
            "platforms": frozenset(Platform),
            "since": "",
            "reads_text": any(term.field == "text" for term in terms(node)),
        }
        for attribute, value in own.items():
            setattr(self, attribute, value)
        fields = sorted({_field(term.field, term.custom) for term in terms(node)})
        self.__doc__ = _PAGE.format(
            title=message[:1].upper() + message[1:].rstrip("."),
            query=query,
            scope=f"among those that match `{where}`. " if where else "",
            place=place,
            fix=fix or "The message says what is expected.",
            fields=f"{', '.join(fields)}, on every platform that has them.",
        )

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if self._where is not None and (apart := outside(self._where, ticket, context)) is not None:
            return apart
        match evaluate(self._node, ticket, context.now):
            case False:
                return CLEAN
            case None:
                return Unjudged(unknown_of(self._node, ticket))
            case True:
                fields = list(dict.fromkeys(_field(term.field, term.custom) for term in terms(self._node)))
                return fault(
                    self._message,
                    self._query,
                    [Evidence(field=", ".join(fields), seen=f"match `{self._query}`")],
                    threshold=f"{self._query} (rule {self.code} of the project)",
                    passes=self._fix or f"the ticket no longer matches `{self._query}`",
                )


def outside(where: Node, ticket: Ticket, context: Context) -> Outside | Unjudged | None:
    """None: the ticket certainly matches ``where``."""
    match evaluate(where, ticket, context.now):
        case True:
            return None
        case False:
            return OUTSIDE
        case _:
            return Unjudged(unknown_of(where, ticket))


def _field(name: str, custom: str | None) -> str:
    return custom or name if name == "custom" else name
