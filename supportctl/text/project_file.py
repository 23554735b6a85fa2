"""The file a project keeps its rules in: ``supportctl.toml``, or ``[tool.supportctl]`` in ``pyproject.toml``.

It is looked for from the working directory upwards, to the root of the repository or the user's home.
"""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from supportctl.errors import ConfigError
from supportctl.text import toml_places

NAME = "supportctl.toml"
PYPROJECT = "pyproject.toml"


@dataclass(frozen=True)
class ProjectFile:
    """What the file holds, not yet judged."""

    path: Path
    document: dict[str, Any]
    """The table that is ours."""
    prefix: toml_places.Path = ()
    """Where that table stands in the file."""
    places: dict[toml_places.Path, toml_places.Place] = field(default_factory=dict)

    def place(self, path: toml_places.Path) -> toml_places.Place:
        return toml_places.place(self.places, (*self.prefix, *path))

    def beside(self, name: str) -> Path:
        """A file that the project names, by its path from the folder of the project file."""
        return self.path.parent / name


class BadTomlError(ConfigError):
    """The text is no TOML; ``place`` is where reading stopped."""

    def __init__(self, path: Path, reason: str, place: toml_places.Place) -> None:
        super().__init__(f"{path}:{place.line}:{place.column}: {reason}", hint="correct that line")
        self.path = path
        self.reason = reason
        self.place = place


def find(start: Path | None = None) -> ProjectFile | None:
    """The nearest project file at or above ``start`` (the working directory). Raises `ConfigError`."""
    folder = (start or Path.cwd()).absolute()
    home = _home()
    for place in (folder, *folder.parents):
        if (place / NAME).is_file():
            return read(place / NAME)
        if (place / PYPROJECT).is_file() and (found := _tool_table(place / PYPROJECT)) is not None:
            return found
        if place == home or (place / ".git").exists():
            return None
    return None


def where(start: Path | None = None) -> Path | None:
    """Only the place of what `find` would read, even if it is no TOML."""
    try:
        found = find(start)
    except BadTomlError as bad:
        return bad.path
    return None if found is None else found.path


def read(path: Path) -> ProjectFile:
    """The file named; of a ``pyproject.toml`` the table ``[tool.supportctl]``. Raises `ConfigError`."""
    text = _text(path)
    document = parsed(path, text)
    if path.name == PYPROJECT:
        tool = document.get("tool")
        ours = tool.get("supportctl") if isinstance(tool, dict) else None
        if not isinstance(ours, dict):
            raise ConfigError(f"{path} has no table [tool.supportctl]", hint=f"name a {NAME}, or add that table")
        return ProjectFile(path, ours, ("tool", "supportctl"), toml_places.places(text))
    return ProjectFile(path, document, (), toml_places.places(text))


def parsed(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadTomlError(path, *_where(text, str(error))) from None
    except RecursionError:
        raise BadTomlError(path, "more is nested than can be read", toml_places.Place(1, 1)) from None


def _tool_table(path: Path) -> ProjectFile | None:
    """A ``pyproject.toml`` of something else is no business of ours, even a broken one."""
    try:
        text = _text(path)
    except ConfigError:
        return None
    return read(path) if "supportctl" in text and _has_table(path, text) else None


def _has_table(path: Path, text: str) -> bool:
    try:
        tool = parsed(path, text).get("tool")
    except BadTomlError:
        if "[tool.supportctl" in text:
            raise
        return False
    return isinstance(tool, dict) and isinstance(tool.get("supportctl"), dict)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError(f"cannot read {path}: it is not UTF-8 text") from None
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}", hint="name a file that is there") from None
    except ValueError:
        raise ConfigError("that is no name of a file", hint="name a file that is there") from None


def _where(text: str, message: str) -> tuple[str, toml_places.Place]:
    """``tomllib`` says ``… (at line 3, column 5)`` or ``… (at end of document)``."""
    reason, _, at = message.partition(" (at ")
    numbers = [int(word.strip(",)")) for word in at.split() if word.strip(",)").isdecimal()]
    if len(numbers) == 2:
        return reason, toml_places.Place(*numbers)
    lines = text.splitlines() or [""]
    return reason, toml_places.Place(len(lines), len(lines[-1]) + 1)


def _home() -> Path | None:
    try:
        return Path.home()
    except RuntimeError:
        return None
