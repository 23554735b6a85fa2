"""Where the mail begins that a mail answers: what mail programs put above it, in the languages of support queues.

Four forms: a line that says who wrote when, a block of sender, date and subject, a rule with "original message" in it,
and the line above which a ticket system wants its answer.
"""

import re
from enum import Enum
from typing import NamedTuple

from supportctl.text.fold import fold
from supportctl.text.hints import has_any

_LONGEST = 400
_LONGEST_LINE = 1000
_EDGES = " \t*_|"
_VERB = (
    r"wrote|writes|schrieb|(?:folgendes |het volgende )?geschrieben|schreef|geschreven|a écrit|a ecrit|écrivait|"
    r"escribi[óo]|escreveu|ha scritto|scrive|scriveva|napisał(?:\(a\)|a)?|napisał/a|pisze|napisana przez|"
    r"skrev|skreiv|kirjoitti|napsal(?:\(a\)|a)?|napísal(?:\(a\)|a)?|ezt írta|írta|a scris|написал(?:\(а\)|а)?|"
    r"пишет|пише|написав(?:\(ла\))?|написа|yazdı|yazmış|έγραψε|je napisao|je napisala|napisao|rašo|rakstīja|"
    r"đã viết|menulis|เขียน|写道|寫道|さんは書きました|のメール|님이 작성|님이 씀|작성함?|كتب|كتابة ما يلي|כתב|מאת"
)
_HAS_VERB = re.compile(rf"(?<![^\W\u3040-\u9fff\uac00-\ud7af])(?:{_VERB})(?![a-z])")
_HAS_ADDRESS = re.compile(r"[^\s<>@()\[\]]{1,64}@[\w.-]{1,100}\.\w{2,24}")
_HAS_TIME = re.compile(r"(?<!\d)\d{1,2} ?(?:[:.h時时시點点]) ?\d\d(?!\d)")
_HAS_DATE = re.compile(
    r"(?<!\d)\d{1,4} ?[./年년-] ?\d{1,2} ?[./月월-] ?\d{1,4}(?!\d)|(?<!\d)(?:19|20)\d\d(?!\d)|(?<!\d)\d{1,2}(?!\d)\.? "
    r"(?:de )?[^\W\d_]{3,10}"
)
_NOTES = re.compile(r"[^\n]{2,80}---\s?\d{1,4}[./-]\d{1,2}[./-]\d{1,4}[ ,]+\d{1,2}:\d\d[^\n]{0,20}---")
_OPENS = re.compile(
    r"(?:-{2,} ?)?(?:on|at|am|le|el|en|em|no dia|il|op|den|w dniu|dne|dnia|în|a|στις|το|v|във|в|на|在|於|于|في|"
    r"בתאריך|vào|pada|ngày)\b|\d|[^\W\d_]{2,12}[.,] ?(?:[^\W\d_]{3,12} )?\d|\S{2,60} \S{0,60}<"
)

_WORDS_ORIGINAL = (
    r"original (?:message|e-?mail|appointment|nachricht)|forwarded (?:message|by|e-?mail)|begin forwarded message|"
    r"ursprüngliche (?:nachricht|mail|e-mail)|originalnachricht|weitergeleitete (?:nachricht|mail)|"
    r"anfang der weitergeleiteten (?:nachricht|e-?mail)|message d.origine|message (?:original|transféré|réexpédié)|"
    r"e-mail transféré|début du message (?:réexpédié|transféré)|mensaje (?:original|reenviado)|"
    r"(?:inicio|comienzo) del mensaje reenviado|messaggio (?:originale|inoltrato)|inizio messaggio inoltrato|"
    r"mensagem (?:original|encaminhada|reencaminhada)|início da mensagem (?:encaminhada|reencaminhada)|"
    r"oorspronkelijk bericht|doorgestuurd bericht|wiadomość oryginalna|oryginalna wiadomość|"
    r"(?:wiadomość przekazana|przekazana wiadomość)|początek przekazywanej wiadomości|ursprungligt meddelande|"
    r"vidarebefordrat (?:meddelande|brev)|oprindelig (?:meddelelse|besked|mail)|videresendt (?:meddelelse|melding|"
    r"besked)|opprinnelig melding|alkuperäinen viesti|välitetty viesti|původní (?:zpráva|e-mail)|"
    r"(?:přeposlaná|přeposílaná) zpráva|pôvodná správa|eredeti üzenet|továbbított (?:üzenet|levél)|mesaj original|"
    r"mesaj redirecționat|исходное сообщение|пересылаемое сообщение|(?:пересланное|переадресованное) сообщение|"
    r"оригінальне повідомлення|вихідне повідомлення|переслане повідомлення|özgün i\u0307?leti|orijinal (?:mesaj|"
    r"i\u0307?leti)|"
    r"(?:i\u0307?letilen|yönlendirilen) (?:mesaj|i\u0307?leti)|αρχικό μήνυμα|προωθημένο μήνυμα|元のメッセージ|"
    r"転送(?:された)?メッセージ|"
    r"原始(?:邮件|郵件|信息|訊息)|邮件原件|郵件原件|转发(?:的)?邮件|轉寄(?:的)?郵件|原始 ?메시지|원본 ?메(?:시지|일)|"
    r"전달된 메(?:시지|일)|"
    r"الرسالة الأصلية|رسالة معاد توجيهها|הודעה מקורית|הודעה שהועברה"
)
_FORWARDS = re.compile(
    r"forward|weitergeleitet|transf|réexp|reenvi|inoltrat|encaminhad|doorgestuurd|przekaz|vidarebefordr|videresend|"
    r"välitetty|přepos|továbbít|redirec|перес|переадр|iletilen|yönlendir|προωθ|転送|转发|轉寄|전달|توجيه|הועברה"
)
_RULED = re.compile(rf"[-–—=~ ]{{2,40}}+(?:{_WORDS_ORIGINAL})[^\n]{{0,60}}")
_UNRULED = re.compile(
    r"(?:begin forwarded message|anfang der weitergeleiteten \S+|début du message \S+|inizio messaggio inoltrato|"
    r"(?:inicio|comienzo) del mensaje reenviado|início da mensagem \S+|begin doorgestuurd bericht|"
    r"początek przekazywanej wiadomości|转发的邮件|開始転送されたメッセージ|転送されたメッセージ) ?[:：]"
)
_ABOVE = re.compile(
    r"#{1,3} ?-[^\n]{4,150}- ?#{1,3}|"
    r"[^\n]{0,40}?(?:(?:reply|respond|answer|write|type)[^\n]{0,40} above this line|oberhalb dieser (?:zeile|linie)|"
    r"au-dessus de cette ligne|(?:por )?(?:encima|arriba) de esta línea|acima desta linha|sopra (?:a )?questa "
    r"(?:linea|riga)|boven deze (?:lijn|regel)|powyżej tej linii|ovanför (?:den här|denna) (?:raden|linjen)|over denne "
    r"linjen?|nad tento řádek|nad tuto čáru|выше этой (?:строки|линии)|bu (?:satırın|çizginin) üst|"
    r"この(?:行|線|ライン)(?:より|の)上|(?:此|这|這)(?:行|线|線)(?:之上|以上|上方)|이 (?:줄|선) 위)[^\n]{0,60}"
)


_ABOVE_HINTS = (
    "-#", "above this line", "oberhalb diese", "cette ligne", "esta línea", "esta linha", "questa linea", "questa riga",
    "boven deze", "powyżej tej", "ovanför", "over denne", "nad tento", "nad tuto", "выше этой", "üst", "より上", "の上",
    "上方", "之上", "以上", "선 위", "줄 위",
)  # fmt: skip
_ABOVE_HINTS_ASCII = tuple(filter(str.isascii, _ABOVE_HINTS))


class Label(Enum):
    FROM = "from"
    SENT = "sent"
    DATE = "date"
    """Says less than SENT: other forms have dates too."""
    TO = "to"
    SUBJECT = "subject"
    OTHER = "other"


_LABELS = {
    Label.FROM: "from|von|de|da|van|od|från|fra|lähettäjä|feladó|de la|expéditeur|mittente|remetente|remitente|"
    "afzender|odesílatel|от|від|от кого|kimden|gönderen|από|差出人|送信者|发件人|寄件者|寄件人|發件人|보낸 사람|"
    "보낸사람|من|"
    "מאת|absender",
    Label.SENT: "sent|gesendet|envoyé|envoyé le|envoyée|enviado|enviado el|enviada|enviada em|enviado em|inviato|"
    "inviato il|verzonden|wysłano|wysłane|skickat|skickades|sendt|lähetetty|odesláno|odoslané|elküldve|küldve|trimis|"
    "отправлено|отправлен|надіслано|відправлено|gönderildi|gönderilme|gönderilmiş|gönderim tarihi|στάλθηκε|"
    "απεστάλη|送信日時|发送时间|發送時間|寄件日期|發送日期|发送日期|보낸 날짜|보낸날짜|تم الإرسال|נשלח",
    Label.DATE: "date|datum|fecha|data|dato|päivämäärä|päiväys|datum a čas|dátum|дата|tarih|ημερομηνία|日時|日付|日期|"
    "时间|날짜|التاريخ|תאריך",
    Label.TO: "to|an|à|a|para|aan|do|till|til|vastaanottaja|komu|címzett|către|кому|kime|alıcı|προς|宛先|收件人|收件者|"
    "받는 사람|받는사람|إلى|אל|destinataire|destinatario|pour|per",
    Label.SUBJECT: "subject|betreff|objet|sujet|asunto|oggetto|assunto|onderwerp|temat|ämne|emne|aihe|předmět|predmet|"
    "tárgy|subiect|тема|konu|θέμα|件名|主题|主題|主旨|제목|الموضوع|נושא",
    Label.OTHER: "cc|bcc|kopie|kopia|copie|copia|cópia|cci|dw|dv|kopio|másolat|копия|копія|bilgi|抄送|副本|참조|"
    "reply-to|antwort an|répondre à|importance|wichtigkeit|attachments?|anlagen?|anhänge?|pièces jointes|mailed-by|"
    "signed-by|priority|priorität|κοιν|نسخة|עותק",
}
_OF_LABEL = {label: kind for kind, names in _LABELS.items() for label in names.split("|")}
_LABELLED = re.compile(r"[\s*_|>]{0,6}([^\W\d_][^\n:：*_]{0,24}?)[*_ ]{0,3} ?[:：][*_ \t]{0,4}")
_INLINE = re.compile(
    r"\W{0,4}(?:from|von|de|da|van|od|från|fra|от|kimden|发件人|差出人) ?[:：] ?[^\n]{2,200}?\W"
    r"(?:sent|gesendet|envoyé|enviad[oa](?: el| em)?|inviato|verzonden|wysłano|skickat|sendt|отправлено|gönderildi|"
    r"发送时间|送信日時)"
    r" ?[:：] ?[^\n]{2,200}?\W(?:to|an|à|para|a|aan|do|till|til|кому|kime|收件人|宛先|subject|betreff|objet|asunto|"
    r"oggetto|"
    r"assunto|onderwerp|temat|ämne|emne|тема|konu|主题|件名) ?[:：]"
)
# Patterns that begin with a sign skip ahead to it; those that begin with ``^`` try every character.
_FROM_HERE = re.compile(rf"\n[ \t*_|>]{{0,60}}(?:{_LABELS[Label.FROM]})[*_ ]{{0,3}} ?[:：]")
_RULE_HERE = re.compile(r"\n[ \t*_|]*[-–—=~][-–—=~ ]")
_ENDS_IN_COLON = re.compile(r":[ \t*_|]*(?=\n|\Z)")
_ENDS_IN_WIDE_COLON = re.compile(r"：[ \t*_|]*(?=\n|\Z)")
_DIGIT = re.compile(r"[\d@]")
_REACH = 14
"""Lines a block of labels may take, with wrapped lines of recipients and blank ones."""


class Head(NamedTuple):
    """What stands above a mail that is answered or passed on."""

    lines: int
    forwards: bool


def may_have(text: str) -> bool:
    """A look that costs little, before `heads` looks at every line: False only where it finds none."""
    text = "\n" + text
    if ">" in text or "---" in text or _RULE_HERE.search(text) is not None:
        return True
    text = fold(text)
    for colon, at_end in ((":", _ENDS_IN_COLON), ("：", _ENDS_IN_WIDE_COLON)):
        if colon not in text:
            continue
        if _FROM_HERE.search(text) is not None:
            return True
        for found in at_end.finditer(text):
            start = found.start()
            for _ in range(3):
                start = max(text.rfind("\n", 0, start), 0)
            above = text[max(start, found.start() - 3 * _LONGEST_LINE) : found.start()]
            if _DIGIT.search(above) is not None or _UNRULED.search(above + ":") is not None:
                return True
    return has_any(text, _ABOVE_HINTS_ASCII if text.isascii() else _ABOVE_HINTS)


def heads(lines: list[str], skip: frozenset[int] = frozenset()) -> dict[int, Head]:
    """Every head by the line it begins in; none begins within another, nor in the lines to skip."""
    found: dict[int, Head] = {}
    above = has_any(fold("\n".join(lines)), _ABOVE_HINTS)
    number = 0
    while number < len(lines):
        head = _head_at(lines, number, above) if number not in skip else None
        if head is None:
            number += 1
        else:
            found[number] = head
            number += head.lines
    return found


def _head_at(lines: list[str], at: int, above: bool) -> Head | None:
    line = lines[at].strip(_EDGES)
    if not line or len(line) > _LONGEST_LINE:
        return None
    if line[-1] in ":：":
        text = fold(line[:_LONGEST])
        if (found := _attributed(lines, at, text)) is not None:
            return found
        if _UNRULED.fullmatch(text):
            return _with_labels(lines, at + 1, 1, True)
    if (":" in line or "：" in line) and (label := label_of(line)) is not None:
        if taken := _block(lines, at):
            return Head(taken, False)
        if label is Label.FROM and _INLINE.match(fold(line[:_LONGEST])):
            return Head(1, False)
    if line[0] in "-–—=~" and line[-1] in "-–—=~:" and _RULED.fullmatch(text := fold(line[:_LONGEST])):
        return _with_labels(lines, at + 1, 1, _FORWARDS.search(text) is not None)
    if "---" in line and _NOTES.match(line):
        return Head(1, False)
    if above and _ABOVE.fullmatch(fold(line[:_LONGEST])):
        return Head(1, False)
    return _wrapped(lines, at, line) if _colon_follows(lines, at) else None


def _colon_follows(lines: list[str], at: int) -> bool:
    """Whether one of the next two lines ends in a colon, with no blank one before it."""
    for line in lines[at + 1 : at + 3]:
        bare = line.rstrip(_EDGES)
        if not bare:
            return False
        if bare[-1] in ":：":
            return True
    return False


def _with_labels(lines: list[str], after: int, taken: int, forwards: bool) -> Head:
    following = _next(lines, after)
    return Head(following - after + taken + block if (block := _block(lines, following)) else taken, forwards)


def _next(lines: list[str], at: int) -> int:
    """The next line that is not blank, at most two on."""
    for number in range(at, min(at + 3, len(lines))):
        if lines[number].strip():
            return number
    return at


def _attributed(lines: list[str], at: int, text: str) -> Head | None:
    """A line that says who wrote, when or from which address, and ends in a colon."""
    address = "@" in text and _HAS_ADDRESS.search(text) is not None
    dated = _is_dated(text)
    if address and dated:
        return Head(1, False)
    if not (address or dated):
        following = _next(lines, at + 1)
        if len(text) > 100 or following >= len(lines) or not lines[following].lstrip().startswith(">"):
            return None
    return Head(1, False) if _HAS_VERB.search(text) is not None else None


def _is_dated(text: str) -> bool:
    return _HAS_TIME.search(text) is not None and _HAS_DATE.search(text) is not None


def _wrapped(lines: list[str], at: int, line: str) -> Head | None:
    """The same over two or three lines."""
    text = fold(line[:_LONGEST])
    if text[-1] in ".!?" or not _OPENS.match(text) or not _is_dated(text):
        return None
    joined = text
    for number in (at + 1, at + 2):
        if number >= len(lines) or not (more := fold(lines[number].strip(_EDGES)[:_LONGEST])):
            return None
        joined += " " + more
        if len(joined) > _LONGEST:
            return None
        if more[-1] in ":：":
            if _is_dated(more):
                return None
            return Head(number - at + 1, False) if _attributed(lines, number, joined) else None
        if more[-1] in ".!?":
            return None
    return None


def label_of(line: str) -> Label | None:
    """Which label of a mail's head a line begins with."""
    found = _LABELLED.match(line[:60])
    return _OF_LABEL.get(fold(found[1].strip())) if found else None


def _block(lines: list[str], at: int) -> int:
    """How many lines a block of labels takes that begins here; 0 if none does."""
    if at >= len(lines) or (first := label_of(lines[at])) is None or first is Label.OTHER:
        return 0
    kinds: set[Label] = set()
    end = at
    addressed = False
    for number in range(at, min(at + _REACH, len(lines))):
        line = lines[number]
        if not line.strip():
            if number - end > 1 or _is_whole(kinds):
                break
            continue
        kind = label_of(line)
        if kind is None:
            if number - end > 2 or _is_whole(kinds):
                break
            continue
        if kind is Label.FROM and kind in kinds:
            break
        kinds.add(kind)
        addressed = addressed or (kind is Label.FROM and _HAS_ADDRESS.search(line[:_LONGEST]) is not None)
        end = number
    if Label.FROM not in kinds:
        return 0
    sure = (
        Label.SUBJECT in kinds
        or (Label.SENT in kinds and len(kinds) >= 3)
        or (addressed and bool({Label.TO, Label.SENT, Label.DATE} & kinds))
    )
    return end - at + 1 if sure and len(kinds) >= 2 else 0


def _is_whole(kinds: set[Label]) -> bool:
    return Label.SUBJECT in kinds and Label.FROM in kinds and bool({Label.SENT, Label.DATE} & kinds)
