"""What a mail says itself: without the mail it answers, wherever that stands."""

import re
from collections.abc import Callable

from supportctl.text.mail_heads import Head, heads, may_have
from supportctl.text.markup import fenced_lines

_MARK = re.compile(r"[ \t]{0,4}>(?=[\s>\w\"'(*\[<-]|$)")
_MARKS = re.compile(r"[ \t]{0,4}(?:> ?){1,40}")
_PROMPT = re.compile(r"[ \t]{0,4}>>> ?\S")
_CODE = re.compile(r"[;{}=<>\\\[\]$|#]|\w\(|\w ?\(\)|://|\w[/.:]\w+[/.:]\w|--\w|\d:\d\d")
"""Signs of programs, paths and logs: not of a sentence somebody wrote to somebody."""
_RULE = re.compile(r"[_=\-–—*#~ ]{3,200}")
_WORD = re.compile(r"[^\W_]")


def without_quotes(text: str, proof: Callable[[str], bool], empty: Callable[[str], bool]) -> str:
    """The text without quoted mail.

    Without a mail's head above them, lines behind ``>`` are mostly output that somebody pasted: only sentences are
    taken for mail then. ``proof``: whether lines hold an error code or a trace. ``empty``: whether words say nothing
    of their own; below them, a mail that is passed on is the news.
    """
    lines = text.split("\n")
    if not may_have(text):
        return text
    fenced = fenced_lines(lines) if "```" in text or "~~~" in text else frozenset()
    found = heads(lines, fenced)
    if not found and ">" not in text:
        return text
    kept = _own(lines, found, fenced, proof)
    own = "\n".join(kept)
    if _WORD.search(own) and not (found and empty(own)):
        return own
    return _all(lines, found)


def _own(lines: list[str], found: dict[int, Head], fenced: frozenset[int], proof: Callable[[str], bool]) -> list[str]:
    kept: list[str] = []
    number = 0
    prompts = not any(line.startswith("> ") for line in lines)
    while number < len(lines):
        head = found.get(number)
        if head is not None:
            number += head.lines
            after = _following(lines, number)
            if after < len(lines) and _MARK.match(lines[after]):
                number = _marked(lines, after)
                continue
            _drop_rule(kept)
            break
        if number not in fenced and _MARK.match(lines[number]) and not (prompts and _PROMPT.match(lines[number])):
            end = _marked(lines, number)
            bare = [_MARKS.sub("", line, count=1) for line in lines[number:end]]
            if not found and (_introduced(kept) or _CODE.search("\n".join(bare)) or proof("\n".join(bare))):
                kept.extend(bare)
            number = end
            continue
        kept.append(lines[number])
        number += 1
    return kept


def _introduced(kept: list[str]) -> bool:
    """Whether the writer presents what follows: "the log says:", a heading."""
    above = next((line.strip() for line in reversed(kept[-3:]) if line.strip()), "")
    return above.endswith((":", "：")) or above.startswith(("#", "=="))


def _drop_rule(kept: list[str]) -> None:
    """A rule that parts a message from the head below it belongs to the head."""
    last = len(kept) - 1
    while last >= 0 and not kept[last].strip():
        last -= 1
    if last >= 0 and _RULE.fullmatch(kept[last].strip()):
        del kept[last:]


def _following(lines: list[str], number: int) -> int:
    while number < len(lines) and not lines[number].strip():
        number += 1
    return number


def _marked(lines: list[str], number: int) -> int:
    """Where the quotation ends that begins here: at the last line marked, with blank ones between."""
    end = number
    while number < len(lines):
        if _MARK.match(lines[number]):
            end = number + 1
        elif lines[number].strip():
            break
        number += 1
    return end


def _all(lines: list[str], found: dict[int, Head]) -> str:
    """Everything, without the heads and the marks: all there is, is what was quoted."""
    left_out = {each for number, head in found.items() for each in range(number, number + head.lines)}
    rest = "\n".join(_MARKS.sub("", line, count=1) for number, line in enumerate(lines) if number not in left_out)
    return rest if _WORD.search(rest) else "\n".join(lines)
