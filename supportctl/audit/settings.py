"""What a team may set about its audit. Defaults are the catalogue's; durations count in the ticket's calendar."""

from datetime import timedelta
from typing import Any

import msgspec

from supportctl.model import Persona, Priority, Severity

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
WORKING_DAY = 8 * HOUR


class Settings(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    persona: Persona = Persona.REGULAR
    """Findings meant for a later persona are counted, not shown."""
    severities: dict[str, Severity] = {}
    """Rule code -> severity, in place of the rule's own."""
    grace: timedelta = HOUR
    """A ticket younger than this is never dirty."""
    pick_up: dict[str, timedelta] = {}
    """Priority -> how long a ticket may be without an assignee."""
    stale: dict[str, timedelta] = {}
    """Priority -> how long an unresolved ticket may go without a human touch."""
    reassignments: int | None = None
    """More changes of group than this are ping-pong; None: learned from the queue, and at least 4."""
    one_team: tuple[tuple[str, ...], ...] = ()
    """Groups that hand over by the clock and count as one, e.g. ``[["Support EMEA", "Support APAC"]]``."""
    group_is_enough: bool = False
    """Teams that work from a shared group queue need no assignee."""
    category_field: str | None = None
    """Name or id of the custom field that classifies a ticket, where the platform has no category."""
    closure_field: str | None = None
    """Name or id of the custom field that holds the closure code, where the platform has none."""
    ignored_tags: tuple[str, ...] = ("closed_by_merge", "spam", "suspended")
    """Tickets with one of these are out of scope: merged, spam."""
    ignored_channels: tuple[str, ...] = ("side_conversation",)
    """Tickets that came through one of these are out of scope."""
    unprioritised_channels: tuple[str, ...] = (
        "chat",
        "voice",
        "phone",
        "messaging",
        "native_messaging",
        "whatsapp",
        "facebook",
        "sms",
    )
    """Channels on which a missing priority is by design."""
    bots: tuple[str, ...] = (
        "automation",
        "bot",
        "integration",
        "robot",
        "scheduler",
        "service account",
        "system",
        "trigger",
        "workflow",
    )
    """A name holding one of these words is a machine, whatever its role."""
    bot_ids: tuple[str, ...] = ()
    """Ids, logins or addresses of accounts that are machines."""
    escalated_tags: tuple[str, ...] = ("escalated", "escalation")
    """Tags that mean escalated."""
    escalated_groups: tuple[str, ...] = ()
    """Groups a ticket is escalated to: second level, engineering."""
    escalated_statuses: tuple[str, ...] = ("escalated", "waiting for engineering")
    """The platform's own names of statuses that mean escalated."""
    exempt_tags: tuple[str, ...] = ()
    """Further tags that excuse a ticket from every rule, besides ``hygiene-exempt``."""
    tags: tuple[str, ...] = ()
    """The taxonomy: the tags there should be, or patterns of them; rules about tags are silent without one."""
    tag_aliases: dict[str, str] = {}
    """Tag -> the tag of the taxonomy it stands for."""
    system_tags: tuple[str, ...] = ()
    """Tags that machines set, outside of every taxonomy: with ``*`` and ``?``, or expressions as ``/^auto_/``."""
    calendar: str | None = None
    """The working hours that durations are counted in; without one nights and weekends count."""
    calendars: dict[str, Any] = {}
    """Name -> working hours: a table each."""
    group_calendars: dict[str, str] = {}
    """Group -> the calendar it works by."""
    learn: bool = True
    """Whether thresholds may be learned from the queue itself; settings win over what was learned."""
    options: dict[str, dict[str, Any]] = {}
    """Rule code -> the rule's own options."""
    guard_share: float = 0.9
    """A field empty on more than this share of the tickets is one finding about the queue (QUE901)."""
    guard_support: int = 50
    """How many tickets that share must rest on."""

    def pick_up_limit(self, priority: Priority | None, *, hours: bool = False) -> tuple[timedelta, str]:
        """The limit and where it comes from. ``hours``: a calendar counts, and a day has eight working hours."""
        usual = {"p1": HOUR, "p2": 4 * HOUR}
        return _limit(self.pick_up, usual, priority, WORKING_DAY if hours else DAY)

    def stale_limit(self, priority: Priority | None, *, hours: bool = False) -> tuple[timedelta, str]:
        day = WORKING_DAY if hours else DAY
        return _limit(self.stale, {"p1": day, "p2": day}, priority, 5 * day)


def _limit(
    own: dict[str, timedelta], usual: dict[str, timedelta], priority: Priority | None, otherwise: timedelta
) -> tuple[timedelta, str]:
    """What is not named keeps its default; ``other`` stands for the priorities that have none of their own."""
    name = "other" if priority is None else priority.value
    if name in own:
        return own[name], f"settings, {name}"
    if name in usual:
        return usual[name], f"default, {name}"
    return (own["other"], "settings, other") if "other" in own else (otherwise, "default, other priorities")


def spoken(span: timedelta) -> str:
    """``5 days``, ``4 h``, ``30 min``."""
    minutes = int(span.total_seconds()) // 60
    if minutes >= 2 * 24 * 60 and minutes % (24 * 60) == 0:
        return f"{minutes // (24 * 60)} days"
    return f"{minutes // 60} h" if minutes >= 60 and minutes % 60 == 0 else f"{minutes} min"
