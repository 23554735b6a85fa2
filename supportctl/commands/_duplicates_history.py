"""Past tickets of a query or a file, with what is known of their duplicates."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from supportctl.commands._app import App, count
from supportctl.commands._duplicates_state import decisions
from supportctl.errors import DataError, UsageError

if TYPE_CHECKING:
    from supportctl.duplicates.history import History
    from supportctl.model import Ticket

PAGE = 100
MERGED = "closed_by_merge"
"""The tag Zendesk gives to merged tickets; of which other one, only a comment says."""
LONGEST = 2_000
"""Characters of a comment that may be the merge's own."""


def read_history(it: App, words: Sequence[str], gold: str | None) -> "History":
    """With ``gold`` plain objects of ``--file`` are accepted; without it links of the platform are what is known."""
    from supportctl.duplicates.history import of_file, of_tickets

    if gold is not None:
        if it.options.file is None:
            raise UsageError("--gold goes with a file of tickets; nothing was measured", hint="name it with --file")
        if words:
            raise UsageError("--gold and a query do not go together; nothing was measured", hint="leave the query out")
        return _told(it, of_file(it.options.file, Path(gold)))
    known = list(decisions(it).latest().values())
    try:
        return _told(it, of_tickets(_tickets(it, words), known))
    except DataError as error:
        if it.options.file is None:
            raise
        raise DataError(error.message, hint=f"{error.hint}; other objects with --gold FILE") from None


def _tickets(it: App, words: Sequence[str]) -> "Iterator[Ticket]":
    from supportctl.adapters.base import LISTING, Need

    needs = LISTING | {Need.LINKS, Need.CUSTOM}
    reading = it.read(it.select(words), needs, limit=it.options.row_limit)
    tickets = iter(it.console.track(reading, it.source))
    while page := list(islice(tickets, PAGE)):
        yield from _with_merges(it, page)
    it.tell(reading)


def _with_merges(it: App, page: "list[Ticket]") -> "Iterable[Ticket]":
    from supportctl.adapters.base import Need
    from supportctl.duplicates.history import merged_into
    from supportctl.text.references import same_as

    merged = [ticket for ticket in page if MERGED in ticket.tags and not ticket.comments]
    found = it.reader.comments(merged) if merged and Need.COMMENTS in it.reader.capabilities.reads else {}
    for ticket in page:
        if MERGED in ticket.tags:
            said = [each.body for each in found.get(ticket.id, ticket.comments) if len(each.body) < LONGEST]
            keys = [key for text in said for key in same_as(text, ticket.platform, ticket.key)]
            yield merged_into(ticket, keys[-1]) if keys else ticket
        else:
            yield ticket


def _told(it: App, history: "History") -> "History":
    tickets = len(history.index)
    parts = [f"{history.linked:,} linked with another", f"{count(history.decided, 'decision')} that two are the same"]
    it.console.note(f"{count(tickets, 'ticket')} with a date; {', '.join(parts)}")
    if history.undated:
        it.console.note(f"{count(history.undated, 'ticket')} left out: no date of creation that can be read")
    if history.repeated:
        it.console.note(f"{count(history.repeated, 'ticket')} came again: the last one counts")
    return history
