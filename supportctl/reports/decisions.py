"""What people said of suggested duplicates, as rows."""

from datetime import datetime

import msgspec

from supportctl.reports.base import Column, Sheet, pick_fields
from supportctl.reports.cells import ago

STYLES = {"same": "green", "different": "yellow", "later": "dim"}


class DecisionRow(msgspec.Struct, frozen=True, kw_only=True):
    ticket: str
    of: str
    verdict: str
    """``same``, ``different`` or ``later``."""
    at: datetime
    by: str
    confidence: float | None
    """As it was suggested; None where it was decided without a suggestion."""
    calibration: str | None
    kind: str
    profile: str
    of_profile: str


DECISIONS: Sheet[DecisionRow] = Sheet(
    name="decisions",
    columns=(
        Column(name="ticket", value=lambda row: row.ticket, rank=0, width=16),
        Column(name="of", value=lambda row: row.of, rank=0, width=16),
        Column(name="verdict", value=lambda row: row.verdict, rank=0, width=9, style=lambda row: STYLES[row.verdict]),
        Column(name="confidence", value=lambda row: row.confidence, rank=3, width=10, right=True, short="conf"),
        Column(name="kind", value=lambda row: row.kind, rank=4, width=8),
        Column(name="at", value=lambda row: row.at, human=lambda row, now: ago(row.at, now), rank=2, width=8),
        Column(name="by", value=lambda row: row.by, rank=2, width=20),
        Column(name="calibration", value=lambda row: row.calibration, rank=6, width=14),
        Column(name="profile", value=lambda row: row.profile, rank=7, width=12),
        Column(name="of_profile", value=lambda row: row.of_profile, rank=7, width=12),
    ),
    default=("ticket", "of", "verdict", "confidence", "kind", "at", "by"),
    csv=("ticket", "of", "verdict", "at", "by", "confidence", "calibration", "kind", "profile", "of_profile"),
    fields=tuple(DecisionRow.__struct_fields__),
    encode=msgspec.json.encode,
    pick=pick_fields,
)
