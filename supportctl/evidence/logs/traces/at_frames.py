"""Traces whose frames begin with ``at``: Java and its kin, .NET, JavaScript (also what Firefox and Safari write)."""

import re

from supportctl.evidence.logs.traces.model import Frame, Raw, Section

_MODULES = r"(?:[\w.$-]+(?:@[\w.$+-]+)?/){0,3}"
_JAVA = re.compile(
    rf"\s*at {_MODULES}(?P<f>[\w.$<>/]+(?: [\w.$<>]+)?)\((?P<p>[\w$ -]+\.(?:java|kt|kts|scala|groovy|clj|jsp)(?="
    rf"[:)])|Native Method|Unknown Source|"
    r"<generated>|SourceFile|\S*?)(?::(?P<l>\d+))?\)(?:\s?~?\[[^\]]*\])?\s*$"
)
_JAVA_PLACE = re.compile(
    r"\.(?:java|kt|kts|scala|groovy|clj|jsp)(?::\d+)?\)|\((?:Native Method|Unknown Source(?::\d+)?|<generated>"
    r"|SourceFile(?::\d+)?)\)"
)
_NET = re.compile(
    r"\s*(?:at|bei|à|en|em|a|в|w|vid|ved|i|在|於|場所|위치:) (?P<f>[\w.<>`+\[\],|&$*]+(?:\.\.c?ctor)?(?:\[[^\]]*\])?)"
    r"\((?P<a>[^()]*(?:\([^()]*\)[^()]*)*)\)"
    r"(?: (?:in|dans|en|em|a|в|w|i|位置|파일) (?P<p>.+?):(?:line|Zeile|ligne|línea|linha|riga|行号|行|строка|wiersz|rad"
    r"|linje|줄)\s?(?P<l>\d+))?\.?\s*$"
)
_JS = re.compile(
    r"\s*at (?:async )?(?:(?P<f>(?:new )?[^\s()][^()]*?(?: \[as [^\]]+\])?) \()?(?P<p>(?:[a-z-]{2,20}:(?://)?|/"
    r"|[A-Za-z]:[\\/]|\.{0,2}/|[\w@][\w@./-]*\.[cm]?[jt]sx?\b|"
    r"<anonymous>|native|eval at )[^\s()]*?(?: \([^)]*\), <anonymous>)?)(?::(?P<l>\d+))?(?::\d+)?\)?\s*$"
)
_MOZ = re.compile(
    r"\s*(?P<f>[\w$.*/<>\[\]-]*)@(?P<p>(?:https?|file|webpack|resource|moz-extension|app|safari-extension)[^\s]*?):"
    r"(?P<l>\d+):\d+\s*$"
)
_CAUSE = re.compile(r"\s*(?:(?P<w>Caused|Wrapped) by:|\[?cause\]?:|(?P<s>Suppressed:))\s?(?P<h>.*)$")
_SKIPPED = re.compile(
    r"\s*(?:\.\.\. \d+ (?:more|common frames|filtered)|---\s?(?:End of|Ende der|Fin de|Конец)|---? .*(?:stack trace"
    r"|Stapelüberwachung).*---?\s*$|\(\d+ additional)"
)
_JAVA_HEAD = re.compile(r"(?P<e>(?:[a-z_][\w$]*\.)+[A-Z][\w$]*(?:\$[\w]+)*)(?::\s?(?P<m>.*))?\s*$")
_JAVA_INSIDE = re.compile(
    r"(?P<e>(?:[a-z_][\w$]*\.)+[A-Z][\w$]*(?:Exception|Error|Throwable|Failure|Fault|Timeout))(?::\s?(?P<m>.*))?\s*$"
)
_THREAD = re.compile(r"\s*(?:Exception in thread \"[^\"]*\"|Uncaught exception.*?:)\s?")
_NAMED = re.compile(
    r"(?P<e>[A-Z][\w$]*(?:\.[A-Z]\w*)*(?:Error|Exception|Warning|Rejection|Fault)|Error|AssertionError \[\w+"
    r"\]|\w*Error \[\w+\])(?::\s?(?P<m>.*))?\s*$"
)
_NET_HEAD = re.compile(
    r"(?P<e>[A-Z][\w`+]*(?:\.[A-Za-z_][\w`+]*)+)(?: \((?:0x)?[0-9A-Fa-f]{8}\))?(?::\s?(?P<m>.*))?\s*$", re.DOTALL
)
_LIBRARIES = {
    "java": re.compile(
        r"(?:javax?|jdk|sun|com\.sun|jakarta|kotlinx?|scala|groovy|clojure|akka|play|io\.netty|io\.undertow|io\.grpc"
        r"|reactor|rx|okhttp3|retrofit2|"
        r"org\.(?:springframework|apache|hibernate|eclipse|jboss|postgresql|mariadb|junit|slf4j|mockito|codehaus"
        r"|glassfish|quartz|thymeleaf|elasticsearch)|"
        r"(?:oracle|weblogic)|com\.(?:fasterxml|google|zaxxer|mysql|oracle|microsoft|ibm|netflix|amazonaws)|ch\.qos"
        r"|android|androidx|dalvik)\."
    ),
    "dotnet": re.compile(r"(?:System|Microsoft|MS|Newtonsoft|Npgsql|MySql|Dapper|Autofac|Serilog|NLog|Polly|Castle"
                         r"|RabbitMQ|StackExchange|lambda_method)\b"),
    "javascript": re.compile(r"node_modules|node:|^internal/|<anonymous>|^native|webpack/(?:bootstrap|runtime)"
                             r"|^async |\bvendors?[.~-]"),
}  # fmt: skip
_BACK = 12
_MOST = 3000


def language_of(line: str) -> str | None:
    """Of one frame."""
    if _JAVA_PLACE.search(line) and _JAVA.match(line):
        return "java"
    if _MOZ.match(line):
        return "javascript"
    if not line.lstrip().startswith(
        ("at ", "bei ", "à ", "en ", "em ", "a ", "в ", "w ", "vid ", "ved ", "i ", "在 ", "於 ", "場所 ", "위치:")
    ):
        return None
    if (
        _JS.match(line)
        and not re.search(r"\.(?:php|py|rb|java|go|rs)\b", line)
        and not re.search(r"\) in \S.*:\w+ ?\d+\s*$", line)
    ):
        return "javascript"
    if _NET.match(line):
        return "dotnet"
    return "java" if _JAVA.match(line) else None


def parse(lines: list[str], at: int) -> Raw | None:
    """``at``: a frame that no trace before it has claimed."""
    language = language_of(lines[at])
    if language is None:
        return None
    begin, head = _head(lines, at, language)
    if language == "dotnet":
        return _dotnet(lines, begin, at, head)
    sections = [head]
    wrapped = suppressed = False
    here = at
    while here < len(lines) and here - at < _MOST:
        line = lines[here]
        cause = _CAUSE.match(line)
        frame = _frame(line, language)
        if cause is not None:
            suppressed = bool(cause["s"])
            wrapped |= cause["w"] == "Wrapped"
            section = _said(cause["h"], language)
            if not suppressed:
                sections.append(section)
        elif frame is not None:
            if not suppressed:
                sections[-1].frames.append(frame)
        elif not (_SKIPPED.match(line) or _goes_on(lines, here, language)):
            break
        here += 1
    if wrapped:
        sections.reverse()
    return _worth(Raw(language, sections, begin, here))


def _goes_on(lines: list[str], at: int, language: str) -> bool:
    """A blank line or another line of a message, with a frame or a cause soon behind it."""
    own_message = at > 0 and _CAUSE.match(lines[at - 1]) is not None
    reach = _BACK if own_message or not lines[at].strip() else 1
    if not own_message and lines[at].strip() and not lines[at].startswith((" ", "\t")):
        return False
    for following in lines[at + 1 : at + 1 + reach]:
        if _CAUSE.match(following) or _frame(following, language) is not None:
            return True
        if following.strip() and not own_message:
            return False
    return False


def _frame(line: str, language: str) -> Frame | None:
    if language == "javascript":
        match = _MOZ.match(line) or _JS.match(line)
    else:
        match = (_JAVA if language == "java" else _NET).match(line)
    if match is None:
        return None
    function = (match["f"] or "<anonymous>").strip()
    looked_at = match["p"] or "" if language == "javascript" else function
    library = _LIBRARIES[language]
    own = library.search(looked_at) is None if language == "javascript" else library.match(looked_at) is None
    return Frame(function, (match["p"] or "").strip(), match["l"] or "", own)


def _head(lines: list[str], at: int, language: str) -> tuple[int, Section]:
    """The line that names what was thrown: the nearest before the frames that can be one."""
    for back in range(at - 1, max(-1, at - 1 - _BACK), -1):
        line = lines[back]
        if _frame(line, language) is not None:
            break
        if language == "dotnet" and line.lstrip().startswith("--->"):
            continue  # An inner one.
        section = _said(line, language)
        if section.error:
            more = [each.strip() for each in lines[back + 1 : at] if each.strip()]
            if more and language != "dotnet":
                section.message = " ".join([section.message, *more]).strip()
            return back, section
    if at and lines[at - 1].strip():
        return at - 1, Section("", lines[at - 1].strip())
    return at, Section()


def _said(text: str, language: str) -> Section:
    line = _THREAD.sub("", text).strip()
    forms = {"java": (_JAVA_HEAD, _JAVA_INSIDE, _NAMED), "javascript": (_NAMED,), "dotnet": (_NET_HEAD,)}[language]
    for form in forms:
        match = form.match(line)
        if match is not None:
            return Section(match["e"], (match["m"] or "").strip())
    for form in (_JAVA_INSIDE, _NAMED) if language == "java" else forms:
        for match in form.finditer(line):
            before = line[match.start() - 1 : match.start()]
            if before in ("", " ", ":", "(", "[", '"', "'", ")", "]") and _thrown(match["e"], language):
                return Section(match["e"], (match["m"] or "").strip())
    return Section()


def _thrown(name: str, language: str) -> bool:
    return language != "dotnet" or name.endswith(("Exception", "Error", "Fault"))


def _dotnet(lines: list[str], begin: int, at: int, head: Section) -> Raw | None:
    """Inner exceptions stand behind arrows in the head; their frames come first."""
    said = " ".join(line.strip() for line in lines[begin:at])
    parts = re.split(r"\s?-{2,3}>\s?(?:\(Inner Exception #\d+\)\s?)?", said)
    sections = [head]
    head.message = head.message.partition(" ---> ")[0].strip()
    for part in parts[1:]:
        match = _NET_HEAD.match(part.strip())
        sections.append(Section(match["e"], (match["m"] or "").strip()) if match else Section("", part.strip()))
    current = len(sections) - 1
    here = at
    while here < len(lines) and here - at < _MOST:
        line = lines[here]
        frame = _frame(line, "dotnet")
        if frame is not None:
            sections[current].frames.append(frame)
        elif re.match(r"\s*--- (?:End of inner|Ende der internen|Fin de la trace|Fin del seguimiento)", line):
            current = max(0, current - 1)
        elif not _SKIPPED.match(line):
            break
        here += 1
    return _worth(Raw("dotnet", sections, begin, here))


def _worth(raw: Raw) -> Raw | None:
    """One thing that looks like a frame, with nothing thrown before it, is prose."""
    thrown = any(section.error for section in raw.sections)
    return raw if thrown or sum(len(section.frames) for section in raw.sections) > 1 else None
