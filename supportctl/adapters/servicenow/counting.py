"""How many records match, by the Aggregate API; by the header of a list where that is closed."""

from supportctl.adapters.base import Count
from supportctl.adapters.servicenow.client import Client
from supportctl.adapters.servicenow.dictionary import REFUSED
from supportctl.adapters.servicenow.encoded import Condition
from supportctl.adapters.servicenow.selecting import Plan
from supportctl.adapters.servicenow.types import STATS

NOTE = "an upper bound: records that access rules hide from this account may be counted"
PARTS = "an upper bound: parts of the query are decided here, and hidden records may be counted"


def count_of(client: Client, plan: Plan) -> Count:
    """The sum over the tables that could be counted. Never exact: hidden records count too."""
    total = 0
    closed: list[str] = []
    for table, condition in plan.conditions.items():
        if condition.impossible:
            continue
        counted = _count(client, table, condition)
        if counted is None:
            closed.append(table)
        else:
            total += counted
    note = PARTS if any(plan.left[table] for table, each in plan.conditions.items() if not each.impossible) else NOTE
    if closed:
        note += f"; not counted: {', '.join(closed)}"
    return Count(value=total, exact=False, note=note)


def _count(client: Client, table: str, condition: Condition) -> int | None:
    params = {"sysparm_query": condition.text or None, "sysparm_count": "true"}
    try:
        answer = client.transport.request("GET", f"/api/now/stats/{table}", params=params).decode(STATS).result
        stats = answer[0] if isinstance(answer, list) and answer else answer
        count = None if isinstance(stats, list) else stats.stats.get("count")
        if count is not None:
            return int(count)
    except (*REFUSED, ValueError):
        pass
    try:
        return client.page(table, condition.text, ("sys_id",), limit=1, count=True).total
    except REFUSED:
        return None
