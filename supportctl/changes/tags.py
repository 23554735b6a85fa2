"""Planning tag changes: which tags to add to and remove from a ticket, and which tags a platform takes."""

import re
from collections.abc import Sequence

from supportctl.adapters.base import Capabilities
from supportctl.adapters.writing import TagWish
from supportctl.errors import UsageError
from supportctl.model import TagChange
from supportctl.text.taxonomy import suggestion


def valid_tags(texts: Sequence[str], capabilities: Capabilities) -> list[str]:
    """The tags as the platform will hold them, repeats dropped. Raises `UsageError` for one it would refuse."""
    pattern = re.compile(capabilities.tag_pattern)
    for tag in texts:
        if not pattern.fullmatch(tag):
            raise UsageError(
                f"{capabilities.platform} refuses the tag {tag!r} ({capabilities.tag_rule}); nothing was changed",
                hint=suggestion(tag, pattern),
            )
    if capabilities.tags_fold_case:
        return list({tag.casefold(): tag for tag in reversed(texts)}.values())[::-1]
    return list(dict.fromkeys(texts))


def tag_change(present: Sequence[str], wish: TagWish, *, fold: bool) -> TagChange | None:
    """What has to be added and removed; None when the tags are already as wished."""

    def same(tag: str) -> str:
        return tag.casefold() if fold else tag

    have = {same(tag) for tag in present}
    wanted = {same(tag) for tag in wish.add}
    unwanted = {same(tag) for tag in wish.remove} - wanted
    missing = [tag for tag in wish.add if same(tag) not in have]
    going = [tag for tag in present if same(tag) in unwanted or (wish.exact and same(tag) not in wanted)]
    return TagChange(add=missing, remove=going) if missing or going else None


def tags_after(present: Sequence[str], change: TagChange) -> list[str]:
    gone = set(change.remove)
    return [tag for tag in present if tag not in gone] + change.add
