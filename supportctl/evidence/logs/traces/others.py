"""Traces of Go, Rust, Ruby and PHP."""

import re

from supportctl.evidence.logs.traces.model import Frame, Raw, Section

GO = re.compile(r"(?:^|\s)(?P<w>panic|fatal error): (?P<m>.+)$|http: panic serving \S+: (?P<s>.+)$")
_GO_ROUTINE = re.compile(r"goroutine \d+ \[[^\]]*\]:")
_GO_FUNCTION = re.compile(
    r"(?:created by )?(?P<f>[\w./*()\[\]\u00b7{}-]+?(?:\.\(\*?\w+\))?[\w.]*?)(?:\((?:0x|\.\.\.|\{|[^()]*\)?)[^\n]*"
    r"\)|\(\)| in goroutine \d+)?\s*$"
)
_GO_PLACE = re.compile(r"\s+(?P<p>\S+\.(?:go|s)):(?P<l>\d+)(?: \+0x[0-9a-f]+)?\s*$")
_GO_ARGUMENTS = re.compile(r"\(0x.*$|\(\{.*$|\(\.\.\.\)$|\(\)$")
_GO_LIBRARY = re.compile(r"(?:runtime|net/http|testing|sync|reflect|panic|encoding|database/sql|os|syscall)\b")
_GO_PACKAGES = re.compile(r"/pkg/mod/|/vendor/|/go/src/")
_GO_BETWEEN = re.compile(r"\s*(?:\[signal|\[recovered|panic: |exit status|goroutine running on)")
RUST = re.compile(r"thread '(?P<t>[^']*)' (?:\(\d+\) )?panicked at (?P<r>.+)$")
_RUST_OLD = re.compile(r"'(?P<m>.*)', (?P<p>\S+):(?P<l>\d+):\d+$")
_RUST_NEW = re.compile(r"(?P<p>\S+?):(?P<l>\d+):\d+:?$")
_RUST_FRAME = re.compile(r"\s*\d+:\s+(?:0x[0-9a-f]+ - )?(?P<f>.+?)\s*$")
_RUST_PLACE = re.compile(r"\s+at (?P<p>\S+?):(?P<l>\d+)(?::\d+)?\s*$")
RUBY = re.compile(
    r"(?P<p>\S*?(?:\.rb|\.erb|\.rake|\.ru|\(irb\)|\(eval\)|/bin/\w+|<internal:[^>]+>)):(?P<l>\d+):in [`'‘](?P<f>"
    r"[^'’]+)['’](?P<r>.*)$"
)
_RUBY_SAID = re.compile(r":\s?(?P<m>.*?)(?: \((?P<e>[A-Z][\w:]*)\))?\s*$", re.DOTALL)
_RUBY_HEAD = re.compile(
    r"(?:^|\s)(?P<e>[A-Z]\w*(?:::\w+)*) \((?P<m>.*?)\):?\s*$|(?:^|\s)(?P<e2>[A-Z]\w*(?:::\w+)*(?:Error|Exception"
    r"|Invalid|NotFound|Timeout)): (?P<m2>.*)$"
)
PHP = re.compile(r"\s*#0 (?P<p>.+?)(?:\((?P<l>\d+)\))?: (?P<f>.+)$|\s*#0 \{main\}")
_PHP_FRAME = re.compile(
    r"\s*#\d+ (?:(?P<p>.+?)(?:\((?P<l>\d+)\))?: (?P<f>.+?)|\{main\}|(?P<f2>[\w\\]+(?:->|::)\w+\(.*\)))\s*$"
)
_PHP_SAID = re.compile(
    r"(?:Uncaught (?:exception )?|\[object\] \(|Next |PHP Fatal error:\s+|^|\s)'?(?P<e>[A-Z][\w]*(?:\\[\w\\]+)?"
    r"(?:Exception|Error|Throwable)|[A-Z]\w*(?:\\{1,2}\w+)+)'?(?:\(code: [^)]*\))?(?: with message '(?P<q>.*)'|: "
    r"(?P<m>.*?))?(?: (?:in|at) (?P<p>\S+?)(?::| on line |\()(?P<l>\d+)\)?.*)?$"
)
_BACK = 8
_MOST = 3000


def go(lines: list[str], at: int) -> Raw | None:
    """A panic or fatal error with the goroutine that had it; others are passed over."""
    match = GO.search(lines[at])
    if match is None:
        return None
    message = (match["m"] or match["s"] or "").strip()
    kind = "runtime error" if message.startswith("runtime error") else match["w"] or "panic"
    section = Section(f"panic: {kind}" if kind == "runtime error" else kind, message)
    here = at + 1
    routine = 0
    while here < len(lines) and here - at < _MOST:
        line = lines[here]
        following = lines[here + 1] if here + 1 < len(lines) else ""
        place = _GO_PLACE.match(following)
        if _GO_ROUTINE.search(line):
            routine += 1
        elif place is not None and (function := _GO_FUNCTION.match(line.strip())) is not None:
            if routine <= 1 and not line.strip().startswith("created by"):
                name = _GO_ARGUMENTS.sub("", line.strip() if "(" in line else function["f"])
                library = _GO_LIBRARY.match(name) is not None or _GO_PACKAGES.search(place["p"]) is not None
                section.frames.append(Frame(name, place["p"], place["l"], not library))
            here += 1
        elif line.strip():
            if _GO_BETWEEN.match(line) is None:
                break
        elif not any(_GO_ROUTINE.search(each) for each in lines[here + 1 : here + 3]):
            break
        here += 1
    return (
        Raw("go", [section], at, here)
        if section.frames or routine or _alone(lines[at], "panic: ", "fatal error: ")
        else None
    )


def _alone(line: str, *marks: str) -> bool:
    return line.lstrip().startswith(marks)


def rust(lines: list[str], at: int) -> Raw | None:
    match = RUST.search(lines[at])
    if match is None:
        return None
    rest = match["r"].strip()
    section = Section("panic")
    here = at + 1
    thrown: Frame | None = None
    if (old := _RUST_OLD.match(rest)) is not None:
        section.message, thrown = old["m"], Frame("panicked at", old["p"], old["l"])
    elif (new := _RUST_NEW.match(rest)) is not None:
        thrown = Frame("panicked at", new["p"], new["l"])
        if here < len(lines):
            section.message = lines[here].strip()
            here += 1
    else:
        section.message = rest
    while here < len(lines) and here - at < _MOST:
        line = lines[here]
        frame = _RUST_FRAME.match(line)
        if frame is not None:
            place = _RUST_PLACE.match(lines[here + 1]) if here + 1 < len(lines) else None
            name = frame["f"]
            own = (
                re.match(
                    r"<?(?:std|core|alloc|tokio|backtrace|rust_begin_unwind|__rust|_start|main$|__libc|futures"
                    r"|hyper)\b",
                    name,
                )
                is None
            )
            own = own and not (place is not None and re.search(r"/rustc/|\.cargo/registry", place["p"]))
            section.frames.append(Frame(name, place["p"] if place else "", place["l"] if place else "", own))
            here += place is not None
        elif not re.match(r"\s*(?:note: |stack backtrace:)", line):
            break
        here += 1
    if thrown is not None and not any(frame.own for frame in section.frames):
        section.frames.insert(0, thrown)
    return Raw("rust", [section], at, here)


def ruby(lines: list[str], at: int) -> Raw | None:
    first = RUBY.search(lines[at])
    if first is None:
        return None
    begin, section = at, Section()
    said = _RUBY_SAID.match(first["r"]) if first["r"].strip() else None
    if said is not None and said["m"]:
        section = Section(said["e"] or "RuntimeError", said["m"].strip())
    else:
        for back in range(at - 1, max(-1, at - 1 - _BACK), -1):
            head = _RUBY_HEAD.search(lines[back])
            if head is not None:
                begin, section = back, Section(head["e"] or head["e2"], (head["m"] or head["m2"] or "").strip())
                break
    sections = [section]
    here = at
    while here < len(lines) and here - at < _MOST:
        match = RUBY.search(lines[here])
        if match is None:
            break
        again = _RUBY_SAID.match(match["r"]) if match["r"].strip() else None
        if here > at and again is not None and again["e"]:
            sections.append(Section(again["e"], again["m"].strip()))
        place = match["p"]
        own = re.search(r"/gems/|/lib/ruby/|<internal:|/rubygems|/\.rbenv/|/bundler/", place) is None
        sections[-1].frames.append(Frame(match["f"], place, match["l"], own))
        here += 1
    frames = sum(len(each.frames) for each in sections)
    return Raw("ruby", sections, begin, here) if section.error or frames > 1 else None


def php(lines: list[str], at: int) -> Raw | None:
    if PHP.match(lines[at]) is None:
        return None
    begin, head = _php_head(lines, at)
    sections = [head]
    here = at
    while here < len(lines) and here - at < _MOST:
        line = lines[here]
        frame = _PHP_FRAME.match(line)
        if frame is not None:
            if frame["f"] or frame["f2"]:
                function = re.sub(r"\(.*$", "", frame["f"] or frame["f2"]).replace("\\\\", "\\")
                place = frame["p"] or ""
                sections[-1].frames.append(
                    Frame(function, place, frame["l"] or "", "/vendor/" not in place and "[internal" not in place)
                )
        elif line.lstrip().startswith("Next ") and (said := _PHP_SAID.search(line)) is not None:
            sections.append(_php_section(said))
        elif not (
            re.match(r"\s*(?:Stack trace:|\[stacktrace\]|\[previous exception\]|thrown in )", line)
            or (not line.strip() and _next_soon(lines, here))
        ):
            break
        here += 1
    return Raw("php", list(reversed(sections)), begin, here)


def _next_soon(lines: list[str], at: int) -> bool:
    return any(line.lstrip().startswith("Next ") for line in lines[at + 1 : at + 3])


def _php_head(lines: list[str], at: int) -> tuple[int, Section]:
    for back in range(at - 1, max(-1, at - 1 - _BACK), -1):
        said = _PHP_SAID.search(lines[back])
        if said is not None and not re.match(r"\s*(?:Stack trace:|\[stacktrace\])", lines[back]):
            return back, _php_section(said)
    return at, Section()


def _php_section(said: "re.Match[str]") -> Section:
    section = Section(said["e"].replace("\\\\", "\\"), (said["q"] or said["m"] or "").strip())
    if said["p"]:
        own = "/vendor/" not in said["p"]
        section.frames.append(Frame("thrown", said["p"], said["l"] or "", own))
    return section
