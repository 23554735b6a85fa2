"""Walking JSON: the name of a field decides first, then what its value looks like. The shape stays."""

import json
from typing import Any

from supportctl.evidence.redact.names import SECRET, called_password, meaning
from supportctl.evidence.redact.scrubber import Scrubber

_DEEPEST = 400
_NAMES = ("name", "key", "field", "id")
_VALUES = ("value", "val", "content", "text")


def walk(node: Any, scrubber: Scrubber, *, depth: int = 0, above: str = "") -> Any:
    """A copy with tokens. Raises `RecursionError` on what is deeper than anybody writes.

    ``above`` is the name the node stands under: the ``number`` of a ``card`` is a card's number.
    """
    if depth > _DEEPEST:
        raise RecursionError
    if isinstance(node, str):
        return leaf(node, scrubber)
    if isinstance(node, list):
        return _list("", node, scrubber, depth)
    if not isinstance(node, dict):
        return node
    label = _label(node)
    out: dict[str, Any] = {}
    for name, value in node.items():
        told = scrubber.text(name, "json") if len(name) > 5 else name
        meant = label if label is not None and name in _VALUES else name
        if above and meant is name and meaning(name) is None:
            meant = _below(above, name)
        out[told] = _field(meant, value, scrubber, depth)
    return out


def _below(above: str, name: str) -> str:
    """The whole name of a field where that says more: not of all that stands under ``password``, such as a message."""
    whole = f"{above}_{name}"
    told = meaning(whole)
    if told is None or (meaning(above) == SECRET and name not in (*_VALUES, "raw", "data", "key", "id")):
        return name
    return whole


def _list(name: str, node: list[Any], scrubber: Scrubber, depth: int) -> list[Any]:
    """Values under one name; those behind a flag of a command line (``["--token", …]``) under the flag's."""
    flags = ["", *map(_flag, node)]
    return [
        _field(flag or name, each, scrubber, depth + 1) if flag or name else walk(each, scrubber, depth=depth + 1)
        for flag, each in zip(flags, node, strict=False)
    ]


def _flag(each: Any) -> str:
    return each.lstrip("-") if isinstance(each, str) and each.startswith("--") and "=" not in each else ""


def field(names: tuple[str, ...], value: Any, scrubber: Scrubber) -> Any:
    """One value of a list that ``names`` lead to."""
    return _field(names[-1], value, scrubber, 1) if names else walk(value, scrubber)


def _label(node: dict[str, Any]) -> str | None:
    """What a pair like ``{"name": "password", "value": …}`` is about."""
    if len(node) > 12:
        return None
    for name in _NAMES:
        if isinstance(told := node.get(name), str) and any(value in node for value in _VALUES):
            return told
    return None


def _field(name: str, value: Any, scrubber: Scrubber, depth: int) -> Any:
    if isinstance(value, str):
        nested = _nested(value, scrubber)
        return scrubber.named(name, value, "json") if nested is None else nested
    if isinstance(value, list):
        return _list(name, value, scrubber, depth)
    if isinstance(value, dict):
        return walk(value, scrubber, depth=depth + 1, above=name)
    if value is None or isinstance(value, bool):
        return value
    told = meaning(name)
    if told == SECRET and isinstance(value, int) and (called_password(name) or len(str(value)) >= 6):
        return scrubber.value("PASSWORD" if called_password(name) else "SECRET", str(value), secret=True)
    if told in ("PHONE", "CARD", "IBAN", "NATIONAL_ID") and len(str(value)) >= 6:
        return scrubber.value(told, str(value))
    return value


def leaf(text: str, scrubber: Scrubber) -> str:
    nested = _nested(text, scrubber)
    return scrubber.text(text, "json") if nested is None else nested


def _nested(text: str, scrubber: Scrubber) -> str | None:
    """JSON inside a string; None where there is none."""
    if len(text) < 7 or text[0] not in "{[" or text[-1] not in "]}" or '"' not in text:
        return None
    try:
        inner = json.loads(text)
        told = walk(inner, scrubber)
    except (ValueError, RecursionError):
        return None
    return text if told == inner else json.dumps(told, ensure_ascii=False, separators=(",", ":"))
