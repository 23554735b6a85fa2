"""Where an audit is written: standard output, and any number of files in forms of their own.

Forms that stream get each finding as it comes, the others the finished report. A file gets its name when everything
went well; until then whatever was there stays.
"""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from supportctl.commands._app import App
from supportctl.commands._audit_options import ALL_FORMS, COLLECTING
from supportctl.console import Console
from supportctl.errors import StateError, UsageError

if TYPE_CHECKING:
    from supportctl.atomic import Replacement
    from supportctl.model import Finding
    from supportctl.reports.audit_report import AuditReport
    from supportctl.reports.base import Reporter

STEP_SUMMARY = "GITHUB_STEP_SUMMARY"


@dataclass(frozen=True)
class Place:
    """``-o FORM=PATH``."""

    form: str
    path: Path


def places(words: Sequence[str]) -> tuple[Place, ...]:
    """Raises `UsageError` for a form there is not, and for two forms of one file."""
    found: list[Place] = []
    for word in words:
        form, equals, path = word.partition("=")
        if not equals or not path.strip() or path.strip() == "-":
            raise UsageError(
                f"--output takes FORM=PATH; got {word[:60]!r}", hint="for example -o html=audit.html -o sarif=a.sarif"
            )
        found.append(Place(_known(form.strip().lower(), "--output"), Path(path.strip()).expanduser()))
    for place in found:
        if sum(other.path.absolute() == place.path.absolute() for other in found) > 1:
            raise UsageError(f"two outputs go to {place.path}", hint="give each form a file of its own")
    return tuple(found)


def standard_form(app: App) -> str:
    """The form of standard output."""
    from supportctl.reports.registry import form_name

    options = app.options
    if options.format is not None and _known(options.format, "--format") in COLLECTING:
        for option, value in (("--json", options.json_fields), ("--columns", options.columns)):
            if value is not None:
                raise UsageError(f"{option} does not go with --format {options.format}")
        return options.format
    return form_name(options.format, fields=options.json_fields, columns=options.columns, tty=app.console.out_tty)


def _known(form: str, option: str) -> str:
    if form in ALL_FORMS:
        return form
    close = get_close_matches(form, ALL_FORMS, n=1)
    guess = f": did you mean {close[0]}?" if close else ""
    raise UsageError(f"unknown {option} {form[:40]!r}{guess}", hint=f"formats: {', '.join(ALL_FORMS)}")


class Outputs:
    """All outputs of one run. Files are begun before a ticket is read, so that what cannot be written is said first.

    ``lasting``: the run is for more than what is printed; it goes on when nobody reads on (``| head``).
    """

    def __init__(self, app: App, form: str, files: Sequence[Place], *, lasting: bool = False) -> None:
        from supportctl.reports.findings import FINDINGS
        from supportctl.reports.registry import open_report

        options = app.options
        fields = None if options.json_fields is None else FINDINGS.named_fields(options.json_fields)
        columns = None if options.columns is None else FINDINGS.named_columns(options.columns)
        self._app = app
        self.form = form
        self._streams: list[Reporter[Finding]] = []
        self._collecting: list[tuple[str, Replacement]] = []
        self._files: list[Replacement] = []
        self._standard: Reporter[Finding] | None = None
        self._lasting = lasting or bool(files)
        try:
            self._begin(files)
        except BaseException:
            self.abandon()
            raise
        if form not in COLLECTING:
            self._standard = open_report(form, FINDINGS, app.console, now=app.now, columns=columns, fields=fields)

    @property
    def collects(self) -> bool:
        """Whether the finished report is wanted."""
        return bool(self._collecting) or self.form in COLLECTING

    def row(self, finding: "Finding") -> None:
        if self._standard is not None:
            with self._may_be_left():
                self._standard.row(finding)
        for report in self._streams:
            report.row(finding)

    def stop(self) -> None:
        """The run failed: what stands on standard output stays, files stay as they were before."""
        if self._standard is not None and self.form != "json":
            self._standard.close()
        self.abandon()

    def abandon(self) -> None:
        for file in self._files:
            file.abandon()

    def close(self, more: Mapping[str, Any], report: "AuditReport | None") -> None:
        """Everything is known. Raises `StateError` for a file that cannot be written; the others are."""
        if self._standard is not None:
            with self._may_be_left():
                self._standard.close(more)
        for stream in self._streams:
            stream.close(more)
        if report is not None:
            self._write_collected(report)
        failed: StateError | None = None
        for file in self._files:
            try:
                file.commit()
            except StateError as error:
                failed = failed or error
        if failed is not None:
            raise failed

    @contextmanager
    def _may_be_left(self) -> Iterator[None]:
        """Nobody may be reading any more. What the run is for besides goes on then."""
        try:
            yield
        except BrokenPipeError:
            if not self._lasting:
                raise
            self._standard = None
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, sys.stdout.fileno())
            os.close(null)

    def _begin(self, files: Sequence[Place]) -> None:
        from supportctl.atomic import Replacement
        from supportctl.reports.findings import FINDINGS
        from supportctl.reports.registry import open_report

        for place in files:
            file = Replacement(place.path, f"the {place.form} output")
            self._files.append(file)
            if place.form in COLLECTING:
                self._collecting.append((place.form, file))
            else:
                self._streams.append(open_report(place.form, FINDINGS, FileConsole(file), now=self._app.now))

    def _write_collected(self, report: "AuditReport") -> None:
        from supportctl.reports.audit_forms import write_report

        if self.form in COLLECTING:
            with self._may_be_left():
                write_report(self.form, report, self._app.console.write_bytes)
                self._app.console.flush()
        for form, file in self._collecting:
            write_report(form, report, file.write)
        if "github" in (self.form, *(form for form, _ in self._collecting)):
            _summarise(self._app, report)


def _summarise(app: App, report: "AuditReport") -> None:
    """The page a GitHub step shows, where there is one. A summary that cannot be written is no reason to fail."""
    from supportctl.reports.audit_forms import github_summary

    path = os.environ.get(STEP_SUMMARY)
    if not path:
        return
    try:
        with Path(path).open("ab") as file:
            file.write(github_summary(report))
    except OSError as error:
        app.console.warn(f"the step summary could not be written ({error.strerror})")


class FileConsole(Console):
    """What a form that prints to a terminal prints into a file: no colour, UTF-8, as wide as it needs."""

    def __init__(self, file: "Replacement") -> None:
        super().__init__(no_color=True, quiet=True, no_input=True, no_progress=True)
        self._file = file
        self.out_tty = False
        self.unicode_out = True
        self.shows_hints = False

    @property
    def width(self) -> int:
        return 160

    def write(self, text: str) -> None:
        self._file.write(text.encode("utf-8", "backslashreplace"))

    def write_bytes(self, data: bytes, *, flush: bool = False) -> None:
        self._file.write(data)

    def flush(self) -> None:
        """The file is flushed when it is whole."""
