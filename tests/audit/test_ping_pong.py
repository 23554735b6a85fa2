from datetime import timedelta
from typing import Any

from supportctl.adapters.servicenow.platform import CAPABILITIES as SERVICENOW
from supportctl.audit import Settings, audit, select
from supportctl.model import Finding
from tests.audit.cases import NOW, ticket


def hop(number: int, before: str, after: str) -> dict[str, Any]:
    at = f"-{20 - number}d"
    return {"id": str(number), "at": at, "actor": "agent", "field": "group", "before": before, "after": after}


def found(*history: dict[str, Any]) -> Finding:
    (finding,) = audit(
        [ticket("servicenow", {"history": list(history)})], select(["OWN204"]), Settings(), SERVICENOW, NOW
    ).findings
    return finding


def test_the_time_is_that_of_the_hand_over_that_made_it_one() -> None:
    back = [hop(1, "5", "6"), hop(2, "6", "5")]
    later = [
        {"id": "8", "at": "-3d", "actor": "agent", "field": "status", "before": "open", "after": "pending"},
        {"id": "9", "at": "-2d", "actor": "agent", "field": "priority", "before": "p2", "after": "p3"},
    ]
    first, again = found(*back), found(*back, *later)
    assert [each.at for each in first.evidence] == [NOW - timedelta(days=18)]
    assert (again.evidence, again.fingerprint) == (first.evidence, first.fingerprint)
    onwards = found(*back, hop(3, "5", "7"))
    assert [each.at for each in onwards.evidence] == [NOW - timedelta(days=18)]


def test_too_many_hand_overs_are_told_with_the_last_of_them() -> None:
    hops = [hop(n, str(n), str(n + 1)) for n in range(1, 6)]
    note = {"id": "9", "at": "-1d", "actor": "agent", "field": "priority", "before": "p2", "after": "p3"}
    assert [each.at for each in found(*hops, note).evidence] == [NOW - timedelta(days=15)]
