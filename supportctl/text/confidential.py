"""Marks by which a team tells its own notes from what customers may read, and how letters to customers begin."""

import re

from supportctl.text.fold import fold
from supportctl.text.hints import has_any
from supportctl.text.quoted import own_words

_MARKS = (
    r"internal (?:note|comment|only|use only|memo|update)|(?:for )?internal use only|internal eyes only|agents? only|"
    r"private (?:note|comment)|work ?note|staff only|not for (?:the )?(?:customer|client|requester)s?|"
    r"intern(?:er hinweis|e notiz|er kommentar|er vermerk)|nur für (?:den )?internen gebrauch|nur intern|"
    r"note interne|commentaire interne|(?:usage )?interne uniquement|usage interne|nota interna|comentario interno|"
    r"(?:solo )?uso interno|solo interno|solo per uso interno|commento interno|apenas (?:para )?uso interno|"
    r"comentário interno|interne (?:notitie|opmerking)|alleen intern|notatka wewnętrzna|"
    r"tylko (?:do użytku )?wewnętrzn\w+|"
    r"社内(?:限定?|用|メモ|のみ)|社外秘|内部(?:备注|注释|メモ)|仅(?:限)?内部"
)
_BARE = r"internal|intern|interne|en interne|interno|wewnętrzne|社内|内部"
_OPEN = r"[\s>*_#~\[({<【（「]{0,6}"
_SHUT = r"[\s*_\])}>】）」]{0,4}"
_MARKED = re.compile(
    rf"^{_OPEN}(?:{_MARKS}){_SHUT}(?:[:：|.!]|(?<=\s)[-–—]\s|$)|"
    rf"\A{_OPEN}(?:{_BARE}){_SHUT}[:：|]|[\[(【]\s?(?:{_MARKS}|{_BARE})\s?[\])】]",
    re.MULTILINE,
)
"""A mark stands by itself; a word alone must begin the message, or stand in brackets."""
_PAIRED = re.compile(r"^\W*extern\w*\W*[:：|]", re.MULTILINE)
"""``Internal: 10.0.0.1`` beside ``External: …`` is a table."""
_WHOM = r"(?:the |this |our |any )?(?:customers?|clients?|requester|caller|end[- ]users?)"
_SECRET = re.compile(
    rf"\b(?:do not|don't|please don't|never|must not|should not|shouldn't) (?:share|forward|send|show|tell|disclose|"
    rf"mention|pass|reveal)"
    rf"(?: this| it| that| any of this)?(?: on)?(?: (?:with|to))? {_WHOM}\b(?! (?:data|number|id|service|support))|"
    rf"\b(?:not|don't) (?:be )?(?:visible|shared|sent|meant|intended) (?:with|to|for) {_WHOM}\b|"
    r"\b(?:nicht|bitte nicht) (?:an|mit) (?:den |die |unsere[nm]? )?(?:kunden|kundin|anwender|mandanten) "
    r"(?:weiter(?:geben|leiten)|teilen|senden|schicken|kommunizieren)|\bdem kunden (?:bitte )?nicht (?:sagen|"
    r"mitteilen|zeigen)|"
    r"\bne pas (?:communiquer|transmettre|envoyer|partager|dire|montrer)(?: ceci| cela)? (?:au|avec le|aux|"
    r"avec les) clients?\b|"
    r"\bno (?:compartir|enviar|reenviar|decir|mostrar)(?: esto)? (?:con el|al|con los|a los) clientes?\b|"
    r"\bnon (?:condividere|inoltrare|inviare|comunicare|dire)(?: questo)? (?:con il|al|con i|ai) client[ei]\b|"
    r"\bnão (?:partilhar|compartilhar|enviar|encaminhar|dizer|mostrar)(?: isto| isso)? (?:com o|ao|com os|"
    r"aos) clientes?\b|"
    r"\bniet (?:delen met|doorsturen naar|sturen naar|aan) (?:de )?(?:klant|klanten|gebruiker)\b|"
    r"\bnie (?:udostępniać|wysyłać|przekazywać)(?: tego)? (?:klientowi|klientom)|"
    r"お客様に(?:は)?(?:共有|転送|見せ|伝え|公開)(?:し|さ)?ない|(?:请勿|不要)(?:转发|发送|告诉|透露)(?:给)?客户"
)
_GREETING = re.compile(
    r"\A\s*(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day)|hallo|guten (?:tag|morgen)|liebe[rs]?|"
    r"sehr geehrte[rs]?(?: (?:herr|frau))?|"
    r"moin|servus|bonjour|cher|chère|salut|hola|buenos días|buenas(?: tardes)?|estimad[oa]|ciao|buongiorno|gentile|"
    r"salve|"
    r"olá|bom dia|boa tarde|car[oa]|prezad[oa]|beste|geachte|goedemorgen|goedendag|dag|cześć|dzień dobry|szanown[ya])"
    r"\s+(?:mr\.?\s|mrs\.?\s|ms\.?\s|herr\s|frau\s|monsieur\s|madame\s)?([^\n,!:;.]{2,60})"
)
_JAPANESE_GREETING = re.compile(r"\A\s*([^\n,、。]{1,20})\s?(?:様|さん|先生)")
_LONGEST = 6_000
_MARK_HINTS = (
    "intern", "wewn", "社内", "社外秘", "内部", "agents only", "agent only", "private note", "private comment",
    "work note", "worknote", "staff only", "not for",
)  # fmt: skip
_WHOM_HINTS = (
    "customer", "client", "requester", "caller", "end user", "end-user", "kund", "mandant", "anwender", "klant",
    "gebruiker", "klient", "お客様", "客户",
)  # fmt: skip
_FORBIDS = (
    "not", "n't", "never", "nicht", "ne pas", "no ", "non ", "não ", "niet ", "nie ", "ない", "请勿", "不要",
)  # fmt: skip


def is_marked_internal(body: str) -> bool:
    """Whether the writer marks the message, or a line of it, as meant for the team.

    A mark stands by itself: at the beginning of a line, in brackets. "This API is for internal use only" in the middle
    of a sentence is an answer, not a mark.
    """
    text = fold(body[:_LONGEST])
    marks = has_any(text, _MARK_HINTS)
    forbids = has_any(text, _WHOM_HINTS) and has_any(text, _FORBIDS)
    if not marks and not forbids:
        return False
    text = fold(own_words(body[:_LONGEST]))
    if marks and _MARKED.search(text) is not None and not _PAIRED.search(text):
        return True
    return forbids and _SECRET.search(text) is not None


def greeted(body: str) -> str | None:
    """Whom a message greets by name at its beginning, folded; None: nobody."""
    text = fold(body[:200])
    found = _GREETING.match(text) or _JAPANESE_GREETING.match(text)
    return None if found is None else found[1].strip()
