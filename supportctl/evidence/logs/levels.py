"""How serious a line is: by the level its program wrote, else by its words."""

import re

_WRITTEN = {
    "debug": "trace verbose debug fine finer finest config",
    "info": "info information informational notice log hinweis",
    "warning": "warn warning warnung avertissement aviso advertencia 警告",
    "error": "error err eror severe fehler erreur errore erro エラー ошибка 错误",
    "fatal": "fatal crit critical alert emerg emergency panic dpanic kritisch",
}
_LEVELS = {word: level for level, words in _WRITTEN.items() for word in words.split()}
LEVELS = ("debug", "info", "warning", "error", "fatal")
_UPPER = (
    "TRACE|VERBOSE|DEBUG|FINE|FINER|FINEST|CONFIG|INFORMATION|INFO|NOTICE|WARNING|WARN|ERROR|ERR|SEVERE|FATAL|CRITICAL|"
    "CRIT|ALERT|EMERG|PANIC|FEHLER|WARNUNG|ERREUR|ERRORE"
)
_WORD = re.compile(
    rf"(?<![A-Za-z_./-])(?P<u>{_UPPER})(?![A-Za-z_(/-])|"
    r"[\"']?(?:log[._-]?level|level(?:name)?|severity(?:_text|text)?|lvl|loglevel)[\"']?\s?[=:]\s?[\"']?(?P<k>"
    r"[A-Za-z]+|[1-6]0)\b|"
    r"\[(?:[\w.]{1,30}:)?(?P<b>trace|debug|info|notice|warn|warning|error|err|crit|critical|fatal|alert|emerg|Error"
    r"|Warning|Info|Debug)\]|"
    r"^(?P<s>error|warning|fatal|info|debug|warn|Error|Warning|Info|Fehler|Erreur)\s?[:|]|"
    r"[,\t|] ?(?P<c>Info|Warning|Error|Critical|Verbose|Fatal|Warn|Debug)\s*[,\t|]|, (?P<w>Info|Warning|Error)\s{2,}"
    r"|(?P<j>エラー|警告|ошибка|错误)"
)
_LETTER = re.compile(
    r"^(?P<g>[IWEFD])\d{4} \d\d:|^(?:\S+\s+){2}(?:\d+\s+\d+\s+(?P<a>[VDIWEF])\s|(?P<l>[VDIWEF])/)|^\[?(?P<n>"
    r"[VDIWEF])[\]/] "
)
_LETTERS = {"V": "debug", "D": "debug", "I": "info", "W": "warning", "E": "error", "F": "fatal"}
_NUMBERS = {"10": "debug", "20": "debug", "30": "info", "40": "warning", "50": "error", "60": "fatal"}
_ACCESS = re.compile(r"\"\s(?P<s>[1-5]\d\d)\s(?:\d+|-)")
_WORDS = re.compile(
    r"\b(?:exception|errors?|failed|failure|fails|fatal|refused|denied|rejected|timed?[ -]?out|timeout|unable to"
    r"|cannot|can't|could not|couldn't|"
    r"segfault|segmentation fault|out of memory|oom-?kill\w*|core dumped|unreachable|corrupt(?:ed|ion)?|aborted"
    r"|invalid user|"
    r"fehler|fehlgeschlagen|nicht gefunden|erreur|échec|errore|fallito|fallo|falló|erro|falha|ошибка|сбой)\b|エラー"
    r"|失敗"
    r"|例外|错误|失败|오류|실패",
    re.IGNORECASE,
)
_CUES = (
    "err", "fail", "excep", "fatal", "refus", "denied", "reject", "timed", "timeout", "time-out", "time out", "unable",
    "can't", "cannot", "couldn't", "could not", "segment", "segfault", "memory", "oom", "core dumped", "unreach",
    "corrupt",
    "abort", "invalid user", "fehl", "nicht gef", "échec", "fall", "falha", "ошиб", "сбой", "エラー", "失敗", "例外",
    "错误", "失败", "오류", "실패",
)  # fmt: skip
"""Parts of the words above in lower case: quick to look for."""
_HARMLESS = re.compile(
    r"\b(?:no|0|zero|without|ohne|keine|sans|sin) (?:\w+ )?(?:errors?|failures?|exceptions?|fehler|erreurs?)"
    r"\b|\b(?:errors?|failed|failures?|exception)[\"']?\s?[:=]\s?"
    r"[\"']?(?:0|none|null|nil|false|\[\]|\{\}|-|\"\")(?![\w.])|error[-_. ](?:log|page|handler|rate|count|report"
    r"(?:ing)?)|(?:on|stderr|log)_?errors?\b|timeout[\"']?\s?[=:]\s?\d|\b0 failed",
    re.IGNORECASE,
)  # fmt: skip
_LOOKED_AT = 120


def level(line: str, begin: int = 0) -> str | None:
    """debug, info, warning, error, fatal, as written; None where none is. ``begin``: behind the time."""
    head = line[begin : begin + _LOOKED_AT] if line[:1] != "{" else line[:4000]
    match = _WORD.search(head)
    if match is not None:
        word = next(group for group in match.groups() if group)
        return _NUMBERS.get(word) or _LEVELS.get(word.lower())
    match = _LETTER.match(line)
    if match is not None:
        return _LETTERS[next(group for group in match.groups() if group)]
    match = _ACCESS.search(line[:2000])
    if match is not None:
        return "error" if match["s"][0] == "5" else "warning" if match["s"][0] == "4" else "info"
    return None


def sounds_wrong(text: str) -> bool:
    """Whether a line without a level speaks of a failure."""
    folded = text.lower()
    for cue in _CUES:
        if cue in folded:
            break
    else:
        return False
    if _WORDS.search(text) is None:
        return False
    return _HARMLESS.search(text) is None or _WORDS.search(_HARMLESS.sub(" ", text)) is not None
