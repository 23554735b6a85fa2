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
