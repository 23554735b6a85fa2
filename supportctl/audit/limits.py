"""Limits per priority in a rule's options, where they come from, and in which time they count."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from supportctl.audit.rule import Context
from supportctl.audit.settings import spoken
from supportctl.calendars import ALWAYS
from supportctl.model import Priority, Ticket


def limit_for(
    priority: Priority | None, own: Mapping[str, timedelta], usual: Mapping[str, timedelta], name: str
) -> tuple[timedelta, str]:
    """The limit of a priority and its origin. ``own``: what was set, as option ``name``; ``usual`` holds ``other``."""
    place = "other" if priority is None else priority.value
    for each in (place, "other"):
        if each in own:
            return own[each], f"option {name}, {each}"
    return usual.get(place, usual["other"]), f"default, {place if place in usual else 'other priorities'}"


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
    day = start.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    found = 0
    while day < end and found < 100:
        if day.weekday() < 5 if hours is ALWAYS else hours.between(day, day + timedelta(days=1)) > timedelta(0):
            found += 1
        day += timedelta(days=1)
    return found
