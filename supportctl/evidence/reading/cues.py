"""Words that change what a sentence says: questions, requests, guesses, what is not known, corrections.

All patterns are matched on folded text (`supportctl.text.fold`), where ``ß`` is ``ss``.
"""

import re


def cue(spaced: str, dense: str = "") -> re.Pattern[str]:
    """Whole words of languages with spaces; ``dense``: of Chinese and Japanese, which have none between words."""
    pattern = rf"(?<![^\W\u3040-\u9fff])(?:{spaced})(?!\w)"
    return re.compile(f"{pattern}|{dense}" if dense else pattern)


_QUESTION = re.compile(r"[?？]\s*[)\"'»”]*\s*$|^\s*¿|(?:ですか|ますか|でしょうか|ませんか|吗|呢)[。.]?\s*$")
_REQUEST = cue(
    r"please|kindly|pls|can you|could you|would you|will you|may (?:i|we) ask|let (?:me|us) know|tell us|send us|"
    r"provide (?:us|me)|bitte|könnten sie|können sie|teilen sie uns|schicken sie|senden sie|"
    r"veuillez|merci de|pouvez-vous|pourriez-vous|indiquez(?:-nous)?|envoyez(?:-nous)?|"
    r"por favor|puede[ns]?|podría[ns]?|indíquenos|envíenos|(?:poderia|pode) (?:enviar|dizer|indicar|informar)|"
    r"indique-nos|envie-nos|per favore|potrebbe|potete|graag|kunt u|proszę|czy może",
    r"ください|下さい|お願い(?:いた|致)?します|お知らせ|教えて|请(?:您|提供|告)|麻烦您",
)
_SUPPOSED = cue(
    r"if (?:you|needed|necessary|required|possible|so|it happens again|this happens again|that does not|not)|"
    r"in case (?:you|of|it)|let me know if|should you|unless|whether|"
    r"falls|sollten sie|wenn sie (?:möchten|wollen|noch|mehr|weitere|etwas)|ob (?:es|das|sie|die|der)|"
    r"si (?:vous|besoin|nécessaire|cela se reproduit)|"
    r"si (?:necesita|quiere|hace falta|vuelve)|se (?:precisar|quiser|necessário|voltar)",
    r"必要(?:であれば|でしたら|なら)|もし.{0,20}(?:なら|たら|れば)|如果(?:您|需要)",
)
_IGNORANCE = cue(
    r"(?:i|we|she|he|they|customer|user|the customer|the user)(?:'m| am| are| is)? (?:do(?:es)? not|don't|doesn't|"
    r"did not|didn't|cannot|can't|could not|couldn't|not|never|have no|has no|had no) "
    r"(?:yet |really |quite |exactly |even |be )?(?:know|sure|idea|tell|say|certain|remember|recall|see|find|check|"
    r"have|note|write|aware)|no idea|not sure|not known|unknown|not clear|unclear|unsure|hard to say|nobody knows|"
    r"not available|not yet known|not told|did not (?:say|tell|mention)|"
    r"weiss (?:ich |es |man |sie |er |das )?(?:leider |aber |noch |auch )?nicht|wissen (?:wir |es |das )?(?:leider |"
    r"noch |auch )?nicht|weiss nicht|wissen nicht|keine ahnung|nicht bekannt|unbekannt|unklar|nicht sicher|"
    r"kann ich (?:leider |ihnen |so |gerade )?nicht sagen|können wir nicht sagen|nicht ersichtlich|finde ich nicht|"
    r"nicht genannt|kenne ich nicht|weiss ich (?:leider )?nicht|"
    r"(?:je|nous|on|il|elle) n(?:e |')(?:\w+ )?(?:sais|savons|sait|connais|connaît|connaissons|trouve|trouvons|ai|"
    r"avons) (?:pas|aucune)|aucune idée|inconnue?s?|pas (?:sûr|certain|connue?|d'idée)|"
    r"no (?:lo |la |me |se )?(?:sé|sabemos|sabe|conozco|conocemos|recuerdo|encuentro)|ni idea|desconocid[oa]s?|"
    r"no est(?:oy|amos) segur[oa]s?|"
    r"não (?:o |a )?(?:sei|sabemos|sabe|conheço|me lembro|encontro)|desconhecid[oa]s?|sem (?:ideia|certeza)|"
    r"não (?:tenho|temos) (?:a )?certeza|non (?:lo )?(?:so|sappiamo|conosco)|sconosciut[oa]|"
    r"(?:ik|wij|we) weten? (?:het )?(?:niet|niet precies)|geen idee|onbekend|nie wiem|nie wiemy|nieznan\w+",
    r"(?:分|わ)かりません|(?:分|わ)からない|不明|知りません|存じません|把握できて|未確認|"
    r"不知道|不清楚|不确定|未知",
)
_CORRECTION = cue(
    r"sorry|apologies|correction|corrigendum|my mistake|my bad|i was wrong|we were wrong|that was wrong|"
    r"i (?:just )?(?:checked|looked) again|mistyped|mixed up|i meant|we meant|not .{1,30} but|rather than|"
    r"(?:actually|in fact),? (?:it'?s|it is|it was|we (?:use|run|are on|have)|i (?:use|run|am on|have)|the|only|not)|"
    r"update:|edit:|scratch that|ignore (?:my|the) (?:last|previous|earlier)|"
    r"korrektur|berichtigung|verzeihung|entschuldigung|entschuldigen sie|sorry|ich habe mich (?:geirrt|vertan|"
    r"verschrieben)|wir haben uns (?:geirrt|vertan)|doch nicht|doch (?:die |der |das )?(?:version|nur|erst)|"
    r"stimmt nicht|nicht .{1,30} sondern|genauer gesagt|"
    r"rectification|rectificatif|correctif|je me suis trompée?|erreur de ma part|désolée?|pardon|excusez-moi|"
    r"en fait|en réalité|"
    r"corrección|rectificación|me equivoqué|nos equivocamos|perdón|perdone|disculpe[n]?|en realidad|lo siento|"
    r"correção|retificação|enganei-me|me enganei|engano meu|desculpe[m]?|na verdade|afinal|"
    r"correzione|mi sono sbagliat[oa]|scusi|scusate|in realtà|correctie|ik heb me vergist|excuses|"
    r"korekta|sprostowanie|pomyliłem się|pomyliłam się|przepraszam",
    r"訂正|間違え|間違い(?:で|まし)|誤り(?:で|まし)|失礼(?:し|いたし)ました|申し訳|すみません|正しくは|更正|"
    r"纠正|更正|抱歉|搞错",
)
FAILS = cue(
    r"fail(?:s|ed|ing|ure)?|crash\w*|hang(?:s|ing)?|hung|freez\w+|froze\w*|stuck|broken|breaks?|down|outage|offline|"
    r"blank|empty|error\w*|exception|timed? ?outs?|timing out|denied|refused|rejected|missing|disappear\w*|vanish\w*|"
    r"lost|none|neither|wrong|incorrect|duplicat\w*|twice|slow|unavailable|unreachable|unable|cannot|can ?not|"
    r"can't|could not|"
    r"couldn't|does not|doesn't|do not|don't|did not|didn't|is not|isn't|are not|aren't|was not|wasn't|will not|"
    r"won't|no longer|stops?|stopped|nothing happens|never (?:\w+s|arrive|come|finish|load|open)|nobody can|"
    r"no one can|keeps? \w+ing|logs? (?:me|us|them|you) out|logged out|disconnect\w*|drops?|dropped|affect\w*|"
    r"impact\w*|block\w*|disrupt\w*|"
    r"fehl\w*|schlägt|abst\w*rz\w*|stürzt|hängt|friert|eingefroren|kaputt|defekt|leer|weiss|verschwund\w+|falsch\w*|"
    r"doppelt|langsam|nicht|kein\w*|ausgefallen|ausfall|abgebrochen|bricht|abgelehnt|verweigert|betroffen|betrifft|"
    r"niemand|blockier\w*|störung|"
    r"échou\w*|échec|plant\w*|bloqu\w*|fig\w+|vide|blanc(?:he)?|erreurs?|refus\w*|disparu\w*|faux|fausses?|lent\w*|"
    r"pas|plus|impossible|aucun\w*|personne|manqu\w*|panne|coup\w*|touch\w+|impact\w+|"
    r"fall[aóo]\w*|bloque\w*|congel\w*|vací[oa]|blanco|errore?s?|rechaz\w*|desapare\w+|mal|incorrect[oa]s?|lent[oa]s?|"
    r"no|ningun\w*|ningún|nadie|imposible|cae|caíd[oa]|cuelga|cierra|afecta\w*|"
    r"falh\w*|trava\w*|bloque\w*|vazi[oa]|branco|erros?|recus\w*|desaparec\w*|errad[oa]s?|não|nenhum\w*|ninguém|"
    r"impossível|"
    r"cai\w*|afeta\w*|"
    r"non|fallisc\w*|bloccat\w*|vuot[oa]|error[ei]|niet|geen|mislukt\w*|leeg|foutmelding|fout\w*|nie|błąd\w*|pust\w+",
    r"エラー|失敗|落ち|固ま|止ま|停止|空白|真っ白|消え|遅|できません|できない|ません|出来ない|されない|しない|"
    r"表示されず|異常|不具合|障害|"
    r"影響|错误|失败|崩溃|卡|空白|无法|不能|没有|不|影响",
)
"""That something is not as it should be."""


def is_question(text: str) -> bool:
    return _QUESTION.search(text) is not None


def is_request(folded: str) -> bool:
    """Something is asked of the reader."""
    return _REQUEST.search(folded) is not None


def is_supposed(folded: str) -> bool:
    """What is said holds only under a condition."""
    return _SUPPOSED.search(folded) is not None


def is_ignorance(folded: str) -> bool:
    """Somebody says that they do not know."""
    return _IGNORANCE.search(folded) is not None


def is_correction(folded: str) -> bool:
    return _CORRECTION.search(folded) is not None
