"""Suggestions and clusters as cells and JSON."""

import msgspec

from supportctl.duplicates.suggestion import Kind, Reason, Suggestion
from supportctl.reports.base import Column, Sheet, pick_fields

STEPS = ((0.5, "likely"), (0.25, "possible"), (0.0, "unlikely"))


def sure(item: Suggestion) -> str:
    """``resend`` and ``alert`` are a match by rule; the rest is a word for the confidence."""
    if item.kind is not Kind.TEXT:
        return item.kind.value
    return next(word for least, word in STEPS if item.confidence >= least)


FIRST = ("resend", "alert", "codes", "terms")
"""Reasons that tell most; after them comes what differs, so that a narrow terminal shows both."""


def why(item: Suggestion) -> str:
    """What they share, the most telling first, and what differs."""
    fields = [each.code.removeprefix("same_") for each in item.reasons if each.code in _FIELDS]
    first = [each.text for each in item.reasons if each.code in FIRST]
    rest = [each.text for each in item.reasons if each.code not in FIRST and each.code not in _FIELDS]
    told = [*(["already linked"] if item.linked else []), *first, *map(_differs, item.differs)]
    return " · ".join([*told, *([f"same {', '.join(fields)}"] if fields else []), *rest])


_FIELDS = frozenset(f"same_{kind}" for kind in ("product", "component", "version", "type", "system"))


def _differs(reason: Reason) -> str:
    return f"differ: {reason.text}" if reason.code == "siblings" else reason.text


def _style(item: Suggestion) -> str | None:
    return "dim" if item.linked else "bold" if item.kind is not Kind.TEXT or item.confidence >= STEPS[0][0] else None


SUGGESTIONS: Sheet[Suggestion] = Sheet(
    name="suggestions",
    columns=(
        Column(name="ticket", value=lambda s: s.ticket.key or None, rank=0, width=14, link=lambda s: s.ticket.url),
        Column(name="of", value=lambda s: s.of.key, rank=0, width=14, link=lambda s: s.of.url),
        Column(
            name="confidence",
            value=lambda s: s.confidence,
            human=lambda s, _now: f"{s.confidence:.2f}",
            rank=0,
            width=5,
            right=True,
            short="conf",
            style=_style,
        ),
        Column(name="sure", value=sure, rank=0, width=8, style=_style),
        Column(name="why", value=why, rank=0, width=0),
        Column(name="title", value=lambda s: s.ticket.title, rank=4, width=40),
        Column(name="of_title", value=lambda s: s.of.title, rank=3, width=32, short="title"),
        Column(name="of_status", value=lambda s: s.of.status, rank=2, width=9, short="status"),
        Column(name="status", value=lambda s: s.ticket.status, rank=5, width=9),
        Column(name="kind", value=lambda s: s.kind, rank=6, width=7),
        Column(name="calibration", value=lambda s: s.calibration, rank=6, width=12),
        Column(name="relation", value=lambda s: s.relation, rank=6, width=12),
        Column(name="linked", value=lambda s: s.linked, rank=6, width=6),
        Column(name="score", value=lambda s: s.score, rank=7, width=8, right=True),
        Column(name="created", value=lambda s: s.ticket.created_at, rank=7, width=20),
        Column(name="of_created", value=lambda s: s.of.created_at, rank=7, width=20),
        Column(name="profile", value=lambda s: s.ticket.profile, rank=8, width=12),
        Column(name="of_profile", value=lambda s: s.of.profile, rank=8, width=12),
        Column(name="url", value=lambda s: s.ticket.url, rank=9, width=40),
        Column(name="of_url", value=lambda s: s.of.url, rank=9, width=40),
    ),
    default=("ticket", "of", "confidence", "sure", "why"),
    csv=(
        "ticket",
        "of",
        "confidence",
        "sure",
        "kind",
        "calibration",
        "relation",
        "linked",
        "why",
        "title",
        "of_title",
        "of_status",
        "profile",
        "of_profile",
        "url",
        "of_url",
    ),
    fields=tuple(Suggestion.__struct_fields__),
    encode=msgspec.json.encode,
    pick=pick_fields,
)
OF_ONE = ("of", "of_status", "confidence", "sure", "of_title", "why")
"""Columns where the ticket is the same in every row."""
