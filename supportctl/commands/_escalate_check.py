"""The work of ``supportctl escalate check``: read tickets, score them, tell what is missing, ask for it."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from supportctl.commands._app import App, count, join_words
from supportctl.errors import DataError, NotFoundError, UsageError
from supportctl.exits import Exit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from supportctl.adapters.base import Needs
    from supportctl.commands._escalate_sheet import Checked
    from supportctl.model import Ticket
    from supportctl.model.escalation import EscalationSettings


@dataclass(frozen=True, kw_only=True)
class Asked:
    which: tuple[str, ...] = ()
    questions: bool = False
    language: str | None = None
    min_score: int | None = None
    files: tuple[str, ...] = ()
    config: str | None = None
    no_config: bool = False


def run(asked: Asked, app: App) -> int:
    """Exit 1 when a ticket scores less than ``--min-score``, or the project's ``min_score``."""
    from supportctl.commands._escalate_sheet import CHECKED
    from supportctl.commands._rows import form_of

    settings = settings_of(asked.config, asked.no_config)
    form = form_of(app, CHECKED)
    if asked.questions and (app.options.json_fields or app.options.format not in (None, "table", "plain")):
        raise UsageError("--questions prints a message", hint="in JSON it is a field: --json key,questions")
    if not join_words(asked.which) and app.options.native is None and app.options.view is None:
        raise UsageError("no tickets were named", hint="give keys (SUP-12) or a query ('tag:escalated is:unresolved')")
    files = _files(asked.files)
    least = asked.min_score if asked.min_score is not None else settings.min_score
    language = asked.language or settings.language
    named = keys_of(app, asked.which)
    checked = (checked_of(ticket, files, settings, language) for ticket in tickets(app, asked.which, named, needs()))
    if asked.questions:
        done = _print_questions(app, checked)
    elif form.name in ("table", "plain") and form.columns is None and named is not None and len(named) == 1:
        done = _print_one(app, checked)
    else:
        done = _print_all(app, checked)
    return _end(app, asked, done, least)


def settings_of(config: str | None, no_config: bool) -> "EscalationSettings":
    """What the project says of escalations; the defaults where there is none. Raises `ConfigError`."""
    from supportctl.model.escalation import EscalationSettings
    from supportctl.text.project_file import find

    if no_config or (config is None and find() is None):
        return EscalationSettings()
    from supportctl.commands._project import load_project

    project = load_project(config, no_config)
    return EscalationSettings() if project is None else project.escalation


def needs() -> "Needs":
    from supportctl.adapters.base import Need

    return frozenset({Need.COMMENTS, Need.ATTACHMENTS, Need.PEOPLE, Need.CUSTOM})


def checked_of(
    ticket: "Ticket", files: tuple[str, ...], settings: "EscalationSettings", language: str | None = None
) -> "Checked":
    from supportctl.commands._escalate_sheet import Checked
    from supportctl.evidence import intake
    from supportctl.evidence.completeness import score
    from supportctl.evidence.reading import extract

    found = extract(ticket, files)
    points = score(found, files, settings.weights)
    return Checked.of(ticket, found, points, intake.questions(found, points, ticket, language))


def keys_of(app: App, words: tuple[str, ...]) -> list[str] | None:
    """The keys among the words; None: they are a query. Raises `UsageError` for options that do not go with keys."""
    from supportctl.commands._choosing import is_key

    if not words or not all(is_key(word) for word in words):
        return None
    for name, value in (("--native", app.options.native), ("--view", app.options.view), ("--limit", app.options.limit)):
        if value is not None:
            raise UsageError(f"{name} does not go with keys", hint="narrow with a query instead")
    return list(dict.fromkeys(words))


def tickets(app: App, words: tuple[str, ...], keys: list[str] | None, wanted: "Needs") -> "Iterator[Ticket]":
    """Raises `NotFoundError` where a key leads to no ticket."""
    if keys is None:
        reading = app.read(app.select(words), wanted, limit=app.options.row_limit)
        yield from app.console.track(reading, app.source)
        app.tell(reading)
        if reading.truncated:
            app.console.warn("stopped at the limit; there may be more tickets that match")
        return
    found = app.get(keys, wanted)
    app.tell_notices(found.notices)
    if found.missing:
        named = ", ".join(found.missing[:10])
        raise NotFoundError(
            f"{app.source} shows no ticket {named} (absent and hidden look alike)",
            hint="check the key, and the account's access with: supportctl check",
        )
    yield from found.tickets


def _files(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if not Path(name).is_file():
            raise DataError(f"there is no file {name}; no ticket was read", hint="check the path")
    return tuple(Path(name).name for name in names)


def _print_all(app: App, checked: "Iterator[Checked]") -> "list[Checked]":
    from supportctl.commands._escalate_sheet import CHECKED
    from supportctl.commands._rows import print_rows

    done: list[Checked] = []

    def each() -> "Iterator[Checked]":
        for one in checked:
            done.append(one)
            yield one

    print_rows(app, CHECKED, each())
    return done


def _print_one(app: App, checked: "Iterator[Checked]") -> "list[Checked]":
    from supportctl.commands._escalate_sheet import ITEMS
    from supportctl.commands._rows import print_rows
    from supportctl.console import safe_line

    done = list(checked)
    for one in done:
        app.console.line(f"{app.console.paint(safe_line(one.key), 'bold')}  {safe_line(one.title or '')}")
        app.console.line(f"{one.score} of 100")
        app.console.line()
        print_rows(app, ITEMS, one.items)
    return done


def _print_questions(app: App, checked: "Iterator[Checked]") -> "list[Checked]":
    """One ticket: the message and nothing else, ready to be sent."""
    done = list(checked)
    for number, one in enumerate(done):
        if len(done) > 1:
            app.console.line(f"{'' if number == 0 else chr(10)}==> {one.key} <==")
        if one.questions:
            app.console.write_bytes(one.questions.encode(), flush=True)
        else:
            app.console.note(f"{one.key}: nothing is left to ask the customer")
    return done


def _end(app: App, asked: Asked, done: "list[Checked]", least: int | None) -> int:
    console = app.console
    blind = [one for one in done if one.unknown]
    if blind:
        parts = ", ".join(sorted({name for one in blind for name in one.unknown}))
        console.warn(f"{count(len(blind), 'ticket')} could not be read whole ({parts}); the score may be too low")
    below = [one for one in done if least is not None and one.score < least]
    if least is not None and done:
        console.note(f"{len(below)} of {count(len(done), 'ticket')} below {least}")
    for one in done[:1]:
        if len(done) > 1:
            console.hint(f"one ticket with what was found and where: supportctl escalate check {one.key}")
        elif asked.questions and one.questions:
            console.hint(f"read it, save it, send it: supportctl comment @./questions.txt {one.key} --public")
        elif one.missing:
            console.hint(f"the message that asks for it: supportctl escalate check {one.key} --questions")
    if not done and app.options.format in (None, "table"):
        console.note("0 tickets")
    return int(Exit.FOUND if below else Exit.OK)
