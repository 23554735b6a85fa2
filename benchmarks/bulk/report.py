"""The aims, and the table."""

import math
from collections.abc import Iterator, Sequence

from bulk import model
from bulk.tools import OURS, Result

SHORTEST_POLL = 0.2
"""Seconds between two looks at the same jobs, at least."""
SIZES = {("zendesk", "tag"): 100, ("zendesk", "close"): 100, ("jsm", "tag"): 1000, ("servicenow", "tag"): 10,
         ("servicenow", "close"): 10, ("jsm", "close"): 1}  # fmt: skip
"""Tickets to one write request (or batch), at least. Jira's bulk transition cannot set a resolution: one each."""
COLUMNS = ("platform", "job", "tool", "tickets", "plan reads", "apply reads", "writes", "inner", "polls",
           "seconds here", "modelled s", "times ours")  # fmt: skip


def missed(result: Result) -> Iterator[str]:
    """What a result was to be and is not. Every tool must be right; how much it asks for is our aim alone."""
    if result.done != result.tickets:
        yield f"{result.done:,} of {result.tickets:,} tickets are right and were changed exactly once"
    if result.tool != OURS:
        return
    writes = math.ceil(result.tickets / SIZES[result.platform, result.job])
    if result.count("write") > writes:
        yield f"{result.count('write'):,} writes, at most {writes:,} wanted"
    reads = 2 * math.ceil(result.tickets / 100)
    if result.platform != "servicenow" and result.count("read") > reads:
        yield f"{result.count('read'):,} reads while applying, at most {reads:,} wanted"
    polls = math.ceil(result.applying / SHORTEST_POLL)
    if result.count("poll") > polls:
        yield f"{result.count('poll'):,} polls in {result.applying:.1f} s, at most {polls:,} wanted"


def table(results: Sequence[Result]) -> str:
    ours = {(each.platform, each.job): each.modelled for each in results if each.tool == OURS}
    rows = [COLUMNS, *(_row(each, ours.get((each.platform, each.job))) for each in results)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(COLUMNS))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place < 3 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def _row(result: Result, ours: float | None) -> tuple[str, ...]:
    numbers = (result.tickets, result.plan_reads, result.count("read"), result.count("write"), result.inner,
               result.count("poll"))  # fmt: skip
    return (
        result.platform, result.job, result.tool, *(f"{number:,}" for number in numbers),
        f"{result.planning + result.applying:,.1f}", f"{result.modelled:,.0f}",
        f"{result.modelled / ours:,.1f}" if ours else "-",
    )  # fmt: skip


def rules(results: Sequence[Result]) -> Iterator[str]:
    """ServiceNow's hours under a rule, beside the model."""
    for result in results:
        if result.platform == "servicenow":
            counts = model.added(result.plan, result.apply)
            none, each = model.rule_hours(counts["requests"], result.inner)
            inside = "" if none == each else f"; {each} if requests inside batches count, which no page tells"
            yield f"{result.job}, {result.tool}: under {model.RULE.name} it waits {none} full hours{inside}"
