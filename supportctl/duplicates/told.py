"""The platforms' tickets as the ranking sees them, and where they are kept for explanations."""

import re
import tempfile
import weakref
from array import array
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgspec

from supportctl.duplicates import ticket as plain
from supportctl.duplicates.suggestion import Brief
from supportctl.model import CustomField, Platform, Ticket
from supportctl.text.fold import fold

CHARACTERS = 60_000
LONGEST_TITLE = 250
_NO_LETTERS = re.compile(r"[\W_]+")
_COMPARED = frozenset(name for names in plain.KINDS.values() for name in names)


def plain_ticket(ticket: Ticket) -> plain.Ticket:
    """Text, time and the fields that are compared, as they are now, whoever set them.

    Status, resolution, links, comments and history stay outside.
    """
    row: dict[str, Any] = {}
    for field in ticket.custom:
        name = _NO_LETTERS.sub("_", fold(field.name or "")).strip("_")
        if name in _COMPARED and (value := _value(field)) is not None:
            row.setdefault(name, value)
    service, component = ticket.service, ticket.component
    fields = {
        "service": service and (service.name or service.id),
        "component": component and (component.name or component.id),
        "category": ticket.category,
        "subcategory": ticket.subcategory,
        "issue_type": ticket.native_kind or (ticket.kind and ticket.kind.value),
    }
    row |= {name: value for name, value in fields.items() if value}
    row |= {"id": ticket.id, "title": ticket.title, "body": (ticket.description or "")[:CHARACTERS]}
    born = float("nan") if ticket.created_at is None else ticket.created_at.timestamp()
    return replace(plain.ticket(row), born=born)


def _value(field: CustomField) -> Any:
    value = field.value
    return value if isinstance(value, (str, int, float, list, dict)) and value != "" else None


def written(text: str) -> Ticket:
    """What somebody types, without a key: the first line is the title, as in a mail."""
    head, _, body = text.strip().partition("\n")
    if len(head) > LONGEST_TITLE:
        head, body = "", text
    return Ticket(
        platform=Platform.FILES, profile="", id="", key="", title=head.strip(), description=body.strip()[:CHARACTERS]
    )


def brief(ticket: Ticket) -> Brief:
    return Brief(
        platform=ticket.platform,
        profile=ticket.profile,
        id=ticket.id,
        key=ticket.key,
        url=ticket.url,
        title=ticket.title,
        status=ticket.status,
        created_at=ticket.created_at,
    )


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_whole(each) for each in value]
    return {_whole(key): _whole(each) for key, each in value.items()} if isinstance(value, dict) else value


class Kept:
    """Tickets in a file nobody else can open, gone with this object; read again by number."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="supportctl-")  # noqa: SIM115 (closed below)
        self._close = weakref.finalize(self, self._file.close)
        self._starts = array("q", [0])
        self._encode = msgspec.json.Encoder().encode
        self._decode = msgspec.json.Decoder(Ticket).decode

    def __len__(self) -> int:
        return len(self._starts) - 1

    def put(self, ticket: Ticket) -> int:
        self._file.seek(self._starts[-1])
        try:
            encoded = self._encode(ticket)
        except UnicodeEncodeError:  # half of a sign, which no encoding has
            encoded = self._encode(_whole(msgspec.to_builtins(ticket)))
        self._file.write(encoded)
        self._starts.append(self._file.tell())
        return len(self) - 1

    def get(self, number: int) -> Ticket:
        self._file.seek(self._starts[number])
        return self._decode(self._file.read(self._starts[number + 1] - self._starts[number]))

    def __iter__(self) -> Iterator[Ticket]:
        for number in range(len(self)):
            yield self.get(number)

    def close(self) -> None:
        self._close()
