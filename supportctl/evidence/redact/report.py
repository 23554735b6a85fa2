"""What was done to each file: kinds and counts, never a value, and what no tool of this sort sees."""

import json
from typing import Any

import msgspec

from supportctl.evidence.redact.engine import Packet

SCHEMA = "supportctl/redaction-report/v1"
RULES = 1
"""Number of the set of rules: two reports with the same one can be compared."""

NOT_SEEN = (
    "names of people and organisations that the ticket or --known did not name",
    "postal addresses and dates of birth in running text",
    "text in pictures, and what stands in archives, Office files, PDFs and other files that are no text",
    "values cut by a line's end, encrypted or compressed content",
    "internal numbers of customers or contracts whose form is not known",
)


class Row(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=False):
    """One file of a packet."""

    file: str
    """Its name in the packet, redacted."""
    kind: str
    replaced: int
    found: dict[str, int]
    """Places by kind of value; ``elsewhere`` are known values met again."""
    written: bool
    notes: list[str]


def rows(packet: Packet) -> list[Row]:
    return [
        Row(
            file=each.name,
            kind=each.kind,
            replaced=sum(each.counts.values()),
            found=each.counts,
            written=not each.left_out,
            notes=each.notes,
        )
        for each in packet.files
    ]


def people(packet: Packet) -> str:
    """What the report must say of names."""
    if not packet.known_people:
        return "no name of a person or organisation was looked for: none was given"
    return f"names other than the {packet.known_people} known spellings are not detected"


def document(packet: Packet) -> bytes:
    """The report as a file of the packet; the same bytes for the same packet."""
    told: dict[str, Any] = {
        "schema": SCHEMA,
        "rules": RULES,
        "files": msgspec.to_builtins(rows(packet)),
        "names": people(packet),
        "verified": packet.clean,
        "not_detected": list(NOT_SEEN),
    }
    return json.dumps(told, ensure_ascii=False, indent=2).encode() + b"\n"
