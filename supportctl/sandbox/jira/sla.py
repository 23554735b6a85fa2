"""SLA fields as Jira Service Management keeps them inside the issue."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from supportctl.sandbox.jira.jql_dates import milliseconds
from supportctl.sandbox.jira.schema import SITE

if TYPE_CHECKING:
    from supportctl.sandbox.records import Clock

NAMES = {"first_response": ("59", "Time to first response"), "resolution": ("58", "Time to resolution")}


def date(moment: datetime) -> dict[str, Any]:
    """A date as servicedeskapi writes it."""
    moment = moment.astimezone(UTC)
    whole = f"{moment:%Y-%m-%dT%H:%M:%S}"
    return {
        "iso8601": f"{whole}+0000",
        "jira": f"{whole}.{moment.microsecond // 1000:03d}+0000",
        "friendly": f"{moment:%d/%b/%y} {moment:%I:%M %p}".replace(" 0", " "),
        "epochMillis": milliseconds(moment),
    }


def span(seconds: float) -> dict[str, Any]:
    """A duration as servicedeskapi writes it; negative when the goal was missed."""
    minutes = int(abs(seconds) // 60)
    hours, minutes = divmod(minutes, 60)
    text = " ".join(part for part in (f"{hours}h" if hours else "", f"{minutes}m" if minutes else "") if part) or "0m"
    return {"millis": round(seconds * 1000), "friendly": f"-{text}" if seconds < 0 else text}


def field(issue: str, name: str, clocks: "list[Clock]", now: datetime) -> dict[str, Any]:
    """The value of an SLA field: completed cycles, and the ongoing one if it runs."""
    number, title = NAMES[name]
    done, running = [], None
    for clock in clocks:
        cycle: dict[str, Any] = {"startTime": date(clock.started)}
        stopped = clock.stopped is not None
        if clock.stopped is not None:
            cycle["stopTime"] = date(clock.stopped)
        if not clock.paused or stopped:
            cycle["breachTime"] = date(clock.breach_at)
        elapsed = clock.elapsed or int(((clock.stopped or now) - clock.started).total_seconds())
        left = min(clock.target - elapsed, -1) if clock.breached else max(clock.target - elapsed, 0)
        cycle["breached"] = clock.breached
        if not stopped:
            cycle |= {"paused": clock.paused, "withinCalendarHours": True}
        cycle |= {"goalDuration": span(clock.target), "elapsedTime": span(elapsed), "remainingTime": span(left)}
        if stopped:
            done.append(cycle)
        else:
            running = cycle
    found: dict[str, Any] = {
        "id": number,
        "name": title,
        "_links": {"self": f"{SITE}/rest/servicedeskapi/request/{issue}/sla/{number}"},
        "completedCycles": done,
    }
    if running is not None:
        found["ongoingCycle"] = running
    found["slaDisplayFormat"] = "NEW_SLA_FORMAT"
    return found
