"""A page of tickets with what the caller needs beyond the record, filled in bulk."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from supportctl.adapters.base import Need, Needs, Notice
from supportctl.adapters.servicenow.around import Around, by_table
from supportctl.adapters.servicenow.client import cell_text
from supportctl.adapters.servicenow.dictionary import REFUSED
from supportctl.adapters.servicenow.labels import Labels, split_tags
from supportctl.adapters.servicenow.types import Row
from supportctl.model import Link, Ticket, Unknown

Told = Mapping[str, Sequence[Any]]


class Enricher:
    def __init__(self, around: Around, labels: Labels, tag_field: str | None) -> None:
        self._around = around
        self._labels = labels
        self._tag_field = tag_field
        self._tags_closed = False

    def fill(self, tickets: list[Ticket], rows: Sequence[Row], needs: Needs) -> tuple[list[Ticket], list[Notice]]:
        """The same tickets with ``needs`` met; what the account may not see is marked hidden and named."""
        if not tickets:
            return tickets, []
        notices: list[Notice] = []
        told: dict[str, Told] = {}
        if self._tag_field is not None:
            told["tags"] = _field_tags(rows, self._tag_field)
        elif Need.TAGS in needs:
            told["tags"], more = self._tags(tickets)
            notices += more
        for need, name, read in (
            (Need.COMMENTS, "comments", self._around.comments),
            (Need.HISTORY, "history", self._around.history),
            (Need.SLAS, "slas", self._around.slas),
            (Need.ATTACHMENTS, "attachments", self._around.attachments),
        ):
            if need in needs:
                told[name], more = read(tickets)
                notices += more
        if Need.LINKS in needs:
            back, more = self._around.links(tickets)
            notices += more
            told["links"] = back
        if not told:
            return tickets, notices
        return [_with(ticket, told) for ticket in tickets], notices

    def _tags(self, tickets: Sequence[Ticket]) -> tuple[dict[str, list[str]], list[Notice]]:
        told: dict[str, list[str]] = {}
        notices = []
        for table, group in by_table(tickets).items():
            if self._tags_closed:
                break
            ids = [ticket.id for ticket in group]
            try:
                entries, hidden = self._labels.entries(table, ids)
            except REFUSED:
                self._tags_closed = True
                break
            for identity in ids:
                if identity not in hidden:
                    names = (entry.name for entry in entries.get(identity, ()) if entry.name)
                    told[identity] = sorted(dict.fromkeys(names), key=str.casefold)
        if missing := len(tickets) - len(told):
            message = "the account may not read the tags of these tickets (label_entry)"
            notices.append(Notice(code="tags-hidden", message=message, count=missing))
        return told, notices


def _field_tags(rows: Sequence[Row], field: str) -> dict[str, list[str]]:
    return {cell_text(row, "sys_id"): split_tags(cell_text(row, field)) for row in rows if field in row}


def _with(ticket: Ticket, told: Mapping[str, Told]) -> Ticket:
    unknown = dict(ticket.unknown)
    changes: dict[str, Any] = {"unknown": unknown}
    for name, values in told.items():
        held = values.get(ticket.id)
        if held is None:
            unknown[name] = Unknown.HIDDEN
            continue
        if name != "links" or unknown.get(name) is not Unknown.HIDDEN:
            unknown.pop(name, None)
        if name == "links":
            known = {(link.type, link.id) for link in ticket.links}
            held = [*ticket.links, *(link for link in held if _new(link, known))]
        changes[name] = list(held)
    return msgspec.structs.replace(ticket, **changes)


def _new(link: Link, known: set[tuple[Any, str | None]]) -> bool:
    return (link.type, link.id) not in known
