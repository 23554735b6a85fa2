"""What a file is, told by its first bytes; names only make it worse (a text called ``.exe`` is a program)."""

import re
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    TEXT = "text"
    IMAGE = "image"
    ARCHIVE = "archive"
    MAIL = "mail"
    PDF = "pdf"
    OFFICE = "office"
    VIDEO = "video"
    AUDIO = "audio"
    PROGRAM = "program"
    FONT = "font"
    BINARY = "binary"
    EMPTY = "empty"
    UNREAD = "unread"
    """Not to be had: hidden, deleted, too large, refused."""


class Form(NamedTuple):
    """``name`` is for people and for the code that opens it."""

    kind: Kind
    name: str


_MAGIC: tuple[tuple[bytes, Kind, str], ...] = (
    (b"PK\x03\x04", Kind.ARCHIVE, "zip"),
    (b"PK\x05\x06", Kind.ARCHIVE, "zip"),
    (b"PK\x07\x08", Kind.ARCHIVE, "split zip"),
    (b"\x1f\x8b\x08", Kind.ARCHIVE, "gz"),
    (b"BZh", Kind.ARCHIVE, "bz2"),
    (b"\xfd7zXZ\x00", Kind.ARCHIVE, "xz"),
    (b"7z\xbc\xaf\x27\x1c", Kind.ARCHIVE, "7z"),
    (b"Rar!\x1a\x07", Kind.ARCHIVE, "rar"),
    (b"\x28\xb5\x2f\xfd", Kind.ARCHIVE, "zstd"),
    (b"\x04\x22\x4d\x18", Kind.ARCHIVE, "lz4"),
    (b"MSCF\x00\x00\x00\x00", Kind.ARCHIVE, "cab"),
    (b"\x1f\x9d", Kind.ARCHIVE, "compress"),
    (b"\x89PNG\r\n\x1a\n", Kind.IMAGE, "png"),
    (b"\xff\xd8\xff", Kind.IMAGE, "jpeg"),
    (b"GIF87a", Kind.IMAGE, "gif"),
    (b"GIF89a", Kind.IMAGE, "gif"),
    (b"II*\x00", Kind.IMAGE, "tiff"),
    (b"MM\x00*", Kind.IMAGE, "tiff"),
    (b"8BPS\x00", Kind.IMAGE, "psd"),
    (b"\x00\x00\x01\x00", Kind.IMAGE, "ico"),
    (b"\xff\x0a", Kind.IMAGE, "jxl"),
    (b"\x00\x00\x00\x0cjP  ", Kind.IMAGE, "jp2"),
    (b"%!PS", Kind.PDF, "postscript"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind.OFFICE, "ole"),
    (b"{\\rtf", Kind.OFFICE, "rtf"),
    (b"\x1aE\xdf\xa3", Kind.VIDEO, "matroska"),
    (b"\x00\x00\x01\xba", Kind.VIDEO, "mpeg"),
    (b"\x00\x00\x01\xb3", Kind.VIDEO, "mpeg"),
    (b"FLV\x01", Kind.VIDEO, "flv"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Kind.VIDEO, "asf"),
    (b"OggS", Kind.AUDIO, "ogg"),
    (b"ID3", Kind.AUDIO, "mp3"),
    (b"fLaC", Kind.AUDIO, "flac"),
    (b"#!AMR", Kind.AUDIO, "amr"),
    (b"MThd", Kind.AUDIO, "midi"),
    (b"MZ", Kind.PROGRAM, "windows program"),
    (b"\x7fELF", Kind.PROGRAM, "elf"),
    (b"\xfe\xed\xfa\xce", Kind.PROGRAM, "mach-o"),
    (b"\xfe\xed\xfa\xcf", Kind.PROGRAM, "mach-o"),
    (b"\xce\xfa\xed\xfe", Kind.PROGRAM, "mach-o"),
    (b"\xcf\xfa\xed\xfe", Kind.PROGRAM, "mach-o"),
    (b"\xca\xfe\xba\xbe", Kind.PROGRAM, "java class or mach-o"),
    (b"\x00asm", Kind.PROGRAM, "webassembly"),
    (b"dex\n", Kind.PROGRAM, "android program"),
    (b"Cr24", Kind.PROGRAM, "browser extension"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", Kind.PROGRAM, "windows shortcut"),
    (b"ITSF", Kind.PROGRAM, "compiled help"),
    (b"!<arch>\n", Kind.PROGRAM, "package or library"),
    (b"\xed\xab\xee\xdb", Kind.PROGRAM, "rpm package"),
    (b"\x00\x01\x00\x00\x00", Kind.FONT, "truetype"),
    (b"OTTO", Kind.FONT, "opentype"),
    (b"wOFF", Kind.FONT, "woff"),
    (b"wOF2", Kind.FONT, "woff2"),
    (b"SQLite format 3\x00", Kind.BINARY, "sqlite database"),
    (b"\xd4\xc3\xb2\xa1", Kind.BINARY, "network capture"),
    (b"\xa1\xb2\xc3\xd4", Kind.BINARY, "network capture"),
    (b"\x0a\x0d\x0d\x0a", Kind.BINARY, "network capture"),
    (b"JAVA PROFILE", Kind.BINARY, "java heap dump"),
    (b"MDMP", Kind.BINARY, "windows memory dump"),
    (b"ElfFile\x00", Kind.BINARY, "windows event log"),
    (b"KDMV", Kind.BINARY, "disk image"),
    (b"bplist00", Kind.BINARY, "binary property list"),
)
_RIFF = {b"WEBP": (Kind.IMAGE, "webp"), b"AVI ": (Kind.VIDEO, "avi"), b"WAVE": (Kind.AUDIO, "wav")}
_BRANDS = re.compile(rb"(hei[cfmsx]|hev[cx]|mif1|msf1|avi[fs])")
_SOUND_BRANDS = (b"M4A ", b"M4B ")

RUN_BY_CLICK = frozenset({
    "exe", "com", "scr", "pif", "bat", "cmd", "ps1", "psm1", "vbs", "vbe", "jse", "wsf", "wsh", "hta", "msi", "msp",
    "mst", "dll", "cpl", "lnk", "reg", "scf", "url", "chm", "jar", "apk", "app", "application", "appref-ms",
    "gadget", "inf", "ins", "msc", "sct", "shb", "sys", "ws", "xll", "xlam", "docm", "xlsm", "pptm", "iso", "img",
    "vhd", "vhdx", "dmg", "pkg", "deb", "rpm", "desktop", "command",
})  # fmt: skip
"""Suffixes that make a computer run, mount or install a file, whatever is in it."""
SHOWN_BY_CLICK = frozenset({
    "htm", "html", "xhtml", "xht", "shtml", "mht", "mhtml", "svg", "svgz", "js", "mjs", "cjs", "sh", "bash", "zsh",
    "csh", "py", "pyw", "pl", "rb", "php",
})  # fmt: skip
"""Suffixes of texts that a click runs or shows with whatever they load; they go along as ``.txt``."""


def suffix_of(name: str) -> str:
    """In lower case, without the dot."""
    stem, dot, suffix = name.rpartition(".")
    return suffix.strip().lower() if dot and stem else ""


def form_of(name: str, data: bytes) -> Form:
    """``data``: all of it, or at least the first 64 KB where the file is large."""
    if not data:
        return Form(Kind.EMPTY, "empty")
    if suffix_of(name) in RUN_BY_CLICK:
        return Form(Kind.PROGRAM, f".{suffix_of(name)}")
    found = _by_magic(data)
    if found is not None and (found.kind in _SURE or b"\0" in data[:_LOOKED_AT] or not is_text(data)):
        return found
    if is_text(data):
        return Form(Kind.MAIL, "mail") if suffix_of(name) in ("eml", "mht", "mhtml") else Form(Kind.TEXT, "text")
    return Form(Kind.BINARY, "unknown")


_LOOKED_AT = 65_536
_SURE = frozenset({Kind.ARCHIVE, Kind.PDF, Kind.OFFICE})
"""Kinds whose files may look like text for long; with the marks of others (MZ, ID3, BM) a text may begin."""


def is_text(data: bytes) -> bool:
    """Whether the redactor could read it; long runs of zeros, which are UTF-16 to it, are no text."""
    from supportctl.evidence.redact.decode import decode

    told = decode(data)
    if told is None:
        return False
    return told.text.count("\0", 0, _LOOKED_AT) * 50 <= min(len(told.text), _LOOKED_AT)


def _by_magic(data: bytes) -> Form | None:
    for magic, kind, name in _MAGIC:
        if data.startswith(magic):
            return Form(kind, name)
    if data[:4] == b"RIFF" and data[8:12] in _RIFF:
        return Form(*_RIFF[data[8:12]])
    if data[4:8] == b"ftyp":
        if _BRANDS.match(data, 8):
            return Form(Kind.IMAGE, "heif")
        return Form(Kind.AUDIO, "m4a") if data[8:12] in _SOUND_BRANDS else Form(Kind.VIDEO, "mp4")
    if data[4:8] in (b"moov", b"mdat", b"wide") or data[188:189] == b"G" == data[:1] == data[376:377]:
        return Form(Kind.VIDEO, "video")
    if data.startswith(b"%PDF-") or (b"%PDF-" in data[:1024] and not is_text(data)):
        return Form(Kind.PDF, "pdf")
    if data[257:262] == b"ustar" or _is_old_tar(data):
        return Form(Kind.ARCHIVE, "tar")
    if data[:2] == b"BM" and len(data) > 26 and data[14:15] in b"\x0c\x28\x34\x38\x40\x6c\x7c":
        return Form(Kind.IMAGE, "bmp")
    if data[:2] in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xf1", b"\xff\xf9"):
        return Form(Kind.AUDIO, "mp3 or aac")
    return None


def _is_old_tar(data: bytes) -> bool:
    """A tar of before 1988 has no mark, but a sum over its head."""
    head = data[:512]
    if len(head) < 512 or not head[0]:
        return False
    digits = head[148:156].strip(b" \0")
    if not digits or digits.strip(b"01234567"):
        return False
    return int(digits, 8) == sum(head) - sum(head[148:156]) + 8 * 32
