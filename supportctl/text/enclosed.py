"""Messages that say that something is attached to them."""

import re

from supportctl.text.fold import fold
from supportctl.text.hints import has_any
from supportctl.text.quoted import own_words

_THING = (
    r"(?:screen ?shots?|screen ?grabs?|files?|logs?|log ?files?|pictures?|photos?|images?|documents?|pdf|spreadsheet|"
    r"video|recording|"
    r"invoice|report|export|dump|trace|copy)"
)
_SAYS = (
    rf"(?:please |pls )?(?:see|find) (?:the |my |our |an? )?(?:attached|enclosed|attachments?|enclosures?)\b|"
    rf"(?:i|we)(?: have|'ve| just|'m| am|'re| are)? (?:also )?(?:attach(?:ed|ing)?|enclos(?:ed|e|ing)) "
    rf"(?:(?:the|a|an|my|our|two|three|some|here|below) )*{_THING}\b|"
    rf"{_THING} (?:is|are|has been|have been) (?:attached|enclosed)\b|(?:attached|enclosed) (?:is|are) (?:the |a |"
    rf"an |my |our )?|"
    rf"(?:the|my|our|this|see) (?:attached|enclosed) {_THING}\b|as shown in the attached\b|"
    rf"{_THING} attached\b(?! to (?!this|the (?:ticket|issue|mail|e-?mail|message|request|case|post)))|"
    rf"(?:see|in) the attach(?:ment|ed file)s?\b|"
    r"(?:siehe|s\.) (?:anhang|anlage|screenshot|bild im anhang)|im anhang (?:finde|sende|schicke|ist|befinde|die|der|"
    r"das|ein)|"
    r"anbei (?:der|die|das|ein|eine|mein|meine|finden|sende|schicke|noch|im)\b|"
    r"(?:habe|hab|haben) .{0,60}(?:angehängt|beigefügt|angefügt)|"
    r"(?:ci-joint|ci-jointe|ci-jointes|ci-joints)\b|en pi[eè]ces? jointes?\b|(?:je|j'ai|nous) (?:joins|joint|"
    r"joignons)\b|"
    r"(?:adjunto|adjuntamos|adjuntado|se adjunta|le adjunto|les adjunto) (?:la|el|las|los|una?|captura|foto|fichero|"
    r"archivo|documento|"
    r"imagen|encontrará)|en (?:el )?(?:archivo )?adjunto\b|"
    r"(?:in allegato|allego|ho allegato|vedi allegato)\b|(?:em anexo|segue (?:em )?anexo|anexei|anexamos|"
    r"veja o anexo)\b|"
    r"(?:in de bijlage|zie bijlage|bijgevoegd|als bijlage)\b|(?:w załączniku|załączam|w załączeniu)\b|"
    r"添付(?:しました|します|いたし|の(?:ファイル|画像|写真|ログ)|ファイルを(?:ご|参照)|をご)|(?:请|詳)?见附件|(?:在|已)附件|附件(?:中|是|为)|附上"
)
_NOT = (
    r"(?:not|n't|never|nothing|without|forgot(?:ten)? to|cannot|no|will|shall|going to|should i|can i|let me|"
    r"want me to|once|if|nicht|kein\w*|"
    r"ohne|vergessen|werde|soll ich|kann ich|pas|sans|oublié|sin|olvidé|senza|dimenticato|sem|esqueci|niet|geen|"
    r"zonder|nie|bez)"
)
_SAID = re.compile(rf"(?<![^\W\u3040-\u9fff\uac00-\ud7af])(?:{_SAYS})")
_DENIED = re.compile(
    rf"\b{_NOT}\b|n't\b|\b(?:confidential|intended (?:only|solely)|vertraulich|confidentiel|riservat|confidencial|"
    rf"previous|"
    rf"earlier|last (?:e-?)?mail|"
    r"policy attached|attached to (?:the|a|my|our) (?:wall|desk|device|machine|terminal|monitor|server|network|port|"
    r"domain|ticket))"
)
_SENTENCE = re.compile(r"(?<=[.!?\n。！？])")
_HELD = re.compile(
    r"<img\b|\bcid:|!\[[^\]]*\]\(|![^\s!|]+\.(?:png|jpe?g|gif|bmp|webp|svg|heic)(?:\||!)|\[\^[^\]]+\]|\bhttps?://|\bwww\.|"
    r"\[(?:image|cid|inline)[:\s]|\[(?:attachment|anhang|file)\b|data:image/",
    re.IGNORECASE,
)
_LONGEST = 6_000
_HINTS = (
    "attach", "enclos", "anhang", "anlage", "anbei", "screenshot", "angehängt", "beigefügt", "angefügt",
    "ci-joint", "joint", "joins", "joign", "adjunt", "allegat", "allego", "anexo", "anex", "bijlage",
    "bijgevoegd", "załącz", "添付", "附件", "附上",
)  # fmt: skip


def says_attached(body: str) -> bool:
    """Whether the writer says, of this message and as a fact, that something is attached to it."""
    if not has_any(fold(body[:_LONGEST]), _HINTS):
        return False
    text = fold(own_words(body[:_LONGEST]))
    if not _SAID.search(text):
        return False
    return any(_SAID.search(part) and not _DENIED.search(part) for part in _SENTENCE.split(text))


def holds_something(body: str, html: str | None = None) -> bool:
    """Whether the text itself carries a picture, a file's mark-up or a link to one."""
    return _HELD.search(body[: 4 * _LONGEST]) is not None or (
        html is not None and _HELD.search(html[: 20 * _LONGEST].replace("<a ", " ")) is not None
    )
