"""Naming what a plan makes before it is there: the bug has no key while the plan is read.

In comments and links ``{bug.key}``, ``{bug.id}`` and ``{bug.url}`` stand for it. They are filled in once it was made,
and the journal keeps the changes with the names filled in: an interrupted run goes on with the same bug.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from supportctl.model import Change, LinkChange, NewComment, Platform, Ticket
from supportctl.model.planned import BUG_ID, BUG_KEY, BUG_URL


def stand_in(platform: Platform, profile: str, *, url: bool) -> Ticket:
    """What stands for the bug where it is linked to. ``url``: whether the link is made by its address."""
    return Ticket(platform=platform, profile=profile, id=BUG_ID, key=BUG_KEY, url=BUG_URL if url else None)


def unnamed(change: Change) -> bool:
    """Whether the change waits for the bug's name."""
    return any(BUG_KEY in text for action in change.actions for text in _texts(action))


def _texts(action: object) -> list[str]:
    match action:
        case NewComment(body=body):
            return [body]
        case LinkChange(to=to):
            return [to]
        case _:
            return []


def named(change: Change, bug: Ticket) -> Change:
    """The change with the bug's names in its comments and links; customers' words are not looked at."""
    names = {BUG_KEY: bug.key, BUG_ID: bug.id, BUG_URL: bug.url or bug.key}
    actions = [_filled(action, names) if _texts(action) else action for action in change.actions]
    after = {
        name: _filled_in(value, names) if name in ("links", "comment") else value
        for name, value in change.after.items()
    }
    return msgspec.structs.replace(change, actions=actions, after=after)


def _filled(action: Any, names: Mapping[str, str]) -> Any:
    plain = _filled_in(msgspec.to_builtins(action), names)
    return msgspec.convert(plain, type(action))


def _filled_in(value: Any, names: Mapping[str, str]) -> Any:
    match value:
        case str():
            for name, real in names.items():
                value = value.replace(name, real)
            return value
        case dict():
            return {key: _filled_in(each, names) for key, each in value.items()}
        case list():
            return [_filled_in(each, names) for each in value]
        case _:
            return value


def all_named(changes: Sequence[Change], bug: Ticket) -> list[Change]:
    return [named(change, bug) for change in changes if unnamed(change)]
