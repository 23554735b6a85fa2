"""What was expected and what happens instead, outside of headings; errors word for word."""

import re
from collections.abc import Iterator

from supportctl.evidence.reading.cues import FAILS, cue, is_ignorance
from supportctl.evidence.reading.shapes import Element, Passage
from supportctl.evidence.reading.thread import Part, Sentence
from supportctl.text.identifiers import Kind, identified

_EXPECTS = cue(
    r"(?:i|we|you|they|he|she|one|customers?|users?|the (?:customer|user|guest)s?)(?:'d| would| had| was| were)? "
    r"(?:have |all |normally )?expect(?:ed|s|ing)?|expected (?:it|that|this|the|to|a|an)|(?:was|were|is|"
    r"are) expected to|"
    r"supposed to|(?:is|are|was) meant to|ought to|expected (?:result|behaviou?r|outcome|value|output)|"
    r"erwartet(?:e|en)?|erwarte(?:n)? (?:wir |ich )?(?:dass|eine[nr]?|das|den|die)|erwartungsgemäss|"
    r"müsste[n]? (?:eigentlich|"
    r"doch|hier|dann)?|sollte[n]? (?:eigentlich|doch|jedoch|normalerweise)|eigentlich (?:sollte|müsste|soll)\w*|"
    r"(?:je m'|nous nous |on s')attend\w*|(?:s'attend|attendu)\w*|(?:est|sont|était) censée?s?|aurai(?:t|ent) dû|"
    r"(?:esperaba(?:mos|n)?|se espera(?:ba)?|lo esperado|esperado es|tendría(?:n)? que|se supone que)|"
    r"(?:esperava(?:mos|m)?|espera-se|o esperado|era suposto|supostamente|seria de esperar)|"
    r"mi aspettavo|ci aspettavamo|ci si aspetta|atteso|verwachtte[n]?|verwacht|oczekiwał\w+|oczekujemy|spodziewał\w+",
    r"はず(?:です|だ|なの|でし|が|。|、|$)|べき|期待(?:して|する|され|値|通り)|想定(?:して|では|され|通り)|"
    r"本来(?:は|なら|であれば|、)|"
    r"应该|应当|本应|预期|期望",
)
_SHOULD = cue(
    r"should(?: not|n't)?(?: only| also| always| never| then| still)? (?:have |be |get )?\w+|must (?:be|show|not|have)|"
    r"sollte[n]?|soll(?:en)?|müsste[n]?|müssen|devrai(?:t|ent)|doi(?:t|vent)|debería[n]?|debe[n]?|deveria[m]?|"
    r"devia[m]?|"
    r"deve[m]?|dovrebbe(?:ro)?|zou(?:den)? (?:\w+ ){0,3}moeten|powin(?:ien|na|no|ny)"
)
_NOT_EXPECTED = cue(
    r"(?:as|than) expected|unexpected\w*|expect(?:ed|ing)? (?:delivery|date|arrival|downtime|by|in \d)|"
    r"expect(?:ing)? (?:your|a (?:reply|response|call|refund|fix|solution|quick)|an (?:answer|update)|to hear|"
    r"guests?|you)|"
    r"should (?:i|we|you)|(?:what|who|how|where|when|why) should|(?:you|we|i) (?:should|must)|"
    r"should (?:be )?(?:fixed|resolved|solved|help|now|work now|be fine)|"
    r"should (?:have )?receive[d]? (?:an? )?(?:reply|"
    r"answer|update)|sollte(?:n)? sie|sollten wir|(?:wir|ich|sie) soll(?:en|te|ten)|wie erwartet|erwarten ihre|"
    r"erwarte(?:n)? (?:eine|ihre) (?:antwort|rückmeldung|lösung)|unerwartet\w*|"
    r"que (?:dois-je|devons-nous)|(?:je|nous|vous) (?:dois|devons|devez|devrions)|comme attendu|inattendue?s?|"
    r"attendons|"
    r"como (?:se )?esper(?:aba|ado)|inesperad[oa]s?|(?:debo|debemos|debería(?:mos)?) (?:hacer|yo)|qué deb\w+|"
    r"(?:devo|devemos|deveríamos)|conforme esperado|como esperado",
    r"期待通り(?:です|に)|ご対応|お返事|どうすべき|すべきでしょう|该怎么",
)
_INSTEAD = cue(
    r"instead(?: of)?|rather than|but (?:it |i |we )?(?:shows?|gets?|displays?|returns?|is|was|see)|"
    r"statt(?:dessen)?|anstelle|anstatt|sondern|au lieu d\w*|à la place|en (?:lugar|vez) de|en su lugar|em vez d\w+|"
    r"em lugar d\w+|invece|in plaats van|zamiast",
    r"代わりに|ではなく|のに|却|而不是",
)
_NO_ERROR = cue(
    r"(?:no|without(?: an?| any)?|not (?:an?|any)|never an?|there is no|isn't an?) (?:\w+ )?(?:error|exception)"
    r"(?: (?:message|code|text|number))?s?|(?:error|message) (?:does|did) not (?:appear|show)|nothing in the logs?|"
    r"(?:keine?|ohne) (?:\w+ )?(?:fehler|fehlermeldung|fehlercode|meldung)(?:en)?|"
    r"(?:aucun|sans|pas de|pas d') ?(?:message d')?erreur|aucun message|(?:ningún|sin|no hay|no (?:da|sale|"
    r"aparece|muestra)) "
    r"(?:ningún )?(?:mensaje|error|código)\w*|(?:nenhuma?|sem|não (?:há|aparece|dá|"
    r"mostra)) (?:nenhuma? )?(?:mensagem|erro|"
    r"código)\w*|nessun (?:messaggio|errore)|geen (?:fout|foutmelding)|brak (?:komunikatu|błędu)",
    r"エラー(?:メッセージ|表示|コード)?[はも](?:特に|何も|一切)?(?:出|表示され|あり|"
    r"ござい)(?:て)?(?:い)?(?:ません|ない)|エラー(?:メッセージ)?なし|"
    r"没有(?:任何)?(?:错误|报错)|无错误",
)
_ERROR_WORD = cue(
    r"errors?(?: \w+)?|exceptions?|error code|messages?|says?|said|shows?|showing|displays?|reads?|warning|"
    r"popup|pop-up|"
    r"returns?|throws?|reports?|complains?|fehler\w*|meldung|meldet|zeigt|steht|erscheint|kommt|hinweis|dialog|"
    r"erreur\w*|message|affiche\w*|indique|renvoie|dit|apparaît|mensaje|error|muestra|dice|aparece|sale|devuelve|"
    r"erro|mensagem|mostra|diz|indica|devolve|exibe|errore|messaggio|mostra|dice|fout\w*|melding|toont|błąd|komunikat|"
    r"wyświetla",
    r"エラー|メッセージ|表示|错误|消息|提示|显示",
)
_QUOTED = re.compile(
    r"[“„«»「『‹](?P<one>[^”“«»」』›\n]{4,300})[”“»«」』›]|\"(?P<two>[^\"\n]{4,300})\"|"
    r"(?<![\w])'(?P<three>[^'\n]{8,300})'"
    r"|`(?P<four>[^`\n]{4,300})`|(?:says|reads|message|meldung|message d'erreur|mensaje|mensagem|"
    r"メッセージ)\s?[:：]\s*(?P<five>\S.{6,300})",
    re.IGNORECASE,
)
_IN_CAPITALS = re.compile(r"\b[A-Z][A-Z0-9]{2,}(?:[_-][A-Z0-9]{2,})+\b")
_LINE_OF_ERROR = re.compile(
    r"\s*(?:[\w.$]*(?:Error|Exception|Fault|Failure)\b\s?[:(]|(?:fatal |uncaught |unhandled )?(?:error|fatal|"
    r"err!?|fehler|"
    r"erreur|erro|errore|エラー|错误)\s?[:：]\s*\S|traceback \(most|caused by:|exception in|"
    r"(?:[\[(]?\d{4}-\d\d-\d\d[T ][\d:.,]+\S*\s+)?[\[(]?(?:ERROR|FATAL|SEVERE|CRITICAL)\b)",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"(?:error|err|fehler|code|erreur|erro|errore|error code|fehlercode|código|codice|status|エラー|"
    r"エラーコード|コード|错误|错误码|"
    r"hresult|returned|returns|shows|zeigt|meldet|muestra|affiche|mostra|says)[\s:：=#\"“„«「(]{0,4}"
    r"(?P<code>(?:0x[0-9a-f]{4,16}|[A-Z]{1,8}[-_]?\d{2,6}[A-Z]?|[45]\d\d|-?\d{3,10}))(?![\w%€$£]|[.,:/-]\d|"
    r" ?(?:eur|usd|gbp|"
    r"users?|times|orders?|bookings?|rows?|invoices?|minutes?|hours?|seconds?|mal|nutzer|件|回|人))",
    re.IGNORECASE,
)
_VAGUE = cue(
    r"no|not|never|nicht|kein\w*|pas|plus|aucun\w*|non|niet|geen|nie|mal|nadie|personne|niemand|lost|wrong|impact\w*|"
    r"affect\w*|block\w*|disrupt\w*|errors?|fehler|erreurs?|erros?|nie|down|niemand|betroffen|betrifft|touch\w+|"
    r"coup\w*",
    r"不|没有|影响|影響",
)
"""Words of `FAILS` that stand in any sentence: a quarter of what they are in are no symptoms."""
_PROVES = (Kind.ERROR_CODE, Kind.EXCEPTION)


def find(part: Part) -> Iterator[tuple[Element, Passage]]:
    for sentence in part.sentences():
        if sentence.section in (Element.EXPECTED, Element.ENVIRONMENT, Element.EVIDENCE) or not sentence.plain:
            continue
        if is_ignorance(sentence.folded) and not _LINE_OF_ERROR.match(sentence.text):
            continue
        if part.place != "title":
            yield from _expected(sentence)
        yield from _actual(sentence)


def denies_error(sentence: Sentence) -> bool:
    return _NO_ERROR.search(sentence.folded) is not None


def has_error(text: str) -> bool:
    """Whether an error is there word for word, or by its code."""
    return (
        _LINE_OF_ERROR.match(text) is not None
        or _CODE.search(text) is not None
        or any(kind in _PROVES for kind in identified(text).values())
    )


def _expected(sentence: Sentence) -> Iterator[tuple[Element, Passage]]:
    folded = sentence.folded
    if sentence.section is not None or _NOT_EXPECTED.search(folded) or sentence.part.answer:
        return
    confidence = 0.0
    if _EXPECTS.search(folded):
        confidence = 0.75
    elif _SHOULD.search(folded) and sentence.part.support is not True:
        confidence = 0.62
    elif _INSTEAD.search(folded) and (FAILS.search(folded) or _is_shown(folded)):
        confidence = 0.5
    if confidence:
        yield Element.EXPECTED, _passage(sentence, confidence)


def _actual(sentence: Sentence) -> Iterator[tuple[Element, Passage]]:
    if not _NO_ERROR.search(sentence.folded):
        exact = _exact(sentence)
        if exact:
            yield Element.ACTUAL, _passage(sentence, exact, "error")
            return
    if sentence.part.answer or sentence.section is Element.STEPS:
        return
    folded = sentence.folded
    if _INSTEAD.search(folded) and _is_shown(folded):
        yield Element.ACTUAL, _passage(sentence, 0.65, "seen")
    elif _fails(folded) or _DOES_NOT.search(folded):
        yield Element.ACTUAL, _passage(sentence, 0.45, "seen")


def _exact(sentence: Sentence) -> float:
    """How sure a sentence holds an error as it was shown."""
    text = sentence.text
    if _LINE_OF_ERROR.match(text):
        return 0.85
    if any(kind in _PROVES for kind in identified(text[:3000]).values()) and (
        _ERROR_WORD.search(sentence.folded) or FAILS.search(sentence.folded) or _is_code_alone(text)
    ):
        return 0.8
    if _CODE.search(text):
        return 0.75
    quoted = _QUOTED.search(text)
    if quoted and _ERROR_WORD.search(sentence.folded):
        inner = next(group for group in quoted.groups() if group)
        if "Mozilla/5.0" in inner:
            return 0.0
        if _IN_CAPITALS.search(inner):
            return 0.75
        return (
            0.75 if FAILS.search(inner.casefold()) or "!" in inner or len(inner.split()) > 2 or _dense(inner) else 0.5
        )
    return 0.0


def _is_code_alone(text: str) -> bool:
    return len(text.split()) <= 4


def _dense(text: str) -> bool:
    return any("\u3040" <= sign <= "\u9fff" for sign in text)


_SHOWN = cue(
    r"shows?|displays?|get|gets|got|see|sees|saw|returns?|opens?|prints?|is|are|was|were|becomes?|charges?|calculat\w+|"
    r"zeigt|erscheint|steht|stehen|sehe|sehen|bekomm\w*|erhalt\w*|kommt|ist|wird|druckt|öffnet|affiche\w*|"
    r"voi[st]|voyons|obtiens|"
    r"obtenons|reçois|est|sont|imprime|muestra|sale|aparece|veo|vemos|recib\w+|es|son|imprime|mostra|aparece|"
    r"vejo|vemos|"
    r"receb\w+|é|são|imprime",
    r"表示|なり|なる|出|显示|出现|变成",
)


def _is_shown(folded: str) -> bool:
    return _SHOWN.search(folded) is not None


def _fails(folded: str) -> bool:
    """A symptom: not only a word that stands in any sentence."""
    found = [match[0] for match in FAILS.finditer(folded)]
    if not found:
        return False
    if any(_VAGUE.fullmatch(word) is None for word in found):
        return True
    return _DOES_NOT.search(folded) is not None


_DOES_NOT = cue(
    r"stimm(?:t|en) (?:\S+ ){0,3}nicht|zu (?:viel|wenig|hoch|niedrig)|(?:does not|doesn't|do not|"
    r"don't) (?:add up|match|balance|tally)|"
    r"too (?:much|little|high|low)|en trop|de más|de menos|a (?:mais|menos)|"
    r"(?:funktionier\w*|geht|gehen|läuft|lädt|lässt|öffne\w*|starte\w*|erscheine?\w*|kommt|kommen|komme|kann|können|"
    r"reagier\w*|druckt|speicher\w*|angezeigt|möglich|erreichbar|an(?:gekommen|melden)|"
    r"synchronisier\w*)(?: \w+){0,6} (?:nicht|"
    r"kein\w*)(?: \w+)*|nicht (?:\w+ ){0,3}(?:angezeigt|geladen|gespeichert|gesendet|gedruckt|möglich|erreichbar|mehr|"
    r"an(?:melden|kommen)|öffnen|starten|funktioniert)|"
    r"n(?:e |')(?:\w+ ){1,3}(?:pas|plus|rien)|(?:no|nadie|não|non|ninguém|"
    r"personne) (?:\w+ ){0,2}\w*(?:funciona\w*|abre\w*|"
    r"carga\w*|pued\w+|podemos|aparec\w+|sale\w*|llega\w*|deja\w*|responde\w*|guarda\w*|cuadr\w*|coincid\w*|"
    r"bate\w*|imprime\w*|inicia\w*|"
    r"permite\w*|"
    r"consig\w+|conseg\w+|carrega\w*|responde\w*|chega\w*|funziona\w*|riesc\w+|apre\w*)|"
    r"(?:werkt|opent|laadt|kan|komt) (?:\w+ ){0,3}niet|nie (?:działa\w*|mogę|możemy|otwiera\w*|ładuje\w*)|"
    r"(?:goes|went|is|are|was) (?:down|wrong|lost)|got lost|(?:an?|the|this|that|same|"
    r"following) (?:\w+ )?errors?|errors? "
    r"(?:when|on|in|while|after|appear|comes?)|(?:ein(?:e|en)?|der|den|diese[rn]?) (?:\w+ )?fehler|"
    r"(?:une|l'|cette) ?erreur|un error|um erro",
    r"(?:不能|无法|没有|不)(?:\S{0,6})(?:打开|登录|显示|保存|加载|打印|工作|响应)",
)


def _passage(sentence: Sentence, confidence: float, part: str | None = None) -> Passage:
    return Passage(text=sentence.text, source=sentence.source, how="words", confidence=confidence, part=part)
