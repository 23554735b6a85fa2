"""What each platform supports, as Markdown: ``python -m tests.conformance.table`` writes it into the documentation."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from supportctl.adapters.base import Capabilities, Need
from supportctl.adapters.registry import PLATFORMS

PAGE = Path(__file__).parents[2] / "docs" / "platforms" / "README.md"
BEGIN, END = "<!-- capabilities: begin -->", "<!-- capabilities: end -->"
NAMES = {"zendesk": "Zendesk", "jsm": "Jira Service Management", "servicenow": "ServiceNow"}
_ANSWERS = {True: "yes", False: "no", None: "not known"}


def _listed(values: frozenset[str]) -> str:
    return ", ".join(f"`{value}`" for value in sorted(values)) or "none"


def _along(effects: dict[str, list[str]]) -> str:
    """By kind of change, the fields the platform may change with it."""
    return "; ".join(f"`{kind}`: {', '.join(names)}" for kind, names in sorted(effects.items())) or "nothing"


ROWS: dict[str, Callable[[Capabilities], str]] = {
    "reads besides the ticket": lambda c: "all" if c.reads == frozenset(Need) else _listed(c.reads),  # type: ignore[arg-type]
    "kinds of change": lambda c: _listed(c.writes),
    "fields `set` writes (custom fields besides)": lambda c: _listed(c.settable),
    "fields it does not have (unless mapped)": lambda c: _listed(c.unknown_fields),
    "tickets in one write": lambda c: f"{c.bulk_size:,}",
    "jobs under way at once": lambda c: str(c.jobs_in_flight) if c.jobs_in_flight > 1 else "answers at once",
    "links": lambda c: _listed(c.links),  # type: ignore[arg-type]
    "reason a ticket was closed for": lambda c: c.closure_code or "not a field of its own",
    "closing notes": lambda c: "a field of their own" if c.closure_notes else "an internal comment",
    "characters in a comment": lambda c: f"{c.comment_limit:,}",
    "an answer and a note in one change": lambda c: _ANSWERS[c.comments_together],
    "results a search may have": lambda c: "no limit" if c.search_limit is None else f"{c.search_limit:,}",
    "updates without mail": lambda c: _ANSWERS[c.quiet_updates],
    "a tag": lambda c: c.tag_rule,
    "tags that differ in case are one": lambda c: _ANSWERS[c.tags_fold_case],
    "closed is final": lambda c: _ANSWERS[c.closed_is_final],
    "a closed ticket can be opened again": lambda c: _ANSWERS[c.reopens_closed],
    "what may change besides": lambda c: _along(c.side_effects),
    "`--view` names": lambda c: c.views or "nothing",
    "`--native` takes": lambda c: c.native_language,
}


def render() -> str:
    found = {name: import_module(f"{room}.platform").CAPABILITIES for name, room in PLATFORMS.items()}
    lines = ["| | " + " | ".join(NAMES[name] for name in found) + " |", "|---" * (len(found) + 1) + "|"]
    lines += [f"| {title} | {' | '.join(told(each) for each in found.values())} |" for title, told in ROWS.items()]
    return "\n".join([BEGIN, *lines, END])


def written() -> str:
    text = PAGE.read_text()
    return text[text.index(BEGIN) : text.index(END) + len(END)]


if __name__ == "__main__":
    PAGE.write_text(PAGE.read_text().replace(written(), render()))
