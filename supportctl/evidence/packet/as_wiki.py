"""Blocks as the wiki markup of Jira Data Center, whose descriptions take no Atlassian documents."""

import re

from supportctl.console import safe_line
from supportctl.evidence.packet.blocks import Block, Bullets, Facts, Grid, Page, Say

_ACTIVE = re.compile(r"[{}\[\]|*_^~+!?-]")
_HEAD = re.compile(r"^(h[1-6]|bq)\.")
_LEADS = re.compile(r"^#")


def plain(text: str) -> str:
    """On one line, showing as it is."""
    text = safe_line(text).replace("&", "&amp;").replace("\\", "&#92;")
    text = _HEAD.sub(r"\1&#46;", _LEADS.sub("&#35;", text))
    return _ACTIVE.sub(lambda match: "\\" + match[0], text)


def page(it: Page) -> str:
    """Without the title, which is the issue's summary."""
    lines = [plain(it.about), ""]
    for section in it.sections:
        lines += [f"h2. {plain(section.title)}", ""]
        for each in section.blocks:
            lines += [*_lines(each), ""]
    return "\n".join([*lines, "----", plain(it.foot)]) + "\n"


def _lines(each: Block) -> list[str]:
    match each:
        case Say():
            return _say(each)
        case Facts():
            return [f"* *{plain(name)}:* {plain(text)}" for name, text in each.rows]
        case Bullets():
            return [f"{'#' if each.ordered else '*'} {plain(item)}" for item in each.items]
        case Grid():
            head = "||" + "||".join(plain(name) for name in each.head) + "||"
            rows = ["|" + "|".join(plain(value) or " " for value in row) + "|" for row in each.rows]
            return [head, *rows, *([plain(each.more)] if each.more else [])]


def _say(each: Say) -> list[str]:
    where = f" ({plain(each.source)})" if each.source else ""
    unsure = ["Guessed from the text, to be confirmed."] if each.unsure else []
    if not each.quoted:
        return [*unsure, (f"*{plain(each.text)}*" if each.strong else plain(each.text)) + where]
    text = "\n".join(safe_line(line.replace("\t", "    ")) for line in each.text.splitlines())
    text = text.replace("{noformat", "{ noformat")
    return [*unsure, "{noformat}", text, "{noformat}", *([where.strip()] if where else [])]
