"""Archives and files made by hand, honest and otherwise."""

from __future__ import annotations

import io
import stat
import struct
import tarfile
import warnings
import zipfile
import zlib
from pathlib import Path

from supportctl.evidence.attachments import Collected, Limits, collect


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", method) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Names that are there twice.
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 3, 2, 12, 0, 0)), data, method)
    return into.getvalue()


def zip_link(name: str, target: str) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        info = zipfile.ZipInfo(name)
        info.create_system = 3
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, target)
        archive.writestr("plain.log", "an honest line\n")
    return into.getvalue()


def tarred(files: dict[str, bytes], *special: tarfile.TarInfo, form: int = tarfile.PAX_FORMAT) -> bytes:
    into = io.BytesIO()
    with tarfile.open(fileobj=into, mode="w", format=form) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        for info in special:
            archive.addfile(info)
    return into.getvalue()


def tar_entry(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def overlapping(entries: int, size: int) -> bytes:
    """A zip whose index names the same bytes again and again under other names (no two heads alike)."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    plain = bytes(size)
    packed = packer.compress(plain) + packer.flush()
    check = zlib.crc32(plain)
    name = b"same"
    head = struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0, 8, 0, 0, check, len(packed), size, len(name), 0) + name
    fields = (0x02014B50, 20, 20, 0, 8, 0, 0, check, len(packed), size, len(name), 0, 0, 0, 0, 0, 0)
    index = (struct.pack("<IHHHHHHIIIHHHHHII", *fields) + name) * entries
    body = head + packed
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, entries % 65536, entries % 65536, len(index), len(body), 0)
    return body + index + end


def bomb_of_layers(layers: int, copies: int = 16, size: int = 1 << 20) -> bytes:
    """The manner of 42.zip: zips of zips, every layer ``copies`` times the one below."""
    inner = zipped({"0.dll": bytes(size)})
    for layer in range(layers):
        inner = zipped({f"lib {layer} {n:x}.zip": inner for n in range(copies)})
    return inner


def taken(
    tmp_path: Path, name: str, data: bytes, limits: Limits | None = None
) -> tuple[Collected, dict[str, Collected]]:
    """The file itself as it is listed, and what came out of it by name."""
    (tmp_path / name).write_bytes(data)
    first, *rest = collect(attached=[tmp_path / name], limits=limits)
    return first, {each.name: each for each in rest}
