"""Messages no person wrote just now: acknowledgements, out-of-office replies, bounced mail.

Told by the subject, by what mail programs say in stock phrases, and by the channel. Only the beginning of a message
is looked at: a person who quotes an automatic reply further down has written something.
"""

import re
from enum import Enum

from supportctl.text.fold import fold
from supportctl.text.hints import has_any
from supportctl.text.quoted import own_words


class Automatic(Enum):
    ACKNOWLEDGEMENT = "acknowledgement"
    ABSENCE = "absence"
    BOUNCE = "bounce"


MACHINE_CHANNELS = frozenset({"rule", "system", "trigger", "automation", "bounce", "auto_reply", "autoresponder"})
"""Channels of comments that nobody typed; Zendesk's triggers write through ``rule``."""

_SUBJECTS = {
    Automatic.BOUNCE: (
        r"undeliver(?:able|ed)|mail delivery (?:failed|failure|subsystem)|delivery (?:status notification|failure|"
        r"has failed)|"
        r"returned mail|failure notice|unzustellbar|nicht zustellbar|échec de la remise|non remis\b|"
        r"no se puede entregar|"
        r"no entregado|mancata consegna|impossibile recapitare|não é possível entregar|onbestelbaar|"
        r"niedostarczone|配信不能|配信できません|无法投递|邮件无法送达|退信"
    ),
    Automatic.ABSENCE: (
        r"out of (?:the )?office|automatic reply|auto(?:matic)?[- ]?(?:reply|response|responder)|on vacation|"
        r"on holiday|"
        r"abwesen(?:d|heit)|automatische antwort|absence du bureau|réponse automatique|absent du bureau|"
        r"fuera de (?:la )?oficina|respuesta automática|fuori sede|fuori ufficio|risposta automatica|"
        r"fora do escritório|resposta automática|afwezig|automatisch antwoord|automatische beantwoording|"
        r"poza biurem|automatyczna odpowiedź|autosvar|frånvarande|不在通知|自動応答|自動返信|自动回复|自動回覆|外出"
    ),
}
_BODIES = {
    Automatic.BOUNCE: (
        r"delivery to the following recipients? failed|(?:message|mail|e-mail) (?:could not|couldn't|cannot|"
        r"wasn't able to) be "
        r"delivered|this is the mail system at host|mail delivery (?:failed|subsystem)|address (?:not found|"
        r"couldn't be found)|"
        r"recipient(?:'s)? (?:address rejected|mailbox is full)|"
        r"konnte nicht zugestellt werden|n'a pas pu être (?:remis|distribué)|no se pudo entregar|non è stato possibile "
        r"(?:recapitare|consegnare)|não pôde ser entregue|kon niet worden (?:bezorgd|afgeleverd)|"
        r"nie można dostarczyć|配信できませんでした|无法投递到以下"
    ),
    Automatic.ABSENCE: (
        r"(?:i am|i'm|i will be|i'll be) (?:currently |now )?(?:out of (?:the )?office|away|on (?:annual |parental |"
        r"sick )?"
        r"(?:leave|vacation|holidays?)|on pto)|"
        r"(?:thank you for your (?:e-?mail|message)[.,!]? )?(?:i am|i'm) (?:currently )?not in the office|"
        r"out of (?:the )?office (?:until|from|with)|limited access to (?:my )?e-?mails?|back in the office|"
        r"(?:bin|werde) .{0,40}(?:nicht im (?:büro|haus)|außer haus|ausser haus|abwesend|im urlaub)|"
        r"ich bin (?:derzeit |zurzeit |"
        r"momentan )?(?:nicht erreichbar|im urlaub|abwesend)|bis (?:zum )?.{1,20} (?:abwesend|im urlaub)|"
        r"je suis (?:actuellement )?(?:absente?|en congés?|en vacances)|absente? du bureau|de retour le|"
        r"estoy (?:actualmente )?(?:fuera de la oficina|de vacaciones|ausente)|estaré (?:fuera|de vacaciones|ausente)|"
        r"(?:sono|sarò) (?:attualmente )?(?:assente|fuori (?:ufficio|sede)|in ferie)|"
        r"(?:estou|estarei) (?:de férias|ausente|fora do escritório)|"
        r"(?:ik ben|ben ik) .{0,30}(?:afwezig|niet aanwezig|met (?:vakantie|verlof))|"
        r"(?:jestem|będę) .{0,20}(?:nieobecn|na urlopie|poza biurem)|przebywam na urlopie|"
        r"不在(?:に|と|の|です|にし)|休暇(?:中|を取|をいただ|のため)|外出しており|正在休假|(?:我|本人).{0,12}(?:休假|不在办公室|出差)"
    ),
    Automatic.ACKNOWLEDGEMENT: (
        r"this (?:is an? )?(?:message|e-?mail|reply|response|notification) (?:was |is |has been )?(?:sent |generated )?"
        r"auto(?:mated|matic(?:ally)?)|this is an auto(?:mated|matic)|this is an auto-?(?:reply|response)|"
        r"(?:sent|generated) automatically|automatically (?:generated|sent)|auto-?generated (?:message|e-?mail|reply)|"
        r"(?:please )?do not (?:reply|respond) to this (?:automated |automatic )?(?:e-?mail|message|mailbox)|"
        r"automatisch (?:erzeugt|generiert|gesendet|versendet|erstellt)|automatische (?:nachricht|antwort|"
        r"eingangsbestätigung)|"
        r"message (?:est |a été (?:envoyé|généré) )?automatique|mensaje (?:es )?automático|generado automáticamente|"
        r"messaggio (?:è )?automatico|generat[oa] automaticamente|mensagem (?:é )?automática|gerad[oa] automaticamente|"
        r"automatisch (?:gegenereerd|verzonden|bericht)|wiadomość (?:została )?(?:wygenerowana|wysłana) automatycznie|"
        r"自動(?:送信|返信|配信)|自动(?:发送|回复|生成)|رسالة آلية"
    ),
}
"""An acknowledgement must say that a machine sent it: people, too, write that a request has arrived."""
_BEGINNING = 600
_NOT_WITHIN = r"(?<![^\W\u3040-\u9fff\uac00-\ud7af])"
"""No match begins within a word; Chinese, Japanese and Korean do not part words by spaces."""
_SUBJECT = {kind: re.compile(rf"{_NOT_WITHIN}(?:{words})") for kind, words in _SUBJECTS.items()}
_BODY = {kind: re.compile(rf"{_NOT_WITHIN}(?:{words})") for kind, words in _BODIES.items()}
_SUBJECT_LINE = re.compile(
    r"\A\s*(?:subject|betreff|objet|asunto|oggetto|assunto|onderwerp|temat|件名|主题)\s?[:：](.{0,200})"
)
_REPLIES = re.compile(r"\A\s*(?:(?:re|aw|fwd?|wg|sv|antw|rv|tr|ri|odp)\s?:\s*)+", re.IGNORECASE)


_ACKNOWLEDGES = ("auto", "do not re", "not respond", "自動", "自动", "آلية")
_HINTS = (
    *_ACKNOWLEDGES, "deliver", "mail system", "not found", "be found", "address", "mailbox", "zustell",
    "zugestellt", "remis", "distribué", "entreg", "recapit", "consegn", "bezorgd", "afgeleverd", "dostarczyć",
    "配信", "投递", "subject", "betreff", "objet", "asunto", "oggetto", "assunto", "onderwerp", "temat", "件名",
    "主题", "office", "away", "leave", "vacation", "holiday", "pto", "büro", "haus", "urlaub", "abwesend",
    "erreichbar", "absent", "congé", "vacances", "de retour", "oficina", "vacaciones", "ausente", "fuera",
    "assente", "ufficio", "fuori", "ferie", "férias", "fora do", "afwezig", "aanwezig", "vakantie", "verlof",
    "nieobecn", "urlopie", "poza biurem", "不在", "休暇", "外出", "休假", "出差",
)  # fmt: skip
"""One of these is in every message that is automatic; they are looked for first."""


def automatic(body: str, channel: str | None = None) -> Automatic | None:
    """What kind of automatic message this is; None: as far as one can see, a person wrote it."""
    if channel is not None and channel in MACHINE_CHANNELS:
        return Automatic.ACKNOWLEDGEMENT
    if not has_any(fold(body[: 4 * _BEGINNING]), _HINTS):
        return None
    beginning = fold(own_words(body[: 4 * _BEGINNING])[:_BEGINNING])
    if (line := _SUBJECT_LINE.match(beginning)) and (found := automatic_subject(line[1])) is not None:
        return found
    return next((kind for kind, words in _BODY.items() if words.search(beginning)), None)


def is_acknowledgement(body: str, channel: str | None = None) -> bool:
    """Whether a machine sent this through the team's account."""
    if channel is not None and channel in MACHINE_CHANNELS:
        return True
    if not has_any(fold(body[: 4 * _BEGINNING]), _ACKNOWLEDGES):
        return False
    return _BODY[Automatic.ACKNOWLEDGEMENT].search(fold(own_words(body[: 4 * _BEGINNING])[:_BEGINNING])) is not None


def automatic_subject(subject: str | None) -> Automatic | None:
    """The same by the subject alone: ``Automatic reply: …``, ``Undeliverable: …`` at its very beginning."""
    if not subject:
        return None
    text = subject[:200]
    if replies := _REPLIES.match(text):
        text = text[replies.end() :]
    text = fold(text.strip())
    return next((kind for kind, words in _SUBJECT.items() if words.match(text)), None)


def tells_absence(body: str) -> bool:
    """Whether somebody, or their mail program, says that they are away."""
    return automatic(body) is Automatic.ABSENCE
