"""SLA clocks: the custom field of a platform issue, or ``/request/{id}/sla``; both have one shape.

``null`` means no such SLA is configured; no completed and no ongoing cycle means its clock never started. Times are
taken from ``epochMillis`` (the other spellings follow the viewer's zone and language). Elapsed and remaining time
count calendars and pauses, so they are never recomputed.
"""

from collections.abc import Iterator
from typing import Any

from supportctl.adapters.jsm.values import clean, moment
from supportctl.model import Sla

_TIMES = {"startTime": "started_at", "stopTime": "stopped_at", "breachTime": "breach_at"}
_SPANS = {"goalDuration": "target", "elapsedTime": "elapsed", "remainingTime": "remaining"}
_FLAGS = ("breached", "paused")
_MODELLED = {"id", "name", "completedCycles", "ongoingCycle"}


def slas_of(value: Any, fallback: str | None = None) -> list[Sla]:
    """One `Sla` per cycle, oldest first; one without times for a clock that never started."""
    if not isinstance(value, dict):
        return []
    clean_value = clean(value)
    metric = clean_value.get("name")
    shared = {name: item for name, item in clean_value.items() if name not in _MODELLED}
    base: dict[str, Any] = {
        "metric": metric if isinstance(metric, str) else fallback or "",
        "id": str(value["id"]) if value.get("id") is not None else None,
    }
    found = [_cycle(cycle, base, shared, "completed") for cycle in _cycles(value.get("completedCycles"))]
    found += [_cycle(cycle, base, shared, "ongoing") for cycle in _cycles([value.get("ongoingCycle")])]
    if not found:
        odd = {name: clean_value[name] for name in ("completedCycles", "ongoingCycle") if clean_value.get(name)}
        return [Sla(**base, breached=False, native={**shared, **odd, "cycle": "never started"})]
    return found


def _cycles(value: Any) -> Iterator[dict[str, Any]]:
    for item in value if isinstance(value, list) else []:
        if isinstance(item, dict):
            yield item


def _cycle(cycle: dict[str, Any], base: dict[str, Any], shared: dict[str, Any], state: str) -> Sla:
    native: dict[str, Any] = {**shared, "cycle": state}
    kept: dict[str, Any] = {}
    for name, item in cycle.items():
        if name in _TIMES:
            at = moment(item.get("epochMillis")) if isinstance(item, dict) else moment(item)
            if at is None and isinstance(item, dict):
                at = moment(item.get("jira")) or moment(item.get("iso8601"))
            if at is not None:
                kept[_TIMES[name]] = at
                continue
        elif name in _SPANS:
            millis = item.get("millis") if isinstance(item, dict) else None
            if isinstance(millis, int) and not isinstance(millis, bool):
                kept[_SPANS[name]] = int(millis / 1000)
                if millis % 1000:
                    native[f"{name}.millis"] = millis
                continue
        elif name in _FLAGS and isinstance(item, bool):
            kept[name] = item
            continue
        native[name] = clean(item)
    if state == "completed":
        kept.setdefault("paused", False)
    return Sla(**base, **kept, native=native)
