"""Blocks as Markdown that GitHub, GitLab and Jira's editor show alike. Foreign text shows as it is.

Tokens stand unescaped, so that they can be looked up as they are copied.
"""

import re
from collections.abc import Callable

from supportctl.console import safe_line
from supportctl.evidence.packet.blocks import Block, Bullets, Facts, Grid, Say
from supportctl.evidence.redact.tokens import TOKEN
from supportctl.reports import markup


class Raw(str):
    """Markdown of ours; any other string is escaped where it is put into a template."""

    __slots__ = ()


_LEADS = re.compile(r"^(\s{0,3})(#|=|~|>|\+(?=\s)|[-*_](?=\s*(?:[-*_]\s*){2,}$))")
_TICKS = re.compile(r"`{3,}")
_KEPT = re.compile(
    rf"(?P<token>{TOKEN.pattern.replace('(', '(?:')})|(?P<key>(?<![\w&/])#[0-9]{{1,18}}(?!\w))|"
    r"(?<![\w:])(?:[0-9]{4}-[0-9]{2}-[0-9]{2}T)?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?Z?(?![\w:])"
)
"""Tokens and times, which Markdown takes for nothing else; a ticket's number, which would become a link to another."""
_CODE = re.compile(
    r"^(?: {2,}|\t)\S|^(?:Traceback \(|Caused by:|[\w.$]+(?:Error|Exception)\b)|"
    r"^\[?[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:",
    re.MULTILINE,
)


def plain(text: str) -> Raw:
    """On one line; tokens as they are, but never the text of a link."""
    out = []
    at = 0
    for match in _KEPT.finditer(text):
        out += [markup.plain(text[at : match.start()]), f"`{match[0]}`" if match["key"] else match[0]]
        following = text[match.end() : match.end() + 1]
        if match["token"] and (following == "(" or (following == ":" and not match.start())):
            out.append("&#8203;")
        at = match.end()
    return Raw("".join([*out, markup.plain(text[at:])]))


def finalize(value: object) -> object:
    return plain(value) if type(value) is str else value


def block(each: Block) -> Raw:
    return Raw(_RENDER[type(each)](each).rstrip("\n") + "\n")


def is_code(text: str) -> bool:
    """Whether lines must stay in columns: traces, logs, commands. Other texts may be wrapped."""
    return "\n" in text.strip() and _CODE.search(text) is not None


def _say(each: Say) -> str:
    where = f" *({plain(each.source)})*" if each.source else ""
    unsure = "*Guessed from the text, to be confirmed.*\n\n" if each.unsure else ""
    if not each.quoted:
        return f"{unsure}{f'**{plain(each.text)}**' if each.strong else plain(each.text)}{where}\n"
    said = _fenced(each.text) if is_code(each.text) else _quote(each.text)
    return f"{unsure}{said}\n{where.strip()}\n" if where else f"{unsure}{said}"


def _fenced(text: str) -> str:
    longest = max((len(run) for run in _TICKS.findall(text)), default=2)
    fence = "`" * (longest + 1)
    lines = "\n".join(safe_line(line.replace("\t", "    ")) for line in text.splitlines())
    return f"{fence}text\n{lines}\n{fence}\n"


def _quote(text: str) -> str:
    """Lines as they were written: two spaces at the end of each keep them apart."""
    lines = [_LEADS.sub(r"\1\\\2", str(plain(line.strip()))) for line in text.strip().splitlines()]
    return "".join(f"> {line}  \n" if line else ">\n" for line in lines)


def _facts(each: Facts) -> str:
    return "".join(f"- **{plain(name)}:** {plain(text)}\n" for name, text in each.rows)


def _bullets(each: Bullets) -> str:
    mark = "- [ ]" if each.open else "-"
    return "".join(
        f"{f'{number}.' if each.ordered else mark} {plain(item)}\n" for number, item in enumerate(each.items, 1)
    )


def _grid(each: Grid) -> str:
    rows = [[str(plain(value)) for value in row] for row in each.rows]
    more = f"\n*{plain(each.more)}*\n" if each.more else ""
    return markup.table([str(plain(name)) for name in each.head], rows) + more


_RENDER: dict[type[Block], Callable[[object], str]] = {Say: _say, Facts: _facts, Bullets: _bullets, Grid: _grid}  # type: ignore[dict-item]
