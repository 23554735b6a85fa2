"""What a text may say: the names it may use and the constructs it may be made of, checked before it is written.

Everything is refused that is not named here: calls, assignments, arithmetic, other templates. What is left takes time
and space in proportion to the text and the fields it prints.
"""

from collections.abc import Iterable, Mapping

from jinja2 import nodes

from supportctl.adapters.base import Need, Needs
from supportctl.errors import UsageError
from supportctl.model import LinkType
from supportctl.query.fields import guess

PERSON = ("name", "email", "id")
REFERENCE = ("name", "id")
LINKS = tuple(each.value for each in LinkType)
FIELDS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        (
            *("key", "id", "url", "kind", "native_kind", "title", "description", "status", "native_status", "priority"),
            *("native_priority", "impact", "urgency", "category", "subcategory", "channel", "tags", "created_at"),
            *("updated_at", "first_response_at", "resolved_at", "closed_at", "due_at", "reopens", "reassignments"),
            *("closure_code", "resolution_notes", *LINKS),
        ),
        (),
    ),
    **dict.fromkeys(("requester", "assignee"), PERSON),
    **dict.fromkeys(("group", "organization", "component", "service"), REFERENCE),
}
"""What ``ticket`` has, and what those have. A type of link (``duplicate_of``) is the key at its other end."""

NAMES = ("ticket", "now", "profile", "var")
LOOP = ("index", "first", "last", "length")
FILTERS = (
    *("capitalize", "count", "d", "default", "first", "indent", "join", "last", "length", "lower", "sort", "title"),
    *("trim", "truncate", "unique", "upper", "wordwrap"),
)
TESTS = ("defined", "undefined", "none", "string", "number")
DEPTH = 2
"""Loops inside one another."""
MOST = 1_000
"""The largest number a text may hold: widths and lengths."""

_PLAIN = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Const, nodes.If, nodes.Compare, nodes.Operand, nodes.And),
    *(nodes.Or, nodes.Not, nodes.CondExpr, nodes.Concat, nodes.List, nodes.Tuple, nodes.Keyword),
)


def check(tree: nodes.Template, name: str, given: Mapping[str, str]) -> Needs:
    """What has to be fetched for the fields it uses. Raises `UsageError` with the line and the nearest name."""
    return _Check(name, given).whole(tree)


class _Check:
    def __init__(self, name: str, given: Mapping[str, str]) -> None:
        self.name = name
        self.given = given
        self.needs: set[Need] = set()

    def whole(self, tree: nodes.Template) -> Needs:
        self.visit(tree, (), 0)
        return frozenset(self.needs)

    def refuse(self, node: nodes.Node, what: str, hint: str | None = None) -> UsageError:
        return UsageError(f"{self.name}, line {node.lineno}: {what}; nothing was changed", hint=hint)

    def visit(self, node: nodes.Node, own: tuple[str, ...], depth: int) -> None:
        """``own``: names a loop around it gave."""
        match node:
            case nodes.Getattr() | nodes.Getitem():
                self.path(node, own)
                return
            case nodes.Name(name=word):
                self.word(node, word, own)
                return
            case nodes.For():
                self.loop(node, own, depth)
                return
            case nodes.Filter(name=word):
                if word not in (*FILTERS, "date"):
                    raise self.refuse(node, f"there is no filter {word!r}{_meant(word, FILTERS)}", _list(FILTERS))
            case nodes.Test(name=word):
                if word not in TESTS:
                    raise self.refuse(node, f"there is no test {word!r}{_meant(word, TESTS)}", _list(TESTS))
            case nodes.Const(value=int(number)) if abs(number) > MOST:
                raise self.refuse(node, f"numbers above {MOST:,} are not taken")
            case _ if not isinstance(node, _PLAIN):
                kind = type(node).__name__.lower()
                raise self.refuse(
                    node, f"a text cannot hold {kind!r}", "it prints fields, and knows if, for, filters and tests"
                )
        for child in node.iter_child_nodes():
            self.visit(child, own, depth)

    def loop(self, node: nodes.For, own: tuple[str, ...], depth: int) -> None:
        if depth >= DEPTH or node.recursive:
            raise self.refuse(node, f"loops go {DEPTH} deep at most")
        if not isinstance(node.target, nodes.Name):
            raise self.refuse(node, "a loop gives one name")
        self.visit(node.iter, own, depth)
        inner = (*own, node.target.name, "loop")
        for child in [*node.body, *([node.test] if node.test else [])]:
            self.visit(child, inner, depth + 1)
        for child in node.else_:
            self.visit(child, own, depth)

    def word(self, node: nodes.Node, word: str, own: tuple[str, ...]) -> None:
        if word in ("now", "profile") or (word in own and word != "loop"):
            return
        if word in ("ticket", "var", "loop"):
            raise self.refuse(node, f"{word!r} alone says nothing", f"name a field of it, as in {word}.{_sample(word)}")
        hint = f"names: {', '.join(NAMES)}; fields as in ticket.key"
        field = f": did you mean 'ticket.{word}'?" if word in FIELDS else _meant(word, NAMES)
        raise self.refuse(node, f"there is no name {word!r}{field}", hint)

    def path(self, node: nodes.Getattr | nodes.Getitem, own: tuple[str, ...]) -> None:
        steps = self.steps(node)
        match steps:
            case ["ticket", "custom", _]:
                self.needs.add(Need.CUSTOM)
            case ["ticket", field, *inner] if field in FIELDS:
                self.field(node, field, inner)
            case ["ticket", field, *_]:
                raise self.refuse(
                    node, f"a ticket has no {field!r}{_meant(field, FIELDS)}", _list([*FIELDS, "custom['NAME']"])
                )
            case ["var", word] if word in self.given:
                pass
            case ["var", word, *_]:
                raise self.refuse(node, f"no value is given for {word!r}", f"give it with --var {word}=TEXT")
            case ["loop", word] if "loop" in own and word in LOOP:
                pass
            case [word, *_] if word in NAMES or word in own:
                raise self.refuse(node, f"{word!r} has no fields of this name")
            case [word, *_]:
                self.word(node, word, own)

    def field(self, node: nodes.Node, field: str, inner: list[str]) -> None:
        parts = FIELDS[field]
        if len(inner) > 1 or (inner and inner[0] not in parts):
            what = f"ticket.{field} has no {inner[0]!r}{_meant(inner[0], parts)}"
            raise self.refuse(node, what, _list(parts) if parts else f"print it as ticket.{field}")
        if parts and not inner:
            raise self.refuse(node, f"ticket.{field} is several values", f"name one: ticket.{field}.{parts[0]}")
        if parts:
            self.needs.add(Need.PEOPLE)
        if field == "tags":
            self.needs.add(Need.TAGS)
        elif field in LINKS:
            self.needs.add(Need.LINKS)
        elif field in ("first_response_at", "reopens", "reassignments"):
            self.needs.add(Need.METRICS)

    def steps(self, node: nodes.Node) -> list[str]:
        """``ticket.custom['Root cause']`` as its names."""
        match node:
            case nodes.Name(name=word):
                return [word]
            case nodes.Getattr(node=inner, attr=word):
                return [*self.steps(inner), word]
            case nodes.Getitem(node=inner, arg=nodes.Const(value=str(word))):
                return [*self.steps(inner), word]
            case _:
                raise self.refuse(node, "only named fields can be printed", "as in ticket.requester.name")


def _sample(word: str) -> str:
    return {"ticket": "key", "var": "NAME", "loop": "index"}[word]


def _meant(word: str, among: Iterable[str]) -> str:
    close = guess(word, among)
    return f": did you mean {close!r}?" if close else ""


def _list(words: Iterable[str]) -> str:
    return f"there is: {', '.join(words)}"
