"""Tickets of the sample company that plain lists do not show: an archive from earlier times, and what was deleted.

They come from a company of five months before, were taken over from another tool (so their numbers follow the others)
and hold no planted fault.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from supportctl.sandbox.company import build
from supportctl.sandbox.records import Company, Record

AGE = timedelta(days=150)
ARCHIVED = 6
DELETED = (timedelta(days=2), timedelta(days=5, hours=3), timedelta(days=12))
"""How long ago tickets were deleted that nobody had finished."""


def tickets(company: Company) -> Iterator[tuple[Record, datetime | None]]:
    """Records with numbers of their own, and when each was deleted; None: archived."""
    earlier = build("zendesk", seed=company.seed + 1000, now=company.now - AGE)
    planted = {plant.number for plant in earlier.truth}
    linked = {record.problem for record in earlier.records}
    plain = [
        record
        for record in earlier.records
        if record.number not in planted | linked
        and record.problem is record.duplicate_of is record.parent is None
        and not any(message.attachment for message in record.messages)
    ]
    archived = [record for record in plain if record.status == "closed"][:ARCHIVED]
    unfinished = [record for record in plain if record.status in {"open", "pending"}][: len(DELETED)]
    ends = [*(None for _ in archived), *(company.now - ago for ago in DELETED)]
    first = 1 + max(record.number for record in company.records)
    for number, (record, end) in enumerate(zip([*archived, *unfinished], ends, strict=True), start=first):
        yield replace(record, number=number), end
