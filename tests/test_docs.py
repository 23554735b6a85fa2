"""The documents are true: links lead somewhere, commands exist, every command is described."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from supportctl.cli import LAZY
from supportctl.exits import Exit

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_to_files(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", document.read_text()):
        if "://" not in target:
            assert (document.parent / target).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_shown_exist(document: Path) -> None:
    blocks = re.findall(r"^```(?:console|bash|sh)\n(.*?)^```", document.read_text(), re.MULTILINE | re.DOTALL)
    for line in "\n".join(blocks).splitlines():
        for part in re.split(r"\||&&|;", line.partition(" # ")[0]):
            words = part.strip().removeprefix("$ ").split()
            if words and words[0].endswith("supportctl") and len(words) > 1 and not words[1].startswith("-"):
                assert words[1] in LAZY, line


def test_every_command_is_in_the_readme() -> None:
    table = README.partition("## Commands")[2].partition("\n## ")[0]
    described = {name.split()[0] for name in re.findall(r"^\| `([a-z ]+)` \|", table, re.MULTILINE)}
    assert described == set(LAZY)


def test_exit_codes_are_in_the_readme() -> None:
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", README, re.MULTILINE)} == {int(code) for code in Exit}


def test_the_readme_opens_with_its_two_lines() -> None:
    block = re.search(r"```console\n(.*?)```", README, re.DOTALL)
    assert block is not None
    lines = block[1].strip().splitlines()
    assert len(lines) == 2
    for line in lines:
        assert shlex.split(line)[:3] == ["python3", "-m", "venv"]


def test_every_core_dependency_is_explained() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *(d for extra in project["optional-dependencies"].values() for d in extra)]
    explained = (ROOT / "docs" / "dependencies.md").read_text()
    for requirement in wanted:
        name = re.split(r"[\[<>=~; ]", requirement)[0]
        assert name == "supportctl" or name in explained, name


def test_the_changelog_names_every_command() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text()
    for name in LAZY:
        assert f"`{name}" in changelog, name
