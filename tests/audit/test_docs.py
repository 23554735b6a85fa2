"""The pages about rules and settings are true: they are made from the code, and the files are what is made now."""

from __future__ import annotations

import re

import jsonschema_rs
import pytest

from supportctl.audit import RULES, Rule, Settings, TicketRule
from supportctl.audit.field_docs import field_docs
from supportctl.audit.pages import settings_of
from supportctl.audit.project_schema import project_schema
from supportctl.audit.project_tables import ExemptionTable, OwnRuleTable, RuleTable, RunTable
from supportctl.commands.list import EXTRAS
from tests.audit import pages
from tests.audit.pages import DOCS

AGAIN = "run: python -m tests.audit.pages"
MADE = pages.pages()
CONFIGURATION = (DOCS / "configuration.md").read_text()


@pytest.mark.parametrize("path", sorted(MADE), ids=lambda path: path.name)
def test_made_pages_are_what_is_made_now(path: pages.Path) -> None:
    assert path.exists(), AGAIN
    assert path.read_bytes() == MADE[path], AGAIN


def test_no_page_of_a_rule_that_is_gone() -> None:
    assert pages.stale() == set(), AGAIN


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_is_in_the_index_and_has_a_page(rule: Rule) -> None:
    index = (DOCS / "rules" / "README.md").read_text()
    assert index.count(f"[{rule.code}]({rule.code}.md)") == 1
    page = (DOCS / "rules" / f"{rule.code}.md").read_text()
    for heading in ("What it does", "Fix", "False positives", "Fields", "Platforms", "Rulesets"):
        assert f"\n## {heading}\n" in page


@pytest.mark.parametrize(
    "struct",
    [Settings, RunTable, RuleTable, ExemptionTable, OwnRuleTable, *(rule.options for rule in RULES if rule.options)],
    ids=lambda struct: struct.__name__,
)
def test_every_field_says_what_it_means(struct: type) -> None:
    for field in field_docs(struct):
        assert field.text, field.name
        assert field.kind, field.name


def test_settings_of_a_rule_are_settings() -> None:
    assert settings_of(next(rule for rule in RULES if rule.code == "TIM501")) == ["stale"]


def test_the_example_is_right_by_the_schema_and_by_the_reader(tmp_path: pages.Path) -> None:
    import tomllib

    from supportctl.audit.configuration import problems_of

    example = re.search(r"```toml\n(#:schema.*?)```", CONFIGURATION, re.DOTALL)
    assert example is not None
    text = re.sub('region = "DE-BY"\n', "", example[1])
    document = tomllib.loads(text)
    document["audit"]["exemption"][0]["until"] = document["audit"]["exemption"][0]["until"].isoformat()
    jsonschema_rs.validate(project_schema(RULES), document)
    file = tmp_path / "supportctl.toml"
    file.write_text(text)
    assert problems_of(file) == []


def test_the_adoption_guard_is_told_for_every_field_it_covers() -> None:
    texts = ((DOCS / "audit.md").read_text(), (DOCS / "rules" / "QUE901.md").read_text())
    covered = {rule.empty_field for rule in RULES if isinstance(rule, TicketRule)} - {None}
    for text in texts:
        told = " ".join(text.replace("service levels", "slas").replace("closure code", "closure_code").split())
        told = told.replace("resolution notes", "resolution_notes")
        assert [field for field in covered if field and field not in told] == []


def test_what_a_file_must_hold_for_all_rules_is_told() -> None:
    every = ",".join(EXTRAS)
    for name in ("audit.md", "ci.md"):
        assert re.findall(r"--with ([a-z,]+)", (DOCS / name).read_text()) == [every]
