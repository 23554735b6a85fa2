"""Secrets are found by proof, shown never, and found in linear time."""

import base64
import itertools
import json
import time
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportctl.detect import find_secrets, mask

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
BODY = "9fKq2LmX7vRt4ZbN8wPc3HyJ6dGs1Q"


def with_checksum(prefix: str, body: str = BODY) -> str:
    number, told = zlib.crc32(body.encode()), ""
    while number:
        number, digit = divmod(number, 62)
        told = _DIGITS[digit] + told
    return prefix + body + told.rjust(6, "0")


def token(header: object, payload: object) -> str:
    parts = [json.dumps(part).encode() for part in (header, payload)] + [BODY.encode()]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


AWS = "AKIA" + "Q3XZ7LM2VN5RTKWB"
KEY = (
    "-----BEGIN RSA PRIVATE "
    + "KEY-----\n"
    + "MIIEowIBAAKCAQEAx7Kp2vQmZt9Lw4RsNc8YbHdG3fJ5uEo6\n"
    + "-----END RSA PRIVATE KEY-----"
)
GENUINE = {
    "aws-access-key-id": AWS,
    "github-token": with_checksum("ghp_"),
    "npm-token": with_checksum("npm_"),
    "slack-token": "xoxb-" + "2847561930-xK9mPq4vLt7Rz",
    "json-web-token": token({"alg": "HS256"}, {"sub": "u-4711", "iss": "acme"}),
    "private-key": KEY,
    "url-with-password": "postgres://svc:9fKq2LmX@db.internal/tickets",
    "password": "Password: Kestrel!4821",
    "basic-authorization": "Authorization: Basic " + base64.b64encode(b"svc:9fKq2LmX7v").decode(),
}
HARMLESS = [
    "ghp_" + BODY + "000000",
    "AKIAIOSFODNN7EXAMPLE",
    "password: ********",
    "password: <your password>",
    "Password: reset",
    "my password is not working since Monday",
    "Passwort: vergessen",
    "https://user:pass@host.example/",
    "https://example.org/path:with@sign",
    "commit 9fceb02d0ae598e95dc970b74767f19372d61af8",
    "api_key = ${API_KEY}",
    "-----BEGIN RSA PRIVATE KEY-----\n...\n-----END RSA PRIVATE KEY-----",
    token({"alg": "HS256"}, {"sub": "1234567890", "name": "John Doe"}),
    'if (type == "a") { password:function(T){return"password"===T.kind},submit: 1 }',
    "if password == stored.hash: return",
    "password: $.pass.value,",
    "password : '123456' }, function(",
    "password: '[FILTERED]'",
    "Password: (empty ) Ok!",
    "tiles/{z}/{x}/{y}.png?access_token=pk.Kq2LmX7vRt4ZbN8wPc3HyJ6dGs1Q9f",
    "",
]


@pytest.mark.parametrize("kind", GENUINE)
def test_found_in_a_sentence_and_masked(kind: str) -> None:
    text = f"Hello, this is what I see:\n{GENUINE[kind]}\nThanks!"
    (found,) = find_secrets(text)
    assert found.kind == kind
    secret = text[found.start : found.end]
    assert secret in GENUINE[kind]
    assert secret not in found.masked
    assert len(found.masked.rpartition("*")[2]) <= 4


@pytest.mark.parametrize("text", HARMLESS)
def test_documentation_templates_and_plain_words_are_not_secrets(text: str) -> None:
    assert find_secrets(text) == []


@pytest.mark.parametrize(
    "line",
    [
        "Passwort: Kestrel!4821",
        "contraseña: Kestrel!4821",
        "mot de passe : Kestrel!4821",
        "пароль: Kestrel!4821",
        "パスワード：Kestrel!4821",
        "The password is: Kestrel!4821.",
        "(password := Kestrel!4821)",
        "password => 'Kestrel!4821'",
    ],
)
def test_passwords_in_several_languages(line: str) -> None:
    (found,) = find_secrets(line)
    assert line[found.start : found.end] == "Kestrel!4821"
    assert found.masked == "****"


def test_several_secrets_come_by_place_and_do_not_overlap() -> None:
    text = f"password: Kestrel!4821 then {AWS}, then password={GENUINE['github-token']}"
    found = find_secrets(text)
    assert [secret.kind for secret in found] == ["password", "aws-access-key-id", "github-token"]
    assert all(one.end <= two.start for one, two in itertools.pairwise(found))


def test_a_key_that_was_cut_off_reaches_to_the_end() -> None:
    text = KEY.partition("-----END")[0]
    (found,) = find_secrets(text)
    assert found.end == len(text)


@pytest.mark.parametrize(
    "unit", ["eyJ", "a:b@", "://x", "password: ", "-----BEGIN PRIVATE KEY-----", "secret=", "key "]
)
def test_time_is_linear(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    started = time.thread_time()
    find_secrets(text)
    assert time.thread_time() - started < 5


@given(st.text())
def test_any_text_can_be_looked_through(text: str) -> None:
    for secret in find_secrets(text):
        assert 0 <= secret.start < secret.end <= len(text)


@given(st.text(min_size=1), st.text(max_size=6))
def test_a_mask_shows_the_prefix_and_four_characters_at_most(value: str, prefix: str) -> None:
    shown = mask(value, prefix)
    assert "****" in shown
    assert len(shown) <= len(prefix) + 8
