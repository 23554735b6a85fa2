"""What is said of two tickets that may tell the same story."""

from datetime import datetime
from enum import StrEnum

import msgspec

from supportctl.model import LinkType, Platform, Status

SITE = "site"
"""How a confidence is labelled that was fitted to the site's own links."""


class Kind(StrEnum):
    """Why two tickets are put side by side."""

    RESEND = "resend"
    """The same requester sent the same text again."""
    ALERT = "alert"
    """A machine's message, the same but for times and counts, about the same thing."""
    TEXT = "text"
    """Different words, or different people: a matter of likelihood."""


class Brief(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One of the two, as far as a list shows it."""

    platform: Platform
    profile: str
    id: str
    key: str
    url: str | None = None
    title: str | None = None
    status: Status | None = None
    created_at: datetime | None = None


class Reason(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing the two share, or differ in. ``code`` for programs, ``text`` for people, without markup.

    ``terms`` are the words or codes themselves, with in how many of the tickets searched they are; 0 where they stand
    in a line that so many have that it is not counted.
    """

    code: str
    text: str
    terms: dict[str, int] = {}


class Suggestion(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``ticket`` may be a duplicate of the older ``of``."""

    ticket: Brief
    of: Brief
    kind: Kind
    confidence: float
    """0 to 1. For `Kind.TEXT` how often such a pair was the same on the data it was fitted to, see ``calibration``."""
    calibration: str
    """``exact`` for the kinds that are a match by rule, ``site`` when fitted to the site's own links, else
    ``uncalibrated``."""
    score: float
    """What the candidates of one ticket are ordered by; means nothing across tickets."""
    reasons: list[Reason]
    differs: list[Reason] = []
    linked: bool = False
    """Whether the platform already has them linked as duplicates, or to one problem or parent."""
    relation: LinkType = LinkType.DUPLICATE_OF
    """The link that says so: `LinkType.TRACKED_BY` where the other is of another profile."""


class OfCluster(Suggestion, frozen=True, kw_only=True, omit_defaults=True):
    """Made of a line of clusters: ``of`` is the master chosen for all of them, and may be the younger one."""
