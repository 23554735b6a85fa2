"""Names are data: whatever they hold, what is written lies inside, is visible, and is nobody else's."""

from __future__ import annotations

import os
import unicodedata
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from supportctl.evidence.attachments.limits import RefusedEntry
from supportctl.evidence.attachments.names import Names, entry_name, is_reserved, key_of, safe_name, safe_part

NASTY = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(list('/\\.:*?<>|"\0\n\r\t ~$%\u202e\u200b\u00ad\u0301éÉéßſK')),
    ),
    max_size=60,
)


def harmless(name: str) -> None:
    """Written below a folder it lies there, on every system, under the very name it shows."""
    assert name
    assert "\\" not in name
    assert name == unicodedata.normalize("NFC", name)
    for part in name.split("/"):
        assert part not in ("", ".", "..")
        assert not part.startswith((".", " "))
        assert not part.endswith((".", " "))
        assert not set(part) & set('<>:"|?*\0')
        assert not is_reserved(part)
        assert not PureWindowsPath(part).is_reserved()
        assert len(os.fsencode(part)) <= 200
        assert all(unicodedata.category(each) not in ("Cc", "Cf", "Cs", "Zl", "Zp") for each in part)
    assert not PurePosixPath(name).is_absolute()
    assert not PureWindowsPath(name).is_absolute()
    assert PureWindowsPath(name).drive == ""


@given(NASTY)
@example("..")
@example("../../etc/passwd")
@example("..\\..\\boot.ini")
@example("C:\\temp\\x.log")
@example("con .log")
@example("\u202egol.exe")
@example("\ud800.log")
@example("x" * 500 + ".log")
def test_any_name_of_a_sender_becomes_a_harmless_one(text: str) -> None:
    name = safe_name(text)
    assert "/" not in name
    harmless(name)
    assert safe_name(name) == name
    harmless(safe_part(text))


@given(NASTY)
def test_an_entry_has_a_harmless_name_or_none(text: str) -> None:
    try:
        name = entry_name(text)
    except RefusedEntry as refused:
        assert str(refused)
        return
    harmless(name)
    assert ".." not in text.replace("\\", "/").split("/")
    assert "\0" not in text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("../x", "out of the archive"),
        ("a/../../x", "out of the archive"),
        ("a/../b", "out of the archive"),
        ("..\\x", "out of the archive"),
        ("a/.. /x", "out of the archive"),
        ("/etc/passwd", "absolute"),
        ("\\\\server\\share\\x", "absolute"),
        ("C:x", "drive"),
        ("c:\\x", "drive"),
        ("a\0.log", "zero byte"),
        ("CON", "Windows"),
        ("logs/aux.txt", "Windows"),
        ("nul .log", "Windows"),
        ("COM¹.log", "Windows"),
        ("", "no name"),
        ("./.", "no name"),
        ("/".join("abc" for _ in range(30)), "folders deep"),
        ("/".join("x" * 100 for _ in range(20)), "too long"),
    ],
)
def test_names_that_lead_elsewhere(text: str, why: str) -> None:
    with pytest.raises(RefusedEntry, match=why):
        entry_name(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("var/log/app.log", "var/log/app.log"),
        ("./var//log/app.log", "var/log/app.log"),
        ("logs\\app.log", "logs/app.log"),
        ("app 12:30.log", "app 12_30.log"),
        ("..hidden", "_.hidden"),
        ("ログ.txt", "ログ.txt"),
        ("console.log", "console.log"),
        ("e\u0301.log", "é.log"),
        ("report\u202efdp.scr", "reportfdp.scr"),
    ],
)
def test_names_that_stay_readable(text: str, name: str) -> None:
    assert entry_name(text) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Ana\\app.log", "app.log"),
        ("", "unnamed"),
        ("...", "unnamed"),
        (".bashrc", "_bashrc"),
        ("aux", "_aux"),
        ("a" * 300 + ".har", "a" * 116 + ".har"),
    ],
)
def test_names_of_attachments(text: str, name: str) -> None:
    assert safe_name(text) == name


@given(st.lists(st.text("aA/é.1\u0301b", min_size=1, max_size=6), max_size=12))
def test_no_two_files_meet_on_any_file_system(texts: list[str]) -> None:
    names = Names()
    given_out = []
    for text in texts:
        folder = [safe_part(part) for part in text.split("/") if part]
        given_out.append(names.take("/".join(folder) or "x"))
    keys = [key_of(name) for name in given_out]
    assert len(set(keys)) == len(keys)
    for key in keys:
        assert not any(other.startswith(key + "/") for other in keys)


def test_what_was_taken_back_is_free_again() -> None:
    names = Names()
    names.take("a.zip")
    before = names.state()
    assert names.take("a.zip/x") == "a.zip-2/x"
    names.back(before)
    assert not names.free("A.ZIP")
    assert names.free("a.zip-2/x")
