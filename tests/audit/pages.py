"""Pages made from the code: ``python -m tests.audit.pages`` writes ``docs/rules``, and the tables and the schema of
``docs/configuration.md``."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from supportctl.adapters.registry import capabilities
from supportctl.audit import RULES, Settings
from supportctl.audit.configuration import DEFAULT_FAIL_ON, DEFAULT_RULESET
from supportctl.audit.docs import summary
from supportctl.audit.field_docs import FieldDoc, field_docs, written
from supportctl.audit.in_force import LIMITS, usual_limits
from supportctl.audit.overrides import OTHERWISE
from supportctl.audit.pages import options_table, rulesets, whole_page
from supportctl.audit.project_schema import project_schema
from supportctl.audit.project_tables import ExemptionTable, OwnRuleTable, RuleTable, RunTable
from supportctl.model.escalation import EscalationSettings, Weights

DOCS = Path(__file__).parents[2] / "docs"
FAMILIES = {
    "CLS": "Classification",
    "OWN": "Ownership and routing",
    "PRI": "Priority",
    "COM": "Communication",
    "TIM": "Time and service levels",
    "RES": "Resolution and closure",
    "LNK": "Links and duplicates",
    "ESC": "Escalation",
    "TXT": "Text",
    "PRV": "Privacy",
    "QUE": "The queue as a whole",
}
INTRODUCTION = """\
Each rule has a page; `supportctl rule CODE` prints the same. A rule that cannot run on a platform is skipped there and
named at the end of the run. *Severity* is the harm if a finding is true, *confidence* how sure the rule is, *persona*
who wants to hear it (`--persona`), *rulesets* where it runs (`--ruleset`). The platforms: **Z**endesk, **J**ira Service
Management, **S**erviceNow; what a rule wants there is on its page.
"""
PLATFORMS = capabilities()
_BLOCK = re.compile(r"<!-- (\w+): begin -->.*?<!-- \1: end -->", re.DOTALL)


def index() -> str:
    """``docs/rules/README.md``."""
    lines = [
        "# The rules",
        "",
        *INTRODUCTION.splitlines(),
        "",
        "This page is made by `python -m tests.audit.pages`.",
    ]
    for family, title in FAMILIES.items():
        found = [rule for rule in RULES if rule.code.startswith(family)]
        if not found:
            continue
        lines += ["", f"## {title}", ""]
        lines += ["| code | name | what it reports | severity | confidence | persona | reads | platforms | rulesets |"]
        lines += ["|---|---|---|---|---|---|---|---|---|"]
        for rule in found:
            letters = [n[0].upper() for n, each in PLATFORMS.items() if each.platform in rule.platforms]
            cells = (
                f"[{rule.code}]({rule.code}.md)",
                rule.name,
                summary(rule),
                rule.severity,
                rule.confidence,
                rule.persona,
                ", ".join(sorted(rule.needs)) or "–",
                " ".join(letters),
                ", ".join(rulesets(rule)),
            )
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def run_table() -> str:
    """What holds when the file does not say is not in the table's type."""
    usual = {"ruleset": written(DEFAULT_RULESET), "fail_on": written(DEFAULT_FAIL_ON)}
    docs = field_docs(RunTable)
    return options_table([msgspec.structs.replace(doc, default=usual.get(doc.name, doc.default)) for doc in docs])


def settings_table() -> str:
    docs = [each for each in field_docs(Settings) if each.name not in OTHERWISE or each.name == "persona"]
    return options_table([_with_limits(each) for each in docs])


def _with_limits(doc: FieldDoc) -> FieldDoc:
    """Limits have a usual value for each priority."""
    if doc.name not in LIMITS:
        return doc
    return msgspec.structs.replace(doc, default=written(usual_limits(doc.name)))


def rule_options() -> str:
    parts = [
        f"**[{rule.code}](rules/{rule.code}.md) {rule.name}**\n\n{options_table(field_docs(rule.options))}"
        for rule in RULES
        if rule.options is not None
    ]
    return "\n\n".join(parts) or "No rule has options of its own yet."


def schema() -> bytes:
    return msgspec.json.format(msgspec.json.encode(project_schema(RULES)), indent=2) + b"\n"


BLOCKS = {
    "run": run_table,
    "settings": settings_table,
    "rule": lambda: options_table(field_docs(RuleTable)),
    "options": rule_options,
    "exemption": lambda: options_table(field_docs(ExemptionTable)),
    "escalation": lambda: options_table([each for each in field_docs(EscalationSettings) if each.name != "weights"]),
    "weights": lambda: options_table(field_docs(Weights)),
    "own": lambda: options_table(field_docs(OwnRuleTable)),
}


def filled(text: str) -> str:
    """A page with every marked block made anew."""
    return _BLOCK.sub(lambda block: f"<!-- {block[1]}: begin -->\n{BLOCKS[block[1]]()}\n<!-- {block[1]}: end -->", text)


def pages() -> dict[Path, bytes]:
    """Every file that is made, with its content."""
    configuration = DOCS / "configuration.md"
    made = {DOCS / "rules" / f"{rule.code}.md": whole_page(rule, PLATFORMS) for rule in RULES}
    made[DOCS / "rules" / "README.md"] = index()
    made[configuration] = filled(configuration.read_text(encoding="utf-8"))
    encoded = {path: text.encode() for path, text in made.items()}
    return {**encoded, DOCS / "supportctl.schema.json": schema()}


def stale() -> set[Path]:
    """Pages of rules there are no more."""
    return set((DOCS / "rules").glob("*.md")) - set(pages())


if __name__ == "__main__":
    for path in stale():
        path.unlink()
    for path, content in pages().items():
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
