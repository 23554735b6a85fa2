"""Taking a run back: a plan made from what the tickets' planned fields were before it.

Only fields that still are as the run left them are touched; where somebody changed one since, the ticket is left out
and named. What a platform cannot take back (comments, merges, closing for good) is not planned, and is told.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from supportctl.adapters.base import Needs
from supportctl.adapters.writing import AssignWish, FieldWish, LinkWish, StatusWish, TagWish, Wish, Writer
from supportctl.changes.making import Made, make_changes, wishes_need
from supportctl.changes.records import Entry
from supportctl.changes.work import needs_of
from supportctl.errors import UsageError
from supportctl.model import (
    Applied,
    Change,
    Failed,
    LinkChange,
    LinkType,
    Merge,
    NewComment,
    NewTicket,
    Platform,
    Status,
    TagChange,
    Ticket,
    Unverified,
)
from supportctl.model.planned import BESIDE, TRANSITION_FIELDS, gap, same, value_of
from supportctl.model.ticket import DONE

ASSIGNMENT = ("assignee", "group")


def undoable(entries: Iterable[Entry]) -> list[Change]:
    """The changes that may have had an effect."""
    return [
        entry.change for entry in entries if entry.begun or isinstance(entry.outcome, Applied | Unverified | Failed)
    ]


def comments_in(change: Change) -> int:
    """How many comments it wrote: they stay."""
    return sum(isinstance(action, NewComment) for action in change.actions)


def undo_needs(writer: Writer, changes: Sequence[Change]) -> Needs:
    """What has to be read of the tickets."""
    return needs_of(changes) | wishes_need(writer, [StatusWish(goal=Status.OPEN)])


def linked_keys(changes: Sequence[Change]) -> list[str]:
    """Keys of the tickets on this instance that links were made to or taken from."""
    ends = {
        action.to
        for change in changes
        for action in change.actions
        if isinstance(action, LinkChange) and action.type is not LinkType.TRACKED_BY and not action.native.get("url")
    }
    return sorted(ends)


def make_undo(
    writer: Writer,
    changes: Sequence[Change],
    tickets: Mapping[str, Ticket],
    others: Mapping[str, Ticket] | None = None,
    *,
    code: str | None = None,
) -> Made:
    """Changes that bring the planned fields back.

    ``tickets`` by native id, as they are now; ``others`` by key: the other ends of links. ``code``: the closure code
    of tickets that a run made, which are closed and never deleted.
    """
    made = Made(changes=[], unchanged=[], skipped=[])
    groups: dict[bytes, tuple[list[Wish], list[Ticket]]] = {}
    originals = {change.id: change for change in changes}
    for change in changes:
        ticket = tickets.get(change.id)
        reason = _obstacle(change, ticket, fold=writer.capabilities.tags_fold_case)
        if ticket is None or reason is not None:
            made.skipped.append((change.key, reason or "it is gone, or hidden from this account"))
            continue
        wishes = _wishes(change, ticket, others or {}, fold=writer.capabilities.tags_fold_case, code=code)
        if not wishes:
            made.unchanged.append(change.key)
            continue
        body = msgspec.json.encode([(type(wish).__name__, wish) for wish in wishes])
        groups.setdefault(body, (wishes, []))[1].append(ticket)
    for wishes, group in groups.values():
        try:
            _add(made, _complete(writer, wishes, group, originals))
        except UsageError as error:
            # What it was before may not be to be had any more: a person who left, a value that was taken away.
            reason = error.message.replace("; nothing was changed", "")
            made.skipped.extend((ticket.key, reason) for ticket in group)
    order = {change.id: place for place, change in enumerate(changes)}
    made.changes.sort(key=lambda change: order[change.id])
    return made


def _add(made: Made, more: Made) -> None:
    made.changes.extend(more.changes)
    made.unchanged.extend(more.unchanged)
    made.skipped.extend(more.skipped)


def _complete(writer: Writer, wishes: list[Wish], group: Sequence[Ticket], originals: Mapping[str, Change]) -> Made:
    """A transition may bring other fields back by itself: only those it would leave are set besides."""
    made = make_changes(writer, group, wishes)
    lacking: dict[bytes, tuple[list[Wish], list[Ticket]]] = {}
    by_id = {ticket.id: ticket for ticket in group}
    views: dict[str, Ticket] = {}
    for change in list(made.changes):
        left = _left(originals[change.id], change, by_id[change.id], writer.capabilities.settable)
        if left:
            body = msgspec.json.encode(left)
            lacking.setdefault(body, ([*wishes, *left], []))[1].append(by_id[change.id])
            views[change.id] = _after(by_id[change.id], change)
            made.changes.remove(change)
    for more, tickets in lacking.values():
        _add(made, make_changes(writer, tickets, more, views=views))
    return made


def _after(ticket: Ticket, change: Change) -> Ticket:
    """The ticket as the transition back will leave it, as far as closing is concerned."""
    fields = {name: change.after[name] for name in ("closure_code", "resolution_notes") if name in change.after}
    return msgspec.structs.replace(ticket, **fields)


def _left(original: Change, change: Change, ticket: Ticket, settable: frozenset[str]) -> list[FieldWish]:
    """Fields beside the status that the transition back would not bring back."""
    return [
        FieldWish(field=name, value=original.before[name])
        for name in ("closure_code", "resolution_notes")
        if name in original.before
        and name not in original.stays
        and name in settable
        and not same(name, change.after.get(name, value_of(ticket, name)), original.before[name])
    ]


def _obstacle(change: Change, ticket: Ticket | None, *, fold: bool) -> str | None:
    if ticket is None or ticket.status is Status.DELETED:
        return "it is gone, or hidden from this account"
    if any(isinstance(action, Merge) for action in change.actions):
        return "it was merged, which cannot be undone"
    if any(isinstance(action, NewTicket) for action in change.actions) and not (ticket.done or _untouched(ticket)):
        return f"somebody has taken it up (it is {ticket.native_status or ticket.status}): close it there"
    moved = [name for name in _whole(change) if not _ours(change, ticket, name, fold=fold)]
    if moved:
        return f"changed since: {', '.join(moved)}"
    return None


def _untouched(ticket: Ticket) -> bool:
    """Whether a ticket that was made is still as tickets are when they are new."""
    return ticket.status is Status.NEW


def _whole(change: Change) -> list[str]:
    """Planned fields that have one value; tags and links are taken back one by one."""
    return [name for name in change.after if name not in ("tags", "links", *BESIDE)]


def _ours(change: Change, ticket: Ticket, name: str, *, fold: bool) -> bool:
    """Whether the field is as the run left it, or already as it was."""
    if gap(ticket, name) is not None:
        return False
    now = value_of(ticket, name)
    return same(name, now, change.after[name], fold=fold) or same(name, now, change.before.get(name), fold=fold)


def _wishes(
    change: Change, ticket: Ticket, others: Mapping[str, Ticket], *, fold: bool, code: str | None = None
) -> list[Wish]:
    """What has to be wished to have the planned fields back."""
    wishes: list[Wish] = []
    differing = [
        name for name in _whole(change) if not same(name, value_of(ticket, name), change.before.get(name), fold=fold)
    ]
    # Back to work first: closed tickets refuse other edits on some platforms.
    moved = bool(set(differing) & {"status", "native_status"})
    if moved:
        goal = Status(change.before.get("status") or value_of(ticket, "status"))
        code = change.before.get("closure_code") if goal in DONE else None
        wishes.append(StatusWish(goal=goal, native=change.before.get("native_status"), closure_code=code))
    if set(differing) & set(ASSIGNMENT):
        wishes.append(_assignment(change, differing))
    wishes += [
        FieldWish(field=name, value=change.before.get(name))
        for name in differing
        if name not in ASSIGNMENT and name not in change.stays and not (moved and name in TRANSITION_FIELDS)
    ]
    for action in change.actions:
        match action:
            case TagChange(add=add, remove=remove):
                wishes.append(TagWish(add=remove, remove=add))
            case LinkChange(type=kind, remove=remove):
                wishes.append(
                    LinkWish(type=kind, to=others.get(action.to) or _other(action, ticket), remove=not remove)
                )
            case NewTicket(marks=marks):
                # Without its marks it is nobody's any more: the next packet makes another.
                wishes.append(TagWish(remove=marks))
                wishes += [] if ticket.done else [StatusWish(goal=Status.RESOLVED, closure_code=code)]
            case NewComment():
                continue
            case _:
                continue
    return wishes


def _assignment(change: Change, differing: Sequence[str]) -> AssignWish:
    def back(name: str) -> str | None:
        if name not in differing:
            return None
        was = change.before.get(name)
        return str(was["id"]) if was else "none"

    return AssignWish(assignee=back("assignee"), group=back("group"))


def _other(action: LinkChange, ticket: Ticket) -> Ticket:
    """As much of the other end as a link needs. What tracks a ticket and has no address here is an issue in Jira."""
    tracked = action.type is LinkType.TRACKED_BY and not action.native.get("url")
    named = action.native.get("platform")
    return Ticket(
        platform=Platform(named) if named else Platform.JSM if tracked else ticket.platform,
        profile=ticket.profile,
        id=action.to_id or action.to,
        key=action.to,
        url=action.native.get("url"),
    )
