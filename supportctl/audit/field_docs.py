"""What the code says of a declared field: the docstring below it, its default, and how a value is written."""

import ast
import inspect
import json
import textwrap
from datetime import date, timedelta
from enum import Enum
from typing import Any, get_args, get_origin, get_type_hints

import msgspec

from supportctl.query.times import span_text


class FieldDoc(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    """As it is written in a file."""
    kind: str
    """What a value is, in words."""
    default: str
    """As it would be written; empty: none, or nothing."""
    text: str
    """One line."""


def field_docs(struct: type[msgspec.Struct]) -> list[FieldDoc]:
    """Every field in order."""
    hints, told = get_type_hints(struct), texts(struct)
    return [
        FieldDoc(
            name=field.encode_name,
            kind=kind_words(hints[field.name]),
            default="required" if field.required else written(_default(field)),
            text=told.get(field.name, ""),
        )
        for field in msgspec.structs.fields(struct)
    ]


def texts(struct: type[Any]) -> dict[str, str]:
    """Field -> the docstring below it, on one line, or the one above it that speaks of it."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(struct)))
    except (OSError, TypeError, SyntaxError):
        return {}
    found: dict[str, str] = {}
    above, last = "", ""
    for node in tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else []:
        match node:
            case ast.AnnAssign(target=ast.Name(id=name)):
                above = name
                if f"``{name}``" in last:
                    found[name] = last
            case ast.Expr(value=ast.Constant(value=str(text))) if above:
                found[above] = last = " ".join(text.split())
                above = ""
            case _:
                above = ""
    return found


def kind_words(kind: Any) -> str:
    """``duration``, ``list of texts``, ``duration per priority`` …"""
    origin, inner = get_origin(kind), get_args(kind)
    if origin is dict:
        return f"{kind_words(inner[1])} per {'priority' if inner[1] is timedelta else 'name'}"
    if origin in (tuple, list, frozenset):
        word = kind_words(inner[0])
        return f"list of {word}s" if " " not in word else f"list of {word.replace('list', 'lists', 1)}"
    if type(None) in inner:
        return " or ".join(kind_words(each) for each in inner if each is not type(None))
    if inner:
        return " or ".join(str(each) if isinstance(each, str) else kind_words(each) for each in inner)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return ", ".join(str(member.value) for member in kind)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return "table"
    words = {timedelta: "duration", bool: "true or false", int: "number", float: "number", str: "text", date: "date"}
    return words.get(kind, "table")


def written(value: Any) -> str:
    """A value as TOML would have it; nothing for none and for what is empty."""
    return "" if value in (None, (), [], {}, frozenset()) else _toml(value)


def _toml(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case timedelta():
            return f'"{span_text(value)}"'
        case Enum():
            return f'"{value.value}"'
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case list() | tuple() | set() | frozenset():
            items = sorted(value) if isinstance(value, set | frozenset) else value
            return "[" + ", ".join(_toml(each) for each in items) + "]"
        case dict():
            return "{ " + ", ".join(f"{_key(name)} = {_toml(each)}" for name, each in value.items()) + " }"
        case _:
            return str(value)


def _default(field: Any) -> Any:
    if field.default is not msgspec.NODEFAULT:
        return field.default
    return field.default_factory()


def _key(name: Any) -> str:
    text = str(name)
    plain = bool(text) and all((letter.isalnum() and letter.isascii()) or letter in "-_" for letter in text)
    return text if plain else _toml(text)
