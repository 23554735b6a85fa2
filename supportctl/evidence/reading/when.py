"""When it happened, to the minute and with a zone; since when, and how often."""

from collections.abc import Iterator
from datetime import UTC

from supportctl.evidence.moments import Moment
from supportctl.evidence.reading.clocks import LETTERS, whens
from supportctl.evidence.reading.cues import FAILS, cue, is_ignorance, is_question
from supportctl.evidence.reading.shapes import Element, Passage
from supportctl.evidence.reading.since import OFTEN, SINCE
from supportctl.evidence.reading.thread import Part, Sentence

_GENERAL_ZONE = cue(
    rf"(?:all |these |the )?(?:times?|timestamps?|zeiten|uhrzeiten|zeitangaben|heures|horas|horarios?) (?:are |"
    rf"is |sind |in |en |"
    rf"em |sont )*(?:in |en |em )?(?:{LETTERS}|local time)|time ?zone[: ]+(?:is )?[\w/+:-]+|"
    rf"zeitzone[: ]+\w[\w/+:-]*|fuseau horaire"
    r"[: ]+\w[\w/+:-]*|zona horaria[: ]+\w[\w/+:-]*|fuso horário[: ]+\w[\w/+:-]*",
    r"時刻は(?:すべて|全て)?(?:日本時間|JST|UTC|jst|utc)",
)
_OTHER_TIMES = cue(
    r"call(?: me| us| back)?|reach(?:able)?|available|availability|appointment|meeting|open(?:ing)? (?:hours|"
    r"from|at)|business hours|"
    r"office hours|working hours|between \d.{0,12} and|check-?in (?:is|from|starts)|deadline|until|erreichbar|"
    r"öffnungszeiten|termin|"
    r"sprechzeiten|bürozeiten|geschäftszeiten|rufen|besprechung|joignable|disponible|rendez-vous|horaires|"
    r"appelez|réunion|"
    r"horario de|llam\w+|cita|reunión|disponível|ligue\w*|liga\w*|reunião|horário de",
    r"営業時間|ご連絡|お電話|打ち合わせ|会議|营业时间|会议",
)


def find(part: Part, general: bool) -> Iterator[tuple[Element, Passage]]:
    """``general``: somewhere in the thread it is said which zone all times are in."""
    for sentence in part.sentences():
        if sentence.section is Element.EXPECTED or is_question(sentence.text) or is_ignorance(sentence.folded):
            continue
        if sentence.section is Element.TIMES or not _OTHER_TIMES.search(sentence.folded):
            for each in whens(sentence.text):
                told = each.zone or general
                yield Element.TIMES, _passage(sentence, 0.8 if told else 0.4, "zone" if told else "no zone")
                break
        if part.answer or not sentence.plain:
            continue
        if SINCE.search(sentence.folded):
            yield Element.SINCE, _passage(sentence, 0.7, "since")
        if OFTEN.search(sentence.folded) and not _CALLS.search(sentence.folded):
            failing = FAILS.search(sentence.folded) is not None or _HAPPENS.search(sentence.folded) is not None
            asked = Element.SINCE in part.asked or len(sentence.text.split()) <= 5
            yield Element.SINCE, _passage(sentence, 0.7 if failing or asked else 0.45, "often")


_CALLS = cue(
    r"call(?:ed|ing)?|phoned?|rang|wrote|asked|told you|restart\w*|angerufen|anruf\w*|telefon\w*|geschrieben|"
    r"appelée?|téléphon\w+|"
    r"écrit|llamad[oa]|llam[eéo]|escrit[oa]|liguei|ligado|ligámos|telefon\w*|escrev\w+",
    r"電話|連絡|打电话",
)
"""Somebody was called twice: that is not how often it fails."""
_HAPPENS = cue(
    r"happen\w*|occur\w*|appear\w*|see|get|reproduc\w*|tritt|auftret\w*|passiert|geschieht|kommt|erscheint|"
    r"reproduzierbar|arrive|"
    r"produi\w*|survien\w*|apparaî\w*|ocurr\w*|pasa|sucede|aparece|repite|acontec\w*|ocorr\w*|surge|aparece",
    r"発生|起き|起こ|再現|なり|出ます|发生|出现",
)


def names_zone(part: Part) -> bool:
    """Whether it is said once for all which zone the times are in."""
    return any(_GENERAL_ZONE.search(each.folded) is not None for each in part.sentences())


def moments(part: Part, key: str) -> Iterator[Moment]:
    """Times with their day; a day alone is no moment."""
    for sentence in part.sentences():
        if is_question(sentence.text) or _OTHER_TIMES.search(sentence.folded):
            continue
        for each in whens(sentence.text):
            if each.at is not None:
                yield Moment(
                    at=each.at.astimezone(UTC),
                    written=each.written,
                    assumed_zone=each.assumed,
                    source=key,
                    line=sentence.line,
                    what=f"{part.place}: {' '.join(sentence.text.split())[:200]}",
                    failed=FAILS.search(sentence.folded) is not None,
                )


def _passage(sentence: Sentence, confidence: float, part: str) -> Passage:
    return Passage(text=sentence.text, source=sentence.source, how="words", confidence=confidence, part=part)
