"""Names of headings and of fields in forms: issue templates and intake forms, in the languages of support queues.

Longest first, so that ``expected result`` is not taken for ``result``.
"""

import re

from supportctl.evidence.reading.shapes import Element
from supportctl.text.fold import fold

_BEHAVIOUR = r"(?:results?|behaviou?rs?|outcomes?|outputs?|state)"
_NAMES: tuple[tuple[Element, str | None, str], ...] = (
    (
        Element.STEPS, None,
        r"(?:detailed |exact |minimal )?steps? (?:to|for) (?:re-?produc\w+|re-?creat\w+|replicat\w+|repro)"
        r"(?: (?:it|this|the (?:issue|problem|bug|error)))?|"
        r"repro(?:duction)?(?: steps)?|repro|how to (?:reproduce|repeat|recreate)(?: (?:it|this|the \w+))?|"
        r"to reproduce|steps(?: taken| performed)?|what (?:did you|i|we) d(?:o|id)|"
        r"what (?:steps )?(?:will|would) reproduce the problem|steps that will reproduce the problem|"
        r"(?:genaue )?schritte(?: (?:zur|zum|für die) (?:reproduktion|reproduzieren|nachstellen|nachvollziehen)"
        r"(?: des (?:fehlers|problems))?)?|reproduktion(?:sschritte)?|reproduktionsanleitung|nachstellung|"
        r"so (?:lässt sich|kann man) (?:der fehler|das problem|es) (?:reproduzieren|nachstellen)|vorgehen(?:sweise)?|"
        r"(?:étapes|etapes)(?: (?:pour|de|à suivre pour) (?:reproduire|reproduction)(?: (?:le|l'|la) ?\w+)?)?|"
        r"comment reproduire(?: (?:le|l'|la) ?\w+)?|pour reproduire|marche à suivre|"
        r"pasos(?: (?:para|de|a seguir para) (?:reproducir(?:lo)?|reproducción|replicar)(?: (?:el|la) \w+)?)?|"
        r"cómo reproducir(?:lo)?(?: (?:el|la) \w+)?|para reproducir(?:lo)?|"
        r"(?:passos|etapas)(?: (?:para|de) (?:reproduzir|reprodução|replicar)(?: (?:o|a) \w+)?)?|"
        r"como reproduzir(?: (?:o|a) \w+)?|para reproduzir|"
        r"passaggi(?: per riprodurre(?: (?:il|l'|lo) ?\w+)?)?|stappen(?: (?:om te reproduceren|ter reproductie))?|"
        r"reproductiestappen|kroki(?: (?:do (?:odtworzenia|reprodukcji)|reprodukcji|odtworzenia))?|"
        r"再現(?:手順|方法|操作|ステップ)|操作手順|手順|(?:重现|复现|重現|操作)(?:步骤|步驟|方法)|步骤",
    ),
    (
        Element.EXPECTED, None,
        rf"expected(?: {_BEHAVIOUR})?|expect(?:ation|ations)|(?:what )?(?:did you|i|we|you) expect(?:ed)?"
        r"(?: to (?:happen|see))?|what should (?:have )?happen(?:ed)?|what is the expected (?:output|result|"
        r"behaviou?r)|"
        r"what (?:i|we|you) expected(?: to happen| to see)?|should be|desired (?:behaviou?r|result)|"
        r"erwartet(?:e[sr]? (?:ergebnis|verhalten|resultat))?|erwartung|soll(?:-?(?:verhalten|zustand|ergebnis))?|"
        r"(?:résultat|comportement) (?:attendu|souhaité)|attendus?|"
        r"(?:resultado|comportamiento) esperado|esperado|se esperaba|"
        r"(?:resultado|comportamento) esperado|o que (?:esperava|deveria acontecer)|"
        r"(?:risultato|comportamento) atteso|verwacht(?:e?)(?: (?:resultaat|gedrag))?|"
        r"oczekiwan[yae](?: (?:rezultat|wynik|zachowanie|efekt))?|"
        r"期待(?:される|する|した)?(?:結果|動作|値|挙動)?|想定(?:される)?(?:結果|動作|挙動)?|本来の(?:動作|結果|挙動)|"
        r"(?:预期|期望|預期)(?:结果|行为|結果|行為)?",
    ),
    (
        Element.ACTUAL, None,
        rf"(?:actual|observed|current)(?: {_BEHAVIOUR})?|what (?:actually )?happen(?:s|ed)(?: instead)?|"
        r"what do you see instead|what went wrong|symptoms?|"
        r"tatsächlich(?:e[sr]? (?:ergebnis|verhalten|resultat))?|beobachtet(?:es verhalten)?|aktuelles verhalten|"
        r"ist(?:-?(?:verhalten|zustand|ergebnis))?|fehlerbild|symptome?|"
        r"(?:résultat|comportement) (?:obtenu|actuel|réel|constaté|observé)|constaté|symptômes?|"
        r"(?:resultado|comportamiento) (?:actual|obtenido|real|observado)|síntomas?|"
        r"(?:resultado|comportamento) (?:atual|actual|obtido|real|observado)|o que acontece(?:u)?|sintomas?|"
        r"(?:risultato|comportamento) (?:effettivo|ottenuto|attuale)|(?:werkelijk|feitelijk) (?:resultaat|gedrag)|"
        r"(?:rzeczywisty|aktualny) (?:rezultat|wynik)|"
        r"実際の(?:結果|動作|挙動)|実結果|現象|事象|発生事象|症状|(?:实际|實際)(?:结果|行为|結果)|现象",
    ),
    (
        Element.ACTUAL, "error",
        r"(?:exact |full )?error(?: (?:messages?|text|codes?|details?))?|error/?message|exception|stack ?trace|"
        r"fehler(?:meldung|text|code)(?:en)?|message d'erreur|code d'erreur|mensaje de error|código de error|"
        r"mensagem de erro|código de erro|messaggio di errore|foutmelding|komunikat(?: o)? błęd\w+|"
        r"エラー(?:メッセージ|内容|コード|文)|错误(?:信息|消息|代码)|錯誤訊息",
    ),
    (
        Element.ENVIRONMENT, "browser",
        r"(?:web ?)?browsers?(?: (?:and|&|/) version)?(?: version)?|browserversion|navigateur(?: web)?|"
        r"navegador(?: web)?|"
        r"przeglądarka|ブラウザー?|浏览器|瀏覽器",
    ),
    (
        Element.ENVIRONMENT, "system",
        r"os(?: version)?|operating system|betriebssystem|système d'exploitation|sistema (?:operativo|operacional)|"
        r"besturingssysteem|system operacyjny|platform|plattform|plateforme|plataforma|os|基本ソフト|操作系统|作業系統",
    ),
    (
        Element.ENVIRONMENT, "device",
        r"devices?(?: model)?|hardware|model|gerät(?:etyp)?|modell|appareil|modèle|dispositivo|modelo|aparelho|"
        r"apparaat|"
        r"urządzenie|端末|機種|デバイス|设备|型号",
    ),
    (
        Element.ENVIRONMENT, "product",
        r"(?:(?:product|app(?:lication)?|software|client|server|affected|release|build|firmware|plugin) )?"
        r"(?:versions?|version\(s\)|build|release)(?: (?:number|no\.?|used|affected))?|affects versions?|"
        r"affected versions?(?:/s)?|(?:produkt|app|software|programm|client|server|firmware)?-?version(?:snummer)?|"
        r"version (?:du |de l')?(?:produit|logiciel|application)|versión(?: (?:del? )?(?:producto|programa|"
        r"la aplicación))?|"
        r"versão(?: (?:d[oa] )?(?:produto|programa|aplicação|app))?|versione|wersja|"
        r"(?:アプリ|製品|ソフト)?(?:の)?バージョン|版本(?:号)?",
    ),
    (
        Element.ENVIRONMENT, None,
        r"environment(?: details| information| info)?|test environment|env|system(?: info(?:rmation)?)?|setup|set-up|"
        r"configuration|(?:my |your )?set ?up|umgebung|systemumgebung|testumgebung|systemangaben|"
        r"environnement(?: technique)?|contexte technique|entorno|ambiente(?: de teste)?|omgeving|środowisko|"
        r"(?:利用|動作|使用|発生|実行)?環境|环境|環境",
    ),
    (
        Element.IMPACT, "workaround",
        r"work-?arounds?|work around|umgehungs?lösung|umgehung|behelfslösung|(?:solution de )?contournement|"
        r"solución temporal|solución alternativa|solução (?:de contorno|temporária|alternativa)|回避策|暫定対応|"
        r"临时方案|"
        r"变通方法",
    ),
    (
        Element.IMPACT, "users",
        r"(?:number of )?(?:affected|impacted) (?:users?|customers?|people)|who is affected|(?:users?|customers?) "
        r"(?:affected|impacted)|scope|how many (?:users|people|customers)(?: are affected)?|"
        r"(?:anzahl )?betroffene[rn]?(?: (?:nutzer|benutzer|anwender|kunden|personen|standorte))?|"
        r"(?:nombre d')?(?:utilisateurs|clients|personnes) (?:touchés|concernés|impactés|touchées|concernées)|"
        r"usuarios afectados|clientes afectados|(?:utilizadores|usuários|clientes) afetados|"
        r"影響(?:範囲|ユーザー?(?:数)?|人数)|受影响(?:用户|人数)|影响范围",
    ),
    (
        Element.IMPACT, None,
        r"(?:business |customer |user )?impacts?|consequences?|(?:geschäftliche |"
        r"betriebliche )?auswirkung(?:en)?|folgen|"
        r"impact (?:métier|business|sur l'activité)|conséquences?|impacto(?: (?:en el negocio|no negócio|comercial))?|"
        r"consecuencias?|consequências?|impatto|gevolgen|wpływ|(?:業務)?(?:への)?影響(?:度)?|业务影响|影响",
    ),
    (
        Element.SEVERITY, None,
        r"(?:bug )?severity(?: level)?|priority|urgency|criticality|sev|schweregrad|priorität|dringlichkeit|"
        r"gravité|sévérité|priorité|urgence|criticité|gravedad|severidad|prioridad|urgencia|criticidad|gravidade|"
        r"severidade|prioridade|urgência|gravità|ernst|prioriteit|priorytet|重大度|深刻度|優先度|緊急度|重要度|"
        r"严重程度|"
        r"优先级|紧急程度",
    ),
    (
        Element.TIMES, None,
        r"(?:date (?:and|/|&) ?)?time(?: of (?:the )?(?:error|occurrence|incident|failure|issue))?|timestamps?|"
        r"when did (?:it|this) happen|occurr?ed (?:at|on)|date/time|time ?zone|"
        r"zeitpunkt(?: des (?:fehlers|auftretens|vorfalls))?|uhrzeit|datum und uhrzeit|datum/uhrzeit|zeitzone|"
        r"(?:date et )?heure(?: (?:de l'|du )\w+)?|horodatage|fuseau horaire|(?:fecha y )?hora(?: del? \w+)?|"
        r"zona horaria|"
        r"(?:data e )?hora(?: d[oa] \w+)?|fuso horário|発生(?:日時|時刻|時間)|日時|时间|发生时间",
    ),
    (
        Element.TRACE, None,
        r"(?:x-)?(?:request|trace|correlation|span|transaction|activity|event)[- ]?ids?|ids? (?:of|for) the request|"
        r"(?:anfrage|vorgangs|korrelations|transaktions)-?id|(?:id|identifiant) (?:de (?:la )?)?(?:requête|trace|"
        r"corrélation)|id de (?:la )?(?:solicitud|petición|correlación|traza)|id (?:da|do|de) (?:requisição|pedido|"
        r"correlação|rastreio)|(?:リクエスト|トレース|相関|要求) ?id|(?:请求|跟踪|追踪) ?id",
    ),
    (
        Element.SINCE, None,
        r"since(?: when)?|started|first (?:seen|noticed|occurr?ed|occurrence)|frequency|how often(?: does it happen)?|"
        r"reproducib(?:ility|le)|regression|occurrence|seit(?: wann)?|erstmals(?: aufgetreten)?|beginn|häufigkeit|"
        r"reproduzierbar(?:keit)?|wie oft|depuis(?: quand)?|fréquence|début|desde(?: cuándo)?|frecuencia|inicio|"
        r"desde quando|frequência|início|frequenza|sinds|od kiedy|częstotliwość|"
        r"(?:発生)?頻度|発生時期|いつから|频率|开始时间",
    ),
    (
        Element.EVIDENCE, None,
        r"attachments?|logs?(?: files?)?|log output|screen ?shots?|evidence|anhänge?|anlagen?|protokolle?|"
        r"bildschirmfotos?|pièces? jointes?|captures?(?: d'écran)?|journaux|adjuntos?|capturas?(?: de pantalla)?|"
        r"registros?|anexos?|capturas? de (?:ecrã|tela)|添付(?:ファイル)?|ログ|スクリーンショット|附件|日志|截图",
    ),
    (
        Element.REPRODUCED, None,
        r"reproduced(?: by support| internally)?|(?:internal|support) reproduction|vom support (?:nachgestellt|"
        r"reproduziert)|reproduit par le support|reproducido por soporte|reproduzido pelo suporte|"
        r"サポートでの再現|社内再現",
    ),
)  # fmt: skip
ELSE = re.compile(
    r"(?:additional|further|other|more) (?:information|info|details|notes?|context|comments?)|notes?|summary|"
    r"description|(?:problem|issue|bug) description|problem|issue|question|details?|contact|company|account|customer|"
    r"tried|what (?:i|we|you)(?:'ve| have)? tried|troubleshooting|analysis|root cause|suggested fix|possible (?:fix|"
    r"solution)|solution|next steps?|the ask|request|subject|name|e-?mail|phone|title|checklist|"
    r"weitere (?:informationen|angaben|hinweise)|hinweise?|bemerkung(?:en)?|zusammenfassung|beschreibung|"
    r"problembeschreibung|fehlerbeschreibung|kontakt|kunde|name|firma|betreff|bereits versucht|analyse|lösung|"
    r"informations? (?:complémentaires?|supplémentaires?)|remarques?|résumé|description|client|nom|objet|coordonnées|"
    r"información adicional|notas?|observaciones|resumen|descripción|cliente|nombre|asunto|contacto|"
    r"informaç(?:ão|ões) adiciona(?:l|is)|observaç(?:ão|ões)|resumo|descrição|nome|assunto|contato|"
    r"備考|補足|概要|内容|詳細|その他|お客様名|連絡先|件名|备注|描述|摘要|联系"
)
_PATTERNS = [(element, part, re.compile(names)) for element, part, names in _NAMES]


def element_of(name: str) -> tuple[Element, str | None] | None:
    """The element a heading, a label or a field of this name tells."""
    folded = " ".join(fold(name).strip(" \t*_:：?？-#=[]【】()").split())
    for element, part, pattern in _PATTERNS:
        if pattern.fullmatch(folded):
            return element, part
    return None
