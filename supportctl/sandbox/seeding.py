"""Filling a store with the sample company, and bringing it back."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from supportctl.sandbox.company import build
from supportctl.sandbox.dialects import dialects

if TYPE_CHECKING:
    from supportctl.sandbox.store import Store

SEED = 7


def seed_store(store: "Store", *, seed: int = SEED, now: datetime | None = None) -> None:
    """Replace everything by the sample company as it stands at ``now`` (default: this moment).

    The store's clock goes on from ``now``; ground truth is kept beside the tickets.
    """
    moment = (now or datetime.now(UTC)).replace(microsecond=0)
    with store.write():
        for platform, dialect in dialects().items():
            company = build(platform, seed=seed, now=moment)
            store.clear(platform)
            dialect.seed(store, company)
            keys = {record.number: dialect.key(record) for record in company.records}
            store.add_truth(platform, ((plant, keys[plant.number]) for plant in company.truth))
        store.set_clock(moment if now is not None else None)
        store.set_meta("seed", str(seed))
        store.set_meta("seeded_at", moment.isoformat())
        store.set_meta("fixed_clock", "1" if now is not None else "0")


def is_seeded(store: "Store") -> bool:
    return store.get_meta("seed") is not None


def reseed(store: "Store") -> None:
    """Bring the sample company back as it was first seeded; a store never seeded gets the default one."""
    seeded_at = store.get_meta("seeded_at")
    fixed = store.get_meta("fixed_clock") == "1" and seeded_at is not None
    now = datetime.fromisoformat(seeded_at) if fixed and seeded_at else None
    seed_store(store, seed=int(store.get_meta("seed") or SEED), now=now)
