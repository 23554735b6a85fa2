"""A file of a packet, as a command lists it."""

import msgspec


class Row(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=False):
    path: str
    bytes: int
    what: str
    note: str
