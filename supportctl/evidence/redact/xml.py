"""XML and its like: elements and attributes are fields, what their names say decides. Markup stays to the letter.

Read by its tags alone, so that what is cut off or not well-formed is hidden as well; nothing is resolved or fetched.
"""

import html
import re
from xml.sax.saxutils import escape

from supportctl.evidence.redact.names import KEEP, meaning
from supportctl.evidence.redact.scrubber import Scrubber
from supportctl.evidence.redact.words import words_of

_PIECE = re.compile(
    r"(?P<cdata><!\[CDATA\[.*?\]\]>)|(?P<comment><!--.*?-->)|(?P<other><[!?][^<>]*>)|"
    r"<(?P<close>/)?(?P<name>[^\s<>/=\"']{1,200})(?P<rest>(?:\s+[^<>\"']*|\"[^\"<]*\"|'[^'<]*')*?)(?P<empty>/)?>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"(?P<n>[^\s=\"'<>/]{1,200})(?P<s>\s*=\s*)(?P<q>[\"'])(?P<v>.*?)(?P=q)", re.DOTALL)
_NAMING = ("name", "key", "id", "property", "field", "type")
_VALUED = ("value", "val", "content", "text", "data", "string")
_WRITTEN = words_of("description summary title comment body note notes message resolution environment p li td span div")
"""Elements that hold what people wrote."""
_QUOTES = {'"': "&quot;", "'": "&apos;"}
_DEEPEST = 200


class Walk:
    """One document, in pieces that end between tags."""

    def __init__(self, scrubber: Scrubber) -> None:
        self._scrubber = scrubber
        self._open: list[str] = []
        self._named = ""
        """The text of the last ``<name>``: what a ``<value>`` behind it is about."""
        self._about: str | None = None
        """What the attributes of the last element say that it is about."""

    def text(self, whole: str) -> str:
        out: list[str] = []
        at = 0
        for match in _PIECE.finditer(whole):
            out.append(self._content(whole[at : match.start()]))
            out.append(self._markup(match))
            at = match.end()
        out.append(self._content(whole[at:]))
        return "".join(out)

    def _markup(self, match: re.Match[str]) -> str:
        if match["cdata"] is not None:
            inner = match[0][9:-3]
            told = self._value(inner).replace("]]>", "]]&gt;")
            return match[0] if told == inner else f"<![CDATA[{told}]]>"
        if match["comment"] is not None:
            return f"<!--{self._scrubber.text(match[0][4:-3], 'log')}-->"
        if match["other"] is not None:
            return match[0]
        name, self._about = _local(match["name"]), None
        if match["close"]:
            if name in self._open:
                while self._open.pop() != name:
                    pass
            return match[0]
        rest = self._attributes(match["rest"], name) if "=" in match["rest"] else match["rest"]
        if not match["empty"] and len(self._open) < _DEEPEST:
            self._open.append(name if self._about is None else self._about)
        return "<" + match["name"] + rest + (match["empty"] or "") + ">"

    def _attributes(self, rest: str, element: str) -> str:
        found = {_local(match["n"]).lower(): html.unescape(match["v"]) for match in _ATTRIBUTE.finditer(rest)}
        about = next((found[name] for name in _NAMING if found.get(name)), None)
        self._about = about if about is not None and meaning(about) is not None else None

        def told(match: re.Match[str]) -> str:
            name = _local(match["n"])
            if match["n"].startswith("xmlns"):
                return match[0]
            named = about if about is not None and name.lower() in _VALUED else name
            plain = html.unescape(match["v"])
            new = self._scrubber.named(named, plain, "json")
            if new == plain:
                return match[0]
            return match["n"] + match["s"] + match["q"] + escape(new, _QUOTES) + match["q"]

        return _ATTRIBUTE.sub(told, rest)

    def _content(self, text: str) -> str:
        stripped = text.strip()
        if not stripped:
            return text
        begin = text.index(stripped)
        plain = html.unescape(stripped)
        told = self._value(plain)
        if told == plain:
            return text
        return text[:begin] + escape(told) + text[begin + len(stripped) :]

    def _value(self, plain: str) -> str:
        element = self._open[-1] if self._open else ""
        if element.lower() in _NAMING:
            self._named = plain if len(plain) <= 100 else ""
        elif element.lower() in _VALUED and self._named and meaning(self._named) not in (None, KEEP):
            return self._scrubber.named(self._named, plain, "json")
        if element and meaning(element) is not None:
            return self._scrubber.named(element, plain, "json")
        return self._scrubber.text(plain, "prose" if element.lower() in _WRITTEN else "log")


def _local(name: str) -> str:
    """Without its namespace."""
    return name.rpartition(":")[2]
