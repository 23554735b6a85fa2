"""Reading rate-limit headers of every generation the three platforms send.

Sources: Zendesk "Rate limits", Atlassian "Rate limiting" (Cloud and Data Center), ServiceNow "Inbound REST API rate
limiting", IETF draft-ietf-httpapi-ratelimit-headers. ``Beta-*`` headers announce limits that are not enforced: ignored.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from enum import Enum
from typing import NamedTuple

import httpx

from supportctl.wire.retry import reset_after


class Reach(Enum):
    """What a limit holds back."""

    HOST = "every request"
    ENDPOINT = "this endpoint"
    ITEM = "this ticket"


class Observation(NamedTuple):
    """One limit as a response states it. ``reset`` and ``window`` in seconds; ``fill_rate`` in requests per second."""

    reach: Reach
    name: str = ""
    limit: int | None = None
    remaining: int | None = None
    reset: float | None = None
    window: float | None = None
    fill_rate: float | None = None


_ZENDESK = re.compile(r"zendesk-rate-?limit-([a-z0-9_-]{1,80})")
_PAIR = re.compile(r"\b(total|limit|remaining|resets?|q|w|r|t)\s*=\s*(\d{1,12})\b", re.ASCII)
_INTEGER = re.compile(r"\s*(\d{1,12})(?:\.\d+)?\b", re.ASCII)
_STRUCTURED_ITEM = re.compile(
    r"""(?:^|,)\s*(?:"([^"\\]{1,80})"|([A-Za-z*][\w.*/:-]{0,79}))((?:\s*;\s*[\w*-]+=[^,;]+)+)"""
)


def observations(headers: httpx.Headers, now: datetime) -> list[Observation]:
    """Everything the headers say about limits. Junk is skipped, never an error."""
    return [*_account(headers, now), *_zendesk_named(headers), *_x_ratelimit(headers, now), *_structured(headers)]


def throttled(headers: httpx.Headers) -> tuple[Reach, list[str]]:
    """What a 429 with these headers holds back: how far, and which named limits.

    Jira names a ``RateLimit-Reason``: a quota is spent for everything, a burst concerns the endpoint, a per-issue
    limit the issue; unknown reasons concern the endpoint. Zendesk shows the spent bucket, ServiceNow the rule.
    """
    reason = headers.get("ratelimit-reason", "").lower()
    if "quota" in reason:
        return Reach.HOST, []
    if "per-issue" in reason:
        return Reach.ITEM, []
    if reason:
        return Reach.ENDPOINT, []
    spent = [seen for seen in _zendesk_named(headers) if seen.remaining == 0]
    if spent:
        items = [seen.name for seen in spent if seen.reach is Reach.ITEM]
        return (Reach.ITEM, items) if items else (Reach.ENDPOINT, [seen.name for seen in spent])
    for name in ("x-rate-limit-remaining", "ratelimit-remaining", "rate-limit-remaining"):
        if _integer(headers.get(name)) == 0:
            return Reach.HOST, []
    if "x-ratelimit-fillrate" in headers:
        return Reach.HOST, []
    if rule := _rule(headers):
        return Reach.ENDPOINT, [rule]
    return Reach.ENDPOINT, []


def _account(headers: httpx.Headers, now: datetime) -> Iterator[Observation]:
    """Zendesk's account limit in its three spellings; they describe one bucket."""
    limit = _first(headers, "ratelimit-limit", "rate-limit-limit", "rate-limit", "x-rate-limit")
    remaining = _first(headers, "ratelimit-remaining", "rate-limit-remaining", "x-rate-limit-remaining")
    reset = next(
        (headers[name] for name in ("ratelimit-reset", "rate-limit-reset", "x-rate-limit-reset") if name in headers),
        None,
    )
    if remaining is not None or limit is not None:
        yield Observation(Reach.HOST, "", limit or None, remaining, reset_after(reset, now))


def _zendesk_named(headers: httpx.Headers) -> Iterator[Observation]:
    for header, value in headers.items():
        match = _ZENDESK.fullmatch(header.lower())
        if not match:
            continue
        pairs = {key: int(number) for key, number in _PAIR.findall(value.lower())}
        if not pairs:
            continue
        reset = pairs.get("resets", pairs.get("reset"))
        yield Observation(
            Reach.ITEM if match[1].startswith("per-ticket") else Reach.ENDPOINT,
            match[1],
            pairs.get("total", pairs.get("limit")) or None,
            pairs.get("remaining"),
            float(reset) if reset is not None else None,
        )


def _x_ratelimit(headers: httpx.Headers, now: datetime) -> Iterator[Observation]:
    limit = _integer(headers.get("x-ratelimit-limit"))
    remaining = _integer(headers.get("x-ratelimit-remaining"))
    if limit is None and remaining is None:
        return
    interval = _integer(headers.get("x-ratelimit-interval-seconds"))
    fill = _integer(headers.get("x-ratelimit-fillrate"))
    reset = reset_after(headers.get("x-ratelimit-reset"), now)
    if interval and fill:
        yield Observation(Reach.HOST, "", limit or None, remaining, None, None, fill / interval)
        return
    if "quota" in headers.get("ratelimit-reason", "").lower():
        yield Observation(Reach.HOST, "", limit or None, remaining, reset)
        return
    yield Observation(Reach.ENDPOINT, _rule(headers), limit or None, remaining, reset)


def _structured(headers: httpx.Headers) -> Iterator[Observation]:
    """``RateLimit`` and ``RateLimit-Policy``: ``"name";r=50;t=30`` with ``"name";q=100;w=60``, or the older pairs."""
    policies = dict(_items(headers.get("ratelimit-policy", "")))
    value = headers.get("ratelimit", "")
    for name, pairs in _items(value):
        policy = policies.get(name, {})
        yield _policy_observation(name, {**policy, **pairs})
    if value and not any(True for _ in _items(value)):
        pairs = {key: int(number) for key, number in _PAIR.findall(value.lower())}
        if "remaining" in pairs:
            reset = pairs.get("reset")
            limit = pairs.get("limit") or None
            yield Observation(Reach.HOST, "", limit, pairs["remaining"], None if reset is None else float(reset))


def _policy_observation(name: str, pairs: dict[str, int]) -> Observation:
    broad = "quota" in name.lower() or "global" in name.lower() or name == "default"
    return Observation(
        Reach.HOST if broad else Reach.ENDPOINT,
        "" if broad else name,
        pairs.get("q") or None,
        pairs.get("r"),
        float(pairs["t"]) if "t" in pairs else None,
        float(pairs["w"]) if pairs.get("w") else None,
    )


def _items(value: str) -> Iterator[tuple[str, dict[str, int]]]:
    for match in _STRUCTURED_ITEM.finditer(value):
        pairs = {key: int(number) for key, number in _PAIR.findall(match[3].lower())}
        if pairs:
            yield match[1] or match[2], pairs


def _rule(headers: httpx.Headers) -> str:
    rule = headers.get("x-ratelimit-rule", "").strip()
    return f"rule {rule}" if re.fullmatch(r"[\w .:/-]{1,80}", rule) else ""


def _first(headers: httpx.Headers, *names: str) -> int | None:
    return next((number for name in names if (number := _integer(headers.get(name))) is not None), None)


def _integer(value: str | None) -> int | None:
    match = _INTEGER.match(value or "")
    return int(match[1]) if match else None
