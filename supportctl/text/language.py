"""Which language a message is written in, when that is beyond doubt: by its script, else by its small words.

Support messages are full of product names, paths and log lines, which look like English; small words ("ist",
"pour", "nie") are what a language cannot do without. Short or mixed messages give None.
"""

import re
from collections import Counter

from supportctl.text.fold import fold

_SMALL_WORDS: dict[str, str] = {
    "en": "the and is are was were been have has had this that these with from for not but you your we our they there "
    "what when which would could should can will does did if to of it be as any please i my me an",
    "de": "der die das und ist sind war ich wir sie nicht mit von für auf ein eine einen einem dem den des zu im auch "
    "aber wenn oder noch nur bei wie haben habe hat werden wird kann können bitte mich mir uns ihr ihre dass nach",
    "fr": "de un le la les et est sont une des du je nous vous il elle ils pas ne que qui dans pour "
    "avec sur ce cette ces mais "
    "ou plus être avoir été fait mon ma mes votre notre au aux comme tout merci "
    "depuis",
    "es": "de un que ha hemos tengo otra el la los las y es son una unos del al yo nosotros usted "
    "que quien en por para con "
    "sobre este esta estos pero "
    "más no ser estar está están hay mi su nuestro muy cuando como desde ya lo se nos "
    "puede",
    "pt": "de um que ao foi já está ecrã o os as e é são uma uns do da dos das ao eu nós você que "
    "quem em no na por para com "
    "sobre este esta isso mas "
    "mais não ser estar está estão foi meu minha seu nosso muito quando como desde já se pode",
    "it": "il lo gli e è sono una uno del della dei delle al alla io noi voi che chi in nel per "
    "con su questo questa ma "
    "più non essere stato ho abbiamo mio mia nostro molto quando come da già si ci può anche",
    "nl": "de het een en is zijn was ik wij we u je niet met van voor op dat die deze dit maar als of nog ook bij naar "
    "hebben heb heeft worden wordt kan kunnen graag mij mijn ons onze uw er aan om te geen",
    "pl": "i w z na do nie się jest są był była jak że to ale czy po od dla przez mam mamy mnie nam proszę tylko już "
    "który która przy został tego tym może bardzo jeszcze o za",
    "sv": "och att det är som en ett jag vi ni inte med för på av till från den de har hade "
    "kan ska vill mig oss min "
    "vår men om när också efter bara mycket "
    "hej",
    "da": "og at det er som en et jeg vi ikke med for på af til fra den de har havde kan skal vil mig os min vores men "
    "om når også efter kun meget hej bliver noget",
    "no": "og at det er som en et jeg vi ikke med for på av til fra den de har hadde kan skal "
    "vil meg oss min vår men om "
    "når også etter bare mye hei blir noe",
    "fi": "ja on ei ole että se tämä en minä me te olen olemme mutta kun jos myös vain sen voi "
    "voiko kanssa mukaan ovat "
    "oli hyvin kiitos mitä miten",
    "cs": "a je v na se že to není jsem jsme s z do pro ale jak když po od už jen také by byl bylo mi nám prosím může "
    "nebo který",
    "hu": "a az és nem hogy van is egy ez azt meg már csak de ha vagy mert kérem nekem lehet volt köszönöm ezt be ki",
    "ro": "și este nu în la cu pe de că un o sunt am ați din pentru dar mai care această acest dacă vă rog îmi când",
    "tr": "ve bir bu için ile da de ne var yok değil ben biz siz çok ama gibi daha nasıl olarak kadar sonra lütfen "
    "olan oldu ediyor",
}
# Single letters of ASCII are variables and drives as well.
_WORDS = {
    name: frozenset(word for word in words.split() if len(word) > 1 or not word.isascii())
    for name, words in _SMALL_WORDS.items()
}
_ALONE = {
    name: words.difference(
        *(others for other, others in _WORDS.items() if other != name and {other, name} != {"da", "no"})
    )
    for name, words in _WORDS.items()
}
"""Words that no other of these languages has."""
_NEAR = {"da": "no", "no": "da"}
"""Languages this short list cannot keep apart."""
_SCRIPTS = {
    "ja": re.compile(r"[\u3041-\u30ff]"),
    "ko": re.compile(r"[\uac00-\ud7a3]"),
    "zh": re.compile(r"[\u4e00-\u9fff]"),
    "ar": re.compile(r"[\u0600-\u06ff]"),
    "he": re.compile(r"[\u05d0-\u05ea]"),
    "el": re.compile(r"[\u0370-\u03ff]"),
    "th": re.compile(r"[\u0e00-\u0e7f]"),
    "hi": re.compile(r"[\u0900-\u097f]"),
    "ru": re.compile(r"[\u0400-\u04ff]"),
}
_LETTERS = re.compile(r"[^\W\d_]+")
_NOISE = re.compile(
    r"https?://\S+|(?<!\S)\S+@\S+|`[^`\n]*`|(?<!\S)\S*[\\/_={}<>;|]\S*|^\s*(?:at |\d{4}-\d\d-\d\d).*$", re.MULTILINE
)
"""A word is looked at from its beginning only: encoded files, and scripts without blanks, are one long word."""
_LEAST_WORDS = 8
_LEAST_SIGNS = 6
_LONGEST = 4000


def language(text: str) -> str | None:
    """ISO 639-1 code; None where a careful reader of few languages would not bet on it."""
    words, script = _read(text)
    if script is not None:
        return script
    if len(words) < _LEAST_WORDS:
        return None
    best, hits, second = _score(words)
    if best is None or len(_WORDS[best].intersection(words)) < 3:
        return None
    if hits < 4 or hits < 0.2 * len(words) or hits == second:
        return None
    return best if hits >= 1.6 * second or _alone(best, words) else None


def _alone(best: str, words: list[str]) -> bool:
    """Whether there are words of this language only, and of no other."""
    seen = set(words)
    mine = len(_ALONE[best] & seen)
    return mine >= 2 and not any(alone & seen for name, alone in _ALONE.items() if name not in (best, _NEAR.get(best)))


def leaning(text: str) -> str | None:
    """The likeliest language of a message too short or too mixed to be sure; None without any sign."""
    words, script = _read(text)
    if script is not None:
        return script
    best, hits, second = _score(words)
    return best if hits > second else None


def _read(text: str) -> tuple[list[str], str | None]:
    """Its words, and the language its script gives away."""
    text = _NOISE.sub(" ", text[:_LONGEST])
    words = _LETTERS.findall(fold(text))
    if text.isascii():
        return words, None
    letters = sum(map(len, words))
    signs = {name: len(script.findall(text)) for name, script in _SCRIPTS.items()}
    if signs["ja"] and signs["ja"] * 8 >= signs["zh"]:
        signs["ja"], signs["zh"] = signs["ja"] + signs["zh"], 0
    name, count = max(signs.items(), key=lambda item: item[1])
    if count < _LEAST_SIGNS or count * 2 < letters:
        return words, None
    return words, _of_script(name, text)


def _of_script(name: str, text: str) -> str | None:
    """Scripts that several languages share are told apart by letters of their own."""
    folded = text.lower()
    if name == "ru":
        if any(letter in folded for letter in "іїєґ"):
            return "uk"
        return "ru" if any(letter in folded for letter in "ыэё") else None
    if name == "ar" and any(letter in folded for letter in "پچژگ"):
        return None
    return name


def _score(words: list[str]) -> tuple[str | None, int, int]:
    """Best language, its small words, and those of the next best that is not its near kin."""
    counts = Counter(words)
    scores = {name: sum(n for word, n in counts.items() if word in small) for name, small in _WORDS.items()}
    best = max(scores, key=lambda name: scores[name])
    if not scores[best]:
        return None, 0, 0
    second = max(score for name, score in scores.items() if name not in (best, _NEAR.get(best)))
    return best, scores[best], second
