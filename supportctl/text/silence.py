"""Words for "nobody answered": closure codes, tags and farewells of tickets closed for want of an answer."""

import re
from functools import lru_cache

from supportctl.text.fold import fold
from supportctl.text.hints import has_any
from supportctl.text.quoted import own_words

_CODES = re.compile(
    r"no[ _-]?(?:response|reply|answer|feedback|customer[ _-]response)|(?:non|un)[ _-]?responsive|unresponsive|abandon|"
    r"(?:not|never|didn'?t|did not) (?:respond|repl|answer)\w*|(?:lack|absence) of (?:response|reply|answer|feedback)|"
    r"(?:customer|caller|user|requester|client)[ _-](?:inactiv|silent|timeout)\w*|"
    r"keine[ _-]?(?:antwort|rückmeldung|reaktion)|ohne[ _-]?(?:antwort|rückmeldung)|"
    r"(?:sans|pas de|aucune|absence de)[ _-](?:réponse|retour)|sin[ _-]respuesta|no respond[ei]\w*|"
    r"(?:nessuna|senza|mancata)[ _-]risposta|sem[ _-]resposta|geen[ _-](?:antwoord|reactie|respons)|"
    r"brak[ _-](?:odpowiedzi|reakcji)|"
    r"(?:返信|回答|応答|連絡)(?:なし|無し|がない)|(?:无|未)(?:回复|响应|答复)|客户未"
)
_FAREWELL = re.compile(
    r"(?:(?:have|'ve|has|did|had)(?: not|n't) (?:heard|received|responded|replied|got(?:ten)?|answered|hear|receive)|"
    r"no (?:response|reply|answer|"
    r"further (?:response|reply))|not hearing|without (?:a |any )?(?:response|reply|answer|feedback)|"
    r"nichts (?:mehr )?(?:gehört|erhalten)|keine (?:antwort|rückmeldung)|mangels (?:antwort|rückmeldung)|"
    r"(?:pas|plus|aucune) (?:eu |reçu )?(?:de |votre )?(?:réponse|retour|nouvelles)|sans (?:réponse|retour)|"
    r"faute de réponse|"
    r"(?:no hemos|sin) (?:recibido|tenido|haber recibido)?\s?(?:su )?(?:respuesta|noticias)|"
    r"(?:non abbiamo|senza) (?:ricevuto|avuto)?\s?(?:sua )?(?:risposta|notizie)|(?:não|sem) (?:recebemos|"
    r"tivemos)?\s?(?:a sua )?resposta|"
    r"geen (?:reactie|antwoord)|(?:nie otrzymaliśmy|brak) odpowiedzi|(?:ご返信|ご回答|ご連絡)(?:が|を)?(?:なかった|"
    r"いただけ|ない|確認でき)|"
    r"(?:没有|未)(?:收到|得到).{0,8}(?:回复|答复|回应))"
)
_CLOSING = re.compile(
    r"\b(?:clos(?:e|ed|ing)|resolv(?:e|ed|ing)|schlie(?:ß|ss)\w*|geschlossen|ferm\w+|clôtur\w+|clos\b|cerra\w+|cierr\w+|chiud\w+|chius\w+|"
    r"fech\w+|encerr\w+|sluit\w*|gesloten|zamyk\w+|zamkn\w+)|クローズ|終了|完了と|关闭|結案|结案"
)
_CONDITION = re.compile(
    r"\b(?:if|unless|should (?:we|you)|otherwise|falls|sollten|wenn|ansonsten|andernfalls|sonst|si|sinon|sauf|"
    r"de lo contrario|se\b|altrimenti|"
    r"caso|senão|als|indien|anders|jeśli|w przeciwnym)\b|場合|如果|否则"
)
_SENTENCE = re.compile(r"(?<=[.!?\n。！？])")
_LONGEST = 2_000
_CLOSES = (
    "clos", "resolv", "schließ", "schliess", "geschlossen", "ferm", "clôtur", "cerra", "cierr", "chiu", "fech",
    "encerr", "sluit", "gesloten", "zamyk", "zamkn", "クローズ", "終了", "完了と", "关闭", "结案", "結案",
)  # fmt: skip
_ANSWERS = (
    "hear", "respon", "repl", "answer", "feedback", "receive", "got", "gehört", "erhalten", "antwort",
    "rückmeldung", "réponse", "retour", "nouvelles", "respuesta", "noticias", "risposta", "notizie", "resposta",
    "reactie", "antwoord", "odpowiedzi", "返信", "回答", "連絡", "回复", "答复", "回应",
)  # fmt: skip


@lru_cache(maxsize=4096)
def names_silence(value: str) -> bool:
    """Whether a closure code, status or tag stands for "closed because nobody answered"."""
    return _CODES.search(fold(value)) is not None


def closes_for_silence(body: str) -> bool:
    """Whether a message says that the ticket is closed because no answer came; a warning that it may be does not."""
    text = fold(body[: 2 * _LONGEST])
    if not has_any(text, _CLOSES) or not has_any(text, _ANSWERS):
        return False
    text = fold(own_words(body[: 2 * _LONGEST])[:_LONGEST])
    if not _FAREWELL.search(text) or not _CLOSING.search(text):
        return False
    said = [part for part in _SENTENCE.split(text) if _FAREWELL.search(part) or _CLOSING.search(part)]
    return any(_FAREWELL.search(part) and not _CONDITION.search(part) for part in said) and any(
        _CLOSING.search(part) and not _CONDITION.search(part) for part in said
    )
