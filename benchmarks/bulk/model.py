"""How long a job would take under the published limits: constants with their sources, and one formula."""

import math
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

LATENCY = 0.3
"""Seconds from a request to its answer, assumed; no platform publishes it."""
WORK = 0.1
"""Seconds a platform works on one ticket of a job or one request inside a batch, assumed: a third of `LATENCY`."""


class Limit(NamedTuple):
    """``requests`` in ``seconds`` for all requests ("METHOD path") that match, or for each path by itself."""

    name: str
    requests: int
    seconds: int
    matches: str
    each_path: bool = False


LIMITS: dict[str, tuple[Limit, ...]] = {
    # developer.zendesk.com, "Rate limits": account of the Enterprise plan, and the endpoints with limits of their own.
    "zendesk": (
        Limit("account", 700, 60, r".*"),
        Limit("tickets-update", 100, 60, r"PUT /api/v2/tickets/\{id\}(\.json)?"),
        Limit("tickets-index", 100, 60, r"GET /api/v2/tickets(\.json)?"),
        Limit("search-export", 100, 60, r"GET /api/v2/search/export(\.json)?"),
        Limit("incremental-exports", 10, 60, r"GET /api/v2/incremental/.*"),
    ),
    # developer.atlassian.com, "Rate limiting": bursts by endpoint and method, which is what binds an API token.
    "jsm": (
        Limit("PUT burst", 50, 1, r"PUT .*", each_path=True),
        Limit("issue burst", 150, 1, r"GET /rest/api/[^/]+/issue/\{id\}"),
        Limit("GET burst", 100, 1, r"GET (?!/rest/api/[^/]+/issue/\{id\}$).*", each_path=True),
        Limit("POST burst", 100, 1, r"POST .*", each_path=True),
    ),
    # docs.servicenow.com, "Inbound REST API rate limiting": an instance comes without rules.
    "servicenow": (),
}
RULE = Limit("a rule of 2,000 Table API requests an hour", 2000, 3600, r"\w+ /api/now(/v\d)?/table/.*")
"""What an administrator of ServiceNow might set; told beside the model, never part of it."""

FORMULA = f"""\
modelled = max(paced, waiting + working), in seconds
  paced   = the longest of: requests a limit is about / the limit per second
  waiting = {LATENCY} s * (reads + writes / requests made side by side)
  working = {WORK} s * tickets in jobs, or requests in batches / jobs or batches under way at once
Limits: Zendesk 700 requests a minute (Enterprise), of them 100 updates of single tickets, 100 pages of a list or of an
exported search, 30 jobs at once; Jira Cloud 100 GET, 100 POST, 50 PUT a second by endpoint, 5 bulk operations at once;
ServiceNow none as it comes. Assumed, not measured: the {LATENCY} s and the {WORK} s. Left out: polls (they are made
while jobs are worked on), what the same account does besides, mail, automations, and errors."""


class Shape(NamedTuple):
    """How a tool sends: requests side by side, and jobs (or batches) under way at once."""

    beside: int = 1
    at_once: int = 1


LOOP = Shape()
_JOBS = re.compile(r"PUT /api/v2/tickets/update_many(\.json)?|POST /rest/api/[^/]+/bulk/issues/\w+")


def ours(platform: str) -> Shape:
    """Of supportctl: as its adapter says."""
    import importlib

    capabilities = importlib.import_module(f"supportctl.adapters.{platform}.platform").CAPABILITIES
    # A batch is worked on while its request waits: as many as there are requests side by side.
    return Shape(capabilities.concurrency, max(capabilities.jobs_in_flight, capabilities.concurrency))


def modelled(platform: str, shape: Shape, counts: Mapping[str, Mapping[str, int]], worked: int) -> float:
    """Seconds. ``counts``: the server's ``requests`` and ``kinds``; ``worked``: see `in_jobs`."""
    kinds = Counter(counts["kinds"])
    waiting = LATENCY * (kinds["read"] + kinds["write"] / shape.beside)
    return max(paced(platform, counts["requests"]), waiting + WORK * worked / shape.at_once)


def paced(platform: str, requests: Mapping[str, int]) -> float:
    """What the limits alone ask for."""
    return max((_span(limit, requests) for limit in LIMITS[platform]), default=0.0)


def rule_hours(requests: Mapping[str, int], inner: int) -> tuple[int, int]:
    """Full hours spent waiting under `RULE`: when requests inside batches count as nothing, and when each counts."""
    single = sum(number for name, number in requests.items() if re.fullmatch(RULE.matches, name))
    none, each = (max(0, math.ceil(number / RULE.requests) - 1) for number in (single, single + inner))
    return none, each


def in_jobs(counts: Mapping[str, Mapping[str, int]], tickets: int) -> int:
    """Tickets that were changed by jobs, or requests that went inside batches."""
    inner = sum(number for kind, number in counts["kinds"].items() if kind.startswith("inner "))
    return inner or (tickets if any(_JOBS.fullmatch(name) for name in counts["requests"]) else 0)


def _span(limit: Limit, requests: Mapping[str, int]) -> float:
    numbers = [number for name, number in requests.items() if re.fullmatch(limit.matches, name)]
    counted = max(numbers, default=0) if limit.each_path else sum(numbers)
    return counted * limit.seconds / limit.requests


def added(*parts: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """The counts of several phases together."""
    return {name: dict(sum((Counter(part[name]) for part in parts), Counter())) for name in ("requests", "kinds")}
