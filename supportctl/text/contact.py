"""What agents write down about talking: calls that no comment shows to the customer, questions, priorities."""

import re

from supportctl.text.fold import fold
from supportctl.text.hints import has_any
from supportctl.text.quoted import own_words

_CALLS = (
    r"(?:phone|telephone|video|teams|zoom)[ -]?call (?:with|to)|(?:called|phoned|rang|telephoned|texted) "
    r"(?:up )?(?:the |our |back )?(?:customer|client|user|caller|requester|him|her|them|mr|mrs|ms|back)\b|"
    r"called back\b|on the (?:phone|line) with|(?:spoke|spoken|talked|chatted) (?:to|with)|over the phone|"
    r"by (?:phone|telephone)\b|"
    r"(?:left|leaving) (?:a |him a |her a |them a )?(?:voice ?mail|message on)|via (?:phone|chat|teams|slack)\b|"
    r"in person\b|"
    r"telefonat mit|telefonisch|(?:mit .{2,40} )telefoniert|(?:kunden|kundin|anwender|ihn|sie|"
    r"nutzer) (?:zurück)?angerufen|"
    r"(?:appelé|rappelé|contacté) (?:le client|la cliente|l'utilisateur)|au téléphone avec|par téléphone|"
    r"appel téléphonique avec|"
    r"(?:llamé|llamado) al? (?:cliente|usuari[oa])|hablé con|por teléfono|llamada (?:telefónica )?con|"
    r"(?:chiamato|sentito) (?:il|la) cliente|al telefono con|telefonicamente|telefonata con|"
    r"(?:liguei|ligámos|ligamos) (?:para|ao?) |falei com|por telefone|ao telefone com|"
    r"gebeld met|(?:klant|gebruiker) (?:terug)?gebeld|telefonisch|"
    r"(?:zadzwoni\w+|dzwoni\w+) do|rozmawia\w+ z|telefonicznie|"
    r"お客様に(?:お)?電話|電話(?:で|にて|し|連絡|をし)|お電話(?:で|にて|し)|(?:致电|打电话给|电话联系|电话沟通)"
)
_HINTS = (
    "call", "phon", "rang", "texted", "spoke", "talk", "chat", "voice", "message on", "in person", "teams",
    "slack", "telefon", "angerufen", "appel", "contacté", "llam", "hablé", "chiamato", "sentito", "ligu",
    "ligá", "ligam", "falei", "gebeld", "dzwoni", "rozmawia", "電話", "致电", "打电话", "电话",
)  # fmt: skip
_IS_CALL = re.compile(rf"(?<![^\W\u3040-\u9fff\uac00-\ud7af])(?:{_CALLS})")
_REQUESTS = re.compile(
    r"[?？؟]|"
    r"\b(?:please|bitte|merci de|veuillez|s'il (?:vous|te) pla[iî]t|por favor|per favore|la preghiamo|alstublieft|"
    r"graag|prosz[ęe]|"
    r"let (?:me|us) know|(?:waiting for|await(?:ing)?|need) your|get back to (?:me|us)|confirm|could you|can you|"
    r"would you|"
    r"könn(?:t)?en sie|sagen sie|melden sie|teilen sie|warten auf ihre|pouvez-vous|pourriez-vous|dites-nous|"
    r"puede[ns]?|podría[ns]?|díga(?:nos|me)|pode[m]?|poderia[m]?|diga-nos|può|potete|potrebbe|kunt u|laat (?:ons|het)|"
    r"czy (?:może|mogą))\b|ください|下さい|いただけ|お願い|请|麻烦|نرجو|يرجى"
)
_PRIORITY = re.compile(
    r"priorit|prio\b|\bp[1-5]\b|\bsev(?:erity)?\b|schwere|\bimpact|auswirkung|urgen|dringlich|downgrad|de-?escalat|herabgestuft|"
    r"runtergestuft|\blower(?:ed|ing)?\b|réduit|\bvip\b|workaround|umgehung|contournement|no longer (?:critical|"
    r"affects)|優先|影響|"
    r"优先|严重|緊急"
)
_BEGINNING = 1500
_WHOLE = 4 * _BEGINNING


def tells_of_call(body: str) -> bool:
    """Whether an agent's note says that they reached the customer by phone, chat or in person.

    That the customer called is not enough: it does not say that anybody answered what they ask.
    """
    if not has_any(fold(body[:_WHOLE]), _HINTS):
        return False
    return _IS_CALL.search(fold(own_words(body[:_WHOLE])[:_BEGINNING])) is not None


def asks(body: str) -> bool:
    """Whether a message asks its reader for something: a question mark, or a stock phrase of asking."""
    return _REQUESTS.search(fold(own_words(body[:_WHOLE])[:_BEGINNING])) is not None


def speaks_of_priority(body: str) -> bool:
    """Whether a note gives a word to the ticket's priority: priority, impact, severity, a workaround."""
    return _PRIORITY.search(fold(own_words(body[:_WHOLE])[:_BEGINNING])) is not None
