"""A rule's page, from its docstring."""

import inspect
import re

from supportctl.audit.rule import Rule

SECTIONS = ("What it does", "Why is this bad?", "Example", "Fix", "False positives", "Fields")
_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)


def summary(rule: Rule) -> str:
    """The first line, without its full stop."""
    return next(iter((inspect.getdoc(rule) or "").splitlines()), rule.name).rstrip(".")


def sections(rule: Rule) -> dict[str, str]:
    """Heading -> text, in order."""
    parts = _HEADING.split(inspect.getdoc(rule) or "")
    return {parts[n]: parts[n + 1].strip() for n in range(1, len(parts) - 1, 2)}


def page(rule: Rule) -> str:
    """Markdown: title, facts, sections."""
    facts = (
        f"severity {rule.severity} · confidence {rule.confidence} · persona {rule.persona}"
        + (f" · since {rule.since}" if rule.since else "")
        + (f" · also {', '.join(rule.aliases)}" if rule.aliases else "")
        + (f" · needs {', '.join(sorted(rule.needs))}" if rule.needs else "")
    )
    body = "\n\n".join(f"## {heading}\n{text}" for heading, text in sections(rule).items())
    return f"# {rule.code} {rule.name}\n\n{summary(rule)}.\n\n{facts}\n\n{body}\n"
