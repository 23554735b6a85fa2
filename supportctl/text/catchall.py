"""Names of categories that say nothing: "Other", "Sonstiges", "その他"."""

import re
from functools import lru_cache

from supportctl.text.fold import fold

CATCH_ALL: tuple[str, ...] = (
    # English, with the words the platforms ship
    "other", "others", "other issue", "other issues", "other request", "other requests", "other question",
    "other questions", "something else", "anything else", "everything else", "general", "general inquiry",
    "general enquiry", "general question", "general questions", "general request", "general requests",
    "general issue", "general support", "general help", "generic", "misc", "miscellaneous", "various", "inquiry",
    "enquiry", "inquiry help", "enquiry help", "get it help", "emailed request", "catch all", "none",
    "none of the above", "none of these", "not listed", "my issue is not listed", "not applicable", "n a", "na",
    "unknown", "not sure", "i don t know", "unspecified", "not specified", "uncategorized", "uncategorised",
    "unclassified", "not categorized", "no category", "undefined", "to be determined", "tbd", "default",
    # German
    "sonstige", "sonstiges", "sonstige anfrage", "sonstige anfragen", "sonstiges problem", "andere", "anderes",
    "andere anfrage", "anderes problem", "weitere", "übrige", "übriges", "allgemein", "allgemeines",
    "allgemeine anfrage", "allgemeine anfragen", "allgemeine frage", "allgemeine fragen", "verschiedenes", "diverse",
    "diverses", "keine", "keines", "keine angabe", "keine der genannten", "keines der genannten",
    "nichts davon", "nicht zutreffend", "unbekannt", "nicht kategorisiert", "nicht zugeordnet", "unkategorisiert",
    "ohne kategorie", "keine kategorie",
    # French
    "autre", "autres", "autre demande", "autres demandes", "autre problème", "autre question", "divers", "général",
    "générale", "généralités", "demande générale", "question générale", "questions générales", "aucun", "aucune",
    "aucune de ces réponses", "aucun de ces choix", "sans objet", "inconnu", "non classé", "non catégorisé",
    "non renseigné", "non précisé", "non spécifié", "sans catégorie",
    # Spanish
    "otro", "otra", "otros", "otras", "otra consulta", "otras consultas", "otro problema", "varios", "varias",
    "consulta general", "consultas generales", "pregunta general", "ninguno", "ninguna", "ninguna de las anteriores",
    "ninguno de los anteriores", "no aplica", "desconocido", "sin categoría", "sin clasificar", "no especificado",
    "sin especificar",
    # Portuguese
    "outro", "outra", "outros", "outras", "outro problema", "outras dúvidas", "diversos", "geral", "dúvida geral",
    "dúvidas gerais", "pergunta geral", "nenhum", "nenhuma", "nenhuma das anteriores", "nenhuma das opções",
    "não se aplica", "desconhecido", "sem categoria", "não especificado", "não classificado",
    # Italian
    "altro", "altra", "altri", "altre", "altra richiesta", "altre richieste", "altro problema", "varie", "vario",
    "generale", "generico", "generica", "richiesta generica", "richiesta generale", "domanda generale", "nessuno",
    "nessuna", "nessuna delle precedenti", "nessuno dei precedenti", "non applicabile", "sconosciuto",
    "non specificato", "non classificato", "senza categoria",
    # Dutch
    "overig", "overige", "overige vragen", "anders", "andere vraag", "ander probleem", "algemeen", "algemene vraag",
    "algemene vragen", "diversen", "geen", "geen van bovenstaande", "niet van toepassing", "onbekend",
    "niet gespecificeerd", "niet gecategoriseerd", "geen categorie",
    # Polish
    "inne", "inny", "inna", "inny problem", "inne pytanie", "inne zgłoszenie", "pozostałe", "ogólne", "ogólny",
    "pytanie ogólne", "zapytanie ogólne", "różne", "brak", "żadne z powyższych", "nie dotyczy", "nieznane",
    "nieokreślone", "bez kategorii",
    # Japanese
    "その他", "その他のお問い合わせ", "その他の問い合わせ", "その他の質問",
    "そのほか", "一般", "一般的な質問", "一般的なお問い合わせ",
    "一般問い合わせ", "該当なし", "上記以外", "なし", "不明", "未分類", "未設定", "未定",
    # Chinese, simplified and traditional
    "其他", "其它", "其他问题", "其他問題", "其他请求", "一般", "一般咨询",
    "一般諮詢", "一般问题", "常规", "常規", "综合",
    "以上都不是", "以上皆非", "无", "無", "不适用", "不適用", "未知", "未分类", "未分類", "未指定", "不详",
)  # fmt: skip

_PREFIX = re.compile(r"(?:cat|category|categorie|catégorie|kategorie|categoria|categoría|topic|thema|type|issue) ")
"""What options of a drop-down are called by before their own name: ``cat_other``, ``topic-general``."""
_BETWEEN = re.compile(r"[\W_]+")


@lru_cache(maxsize=4096)
def plain_name(name: str) -> str:
    """Folded, with single spaces for everything that is no letter or digit: ``Inquiry / Help`` is ``inquiry help``."""
    return _BETWEEN.sub(" ", fold(name)).strip()


_KNOWN = frozenset(plain_name(name) for name in CATCH_ALL)


@lru_cache(maxsize=4096)
def is_catch_all(name: str, more: frozenset[str] = frozenset(), allowed: frozenset[str] = frozenset()) -> bool:
    """Whether a category of this name says nothing. ``more`` and ``allowed`` are plain names."""
    plain = plain_name(name)
    names = {plain, _PREFIX.sub("", plain, count=1) if _PREFIX.match(plain) else plain}
    return names.isdisjoint(allowed) and not (names.isdisjoint(_KNOWN) and names.isdisjoint(more))
