"""Blocks as HTML. Everything is escaped by the mark-up type itself; nothing is loaded and nothing runs."""

from typing import TYPE_CHECKING

from supportctl.console import safe_line
from supportctl.evidence.packet.as_markdown import is_code
from supportctl.evidence.packet.blocks import Block, Bullets, Facts, Grid, Say

if TYPE_CHECKING:
    from markupsafe import Markup

_SHORT = 20
"""Characters."""


def finalize(value: object) -> object:
    """Foreign text loses what acts on a screen; marked-up text and numbers stay."""
    return safe_line(value) if type(value) is str else value


def block(each: Block) -> "Markup":
    from markupsafe import Markup

    match each:
        case Say():
            return _say(each)
        case Facts():
            rows = Markup().join(
                Markup("<div><dt>{}</dt><dd>{}</dd></div>\n").format(safe_line(name), safe_line(text))
                for name, text in each.rows
            )
            return Markup('<dl class="facts">\n{}</dl>').format(rows)
        case Bullets():
            items = Markup().join(Markup('<li dir="auto">{}</li>\n').format(safe_line(item)) for item in each.items)
            shape = Markup("<ol>\n{}</ol>") if each.ordered else Markup("<ul{}>\n{}</ul>")
            if each.ordered:
                return shape.format(items)
            return shape.format(Markup(' class="open"') if each.open else "", items)
        case Grid():
            return _grid(each)


def _say(each: Say) -> "Markup":
    from markupsafe import Markup

    unsure = Markup('<p class="unsure">Guessed from the text, to be confirmed.</p>\n') if each.unsure else Markup()
    where = Markup('<p class="source">{}</p>').format(safe_line(each.source)) if each.source else Markup()
    if not each.quoted:
        shape = Markup("<p><strong>{}</strong></p>") if each.strong else Markup("<p>{}</p>")
        return unsure + shape.format(safe_line(each.text)) + where
    lines = "\n".join(safe_line(line.replace("\t", "    ")) for line in each.text.strip("\n").splitlines())
    shape = (
        Markup('<pre dir="auto">{}</pre>')
        if is_code(each.text)
        else Markup('<blockquote class="said" dir="auto">{}</blockquote>')
    )
    return unsure + shape.format(lines) + Markup("\n") + where


def _grid(each: Grid) -> "Markup":
    from markupsafe import Markup

    head = Markup().join(Markup('<th scope="col">{}</th>').format(safe_line(name)) for name in each.head)
    rows = Markup().join(
        Markup("<tr>{}</tr>\n").format(
            Markup().join(
                Markup('<td data-label="{}"{} dir="auto">{}</td>').format(name, _short(value), safe_line(value))
                for name, value in zip(each.head, row, strict=True)
            )
        )
        for row in each.rows
    )
    more = Markup('\n<p class="more">{}</p>').format(safe_line(each.more)) if each.more else Markup()
    table = Markup("<table>\n<thead><tr>{}</tr></thead>\n<tbody>\n{}</tbody>\n</table>").format(head, rows)
    return Markup('<div class="table">{}</div>').format(table) + more


def _short(value: str) -> "Markup":
    """Times and keys are not broken over two lines."""
    from markupsafe import Markup

    return Markup(' class="short"') if len(value) <= _SHORT else Markup()
