"""Putting the sample company together."""

from datetime import datetime

from supportctl.sandbox.company.people import GROUPS, ORGANIZATIONS, people
from supportctl.sandbox.records import Company, Message, Record


def build(platform: str, seed: int = 7, now: datetime | None = None) -> Company:
    """The company's queue on ``platform`` as it stands at ``now`` (aware): the same for the same arguments."""
    from datetime import UTC, timedelta

    now = now or datetime.now(UTC)
    everyone = people()
    records = tuple(
        Record(
            number=n,
            kind="incident",
            title=f"Card terminal {n} does not print",
            description="The terminal shows error E-17 and prints nothing.",
            language="en",
            status="open",
            priority="p3",
            impact=2,
            urgency=2,
            category="devices",
            subcategory=None,
            service=None,
            ci=None,
            tags=("terminal",),
            requester=20,
            assignee=4,
            group=1,
            organization=1,
            channel="email",
            created=now - timedelta(days=n),
            updated=now - timedelta(days=n, hours=-1),
            messages=(Message(now - timedelta(days=n, hours=-1), 4, True, "We are looking at it."),),
        )
        for n in range(1, 11)
    )
    return Company(seed, now, everyone, GROUPS, ORGANIZATIONS, records)
