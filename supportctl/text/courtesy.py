"""Messages that ask nothing: thanks, and word that the problem is gone.

Short phrases in the languages support queues see most; a message counts only when it is short and asks no
question, so that "thanks, but it still fails" is not taken for thanks.
"""

import re

from supportctl.text.fold import fold
from supportctl.text.quoted import own_words

_THANKS = (
    "thank you|thanks|thx|many thanks|cheers|much appreciated|great, that works|danke|vielen dank|besten dank|"
    "merci|gracias|grazie|obrigado|obrigada|dank je|dank u|bedankt|dziękuję|dzięki|tack|tak for|takk|kiitos|"
    "спасибо|谢谢|謝謝|ありがとう|감사합니다|teşekkür"
)
_GONE = (
    "(?:it|this|that|everything|all|problem|issue)(?: is| are|'s)? (?:now )?"
    "(?:works|working|fine|fixed|solved|resolved|ok)|works (?:again|now|fine)|working (?:again|now)|solved itself|"
    "sorted (?:it )?(?:out )?myself|found the (?:answer|solution)|(?:please|you can|can be|may be) close|"
    "close (?:this|the) (?:ticket|case|request)|no longer (?:needed|required|an issue)|never ?mind|please ignore|"
    "hat sich erledigt|ist erledigt|funktioniert (?:wieder|jetzt)|geht wieder|kann geschlossen|"
    "ça (?:marche|fonctionne)|c'est (?:réglé|résolu|bon)|problème (?:réglé|résolu)|"
    "ya (?:funciona|está)|(?:problema )?(?:resuelto|solucionado|risolto|resolvido)|funziona|"
    "opgelost|werkt weer|rozwiązane|działa|löst nu|fungerar|解決しました|解决了|已解决"
)
_BUT = re.compile(r"\b(?:but|however|still|not|nicht|aber|noch|mais|toujours|pero|todavía|ma|maar|ale|men)\b|n't\b")
_IS_THANKS = re.compile(rf"(?<!\w)(?:{_THANKS})", re.IGNORECASE)
_IS_GONE = re.compile(rf"(?<!\w)(?:{_GONE})", re.IGNORECASE)
_LONGEST = 300


def is_thanks(body: str) -> bool:
    """A short message that thanks and asks nothing."""
    text = _short(body)
    return bool(text and _IS_THANKS.search(text) and not _BUT.search(text))


def is_gone(body: str) -> bool:
    """The customer says that the problem is gone or the ticket may be closed."""
    text = _short(body)
    return bool(text and _IS_GONE.search(text) and not _BUT.search(text))


def _short(body: str) -> str | None:
    text = own_words(body[: 20 * _LONGEST])
    return None if len(text) > _LONGEST or "?" in text or "？" in text else fold(text)
