"""Putting the sample company together."""

from datetime import UTC, datetime, timedelta
from random import Random

from supportctl.sandbox.company import (
    duplicates,
    escalations,
    faults_end,
    faults_fields,
    faults_talk,
    leaks,
    oddities,
    stories,
    traps,
)
from supportctl.sandbox.company.clocks import clocks, excuse_time, unexplained
from supportctl.sandbox.company.desk import Desk
from supportctl.sandbox.company.draft import Draft, finished
from supportctl.sandbox.company.people import GROUPS, ORGANIZATIONS
from supportctl.sandbox.company.terms import ticket_key
from supportctl.sandbox.records import Clock, Company, Plant


def build(platform: str, seed: int = 7, now: datetime | None = None) -> Company:
    """The company's queue on ``platform`` as it stands at ``now`` (aware): the same for the same arguments."""
    now = (now or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)
    desk = Desk(platform, now, Random(f"{seed}:{platform}"))  # noqa: S311 (nothing here is secret)
    stories.ordinary(desk)
    oddities.problems(desk)
    oddities.odd_texts(desk)
    for plant, times in (*faults_fields.FAULTS, *faults_talk.FAULTS, *faults_end.FAULTS):
        for n in range(times):
            plant(desk, n)
    duplicates.plant_duplicates(desk)
    leaks.plant_secrets(desk)
    leaks.plant_harmless(desk)
    for trap in traps.TRAPS:
        trap(desk)
    escalations.plant_escalations(desk)
    drafts = sorted(desk.drafts, key=lambda draft: (draft.created, draft.uid))
    numbers = {draft.uid: number for number, draft in enumerate(drafts, 1)}
    by_uid = {draft.uid: draft for draft in drafts}

    def key(uid: int) -> str:
        return ticket_key(platform, numbers[uid], by_uid[uid].kind, by_uid[uid].language)

    records = tuple(draft.record(numbers[draft.uid], numbers, key, _measured(desk, draft)) for draft in drafts)
    truth = tuple(
        Plant(numbers[draft.uid], rule, finished(detail, key)) for draft in drafts for rule, detail in draft.plants
    )
    return Company(seed, now, tuple(desk.people.values()), GROUPS, ORGANIZATIONS, records, truth)


def _measured(desk: Desk, draft: Draft) -> list[Clock]:
    """The ticket's clocks, after the agents have explained what was late."""
    found = clocks(draft, desk.platform, desk.now, desk.staff)
    if draft.explain:
        for _ in found:
            if late := unexplained(draft, found, desk.now, desk.staff):
                desk.excuse(draft, excuse_time(draft, late, desk.between(timedelta(minutes=15), timedelta(hours=2))))
        found = clocks(draft, desk.platform, desk.now, desk.staff)
    return found
