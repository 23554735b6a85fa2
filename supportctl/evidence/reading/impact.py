"""Who is hit, what it costs, whether there is a way round; and how severe somebody says it is."""

import re
from collections.abc import Iterator

from supportctl.evidence.reading.cues import FAILS, cue, is_ignorance, is_question
from supportctl.evidence.reading.shapes import Element, Passage
from supportctl.evidence.reading.thread import Part, Sentence
from supportctl.text.reach import tells_of_many, tells_of_one, tells_of_outage

_PEOPLE = (
    r"users?|customers?|clients?|guests?|people|persons?|colleagues?|employees?|staff|agents?|members?|"
    r"patients?|students?|"
    r"sites?|offices?|branches|stores?|shops?|hotels?|properties|marinas?|restaurants?|teams?|departments?|"
    r"tenants?|accounts?|"
    r"terminals?|devices?|machines?|workstations?|receptionists?|drivers?|orders?|bookings?|reservations?|"
    r"invoices?|payments?|"
    r"nutzer(?:innen)?|benutzer(?:innen)?|anwender(?:innen)?|kunden|kundinnen|gäste|personen|kolleg(?:en|innen)|"
    r"mitarbeiter"
    r"(?:innen|n)?|standorte|filialen|häuser|hotels|arbeitsplätze|geräte|bestellungen|buchungen|rechnungen|leute|"
    r"utilisateurs|utilisatrices|clients|personnes|collègues|employés|salariés|sites|agences|magasins|hôtels|"
    r"postes|commandes|"
    r"réservations|factures|usuari[oa]s|clientes|personas|compañer[oa]s|emplead[oa]s|sedes|tiendas|hoteles|"
    r"oficinas|equipos|"
    r"pedidos|reservas|facturas|huéspedes|utilizador(?:es|as)|usuári[oa]s|pessoas|colegas|funcionári[oa]s|lojas|hotéis|"
    r"escritórios|encomendas|faturas|hóspedes|utenti|clienti|persone|colleghi|gebruikers|klanten|medewerkers|"
    r"użytkownik\w*|"
    r"klient\w*|pracownik\w*"
)
_COUNTED = cue(
    rf"(?:about|around|approx\.?|roughly|some|over|more than|at least|all|etwa|rund|circa|ca\.|über|mindestens|"
    rf"environ|plus de|"
    rf"unos|unas|más de|cerca de|mais de)? ?(?:\d[\d.,' ]{{0,8}}|two|three|four|five|six|seven|eight|nine|ten|"
    rf"dozens? of|hundreds "
    rf"of|thousands of|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|deux|trois|quatre|cinq|six|sept|huit|"
    rf"neuf|dix|dos|tres|"
    rf"cuatro|cinco|seis|siete|ocho|nueve|diez|dois|duas|três|quatro|sete|oito|nove|dez) (?:of (?:our |the )?)?"
    rf"(?:[\w-]+ ){{0,2}}?(?:{_PEOPLE})|(?:\d+|half|most|a third|a quarter|die hälfte|la moitié|la mitad|"
    rf"metade)(?: ?%)? "
    rf"(?:of|der|unserer|des|de nos|de los|de nuestros|dos|das) (?:our |the |all )?(?:\w+ )?(?:{_PEOPLE})",
    r"(?:約|およそ)?\d[\d,]*\s?(?:名|人|件|台|店舗|拠点|社|ユーザー|室)|(?:约|大约)?\d[\d,]*\s?(?:个|"
    r"名)?(?:用户|人|客户|台|家)",
)
_SCOPE = cue(
    r"(?:all|every|each|no|several|many|multiple|some|most|other) (?:of )?(?:our |the |my |other )?(?:\w+ )?"
    rf"(?:{_PEOPLE})|every(?:one|body)|nobody|no one|"
    r"(?:kein|aucun|ningún|ninguno de (?:los|nuestros)(?: \d+)?|nenhum|nenhum d?os (?:nossos )?\d*|"
    r"nessun) ?(?:\w+ )?(?:kunde|gast|nutzer|"
    r"benutzer|mitarbeiter|client|utilisateur|collègue|cliente|usuario|huésped|compañero|hotel\w*|usuário|"
    r"utilizador|hóspede|colega|utente)\w*|"
    r"(?:the )?(?:whole|entire) (?:company|office|site|team|department|hotel|house|marina|front desk|reception|"
    r"floor|school|"
    r"store|plant)|only (?:me|i|one user|one person|my account)|just me|"
    rf"(?:alle[nr]?|sämtliche|mehrere|viele|einige|keine[rn]?) (?:\w+ )?(?:{_PEOPLE})|niemand|jeder|(?:das|der|"
    rf"die) ganze[rn]? "
    r"(?:haus|firma|team|abteilung|hotel|büro|empfang|rezeption)|gesamte[rn]? (?:haus|firma|team|abteilung|"
    r"hotel|empfang)|"
    r"nur (?:ich|bei mir|mich|ein(?:en?)? (?:nutzer|benutzer|anwender))|"
    rf"(?:tou(?:s|tes) (?:les|nos)|plusieurs|certains|aucun) (?:{_PEOPLE})|tout le (?:monde|service|site|"
    rf"personnel)|toute "
    r"(?:l'équipe|la réception|la société)|personne|(?:seulement|uniquement|que) (?:moi|chez moi)|moi seule?|"
    rf"(?:tod[oa]s (?:los|las|nuestros|nuestras|os|as|nossos|nossas)|vari[oa]s|much[oa]s|algun[oa]s|vári[oa]s|"
    rf"muit[oa]s) "
    rf"(?:{_PEOPLE})|nadie|ninguém|tod[oa] (?:el|la|o|a) (?:hotel|empresa|oficina|equipo|equipa|recepción|"
    rf"receção|recepção)|"
    r"(?:solo|sólo|só|apenas|somente) (?:yo|a mí|me pasa|eu|comigo|a mim)|tutti (?:gli|i) \w+|nessuno|iedereen|"
    r"niemand|wszyscy|nikt",
    r"全員|全社|全(?:ての)?(?:ユーザー?|お客様|拠点|端末|店舗|部屋)|誰も|複数(?:名|人|の(?:ユーザー?|お客様|"
    r"端末))|自分だけ|私だけ|一部の(?:ユーザー?|お客様)|"
    r"所有(?:用户|客户|人|员工)|全部用户|没有人|只有我|部分用户",
)
_HIT = cue(
    r"affect\w*|impact\w*|hit|concern(?:s|ed)|have the same|has the same|same (?:problem|issue|error)|betroffen|"
    r"betrifft|"
    r"haben das(?:selbe| gleiche)|auch|concern\w+|touch\w+|impact\w+|le même|afecta\w*|mismo (?:problema|error)|"
    r"les pasa|afeta\w*|"
    r"mesmo (?:problema|erro)|colpit\w+|getroffen|dotyczy",
    r"影響|同じ|受影响|一样",
)
_MONEY = re.compile(
    r"(?:(?:€|\$|£|¥|eur|usd|gbp|chf|jpy)\s?\d[\d.,' ]{0,14}(?:k|m|million|mio)?|"
    r"(?<![\d.,'])\d[\d.,']{0,14}(?: ?(?:k|mio\.?|million|"
    r"tausend|mille|mil|"
    r"万|千))?\s?(?:€|\$|£|¥|円|元|euros?|dollars?|pounds?|eur\b|usd\b|gbp\b|chf\b))",
    re.IGNORECASE,
)
_LOSS = cue(
    r"los(?:e|es|ing|t)|loss(?:es)?|cost(?:s|ing)?|revenue|sales|turnover|refund\w*|penalt\w+|sla credits?|"
    r"per (?:day|hour|night)|"
    r"a day|an hour|entgeh\w*|verlier\w*|verlust\w*|verloren|umsatz\w*|kost(?:et|en)|pro (?:tag|stunde)|"
    r"vertragsstrafe\w*|"
    r"per[dt]\w*|perte\w*|chiffre d'affaires|coût\w*|par (?:jour|heure)|perd(?:emos|iendo|ido|ida)|pérdida\w*|"
    r"ingresos|ventas|"
    r"factura(?:ción|mos)|cuesta|por (?:día|hora)|perd\w+|prejuízo\w*|receita|vendas|faturação|faturamento|"
    r"custa|por dia|"
    r"perdiam\w*|perdita|omzet|verlies|strat\w+",
    r"損失|売上|売り上げ|収益|失って|損害|损失|收入|营业额",
)
_BUSINESS = cue(
    r"(?:cannot|can't|can not|could not|unable to|no longer|impossible to|"
    r"not able to) (?:\w+ ){0,2}(?:check(?: \w+){0,2} (?:in|out)|sell|"
    r"take (?:payments?|orders?|bookings?|cards?)|invoice|bill|ship|deliver|serve|charge|pay|"
    r"open (?:the )?(?:shop|store|doors?)|"
    r"close (?:the )?(?:day|month|books)|process (?:payments?|orders?|cards?)|accept (?:payments?|orders?|"
    r"bookings?|cards?)|work)|"
    r"(?:business|work|production|operations?|check-?in|sales|shipping|payroll|front desk|reception) (?:is|are|"
    r"has|have|"
    r"stands?) (?:\w+ )?(?:stopped|halted|blocked|down|at a standstill|still|stuck|affected|impacted)|"
    r"guests? (?:are |have been )?"
    r"(?:waiting|queu\w+|leaving|left|complain\w*)|queue (?:at|in)|turn(?:ing)? (?:guests|customers|people) away|"
    r"(?:go-?live|payroll|month[- ]end|year[- ]end|closing|audit|launch|deadline) (?:is )?(?:today|tomorrow|"
    r"tonight|on|this|due)|"
    r"by hand|on paper|manually|hours? (?:of )?(?:extra |manual )?work|overtime|"
    r"(?:können|kann|konnten) (?:\w+ ){0,6}?(?:nicht|keine[nr]?|niemand\w*) (?:\w+ ){0,4}?(?:einchecken|"
    r"auschecken|verkaufen|kassieren|"
    r"abrechnen|liefern|arbeiten|buchen|bezahlen|annehmen|versenden)|(?:betrieb|produktion|verkauf|check-?in|"
    r"versand|rezeption|"
    r"kasse) (?:\w+ )?(?:steht|ruht|liegt|stockt)|gäste (?:warten|beschweren|stehen)|von hand|auf papier|"
    r"händisch|überstunden|"
    r"(?:ne|n') ?(?:\w+ )?(?:pouvons|peut|peuvent|pouvais|pouvions)?(?: \w+){0,2}(?: plus|"
    r" pas)(?: \w+){0,2} (?:vendre|encaisser|"
    r"facturer|livrer|travailler|accueillir|enregistrer|réserver|payer|prendre)|(?:production|activité|"
    r"réception|vente) (?:\w+ )?"
    r"(?:arrêtée?|bloquée?|à l'arrêt)|clients (?:attendent|se plaignent)|à la main|sur papier|manuellement|"
    r"(?:no|não) (?:\w+ ){0,2}?(?:podemos|puede[n]?|puedo|conseguimos|consegue[m]?|consigo|"
    r"pode[m]?) (?:\w+ ){0,2}?(?:vender|"
    r"cobrar|facturar|faturar|enviar|entregar|trabajar|trabalhar|registrar|registar|hacer (?:el )?check|"
    r"fazer (?:o )?check|"
    r"aceptar|aceitar|reservar|pagar|atender)|(?:producción|produção|negocio|negócio|recepción|receção|venta|"
    r"venda)s? (?:está[n]?|"
    r"estão) (?:\w+ )?(?:parad[oa]s?|bloquead[oa]s?)|(?:huéspedes|hóspedes|clientes) (?:esperando|à espera|"
    r"esperan|estão à espera)|"
    r"a mano|à mão|en papel|em papel|manualmente",
    r"(?:チェックイン|チェックアウト|販売|決済|請求|出荷|業務|営業|会計|予約|受付)(?:が|を|も|は)?(?:全く|"
    r"一切)?(?:でき(?:ません|ない|ず)|止ま|停止|受け付けられ)|"
    r"業務(?:が|に)?(?:停止|支障|影響)|手作業|手書き|お待たせ|お待ちいただいて|無法营业|业务(?:中断|停止|无法)|手工",
)
_ROUND = cue(
    r"work-?arounds?|work around|way (?:a)?round|temporary (?:fix|solution)|for now we|in the meantime we|meanwhile we|"
    r"umgehungs?lösung\w*|umgehen|umgehung|behelf\w*|notlösung|übergangsweise|vorübergehend|derweil|"
    r"contourn\w+|solution (?:temporaire|provisoire|de contournement)|en attendant|solución (?:temporal|"
    r"provisional|alternativa)|"
    r"mientras tanto|rodeo|solução (?:de contorno|temporária|alternativa|provisória)|contorn\w+|entretanto|"
    r"enquanto isso|"
    r"soluzione (?:temporanea|alternativa)|tijdelijke oplossing|obejści[ea]",
    r"回避策|回避(?:して|方法|でき)|暫定(?:対応|対処|的)|代替(?:手段|策)|当面は|临时(?:方案|解决)|变通|绕过",
)
_SEVERE = cue(
    r"sev(?:erity)?(?: level)?[ :=-]{0,3}(?:[0-5]|s[0-4]|critical|high|major|medium|moderate|minor|low|blocker)|"
    r"[ps][0-4](?= |$|[,.:;-])"
    r"|prio(?:rity)?[ :=-]{0,3}(?:[0-5]|critical|high|medium|low|urgent)|(?:high|highest|critical|top|low|"
    r"urgent) (?:priority|"
    r"severity)|(?:is|as|a|this is|absolute|total|complete) (?:\w+ )?(?:blocker|showstopper|show-stopper|"
    r"critical)|blocker|showstopper|"
    r"business[- ]critical|mission[- ]critical|cosmetic|minor|"
    r"schweregrad[ :=-]{0,3}\w+|priorität[ :=-]{0,3}\w+|(?:höchste|hohe|niedrige|oberste) priorität|"
    r"geschäftskritisch|kritisch|"
    r"gravité[ :=-]{0,3}\w+|priorité (?:\w+ )?(?:haute|maximale|absolue|basse|\d)|critique|bloquant\w*|"
    r"(?:gravedad|severidad|prioridad|gravidade|severidade|prioridade)[ :=-]{0,3}(?:\w+ )?(?:alta|máxima|"
    r"crítica|baja|baixa|media|"
    r"média|\d)|crític[oa]|bloqueante",
    r"(?:重大度|深刻度|優先度|緊急度|重要度)(?:は|：|:)?\s?(?:最?高|中|低|[SP]?\d|クリティカル)|致命的|严重|"
    r"优先级[:：]?\s?[高低PpSs\d]",
)
_BECAUSE = cue(
    r"because|since|as (?:all|we|no|nobody|every|it|our|the)|due to|so that|reason|therefore|that is why|weil|"
    r"da|denn|wegen|grund|"
    r"deshalb|daher|parce que|car|puisque|en raison|à cause|porque|ya que|dado que|debido|motivo|pois|já que|"
    r"devido|perché|omdat|"
    r"ponieważ|bo",
    r"ため|ので|から|理由|因为|由于",
)


def find(part: Part) -> Iterator[tuple[Element, Passage]]:
    if part.answer:
        return
    for sentence in part.sentences():
        if sentence.section in (Element.EXPECTED, Element.STEPS) or is_question(sentence.text):
            continue
        if is_ignorance(sentence.folded):
            continue
        if part.place != "title" and (severe := _severity(sentence)):
            yield Element.SEVERITY, _passage(sentence, severe, None)
        if sentence.plain:
            yield from _impact(sentence)


def _impact(sentence: Sentence) -> Iterator[tuple[Element, Passage]]:
    folded = sentence.folded[:4000]
    yield from ((Element.IMPACT, each) for each in _users(sentence, folded))
    if _MONEY.search(sentence.text) and _LOSS.search(folded):
        yield Element.IMPACT, _passage(sentence, 0.8, "revenue")
    elif _BUSINESS.search(folded):
        yield Element.IMPACT, _passage(sentence, 0.7, "business")
    if _ROUND.search(folded) and sentence.part.place != "title":
        yield Element.IMPACT, _passage(sentence, 0.5, "workaround")


def _users(sentence: Sentence, folded: str) -> Iterator[Passage]:
    broken = any(each.search(folded) is not None for each in (FAILS, _HIT, _COMPLAIN))
    if tells_of_outage(sentence.text):
        yield _passage(sentence, 0.8, "users")
    elif _COUNTED.search(folded) and broken:
        yield _passage(sentence, 0.75 if _HIT.search(folded) or _UNABLE.search(folded) else 0.6, "users")
    elif (
        _SCOPE.search(folded)
        and broken
        and (_HIT.search(folded) or _UNABLE.search(folded) or tells_of_many(sentence.text))
    ):
        yield _passage(sentence, 0.7, "users")
    elif _ONLY.search(folded):
        yield _passage(sentence, 0.65, "users")
    elif _SCOPE.search(folded) and broken:
        yield _passage(sentence, 0.45, "users")
    elif tells_of_one(sentence.text) and broken and _HIT.search(folded):
        yield _passage(sentence, 0.6, "users")


_UNABLE = cue(
    r"can ?not|can't|could not|unable|no longer|kein\w*|aucun\w*|ningún|ningun\w*|nenhum\w*|nobody|no one|"
    r"blocked|stuck|down|kann|können|niemand|nicht|"
    r"blockiert|ne|n'|personne|"
    r"bloqué\w*|no pued\w+|nadie|bloquead\w+|não|ninguém|non|nessuno|kan|kunnen|nie",
    r"できません|できない|できず|无法|不能",
)
_COMPLAIN = cue(
    r"complain\w*|annoyed|angry|upset|beschwer\w*|verärgert|plaign\w*|plaint\w*|mécontent\w*|quej\w+|"
    r"molest[oa]s?|queix\w+|"
    r"reclam\w+|descontent\w*",
    r"苦情|クレーム|投诉|抱怨",
)
_ONLY = cue(
    r"only (?:me|i am affected|one (?:user|person)|my (?:account|machine|device))|just me|nobody else|no one else|"
    r"nur (?:ich|bei mir|ein(?:en|e)? (?:nutzer|benutzer|anwender|person)\w*|mein)|sonst niemand|niemand sonst|"
    r"niemand anderes|"
    r"(?:seulement|uniquement|que) (?:moi|chez moi)|personne d'autre|(?:solo|sólo) (?:yo|a mí|me (?:pasa|"
    r"ocurre))|nadie más|"
    r"(?:só|apenas|somente) (?:eu|comigo|a mim)|mais ninguém|ninguém mais|solo io|nessun altro|alleen ik|tylko ja",
    r"自分だけ|私だけ|他の(?:人|ユーザー?)は問題|只有我",
)


def _severity(sentence: Sentence) -> float:
    match = _SEVERE.search(sentence.folded)
    if match is None or (not sentence.plain and sentence.part.support is not False):
        return 0.0
    if re.search(r"(?:not|no|nicht|kein\w*|pas|não|isn't|wasn't) (?:\w+ ){0,2}$", sentence.folded[: match.start()]):
        return 0.0
    return 0.75 if _BECAUSE.search(sentence.folded) else 0.5


def gives_reason(text: str) -> bool:
    folded = text.casefold()
    return _BECAUSE.search(folded) is not None or FAILS.search(folded) is not None


def _passage(sentence: Sentence, confidence: float, part: str | None) -> Passage:
    return Passage(text=sentence.text, source=sentence.source, how="words", confidence=confidence, part=part)
