"""Finding secrets in ticket text.

Every pattern begins at a boundary and has no repetition inside a repetition, so the time is linear in the text
(messages of 40 KB are common). A pattern is tried only when one of its fixed words occurs. Shape alone is not
enough: checksums, decodings, entropy and a filter for documentation samples decide.
"""

import re
from collections.abc import Callable, Iterator

import msgspec

from supportctl.detect.checks import (
    basic_credentials,
    crc_base62,
    json_web_token,
    not_dummy,
    random,
    sample_pair,
)
from supportctl.detect.dummies import looks_chosen, looks_random, publishable
from supportctl.detect.secret import Secret, mask


class Detector(msgspec.Struct, frozen=True):
    kind: str
    words: tuple[str, ...]
    """One of these occurs in any text the pattern can match (lower case when ``fold``)."""
    pattern: re.Pattern[str]
    """Group ``s`` is the secret, or the whole match."""
    genuine: Callable[[str], bool]
    prefix: str = ""
    """Public part that may be shown."""
    fold: bool = False


def _token(kind: str, pattern: str, *words: str, genuine: Callable[[str], bool] = random) -> Detector:
    """A token with a fixed beginning that stands on its own."""
    compiled = re.compile(rf"(?<![A-Za-z0-9_-])(?:{pattern})(?![A-Za-z0-9_-])")
    return Detector(kind, words, compiled, genuine, words[0] if len(words) == 1 else "")


_CALLED = (
    "password|passwort|passwd|passphrase|pwd|kennwort|mot de passe|contraseña|senha|wachtwoord|hasło|пароль|"
    "lösenord|adgangskode|parola|密码|密碼|パスワード|비밀번호"
)
_ASSIGNED = "secret|api[_ -]?key|api[_ -]?token|access[_ -]?token|auth[_ -]?token|client[_ -]?secret"


def assigned(value: str) -> bool:
    mixed = any(map(str.isdigit, value)) and any(map(str.isalpha, value))
    return mixed and looks_random(value, 3.5) and not publishable(value)


DETECTORS: tuple[Detector, ...] = (
    _token("aws-access-key-id", r"(?:AKIA|ASIA)[A-Z2-7]{16}", "AKIA", "ASIA"),
    _token("github-token", r"gh[pousr]_[A-Za-z0-9]{36}", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", genuine=crc_base62),
    _token("github-fine-grained-token", r"github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}", "github_pat_"),
    _token("npm-token", r"npm_[A-Za-z0-9]{36}", "npm_", genuine=crc_base62),
    _token("gitlab-token", r"glpat-[A-Za-z0-9_-]{20,300}(?:\.[0-9a-z]{2}\.[0-9a-z]{9})?", "glpat-"),
    _token(
        "slack-token",
        r"xox[abeoprs]-[A-Za-z0-9-]{10,250}",
        "xoxb-",
        "xoxp-",
        "xoxa-",
        "xoxs-",
        "xoxr-",
        "xoxe-",
        "xoxo-",
    ),
    _token(
        "slack-webhook",
        r"hooks\.slack\.com/services/T[A-Z0-9]{8,12}/B[A-Z0-9]{8,12}/[A-Za-z0-9]{24}",
        "hooks.slack.com/services/",
    ),
    _token("stripe-secret-key", r"[sr]k_live_[A-Za-z0-9]{16,250}", "sk_live_", "rk_live_"),
    _token("google-api-key", r"AIza[A-Za-z0-9_-]{35}", "AIza"),
    _token("atlassian-api-token", r"ATATT3[A-Za-z0-9_=-]{50,300}", "ATATT3"),
    _token("sendgrid-key", r"SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}", "SG."),
    _token("openai-key", r"sk-[A-Za-z0-9_-]{16,200}T3BlbkFJ[A-Za-z0-9_-]{16,200}", "T3BlbkFJ"),
    _token("anthropic-key", r"sk-ant-[A-Za-z0-9_-]{80,200}", "sk-ant-"),
    _token("pypi-token", r"pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,300}", "pypi-AgEIcHlwaS5vcmc"),
    _token("digitalocean-token", r"do[oprt]_v1_[a-f0-9]{64}", "_v1_"),
    _token(
        "json-web-token",
        r"eyJ[A-Za-z0-9_-]{8,4000}\.eyJ[A-Za-z0-9_-]{8,8000}\.[A-Za-z0-9_-]{16,2000}",
        "eyJ",
        genuine=json_web_token,
    ),
    Detector(
        "zendesk-api-token",
        ("/token:",),
        re.compile(r"/token:(?P<s>[A-Za-z0-9]{40})(?![A-Za-z0-9])"),
        random,
    ),
    Detector(
        "aws-secret-access-key",
        ("secret_access_key", "secretaccesskey", "aws_secret", "secret access key"),
        re.compile(
            r"(?:secret[_ ]?access[_ ]?key|aws_secret)[\"' ]{0,3}[:=][\"' ]{0,3}"
            r"(?P<s>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])",
            re.IGNORECASE,
        ),
        lambda value: looks_random(value, 4.0),
        fold=True,
    ),
    Detector(
        "basic-authorization",
        ("basic ",),
        re.compile(
            r"authorization[\"']?\s{0,3}[:=]\s{0,3}[\"']?basic (?P<s>[A-Za-z0-9+/]{8,400}={0,2})", re.IGNORECASE
        ),
        basic_credentials,
        fold=True,
    ),
    Detector(
        "bearer-token",
        ("bearer ",),
        re.compile(
            r"authorization[\"']?\s{0,3}[:=]\s{0,3}[\"']?bearer (?P<s>[A-Za-z0-9._~+/-]{20,4000}={0,2})", re.IGNORECASE
        ),
        random,
        fold=True,
    ),
    Detector(
        "url-with-password",
        ("://",),
        re.compile(r"://(?P<user>[^\s/:@\"'<>?#]{1,100}):(?P<s>[^\s/@\"'<>]{1,200})@(?=[A-Za-z0-9\[])"),
        not_dummy,
    ),
    Detector(
        "password",
        tuple(word for word in _CALLED.split("|")),
        re.compile(
            rf"(?:{_CALLED})(?: (?:is|ist|lautet|es|est|è))?"
            r"[\"'`*]{0,3}[  ]{0,3}(?:::|:=|=>|[:=：](?![:=：]))[  ]{0,3}"
            r"[\"'`*]{0,3}(?P<s>[^\s\"'`<>,;]{6,128})",
            re.IGNORECASE,
        ),
        looks_chosen,
        fold=True,
    ),
    Detector(
        "assigned-secret",
        ("secret", "key", "token"),
        re.compile(
            rf"(?:{_ASSIGNED})[\"'`]{{0,2}} {{0,3}}[:=]{{1,2}} {{0,3}}[\"'`]{{0,2}}(?P<s>[A-Za-z0-9_+/=.~-]{{16,250}})",
            re.IGNORECASE,
        ),
        assigned,
        fold=True,
    ),
)

_KEY_BEGIN = re.compile(r"-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----")
_KEY_END = re.compile(r"-----END (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----")
_KEY_BODY = re.compile(r"[A-Za-z0-9+/=]{40,}")


def find_secrets(text: str) -> list[Secret]:
    """Secrets in ``text``, by place, without overlaps (the more specific kind wins)."""
    found = [*_private_keys(text), *_tokens(text)]
    kept: list[Secret] = []
    covered = bytearray(len(text)) if len(found) > 1 else bytearray()
    for secret in found:
        if not any(covered[secret.start : secret.end]):
            covered[secret.start : secret.end] = b"\1" * len(covered[secret.start : secret.end])
            kept.append(secret)
    return sorted(kept, key=lambda secret: secret.start)


def _tokens(text: str) -> Iterator[Secret]:
    folded = text.lower()
    for detector in DETECTORS:
        if not any(word in (folded if detector.fold else text) for word in detector.words):
            continue
        for match in detector.pattern.finditer(text):
            group = "s" if "s" in detector.pattern.groupindex else 0
            value, (start, end) = match[group], match.span(group)
            if detector.kind == "password":
                value = value.rstrip(".)]}*")
                end = start + len(value)
            if detector.kind == "url-with-password" and sample_pair(match["user"], value):
                continue
            if detector.genuine(value):
                yield Secret(kind=detector.kind, start=start, end=end, masked=_masked(detector, value))


def _masked(detector: Detector, value: str) -> str:
    if detector.kind in ("password", "url-with-password", "basic-authorization"):
        return "****"
    prefix = next((word for word in detector.words if value.startswith(word)), "")
    return mask(value, prefix)


def _private_keys(text: str) -> Iterator[Secret]:
    """From the BEGIN line to its END line, or to the end of the text where that was cut off."""
    if "PRIVATE KEY" not in text:
        return
    at = 0
    while (begin := _KEY_BEGIN.search(text, at)) is not None:
        end = _KEY_END.search(text, begin.end())
        stop = end.end() if end else len(text)
        body = _KEY_BODY.search(text, begin.end(), stop)
        if body is not None and not_dummy(body[0]):
            yield Secret(kind="private-key", start=begin.start(), end=stop, masked="-----BEGIN PRIVATE KEY----- ****")
        at = stop
