"""What must hold of every text: nothing hidden is left, one value has one token, twice is the same as once."""

import base64
import html
import json
import re
import socket
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportctl.evidence.redact import Identities, Packet, Source, Tokens, redact
from supportctl.evidence.redact.tokens import TOKEN

LETTERS = "abcdefghijklmnopqrstuvwxyz"
WORDS = st.text(LETTERS, min_size=4, max_size=9)
NOISE = st.text(min_size=0, max_size=40)
EMAILS = st.builds(lambda a, b, c: f"{a}.{b}@{c}-mail.de", WORDS, WORDS, WORDS)
COOKIES = st.text(LETTERS + LETTERS.upper() + "0123456789", min_size=14, max_size=40).filter(
    lambda v: any(map(str.isdigit, v)) and not v.isdigit() and any(map(str.isalpha, v))
)
KINDS = st.sampled_from(["prose", "log", "json", "har"])


def one(data: bytes, kind: str | None = None, name: str = "a.txt", **more: object) -> bytes:
    packet = redact([Source(name, data, kind)], **more)  # type: ignore[arg-type]
    assert packet.clean
    [done] = packet.files
    assert done.data is not None
    return done.data


def har(*entries: dict[str, object]) -> bytes:
    return json.dumps({"log": {"version": "1.2", "creator": {"name": "t"}, "entries": list(entries)}}).encode()


def entry(
    url: str = "https://app.test/", headers: dict[str, str] | None = None, body: str = "", **more: object
) -> dict[str, object]:
    return {
        "startedDateTime": "2024-05-01T10:00:00.000Z",
        "time": 12,
        "request": {
            "method": "GET",
            "url": url,
            "headers": [{"name": name, "value": value} for name, value in (headers or {}).items()],
            "cookies": [],
            "queryString": [],
        },
        "response": {
            "status": 200,
            "headers": [],
            "cookies": [],
            "content": {"size": 1, "mimeType": "text/html", "text": body},
        },
        **more,
    }


@given(text=st.text(max_size=300), kind=KINDS)
def test_any_text_is_taken_and_comes_to_rest(text: str, kind: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    once = redact([Source("a", data, kind)])  # type: ignore[arg-type]
    if once.files[0].data is not None:
        assert one(once.files[0].data, kind, "a") == once.files[0].data


@given(email=EMAILS, before=NOISE, after=NOISE, kind=st.sampled_from(["prose", "log"]))
def test_one_token_in_every_encoding(email: str, before: str, after: str, kind: str) -> None:
    packed = base64.b64encode(f"user {email} done".encode()).decode()
    text = (
        f"{before}\nfrom {email} and {quote(email, safe='')} {quote_plus(email)} {html.escape(email)} "
        f"{json.dumps(email)} {quote(quote(email, safe=''), safe='')} {email.upper()}\nblob {packed} end\n{after}"
    )
    told = one(text.encode("utf-8", "surrogatepass"), kind)
    plain = told.decode("utf-8", "surrogatepass")
    for form in (email, quote(email, safe=""), quote(quote(email, safe=""), safe=""), email.upper(), packed):
        assert form not in plain
    middle = plain[plain.rindex("\nfrom ") : plain.rindex("\nblob ")]
    assert len(set(re.findall(r"\[EMAIL_[0-9]+\]", middle))) == 1
    assert len(re.findall(r"\[EMAIL_[0-9]+\]", middle)) == 7
    assert one(told, kind) == told


@given(session=COOKIES, email=EMAILS, noise=NOISE)
def test_nothing_of_a_har_is_left_in_any_form(session: str, email: str, noise: str) -> None:
    packed = base64.b64encode(f'{{"s": "{session}"}}'.encode()).decode()
    first = entry(
        f"https://app.test/a?sid={session}&mail={quote(email)}",
        {
            "Cookie": f"theme=dark; sess={session}",
            "X-Request-Id": "7f1a-keep",
            "referer": f"https://app.test/#{session}",
        },
        body=f"<p>{html.escape(noise)} {session} {email} {packed}</p>",
    )
    second = entry(body=json.dumps({"inner": json.dumps({"deep": session}), session: [email, noise]}))
    data = har(first, second)
    told = one(data, name="a.har")
    for value in (session, email, quote(email, safe="")):
        assert value not in told.decode()
    assert packed not in told.decode()
    document = json.loads(told)
    assert len(document["log"]["entries"]) == 2
    assert document["log"]["entries"][0]["startedDateTime"] == "2024-05-01T10:00:00.000Z"
    assert b"7f1a-keep" in told
    assert one(told, name="a.har") == told


@given(session=COOKIES, name=st.sampled_from(["password", "api_key", "client-secret", "X-Auth-Token", "sessionId"]))
def test_files_of_a_packet_share_their_tokens(session: str, name: str) -> None:
    log = f"2024-05-01T10:00:00Z INFO something with {session} in it\n".encode()
    config = json.dumps({name: session, "port": 8080}).encode()
    packet = redact([Source("z.json", config), Source("b.log", log)])
    assert packet.clean
    told = {each.name: each.data or b"" for each in packet.files}
    assert session.encode() not in b"".join(told.values())
    [token] = set(TOKEN.findall(told["z.json"].decode()))
    assert TOKEN.findall(told["b.log"].decode()) == [token]


@given(first=WORDS, last=WORDS, noise=st.text(LETTERS + " \n", max_size=40))
def test_known_people_are_hidden_everywhere(first: str, last: str, noise: str) -> None:
    name = f"{first.title()} {last.title()}"
    people = Identities.of((), names=[name])
    packet = redact(
        [
            Source(
                f"{name}.txt", f"{noise} {name.upper()} wrote. {last.title()}, {first.title()}: hi".encode(), "prose"
            ),
            Source("a.json", json.dumps({"note": f"by {name}", "list": [name]}).encode()),
        ],
        identities=people,
    )
    assert packet.clean
    everything = b"".join(each.data or b"" for each in packet.files).decode() + "".join(f.name for f in packet.files)
    assert name.lower() not in everything.lower()
    assert f"{last}, {first}" not in everything.lower()


def test_the_order_of_files_does_not_matter() -> None:
    sources = [Source(f"{n}.log", f"user{n}.x@mail-{n % 3}.de and 81.2.69.{n}\n".encode() * 3) for n in range(9)]

    def outputs(packet: Packet) -> list[bytes | None]:
        return [each.data for each in packet.files]

    assert outputs(redact(sources)) == outputs(redact(sources[::-1]))


def test_tokens_that_stand_there_already_are_nobody_elses() -> None:
    told = one(b"[EMAIL_1] wrote to [EMAIL_3] and eva.klein@firma-x.de, see %5BEMAIL_7%5D", "prose").decode()
    assert told.startswith("[EMAIL_1] wrote to [EMAIL_3] and [EMAIL_8]")


def test_a_map_gives_the_next_packet_the_same_tokens() -> None:
    first = Tokens()
    one(b"eva.klein@firma-x.de password=Geheim77!x", "log", tokens=first)
    kept = first.kept()
    assert "Geheim77!x" not in json.dumps(kept)
    second = Tokens(kept)
    told = one(b"otto@firma-x.de then EVA.KLEIN@firma-x.de password=Anders88!y", "log", tokens=second)
    assert told == b"[EMAIL_2] then [EMAIL_1] password=[PASSWORD_2]"


def test_no_socket_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object, **_more: object) -> socket.socket:
        raise AssertionError("a socket was asked for")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    text = b"call +49 30 901820-0, eva.klein@firma-x.de, https://shop.firma-x.de/a?token=abcDEF123456"
    assert b"firma-x" not in one(text, "prose")
