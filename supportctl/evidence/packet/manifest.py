"""The list of what a packet holds, which tells whether it came as it was made."""

import hashlib
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

import msgspec

from supportctl.errors import DataError
from supportctl.evidence.packet.contents import Content, digest, size
from supportctl.evidence.packet.parts import Audience

NAME = "manifest.json"
SCHEMA = "supportctl/packet/v1"
_BROKEN = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError)
LARGEST = 4 * 1024 * 1024
"""Bytes of a manifest that is read."""


class ListedFile(msgspec.Struct, frozen=True, kw_only=True):
    path: str
    bytes: int
    sha256: str


class ListedTicket(msgspec.Struct, frozen=True, kw_only=True):
    platform: str
    profile: str
    key: str
    id: str
    url: str | None = None


class Manifest(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=False):
    """``files`` are all but the manifest itself."""

    schema: str
    id: str
    """``PKT-SUP-12-20260302``."""
    tool: str
    created_at: datetime
    to: Audience
    title: str
    """Redacted."""
    tickets: list[ListedTicket]
    """The one it is about first."""
    score: int | None
    """Completeness, 0 to 100."""
    severity: str | None
    zone: str
    """In which local times are told."""
    needs_eye: list[str]
    """Files no tool has read: somebody must look at them before the packet is passed on."""
    files: list[ListedFile]


def listed(files: Mapping[str, Content]) -> list[ListedFile]:
    return [
        ListedFile(path=name, bytes=size(content), sha256=digest(content)) for name, content in sorted(files.items())
    ]


def encoded(manifest: Manifest) -> bytes:
    return msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"


def read(packet: Path) -> Manifest:
    """Of a folder or a zip. Raises `DataError` for what is no packet."""
    try:
        data = _one(packet, NAME)
        manifest = msgspec.json.decode(data, type=Manifest)
    except (OSError, KeyError, *_BROKEN) as error:
        raise DataError(f"{packet} is no packet: its {NAME} cannot be read", hint=_HINT) from error
    except msgspec.DecodeError as error:
        raise DataError(f"{packet} is no packet: its {NAME} is not one of ours", hint=_HINT) from error
    if manifest.schema != SCHEMA:
        raise DataError(f"{packet} was made by another version ({manifest.schema[:40]})", hint=_HINT)
    return manifest


def check(packet: Path) -> list[str]:
    """What does not match the manifest, in words; nothing where the packet is as it was made."""
    manifest = read(packet)
    wanted = {each.path: each for each in manifest.files}
    wrong = []
    found = set()
    for name, length, hashed in _digests(packet):
        if name == NAME:
            continue
        found.add(name)
        expected = wanted.get(name)
        if expected is None:
            wrong.append(f"{name} is not in the manifest")
        elif (expected.bytes, expected.sha256) != (length, hashed):
            wrong.append(f"{name} was changed since the packet was made")
    return sorted([*wrong, *(f"{name} is missing" for name in wanted if name not in found)])


_HINT = "name the folder or the zip that supportctl escalate wrote"


def _one(packet: Path, name: str) -> bytes:
    if packet.is_dir():
        with (packet / name).open("rb") as file:
            data = file.read(LARGEST + 1)
    else:
        with zipfile.ZipFile(packet) as archive:
            tops = {each.partition("/")[0] for each in archive.namelist()}
            with archive.open(f"{tops.pop()}/{name}" if len(tops) == 1 else name) as member:
                data = member.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise KeyError(name)
    return data


def _digests(packet: Path) -> Iterator[tuple[str, int, str]]:
    """Every file below the folder, or in the zip, read in pieces."""
    if packet.is_dir():
        for path in sorted(packet.rglob("*")):
            name = path.relative_to(packet).as_posix()
            if path.is_symlink():
                yield name, -1, ""
            elif path.is_file():
                with path.open("rb") as file:
                    yield name, path.stat().st_size, digest(file)
        return
    with zipfile.ZipFile(packet) as archive:
        for info in archive.infolist():
            if info.is_dir():
                continue
            hashed, read = hashlib.sha256(), 0
            try:
                with archive.open(info) as member:
                    while piece := member.read(1 << 20):
                        hashed.update(piece)
                        read += len(piece)
            except _BROKEN:
                read = -1
            yield info.filename.partition("/")[2], read, hashed.hexdigest()
