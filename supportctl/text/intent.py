"""Whether somebody asks how something is done, orders something, or says that something is broken.

Phrases in the languages support queues see most. They tell what a text surely is about; a text without any tells
nothing.
"""

import re

from supportctl.text.fold import fold

_HOW = (
    r"how (?:do|can|should|would|could|may|must) (?:i|we|you|one)\b", r"how to\b", r"how does\b",
    r"is there (?:a|any) way to\b",
    r"is it possible to\b", r"where (?:do|can) (?:i|we) find\b",
    r"(?:can|could) (?:you|somebody|someone|anyone) (?:please )?explain\b",
    r"what(?:'s| is) the difference between\b", r"question (?:about|regarding|on)\b", r"quick question\b",
    r"wie (?:kann|können|könnte|muss|müssen|soll|sollen|geht|richte ich|ändere ich|stelle ich|funktioniert)\b",
    r"ist es möglich\b", r"gibt es eine möglichkeit\b", r"wo finde(?:n)? (?:ich|wir)\b",
    r"frage (?:zu|zum|zur|über)\b",
    r"comment (?:faire|puis-je|pouvons-nous|peut-on|dois-je|fait-on|modifier|changer|ajouter|configurer|créer)\b",
    r"est-il possible\b", r"où (?:puis-je|peut-on|se trouve)\b", r"question (?:sur|concernant|à propos)\b",
    r"cómo (?:puedo|podemos|se puede|hago|hacer|cambio|cambiar|configurar|crear)\b", r"es posible\b",
    r"dónde (?:puedo|podemos|encuentro)\b", r"(?:pregunta|duda) (?:sobre|acerca)\b",
    r"como (?:posso|podemos|faço|fazer|se faz|configurar|alterar)\b", r"é possível\b", r"onde (?:posso|encontro)\b",
    r"(?:dúvida|pergunta) sobre\b",
    r"come (?:posso|possiamo|si può|si fa|faccio|fare|devo)\b", r"è possibile\b", r"dove (?:posso|trovo)\b",
    r"domanda (?:su|sul|sulla)\b",
    r"hoe (?:kan|kunnen|moet|werkt|doe)\b", r"is het mogelijk\b", r"waar (?:kan ik|vind ik)\b", r"vraag over\b",
    r"jak (?:mogę|możemy|można|zmienić|ustawić|dodać|zrobić)\b", r"czy (?:jest możliwe|można|da się)\b",
    r"gdzie (?:mogę|znajdę)\b", r"pytanie (?:o|dotyczące|w sprawie)\b",
)  # fmt: skip
_HOW_EAST = (
    r"方法を教え|やり方を教え|方法について|どうすれば|どのように.{0,20}(?:ですか|ますか)|可能でしょうか|如何|"
    r"怎么才能|怎样才能|请问怎么|是否可以|請問如何"
)

_ORDER = (
    r"please (?:create|add|set up|give|grant|install|order|provide|enable|activate|remove|delete|deactivate)\b",
    r"(?:request|requesting) (?:for )?(?:access|an? |new |additional )", r"access request\b",
    r"(?:i|we) (?:need|would like|want|require|request) (?:access to|a new|another|a second|\d+ (?:new|more))\b",
    r"new (?:user|employee|starter|joiner|hire|laptop|monitor|account|licen[cs]e|mailbox|headset)\b",
    r"(?:can|could) (?:you|i|we) (?:please )?(?:have|get|order|install|create|set up) (?:me |us )?(?:a|an|access)\b",
    r"bitte .{0,80}\b(?:anlegen|einrichten|freischalten|bestellen|hinzufügen|installieren|löschen)\b",
    r"neue[rsn]? (?:mitarbeiter(?:in)?|benutzer(?:in)?|laptop|rechner|konto|lizenz)\b",
    r"(?:benötige[n]?|brauche[n]?|hätte[n]? gern(?:e)?) (?:einen neuen|eine neue|ein neues|zugriff|zugang)\b",
    r"(?:merci de|veuillez|pourriez-vous|pouvez-vous) (?:créer|ajouter|installer|commander|activer|supprimer)\b",
    r"nouvel(?:le)? (?:utilisateur|utilisatrice|employé|employée|collaborateur|licence)\b", r"demande d'accès\b",
    r"(?:por favor|favor de) (?:crear|añadir|instalar|activar|dar acceso|dar de alta)\b", r"solicitud de acceso\b",
    r"nuevo (?:usuario|empleado|portátil)\b", r"dar de alta\b",
    r"(?:por favor|favor) (?:criar|adicionar|instalar|ativar|liberar)\b", r"solicitação de acesso\b",
    r"pedido de acesso\b",
    r"novo (?:usuário|utilizador|funcionário|colaborador|notebook)\b",
    r"(?:si prega di|vorrei|potete|potreste) (?:creare|aggiungere|installare|attivare|richiedere)\b",
    r"nuov[oa] (?:utente|dipendente|portatile|licenza)\b", r"richiesta di accesso\b",
    r"(?:graag|gelieve) .{0,60}\b(?:aanmaken|toevoegen|installeren|activeren|bestellen)\b", r"toegangsverzoek\b",
    r"nieuwe (?:medewerker|gebruiker|laptop|licentie)\b",
    r"proszę o (?:utworzenie|dodanie|nadanie|instalację|założenie|dostęp)\b",
    r"nowy (?:użytkownik|pracownik|laptop)\b",
)  # fmt: skip
_ORDER_EAST = (
    r"(?:発行|作成|追加|設置|付与|購入|登録)(?:を)?(?:お願い|希望|依頼)|アクセス権(?:限)?の?(?:申請|付与)|"
    r"申请(?:权限|访问|开通|新)|請開通|请(?:开通|创建|安装|添加)|新员工"
)

_BROKEN = (
    r"error|errors|erro|erros|errore|errori|erreur|erreurs|fehler|fehlermeldung|fout|foutmelding|błąd|błędy|fail|fails|failed|"
    r"failing|failure|broken|crash\w*|down|outage|offline|slow|stuck|hangs?|hanging|freez\w+|frozen|wrong|incorrect|missing|lost|issue|"
    r"issues|problem|problems|bug|exception|timeout|denied|refused|rejected|unable|cannot|impossible|no longer|stopped|"
    r"stops|unavailable|unreachable|disconnect\w*|"
    r"can't|couldn't|doesn't|does not|didn't|did not|isn't|is not|won't|not working|twice|duplicate\w*|"
    r"kaputt|defekt|störung|ausfall|funktioniert nicht|geht nicht|falsch|fehlt|fehlen|"
    r"verschwunden|abgestürzt|hängt|langsam|leider|probleme|nicht|panne|ne \w+ pas|plus|bloqué\w*|lent|faux|manque\w*|"
    r"fallo|falla|fallos|no (?:funciona|puedo|podemos|carga|aparece|se)|lento|roto|bloquead[oa]|problema|problemas|"
    r"falha|não (?:funciona|consigo|conseguimos|abre|carrega)|travad[oa]|quebrad[oa]|"
    r"guasto|non (?:funziona|riesco|va|si)|bloccato|rotto|manca|"
    r"storing|kapot|werkt niet|niet|traag|defect|probleem|"
    r"awaria|nie (?:działa|mogę|można)|zepsut\w*|wolno|brakuje"
)  # fmt: skip
_BROKEN_EAST = (
    r"エラー|不具合|障害|故障|できません|できない|動かない|動作しない|表示されない|遅い|止ま|落ち|错误|故障|"
    r"失败|无法|不能|异常|錯誤|無法|崩溃|报错"
)

_IS_HOW = re.compile(rf"(?<!\w)(?:{'|'.join(_HOW)})|{_HOW_EAST}")
_IS_ORDER = re.compile(rf"(?<!\w)(?:{'|'.join(_ORDER)})|{_ORDER_EAST}")
_IS_BROKEN = re.compile(rf"(?<!\w)(?:{_BROKEN})(?!\w)|{_BROKEN_EAST}")


def asks_how(text: str) -> bool:
    return _IS_HOW.search(fold(text)) is not None


def orders(text: str) -> bool:
    return _IS_ORDER.search(fold(text)) is not None


def says_broken(text: str) -> bool:
    return _IS_BROKEN.search(fold(text)) is not None
