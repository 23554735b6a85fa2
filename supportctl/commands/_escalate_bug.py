"""The bug of ``escalate send``: found again where there is one, and the row of the plan that makes or mends it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from supportctl.commands import _carrying
from supportctl.commands._app import App
from supportctl.commands._tracker import There
from supportctl.errors import RefusedError, UsageError

if TYPE_CHECKING:
    from supportctl.adapters.writing import NewWish
    from supportctl.commands._escalate_send import Asked
    from supportctl.evidence.handing import Handed
    from supportctl.model import Change, NewFile, Ticket

FILES_STAY = "what was attached stays"


def marks_of(it: App, tickets: "Sequence[Ticket]") -> list[str]:
    """The labels of a bug about these tickets; the first one's is the bug's name in plans and journals."""
    from supportctl.changes.plan import instance_of
    from supportctl.evidence.handing.marks import MOST, mark_of

    instance = instance_of(it.profile)
    return [mark_of(instance, ticket.id) for ticket in tickets[:MOST]]


def find_bug(it: App, there: There, tickets: "Sequence[Ticket]") -> "Ticket | None":
    """The bug an earlier run made for one of these tickets.

    What the journal and the tickets' own links name is read from the store; the search, which may lag, comes last.
    Raises `RefusedError` where there are several.
    """
    from supportctl.adapters.base import LISTING, Need
    from supportctl.adapters.reading import get

    marks = marks_of(it, tickets)
    needs = LISTING | {Need.ATTACHMENTS, Need.LINKS}
    found: dict[str, Ticket] = {}
    named = [*_remembered(it, marks), *_linked(it, there, tickets)]
    if named:
        listed = get(there.tracker, list(dict.fromkeys(named)), needs).tickets
        found = {bug.id: bug for bug in listed if set(bug.tags) & set(marks)}
    found |= {bug.id: bug for bug in there.tracker.find(marks, needs)}
    if len(found) > 1:
        keys = ", ".join(bug.key for bug in found.values())
        raise RefusedError(
            f"there are several bugs for these tickets already: {keys}; nothing was changed",
            hint="send the packet of one ticket, or take the label supportctl-… off all bugs but one",
        )
    bug = next(iter(found.values()), None)
    if bug is not None and bug.done:
        it.console.warn(f"{bug.key} is {bug.status}: to have it looked at, reopen it with supportctl reopen {bug.key}")
    return bug


def _remembered(it: App, marks: Sequence[str]) -> list[str]:
    """Ids of bugs that runs of this computer made."""
    from supportctl.changes.tracker import id_in

    if not _carrying.journal_path(it.options.applying).exists():
        return []
    with _carrying.open_journal(it.options.applying) as journal:
        ids = [id_in(journal.last_version(mark)) for mark in marks]
    return [id_ for id_ in ids if id_ is not None]


def _linked(it: App, there: There, tickets: "Sequence[Ticket]") -> list[str]:
    """Keys at the other end of the tickets' links, where that may be the tracker."""
    from supportctl.model import Platform

    same = it.profile.platform == there.profile.platform
    links = [link for ticket in tickets for link in ticket.links]
    keys = [link.key for link in links if (link.platform is None and same) or link.platform is Platform.JSM]
    return [key for key in keys if _is_key(there, key)]


def _is_key(there: There, text: str) -> bool:
    try:
        there.tracker.normalize_key(text)
    except UsageError:
        return False
    return True


def bug_row(
    it: App, there: There, handed: "Handed", asked: "Asked", tickets: "Sequence[Ticket]", bug: "Ticket | None"
) -> "Change | None":
    """What makes the bug, or brings it up to the packet; None where it is so already."""
    from supportctl.changes.tracker import version_of
    from supportctl.model import Change
    from supportctl.model.planned import BESIDE, FILES, value_of

    wish = _wish(it, handed, asked, tickets)
    prepared = there.tracker.draft(wish) if bug is None else there.tracker.redraft(bug, wish)
    file = _file(there, handed, bug)
    actions = [*prepared.actions, *([file] if file is not None else [])]
    for risk in prepared.risks if not actions else ():
        it.console.warn(risk.message)
    if not actions:
        return None
    after = prepared.after | ({FILES: [file.name]} if file is not None else {})
    stays = prepared.stays | ({FILES: FILES_STAY} if file is not None else {})
    mark = wish.marks[0]
    return Change(
        id=mark,
        key=mark,
        actions=actions,
        version=None if bug is None else version_of(bug),
        before={} if bug is None else {name: value_of(bug, name) for name in after if name not in BESIDE},
        after=after,
        reason=it.options.applying.reason,
        risks=prepared.risks,
        stays=stays,
        tracker=True,
    )


def _wish(it: App, handed: "Handed", asked: "Asked", tickets: "Sequence[Ticket]") -> "NewWish":
    from supportctl.adapters.writing import NewWish

    fields: dict[str, str] = {}
    for each in asked.fields:
        name, equals, value = each.partition("=")
        if not equals or not name.strip():
            raise UsageError(f"--field takes NAME=VALUE; got {each[:40]!r}; nothing was changed")
        fields[name.strip()] = value.strip()
    return NewWish(
        project=str(asked.project),
        kind=asked.kind,
        title=handed.title,
        document=handed.document,
        markup=handed.markup,
        marks=marks_of(it, tickets),
        fields=fields,
        tickets=list(tickets),
    )


def _file(there: There, handed: "Handed", bug: "Ticket | None") -> "NewFile | None":
    """The packet's zip, unless these very bytes are attached already. Raises `RefusedError` for one too large."""
    from supportctl.model import NewFile

    held = bug.attachments if bug is not None else []
    if any(each.filename == handed.name and each.size in (handed.size, None) for each in held):
        return None
    limit = there.tracker.upload_limit()
    if limit is not None and handed.size > limit:
        raise RefusedError(
            f"the packet has {handed.size:,} bytes, and this Jira takes attachments of up to {limit:,}; "
            "nothing was changed",
            hint="build it again with fewer or shorter files",
        )
    return NewFile(name=handed.name, path=handed.archive, size=handed.size, sha256=handed.sha256)
