"""Other tickets named in a text, and what is claimed of them.

"Duplicate of #12" claims that the ticket it stands in duplicates #12; "similar to #12", "not a duplicate of #12" and
"#12 is a duplicate of this" do not, and "maybe the same as #12" is a guess. Which it is, is read from the words
between the beginning of the sentence and the key; in Japanese and Chinese from those after it.
"""

import re
from enum import Enum
from typing import NamedTuple

from supportctl.model import Platform
from supportctl.text.fold import fold

DUPLICATE = re.compile(
    r"(?<!not )(?<!not a )(?<!non-)(?<!kein )(?:duplica|duplika|dublette|doublon|dubbel|doppelt|重複|重复)"
)
"""What closure codes for duplicates are called; for folded text."""


class Claim(Enum):
    SAME = "same"
    """The ticket is said to be the same as, or a duplicate of, the other."""
    MAYBE = "maybe"
    """The same, but hedged or asked."""
    MENTION = "mention"
    """Anything else."""


class Mention(NamedTuple):
    key: str
    """As the platform writes it: ``#12``, ``SUP-12``, ``INC0010012``, or a sys_id."""
    claim: Claim


_ZENDESK = (
    r"https?://[\w.-]+(?::\d+)?/(?:agent/(?:\#/)?tickets|hc/(?:[\w-]+/)?requests|tickets|"
    r"requests)/(?P<url>\d{1,12})(?![A-Za-z0-9_])|"
    r"(?<![\w/&#])\#(?P<key>\d{1,12})(?![A-Za-z0-9_-])|"
    r"(?<!\w)(?:tickets?|requests?|case|anfragen?|demandes?|solicitud|chamado|zgłoszeni\w{1,2}|チケット|工单)"
    r"(?:[ -]?(?:nr\.?|no\.?|n°|id|number|nummer))?[: ]{0,2}(?P<word>\d{2,12})(?![A-Za-z0-9_%-]|[.,]\d)"
)
_JSM = r"(?<![A-Za-z0-9_-])(?P<key>[A-Z][A-Z0-9_]{1,19}-[1-9]\d{0,8})(?![A-Za-z0-9_-]|\.\d)"
_SERVICENOW = (
    r"sys_id(?:=|%3D)(?P<url>[0-9a-f]{32})(?![0-9a-f])|"
    r"(?<![A-Za-z0-9_-])(?P<key>(?:INC|PRB|PTASK|REQ|RITM|SCTASK|TASK|CHG|CTASK|CS|HRC|STRY|IMS)\d{4,12})"
    r"(?![A-Za-z0-9_-])"
)
_KEYS = {
    Platform.ZENDESK: re.compile(_ZENDESK, re.IGNORECASE),
    Platform.JSM: re.compile(_JSM),
    Platform.SERVICENOW: re.compile(_SERVICENOW, re.IGNORECASE),
}
_HINTS = {
    Platform.ZENDESK: re.compile(r"\d"),
    Platform.JSM: re.compile(r"-[1-9]"),
    Platform.SERVICENOW: re.compile(r"\d{4}|sys_id"),
}
_NO_PROJECT = frozenset((
    "AES", "AMD", "ARM", "CAT", "CHAPTER", "COVID", "CVE", "CWE", "DES", "DIN", "ERROR", "ES", "GMT", "GPT",
    "HTTP", "HTTPS", "ID", "IEC", "IEEE", "IPV", "ISO", "LTE", "MD", "MP", "PAGE", "PART", "PEP", "PKCS", "RFC",
    "RS", "RSA", "SHA", "SSL", "STEP", "TLS", "TYPE", "USB", "UTC", "UTF", "VERSION", "WIN", "WINDOWS",
))  # fmt: skip
"""What stands before a dash and a number and is no project."""

_TICKET = r"(?:issues?|problems?|tickets?|requests?|incidents?|cases?|bugs?|thing|story|task)"
_SAME = (
    # English
    rf"(?:duplicates?|duplications?|dupes?|dup|copy|re-?post|repetition|repeat) (?:of|to|with|for)|duplicates|"
    rf"duplicate[:,]?|"
    rf"dupe[:,]?|"
    rf"(?:the )?(?:exact )?same {_TICKET}? ?(?:as|like|with)|(?:the )?same as|identical (?:to|with)|"
    r"(?:merged?|merging|folded) (?:this )?(?:in|into|with)|already (?:reported|tracked|filed|covered|"
    r"handled) (?:in|as|by|under|with)|"
    # German
    r"duplikate? (?:von|zu|des|der)|duplikat[:,]?|dublette (?:von|zu|des)|doppelt (?:zu|mit)|doppelung (?:von|zu)|"
    r"(?:das )?(?:gleiche|selbe|dasselbe|identische)(?: problem| thema| anliegen| ticket| vorfall)? wie|"
    r"identisch (?:mit|zu)|"
    r"zusammengeführt mit|bereits (?:gemeldet|erfasst|bearbeitet) (?:in|als|unter)|"
    # French
    r"doublon (?:de|du|avec)|doublon[:,]?|(?:le )?même (?:problème|ticket|incident|demande|sujet)? ?que|"
    r"identique (?:à|au)|fusionné (?:avec|dans)|"
    # Spanish, Portuguese, Italian
    r"duplicad[oa] (?:de|del|do|da|com|con)|duplicado[:,]?|(?:el |o )?mismo (?:problema|ticket|caso|incidente)? ?que|"
    r"(?:o )?mesmo (?:problema|ticket|caso|incidente|chamado)? ?que|id[eé]ntico (?:a|ao|al)|fusionado (?:con|en)|"
    r"mesclado com|"
    r"duplicat[oa] (?:di|del|con)|(?:lo )?stesso (?:problema|ticket|caso|incidente)? ?(?:di|del|che)|unito a|"
    # Dutch, Polish
    r"duplicaat van|dubbel(?:e melding)? (?:van|met)|dubbeling van|(?:het|de)?zelfde (?:probleem|melding|"
    r"ticket)? ?als|samengevoegd met|"
    r"duplikat(?:em)? (?:zgłoszenia|do)?|to samo co|ten sam (?:problem )?co|"
    # Japanese, Chinese
    r"重複|重复"
)
_BETWEEN = (
    r"(?:[\s:,;(\[*_>\"'|–—-]|(?:the|an|our|your|existing|following|here|earlier|older|original|previous|other|"
    r"ticket|tickets|issue|"
    r"request|incident|case|bug|"
    r"problem|number|no|nr|id|from|in|as|in favou?r of|see|at|jira|"
    r"dem|der|des|die|das|vorgang|anfrage|vorfall|meldung|siehe|nummer|"
    r"le|la|du|de|demande|voir|numéro|el|los|solicitud|ver|caso|número|o|a|chamado|il|richiesta|vedi|het|melding|"
    r"zie|zgłoszenia|"
    r"nr\.|no\.|n°|請|见|チケット|工单|https?://[^\s\"<>]*)(?=[\s:/#(\[]|$|[A-Z]))*"
)
_CLAIM = re.compile(rf"(?<!\w)(?:{_SAME}){_BETWEEN}$")
_CLOSED_AS = re.compile(
    r"(?<!\w)(?:duplicates?|dupe|duplikat|dublette|doublon|duplicad[oa]|duplicato|duplicaat|重複|"
    r"重复)(?!\w)[^.!?\n]{0,12}?"
    r"(?<!\w)(?:see|siehe|voir|ver|vedi|zie|zob\.|patrz|参照|见|->|→|=>)[\s:]*" + _BETWEEN + "$"
)
_AFTER = re.compile(
    r"\s*(?:と|の|に|と内容が|的|是)?\s*(?:重複(?!して(?:い)?(?:ない|ません))|同じ(?:問題|内容|件)|同一(?:問題|内容|件)|重复|同一个?(?:问题|工单))"
)
_NOT = re.compile(
    r"(?<!\w)(?:not?|never|isn't|isnt|wasn't|aren't|don't|doesn't|no longer|unlike|different|nicht|kein\w*|nie|"
    r"anders|pas|"
    r"aucun|n'est|não|niet|geen|nie jest|non|sin|ningún|similar|like|ähnlich\w*|semblable|similaire|parecido|"
    r"semelhante|simile|"
    r"lijkt op|podobn\w+|類似|类似|不是|ではない)(?!\w)"
)
_GUESS = re.compile(
    r"(?<!\w)(?:may ?be|might|possibl[ey]|probabl[ey]|perhaps|could|likely|looks (?:like|to)|appears?|seems?|"
    r"sounds like|"
    r"suspect\w*|think|guess|"
    r"assume|if|whether|check|potential\w*|can you|vielleicht|möglich\w*|vermutlich|evtl\.?|eventuell|"
    r"wahrscheinlich|könnte|"
    r"scheint|ob|wohl|peut-être|possible|probable\w*|semble|pourrait|quiz[áa]s?|tal vez|parece|podría|talvez|"
    r"poderia|forse|"
    r"sembra|potrebbe|misschien|mogelijk|lijkt|może|chyba|かも|可能|也许|でしょうか)(?!\w)"
)
_OTHERS = re.compile(
    r"(?<!\w)(?:same (?:customer|user|requester|device|error|symptoms?|agent|template|steps?|fix|solution|"
    r"workaround|answer|reply|way|as (?:in|for|with|on))"
    r"|(?:gleiche[rs]?|selbe[rn]?) (?:kunde|gerät|fehler|lösung|antwort)|même (?:client|appareil|erreur|"
    r"solution))(?!\w)"
)
_LISTED = re.compile(r"[\s,;/&+、，]*(?:and|or|und|oder|et|ou|y|o|e|en|of|i|lub|と|和)?[\s]*", re.IGNORECASE)
_SENTENCE = re.compile(r"[.!?](?=\s)|[。！？]|\n")
_REACH = 160
"""Characters looked at before a key."""


def mentions(text: str, platform: Platform, own: str | None = None) -> list[Mention]:
    """Every other ticket named in ``text``, in order; ``own`` is the key of the ticket the text stands in.

    Files hold tickets of any platform: there nothing is recognised, as a number means something else on each.
    """
    keys, hint = _KEYS.get(platform), _HINTS.get(platform)
    if keys is None or hint is None or not hint.search(text):
        return []
    found: list[Mention] = []
    earlier: tuple[int, str, Claim] | None = None
    """Where the last one ended, its key, and what was claimed of it."""
    for match in keys.finditer(text):
        key = _written(match, platform)
        if key is None:
            continue
        if own is not None and fold(key) == fold(own):
            continue
        start = _sentence(text, match.start())
        if earlier and _LISTED.fullmatch(text, earlier[0], match.start()):
            claim = earlier[2]
        elif earlier and earlier[0] > start and earlier[1] != key:
            claim = Claim.MENTION
        else:
            claim = _claim(text, start, match)
        found.append(Mention(key, claim))
        earlier = (match.end(), key, claim)
    return found


def same_as(text: str, platform: Platform, own: str | None = None) -> list[str]:
    """The keys this text claims to be the same ticket, each once."""
    return list(dict.fromkeys(each.key for each in mentions(text, platform, own) if each.claim is Claim.SAME))


def _written(match: re.Match[str], platform: Platform) -> str | None:
    found = match.groupdict()
    if platform is Platform.ZENDESK:
        number = found["url"] or found["key"] or found["word"]
        return f"#{int(number)}"
    if platform is Platform.SERVICENOW:
        return found["url"].lower() if found["url"] else found["key"].upper()
    key = found["key"].upper()
    return None if key.partition("-")[0] in _NO_PROJECT else key


def _sentence(text: str, end: int) -> int:
    """Where the sentence begins that holds ``end``."""
    start = max(0, end - _REACH)
    for stop in _SENTENCE.finditer(text, start, end):
        start = stop.end()
    return start


def _claim(text: str, start: int, match: re.Match[str]) -> Claim:
    before = fold(text[start : match.start()])
    after = text[match.end() : match.end() + 60]
    said = bool(_CLAIM.search(before) or _CLOSED_AS.search(before))
    if not said and not _AFTER.match(after):
        return Claim.MENTION
    if _OTHERS.search(before) or _NOT.search(before):
        return Claim.MENTION
    rest = re.split(r"[.!。！\n]", after, maxsplit=1)[0]
    if _GUESS.search(before) or "?" in rest or "？" in rest or "かも" in rest or "でしょうか" in rest:
        return Claim.MAYBE
    return Claim.SAME
