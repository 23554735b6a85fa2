"""Parts of a message that carry no news: greetings, farewells, signatures, disclaimers, forms left empty."""

import re
from collections.abc import Collection

from supportctl.text.fold import fold
from supportctl.text.hints import has_any
from supportctl.text.quoted import quoted_lines

_GREETING = (
    "hi|hello|hey|hiya|dear|greetings|good (?:morning|afternoon|evening|day)|to whom it may concern|"
    "hallo|guten (?:tag|morgen|abend)|moin|servus|grüezi|sehr geehrte[rs]?|liebe[rs]?|"
    "bonjour|bonsoir|salut|cher|chère|chers|madame|monsieur|"
    "hola|buenos días|buenas (?:tardes|noches)|buen día|estimad[oa]s?|querid[oa]s?|"
    "ciao|buongiorno|buonasera|salve|gentil[ei]|egregi[oa]|"
    "olá|oi|bom dia|boa (?:tarde|noite)|prezad[oa]s?|car[oa]s?|"
    "goedemorgen|goedemiddag|goedenavond|goedendag|beste|geachte|"
    "dzień dobry|cześć|witam|szanown[iy]|hej|hei|god morgen|god dag|merhaba|"
    "お世話になっております|お世話になります|こんにちは|いつもお世話になっております|你好|您好|안녕하세요|"
    "مرحبا|السلام عليكم|"
    "здравствуйте|добрый день|привет"
)
_ADDRESSED = (
    "there|all|team|everyone|everybody|folks|guys|support|sir|madam|sirs|or|and|it|helpdesk|service|desk|mr|mrs|ms|dr|"
    "zusammen|herr|frau|damen|und|herren|liebes|support-team|à|tous|toutes|madame|monsieur|l'équipe|équipe|"
    "a|todos|equipo|señor|señora|tutti|team|signor|signora|spettabile|equipe|time|senhor|senhora|allemaal|heer|mevrouw|"
    "państwo|panie|pani"
)
_FAREWELL = (
    "(?:(?:kind|best|warm|many|with (?:kind|best)) )?regards|best(?: wishes)?|all the best|cheers|sincerely(?: yours)?|"
    "yours (?:sincerely|faithfully|truly)|respectfully|br|rgds|have a (?:nice|good|great) (?:day|one|weekend)|"
    "(?:(?:mit )?(?:freundlichen|besten|vielen|lieben|schönen|herzlichen) |viele |beste |liebe |schöne |freundliche )"
    "(?:grüßen?|grüssen?)|gruß|grüße|mfg|lg|vg|hochachtungsvoll|"
    "cordialement|bien cordialement|bien à vous|salutations(?: distinguées)?|cdlt|meilleures salutations|amicalement|"
    "(?:un (?:cordial )?)?saludos?|saludos cordiales|atentamente|un abrazo|"
    "cordiali saluti|distinti saluti|saluti|un saluto|"
    "cumprimentos|os meus cumprimentos|com os melhores cumprimentos|atenciosamente|att|abraços?|"
    "(?:met )?vriendelijke groeten?|mvg|groeten?|hartelijke groeten?|"
    "pozdrawiam|z poważaniem|med vänliga hälsningar|vänliga hälsningar|mvh|med venlig hilsen|venlig hilsen|"
    "med vennlig hilsen|vennlig hilsen|hilsen|saygılarımla|iyi çalışmalar|ystävällisin terveisin|terveisin|"
    "よろしくお願いいたします|よろしくお願い致します|よろしくお願いします|宜しくお願い致します|宜しくお願いいたします|"
    "どうぞよろしくお願いいたします|此致|敬礼|顺祝商祺|祝好|감사합니다|مع الشكر|مع التحية|مع أطيب التحيات|"
    "с уважением|с наилучшими пожеланиями"
)
_THANKS = (
    "(?:many |much )?thanks(?: (?:in advance|a lot|so much|very much|for your (?:help|support|time|assistance)))?|"
    "thank you(?: (?:in advance|very much|so much|for your (?:help|support|time|assistance)))?|"
    "thx|ty|tia|"
    "(?:vielen |besten |herzlichen )?dank(?: (?:im voraus|für ihre hilfe|für die hilfe))?|"
    "danke(?: (?:schön|im voraus))?|"
    "merci(?: (?:d'avance|beaucoup|bien))?|(?:muchas )?gracias(?: (?:de antemano|"
    "por su ayuda))?|"
    "grazie(?: (?:mille|in anticipo))?|(?:muito )?obrigad[oa](?: desde já)?|"
    "(?:bij voorbaat |hartelijk )?(?:dank|bedankt)|dank (?:je|u)(?: wel)?|dziękuję(?: z góry)?|"
    "dzięki|tack(?: på förhand)?|"
    "tak(?: på forhånd)?|takk|teşekkürler|kiitos|ありがとうございます|谢谢|謝謝|شكرا|спасибо"
)
_DEVICE = (
    "sent from (?:my|mail for|outlook)|get outlook for|sent via|von meinem .{1,30} gesendet|gesendet von|"
    "envoyé de(?:puis)? mon|enviado desde mi|enviado do meu|inviato da|verzonden vanaf|verstuurd vanaf|wysłane z|"
    "skickat från min|外出先から|iphoneから送信"
)
_ALSO_DEVICE = (
    "sent from (?:yahoo mail|samsung|proton ?mail|aol|gmail|workspace|blackberry|windows|iphone|ipad|android)|"
    "sent with|(?:holen|laden) sie sich outlook|outlook für (?:ios|android)|télécharge[rz] outlook|obtenir outlook|"
    "envoyé (?:à partir )?d(?:e|epuis|u) (?:mon|yahoo|mail|outlook|iphone|ipad|courrier)|provenance : courrier|"
    "obtener outlook|obtenga outlook|enviado (?:desde|a partir d[eo]|de) (?:mi |meu |o |yahoo|mail|outlook|iphone|"
    "ipad|correo|e-?mail)|obter o outlook|obtenha o outlook|ottieni outlook|scarica outlook|"
    "outlook voor (?:ios|android) downloaden|download outlook|pobierz (?:aplikację )?outlook|skaffa outlook|"
    "hent outlook|hanki outlook|sendt fra (?:min|mit|yahoo|mail|outlook|iphone|ipad)|lähetetty |odesláno z|"
    "odoslané z|elküldve |iphone-?omról küldve|trimis de pe|отправлено (?:с|из|от)|надіслано з|"
    ".{1,30}(?:cihazımdan|'?[uı]mdan|'?[ıi]mden|'dan|'den) gönderildi|στάλθηκε από|"
    "(?:私の)?.{1,20}から送信|发自(?:我的)?|發自我的|從我的 .{1,20}傳送|从我的 .{1,20}发送|我的 .{1,20}(?:发送|傳送)|"
    "(?:나의 |내 )?.{1,20}에서 보냄|أرسل(?:ت)? من|נשלח מ"
)
_PLACEHOLDER = (
    "n/?a|none|nothing|null|nil|no description|see (?:the )?(?:title|subject|summary|above)|as (?:per )?(?:the )?"
    "(?:title|subject)|same as (?:the )?(?:title|subject)|eom|tbd|siehe (?:betreff|titel|oben)|s\\. ?(?:betreff|o)|"
    "wie (?:im )?betreff|keine(?: beschreibung)?|voir (?:le )?(?:titre|objet|sujet)|aucune?|"
    "ver (?:el )?(?:asunto|título)|ninguna?|vedi oggetto|nessuna?|ver (?:o )?(?:assunto|título)|nenhuma?|"
    "zie (?:onderwerp|titel)|geen|patrz temat|brak|件名の通り|件名参照|なし|见标题|无"
)
_UNKNOWN_WORD = r"[^\s,]{1,30}"
_IS_GREETING = re.compile(rf"(?:{_GREETING})(?:[ ,]+(?:{_ADDRESSED})\b){{0,5}}(?:[ ,]+{_UNKNOWN_WORD})?(?:[ ,]+様)?")
_IS_FAREWELL = re.compile(
    rf"(?:(?:{_THANKS})(?:[ ,]+(?:and|und|et|y|e|en|i|&))?[ ,]+)?(?:{_FAREWELL})(?:[ ,]+{_UNKNOWN_WORD}){{0,4}}"
)
_IS_THANKS = re.compile(rf"(?:{_THANKS})(?:[ ,]+{_UNKNOWN_WORD})?")
_IS_DEVICE = re.compile(rf"(?:{_DEVICE})")
_IS_SENT_FROM = re.compile(rf"(?:{_DEVICE}|{_ALSO_DEVICE})")
_IS_PLACEHOLDER = re.compile(rf"(?:{_PLACEHOLDER})")
_IS_CONTACT = re.compile(
    r"(?:(?:tel|phone|mobile|mob|fax|e-?mail|mail|web|www|telefon|handy|mobil|téléphone|teléfono|m|t|f|e|p)\b[.:]?\s*)?"
    r"(?:[^\s@]{1,64}@[^\s@]{1,100}|\+?[0-9][0-9 ()/.-]{5,24}|(?:https?://|www\.)\S{1,200})",
)
_IS_HEADING = re.compile(r"(?:h[1-6]\. |\*[^*]{1,60}\*$)")
_ENDS = " \t\r\n\u00a0\u200b*_-–—.,!;:|>#~=。、！，：•·"
_SIGNATURE_LINES = 10
_LONGEST_LINE = 100
_LONGEST = 4000
"""A longer text says something."""

_DISCLAIMER = re.compile(
    r"intended recipient|intended solely for|any attachments?(?: thereto)? (?:is|are|may)|"
    r"received this (?:e-?mail|message) "
    r"in error|privileged and confidential|confidential and (?:may|intended|privileged)|originated (?:from )?outside|"
    r"consider the environment|(?:diese|dieser) (?:e-?mail|nachricht) (?:kann|enthält|ist) .{0,40}vertraulich|"
    r"vertrauliche und/oder rechtlich|nicht der richtige adressat|irrtümlich erhalten|"
    r"ce (?:message|courriel|mail)[^.]{0,60}(?:confidentiel|pièces jointes)|destinataire[^.]{0,40}erreur|"
    r"este (?:mensaje|correo)[^.]{0,80}confidencial|esta mensagem[^.]{0,80}confidencial|"
    r"questo messaggio[^.]{0,80}(?:confidenzial|riservat)|dit (?:bericht|e-mailbericht)[^.]{0,80}vertrouwelijk|"
    r"ta wiadomość[^.]{0,80}poufn",
)
_DISCLAIMER_HINTS = (
    "intended", "attachment", "in error", "confidential", "originated", "environment", "vertraulich", "adressat",
    "irrtümlich", "confidentiel", "pièces jointes", "destinataire", "confidencial", "confidenzial", "riservat",
    "vertrouwelijk", "poufn",
)  # fmt: skip
"""One of these is in every disclaimer; they are looked for first."""


def says_nothing(text: str, names: Collection[str] = ()) -> bool:
    """Whether a message is empty, or a greeting, a signature, a form without entries and nothing else.

    ``names``: the author's name and addresses. What follows a farewell is signature.
    """
    if len(text) > _LONGEST:
        return False
    for raw in text.splitlines():
        # Most messages say something in a line too long for a greeting.
        if len(raw) > _LONGEST_LINE and len(line := fold(raw.strip(_ENDS))) > _LONGEST_LINE:
            if _is_disclaimer(line):
                continue
            return False
    known = {fold(name).strip(_ENDS) for name in names if name}
    headings, after_farewell = 0, 0
    for raw in text.splitlines():
        if raw.strip() in ("--", "—", "––", "__"):
            after_farewell = max(after_farewell, 1)
            continue
        line = fold(raw.strip(_ENDS))
        if len(line) > _LONGEST_LINE and not _is_disclaimer(line):
            return False
        if not line or line in known or _is_courtesy(line):
            continue
        if _IS_FAREWELL.fullmatch(line):
            after_farewell = max(after_farewell, 1)
        elif _IS_DEVICE.match(line) or _is_disclaimer(line) or (after_farewell and _IS_CONTACT.fullmatch(line)):
            continue
        elif after_farewell and after_farewell <= _SIGNATURE_LINES and _may_sign(raw, line):
            after_farewell += 1
        elif (raw.rstrip().endswith((":", "：")) and len(line.split()) <= 6) or _IS_HEADING.match(raw.strip()):
            headings += 1
        else:
            return False
    return headings != 1


def _is_disclaimer(line: str) -> bool:
    return has_any(line, _DISCLAIMER_HINTS) and _DISCLAIMER.search(line) is not None


def _is_courtesy(line: str) -> bool:
    found = _IS_GREETING.fullmatch(line) or _IS_THANKS.fullmatch(line) or _IS_PLACEHOLDER.fullmatch(line)
    return found is not None


def _may_sign(raw: str, line: str) -> bool:
    """Names, titles, firms and addresses are short and no sentences."""
    return len(line.split()) <= 8 and len(line) <= 80 and not raw.rstrip().endswith(("?", "？", "!", "."))


def is_farewell(line: str) -> bool:
    """ "Kind regards", "Mit freundlichen Grüßen", with a name or without."""
    return len(line) <= _LONGEST_LINE and _IS_FAREWELL.fullmatch(fold(line.strip(_ENDS))) is not None


def is_thanks(line: str) -> bool:
    """Nothing but thanks, with a name or without."""
    return len(line) <= _LONGEST_LINE and _IS_THANKS.fullmatch(fold(line.strip(_ENDS))) is not None


def is_sent_from(line: str) -> bool:
    """What a telephone or a mail program says of itself: "Sent from my …"."""
    return len(line) <= _LONGEST_LINE and _IS_SENT_FROM.match(fold(line.strip(_ENDS))) is not None


def may_disclaim(text: str) -> bool:
    """A look that costs little before `is_disclaimer` is asked of every paragraph."""
    return has_any(fold(text), _DISCLAIMER_HINTS)


def is_disclaimer(paragraph: str) -> bool:
    """A paragraph that tells strangers not to read it."""
    return _is_disclaimer(fold(paragraph))


def repeated_share(body: str) -> float:
    """How much of a message is quoted mail or disclaimer: 0 to 1 of its characters, blanks aside."""
    whole = _weight(body)
    if not whole:
        return 0.0
    lines = body.splitlines()
    quoted = quoted_lines(lines)
    own = "\n".join("" if mark else line for line, mark in zip(lines, quoted, strict=True))
    own = "\n\n".join(part for part in own.split("\n\n") if not _is_disclaimer(fold(part)))
    return 1 - min(1.0, _weight(own) / whole)


def _weight(text: str) -> int:
    return sum(map(len, text.split()))
