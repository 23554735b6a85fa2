"""The plan file: what will happen to which ticket, for a person to read, diff, thin out and commit.

NDJSON. The first line is the header, then one line per ticket. Rows may be deleted by hand. A row that was
edited, or that another plan made, is refused: each carries a digest of its content and of the plan's id.
"""

import hashlib
import os
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import msgspec

from supportctl import __version__
from supportctl.config import Profile
from supportctl.errors import DataError, RefusedError, StateError
from supportctl.model import Change

SCHEMA = "supportctl/plan/v1"
HOW = "every command that changes tickets makes one with --plan FILE"


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """An account of a platform; ``instance`` as in `Header`."""

    profile: str
    platform: str
    instance: str


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """``instance`` names the platform's instance, not the account: a plan a person made, CI may apply."""

    schema: str = SCHEMA
    tool: str = __version__
    id: str
    verb: str
    profile: str
    platform: str
    instance: str
    created_at: datetime
    query: str | None = None
    selected: int
    """Tickets the selection matched, those needing no change included."""
    irreversible: int = 0
    """Tickets to which something would happen that cannot be undone."""
    notify: bool = False
    """Whether the platform may mail people about the changes, where it can be told."""
    undoes: str | None = None
    """The run this plan takes back."""
    tracker: Place | None = None
    """Where the changes that say ``tracker`` are made, all before the others."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    change: Change
    digest: str


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    header: Header
    changes: list[Change]
    removed: int = 0
    """Rows deleted by hand since the plan was made."""


class HeaderLine(Header, frozen=True, kw_only=True):
    """The first line of the file. ``rows``: lines below it when the plan was made."""

    rows: int
    digest: str = ""


def instance_of(profile: Profile) -> str:
    """A short fingerprint of platform and host."""
    parts = urlsplit(profile.url)
    place = f"{profile.platform}|{(parts.hostname or '').lower()}|{parts.port or ''}|{parts.path.rstrip('/')}"
    return hashlib.sha256(place.encode()).hexdigest()[:16]


def place_of(profile: Profile) -> Place:
    return Place(profile=profile.name, platform=profile.platform, instance=instance_of(profile))


def make(
    profile: Profile,
    verb: str,
    changes: Sequence[Change],
    *,
    selected: int,
    query: str | None,
    now: datetime,
    notify: bool = False,
    undoes: str | None = None,
    tracker: Profile | None = None,
) -> Plan:
    """A plan with an id of its own, in the order of ``changes``. ``tracker``: the profile of those that say so."""
    header = Header(
        id=uuid4().hex,
        verb=verb,
        profile=profile.name,
        platform=profile.platform,
        instance=instance_of(profile),
        created_at=now,
        query=query,
        selected=selected,
        irreversible=irreversible(changes),
        notify=notify,
        undoes=undoes,
        tracker=None if tracker is None else place_of(tracker),
    )
    return Plan(header=header, changes=sorted(changes, key=_in_order))


def _in_order(change: Change) -> tuple[bool, list[tuple[int, str]]]:
    """What is made in the tracker comes first. Keys sort as people count: SUP-9 before SUP-10."""
    parts = re.split(r"(\d+)", change.key)
    return not change.tracker, [(int(part), "") if part.isdecimal() else (0, part) for part in parts]


def irreversible(changes: Iterable[Change]) -> int:
    """How many of these cannot be undone."""
    return sum(bool(change.final) for change in changes)


def dump(plan: Plan) -> bytes:
    """The file's bytes; the same plan gives the same bytes."""
    fields: dict[str, Any] = {name: getattr(plan.header, name) for name in plan.header.__struct_fields__}
    header = HeaderLine(**fields, rows=len(plan.changes) + plan.removed)
    lines = [msgspec.json.encode(msgspec.structs.replace(header, digest=_header_digest(header)))]
    lines += [msgspec.json.encode(Row(change=c, digest=digest(plan.header.id, c))) for c in plan.changes]
    return b"\n".join(lines) + b"\n"


def write(plan: Plan, path: Path) -> None:
    """Create ``path`` (never overwrite). Raises `StateError` when it cannot be written whole."""
    part = path.with_name(f".{plan.header.id}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.touch(mode=0o600)
        part.write_bytes(dump(plan))
        _put(part, path)
    except OSError as error:
        raise StateError(
            f"the plan could not be written to {path} ({error.strerror}); nothing was changed",
            hint="make room or give another place with --plan FILE",
        ) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _put(part: Path, path: Path) -> None:
    """Give the finished file its name, never over another. Raises `RefusedError`."""
    try:
        os.link(part, path)
    except FileExistsError:
        raise _taken(path) from None
    except OSError:
        # Some file systems have no hard links.
        if path.exists():
            raise _taken(path) from None
        part.rename(path)


def _taken(path: Path) -> RefusedError:
    return RefusedError(
        f"{path} exists; the plan was not written and nothing was changed",
        hint="give another name with --plan FILE, or remove the old plan",
    )


def read(path: Path) -> Plan:
    """The plan as it stands on disk. Raises `DataError` for what is not a plan, `RefusedError` for a changed row."""
    try:
        lines = path.read_bytes().removeprefix(b"\xef\xbb\xbf").splitlines()
    except OSError as error:
        raise DataError(
            f"the plan {path} cannot be read ({error.strerror})",
            hint=HOW,
        ) from error
    if not lines:
        raise DataError(f"{path} is empty", hint="make the plan again")
    header = _header(lines[0], path)
    changes: list[Change] = []
    seen: set[str] = set()
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip():
            continue
        row = _row(line, number, path)
        if row.digest != digest(header.id, row.change):
            raise RefusedError(
                f"{path}, line {number}: this row is not as the plan was made; nothing was changed",
                hint="rows may be deleted, not edited or added: make a new plan instead",
            )
        if row.change.id in seen:
            raise RefusedError(f"{path}, line {number}: ticket {row.change.key} is there twice; nothing was changed")
        seen.add(row.change.id)
        changes.append(row.change)
    fields = {name: getattr(header, name) for name in Header.__struct_fields__}
    return Plan(header=Header(**fields), changes=changes, removed=header.rows - len(changes))


def digest(plan_id: str, change: Change) -> str:
    canonical = msgspec.json.encode(change, order="deterministic")
    return hashlib.sha256(plan_id.encode() + b"\n" + canonical).hexdigest()[:16]


def _header(line: bytes, path: Path) -> HeaderLine:
    try:
        header = msgspec.json.decode(line, type=HeaderLine)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise DataError(f"{path}, line 1: not a plan's header", hint=HOW) from None
    if header.schema != SCHEMA:
        named = repr(header.schema) if re.fullmatch(r"[\w/.-]{1,40}", header.schema) else "of another form"
        raise DataError(
            f"{path} is {named}, and this version reads {SCHEMA!r}",
            hint="make the plan again with this version",
        )
    if header.digest != _header_digest(header):
        raise RefusedError(
            f"{path}, line 1: the header is not as the plan was made; nothing was changed",
            hint="rows may be deleted, the header stays: make a new plan instead",
        )
    return header


def _header_digest(header: HeaderLine) -> str:
    fields = msgspec.to_builtins(msgspec.structs.replace(header, digest=""))
    if header.tracker is None:
        # Plans made before there was such a thing keep their digest.
        del fields["tracker"]
    return hashlib.sha256(msgspec.json.encode(fields)).hexdigest()[:16]


def _row(line: bytes, number: int, path: Path) -> Row:
    try:
        return msgspec.json.decode(line, type=Row)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise RefusedError(
            f"{path}, line {number}: not a row of a plan; nothing was changed",
            hint="rows may be deleted, not edited or added: make a new plan instead",
        ) from None
