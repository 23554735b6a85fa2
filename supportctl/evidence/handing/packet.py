"""A packet on its way out: nothing goes that is not as it was made, was not verified, or that nobody has looked at."""

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

import msgspec

from supportctl.errors import DataError, RefusedError
from supportctl.evidence.packet import manifest
from supportctl.evidence.packet.manifest import ListedTicket, Manifest

DOCUMENT, MARKUP, REPORT = "summary.jira.json", "summary.wiki", "redaction-report.json"
LARGEST = 4 * 1024 * 1024
"""Bytes of a summary or report that is read."""
DIGITS = 12
"""Of the digest, in the name of what is attached: the same bytes are recognised without reading them back."""
TOLD = 3


class Handed(msgspec.Struct, frozen=True, kw_only=True):
    """What goes out. ``name`` is the file's name there; ``archive`` where it lies here."""

    id: str
    title: str
    tickets: list[ListedTicket]
    """The one it is about first."""
    document: dict[str, Any]
    markup: str
    archive: str
    name: str
    size: int
    sha256: str
    score: int | None = None
    needs_eye: list[str] = []


def take(packet: Path, *, reviewed: bool) -> Handed:
    """Of a packet's folder (its zip lies beside it) or its zip.

    Raises `DataError` for what is no packet, `RefusedError` for one whose bytes are not those of its manifest, whose
    redaction was not verified, or that holds what no tool has read and nobody has (``reviewed``).
    """
    archive = archive_of(packet)
    known = manifest.read(archive)
    for place in dict.fromkeys((packet, archive)):
        _refuse_changed(place)
    if archive != packet and manifest.read(packet) != known:
        raise RefusedError(
            f"{packet} and {archive} are not the same packet; nothing was sent",
            hint="build it again: supportctl escalate",
        )
    with zipfile.ZipFile(archive) as opened:
        _refuse_unverified(packet, _json(opened, REPORT))
        document, markup = _json(opened, DOCUMENT), _text(opened, MARKUP)
    if known.needs_eye and not reviewed:
        raise RefusedError(
            f"{_some(known.needs_eye)} of {known.id} {'was' if len(known.needs_eye) == 1 else 'were'} read by no tool; "
            "nothing was sent",
            hint="look at them, take out what must not leave and build again, or say --images reviewed",
        )
    if not known.tickets:
        raise DataError(f"{packet} names no ticket it is about; nothing was sent")
    return _handed(known, document, markup, archive)


def archive_of(packet: Path) -> Path:
    """The zip of a packet. Raises `DataError` where it is not beside the folder."""
    if not packet.exists():
        raise DataError(f"there is no packet at {packet}; nothing was sent", hint="build one: supportctl escalate KEY")
    if not packet.is_dir():
        return packet
    beside = packet.parent / f"{packet.resolve().name}.zip"
    if not beside.is_file():
        raise DataError(
            f"{beside} is not there, and the zip is what is attached; nothing was sent",
            hint="build the packet again with its zip: supportctl escalate KEY",
        )
    return beside


def _refuse_changed(place: Path) -> None:
    wrong = manifest.check(place)
    if wrong:
        raise RefusedError(
            f"{place} is not as it was made: {_some(wrong)}; nothing was sent",
            hint="build the packet again: supportctl escalate KEY",
        )


def _refuse_unverified(packet: Path, report: dict[str, Any]) -> None:
    if report.get("verified") is not True:
        raise RefusedError(
            f"the redaction of {packet} was not verified: something to be hidden may be left; nothing was sent",
            hint="build the packet again, and read its redaction-report.json",
        )


def _handed(known: Manifest, document: dict[str, Any], markup: str, archive: Path) -> Handed:
    hashed, size = hashlib.sha256(), 0
    with archive.open("rb") as file:
        while piece := file.read(1 << 20):
            hashed.update(piece)
            size += len(piece)
    digest = hashed.hexdigest()
    return Handed(
        id=known.id,
        title=known.title,
        tickets=known.tickets,
        document=document,
        markup=markup,
        archive=str(archive.resolve()),
        name=f"{known.id}-{digest[:DIGITS]}.zip",
        size=size,
        sha256=digest,
        score=known.score,
        needs_eye=known.needs_eye,
    )


def _json(opened: zipfile.ZipFile, name: str) -> dict[str, Any]:
    try:
        found = json.loads(_text(opened, name))
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise DataError(f"the packet's {name} cannot be read; nothing was sent", hint="build the packet again")
    return found


def _text(opened: zipfile.ZipFile, name: str) -> str:
    try:
        top = opened.namelist()[0].partition("/")[0]
        with opened.open(f"{top}/{name}") as member:
            data = member.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise ValueError(name)
        return data.decode()
    except (KeyError, IndexError, ValueError, RuntimeError, zipfile.BadZipFile, EOFError) as error:
        raise DataError(
            f"the packet's {name} cannot be read; nothing was sent", hint="build the packet again"
        ) from error


def _some(names: list[str]) -> str:
    more = f" and {len(names) - TOLD} more" if len(names) > TOLD else ""
    return f"{', '.join(names[:TOLD])}{more}"
