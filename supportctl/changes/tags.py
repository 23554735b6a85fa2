"""Planning tag changes: from tickets and a wish to one change per ticket that needs one."""

import re
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from supportctl.adapters.base import Capabilities
from supportctl.errors import UsageError
from supportctl.model import Change, Status, TagChange, Ticket

Verb = Literal["add", "remove", "set"]


class TagPlan(msgspec.Struct, frozen=True, kw_only=True):
    changes: list[Change]
    unchanged: list[str]
    """Keys of tickets that are already as wished."""
    skipped: list[tuple[str, str]]
    """``(key, reason)`` of tickets that cannot be planned."""

    @property
    def selected(self) -> int:
        return len(self.changes) + len(self.unchanged) + len(self.skipped)


def valid_tags(texts: Sequence[str], capabilities: Capabilities) -> list[str]:
    """The tags as the platform will hold them, repeats dropped. Raises `UsageError` for one it would refuse."""
    pattern = re.compile(capabilities.tag_pattern)
    for tag in texts:
        if not pattern.fullmatch(tag):
            raise UsageError(
                f"{capabilities.platform} refuses the tag {tag!r} ({capabilities.tag_rule}); nothing was changed",
                hint=_suggestion(tag, pattern),
            )
    if capabilities.tags_fold_case:
        return list({tag.casefold(): tag for tag in reversed(texts)}.values())[::-1]
    return list(dict.fromkeys(texts))


def _suggestion(tag: str, pattern: re.Pattern[str]) -> str | None:
    for candidate in (tag.lower(), re.sub(r"\s+", "_", tag.strip()), re.sub(r"\s+", "_", tag.strip().lower())):
        if pattern.fullmatch(candidate):
            return f"did you mean {candidate!r}?"
    return None


def plan_tags(tickets: Iterable[Ticket], verb: Verb, tags: Sequence[str], capabilities: Capabilities) -> TagPlan:
    """One `Change` per ticket whose tags would differ. Unknown tags are skipped, never taken for none."""
    changes: list[Change] = []
    unchanged: list[str] = []
    skipped: list[tuple[str, str]] = []
    for ticket in tickets:
        if not ticket.knows("tags"):
            skipped.append((ticket.key, f"its tags are unknown ({ticket.unknown['tags']})"))
            continue
        if ticket.status is Status.DELETED:
            skipped.append((ticket.key, "it is deleted"))
            continue
        if ticket.status is Status.CLOSED and capabilities.closed_is_final:
            skipped.append((ticket.key, "it is closed, and closed tickets cannot be changed here"))
            continue
        action = _action(ticket.tags, verb, tags, fold=capabilities.tags_fold_case)
        if not action.add and not action.remove:
            unchanged.append(ticket.key)
            continue
        gone = set(action.remove)
        after = [tag for tag in ticket.tags if tag not in gone] + action.add
        changes.append(
            Change(
                id=ticket.id,
                key=ticket.key,
                kind=ticket.native_kind,
                action=action,
                version=ticket.version,
                before={"tags": list(ticket.tags)},
                after={"tags": after},
            )
        )
    return TagPlan(changes=changes, unchanged=unchanged, skipped=skipped)


def _action(present: Sequence[str], verb: Verb, tags: Sequence[str], *, fold: bool) -> TagChange:
    def same(tag: str) -> str:
        return tag.casefold() if fold else tag

    have = {same(tag) for tag in present}
    wanted = {same(tag) for tag in tags}
    missing = [tag for tag in tags if same(tag) not in have]
    match verb:
        case "add":
            return TagChange(add=missing)
        case "remove":
            return TagChange(remove=[tag for tag in present if same(tag) in wanted])
        case "set":
            return TagChange(add=missing, remove=[tag for tag in present if same(tag) not in wanted])
