"""A look that costs next to nothing before a look that costs."""

from collections.abc import Iterable


def has_any(text: str, hints: Iterable[str]) -> bool:
    """Whether one of the hints is part of the text; both folded. A loop, as it is asked of every comment."""
    for hint in hints:  # noqa: SIM110
        if hint in text:
            return True
    return False
