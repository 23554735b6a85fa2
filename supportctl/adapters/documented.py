"""The border of an adapter: an answer that nobody documented becomes an error with a name, never a defect of ours."""

import functools
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import msgspec

from supportctl.errors import AmbiguousWriteError, ProtocolError, SupportctlError

C = TypeVar("C", bound=type)

READING = (
    "search", "get", "check", "count", "explain", "comments", "history", "attachments", "vocabulary", "prepare", "poll",
    "look", "touched",
)  # fmt: skip
TRACKING = ("find", "draft", "redraft", "upload_limit")
"""What an adapter has besides where tickets can be made."""
WRITING = ("submit",)
UNFORESEEN = (
    AttributeError, KeyError, TypeError, ValueError, IndexError, OverflowError, RecursionError, msgspec.MsgspecError,
)  # fmt: skip
"""What code raises that meets a value of another kind than was promised to it."""


def documented(platform: str) -> Callable[[C], C]:
    """A class decorator for adapters: errors of `UNFORESEEN` kinds leave as `ProtocolError` that quotes no value.

    After a write it is `AmbiguousWriteError`: the platform has probably acted. The original is kept as the cause, for
    ``--debug``.
    """

    def decorate(adapter: C) -> C:
        tracking = tuple(name for name in TRACKING if hasattr(adapter, name))
        for name in (*READING, *WRITING, *tracking):
            setattr(adapter, name, _guarded(getattr(adapter, name), platform, wrote=name in WRITING))
        return adapter

    return decorate


def _guarded(method: Callable[..., Any], platform: str, *, wrote: bool) -> Callable[..., Any]:
    @functools.wraps(method)
    def call(*arguments: Any, **named: Any) -> Any:
        try:
            found = method(*arguments, **named)
        except UNFORESEEN as error:
            raise _error(platform, error, wrote=wrote) from error
        return _pages(found, platform, wrote=wrote) if isinstance(found, Iterator) else found

    return call


def _pages(found: Iterator[Any], platform: str, *, wrote: bool) -> Iterator[Any]:
    """The same pages; what is wrong with one shows when it is asked for."""
    try:
        yield from found
    except UNFORESEEN as error:
        raise _error(platform, error, wrote=wrote) from error


def _error(platform: str, error: Exception, *, wrote: bool) -> SupportctlError:
    said = f"{platform} answered in a shape that is not documented ({type(error).__name__})"
    if wrote:
        return AmbiguousWriteError(
            f"{said}; the change was sent and may have been made", hint="look at the ticket before repeating the change"
        )
    return ProtocolError(
        f"{said}; nothing was changed", hint="run the command again; if it stays, with --debug to see where"
    )
