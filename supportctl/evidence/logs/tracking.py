"""Ids by which one request is found in other people's logs, and codes that name an error."""

import re
from typing import NamedTuple


class Found(NamedTuple):
    kind: str
    """``trace``, ``request``, ``uuid``, ``event``; of codes ``oracle``, ``sqlstate``, ``http``, ``errno``, …"""
    value: str
    start: int


_KEY = (
    r"(?:x[-_])?(?:amzn[-_])?(?P<k>request|req|correlation|trace|transaction|txn?|operation|activity|span|event"
    r"|incident|error|session[-_]trace|invocation|flow|message)[-_ ]?(?:id|guid|uuid|identifier)"
)
_VALUE = r"(?P<v>[A-Za-z0-9](?:[A-Za-z0-9_./:+|=-]{2,126}[A-Za-z0-9=])?)"
_IDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("trace", re.compile(r"\b(?P<v>00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2})\b")),
    ("trace", re.compile(r"\b(?P<v>(?:Root|Self)=1-[0-9a-f]{8}-[0-9a-f]{24})\b")),
    ("trace", re.compile(r"(?<![\w-])(?P<v>1-[0-9a-f]{8}-[0-9a-f]{24})\b")),
    ("request", re.compile(r"\b(?P<v>req[-_](?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
                           r"|[A-Za-z0-9]{10,40}))\b")),
    ("key", re.compile(rf"(?<![A-Za-z]){_KEY}[\"'\]]?\s{{0,2}}(?:[:=]|\bis\b)\s{{0,2}}[\"'\[(]?{_VALUE}",
                       re.IGNORECASE)),
    ("key", re.compile(rf"\b(?P<k>cf[-_ ]?ray|ray id|sprequestguid|rid|x-amz-id-2|x-amz-cf-id|x-amz-request-id"
                       rf"|x-azure-ref|sentry|atl-traceid|support id|reference (?:id|number|#)|logref)[\"'\]]?"
                       rf"\s{{0,2}}[:=#]\s{{0,2}}[\"'\[(]?{_VALUE}", re.IGNORECASE)),
    ("uuid", re.compile(r"(?<![\w-])(?P<v>[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[1-8][0-9A-Fa-f]{3}-[89ABab][0-9A-Fa-f]{3}-"
                        r"[0-9A-Fa-f]{12})(?![\w-])")),
)  # fmt: skip
_HINT = re.compile(
    r"-[0-9A-Fa-f]{4,}|[Ii][Dd]\b|[Rr]eq|[Rr]ay|[Rr]ef|[Gg]uid|GUID|[Uu]uid|[Ii]dentifier|rid|sentry|Root="
)
_NOT_A_VALUE = frozenset(
    ["null", "none", "nil", "undefined", "true", "false", "unknown", "missing", "empty", "not", "invalid", "required"]
)
_CODES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("oracle", re.compile(r"\b(?P<v>(?:ORA|TNS|PLS|RMAN|DRG|IMP|EXP)-[0-9]{4,5})\b")),
    ("sqlstate", re.compile(r"\bSQL ?STATE\W{0,3}(?P<v>[0-9A-Z]{5})\b", re.IGNORECASE)),
    ("mysql", re.compile(r"\bERROR (?P<v>[0-9]{4}) \([0-9A-Z]{5}\)")),
    ("db2", re.compile(r"\bSQLCODE\W{0,2}(?P<v>-?[0-9]{1,5})\b", re.IGNORECASE)),
    ("errno", re.compile(r"\b(?P<v>E(?:CONN(?:REFUSED|RESET|ABORTED)|HOSTUNREACH|NETUNREACH|NETDOWN|TIMEDOUT"
                         r"|SOCKETTIMEDOUT|PIPE|ADDRINUSE|ADDRNOTAVAIL|NOTFOUND|AI_AGAIN|ACCES|PERM|NOENT|EXIST"
                         r"|MFILE|NFILE|NOSPC|DQUOT|NOMEM|AGAIN|BUSY|INVAL|IO|ROFS|ISDIR|NOTDIR|NOTEMPTY|LOOP|PROTO"
                         r"|BADF|INTR|XDEV|DEADLK|OVERFLOW|CANCELED))\b")),
    ("errno", re.compile(r"\b(?:errno|Errno)[ :=]{1,2}(?P<v>[0-9]{1,3})\b")),
    ("hresult", re.compile(r"\b(?P<v>0x[8C][0-9A-Fa-f]{7})\b")),
    ("signal", re.compile(r"\b(?P<v>SIG(?:SEGV|KILL|ABRT|BUS|TERM|ILL|FPE|PIPE|QUIT|TRAP|SYS))\b")),
    ("azure", re.compile(r"\b(?P<v>AADSTS[0-9]{4,7})\b")),
    ("http", re.compile(r"\bHTTP/[0-9.]{1,3}\"?\s(?P<v>[45][0-9]{2})\b")),
    ("http", re.compile(r"(?<![A-Za-z])(?:http[-_ ]?)?(?:status|statuscode|response|http)[-_ ]?(?:code)?\"?\s{0,2}"
                        r"(?:[:=]|is|of|was)?\s{0,2}\"?(?P<v>[45][0-9]{2})(?![0-9.])", re.IGNORECASE)),
    ("exit", re.compile(r"\b(?:exit(?:ed)?(?: with)?(?: status| code)?|return code|rc)\s?[:=]?\s?(?P<v>-?[1-9]"
                        r"[0-9]{0,9})\b", re.IGNORECASE)),
    ("net", re.compile(r"\b(?P<v>(?:net::)?ERR_[A-Z][A-Z0-9_]{3,50})\b")),
    ("node", re.compile(r"\bcode: '(?P<v>[A-Z][A-Z0-9_]{3,40})'")),
    ("dotnet", re.compile(r"\b(?P<v>(?:CS|NU|NETSDK|MSB)[0-9]{4})\b")),
    ("windows", re.compile(r"\bEvent ?ID\W{1,3}(?P<v>[0-9]{1,5})\b", re.IGNORECASE)),
    ("key", re.compile(r"\berror[-_ ]?(?:code|no|number)[\"'\]]?\s{0,2}[:=#]\s{0,2}[\"'\[(]?(?P<v>[A-Za-z0-9]"
                       r"[A-Za-z0-9_.-]{0,60})", re.IGNORECASE)),
)  # fmt: skip
_CODE_HINT = re.compile(r"[A-Z]{3}|0x[8C]|[Ee]rror|[Ss]tatus|[Hh]ttp|[Cc]ode|[Ee]xit|rrno")
_LONGEST = 20_000


def ids(text: str) -> list[Found]:
    """Request and trace ids in their order, each place once. Ids of people and sessions are not among them."""
    text = text[:_LONGEST]
    return [] if _HINT.search(text) is None else _apart(_IDS, text)


def codes(text: str) -> list[Found]:
    """Codes of errors in their order."""
    text = text[:_LONGEST]
    return [] if _CODE_HINT.search(text) is None else _apart(_CODES, text)


def _apart(forms: tuple[tuple[str, re.Pattern[str]], ...], text: str) -> list[Found]:
    """The first form that claims a place has it."""
    taken: list[tuple[int, int]] = []
    found: list[Found] = []
    for kind, form in forms:
        for match in form.finditer(text):
            start, end = match.span("v")
            value = match["v"].rstrip(".:")
            if any(start < stop and begin < end for begin, stop in taken) or not _good(kind, value):
                continue
            taken.append((start, end))
            found.append(Found(_named(kind, match), value, start))
    return sorted(found, key=lambda each: each.start)


def _good(kind: str, value: str) -> bool:
    if value.lower() in _NOT_A_VALUE or not value:
        return False
    return kind != "key" or any(map(str.isdigit, value)) or len(value) >= 12 or value.isupper()


def _named(kind: str, match: "re.Match[str]") -> str:
    if kind != "key":
        return kind
    key = (match.groupdict().get("k") or "code").lower()
    return {"req": "request", "tx": "transaction", "txn": "transaction", "rid": "request", "cf-ray": "ray"}.get(
        key, key
    )
