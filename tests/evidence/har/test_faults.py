"""Broken files, and secrets in every place: nothing raises, nothing is shown."""

import base64
import gzip
import io
import json
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supportctl.evidence import har
from supportctl.evidence.har import window
from supportctl.evidence.har.stream import parts
from tests.evidence.har.making import entry
from tests.evidence.har.making import har as document

WHOLE = document(entry(), entry("https://api.acme.example/x", 500, after=1), entry(after=2))


@pytest.mark.parametrize(
    ("data", "entries", "note"),
    [
        (b"\xef\xbb\xbf" + WHOLE, 3, None),
        (WHOLE.decode().encode("utf-16"), 3, None),
        (WHOLE.decode().encode("utf-16-le"), 3, None),
        (b"onInputData(" + WHOLE + b");", 3, "wrapped"),
        (b"var har = " + WHOLE, 3, "before"),
        (gzip.compress(WHOLE, mtime=0), 3, "gzip"),
        (gzip.compress(WHOLE, mtime=0)[:-20], 2, "cut off"),
        (b"[" + WHOLE + b"," + WHOLE + b"]", 6, "list"),
        (WHOLE + b"\n" + WHOLE, 6, None),
        (json.dumps(json.loads(WHOLE)["log"]).encode(), 3, None),
        (json.dumps(json.loads(WHOLE)["log"]["entries"]).encode(), 3, "list"),
        (WHOLE.replace(b'"time": 50.0', b'"time": NaN'), 3, None),
        (WHOLE.replace(b'"time": 50.0', b'"time": 1e999'), 3, None),
        (WHOLE.replace(b'"timings"', b'broken "timings"', 1), 2, "passed over"),
        (WHOLE.replace(b'"method": "GET"', b'"method": "G\nT"'), 3, None),
        (WHOLE[:-40], 2, "cut off"),
        (document(None, 7, "x", [], {}, entry()), 2, "no exchange"),
        (document(), 0, None),
    ],
)
def test_read_as_far_as_it_goes(data: bytes, entries: int, note: str | None) -> None:
    summary = har.summarize("x.har", data)
    assert summary.readable
    assert summary.entries >= entries
    assert note is None or any(note in each for each in summary.notes)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"   ",
        b"{",
        b"hello",
        b"{}",
        b'{"a": 1}',
        b"[]",
        b"<html>503</html>",
        b"PK\x03\x04zip",
        b"\x00" * 5000,
        bytes(range(256)) * 40,
    ],
)
def test_what_is_no_har_is_said_to_be_none(data: bytes) -> None:
    summary = har.summarize("x.har", data)
    assert not summary.readable
    assert summary.notes
    assert summary.markdown()
    assert summary.moments() == []


@given(st.integers(0, len(WHOLE)))
def test_cut_anywhere(at: int) -> None:
    assert har.summarize("x.har", WHOLE[:at]).entries <= 3


@given(st.lists(st.integers(0, len(WHOLE)), max_size=30))
def test_pieces_do_not_matter(cuts: list[int]) -> None:
    text = WHOLE.decode()
    bounds = sorted({0, *cuts, len(text)})
    pieces = [text[a:b] for a, b in pairwise(bounds)]
    assert list(parts(iter(pieces))) == list(parts(iter([text])))


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=30)
@given(st.data())
def test_any_field_may_be_of_any_type(data: st.DataObject) -> None:
    one: Any = entry(got={"Date": "x", "Location": "/"}, sent={"Origin": "o"})
    for _ in range(data.draw(st.integers(1, 4))):
        node = one
        while True:
            name = data.draw(st.sampled_from(sorted(node)))
            if isinstance(node[name], dict) and node[name] and data.draw(st.booleans()):
                node = node[name]
                continue
            node[name] = data.draw(anything)
            break
    summary = har.summarize("x.har", document(one, entry()))
    assert summary.entries == 2
    assert summary.markdown()
    assert msgspec.json.encode(summary)


def test_a_body_of_many_megabytes_costs_only_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "LARGE", 1 << 20)
    large = document(entry("https://a.example/1", 500, body="x\\n" * 1_000_000), entry("https://a.example/2", 404))
    summary = har.summarize("x.har", large)
    assert [each.status for each in summary.findings if each.kind == "failed"] == [500, 404]


def test_deep_nesting_is_no_crash() -> None:
    deep = b'{"log": {"entries": [' + b'{"request": ' + b"[" * 100_000 + b"]}"
    assert not har.summarize("x.har", deep).readable


SECRETS = {
    "cookie": "c00kie-Va1ue-9f8e7d", "header": "Zx81-bearer-4c5d6e7f", "query": "qqq-S3cret-1234abcd",
    "form": "Geheim-77-Tulpe", "body": "jws-9988-refresh-aabb", "mail": "eva.klein@firma-x.de",
    "key": "AKIAIOSFODNN7EXAMPLE", "basic": "hunter2-hunter2",
}  # fmt: skip


def planted() -> bytes:
    """Every secret in its place, and all of them again in the text of an error, an address and an id."""
    everything = " ".join(SECRETS.values())
    basic = base64.b64encode(f"eva:{SECRETS['basic']}".encode()).decode()
    sent = {
        "Cookie": f"session={SECRETS['cookie']}; theme=dark", "authorization": f"Bearer {SECRETS['header']}",
        "X-Api-Key": SECRETS["key"], "Proxy-Authorization": f"Basic {basic}",
        "Referer": f"https://app.acme.example/?token={SECRETS['query']}",
    }  # fmt: skip
    form = {
        "mimeType": "application/x-www-form-urlencoded",
        "text": f"password={SECRETS['form']}&user={SECRETS['mail']}",
    }
    one = entry(
        f"https://api.acme.example/login?code={SECRETS['query']}&sig={SECRETS['header']}",
        500,
        method="POST",
        sent=sent,
        got={
            "Set-Cookie": f"sid={SECRETS['cookie']}; HttpOnly",
            "x-request-id": "req-visible-1",
            "Location": f"/?token={SECRETS['query']}",
        },
        body=json.dumps({"message": f"failed for {everything}", "refresh_token": SECRETS["body"]}),
    )
    one["request"]["postData"] = form
    two = entry(
        f"https://api.acme.example/reset/{SECRETS['cookie']}",
        404,
        after=1,
        body=f"<html><title>{everything}</title></html>",
        mime="text/html",
    )
    three = entry(
        "https://api.acme.example/ok",
        200,
        after=2,
        body=json.dumps({"access_token": SECRETS["body"], "password": SECRETS["basic"]}),
    )
    return document(
        one, two, three, pages=[{"id": "p", "title": f"https://app.acme.example/?token={SECRETS['query']}"}]
    )


def test_nothing_secret_is_shown() -> None:
    summary = har.summarize("x.har", planted())
    shown = msgspec.json.encode(summary).decode() + summary.markdown() + repr(summary.moments())
    assert "req-visible-1" in shown
    assert "api.acme.example" in shown
    for name, value in SECRETS.items():
        assert value not in shown, name


def test_streams_and_progress() -> None:
    seen: list[int] = []
    summary = har.summarize("x.har", io.BytesIO(WHOLE), told=seen.append)
    assert summary.entries == 3
    assert seen[-1] == len(WHOLE)
