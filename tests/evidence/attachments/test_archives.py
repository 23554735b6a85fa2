"""Archives of strangers: honest ones are opened, hostile ones are listed with the reason, all within bounds."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportctl.evidence.attachments import Collected, Kind, Limits, collect

from .packed import bomb_of_layers, overlapping, taken, tar_entry, tarred, zip_link, zipped

LOG = b"2026-03-02T12:00:00Z ERROR one line\n" * 20
MIB = 1 << 20


def why(each: Collected) -> str:
    return "; ".join(each.notes)


@pytest.mark.parametrize(
    ("name", "data", "inside"),
    [
        ("logs.zip", zipped({"var/app.log": LOG}), "logs.zip/var/app.log"),
        ("stored.zip", zipped({"app.log": LOG}, zipfile.ZIP_STORED), "stored.zip/app.log"),
        ("logs.tar", tarred({"var/app.log": LOG}), "logs.tar/var/app.log"),
        ("old.tar", tarred({"app.log": LOG}, form=tarfile.GNU_FORMAT), "old.tar/app.log"),
        ("logs.tar.gz", gzip.compress(tarred({"app.log": LOG}), mtime=0), "logs.tar/app.log"),
        ("logs.tgz", gzip.compress(tarred({"app.log": LOG}), mtime=0), "logs.tar/app.log"),
        ("app.log.gz", gzip.compress(LOG, mtime=0), "app.log"),
        ("two.log.gz", gzip.compress(LOG[:36], mtime=0) + gzip.compress(LOG[36:], mtime=0) + bytes(9), "two.log"),
        ("app.log.bz2", bz2.compress(LOG), "app.log"),
        ("app.log.xz", lzma.compress(LOG), "app.log"),
        ("disguised.txt", zipped({"app.log": LOG}), "disguised.txt/app.log"),
        (
            "deep.zip",
            zipped({"in.tar.gz": gzip.compress(tarred({"app.log": LOG}), mtime=0)}),
            "deep.zip/in.tar/app.log",
        ),
    ],
)
def test_honest_archives_are_opened(tmp_path: Path, name: str, data: bytes, inside: str) -> None:
    first, rest = taken(tmp_path, name, data)
    assert (first.kind, first.data, first.size) == (Kind.ARCHIVE, None, len(data))
    assert first.notes[0].startswith("opened")
    assert rest[inside].data == LOG
    assert rest[inside].kind is Kind.TEXT


def test_names_in_utf8_without_the_mark(tmp_path: Path) -> None:
    data = zipped({"Jrnl.log": LOG}).replace(b"Jrnl.log", "Jö日".encode() + b"lg")
    _, rest = taken(tmp_path, "a.zip", data)
    assert "a.zip/Jö日lg" in rest


@pytest.mark.parametrize(
    "name", ["../up.log", "/etc/up.log", "C:\\up.log", "C:up.log", "..\\up.log", "con.log", "a/NUL", "\\\\host\\x"]
)
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_entries_that_lead_elsewhere_are_listed_only(tmp_path: Path, pack, name: str) -> None:
    first, rest = taken(tmp_path, "a.bin", pack({name: LOG, "fine.log": b"fine\n"}))
    [listed] = [each for each in rest.values() if not each.taken]
    assert listed.told == name
    assert listed.notes[0].startswith("not opened: its name")
    assert listed.name.startswith("a.bin/")
    assert ".." not in listed.name
    assert rest["a.bin/fine.log"].data == b"fine\n"
    assert first.notes == ("opened: 2 entries",)


def test_a_zero_byte_in_a_name(tmp_path: Path) -> None:
    data = zipped({"safe.log!.exe": LOG}).replace(b"safe.log!.exe", b"safe.log\0.exe")
    _, rest = taken(tmp_path, "a.zip", data)
    [listed] = rest.values()
    assert not listed.taken
    assert "zero byte" in why(listed)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a.log", "A.LOG"),
        ("caf\u00e9.log", "cafe\u0301.log"),
        ("x", "x/y.log"),
        ("a.log", "a.log"),
        ("ß.log", "SS.log"),
    ],
)
def test_names_that_are_one_on_some_systems(tmp_path: Path, one: str, other: str) -> None:
    into = io.BytesIO()
    with tarfile.open(fileobj=into, mode="w") as archive:
        for name in (one, other):
            info = tarfile.TarInfo(name)
            info.size = len(LOG)
            archive.addfile(info, io.BytesIO(LOG))
    first, *rest = _collected(tmp_path, into.getvalue())
    assert [each.taken for each in rest] == [True, False]
    assert "another's" in why(rest[1])
    assert len({each.name.casefold() for each in (first, *rest)}) == 3


def _collected(tmp_path: Path, data: bytes, limits: Limits | None = None) -> list[Collected]:
    (tmp_path / "a.bin").write_bytes(data)
    return collect(attached=[tmp_path / "a.bin"], limits=limits)


@pytest.mark.parametrize(
    "entry",
    [
        tar_entry("link.log", tarfile.SYMTYPE, "/etc/passwd"),
        tar_entry("hard.log", tarfile.LNKTYPE, "fine.log"),
        tar_entry("null.log", tarfile.CHRTYPE),
        tar_entry("disk.log", tarfile.BLKTYPE),
        tar_entry("pipe.log", tarfile.FIFOTYPE),
    ],
    ids=lambda entry: entry.name,
)
def test_links_and_devices_of_a_tar(tmp_path: Path, entry: tarfile.TarInfo) -> None:
    _, rest = taken(tmp_path, "a.tar", tarred({"fine.log": LOG}, entry))
    assert rest["a.tar/fine.log"].taken
    assert not rest[f"a.tar/{entry.name}"].taken
    assert "link or a device" in why(rest[f"a.tar/{entry.name}"])


def test_links_of_a_zip(tmp_path: Path) -> None:
    _, rest = taken(tmp_path, "a.zip", zip_link("link.log", "/etc/passwd"))
    assert "link or a device" in why(rest["a.zip/link.log"])
    assert rest["a.zip/plain.log"].taken


def test_encrypted_entries(tmp_path: Path) -> None:
    data = bytearray(zipped({"secret.log": LOG, "plain.log": b"fine\n"}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + at] |= 1
    _, rest = taken(tmp_path, "a.zip", bytes(data))
    assert why(rest["a.zip/secret.log"]) == "not opened: it is encrypted"
    assert rest["a.zip/plain.log"].taken


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_that_cannot_be_bounded(tmp_path: Path, method: int) -> None:
    _, rest = taken(tmp_path, "a.zip", zipped({"app.log": LOG}, method))
    assert "in a way that is not opened" in why(rest["a.zip/app.log"])


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.7z", b"7z\xbc\xaf\x27\x1c" + bytes(40)),
        ("a.rar", b"Rar!\x1a\x07\x01\x00" + bytes(40)),
        ("a.zst", b"\x28\xb5\x2f\xfd" + bytes(40)),
        ("a.cab", b"MSCF" + bytes(40)),
    ],
)
def test_kinds_of_archives_that_are_not_opened(tmp_path: Path, name: str, data: bytes) -> None:
    first, rest = taken(tmp_path, name, data)
    assert first.kind is Kind.ARCHIVE
    assert first.notes == ("not opened: archives of this kind are not opened",)
    assert rest == {}


FLAT = Limits(ratio_from=MIB, opened_bytes=20 * MIB, file_bytes=5 * MIB, entries=200)


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("flat.zip", zipped({"0": bytes(4 * MIB)}), "200 times its size"),
        ("flat.gz", gzip.compress(bytes(4 * MIB), mtime=0), "200 times its size"),
        ("flat.bz2", bz2.compress(bytes(4 * MIB)), "200 times its size"),
        ("flat.xz", lzma.compress(bytes(4 * MIB)), "200 times its size"),
        ("flat.tgz", gzip.compress(tarred({"0": bytes(4 * MIB)}), mtime=0), "200 times its size"),
        ("overlap.zip", overlapping(100, 1000), "on top of each other"),
        ("many.zip", zipped({f"{n}.log": b"x" for n in range(201)}), "more than 200 entries"),
        ("many.tar", tarred({f"{n}.log": b"x" for n in range(201)}), "more than 200 entries"),
        ("parts.gz", gzip.compress(b"", mtime=0) * 1100, "more than 1000 parts"),
    ],
)
def test_bombs_are_not_opened(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    first, *rest = _collected(tmp_path, data, FLAT)
    assert reason in why(first)
    assert first.notes[0].startswith("not opened")
    assert rest == []
    assert (first.size, first.taken) == (len(data), False)


def test_a_million_entries_cost_little(tmp_path: Path) -> None:
    data = overlapping(1_000_000, 10)
    tracemalloc.start()
    found = _collected(tmp_path, data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [why(each) for each in found] == ["not opened: it holds more than 5,000 entries"]
    assert peak < 3 * len(data)


def test_a_tar_without_end_is_left_at_the_limit(tmp_path: Path) -> None:
    """Fifty thousand heads, packed small; all of one name."""
    packed, inner = _collected(
        tmp_path, gzip.compress(tarred({"a.log": b""})[:512] * 50_000, 1, mtime=0), Limits(entries=300)
    )
    assert packed.notes == ("opened",)
    assert "more than 300 entries" in why(inner)


def test_a_bomb_of_many_layers_costs_little(tmp_path: Path) -> None:
    bomb = bomb_of_layers(3)  # 16 * 16 * 16 * 1 MiB
    tracemalloc.start()
    found = _collected(tmp_path, bomb, FLAT)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 60 * MIB
    assert len(found) <= FLAT.entries + 1
    assert sum(each.size or 0 for each in found if each.taken) <= FLAT.opened_bytes


def test_nesting_ends(tmp_path: Path) -> None:
    data = LOG
    for level in range(8):
        data = zipped({f"level-{level}.zip": data})
    found = _collected(tmp_path, data)
    assert "5 archives deep" in why(found[-1])
    assert not any(each.taken for each in found)


def test_an_archive_that_holds_itself(tmp_path: Path) -> None:
    """No droste.zip is at hand: the collector is shown one by an opener that unfolds to what it was given."""
    from supportctl.evidence.attachments import streams

    packed = gzip.compress(LOG, mtime=0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streams, "unfold", lambda form, data, budget: streams.Unfolded(data, None))
        found = _collected(tmp_path, packed)
    assert [why(each) for each in found] == ["not opened: it holds itself"]


def test_an_xz_that_asks_for_gigabytes(tmp_path: Path) -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 1 << 20}]
    data = bytearray(lzma.compress(LOG, filters=filters))
    # Block header: size, flags, filter id 0x21, one byte of properties that says how much memory is needed, a checksum.
    at = data.index(b"\x21\x01") + 2
    data[at] = 39
    start = at - 4
    length = (data[start] + 1) * 4
    data[start + length - 4 : start + length] = struct.pack("<I", zlib.crc32(data[start : start + length - 4]))
    [found] = _collected(tmp_path, bytes(data))
    assert why(found) == "not opened: it asks for too much memory"


def test_all_archives_share_one_limit(tmp_path: Path) -> None:
    import random

    rng = random.Random(5)
    noise = {f"{n}.log": rng.randbytes(200_000).hex().encode() for n in range(6)}
    for name in ("one.zip", "two.zip"):
        (tmp_path / name).write_bytes(zipped(noise | {"own.log": name.encode()}))
    found = collect(attached=[tmp_path / "one.zip", tmp_path / "two.zip"], limits=Limits(opened_bytes=MIB))
    assert sum(each.size or 0 for each in found if each.taken) <= MIB
    left_out = [each for each in found if "together" in why(each)]
    assert len(left_out) > 5


@pytest.mark.parametrize("cut", [10, 60, 100])
@pytest.mark.parametrize(("name", "data"), [("a.zip", zipped({"a.log": LOG})), ("a.tar", tarred({"a.log": LOG}))])
def test_cut_off(tmp_path: Path, name: str, data: bytes, cut: int) -> None:
    found = _collected(tmp_path, data[:-cut] if name == "a.zip" else data[: cut + 512])
    assert not found[0].taken
    assert any("damaged" in why(each) or "cut off" in why(each) for each in found)


@pytest.mark.parametrize(("pack", "cut"), [(gzip.compress, 12), (lzma.compress, 20)])
def test_the_beginning_of_a_cut_log_is_kept(tmp_path: Path, pack, cut: int) -> None:
    import random

    text = random.Random(3).randbytes(50_000).hex().encode()
    first, part = _collected(tmp_path, pack(text)[:-cut])
    assert "cut off" in why(first)
    assert part.data
    assert text.startswith(part.data)


def test_damage_in_the_middle_is_told(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.log": LOG, "b.log": b"fine\n"}))
    data[45] ^= 0xFF
    _, rest = taken(tmp_path, "a.zip", bytes(data))
    assert why(rest["a.zip/a.log"]) == "not opened: it is damaged"
    assert rest["a.zip/b.log"].taken


def test_tars_with_wrong_sizes_end(tmp_path: Path) -> None:
    """A negative size once led the library's reader round in circles."""
    into = io.BytesIO()
    with tarfile.open(fileobj=into, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for number in range(3):
            info = tarfile.TarInfo(f"{number}.log")
            info.pax_headers = {"size": "-2048"}
            archive.addfile(info)
    found = _collected(tmp_path, into.getvalue())
    assert len(found) < 10
    assert not any(each.taken for each in found)


@pytest.mark.parametrize("comment", ["words " * 50_000, "1" * 60_000])
def test_tars_with_heads_that_cost_time_are_left(tmp_path: Path, comment: str) -> None:
    info = tarfile.TarInfo("a.log")
    info.pax_headers = {"comment": comment}
    found = _collected(tmp_path, tarred({}, info))
    assert any("damaged" in why(each) for each in found)


def test_documents_and_programs_that_are_zips(tmp_path: Path) -> None:
    word, rest = taken(tmp_path, "a.docx", zipped({"[Content_Types].xml": b"<a/>", "word/document.xml": b"<b/>"}))
    assert (word.kind, rest) == (Kind.OFFICE, {})
    other, _ = taken(tmp_path, "b.odt", zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "x": b"y"}))
    assert other.kind is Kind.OFFICE
    program, rest = taken(tmp_path, "c.zip", zipped({"META-INF/MANIFEST.MF": b"Main-Class: x", "a.log": LOG}))
    assert (program.kind, rest) == (Kind.PROGRAM, {})
    assert program.notes == ("a program: not opened",)


def test_a_mail_is_taken_apart(tmp_path: Path) -> None:
    mail = (
        b"From: a@b.example\r\nSubject: see log\r\nContent-Type: multipart/mixed; boundary=X\r\n\r\n"
        b"--X\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        b"Gr=FC=DFe\r\n--X\r\nContent-Type: application/octet-stream\r\n"
        b'Content-Disposition: attachment; filename="=?utf-8?B?Li4vw6QubG9n?="\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\nZXJyb3IKZXJyb3IK\r\n--X--\r\n"
    )
    first, rest = taken(tmp_path, "m.eml", mail)
    assert first.kind is Kind.MAIL
    assert (rest["m.eml/headers.txt"].data or b"").startswith(b"From: a@b.example")
    assert (rest["m.eml/text-1.txt"].data or b"").decode().strip() == "Grüße"
    assert rest["m.eml/ä.log"].data == b"error\nerror\n"


def test_the_same_content_goes_along_once(tmp_path: Path) -> None:
    _, rest = taken(tmp_path, "a.zip", zipped({"one.log": LOG, "two.log": LOG}))
    assert rest["a.zip/one.log"].taken
    assert why(rest["a.zip/two.log"]) == "the same content as another of these files"
    assert rest["a.zip/two.log"].same_as == "a.zip/one.log"


@given(
    st.sampled_from([zipped, tarred, lambda files: gzip.compress(tarred(files), mtime=0)]),
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=8),
    st.integers(0, 2000),
)
def test_no_damage_raises(pack, changes: list[tuple[int, int]], cut: int) -> None:
    import tempfile

    data = bytearray(pack({"var/a.log": LOG, "b.log": b"x" * 700, "c/d.txt": b"end\n"}))
    for place, value in changes:
        data[place % len(data)] = value
    with tempfile.TemporaryDirectory() as folder:
        found = _collected(Path(folder), bytes(data[: max(1, len(data) - cut)]))
    assert found
    assert sum(len(each.data or b"") for each in found) < MIB
    assert all(each.taken or each.notes for each in found)
