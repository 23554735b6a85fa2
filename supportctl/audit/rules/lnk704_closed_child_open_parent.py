from collections.abc import Iterator
from datetime import timedelta
from typing import ClassVar, Self

import msgspec

from supportctl.adapters.base import Need
from supportctl.audit.rule import Context, Options, QueueFault, QueueRule, Ref, Watch, ref
from supportctl.audit.scope import is_duplicate, is_noise, settling
from supportctl.audit.settings import spoken
from supportctl.audit.verdict import Fault
from supportctl.model import DONE, Confidence, Evidence, Kind, Link, LinkType, Severity, Status, Ticket
from supportctl.text.fold import fold_word
from supportctl.text.workaround import is_workaround

_UP = frozenset({LinkType.PARENT, LinkType.PROBLEM})
_DOWN = frozenset({LinkType.CHILD, LinkType.INCIDENT})
_ENDED = frozenset({Status.RESOLVED, Status.CLOSED, Status.CANCELLED})
_SOLVED = frozenset({Status.RESOLVED, Status.CLOSED})
MASTER = "parent_incident"
"""ServiceNow: an incident that stands for others. Its other parents are orders, whose tasks end one by one."""


class ClosedChildOpenParentOptions(Options, frozen=True):
    settle: timedelta = timedelta(days=7)
    """How long a parent may lie untouched after its last child is done."""


class ClosedChildOpenParent(QueueRule):
    """A ticket's status disagrees with that of its parent or problem.

    ## What it does
    Reports, of tickets that are linked as parent and child, or as problem and incident:

    - an open child or incident whose parent or problem is done;
    - an incident that is done although its problem, or the incident it hangs on, is open, unless a workaround is on
      record;
    - an open parent all of whose children are done, untouched for 7 days.

    ## Why is this bad?
    One of the two is wrong: either the customer was told too early that it is solved, or somebody still waits for
    work that nobody plans any more.

    ## Example
    An incident in progress, "waiting for the problem"; the problem was closed three weeks ago.

    ## Fix
    Look at both and bring the wrong one to the other's state; take the link away when they are not about one thing.

    ## False positives
    A resolved child of a closed parent agrees with it: ServiceNow resolves children with their parent and never
    closes them. An incident solved by a workaround (closure code, notes, a comment) may end before its problem.
    Duplicates, merged and cancelled tickets are left out. Sub-tasks and tasks of an order that end before their
    parent are how it should be. A state that neither the link nor the queue tells is not guessed.

    ## Fields
    Zendesk `problem_id` and a problem's incidents; JSM parent, sub-tasks and issue links with the other end's
    status; ServiceNow `parent_incident`, `problem_id`, `parent` and the records that point here. Memory: about
    0.5 kB for each linked ticket.
    """

    code = "LNK704"
    name = "closed-child-open-parent"
    aliases = ("open-child-closed-parent",)
    severity = Severity.MEDIUM
    confidence = Confidence.HIGH
    needs: ClassVar[frozenset[Need]] = frozenset({Need.LINKS})
    wants: ClassVar[frozenset[Need]] = frozenset({Need.COMMENTS})
    options = ClosedChildOpenParentOptions

    def start(self, context: Context) -> Watch:
        return FamilyWatch(context)


class Child(msgspec.Struct, frozen=True):
    """A ticket with a link upwards. ``excused``: it may be done before its parent."""

    ref: Ref
    status: Status
    parent: Link
    excused: bool


class Parent(msgspec.Struct, frozen=True):
    """A ticket with links downwards; ``children`` by id or key."""

    ref: Ref
    status: Status
    children: tuple[tuple[str, Status | None], ...]
    idle: bool


class FamilyWatch:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._settle = context.options(ClosedChildOpenParent.code, ClosedChildOpenParentOptions).settle
        self._children: list[Child] = []
        self._parents: list[Parent] = []
        self._states: dict[tuple[str, str, str], Status] = {}
        """Of tickets that others may hang on, by profile, platform and id."""
        self.eligible = 0

    def see(self, ticket: Ticket) -> None:
        if ticket.status is None or not (ticket.links or ticket.kind is Kind.PROBLEM):
            return
        up = [link for link in ticket.links if link.type in _UP]
        down = [link for link in ticket.links if link.type in _DOWN]
        if down or ticket.kind is Kind.PROBLEM:
            for name in (ticket.id, fold_word(ticket.key)):
                self._states[(ticket.profile, ticket.platform, name)] = ticket.status
        if not (up or down) or is_noise(ticket, self._context) or settling(ticket, self._context):
            return
        self.eligible += 1
        me = ref(ticket, self._context)
        self._children += [
            Child(me, ticket.status, _slim(link), _excused(ticket, link)) for link in up if not _is_duplicate(ticket)
        ]
        if down:
            children = tuple((fold_word(link.id or link.key), link.status) for link in down)
            hang = all(link.type is LinkType.CHILD and not _is_master(link) for link in down)
            self._parents.append(Parent(me, ticket.status, children, hang and self._idle(ticket)))

    def merge(self, other: Self) -> None:
        self.eligible += other.eligible
        self._children += other._children
        self._parents += other._parents
        self._states |= other._states

    def finish(self) -> Iterator[QueueFault]:
        told: set[str] = set()
        seen = {name for child in self._children for name in (child.ref.id, fold_word(child.ref.key))}
        for child in self._children:
            status = child.parent.status or self._state(child)
            fault = None if status is None else _of_child(child, status)
            if fault is not None and child.ref.id not in told:
                told.add(child.ref.id)
                yield QueueFault(platform=child.ref.platform, fault=fault, ticket=child.ref)
        for parent in self._parents:
            fault = self._of_parent(parent, seen)
            if fault is not None and parent.ref.id not in told:
                yield QueueFault(platform=parent.ref.platform, fault=fault, ticket=parent.ref)

    def _idle(self, ticket: Ticket) -> bool:
        at = ticket.updated_at
        return at is not None and self._context.elapsed(ticket, at) >= self._settle

    def _state(self, child: Child) -> Status | None:
        link = child.parent
        for name in (link.id, fold_word(link.key)):
            if name is not None and (found := self._states.get((child.ref.profile, child.ref.platform, name))):
                return found
        return None

    def _of_parent(self, parent: Parent, seen: set[str]) -> Fault | None:
        if parent.status in _ENDED:
            # Children that came along are reported themselves.
            left = [name for name, status in parent.children if status not in (None, *DONE) and name not in seen]
            if not left:
                return None
            return Fault(
                message=f"{parent.status}, and {len(left)} ticket{'s' * (len(left) > 1)} that hang on it still open",
                seen="open below",
                evidence=[Evidence(field="links", seen=f"{len(left)} of {len(parent.children)} open")],
            )
        if parent.idle and all(status in DONE for _, status in parent.children):
            return Fault(
                message="still open, and everything below it is done",
                seen="all done below",
                evidence=[Evidence(field="links", seen=f"{len(parent.children)} of {len(parent.children)} done")],
                threshold=f"untouched for {spoken(self._settle)} (option settle)",
            )
        return None


def _of_child(child: Child, parent: Status) -> Fault | None:
    kind = "problem" if child.parent.type is LinkType.PROBLEM else "parent"
    key = child.parent.key
    if child.status not in DONE and parent in _ENDED:
        message = f"{_words(child.status)}, but its {kind} {key} is {parent}"
    elif child.status in _SOLVED and parent not in DONE and not child.excused:
        message = f"{child.status}, but its {kind} {key} is {_words(parent)}"
    else:
        return None
    return Fault(
        message=message,
        seen=f"{'done' if child.status in DONE else 'open'} under {fold_word(child.parent.id or key)}",
        evidence=[
            Evidence(field="status", seen=child.status),
            Evidence(field="links", seen=f"{kind} {key} is {_words(parent)}"),
        ],
    )


def _words(status: Status) -> str:
    return status.replace("_", " ")


def _slim(link: Link) -> Link:
    return Link(type=link.type, key=link.key, id=link.id, status=link.status)


def _is_master(link: Link) -> bool:
    return (link.native_type or "").endswith(MASTER)


def _is_duplicate(ticket: Ticket) -> bool:
    """A done one says nothing about its original; an open one is still to be ended with it."""
    return bool(ticket.done) and is_duplicate(ticket)


def _excused(ticket: Ticket, link: Link) -> bool:
    if not ticket.done or (link.type is LinkType.PARENT and not _is_master(link)):
        return True
    texts = (ticket.closure_code, ticket.resolution_notes, *ticket.tags, *(each.body for each in ticket.comments))
    return any(is_workaround(text.replace("_", " ")) for text in texts if text)
