"""Addresses of machines and accounts on them: IP and MAC addresses, home folders."""

import ipaddress
import re
from collections.abc import Iterator
from functools import lru_cache

from supportctl.evidence.redact.spots import Spot
from supportctl.evidence.redact.words import words_of

_DOTS = re.compile(r"\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}")
"""It begins with a fixed sign, which is quick to look for; the digits before it are looked up."""
_DIGITS_BEFORE = re.compile(r"[0-9]{1,3}$")
_COLONS = re.compile(r":[0-9A-Fa-f]{1,4}:[0-9A-Fa-f]{1,4}:[0-9A-Fa-f]{1,4}:[0-9A-Fa-f]{1,4}:")
_SIX_BEFORE = re.compile(r"(?:[0-9A-Fa-f]{1,4}:){0,7}[0-9A-Fa-f]{0,4}$")
_SIX = re.compile(r"[0-9A-Fa-f:]{2,45}(?:\.[0-9]{1,3}){0,3}(?:%[A-Za-z0-9]{1,16})?")
_PAIR = "[0-9A-Fa-f]{2}"
_MAC_REST = re.compile(rf":{_PAIR}:{_PAIR}:{_PAIR}:{_PAIR}:{_PAIR}(?![0-9A-Za-z]|:[0-9A-Fa-f])")
_MAC_DASHED = re.compile(rf"-{_PAIR}-{_PAIR}-{_PAIR}-{_PAIR}-{_PAIR}(?![0-9A-Za-z]|-[0-9A-Fa-f])")
_VERSION = re.compile(
    r"\b(?:v|versions?|ver\.?|release|build|firmware|driver|chrome|safari|edg[ea]?|opr|firefox|webkit|mozilla|"
    r"sdk|dotnet|assembly|file ?version|schannel|openssl|java|rev\.?)[ =:/\"'(-]{0,3}$",
    re.IGNORECASE,
)
_OIDS = re.compile(r"\b(?:oid|snmp|mib)[ =:.]{0,3}$", re.IGNORECASE)
_HOME = re.compile(
    r"(?:/home/|/Users/|[\\/]Users(?:\\{1,2}|/)|[\\/]Documents and Settings\\{1,2})"
    r"(?P<s>[^\s/\\:*?\"'<>|,;()\[\]]{2,64})(?=[/\\\s\"',;:)]|$)"
)
_NOT_A_RANGE = re.compile(
    r"-(?![0-9]{1,3}(?:\.[0-9]{1,3}){3})(?:[0-9]|rc|alpha|beta|snapshot|release|dev|pre|preview|hotfix|b[0-9]|r[0-9])",
    re.IGNORECASE,
)
"""What goes on behind a version that looks like an address."""
_HEX = frozenset("0123456789abcdef")
NOBODY = words_of(
    """
    root admin administrator ubuntu debian centos ec2-user vagrant runner jenkins git www www-data public default user
    users username shared guest app node deploy service builder build travis circleci gitlab-runner vscode oracle
    postgres mysql nobody daemon system all all_users linuxbrew bin adm lp sync shutdown halt mail news uucp operator
    games gopher ftp dbus rpc sshd apache nginx backup list irc gnats ntp tomcat hadoop svn test tester support info
    webmaster anonymous none null unknown invalid local localhost server client agent bot api web data master demo
    localadmin systemd networkservice localservice elasticsearch rabbitmq redis kafka zookeeper hdfs yarn spark
    """
)
"""Accounts that are no person's."""


def ip_addresses(text: str, *, private: bool) -> Iterator[Spot]:
    """``private``: also those of inner networks; loopback, netmasks and the documentation's ranges never."""
    for match in _DOTS.finditer(text):
        digits = _DIGITS_BEFORE.search(text, max(0, match.start() - 3), match.start())
        if digits is None:
            continue
        start, end = digits.start(), match.end()
        if not _hidden(text[start:end], private) or not _stands_alone(text, start, end):
            continue
        if not _VERSION.search(text, max(0, start - 14), start) and not _OIDS.search(text, max(0, start - 6), start):
            yield Spot(start, end, "IP")
    for at in _colons(text):
        before = _SIX_BEFORE.search(text, max(0, at - 40), at)
        start = at if before is None else before.start()
        found = _SIX.match(text, start)
        if found is None or text[start - 1 : start].isalnum() or text[max(0, start - 1) : start] in (":", "."):
            continue
        value = found[0] if found[0].endswith("::") else found[0].rstrip(":")
        end = start + len(value)
        whole = "::" in value or value.count(":") == 7 or "." in value
        if not whole or len(value) < 6 or text[end : end + 1].isalnum() or text[end : end + 1] == "_":
            continue
        if value.count("::") <= 1 and _hidden(value, private):
            yield Spot(start, end, "IP")


def _colons(text: str) -> Iterator[int]:
    """Where an address of the sixth version may be: four groups, or the mark of left out zeros."""
    if ":" not in text:
        return
    for match in _COLONS.finditer(text):
        yield match.start()
    at = text.find("::")
    while at >= 0:
        yield at
        at = text.find("::", at + 2)


def _stands_alone(text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    if before and (before[-1].isalnum() or before[-1] in "._"):
        return False
    if before[-1:] == "-" and before[:1].isalpha():
        return False
    if not after:
        return True
    if after[0] == "-":
        return not _NOT_A_RANGE.match(text, end)
    return not (after[0].isalnum() or after[0] == "_" or (after[0] == "." and after[1:].isdigit()))


@lru_cache(maxsize=20_000)
def _hidden(value: str, private: bool) -> bool:
    try:
        address = ipaddress.ip_address(value.partition("%")[0])
    except ValueError:
        return False
    if address.is_loopback or address.is_unspecified or address.is_multicast:
        return False
    if isinstance(address, ipaddress.IPv4Address) and (value.startswith(("255.", "0.")) or value.endswith(".0.0.0")):
        return False
    return private or not (address.is_private or address.is_link_local or address.is_reserved)


def mac_addresses(text: str) -> Iterator[Spot]:
    for form, sign in ((_MAC_REST, ":"), (_MAC_DASHED, "-")):
        if sign not in text:
            continue
        for match in form.finditer(text):
            start, end = match.start() - 2, match.end()
            digits = text[max(0, start) : end].replace(sign, "").lower()
            if start < 0 or not all(c in _HEX for c in digits) or text[max(0, start - 1) : start].isalnum():
                continue
            if start > 1 and text[start - 1] in ":-" and text[start - 2].lower() in _HEX:
                continue  # A longer row: a fingerprint, a UUID.
            if digits not in ("000000000000", "ffffffffffff") and not (sign == "-" and digits.isdigit()):
                yield Spot(start, end, "MAC")


def home_folders(text: str) -> Iterator[Spot]:
    """The account's name in ``/home/NAME`` and ``C:\\Users\\NAME``."""
    if "/home/" not in text and "Users" not in text and "Documents and" not in text:
        return
    for match in _HOME.finditer(text):
        if match["s"].lower() not in NOBODY and not match["s"].startswith((".", "$", "%", "{", "<")):
            yield Spot(match.start("s"), match.end("s"), "USER")
