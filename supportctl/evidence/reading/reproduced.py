"""Whether support has seen the fault itself: the last word on it counts."""

import re
from collections.abc import Iterator

from supportctl.evidence.reading.cues import cue
from supportctl.evidence.reading.shapes import Element, Passage
from supportctl.evidence.reading.thread import Part, Sentence

_SEEN = cue(
    r"(?:able to|can|could|managed to|was able to|easily|also|successfully|we|i|qa|team) (?:now |also |easily |"
    r"reliably |"
    r"consistently |just |have |has |successfully )*(?:reproduce|reproduced|replicate|replicated|recreate|"
    r"recreated|repro)(?: it| "
    r"this| the \w+)?|(?:was |has been |is |been )?(?:reproduced|replicated|recreated|reproducible) (?:it|this|"
    r"here|in|on|with|at|by|"
    r"locally|internally|the)|reproduced|(?:see|seeing|get|getting|hit|observed?|"
    r"confirmed?) (?:exactly )?(?:the )?(?:same|it|this)"
    r"(?: \S+){0,4} (?:here|on our (?:side|end|system|test\w*)|in our (?:test|lab|sandbox|staging)\w*|"
    r"in staging|in the lab|with (?:my|our|a) "
    r"test)|"
    r"(?:konnte|konnten|kann|können|liess|lässt)(?: \S+){0,8} (?:nachstellen|reproduzieren|nachvollziehen|"
    r"nachgestellt werden|reproduziert "
    r"werden)|(?:reproduziert|nachgestellt|nachvollzogen)|(?:sehe|sehen|bekomme|"
    r"erhalte)(?: \S+){0,4} (?:auch )?bei uns|"
    r"(?:ai|avons|j'ai|arriv\w+|pu|réussi)(?: \S+){0,5} (?:reproduire|reproduit)|reproduit(?:e)? (?:en|sur|chez|"
    r"dans|avec|ici|de)|"
    r"(?:je|nous) (?:le |la |l')?reprodui\w+|"
    r"(?:he|hemos|pude|pudimos|puedo|podemos|logré|logramos|conseguí\w*|conseguimos)(?: \S+){0,4} reproduc\w+|"
    r"reproducid[oa] (?:en|con|por|"
    r"aquí|internamente)|lo (?:he |hemos )?reproduc\w+|"
    r"(?:consegui|conseguimos|consigo|pude|pudemos|foi possível)(?: \S+){0,4} reproduzi\w*|reproduzid[oa] (?:em|"
    r"com|no|na|por|aqui|"
    r"internamente)|reproduzi(?:mos)?|"
    r"(?:riprodotto|siamo riusciti a riprodurre|gereproduceerd|kunnen reproduceren|odtworzyłem|odtworzyliśmy|"
    r"udało się odtworzyć)",
    r"再現(?:でき(?:ました|た|ています|ます)|しました|を確認|確認(?:でき|しま|済)|済み|できることを)|(?:当方|"
    r"弊社|社内|こちら|検証環境)で(?:も)?(?:同(?:じ|様)の?\S{0,12})?"
    r"(?:発生|再現|確認)|已(?:重现|复现)|(?:能|可以)(?:重现|复现)|(?:重现|复现)了",
)
_NOT_SEEN = cue(
    r"(?:can ?not|can't|could not|couldn't|unable to|not able to|did not manage to|didn't manage to|failed to|"
    r"never|not yet|haven't|have not|"
    r"has not|not been|wasn't able to|were not able to|no longer) (?:\w+ ){0,3}?(?:reproduc|replicat|recreat|"
    r"repro)\w*|(?:not|un|"
    r"non-?)\s?(?:reproduced|reproducible|replicated)|no repro|without success|did not (?:happen|occur|fail)|"
    r"works (?:fine )?(?:here|for me|on our)|"
    r"(?:konnte|konnten|kann|können|liess|lässt)(?: \S+){0,8} (?:nicht|nie|kein\w*)(?: \S+){0,5} (?:nachstellen|"
    r"reproduzieren|nachvollziehen|"
    r"nachgestellt|reproduziert)\w*|nicht (?:reproduziert|nachgestellt|reproduzierbar|nachvollziehbar|"
    r"nachstellbar)|(?:noch|bisher) nicht|"
    r"(?:n'|ne )\s?\w+(?: \S+){0,3} (?:pas|jamais|plus)(?: \S+){0,4} reprodui\w*|impossible (?:de|"
    r"à)(?: \S+){0,2} reproduire|pas (?:été |encore )?"
    r"reproduit\w*|sans succès|(?:no|tampoco|nunca) (?:\w+ ){0,5}?reproduc\w*|sin éxito|(?:não|nunca|"
    r"nem) (?:\w+ ){0,5}?reproduz\w*|sem sucesso|"
    r"non (?:\w+ ){0,4}riprod\w+|niet (?:\w+ ){0,3}reproduc\w+|nie (?:\w+ ){0,3}odtworz\w+",
    r"再現(?:でき|し)(?:ません|ない|なかった|ておりません|ず)|再現(?:は|が)?(?:でき|され)(?:ま?せん|ない)|"
    r"(?:无法|不能|没有|未能)(?:重现|复现)",
)
_ONLY_TRYING = cue(
    r"try(?:ing)? to|will|going to|want to|need (?:to|the|your)|in order to|to be able to|whether|if|steps to|"
    r"how to|once (?:we|i)|"
    r"before (?:we|i)|so (?:that )?we can|helps? us|asked to|attempt(?:ing)? to|"
    r"werde\w*|versuche\w*|um (?:\w+ ){0,6}zu|ob|sobald|damit wir|schritte|wollen|möchte\w*|"
    r"essa\w+|vais|allons|va|pour|afin de|si|étapes|tenter|voulons|"
    r"voy a|vamos a|intent\w+|para|si|pasos|quiero|queremos|"
    r"vou|vamos|tent\w+|se|passos|quero|queremos",
    r"再現(?:を試|してみ|手順|したい|するため|でき(?:る|た)ら|次第)|予定|尝试|为了",
)
_CUSTOMER = cue(
    r"(?:the )?(?:customer|user|client|guest|requester|reporter)s? (?:can|could|is able|was able|says|said|"
    r"reproduc\w+|has|have|reports?)|"
    r"(?:der |die )?(?:kunde|kundin|nutzer|anwender) (?:kann|konnte|sagt)|le client|la cliente|el cliente|o cliente",
    r"(?:お客様|ユーザー)(?:側)?(?:で|は|が)",
)


def find(part: Part) -> Iterator[tuple[Passage, bool]]:
    """What support says of it, with whether it was seen. Where nobody knows who writes, nobody is support."""
    if part.support is not True:
        return
    for sentence in part.sentences():
        if not sentence.plain or _CUSTOMER.search(sentence.folded):
            continue
        if _NOT_SEEN.search(sentence.folded):
            if _REPRO.search(sentence.folded):
                yield _passage(sentence), False
        elif _SEEN.search(sentence.folded) and not _is_plan(sentence):
            yield _passage(sentence), True


_REPRO = cue(
    r"\w*repro\w*|replicat\w*|recreat\w*|nachstell\w*|nachgestellt|nachvoll\w*|nachvollziehbar|riprod\w*|"
    r"odtworz\w*|works (?:fine )?(?:here|for me|"
    r"on our)|did not (?:happen|occur|fail)",
    r"再現|重现|复现",
)


def _is_plan(sentence: Sentence) -> bool:
    """``trying to reproduce`` before the word; ``for this I used …`` behind it says nothing."""
    if re.search(
        r"\b(?:reproduced|reproduziert|nachgestellt|reproduit|reproducido|reproduzido|reproduzi)\b", sentence.folded
    ):
        return False
    return _ONLY_TRYING.search(sentence.folded) is not None


def _passage(sentence: Sentence) -> Passage:
    confidence = 0.8 if _REPRO.search(sentence.folded) else 0.65
    return Passage(
        text=sentence.text, source=sentence.source, how="words", confidence=confidence, part=str(Element.REPRODUCED)
    )
