"""Several processes find what one finds, in the same order, with the same figures."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from supportctl.adapters.base import Selection
from supportctl.adapters.reading import Reading
from supportctl.adapters.registry import open_file
from supportctl.audit import RULES, Audit, Settings
from supportctl.audit.parallel import FileAudit
from supportctl.errors import DataError
from supportctl.model import Finding, Persona, Ticket
from supportctl.query import parse
from tests.audit.cases import NOW, ticket

ODD: Sequence[dict[str, Any]] = (
    {"category": "empty"},
    {"assignee": "empty", "updated_at": "-30d"},
    {"status": "resolved", "resolved_at": "-1d", "comments": []},
    {"impact": "1", "urgency": "1", "priority": "p3"},
    {"impact": "1", "urgency": "1", "priority": "p1"},
    {"impact": "1", "urgency": "1", "priority": "p1"},
    {"tags": ["hygiene-exempt"], "priority": "empty"},
    {"status": "?hidden"},
)


def tickets(count: int) -> list[Ticket]:
    return [
        msgspec.structs.replace(ticket("servicenow", ODD[number % len(ODD)]), id=str(number), key=f"INC{number:07}")
        for number in range(count)
    ]


def write(path: Path, found: list[Ticket], *lines: bytes) -> Path:
    path.write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in found) + b"".join(lines))
    return path


def made(path: Path) -> Audit:
    with path.open("rb") as file:
        capabilities = open_file(file, path.name).capabilities
    return Audit(RULES, Settings(persona=Persona.AUDITOR), capabilities, NOW)


def selection(query: str | None = None) -> Selection:
    return Selection(now=NOW, query=None if query is None else parse(query, now=NOW))


def alone(path: Path, query: str | None = None) -> tuple[list[Finding], Audit, Reading]:
    audit = made(path)
    with path.open("rb") as file:
        reading = Reading(open_file(file, path.name), selection(query))
        return list(audit.findings(reading)), audit, reading


def together(path: Path, query: str | None = None) -> tuple[list[Finding], Audit, FileAudit]:
    audit = made(path)
    run = FileAudit(audit, path, selection(query), jobs=2, part_size=20_000)
    return list(run.findings()), audit, run


@pytest.mark.parametrize("query", [None, "is:unresolved"])
def test_the_same_findings_and_figures(tmp_path: Path, query: str | None) -> None:
    found = tickets(300)
    path = write(tmp_path / "queue.ndjson", [*found, found[0], found[150], *found[290:]])
    one, audit, reading = alone(path, query)
    many, split, run = together(path, query)
    assert many == one
    assert msgspec.to_builtins(split.census) == msgspec.to_builtins(audit.census)
    assert (run.matched, run.repeats, run.undecided) == (reading.matched, reading.repeats, reading.undecided)
    assert run.repeats == 12


def test_a_line_that_is_no_ticket_is_named_and_what_came_before_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "queue.ndjson", tickets(200), b"{broken\n")
    audit = made(path)
    told: list[Finding] = []
    with pytest.raises(DataError, match="line 201: not a ticket"):
        told.extend(FileAudit(audit, path, selection(), jobs=2, part_size=20_000).findings())
    assert audit.census.tickets == 200
    assert {finding.ticket_id for finding in told} > {"1", "193"}


def test_an_empty_file(tmp_path: Path) -> None:
    findings, audit, _ = together(write(tmp_path / "queue.ndjson", []))
    assert findings == []
    assert audit.census.tickets == 0
