"""The tickets suggestions are about, as they are now."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from supportctl.commands._app import App

if TYPE_CHECKING:
    from supportctl.adapters.base import Needs
    from supportctl.duplicates.suggestion import Suggestion
    from supportctl.model import Ticket

PAGE = 100
"""Tickets asked for at once."""


def tickets_of(it: App, wanted: "Sequence[Suggestion]", needs: "Needs") -> "dict[tuple[str, str], Ticket]":
    """By profile and native id. Those of another profile are read with it; from a file all are read alike."""
    keys: dict[str, dict[str, None]] = {}
    for each in wanted:
        for brief in (each.ticket, each.of):
            keys.setdefault(brief.profile, {})[brief.key] = None
    found: dict[tuple[str, str], Ticket] = {}
    for profile, named in keys.items():
        if it.options.file is not None or profile == it.profile.name:
            tickets = read(it, list(named), needs)
        else:
            with App(replace(it.options, profile=profile, token_file=None)) as there:
                tickets = read(there, list(named), needs)
        found |= {(profile, ticket.id): ticket for ticket in tickets}
    return found


def read(it: App, keys: Sequence[str], needs: "Needs") -> "list[Ticket]":
    def pages() -> "Iterable[Ticket]":
        for start in range(0, len(keys), PAGE):
            yield from it.get(keys[start : start + PAGE], needs).tickets

    return list(it.console.track(pages(), it.source))
