"""What the last run over a profile found, kept so that a finding can be named and explained later.

One file per profile in the state folder, readable by its owner only. Findings hold no text of tickets.
"""

import os
import re
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import msgspec

from supportctl.audit.learned import NOTHING_LEARNED, Learned
from supportctl.errors import StateError, UsageError
from supportctl.model import Finding

SCHEMA = "supportctl/last-run/v1"
FILE = "file"
"""What runs over ``--file`` are kept under, instead of a profile."""
CAP = 20_000
"""Findings kept; of a run with more, the first."""
SHORTEST = 4
"""Characters of a fingerprint that may name a finding."""


class LastRun(msgspec.Struct, frozen=True, kw_only=True):
    at: datetime
    findings: list[Finding] = []
    total: int = 0
    """How many there were; more than were kept, when above `CAP`."""
    learned: Learned = NOTHING_LEARNED


class _Header(msgspec.Struct, frozen=True, kw_only=True):
    schema: str
    at: datetime
    total: int
    learned: Learned = NOTHING_LEARNED


def path_of(folder: Path, profile: str) -> Path:
    return folder / "audit" / f"last-{re.sub(r'[^A-Za-z0-9_.-]', '_', profile)[:80]}.ndjson"


def write(
    folder: Path,
    profile: str,
    findings: Iterable[Finding],
    at: datetime,
    learned: Learned | None = None,
    *,
    total: int | None = None,
) -> None:
    """Replace what was kept. ``folder`` is the state folder. Raises `StateError`.

    ``total``: how many there were, where ``findings`` are the first of them.
    """
    path = path_of(folder, profile)
    kept: list[Finding] = []
    given = 0
    for finding in findings:
        given += 1
        if given <= CAP:
            kept.append(finding)
    header = _Header(schema=SCHEMA, at=at, total=given if total is None else total, learned=learned or NOTHING_LEARNED)
    encode = msgspec.json.encode
    temporary: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        number, temporary = tempfile.mkstemp(dir=path.parent, prefix=".last-")
        with os.fdopen(number, "wb") as file:
            file.write(encode(header) + b"\n")
            for finding in kept:
                file.write(encode(finding) + b"\n")
        Path(temporary).replace(path)
    except OSError as error:
        if temporary is not None:
            with suppress(OSError):
                Path(temporary).unlink()
        raise StateError(
            f"the findings of this run cannot be kept in {path.parent}: {error.strerror}",
            hint="SUPPORTCTL_STATE_DIR names another folder",
        ) from None


def read(folder: Path, profile: str) -> LastRun | None:
    """None: nothing was kept, or what is there cannot be used any more."""
    try:
        lines = path_of(folder, profile).read_bytes().splitlines()
        header = msgspec.json.decode(lines[0], type=_Header)
        decoder = msgspec.json.Decoder(Finding)
        findings = [decoder.decode(line) for line in lines[1:]]
    except (OSError, IndexError, msgspec.DecodeError):
        return None
    if header.schema != SCHEMA:
        return None
    return LastRun(at=header.at, findings=findings, total=header.total, learned=header.learned)


def by_fingerprint(run: LastRun, prefix: str) -> Finding:
    """The finding whose fingerprint begins so. Raises `UsageError` for none and for several."""
    wanted = prefix.strip().lower()
    found = {each.fingerprint: each for each in run.findings if each.fingerprint.startswith(wanted)}
    if len(found) == 1:
        return next(iter(found.values()))
    if found:
        first = ", ".join(sorted(f"{each.fingerprint[:12]} ({label(each)})" for each in found.values())[:5])
        raise UsageError(
            f"{len(found)} findings of the last run begin with {prefix!r}: {first}", hint="give more of it"
        )
    more = f", of which {len(run.findings):,} were kept" if run.total > len(run.findings) else ""
    held = f"{run.at:%Y-%m-%d %H:%M} UTC, {run.total:,} findings{more}"
    raise UsageError(
        f"no finding of the last run ({held}) begins with {prefix!r}",
        hint="name it by rule and ticket: supportctl audit explain TIM501:SUP-12",
    )


def label(finding: Finding) -> str:
    """``TIM501:SUP-12``; ``QUE903`` of a finding about the queue."""
    return f"{finding.rule}:{finding.ticket}" if finding.ticket is not None else finding.rule
