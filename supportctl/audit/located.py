"""A mistake and the place of it."""

from pathlib import Path

import msgspec

from supportctl.audit.declared import Problem
from supportctl.text.project_file import ProjectFile


class Located(msgspec.Struct, frozen=True, kw_only=True):
    """A mistake in a file."""

    path: Path
    line: int
    column: int
    message: str
    hint: str | None = None

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.message}"


def locate(file: ProjectFile, problem: Problem) -> Located:
    place = file.place(problem.path)
    return Located(path=file.path, line=place.line, column=place.column, message=problem.message, hint=problem.hint)
