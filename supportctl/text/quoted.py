"""The part of a message its author wrote: without the quoted mail below it and the signature."""

import re

_QUOTE_STARTS = re.compile(
    r"^(?:>|-{2,}\s*(?:original|forwarded|ursprüngliche|message d'origine|mensaje original)|_{10,}|"
    r"on .{4,200} wrote:|am .{4,200} schrieb .{0,100}:|le .{4,200} a écrit\s?:|el .{4,200} escribió:|"
    r"(?:from|von|de|fra|van):\s?\S|-- ?$|#{2,}- )",
    re.IGNORECASE,
)


def own_words(body: str) -> str:
    """Everything above the first quotation mark, mail header or signature line.

    A message that begins with its quotation (bottom posting) is returned without the quoted lines instead.
    """
    kept: list[str] = []
    for line in body.splitlines():
        if _QUOTE_STARTS.match(line.strip()[:400]):
            if any(part.strip() for part in kept):
                break
            continue
        kept.append(line)
    return "\n".join(kept).strip()


_MAIL_BEGINS = re.compile(
    r"-{2,}\s*(?:original|forwarded|ursprüngliche|message d'origine|mensaje original|messaggio originale|"
    r"mensagem original|oorspronkelijk bericht)|"
    r"(?:on|am|le|el|il|em|op|w dniu|den) .{4,200} (?:wrote|schrieb .{0,100}|a écrit\s?|escribió|ha scritto|escreveu|"
    r"schreef .{0,100}|napisał\(a\)|skrev .{0,100}):\s*$",
    re.IGNORECASE,
)
_HEADER = re.compile(r"\*?(?:from|von|de|da|van|od|från|fra)\s?:\*?\s?\S", re.IGNORECASE)
_HEADER_GOES_ON = re.compile(
    r"\*?(?:sent|date|to|subject|gesendet|datum|an|betreff|envoyé|date|à|objet|enviado|fecha|para|asunto|inviato|data|a|"
    r"oggetto|assunto|verzonden|aan|onderwerp|wysłano|do|temat|skickat|till|ämne)\s?:",
    re.IGNORECASE,
)
_FEW = 3


def quoted_lines(lines: list[str]) -> list[bool]:
    """Which lines repeat an earlier mail: those behind ``>``, and all below the head of a mail that is quoted.

    Stricter than `own_words`: a prompt, a rule of dashes or a line of a log is no quotation, and a mail that is
    forwarded without a word above it is not one either.
    """
    marked = [line.lstrip().startswith(">") for line in lines]
    if sum(marked) < _FEW:
        marked = [False] * len(lines)
    said = False
    for number, line in enumerate(lines):
        text = line.strip()[:400]
        if said and (_MAIL_BEGINS.match(text) or (_HEADER.match(text) and _goes_on(lines, number))):
            return marked[:number] + [True] * (len(lines) - number)
        said = said or (bool(text) and not marked[number])
    return marked


def _goes_on(lines: list[str], number: int) -> bool:
    following = [line.strip() for line in lines[number + 1 : number + 6] if line.strip()]
    return any(_HEADER_GOES_ON.match(line) for line in following[:2])
