"""The collecting forms by name: each writes one finished audit; its module is imported when it is asked for."""

from collections.abc import Callable
from importlib import import_module
from typing import Protocol, cast

from supportctl.reports.audit_report import AuditReport

Out = Callable[[bytes], object]
"""Takes the next piece of what is written: a file's ``write``, or standard output's."""

AUDIT_FORMS = {
    "markdown": "supportctl.reports.markdown:write",
    "html": "supportctl.reports.html:write",
    "sarif": "supportctl.reports.sarif:write",
    "junit": "supportctl.reports.junit:write",
    "github": "supportctl.reports.github:write",
    "gitlab": "supportctl.reports.gitlab:write",
}


class AuditForm(Protocol):
    """Writes the whole report, also an empty one. Never raises for what stands in it."""

    def __call__(self, report: AuditReport, out: Out) -> None: ...


def audit_form(name: str) -> AuditForm:
    """The form's writer. Raises `KeyError` for a name that is not among `AUDIT_FORMS`."""
    module, _, function = AUDIT_FORMS[name].partition(":")
    return cast("AuditForm", getattr(import_module(module), function))


def write_report(form: str, report: AuditReport, out: Out) -> None:
    audit_form(form)(report, out)


def github_summary(report: AuditReport) -> bytes:
    """Markdown for ``$GITHUB_STEP_SUMMARY``, small enough to be taken."""
    from supportctl.reports.github import summary

    return summary(report)
