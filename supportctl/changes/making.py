"""From tickets and wishes to changes: one per ticket that needs one, and a reason for every ticket that gets none."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from supportctl.adapters.base import Capabilities, Need, Needs
from supportctl.adapters.writing import CommentWish, FieldWish, Prepared, TagWish, Wish, Writer
from supportctl.changes.tags import tag_change, tags_after
from supportctl.errors import UsageError
from supportctl.model import Action, Change, NewComment, Risk, Status, Ticket
from supportctl.model.planned import COMMENT, CUSTOM, empty, gap, value_of

PUBLIC_COMMENT = "a public comment"
"""What needs leave because it cannot be taken back."""


class Made(msgspec.Struct, frozen=True, kw_only=True):
    changes: list[Change]
    unchanged: list[str]
    """Keys of tickets that are already as wished."""
    skipped: list[tuple[str, str]]
    """``(key, reason)`` of tickets that cannot be planned."""

    @property
    def selected(self) -> int:
        return len(self.changes) + len(self.unchanged) + len(self.skipped)


def wishes_need(writer: Writer, wishes: Sequence[Wish]) -> Needs:
    """What has to be read of the tickets for these wishes."""
    needs: set[Need] = set()
    for wish in wishes:
        needs |= writer.needs(wish)
        if isinstance(wish, TagWish):
            needs.add(Need.TAGS)
    return frozenset(needs)


def make_changes(
    writer: Writer,
    tickets: Sequence[Ticket],
    wishes: Sequence[Wish],
    *,
    texts: Mapping[str, Sequence[NewComment]] | None = None,
    lead: Wish | None = None,
    lifted: frozenset[str] = frozenset(),
    reasons: Mapping[str, str] | None = None,
    views: Mapping[str, Ticket] | None = None,
) -> Made:
    """Actions in the order of the wishes. ``texts``: the comments of each ticket, for the `CommentWish`es among them.

    ``lead`` is the wish the others only go along with: a ticket it has nothing to do for is unchanged, and gets no
    comment. ``lifted``: codes of obstacles to be ignored. A ticket that one wish cannot be fulfilled for is left out
    whole. ``views``: tickets as an earlier wish will leave them, for the fields that are set after it. Raises
    `UsageError` for what no ticket could be given.
    """
    refuse_impossible(writer.capabilities, wishes)
    drafts = {ticket.id: _Draft(ticket) for ticket in tickets}
    # The lead goes first, so that what it has nothing to do for is never held up by what only goes along.
    for place, wish in sorted(enumerate(wishes), key=lambda each: each[1] is not lead):
        ready = [draft.ticket for draft in drafts.values() if not draft.obstacles and not draft.idle]
        seen = [views.get(each.id, each) for each in ready] if views and isinstance(wish, FieldWish) else ready
        prepared = writer.prepare(seen, wish) if ready else {}
        for ticket in ready:
            draft = drafts[ticket.id]
            draft.place = place
            draft.take(prepared.get(ticket.id, Prepared()), lifted)
            if isinstance(wish, TagWish):
                draft.tag(wish, writer.capabilities)
            if isinstance(wish, CommentWish) and texts:
                draft.comment(each for each in texts.get(ticket.id, ()) if each.public is wish.public)
            if wish is lead:
                draft.idle = not draft.actions and not draft.obstacles
    made = Made(changes=[], unchanged=[], skipped=[])
    for draft in drafts.values():
        reason = draft.refusal(writer.capabilities)
        if reason is not None:
            made.skipped.append((draft.ticket.key, reason))
        elif not draft.actions:
            made.unchanged.append(draft.ticket.key)
        else:
            made.changes.append(draft.change((reasons or {}).get(draft.ticket.id)))
    return made


def refuse_impossible(capabilities: Capabilities, wishes: Sequence[Wish]) -> None:
    """Raises `UsageError` for a kind of change the platform takes from nobody."""
    names = {
        "TagWish": "tags", "FieldWish": "set", "AssignWish": "assign", "CommentWish": "comment", "LinkWish": "link",
        "StatusWish": "transition", "MergeWish": "merge",
    }  # fmt: skip
    for wish in wishes:
        name = names[type(wish).__name__]
        if name not in capabilities.writes:
            raise UsageError(
                f"{capabilities.platform} takes no change of the kind {name!r} here; nothing was changed",
                hint="what each platform takes: docs/platforms/README.md",
            )


class _Draft:
    """One ticket's change while the wishes are gone through."""

    def __init__(self, ticket: Ticket) -> None:
        self.ticket = ticket
        self.place = 0
        """Of the wish that is being gone through."""
        self.idle = False
        """Whether the leading wish has nothing to do here."""
        self._actions: list[tuple[int, Action]] = []
        self.after: dict[str, Any] = {}
        self.obstacles: list[Risk] = []
        self.lacking: list[Risk] = []
        """Obstacles that a value planned by another wish takes away."""
        self.risks: list[Risk] = []
        self.final: list[str] = []
        self.stays: dict[str, str] = {}

    @property
    def actions(self) -> list[Action]:
        """In the order of the wishes, whatever order they were gone through in."""
        return [action for _, action in sorted(self._actions, key=lambda each: each[0])]

    def take(self, found: Prepared, lifted: frozenset[str]) -> None:
        standing = [each for each in found.obstacles if each.code not in lifted]
        self.obstacles += [each for each in standing if each.field is None]
        self.lacking += [each for each in standing if each.field is not None]
        self.risks += [each for each in found.risks if each not in self.risks]
        self.risks += [each for each in found.obstacles if each.code in lifted]
        self._actions += [(self.place, action) for action in found.actions]
        self.after |= found.after
        self.final += found.final
        self.stays |= found.stays

    def tag(self, wish: TagWish, capabilities: Capabilities) -> None:
        if gap(self.ticket, "tags") is not None:
            self.obstacles.append(Risk(code="unknown", message=f"its tags are unknown ({self.ticket.unknown['tags']})"))
            return
        change = tag_change(self.ticket.tags, wish, fold=capabilities.tags_fold_case)
        if change is not None:
            self._actions.append((self.place, change))
            self.after["tags"] = tags_after(self.ticket.tags, change)

    def comment(self, comments: Iterable[NewComment]) -> None:
        """One comment is planned as itself, several as a list, in the order they will stand."""
        for comment in comments:
            self._actions.append((self.place, comment))
            planned = {"public": comment.public, "body": comment.body}
            held = self.after.get(COMMENT)
            self.after[COMMENT] = planned if held is None else [*(held if isinstance(held, list) else [held]), planned]
            self.stays[COMMENT] = "a comment stays"
            if comment.public:
                self.final.append(PUBLIC_COMMENT)

    def refusal(self, capabilities: Capabilities) -> str | None:
        self.obstacles += [each for each in self.lacking if each.field and empty(self.after.get(each.field))]
        if self.obstacles:
            return "; ".join(dict.fromkeys(each.message for each in self.obstacles))
        if self.ticket.status is Status.DELETED:
            return "it is deleted"
        if self.actions and self.ticket.status is Status.CLOSED and capabilities.closed_is_final:
            return "it is closed, and closed tickets cannot be changed here"
        for name in self.after:
            reason = gap(self.ticket, name) if name != COMMENT else None
            if reason is not None:
                label = name.removeprefix(CUSTOM) if name.startswith(CUSTOM) else name
                return f"its {label} is unknown ({reason}), so that what was there could not be brought back"
        return None

    def change(self, reason: str | None) -> Change:
        ticket = self.ticket
        return Change(
            id=ticket.id,
            key=ticket.key,
            kind=ticket.native_kind,
            actions=self.actions,
            version=ticket.version,
            before={name: value_of(ticket, name) for name in self.after if name != COMMENT},
            after=self.after,
            reason=reason,
            risks=self.risks,
            final=self.final,
            stays=self.stays,
        )
