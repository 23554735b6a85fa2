"""What people write behind its name in running text: passwords, numbers of passports and social insurance.

A redactor takes them without a checksum: the name is enough.
"""

import re
from collections.abc import Iterator

from supportctl.detect.dummies import looks_chosen
from supportctl.evidence.redact.spots import Spot
from supportctl.evidence.redact.tokens import TOKEN

_IS = r"(?:is|was|are|ist|war|lautet|lautete|es|era|est|était|è|era|é|is nu|to|jest|是|は|:|：|=)"
_PASSWORDS = (
    "password", "passwort", "kennwort", "passphrase", "passcode", "mot de passe", "contraseña", "senha", "wachtwoord",
    "hasło", "пароль", "lösenord", "parola", "密码", "密碼", "パスワード", "비밀번호",
)  # fmt: skip
_PASSWORD = re.compile(
    rf"(?:\s+(?:for|für|pour|para|to|of|zu|von|vom)\s+\S{{1,40}}){{0,2}}\s{{0,3}}{_IS}[\s:：]{{0,3}}[\"'`«„“]?"
    r"(?P<v>[^\s\"'`<>,;«»„“”]{4,128})",
    re.IGNORECASE,
)
_NUMBERS = (
    "passport", "passeport", "reisepass", "pasaporte", "passaporto", "passaporte", "ausweis", "driver", "driving",
    "führerschein", "social security", "sozialversicherung", "rentenversicherung", "krankenvers", "national id",
    "national insurance", "identity card", "id card", "tax id", "taxpayer", "steuernummer", "steuer-id", "cnpj", "cpf",
    "rfc", "curp", "cuit", "ruc", "dni", "nie", "carte vitale", "sécurité sociale",
    "マイナンバー", "旅券", "パスポート", "护照",
    "身份证",
    "여권", "паспорт", "снилс", "инн",
)  # fmt: skip
_NUMBER = re.compile(
    r"\w{0,20}(?:[ -](?:card|number|no|nr|num|licen[cs]e|nummer|numéro|número|numero|d'identité|id|番号|号码)\.?){0,3}"
    rf"[ \t]{{0,2}}(?:(?<![a-z]){_IS})?[ \t:#：.№n°]{{0,4}}"
    r"(?P<v>[A-Z0-9](?:[ ./-]?[A-Z0-9]){5,19})(?![0-9A-Za-z_]|[./-][0-9])",
    re.IGNORECASE,
)
_DATE = re.compile(r"(?:19|20)[0-9]{2}[-./][0-9]{1,2}[-./][0-9]{1,2}|[0-9]{1,2}[-./][0-9]{1,2}[-./](?:19|20)?[0-9]{2}")


def spots(text: str, folded: str) -> Iterator[Spot]:
    if len(folded) != len(text):
        return
    for word in _PASSWORDS:
        for at in _places(folded, word):
            match = _PASSWORD.match(text, at + len(word))
            if match is not None and not TOKEN.search(match["v"]):
                value = match["v"].rstrip(".)]}*?")
                if looks_chosen(value):
                    yield Spot(match.start("v"), match.start("v") + len(value), "PASSWORD", secret=True)
    for word in _NUMBERS:
        for at in _places(folded, word):
            match = _NUMBER.match(text, at + len(word))
            if match is not None and (end := _number_end(match["v"])):
                yield Spot(match.start("v"), match.start("v") + end, "NATIONAL_ID")


def _number_end(value: str) -> int:
    """Characters of the number: words that follow it are none of it. 0 where it is no number."""
    end = 0
    for part in re.finditer(r"[^ ]+", value):
        if end and not any(map(str.isdigit, part[0])) and len(part[0]) > 1:
            break
        end = part.end()
    told = value[:end]
    return end if sum(map(str.isdigit, told)) >= 5 and not _DATE.fullmatch(told) else 0


def _places(folded: str, word: str) -> Iterator[int]:
    at = folded.find(word)
    while at >= 0:
        if at == 0 or not folded[at - 1].isalpha() or not word.isascii():
            yield at
        at = folded.find(word, at + len(word))
