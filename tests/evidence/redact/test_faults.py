"""Files as people send them: cut off, wrapped, in other encodings, or no text at all."""

import json
import time

import pytest

from supportctl.evidence.redact import Identities, Source, redact
from tests.evidence.redact.test_properties import entry, har, one

SECRET = "Abc123Def456Ghi789"
WHOLE = har(
    entry(headers={"Cookie": f"sid={SECRET}"}),
    entry(f"https://app.test/?token={SECRET}", {"x-trace": SECRET}, body=f"<b>{SECRET}</b>"),
)


@pytest.mark.parametrize("share", [0.1, 0.3, 0.45, 0.5, 0.62, 0.7, 0.8, 0.9, 0.97, 0.999])
def test_a_har_cut_off_anywhere_hides_its_cookies(share: float) -> None:
    packet = redact([Source("a.har", WHOLE[: int(len(WHOLE) * share)])])
    assert packet.clean
    [done] = packet.files
    assert done.data is not None
    assert SECRET.encode() not in done.data
    assert done.notes


def test_a_har_in_a_call() -> None:
    told = one(b"onInputData(" + WHOLE + b");\n", name="a.harp").decode()
    assert SECRET not in told
    assert told.startswith("onInputData({")
    assert told.endswith(");")
    assert len(json.loads(told[len("onInputData(") : -2])["log"]["entries"]) == 2


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_encodings_stay(encoding: str) -> None:
    told = one(WHOLE.decode().encode(encoding), name="a.har")
    document = json.loads(told.decode(encoding))
    assert SECRET not in json.dumps(document)
    assert document["log"]["entries"][0]["request"]["headers"][0]["value"] == "sid=[COOKIE_1]"


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
        b"PK\x03\x04" + b"\0" * 60,
        bytes(range(256)) * 40,
        b"\x1f\x8b\x08\x00abc",
    ],
)
def test_what_is_no_text_is_not_handed_on(data: bytes) -> None:
    [done] = redact([Source("a.bin", data)]).files
    assert done.data is None
    assert done.notes


def test_a_log_with_broken_bytes_keeps_them() -> None:
    told = one(b"10:00 caf\xe9 eva.klein@firma-x.de \xff\n" * 3, "log")
    assert told == b"10:00 caf\xe9 [EMAIL_1] \xff\n" * 3


@pytest.mark.parametrize(
    "text",
    [
        '{"log": {"entries": [1, null, "x", {"request": null, "response": []}]}}',
        '{"log": {"entries": {"a": 1}, "pages": null}}',
        '{"log": null}',
        "[]",
        '"just a string eva.klein@firma-x.de"',
        '{"a": ' * 3000 + "1" + "}" * 3000,
        '{"log": {"entries": [{"request": {"headers": [{"name": 3, "value": "x"}, "z"], "cookies": {}}}]}}',
        '{"a": 1e400, "b": NaN, "c": 12345678901234567890123}',
        '{"a": "\\ud83d", "b": "\\u0000"}',
        "",
    ],
)
def test_odd_documents(text: str) -> None:
    for kind in ("har", "json"):
        packet = redact([Source("a", text.encode(), kind)])
        assert packet.clean
        assert b"firma-x" not in (packet.files[0].data or b"")


def test_numbers_that_no_json_has() -> None:
    told = one(b'{"a": 1e400, "b": NaN, "c": 1.50, "d": 12345678901234567890123}', "json")
    assert told == b'{"a":null,"b":null,"c":1.5,"d":12345678901234567890123}'


def test_forty_kilobytes_of_quotes() -> None:
    text = "".join(f"{'> ' * (n % 40)}Am 3.4. schrieb Eva <eva.klein@firma-x.de>:\n" for n in range(900))
    told = one(text.encode(), "prose").decode()
    assert "firma-x" not in told
    assert told.count("[EMAIL_1]") == 900


def test_old_encodings_and_names() -> None:
    people = Identities.of((), names=["Jürgen Müller"])
    data = "10:00 Jürgen Müller grüßt\n".encode("cp1252")
    [done] = redact([Source("a.log", data, "log")], identities=people).files
    assert done.data == "10:00 [PERSON_1] grüßt\n".encode("cp1252")
    packed = b'{"a": "caf\xe9", "b": "\\u4e2d\\ud83d\\ude00"}'
    assert json.loads(one(packed, "json").decode("cp1252")) == {"a": "café", "b": "中😀"}


HOSTILE = [
    "a=1&" * 4000 + "<",
    "=" * 60_000,
    "://" * 20_000,
    "a://" * 10_000,
    '\\"' * 20_000,
    "<input " * 8000,
    "%3F" * 20_000,
    "1 " * 30_000,
    "a" * 60_000,
    "@" * 30_000 + "a.b",
    "eyJ" * 20_000,
    '{"a":"' * 9000,
    'token="' * 8000,
    "a:" * 30_000,
    "1.1." * 15_000,
    "-----BEGIN PRIVATE KEY-----\n" * 1500,
    "[" * 60_000,
]


@pytest.mark.slow
@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:6])
def test_time_is_about_linear(text: str) -> None:
    for kind in ("log", "prose", "har"):
        began = time.process_time()
        redact([Source("a", text.encode(), kind)])
        assert time.process_time() - began < 5
