"""Files that are worked on in parts: nothing of them is found less, kept less or left on the disk."""

import base64
import hashlib
import io
import json
import tempfile
from pathlib import Path

import pytest

from supportctl.evidence.redact import Redacted, Source, content, redact
from supportctl.evidence.redact import split as splitting
from tests.evidence.redact.test_properties import entry, har

SECRET = "Abc123Def456Ghi789"


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "LARGE", 4000)
    monkeypatch.setattr(content, "_PIECE", 3000)
    monkeypatch.setattr(content, "_COPIED", 700)
    monkeypatch.setattr(splitting, "_WINDOW", 1500)
    monkeypatch.setattr(splitting, "_READ", 500)


def streamed(data: bytes, name: str, kind: str | None = None) -> Redacted:
    packet = redact([Source(name, io.BytesIO(data), kind)])  # type: ignore[arg-type]
    assert packet.clean, packet.files[0].residual
    return packet.files[0]


def read(done: Redacted) -> bytes:
    assert done.stream is not None
    data = done.stream.read()
    done.close()
    return data


ENTRIES = [
    entry(f"https://app.test/{n}?token={SECRET}{n % 7}", {"Cookie": f"sid={SECRET}{n % 5}", "X-Request-Id": f"r-{n}"})
    for n in range(60)
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("pretty", [False, True])
def test_a_har_in_parts_is_the_har_at_once(encoding: str, pretty: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    document = json.loads(har(*ENTRIES))
    document["log"]["comment"] = "behind the entries: eva.klein@firma-x.de"
    data = json.dumps(document, indent=1 if pretty else None).encode(encoding)
    parts = read(streamed(data, "a.har"))
    monkeypatch.setattr(content, "LARGE", 10**9)
    [whole] = redact([Source("a.har", data)]).files
    assert whole.data is not None
    assert json.loads(parts.decode(encoding)) == json.loads(whole.data.decode(encoding))
    assert parts.decode(encoding).count("r-5") == data.decode(encoding).count("r-5")
    assert SECRET not in parts.decode(encoding)


def test_in_a_call_and_cut_off() -> None:
    whole = b"onInputData(" + har(*ENTRIES) + b");\n"
    told = read(streamed(whole, "a.harp")).decode()
    assert told.startswith("onInputData({")
    assert told.endswith(");")
    assert len(json.loads(told[len("onInputData(") : -2])["log"]["entries"]) == 60
    for share in (0.3, 0.5, 0.8, 0.99):
        done = streamed(har(*ENTRIES)[: int(len(har(*ENTRIES)) * share)], "a.har")
        entries = json.loads(read(done))["log"]["entries"]
        assert share * 60 - 2 <= len(entries) <= share * 60
        assert any("cut off" in note for note in done.notes)


@pytest.mark.parametrize(
    "document", [[{"token": SECRET, "n": n} for n in range(300)], {"x": {"token": [SECRET] * 500}}]
)
def test_other_json(document: object) -> None:
    told = json.loads(read(streamed(json.dumps(document).encode(), "a.json")))
    values = told if isinstance(told, list) else told["x"]["token"]
    assert len(values) == (300 if isinstance(document, list) else 500)
    assert SECRET not in json.dumps(told)


@pytest.mark.parametrize(
    "data",
    [
        har(*ENTRIES).replace(b'"r-30"', b'"r-30'),
        har(*ENTRIES).replace(b'"r-30"', b"\xff\xfe\x00"),
        b'{"log": {"entries": ' + har(*ENTRIES),
        b"[" * 9000,
        b'{"a": "' + b"x" * 9000,
        b'{"a": 1}' + b" " * 9000 + b"{",
    ],
    ids=["quote", "bytes", "nested", "brackets", "string", "blanks"],
)
def test_broken_ones(data: bytes) -> None:
    done = streamed(data, "a.har")
    assert SECRET.encode() not in read(done)
    assert done.notes


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "cp1252"])
def test_a_log_in_pieces(encoding: str) -> None:
    lines = [f"2024-05-01T10:{n // 60:02}:{n % 60:02}Z grün password={SECRET} user {n}@firma-x.de" for n in range(400)]
    told = read(streamed("\n".join(lines).encode(encoding), "a.log")).decode(encoding)
    assert told.splitlines() == [
        f"2024-05-01T10:{n // 60:02}:{n % 60:02}Z grün password=[PASSWORD_1] user [EMAIL_{n + 1}]" for n in range(400)
    ]


def test_one_line_without_end() -> None:
    told = read(streamed(f"it is b=1, password={SECRET} ".encode() * 800, "a.log")).decode()
    assert SECRET not in told
    assert told.count("[PASSWORD_1]") == 800


def test_a_private_key_over_the_border_of_pieces() -> None:
    body = base64.b64encode(b"".join(hashlib.sha256(bytes([n])).digest() for n in range(38))).decode()
    lines = "\n".join(body[at : at + 64] for at in range(0, len(body), 64))
    key = f"-----BEGIN RSA PRIVATE KEY-----\n{lines}\n-----END RSA PRIVATE KEY-----\n"
    for before in range(30, 90, 7):
        told = read(streamed(("10:00:00 INFO started all of it\n" * before + key + "done\n" * 900).encode(), "a.log"))
        assert not any(line.encode() in told for line in lines.split("\n"))
        assert told.endswith(b"done\n" * 900)


def test_values_of_a_small_file_in_a_large_one() -> None:
    large = io.BytesIO(b"10:00:00 nothing to see\n" * 400 + f"10:00:01 got {SECRET} back\n".encode())
    packet = redact([Source("z.log", large), Source("a.json", json.dumps({"token": SECRET}).encode())])
    assert packet.clean
    assert b"got [SECRET_1] back" in read(packet.files[1])


def test_bytes_come_back_as_bytes() -> None:
    [done] = redact([Source("a.har", har(*ENTRIES))]).files
    assert done.data is not None
    assert len(json.loads(done.data)["log"]["entries"]) == 60


def test_nothing_has_a_name_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    done = streamed(har(*ENTRIES), "a.har")
    assert list(tmp_path.iterdir()) == []
    assert read(done)
