"""Findings a team knows and accepts for a while: a checked-in file with a reason and, if wanted, an end for each.

JSON, one entry a line, sorted, so that a change of it is a readable diff. No ticket text is in it.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import msgspec

from supportctl import atomic
from supportctl.errors import DataError
from supportctl.model import Finding

SCHEMA = "supportctl/baseline/v1"
UNSAID = "known when the baseline was written"


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Days are edited by hand: a misspelt ``until`` must not become one without end."""

    fingerprint: str
    rule: str
    ticket: str | None
    """The ticket's key; None for a finding about the whole queue."""
    reason: str
    added: date
    until: date | None = None
    """The last day on which the finding is accepted; None: without end."""
    scope: str | None = None
    """What was read when the entry was added, see `origin`; None: nobody knows."""

    def expired(self, today: date) -> bool:
        return self.until is not None and today > self.until


class _File(msgspec.Struct, frozen=True, kw_only=True):
    schema: str
    entries: list[Entry]


class Baseline(msgspec.Struct, frozen=True, kw_only=True):
    entries: dict[str, Entry] = {}
    """By fingerprint."""
    name: str = ""
    """What the file is called."""

    def accepts(self, fingerprint: str, today: date) -> Entry | None:
        """The entry that accepts this finding today."""
        entry = self.entries.get(fingerprint)
        return None if entry is None or entry.expired(today) else entry


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """What a run looked at: nothing is said to be gone that nobody looked for."""

    rules: frozenset[str]
    """Codes of the rules that ran."""
    whole: bool
    """Whether every ticket of the selection was read: no limit, no part, not only what changed, none left out."""
    read: frozenset[str] = frozenset()
    """Keys of tickets named by entries that were read."""
    left: frozenset[str] = frozenset()
    """Keys of tickets that were asked for by name and do not match the query any more."""
    unjudged: frozenset[tuple[str, str]] = frozenset()
    """Rule and key: the ticket was read, and the rule could not judge it, or its fault is excused."""
    of_queue: frozenset[str] = frozenset()
    """Those of ``rules`` that look at tickets together: one ticket alone tells them nothing."""
    origin: str | None = None
    """What was read, see `origin`."""

    def covers(self, rule: str, ticket: str | None, written: str | None) -> bool:
        """Whether the run would have found it; ``written``: the scope of the run that did.

        A ticket that was read was judged. One that was not has left the query only if all of the same query was read.
        """
        if rule not in self.rules:
            return False
        same = written is not None and written == self.origin
        if ticket is None or rule in self.of_queue:
            return self.whole and same
        if ticket in self.read:
            return (rule, ticket) not in self.unjudged and _one_place(written, self.origin)
        return same and (self.whole or ticket in self.left)


def origin(place: str, account: str, *asked: str) -> str:
    """The same for two runs that read the same tickets; of account and query only a fingerprint."""
    parts = "\x1f".join((account, *asked)).encode("utf-8", "surrogatepass")
    return f"{place}-{hashlib.sha256(parts).hexdigest()[:16]}"


def _one_place(one: str | None, other: str | None) -> bool:
    """Whether both are of the same instance, as far as is known: elsewhere a key names another ticket."""
    return one is None or other is None or one.partition("-")[0] == other.partition("-")[0]


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How the entries of a baseline fared in a run."""

    met: list[Entry]
    """Their finding was there and accepted."""
    expired: list[Entry]
    """Their finding was there and counts again."""
    gone: list[Entry]
    """Looked for and not found: the entry can go."""
    unseen: list[Entry]
    """Not looked at in this run: not read, not judged, or the rule did not run."""


def stand(baseline: Baseline, found: Iterable[str], scope: Scope, today: date) -> Standing:
    """``found``: fingerprints of all findings, the accepted ones among them."""
    seen = frozenset(found)
    standing = Standing(met=[], expired=[], gone=[], unseen=[])
    for entry in baseline.entries.values():
        if entry.fingerprint in seen:
            (standing.expired if entry.expired(today) else standing.met).append(entry)
        else:
            covered = scope.covers(entry.rule, entry.ticket, entry.scope)
            (standing.gone if covered else standing.unseen).append(entry)
    return standing


def renewed(
    before: Baseline, findings: Iterable[Finding], scope: Scope, today: date, *, reason: str | None, until: date | None
) -> Baseline:
    """The baseline that accepts all of ``findings``.

    Entries of findings that are still there keep reason and date, unless they are expired; entries nobody looked for
    stay; the others go.
    """
    entries: dict[str, Entry] = {}
    for finding in findings:
        known = before.entries.get(finding.fingerprint)
        if known is not None and not known.expired(today):
            entries[finding.fingerprint] = known
        else:
            entries[finding.fingerprint] = Entry(
                fingerprint=finding.fingerprint,
                rule=finding.rule,
                ticket=finding.ticket,
                reason=reason or UNSAID,
                added=today,
                until=until,
                scope=scope.origin,
            )
    for entry in stand(before, entries, scope, today).unseen:
        entries[entry.fingerprint] = entry
    return Baseline(entries=entries, name=before.name)


def dump(baseline: Baseline) -> bytes:
    """The file's bytes; the same entries give the same bytes."""
    lines = [msgspec.json.encode(entry) for entry in sorted(baseline.entries.values(), key=_order)]
    body = b",\n".join(lines)
    return b'{"schema": %b, "entries": [\n%b\n]}\n' % (msgspec.json.encode(SCHEMA), body)


def write(baseline: Baseline, path: Path) -> None:
    """Raises `StateError`; the old file stays then."""
    atomic.write(path, dump(baseline), "the baseline")


def read(path: Path) -> Baseline:
    """Raises `DataError` for what is no baseline of this version."""
    try:
        data = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    except OSError as error:
        raise DataError(
            f"the baseline {path} cannot be read ({error.strerror}); no ticket was read",
            hint="make one with: supportctl audit … --write-baseline FILE",
        ) from None
    schema = _schema(data, path)
    if schema != SCHEMA:
        named = repr(schema) if re.fullmatch(r"[\w/.-]{1,40}", schema) else "of another form"
        raise DataError(
            f"the baseline {path} is {named}, and this version reads {SCHEMA!r}; no ticket was read",
            hint="move it away and write a new one with this version: supportctl audit … --write-baseline FILE",
        )
    try:
        entries = msgspec.json.decode(data, type=_File).entries
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise _broken(path, str(error)) from None
    return Baseline(entries={entry.fingerprint: entry for entry in _once(entries, path)}, name=path.name)


def read_if_there(path: Path) -> Baseline:
    """An empty one where there is no file yet."""
    return read(path) if path.exists() else Baseline(name=path.name)


def _schema(data: bytes, path: Path) -> str:
    class Head(msgspec.Struct):
        schema: str

    try:
        return msgspec.json.decode(data, type=Head).schema
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise _broken(path, str(error)) from None


def _once(entries: Iterable[Entry], path: Path) -> Iterator[Entry]:
    seen = set()
    for number, entry in enumerate(entries, 1):
        if not re.fullmatch(r"[0-9a-f]{64}", entry.fingerprint):
            raise _broken(path, f"the fingerprint of entry {number} is none")
        if entry.fingerprint in seen:
            raise _broken(path, f"entry {number} is there twice")
        seen.add(entry.fingerprint)
        yield entry


def _broken(path: Path, why: str) -> DataError:
    return DataError(
        f"{path} is no baseline ({why[:120]}); no ticket was read",
        hint="supportctl audit … --write-baseline FILE writes one; entries may be removed and dates changed by hand",
    )


def _order(entry: Entry) -> tuple[str, list[tuple[int, str]], str]:
    """Keys sort as people count: SUP-9 before SUP-10."""
    parts = re.split(r"(\d+)", entry.ticket or "")
    return entry.rule, [(int(part), "") if part.isdecimal() else (0, part) for part in parts], entry.fingerprint
