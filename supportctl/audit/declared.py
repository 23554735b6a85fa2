"""Plain values, as TOML or a command line gives them, turned into what a declared type wants.

Every mistake is noted with the path to it, and reading goes on: a file is corrected in one go.
"""

import re
import types
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from supportctl.audit.bounds import beyond
from supportctl.query.fields import guess
from supportctl.query.times import BadTimeError, duration
from supportctl.text.toml_places import Path

PRIORITIES = ("p1", "p2", "p3", "p4", "p5", "other")
"""What a limit may be given for, one by one."""


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    path: Path
    message: str
    hint: str | None = None


class _Nothing:
    """There is no value: what was given is a problem."""


NOTHING = _Nothing()

_FORBIDDEN = re.compile(
    r"(?:.*_)?(?:url|uri|host|hostname|address|token|tokens|token_file|secret|secrets|secret_file|password|passwd|"
    r"api_key|apikey|credential|credentials|auth|profile|profiles|default_profile|command|commands|exec|shell|"
    r"client_id|ca_bundle|proxy)(?:_command)?"
)
"""What a checked-in file must not say: where to go, as whom, and what to run."""


def is_forbidden(name: str) -> bool:
    return _FORBIDDEN.fullmatch(name.lower().replace("-", "_")) is not None


def forbidden(path: Path) -> Problem:
    return Problem(
        path=path,
        message=f"{path[-1]!r} does not belong into a project's file: what is checked in may not set an address, "
        "a credential, a profile or a command",
        hint="profiles live in your own configuration: supportctl profile add NAME",
    )


def convert(value: Any, kind: Any, path: Path, problems: list[Problem]) -> Any:
    """``value`` as ``kind``, or `NOTHING` after noting why not."""
    origin, inner = get_origin(kind), get_args(kind)
    if kind is Any:
        return value
    if origin in (Union, types.UnionType):
        return _either(value, inner, path, problems)
    if origin is Literal:
        return choice(value, inner, path, problems)
    if origin is dict:
        return _table(value, inner[1], path, problems)
    if origin in (tuple, list, frozenset):
        return _array(value, origin, inner, path, problems)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return struct(value, kind, path, problems)
    if isinstance(kind, type) and issubclass(kind, Enum):
        found = choice(value, [member.value for member in kind], path, problems)
        return found if found is NOTHING else kind(found)
    return _scalar(value, kind, path, problems)


def struct(value: Any, kind: type[msgspec.Struct], path: Path, problems: list[Problem]) -> Any:
    """An instance of ``kind``, of what could be read of it; `NOTHING` where a required field is missing."""
    read = fields(value, kind, path, problems)
    if read is NOTHING:
        return NOTHING
    missing = [field.encode_name for field in msgspec.structs.fields(kind) if field.required]
    missing = [name for name in missing if name not in value]
    if missing:
        problems.append(Problem(path=path, message=f"{' and '.join(missing)} must be given here"))
    required = {field.name for field in msgspec.structs.fields(kind) if field.required}
    return kind(**read) if required <= read.keys() else NOTHING


def fields(value: Any, kind: type[msgspec.Struct], path: Path, problems: list[Problem]) -> Any:
    """What a table says of a struct's fields: field name -> value, only what is there and right."""
    if not isinstance(value, dict):
        problems.append(Problem(path=path, message=f"{_told(path)} is a table, not {_shape(value)}"))
        return NOTHING
    hints = get_type_hints(kind)
    known = {field.encode_name: field.name for field in msgspec.structs.fields(kind)}
    found: dict[str, Any] = {}
    for name, inner in value.items():
        if is_forbidden(name) and name not in known:
            problems.append(forbidden((*path, name)))
        elif name not in known:
            problems.append(unknown_key((*path, name), known))
        else:
            read = convert(inner, hints[known[name]], (*path, name), problems)
            if read is not NOTHING and (why := beyond(kind, known[name], read)):
                problems.append(
                    Problem(path=(*path, name), message=f"{_told((*path, name))} cannot be {_quoted(inner)}: {why}")
                )
            elif read is not NOTHING:
                found[known[name]] = read
    return found


def unknown_key(path: Path, known: Sequence[str] | dict[str, str]) -> Problem:
    close = guess(str(path[-1]), known)
    where = f" in {'.'.join(map(str, path[:-1]))}" if len(path) > 1 else ""
    return Problem(
        path=path,
        message=f"there is no {path[-1]!r}{where}" + (f": did you mean {close!r}?" if close else ""),
        hint=None if close else f"there are: {', '.join(sorted(known))}",
    )


def choice(value: Any, choices: Sequence[Any], path: Path, problems: list[Problem]) -> Any:
    """One of ``choices``."""
    if value in choices and type(value) is type(choices[0]):
        return value
    close = guess(value, map(str, choices)) if isinstance(value, str) else None
    meant = f": did you mean {close!r}?" if close else ""
    problems.append(
        Problem(
            path=path,
            message=f"{_told(path)} cannot be {_quoted(value)}{meant}",
            hint=f"it is one of: {', '.join(map(str, choices))}",
        )
    )
    return NOTHING


def text_value(text: str, kind: Any) -> Any:
    """What a command line's text stands for, so that `convert` may judge it."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        if text == "" and type(None) in inner:
            return None
        plain = [each for each in inner if each is not type(None)]
        return text_value(text, plain[0])
    if origin in (tuple, list, frozenset):
        words = [word.strip() for word in text.split(",") if word.strip()]
        return [text_value(word, inner[0]) for word in words]
    if kind is bool:
        return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}.get(text.lower(), text)
    if kind in (int, float):
        try:
            return int(text) if kind is int else float(text)
        except ValueError:
            return text
    return text


def _either(value: Any, kinds: tuple[Any, ...], path: Path, problems: list[Problem]) -> Any:
    if value is None and type(None) in kinds:
        return None
    plain = [kind for kind in kinds if kind is not type(None)]
    for kind in plain[:-1]:
        tried: list[Problem] = []
        found = convert(value, kind, path, tried)
        if not tried:
            return found
    return convert(value, plain[-1], path, problems)


def _table(value: Any, inner: Any, path: Path, problems: list[Problem]) -> Any:
    if not isinstance(value, dict):
        problems.append(Problem(path=path, message=f"{_told(path)} is a table, not {_shape(value)}"))
        return NOTHING
    found: dict[str, Any] = {}
    for name, each in value.items():
        if inner is timedelta and name not in PRIORITIES:
            problems.append(
                Problem(
                    path=(*path, name),
                    message=f"{_told(path)} is one per priority; there is no {name!r}",
                    hint=f"parts: {', '.join(PRIORITIES)}",
                )
            )
            continue
        read = convert(each, inner, (*path, name), problems)
        if read is not NOTHING:
            found[name] = read
    return found


def _array(value: Any, origin: Any, inner: tuple[Any, ...], path: Path, problems: list[Problem]) -> Any:
    if not isinstance(value, list | tuple):
        hint = f'write {path[-1]} = ["…"]' if isinstance(value, str) else None
        problems.append(Problem(path=path, message=f"{_told(path)} is a list, not {_shape(value)}", hint=hint))
        return NOTHING
    fixed = origin is tuple and inner[-1] is not Ellipsis
    if fixed and len(value) != len(inner):
        problems.append(Problem(path=path, message=f"{_told(path)} is a list of {len(inner)}, not of {len(value)}"))
        return NOTHING
    kinds = inner if fixed else [inner[0]] * len(value)
    found = [
        convert(each, kind, (*path, number), problems)
        for number, (each, kind) in enumerate(zip(value, kinds, strict=True))
    ]
    return origin(each for each in found if each is not NOTHING)


def _scalar(value: Any, kind: Any, path: Path, problems: list[Problem]) -> Any:
    why: str | None = None
    if kind is timedelta:
        try:
            return _span(value, path)
        except BadTimeError as bad:
            why = f"{bad}, such as '12h'"
    elif kind is date:
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        try:
            return date.fromisoformat(value)
        except (ValueError, TypeError):
            why = "it is a date, written 2026-12-31"
    elif kind is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    elif kind in (str, int, bool) and type(value) is kind:
        return value
    elif kind in _WORDS:
        why = f"it is {_WORDS[kind]}"
    else:
        try:
            return msgspec.convert(value, kind)
        except msgspec.ValidationError as error:
            why = str(error).partition(" - ")[0]
    problems.append(Problem(path=path, message=f"{_told(path)} cannot be {_quoted(value)}: {why}"))
    return NOTHING


def _span(value: Any, path: Path) -> timedelta:
    """A number counts in the unit that the name of the option says, as in ``days = { p1 = 10 }``."""
    if isinstance(value, timedelta):
        return value
    unit = next((step for step in path if step in _UNITS), None)
    number = str(value) if not isinstance(value, bool) else ""
    if unit is not None and number.isascii() and number.isdecimal():
        return duration(f"{number}{_UNITS[unit]}")
    return duration(value if isinstance(value, str) else "")


_UNITS: dict[Any, str] = {"days": "d", "hours": "h", "minutes": "m"}
_WORDS = {str: "a text in quotes", int: "a whole number", bool: "true or false", float: "a number"}


def _told(path: Path) -> str:
    """``stale.p1``; the tables around are in the file."""
    steps = [str(step) for step in path if step not in ("audit", "rules")]
    return ".".join(steps) or "this"


def _shape(value: Any) -> str:
    names = {dict: "a table", list: "a list", str: "a text", bool: "true or false", int: "a number", float: "a number"}
    return names.get(type(value), "a date" if isinstance(value, date) else "that")


def _quoted(value: Any) -> str:
    return repr(value)[:60] if isinstance(value, str) else f"{value}"[:60]
