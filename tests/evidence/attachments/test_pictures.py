"""Pictures go along as pixels and nothing else."""

from __future__ import annotations

import io
import sys
import zlib
from pathlib import Path
from struct import pack

import pytest

from supportctl.evidence.attachments import Kind, Limits, collect

from .packed import taken

pytest.importorskip("PIL")

from PIL import ExifTags, Image, PngImagePlugin

SECRET = "Ana Souza, 48.2082 N"


def picture(mode: str = "RGB", size: tuple[int, int] = (40, 20)) -> Image.Image:
    image = Image.new(mode, size)
    image.paste(1 if mode == "1" else image.getpixel((0, 0)), (0, 0, 3, 3))
    return image


def written(image: Image.Image, form: str, **more: object) -> bytes:
    into = io.BytesIO()
    image.save(into, form, **more)
    return into.getvalue()


def png(**more: object) -> bytes:
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", SECRET)
    words.add_itxt("Comment", SECRET, zip=True)
    return written(picture(), "PNG", pnginfo=words, exif=exif(), icc_profile=SECRET.encode(), **more)


def exif() -> bytes:
    told = Image.Exif()
    told[ExifTags.Base.Artist] = SECRET
    told[ExifTags.Base.Orientation] = 6
    return told.tobytes()


@pytest.mark.parametrize(
    ("name", "data", "form"),
    [
        ("a.png", png() + SECRET.encode(), "PNG"),
        ("a.jpg", written(picture(), "JPEG", exif=exif(), comment=SECRET) + SECRET.encode(), "JPEG"),
        ("a.webp", written(picture(), "WEBP", exif=exif(), xmp=SECRET.encode()), "PNG"),
        ("a.tif", written(picture(), "TIFF", exif=exif(), description=SECRET), "PNG"),
        ("a.gif", written(picture("P"), "GIF", comment=SECRET.encode()), "PNG"),
        ("a.bmp", written(picture(), "BMP") + SECRET.encode(), "PNG"),
    ],
)
def test_what_stands_beside_the_pixels_is_gone(tmp_path: Path, name: str, data: bytes, form: str) -> None:
    first, _ = taken(tmp_path, name, data)
    assert first.kind is Kind.IMAGE
    assert first.needs_eye
    assert any("look at it" in note for note in first.notes)
    assert first.data is not None
    assert SECRET.encode() not in first.data
    assert first.name == ("a.jpg" if form == "JPEG" else "a.png")
    with Image.open(io.BytesIO(first.data)) as again:
        again.load()
        assert again.format == form
        assert sorted(again.size) == [20, 40]
        assert not again.getexif()
        assert set(again.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_a_turned_photo_stands_upright(tmp_path: Path) -> None:
    first, _ = taken(tmp_path, "a.jpg", written(picture(), "JPEG", exif=exif()))
    with Image.open(io.BytesIO(first.data or b"")) as again:
        assert again.size == (20, 40)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "RGB", "RGBA", "P", "I;16"])
def test_pixels_stay_as_they_were(tmp_path: Path, mode: str) -> None:
    image = picture(mode)
    first, _ = taken(tmp_path, "a.png", written(image, "PNG"))
    with Image.open(io.BytesIO(first.data or b"")) as again:
        shown = image.convert("RGB") if mode == "P" else image
        assert again.convert(shown.mode).tobytes() == shown.tobytes()


def test_only_the_first_of_several(tmp_path: Path) -> None:
    data = written(picture(), "GIF", save_all=True, append_images=[Image.new("RGB", (40, 20), "red")])
    first, _ = taken(tmp_path, "a.gif", data)
    assert "only the first of its pictures goes along" in first.notes


def bomb(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(20_000, 20_000), (60_000, 60_000), (1 << 30, 1)])
def test_bombs_are_not_drawn(tmp_path: Path, size: tuple[int, int]) -> None:
    first, _ = taken(tmp_path, "a.png", bomb(*size))
    assert not first.taken
    assert any("million pixels" in note or "damaged" in note for note in first.notes)


@pytest.mark.parametrize("data", [png()[:120], b"\x89PNG\r\n\x1a\n" + bytes(50), b"\xff\xd8\xff\xe0nothing"])
def test_damaged_ones_are_listed(tmp_path: Path, data: bytes) -> None:
    first, _ = taken(tmp_path, "a.png", data)
    assert (first.kind, first.taken, first.needs_eye) == (Kind.IMAGE, False, False)
    assert first.notes == ("a damaged picture: listed, not taken",)
    assert first.sha256


def test_kinds_that_would_start_programs(tmp_path: Path) -> None:
    first, _ = taken(tmp_path, "a.ps", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n")
    assert first.kind is Kind.PDF
    assert not first.taken


def test_a_small_limit_of_pixels(tmp_path: Path) -> None:
    first, _ = taken(tmp_path, "a.png", png(), Limits(pixels=100))
    assert not first.taken


def test_without_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.png").write_bytes(png())
    monkeypatch.setitem(sys.modules, "PIL", None)
    [first] = collect(attached=[tmp_path / "a.png"])
    assert not first.taken
    assert "pip install 'supportctl[evidence]'" in first.notes[0]
