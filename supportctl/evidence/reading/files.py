"""Evidence at hand: attachments that are more than a signature's picture, links to recordings, logs in the text."""

import re
from collections.abc import Iterator, Sequence

from supportctl.evidence.reading.behaviour import has_error
from supportctl.evidence.reading.cues import cue, is_ignorance
from supportctl.evidence.reading.shapes import Passage, Source
from supportctl.evidence.reading.thread import Part, in_order
from supportctl.model import Attachment, Ticket

_NO_EVIDENCE = re.compile(
    r"(?i)(?:image\d{3,4}\.(?:png|jpe?g|gif)|.*(?:logo|signature|signatur|firma|banner|facebook|twitter|"
    r"linkedin|icon)[^/]*\."
    r"(?:png|jpe?g|gif|svg)|smime\.p7[sm]|winmail\.dat|.*\.(?:vcf|ics|p7s|asc)|outlook-\w+\.(?:png|jpe?g))"
)
_SMALL_PICTURE = 12_000
"""Bytes. A picture within a mail that is smaller belongs to a signature."""
_STORED = re.compile(
    r"https?://[^\s<>\"')]*(?:loom\.com|imgur\.com|drive\.google|dropbox\.com|sharepoint\.com|wetransfer\.com|"
    r"onedrive|gyazo\.com|"
    r"pastebin\.com|gist\.github|youtu\.?be|vimeo\.com|jam\.dev|prnt\.sc|1drv\.ms|box\.com)[^\s<>\"')]*|"
    r"https?://[^\s<>\"')]+\.(?:har|"
    r"log|zip|png|jpe?g|mp4|webm|mov|txt|gz)(?![\w])",
    re.IGNORECASE,
)
_MENTIONED = cue(
    r"(?:see |please find |find |i have |i've |is |are )?(?:the )?(?:attached|attachment|enclosed)|"
    r"screenshot (?:below|attached)|log "
    r"(?:below|attached)|anbei|im anhang|angehängt|beigefügt|siehe anhang|ci-joint\w*|en pièce jointe|"
    r"pièce jointe|adjunt\w+|en anexo|"
    r"em anexo|anexad\w+|anexo|segue anexo|in allegato|allegat\w+|bijgevoegd|bijlage|w załączniku|załącz\w+",
    r"添付(?:し|いた|の|ファイル)|附件",
)
_WILL = cue(
    r"will|can|could|would|not|no|don't|didn't|cannot|can't|if|forgot|unable|werde|kann|könnte|nicht|kein\w*|"
    r"vergessen|vais|peux|pas|"
    r"oublié|pas de|puedo|voy a|no|olvid\w+|posso|vou|não|esquec\w+|sem|without|ohne|sans|sin",
    r"ません|できない|忘れ|没有|无法",
)
_LEAST_LINES = 3


def attached(ticket: Ticket, files: Sequence[str]) -> Iterator[Passage]:
    """Files of the ticket, of its comments, and those given beside it. A file is one, however often it is listed."""
    seen: set[str] = set()
    for name in files:
        yield Passage(text=name, source=Source(place="file"), how="attachment", confidence=0.9, part="file")
    for number, comment in enumerate(in_order(ticket.comments), 1):
        for each in comment.attachments:
            if each.id not in seen and not _is_decoration(each):
                seen.add(each.id)
                source = Source(place=f"comment {number}", comment=number, at=comment.created_at)
                yield Passage(
                    text=each.filename, source=source, how="attachment", confidence=_weight(each), part="file"
                )
    for each in ticket.attachments:
        if each.id not in seen and not _is_decoration(each):
            seen.add(each.id)
            source = Source(place="attachment", at=each.created_at)
            yield Passage(text=each.filename, source=source, how="attachment", confidence=_weight(each), part="file")


def _is_decoration(each: Attachment) -> bool:
    picture = (each.content_type or "").startswith("image/") or bool(
        re.search(r"(?i)\.(?:png|jpe?g|gif)$", each.filename)
    )
    small = each.size is not None and each.size < _SMALL_PICTURE
    if _NO_EVIDENCE.fullmatch(each.filename) is not None:
        return each.size is None or small or not picture or not each.filename.lower().startswith("image")
    return bool(each.inline and picture and small)


def _weight(each: Attachment) -> float:
    return 0.5 if each.size == 0 else 0.9


def in_text(part: Part) -> Iterator[Passage]:
    """Logs pasted as they were, and links to recordings."""
    block: list[tuple[int, str]] = []
    for line in part.lines:
        if line.fenced and not line.text.lstrip().startswith(("```", "~~~")):
            block.append((line.number, line.text))
        elif block:
            yield from _log(part, block)
            block = []
    if block:
        yield from _log(part, block)
    loose = [(line.number, line.text) for line in part.lines if not line.fenced and _OUTPUT.match(line.text)]
    if len(loose) >= _LEAST_LINES:
        yield from _log(part, loose)
    for sentence in part.sentences():
        for link in _STORED.finditer(sentence.text):
            yield Passage(text=link[0], source=sentence.source, how="shape", confidence=0.5, part="link")


_OUTPUT = re.compile(
    r"\s*(?:[\[(]?\d{4}-\d\d-\d\d[T ]\d\d:\d\d|\d\d:\d\d:\d\d[ .,]|at [\w$.<>]+\(|File \"[^\"]+\", line|"
    r"Traceback|Caused by:|"
    r"[<>] ?(?:HTTP/|[\w-]+: )|\w{3} +\d{1,2} \d\d:\d\d:\d\d )"
)


def _log(part: Part, lines: list[tuple[int, str]]) -> Iterator[Passage]:
    text = "\n".join(line for _, line in lines)
    told = [line for _, line in lines if line.strip()]
    if len(told) >= _LEAST_LINES or (told and has_error(text)):
        yield Passage(
            text=text[:2000],
            source=part.source(lines[0][0]),
            how="shape",
            confidence=0.65 if len(told) >= _LEAST_LINES else 0.45,
            part="log",
        )


def mentions(parts: Sequence[Part]) -> Source | None:
    """Where somebody speaks of an attachment as if it were there."""
    for part in parts:
        if part.answer:
            continue
        for sentence in part.sentences():
            if not sentence.plain or is_ignorance(sentence.folded) or _WILL.search(sentence.folded):
                continue
            if _MENTIONED.search(sentence.folded):
                return sentence.source
    return None
