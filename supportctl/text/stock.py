"""Words that fill a field and say nothing: `fixed`, `done`, `n/a`, a full stop."""

import re

from supportctl.text.fold import fold
from supportctl.text.quoted import own_words

FEW = 3
"""So many words, or fewer, do not tell what was done."""

_PHRASES = {
    "en": (
        "fixed|fix|done|all done|resolved|solved|closed|closing|complete|completed|finished|ok|okay|works|works now|"
        "working|working now|works for me|n/a|na|n.a.|none|nothing|no notes|null|test|tbd|todo|see above|see below|"
        "see comments|see notes|as above|as discussed|as agreed|issue fixed|issue resolved|issue solved|"
        "issue closed|problem fixed|problem solved|problem resolved|issue is resolved|issue is fixed|"
        "issue has been resolved|issue has been fixed|the issue is resolved|the issue is fixed|"
        "the issue has been resolved|the issue has been fixed|this issue has been resolved|"
        "the problem has been resolved|the problem has been fixed|it has been fixed|it has been resolved|"
        "this has been fixed|this has been resolved|this is now fixed|this is now resolved|it works now|"
        "ticket closed|closing ticket|closing this ticket|closing the ticket|i am closing this ticket|"
        "request completed|request has been completed|your request has been completed|case closed|closing this case|"
        "no action needed|no action required|no further action required|resolved successfully|"
        "issue resolved successfully|user confirmed|user confirmed resolution|service restored"
    ),
    "de": (
        "erledigt|gelöst|behoben|fertig|geschlossen|abgeschlossen|ok|in ordnung|alles in ordnung|läuft|läuft wieder|"
        "geht|geht wieder|passt|funktioniert|funktioniert wieder|funktioniert jetzt|gemacht|siehe oben|wie besprochen|"
        "k.a.|entfällt|keine|problem gelöst|problem behoben|das problem ist gelöst|das problem ist behoben|"
        "das problem wurde behoben|das problem wurde gelöst|fehler behoben|der fehler ist behoben|"
        "der fehler wurde behoben|ticket geschlossen|ich schließe das ticket|anfrage erledigt"
    ),
    "fr": (
        "résolu|résolue|réglé|fait|c'est fait|fini|terminé|clos|clôturé|corrigé|ok|ça marche|s.o.|sans objet|néant|"
        "rien|voir ci-dessus|problème résolu|problème réglé|le problème est résolu|le problème a été résolu|"
        "incident résolu|demande traitée|ticket clos|je clos le ticket|je clôture le ticket"
    ),
    "es": (
        "resuelto|solucionado|arreglado|hecho|listo|ok|cerrado|terminado|finalizado|corregido|funciona|ya funciona|"
        "n/d|ninguno|ninguna|nada|ver arriba|problema resuelto|problema solucionado|el problema está resuelto|"
        "el problema ha sido resuelto|se ha resuelto el problema|incidencia resuelta|ticket cerrado|caso cerrado|"
        "solicitud completada"
    ),
    "pt": (
        "resolvido|resolvida|solucionado|feito|pronto|ok|fechado|encerrado|concluído|corrigido|terminado|funciona|"
        "já funciona|n/d|nenhum|nada|ver acima|problema resolvido|o problema foi resolvido|o problema está resolvido|"
        "chamado encerrado|chamado resolvido|incidente resolvido|pedido concluído"
    ),
    "it": (
        "risolto|risolta|fatto|chiuso|ok|terminato|completato|sistemato|corretto|funziona|a posto|n/d|nessuno|niente|"
        "vedi sopra|problema risolto|il problema è risolto|il problema è stato risolto|ticket chiuso|"
        "richiesta completata"
    ),
    "nl": (
        "opgelost|gedaan|klaar|gereed|gesloten|afgerond|afgehandeld|ok|in orde|werkt|werkt weer|n.v.t.|nvt|geen|"
        "zie boven|probleem opgelost|het probleem is opgelost|het probleem is verholpen|verholpen|ticket gesloten|"
        "verzoek afgehandeld"
    ),
    "pl": (
        "rozwiązane|rozwiązano|naprawione|naprawiono|zrobione|zrobiono|gotowe|zamknięte|zamknięto|zakończone|"
        "zakończono|ok|działa|już działa|n/d|nie dotyczy|brak|jak wyżej|problem rozwiązany|"
        "problem został rozwiązany|zgłoszenie zamknięte"
    ),
    "sv": "löst|klart|klar|åtgärdat|fixat|stängt|fungerar|problemet är löst|ärendet är löst|ärendet stängt",
    "ar": "تم|تم الحل|تم الإصلاح|تم حل المشكلة|تم الإغلاق|محلول",
    "ru": "решено|исправлено|сделано|готово|закрыто|выполнено|ок|работает|проблема решена|заявка закрыта|нет",
    "ja": (
        "対応済み|対応済|対応しました|対応いたしました|対応完了|対応完了しました|解決|解決済み|解決済|解決しました|完了|完了しました|"
        "修正済み|修正済|修正しました|修正いたしました|クローズ|クローズします|クローズしました|終了|終了しました|なし|特になし|該当なし|"
        "問題は解決しました|問題が解決しました|問題を解決しました"
    ),
    "zh": (
        "已解决|已解決|解决了|解決了|问题已解决|問題已解決|问题已经解决|已修复|已修復|已处理|已處理|处理完成|处理完毕|已完成|完成|完成了|已关闭|"
        "已關閉|关闭|好了|可以了|没问题|无|無|不适用|問題已經解決"
    ),
    "ko": "완료|해결|해결됨|해결됐습니다|해결되었습니다|처리완료|처리 완료|조치완료|종료|없음|문제가 해결되었습니다",
}
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_SPACES = re.compile(r"\s+")


def _plain(text: str) -> str:
    return _SPACES.sub(" ", _EDGES.sub("", fold(text)))


_STOCK = frozenset(_plain(phrase) for phrases in _PHRASES.values() for phrase in phrases.split("|"))
_LONGEST = max(map(len, _STOCK))
_ENOUGH = 2 * _LONGEST
"""A line of so many signs is no stock phrase."""

_WORD = re.compile(r"[^\W_]+(?:['’.\-/@:_][^\W_]+)*")
_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
"""Chinese and Japanese: no spaces; two signs make about one word."""
_SPARSE = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
"""Thai, Lao, Burmese, Khmer: no spaces; some five signs make a word."""
_POINTER = re.compile(r"https?://\S|\bwww\.\S|\b[A-Z]{2,10}-?\d{2,}\b|#\d{2,}\b")
"""A link, a ticket, an article: few words, and yet they say where to look."""


def is_stock(text: str) -> bool:
    """Whether the whole text is one of the stock phrases, or nothing but punctuation."""
    return len(text) <= 4 * _LONGEST and ((plain := _plain(text)) == "" or plain in _STOCK)


def words(text: str) -> int:
    """How many words, in languages without spaces about how many."""
    if text.isascii():
        return len(_WORD.findall(text))
    dense, sparse = len(_DENSE.findall(text)), len(_SPARSE.findall(text))
    if dense or sparse:
        text = _SPARSE.sub(" ", _DENSE.sub(" ", text))
    return len(_WORD.findall(text)) + -(-dense // 2) + -(-sparse // 5)


def says_nothing(text: str | None, few: int = FEW) -> bool:
    """Empty, a stock phrase, or so short that it cannot tell what was done. Quoted mail does not count."""
    if not text or not (begun := text.lstrip()):
        return True
    line = begun[:_ENOUGH].partition("\n")[0]
    if len(line) == _ENOUGH and words(line) > few and own_words(line):
        return False
    own = own_words(text[:4000])
    return is_stock(own) or (words(own[:600]) <= few and not _POINTER.search(own))
