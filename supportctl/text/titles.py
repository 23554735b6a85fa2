"""Titles that say nothing, by language, and what mail programs put in front of a title.

Folded, without punctuation at the ends.
"""

import re

from supportctl.text.fold import fold

STOCK: dict[str, tuple[str, ...]] = {
    "en": (
        "help", "help me", "help needed", "help please", "please help", "please help me", "need help", "i need help",
        "need some help", "need your help", "help required", "assistance", "assistance needed", "need assistance",
        "issue", "an issue", "i have an issue", "have an issue", "there is an issue", "new issue", "it issue", "issues",
        "problem", "a problem", "problems", "i have a problem", "have a problem", "i have problems", "big problem",
        "urgent", "urgent issue", "urgent help needed", "very urgent", "asap", "important", "please read", "attention",
        "question", "a question", "quick question", "i have a question", "questions", "general question", "inquiry",
        "general inquiry", "enquiry", "request", "support request", "new request", "service request", "ticket",
        "new ticket", "support ticket", "support", "support needed", "tech support", "technical support", "error",
        "error message", "an error", "i get an error", "bug", "bug report", "not working", "it is not working",
        "it's not working", "it does not work", "it doesn't work", "does not work", "doesn't work", "broken",
        "it is broken", "test", "testing", "hello", "hi", "hi there", "hello there", "hey", "good morning", "other",
        "untitled", "no subject", "(no subject)", "no title", "none", "n/a", "na", "subject", "title", "follow up",
        "feedback", "contact form", "contact us", "message", "new message", "website contact", "message from website",
        "something is wrong", "something went wrong", "please fix", "please fix this", "please advise", "see below",
        "as discussed", "update", "information", "to whom it may concern",
    ),
    "de": (
        "hilfe", "bitte um hilfe", "ich brauche hilfe", "brauche hilfe", "problem", "ein problem", "probleme",
        "ich habe ein problem", "habe ein problem", "es gibt ein problem", "dringend", "sehr dringend", "eilt",
        "wichtig", "frage", "eine frage", "ich habe eine frage", "kurze frage", "fragen",
        "anfrage", "allgemeine anfrage",
        "fehler", "fehlermeldung", "ein fehler", "störung", "geht nicht", "geht nicht mehr", "es geht nicht",
        "funktioniert nicht", "es funktioniert nicht", "funktioniert nicht mehr", "kaputt", "hallo", "guten tag",
        "kein betreff", "ohne betreff", "(kein betreff)", "ohne titel", "betreff", "sonstiges", "ticket",
        "neues ticket", "supportanfrage", "kontaktformular", "bitte um unterstützung", "unterstützung",
    ),
    "fr": (
        "aide", "besoin d'aide", "j'ai besoin d'aide", "aidez-moi", "à l'aide", "demande d'aide", "problème",
        "un problème", "problèmes", "j'ai un problème", "urgent", "très urgent", "important", "question",
        "une question", "j'ai une question", "demande", "demande d'assistance", "assistance", "erreur", "une erreur",
        "message d'erreur", "ne marche pas", "ne marche plus", "ça ne marche pas", "ne fonctionne pas",
        "ne fonctionne plus", "cela ne fonctionne pas", "en panne", "panne", "bonjour", "sans objet", "(sans objet)",
        "aucun objet", "sans titre", "autre", "ticket", "formulaire de contact",
    ),
    "es": (
        "ayuda", "necesito ayuda", "ayuda por favor", "ayuda urgente", "problema", "un problema", "problemas",
        "tengo un problema", "urgente", "muy urgente", "importante", "pregunta", "una pregunta", "tengo una pregunta",
        "consulta", "una consulta", "solicitud", "error", "un error", "mensaje de error", "no funciona",
        "ya no funciona", "no me funciona", "averiado", "hola", "buenos días", "sin asunto", "(sin asunto)",
        "ningún asunto", "sin título", "otro", "otros", "soporte", "incidencia", "ticket", "formulario de contacto",
    ),
    "it": (
        "aiuto", "ho bisogno di aiuto", "richiesta di aiuto", "problema", "un problema", "problemi", "ho un problema",
        "urgente", "molto urgente", "importante", "domanda", "una domanda", "ho una domanda", "richiesta",
        "richiesta di assistenza", "assistenza", "errore", "un errore", "messaggio di errore", "non funziona",
        "non funziona più", "guasto", "ciao", "buongiorno", "nessun oggetto", "(nessun oggetto)", "senza oggetto",
        "senza titolo", "altro", "ticket", "modulo di contatto", "informazioni",
    ),
    "pt": (
        "ajuda", "preciso de ajuda", "ajuda por favor", "problema", "um problema", "problemas", "tenho um problema",
        "estou com um problema", "urgente", "muito urgente", "importante", "dúvida", "uma dúvida", "pergunta",
        "tenho uma dúvida", "pedido", "solicitação", "pedido de ajuda", "suporte", "erro", "um erro",
        "mensagem de erro", "não funciona", "não está funcionando", "não está a funcionar", "já não funciona", "olá",
        "bom dia", "sem assunto", "(sem assunto)", "sem título", "outro", "outros", "chamado", "ticket",
    ),
    "nl": (
        "hulp", "hulp nodig", "ik heb hulp nodig", "help", "probleem", "een probleem", "problemen",
        "ik heb een probleem", "dringend", "spoed", "zeer dringend", "belangrijk", "vraag", "een vraag",
        "ik heb een vraag", "vraagje", "verzoek", "aanvraag", "fout", "foutmelding", "storing", "werkt niet",
        "werkt niet meer", "het werkt niet", "doet het niet", "kapot", "hallo", "goedemorgen", "geen onderwerp",
        "(geen onderwerp)", "zonder onderwerp", "overig", "ticket", "contactformulier",
    ),
    "pl": (
        "pomoc", "pomocy", "potrzebuję pomocy", "proszę o pomoc", "prośba o pomoc", "problem", "mam problem",
        "problemy", "pilne", "bardzo pilne", "ważne", "pytanie", "mam pytanie", "zapytanie", "zgłoszenie", "prośba",
        "błąd", "komunikat o błędzie", "awaria", "nie działa", "to nie działa", "zepsute", "dzień dobry", "witam",
        "brak tematu", "(brak tematu)", "bez tematu", "bez tytułu", "inne", "ticket",
    ),
    "ja": (
        "助けて", "助けてください", "ヘルプ", "問題", "問題があります", "緊急", "至急", "大至急", "重要", "質問",
        "質問があります", "問い合わせ", "お問い合わせ", "お問合せ", "お願い", "お願いします", "依頼", "エラー",
        "エラーメッセージ", "不具合", "動かない", "動きません", "使えません", "故障", "件名なし", "(件名なし)", "無題",
        "こんにちは", "テスト", "その他", "お世話になっております",
    ),
    "zh": (
        "帮助", "求助", "帮忙", "请帮忙", "需要帮助", "请帮助我", "问题", "有问题", "有个问题",
        "一个问题", "紧急", "急",
        "加急", "非常紧急", "重要", "咨询", "请问", "请求", "错误", "报错", "故障", "不能用",
        "不工作", "无法使用", "坏了",
        "无主题", "(无主题)", "无标题", "你好", "您好", "测试", "其他", "幫助", "問題", "緊急", "無主題",
    ),
}  # fmt: skip

_FOLDED = frozenset(fold(title) for titles in STOCK.values() for title in titles)
_PREFIX = re.compile(
    r"\s*(?:(?:re|fwd?|fw|aw|wg|tr|rv|res|enc|odp|pd|vs|sv|i|r|antw|doorst|答复|回复|转发|回覆|返信|転送)\s?(?:\[\d{1,3}\])?\s?[:：]|"
    r"\[[^\]]{1,40}\]|\([^)]{1,20}\)(?=\s?\S)|(?:urgent|wichtig|important|dringend)\s?[:!]+(?=\s?\S))",
    re.IGNORECASE,
)
_LONGEST = 1000
_ENDS = " \t\r\n.,;:!?¡¿-–—_*#\"'`~…。、！？：「」【】[]()<>|/\\"


def bare_title(title: str) -> str:
    """Without ``Re:``, ``Fwd:``, ``[EXTERNAL]`` and the like in front and punctuation around.

    Brackets that hold the whole title stay.
    """
    title = title[:_LONGEST].strip()
    at = marks = 0
    while (match := _PREFIX.match(title, at)) is not None and match.end() > at:
        at = match.end()
        if match.start() == marks and match[0].endswith((":", "：")):
            marks = at
    return title[at:].strip(_ENDS) or title[marks:].strip(_ENDS)


def is_stock(title: str) -> bool:
    """A title that fits any ticket."""
    folded = fold(title.strip(_ENDS))
    return not folded or folded in _FOLDED
