"""Product, system, browser and device with their versions; the latest word on each counts."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from supportctl.evidence.reading.cues import cue, is_ignorance
from supportctl.evidence.reading.shapes import Element, Passage
from supportctl.evidence.reading.thread import Part, Sentence

_NUMBER = r"\d{1,4}(?:[._]\d{1,6}){0,4}(?:[-+.]?(?:alpha|beta|rc|sp|lts|preview|build|b|r|p|u)\.?\d{0,5})?"
_BETWEEN = r"(?:[\s/,(:]{1,3}(?:(?:version|ver\.?|v\.?|build|release|バージョン|版)\s?)?|v)"
_BROWSERS = (
    r"(?:google |ms |microsoft |mozilla |samsung )?(?:chrome|chromium|firefox(?: esr)?|safari|edge|opera|brave|vivaldi|"
    r"internet explorer|samsung internet)|ie(?=[ -]?1?\d\b)"
)
_SYSTEMS = (
    r"windows(?: server)?(?:[ -](?:xp|vista|7|8(?:\.1)?|10|11|20(?:03|08|12|16|19|22|25))(?: r2)?)?(?: (?:pro|"
    r"home|enterprise))?|"
    r"win ?(?:7|8|10|11)|mac ?os(?: x)?(?: (?:ventura|sonoma|sequoia|monterey|big sur|tahoe))?|os x|ipados|ios|android|"
    r"chrome ?os|ubuntu|debian|fedora|centos|rhel|red ?hat(?: enterprise linux)?|suse|sles|alpine|arch linux|"
    r"linux|freebsd|"
    r"solaris|aix"
)
_DEVICES = (
    r"iphone(?: se| \d{1,2}(?: (?:pro|plus|mini|max))*| x[rs]?)?|ipad(?: (?:pro|air|mini))?(?: \d{1,2})?|"
    r"galaxy (?:tab )?[a-z]\d{1,3}"
    r"\w*|pixel \d\w*|macbook(?: (?:pro|air))?|surface(?: (?:pro|go|laptop))? ?\d*|thinkpad \w+|latitude \d+|"
    r"elitebook \w+"
)
_RUNTIMES = (
    r"java|jdk|jre|openjdk|python|node(?:\.js)?|php|ruby|go|\.net(?: core| framework)?|docker|kubernetes|k8s|"
    r"openshift|helm|"
    r"postgres(?:ql)?|mysql|mariadb|oracle(?: database)?|sql server|mongodb|redis|elasticsearch|kafka|tomcat|"
    r"nginx|apache|iis|"
    r"outlook|excel|word|teams|acrobat|citrix|vmware|sap"
)
_NAMED = re.compile(
    rf"(?<![\w.@/-])(?:(?P<browser>{_BROWSERS})|(?P<system>{_SYSTEMS})|(?P<device>{_DEVICES})|(?P<runtime>{_RUNTIMES}))"
    rf"(?:{_BETWEEN}(?P<version>{_NUMBER}))?(?![\w@]|[.-]\w)",
    re.IGNORECASE,
)
_VERSION = re.compile(
    r"(?:(?<![\w.])(?P<name>[A-Z][\w&+-]{1,30}(?: [A-Z][\w&+-]{1,30}){0,2})[ \t]+(?:(?i:version|ver\.?|release|"
    r"build)\s)?)?"
    r"(?:(?<![\w.])(?i:(?:app|product|client|server|software|firmware|plugin|programm?|agent|driver|api|produkt|"
    r"software)?[ -]?"
    r"(?:versions?|ver\.|versión|versão|versione|wersja|release|build|firmware)(?:snummer| number| no\.?| nr\.?)?)"
    r"\s?(?i:is|ist|est|es|é|è|now|jetzt|は|als|=|:|：|-|we (?:use|run)(?: is)?|wir (?:nutzen|haben)|installed|"
    r"installiert|"
    r"(?:it )?says)?[\s:：=]{0,2}(?:(?i:now|is|ist|est|es|é)\s)?(?:(?i:die|der|das|the|la|le|el|a|o)\s)?|"
    r"(?:バージョン|版本)(?:は|：|:|\s|为|是)?\s?|"
    r"(?<![\w.])[vV]\.?\s?)"
    rf"[\"“„«']?(?P<version>{_NUMBER}(?:-[\w.]{{1,20}})?)(?![\w]|[.:]\d|%| ?(?:eur|usd))"
)
_NAME_AND_DOTS = re.compile(
    r"(?<![\w.])(?P<name>[A-Z][A-Za-z&+-]{2,30}(?: [A-Z][A-Za-z&+-]{1,30}){0,2}),? (?:on |in |\()?v?"
    r"(?P<version>\d{1,3}\.\d{1,4}(?:\.\d{1,6}){0,3}(?:-[\w.]{1,20})?)(?![\w]|[.:]\d|%| ?(?:€|\$|£|eur|usd|gbp|"
    r"chf|uhr|am|pm|h\b))"
)
_PLACE = cue(
    r"(?:on|in|our|the) (?:production|prod|staging|stage|test(?:ing)?|sandbox|uat|qa|pre-?prod(?:uction)?|"
    r"live)(?: (?:system|"
    r"environment|instance|server|tenant))?|(?:test|produktiv|prod|live|staging)(?:system|umgebung|mandant\w*)|"
    r"(?:environnement|serveur) (?:de )?(?:production|test|recette)|(?:en|em) (?:producción|produção|pruebas|testes)|"
    r"(?:entorno|ambiente) de (?:producción|pruebas|produção|testes|homologação)",
    r"本番(?:環境|系)?|検証環境|テスト環境|ステージング|生产环境|测试环境",
)
_AGENT = re.compile(r"Mozilla/5\.0 \([^()\n]{3,200}\)[^\n\"']{0,300}")
_ELSEWHERE = cue(
    r"(?:mit|in|im|unter|auf|bei) (?:\S+ ){1,4}(?:funktioniert\w*|geht|ging|lief|läuft|klappt\w*) (?:es|alles|"
    r"das)(?! (?:\S+ ){0,2}nicht)|"
    r"(?:in|on|with|under) (?:\S+ ){1,4}(?:it|everything|all|that) (?:works|worked|is fine|was fine|is ok)|"
    r"(?:avec|sous|sur) (?:\S+ ){1,4}"
    r"(?:tout|ça|cela) (?:marche|fonctionne)(?! pas)|(?:con|en|com|no|"
    r"na) (?:\S+ ){1,4}(?<!no )(?<!não )(?:todo funciona|funciona bien|tudo "
    r"funciona|funciona bem)|"
    r"(?:works?|worked|working|fine|ok|okay|no (?:problem|issue|error)s?|not affected|did not happen|"
    r"does not happen|doesn't "
    r"happen|never happened|not happening)(?: \w+){0,3} (?:in|on|with|under|using)|before (?:the )?(?:update|upgrade)|"
    r"until (?:version|v|we (?:updated|upgraded))|used to work|fixed in|available in|"
    r"(?:up(?:grade|date)|downgrad|roll)\w*(?: back)? (?:it |you |him |her |them )?to|planned?|will (?:be|move|"
    r"migrate|switch|get)|"
    r"(?:funktioniert\w*|geht|ging|lief|läuft|klappt\w*|tritt nicht auf)(?: \w+){0,3} (?:in|im|mit|unter|auf|"
    r"bei)|kein(?:e)? "
    r"(?:problem|fehler)\w* (?:in|im|mit|unter|auf)|behoben (?:in|mit)|vor dem update|"
    r"(?:fonctionn\w+|marche|pas de (?:problème|souci))(?: \w+){0,3} (?:dans|sur|avec|sous)|corrigée? (?:en|dans)|"
    r"(?:funciona\w*|sin (?:problemas?|errores))(?: \w+){0,3} (?:en|con)|corregido en|antes de (?:la )?actualiz\w+|"
    r"(?:funciona\w*|sem (?:problemas?|erros))(?: \w+){0,3} (?:em|com|no|na)|corrigido (?:em|na)",
    r"(?:では|で)(?:問題(?:なし|ありません|なく)|正常|発生しません|動作します)|(?:没有问题|正常)",
)
_UNDERSTOOD = cue(
    r"(?:does not|doesn't|not|nicht|pas|no|não|non|niet|nie) (?:work\w*|funktionier\w*|fonctionn\w*|funciona\w*)"
)
_TOLD_NOT = re.compile(
    r"(?:\bnot|\bnicht|\bpas|\bno en|\bnão|\bkein\w*|\bother than|\bexcept|\bsauf|\bausser|\bneither|\bnor|"
    r"\bweder|\bnoch)"
    r"(?: (?:in|on|with|under|unter|mit|auf|im|sur|avec|sous|dans|en|con|em|com|the|the version))? ?$",
    re.IGNORECASE,
)
_CHANGED_FROM = re.compile(
    r"(?:from|von|de|da|depuis la|desde la) (?:version |v|versión |versão )?(?P<old>\d[\d.]{0,15}\d) (?:to|auf|"
    r"à|a|para|vers)"
    r" (?:la )?(?:version |v|versión |versão )?(?P<new>\d[\d.]{0,15}\d)",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"\W*(?:it is|it's|es ist|c'est|es la|é a|です)?\W*v?(?P<version>\d{1,3}(?:\.\d{1,5}){1,4})\W*(?:です|。)?"
)
_WORDS = (
    "the this that with and version our your step error on in at after since from about only page room order invoice "
    "price total amount section chapter figure table january february march april may june july august "
    "september october "
    "november december die der das mit und seit um am im ab bis uhr le la les un une des el los las o os "
    "as it we i you "
    "hello hi dear hallo bonjour hola olá update upgrade release build time total summe betrag http https tls ssl ip "
    "wifi usb bluetooth rev"
)
_COMMON = frozenset(_WORDS.split())


class Thing(NamedTuple):
    """One piece of an environment."""

    part: str
    """``product``, ``system``, ``browser``, ``device``, ``runtime``, ``place``."""
    name: str
    version: str | None
    start: int


def things(text: str) -> list[Thing]:
    """What a piece of text names, in order; a user agent is read as the browser and system it stands for."""
    found: list[Thing] = []
    spans: list[tuple[int, int]] = []
    for agent in _AGENT.finditer(text):
        found += user_agent(agent[0], agent.start())
        spans.append(agent.span())
    for match in _NAMED.finditer(text):
        if not _inside(match, spans):
            part = match.lastgroup if match.lastgroup != "version" else None
            part = part or next(name for name in ("browser", "system", "device", "runtime") if match[name])
            if part == "runtime" and not match["version"]:
                continue
            found.append(Thing(part, match[part], match["version"], match.start()))
            spans.append(match.span())
    for pattern in (_VERSION, _NAME_AND_DOTS):
        for match in pattern.finditer(text):
            name = (match["name"] or "").strip()
            if _inside(match, spans) or not _is_version(match["version"]):
                continue
            if pattern is _NAME_AND_DOTS and name.split()[0].casefold() in _COMMON:
                continue
            name = "" if name.casefold() in _COMMON or name.casefold().startswith("version") else name
            found.append(Thing("product", name, match["version"], match.start("version")))
            spans.append(match.span())
    if (place := _PLACE.search(text.casefold())) is not None:
        found.append(Thing("place", place[0].strip(), None, place.start()))
    return sorted(found, key=lambda each: each.start)


def _is_version(text: str) -> bool:
    """No year, no long number of an order."""
    return not re.fullmatch(r"(?:19|20)\d\d(?:[._]\d\d?){0,2}|\d{5,}", text) or text.count(".") > 0


def _inside(match: re.Match[str], spans: list[tuple[int, int]]) -> bool:
    return any(start < match.end() and match.start() < end for start, end in spans)


def user_agent(text: str, start: int = 0) -> list[Thing]:
    """``Mozilla/5.0 (…) …``: the browser that sent it and the system it runs on."""
    found: list[Thing] = []
    inside = re.search(r"\(([^()]*)\)", text)
    about = inside[1] if inside else ""
    for pattern, name in (
        (r"Windows NT 10\.0", "Windows 10 or 11"),
        (r"Windows NT 6\.3", "Windows 8.1"),
        (r"Windows NT 6\.1", "Windows 7"),
        (r"(?:iPhone|iPad).*?OS (?P<v>\d+(?:_\d+)*)", "iOS"),
        (r"Android (?P<v>\d+(?:\.\d+)*)", "Android"),
        (r"Mac OS X (?P<v>\d+(?:[_.]\d+)*)", "macOS"),
        (r"CrOS", "ChromeOS"),
        (r"Linux", "Linux"),
    ):
        if (match := re.search(pattern, about)) is not None:
            version = match.groupdict().get("v")
            found.append(Thing("system", name, version.replace("_", ".") if version else None, start))
            break
    for token, name in (
        (r"Edg(?:e|A|iOS)?/", "Edge"),
        (r"OPR/", "Opera"),
        (r"SamsungBrowser/", "Samsung Internet"),
        (r"(?:Firefox|FxiOS)/", "Firefox"),
        (r"(?:Chrome|CriOS)/", "Chrome"),
        (r"Version/(?=[\d.]+ .*Safari)", "Safari"),
    ):
        if (match := re.search(rf"{token}(\d+(?:\.\d+)*)", text)) is not None:
            found.append(Thing("browser", name, match[1], start))
            break
    return found


def find(part: Part) -> Iterator[Passage]:
    """Every thing named as the place of the fault: not where it works, what is advised, or what is not known."""
    for sentence in part.sentences():
        if sentence.section not in (None, Element.ENVIRONMENT, Element.STEPS, Element.ACTUAL, Element.EVIDENCE):
            continue
        agent = "Mozilla/5.0 (" in sentence.text
        if not agent and (part.answer or not sentence.plain or is_ignorance(sentence.folded)):
            continue
        changed = _CHANGED_FROM.search(sentence.text)
        if changed is not None:
            yield _passage(sentence, Thing("product", "", changed["new"], 0), 0.7)
        if _ELSEWHERE.search(sentence.folded) and not _UNDERSTOOD.search(sentence.folded):
            continue
        for thing in things(sentence.text):
            if _TOLD_NOT.search(sentence.text[max(0, thing.start - 30) : thing.start]):
                continue
            if changed is not None and thing.version in changed.group("old", "new"):
                continue
            yield _passage(sentence, thing, _confidence(thing))
        if Element.ENVIRONMENT in part.asked and (bare := _BARE.fullmatch(sentence.text)) is not None:
            yield _passage(sentence, Thing("product", "", bare["version"], 0), 0.65)


def of_value(text: str, part: str | None) -> list[Thing]:
    """What stands behind a label such as ``Browser:`` or ``Version:``."""
    found = things(text)
    if part in (None, "product") and not any(each.part == "product" for each in found):
        match = re.search(rf"(?<![\w.])v?(?P<version>{_NUMBER})(?![\w]|\.\d)", text)
        if part == "product" and match is not None and len(text) < 120:
            found.append(Thing("product", text[: match.start()].strip(" :,"), match["version"], match.start()))
    if part in ("browser", "system", "device") and not any(each.part == part for each in found) and len(text) < 120:
        match = re.search(_NUMBER, text)
        found.append(Thing(part, text.strip(), match[0] if match and part != "device" else None, 0))
    return found


def _confidence(thing: Thing) -> float:
    if thing.part == "place":
        return 0.3
    if thing.part == "device":
        return 0.5
    return 0.8 if thing.version or re.search(r"\d", thing.name) else 0.4


def _passage(sentence: Sentence, thing: Thing, confidence: float) -> Passage:
    return Passage(
        text=sentence.text,
        source=sentence.source,
        how="words",
        confidence=confidence,
        part=thing.part,
        name=thing.name or None,
        version=thing.version,
    )


def latest(passages: list[tuple[Passage, bool]]) -> list[Passage]:
    """Of each product, system, browser the last word; ``True`` beside a passage: it corrects what was said before."""
    kept: list[Passage] = []
    for passage, corrects in passages:
        key = _key(passage)
        if passage.part != "place":
            kept = [each for each in kept if _key(each) != key or (each.version and not passage.version)]
        if corrects:
            kept = [
                each
                for each in kept
                if each.part != passage.part or each.source == passage.source
            ]  # fmt: skip
        if passage.version or not any(_key(each) == key for each in kept):
            kept.append(passage)
    return kept


def _key(passage: Passage) -> tuple[str | None, str]:
    """Two versions of one product are one thing; a version without a name is the product's own."""
    name = (passage.name or "").casefold()
    for word in ("google ", "mozilla ", "microsoft ", "ms "):
        name = name.removeprefix(word)
    if passage.part == "product":
        return "product", ""
    if passage.part == "system":
        name = re.split(r"[ \d]", name)[0]
    return passage.part, name
