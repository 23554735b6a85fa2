"""From what was attached to what may go into a packet; whatever does not is listed with its reason."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from supportctl.evidence.attachments import local, platform
from supportctl.evidence.attachments.kinds import SHOWN_BY_CLICK, Form, Kind, form_of, suffix_of
from supportctl.evidence.attachments.limits import Budget, Limits, RefusedArchive, RefusedEntry, megabytes
from supportctl.evidence.attachments.names import Names, entry_name, safe_name, safe_part, shown
from supportctl.evidence.attachments.result import Collected

if TYPE_CHECKING:
    from supportctl.adapters.base import Reader
    from supportctl.model import Ticket

ATTACHED = "--attach"
_CHUNK = 1 << 20
_LOOKED_AT = 1 << 20
_OPENED = frozenset({"zip", "tar", "gz", "bz2", "xz"})
_LISTED = {
    Kind.PDF: "a document: listed, not read",
    Kind.OFFICE: "a document: listed, not read",
    Kind.VIDEO: "a video: listed, not read",
    Kind.AUDIO: "a recording: listed, not read",
    Kind.PROGRAM: "a program: not opened",
    Kind.FONT: "a font: listed, not read",
    Kind.BINARY: "neither text nor picture: listed, not read",
    Kind.EMPTY: "empty",
}


def collect(
    *,
    attached: Sequence[str | Path] = (),
    tickets: "Sequence[Ticket]" = (),
    reader: "Reader | None" = None,
    limits: Limits | None = None,
    tell: Callable[[str], None] | None = None,
) -> list[Collected]:
    """Files and folders somebody named, then the attachments of ``tickets`` (read with ``Need.ATTACHMENTS``).

    ``tell`` hears the name of each before it is read. No single file's fate raises. Raises `DataError` and
    `RefusedError` for paths that cannot be taken.
    """
    collector = _Collector(Budget(limits or Limits()))
    for named in local.found(attached, collector.budget.limits):
        if tell is not None:
            tell(named.told)
        collector.named(named)
    for ticket in tickets:
        folder = safe_part(ticket.key.lstrip("#"))
        if not ticket.knows("attachments"):
            note = f"the attachments are not known ({ticket.unknown['attachments'].value.replace('_', ' ')})"
            collector.listed(f"{folder}/attachments", "", ticket.key, Kind.UNREAD, note)
        seen = set()
        for each in ticket.attachments:
            if each.id and each.id in seen:
                continue
            seen.add(each.id)
            if tell is not None:
                tell(each.filename)
            name = f"{folder}/{safe_name(each.filename)}"
            if reader is None:
                collector.listed(name, each.filename, ticket.key, Kind.UNREAD, "not read", each.size)
                continue
            try:
                data, notes = platform.read(each, reader, collector.budget)
            except RefusedEntry as refused:
                collector.listed(name, each.filename, ticket.key, Kind.UNREAD, str(refused), each.size)
                continue
            collector.take(name, each.filename, ticket.key, data, notes)
    return collector.done


class _Collector:
    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.done: list[Collected] = []
        self._names = Names()
        self._seen: dict[str, str] = {}
        """Content -> the name it goes along under."""

    def listed(
        self,
        name: str,
        told: str,
        origin: str,
        kind: Kind,
        note: str,
        size: int | None = None,
        sha256: str | None = None,
        same_as: str | None = None,
    ) -> None:
        """Not taken, and why."""
        self.done.append(
            Collected(
                name=self._names.take(name), told=shown(told), origin=origin, kind=kind, size=size, sha256=sha256,
                notes=(note,), same_as=same_as,
            )
        )  # fmt: skip

    def named(self, named: local.Named) -> None:
        parts = [safe_part(part) for part in named.folder.split("/") if part]
        name = "/".join([*parts, safe_name(named.told)])
        file = local.opened(named)
        if isinstance(file, str):
            self.listed(name, named.told, ATTACHED, Kind.UNREAD, file)
            return
        limits = self.budget.limits
        with file:
            try:
                head = file.read(limits.file_bytes + 1)
            except OSError as error:
                self.listed(name, named.told, ATTACHED, Kind.UNREAD, f"it cannot be read ({error.strerror})")
                return
            if len(head) <= limits.file_bytes:
                self.take(name, named.told, ATTACHED, head)
                return
            self._large(name, named, head, file)

    def _large(self, name: str, named: local.Named, head: bytes, file: BinaryIO) -> None:
        limits = self.budget.limits
        form = form_of(named.told, head[:_LOOKED_AT])
        if form.kind is Kind.BINARY:  # Perhaps cut in the middle of a character.
            form = form_of(named.told, head[: _LOOKED_AT - 2])
        if form.kind is Kind.ARCHIVE:
            head += file.read(max(0, limits.opened_bytes - len(head)) + 1)
            if len(head) <= limits.opened_bytes:
                self.take(name, named.told, ATTACHED, head)
                return
        digest = hashlib.sha256(head)
        size = len(head)
        del head
        while (chunk := file.read(_CHUNK)) and size <= limits.local_bytes:
            digest.update(chunk)
            size += len(chunk)
        if size > limits.local_bytes:
            note = f"larger than {megabytes(limits.local_bytes)}: not read"
            self.listed(name, named.told, ATTACHED, Kind.UNREAD, note)
            return
        sha256 = digest.hexdigest()
        stream = local.opened(named) if form.kind in (Kind.TEXT, Kind.MAIL) else ""
        if isinstance(stream, str):
            note = stream or _LISTED.get(form.kind) or f"larger than {megabytes(limits.file_bytes)}: not opened"
            self.listed(name, named.told, ATTACHED, form.kind, note, size, sha256)
            return
        self.done.append(
            Collected(
                name=self._names.take(_harmless(name)), told=shown(named.told), origin=ATTACHED, kind=Kind.TEXT,
                size=size, sha256=sha256, stream=stream,
            )
        )  # fmt: skip

    def take(
        self, name: str, told: str, origin: str, data: bytes, notes: Sequence[str] = (),
        depth: int = 0, within: frozenset[str] = frozenset(),
    ) -> None:  # fmt: skip
        """``within``: the archives it came out of. Raises `RefusedArchive` for what unfolds to itself."""
        sha256 = hashlib.sha256(data).hexdigest()
        if sha256 in within:
            raise RefusedArchive("it holds itself")
        form = form_of(told, data)
        if sha256 in self._seen:
            same = "the same content as another of these files"
            self.listed(name, told, origin, form.kind, same, len(data), sha256, self._seen[sha256])
            return
        if form.kind in (Kind.ARCHIVE, Kind.MAIL):
            self._open(name, told, origin, data, sha256, form, tuple(notes), depth, within)
            return
        content, eye = None, False
        if form.kind is Kind.TEXT:
            name, content = _harmless(name), data
        elif form.kind is Kind.IMAGE:
            from supportctl.evidence.attachments.pictures import drawn

            try:
                picture = drawn(form.name, data, self.budget)
            except RefusedEntry as refused:
                notes = [*notes, f"{refused}: listed, not taken"]
            else:
                name, content, eye = _with_suffix(name, picture.suffix), picture.data, True
                notes = [*notes, *picture.notes, "not read by the tool: look at it before you hand it on"]
        else:
            notes = [*notes, _LISTED[form.kind]]
        name = self._names.take(name)
        if content is not None:
            self._seen[sha256] = name
        self.done.append(
            Collected(
                name=name, told=shown(told), origin=origin, kind=form.kind, size=len(data), sha256=sha256, data=content,
                notes=tuple(notes), needs_eye=eye,
            )
        )  # fmt: skip

    def _open(
        self, name: str, told: str, origin: str, data: bytes, sha256: str, form: Form, notes: tuple[str, ...],
        depth: int, within: frozenset[str],
    ) -> None:  # fmt: skip
        """The archive as one line, and its entries after it: none of them where it is refused as a whole."""
        start, names, seen = len(self.done), self._names.state(), dict(self._seen)
        kind = form.kind
        name = self._names.take(name, folder=True)
        try:
            if kind is Kind.ARCHIVE and form.name not in _OPENED:
                raise RefusedArchive("archives of this kind are not opened")
            if depth >= self.budget.limits.depth:
                raise RefusedArchive(f"it lies more than {self.budget.limits.depth} archives deep")
            kind, more = self._entries(name, origin, data, form, depth + 1, within | {sha256})
        except RefusedArchive as refused:
            for each in self.done[start:]:
                if each.stream is not None:
                    each.stream.close()
            del self.done[start:]
            self._names.back(names)
            self._seen = seen
            self._names.take(name, folder=True)
            more = [f"not opened: {refused}"]
        else:
            self._seen[sha256] = name
        if kind not in (Kind.ARCHIVE, Kind.MAIL):
            more = [_LISTED[kind]]
        self.done.insert(
            start,
            Collected(
                name=name,
                told=shown(told),
                origin=origin,
                kind=kind,
                size=len(data),
                sha256=sha256,
                notes=(*notes, *more),
            ),
        )

    def _entries(
        self, name: str, origin: str, data: bytes, form: Form, depth: int, within: frozenset[str]
    ) -> tuple[Kind, list[str]]:
        """What kind of file it really is, and what is to be said of the opening. Raises `RefusedArchive`."""
        from supportctl.evidence.attachments.mails import Mail
        from supportctl.evidence.attachments.streams import unfold
        from supportctl.evidence.attachments.tars import Tar
        from supportctl.evidence.attachments.zips import Zip

        if form.kind is Kind.ARCHIVE and form.name in ("gz", "bz2", "xz"):
            unfolded = unfold(form.name, data, self.budget)
            folder, _, last = name.rpartition("/")
            inner = _unpacked(last)
            self.take(f"{folder}/{inner}" if folder else inner, inner, origin, unfolded.data, (), depth, within)
            return form.kind, ["opened", *([] if unfolded.note is None else [unfolded.note])]
        archive: Zip | Tar | Mail
        if form.name == "zip":
            archive = Zip(data, self.budget)
            really = archive.form()
            if really.kind is not Kind.ARCHIVE:
                return really.kind, []
        else:
            archive = Tar(data, self.budget) if form.name == "tar" else Mail(data, self.budget)
        count = 0
        for entry in archive.entries():
            count += 1
            mail = form.kind is Kind.MAIL
            try:
                inner = safe_name(entry.name) if mail else entry_name(entry.name)
                if not mail and not self._names.free(f"{name}/{inner}"):
                    raise RefusedEntry("its name is another's on some systems")
            except RefusedEntry as refused:
                place = f"{name}/{safe_name(entry.name)}"
                self.listed(place, entry.name, origin, Kind.UNREAD, f"not opened: {refused}", entry.size)
                continue
            try:
                content = entry.read()
            except RefusedEntry as refused:
                self.listed(f"{name}/{inner}", entry.name, origin, Kind.UNREAD, f"not opened: {refused}", entry.size)
                continue
            self.take(f"{name}/{inner}", entry.name, origin, content, (), depth, within)
        note = archive.note if isinstance(archive, Tar) else None
        return form.kind, [f"opened: {count:,} {'entry' if count == 1 else 'entries'}", *([note] if note else [])]


def _unpacked(name: str) -> str:
    """``app.log.gz`` -> ``app.log``, ``logs.tgz`` -> ``logs.tar``."""
    stem, dot, suffix = name.rpartition(".")
    if not dot or not stem:
        return f"{name}-unpacked"
    short = suffix.lower()
    if short in ("tgz", "tbz", "tbz2", "txz"):
        return f"{stem}.tar"
    return stem if short in ("gz", "bz2", "xz", "gzip", "z") else f"{name}-unpacked"


def _harmless(name: str) -> str:
    """Texts that a click would run or show with what they load are called texts."""
    return f"{name}.txt" if suffix_of(name.rpartition("/")[2]) in SHOWN_BY_CLICK else name


def _with_suffix(name: str, suffix: str) -> str:
    folder, slash, last = name.rpartition("/")
    if suffix_of(last) == suffix or (suffix == "jpg" and suffix_of(last) == "jpeg"):
        return name
    stem, dot, old = last.rpartition(".")
    return f"{folder}{slash}{stem if dot and stem and len(old) <= 5 else last}.{suffix}"
