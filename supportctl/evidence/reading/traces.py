"""Request, trace and correlation ids in prose and pasted headers."""

import re
from collections.abc import Iterator

from supportctl.evidence.reading.cues import is_question
from supportctl.evidence.reading.shapes import Element, Passage
from supportctl.evidence.reading.thread import Part

_WORD = (
    r"(?:x-)?(?:amzn-|amz-|ms-|vcap-|goog-|b3-|datadog-|cloud-)?(?:request|req|trace|span|correlation|"
    r"transaction|operation|activity|"
    r"invocation|event|incident|diagnostic|client-request|session-?trace|sentry(?: event)?|rndr)[-_ ]?(?:id|"
    r"identifier|guid|number|no\.?|"
    r"context|reference|ref)|cf[-_]?ray|ray[-_ ]id|x-amz-cf-id|x-amz-id-2|x-served-by|traceparent|"
    r"x-amzn-trace-id|logref|error[-_ ](?:id|"
    r"reference|ref)|"
    r"(?:anfrage|anforderungs|vorgangs|korrelations|transaktions|fehler|ereignis|trace|request|"
    r"aktivitäts)-?(?:id|kennung|nummer)|"
    r"(?:id|identifiant|numéro)(?: de| d')? ?(?:la |l')?(?:requête|demande technique|trace|corrélation|"
    r"transaction|suivi technique)|"
    r"(?:id|identificador|número)(?: de| del?)? ?(?:la |el )?(?:solicitud|petición|correlación|traza|"
    r"transacción|seguimiento|rastreo)|"
    r"(?:id|identificador|número)(?: da| do| de)? ?(?:requisição|pedido http|correlação|rastreio|transação|"
    r"rastreamento)|"
    r"(?:id|identificatore)(?: della| di)? ?(?:richiesta|correlazione|traccia)|"
    r"(?:リクエスト|トレース|相関|要求|追跡|エラー|トランザクション)\s?(?:id|ＩＤ|番号)|(?:请求|跟踪|追踪|"
    r"关联)\s?(?:id|号|编号)"
)
_NAMED = re.compile(
    rf"(?<![A-Za-z])(?P<word>{_WORD})(?P<between>[\"'`*]?\s?(?:\([^()\n]{{1,40}}\)\s?)?(?:is|was|are|ist|war|"
    rf"lautet|est|était|es|era|é|は|が|"
    r"の|为|是|[:=：#])?[\s:：=\"'`「“„«*]{0,4}(?:\w{2,12}\s){0,1})(?P<value>[A-Za-z0-9][A-Za-z0-9._:/+=@-]{5,127})",
    re.IGNORECASE,
)
_SHAPES = re.compile(
    r"(?P<traceparent>(?<![\w-])00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(?![\w-]))|"
    r"(?P<amazon>Root=1-[0-9a-f]{8}-[0-9a-f]{24})|"
    r"(?P<prefixed>(?<![\w-])(?:req|trace|trc|corr|txn|evt)[-_][A-Za-z0-9][A-Za-z0-9-]{7,60}(?![\w-]))|"
    r"(?P<ray>(?<![\w-])[0-9a-f]{16}-[A-Z]{3}(?![\w-]))",
)
_BARE = re.compile(
    r"(?<![\w/=-])(?P<value>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32})(?![\w-])",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"(?:user|tenant|customer|account|order|device|booking|object|project|organi[sz]ation|site|client|asset|"
    r"license|licence|commit|"
    r"checksum|sha\d*|md5|hash|kunden?|nutzer|benutzer|mandant\w*|bestell\w*|gerät\w*|konto|client|compte|"
    r"commande|usuario|cliente|"
    r"pedido|cuenta|usuário|conta|文件|顧客|ユーザー|端末)[-_ ]?(?:id|nr|number|nummer|no)?\.?(?:\s(?:is|was|"
    r"ist|war|lautet|est|es|é))?[\s:=は：\"'#(]{0,4}$",
    re.IGNORECASE,
)


def ids(text: str) -> list[tuple[str, str, float]]:
    """(what it is called, its value, how sure that it leads to a request) of each id."""
    found: dict[str, tuple[str, str, float]] = {}
    for match in _NAMED.finditer(text):
        value = match["value"].rstrip(".:/-=+@")
        if _is_id(value):
            found.setdefault(value, (match["word"].strip(), value, 0.85))
    for match in _SHAPES.finditer(text):
        kind = match.lastgroup or ""
        if sum(map(str.isdigit, match[0])) >= 2 and not any(match[0] in value for value in found):
            names = {"traceparent": "traceparent", "amazon": "X-Amzn-Trace-Id", "ray": "cf-ray"}
            found[match[0]] = (names.get(kind, "request id"), match[0], 0.8)
    for match in _BARE.finditer(text):
        value = match["value"]
        if any(value in known for known in found) or len(set(value)) < 6 or value.isdigit():
            continue
        if not _OTHERS.search(text[max(0, match.start() - 40) : match.start()]):
            found[value] = ("id", value, 0.45)
    return list(found.values())


def _is_id(value: str) -> bool:
    """Letters alone are a word, a date is a date."""
    digits = sum(map(str.isdigit, value))
    if len(value) < 6 or digits < 2 or "://" in value or "@" in value:
        return False
    return re.fullmatch(r"(?:19|20)\d\d[-./]\d\d?[-./]\d\d?.*", value) is None


def find(part: Part) -> Iterator[Passage]:
    """Ids of requests are also looked for in what support writes; not in questions, and not in what is wanted."""
    for sentence in part.sentences():
        if sentence.section is Element.EXPECTED or (is_question(sentence.text) and part.support is not False):
            continue
        for name, value, confidence in ids(sentence.text):
            yield Passage(text=value, source=sentence.source, how="shape", confidence=confidence, part="id", name=name)
