"""Signs that nobody sees: control characters, zero-width and direction marks, halves of surrogate pairs."""

import re

_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f\x80-\x84\x86-\x9f\xad\u034f\u061c\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_BREAKS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_OTHER_BREAKS = "\r\x0b\x0c\x85\u2028\u2029"
_PLAIN = bytes(range(0x20, 0x7F)) + b"\n\t"
_BLANKS = re.compile("[\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")


def seen(text: str) -> str:
    """Without them; every line ends in ``\\n`` and every blank that is no tab is a space."""
    if text.isascii() and not text.encode().translate(None, _PLAIN):
        return text
    text = _UNSEEN.sub("", _BREAKS.sub("\n", text) if any(map(text.__contains__, _OTHER_BREAKS)) else text)
    return text if text.isascii() else _BLANKS.sub(" ", text)
