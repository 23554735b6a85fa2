"""Cases of rules that learn: settled together, and told as if every ticket had been judged a second time."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supportctl.adapters.base import Selection
from supportctl.adapters.files.reader import CAPABILITIES
from supportctl.adapters.reading import Reading
from supportctl.adapters.registry import open_file
from supportctl.audit import RULES, Audit, Settings
from supportctl.audit.narrowed import narrow
from supportctl.audit.parallel import FileAudit
from supportctl.audit.rule import Context, Rule
from supportctl.audit.rules.own204_ping_pong import PingPong
from supportctl.audit.rules.pri302_priority_matrix_mismatch import PriorityMatrixMismatch
from supportctl.audit.waiting import ALONE, MOST
from supportctl.model import Finding, Ticket
from supportctl.query import parse
from tests.audit.cases import NOW, ticket


class PingPongAlone(PingPong):
    """Each ticket is looked at twice."""

    def case(self, ticket: Ticket, context: Context) -> str:
        return ALONE


class MatrixAlone(PriorityMatrixMismatch):
    def case(self, ticket: Ticket, context: Context) -> str:
        return ALONE


CASES = (PingPong(), PriorityMatrixMismatch())
ONE_BY_ONE = (PingPongAlone(), MatrixAlone())
GUARD = tuple(rule for rule in RULES if rule.code == "QUE901")


def hop(n: int, before: str, after: str) -> dict[str, Any]:
    actor = {"id": "agent", "role": "agent"}
    return {"id": str(n), "field": "group", "before": before, "after": after, "at": f"-{40 - n}h", "actor": actor}


BACK = [hop(1, "a", "b"), hop(2, "b", "a")]
FAR = [hop(n, str(n), str(n + 1)) for n in range(8)]
tickets = st.fixed_dictionaries(
    {
        "impact": st.sampled_from(["1", "2", "empty", "?hidden"]),
        "urgency": st.sampled_from(["1", "2"]),
        "priority": st.sampled_from(["p1", "p1", "p1", "p1", "p2", "p3", "empty"]),
        "tags": st.sampled_from([[], [], ["vip"], ["hygiene-exempt"], ["spam"]]),
        "reassignments": st.sampled_from([0, 3, 5, 9]),
        "history": st.sampled_from(["?hidden", "?hidden", [], BACK, FAR]),
        "status": st.sampled_from(["open", "resolved", "cancelled"]),
    }
)


def queue(found: Sequence[dict[str, Any]]) -> list[Ticket]:
    return [
        msgspec.structs.replace(ticket("servicenow", each), id=str(n), key=f"INC{n:07}") for n, each in enumerate(found)
    ]


def lines(found: Sequence[Ticket]) -> bytes:
    return b"".join(msgspec.json.encode(each) + b"\n" for each in found)


def judged(rules: Sequence[Rule], found: Sequence[Ticket], own: Settings | None = None) -> tuple[list[Finding], Any]:
    """Findings and census of a file that is read again only where it must be."""
    data = lines(found)
    audit = Audit([*rules, *GUARD], own or Settings(), CAPABILITIES, NOW, watched=frozenset({"INC0000001"}))

    def read(wanted: bytes | None = None) -> Reading:
        return Reading(open_file(BytesIO(data), "queue", wanted=wanted), Selection(now=NOW))

    findings = list(audit.findings(read(), read))
    looked = audit.tally.looked
    return findings, (msgspec.to_builtins(audit.census), looked.unjudged, looked.excused)


@settings(max_examples=12, deadline=None)
@given(st.lists(tickets, min_size=25, max_size=50), st.sampled_from([None, 0, 6]), st.booleans())
def test_cases_tell_what_tickets_tell_one_by_one(found: list[dict[str, Any]], limit: int | None, learn: bool) -> None:
    own = Settings(reassignments=limit, learn=learn)
    assert judged(CASES, queue(found), own) == judged(ONE_BY_ONE, queue(found), own)


def test_more_cases_than_are_kept_apart() -> None:
    found = queue(
        [{"impact": str(n % (MOST + 20)), "urgency": "1", "priority": f"p{1 + n // 900}"} for n in range(1000)]
    )
    assert judged(CASES, found) == judged(ONE_BY_ONE, found)


def test_a_rule_that_looks_at_some_tickets_only() -> None:
    found = queue([{"impact": "1", "urgency": "1", "priority": f"p{1 + (n % 7 == 0)}"} for n in range(60)])
    where = parse("priority:p2", now=NOW)

    def narrowed(rules: Sequence[Rule]) -> list[Rule]:
        return [narrow(rule, where, None) for rule in rules]

    findings, census = judged(narrowed(CASES), found)
    assert (findings, census) == judged(narrowed(ONE_BY_ONE), found)
    assert len(findings) == 9


def test_only_tickets_of_faulty_cases_are_read_again() -> None:
    found = queue([{"impact": "1", "urgency": "1", "priority": f"p{1 + (n == 33)}"} for n in range(60)])
    audit = Audit(CASES, Settings(), CAPABILITIES, NOW)
    asked: list[bytes | None] = []

    def again(wanted: bytes | None) -> list[Ticket]:
        asked.append(wanted)
        return [found[33]]

    assert [each.ticket for each in audit.findings(found, again)] == ["INC0000033"]
    assert asked == [bytes(n == 33 for n in range(60))]


def test_nothing_is_read_again_where_nothing_hangs_on_it() -> None:
    found = queue([{"impact": "1", "urgency": "1", "priority": "p1"}] * 60)
    audit = Audit(CASES, Settings(), CAPABILITIES, NOW)

    def again(wanted: bytes | None) -> list[Ticket]:
        raise AssertionError

    assert list(audit.findings(found, again)) == []
    assert audit.tally.rows["PRI302"].clean == 60


@pytest.mark.parametrize(
    ("query", "repeated"),
    [
        (None, False),
        *(pytest.param(*each, marks=pytest.mark.slow) for each in [(None, True), ("priority:p1,p2", True)]),
    ],
)
def test_in_several_processes(tmp_path: Path, query: str | None, repeated: bool) -> None:
    values = [{"impact": "1", "urgency": "1", "priority": f"p{1 + (n % 9 == 0) + (n % 50 == 0)}"} for n in range(200)]
    found = queue(values)
    path = tmp_path / "queue.ndjson"
    path.write_bytes(b"\n" + lines([*found[:150], *found[50:60]] if repeated else found) + lines(found[150:]))
    selection = Selection(now=NOW, query=None if query is None else parse(query, now=NOW))

    def made(rules: Sequence[Rule]) -> Audit:
        return Audit([*rules, *GUARD], Settings(), CAPABILITIES, NOW)

    one, audit = made(ONE_BY_ONE), made(CASES)
    with path.open("rb") as file:
        alone = list(one.findings(Reading(open_file(file, "queue"), selection)))
    assert alone
    assert list(FileAudit(audit, path, selection, jobs=2, part_size=20_000).findings()) == alone
    assert msgspec.to_builtins(audit.census) == msgspec.to_builtins(one.census)
