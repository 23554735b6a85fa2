"""The questions to a customer whose report is not complete, from ``templates/intake/<language>.md``.

A template is Markdown with a section for each question, ``## steps``, and one for what is told only in part,
``## steps, partly``; further ``greeting``, ``greeting, without a name``, ``beginning`` and ``ending``. ``{name}`` and
``{key}`` are filled in. A project's file (``./templates/intake``) goes before one's own (the configuration folder) and
before those that come with supportctl, file by file; a section it lacks is taken from the next.
"""

import re
from pathlib import Path

from supportctl.config import config_path
from supportctl.errors import DataError, UsageError
from supportctl.evidence.completeness import Score
from supportctl.evidence.reading.shapes import Element, Extract, State
from supportctl.model import Ticket
from supportctl.text.shipped import shipped

LANGUAGE = "en"
"""Asked in where there is no text in the customer's language."""
PARTLY = "partly"
_FRAME = ("greeting", "greeting, without a name", "beginning", "ending")
_KNOWN = frozenset([*_FRAME, *(each.value for each in Element), *(f"{each.value}, {PARTLY}" for each in Element)])
_SECTION = re.compile(r"^##[ \t]+(.+?)[ \t]*$", re.MULTILINE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_HOLE = re.compile(r"\{(\w+)\}")
_LARGEST = 80_000


def languages() -> list[str]:
    """ISO 639-1 codes of the templates there are, without repeats."""
    found: set[str] = set()
    for folder in _folders():
        try:
            found |= {
                path.stem for path in folder.glob("*.md") if re.fullmatch(r"[a-z]{2}(?:-[A-Za-z]{2,8})?", path.stem)
            }
        except OSError:
            continue
    return sorted(found)


def choose(language: str | None, extract: Extract, fallback: str | None = None) -> str:
    """The language to ask in: the one named, the one the customer writes, ``fallback``, English.

    Raises `UsageError` for a named one without a template.
    """
    there = languages()
    if language is not None:
        if language.lower() not in there:
            raise UsageError(
                f"there are no questions in {language[:20]!r}",
                hint=f"languages: {', '.join(there)}; another one is a file templates/intake/{language[:8]}.md",
            )
        return language.lower()
    for each in (extract.language, fallback):
        if each is not None and each in there:
            return each
    return LANGUAGE


def questions(extract: Extract, score: Score, ticket: Ticket, language: str | None = None) -> str:
    """The whole message; empty where nothing is left to ask. Raises `UsageError`, `DataError` for a broken template."""
    asked = score.ask
    if not asked:
        return ""
    chosen = choose(language, extract)
    name = ticket.requester.name if ticket.requester is not None and ticket.knows("requester") else None
    # The message may be sent as a template: braces would be read again.
    values = {"name": " ".join((name or "").replace("{", "").replace("}", "").split()), "key": ticket.key}
    sections = _sections(chosen)
    greeting = sections["greeting" if values["name"] else "greeting, without a name"]
    numbered = [
        f"{number}. {_filled(_question(sections, element, score[element].state), values)}"
        for number, element in enumerate(asked, 1)
    ]
    parts = [greeting, sections["beginning"], "\n".join(numbered), sections["ending"]]
    return "\n\n".join(part if part is parts[2] else _filled(part, values) for part in parts) + "\n"


def question(element: Element, language: str = LANGUAGE, *, partly: bool = False) -> str:
    """One question alone."""
    return _question(_sections(language), element, State.INFERRED if partly else State.MISSING)


def _question(sections: dict[str, str], element: Element, state: State) -> str:
    partly = sections.get(f"{element.value}, {PARTLY}")
    text = partly if state is State.INFERRED and partly else sections.get(element.value)
    return " ".join((text or "").split("\n"))


def _filled(text: str, values: dict[str, str]) -> str:
    """Values are put in once: what stands in a name is no hole."""
    return _HOLE.sub(lambda hole: values.get(hole[1], hole[0]), text)


def _folders() -> list[Path]:
    return [folder / "intake" for folder in (Path("templates"), config_path().parent / "templates", shipped())]


def _sections(language: str) -> dict[str, str]:
    """Every section, of the first file that has it; English for what is in none."""
    found: dict[str, str] = {}
    for name in dict.fromkeys((language, LANGUAGE)):
        for folder in _folders():
            path = folder / f"{name}.md"
            if path.is_file():
                for title, text in _read(path).items():
                    found.setdefault(title, text)
    return found


def _read(path: Path) -> dict[str, str]:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DataError(f"the template {path} is not UTF-8 text") from None
    except OSError as error:
        raise UsageError(f"cannot read the template {path}: {error.strerror}") from None
    if len(content) > _LARGEST:
        raise UsageError(f"the template {path} is longer than {_LARGEST:,} bytes")
    pieces = _SECTION.split(_COMMENT.sub("", text.replace("\r\n", "\n")))
    found = {title.strip().lower(): body.strip() for title, body in zip(pieces[1::2], pieces[2::2], strict=True)}
    strange = sorted(set(found) - _KNOWN)
    if strange:
        raise UsageError(
            f"the template {path} has a section {strange[0][:60]!r}, which asks for nothing there is",
            hint=f"sections: {', '.join([*_FRAME, *(each.value for each in Element)])}, each with ', {PARTLY}'",
        )
    return {title: body for title, body in found.items() if body}
