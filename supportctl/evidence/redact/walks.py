"""One pass over a part of a file, by its kind: what names and looks point at, and what is known already."""

import json
from functools import partial
from typing import Any, Protocol

from supportctl.evidence.redact import har, tree, xml
from supportctl.evidence.redact.blocks import blocks
from supportctl.evidence.redact.content import Content
from supportctl.evidence.redact.kinds import Kind
from supportctl.evidence.redact.propagate import Replacing, everywhere
from supportctl.evidence.redact.scrubber import Scrubber
from supportctl.evidence.redact.table import Table


class Walk(Protocol):
    def __call__(self, role: str, part: Any, *, before: Any = None) -> Any:
        """``before``: what was walked already; the parts that ``part`` shares with it are not walked again."""


def of(content: Content, scrubber: Scrubber) -> Walk:
    """The walk over the parts of a file. It raises `RecursionError` where a document is nested too deeply."""

    kind = content.kind
    table = Table(content.head) if kind == "csv" else None
    markup = xml.Walk(scrubber) if kind == "xml" else None

    def walk(role: str, part: Any, *, before: Any = None) -> Any:
        if role == "text" and table is not None and table.delimiter:
            return table.text(part, scrubber)
        if role == "text" and markup is not None:
            return markup.text(part)
        if role == "text":
            return text(part, kind, scrubber)
        if kind != "har" or (role == "document" and not har.is_har(part)):
            return tree.walk(part, scrubber) if role == "document" else tree.field(content.names, part, scrubber)
        if role == "document":
            return har.walk(part, scrubber, before=before)
        return har.value(content.names, part, scrubber)

    return walk


def spread(role: str, part: Any, kind: Kind, replacing: Replacing) -> Any:
    """Values known already, wherever they stand in a part."""
    if role == "text":
        return replacing.text(part)
    if kind == "har":
        return everywhere(part, replacing, kept=har.KEPT, names=har.STRUCTURE)
    return everywhere(part, replacing)


def text(whole: str, kind: Kind, scrubber: Scrubber) -> str:
    """Text block by block; lines of a log that are JSON are walked as such."""
    if kind in ("prose", "csv"):
        return "".join(scrubber.block(block, "prose") for block in blocks(whole))
    lines = '{"' in whole or '{ "' in whole
    step = partial(_lines if lines else _plain, scrubber=scrubber)
    return "".join(map(step, blocks(whole)))


def _plain(block: str, scrubber: Scrubber) -> str:
    return scrubber.block(block, "log")


def _lines(block: str, scrubber: Scrubber) -> str:
    if '{"' not in block and '{ "' not in block:
        return scrubber.block(block, "log")
    return scrubber.remembered(block, "lines", lambda: _each_line(block, scrubber))


def _each_line(block: str, scrubber: Scrubber) -> str:
    out: list[str] = []
    plain: list[str] = []
    for line in block.splitlines(keepends=True):
        told = _line(line, scrubber)
        if told is None:
            plain.append(line)
            continue
        if plain:
            out.append(scrubber.block("".join(plain), "log"))
            plain.clear()
        out.append(told)
    if plain:
        out.append(scrubber.block("".join(plain), "log"))
    return "".join(out)


def _line(line: str, scrubber: Scrubber) -> str | None:
    body = line.strip()
    if not (body.startswith("{") and body.endswith("}") and '"' in body):
        return None
    try:
        data = json.loads(body)
        told = tree.walk(data, scrubber)
    except (ValueError, RecursionError):
        return None
    if told == data:
        return line
    spaced = '": ' in body
    return line.replace(
        body, json.dumps(told, ensure_ascii=False, separators=(", ", ": ") if spaced else (",", ":")), 1
    )
