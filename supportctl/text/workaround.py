"""Whether a text says that the fault was got around, not removed."""

import re

from supportctl.text.fold import fold

_WORDS = re.compile(
    r"work[- ]?around|work ?ed around|temporary (?:fix|solution)|quick ?fix|"
    r"interim (?:fix|solution)|"
    r"umgehung|behelfslösung|übergangslösung|notlösung|provisorisch|"
    r"contournement|solution (?:temporaire|provisoire)|"
    r"soluci[oó]n (?:temporal|provisional|alternativa)|solu[cç][aã]o (?:tempor[aá]ria|alternativa|"
    r"de contorno)|"
    r"soluzione (?:temporanea|alternativa)|tijdelijke oplossing|omweg|obejści|"
    r"rozwiązanie tymczasowe|"
    r"回避策|暫定対応|临时(?:方案|解决)|变通"
)
_NOT = re.compile(r"(?<!\w)(?:no|without|kein\w*|ohne|pas de|sans|sin|sem|senza|geen) (?:known )?$")
_LONGEST = 20_000


def names_workaround(text: str) -> bool:
    folded = fold(text[:_LONGEST])
    return any(not _NOT.search(folded[max(0, found.start() - 20) : found.start()]) for found in _WORDS.finditer(folded))
