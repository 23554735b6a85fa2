"""How many people a report speaks of, and how much of a hurry they are in."""

import re

from supportctl.text.fold import fold

_MANY = (
    r"(?:all|every|both|our) (?:of )?(?:our |the |my )?(?:users?|staff|employees|colleagues|customers?|clients|"
    r"guests|stores|shops|"
    r"sites|branches|offices|departments|teams|locations)\b|every(?:one|body)\b|no(?:body| one)\b|no user\b|"
    r"(?:whole|entire) (?:company|office|site|team|department|building|floor|business|plant|store|network|school|"
    r"warehouse)|"
    r"company[- ]wide|site[- ]wide|nationwide|multiple (?:users|sites|people|customers)|several (?:users|sites|"
    r"colleagues)|"
    r"(?:many|hundreds of|dozens of|thousands of|\d{2,}) (?:users|people|customers|guests|employees|orders)|"
    r"(?:alle|sämtliche) (?:kolleg|mitarbeiter|anwender|nutzer|kunden|benutzer|standorte|gäste)\w*|niemand\b|"
    r"keiner (?:kann|von)|"
    r"(?:ganze[rns]?|gesamte[rns]?) (?:firma|abteilung|büro|standort|haus|team|unternehmen|betrieb)|"
    r"mehrere (?:anwender|kollegen|"
    r"nutzer|benutzer|standorte)|"
    r"tous (?:les|nos) (?:utilisateurs|collègues|clients|employés|sites)|tout le (?:monde|site|service|bureau)|"
    r"personne ne|"
    r"todos (?:los|nuestros) (?:usuarios|clientes|compañeros|empleados)|toda la (?:empresa|oficina)|nadie\b|"
    r"tutti gli utenti|tutti i (?:clienti|colleghi)|nessuno\b|todos os (?:utilizadores|usuários|clientes|colegas)|"
    r"ninguém\b|"
    r"alle (?:gebruikers|medewerkers|klanten|collega's)|niemand kan|wszyscy (?:użytkownicy|pracownicy|klienci)|"
    r"nikt nie|"
    r"全員|全社|全ての(?:ユーザ|社員|拠点)|誰も|所有(?:用户|员工|客户|人)|全公司|没有人能"
)
_DOWN = (
    r"down\b|outage|offline|unavailable|not available|unreachable|(?:cannot|can't|can not|could not|unable to|"
    r"nobody can|no one can) "
    r"(?:work|log ?in|sign in|access|connect|pay|use|open|reach|print|order|send|receive|check)|stopped working|"
    r"no access|"
    r"not working|does not work|doesn't work|production (?:is )?(?:stopped|halted)|ausgefallen|ausfall|steht still|"
    r"nicht (?:erreichbar|verfügbar|möglich|arbeiten|anmelden|mehr arbeiten)|kann .{0,30}(?:arbeiten|anmelden|"
    r"zugreifen)|"
    r"(?:en )?panne|inaccessible|indisponible|ne (?:peut|peuvent|fonctionne|marche)|hors service|"
    r"caíd[oa]|no (?:funciona|puede|pueden)|fuera de servicio|non (?:funziona|riesce|riescono|può|possono)|"
    r"não (?:funciona|consegue|conseguem)|werkt niet|(?:ligt|zijn) plat|storing|kan (?:niet )?(?:werken|inloggen)|"
    r"nie (?:działa|może|mogą)|awaria|"
    r"停止|ダウン|障害|使えない|使えません|できません|ログインできない|瘫痪|宕机|无法(?:登录|使用|访问|工作)"
)
_SINGLE = re.compile(
    r"\bmy (?:own )?(?:laptop|notebook|pc|computer|desktop|workstation|account|password|mailbox|inbox|outlook|phone|"
    r"mouse|keyboard|"
    r"monitor|screen|headset|printer|vpn|profile|calendar|badge|dock\w*)\b|\b(?:only|just) (?:for )?me\b|"
    r"\bi am the only\b|"
    r"\b(?:one|a single|1) user\b|\bonly one (?:user|person|colleague)\b|"
    r"\bmein(?:e|en|em)? (?:laptop|notebook|pc|rechner|computer|konto|kennwort|passwort|postfach|outlook|handy|maus|"
    r"tastatur|"
    r"monitor|bildschirm|drucker|profil|kalender)\b|\bnur (?:bei )?mi[rc]h?\b|\bein einzelner (?:nutzer|anwender|"
    r"benutzer)\b|"
    r"\bmon (?:ordinateur|pc|portable|compte|mot de passe|écran|téléphone|clavier|imprimante)\b|\bque moi\b|"
    r"\bun seul utilisateur\b|"
    r"\bmi (?:ordenador|portátil|cuenta|contraseña|pantalla|teléfono|teclado|impresora|correo)\b|\bsolo (?:a mí|yo)\b|"
    r"\bil mio (?:pc|computer|portatile|account|telefono)\b|\b(?:o meu|a minha) (?:computador|portátil|conta|senha)\b|"
    r"\bmijn (?:laptop|computer|account|wachtwoord|scherm|telefoon)\b|\bmój (?:laptop|komputer|telefon)\b|"
    r"\bmoje konto\b"
)
_UNHURRIED = re.compile(
    r"\b(?:not (?:at all )?urgent|no (?:rush|hurry|urgency)|(?:whenever|when) you (?:have|find|get) (?:the |some |"
    r"a )?(?:time|chance|minute)|"
    r"low(?:est)? priority|nice to have|keine eile|nicht (?:dringend|eilig)|hat zeit|eilt nicht|"
    r"pas (?:du tout )?urgent|"
    r"rien d'urgent|pas pressé|no es urgente|sin prisa|non (?:è )?urgente|senza fretta|não é urgente|sem pressa|"
    r"niet dringend|geen haast|nie(?:pilne| jest pilne))\b|急ぎません|急ぎではありません|不急|不着急"
)
_MANY_WORDS = re.compile(rf"(?<![^\W\u3040-\u9fff\uac00-\ud7af])(?:{_MANY})")
_DOWN_WORDS = re.compile(_DOWN)
_NOBODY_CAN = re.compile(
    r"\b(?:nobody|no one|no user|none of (?:us|the users)|niemand|keiner|personne|nadie|nessuno|ninguém|nikt)\b.{0,80}?"
    r"\b(?:can|could|is able|kann|können|konnte|peut|pouvait|puede|pudo|può|riesce|consegue|pode|kan|może)\b"
)
_SENTENCE = re.compile(r"[.!?\n。！？]+")
_LONGEST = 4_000


def tells_of_outage(text: str) -> bool:
    """Whether one sentence says that many people cannot work. Either alone ("tell everyone", "it is down") does not."""
    folded = fold(text[:_LONGEST])
    if _NOBODY_CAN.search(folded):
        return True
    if not _MANY_WORDS.search(folded) or not _DOWN_WORDS.search(folded):
        return False
    return any(_MANY_WORDS.search(part) and _DOWN_WORDS.search(part) for part in _SENTENCE.split(folded))


def tells_of_many(text: str) -> bool:
    return _MANY_WORDS.search(fold(text[:_LONGEST])) is not None


def tells_of_one(text: str) -> bool:
    """Whether it speaks of the writer's own device or account, or of a single user, and never of many."""
    folded = fold(text[:_LONGEST])
    return _SINGLE.search(folded) is not None and not _MANY_WORDS.search(folded)


def is_unhurried(text: str) -> bool:
    return _UNHURRIED.search(fold(text[:_LONGEST])) is not None
