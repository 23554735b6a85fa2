"""Made-up tickets: a vocabulary of systems and faults, with some told twice in other words."""

import random
from typing import Any

SYSTEMS = [
    "payroll",
    "scanner",
    "intranet",
    "warehouse",
    "calendar",
    "printer",
    "invoice",
    "badge",
    "telephone",
    "archive",
]
FAULTS = ["freezes", "rejects the login", "shows an empty page", "prints twice", "loses the entries", "is very slow"]
PLACES = ["Bergen", "Lyon", "Porto", "Graz", "Leeds", "Gdansk", "Turin", "Malmo"]
DAY = 86_400


def tickets(count: int, seed: int = 1) -> list[dict[str, Any]]:
    """One an hour from 2026-01-01 on."""
    made = random.Random(seed)
    rows = []
    for at in range(count):
        system, fault, place = made.choice(SYSTEMS), made.choice(FAULTS), made.choice(PLACES)
        code = made.randint(100, 999)
        rows.append(
            {
                "id": str(1000 + at),
                "created_at": stamp(at),
                "title": f"The {system} {fault}",
                "body": f"Since the last update the {system} in {place} {fault}.\n"
                f"Error X{code}-{system.upper()} is shown. Colleague {at} sees it too.",
                "product": system,
                "component": None,
            }
        )
    return rows


def stamp(hours: float) -> str:
    from datetime import UTC, datetime, timedelta

    return (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours)).isoformat().replace("+00:00", "Z")
