"""Does decoding lose anything? Mutate one JSON leaf at a time and see whether the decoded value moves.

For every recorded body that came from a live account, the vendor's documents or its specification:

1. A decoder is found by method, path (without its query) and status. A body without one must be named in the
   platform's ``OUT_OF_SCOPE``, or hold nothing by the names of `TELLTALES`; an error (status 400 and above) can
   never be out of scope.
2. Leaves are grouped by path pattern (list indexes become ``*``); of each group up to `SAMPLES` are changed,
   one at a time, to another value of the same type. The decoded objects must differ, or decoding must refuse.
3. A leaf whose change goes unnoticed must match a pattern of the platform's ``IGNORED``, which gives the reason.

What a platform brings (``supportctl/adapters/<platform>/``):

* ``bodies.py``: ``decoders()``, a list of `BodyDecoder`. ``path`` is matched with ``fullmatch`` against the path
  as recorded, so that ``{ticket_id}`` of a specification example counts as a segment. The first match wins.
* ``ignored.py``: ``IGNORED: dict[str, str]`` (pattern -> reason) and, optionally, ``OUT_OF_SCOPE: dict[str, str]``
  (regular expression on ``METHOD /path`` -> reason).

Patterns are segments joined by dots (by slashes if the pattern has one): ``tickets.*.url``. ``*`` is one segment
(a key or a list index), ``**`` any number of them, wherever it stands. A segment may use shell wildcards
(``customfield_*``).
"""

from __future__ import annotations

import fnmatch
import importlib
import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PLATFORMS = ("zendesk", "jsm", "servicenow")
SAMPLES = 3
TRUSTED = re.compile(r"recorded|quoted-from-live|official|spec-example")
"""Kinds of recordings that count; bodies written by hand do not."""

NOTHING = (b"", b"null", b"{}", b'""')
"""A success without content, e.g. 204."""

# fmt: off
TELLTALES = frozenset({
    "ticket", "tickets", "ticket_id", "requests", "request", "comments", "comment", "audits", "audit",
    "ticket_events", "ticket_metrics", "ticket_metric_events", "job_status", "job_statuses", "slas", "sla",
    "sla_policies", "policy_metrics", "issue", "issues", "changelog", "histories", "worklogs", "completedCycles",
    "ongoingCycle", "requestTypeId", "issueKey", "taskId", "error", "errors", "errorMessages", "results", "result",
    "sys_id",
})
# fmt: on
"""Keys that a body about tickets, comments, changes, service levels, jobs or errors has somewhere."""

Segments = tuple[str | int, ...]


class BodyDecoder(Protocol):
    """One kind of body: how to tell it and how to read it."""

    @property
    def methods(self) -> set[str]: ...
    @property
    def path(self) -> re.Pattern[str]: ...
    @property
    def status(self) -> Callable[[int], bool]: ...
    @property
    def decode(self) -> Callable[[bytes], list[Any]]: ...
    @property
    def objects(self) -> str: ...


class Recording(NamedTuple):
    file: str
    method: str
    path: str
    """Without query."""
    status: int
    kind: str
    content: bytes


@dataclass
class Report:
    """What one platform's bodies came to; ``failures`` is empty when nothing is lost."""

    platform: str
    bodies: int = 0
    decoded: int = 0
    empty: int = 0
    out_of_scope: int = 0
    """Named so by the platform."""
    unrelated: int = 0
    """Not named, and without any of `TELLTALES`."""
    leaves: int = 0
    """Leaves that were changed."""
    objects: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    bodies_by_objects: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    ignored: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """Ignore pattern -> leaves it excused."""
    failures: list[str] = field(default_factory=list)


def recordings_of(folder: Path, platform: str) -> list[Recording]:
    root = folder / "recordings" / platform
    found = []
    for entry in json.loads((root / "index.json").read_text("utf-8")):
        if not TRUSTED.match(str(entry["kind"])):
            continue
        method, status = str(entry["method"]), entry["status"]
        if status is None:
            if method.isalpha():
                continue  # what a client sends, not an answer
            method, status = "GET", 200  # rows extracted from a table
        path = re.sub(r"^https?://[^/]+", "", str(entry["path"])).partition("?")[0].partition(" ")[0]
        content = (root / entry["file"]).read_bytes()
        found.append(Recording(entry["file"], method, path, int(status), entry["kind"], content))
    return found


def examine(platform: str, recordings: list[Recording]) -> Report:
    """Classify, decode and mutate every recording of one platform."""
    bodies = importlib.import_module(f"supportctl.adapters.{platform}.bodies")
    lists = importlib.import_module(f"supportctl.adapters.{platform}.ignored")
    decoders: list[BodyDecoder] = bodies.decoders()
    ignored: dict[str, str] = lists.IGNORED
    out_of_scope: dict[str, str] = getattr(lists, "OUT_OF_SCOPE", {})
    report = Report(platform)
    for name, table in (("IGNORED", ignored), ("OUT_OF_SCOPE", out_of_scope)):
        report.failures += [f"{name}[{key!r}] has no reason" for key, reason in table.items() if not reason.strip()]
    patterns = [(pattern, split_pattern(pattern)) for pattern in ignored]
    for recording in recordings:
        report.bodies += 1
        decoder = next((each for each in decoders if fits(each, recording)), None)
        if recording.status < 400 and recording.content.strip() in NOTHING:
            report.empty += 1
        elif decoder is not None:
            examine_body(recording, decoder, patterns, report)
        elif recording.status < 400 and named_out_of_scope(recording, out_of_scope):
            report.out_of_scope += 1
        elif recording.status < 400 and not tells(recording.content):
            report.unrelated += 1
        else:
            report.failures.append(f"{recording.file}: no decoder for {told(recording)}")
    return report


def fits(decoder: BodyDecoder, recording: Recording) -> bool:
    return (
        recording.method in decoder.methods
        and decoder.status(recording.status)
        and decoder.path.fullmatch(recording.path) is not None
    )


def named_out_of_scope(recording: Recording, table: dict[str, str]) -> bool:
    return any(re.fullmatch(pattern, f"{recording.method} {recording.path}") for pattern in table)


def tells(content: bytes) -> bool:
    """Whether the body has a key of `TELLTALES` anywhere; a body that is no JSON is taken to tell."""
    try:
        waiting = [json.loads(content)]
    except ValueError:
        return True
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if not TELLTALES.isdisjoint(value):
                return True
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return False


def told(recording: Recording) -> str:
    return f"{recording.method} {recording.path} {recording.status}"


def examine_body(
    recording: Recording, decoder: BodyDecoder, patterns: list[tuple[str, list[str]]], report: Report
) -> None:
    try:
        baseline = decoder.decode(recording.content)
    except Exception as error:  # noqa: BLE001 - whatever a decoder raises on a genuine body is what the test is about
        report.failures.append(f"{recording.file}: {told(recording)} does not decode: {type(error).__name__}")
        return
    report.decoded += 1
    report.objects[decoder.objects] += len(baseline)
    report.bodies_by_objects[decoder.objects] += 1
    try:
        document = [json.loads(recording.content)]
    except ValueError:
        report.leaves += 1
        if decoder.decode(recording.content + b" and more") == baseline and recording.content.strip():
            report.failures.append(f"{recording.file}: the text of the body is lost")
        return
    for pattern, samples in sampled_leaves(document[0]).items():
        for path in samples:
            report.leaves += 1
            if noticed(document, path, decoder, baseline):
                continue
            excuse = next((name for name, segments in patterns if covers(segments, path)), None)
            if excuse is None:
                report.failures.append(f"{recording.file}: {pattern} is lost ({told(recording)}, {decoder.objects})")
                break
            report.ignored[excuse] += 1


def noticed(document: list[Any], path: Segments, decoder: BodyDecoder, baseline: list[Any]) -> bool:
    """Whether the decoded value moves (or decoding refuses) when this leaf alone is changed."""
    holder: Any = document
    step: str | int = 0
    for following in path:
        holder, step = holder[step], following
    before = holder[step]
    try:
        for other in others(before):
            holder[step] = other
            try:
                if decoder.decode(json.dumps(document[0], ensure_ascii=False).encode()) != baseline:
                    return True
            except Exception:  # noqa: BLE001 - a refusal is a notice, whatever its class
                return True
        return False
    finally:
        holder[step] = before


def others(value: Any) -> list[Any]:
    """Other values of the same type. A time gets another valid time: one that merely fails to parse proves nothing."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int | float):
        return [value + 1]
    if value is None:
        return ["2001-02-03T04:05:06Z", "mutated", 987654321, True]
    moved = another_time(value)
    if moved is not None:
        return [moved]
    if re.fullmatch(r"-?\d+", value):
        return [str(int(value) + 1), value + "x"]
    return [value + "x"]


TIME = re.compile(r"(\d{4}-\d\d-\d\d)([T ]\d\d:\d\d(?::\d\d)?)?(.*)", re.DOTALL)


def another_time(text: str) -> str | None:
    match = TIME.fullmatch(text)
    if match is None or len(text) > 40:
        return None
    try:
        day = datetime.strptime(match[1], "%Y-%m-%d")  # noqa: DTZ007 - only the date is moved
    except ValueError:
        return None
    return f"{(day + timedelta(days=1)).strftime('%Y-%m-%d')}{match[2] or ''}{match[3]}"


def sampled_leaves(document: Any) -> dict[str, list[Segments]]:
    """Up to `SAMPLES` leaves of each path pattern, of different JSON types as far as there are any."""
    groups: dict[str, dict[type, list[Segments]]] = defaultdict(lambda: defaultdict(list))
    for path, value in leaves(document):
        pattern = ".".join("*" if isinstance(step, int) else step for step in path)
        same = groups[pattern][type(value)]
        if len(same) < SAMPLES:
            same.append(path)
    chosen = {}
    for pattern, kinds in groups.items():
        ordered = [paths[turn] for turn in range(SAMPLES) for paths in kinds.values() if turn < len(paths)]
        chosen[pattern] = ordered[: max(SAMPLES, len(kinds))]
    return chosen


def leaves(value: Any, path: Segments = ()) -> Iterator[tuple[Segments, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, (*path, index))
    else:
        yield path, value


def split_pattern(pattern: str) -> list[str]:
    return pattern.split("/" if "/" in pattern else ".")


def covers(pattern: list[str], path: Segments) -> bool:
    if not pattern:
        return not path
    if pattern[0] == "**":
        return any(covers(pattern[1:], path[skip:]) for skip in range(len(path) + 1))
    return bool(path) and fnmatch.fnmatchcase(str(path[0]), pattern[0]) and covers(pattern[1:], path[1:])


def table(reports: list[Report]) -> str:
    """The account of all platforms, for people."""
    lines = [f"{'platform':<12}{'holds':<24}{'bodies':>8}{'objects':>9}"]
    for report in reports:
        lines += [
            f"{report.platform:<12}{name:<24}{bodies:>8}{report.objects[name]:>9}"
            for name, bodies in sorted(report.bodies_by_objects.items())
        ]
        lines.append(f"{report.platform:<12}{'all decoded':<24}{report.decoded:>8}{sum(report.objects.values()):>9}")
        excused = sum(report.ignored.values())
        lines.append(
            f"{'':<12}of {report.bodies} bodies {report.out_of_scope} are out of scope, {report.unrelated} unrelated, "
            f"{report.empty} empty; "
            f"{report.leaves} leaves changed, {excused} excused by {len(report.ignored)} patterns, "
            f"{len(report.failures)} failures"
        )
    return "\n".join(lines)
