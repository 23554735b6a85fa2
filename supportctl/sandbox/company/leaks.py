"""Planted secrets. They pass format checks and checksums and open nothing; all are put together at run time."""

import base64
import json
import string
from random import Random

from supportctl.sandbox.company.desk import Desk
from supportctl.sandbox.company.faults_fields import either


def _some(rng: Random, alphabet: str, length: int) -> str:
    return "".join(rng.choice(alphabet) for _ in range(length))


def _mixed(rng: Random, length: int) -> str:
    return _some(rng, string.ascii_letters + string.digits, length)


def cloud_key(rng: Random) -> str:
    key = "AK" + "IA" + _some(rng, string.ascii_uppercase + "234567", 16)
    return f"aws_access_key_id = {key}\naws_secret_access_key = {_mixed(rng, 24)}/{_mixed(rng, 15)}"


def web_token(rng: Random) -> str:
    def part(value: bytes) -> str:
        return base64.urlsafe_b64encode(value).decode().rstrip("=")

    header = part(json.dumps({"alg": "HS256", "typ": "JWT"}, separators=(",", ":")).encode())
    claims = {"sub": f"desk-{rng.randrange(1000)}", "iat": 1_760_000_000 + rng.randrange(9_000_000), "scope": "rw"}
    body = part(json.dumps(claims, separators=(",", ":")).encode())
    return f"Authorization: Bearer {header}.{body}.{part(rng.randbytes(32))}"


def private_key(rng: Random) -> str:
    marker = "PRIVATE" + " KEY-----"
    lines = [base64.b64encode(rng.randbytes(48)).decode() for _ in range(8)]
    return "\n".join([f"-----BEGIN RSA {marker}", *lines, f"-----END RSA {marker}"])


def address_with_password(rng: Random) -> str:
    return "postgres" + f"://booking:{_mixed(rng, 14)}@db.quais-aber.net:5432/season"


def plain_password(rng: Random) -> str:
    return "user: frontdesk2\npass" + f"word: {_mixed(rng, 5)}-{_mixed(rng, 6)}7!"


def luhn_digit(digits: str) -> str:
    """The digit that makes ``digits`` pass the Luhn check."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def card(rng: Random) -> str:
    """A number of the range payment providers hand out for tests."""
    start = "4000" + "0000" + _some(rng, string.digits, 7)
    number = start + luhn_digit(start)
    return f"card {' '.join(number[place : place + 4] for place in range(0, 16, 4))}, valid until 09/29"


def account(rng: Random) -> str:
    """A German IBAN with valid check digits, on a bank code used in documentation."""
    basic = "50010517" + _some(rng, string.digits, 10)
    check = 98 - int(basic + "131400") % 97
    return f"IBAN DE{check:02d}{basic}"


SECRETS = (
    ("aws-access-key", cloud_key, "PRV821"),
    ("json-web-token", web_token, "PRV821"),
    ("private-key", private_key, "PRV821"),
    ("password-in-url", address_with_password, "PRV821"),
    ("password", plain_password, "PRV821"),
    ("card-number", card, "PRV822"),
    ("iban", account, "PRV822"),
)
_HARMLESS = (
    "The guide says aws_access_key_id = {docs}, is that the one we should use?",
    "Checksum of the file we sent: sha256 {digest}",
    "We typed user: frontdesk2 and password: <your password> as the guide says.",
    "Our order number is {order}, in case you need it.",
)


def plant_secrets(desk: Desk) -> None:
    """Each kind twice or once, in descriptions, public messages and internal notes by turns."""
    rng = desk.rng
    for turn, (kind, make, rule) in enumerate((*SECRETS, *SECRETS[:3])):
        draft = either(desk, turn)
        text = make(rng)
        place = ("description", "public comment", "internal note")[turn % 3]
        if place == "description":
            draft.description += f"\n\nThis is what we have in the settings:\n{text}"
        else:
            place_in_thread(desk, turn, text)
        draft.plant(rule, f"{kind} in {place}")
        draft.plant("secret", f"{kind} in {place}")


def plant_harmless(desk: Desk) -> None:
    """Text that looks like a secret and is none."""
    rng = desk.rng
    order = "9" + _some(rng, string.digits, 14)
    values = {
        "docs": "AK" + "IAIOSFODNN7" + "EXAMPLE",
        "digest": rng.randbytes(32).hex(),
        "order": order + luhn_digit(order),
    }
    for turn, text in enumerate(_HARMLESS):
        draft = either(desk, turn)
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", value)
        draft.description += f"\n\n{text}"
        draft.plant("trap", f"PRV821 {text.split()[0].lower()}: no secret")


def place_in_thread(desk: Desk, turn: int, text: str) -> None:
    draft = desk.drafts[-1]
    at = draft.created + (min(each.at for each in draft.messages if each.author in desk.staff) - draft.created) / 2
    if turn % 3 == 1:
        draft.say(at, draft.requester.id, f"One more thing, this is from our configuration:\n{text}")
    else:
        draft.say(at, desk.owner(draft), f"From the remote session, for whoever takes this:\n{text}", public=False)
