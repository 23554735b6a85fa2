"""Files and folders that somebody names."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from supportctl.errors import DataError, RefusedError
from supportctl.evidence.attachments import Kind, Limits, collect

LOG = b"2026-03-02 12:00 started\n"


def test_files_and_folders(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    (bundle / "var" / "log").mkdir(parents=True)
    (bundle / "var" / "log" / "app.log").write_bytes(LOG)
    (bundle / "page.html").write_bytes(b"<html>shown by a click</html>")
    (bundle / "empty.log").touch()
    (tmp_path / "app.log").write_bytes(LOG + b"other\n")
    heard: list[str] = []
    found = {each.name: each for each in collect(attached=[bundle, tmp_path / "app.log"], tell=heard.append)}
    assert list(found) == ["bundle/empty.log", "bundle/page.html.txt", "bundle/var/log/app.log", "app.log"]
    log = found["bundle/var/log/app.log"]
    assert (log.data, log.told, log.origin) == (LOG, "app.log", "--attach")
    assert (log.size, log.sha256) == (len(LOG), hashlib.sha256(LOG).hexdigest())
    assert found["bundle/empty.log"].notes == ("empty",)
    assert found["bundle/page.html.txt"].told == "page.html"
    assert heard == ["empty.log", "page.html", "app.log", "app.log"]


def test_links_and_pipes_inside_a_folder(tmp_path: Path) -> None:
    outside = tmp_path / "secret.txt"
    outside.write_bytes(b"not for others\n")
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    (bundle / "link.txt").symlink_to(outside)
    (bundle / "up").symlink_to(tmp_path, target_is_directory=True)
    os.mkfifo(bundle / "pipe")
    found = {each.name: each for each in collect(attached=[bundle])}
    assert set(found) == {"bundle/link.txt", "bundle/up", "bundle/pipe"}
    assert not any(each.taken for each in found.values())
    assert found["bundle/link.txt"].notes == ("a link: it was not followed",)
    assert found["bundle/pipe"].notes == ("neither a file nor a folder: it was not opened",)
    assert all(each.kind is Kind.UNREAD for each in found.values())


def test_a_link_that_was_named_is_meant(tmp_path: Path) -> None:
    (tmp_path / "real.log").write_bytes(LOG)
    (tmp_path / "latest.log").symlink_to(tmp_path / "real.log")
    [found] = collect(attached=[tmp_path / "latest.log"])
    assert (found.name, found.data) == ("latest.log", LOG)


@pytest.mark.parametrize("name", ["absent.log", "a\0b", "/dev/null"])
def test_what_cannot_be_taken_at_all(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match="nothing was taken"):
        collect(attached=[tmp_path / name])


def test_too_many_files(tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / f"{number}.log").write_bytes(LOG)
    with pytest.raises(RefusedError, match="more than 3 files"):
        collect(attached=[tmp_path], limits=Limits(local_files=3))


@pytest.mark.skipif(os.geteuid() == 0, reason="an administrator may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(LOG)
    (tmp_path / "a.log").chmod(0)
    [found] = collect(attached=[tmp_path / "a.log"])
    assert "cannot be read" in found.notes[0]


def test_a_folder_that_cannot_be_listed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bundle" / "closed").mkdir(parents=True)
    (tmp_path / "bundle" / "open.log").write_bytes(LOG)
    listing = os.scandir

    def scandir(path: str) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return listing(path)

    monkeypatch.setattr(os, "scandir", scandir)
    found = {each.name: each for each in collect(attached=[tmp_path / "bundle"])}
    assert found["bundle/open.log"].taken
    assert not found["bundle/closed"].taken


@pytest.mark.parametrize("text", [LOG * 200, (LOG.decode() * 200).encode("utf-16"), "ü".encode() * 3000])
def test_large_texts_are_handed_on_open(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "big.har").write_bytes(text)
    [found] = collect(attached=[tmp_path / "big.har"], limits=Limits(file_bytes=1001))
    assert found.data is None
    assert found.stream is not None
    with found.stream as stream:
        assert stream.read() == text
    assert (found.size, found.sha256) == (len(text), hashlib.sha256(text).hexdigest())


def test_large_others_are_listed(tmp_path: Path) -> None:
    video = b"\0\0\0\x14ftypqt  " + bytes(5000)
    (tmp_path / "a.mov").write_bytes(video)
    (tmp_path / "b.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(5000))
    (tmp_path / "c.log").write_bytes(LOG * 900)
    limits = Limits(file_bytes=1000, local_bytes=20_000)
    video_, picture, log = collect(attached=[tmp_path], limits=limits)
    assert (video_.kind, video_.size) == (Kind.VIDEO, len(video))
    assert picture.notes == ("larger than 1,000 bytes: not opened",)
    assert log.notes == ("larger than 20,000 bytes: not read",)
    assert not any(each.taken for each in (video_, picture, log))


def test_the_same_file_twice_and_two_of_one_name(tmp_path: Path) -> None:
    for folder, text in (("one", LOG), ("two", LOG + b"x\n")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "app.log").write_bytes(text)
    paths = [tmp_path / "one" / "app.log", tmp_path / "two" / "app.log", tmp_path / "one" / "app.log"]
    found = collect(attached=paths)
    assert [each.name for each in found] == ["app.log", "app-2.log", "app-3.log"]
    assert [each.taken for each in found] == [True, True, False]
    assert (found[2].notes, found[2].same_as) == (("the same content as another of these files",), "app.log")


def test_names_of_files_are_data(tmp_path: Path) -> None:
    for name in ("aux.log", "a\nb.log", "x:y.log", ".hidden", "\u202egol.txt"):
        (tmp_path / name).write_bytes(LOG + name.encode())
    (tmp_path / os.fsdecode(b"f\xff")).mkdir()
    (tmp_path / os.fsdecode(b"f\xff") / "a.log").write_bytes(LOG)
    names = {each.name.partition("/")[2] for each in collect(attached=[tmp_path])}
    assert names == {"_aux.log", "a_b.log", "x_y.log", "_hidden", "gol.txt", "f_/a.log"}
