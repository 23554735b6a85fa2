"""Project files of tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from supportctl.audit.catalogue import Catalogue
from supportctl.audit.configuration import load, problems_of

OURS = Catalogue()
"""Without the rules of installed packages."""


def written(folder: Path, text: str, name: str = "supportctl.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def read(folder: Path, text: str) -> Any:
    return load(written(folder, text), catalogue=OURS)


def mistakes(folder: Path, text: str) -> list[tuple[int, int, str]]:
    return [(each.line, each.column, each.message) for each in problems_of(written(folder, text))]
