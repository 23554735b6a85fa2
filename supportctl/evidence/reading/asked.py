"""What support has asked the customer for: an answer of one word counts then."""

from collections.abc import Sequence

from supportctl.evidence.reading.cues import cue, is_question, is_request
from supportctl.evidence.reading.shapes import Element
from supportctl.evidence.reading.thread import Part

_TOPICS = {
    Element.ENVIRONMENT: cue(
        r"version\w*|browser\w*|operating system|os|device|environment|build|release|betriebssystem|gerät|"
        r"umgebung|navigateur|système|"
        r"navegador|sistema|versión|versão|versione|wersj\w+",
        r"バージョン|ブラウザ|環境|端末|版本|浏览器",
    ),
    Element.SINCE: cue(
        r"since when|when did|how often|every time|frequency|how long|seit wann|wie oft|jedes mal|wann|"
        r"depuis quand|fréquence|combien de "
        r"fois|à chaque fois|desde cuándo|cuántas veces|con qué frecuencia|siempre|desde quando|quantas vezes|"
        r"com que frequência|sempre",
        r"いつから|頻度|毎回|何回|什么时候开始|多久|每次",
    ),
    Element.IMPACT: cue(
        r"how many|who is affected|impact|other users|anyone else|everyone|workaround|wie viele|auswirkung\w*|"
        r"andere|combien|impact|"
        r"d'autres|cuántos|impacto|otros|quantos|outros",
        r"何名|影響|他の|多少|影响",
    ),
    Element.TIMES: cue(
        r"what time|exact time|when exactly|timestamp|time zone|um wie viel uhr|uhrzeit|zeitpunkt|"
        r"à quelle heure|heure|a qué hora|hora|a que "
        r"horas|hora",
        r"日時|時刻|何時|时间",
    ),
}


def mark(parts: Sequence[Part]) -> None:
    """Fill `Part.asked` of every message of a customer with what support asked in the message before it."""
    asked: frozenset[Element] = frozenset()
    for part in parts:
        if part.support is True:
            if part.public is not False:
                asked = _asked(part)
        elif part.comment is not None:
            part.asked = asked


def _asked(part: Part) -> frozenset[Element]:
    said = [each.folded for each in part.sentences() if is_question(each.text) or is_request(each.folded)]
    return frozenset(element for element, topic in _TOPICS.items() if any(topic.search(text) for text in said))


def topics(folded: str) -> list[Element]:
    """What a sentence speaks of."""
    return [element for element, topic in _TOPICS.items() if topic.search(folded)]
