"""Proofs that a string is the token it looks like: checksums and decodings."""

import base64
import binascii
import json
import zlib

from supportctl.detect.dummies import looks_random, obviously_dummy

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def crc_base62(value: str) -> bool:
    """GitHub and npm: the last six characters are the CRC-32 of the random part, in base 62.

    Source: GitHub's "Behind GitHub's new authentication token formats" (2021).
    """
    _, _, rest = value.partition("_")
    body, told = rest[:-6], rest[-6:]
    number, digits = zlib.crc32(body.encode()), ""
    while number:
        number, digit = divmod(number, 62)
        digits = _BASE62[digit] + digits
    return digits.rjust(6, "0") == told


def random(value: str) -> bool:
    return looks_random(value, 3.0)


def not_dummy(value: str) -> bool:
    return not obviously_dummy(value)


def json_web_token(value: str) -> bool:
    """A header that decodes and names an algorithm; jwt.io's sample subject does not count."""
    parts = value.split(".")
    header, payload = _json(parts[0]), _json(parts[1])
    return (
        isinstance(header, dict)
        and "alg" in header
        and isinstance(payload, dict)
        and payload.get("sub") != "1234567890"
    )


def basic_credentials(value: str) -> bool:
    """``Authorization: Basic``: decodes to ``user:password`` that is no sample."""
    try:
        user, colon, password = base64.b64decode(value + "=" * (-len(value) % 4), validate=True).decode().partition(":")
    except (ValueError, binascii.Error):
        return False
    return bool(user and colon and password and password.isprintable()) and not sample_pair(user, password)


def sample_pair(user: str, password: str) -> bool:
    """User names and passwords as documentation writes them (``user:pass``, ``Aladdin:open sesame``)."""
    if user == "Aladdin" or obviously_dummy(password):
        return True
    return password.lower() in {"pass", "password", "passwd", "pwd", "secret", "token", "x", "xxx", user.lower()}


def _json(part: str) -> object:
    try:
        return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return None
