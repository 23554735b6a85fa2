"""What two tickets may share that shows they are about the same thing: error codes, exceptions, order numbers, hosts.

All values are folded, so that two spellings meet: ``HTTP/1.1 502`` and ``502 Bad Gateway`` are both ``http-502``.
"""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from supportctl.text.fold import fold


class Kind(StrEnum):
    ERROR_CODE = "error code"
    EXCEPTION = "exception"
    VULNERABILITY = "vulnerability"
    NUMBER = "number"
    """Of an order, an invoice, a booking, a device: what stands behind such a word."""
    RECORD = "record"
    """A key of some tracker: ``JIRA-123``, ``INC0010012``."""
    HOST = "host"
    FRAME = "stack frame"
    UNIQUE = "unique id"
    """A UUID or a hash."""


_LONGEST = 400_000
"""Characters read of a text."""
_ERRNO = (
    "E(?:ACCES|ADDRINUSE|ADDRNOTAVAIL|AGAIN|BADF|BUSY|CONNABORTED|CONNREFUSED|CONNRESET|EXIST|FAULT|HOSTUNREACH|"
    "INVAL|IO|"
    "ISDIR|LOOP|MFILE|NAMETOOLONG|NETUNREACH|NOBUFS|NOENT|NOEXEC|NOMEM|NOSPC|NOTCONN|NOTDIR|NOTEMPTY|NOTFOUND|NXIO|"
    "PERM|"
    "PIPE|PROTO|RANGE|ROFS|SRCH|TIMEDOUT|XDEV|AI_AGAIN|INTEGRITY|RESOLVE|PROTONOSUPPORT)"
)
_CHUNK = re.compile(r"[A-Za-z0-9_$][\w$]{0,120}(?:(?:::|[.:@+-])[\w$]{1,120}){0,30}|[^\W\d_]\w{0,60}")
_CODE = re.compile(
    rf"""(?P<cve>(?:CVE|GHSA|CWE)-[0-9A-Za-z]{{2,4}}-[0-9A-Za-z]{{4,7}}(?:-[0-9a-z]{{4}})?)
    | (?P<uuid>[0-9A-Fa-f]{{8}}-[0-9A-Fa-f]{{4}}-[0-9A-Fa-f]{{4}}-[0-9A-Fa-f]{{4}}-[0-9A-Fa-f]{{12}})
    | (?P<sha>[0-9a-f]{{32}}(?:[0-9a-f]{{8}}(?:[0-9a-f]{{24}})?)?)
    | (?P<record>(?:INC|PRB|RITM|REQ|CHG|SCTASK|TASK|CS|CTASK|HRC)\d{{7,10}})
    | (?P<dash>[A-Z][A-Z0-9]{{1,9}}-\d{{1,7}})
    | (?P<plain>[A-Z]{{1,8}}\d{{3,8}}[A-Z]?)
    | (?P<upper>(?:NET::|net::)?[A-Z][A-Z0-9]{{0,20}}(?:_[A-Z0-9]{{1,30}}){{1,10}})
    | (?P<sure>0[xX][0-9A-Fa-f]{{8}}|{_ERRNO}|SIG(?:SEGV|ABRT|BUS|ILL|FPE|TRAP|KILL|SYS))
    | (?P<exception>(?:[A-Za-z_$][\w$]{{0,60}}(?:\.|::)){{0,12}}[A-Z]\w{{1,90}}(?:Exception|Error|Failure|Fault))""",
    re.VERBOSE,
)
_HTTP = re.compile(
    r"https?(?:/\d(?:\.\d)?|[ -]?(?:error|status)(?:[ -]code)?:?)?[ /:-]{1,2}(?P<status>[45]\d\d)(?!\w|\.\d)",
    re.IGNORECASE,
)
_PHRASE = re.compile(
    r"(?P<status>[45]\d\d) \(?(?:bad (?:gateway|request)|internal server|service (?:temporarily )?unavailable|"
    r"gateway time-?out|forbidden|not found|unauthorized|method not|conflict|too many|request time)",
    re.IGNORECASE,
)
_ERROR_WORD = (
    r"(?:error|err|fehler|erreur|errore?|erro|fout|błąd|hata|ошибка|fejl|fel|chyba|virhe|exit|return|status|fault|"
    r"stop|result|"
    r"reason|sqlcode|hresult|errno)(?:code|number|nummer|kode|kod|koodi|id)?|(?:code|código|codice|kod|koodi|codigo)"
)
_IS_ERROR_WORD = re.compile(_ERROR_WORD)
_SAID = re.compile(
    r"\w{2,20}(?:[ -](?:code|number|no\.?|nr\.?|id|kode|kod|código|codice|błędu|de error|d'erreur|errore))?"
    r"[ :=#(]{1,3}(?P<code>-?[0-9]{2,10}|0x[0-9a-f]{1,16}|[a-z]{1,6}-?[0-9]{2,6})(?![\w.]\w|\w|:\d)",
    re.IGNORECASE,
)
_DENSE = re.compile(
    r"(?:エラー|错误|錯誤|오류|에러)[ の]?(?:コード|番号|代码|代碼|码|코드|"
    r"번호)?[ :：は是为]{0,2}(?P<code>[A-Za-z]{0,6}-?[0-9]{2,10})(?!\d)|"
    r"(?:注文|予約|請求|伝票|シリアル|订单|訂單|发票|序列|주문)[^\d\n]{0,6}(?P<number>[A-Za-z]{0,4}-?\d{4,20})"
)
_IS_NUMBERED_WORD = re.compile(
    r"(?:order|invoice|booking|reservation|confirmation|tracking|shipment|serial|asset|contract|policy|account|"
    r"customer|license|"
    r"licence|transaction|payment|case|po|s/n|bestell(?:ung)?|auftrags?|rechnungs?|buchungs?|serien|kunden|vertrags?|"
    r"sendungs|"
    r"commande|facture|réservation|série|pedido|factura|reserva|fatura|encomenda|ordine|fattura|prenotazione|"
    r"bestelling|factuur|"
    r"boeking|zamówieni[ae]|faktur[ay]|beställning|ordre|заказа?|сч[её]та?)(?:number|nummer|nr|id|no)?"
)
_NUMBERED = re.compile(
    r"\w{2,24}[ -]?(?:(?:number|num|no|nr|nummer|id|ref|reference|numéro|número|numero|n|номер)\b\.?)?[ :=#°º.№]{1,4}"
    r"(?P<number>[A-Za-z]{0,6}[-/]?\d[A-Za-z0-9/-]{2,30})(?![\w.]*@)",
    re.IGNORECASE,
)
_IP = re.compile(r"(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)")
_LOCAL = re.compile(r"0\.0\.0\.0|127\.\d+\.\d+\.\d+|255\.[\d.]+|\d\.\d\.\d\.\d|\d+\.\d+\.0\.0")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}(?P<top>[a-z]{2,12})")
_TOP_NAMES = (
    "com net org edu gov mil int io dev app cloud local lan corp internal intranet ad home info biz de at ch fr es it "
    "nl be pl pt se dk no fi cz sk hu ro ru ua tr gr uk ie us ca mx br ar cl jp cn hk tw kr in au nz za il ae sg eu"
)
_TOP = frozenset(_TOP_NAMES.split())
_HOST_WORDS = "host hostname server servername node computer machine workstation rechner serveur servidor"
_IS_HOST_WORD = frozenset(_HOST_WORDS.split())
_CALLED = re.compile(
    r"\w{4,12}(?: name)?[ :=]{1,3}(?P<name>[A-Za-z][A-Za-z0-9]{0,20}(?:-[A-Za-z0-9]{1,20}){0,5})(?![\w.(])"
)
_AT = re.compile(r"\w{1,3} (?:\(wrapper [\w-]{1,30}\) )?(?P<name>[A-Za-z_$<][\w$<>`+,./:|\[\]-]{2,200}?) ?(?:\(|\[0x)")
_IS_AT = frozenset(("at", "bei", "à", "en", "in", "na", "в"))
_FILE = re.compile(r"File \"(?P<file>[^\"\n]{1,300})\", line \d{1,7}, in (?P<function>[\w<>.]{1,100})")
_NATIVE = re.compile(
    r"^[ \t]{0,10}#\d{1,3} {1,4}(?:0x[0-9a-f]{4,16} in )?(?P<native>[A-Za-z_][\w:~<>]{3,150})|"
    r"^[ \t]{0,10}\d{1,3}[ \t]{1,4}[\w.+-]{2,60}[ \t]{1,40}0x[0-9a-f]{6,16} "
    r"(?P<apple>[A-Za-z_+\-\[][^\n]{2,150}?) \+ \d{1,9}|"
    r"(?<!\w)(?P<module>[A-Za-z_]\w{1,60})!(?P<symbol>[A-Za-z_][\w:~]{2,150})",
    re.MULTILINE,
)
_PLAIN_NOT = re.compile(
    r"(?:SHA|AES|RSA|DES|RFC|ISO|UTF|MD|MP|WIN|IPV|ARM|X|CP|UCS|RS|API|USB|IE|OS|HTTP|P|V|R|H|Q|FY|KB|MB|GB|NET|JAVA|"
    r"JDK)\d{1,4}[A-Z]?"
)
_DASH_NOT = re.compile(
    r"(?:UTF|ISO|SHA|AES|RSA|MD|IPV|RFC|X|ARM|WIN|USB|MP|CP|UTC|GMT|HTTP|API|COVID|TLS|SSL|PEP|IEEE|CHAPTER|STEP|"
    r"PAGE|PART|VERSION|MM|"
    r"YYYY|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)-\d{1,7}"
)
_ERROR_DASH = re.compile(
    r"[A-Z0-9]{2,10}-0\d+|(?:ORA|TNS|PLS|SQL|RMAN|IMP|EXP|SP2|LRM|DB2|SQLCODE|ERR|ERROR)-\d{2,7}|[A-Z]{2,5}-\d{5,7}"
)
_ERROR_UPPER = re.compile(
    r"(?:NET::|net::)?(?:ERR|ERROR|E|STATUS|WSAE?\w*|NS_ERROR|SSL\w*|SEC|HRESULT|DXGI|CURLE|LDAP|KDC|NT|RPC|CO|OLE|"
    r"DISP|COR|CRYPT|CERT|"
    r"INSTALL\w*|INVALID|PR|MOZILLA|DNS|PROBE|JET|SMTP|ODBC|EXC|KERN|AUTH|BAD|DRIVER|IRQL|PAGE|KMODE|CRITICAL|"
    r"KERNEL)_\w+|"
    r"\w+_(?:ERROR|ERR|FAILED|FAILURE|EXCEPTION|FAULT|DENIED|TIMEOUT|TIMED_OUT|INVALID|NOT_FOUND|REFUSED|MISMATCH|"
    r"UNAVAILABLE)"
)
_NO_EXCEPTIONS = frozenset(("error", "exception", "fault", "failure"))
_JOINTS = re.compile(r"(?<!:):(?!:)|[@+]")
_REMEMBERED = 1 << 16


class _Known(NamedTuple):
    """What one run of signs says by itself, and what must be looked at behind it."""

    found: tuple[tuple[str, Kind], ...]
    behind: tuple[re.Pattern[str], ...]


_NOTHING = _Known((), ())
_memory: dict[str, _Known] = {}


def identified(text: str | None) -> dict[str, Kind]:
    """Every identifier in the text, folded, with its kind."""
    found: dict[str, Kind] = {}
    for value, kind in _every((text or "")[:_LONGEST]):
        found.setdefault(value, kind)
    return found


def identifiers(text: str | None) -> frozenset[str]:
    """The values of `identified`."""
    return frozenset(value for value, _ in _every((text or "")[:_LONGEST]))


_PROOF = (Kind.ERROR_CODE, Kind.EXCEPTION, Kind.VULNERABILITY, Kind.FRAME)


def proves(text: str) -> bool:
    """Whether lines hold an error code, the name of an exception or a frame of a trace."""
    return any(kind in _PROOF for _, kind in _every(text))


def _every(text: str) -> Iterator[tuple[str, Kind]]:
    memory = _memory
    for match in _CHUNK.finditer(text):
        chunk = match[0]
        known = memory.get(chunk)
        if known is None:
            if len(memory) > _REMEMBERED:
                memory.clear()
            known = memory[chunk] = _read(chunk)
        if known is _NOTHING:
            continue
        yield from known.found
        for pattern in known.behind:
            if (more := pattern.match(text, match.start())) is not None:
                yield from _behind(pattern, more)
    if not text.isascii():
        for match in _DENSE.finditer(text):
            if match["code"]:
                yield _code(fold(match["code"])), Kind.ERROR_CODE
            else:
                yield fold(match["number"]), Kind.NUMBER
    if "0x" in text or "!" in text:
        for match in _NATIVE.finditer(text):
            frame = f"{match['module']}!{match['symbol']}" if match["module"] else match["native"] or match["apple"]
            yield fold(frame), Kind.FRAME


def _read(chunk: str) -> _Known:
    found: list[tuple[str, Kind]] = []
    for part in {chunk, *_JOINTS.split(chunk)}:
        found.extend(_coded(part))
    word = fold(chunk)
    behind: list[re.Pattern[str]] = []
    if word.startswith("http"):
        behind.append(_HTTP)
    elif len(word) == 3 and word[0] in "45" and word.isdigit():
        behind.append(_PHRASE)
    elif word in _IS_AT:
        behind.append(_AT)
    elif word == "file":
        behind.append(_FILE)
    elif word in _IS_HOST_WORD:
        behind.append(_CALLED)
    elif _IS_ERROR_WORD.fullmatch(word):
        behind.append(_SAID)
    elif _IS_NUMBERED_WORD.fullmatch(word):
        behind.append(_NUMBERED)
    return _Known(tuple(found), tuple(behind)) if found or behind else _NOTHING


def _behind(pattern: re.Pattern[str], match: re.Match[str]) -> Iterator[tuple[str, Kind]]:
    if pattern is _HTTP or pattern is _PHRASE:
        yield f"http-{match['status']}", Kind.ERROR_CODE
    elif pattern is _SAID:
        yield _code(fold(match["code"])), Kind.ERROR_CODE
    elif pattern is _NUMBERED:
        number = fold(match["number"].rstrip("-/"))
        if sum(map(str.isdigit, number)) >= 4:
            yield number, Kind.NUMBER
    elif pattern is _CALLED:
        if any(map(str.isdigit, match["name"])):
            yield fold(match["name"]), Kind.HOST
    elif pattern is _FILE:
        yield fold(re.split(r"[/\\]", match["file"])[-1] + ":" + match["function"]), Kind.FRAME
    elif any(sign in match["name"] for sign in ".:/"):
        yield fold(match["name"]), Kind.FRAME


def _code(code: str) -> str:
    return f"error-{code.lstrip('-')}" if code.lstrip("-").isdigit() else code


def _coded(value: str) -> Iterator[tuple[str, Kind]]:
    if "." in value:
        folded = fold(value).removeprefix("www.")
        if _IP.fullmatch(folded):
            if not _LOCAL.fullmatch(folded):
                yield folded, Kind.HOST
        elif (domain := _DOMAIN.fullmatch(folded)) is not None and domain["top"] in _TOP and value[0].islower():
            yield folded, Kind.HOST
    match = _CODE.fullmatch(value)
    if match is None:
        return
    name, folded = match.lastgroup, fold(value)
    if name == "cve":
        yield folded, Kind.VULNERABILITY
    elif name == "uuid" or name == "sha":
        if len(set(value)) > 4 and not (name == "sha" and value.isdigit()):
            yield folded, Kind.UNIQUE
    elif name == "record":
        yield folded, Kind.RECORD
    elif name == "dash":
        if not _DASH_NOT.fullmatch(value):
            yield folded, Kind.ERROR_CODE if _ERROR_DASH.fullmatch(value) else Kind.RECORD
    elif name == "plain":
        if not _PLAIN_NOT.fullmatch(value):
            yield folded, Kind.ERROR_CODE
    elif name == "upper":
        if _ERROR_UPPER.fullmatch(value):
            yield folded.removeprefix("net::"), Kind.ERROR_CODE
    elif name == "sure":
        yield folded, Kind.ERROR_CODE
    else:
        yield from _exception(folded)


def _exception(folded: str) -> Iterator[tuple[str, Kind]]:
    """Its full name, and the last part of it, by which it is called for short."""
    whole = folded.replace("::", ".")
    short = whole.rpartition(".")[2]
    if short not in _NO_EXCEPTIONS:
        yield short, Kind.EXCEPTION
    if whole != short:
        yield whole, Kind.EXCEPTION
