"""Which fixes of an audit's findings are done, ticket by ticket: agreed, safe unless asked otherwise, each once."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from supportctl.model import AssignFix, FieldFix, Finding, Fix, LinkFix, NoteFix, StatusFix, TagFix

if TYPE_CHECKING:
    from supportctl.model.finding import Remedy


@dataclass(frozen=True)
class Job:
    """What is to be done for one ticket, and why."""

    key: str
    fixes: "tuple[tuple[Remedy, str], ...]"
    """Remedies with the findings that ask for them."""

    @property
    def remedies(self) -> "list[Remedy]":
        found: list[Remedy] = []
        for remedy, _ in self.fixes:
            if remedy not in found:
                found.append(remedy)
        return found

    @property
    def reason(self) -> str:
        return "; ".join(dict.fromkeys(reason for _, reason in self.fixes))

    def only(self, wanted: "Sequence[Remedy]") -> "Job":
        return Job(self.key, tuple(pair for pair in self.fixes if pair[0] in wanted))


@dataclass
class Chosen:
    """The fixes of all findings, by ticket id, and what was passed over."""

    jobs: dict[str, Job] = field(default_factory=dict)
    unsafe: int = 0
    """Findings whose only fixes want a person's eye."""
    conflicting: int = 0
    """Fixes that another one of the same ticket contradicts."""


def choose(findings: Iterable[Finding], *, unsafe: bool, fold: bool) -> Chosen:
    """One fix per finding, the safe one where there are several; contradicting fixes of a ticket all stay out.

    ``fold``: whether two tags that differ in case are the same tag.
    """
    chosen = Chosen()
    fixes: dict[str, list[tuple[Finding, Fix]]] = {}
    for finding in findings:
        if finding.ticket_id is None or not finding.fixes:
            continue
        fix = next((each for each in finding.fixes if each.safe), finding.fixes[0])
        if not fix.safe and not unsafe:
            chosen.unsafe += 1
            continue
        fixes.setdefault(finding.ticket_id, []).append((finding, fix))
    for ticket_id, pairs in fixes.items():
        agreed = list(_agreeing(pairs, fold=fold))
        chosen.conflicting += len(pairs) - len(agreed)
        if agreed:
            pairs_of = tuple((fix.remedy, f"{finding.rule}: {finding.message}") for finding, fix in agreed)
            chosen.jobs[ticket_id] = Job(agreed[0][0].ticket or ticket_id, pairs_of)
    return chosen


def _agreeing(pairs: Sequence[tuple[Finding, Fix]], *, fold: bool) -> Iterator[tuple[Finding, Fix]]:
    wanted: dict[Any, set[Any]] = {}
    for _, fix in pairs:
        for place, value in _places(fix.remedy, fold=fold):
            wanted.setdefault(place, set()).add(value)
    for finding, fix in pairs:
        if all(len(wanted[place]) == 1 for place, _ in _places(fix.remedy, fold=fold)):
            yield finding, fix


def _places(remedy: "Remedy", *, fold: bool) -> Iterator[tuple[Any, Any]]:
    """What of the ticket a fix decides, and how: two fixes that decide the same otherwise contradict each other."""
    match remedy:
        case TagFix(add=add, remove=remove):
            for tag in add:
                yield ("tag", tag.casefold() if fold else tag), (True, tag)
            for tag in remove:
                yield ("tag", tag.casefold() if fold else tag), (False, "")
        case FieldFix(field=name, value=value):
            yield ("field", name.casefold()), repr(value)
        case AssignFix(assignee=assignee, group=group):
            for name, who in (("assignee", assignee), ("group", group)):
                if who is not None:
                    yield name, who
        case LinkFix(type=kind, key=key):
            # Links are planned as a whole: a plan has one new link of a ticket, or none that is sure.
            yield "link", (kind, key)
        case StatusFix(goal=goal, closure_code=code):
            yield "status", (goal, code)
        case NoteFix(template=template, public=public):
            yield ("note", public), template
