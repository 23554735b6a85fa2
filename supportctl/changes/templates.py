"""Where texts come from: what somebody typed, a template by name, or a file.

``@name`` is looked for in ``./templates``, in the configuration folder's ``templates`` and among those that come with
supportctl, as ``name``, ``name.txt.j2`` and in the folders ``messages`` and ``notes`` below. ``@path/to/file.j2`` is a
file, ``@@…`` a text that begins with ``@``.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from supportctl.config import config_path
from supportctl.errors import DataError, UsageError
from supportctl.query.fields import guess
from supportctl.text.shipped import shipped

ENDING = ".txt.j2"
FOLDERS = ("", "messages", "notes")
LARGEST = 80_000
_NAME = re.compile(r"[\w-]+(?:\.[\w-]+)*")
_ABOUT = re.compile(r"\s*\{#-?\s*(.*?)\s*-?#\}", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Template:
    name: str
    path: Path
    place: str
    """Whose it is: ``project``, ``own`` or ``shipped``."""

    def read(self) -> str:
        return _read(self.path)

    def about(self) -> str:
        """Its first comment, which says when to use it."""
        match = _ABOUT.match(self.read())
        return " ".join(match[1].split()) if match else ""


def places() -> list[tuple[str, Path]]:
    """Folders in the order they are looked through."""
    return [("project", Path("templates")), ("own", config_path().parent / "templates"), ("shipped", shipped())]


def every() -> list[Template]:
    """All templates that can be named, the first of each name."""
    found: dict[str, Template] = {}
    for place, folder in places():
        for path in _files(folder):
            name = path.name.removesuffix(ENDING)
            found.setdefault(name, Template(name=name, path=path, place=place))
    return sorted(found.values(), key=lambda each: each.name)


def find(name: str) -> Template:
    """Raises `UsageError` with the nearest name and the names there are."""
    if _NAME.fullmatch(name):
        for place, folder in places():
            for inner in FOLDERS:
                for path in (folder / inner / name, folder / inner / f"{name}{ENDING}"):
                    if path.is_file():
                        return Template(name=name.removesuffix(ENDING), path=path, place=place)
    names = [each.name for each in every()]
    close = guess(name, names)
    raise UsageError(
        f"there is no template {name[:60]!r}{f': did you mean {close!r}?' if close else ''}; nothing was changed",
        hint=f"templates: {', '.join(names)}; a file is given as @path/to/file.j2",
    )


def text_of(given: str) -> tuple[str, str]:
    """``(source, what to call it)`` of a TEXT or @template as somebody gave it."""
    if given.startswith("@@"):
        return given[1:], "the text"
    if not given.startswith("@"):
        return given, "the text"
    name = given[1:]
    if "/" in name or "\\" in name or name.startswith("~"):
        return _read(Path(name).expanduser()), name
    if not name.endswith(ENDING) and Path(name).suffix == ".j2" and Path(name).is_file():
        return _read(Path(name)), name
    template = find(name)
    return template.read(), f"the template {template.name!r}"


def _files(folder: Path) -> Iterator[Path]:
    for inner in FOLDERS:
        try:
            yield from sorted((folder / inner).glob(f"*{ENDING}"))
        except OSError:
            continue


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise UsageError(f"cannot read the template {path}: {error.strerror}; nothing was changed") from None
    if len(content) > LARGEST:
        raise UsageError(f"the template {path} is longer than {LARGEST:,} bytes; nothing was changed")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DataError(f"the template {path} is not UTF-8 text; nothing was changed") from None


def parse_given(pairs: Sequence[str]) -> dict[str, str]:
    """``--var NAME=VALUE``, as texts use it: ``{{ var.NAME }}``."""
    given: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name.strip()):
            raise UsageError(f"--var takes NAME=VALUE; got {pair[:60]!r}", hint="as in --var team=Billing")
        given[name.strip()] = value
    return given
