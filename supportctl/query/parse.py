"""Text to tree. Everything that cannot be read, or could be read in two ways, is a `QueryError`."""

import re
from collections.abc import Iterable
from datetime import datetime

import msgspec

from supportctl.errors import QueryError
from supportctl.query.ast import And, Node, Not, Or, Span
from supportctl.query.values import Raw, condition

MAX_LENGTH = 100_000
"""Characters; long enough for a list of some ten thousand keys."""
MAX_DEPTH = 50
"""Parentheses and negations inside one another."""

_NAME = re.compile(r'[^\s:"()<>=!~,“”„]+')
_OPERATOR = re.compile(r"!=|>=|<=|=>|=<|==|!~|:|>|<|=|~|!")
_BARE = re.compile(r'[^\s(),"“”„]+')
_SPACE = re.compile(r"\s*")
_KEYWORD = re.compile(r"(?:or|OR|and|AND|not|NOT)(?=[\s()]|$)")
_QUOTED = re.compile(r'"((?:[^"\\]|\\["\\])*)"')
_ESCAPE = re.compile(r'\\(["\\])')


def parse(text: str, *, now: datetime, custom_fields: Iterable[str] = ()) -> Node:
    """Read a query.

    ``now`` bounds ages (nothing is older than the calendar). ``custom_fields`` are the human names and ids this
    instance has, one entry per field, so that a name borne by two fields is refused; when it is empty, quoted
    names are taken as typed. Raises `QueryError` with character offsets, and nothing else.
    """
    return _Parser(text, now, tuple(custom_fields)).whole()


def source(node: Node, text: str) -> str:
    """The part of the query a node was read from."""
    span = extent(node)
    return text[span.start : span.end]


def extent(node: Node) -> Span:
    """From the first to the last character of a node's conditions."""
    if isinstance(node, And | Or):
        spans = [extent(item) for item in node.items]
        return Span(min(span.start for span in spans), max(span.end for span in spans))
    return extent(node.item) if isinstance(node, Not) else node.span


class _Cut(msgspec.Struct, frozen=True):
    """A word cut out of the query, with its place."""

    text: str
    start: int
    end: int


class _Parser:
    def __init__(self, text: str, now: datetime, custom: tuple[str, ...]) -> None:
        self.text = text
        self.now = now
        self.custom = custom
        self.at = 0

    def error(self, message: str, start: int, end: int | None = None, hint: str | None = None) -> QueryError:
        return QueryError(message, query=self.text, start=start, end=start + 1 if end is None else end, hint=hint)

    def whole(self) -> Node:
        if len(self.text) > MAX_LENGTH:
            raise self.error(f"the query has {len(self.text):,} characters; the limit is {MAX_LENGTH:,}", 0, 0)
        self.space()
        if self.at == len(self.text):
            raise self.error("the query is empty", 0, 0, 'write a condition such as `status:open` or `text:"vpn"`')
        node = self.group(0)
        if self.at < len(self.text):
            raise self.error("`)` without `(`", self.at)
        return node

    def space(self) -> None:
        match = _SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def keyword(self, *words: str) -> _Cut | None:
        match = _KEYWORD.match(self.text, self.at)
        if match is None or match[0].lower() not in words:
            return None
        self.at = match.end()
        return _Cut(match[0].lower(), match.start(), match.end())

    def group(self, depth: int) -> Node:
        """Operands joined by juxtaposition (and) or by ``or``, never by both: that would have two readings."""
        items: list[Node] = []
        joined: str | None = None
        while True:
            items.append(self.operand(depth))
            self.space()
            if self.peek() in ("", ")"):
                break
            start = self.at
            word = self.keyword("or", "and")
            join = word.text if word else "and"
            if joined is not None and join != joined:
                raise self.error(
                    "`or` next to conditions that must all hold has two readings",
                    start,
                    word.end if word else start + 1,
                    "put parentheses around what belongs together: `(a b) or c`, or `a (b or c)`; "
                    "for values of one field use a list: `priority:p1,p2`",
                )
            joined = join
            self.space()
            if word is not None and self.peek() in ("", ")"):
                raise self.error(f"nothing follows `{word.text}`", word.start, word.end)
        if len(items) == 1:
            return items[0]
        return Or(tuple(items)) if joined == "or" else And(tuple(items))

    def operand(self, depth: int) -> Node:
        negations = 0
        start = self.at
        while True:
            self.space()
            word = self.keyword("not", "or", "and")
            if word is not None and word.text != "not":
                raise self.error(f"`{word.text}` needs a condition before it", word.start, word.end)
            if word is None and self.peek() != "-":
                break
            if word is None:
                self.at += 1
                if self.peek() in ("", ")", "-") or self.peek().isspace():
                    raise self.error("`-` must stand right before the condition it negates", self.at - 1)
            negations += 1
            if depth + negations > MAX_DEPTH:
                raise self.error(f"more than {MAX_DEPTH} levels of parentheses and negations", start)
        node = self.atom(depth + negations)
        for _ in range(negations):
            node = Not(node)
        return node

    def atom(self, depth: int) -> Node:
        start = self.at
        if self.peek() == "":
            raise self.error("the query ends where a condition should follow", max(start - 1, 0), start)
        if self.peek() == ")":
            raise self.error("a condition is missing before `)`", start)
        if self.peek() != "(":
            return self.condition()
        if depth >= MAX_DEPTH:
            raise self.error(f"more than {MAX_DEPTH} levels of parentheses and negations", start)
        self.at += 1
        node = self.group(depth + 1)
        if self.peek() != ")":
            raise self.error("`(` is never closed", start)
        self.at += 1
        self.boundary("a closing parenthesis")
        return node

    def condition(self) -> Node:
        start = self.at
        quoted = self.peek() == '"'
        name = self.quoted() if quoted else self.name()
        operator = _OPERATOR.match(self.text, self.at)
        if operator is None:
            raise self.error(
                f"`{_short(name.text)}` is not a condition: every condition names a field",
                name.start,
                name.end,
                f'to look for words in title and description write `text:"{_short(name.text)}"`',
            )
        self.at = operator.end()
        if self.peek() == "" or self.peek().isspace() or self.peek() in "()":
            raise self.error(
                f"the value must follow `{operator[0]}` without a space",
                operator.start(),
                operator.end(),
                'values with spaces or parentheses are quoted: `group:"Tier 1"`',
            )
        raws = self.values()
        self.boundary("a value", raws[-1].end)
        return condition(
            field=Raw(name.text, quoted, name.start, name.end),
            operator=Raw(operator[0], False, operator.start(), operator.end()),
            values=raws,
            query=self.text,
            span=Span(start, self.at),
            now=self.now,
            custom=self.custom,
        )

    def name(self) -> _Cut:
        match = _NAME.match(self.text, self.at)
        if match is None:
            raise self.unexpected()
        self.at = match.end()
        return _Cut(match[0], match.start(), match.end())

    def values(self) -> list[Raw]:
        raws = [self.value()]
        while self.peek() == ",":
            self.at += 1
            if self.peek() == "" or self.peek().isspace() or self.peek() in "),":
                raise self.error("a value is missing after the comma", self.at - 1, hint="lists have no spaces: `a,b`")
            raws.append(self.value())
        return raws

    def value(self) -> Raw:
        if self.peek() == '"':
            cut = self.quoted()
            return Raw(cut.text, True, cut.start, cut.end)
        match = _BARE.match(self.text, self.at)
        if match is None:
            raise self.unexpected()
        self.at = match.end()
        return Raw(match[0], False, match.start(), match.end())

    def quoted(self) -> _Cut:
        match = _QUOTED.match(self.text, self.at)
        if match is None:
            raise self.error(
                "the quoted text is never closed, or holds a stray backslash",
                self.at,
                hint='inside quotes write \\" for a quote and \\\\ for a backslash',
            )
        self.at = match.end()
        return _Cut(_ESCAPE.sub(r"\1", match[1]), match.start(), match.end())

    def unexpected(self) -> QueryError:
        character = self.peek()
        if character and character in "“”„":
            return self.error("typographic quotes are not read as quotes", self.at, hint='use straight quotes: "…"')
        return self.error(f"unexpected `{character}`", self.at)

    def boundary(self, what: str, at: int | None = None) -> None:
        if self.peek() and not self.peek().isspace() and self.peek() != ")":
            hint = "quote the whole value, or put a space between conditions"
            raise self.error(f"unexpected `{self.peek()}` after {what}", self.at if at is None else at, hint=hint)


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
