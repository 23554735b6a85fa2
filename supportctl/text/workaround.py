"""Whether somebody writes that they went around a fault instead of removing it."""

import re

from supportctl.text.fold import fold
from supportctl.text.quoted import own_words

_WORDS = (
    r"work[ -]?arounds?\b|temporary (?:fix|solution)\b|interim (?:fix|solution)\b|"
    r"umgehungslösung|behelfslösung|notlösung|übergangslösung|"
    r"solution de contournement|solution (?:temporaire|provisoire)|contournement|"
    r"solución temporal|solución provisional|"
    r"solução de contorno|solução temporária|soluzione alternativa temporanea|soluzione temporanea|"
    r"tijdelijke oplossing|noodoplossing|obejście|rozwiązanie tymczasowe|tillfällig lösning|"
    r"обходной путь|обходное решение|временное решение|"
    r"暫定対応|暫定対処|回避策|临时解决方案|臨時解決方案|变通方法|變通方法|임시 조치|임시조치"
)
_NOT = (
    r"\b(?:no|not an?|without(?: an?| any)?|instead of (?:an?|the)|removed? (?:the|that)|any|"
    r"keine?|ohne|statt der|pas de|sans|sin|sem|senza|geen|zonder|bez)\s+"
    r"(?:(?:longer an?|further|real|more|old|known|good|other|easy)\s+)?"
)
_MAYBE = r"\b(?:if|whether|unless|ob|falls|wenn)\b[^.!?,\n]{0,60}"
_WORKAROUND = re.compile(rf"(?<!\w)(?:{_WORDS})")
_DENIED = re.compile(rf"(?:{_NOT}|{_MAYBE})(?:{_WORDS})|(?:{_WORDS})[^.!\n]{{0,60}}[?？]")
_SHORT = 4000


def is_workaround(text: str) -> bool:
    """Speaks of a workaround, and nowhere that there is none, or asks for one. Quoted mail does not count."""
    folded = fold(own_words(text[:_SHORT]))
    return _WORKAROUND.search(folded) is not None and _DENIED.search(folded) is None
