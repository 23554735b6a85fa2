"""Which fields of a ticket changed between two readings, without keeping what they held.

A run stores eight hexadecimal digits per field before it changes a ticket; afterwards, and after an undo, the same
digits tell what else moved. Customers' words never enter the journal this way.
"""

import hashlib
from collections.abc import Iterable

import msgspec

from supportctl.model import Change, FieldChange, Ticket, Transition
from supportctl.model.planned import BESIDE, CUSTOM

IGNORED = frozenset(
    {"platform", "profile", "id", "key", "url", "updated_at", "version", "comments", "history", "attachments"}
    | {"unknown", "native", "custom", "slas", "tags", "links"}
)
"""Identity, what every write moves, what is fetched on demand, what runs by itself; the last ones are taken apart."""


def fingerprint(ticket: Ticket, volatile: frozenset[str] = frozenset()) -> dict[str, str]:
    """Digest by field; unknown fields are left out. ``volatile``: native names that every write moves."""
    found: dict[str, str] = {}
    for name in ticket.__struct_fields__:
        if name not in IGNORED and name not in ticket.unknown:
            found[name] = _digest(getattr(ticket, name))
    if "tags" not in ticket.unknown:
        found["tags"] = _digest(sorted(ticket.tags))
    if "links" not in ticket.unknown:
        found["links"] = _digest(sorted((link.type.value, link.key) for link in ticket.links))
    if "custom" not in ticket.unknown:
        found |= {f"{CUSTOM}{field.id}": _digest(field.value) for field in ticket.custom}
    found |= {f"native.{name}": _digest(value) for name, value in ticket.native.items() if name not in volatile}
    return found


def moved(before: dict[str, str], after: dict[str, str], planned: Iterable[str] = ()) -> list[str]:
    """Fields known both times whose digest differs, without the planned ones; sorted."""
    known = before.keys() & after.keys()
    return sorted({name for name in known if before[name] != after[name]} - set(planned))


def planned_names(change: Change) -> frozenset[str]:
    """What a change sets out to change, by our names and by the platform's."""
    native: set[str] = set()
    for action in change.actions:
        if isinstance(action, FieldChange):
            native.add(action.native_field)
        elif isinstance(action, Transition):
            native |= {name.removeprefix(CUSTOM) for name in action.fields}
    ours = frozenset(change.after) - BESIDE
    names = ours | {f"native_{name}" for name in ours}
    return names | {f"{CUSTOM}{name}" for name in native} | {f"native.{name}" for name in native}


def _digest(value: object) -> str:
    body = msgspec.json.encode(value, order="deterministic")
    return hashlib.blake2s(body, digest_size=4).hexdigest()
