"""What kind of file it is: by its name, else by its beginning."""

import re
from pathlib import PurePath
from typing import Literal

from supportctl.evidence.redact.documents import WRAPPED

Kind = Literal["prose", "log", "json", "har", "csv", "xml"]
KINDS: tuple[Kind, ...] = ("prose", "log", "json", "har", "csv", "xml")

_ENDS: dict[Kind, str] = {
    "har": "har",
    "json": "json",
    "log": "log out err trace ndjson jsonl yaml yml ini conf cfg env properties toml",
    "xml": "xml rss xsd plist",
    "csv": "csv tsv",
    "prose": "md eml html",
}
_BY_NAME: dict[str, Kind] = {f".{end}": kind for kind, ends in _ENDS.items() for end in ends.split()}
_STAMPED = re.compile(
    r"\s{0,4}(?:\[?(?:19|20)[0-9]{2}[-/.][01][0-9][-/.][0-3][0-9]|[A-Z][a-z]{2} [ 0-3][0-9] [0-2][0-9]:[0-5][0-9]|"
    r"\[[A-Z][a-z]{2} [A-Z][a-z]{2} |[0-9]{6} [0-9]{6} |[0-9.:a-f]{7,39} \S+ \S+ \[|"
    r"[0-3]?[0-9][-/. ](?:[A-Z][a-z]{2}|[01]?[0-9])[-/. ](?:19|20)?[0-9]{2} |"
    r"[01][0-9]-[0-3][0-9] [0-2][0-9]:|\[?[0-2][0-9]:[0-5][0-9]:[0-5][0-9]|1[0-9]{9}(?:[0-9]{3})?[ .:]|"
    r"\[?(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL|SEVERE|NOTICE)\b|\s+at \S+\(|\{\"|"
    r"[^ ]{1,60}\.log\S{0,40} |<[0-9]{1,3}>)"
)


def kind_of(name: str, text: str) -> Kind:
    """A log when a third of the first lines begin like one; prose when nothing else fits."""
    named = _BY_NAME.get(PurePath(name).suffix.lower())
    head = text[:4000].lstrip("\ufeff \t\r\n")
    if named in ("har", "json"):
        return named
    if (wrapped := WRAPPED.match(head)) is not None and head[wrapped.end() :].lstrip()[:1] in ("{", "["):
        head = head[wrapped.end() :].lstrip()
    if head.startswith(("{", "[{", "[\n", '["')) and not _lines_of_json(head):
        return "har" if re.search(r'"log"\s{0,20}:\s{0,20}\{', head) else "json"
    if named is not None:
        return named
    if head.startswith("<?xml"):
        return "xml"
    lines = [line for line in head.splitlines()[:60] if line.strip()]
    stamped = sum(1 for line in lines if _STAMPED.match(line))
    return "log" if lines and stamped * 3 >= len(lines) else "prose"


def _lines_of_json(head: str) -> bool:
    lines = head.splitlines()
    return len(lines) > 1 and lines[0].endswith("}") and lines[1].startswith("{")
