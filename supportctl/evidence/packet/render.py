"""Summaries in their forms, each as large as its place takes."""

import json
import re
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from supportctl.evidence.packet import as_adf, as_html, as_markdown, as_wiki
from supportctl.evidence.packet.blocks import ONE_PAGE, SIZES, Grid, Page
from supportctl.evidence.packet.summary import Summary
from supportctl.reports import markup
from supportctl.text.shipped import shipped

if TYPE_CHECKING:
    from jinja2 import Environment

MARKDOWN = 30_000
"""Characters: GitHub takes 65,536, GitLab more, a text field of Jira 32,767."""
DOCUMENT = 30_000
"""Characters of the Atlassian document as JSON, so that it fits whichever way Jira counts."""
CUT = "\n\n*Cut here: the ticket says more than fits. All of it is in ticket.json and timeline.csv.*\n"
_STYLE, _POLICY = "\x1astyle\x1a", "\x1apolicy\x1a"
"""Stand in the page until everything in it is verified: a style sheet's hash looks like a secret."""
_URL = re.compile(r"https?://[!-;=?-~]+")


def readme(summary: Summary, files: Sequence[tuple[str, str]]) -> str:
    template = _environment("md").get_template("README.md.j2")
    return _tidy(template.render(page=summary.page(ONE_PAGE, short=True), files=files))


def markdown(summary: Summary) -> str:
    template = _environment("md").get_template("summary.md.j2")
    text = ""
    for caps in SIZES:
        text = _tidy(template.render(page=summary.page(caps)))
        if len(text) <= MARKDOWN:
            return text
    return text[: MARKDOWN - len(CUT)].rpartition("\n")[0] + CUT


def wiki(summary: Summary) -> str:
    text = ""
    for caps in SIZES:
        text = as_wiki.page(summary.page(caps))
        if len(text) <= MARKDOWN:
            return text
    return text[:MARKDOWN].rpartition("\n")[0] + "\n"


def document(summary: Summary) -> bytes:
    """``summary.jira.json``: an Atlassian document."""
    data = b""
    for caps in SIZES:
        node = as_adf.page(summary.page(caps))
        text = json.dumps(node, ensure_ascii=False, separators=(",", ":"))
        data = text.encode("utf-8", "backslashreplace")
        if len(text) <= DOCUMENT:
            return data
    node["content"] = node["content"][:1]
    return json.dumps(node, ensure_ascii=False).encode("utf-8", "backslashreplace")


def html(summary: Summary) -> str:
    """The page without its style sheet, which `styled` puts in."""
    page = summary.page(SIZES[0])
    return _environment("html").get_template("summary.html.j2").render(page=page, style=_STYLE, policy=_POLICY)


def styled(page: str) -> str:
    style = (shipped() / "packets" / "packet.css").read_text("utf-8")
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return page.replace(_STYLE, style).replace(_POLICY, policy)


def timeline(title: str, zone: str, note: str, grid: Grid) -> str:
    template = _environment("md").get_template("timeline.md.j2")
    return _tidy(template.render(title=title, zone=zone, note=note, grid=grid))


def _environment(form: str) -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    options: dict[str, Any] = {
        "loader": FileSystemLoader(shipped() / "packets"),
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "keep_trailing_newline": True,
    }
    if form == "html":
        environment = Environment(autoescape=True, finalize=_html_finalize, **options)
        environment.filters.update(block=as_html.block, address=_address)
        return environment
    environment = Environment(autoescape=False, finalize=as_markdown.finalize, **options)  # noqa: S701 - Markdown
    environment.filters.update(block=as_markdown.block, code=_code, address=lambda url: as_markdown.Raw(_address(url)))
    return environment


def _html_finalize(value: object) -> object:
    return value if value in (_STYLE, _POLICY) else as_html.finalize(value)


def _address(url: str | None) -> str:
    return url if url is not None and _URL.fullmatch(url) else ""


def _code(text: str) -> as_markdown.Raw:
    return as_markdown.Raw(markup.code(text))


def _tidy(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n") + "\n"


__all__ = ["Page", "document", "html", "markdown", "readme", "styled", "timeline", "wiki"]
