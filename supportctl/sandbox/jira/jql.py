"""Reading JQL: text to a tree (support.atlassian.com, "JQL: the most flexible way to search Jira")."""

import re
from collections.abc import Iterator
from dataclasses import dataclass


class JqlError(Exception):
    """A query Jira refuses; the text goes into ``errorMessages``."""


@dataclass(frozen=True, slots=True)
class Value:
    text: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    name: str
    args: tuple[str, ...]


Operand = Value | Function


@dataclass(frozen=True, slots=True)
class Clause:
    """``operands`` is empty for ``IS [NOT] EMPTY``; one for scalar operators, any number for ``IN``."""

    field: str
    operator: str
    operands: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """``field CHANGED`` or ``field WAS``, with predicates by word (``from``, ``to``, ``after``, ``before`` ...)."""

    field: str
    operator: str
    operands: tuple[Operand, ...]
    predicates: tuple[tuple[str, tuple[Operand, ...]], ...]


@dataclass(frozen=True, slots=True)
class Group:
    """``word`` is ``AND`` or ``OR``."""

    word: str
    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: "Node"


Node = Clause | Changed | Group | Not


@dataclass(frozen=True, slots=True)
class Order:
    field: str
    descending: bool | None


@dataclass(frozen=True, slots=True)
class Query:
    where: Node | None
    order: tuple[Order, ...]


_TOKEN = re.compile(
    r"""\s*(?:
      (?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
    | (?P<op>!=|!~|<=|>=|=|~|<|>|\(|\)|,|&&|\|\||!)
    | (?P<word>(?:\\.|[^\s"'()=!~<>,\\&|{}*/%+^$\#@?;])+)
    )""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_WORDS = {"and", "or", "not", "in", "is", "empty", "null", "order", "by", "asc", "desc", "was", "changed"}
_PREDICATES = {"from", "to", "by", "before", "after", "on", "during"}


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


def _unescape(text: str) -> str:
    def one(match: re.Match[str]) -> str:
        what = match.group(1)
        if what[0] == "u" and len(what) > 1:
            return chr(int(what[1:], 16))
        return {"n": "\n", "t": "\t", "r": "\r"}.get(what, what)

    return _ESCAPE.sub(one, text)


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            bad = at + len(text[at:]) - len(text[at:].lstrip())
            raise JqlError(
                f"Error in the JQL Query: The character '{text[bad]}' is a reserved JQL character. You must enclose it "
                f"in a string or use the escape '\\u{ord(text[bad]):04x}' instead. (line 1, character {bad + 1})"
            )
        kind = str(match.lastgroup)
        raw = match.group(kind)
        start = match.start(kind)
        at = match.end()
        if kind == "string":
            yield _Token("string", _unescape(raw[1:-1]), start)
        elif kind == "op":
            yield (
                _Token("word", {"&&": "AND", "||": "OR"}[raw], start)
                if raw in {"&&", "||"}
                else _Token("op", raw, start)
            )
        else:
            yield _Token("word", _unescape(raw), start)


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens = list(_tokens(text))
        self.at = 0

    def peek(self, ahead: int = 0) -> _Token | None:
        place = self.at + ahead
        return self.tokens[place] if place < len(self.tokens) else None

    def is_word(self, *texts: str, ahead: int = 0) -> bool:
        token = self.peek(ahead)
        return token is not None and token.kind == "word" and token.text.lower() in texts

    def is_op(self, text: str) -> bool:
        token = self.peek()
        return token is not None and token.kind == "op" and token.text == text

    def take(self) -> _Token:
        token = self.peek()
        if token is None:
            raise JqlError("Error in the JQL Query: The query ended unexpectedly.")
        self.at += 1
        return token

    def expect(self, op: str) -> None:
        token = self.take()
        if token.kind != "op" or token.text != op:
            raise JqlError(
                f"Error in the JQL Query: Expecting '{op}' but got '{token.text}'. (line 1, character {token.at + 1})"
            )

    def either(self) -> Node:
        return self.joined("or")

    def both(self) -> Node:
        return self.joined("and")

    def joined(self, word: str) -> Node:
        parse = self.both if word == "or" else self.negated
        parts = [parse()]
        while self.is_word(word):
            self.at += 1
            parts.append(parse())
        return parts[0] if len(parts) == 1 else Group(word.upper(), tuple(parts))

    def negated(self) -> Node:
        if self.is_word("not") or self.is_op("!"):
            self.at += 1
            return Not(self.negated())
        if self.is_op("("):
            self.at += 1
            node = self.either()
            self.expect(")")
            return node
        return self.clause()

    def clause(self) -> Node:
        name = self.take()
        if name.kind == "op" or (name.kind == "word" and name.text.lower() in _WORDS):
            raise JqlError(
                f"Error in the JQL Query: Expecting a field name but got '{name.text}'. You must surround "
                f"'{name.text}' in quotation marks to use it as a field name. (line 1, character {name.at + 1})"
            )
        operator = self.take()
        word = operator.text.lower()
        if operator.kind == "op" and operator.text in {"=", "!=", "~", "!~", "<", "<=", ">", ">="}:
            if self.is_word("empty", "null"):
                self.at += 1
                if operator.text not in {"=", "!="}:
                    raise JqlError(f"The operator '{operator.text}' does not support searching for an empty value.")
                return Clause(name.text, "is" if operator.text == "=" else "is not", ())
            return Clause(name.text, operator.text, (self.operand(),))
        if operator.kind == "word" and word == "is":
            negative = self.is_word("not")
            self.at += negative
            if not self.is_word("empty", "null"):
                raise JqlError("Error in the JQL Query: Expecting EMPTY or NULL after the operator 'is'.")
            self.at += 1
            return Clause(name.text, "is not" if negative else "is", ())
        if operator.kind == "word" and word == "in":
            return Clause(name.text, "in", self.operands())
        if operator.kind == "word" and word == "not" and self.is_word("in"):
            self.at += 1
            return Clause(name.text, "not in", self.operands())
        if operator.kind == "word" and word in {"was", "changed"}:
            return self.history(name.text, word)
        raise JqlError(
            "Error in the JQL Query: Expecting operator but got '"
            f"{operator.text}'. The valid operators are '=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', "
            f"'IS' and 'IS NOT'. (line 1, character {operator.at + 1})"
        )

    def history(self, field: str, word: str) -> Node:
        operands: tuple[Operand, ...] = ()
        operator = word
        if word == "was":
            if self.is_word("not"):
                self.at += 1
                operator = "was not"
            if self.is_word("in"):
                self.at += 1
                operands = self.operands()
            else:
                operands = () if self.is_word("empty", "null") else (self.operand(),)
                self.at += not operands
        predicates = []
        while self.is_word(*_PREDICATES):
            which = self.take().text.lower()
            predicates.append((which, self.operands() if self.is_op("(") else (self.operand(),)))
        return Changed(field, operator, operands, tuple(predicates))

    def operands(self) -> tuple[Operand, ...]:
        if not self.is_op("("):
            return (self.operand(),)
        self.at += 1
        found = [self.operand()]
        while self.is_op(","):
            self.at += 1
            found.append(self.operand())
        self.expect(")")
        return tuple(found)

    def operand(self) -> Operand:
        token = self.take()
        if token.kind == "op":
            raise JqlError(
                f"Error in the JQL Query: Expecting either a value, list or function but got '{token.text}'. You must "
                f"surround '{token.text}' in quotation marks to use it as a value. (line 1, character {token.at + 1})"
            )
        if token.kind == "word" and token.text.lower() in _WORDS - {"empty", "null"}:
            raise JqlError(
                f"Error in the JQL Query: '{token.text}' is a reserved JQL word. You must surround it in quotation "
                f"marks to use it in a query. (line 1, character {token.at + 1})"
            )
        if token.kind == "word" and self.is_op("("):
            self.at += 1
            args = []
            while not self.is_op(")"):
                args.append(self.take().text)
                if self.is_op(","):
                    self.at += 1
            self.expect(")")
            return Function(token.text, tuple(args))
        return Value(token.text, token.kind == "string")

    def order(self) -> tuple[Order, ...]:
        found = []
        while True:
            name = self.take()
            descending = None
            if self.is_word("asc", "desc"):
                descending = self.take().text.lower() == "desc"
            found.append(Order(name.text, descending))
            if not self.is_op(","):
                break
            self.at += 1
        if len(found) > 7:
            raise JqlError("The ORDER BY clause may name at most 7 fields.")
        return tuple(found)


def parse(text: str) -> Query:
    """Raises `JqlError` with Jira's manner of speaking."""
    parser = _Parser(text)
    where = None
    if parser.peek() is not None and not (parser.is_word("order") and parser.is_word("by", ahead=1)):
        where = parser.either()
    order: tuple[Order, ...] = ()
    if parser.is_word("order") and parser.is_word("by", ahead=1):
        parser.at += 2
        order = parser.order()
    rest = parser.peek()
    if rest is not None:
        raise JqlError(
            f"Error in the JQL Query: Expecting either 'OR' or 'AND' but got '{rest.text}'. "
            f"(line 1, character {rest.at + 1})"
        )
    return Query(where, order)
