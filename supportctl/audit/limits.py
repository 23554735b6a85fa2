"""Limits per priority in a rule's options, where they come from, and in which time they count."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from supportctl.audit.rule import Context
from supportctl.audit.settings import spoken
from supportctl.calendars import ALWAYS, Calendar
from supportctl.model import Priority, Ticket

ENOUGH = 100
"""Working days nobody counts beyond."""


def limit_for(
    priority: Priority | None, own: Mapping[str, timedelta], usual: Mapping[str, timedelta], name: str
) -> tuple[timedelta, str]:
    """The limit of a priority and its origin. ``own``: what was set, as option ``name``; ``usual`` holds ``other``.

    What is not named keeps its default; ``other`` stands for the priorities that have none of their own.
    """
    place = "other" if priority is None else priority.value
    if place in own:
        return own[place], f"option {name}, {place}"
    if place in usual and place != "other":
        return usual[place], f"default, {place}"
    if "other" in own:
        return own["other"], f"option {name}, other"
    return usual["other"], "default, other priorities" if len(usual) > 1 else "default"


def in_words(limit: timedelta, origin: str, ticket: Ticket, context: Context) -> str:
    """``4 h of calendar time (default, p2)``."""
    return f"{spoken(limit)} of {context.calendar(ticket).name} ({origin})"


def has_hours(ticket: Ticket, context: Context) -> bool:
    """Whether working hours are set for the ticket; without them nights and weekends count, and limits are wider."""
    return context.calendar(ticket) is not ALWAYS


def business_days(start: datetime, end: datetime, calendar: str | None, ticket: Ticket, context: Context) -> int:
    """Working days that began after ``start`` and before ``end``: Monday to Friday where no calendar is set.

    ``calendar`` names the customer's own, with the holidays of where they are.
    """
    hours = context.calendars.get(calendar) if calendar is not None else None
    hours = hours or context.calendar(ticket)
    found = 0
    for number in range(start.toordinal() + 1, end.toordinal() + 1):
        day = datetime.combine(date.fromordinal(number), time.min, start.tzinfo)
        if day < end and (day.weekday() < 5 if hours is ALWAYS else _is_worked(day, hours)):
            found += 1
            if found == ENOUGH:
                break
    return found


def _is_worked(day: datetime, hours: Calendar) -> bool:
    return hours.between(day, day.replace(hour=23, minute=59)) > timedelta(0)
