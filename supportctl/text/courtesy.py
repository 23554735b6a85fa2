"""Messages that ask nothing: thanks, and word that the problem is gone.

Short phrases in the languages support queues see most. A message counts only when it is short, asks no question,
names no trouble and asks for nothing: "thanks, but it still fails" and a report that ends in "thanks, Ann" are none.
"""

import re

from supportctl.text.fold import fold
from supportctl.text.quoted import own_words

_THANKS = (
    "thank(?:s| you)|thx|tysm|cheers|much appreciated|appreciate (?:it|your|the)|danke|(?:vielen|besten|herzlichen|"
    "lieben) dank|"
    "merci|gracias|agradec|grazie|obrigad[oa]|dank (?:je|u)|bedankt|dziękuj|dzięki|tack|tak for|takk|kiitos|děkuji|"
    "спасибо|谢谢|多谢|感谢|謝謝|ありがとう|感謝|助かりました|감사합니다|고맙|teşekkür|شكرا"
)
_GONE = (
    "(?:it|this|that|everything|all|problem|issue|error|access|login)(?: is| are|'s| has been| have been|"
    " seems(?: to be)?)? "
    "(?:now |all |already )*(?:fixed|solved|resolved|gone|sorted|working (?:again|now))|"
    "(?:works|working) (?:again|now)|working as expected|(?:confirmed|confirm it'?s) working|"
    "(?:i|we) can (?:log ?in|sign in|connect|print) again|did the trick|"
    "(?:it|that|this) (?:worked|did it|helped|fixed it)(?=\\s*(?:[.!,]|$))|"
    "solved itself|"
    "all (?:is )?(?:good|sorted|set)|back to normal|up and running|"
    "(?:i|we)(?:'ve| have|'m| think i)* (?:managed to )?(?:fix(?:ed)?|solved?|resolved?|sorted|figured) "
    "(?:it|this|that|the (?:problem|issue|error))|figured (?:it )?out|sorted (?:it )?(?:out )?myself|"
    "found the (?:answer|solution)|(?:please|you can|you may|can be|may be) close|"
    "close (?:this|the) (?:ticket|case|request)|no longer (?:needed|required|an issue)|never ?mind|please ignore|"
    "hat sich erledigt|ist (?:damit )?erledigt|(?:funktioniert|geht|klappt|läuft) (?:jetzt|wieder|nun|alles)|"
    "(?:alles|jetzt) (?:funktioniert|geht|klappt|läuft)|kann geschlossen|können .{0,20}schließen|hat geklappt|"
    "hat geholfen|"
    "(?:ça|cela|tout) (?:re)?(?:marche|fonctionne)|c'est (?:réglé|résolu|bon|ok)|problème (?:est )?(?:réglé|résolu)|"
    "pouvez (?:clore|fermer|clôturer)|"
    "ya (?:funciona|está|puedo)|todo (?:funciona|bien|perfecto|correcto)|(?:problema )?(?:está )?(?:resuelto|"
    "solucionado)|"
    "pueden? cerrar|(?:tutto|ora|adesso) funziona|funziona (?:tutto|ora|di nuovo)|tutto (?:ok|bene|a posto)|"
    "(?:problema )?(?:è )?(?:stato )?risolto|já funciona|tudo (?:ok|certo|bem|funciona)|(?:problema )?resolvido|"
    "podem? fechar|"
    "opgelost|werkt (?:weer|nu|alles)|alles werkt|mag (?:gesloten|dicht)|rozwiązan[ey]|działa|można zamknąć|"
    "löst nu|fungerar|解決しました|直りました|問題ありません|使えるようになりました|クローズ|解决了|已解决|可以了|好了|"
    "해결(?:됐|되었)|يعمل الآن|تم حل"
)
_WELL = re.compile(
    r"\b(?:works|working) (?:fine|perfectly|great|well|like a charm)|\b(?:it|everything|all) (?:works|is (?:fine|"
    r"ok(?:ay)?|good))\b|"
    r"\b(?:es|alles) (?:funktioniert|klappt|läuft)|\btout (?:va|est) (?:bien|bon|ok)|\btodo (?:bien|ok)|"
    r"\btutto (?:bene|ok)|\btudo (?:bem|ok)"
)
_BRIEF = 80
"""In a longer message "works fine" may be said of the other thing."""
_BUT = re.compile(
    r"\b(?:but|however|still|not|cannot|nicht|kein\w*|aber|noch|leider|mais|toujours|pas|pero|todavía|sigue\w*|ma|però|ancora|mas|"
    r"ainda|não|maar|nog|niet|ale|nadal|nie|men|inte|no (?:est[áa]|se|he|ha|hay|me|lo|funciona|va|puedo)|non (?:è|ho|"
    r"si|funziona|va))\b|n't\b|"
    r"但|还是|仍|しかし|まだ|ません(?!でした)|ですが"
)
_ASKS = re.compile(
    r"\b(?:please|pls|bitte|s'il (?:vous|te) pla[iî]t|svp|por favor|per favore|per cortesia|alstublieft|graag|proszę|"
    r"(?:can|could|would|will) you|let (?:me|us) know (?:when|if|how|what)|(?:i|we) (?:also )?(?:need|want|would like)|"
    r"attach\w*|enclosed|anbei|anhang|angehängt|beigefügt|ci-joint\w*|pi[eè]ces? jointes?|adjunt\w*|allegat\w*|anexo|"
    r"bijlage|"
    r"fail\w*|errors?|broken|crash\w*|fehler\w*|kaputt|erreurs?|errore|error(?:es)?|erro|fout|błąd|"
    r"waiting|warte|attends|espero|in advance|im voraus|d'avance|de antemano|in anticipo|antecipadamente|desde já|"
    r"bij voorbaat|z góry)\b|お願い|ください|エラー|请|麻烦|よろしく"
)
_HARMLESS = re.compile(
    r"(?:not|n't) (?:seen|had|happen\w*|occur\w*|come up|appear\w*)[^.!?]{0,30} (?:any ?more|again|since)|"
    r"(?:error|fehler|erreur|errore|erro|fout|błąd)(?: message)?(?: is| has| ist|s are)? (?:now )?(?:gone|weg|fixed|"
    r"disappeared|behoben)|"
    r"(?:please|bitte|por favor|per favore|proszę) (?:close|feel free|schließen|schliessen|cerrar|cierren?|chiudere|"
    r"fechar|zamknąć)|"
    r"no (?:more |further |other )?(?:errors?|issues?|problems?|questions?)|keine? (?:fehler|probleme|"
    r"fragen)\w*(?: mehr)?|"
    r"nicht mehr (?:nötig|notwendig|erforderlich)|(?:plus|pas) (?:de|d') ?(?:problème|souci|erreur)s?|どうも|"
    r"can(?:'t|not) thank you enough|n'est plus (?:nécessaire|utile)|問題ありません"
)
_NOT_WITHIN = r"(?<![^\W\u3040-\u9fff\uac00-\ud7af])"
"""No match begins within a word; Chinese, Japanese and Korean do not part words by spaces."""
_IS_THANKS = re.compile(rf"{_NOT_WITHIN}(?:{_THANKS})")
_IS_GONE = re.compile(rf"{_NOT_WITHIN}(?:{_GONE})")
_ONE_WORD = re.compile(
    r"\W*(?:closed?|closing|resolved|fixed|solved|done|erledigt|gelöst|behoben|résolu|réglé|fermé|resuelto|solucionado|risolto|chiuso|"
    r"resolvido|opgelost|rozwiązane|解決済み?|解决)\W*"
)
_NOD = re.compile(
    r"\W*(?:(?:ok(?:ay)?|confirmed|perfect|great|wonderful|excellent|noted|understood|(?:looks|sounds) good|"
    r"no (?:further|more) questions|have a (?:nice|good|great) (?:day|evening|weekend)|ty|passt|perfekt|prima|"
    r"in ordnung|parfait|entendu|perfecto|de acuerdo|perfetto|perfeito)\b\W*){1,3}"
)
"""Nothing but assent."""
_LONGEST = 300
_BEFORE = 50
"""Characters before the thanks: a longer message that ends in "thanks, Ann" is signed, not grateful."""


def is_thanks(body: str) -> bool:
    """A short message that thanks, or nods, and asks nothing."""
    text = _short(body)
    if text and (_NOD.fullmatch(text) is not None or not any(map(str.isalnum, text))):
        return True
    if not text or (thanks := _IS_THANKS.search(text)) is None:
        return False
    gone = _IS_GONE.search(text)
    return (gone is not None or thanks.start() <= _BEFORE) and not _wants_more(text)


def is_gone(body: str) -> bool:
    """The customer says that the problem is gone or the ticket may be closed."""
    text = _short(body)
    if not text:
        return False
    if _ONE_WORD.fullmatch(text) is not None:
        return True
    gone = _IS_GONE.search(text) or (_WELL.search(text) if len(text) <= _BRIEF else None)
    return gone is not None and not _wants_more(text)


def _wants_more(text: str) -> bool:
    rest = _HARMLESS.sub(" ", text)
    return bool(_BUT.search(rest) or _ASKS.search(_IS_GONE.sub(" ", rest)))


def _short(body: str) -> str | None:
    text = own_words(body[: 20 * _LONGEST])
    return None if len(text) > _LONGEST or any(mark in text for mark in "?？؟") else fold(text)
